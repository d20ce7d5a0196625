//! What a run is given.

use crate::agent::Agents;
use crate::money::Money;
use crate::report::CallRecord;
use prism_confidence::Config;
use prism_diagnostics::{Diagnostic, SourceMap};
use prism_engine::{Engine, Project};
use prism_vm::limits::Limits;
use prism_vm::machine::JitMode;
use prism_vm::runtime::Stream;
use serde_json::Value;
use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

/// A program, its input, its agents, and how to run it.
pub struct RunRequest {
    /// The program's path from the project's root, as shown in errors; imports are relative to it.
    pub path: String,
    /// The program's text.
    pub text: String,
    /// Where imported modules and patterns run by name come from.
    pub project: Arc<dyn Project>,
    /// What compiles them all: one with functions of the host's own, if the program is to have any.
    pub engine: Engine,
    /// The input; null counts as `{}`.
    pub input: Value,
    /// Who can be asked. Scripted agents make time virtual: nothing sleeps.
    pub agents: Agents,
    /// Limits and settings.
    pub options: RunOptions,
    /// Who is told what happens while it happens.
    pub observer: Option<Box<dyn Observer>>,
    /// When this future ends, the run is cancelled, and so are its agents' calls.
    pub cancel: Option<Pin<Box<dyn Future<Output = ()> + Send>>>,
}

impl RunRequest {
    /// A request with no input, no agents, and the defaults.
    pub fn new(path: impl Into<String>, text: impl Into<String>, project: Arc<dyn Project>) -> Self {
        RunRequest {
            path: path.into(),
            text: text.into(),
            project,
            engine: Engine::new(),
            input: Value::Null,
            agents: Agents::none(),
            options: RunOptions::default(),
            observer: None,
            cancel: None,
        }
    }
}

impl fmt::Debug for RunRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let RunRequest { path, input, agents, options, .. } = self;
        f.debug_struct("RunRequest")
            .field("path", path)
            .field("input", input)
            .field("agents", agents)
            .field("options", options)
            .finish_non_exhaustive()
    }
}

/// Limits and settings of a run.
#[derive(Clone, Debug)]
pub struct RunOptions {
    /// What the run, with all patterns that it runs, may use.
    pub limits: Limits,
    /// How long the run may take, in virtual time with scripted agents; the pattern's own `@timeout` holds too, the
    /// shorter one counts.
    pub deadline: Option<Duration>,
    /// What questions to agents and models may cost together. Each question's price is set aside before it is asked, so no
    /// run spends more; one that the budget has no room for ends the run with [`prism_vm::limits::Stop::Budget`].
    pub budget: Option<Money>,
    /// What a question costs to an agent that has no price. Without this such a question costs nothing in a run without a
    /// budget, and fails in one that has one.
    pub unstated_price: Option<Money>,
    /// How long an agent may take for one answer: [`RunOptions::CALL_TIMEOUT`] unless said.
    pub call_timeout: Duration,
    /// The confidence rules, instead of the pattern's own `@confidence`.
    pub confidence: Option<Config>,
    /// Whether to write down where confidences come from, for [`crate::RunReport::explanation`].
    pub trace: bool,
    /// Of `random()`, and of the order of tasks that could go on at the same time. Without one, random numbers are
    /// fresh in real time, and those of seed 0 in virtual time.
    pub seed: Option<u64>,
    /// Whether what runs often is compiled; it makes no difference but in time.
    pub jit: JitMode,
    /// Whether machines go on from snapshots of themselves each time they stop for the host; it makes no difference but in
    /// time. For tests.
    pub moves: bool,
}

impl RunOptions {
    /// How long an agent may take for one answer unless said: 60 s.
    pub const CALL_TIMEOUT: Duration = Duration::from_secs(60);
}

impl Default for RunOptions {
    fn default() -> Self {
        RunOptions {
            limits: Limits::default(),
            deadline: None,
            budget: None,
            unstated_price: None,
            call_timeout: Self::CALL_TIMEOUT,
            confidence: None,
            trace: false,
            seed: None,
            jit: JitMode::default(),
            moves: false,
        }
    }
}

/// Is told what happens in a run while it happens. All methods do nothing unless overridden.
pub trait Observer: Send {
    /// The program has been checked; no error was found.
    fn compiled(&mut self, _diagnostics: &[Diagnostic], _sources: &SourceMap) {}

    /// An agent is asked.
    fn asked(&mut self, _call: &CallRecord) {}

    /// A question has come to its end: an answer, a failure or a cancellation.
    fn ended(&mut self, _call: &CallRecord) {}

    /// The program printed a line.
    fn printed(&mut self, _stream: Stream, _line: &str) {}
}
