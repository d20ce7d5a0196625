//! What an expression can be, as the checker knows it: a type, an interval of confidence, and for numbers the range that
//! `~>` may count on.

use super::ty::Ty;
use prism_confidence::{Combination, Interval};

/// A number known to lie between two ends; both may be infinite, neither is NaN.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Range {
    pub lo: f64,
    pub hi: f64,
}

impl Range {
    /// No range: of a value of which nothing is known. The only one whose first end is above the second.
    const UNKNOWN: Range = Range { lo: f64::INFINITY, hi: f64::NEG_INFINITY };

    pub fn exact(value: f64) -> Option<Range> {
        Range::new(value, value)
    }

    /// `None` where an end is NaN: then nothing is known.
    pub fn new(lo: f64, hi: f64) -> Option<Range> {
        (lo <= hi).then_some(Range { lo, hi })
    }

    fn bits(self) -> (u64, u64) {
        (self.lo.to_bits(), self.hi.to_bits())
    }
}

impl PartialEq for Range {
    fn eq(&self, other: &Range) -> bool {
        self.bits() == other.bits()
    }
}

impl Eq for Range {}

impl std::hash::Hash for Range {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        self.bits().hash(state);
    }
}

/// Everything that a value can be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Value {
    pub ty: Ty,
    /// Its confidence. Empty for a value that can't be.
    pub confidence: Interval,
    /// Whether the interval is as wide as it is because something in it is `any`: then it is no ground for a complaint.
    pub vague: bool,
    /// Whether it is plain only where it is null, as after a gate.
    pub shut: bool,
    /// Of a number: where it lies, while that is known (TYPES, "a known number"). Values are copied at every step of the
    /// checker, so they have no room for an `Option`: see [`Value::range`].
    pub ends: Range,
}

impl std::hash::Hash for Value {
    /// By type and confidence: values that are kept differ in little else.
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        let Value { ty, confidence, .. } = self;
        (ty, confidence).hash(state);
    }
}

impl Value {
    /// No value: what comes of code that never gets there.
    pub const NEVER: Value = Value::new(Ty::NEVER, Interval::EMPTY);
    /// Anything.
    pub const ANY: Value = Value { vague: true, ..Value::new(Ty::ANY, Interval::ANY) };
    /// Plain null.
    pub const NULL: Value = Value { shut: true, ..Value::plain(Ty::NULL) };
    /// What an agent or a model answers.
    pub const ANSWER: Value = Value::new(Ty::ANY, Interval::CONFIDENT);

    /// A value of that type and confidence.
    pub const fn new(ty: Ty, confidence: Interval) -> Value {
        Value { ty, confidence, vague: false, shut: false, ends: Range::UNKNOWN }
    }

    /// A value that is never confident.
    pub const fn plain(ty: Ty) -> Value {
        Value::new(ty, Interval::PLAIN)
    }

    /// A plain number that is known.
    pub fn number(value: f64) -> Value {
        Value::plain(Ty::NUMBER).with_range(Range::exact(value))
    }

    pub fn is_never(self) -> bool {
        self.ty == Ty::NEVER
    }

    /// The same with another type.
    pub fn with_ty(self, ty: Ty) -> Value {
        Value { ty, ends: Range::UNKNOWN, ..self }
    }

    /// Of a number: where it lies, while that is known.
    pub fn range(self) -> Option<Range> {
        (self.ends.lo <= self.ends.hi).then_some(self.ends)
    }

    /// The same, known to lie there.
    pub fn with_range(self, range: Option<Range>) -> Value {
        Value { ends: range.unwrap_or(Range::UNKNOWN), ..self }
    }

    /// The same with another confidence.
    pub fn with_confidence(self, confidence: Interval) -> Value {
        Value { confidence, shut: false, ..self }
    }

    /// The value as a variable, an element or a member keeps it: a known number is not remembered there.
    pub fn stored(self) -> Value {
        Value { ends: Range::UNKNOWN, ..self }
    }

    /// The confidence that the value has where it is not null.
    pub fn confidence_if_there(self) -> Interval {
        if self.shut { self.confidence.without_plain() } else { self.confidence }
    }

    /// The value of a result that takes its confidence from two operands.
    pub fn combined(self, combination: Combination, other: Value) -> (Interval, bool) {
        (self.confidence.combine(combination, other.confidence), self.vague || other.vague)
    }

    /// The value as a part of `whole`, or under whatever else multiplies its confidence.
    pub fn times(self, whole: Value) -> Value {
        if whole.confidence == Interval::PLAIN {
            return self;
        }
        let confidence = self.confidence.product(whole.confidence);
        let vague = self.vague || whole.vague;
        Value { confidence, vague, shut: self.shut && !whole.confidence.may_be_confident(), ..self }
    }
}
