//! One registration is all that anyone needs to know of one name of the library: where it stands, what it takes and
//! gives, what it is for, and its body. Everything else (the catalog, the manual, what the checker says) is derived.

use prism_bytecode::{ConfidenceRule, Entry, EntryKind, KindSet, Role, Signature, SignatureError};
use prism_vm::native::{Intrinsic, NativeFn};

/// What does the work.
#[derive(Clone, Copy, Debug)]
pub enum Body {
    /// A function in Rust.
    Native(NativeFn),
    /// A function in Rust, of a number.
    Number(fn(f64) -> f64),
    /// The function of that name in `std/*.prism`: whatever calls back, so that a run can be saved inside the callback.
    Prism(&'static str),
    /// The machine itself.
    Intrinsic(Intrinsic),
    /// Nothing: an object whose members are registered under its path.
    Namespace,
    /// A number.
    Constant(f64),
}

/// A program and what its result displays as.
pub type Example = (&'static str, &'static str);

/// One name of the library.
#[derive(Clone, Copy, Debug)]
pub struct Registration {
    /// `len`, `Math.max`; of a method the kind of its receiver is the first part: `array.map`.
    pub path: &'static str,
    /// As [`Signature::parse`] reads it; empty for constants and for namespaces that can't be called.
    pub signature: &'static str,
    /// How the result's confidence comes about.
    pub confidence: ConfidenceRule,
    /// Parameters that are something else to the confidence than their type says.
    pub roles: &'static [(&'static str, Role)],
    /// What it does, in a sentence or two.
    pub doc: &'static str,
    /// Programs that show it.
    pub examples: &'static [Example],
    /// What does the work.
    pub body: Body,
    /// Whether only the library itself may name it.
    pub hidden: bool,
    /// Whether a call may leave the first argument out, and gives a function of it.
    pub curried: bool,
    /// Whether a call does something although its result does not say so ([`Signature::effect`]).
    pub effect: bool,
}

impl Registration {
    /// A function, or a method if the path begins with a kind of value.
    pub const fn function(
        path: &'static str,
        signature: &'static str,
        confidence: ConfidenceRule,
        body: Body,
        doc: &'static str,
        examples: &'static [Example],
    ) -> Self {
        Registration {
            path,
            signature,
            confidence,
            roles: &[],
            doc,
            examples,
            body,
            hidden: false,
            curried: false,
            effect: false,
        }
    }

    /// A namespace that can't be called.
    pub const fn namespace(path: &'static str, doc: &'static str, examples: &'static [Example]) -> Self {
        Self::function(path, "", ConfidenceRule::Never, Body::Namespace, doc, examples)
    }

    /// A number with a name.
    pub const fn constant(path: &'static str, number: f64, doc: &'static str, examples: &'static [Example]) -> Self {
        Self::function(path, "", ConfidenceRule::Never, Body::Constant(number), doc, examples)
    }

    /// A function for the library's own use. Its arguments and result are left as they are.
    pub const fn internal(path: &'static str, signature: &'static str, body: Body, doc: &'static str) -> Self {
        let public = Self::function(path, signature, ConfidenceRule::Own, body, doc, &[]);
        Registration { hidden: true, ..public }
    }

    /// The same, these parameters having other roles than their types say.
    pub const fn with_roles(self, roles: &'static [(&'static str, Role)]) -> Self {
        Registration { roles, ..self }
    }

    /// The same, also callable without its first argument: it then gives a function of that.
    pub const fn curried(self) -> Self {
        Registration { curried: true, ..self }
    }

    /// The same, worth calling for what it does.
    pub const fn with_effect(self) -> Self {
        Registration { effect: true, ..self }
    }

    /// The same with another rule.
    pub const fn with_confidence(self, confidence: ConfidenceRule) -> Self {
        Registration { confidence, ..self }
    }

    /// The kinds of receivers, if it is a method.
    pub fn receiver(&self) -> Option<KindSet> {
        KindSet::named(self.path.split_once('.')?.0)
    }

    /// The entry of the catalog; `has_members` tells whether other paths lie below this one.
    ///
    /// # Errors
    /// If the signature can't be read.
    pub fn entry(&self, has_members: bool) -> Result<Entry, SignatureError> {
        let receiver = self.receiver();
        let signature = || {
            let mut signature = Signature::parse(self.signature, self.confidence, receiver.is_some())?;
            for (name, role) in self.roles {
                match signature.params.iter_mut().find(|param| &*param.name == *name) {
                    Some(param) => param.role = *role,
                    None => {
                        let fault = "has no parameter of the name that a role is given to";
                        return Err(SignatureError { text: self.signature.to_owned(), fault });
                    }
                }
            }
            signature.curried = self.curried;
            signature.effect |= self.effect;
            Ok(signature)
        };
        let kind = match (self.body, receiver) {
            (Body::Namespace, _) => EntryKind::Namespace(None),
            (Body::Constant(number), _) => EntryKind::Constant(number),
            (_, Some(kinds)) => EntryKind::Method(kinds, signature()?),
            (_, None) if has_members => EntryKind::Namespace(Some(signature()?)),
            (_, None) => EntryKind::Function(signature()?),
        };
        Ok(Entry { path: self.path.into(), kind, hidden: self.hidden })
    }
}
