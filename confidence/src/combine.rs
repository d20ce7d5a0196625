//! The operations on `Option<Confidence>`, `None` being a plain operand, for everyone who is in no hurry.
//!
//! They are the functions of [`crate::raw`] behind types, so that both can't disagree.

use crate::{Combination, Confidence, raw};

/// Both by `combination`; plain only if both are.
pub fn combine(combination: Combination, a: Option<Confidence>, b: Option<Confidence>) -> Option<Confidence> {
    raw::decode(raw::combine(combination, raw::encode(a), raw::encode(b)))
}

/// One times the other: the rule of parts, calls and `~?`.
pub fn product(a: Option<Confidence>, b: Option<Confidence>) -> Option<Confidence> {
    combine(Combination::Product, a, b)
}

/// The confidence that an operand acts with.
pub fn certain(a: Option<Confidence>) -> Confidence {
    a.unwrap_or(Confidence::ONE)
}

/// Whether it is at least `threshold`.
pub fn reaches(a: Option<Confidence>, threshold: Confidence) -> bool {
    raw::reaches(raw::encode(a), threshold.get())
}

/// Whether `a ~||> b` gives `a`, by the confidences of both.
pub fn left_is_surer(a: Option<Confidence>, b: Option<Confidence>) -> bool {
    raw::left_is_surer(raw::encode(a), raw::encode(b))
}

/// The confidence of `a ~|> f`: the result's own, else a's.
pub fn pipe(a: Option<Confidence>, result: Option<Confidence>) -> Option<Confidence> {
    result.or(a)
}
