//! A host that answers by number, so that any machine of a program can go on with it.

use prism_engine::{Engine, Limits, LoadedProgram, json};
use prism_vm::machine::{
    AgentAnswer, AgentInfo, Effect, Failure, Machine, OpId, Outcome, Request, Response, Settings, Step,
};
use prism_vm::runtime::Runtime;
use prism_vm::value::Value;
use serde_json::json;

/// Programs that between them have whatever a machine can hold while it waits.
pub const PROGRAMS: &[(&str, &str)] = &[
    ("an agent is asked in a loop", ASKING),
    ("closures share variables, and are part of what they hold", SHARING),
    ("branches, races and joins", TOGETHER),
    ("confidences that are written down", CONFIDENT),
    ("many calls inside each other", DEEP),
    ("all kinds of values", VALUES),
];

const ASKING: &str = r#"
fn judge(agent, text) {
  let answer = agent.analyze("Is this spam?", {text: text})
  return answer == 1 ? "spam" : "fine"
}
let seen = []
for text in ["hello", "WIN $$$", "grüße"] { seen.push(judge(agentList[0], text)) }
for key in {a: 1, b: 2} { seen.push(key + agentList[1].analyze(key)) }
try { agentList[2].analyze("fails") } catch (e) { seen.push([e.code, e.line, e.data.agentName]) }
seen.push(now(), random() >= 0)
seen
"#;

const SHARING: &str = r#"
let count = 0
fn up() { count = count + 1; return count }
let shared = [1, 2, 3]
let twice = {a: shared, b: shared}
fn pair() {
  let ping = null
  let pong = (n) => n <= 0 ? "end" : ping(n - 1)
  ping = (n) => n <= 0 ? "stop" : pong(n - 1)
  return [ping, pong]
}
let both = pair()
agentList[0].analyze("one")
up()
twice.a.push(4)
shared.push(5)
agentList[0].analyze("two")
up()
print(count, shared, twice)
[count, both[0](7), both[1](8), shared, twice, agentList[1].analyze("three")]
"#;

const TOGETHER: &str = r#"
async function slow(n) { await delay(n); return {n: n} }
let started = [slow(30), slow(10), slow(20)]
let answers = parallel agentList timeout(5000) min_results(2) { agent.analyze("what?", {who: agent.name}) }
let first = try { race agentList timeout(4000) { agent.ask("who?") } until (answer.result > 0) } catch (e) { e.message }
let sides = parallel { left: agentList[0].analyze("left"), right: slow(5) }
let all = await Promise.all(started)
let settled = await Promise.allSettled([agentList[2].analyze("fails"), slow(1)])
let any = await Promise.any([slow(3), agentList[2].analyze("fails too")])
[answers.length, first, sides, all, settled.map(s => s.status), any]
"#;

const CONFIDENT: &str = r#"
let sure = 2 ~> 0.5
let answers = agentList.slice(0, 2).map(a => a.ask("how many?"))
let sum = answers[0].result + sure * 3
let later = agentList[1].analyze("again") + sum
in context review { agentList[0].analyze("once more") ~+ later ~+ sure }
"#;

const DEEP: &str = r#"
fn down(n, agent) { return n <= 0 ? agent.analyze("bottom") : 1 + down(n - 1, agent) }
let sorted = [3, 1, 2].sort((a, b) => a - b + 0 * agentList[0].analyze("compare"))
[down(500, agentList[0]), sorted, [1, 2].map(n => n + agentList[1].analyze("map"))]
"#;

const VALUES: &str = r#"
let table = {}
for n in range(40) { table["key " + n] = {n: n, third: n / 3, even: n % 2 == 0} }
let nested = []
for n in range(200) { nested = [nested] }
let texts = ["", "ä", "日本", "a".repeat(300)]
let made = [null, true, -0.5, 1e300, NaN, -Infinity, len, Math.max, sortBy("n"), x => x, agentList[0], 7 ~> 0.25, "t" ~> 1]
let fault = try { null.x } catch (e) { e }
let before = agentList[0].analyze("wait")
[table, nested, texts, made.map(m => typeof m), fault.message, fault.line, before, made[11], sortBy("n")([{n: 2}, {n: 1}])]
"#;

/// The program of a text, which must be right.
pub fn program(text: &str) -> LoadedProgram {
    Engine::new().program(text).unwrap_or_else(|fault| panic!("{fault:?}"))
}

/// Limits that end whatever a changed machine does.
pub fn limits() -> Limits {
    Limits { fuel: 100_000, memory: 32 << 20, depth: 2_000, tasks: 2_000, dispatches: 200, ..Limits::default() }
}

pub fn settings(trace: bool) -> Settings {
    Settings { limits: limits(), trace, ..Settings::default() }
}

/// A machine about to run it, with three agents.
pub fn machine(program: &LoadedProgram, settings: Settings) -> Machine {
    let mut machine = program.machine(settings);
    machine.set_input(|runtime| json::from_json(runtime, &json!({"text": "hello"})));
    let agents = machine.enter(|runtime| agents(runtime));
    machine.set_agents(agents);
    machine
}

fn agents(runtime: &Runtime) -> Vec<AgentInfo> {
    let info = |name: &str| AgentInfo {
        id: name.to_lowercase(),
        name: name.to_owned(),
        capabilities: vec!["judge".to_owned()],
        metadata: json::from_json(runtime, &json!({"price": 1})),
    };
    ["Ada", "Bert", "Cleo"].map(info).into()
}

/// What a request is answered with, if it is known.
fn response(runtime: &Runtime, op: OpId, request: Option<&Request>) -> Response {
    match request {
        Some(Request::Dispatch(question)) if question.agent_id == "cleo" && question.task.contains("fails") => {
            Response::Failed(Failure { message: "no".to_owned(), details: Vec::new(), code: None })
        }
        Some(Request::Dispatch(_) | Request::Llm { .. }) => Response::Answer(AgentAnswer {
            result: Value::number((op.0 % 3) as f64),
            confidence: Some(0.5 + (op.0 % 4) as f64 / 10.0),
            reasoning: Some(format!("since {}", op.0)),
            uncertainties: vec!["much".to_owned()],
            by: None,
        }),
        Some(Request::Agents { .. }) => Response::Agents(agents(runtime)),
        Some(Request::Delay { .. }) => Response::Value(Value::NULL),
        _ => Response::Value(Value::number(op.0 as f64 / 7.0)),
    }
}

/// What a program gave and did, as text.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Course {
    pub effects: Vec<String>,
    pub end: String,
    pub steps: u64,
}

/// A machine with its host.
pub struct Run {
    pub machine: Machine,
    open: Vec<(OpId, Request)>,
    pub course: Course,
}

impl Run {
    pub fn new(machine: Machine) -> Self {
        Run { machine, open: Vec::new(), course: Course::default() }
    }

    /// Runs to the next stop; whether that is not the end. Effects are taken.
    pub fn step(&mut self) -> bool {
        let step = self.machine.run(150);
        for effect in self.machine.take_effects() {
            self.course.effects.push(self.machine.enter(|_| format!("{effect:?}")));
            match effect {
                // The values of a request are the machine's: only what the answer depends on is kept.
                Effect::Ask(op, request) => {
                    let kept = self.machine.enter(|_| bare(request));
                    self.open.push((op, kept));
                }
                Effect::Cancel(op) => self.open.retain(|(open, _)| *open != op),
                Effect::Print(..) => {}
            }
        }
        match step {
            Step::Done(outcome) => {
                self.course.end = self.machine.enter(|_| text(outcome));
                self.course.steps = self.machine.usage().steps;
                false
            }
            _ => true,
        }
    }

    /// Answers the request that was made last, or, where its host knows of none, all that the machine waits for.
    pub fn answer(&mut self) {
        let known = self.open.pop().map(|(op, request)| vec![(op, Some(request))]);
        let answers = known.unwrap_or_else(|| self.machine.open_requests().map(|op| (op, None)).collect());
        for (op, request) in answers {
            let response = self.machine.enter(|runtime| response(runtime, op, request.as_ref()));
            self.machine.answer(op, response);
        }
    }

    /// Goes on to the end; for so many stops at most.
    pub fn finish(&mut self, stops: usize) -> bool {
        for _ in 0..stops {
            if !self.step() {
                return true;
            }
            self.answer();
        }
        false
    }
}

fn bare(request: Request) -> Request {
    match request {
        Request::Dispatch(question) => Request::Dispatch(prism_vm::machine::Question { data: Value::NULL, ..question }),
        Request::Llm { prompt, context, .. } => Request::Llm { prompt, options: Value::NULL, context },
        Request::ExecutePattern { name, .. } => Request::ExecutePattern { name, input: Value::NULL },
        Request::Call { function, .. } => Request::Call { function, arguments: Vec::new() },
        other => other,
    }
}

fn text(outcome: Outcome) -> String {
    let Outcome { result, warnings, metadata } = outcome;
    let result = match result {
        Ok(value) => format!("{value:?} {:?}", value.confidence()),
        Err(failure) => format!("{failure:?}"),
    };
    format!("{result} {warnings:?} {metadata:?}")
}
