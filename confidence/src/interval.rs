//! Everything that an expression's confidence can be: the domain on which the checker computes.
//!
//! An [`Interval`] says whether a value may be plain and, if it may be confident, between which ends. The rules are
//! monotone in floating point too, so applying them to the ends is exact. Half-open ranges ("below 0.7") end at the
//! greatest `f64` below their bound, so that all ends are closed and no flag is needed; [`Interval::shown`] rounds that
//! away.
//!
//! Whether a *value* is null, which decides some gates, is not known here; callers split by it first.

use crate::{Combination, Confidence, Gate, GateFailure, Level, Thresholds, combine};

/// The confidences that a value can have; contains "plain" as a possibility of its own.
///
/// Empty (neither plain nor confident) means that there is no such value, as after a condition that can't hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Interval {
    plain: bool,
    /// [`Range::NONE`] if it is never confident: a checker makes, copies and compares intervals all the time, so they have
    /// no room for an `Option`.
    ends: Range,
}

/// Closed ends, the first not above the second but in [`Range::NONE`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
struct Range {
    lo: Confidence,
    hi: Confidence,
}

impl Range {
    const FULL: Range = Range { lo: Confidence::ZERO, hi: Confidence::ONE };
    /// No confidence: a hull with it is the other range.
    const NONE: Range = Range { lo: Confidence::ONE, hi: Confidence::ZERO };

    fn exact(confidence: Confidence) -> Range {
        Range { lo: confidence, hi: confidence }
    }

    #[inline]
    fn hull(self, other: Range) -> Range {
        Range { lo: self.lo.min(other.lo), hi: self.hi.max(other.hi) }
    }

    /// The part that is at least `bound`, any number.
    fn at_least(self, bound: f64) -> Option<Range> {
        let lo = if self.lo.get() >= bound { self.lo } else { Confidence::new(bound)? };
        (lo <= self.hi).then_some(Range { lo, hi: self.hi })
    }

    /// The part that is at most `bound`, any number.
    fn at_most(self, bound: f64) -> Option<Range> {
        let hi = if self.hi.get() <= bound { self.hi } else { Confidence::new(bound)? };
        (self.lo <= hi).then_some(Range { lo: self.lo, hi })
    }

    fn map(self, f: impl Fn(Confidence) -> Confidence) -> Range {
        Range { lo: f(self.lo), hi: f(self.hi) }
    }
}

impl Interval {
    /// No value at all.
    pub const EMPTY: Interval = Interval { plain: false, ends: Range::NONE };
    /// Never confident, as a literal.
    pub const PLAIN: Interval = Interval { plain: true, ends: Range::NONE };
    /// Confident with any confidence, as an agent's answer.
    pub const CONFIDENT: Interval = Interval { plain: false, ends: Range::FULL };
    /// Nothing is known.
    pub const ANY: Interval = Interval { plain: true, ends: Range::FULL };

    /// Plain or not, confident within any of these ranges.
    fn new<const N: usize>(plain: bool, ranges: [Option<Range>; N]) -> Interval {
        Interval { plain, ends: ranges.into_iter().flatten().fold(Range::NONE, Range::hull) }
    }

    /// Between which ends it is confident, if it may be.
    #[inline]
    fn range(self) -> Option<Range> {
        self.may_be_confident().then_some(self.ends)
    }

    /// Confident with just this confidence.
    pub fn exact(confidence: Confidence) -> Interval {
        Interval { plain: false, ends: Range::exact(confidence) }
    }

    /// Confident, from `lo` to `hi`; the ends in any order.
    pub fn between(a: Confidence, b: Confidence) -> Interval {
        Interval { plain: false, ends: Range { lo: a.min(b), hi: a.max(b) } }
    }

    /// What `x ~> c` has for a number `c` known to lie from `lo` to `hi`: clamped; anything at all if an end is NaN.
    pub fn attached(lo: f64, hi: f64) -> Interval {
        match (Confidence::clamped(lo), Confidence::clamped(hi)) {
            (Some(lo), Some(hi)) => Interval::between(lo, hi),
            _ => Interval::CONFIDENT,
        }
    }

    /// What a value of just this confidence, or a plain one, has.
    pub fn of(confidence: Option<Confidence>) -> Interval {
        confidence.map_or(Interval::PLAIN, Interval::exact)
    }

    /// Whether the value may have no confidence.
    pub const fn may_be_plain(self) -> bool {
        self.plain
    }

    /// Whether the value may have a confidence.
    pub const fn may_be_confident(self) -> bool {
        self.ends.lo.get() <= self.ends.hi.get()
    }

    /// Whether there is no such value.
    pub const fn is_empty(self) -> bool {
        !self.plain && !self.may_be_confident()
    }

    /// The lowest confidence if the value is confident; 1 if it never is.
    pub fn lo(self) -> Confidence {
        self.ends.lo
    }

    /// The highest confidence if the value is confident; 1 if it never is.
    pub fn hi(self) -> Confidence {
        self.range().map_or(Confidence::ONE, |range| range.hi)
    }

    /// `lo` and `hi` as people and tools are shown them: to 12 decimals.
    pub fn shown(self) -> (f64, f64) {
        let round = |end: Confidence| (end.get() * 1e12).round() / 1e12;
        (round(self.lo()), round(self.hi()))
    }

    /// Whether a value with that confidence, or a plain one, is among these.
    pub fn contains(self, confidence: Option<Confidence>) -> bool {
        match confidence {
            None => self.plain,
            Some(confidence) => self.range().is_some_and(|range| range.lo <= confidence && confidence <= range.hi),
        }
    }

    /// Whether everything that `other` can be is among these.
    pub fn covers(self, other: Interval) -> bool {
        self.join(other) == self
    }

    /// The value as it acts: always confident, a plain one with 1. Also the number that `~x` gives.
    pub fn certain(self) -> Interval {
        let one = if self.plain { Range::exact(Confidence::ONE) } else { Range::NONE };
        Interval { plain: false, ends: self.ends.hull(one) }
    }

    /// The confident values among these.
    pub const fn without_plain(self) -> Interval {
        Interval { plain: false, ends: self.ends }
    }

    /// These, or plain.
    pub const fn or_plain(self) -> Interval {
        Interval { plain: true, ends: self.ends }
    }

    /// What these have in common with `other`.
    pub fn meet(self, other: Interval) -> Interval {
        let within = |range: Range, other: Range| range.at_least(other.lo.get())?.at_most(other.hi.get());
        let range = self.range().zip(other.range()).and_then(|(range, other)| within(range, other));
        Interval::new(self.plain && other.plain, [range])
    }

    /// Either of both: where two paths meet.
    #[inline]
    pub fn join(self, other: Interval) -> Interval {
        Interval { plain: self.plain || other.plain, ends: self.ends.hull(other.ends) }
    }

    /// Both by `combination`.
    pub fn combine(self, combination: Combination, other: Interval) -> Interval {
        // Plain and confident operands are told apart first: `average` treats a plain one as 1, which lies outside the
        // confident range, and its result need not reach from there to here.
        let ends = |a: Range, b: Range| {
            let end = |a, b| combine::certain(combine::combine(combination, Some(a), Some(b)));
            Range { lo: end(a.lo, b.lo), hi: end(a.hi, b.hi) }
        };
        let one = Range::exact(Confidence::ONE);
        let both = self.range().zip(other.range()).map(|(a, b)| ends(a, b));
        let left = self.range().filter(|_| other.plain).map(|a| ends(a, one));
        let right = other.range().filter(|_| self.plain).map(|b| ends(one, b));
        Interval::new(self.plain && other.plain, [both, left, right])
    }

    /// One times the other.
    #[inline]
    pub fn product(self, other: Interval) -> Interval {
        self.combine(Combination::Product, other)
    }

    /// The operand that `a ~||> b` chooses.
    pub fn surer(self, other: Interval) -> Interval {
        let (Some(a), Some(b)) = (self.certain().range(), other.certain().range()) else { return Interval::EMPTY };
        self.at_least(b.lo.get()).join(other.above(a.lo.get()))
    }

    /// The result of `a ~|> f`, `self` being `a` and `result` what f gave.
    pub fn pipe(self, result: Interval) -> Interval {
        match result.plain {
            true => Interval { plain: false, ..result }.join(self),
            false => result,
        }
    }

    /// What `a ~@> action` gives for a non-null `a`, `action` being what the action's value can have.
    pub fn action_gate(self, gate: Gate, action: Interval) -> Interval {
        let threshold = gate.threshold.get();
        let acted = if self.at_least(threshold).is_empty() { Interval::EMPTY } else { action };
        let stopped = self.below(threshold);
        let kept = match gate.failure {
            _ if stopped.is_empty() => Interval::EMPTY,
            GateFailure::Attenuate => {
                Interval::new(false, [stopped.range().map(|range| range.map(|confidence| gate.attenuate(confidence)))])
            }
            GateFailure::Null => Interval::PLAIN,
            GateFailure::Error => Interval::EMPTY,
        };
        acted.join(kept)
    }

    /// The values for which the level is chosen.
    pub fn at_level(self, level: Level, thresholds: Thresholds) -> Interval {
        let (high, medium) = (thresholds.high().get(), thresholds.medium().get());
        match level {
            Level::High => self.at_least(high),
            Level::Medium => self.at_least(medium).below(high),
            Level::Low => self.below(medium),
        }
    }

    /// The values whose confidence is at least `bound`: narrowing by `(<~ x) >= bound`. `bound` may be any number.
    pub fn at_least(self, bound: f64) -> Interval {
        Interval::new(self.plain && 1.0 >= bound, [self.range().and_then(|range| range.at_least(bound))])
    }

    /// The values whose confidence is above `bound`.
    pub fn above(self, bound: f64) -> Interval {
        self.at_least(bound.next_up())
    }

    /// The values whose confidence is at most `bound`.
    pub fn at_most(self, bound: f64) -> Interval {
        Interval::new(self.plain && 1.0 <= bound, [self.range().and_then(|range| range.at_most(bound))])
    }

    /// The values whose confidence is below `bound`.
    pub fn below(self, bound: f64) -> Interval {
        self.at_most(bound.next_down())
    }

    /// `self` joined with `next`, each end that this moved going on to the next landmark. Each end can
    /// move only once a landmark, so repeating it settles: a loop's interval is found in finite time.
    pub fn widen(self, next: Interval, landmarks: &Landmarks) -> Interval {
        let joined = self.join(next);
        let (Some(old), Some(new)) = (self.range(), joined.range()) else { return joined };
        let lo = if new.lo < old.lo { landmarks.at_most(new.lo) } else { new.lo };
        let hi = if new.hi > old.hi { landmarks.at_least(new.hi) } else { new.hi };
        Interval { plain: joined.plain, ends: Range { lo, hi } }
    }
}

/// The finite set of ends that loops are widened to: 0, 0.5, 0.7, 1 and a module's own literals.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Landmarks(Vec<Confidence>);

impl Landmarks {
    /// The fixed ones and those of a module; numbers outside 0…1 are left out.
    pub fn new(literals: impl IntoIterator<Item = f64>) -> Landmarks {
        let levels = Thresholds::default();
        let fixed = [Confidence::ZERO, levels.medium(), levels.high(), Confidence::ONE];
        let mut all: Vec<_> = fixed.into_iter().chain(literals.into_iter().filter_map(Confidence::new)).collect();
        all.sort_unstable();
        all.dedup();
        Landmarks(all)
    }

    /// The highest one that is not above `confidence`.
    fn at_most(&self, confidence: Confidence) -> Confidence {
        self.0.iter().rev().copied().find(|mark| *mark <= confidence).unwrap_or(Confidence::ZERO)
    }

    /// The lowest one that is not below `confidence`.
    fn at_least(&self, confidence: Confidence) -> Confidence {
        self.0.iter().copied().find(|mark| *mark >= confidence).unwrap_or(Confidence::ONE)
    }
}

impl Default for Landmarks {
    fn default() -> Landmarks {
        Landmarks::new([])
    }
}
