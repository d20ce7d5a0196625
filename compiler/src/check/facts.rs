//! What a check has found out, for those who show it: `--types`, `--cost`, hovers, inlays.

use super::Checker;
use super::ty::Ty;
use crate::ast::Name;
use crate::hash::HashMap;
use prism_diagnostics::Span;
use std::fmt;

pub use super::cost::{Cost, Formula};

/// What is known of a program.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Facts {
    /// Declared names of all modules in the order of their texts: variables, functions, parameters, names of loops,
    /// `catch` and `match`.
    pub declarations: Vec<Declaration>,
    /// How often the program asks agents and models at most.
    pub cost: Cost,
    /// Where less was found out than could be, in the order of the texts: there a fault may be missed, and types and
    /// confidences are wider than need be.
    pub approximations: Vec<Approximation>,
}

/// A place where precision was given up, so that a check comes to an end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Approximation {
    /// The loop, the function, or the module.
    pub span: Span,
    /// Why.
    pub reason: Reason,
}

/// Why precision was given up.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Reason {
    /// What holds in each turn of a loop was not found within the turns that are tried; nothing is said of the loop.
    Loop,
    /// A function is called in so many ways, or so deep in others, that not each call was gone through.
    Calls,
    /// What the variables hold was not found within the rounds that are tried; nothing is said of the program.
    Program,
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Reason::Loop => "what this loop's variables hold in each turn was not found; nothing is said of it",
            Reason::Calls => "this function is called in many ways or deep in others; some calls were not told apart",
            Reason::Program => "what the variables hold was not found; nothing is said of this program",
        })
    }
}

/// What a name is right after it is declared, or first assigned.
#[derive(Clone, Debug, PartialEq)]
pub struct Declaration {
    /// The name.
    pub name: Name,
    /// Where it stands.
    pub span: Span,
    /// Its type, as an annotation would be written.
    pub ty: Name,
    /// Its confidence.
    pub confidence: Confidence,
}

/// What a value's confidence can be (TYPES.md).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Confidence {
    /// Whether it may have none.
    pub plain: bool,
    /// The lowest that it can have if it has one, 0…1; 1 if it never has one.
    pub lo: f64,
    /// The highest that it can have if it has one, 0…1; 1 if it never has one.
    pub hi: f64,
}

impl Checker<'_> {
    pub(super) fn facts(&mut self) -> Facts {
        let mut declared = std::mem::take(&mut self.declared);
        // Of what was noted several times the last counts; most stands in order already.
        declared.reverse();
        declared.sort_by_key(|(span, ..)| *span);
        declared.dedup_by_key(|(span, ..)| *span);
        let mut shown: HashMap<Ty, Name> = HashMap::default();
        let mut declarations = Vec::with_capacity(declared.len());
        for (span, name, value) in declared {
            // Of a task, what it comes to is what is of interest.
            let confidence = self.settled(value).confidence;
            let (lo, hi) = confidence.shown();
            declarations.push(Declaration {
                name: name.clone(),
                span,
                ty: shown.entry(value.ty).or_insert_with(|| self.show_whole(value.ty).into()).clone(),
                confidence: Confidence { plain: confidence.may_be_plain(), lo, hi },
            });
        }
        let mut approximations: Vec<_> = self.approximations.iter().copied().collect();
        approximations.sort_unstable_by_key(|one| (one.span, one.reason));
        Facts { declarations, cost: self.cost(), approximations }
    }
}
