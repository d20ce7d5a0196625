//! Runs programs that need nothing from outside: for embedding, examples and tests.
//!
//! Time is virtual: it begins where the caller says, and only delays move it. There are no agents, no models and no
//! other patterns; asking for one fails with an error that the program can catch. The host's own functions are there,
//! asynchronous ones in runs that are waited for.

use crate::portable::{NotPortable, NotReadable, NotWritable, Portable};
use crate::project::MemoryProject;
use crate::run::{evaluate, evaluate_async};
use crate::{Engine, LoadedProgram, NotLoadable, VerifyError, json};
use prism_confidence::Config;
use prism_diagnostics::{Diagnostic, RunError, SourceMap};
use prism_vm::confidence::Conf;
use prism_vm::limits::Limits;
use prism_vm::machine::{Machine, Settings};
use prism_vm::runtime::Stream;
use serde::Serialize;
use serde::de::{self, DeserializeOwned};
use serde_json::Value as Json;
use std::future::Future;

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

impl From<Limits> for Surroundings {
    fn from(limits: Limits) -> Self {
        Surroundings { limits, ..Surroundings::default() }
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
    pub(crate) portable: Result<Portable, NotPortable>,
}

impl Evaluation {
    /// The value as a type in Rust; as [`Uncertain`](crate::Uncertain) with its confidence.
    ///
    /// # Errors
    /// If it is no value of that type, or holds a function.
    pub fn read<T: DeserializeOwned>(&self) -> Result<T, NotReadable> {
        match &self.portable {
            Ok(value) => value.clone().read(),
            Err(fault) => Err(de::Error::custom(format_args!("the result {fault}"))),
        }
    }
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
    /// The input can't be given to a program.
    #[error("the input: {0}")]
    Input(#[from] NotWritable),
    /// Its result can't be given as JSON.
    #[error("the result: {0}")]
    TooDeep(#[from] json::TooDeep),
    /// The compiler is at fault.
    #[error("the compiler is at fault: {0}")]
    Invalid(VerifyError),
}

impl From<NotLoadable> for EvalError {
    fn from(fault: NotLoadable) -> Self {
        match fault {
            NotLoadable::Faulty { diagnostics, sources } => EvalError::Compile { diagnostics, sources },
            NotLoadable::Invalid(fault) => EvalError::Invalid(fault),
        }
    }
}

fn first_message(diagnostics: &[Diagnostic]) -> &str {
    diagnostics.iter().find(|one| one.is_error()).map_or("", |one| &one.message)
}

impl Engine {
    /// Runs a program that needs nothing from outside; `input` is its free name of that name: whatever serde can
    /// serialise.
    ///
    /// # Errors
    /// If it has errors, or fails.
    pub fn eval(&self, text: &str, input: impl Serialize) -> Result<Evaluation, EvalError> {
        self.eval_in(text, input, Surroundings::default())
    }

    /// The same in other surroundings.
    ///
    /// # Errors
    /// If it has errors, or fails.
    pub fn eval_in(
        &self,
        text: &str,
        input: impl Serialize,
        surroundings: impl Into<Surroundings>,
    ) -> Result<Evaluation, EvalError> {
        self.program(text)?.run_in(input, surroundings)
    }

    /// A program that is one text, ready to run any number of times.
    ///
    /// # Errors
    /// [`EvalError::Compile`] if it has errors.
    pub fn program(&self, text: &str) -> Result<LoadedProgram, EvalError> {
        Ok(self.load(self.compile("main.prism", text, &MemoryProject::new()))?)
    }
}

impl LoadedProgram {
    /// Runs the program; `input` is its free name of that name: whatever serde can serialise. Asynchronous functions
    /// fail: nothing could wait for them.
    ///
    /// # Errors
    /// [`EvalError::Input`] if the input is more than a value can be, [`EvalError::Run`] if the program fails.
    pub fn run(&self, input: impl Serialize) -> Result<Evaluation, EvalError> {
        self.run_in(input, Surroundings::default())
    }

    /// The same in other surroundings, or under other limits: [`Limits`] are surroundings too.
    ///
    /// # Errors
    /// As [`LoadedProgram::run`].
    pub fn run_in(
        &self,
        input: impl Serialize,
        surroundings: impl Into<Surroundings>,
    ) -> Result<Evaluation, EvalError> {
        let mut surroundings = surroundings.into();
        let mut machine = self.ready(Portable::new(&input)?, &surroundings);
        evaluate(&mut machine, self, &mut surroundings)
    }

    /// Runs the program, and with it, side by side, the asynchronous functions that it calls. Dropping the future ends
    /// them all.
    ///
    /// Delays still take no time: one ends when no function is under way any more. A host that wants real ones, or
    /// agents, has `parallax-runtime-host`.
    ///
    /// # Errors
    /// As [`LoadedProgram::run`].
    pub fn run_async(&self, input: impl Serialize) -> impl Future<Output = Result<Evaluation, EvalError>> + Send {
        self.run_async_in(input, Surroundings::default())
    }

    /// The same in other surroundings, or under other limits.
    ///
    /// # Errors
    /// As [`LoadedProgram::run`].
    pub fn run_async_in(
        &self,
        input: impl Serialize,
        surroundings: impl Into<Surroundings>,
    ) -> impl Future<Output = Result<Evaluation, EvalError>> + Send {
        let (input, mut surroundings) = (Portable::new(&input), surroundings.into());
        async move {
            let mut machine = self.ready(input?, &surroundings);
            evaluate_async(&mut machine, self, &mut surroundings).await
        }
    }

    fn ready(&self, input: Portable, surroundings: &Surroundings) -> Machine {
        let config = surroundings.confidence.unwrap_or_else(|| self.confidence());
        let mut machine = self.machine(Settings { limits: surroundings.limits, config, ..Settings::default() });
        machine.set_input(|runtime| input.put_in(runtime, &Conf::new));
        machine
    }
}
