//! What was found, for tools: one JSON object, or a SARIF log.

use super::args::Arguments;
use super::fix::Mended;
use super::merge::{FileFindings, Findings};
use prism_diagnostics::json::{
    ApproximationEntry, Bounds, CostEntry, Dispatches, File, FixedEntry, NamedType, PlaceEntry, Report,
};
use prism_diagnostics::sarif::{Log, Tool};
use prism_diagnostics::{Diagnostic, SourceMap};
use prism_engine::facts::{Approximation, Cost, Declaration};
use serde_json::Value;

const TOOL: Tool<'_> =
    Tool { name: env!("CARGO_PKG_NAME"), version: env!("CARGO_PKG_VERSION"), uri: env!("CARGO_PKG_REPOSITORY") };

/// The object of `docs/validate.schema.json`, on one line.
pub fn json(findings: &Findings, arguments: &Arguments) -> String {
    let sources = &findings.sources;
    let file = |found: &FileFindings| File {
        types: found.facts.as_ref().filter(|_| arguments.types).map(|facts| types(&facts.declarations, sources)),
        approximations: found
            .facts
            .as_ref()
            .filter(|_| arguments.types)
            .map(|facts| approximations(&facts.approximations, sources)),
        cost: found.facts.as_ref().filter(|_| arguments.cost).map(|facts| cost(&facts.cost, sources)),
        fixed: found.mended.as_ref().map(fixed),
        ..File::new(found.source, &found.diagnostics, sources)
    };
    text(serde_json::to_value(Report::new(findings.files.iter().map(file).collect())))
}

/// A SARIF log, on one line.
pub fn sarif(findings: &Findings) -> String {
    let diagnostics: Vec<Diagnostic> = findings.diagnostics().cloned().collect();
    let is_complete = findings.files.iter().all(|file| file.unusable.is_none());
    text(serde_json::to_value(Log::new(TOOL, &diagnostics, &findings.sources, is_complete)))
}

/// Strings, numbers and lists have a value in JSON, always.
fn text(value: serde_json::Result<Value>) -> String {
    value.unwrap_or(Value::Null).to_string()
}

fn types(declarations: &[Declaration], sources: &SourceMap) -> Vec<NamedType> {
    let named = |declared: &Declaration| {
        let at = sources.position(declared.span);
        let confidence = declared.confidence;
        NamedType {
            name: declared.name.to_string(),
            line: at.line,
            column: at.column,
            ty: declared.ty.to_string(),
            confidence: Bounds { plain: confidence.plain, lo: confidence.lo, hi: confidence.hi },
        }
    };
    declarations.iter().map(named).collect()
}

fn approximations(given_up: &[Approximation], sources: &SourceMap) -> Vec<ApproximationEntry> {
    let entry = |one: &Approximation| {
        let at = sources.position(one.span);
        ApproximationEntry { line: at.line, column: at.column, reason: one.reason.to_string() }
    };
    given_up.iter().map(entry).collect()
}

fn cost(cost: &Cost, sources: &SourceMap) -> CostEntry {
    match cost {
        Cost::AtMost(formula) => CostEntry {
            dispatches: formula.known().map_or_else(|| Dispatches::Formula(formula.to_string()), Dispatches::Number),
            place: None,
        },
        Cost::Unbounded(at) => {
            CostEntry { dispatches: Dispatches::Formula(cost.to_string()), place: Some(PlaceEntry::new(*at, sources)) }
        }
    }
}

fn fixed(mended: &Mended) -> Vec<FixedEntry> {
    mended.fixed.iter().map(|fixed| FixedEntry::new(fixed.code, fixed.title.as_str(), fixed.place)).collect()
}
