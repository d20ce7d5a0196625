//! Sessions: inputs that come one after the other and share their names, as in a notebook or at a prompt.

use crate::eval::{EvalError, Evaluation, Surroundings};
use crate::run::evaluate;
use crate::{Engine, LoadedProgram, Loader, NotLoadable};
use prism_compiler::pipeline::{Compilation, Session as Texts};
use prism_confidence::Config;
use prism_diagnostics::SourceMap;
use prism_vm::limits::Limits;
use prism_vm::machine::{Extension, Machine, Settings};
use prism_vm::runtime::Runtime;
use prism_vm::value::Value;
use std::sync::Arc;

/// A program that grows by inputs, and the machine that runs them. Later inputs see what earlier ones declared, imported
/// and assigned; declaring a name anew makes another variable, and closures keep the one that they know. An input that
/// fails leaves what it had done by then, and the session goes on.
///
/// [`Session::eval`] runs inputs that need nothing from outside. A host with agents takes the steps by itself:
/// [`Session::enter`], then the machine ([`Session::machine`]) until it is done, then [`Session::settle`].
///
/// ```
/// use prism_engine::{Engine, MemoryProject, Session};
/// use serde_json::json;
///
/// let (mut session, project) = (Session::new(&Engine::new()), MemoryProject::new());
/// session.eval("let count = 1", &project)?;
/// session.eval("fn next() { count += 1; count }", &project)?;
/// assert_eq!(session.eval("next() + next()", &project)?.value, json!(5));
/// assert!(session.eval("let total = count; missing()", &project).is_err());
/// assert_eq!(session.eval("count ~> 0.9", &project)?.display, "3 (~90.0%)");
/// # Ok::<(), prism_engine::EvalError>(())
/// ```
pub struct Session {
    engine: Engine,
    texts: Texts,
    machine: Machine,
    /// The confidence rules that hold whatever inputs say of themselves.
    fixed: Option<Config>,
    /// The rules that the last input with `@confidence` chose.
    config: Config,
    /// How many inputs there were.
    count: usize,
    /// For inputs without a host, from one to the next.
    surroundings: Surroundings,
}

impl Session {
    /// A session without inputs, with the usual limits for each of them.
    pub fn new(engine: &Engine) -> Self {
        Self::with(engine, None, Settings::default())
    }

    /// A session whose machine has these settings; those of limits and confidence are given with each input. `confidence`
    /// are the confidence rules, instead of those that inputs choose.
    pub fn with(engine: &Engine, confidence: Option<Config>, settings: Settings) -> Self {
        let machine = Machine::new(Arc::default(), engine.vocabulary.library(), settings);
        Session {
            engine: engine.clone(),
            texts: Texts::new(),
            machine,
            fixed: confidence,
            config: Config::default(),
            count: 0,
            surroundings: Surroundings::default(),
        }
    }

    /// Compiles the next input and readies the machine to run it. `path` is its path from the project's root, as
    /// diagnostics show it: imports are relative to it. Modules that have run are not run again.
    ///
    /// # Errors
    /// As [`Engine::load`]; the session is as it was.
    pub fn enter(
        &mut self,
        path: &str,
        text: &str,
        loader: &dyn Loader,
        limits: Limits,
    ) -> Result<LoadedProgram, NotLoadable> {
        // What was left before its end is settled with what it has come to.
        self.settle();
        self.count += 1;
        let compilation: Compilation =
            self.texts.compile(self.engine.sources(path, text, loader), self.engine.catalog());
        let program = self.engine.load(compilation)?;
        if program.pattern().confidence.is_some() {
            self.config = program.confidence();
        }
        self.machine.extend(Extension {
            program: Arc::clone(&program.program),
            sources: program.sources.clone(),
            limits,
            config: self.fixed.unwrap_or(self.config),
        });
        Ok(program)
    }

    /// The machine that runs the inputs.
    pub fn machine(&mut self) -> &mut Machine {
        &mut self.machine
    }

    /// Takes in what the last input has left: its names that have a value. To be called when it has ended; doing it again
    /// changes nothing.
    pub fn settle(&mut self) {
        let (machine, first) = (&mut self.machine, self.texts.modules_before());
        let finished = machine.finished_modules().saturating_sub(first);
        let settled = self.texts.settle(finished, |slot| machine.variable(slot, |_, _| ()).is_some());
        settled.released.into_iter().for_each(|slot| machine.release(slot));
    }

    /// Runs an input that needs nothing from outside, under the usual limits; see [`Engine::eval`].
    ///
    /// # Errors
    /// If it has errors, or fails.
    pub fn eval(&mut self, text: &str, loader: &dyn Loader) -> Result<Evaluation, EvalError> {
        let name = self.next_name();
        let limits = self.surroundings.limits;
        let program = self.enter(&name, text, loader, limits)?;
        let evaluation = evaluate(&mut self.machine, &program, &mut self.surroundings);
        self.settle();
        evaluation
    }

    /// What the next input is called unless it comes from a file: `input:3`.
    fn next_name(&self) -> String {
        format!("input:{}", self.count + 1)
    }

    /// How many inputs there were, faulty ones included.
    pub fn count(&self) -> usize {
        self.count
    }

    /// The names that the next input sees, beside those of the library, in the order in which they came to be.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.texts.names().keys().map(|name| name.as_str())
    }

    /// Reads the variable of that name; `None` if there is none. Nothing is run.
    pub fn variable<R>(&mut self, name: &str, read: impl FnOnce(&Runtime, &Value) -> R) -> Option<R> {
        let slot = self.texts.names().get(name)?.slot()?;
        self.machine.variable(slot, read)
    }

    /// All texts so far, those of faulty inputs too.
    pub fn sources(&self) -> &SourceMap {
        self.texts.sources()
    }
}
