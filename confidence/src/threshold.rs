//! Where a confidence becomes a decision: levels of `uncertain`, thresholds and gates. Borders are exact: a value that
//! just reaches a threshold passes it, without any tolerance.

use std::error::Error;
use std::fmt;

use crate::named::named;
use crate::{Confidence, combine, raw};

/// A number that can't be a threshold, or two that can't bound the levels.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum ThresholdError {
    /// Outside 0…1, or NaN.
    OutOfRange(f64),
    /// The bound of `high` is not above that of `medium`.
    NotFalling {
        /// The bound of `high`.
        high: f64,
        /// The bound of `medium`.
        medium: f64,
    },
}

impl fmt::Display for ThresholdError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ThresholdError::OutOfRange(number) => write!(f, "threshold must be from 0 to 1, got {number}"),
            ThresholdError::NotFalling { high, medium } => {
                write!(f, "threshold of high must be above that of medium, got {high} and {medium}")
            }
        }
    }
}

impl Error for ThresholdError {}

/// `number` as a threshold. Unlike a confidence that `~>` attaches it is never clamped: a gate at 1.5 is a mistake.
pub fn threshold(number: f64) -> Result<Confidence, ThresholdError> {
    Confidence::new(number).ok_or(ThresholdError::OutOfRange(number))
}

named! {
    /// The block that `uncertain if`, `while` and `for` choose.
    pub enum Level {
        High "high" "at least the first threshold";
        Medium "medium" "below that, but at least the second";
        Low "low" "below both";
    }
}

/// The bounds of the levels: `high` from the first up, `medium` from the second up.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Thresholds {
    high: Confidence,
    medium: Confidence,
}

impl Thresholds {
    /// Bounds of one's own, as `threshold(high, medium)` sets them; both in 0…1, the first above the second.
    pub fn new(high: f64, medium: f64) -> Result<Thresholds, ThresholdError> {
        let bounds = Thresholds { high: threshold(high)?, medium: threshold(medium)? };
        match bounds.high > bounds.medium {
            true => Ok(bounds),
            false => Err(ThresholdError::NotFalling { high, medium }),
        }
    }

    /// The least confidence that is `high`.
    pub const fn high(self) -> Confidence {
        self.high
    }

    /// The least confidence that is `medium`.
    pub const fn medium(self) -> Confidence {
        self.medium
    }

    /// The level of a confidence; plain is as 1, so always `high`.
    pub fn level(self, confidence: Option<Confidence>) -> Level {
        self.level_of_raw(raw::encode(confidence))
    }

    /// The level of a [`raw`] confidence.
    #[inline]
    pub fn level_of_raw(self, raw: f64) -> Level {
        if raw::reaches(raw, self.high.get()) {
            Level::High
        } else if raw::reaches(raw, self.medium.get()) {
            Level::Medium
        } else {
            Level::Low
        }
    }
}

impl Default for Thresholds {
    /// 0.7 and 0.5.
    fn default() -> Thresholds {
        Thresholds { high: Confidence::trusted(0.7), medium: Confidence::trusted(0.5) }
    }
}

named! {
    /// What `a ~@> action` gives where `a` is not sure enough.
    #[derive(Default)]
    pub enum GateFailure {
        #[default]
        Attenuate "attenuate" "a itself, its confidence times the gate's factor";
        Null "null" "null";
        Error "error" "a run error";
    }
}

/// The settings of `a ~@> action`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Gate {
    /// The action runs from this confidence up: 0.7.
    pub threshold: Confidence,
    /// What the confidence of an `a` that stays is multiplied by: 0.5.
    pub factor: Confidence,
    /// What happens below the threshold.
    pub failure: GateFailure,
}

impl Gate {
    /// What `a ~@> action` does for an `a` of that confidence. A null stays shut whatever its confidence.
    pub fn decide(self, is_null: bool, confidence: Option<Confidence>) -> Decision {
        if is_null {
            return Decision::Null;
        }
        if combine::reaches(confidence, self.threshold) {
            return Decision::Act;
        }
        match self.failure {
            GateFailure::Attenuate => Decision::Keep(self.attenuate(combine::certain(confidence))),
            GateFailure::Null => Decision::Null,
            GateFailure::Error => Decision::Fail,
        }
    }

    /// A confidence as it is after a gate that stayed shut.
    pub fn attenuate(self, confidence: Confidence) -> Confidence {
        Confidence::trusted(confidence.get() * self.factor.get())
    }
}

impl Default for Gate {
    fn default() -> Gate {
        Gate { threshold: Confidence::trusted(0.7), factor: Confidence::trusted(0.5), failure: GateFailure::default() }
    }
}

/// What a [`Gate`] decides.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Decision {
    /// Evaluate the action; its value is the result.
    Act,
    /// The result is the left operand with this confidence.
    Keep(Confidence),
    /// The result is plain null.
    Null,
    /// Raise a run error.
    Fail,
}
