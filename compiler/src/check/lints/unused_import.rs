//! `unused-import`: imported names that nothing uses.

use super::Subject;
use super::facts::Facts;
use crate::ast::{Ident, Import, Stmt, StmtKind};
use crate::resolve::Binding;
use prism_diagnostics::{Code, Diagnostic, Edit, Span};

/// Holds a module against the rule.
pub(super) fn check(subject: Subject<'_>, facts: &Facts<'_>) -> Vec<Diagnostic> {
    let mut diagnostics = Vec::new();
    for stmt in &subject.module.body {
        let StmtKind::Import(import) = &stmt.kind else { continue };
        let names = names(import);
        for (at, one) in names.iter().enumerate() {
            if is_unused(subject, facts, one.alias) {
                diagnostics.push(fault(subject, stmt, &names, at));
            }
        }
    }
    diagnostics
}

/// A name of an import.
struct Imported<'a> {
    /// What it is called here.
    alias: &'a Ident,
    /// All that is written of it.
    span: Span,
    /// Whether it stands in the braces.
    is_listed: bool,
}

fn names(import: &Import) -> Vec<Imported<'_>> {
    let single = |alias| Imported { alias, span: alias.span, is_listed: false };
    let listed = import.names.iter().map(|one| {
        let span = one.name.span.to(one.alias.span);
        Imported { alias: &one.alias, span, is_listed: true }
    });
    import.default.iter().chain(&import.namespace).map(single).chain(listed).collect()
}

/// Whether nothing uses an import. Of a name that could not be imported, or that something else has, nothing is said.
fn is_unused(subject: Subject<'_>, facts: &Facts<'_>, alias: &Ident) -> bool {
    let binding = subject.resolution.binding(alias.id);
    let is_import = matches!(binding, Binding::Import(_) | Binding::Namespace(_) | Binding::Library(_));
    let is_used = facts.outer.get(&alias.name).is_some_and(|meanings| meanings.contains(&binding));
    let may_be_used = subject.is_excused(&alias.name, 1) || subject.resolution.shared.names.contains_key(&alias.name);
    is_import && !alias.name.starts_with('_') && !is_used && !may_be_used
}

fn fault(subject: Subject<'_>, stmt: &Stmt, names: &[Imported<'_>], at: usize) -> Diagnostic {
    let name = &names[at].alias.name;
    let fault = Diagnostic::new(Code::W0202, names[at].span, format!("`{name}` is imported, but never used"))
        .with_help(format!("remove it, or import it `as _{name}` if only what its module does is wanted"));
    match removal(subject, stmt, names, at) {
        Some(span) => fault.with_fix(format!("remove `{name}`"), vec![Edit { span, text: String::new() }]),
        None => fault,
    }
}

/// What to cut so that one name is gone: the whole line of a name that stands alone, else the name with the comma
/// between it and its neighbour in the braces.
fn removal(subject: Subject<'_>, stmt: &Stmt, names: &[Imported<'_>], at: usize) -> Option<Span> {
    if names.len() == 1 {
        let after = subject.text.after(stmt.span);
        let blank = after.len() - after.trim_start_matches([' ', '\t', ';']).len();
        let rest = &after[blank..];
        let newline = if rest.starts_with("\r\n") { 2 } else { usize::from(rest.starts_with('\n')) };
        return Some(Span { end: stmt.span.end + (blank + newline) as u32, ..stmt.span });
    }
    let one = &names[at];
    let listed = |neighbour: Option<usize>| names.get(neighbour?).filter(|other| other.is_listed && one.is_listed);
    match (listed(at.checked_add(1)), listed(at.checked_sub(1))) {
        (Some(next), _) => Some(Span { end: next.span.start, ..one.span }),
        (None, Some(before)) => Some(Span { start: before.span.end, ..one.span }),
        (None, None) => None,
    }
}
