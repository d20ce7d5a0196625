//! The rules about what becomes of names and values: what is never read, computed and dropped, changed and lost. They
//! need the tree and the names alone, no types.
//!
//! | file | what |
//! |---|---|
//! | `facts` | one walk: where each variable is used, what it is given, which loops there are |
//! | `fate` | which values are dropped |
//! | `callee` | what a call calls, as far as names tell |
//! | `text` | the words of the text, and where errors stand in it |
//! | `kinds` | of which kind a value certainly is |
//! | `effects` | whether evaluating an expression does anything |
//! | `unused_variable`, `unused_import`, `unused_result`, `lost_update` | the rules |
//!
//! A clean program must be met with silence: where something is not known, nothing is said. Not here: rules that need
//! types or confidences.

mod callee;
mod effects;
mod facts;
mod fate;
mod kinds;
mod lost_update;
mod text;
mod unused_import;
mod unused_result;
mod unused_variable;

use crate::ast::Module;
use crate::hash::HashSet;
use crate::pipeline::ResolvedModule;
use crate::resolve::Resolution;
use prism_bytecode::Catalog;
use prism_diagnostics::{Code, Diagnostic, SourceMap, Span};
use text::Text;

/// Holds modules against the rules. `faults` is what is known to be wrong with them: nobody is told twice of one fault.
/// The diagnostics are in no particular order.
pub(crate) fn check(
    sources: &SourceMap,
    modules: &[ResolvedModule],
    faults: &[Diagnostic],
    catalog: &Catalog,
) -> Vec<Diagnostic> {
    let blamed = blamed(sources, faults);
    let mut diagnostics = Vec::new();
    for ResolvedModule { module, resolution, .. } in modules {
        let Some(source) = sources.get(module.source) else { continue };
        let errors = faults.iter().filter(|fault| fault.is_error() && fault.span.source == module.source);
        let text = Text::new(source, errors);
        diagnostics.extend(of_module(Subject { module, resolution, text: &text, blamed: &blamed, catalog }));
    }
    let dead: Vec<_> = faults.iter().filter(|fault| fault.code == Code::W0300).map(|fault| fault.span).collect();
    let is_dead =
        |at: Span| dead.iter().any(|dead| dead.source == at.source && (dead.start..dead.end).contains(&at.start));
    diagnostics.retain(|fault| !is_dead(fault.span));
    diagnostics
}

/// The texts at which errors stand: names that are misused, declared twice, or not exported where others import them.
fn blamed<'s>(sources: &'s SourceMap, faults: &[Diagnostic]) -> HashSet<&'s str> {
    let errors = faults.iter().filter(|fault| fault.is_error());
    let text = |span: Span| sources.get(span.source)?.text().get(span.start as usize..span.end as usize);
    errors.filter_map(|fault| text(fault.span)).collect()
}

fn of_module(subject: Subject<'_>) -> Vec<Diagnostic> {
    let facts = facts::gather(subject);
    let fates = fate::of(subject);
    let kinds = kinds::Kinds::new(subject, &facts);
    let mut diagnostics = unused_variable::check(subject, &facts, &fates, &kinds);
    diagnostics.extend(unused_import::check(subject, &facts));
    diagnostics.extend(unused_result::check(subject, &facts, &fates, &kinds));
    diagnostics.extend(lost_update::check(subject, &facts, &fates, &kinds));
    diagnostics.retain(|fault| !subject.text.is_faulty_at(fault.span));
    diagnostics
}

/// A module that is held against the rules.
#[derive(Clone, Copy)]
struct Subject<'a> {
    /// Its tree.
    module: &'a Module,
    /// What its names mean.
    resolution: &'a Resolution,
    /// Its text.
    text: &'a Text<'a>,
    /// What other errors are about.
    blamed: &'a HashSet<&'a str>,
    /// The library.
    catalog: &'a Catalog,
}

impl Subject<'_> {
    /// Whether nothing is said of a name that is met in so many places of the tree: another error is about it, or a part
    /// of the text that could not be read may use it.
    fn is_excused(&self, name: &str, met: usize) -> bool {
        self.blamed.contains(name) || self.text.is_partly_read() && self.text.count(name) > met
    }
}
