//! What must make no difference: how lines end, how the text is laid out, in which order tasks that could go on at once
//! do go on.

use crate::spec::page::Example;
use parallax_runtime_host::{Agents, RunOptions, RunReport, RunRequest, run};
use prism_compiler::format::format;
use prism_diagnostics::SourceId;
use prism_engine::MemoryProject;
use prism_vm::limits::Limits;
use std::sync::Arc;
use std::time::Duration;

/// The program's path in its project.
pub const PATH: &str = "main.prism";

/// Steps that suffice for every example, and end one that never ends soon.
const FUEL: u64 = 5_000_000;

/// One way to run a program.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mode {
    /// Whether lines end with CR LF.
    pub crlf: bool,
    /// Whether all texts are formatted.
    pub formatted: bool,
    /// The order of what could happen at once.
    pub seed: u64,
}

impl Mode {
    /// As the page has it.
    pub const PLAIN: Mode = Mode { crlf: false, formatted: false, seed: 0 };

    /// The others.
    pub const OTHERS: [Mode; 4] = [
        Mode { crlf: true, ..Mode::PLAIN },
        Mode { formatted: true, ..Mode::PLAIN },
        Mode { seed: 1, ..Mode::PLAIN },
        Mode { seed: 2, ..Mode::PLAIN },
    ];

    fn convert(self, text: &str) -> Result<String, String> {
        let text = match self.formatted {
            false => text.to_owned(),
            true => format(SourceId::default(), text).map_err(|faults| match faults.first() {
                Some(fault) => format!("can't be formatted: {}", fault.message),
                None => "can't be formatted".to_owned(),
            })?,
        };
        Ok(if self.crlf { text.replace('\n', "\r\n") } else { text })
    }
}

/// What a run may use.
#[derive(Clone, Copy, Debug)]
pub struct Allowance {
    /// What the machine counts.
    pub limits: Limits,
    /// Virtual time.
    pub deadline: Option<Duration>,
}

impl Default for Allowance {
    fn default() -> Self {
        Allowance { limits: Limits { fuel: FUEL, ..Limits::default() }, deadline: None }
    }
}

/// The project of an example.
///
/// # Errors
/// If a file can't be formatted.
pub fn project(example: &Example, mode: Mode) -> Result<MemoryProject, String> {
    let mut project = MemoryProject::new();
    for (path, text) in &example.settings.files {
        project = project.with(path, mode.convert(text)?);
    }
    Ok(project)
}

/// Runs a text in the surroundings of an example.
///
/// # Errors
/// If a text can't be formatted.
pub async fn perform(example: &Example, text: &str, mode: Mode, allowance: Allowance) -> Result<RunReport, String> {
    let project = Arc::new(project(example, mode)?);
    let mut request = RunRequest::new(PATH, mode.convert(text)?, project);
    request.input = example.settings.input.clone();
    request.agents = Agents::Scripted(example.settings.agents.clone());
    request.options = RunOptions {
        limits: allowance.limits,
        deadline: allowance.deadline,
        seed: Some(mode.seed),
        ..RunOptions::default()
    };
    Ok(run(request).await)
}
