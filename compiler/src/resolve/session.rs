//! Names that inputs of a session share: each input is a module of its own, and sees what the ones before it declared at
//! their top level, as if it stood inside them.
//!
//! A variable that outlives its input lives in a cell that closures and later inputs share, and the cell in a slot beside
//! the exports. Declaring a name anew makes another variable with another slot; what has captured the older one keeps it.
//!
//! Not here: which of an input's names really come to be, which its run decides ([`crate::pipeline::Session`]).

use super::binder::Binder;
use super::scope::Declared;
use super::{Binding, VariableId, VariableKind};
use crate::ast::Name;
use indexmap::IndexMap;
use prism_diagnostics::Span;

/// The names of a session, in the order in which they came to be.
pub type SessionNames = IndexMap<Name, SessionName>;

/// What a name of a session means to the inputs after the one that declared it.
#[derive(Clone, Debug, PartialEq)]
pub enum SessionName {
    /// A variable.
    Variable {
        /// The slot that holds its cell.
        slot: u32,
        /// How it came about: constants and functions can't be assigned by later inputs either.
        kind: VariableKind,
        /// The number that a constant is known to be.
        number: Option<f64>,
        /// Where it was declared.
        declared: Span,
    },
    /// An import: [`Binding::Import`], [`Binding::Namespace`] or [`Binding::Library`].
    Import {
        /// What it means.
        binding: Binding,
        /// Where it was declared.
        declared: Span,
    },
}

/// What an input shares with the others of its session.
#[derive(Clone, Debug, Default)]
pub struct Shared {
    /// The variables of earlier inputs with their slots, used here or not. They live in the top-level body.
    pub earlier: Vec<(VariableId, u32)>,
    /// The input's own top-level variables with theirs.
    pub own: Vec<(VariableId, u32)>,
    /// What the input's own names mean to later ones.
    pub names: SessionNames,
}

impl Binder<'_, '_> {
    /// Opens the scope of what earlier inputs declared, around the module's own.
    pub(super) fn open_session(&mut self) {
        let Some(names) = self.around.session else { return };
        self.scopes.push();
        for (name, meaning) in names {
            let (binding, at) = match *meaning {
                SessionName::Import { binding, declared } => (binding, declared),
                SessionName::Variable { slot, kind, number, declared } => {
                    let variable = self.usage.declare(&mut self.out, name, kind, declared, self.body);
                    self.usage.initialize(&mut self.out, variable);
                    self.out.shared.earlier.push((variable, slot));
                    self.out.known.extend(number.map(|number| (variable, number)));
                    (Binding::Variable(variable), declared)
                }
            };
            self.scopes.declare(name, Declared { binding, at });
        }
    }

    /// Gives the input's own top-level variables their slots, and says what later inputs see.
    pub(super) fn share_names(&mut self) {
        if self.around.session.is_none() {
            return;
        }
        for (name, Declared { binding, at }) in self.scopes.of_innermost() {
            let meaning = match binding {
                Binding::Variable(id) => {
                    let slot = self.around.exports.add_slot();
                    let number = self.out.known.get(&id).copied();
                    let variable = &mut self.out.variables[id.0 as usize];
                    // An input that fails leaves closures behind whose variables never came to be.
                    variable.check_init |= variable.kind != VariableKind::Implicit;
                    self.out.shared.own.push((id, slot));
                    SessionName::Variable { slot, kind: variable.kind, number, declared: at }
                }
                binding => SessionName::Import { binding, declared: at },
            };
            self.out.shared.names.insert(name, meaning);
        }
    }
}
