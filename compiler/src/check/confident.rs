//! Operators about confidence itself: `~>`, the gates, and `~??` (§3).

use super::Checker;
use super::faults;
use super::value::{Range, Value};
use crate::ast::*;
use prism_bytecode::KindSet;
use prism_confidence::Interval;
use prism_diagnostics::Span;

/// How an operand stands to a threshold.
struct Outcome {
    /// The operand where it passes.
    passed: Value,
    /// Whether it may be stopped.
    stops: bool,
}

impl<'a> Checker<'a> {
    /// `x ~> c`.
    pub(super) fn attach(&mut self, left: &'a Expr, right: &'a Expr, span: Span) -> Value {
        let value = self.infer_settled(left);
        let number = self.infer_settled(right);
        if !number.is_never() && !self.types.may_be(number.ty, KindSet::NUMBER) {
            let shown = self.show(number.ty);
            self.mismatch(faults::bad_confidence(right.span, &shown));
        }
        if let Some(range) = number.range()
            && !value.is_never()
            && !value.vague
            && (0.0..=1.0).contains(&range.lo)
            && range.lo > value.confidence.certain().hi().get()
        {
            self.say(faults::confidence_raised(span, left.span, value.confidence, range));
        }
        self.attached(value, number)
    }

    /// The value with what a threshold lets through; what it does is said by the caller.
    fn outcome(&mut self, value: Value, threshold: f64) -> Outcome {
        let there = self.without_null(value);
        let confidence = there.confidence.at_least(threshold);
        let passed = match confidence.is_empty() {
            true => Value::NEVER,
            false => Value { confidence, ..there },
        };
        let stops = !there.confidence.below(threshold).is_empty() || self.types.may_be(value.ty, KindSet::NULL);
        Outcome { passed, stops }
    }

    /// Says that a gate is always open or always shut.
    fn judge(&mut self, gate: &str, value: Value, threshold: f64, span: Span) {
        if value.is_never() || value.vague {
            return;
        }
        let outcome = self.outcome(value, threshold);
        if outcome.passed.is_never() {
            self.say(faults::gate_never_passes(span, gate, value, threshold));
        } else if !outcome.stops {
            self.say(faults::gate_always_passes(span, gate, value, threshold));
        }
    }

    /// `a ~?> t` and `a ~?> [t, d]`.
    pub(super) fn gate(&mut self, left: &'a Expr, right: &'a Expr, span: Span) -> Value {
        let value = self.infer_settled(left);
        let (number, fallback, at) = match &right.kind {
            ExprKind::Array(elements)
                if let [Element::Item(threshold), Element::Item(fallback)] = elements.as_slice() =>
            {
                let number = self.infer_settled(threshold);
                (number, self.infer(fallback), threshold)
            }
            _ => {
                let given = self.infer_settled(right);
                match self.types.get(given.ty).clone() {
                    super::ty::Data::Array { element, .. } => (element, element, right),
                    _ => (given, if self.types.has_any(given.ty) { Value::ANY } else { Value::NULL }, right),
                }
            }
        };
        if !number.is_never() && !self.types.may_be(number.ty, KindSet::NUMBER) {
            let shown = self.show(number.ty);
            self.mismatch(faults::bad_threshold(at.span, &shown));
            return Value::ANY;
        }
        if value.is_never() {
            return value;
        }
        let known = number.range().filter(|range| range.lo == range.hi && (0.0..=1.0).contains(&range.lo));
        if let Some(range) = known {
            self.judge("~?>", value, range.lo, span);
        }
        let Range { lo, hi } = number.range().unwrap_or(Range { lo: 0.0, hi: 1.0 });
        let mut passed = self.outcome(value, lo).passed;
        passed.confidence = passed.confidence.certain();
        let stops = self.outcome(value, hi).stops;
        if passed.is_never() {
            // What comes of a gate that never opens is told of once.
            return Value { vague: true, ..fallback.stored() };
        }
        if stops { self.types.join_values(passed, fallback).stored() } else { passed.stored() }
    }

    /// `a ~@> 0.8` and `a ~@> action`.
    pub(super) fn action_gate(&mut self, left: &'a Expr, right: &'a Expr, span: Span) -> Value {
        let value = self.infer_settled(left);
        if let Some(threshold) = self.resolution().known_number(right) {
            self.infer(right);
            if !(0.0..=1.0).contains(&threshold) || value.is_never() {
                return value;
            }
            self.judge("~@>", value, threshold, span);
            let outcome = self.outcome(value, threshold);
            if outcome.passed.is_never() {
                return Value { vague: true, ..Value::NULL };
            }
            let null = if outcome.stops { Value::NULL } else { Value::NEVER };
            return self.types.join_values(outcome.passed, null).stored();
        }
        let threshold = self.config.gate.threshold.get();
        self.judge("~@>", value, threshold, span);
        let before = self.frame().state.clone();
        let action = self.infer(right);
        let state = self.frame().state.clone();
        *self.state() = before.join(state, &mut self.types);
        let there = self.without_null(value);
        let null = if self.types.may_be(value.ty, KindSet::NULL) { Value::NULL } else { Value::NEVER };
        let acts = !there.is_never() && !there.confidence.at_least(threshold).is_empty();
        let kept = self.config.gate;
        let stopped = there.confidence.below(threshold);
        let mut result = if acts { action } else { Value::NEVER };
        if !there.is_never() && !stopped.is_empty() {
            let confidence = stopped.action_gate(kept, Interval::EMPTY);
            result = self.types.join_values(result, Value { confidence, ..there });
        }
        self.types.join_values(result, null).stored()
    }

    /// `a ~?? b`.
    pub(super) fn confident_coalesce(&mut self, left: &'a Expr, right: &'a Expr, span: Span) -> Value {
        let value = self.infer_settled(left);
        let threshold = self.config.coalesce_threshold.get();
        self.judge("~??", value, threshold, span);
        let before = self.frame().state.clone();
        let other = self.infer(right);
        let state = self.frame().state.clone();
        *self.state() = before.join(state, &mut self.types);
        if value.is_never() {
            return value;
        }
        let Outcome { passed, stops } = self.outcome(value, threshold);
        if stops || passed.is_never() { self.types.join_values(passed, other).stored() } else { passed.stored() }
    }

    /// The threshold of a pattern, once it is evaluated.
    pub(super) fn pattern_gate(&mut self, threshold: &'a Expr) -> PatternGate {
        let number = self.infer_settled(threshold);
        let Range { lo, hi } = number.range().unwrap_or(Range { lo: 0.0, hi: 1.0 });
        let is_judged = lo == hi && (0.0..=1.0).contains(&lo);
        PatternGate { lo, hi, is_judged, whole: None, stops: false, shut: false, names: 0, passes: false }
    }

    /// A part where a pattern's threshold lets it through, and where not null; an arm's pattern does not fit then. A
    /// threshold looks at the confidence of a null, too.
    pub(super) fn through(&mut self, value: Value, gate: &mut PatternGate, is_name: bool, arm: bool) -> Value {
        if value.is_never() {
            return value;
        }
        gate.whole.get_or_insert(value);
        gate.is_judged &= !value.vague;
        let confidence = value.confidence.at_least(gate.lo);
        let stops = !value.confidence.below(gate.hi).is_empty();
        gate.stops |= stops;
        gate.names += u32::from(is_name);
        gate.passes |= is_name && !confidence.is_empty();
        gate.shut |= !is_name && confidence.is_empty();
        let passed = if confidence.is_empty() { Value::NEVER } else { Value { confidence, ..value } };
        let null = if stops && !arm { Value::NULL } else { Value::NEVER };
        self.types.join_values(passed, null)
    }

    /// Says that a pattern's threshold lets all of its parts through, or none.
    pub(super) fn judge_pattern(&mut self, gate: &PatternGate, span: Span) {
        let Some(whole) = gate.whole.filter(|_| gate.is_judged) else { return };
        if gate.shut || gate.names > 0 && !gate.passes {
            self.say(faults::gate_never_passes(span, "~>", whole, gate.lo));
        } else if !gate.stops {
            self.say(faults::gate_always_passes(span, "~>", whole, gate.lo));
        }
    }
}

/// The threshold of a pattern, and what it did to the parts that it covers.
#[derive(Clone, Copy, Debug)]
pub(super) struct PatternGate {
    pub lo: f64,
    hi: f64,
    /// Whether what it does is certain enough to be told.
    is_judged: bool,
    /// The part that it stands on.
    whole: Option<Value>,
    /// Whether it may stop a part.
    pub stops: bool,
    /// Whether it stops a part that is taken apart.
    shut: bool,
    /// How many names it covers.
    names: u32,
    /// Whether one of them may get through.
    passes: bool,
}
