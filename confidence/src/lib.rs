//! The confidence algebra of Prism, once, for everyone who computes with confidences: constant folder, interpreter,
//! JIT, library, host, and (on intervals) the checker.
//!
//! - [`Confidence`]: a number in 0…1; *no* confidence ("plain") is `None`, or NaN in the [`raw`] encoding.
//! - [`Algebra`], [`Config`], [`Combination`]: which formula each kind of operation uses.
//! - [`Rule`]: every way in which a value can come by its confidence; what provenance records.
//! - [`combine`] and [`raw`]: the formulas, typed and for the hot path.
//! - [`Thresholds`], [`Level`], [`Gate`]: where a confidence becomes a decision.
//! - [`Interval`]: the same rules on everything that an expression's confidence can be.
//!
//! One law holds throughout: a plain operand acts as confidence 1, and a result is plain only if all operands are.
//!
//! Not here: how values are stored or shown, and the formulas of `vote`, `consensus` and the like, which belong to the
//! library.

#![deny(clippy::disallowed_methods, clippy::disallowed_types, clippy::print_stdout, clippy::print_stderr)]

mod algebra;
pub mod combine;
mod interval;
mod named;
pub mod raw;
mod rule;
mod threshold;
mod value;

pub use algebra::{Algebra, Combination, Config};
pub use interval::{Interval, Landmarks};
pub use rule::{Origin, Rule};
pub use threshold::{Decision, Gate, GateFailure, Level, ThresholdError, Thresholds, threshold};
pub use value::Confidence;
