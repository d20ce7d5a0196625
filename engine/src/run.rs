//! The loop around a machine that needs nothing from outside: it lets virtual time pass, and the host's own functions go
//! on.
//!
//! The same steps serve a run that keeps its thread until it ends and one that is waited for; only the latter has
//! functions under way.

use crate::eval::{EvalError, Evaluation, Surroundings};
use crate::host::{Calls, HostReply};
use crate::portable::Portable;
use crate::{LoadedProgram, json};
use prism_bytecode::LibraryId;
use prism_diagnostics::{RunError, StackFrame};
use prism_vm::limits::Stop;
use prism_vm::machine::{Effect, Failure, Machine, OpId, Outcome, Request, Response, RunFailure, SLICE, Step};
use prism_vm::runtime::Stream;
use prism_vm::value::Value;
use std::collections::BTreeSet;
use std::future::{Future, poll_fn};
use std::task::Poll;

/// Runs a machine to its end; time and random numbers go on in the surroundings.
pub(crate) fn evaluate(
    machine: &mut Machine,
    program: &LoadedProgram,
    surroundings: &mut Surroundings,
) -> Result<Evaluation, EvalError> {
    Run::new(machine, program, surroundings).finish()
}

/// The same, waiting for functions of the host.
pub(crate) async fn evaluate_async(
    machine: &mut Machine,
    program: &LoadedProgram,
    surroundings: &mut Surroundings,
) -> Result<Evaluation, EvalError> {
    Run::new(machine, program, surroundings).finish_async().await
}

/// How to go on.
enum Pace {
    /// With the next step.
    Going,
    /// With the next step, after others had their turn.
    SliceOver,
    /// Not before something that it waits for has ended.
    Waiting,
    /// Not at all.
    Done(Box<Result<Evaluation, EvalError>>),
}

struct Run<'a> {
    machine: &'a mut Machine,
    program: &'a LoadedProgram,
    surroundings: &'a mut Surroundings,
    /// By the time at which they end, in bits (times are positive, so the order is that of the numbers), then by request.
    delays: BTreeSet<(u64, OpId)>,
    /// Functions under way, if anything waits for them.
    calls: Option<Calls<OpId>>,
    lines: Vec<(Stream, String)>,
}

impl<'a> Run<'a> {
    fn new(machine: &'a mut Machine, program: &'a LoadedProgram, surroundings: &'a mut Surroundings) -> Self {
        Run { machine, program, surroundings, delays: BTreeSet::new(), calls: None, lines: Vec::new() }
    }

    fn finish(mut self) -> Result<Evaluation, EvalError> {
        loop {
            match self.step() {
                Pace::Done(evaluation) => return *evaluation,
                Pace::Waiting => self.wait(),
                Pace::Going | Pace::SliceOver => {}
            }
        }
    }

    async fn finish_async(mut self) -> Result<Evaluation, EvalError> {
        self.calls = Some(Calls::default());
        loop {
            match self.step() {
                Pace::Done(evaluation) => return *evaluation,
                Pace::Going => {}
                Pace::SliceOver => yield_now().await,
                Pace::Waiting => {
                    let calls = self.calls.get_or_insert_default();
                    match calls.next().await {
                        Some((op, reply)) => self.reply(op, reply),
                        None => self.wait(),
                    }
                }
            }
        }
    }

    fn step(&mut self) -> Pace {
        let step = self.machine.run(SLICE);
        let mut answered = false;
        for effect in self.machine.take_effects() {
            answered |= self.perform(effect);
        }
        match step {
            Step::Done(outcome) => Pace::Done(Box::new(self.evaluation(outcome))),
            Step::Waiting if !answered => Pace::Waiting,
            Step::SliceOver => Pace::SliceOver,
            Step::Waiting | Step::WaitingFor(_) => Pace::Going,
        }
    }

    fn evaluation(&mut self, outcome: Outcome) -> Result<Evaluation, EvalError> {
        let (sources, lines) = (self.program.sources(), std::mem::take(&mut self.lines));
        self.machine.enter(|runtime| {
            let Outcome { result, warnings, metadata } = outcome;
            let result = match result {
                Ok(value) => value,
                Err(failure) => {
                    return Err(EvalError::Run { error: run_error(failure), sources: sources.clone(), lines });
                }
            };
            let value = json::encode(runtime, &result.clone().bare())?;
            let (confidence, display) = (result.confidence(), runtime.display(&result));
            let metadata = json::to_json(&metadata)?;
            let portable = Portable::take_out(&result);
            Ok(Evaluation { value, confidence, display, lines, warnings, metadata, portable })
        })
    }

    /// Gives whether a request was answered.
    fn perform(&mut self, effect: Effect) -> bool {
        let (op, request) = match effect {
            Effect::Print(stream, line) => {
                self.lines.push((stream, line));
                return false;
            }
            Effect::Cancel(op) => {
                self.delays.retain(|(_, delayed)| *delayed != op);
                if let Some(calls) = &mut self.calls {
                    calls.cancel(&op);
                }
                return false;
            }
            Effect::Ask(op, request) => (op, request),
        };
        let response = match request {
            Request::Delay { ms } => {
                self.delays.insert(((self.surroundings.now_ms + ms).max(0.0).to_bits(), op));
                return false;
            }
            Request::Call { function, arguments } => return self.call(op, function, arguments),
            Request::Now => Response::Value(Value::number(self.surroundings.now_ms)),
            Request::Random => Response::Value(Value::number(self.surroundings.random.f64())),
            Request::Agents { .. } => Response::Agents(Vec::new()),
            Request::Dispatch(_) | Request::Llm { .. } => missing("agents"),
            Request::ExecutePattern { .. } => missing("other patterns"),
        };
        self.machine.answer(op, response);
        true
    }

    /// Begins a call, if anything waits for it; gives whether it was answered.
    fn call(&mut self, op: OpId, function: LibraryId, arguments: Vec<Value>) -> bool {
        let program = self.program;
        let Some(calls) = &mut self.calls else {
            self.machine.enter(|_| drop(arguments));
            self.reply(op, program.vocabulary.refuse(function));
            return true;
        };
        let started = self.machine.enter(|_| {
            let arguments = arguments;
            program.call(function, &arguments)
        });
        calls.add(op, started);
        false
    }

    fn reply(&mut self, op: OpId, reply: HostReply) {
        let response = self.machine.enter(|runtime| reply.response(runtime));
        self.machine.answer(op, response);
    }

    /// Lets the earliest delay end.
    fn wait(&mut self) {
        match self.delays.pop_first() {
            Some((at, op)) if f64::from_bits(at).is_finite() => {
                self.surroundings.now_ms = f64::from_bits(at);
                self.machine.answer(op, Response::Value(Value::NULL));
            }
            // What it waits for never ends.
            _ => self.machine.stop(Stop::Deadlock),
        }
    }
}

/// Lets others that share the thread have their turn.
fn yield_now() -> impl Future<Output = ()> {
    let mut yielded = false;
    poll_fn(move |context| {
        if std::mem::replace(&mut yielded, true) {
            return Poll::Ready(());
        }
        context.waker().wake_by_ref();
        Poll::Pending
    })
}

fn missing(what: &str) -> Response {
    let message = format!("there are no {what} here: run the program with a host");
    Response::Failed(Failure { message, details: Vec::new(), code: None })
}

fn run_error(failure: RunFailure) -> RunError {
    let RunFailure { code, message, span, trace, .. } = failure;
    let stack = trace.iter().map(|frame| StackFrame { name: frame.name.to_string(), span: frame.span });
    RunError { code, message, span, stack: stack.collect() }
}
