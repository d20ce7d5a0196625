//! The number itself: in 0…1, never NaN, never -0, so that it can be compared, ordered and hashed.

use std::cmp::Ordering;
use std::hash::{Hash, Hasher};

/// How sure a value is, from 0 (not at all) to 1 (certain).
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Confidence(f64);

impl Confidence {
    /// Not sure at all; also what an answer from outside gets that brings no confidence.
    pub const ZERO: Confidence = Confidence(0.0);
    /// Certain; what a plain operand acts as.
    pub const ONE: Confidence = Confidence(1.0);

    /// The confidence `number`; `None` outside 0…1 and for NaN.
    pub const fn new(number: f64) -> Option<Confidence> {
        match number >= 0.0 && number <= 1.0 {
            true => Some(Confidence::trusted(number)),
            false => None,
        }
    }

    /// The confidence nearest to `number`, as `~>` attaches it: infinities clamp too, NaN is `None`.
    pub const fn clamped(number: f64) -> Option<Confidence> {
        match number.is_nan() {
            true => None,
            false => Some(Confidence::trusted(number.clamp(0.0, 1.0))),
        }
    }

    /// The number, in 0…1.
    #[inline]
    pub const fn get(self) -> f64 {
        self.0
    }

    /// The caller knows that `number` lies in 0…1; adding 0 turns -0 into 0.
    pub(crate) const fn trusted(number: f64) -> Confidence {
        Confidence(number + 0.0)
    }
}

impl Eq for Confidence {}

impl PartialOrd for Confidence {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Confidence {
    fn cmp(&self, other: &Self) -> Ordering {
        self.0.total_cmp(&other.0)
    }
}

impl Hash for Confidence {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.0.to_bits().hash(state);
    }
}

impl From<Confidence> for f64 {
    fn from(confidence: Confidence) -> f64 {
        confidence.get()
    }
}
