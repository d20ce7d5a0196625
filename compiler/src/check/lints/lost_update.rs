//! `lost-update`: a change that nobody can see. A parameter or the name of a loop is a copy, and a mutating method that
//! is not called on a path has nothing to change.

use super::Subject;
use super::facts::{Facts, How, Loop, Taken, Use};
use super::fate::Fates;
use super::kinds::Kinds;
use crate::resolve::{Variable, VariableId, VariableKind};
use prism_bytecode::KindSet;
use prism_diagnostics::{Code, Diagnostic, Span};
use std::collections::BTreeSet;

/// Holds a module against the rule.
pub(super) fn check<'a>(
    subject: Subject<'a>,
    facts: &Facts<'a>,
    fates: &Fates<'a>,
    kinds: &Kinds<'a, '_>,
) -> Vec<Diagnostic> {
    let mutated: BTreeSet<VariableId> = facts.mutated.iter().copied().collect();
    let lost = mutated.into_iter().filter_map(|id| {
        let variable = subject.resolution.variable(id);
        if !matches!(variable.kind, VariableKind::Parameter | VariableKind::Loop) {
            return None;
        }
        let at = lost(variable, facts.uses(id), &facts.loops, fates)?;
        may_be_array(id, kinds).then(|| fault_of_copy(variable, at))
    });
    let taken = facts.taken.iter().filter(|taken| kinds.of(taken.object).is_certainly(KindSet::ARRAY));
    lost.chain(taken.map(|taken| fault_of_taken(subject, taken))).collect()
}

/// Whether a method that mutates arrays means the array's when called on the variable. An object's own member of such
/// a name would simply be called, so nothing is said of what may be anything.
fn may_be_array(variable: VariableId, kinds: &Kinds<'_, '_>) -> bool {
    let guess = kinds.of_variable(variable);
    guess.is_certainly(KindSet::ARRAY.union(KindSet::NULL)) || guess.is_unknown() && !kinds.is_open(variable)
}

/// The first change of a variable after which nothing reads it: the root of that call.
fn lost<'u>(
    variable: &Variable,
    uses: impl Iterator<Item = &'u Use> + Clone,
    loops: &[Loop],
    fates: &Fates<'_>,
) -> Option<Span> {
    let is_dropped = |one: &Use| matches!(one.how, How::Mutated { call, .. } if fates.is_ignored(call));
    let is_read = |one: &Use| match one.how {
        How::Declared | How::PartAssigned => false,
        How::Assigned => fates.is_passed_on(one.node),
        How::Read | How::Called => true,
        How::Mutated { .. } => !is_dropped(one),
    };
    let reads = uses.clone().filter(|one| is_read(one));
    let mut changes = uses.filter(|one| is_dropped(one));
    let lost = changes.find(|change| {
        let How::Mutated { end, .. } = change.how else { return false };
        let repeated = loops.iter().filter(|one| repeats(one, variable, change.span));
        let again: Vec<Span> = repeated.map(|one| one.span).collect();
        !reads.clone().any(|read| {
            read.captured
                || change.captured
                || read.span.start >= end
                || again.iter().any(|span| contains(*span, read.span))
        })
    });
    lost.map(|change| change.span)
}

/// Whether a loop comes back to a place with the variable as it was left there.
fn repeats(one: &Loop, variable: &Variable, place: Span) -> bool {
    let goes_on = one.header.is_some_and(|header| contains(header, variable.declared));
    contains(one.span, place) && (goes_on || !contains(one.span, variable.declared))
}

fn contains(outer: Span, inner: Span) -> bool {
    outer.start <= inner.start && inner.end <= outer.end
}

fn fault_of_copy(variable: &Variable, at: Span) -> Diagnostic {
    let Variable { name, kind, declared, .. } = variable;
    let (what, help) = match kind {
        VariableKind::Loop => (
            "this loop's own copy",
            format!("change the original by its path, as in `xs[i].push(…)`, or collect what `{name}` becomes"),
        ),
        _ => ("this function's own copy", format!("give `{name}` back, so that the caller can keep it")),
    };
    Diagnostic::new(Code::W0204, at, format!("this changes `{name}`, {what}, and nothing reads it afterwards"))
        .with_other(*declared, "arrays and objects are values: here a copy begins")
        .with_help(help)
}

fn fault_of_taken(subject: Subject<'_>, taken: &Taken<'_>) -> Diagnostic {
    let object = subject.text.at(taken.object.span);
    let method = taken.mutator.as_str();
    let message = format!("`{method}` is taken from `{object}` without being called, so it will not change it");
    Diagnostic::new(Code::W0204, taken.member.span, message).with_help(format!("write `x => {object}.{method}(x)`"))
}
