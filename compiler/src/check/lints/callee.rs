//! What a call calls, as far as names tell.

use super::Subject;
use crate::ast::{Argument, Expr, ExprKind, Function};
use crate::resolve::{Binding, VariableId};
use prism_bytecode::{EntryKind, KindSet, LibraryId, Signature};
use smallvec::SmallVec;

/// What is called.
pub(super) enum Callee<'a> {
    /// A function of the library: `max`, `Math.max`.
    Library(&'a Signature),
    /// A member of a value, under a name that methods of the library have.
    Method(Method<'a>),
    /// What a variable of this module holds.
    Own(VariableId),
    /// Anything else: another module's function, an agent, a member of an object.
    Other,
}

/// A member that may be a method of the library.
pub(super) struct Method<'a> {
    /// What it is called on.
    pub receiver: &'a Expr,
    /// The methods of that name, with the kinds of receivers that have them.
    pub candidates: SmallVec<[(KindSet, &'a Signature); 2]>,
}

impl<'a> Subject<'a> {
    /// What calling that expression calls.
    pub(super) fn callee(&self, callee: &'a Expr) -> Callee<'a> {
        match &callee.kind {
            ExprKind::Paren(inner) => self.callee(inner),
            ExprKind::Name(_) => match self.resolution.binding(callee.id) {
                Binding::Variable(variable) => Callee::Own(variable),
                Binding::Library(id) => self.signature(id).map_or(Callee::Other, Callee::Library),
                _ => Callee::Other,
            },
            ExprKind::Member { object, name, .. } => match self.namespace(object) {
                Some(namespace) => {
                    let member = self.catalog.member(namespace, &name.name);
                    member.and_then(|id| self.signature(id)).map_or(Callee::Other, Callee::Library)
                }
                None => {
                    let methods = self.catalog.methods(&name.name).iter();
                    let candidates: SmallVec<_> =
                        methods.filter_map(|(kinds, id)| Some((*kinds, self.signature(*id)?))).collect();
                    match candidates.is_empty() {
                        true => Callee::Other,
                        false => Callee::Method(Method { receiver: object, candidates }),
                    }
                }
            },
            _ => Callee::Other,
        }
    }

    fn signature(&self, id: LibraryId) -> Option<&'a Signature> {
        self.catalog.get(id)?.signature()
    }

    /// The namespace of the library that an expression names.
    fn namespace(&self, expr: &Expr) -> Option<LibraryId> {
        let Binding::Library(id) = self.resolution.binding(expr.id) else { return None };
        let is_name = matches!(expr.kind, ExprKind::Name(_));
        let entry = self.catalog.get(id).filter(|_| is_name)?;
        matches!(entry.kind, EntryKind::Namespace(_)).then_some(id)
    }
}

impl<'a> Callee<'a> {
    /// What is called may be any of these functions of the library, and is none but them; none where it may be
    /// something else. A method's receiver still may be an object that has its own member of the name.
    pub fn signatures(&self) -> impl Iterator<Item = &'a Signature> {
        let (one, several) = match self {
            Callee::Library(signature) => (Some(*signature), [].as_slice()),
            Callee::Method(method) => (None, method.candidates.as_slice()),
            Callee::Own(_) | Callee::Other => (None, [].as_slice()),
        };
        one.into_iter().chain(several.iter().map(|(_, signature)| *signature))
    }

    /// Whether it is called for nothing but what its callbacks do: their values are dropped.
    pub fn drops_what_callbacks_give(&self) -> bool {
        self.signatures().next().is_some() && self.signatures().all(|signature| &*signature.result == "null")
    }
}

/// The function that an argument is.
pub(super) fn function_of(argument: &Argument) -> Option<&Function> {
    match argument {
        Argument::Positional(Expr { kind: ExprKind::Function(function), .. }) => Some(function),
        _ => None,
    }
}
