//! Runs programs that need nothing from outside: for embedding, examples and tests.
//!
//! Time is virtual: it begins where the caller says, and only delays move it. There are no agents, no models and no
//! other patterns; asking for one fails with an error that the program can catch.

use crate::project::MemoryProject;
use crate::{Engine, LoadedProgram, NotLoadable, VerifyError, json};
use prism_confidence::Config;
use prism_diagnostics::{Diagnostic, RunError, SourceMap, StackFrame};
use prism_vm::limits::{Limits, Stop};
use prism_vm::machine::{Effect, Failure, Machine, OpId, Outcome, Request, Response, RunFailure, Settings, Step};
use prism_vm::runtime::Stream;
use prism_vm::value::Value;
use serde_json::Value as Json;
use std::collections::BTreeSet;

/// What a program finds around it.
#[derive(Clone, Debug)]
pub struct Surroundings {
    /// What `now()` gives at the start, in milliseconds since 1970.
    pub now_ms: f64,
    /// Where `random()` takes its numbers from.
    pub random: fastrand::Rng,
    /// What the run may use.
    pub limits: Limits,
    /// The confidence rules, instead of the pattern's own.
    pub confidence: Option<Config>,
}

/// Time 0, random numbers of seed 0, the usual limits, the pattern's own confidence rules.
impl Default for Surroundings {
    fn default() -> Self {
        let random = fastrand::Rng::with_seed(0);
        Surroundings { now_ms: 0.0, random, limits: Limits::default(), confidence: None }
    }
}

/// What a program gave.
#[derive(Clone, Debug, PartialEq)]
pub struct Evaluation {
    /// The value without its own confidence; see [`json::encode`].
    pub value: Json,
    /// Its own confidence, 0…1, if it has one.
    pub confidence: Option<f64>,
    /// The value as the language displays it, its confidence included.
    pub display: String,
    /// Printed lines, in order.
    pub lines: Vec<(Stream, String)>,
    /// What the program says of its result (`with warning`).
    pub warnings: Vec<String>,
    /// What it gave beside its result (`with { … }`): an object, or null.
    pub metadata: Json,
}

/// Why a program gave nothing.
#[derive(Debug, thiserror::Error)]
pub enum EvalError {
    /// It has errors, and did not run.
    #[error("the program has errors: {}", first_message(.diagnostics))]
    Compile {
        /// The errors, with warnings between them.
        diagnostics: Vec<Diagnostic>,
        /// The texts that they speak of.
        sources: SourceMap,
    },
    /// It failed.
    #[error("{error}")]
    Run {
        /// Why.
        error: RunError,
        /// The texts that it speaks of.
        sources: SourceMap,
        /// The lines that were printed before.
        lines: Vec<(Stream, String)>,
    },
    /// Its result can't be given as JSON.
    #[error("the result: {0}")]
    TooDeep(#[from] json::TooDeep),
    /// The compiler is at fault.
    #[error("the compiler is at fault: {0}")]
    Invalid(VerifyError),
}

fn first_message(diagnostics: &[Diagnostic]) -> &str {
    diagnostics.iter().find(|one| one.is_error()).map_or("", |one| &one.message)
}

impl Engine {
    /// Runs a program that needs nothing from outside; `input` is its free name of that name, as it is.
    ///
    /// # Errors
    /// If it has errors, or fails.
    pub fn eval(&self, text: &str, input: Json) -> Result<Evaluation, EvalError> {
        self.eval_in(text, input, Surroundings::default())
    }

    /// The same in other surroundings.
    ///
    /// # Errors
    /// If it has errors, or fails.
    pub fn eval_in(&self, text: &str, input: Json, surroundings: Surroundings) -> Result<Evaluation, EvalError> {
        let compilation = self.compile("main.prism", text, &MemoryProject::new());
        let program = self.load(compilation).map_err(|fault| match fault {
            NotLoadable::Faulty { diagnostics, sources } => EvalError::Compile { diagnostics, sources },
            NotLoadable::Invalid(fault) => EvalError::Invalid(fault),
        })?;
        program.eval(input, surroundings)
    }
}

impl LoadedProgram {
    /// Runs the program, which must need nothing from outside; see [`Engine::eval`].
    ///
    /// # Errors
    /// [`EvalError::Run`] if it fails.
    pub fn eval(&self, input: Json, surroundings: Surroundings) -> Result<Evaluation, EvalError> {
        let Surroundings { now_ms, random, limits, confidence } = surroundings;
        let config = confidence.unwrap_or_else(|| self.confidence());
        let mut machine = self.machine(Settings { limits, config, ..Settings::default() });
        machine.set_input(|runtime| json::from_json(runtime, &input));
        let mut run = Run { machine, now_ms, random, delays: BTreeSet::new(), lines: Vec::new() };
        let outcome = run.finish();
        let Run { mut machine, lines, .. } = run;
        machine.enter(|runtime| {
            let Outcome { result, warnings, metadata } = outcome;
            let value = match result {
                Ok(value) => value,
                Err(failure) => {
                    return Err(EvalError::Run { error: run_error(failure), sources: self.sources().clone(), lines });
                }
            };
            let value_json = json::encode(runtime, &value.clone().bare())?;
            let (confidence, display) = (value.confidence(), runtime.display(&value));
            let metadata = json::to_json(&metadata)?;
            Ok(Evaluation { value: value_json, confidence, display, lines, warnings, metadata })
        })
    }
}

struct Run {
    machine: Machine,
    now_ms: f64,
    random: fastrand::Rng,
    /// By the time at which they end, in bits (times are positive, so the order is that of the numbers), then by request.
    delays: BTreeSet<(u64, OpId)>,
    lines: Vec<(Stream, String)>,
}

impl Run {
    fn finish(&mut self) -> Outcome {
        loop {
            let step = self.machine.run(u64::MAX);
            let mut answered = false;
            for effect in self.machine.take_effects() {
                answered |= self.perform(effect);
            }
            match step {
                Step::Done(outcome) => return outcome,
                Step::Waiting if !answered => self.wait(),
                Step::Waiting | Step::WaitingFor(_) | Step::SliceOver => {}
            }
        }
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
                return false;
            }
            Effect::Ask(op, request) => (op, request),
        };
        let response = match request {
            Request::Delay { ms } => {
                self.delays.insert(((self.now_ms + ms).max(0.0).to_bits(), op));
                return false;
            }
            Request::Now => Response::Value(Value::number(self.now_ms)),
            Request::Random => Response::Value(Value::number(self.random.f64())),
            Request::Agents { .. } => Response::Agents(Vec::new()),
            Request::Dispatch(_) | Request::Llm { .. } => missing("agents"),
            Request::ExecutePattern { .. } => missing("other patterns"),
        };
        self.machine.answer(op, response);
        true
    }

    /// Lets the earliest delay end.
    fn wait(&mut self) {
        match self.delays.pop_first() {
            Some((at, op)) if f64::from_bits(at).is_finite() => {
                self.now_ms = f64::from_bits(at);
                self.machine.answer(op, Response::Value(Value::NULL));
            }
            // What it waits for never ends.
            _ => self.machine.stop(Stop::Deadlock),
        }
    }
}

fn missing(what: &str) -> Response {
    let message = format!("there are no {what} here: run the program with a host");
    Response::Failed(Failure { message, details: Vec::new(), code: None })
}

fn run_error(failure: RunFailure) -> RunError {
    let RunFailure { code, message, span, trace, .. } = failure;
    let stack = trace.into_iter().map(|frame| StackFrame { name: frame.name.into(), span: frame.span });
    RunError { code, message, span, stack: stack.collect() }
}
