//! `unused-variable`: variables that are never read, functions that nothing uses.

use super::Subject;
use super::facts::{ByVariable, Facts, How, Use};
use super::fate::Fates;
use super::kinds::Kinds;
use crate::ast::Name;
use crate::nearest::nearest;
use crate::resolve::{Binding, Variable, VariableId, VariableKind};
use prism_bytecode::KindSet;
use prism_diagnostics::{Code, Diagnostic, Edit};
use std::collections::BTreeSet;

/// Holds a module against the rule.
pub(super) fn check<'a>(
    subject: Subject<'a>,
    facts: &Facts<'a>,
    fates: &Fates<'a>,
    kinds: &Kinds<'a, '_>,
) -> Vec<Diagnostic> {
    let is_unknown = |(_, meanings): &(&&Name, &Vec<Binding>)| meanings.contains(&Binding::Unknown);
    let unknown = facts.outer.iter().filter(is_unknown).map(|(name, _)| *name).collect();
    let mut rule = Rule { subject, facts, fates, kinds, unknown, reads: ByVariable::default() };
    let (roots, others): (Vec<_>, Vec<_>) = rule.all().partition(|id| rule.is_root(*id));
    let mut suspects: BTreeSet<_> = others.into_iter().filter(|id| rule.is_subject(*id)).collect();
    if suspects.is_empty() {
        return Vec::new();
    }
    rule.reads = rule.reads();
    let mut live = vec![false; subject.resolution.variables.len()];
    rule.reach(&mut live, roots);
    suspects.retain(|id| !live[id.0 as usize]);
    rule.causes(&suspects).into_iter().map(|variable| rule.fault(variable)).collect()
}

struct Rule<'a, 'f> {
    subject: Subject<'a>,
    facts: &'f Facts<'a>,
    fates: &'f Fates<'a>,
    kinds: &'f Kinds<'a, 'f>,
    /// The names that nothing declares.
    unknown: Vec<&'a Name>,
    /// By variable: what the function that it holds reads.
    reads: ByVariable<VariableId>,
}

impl Rule<'_, '_> {
    fn variable(&self, id: VariableId) -> &Variable {
        self.subject.resolution.variable(id)
    }

    /// The functions in which a variable is read, none standing for code outside all of them.
    fn readers(&self, variable: VariableId) -> impl Iterator<Item = Option<VariableId>> {
        self.facts.uses(variable).filter(move |one| self.is_read(variable, one)).map(|one| one.inside)
    }

    /// Whether a use needs the value. A change whose result nobody gets does not, where it certainly changes an array:
    /// an object's own member of that name would be called.
    fn is_read(&self, variable: VariableId, one: &Use) -> bool {
        match one.how {
            How::Declared | How::PartAssigned => false,
            How::Read | How::Called => true,
            How::Assigned => self.fates.is_passed_on(one.node),
            How::Mutated { call, .. } => {
                !self.fates.is_ignored(call) || !self.kinds.of_variable(variable).is_certainly(KindSet::ARRAY)
            }
        }
    }

    fn is_function(&self, variable: VariableId) -> bool {
        self.facts.function(variable).is_some()
    }

    /// Whether something outside its module may use it, or its name says that nothing need.
    fn is_kept(&self, variable: VariableId) -> bool {
        self.facts.exported.contains(&variable) || self.variable(variable).name.starts_with('_')
    }

    fn all(&self) -> impl Iterator<Item = VariableId> + use<> {
        (0..self.subject.resolution.variables.len() as u32).map(VariableId)
    }

    /// Whether code outside all functions uses the variable, or reads it in any; or something that is not seen may. What
    /// only an unused function reads is that function's fault.
    fn is_root(&self, id: VariableId) -> bool {
        let mut readers = self.readers(id);
        let is_read = if self.is_function(id) { readers.any(|one| one.is_none()) } else { readers.next().is_some() };
        is_read || self.is_kept(id)
    }

    /// By variable: what the function that it holds reads.
    fn reads(&self) -> ByVariable<VariableId> {
        let count = self.subject.resolution.variables.len();
        let mut reads = Vec::with_capacity(count);
        for variable in self.all() {
            for reader in self.readers(variable).flatten() {
                let read = (reader, variable);
                if reads.last() != Some(&read) {
                    reads.push(read);
                }
            }
        }
        ByVariable::of_all(count, reads)
    }

    /// Adds these variables, and all that functions among them read.
    fn reach(&self, reached: &mut [bool], mut next: Vec<VariableId>) {
        while let Some(id) = next.pop() {
            if !std::mem::replace(&mut reached[id.0 as usize], true) {
                next.extend(self.reads.of(id));
            }
        }
    }

    /// Whether the rule is about such a variable.
    fn is_subject(&self, id: VariableId) -> bool {
        let Variable { name, kind, declared, .. } = self.variable(id);
        let about =
            matches!(kind, VariableKind::Let | VariableKind::Const | VariableKind::Implicit | VariableKind::Function);
        let mut uses = self.facts.uses(id);
        let count = uses.clone().count();
        let leaves_out = uses.any(|one| one.span == *declared && self.facts.beside_rest.contains(&one.node));
        let is_excused = self.facts.faulty.contains(&id) || self.subject.is_excused(name, count);
        // A misspelt name elsewhere is that fault, and no second one here.
        let is_meant = |unknown: &&Name| nearest(unknown, [name.as_str()]).is_some();
        about && count > 0 && !leaves_out && !is_excused && !self.unknown.iter().any(is_meant)
    }

    /// Of unused functions that use each other those that nothing else uses: the others follow from them. Where they use
    /// each other in a circle, the first stands for it.
    fn causes(&self, suspects: &BTreeSet<VariableId>) -> Vec<VariableId> {
        let is_used_by_another =
            |id: &VariableId| self.readers(*id).flatten().any(|reader| reader != *id && suspects.contains(&reader));
        let (used, mut causes): (Vec<_>, Vec<_>) = suspects.iter().partition(|id| is_used_by_another(id));
        let mut explained = vec![false; self.subject.resolution.variables.len()];
        self.reach(&mut explained, causes.clone());
        for id in used {
            if !explained[id.0 as usize] {
                causes.push(id);
                self.reach(&mut explained, vec![id]);
            }
        }
        causes
    }

    fn fault(&self, id: VariableId) -> Diagnostic {
        let Variable { name, kind, declared, .. } = self.variable(id);
        let is_changed = self.facts.uses(id).any(|one| !matches!(one.how, How::Declared) && one.span != *declared);
        let message = match (kind, is_changed) {
            (VariableKind::Function, true) => format!("`{name}` is used by nothing but itself"),
            (VariableKind::Function, false) => format!("`{name}` is never used"),
            (_, true) if self.is_function(id) => format!("`{name}` is used by nothing but itself"),
            (_, true) => format!("`{name}` is given values, but never read"),
            (_, false) => format!("`{name}` is never read"),
        };
        let help = format!("remove it, or call it `_{name}` if it is meant to stay");
        let fault = Diagnostic::new(Code::W0201, *declared, message).with_help(help);
        match self.renamed(id) {
            Some(edits) => fault.with_fix(format!("call it `_{name}`"), edits),
            None => fault,
        }
    }

    /// The edits that put a `_` before the name, unless that name is taken.
    fn renamed(&self, id: VariableId) -> Option<Vec<Edit>> {
        let name = &self.variable(id).name;
        let new = format!("_{name}");
        if self.subject.text.is_partly_read() || self.subject.text.count(&new) > 0 {
            return None;
        }
        let edit = |one: &Use| {
            let is_key = self.facts.shorthand.contains(&one.node);
            Edit { span: one.span, text: if is_key { format!("{name}: {new}") } else { new.clone() } }
        };
        Some(self.facts.uses(id).map(edit).collect())
    }
}
