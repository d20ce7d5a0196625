//! A run from request to report.

use crate::agent::Agents;
use crate::clock::live::LiveWorld;
use crate::clock::scripted::ScriptedWorld;
use crate::driver::{Cancel, Completed, Core, Failed, Finished, Setting, drive};
use crate::options::{RunOptions, RunRequest};
use crate::pattern::{Faulty, Pattern, Refusal, Shelf};
use crate::registry::Registry;
use crate::report::{ErrorReport, RunReport, Status};
use prism_diagnostics::{Phase, SourceMap};
use std::future::pending;
use std::sync::Arc;

/// Runs a program to its end. Whatever happens is in the report: faults of the program and of its input, failures,
/// limits, cancellation.
///
/// Must be called inside a tokio runtime with time and, for agents on a network, I/O enabled. Dropping the future ends
/// the run at once.
pub async fn run(request: RunRequest) -> RunReport {
    let RunRequest { path, text, project, engine, input, agents, options, mut observer, cancel } = request;
    let pattern = match Pattern::compile(&engine, &path, &text, project.as_ref()) {
        Ok(pattern) => Arc::new(pattern),
        Err(fault) => return refuse(fault),
    };
    let program = pattern.program();
    let (diagnostics, sources) = (program.diagnostics().to_vec(), program.sources().clone());
    if let Some(observer) = &mut observer {
        observer.compiled(&diagnostics, &sources);
    }
    let registry = Registry::new(agents.profiles());
    let report = match pattern.admit(input, &registry) {
        Err(refusal) => turn_away(&refusal, &sources),
        Ok(admission) => {
            let random = random(&options, &agents);
            let setting = Setting { shelf: Shelf::new(engine, project), registry, options, random, observer };
            let core = Core::new(setting, pattern, admission);
            report(drive_among(core, agents, cancel).await, &sources)
        }
    };
    RunReport { diagnostics, sources, ..report }
}

/// Runs to the end in the world of these agents.
pub(crate) async fn drive_among(core: Core<'_>, agents: Agents, cancel: Option<Cancel>) -> Finished {
    let cancel = cancel.unwrap_or_else(|| Box::pin(pending()));
    match agents {
        Agents::Scripted(agents) => drive(core, ScriptedWorld::new(agents), cancel).await,
        Agents::Live(agents) => drive(core, LiveWorld::new(agents), cancel).await,
    }
}

/// Where `random()` takes its numbers from.
pub(crate) fn random(options: &RunOptions, agents: &Agents) -> fastrand::Rng {
    match options.seed {
        Some(seed) => fastrand::Rng::with_seed(seed),
        None if matches!(agents, Agents::Scripted(_)) => fastrand::Rng::with_seed(0),
        None => fastrand::Rng::new(),
    }
}

pub(crate) fn refuse(fault: Faulty) -> RunReport {
    let (code, message) = (fault.code(), fault.to_string());
    let Faulty::Program { diagnostics, sources } = fault else { return RunReport::refused(code, message) };
    let first = diagnostics.iter().find(|one| one.is_error());
    let error = first.map(|first| ErrorReport::new(code, &first.message, Some(first.span), &sources));
    RunReport { error, diagnostics, sources, ..RunReport::new(Status::Refused) }
}

fn turn_away(refusal: &Refusal, sources: &SourceMap) -> RunReport {
    let code = refusal.code();
    let status = if code.phase() == Phase::Input { Status::Refused } else { Status::Failed };
    let error = ErrorReport::new(code, refusal.to_string(), None, sources);
    RunReport { error: Some(error), ..RunReport::new(status) }
}

pub(crate) fn report(finished: Finished, sources: &SourceMap) -> RunReport {
    let Finished { result, metadata, record, metrics, explanation } = finished;
    let report = match result {
        Ok(Completed { encoded, display, confidence }) => {
            RunReport { result: encoded, display, confidence, metadata, ..RunReport::new(Status::Completed) }
        }
        Err(Failed { code, message, data, span, stack }) => {
            let error = ErrorReport { data, stack, ..ErrorReport::new(code, message, span, sources) };
            RunReport { error: Some(error), ..RunReport::new(Status::Failed) }
        }
    };
    RunReport {
        stdout: record.stdout,
        stderr: record.stderr,
        warnings: record.warnings,
        calls: record.calls,
        metrics,
        explanation,
        ..report
    }
}
