//! A session against agents: each input is run as a program is, on the machine that those before it have left.
//!
//! Confidences are always traced, so that every input can be explained, down to what earlier inputs made of answers.
//! Limits and deadlines hold for each input; time begins anew with each, and random numbers go on.

use crate::agent::{AgentProfile, Agents};
use crate::driver::{Core, Setting, agents as agents_of};
use crate::options::{Observer, RunOptions};
use crate::pattern::{Pattern, Shelf};
use crate::registry::Registry;
use crate::report::RunReport;
use crate::run::{drive_among, random, refuse, report};
use prism_engine::{Engine, Project, json};
use prism_vm::machine::Settings;
use prism_vm::runtime::Runtime;
use prism_vm::value::Value;
use serde_json::{Map, Value as Json};
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

/// One input of a session.
pub struct SessionInput {
    /// Its path from the project's root, as shown in errors; imports are relative to it.
    pub path: String,
    /// Its text.
    pub text: String,
    /// Whether agents, models and patterns that ask them may be asked. Else asking ends the input with
    /// [`prism_vm::limits::Stop::Dispatches`].
    pub asks: bool,
    /// Who is told what happens while it happens.
    pub observer: Option<Box<dyn Observer>>,
    /// When this future ends, the input is cancelled, and so are its agents' calls.
    pub cancel: Option<Pin<Box<dyn Future<Output = ()> + Send>>>,
}

impl SessionInput {
    /// An input that may ask agents, which nobody follows or cancels.
    pub fn new(path: impl Into<String>, text: impl Into<String>) -> Self {
        SessionInput { path: path.into(), text: text.into(), asks: true, observer: None, cancel: None }
    }
}

/// Inputs that share their names, and the agents that they may ask.
pub struct Session {
    engine: Engine,
    session: prism_engine::Session,
    project: Arc<dyn Project>,
    agents: Agents,
    registry: Registry,
    options: RunOptions,
    random: fastrand::Rng,
}

impl Session {
    /// A session without inputs, which `engine` compiles. `input` is the free name of that name in all of them; null counts as `{}`. The options
    /// hold for each input.
    pub fn new(engine: Engine, project: Arc<dyn Project>, input: Json, agents: Agents, options: RunOptions) -> Self {
        let seed = options.seed.unwrap_or_default();
        let settings = Settings { trace: true, seed, limits: options.limits, ..Settings::default() };
        let mut session = prism_engine::Session::with(&engine, options.confidence, settings);
        let input = if input.is_null() { Json::Object(Map::new()) } else { input };
        let registry = Registry::new(agents.profiles());
        let machine = session.machine();
        machine.set_input(|runtime| json::from_json(runtime, &input));
        let infos = machine.enter(|runtime| agents_of(runtime, &registry.agents().iter().collect::<Vec<_>>()));
        machine.set_agents(infos);
        let random = random(&options, &agents);
        Session { engine, session, project, agents, registry, options, random }
    }

    /// Runs an input to its end. Whatever happens is in the report, and the session goes on; what the input had done
    /// before it failed stays done.
    ///
    /// Must be called as [`crate::run`]. Dropping the future cancels the input.
    pub async fn run(&mut self, input: SessionInput) -> RunReport {
        let SessionInput { path, text, asks, mut observer, cancel } = input;
        let mut options = RunOptions { trace: true, ..self.options.clone() };
        if !asks {
            options.limits.dispatches = 0;
        }
        let program = match self.session.enter(&path, &text, self.project.as_ref(), options.limits) {
            Ok(program) => program,
            Err(fault) => return refuse(fault.into()),
        };
        let (diagnostics, sources) = (program.diagnostics().to_vec(), program.sources().clone());
        if let Some(observer) = &mut observer {
            observer.compiled(&diagnostics, &sources);
        }
        let setting = Setting {
            shelf: Shelf::new(self.engine.clone(), Arc::clone(&self.project)),
            registry: self.registry.clone(),
            options,
            random: self.random.fork(),
            observer,
        };
        let pattern = Arc::new(Pattern::of_session(program, &path));
        let core = Core::resume(setting, pattern, self.session.machine());
        let report = report(drive_among(core, self.agents.clone(), cancel).await, &sources);
        self.session.settle();
        RunReport { diagnostics, sources, ..report }
    }

    /// Who can be asked, in the order of registration.
    pub fn agents(&self) -> &[AgentProfile] {
        self.registry.agents()
    }

    /// How many inputs there were, faulty ones included.
    pub fn count(&self) -> usize {
        self.session.count()
    }

    /// The names that the next input sees, beside those of the library.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.session.names()
    }

    /// Reads the variable of that name; `None` if there is none. Nothing is run.
    pub fn variable<R>(&mut self, name: &str, read: impl FnOnce(&Runtime, &Value) -> R) -> Option<R> {
        self.session.variable(name, read)
    }
}
