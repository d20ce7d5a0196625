//! Runs a program with scripted agents and looks at what its probes show.
//!
//! Answers, their order and their confidences are drawn from the program's seed. A probe of a name is a call of a
//! function of the host, so that the value itself can be looked at; a probe of a line is a printed line.

use prism_diagnostics::{Code, Span};
use prism_engine::{Limits, LoadedProgram, json};
use prism_vm::limits::Stop;
use prism_vm::machine::{
    AgentAnswer, AgentInfo, Effect, Failure, JitMode, Machine, OpId, Request, Response, Settings, Step,
};
use prism_vm::value::Value;
use serde_json::{Value as Json, json};
use std::collections::BTreeSet;

/// What a printed line begins with that says which line was reached, or has ended.
pub const REACHED: &str = "@reached ";
/// The same for a statement's end.
pub const DONE: &str = "@done ";

/// No generated program needs more.
const LIMITS: Limits =
    Limits { fuel: 60_000, memory: 32 << 20, depth: 2_000, output: 4 << 20, tasks: 60_000, dispatches: 500 };

/// What agents' answers are drawn from.
#[derive(Clone, Copy, Debug, Default)]
pub struct Answers {
    /// A number that the draws begin with.
    pub seed: u64,
    /// Whether they are what [`EXPECTED`] says, rather than whatever.
    pub expected: bool,
}

/// What the pattern of a program expects of answers, if it says so.
pub const EXPECTED: &str = "expects { a: number b: string optional c: [number] optional }";

/// How a run went.
#[derive(Debug, Default, PartialEq)]
pub struct Course {
    /// Lines in which a statement or block was begun.
    pub reached: BTreeSet<u32>,
    /// Lines in which a statement came to its end.
    pub done: BTreeSet<u32>,
    /// Why the run failed, and where.
    pub failure: Option<(Code, String, Option<Span>)>,
    /// The program's value, as it is displayed, if it came to one.
    pub value: Option<String>,
    /// What was printed.
    pub lines: Vec<String>,
    /// The result's warnings.
    pub warnings: Vec<String>,
    /// The steps of fuel.
    pub steps: u64,
    /// The bytes on the heap when all is over: what was not given back shows here.
    pub memory: usize,
}

/// Runs a program; `see` is given the number of each probe of a name that is come to, and the name's value.
pub fn run(program: &LoadedProgram, input: &Json, answers: Answers, see: &mut dyn FnMut(usize, &Value)) -> Course {
    run_in(JitMode::default(), program, input, answers, see)
}

/// Runs a program, with functions and loops compiled or not.
pub fn run_in(
    jit: JitMode,
    program: &LoadedProgram,
    input: &Json,
    answers: Answers,
    see: &mut dyn FnMut(usize, &Value),
) -> Course {
    let settings = Settings { limits: LIMITS, config: program.confidence(), jit, ..Settings::default() };
    let mut machine = program.machine(settings);
    machine.set_input(|runtime| json::from_json(runtime, input));
    machine.set_agents(agents());
    let random = fastrand::Rng::with_seed(answers.seed);
    let mut host = Host { machine, random, expected: answers.expected, open: Vec::new(), course: Course::default() };
    while host.step(see) {}
    host.course
}

struct Host {
    machine: Machine,
    random: fastrand::Rng,
    expected: bool,
    open: Vec<(OpId, Request)>,
    course: Course,
}

impl Host {
    /// Gives whether the run goes on.
    fn step(&mut self, see: &mut dyn FnMut(usize, &Value)) -> bool {
        let step = self.machine.run(u64::MAX);
        let mut answered = false;
        for effect in self.machine.take_effects() {
            answered |= self.perform(effect, see);
        }
        match step {
            Step::Done(outcome) => {
                self.course.warnings = outcome.warnings;
                self.course.steps = self.machine.usage().steps;
                let shown = self.machine.enter(|runtime| outcome.result.map(|value| runtime.display(&value)));
                let failure = shown.map(|value| self.course.value = Some(value));
                self.course.failure = failure.err().map(|failure| {
                    let (code, message, span) = (failure.code, failure.message.clone(), failure.span);
                    self.machine.enter(|_| drop(failure));
                    (code, message, span)
                });
                self.machine.enter(|_| self.open.clear());
                self.course.memory = self.machine.usage().memory;
                return false;
            }
            Step::Waiting if !answered => self.answer_one(),
            _ => {}
        }
        true
    }

    /// Gives whether a request was answered.
    fn perform(&mut self, effect: Effect, see: &mut dyn FnMut(usize, &Value)) -> bool {
        let (op, request) = match effect {
            Effect::Print(_, line) => {
                let number = |prefix: &str| line.strip_prefix(prefix).and_then(|rest| rest.parse::<u32>().ok());
                self.course.reached.extend(number(REACHED));
                self.course.done.extend(number(DONE));
                self.course.lines.push(line);
                return false;
            }
            Effect::Cancel(op) => {
                let open = &mut self.open;
                self.machine.enter(|_| open.retain(|(one, _)| *one != op));
                return false;
            }
            Effect::Ask(op, request) => (op, request),
        };
        let response = match request {
            Request::Call { arguments, .. } => {
                self.machine.enter(|_| {
                    if let [number, value] = arguments.as_slice() {
                        see(number.as_number().unwrap_or_default() as usize, value);
                    }
                    drop(arguments);
                });
                Response::Value(Value::NULL)
            }
            Request::Now => Response::Value(Value::number(0.0)),
            Request::Random => Response::Value(Value::number(self.random.f64())),
            Request::Agents { .. } => Response::Agents(agents()),
            request => {
                self.open.push((op, request));
                return false;
            }
        };
        self.machine.answer(op, response);
        true
    }

    /// Answers one of the open requests.
    fn answer_one(&mut self) {
        if self.open.is_empty() {
            self.machine.stop(Stop::Deadlock);
            return;
        }
        let (op, request) = self.open.swap_remove(self.random.usize(..self.open.len()));
        let response = match &request {
            Request::Dispatch(_) | Request::Llm { .. } if self.random.f64() < 0.1 => {
                Response::Failed(Failure { message: "it failed".to_owned(), details: Vec::new(), code: None })
            }
            Request::Dispatch(_) | Request::Llm { .. } => {
                let (result, confidence) = answer(&mut self.random, self.expected);
                let result = self.machine.enter(|runtime| json::from_json(runtime, &result));
                Response::Answer(AgentAnswer { result, confidence, ..AgentAnswer::default() })
            }
            _ => Response::Value(Value::NULL),
        };
        self.machine.enter(|_| drop(request));
        self.machine.answer(op, response);
    }
}

fn answer(random: &mut fastrand::Rng, expected: bool) -> (Json, Option<f64>) {
    let whatever = [
        json!(null),
        json!(true),
        json!(3),
        json!(0.4),
        json!("a"),
        json!("yes"),
        json!([1, 2]),
        json!({"a": 1, "b": "x", "c": [2]}),
        json!({"a": {"a": 1}}),
    ];
    let confidences = [0.0, 0.3, 0.5, 0.65, 0.7, 0.9, 1.0];
    let fitting = [json!({"a": 1}), json!({"a": 0.4, "b": "x"}), json!({"a": -2, "b": "", "c": [1, 0.5]})];
    let results = if expected { &fitting[..] } else { &whatever };
    let result = results[random.usize(..results.len())].clone();
    let confidence = match random.usize(..=confidences.len() + 1) {
        0 => None,
        1 => Some(random.f64()),
        at => Some(confidences[at - 2]),
    };
    (result, confidence)
}

fn agents() -> Vec<AgentInfo> {
    let agent = |id: &str, name: &str| AgentInfo {
        id: id.to_owned(),
        name: name.to_owned(),
        capabilities: vec!["t".to_owned()],
        metadata: Value::NULL,
    };
    vec![agent("a1", "One"), agent("a2", "Two"), agent("a3", "Three")]
}
