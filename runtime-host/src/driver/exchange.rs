//! Between a machine's values and the host's JSON. A machine's values must not be kept while others run, so everything
//! here reads or builds them at once, inside the machine.

use crate::agent::{AgentProfile, Answer, CallFailure};
use prism_diagnostics::{Code, Span, StackFrame};
use prism_engine::json::{self, TooDeep, to_json, to_kept_json};
use prism_engine::{HostCall, LoadedProgram, Portable};
use prism_vm::confidence::Conf;
use prism_vm::limits::Stop;
use prism_vm::machine::{
    AgentAnswer, AgentInfo, Effect, Failure, Machine, OpId, Outcome, Request, Response, RunFailure,
};
use prism_vm::raise::Fault;
use prism_vm::runtime::{Runtime, Stream};
use prism_vm::value::Value;
use prism_vm::value::heap::Charge;
use serde_json::{Value as Json, json};

/// What a machine asks of the host.
#[derive(Debug)]
pub(super) enum Asked {
    /// An agent.
    Agent { id: String, name: String, task: String, data: Json, context: Option<String> },
    /// Whoever answers prompts.
    Model { prompt: String, options: Json, context: Option<String> },
    /// Another pattern.
    Pattern { name: String, input: Json },
    /// A function of the host, which has begun.
    Function(HostCall),
    /// Time.
    Delay { ms: f64 },
    /// Who has these capabilities; at once.
    Agents { capabilities: Vec<String> },
    /// The time; at once.
    Now,
    /// A number from 0 up to 1; at once.
    Random,
}

/// What a machine does to the world.
#[derive(Debug)]
pub(super) enum Deed {
    Ask(OpId, Result<Asked, TooDeep>),
    Cancel(OpId),
    Print(Stream, String),
}

/// How a machine's run ended; a value is read as a `T`.
#[derive(Clone, Debug)]
pub(super) struct Ended<T> {
    pub(super) result: Result<T, Failed>,
    /// The value's own confidence.
    pub(super) confidence: Option<f64>,
    /// The same, for the ledger.
    pub(super) conf: Conf,
    pub(super) warnings: Vec<String>,
    pub(super) metadata: Json,
}

/// A result for a report.
#[derive(Clone, Debug)]
pub(crate) struct Completed {
    /// Without its own confidence.
    pub(crate) encoded: Json,
    pub(crate) display: String,
    pub(crate) confidence: Option<f64>,
}

/// A failed run.
#[derive(Clone, Debug)]
pub(crate) struct Failed {
    pub(crate) code: Code,
    pub(crate) message: String,
    pub(crate) data: Json,
    pub(crate) span: Option<Span>,
    pub(crate) stack: Vec<StackFrame>,
}

impl Failed {
    pub(super) fn new(code: Code, message: impl Into<String>) -> Self {
        Failed { code, message: message.into(), data: Json::Null, span: None, stack: Vec::new() }
    }
}

/// Takes what the machine has done since the last time.
pub(super) fn take_deeds(machine: &mut Machine, program: &LoadedProgram) -> Vec<Deed> {
    let effects = machine.take_effects();
    machine.enter(|runtime| effects.into_iter().map(|effect| deed(runtime, effect, program)).collect())
}

fn deed(runtime: &mut Runtime, effect: Effect, program: &LoadedProgram) -> Deed {
    match effect {
        Effect::Ask(op, request) => Deed::Ask(op, asked(runtime, request, program)),
        Effect::Cancel(op) => Deed::Cancel(op),
        Effect::Print(stream, line) => Deed::Print(stream, line),
    }
}

/// The data of questions: all that there is of it at once counts as memory of the run.
fn data(runtime: &mut Runtime, value: &Value) -> Result<Json, TooDeep> {
    /// What the report keeps, what is sent, the message that it becomes, and what an agent in this process reads of it.
    const COPIES: usize = 4;
    let (json, mut charge) = json::to_kept_json(value)?;
    let all = COPIES * charge.bytes();
    if !charge.grow(all) {
        return Err(TooDeep);
    }
    runtime.keep(all);
    Ok(json)
}

fn asked(runtime: &mut Runtime, request: Request, program: &LoadedProgram) -> Result<Asked, TooDeep> {
    Ok(match request {
        Request::Dispatch(question) => Asked::Agent {
            id: question.agent_id,
            name: question.agent_name,
            task: question.task,
            data: data(runtime, &question.data)?,
            context: question.context,
        },
        Request::Llm { prompt, options, context } => {
            Asked::Model { prompt, options: data(runtime, &options)?, context }
        }
        Request::ExecutePattern { name, input } => Asked::Pattern { name, input: to_json(&input)? },
        Request::Delay { ms } => Asked::Delay { ms },
        Request::Agents { capabilities } => Asked::Agents { capabilities },
        Request::Call { function, arguments } => Asked::Function(program.call(function, &arguments)),
        Request::Now => Asked::Now,
        Request::Random => Asked::Random,
    })
}

/// Answers with what `build` makes on the machine's heap.
pub(super) fn respond(machine: &mut Machine, op: OpId, build: impl FnOnce(&mut Runtime) -> Response) {
    let response = machine.enter(build);
    machine.answer(op, response);
}

/// An agent's answer; `by` is the agent where the host chose it.
pub(super) fn answer(runtime: &mut Runtime, answer: &Answer, by: Option<&str>) -> Response {
    // The report has it, too.
    let texts = answer.reasoning.iter().chain(&answer.uncertainties).map(|text| text.len() + size_of::<String>());
    runtime.keep(json::bytes_of(&answer.result) + texts.sum::<usize>());
    Response::Answer(AgentAnswer {
        result: json::from_json(runtime, &answer.result),
        confidence: answer.confidence,
        reasoning: answer.reasoning.clone(),
        uncertainties: answer.uncertainties.clone(),
        by: by.map(str::to_owned),
    })
}

/// A call that failed after `elapsed_ms`.
pub(super) fn call_failure(failure: &CallFailure, elapsed_ms: f64) -> Response {
    let details =
        vec![("kind".to_owned(), Value::from(failure.kind)), ("elapsedMs".to_owned(), Value::number(elapsed_ms))];
    Response::Failed(Failure { message: failure.message.clone(), details, code: None })
}

/// Something that could not be done at all.
pub(super) fn failure(message: impl Into<String>, code: Option<Code>) -> Response {
    Response::Failed(Failure { message: message.into(), details: Vec::new(), code })
}

/// The error of a pattern for the one that ran it.
pub(super) fn raised(runtime: &Runtime, failed: Failed) -> Response {
    let Failed { code, message, data, .. } = failed;
    Response::Raised(Fault { code, message, data: json::from_json(runtime, &data) })
}

/// Agents as programs see them.
pub(crate) fn agents(runtime: &Runtime, profiles: &[&AgentProfile]) -> Vec<AgentInfo> {
    let info = |profile: &&AgentProfile| {
        let mut metadata = profile.metadata.clone();
        metadata.extend(profile.price.map(|price| ("price".to_owned(), json!(price))));
        AgentInfo {
            id: profile.id.clone(),
            name: profile.name.clone(),
            capabilities: profile.capabilities.clone(),
            metadata: json::from_json(runtime, &Json::Object(metadata)),
        }
    };
    profiles.iter().map(info).collect()
}

/// Reads how a machine's run ended, a value with `read`, which says why it can't.
pub(super) fn read_outcome<T>(
    machine: &mut Machine,
    outcome: Outcome,
    read: impl FnOnce(&Runtime, &Value) -> Result<T, String>,
) -> Ended<T> {
    machine.enter(|runtime| {
        let Outcome { result, warnings, metadata } = outcome;
        let metadata = to_kept_json(&metadata);
        let (metadata, _charge) = metadata.unwrap_or_default();
        match result {
            Ok(value) => {
                let (confidence, conf) = (value.confidence(), value.conf());
                let result = read(runtime, &value).map_err(|fault| Failed::new(Code::R0002, fault));
                // It can be larger than all that was there.
                let result = match runtime.check_room(0) {
                    Ok(()) => result,
                    Err(_) => Err(Failed::new(Stop::Memory.code(), Stop::Memory.message(&runtime.limits))),
                };
                Ended { result, confidence, conf, warnings, metadata }
            }
            Err(failure) => {
                let result = Err(read_failure(failure));
                Ended { result, confidence: None, conf: Conf::PLAIN, warnings, metadata }
            }
        }
    })
}

/// A value for a report.
pub(super) fn for_report(runtime: &Runtime, value: &Value) -> Result<Completed, String> {
    let encoded = json::encode(runtime, &value.clone().bare());
    let encoded = encoded.map_err(|fault| format!("the result can't be reported: {fault}"))?;
    let _encoded = Charge::new(json::bytes_of(&encoded));
    let display = runtime.display(value);
    Ok(Completed { encoded, display, confidence: value.confidence() })
}

/// A value for another machine.
pub(super) fn for_machine(_: &Runtime, value: &Value) -> Result<Portable, String> {
    Portable::take_out(value).map_err(|fault| format!("the result {fault}"))
}

fn read_failure(failure: RunFailure) -> Failed {
    let RunFailure { code, message, data, span, trace } = failure;
    let stack = trace.iter().map(|frame| StackFrame { name: frame.name.to_string(), span: frame.span });
    Failed { code, message, data: to_json(&data).unwrap_or_default(), span, stack: stack.collect() }
}
