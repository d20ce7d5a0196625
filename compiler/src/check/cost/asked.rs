//! What the walk over a program notes for its cost: which calls ask, and through which functions.

use super::super::Checker;
use super::super::functions::FunctionId;
use super::super::ty::Data;
use super::super::value::Value;
use crate::ast::{Expr, NodeId};
use crate::hash::{HashMap, HashSet};
use std::collections::BTreeSet;

/// What a check has noted of calls that ask, by module and node.
#[derive(Debug, Default)]
pub(in crate::check) struct Asked {
    /// What asks an agent or model itself.
    pub(super) direct: HashSet<(u32, NodeId)>,
    /// Calls of functions that ask, and which these are.
    pub(super) called: HashMap<(u32, NodeId), BTreeSet<FunctionId>>,
    /// Arguments that something else may call, and which functions that ask these are.
    pub(super) offered: HashMap<(u32, NodeId), BTreeSet<FunctionId>>,
}

impl Asked {
    /// Whether a call asks, itself or through a function.
    pub(in crate::check) fn contains(&self, call: (u32, NodeId)) -> bool {
        self.direct.contains(&call) || self.called.contains_key(&call)
    }

    /// Whether anything asks.
    pub(in crate::check) fn any(&self) -> bool {
        !self.direct.is_empty() || !self.called.is_empty()
    }

    pub(in crate::check) fn note_direct(&mut self, call: (u32, NodeId)) {
        self.direct.insert(call);
    }

    pub(in crate::check) fn note_called(&mut self, call: (u32, NodeId), function: FunctionId) {
        self.called.entry(call).or_default().insert(function);
    }
}

impl Checker<'_> {
    /// Forgets the arguments that ask nobody, once it is known which do.
    pub(in crate::check) fn forget_silent(&mut self) {
        let functions = &self.functions;
        self.asked.offered.retain(|_, offered| {
            offered.retain(|id| functions[id.0 as usize].dispatches);
            !offered.is_empty()
        });
    }

    /// Notes that an argument may be called by the library, or by what is not known.
    pub(in crate::check) fn note_offered(&mut self, argument: &Expr, value: Value) {
        let key = (self.frame().module, argument.id);
        for ty in self.types.members(value.ty) {
            match self.types.get(ty) {
                Data::Closures(functions) => {
                    self.asked.offered.entry(key).or_default().extend(functions.iter().copied());
                }
                Data::Library(id) if self.catalog.get(*id).is_some_and(|entry| &*entry.path == "llm") => {
                    self.asked.note_direct(key);
                }
                _ => {}
            }
        }
    }
}
