//! Runs cases through the public face, in every mode that must not matter.
//!
//! Time is virtual and agents are scripted, so nothing waits. A case passes if it gives what it should with LF and with
//! CR LF as line breaks, and with several orders of what could happen at once.

use crate::case::{Case, ExpectedDiagnostic};
use crate::expect;
use parallax_runtime_host::agent::list::AgentList;
use parallax_runtime_host::{Agents, RunOptions, RunReport, RunRequest, run};
use prism_diagnostics::Severity;
use prism_engine::{Engine, FileProject, LoadError, Loader, Project, read_source};
use prism_vm::limits::Limits;
use std::sync::Arc;

/// Steps that suffice for every case, and end one that never ends soon.
const FUEL: u64 = 5_000_000;

/// What must make no difference.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mode {
    /// Whether lines end with CR LF.
    pub crlf: bool,
    /// The order of what could happen at once.
    pub seed: u64,
}

impl Mode {
    /// All of them, the plainest first.
    pub const ALL: [Mode; 4] = [
        Mode { crlf: false, seed: 0 },
        Mode { crlf: true, seed: 0 },
        Mode { crlf: false, seed: 1 },
        Mode { crlf: false, seed: 0xC0FFEE },
    ];

    fn convert(self, text: String) -> String {
        if self.crlf { text.replace("\r\n", "\n").replace('\n', "\r\n") } else { text }
    }
}

/// What is wrong with a case, a sentence each; empty if it passes in every mode.
pub async fn faults(case: &Case) -> Vec<String> {
    if let Some(expected) = &case.expected.diagnostics {
        return match check(case) {
            Ok(found) => diagnostics_fault(case, expected, &found).into_iter().collect(),
            Err(fault) => vec![fault],
        };
    }
    for mode in Mode::ALL {
        let mut faults = match perform(case, mode).await {
            Ok(report) => expect::differences(&case.expected, &report),
            Err(fault) => vec![fault],
        };
        if !faults.is_empty() {
            if mode != Mode::ALL[0] {
                faults.push(format!("only with {mode:?}"));
            }
            return faults;
        }
    }
    Vec::new()
}

/// Runs a case.
///
/// # Errors
/// If it can't be read.
pub async fn perform(case: &Case, mode: Mode) -> Result<RunReport, String> {
    let (project, text) = open(case, mode)?;
    let mut request = RunRequest::new(case.path.clone(), text, project);
    request.input = case.expected.input.clone();
    let agents = AgentList::from_json(case.expected.agents.clone()).map_err(|error| error.to_string())?;
    request.agents = match agents {
        AgentList::Scripted(agents) => Agents::Scripted(agents),
        AgentList::Addresses(_) => return Err("agents of a case are scripted".to_owned()),
    };
    request.options = RunOptions {
        limits: Limits { fuel: FUEL, ..Limits::default() },
        seed: Some(mode.seed),
        ..RunOptions::default()
    };
    Ok(run(request).await)
}

fn open(case: &Case, mode: Mode) -> Result<(Arc<dyn Project>, String), String> {
    let project = FileProject::new(&case.root).map_err(|error| error.to_string())?;
    let text = read_source(&case.root.join(&case.path)).map_err(|error| error.to_string())?;
    Ok((Arc::new(Converted { project, mode }), mode.convert(text)))
}

/// A project whose texts are converted.
struct Converted {
    project: FileProject,
    mode: Mode,
}

impl Loader for Converted {
    fn load(&self, path: &str) -> Result<String, LoadError> {
        self.project.load(path).map(|text| self.mode.convert(text))
    }
}

impl Project for Converted {
    fn programs(&self) -> Vec<String> {
        self.project.programs()
    }
}

/// Everything that the checker says of a case, in order.
fn check(case: &Case) -> Result<Vec<ExpectedDiagnostic>, String> {
    let (project, text) = open(case, Mode::ALL[0])?;
    let compilation = Engine::new().compile(&case.path, &text, project.as_ref());
    let said = compilation.diagnostics.iter().map(|diagnostic| ExpectedDiagnostic {
        line: compilation.sources.position(diagnostic.span).line,
        rule: diagnostic.code.rule().to_owned(),
        severity: match diagnostic.severity {
            Severity::Error => "error".to_owned(),
            Severity::Warning => "warning".to_owned(),
        },
    });
    Ok(said.collect())
}

fn diagnostics_fault(case: &Case, expected: &[ExpectedDiagnostic], found: &[ExpectedDiagnostic]) -> Option<String> {
    if case.expected.types.is_some() {
        return Some("types are expected, and nothing infers them".to_owned());
    }
    let sorted = |list: &[ExpectedDiagnostic]| {
        let mut list = list.to_vec();
        list.sort();
        list
    };
    let brief = |list: &[ExpectedDiagnostic]| {
        let all: Vec<_> = list.iter().map(|one| format!("{} {} {}", one.line, one.severity, one.rule)).collect();
        if all.is_empty() { "nothing".to_owned() } else { all.join(", ") }
    };
    (sorted(expected) != sorted(found)).then(|| format!("expected {}, got {}", brief(expected), brief(found)))
}
