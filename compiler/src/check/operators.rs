//! Operators whose operands are always evaluated, and the short-circuiting ones (§3, §4).

use super::Checker;
use super::faults;
use super::ty::{Data, Ty};
use super::value::{Range, Value};
use crate::ast::*;
use prism_bytecode::KindSet;
use prism_confidence::{Combination, Interval};
use prism_diagnostics::Span;

impl<'a> Checker<'a> {
    #[inline(never)]
    pub(super) fn unary(&mut self, op: UnaryOp, operand: &'a Expr, span: Span) -> Value {
        if op == UnaryOp::Await {
            return self.infer_settled(operand);
        }
        if op == UnaryOp::TypeOf {
            self.infer(operand);
            return Value::plain(Ty::STRING);
        }
        let value = self.infer_settled(operand);
        if value.is_never() {
            return value;
        }
        match op {
            UnaryOp::Not => Value { shut: false, ..value.with_ty(Ty::BOOLEAN) },
            UnaryOp::Neg | UnaryOp::Plus => {
                if !self.types.may_be(value.ty, KindSet::NUMBER) {
                    let shown = self.show(value.ty);
                    self.mismatch(faults::bad_operand(span, op.as_str(), &shown));
                    return Value::ANY;
                }
                let range = match op {
                    UnaryOp::Neg => value.range().and_then(|range| Range::new(-range.hi, -range.lo)),
                    _ => value.range(),
                };
                value.with_ty(Ty::NUMBER).with_confidence(value.confidence_if_there()).with_range(range)
            }
            UnaryOp::Tilde | UnaryOp::ConfidenceOf => {
                let number = value.confidence.certain();
                let range = Range::new(number.lo().get(), number.hi().get());
                Value { vague: value.vague, ..Value::plain(Ty::NUMBER) }.with_range(range)
            }
            UnaryOp::TypeOf | UnaryOp::Await => value,
        }
    }

    #[inline(never)]
    pub(super) fn binary(&mut self, op: BinaryOp, left: &'a Expr, right: &'a Expr, whole: &'a Expr) -> Value {
        use BinaryOp::*;
        match op {
            And | Or | Coalesce => self.short_circuit(op, left, right),
            Attach => self.attach(left, right, whole.span),
            Gate => self.gate(left, right, whole.span),
            ActionGate => self.action_gate(left, right, whole.span),
            ConfCoalesce => self.confident_coalesce(left, right, whole.span),
            InstanceOf => {
                self.infer(left);
                self.infer(right);
                Value::plain(Ty::BOOLEAN)
            }
            _ => {
                let first = self.infer_settled(left);
                let second = self.infer_settled(right);
                self.operate(op, first, second, whole.span)
            }
        }
    }

    /// An operator on two values, as it also stands in `+=` and the like.
    pub(super) fn operate(&mut self, op: BinaryOp, left: Value, right: Value, span: Span) -> Value {
        use BinaryOp::*;
        if left.is_never() || right.is_never() {
            return Value::NEVER;
        }
        match op {
            Add | Sub | Mul | Div | Rem | Pow => self.arithmetic(op, left, right, span, false),
            ConfAdd | ConfSub | ConfMul | ConfDiv => self.arithmetic(op, left, right, span, true),
            Lt | Gt | Le | Ge => self.comparison(op, left, right, span, false),
            ConfLt | ConfLe | ConfGe => self.comparison(op, left, right, span, true),
            Eq | Ne | StrictEq | StrictNe => self.truth(self.config.comparison, left, right, false),
            ConfEq | ConfNe => self.truth(self.config.comparison, left, right, true),
            In => {
                if !self.types.may_be(right.ty, KindSet::OBJECT.union(KindSet::ARRAY)) {
                    let shown = self.show(right.ty);
                    self.mismatch(faults::bad_operand(span, "in", &shown));
                }
                self.truth(self.config.comparison, left, right, false)
            }
            ConfAnd => self.truth(self.config.and, left, right, true),
            ConfOr => self.truth(self.config.or, left, right, true),
            Chain => {
                let (confidence, vague) = left.combined(self.config.chain, right);
                Value { confidence: confidence.certain(), vague, shut: false, ..right.stored() }
            }
            Surer => self.surer(left, right),
            And | Or | Coalesce | Attach | Gate | ActionGate | ConfCoalesce | InstanceOf => Value::ANY,
        }
    }

    /// A boolean, its confidence from both operands.
    fn truth(&self, combination: Combination, left: Value, right: Value, always: bool) -> Value {
        let (confidence, vague) = left.combined(combination, right);
        let confidence = if always { confidence.certain() } else { confidence };
        Value { vague, ..Value::new(Ty::BOOLEAN, confidence) }
    }

    /// The confidence of an operation that fails on null.
    fn both_there(&self, combination: Combination, left: Value, right: Value, always: bool) -> (Interval, bool) {
        let there = |value: Value| Value { confidence: value.confidence_if_there(), ..value };
        let (confidence, vague) = there(left).combined(combination, there(right));
        (if always { confidence.certain() } else { confidence }, vague)
    }

    fn arithmetic(&mut self, op: BinaryOp, left: Value, right: Value, span: Span, confident: bool) -> Value {
        let ty =
            if op == BinaryOp::Add { self.sum_type(left.ty, right.ty) } else { self.number_type(left.ty, right.ty) };
        if ty == Ty::NEVER {
            let (a, b) = (self.show(left.ty), self.show(right.ty));
            self.mismatch(faults::bad_operands(span, op.as_str(), &a, &b));
            return Value::ANY;
        }
        // A null is a text beside one.
        let texts = |value: Value| op == BinaryOp::Add && self.types.may_be(value.ty, KindSet::STRING);
        let there = |value: Value, other: Value| if texts(other) { Value { shut: false, ..value } } else { value };
        let (confidence, vague) =
            self.both_there(self.config.arithmetic, there(left, right), there(right, left), confident);
        let range = left.range().zip(right.range()).and_then(|(a, b)| known_arithmetic(op, a, b));
        Value { vague, ..Value::new(ty, confidence) }.with_range(range)
    }

    fn number_type(&self, left: Ty, right: Ty) -> Ty {
        let number = |ty| self.types.may_be(ty, KindSet::NUMBER);
        if number(left) && number(right) { Ty::NUMBER } else { Ty::NEVER }
    }

    /// The type of a sum: numbers are added, texts joined.
    fn sum_type(&mut self, left: Ty, right: Ty) -> Ty {
        let mut sum = Ty::NEVER;
        for a in self.types.members(left) {
            for b in self.types.members(right) {
                let one = |ty: Ty, kind: KindSet| ty != Ty::ANY && self.types.may_be(ty, kind);
                let ty = if one(a, KindSet::STRING) || one(b, KindSet::STRING) {
                    Ty::STRING
                } else if a == Ty::ANY || b == Ty::ANY {
                    Ty::ANY
                } else if one(a, KindSet::NUMBER) && one(b, KindSet::NUMBER) {
                    Ty::NUMBER
                } else {
                    continue;
                };
                sum = self.types.join(sum, ty);
            }
        }
        sum
    }

    fn comparison(&mut self, op: BinaryOp, left: Value, right: Value, span: Span, confident: bool) -> Value {
        let both = |kind| self.types.may_be(left.ty, kind) && self.types.may_be(right.ty, kind);
        if !both(KindSet::NUMBER) && !both(KindSet::STRING) {
            let (a, b) = (self.show(left.ty), self.show(right.ty));
            self.mismatch(faults::bad_operands(span, op.as_str(), &a, &b));
        }
        let (confidence, vague) = self.both_there(self.config.comparison, left, right, confident);
        Value { vague, ..Value::new(Ty::BOOLEAN, confidence) }
    }

    /// `a ~||> b`: the operand with the higher confidence, the left on a tie.
    fn surer(&mut self, left: Value, right: Value) -> Value {
        let (a, b) = (left.confidence.certain(), right.confidence.certain());
        if a.lo() >= b.hi() {
            return left.stored();
        }
        if b.lo() > a.hi() {
            return right.stored();
        }
        let joined = self.types.join_values(left, right);
        let mut confidence = left.confidence.surer(right.confidence);
        if !(left.confidence.may_be_plain() || right.confidence.may_be_plain()) {
            confidence = confidence.without_plain();
        }
        Value { confidence, shut: false, ..joined.stored() }
    }

    /// `&&`, `||`, `??`: the right side only where it is needed, the chosen operand unchanged.
    fn short_circuit(&mut self, op: BinaryOp, left: &'a Expr, right: &'a Expr) -> Value {
        let first = self.infer_settled(left);
        let before = self.frame().state.clone();
        let (goes_on, kept) = match op {
            BinaryOp::And => (true, self.falsy(first)),
            BinaryOp::Or => (false, self.truthy(first)),
            _ => (false, self.without_null(first)),
        };
        if op == BinaryOp::Coalesce {
            self.assume_null(left, true);
        } else {
            self.assume(left, goes_on);
        }
        let mut second = self.infer(right);
        let after = std::mem::replace(self.state(), before);
        if after.dead {
            second = Value::NEVER;
        }
        if op == BinaryOp::Coalesce {
            self.assume_null(left, false);
        } else {
            self.assume(left, !goes_on);
        }
        let state = self.frame().state.clone();
        *self.state() = state.join(after, &mut self.types);
        let may_go_on = match op {
            BinaryOp::Coalesce => self.types.may_be(first.ty, KindSet::NULL),
            _ => true,
        };
        if may_go_on { self.types.join_values(kept, second) } else { kept }
    }

    /// A value where it is not null.
    pub(super) fn without_null(&mut self, value: Value) -> Value {
        let ty = self.types.filter(value.ty, |_, ty| ty != Ty::NULL);
        if ty == Ty::NEVER {
            return Value::NEVER;
        }
        Value { ty, confidence: value.confidence_if_there(), shut: false, ..value }
    }

    /// A value where it is truthy.
    pub(super) fn truthy(&mut self, value: Value) -> Value {
        let value = self.without_null(value);
        let ty = self.types.filter(value.ty, |types, ty| match types.get(ty) {
            Data::Literal(literal) => literal.is_truthy(),
            _ => true,
        });
        if ty == Ty::NEVER { Value::NEVER } else { Value { ty, ..value } }
    }

    /// A value where it is falsy.
    pub(super) fn falsy(&mut self, value: Value) -> Value {
        let ty = self.types.filter(value.ty, |types, ty| match types.get(ty) {
            Data::Literal(literal) => !literal.is_truthy(),
            Data::Null | Data::Boolean | Data::Number | Data::Bounded(_) | Data::String | Data::Any => true,
            _ => false,
        });
        if ty == Ty::NEVER {
            return Value::NEVER;
        }
        Value { ty, ..value.stored() }
    }
}

/// Arithmetic of known numbers; nothing is known where it could fail or leave the numbers.
fn known_arithmetic(op: BinaryOp, a: Range, b: Range) -> Option<Range> {
    let ends = |f: fn(f64, f64) -> f64| {
        let all = [f(a.lo, b.lo), f(a.lo, b.hi), f(a.hi, b.lo), f(a.hi, b.hi)];
        if all.iter().any(|value| value.is_nan()) {
            return None;
        }
        Range::new(
            all.iter().copied().fold(f64::INFINITY, f64::min),
            all.iter().copied().fold(f64::NEG_INFINITY, f64::max),
        )
    };
    match op {
        BinaryOp::Add | BinaryOp::ConfAdd => ends(|a, b| a + b),
        BinaryOp::Sub | BinaryOp::ConfSub => ends(|a, b| a - b),
        BinaryOp::Mul | BinaryOp::ConfMul => ends(|a, b| a * b),
        BinaryOp::Div | BinaryOp::ConfDiv if b.lo > 0.0 || b.hi < 0.0 => ends(|a, b| a / b),
        BinaryOp::Rem if a.lo == a.hi && b.lo == b.hi && b.lo != 0.0 => Range::exact(a.lo % b.lo),
        BinaryOp::Pow if a.lo == a.hi && b.lo == b.hi => Range::exact(a.lo.powf(b.lo)),
        _ => None,
    }
}
