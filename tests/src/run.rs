//! Runs cases through the public face, in every mode that must not matter; or checks them.

use crate::case::{Case, ExpectedDiagnostic, ExpectedType};
use crate::expect;
use crate::modes::mode::{Allowance, Mode};
use crate::modes::{self, Program};
use parallax_runtime_host::agent::list::AgentList;
use prism_diagnostics::Severity;
use prism_engine::facts::{Confidence, Declaration};
use prism_engine::{Bug, Compilation, Engine, FileProject, read_source};
use std::sync::Arc;

/// What is wrong with a case, a sentence each; empty if it passes in every mode.
pub async fn faults(case: &Case) -> Vec<String> {
    if let Some(expected) = &case.expected.diagnostics {
        let faults =
            [Mode::PLAIN, Mode { crlf: true, ..Mode::PLAIN }].into_iter().map(|mode| match check(case, mode) {
                Ok(found) => checker_faults(case, expected, &found),
                Err(fault) => vec![fault],
            });
        return faults.flatten().collect();
    }
    let program = match program(case) {
        Ok(program) => program,
        Err(fault) => return vec![fault],
    };
    match program.run(Mode::PLAIN, Allowance::default()).await {
        Ok(report) => {
            let faults = expect::differences(&case.expected, &report);
            if faults.is_empty() { modes::faults(&program, &report, &others(&program.text)).await } else { faults }
        }
        Err(fault) => vec![fault],
    }
}

/// The modes that must make no difference to a program with that text: formatting moves the lines that it reads from
/// errors.
fn others(text: &str) -> Vec<Mode> {
    let follows_name = |rest: &str| rest.starts_with(|next: char| next.is_alphanumeric());
    let reads = |member: &str| text.split(member).skip(1).any(|rest| !follows_name(rest));
    let reads_places = reads(".line") || reads(".column");
    Mode::OTHERS.into_iter().filter(|mode| !(mode.formatted && reads_places)).collect()
}

/// The program of a case.
///
/// # Errors
/// If it can't be read, or its agents are no scripted ones.
pub fn program(case: &Case) -> Result<Program, String> {
    let project = FileProject::new(&case.root).map_err(|error| error.to_string())?;
    let text = read_source(&case.root.join(&case.path)).map_err(|error| error.to_string())?;
    let agents = match AgentList::from_json(case.expected.agents.clone()).map_err(|error| error.to_string())? {
        AgentList::Scripted(agents) => agents,
        AgentList::Addresses(_) => return Err("agents of a case are scripted".to_owned()),
    };
    Ok(Program {
        path: case.path.clone(),
        text,
        project: Arc::new(project),
        input: case.expected.input.clone(),
        agents,
    })
}

/// What the checker says of a case, and what it found out.
fn check(case: &Case, mode: Mode) -> Result<Compilation, String> {
    let Program { path, text, project, .. } = program(case)?;
    Ok(Engine::new().inspect(&path, &mode.convert(&text)?, mode.project(project).as_ref()))
}

/// Where that is not what the case wants.
fn checker_faults(case: &Case, expected: &[ExpectedDiagnostic], found: &Compilation) -> Vec<String> {
    let mut faults: Vec<String> = found.bug.iter().map(Bug::to_string).collect();
    faults.extend(diagnostics_fault(expected, found));
    faults.extend(case.expected.types.iter().flatten().filter_map(|wanted| type_fault(wanted, found)));
    faults
}

fn diagnostics_fault(expected: &[ExpectedDiagnostic], compilation: &Compilation) -> Option<String> {
    let mut found: Vec<_> = compilation
        .diagnostics
        .iter()
        .map(|diagnostic| ExpectedDiagnostic {
            line: compilation.sources.position(diagnostic.span).line,
            rule: diagnostic.code.rule().to_owned(),
            severity: match diagnostic.severity {
                Severity::Error => "error".to_owned(),
                Severity::Warning => "warning".to_owned(),
            },
        })
        .collect();
    found.sort();
    let mut expected = expected.to_vec();
    expected.sort();
    let brief = |list: &[ExpectedDiagnostic]| {
        let all: Vec<_> = list.iter().map(|one| format!("{} {} {}", one.line, one.severity, one.rule)).collect();
        if all.is_empty() { "nothing".to_owned() } else { all.join(", ") }
    };
    (expected != found).then(|| format!("expected {}, got {}", brief(&expected), brief(&found)))
}

fn type_fault(wanted: &ExpectedType, compilation: &Compilation) -> Option<String> {
    let is_it =
        |fact: &&Declaration| fact.name == wanted.name && compilation.sources.position(fact.span).line == wanted.line;
    let name = format!("{} in line {}", wanted.name, wanted.line);
    let Some(fact) = compilation.facts.iter().flat_map(|facts| &facts.declarations).find(is_it) else {
        return Some(format!("nothing is said of {name}"));
    };
    // The order of a union's members does not matter.
    let members = |ty: &str| {
        let mut members: Vec<_> = ty.split(" | ").map(str::to_owned).collect();
        members.sort();
        members
    };
    if let Some(ty) = wanted.ty.as_deref().filter(|ty| members(ty) != members(&fact.ty)) {
        return Some(format!("{name} is {ty}, and is told to be {}", fact.ty));
    }
    let Confidence { plain, lo, hi } = fact.confidence;
    let near = |wanted: Option<f64>, found: f64| wanted.is_none_or(|wanted| (wanted - found).abs() < 1e-9);
    match wanted.confidence {
        Some(of) if of.plain != plain || !near(of.lo, lo) || !near(of.hi, hi) => {
            Some(format!("the confidence of {name} is {of:?}, and is told to be {:?}", fact.confidence))
        }
        _ => None,
    }
}
