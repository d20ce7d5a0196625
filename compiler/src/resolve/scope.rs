//! Scopes: which names are declared where. Only what stands in the text counts here; names of the library and of the
//! host lie outside all scopes.

use super::Binding;
use crate::ast::Name;
use crate::hash::HashMap;
use prism_diagnostics::Span;
use std::collections::hash_map::Entry::{Occupied, Vacant};

/// What a name in a scope means, and where it was declared.
#[derive(Clone, Copy, Debug)]
pub(super) struct Declared {
    pub binding: Binding,
    pub at: Span,
}

/// A name in one of the scopes.
struct Entry {
    name: Name,
    declared: Declared,
    /// The entry of the same name that this one hides.
    hides: Option<usize>,
}

/// The scopes around a place.
pub(super) struct Scopes {
    /// All names in sight, scope by scope, the innermost scope's last.
    entries: Vec<Entry>,
    /// Of each scope: where its entries begin.
    begins: Vec<usize>,
    /// The innermost entry of each name.
    innermost: HashMap<Name, usize>,
}

impl Default for Scopes {
    fn default() -> Self {
        /// Most texts never have more names in sight.
        const USUAL: usize = 100;
        let innermost = HashMap::with_capacity_and_hasher(USUAL, Default::default());
        Scopes { entries: Vec::with_capacity(USUAL), begins: Vec::new(), innermost }
    }
}

impl Scopes {
    /// Opens a scope inside the others.
    pub fn push(&mut self) {
        self.begins.push(self.entries.len());
    }

    /// Closes the innermost scope.
    pub fn pop(&mut self) {
        let begin = self.begins.pop().unwrap_or_default();
        for Entry { name, hides, .. } in self.entries.drain(begin..).rev() {
            match hides {
                Some(outer) => self.innermost.insert(name, outer),
                None => self.innermost.remove(&name),
            };
        }
    }

    /// Declares a name in the innermost scope.
    pub fn declare(&mut self, name: &Name, declared: Declared) {
        let Some(begin) = self.begins.last().copied() else { return };
        let at = self.entries.len();
        let hides = match self.innermost.entry(name.clone()) {
            Occupied(same) if *same.get() >= begin => {
                self.entries[*same.get()].declared = declared;
                return;
            }
            Occupied(mut outer) => Some(outer.insert(at)),
            Vacant(new) => {
                new.insert(at);
                None
            }
        };
        self.entries.push(Entry { name: name.clone(), declared, hides });
    }

    fn entry(&self, name: &str) -> Option<(usize, &Entry)> {
        let at = *self.innermost.get(name)?;
        Some((at, &self.entries[at]))
    }

    /// What the innermost scope says of the name.
    pub fn innermost(&self, name: &str) -> Option<Declared> {
        let (at, entry) = self.entry(name)?;
        (at >= *self.begins.last()?).then_some(entry.declared)
    }

    /// All that the innermost scope declares, in the order of the text.
    pub fn of_innermost(&self) -> Vec<(Name, Declared)> {
        let begin = self.begins.last().copied().unwrap_or_default();
        let mut found: Vec<_> =
            self.entries[begin..].iter().map(|entry| (entry.name.clone(), entry.declared)).collect();
        found.sort_by_key(|(_, declared)| declared.at);
        found
    }

    /// What the innermost scope that has the name says of it.
    pub fn find(&self, name: &str) -> Option<Declared> {
        self.entry(name).map(|(_, entry)| entry.declared)
    }

    /// What the scope around the innermost one says of the name.
    pub fn find_outside(&self, name: &str) -> Option<Declared> {
        let [.., begin, end] = self.begins.as_slice() else { return None };
        let (mut at, mut entry) = self.entry(name)?;
        if at >= *end {
            at = entry.hides?;
            entry = &self.entries[at];
        }
        (at >= *begin).then_some(entry.declared)
    }

    /// All names in sight.
    pub fn names(&self) -> impl Iterator<Item = &Name> {
        self.entries.iter().map(|entry| &entry.name)
    }
}
