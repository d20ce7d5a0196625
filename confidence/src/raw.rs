//! The hot path: confidences as bare `f64`, **NaN meaning plain**.
//!
//! This module is the only place that knows the encoding. A raw confidence is either a number in 0…1 or NaN (any NaN);
//! values carry it as it is, so that a plain operand costs no branch and no allocation. Each function takes raw
//! confidences and gives one; outside that domain the results mean nothing, but nothing panics.
//!
//! Results are the same to the last bit wherever they are computed; compiled code that inlines a formula must use the one
//! that stands here.
//!
//! [`crate::combine`] has the same operations on `Option<Confidence>`.

use crate::{Combination, Confidence};

/// The encoding of "no confidence".
pub const PLAIN: f64 = f64::NAN;

/// A confidence, or `None` for plain, as a raw confidence.
#[inline]
pub const fn encode(confidence: Option<Confidence>) -> f64 {
    match confidence {
        Some(confidence) => confidence.get(),
        None => PLAIN,
    }
}

/// A raw confidence as a confidence, or `None` for plain; numbers outside 0…1 are clamped.
#[inline]
pub const fn decode(raw: f64) -> Option<Confidence> {
    Confidence::clamped(raw)
}

/// Whether it is no confidence at all.
#[inline]
pub const fn is_plain(raw: f64) -> bool {
    raw.is_nan()
}

/// The confidence that an operand acts with: 1 for a plain one. What `~x` gives, and what an operation that is always
/// confident does to its result.
#[inline]
pub const fn certain(raw: f64) -> f64 {
    if is_plain(raw) { 1.0 } else { raw }
}

/// Both by `combination`.
#[inline]
pub fn combine(combination: Combination, a: f64, b: f64) -> f64 {
    match combination {
        Combination::Min => min(a, b),
        Combination::Product => product(a, b),
        Combination::Lukasiewicz => lukasiewicz(a, b),
        Combination::Average => average(a, b),
        Combination::Max => max(a, b),
    }
}

/// The lower of both. `f64::min` passes over a NaN, which is just what plain asks for, as nothing exceeds 1.
#[inline]
pub const fn min(a: f64, b: f64) -> f64 {
    a.min(b)
}

/// One times the other.
#[inline]
pub const fn product(a: f64, b: f64) -> f64 {
    if is_plain(a) {
        b
    } else if is_plain(b) {
        a
    } else {
        a * b
    }
}

/// `max(0, a + b - 1)`, computed so that 1 is neutral to the last bit and the order of operands can't matter.
#[inline]
pub const fn lukasiewicz(a: f64, b: f64) -> f64 {
    if is_plain(a) {
        b
    } else if is_plain(b) {
        a
    } else {
        (a.min(b) - (1.0 - a.max(b))).max(0.0)
    }
}

/// The mean of both; 1 is not neutral here, so a plain operand lifts the other.
#[inline]
pub const fn average(a: f64, b: f64) -> f64 {
    if is_plain(a) && is_plain(b) { PLAIN } else { (certain(a) + certain(b)) / 2.0 }
}

/// The higher of both.
#[inline]
pub const fn max(a: f64, b: f64) -> f64 {
    if is_plain(a) && is_plain(b) { PLAIN } else { certain(a).max(certain(b)) }
}

/// Whether it is at least `threshold` (a number in 0…1); plain always is.
#[inline]
pub fn reaches(raw: f64, threshold: f64) -> bool {
    certain(raw) >= threshold
}

/// Whether `a ~||> b` gives `a`: it is at least as sure.
#[inline]
pub fn left_is_surer(a: f64, b: f64) -> bool {
    certain(a) >= certain(b)
}

/// The confidence of `a ~|> f`: the result's own, else a's.
#[inline]
pub const fn pipe(a: f64, result: f64) -> f64 {
    if is_plain(result) { a } else { result }
}
