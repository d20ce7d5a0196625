//! Scopes: which names are declared where. Only what stands in the text counts here; names of the library and of the
//! host lie outside all scopes.

use super::Binding;
use crate::ast::Name;
use crate::hash::HashMap;
use prism_diagnostics::Span;

/// What a name in a scope means, and where it was declared.
#[derive(Clone, Copy, Debug)]
pub(super) struct Declared {
    pub binding: Binding,
    pub at: Span,
}

/// The scopes around a place, the innermost last.
#[derive(Default)]
pub(super) struct Scopes {
    stack: Vec<HashMap<Name, Declared>>,
}

impl Scopes {
    /// Opens a scope inside the others.
    pub fn push(&mut self) {
        self.stack.push(HashMap::default());
    }

    /// Closes the innermost scope.
    pub fn pop(&mut self) {
        self.stack.pop();
    }

    /// Declares a name in the innermost scope.
    pub fn declare(&mut self, name: &Name, declared: Declared) {
        if let Some(scope) = self.stack.last_mut() {
            scope.insert(name.clone(), declared);
        }
    }

    /// What the innermost scope says of the name.
    pub fn innermost(&self, name: &str) -> Option<Declared> {
        self.stack.last().and_then(|scope| scope.get(name).copied())
    }

    /// All that the innermost scope declares, in the order of the text.
    pub fn of_innermost(&self) -> Vec<(Name, Declared)> {
        let scope = self.stack.last().into_iter().flatten();
        let mut found: Vec<_> = scope.map(|(name, declared)| (name.clone(), *declared)).collect();
        found.sort_by_key(|(_, declared)| declared.at);
        found
    }

    /// What the innermost scope that has the name says of it.
    pub fn find(&self, name: &str) -> Option<Declared> {
        self.stack.iter().rev().filter(|scope| !scope.is_empty()).find_map(|scope| scope.get(name).copied())
    }

    /// What the scope around the innermost one says of the name.
    pub fn find_outside(&self, name: &str) -> Option<Declared> {
        self.stack.iter().rev().nth(1).and_then(|scope| scope.get(name).copied())
    }

    /// All names in sight.
    pub fn names(&self) -> impl Iterator<Item = &Name> {
        self.stack.iter().flat_map(|scope| scope.keys())
    }
}
