//! What must make no difference to a program, and how it is held against that.
//!
//! - [`mode`]: how lines end, how the texts are laid out, the order of what could happen at once.
//! - [`limits`]: limits of a run, which must only be able to stop it.
//! - [`outcome`]: what a run gave, as far as it must be the same.
//!
//! Everything goes through the public face of the host; time is virtual and agents are scripted, so nothing waits. Not
//! here: what a program must give at all ([`crate::expect`], [`crate::spec`]).

pub mod limits;
pub mod mode;
pub mod outcome;

use mode::{Allowance, Mode};
use outcome::{Course, Outcome};
use parallax_runtime_host::agent::ScriptedAgent;
use parallax_runtime_host::{Agents, RunOptions, RunReport, RunRequest, run};
use prism_diagnostics::Phase;
use prism_engine::Project;
use serde_json::Value;
use std::sync::Arc;

/// A program with all that it is run with.
#[derive(Clone)]
pub struct Program {
    /// Its path in the project.
    pub path: String,
    /// Its text.
    pub text: String,
    /// The other texts.
    pub project: Arc<dyn Project>,
    /// The input.
    pub input: Value,
    /// The agents that it may ask.
    pub agents: Vec<ScriptedAgent>,
}

impl Program {
    /// Runs it.
    ///
    /// # Errors
    /// If its text can't be formatted.
    pub async fn run(&self, mode: Mode, allowance: Allowance) -> Result<RunReport, String> {
        let project = mode.project(self.project.clone());
        let mut request = RunRequest::new(self.path.clone(), mode.convert(&self.text)?, project);
        request.input = self.input.clone();
        request.agents = Agents::Scripted(self.agents.clone());
        request.options = RunOptions {
            limits: allowance.limits,
            deadline: allowance.deadline,
            seed: Some(mode.seed),
            jit: mode.jit,
            moves: mode.moves,
            ..RunOptions::default()
        };
        Ok(run(request).await)
    }
}

/// Where a program gives something else in one of the modes, or with limits that just suffice, than in the plain run,
/// whose report is `plain`; a sentence each.
pub async fn faults(program: &Program, plain: &RunReport, others: &[Mode]) -> Vec<String> {
    let refused = plain.error.as_ref().is_some_and(|error| error.phase == Phase::Compile);
    let outcome = Outcome::new(plain);
    let mut faults = Vec::new();
    for &mode in others {
        match program.run(mode, Allowance::default()).await {
            Ok(report) if Outcome::new(&report) == outcome => {
                let (own, other) = (Course::new(plain), Course::new(&report));
                if mode.is_exact() && own != other {
                    faults.push(format!("with {mode:?}: {other:?}, plainly: {own:?}"));
                }
            }
            Ok(report) => faults.push(format!("with {mode:?}: {}, plainly: {outcome}", Outcome::new(&report))),
            // What can't be parsed can't be formatted.
            Err(_) if refused => {}
            Err(fault) => faults.push(fault),
        }
    }
    if plain.error.as_ref().is_none_or(|error| error.phase == Phase::Run) {
        faults.extend(limits::faults(program, plain).await.unwrap_or_else(|fault| vec![fault]));
    }
    faults
}
