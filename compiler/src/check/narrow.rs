//! What a condition tells of the values it looks at: where it holds, and where not.
//!
//! A path that is narrowed is a variable of the body, or `input`, and members from there; members of shapes are narrowed
//! in place, and a shape whose member can't be so is no longer possible.

use super::Checker;
use super::access::literal_key;
use super::state::{INPUT, Slot};
use super::ty::{Data, Field, Literal, Ty};
use super::value::Value;
use crate::ast::*;
use crate::resolve::Binding;
use prism_bytecode::{HostName, KindSet};
use prism_confidence::Interval;
use smallvec::SmallVec;
use std::rc::Rc;

impl<'a> Checker<'a> {
    /// From here on the condition, already evaluated, is known to hold, or not to.
    pub(super) fn assume(&mut self, condition: &'a Expr, holds: bool) {
        match &condition.kind {
            ExprKind::Paren(inner) => self.assume(inner, holds),
            ExprKind::Unary { op: UnaryOp::Not, operand, .. } => self.assume(operand, !holds),
            ExprKind::Binary { op, left, right, .. } => self.assume_binary(*op, left, right, holds),
            ExprKind::Name(_) | ExprKind::Member { .. } | ExprKind::Index { .. } => {
                if holds {
                    self.assume_wholes_there(condition);
                }
                self.refine(condition, |checker, value| match holds {
                    true => checker.truthy(value),
                    false => checker.falsy(value),
                });
            }
            ExprKind::Call { callee, arguments } => self.assume_call(callee, arguments, holds),
            _ => {}
        }
    }

    fn assume_binary(&mut self, op: BinaryOp, left: &'a Expr, right: &'a Expr, holds: bool) {
        use BinaryOp::*;
        match (op, holds) {
            (And, true) | (Or, false) => {
                self.assume(left, holds);
                self.assume(right, holds);
            }
            // Where `a && b` fails, a fails or a holds and b fails.
            (And, false) | (Or, true) => {
                let before = self.frame().state.clone();
                self.assume(left, holds);
                let first = std::mem::replace(self.state(), before);
                self.assume(left, !holds);
                self.assume(right, holds);
                let second = self.frame().state.clone();
                *self.state() = first.join(second, &mut self.types);
            }
            (Eq | StrictEq | ConfEq, _) => self.assume_equal(left, right, holds),
            (Ne | StrictNe | ConfNe, _) => self.assume_equal(left, right, !holds),
            (Lt | Le | Gt | Ge | ConfLt | ConfLe | ConfGe, _) => self.assume_order(op, left, right, holds),
            (InstanceOf, _) => {
                if let ExprKind::String(kind) = &strip(right).kind {
                    self.assume_kind(left, kind, holds);
                }
            }
            (In, true) => {
                if let Some(key) = literal_key(left) {
                    self.assume_key(right, key);
                }
            }
            _ => {}
        }
    }

    /// `a == b`: null, a kind's name, a value of an enum.
    fn assume_equal(&mut self, left: &'a Expr, right: &'a Expr, equal: bool) {
        let (left, right) = (strip(left), strip(right));
        for (one, other) in [(left, right), (right, left)] {
            match &other.kind {
                ExprKind::Null => return self.assume_null(one, equal),
                ExprKind::String(text) => {
                    if let ExprKind::Unary { op: UnaryOp::TypeOf, operand, .. } = &one.kind {
                        return self.assume_kind(operand, text, equal);
                    }
                    let literal = Literal::String(text.clone());
                    return self.assume_literal(one, &literal, equal);
                }
                ExprKind::Number(value) if confidence_of(one).is_none() => {
                    let literal = Literal::Number((value + 0.0).to_bits());
                    return self.assume_literal(one, &literal, equal);
                }
                _ => {}
            }
        }
    }

    /// The value is null, or is not.
    pub(super) fn assume_null(&mut self, expr: &'a Expr, null: bool) {
        if !null {
            self.assume_wholes_there(expr);
        }
        self.refine(expr, |checker, value| match null {
            true => checker.only(value, |_, ty| ty == Ty::NULL),
            false => checker.without_null(value),
        });
    }

    /// A member that is there was taken of something that is not null: `a?.b` tells of `a`.
    fn assume_wholes_there(&mut self, expr: &'a Expr) {
        if let ExprKind::Member { object, access, .. } = &expr.kind {
            self.assume_wholes_there(object);
            if *access != Access::Plain {
                self.refine(object, |checker, value| checker.without_null(value));
            }
        }
    }

    fn assume_literal(&mut self, expr: &'a Expr, literal: &Literal, equal: bool) {
        let kind = literal.kind();
        self.refine(expr, |checker, value| {
            checker.only(value, |types, ty| match (types.get(ty), equal) {
                (Data::Literal(one), true) if one.kind() == kind => one == literal,
                (Data::Literal(one), false) => one != literal,
                // What is equal by `==` need not be of one type, null is equal to nothing else.
                (Data::Null, true) => false,
                _ => true,
            })
        });
    }

    /// `typeof x == "kind"`, `x instanceof "kind"`, `isKind(x)`. The kind of a task is not its result's.
    fn assume_kind(&mut self, expr: &'a Expr, kind: &str, holds: bool) {
        let kind = if kind == "undefined" { "null" } else { kind };
        let Some(kind) = KindSet::named(kind) else { return };
        self.refine_path(expr, false, |checker, value| {
            if checker.types.may_be(value.ty, KindSet::TASK) && !checker.types.has_any(value.ty) {
                return value;
            }
            if holds && checker.types.has_any(value.ty) {
                let known = match kind {
                    KindSet::STRING => Ty::STRING,
                    KindSet::NUMBER => Ty::NUMBER,
                    KindSet::BOOLEAN => Ty::BOOLEAN,
                    KindSet::NULL => Ty::NULL,
                    KindSet::ERROR => Ty::ERROR,
                    KindSet::AGENT => Ty::AGENT,
                    KindSet::ARRAY => checker.types.list(Value::ANY),
                    KindSet::OBJECT => Ty::OBJECT,
                    KindSet::FUNCTION => Ty::FUNCTION,
                    _ => Ty::ANY,
                };
                return value.with_ty(known);
            }
            match holds {
                true => checker.only(value, |types, ty| types.may_be(ty, kind)),
                false => checker.only(value, |types, ty| !kind.contains(types.kinds(ty)) || ty == Ty::ANY),
            }
        });
    }

    /// `isNumber(x)` and the like, `confident(x)`, `has(o, "k")`.
    fn assume_call(&mut self, callee: &'a Expr, arguments: &'a [Argument], holds: bool) {
        let ExprKind::Name(name) = &callee.kind else { return };
        let Binding::Library(_) = self.resolution().binding(callee.id) else { return };
        let [Argument::Positional(subject), rest @ ..] = arguments else { return };
        match (name.as_str(), rest) {
            ("confident", []) => self.refine_whole(subject, |_, value| {
                let confidence = match holds {
                    true => value.confidence.without_plain(),
                    false => value.confidence.meet(Interval::PLAIN),
                };
                if confidence.is_empty() { Value::NEVER } else { value.with_confidence(confidence) }
            }),
            ("has", [Argument::Positional(key)]) if holds => {
                if let Some(key) = literal_key(key) {
                    self.assume_key(subject, key);
                }
            }
            (name, []) => {
                if let Some(kind) = name.strip_prefix("is") {
                    self.assume_kind(subject, &kind.to_lowercase(), holds);
                }
            }
            _ => {}
        }
    }

    /// The object has the key.
    fn assume_key(&mut self, object: &'a Expr, key: &str) {
        self.refine(object, |checker, value| {
            let value = checker.only(value, |types, ty| match types.get(ty) {
                Data::Shape(fields) => fields.iter().any(|field| field.name == key),
                _ => true,
            });
            let mut ty = Ty::NEVER;
            for member in checker.types.members(value.ty) {
                let there = match checker.types.get(member).clone() {
                    Data::Shape(fields) => {
                        let field =
                            |field: &Field| Field { optional: field.optional && field.name != key, ..field.clone() };
                        let fields = fields.iter().map(field).collect();
                        checker.types.shape(fields)
                    }
                    _ => member,
                };
                ty = checker.types.join(ty, there);
            }
            Value { ty, ..value }
        });
    }

    /// `(<~ x) >= 0.8` and its kin.
    fn assume_order(&mut self, op: BinaryOp, left: &'a Expr, right: &'a Expr, holds: bool) {
        use BinaryOp::*;
        let flipped = |op| match op {
            Lt | ConfLt => Gt,
            Le | ConfLe => Ge,
            Gt => Lt,
            _ => Le,
        };
        let plain = |op| match op {
            ConfLt => Lt,
            ConfLe => Le,
            ConfGe => Ge,
            op => op,
        };
        let (subject, number, op) = match (confidence_of(left), confidence_of(right)) {
            (Some(subject), None) => (subject, right, plain(op)),
            (None, Some(subject)) => (subject, left, flipped(op)),
            _ => return,
        };
        let Some(bound) = self.resolution().known_number(number).filter(|bound| !bound.is_nan()) else { return };
        let op = match (op, holds) {
            (op, true) => op,
            (Lt, false) => Ge,
            (Le, false) => Gt,
            (Gt, false) => Le,
            (_, false) => Lt,
        };
        self.refine_whole(subject, |_, value| {
            let confidence = match op {
                Lt => value.confidence.below(bound),
                Le => value.confidence.at_most(bound),
                Gt => value.confidence.above(bound),
                _ => value.confidence.at_least(bound),
            };
            if confidence.is_empty() { Value::NEVER } else { Value { confidence, ..value } }
        });
    }

    /// The confidence of a value is known to be among these.
    pub(super) fn assume_confidence(&mut self, expr: &'a Expr, among: impl Fn(Interval) -> Interval) {
        let subject = strip(expr);
        self.refine_whole(subject, |_, value| {
            let confidence = among(value.confidence);
            if confidence.is_empty() { Value::NEVER } else { Value { confidence, ..value } }
        });
    }

    /// The members of a value's type for which `keep` holds.
    fn only(&mut self, value: Value, keep: impl Fn(&super::ty::Types, Ty) -> bool) -> Value {
        let value = self.settled(value);
        let ty = self.types.filter(value.ty, |types, ty| ty == Ty::ANY || keep(types, ty));
        match ty {
            Ty::NEVER => Value::NEVER,
            ty if self.types.may_be(ty, KindSet::NULL) => Value { ty, ..value },
            ty => Value { ty, confidence: value.confidence_if_there(), shut: false, ..value },
        }
    }

    /// Replaces what is known of the value that a path leads to, of which `narrow` takes the type only: the confidence of
    /// a part is not yet that of the path.
    fn refine(&mut self, path: &'a Expr, narrow: impl Fn(&mut Self, Value) -> Value) {
        self.refine_path(path, false, |checker, value| checker.narrowed(value, &narrow));
    }

    /// The same where the confidence counts: of a part of what is confident itself, it tells nothing.
    pub(super) fn refine_whole(&mut self, path: &'a Expr, narrow: impl Fn(&mut Self, Value) -> Value) {
        self.refine_path(path, true, |checker, value| checker.narrowed(value, &narrow));
    }

    /// What is narrowed of a task is its result: a condition waits for it, but the variable still holds the task.
    fn narrowed(&mut self, held: Value, narrow: impl Fn(&mut Self, Value) -> Value) -> Value {
        if !self.types.may_be(held.ty, KindSet::TASK) || self.types.has_any(held.ty) {
            return narrow(self, held);
        }
        let mut left = Value::NEVER;
        for ty in self.types.members(held.ty) {
            let one = match *self.types.get(ty) {
                Data::Task(result) => match narrow(self, result.times(held)) {
                    result if result.is_never() => Value::NEVER,
                    result => Value::plain(self.types.task(result)),
                },
                _ => narrow(self, held.with_ty(ty)),
            };
            left = self.types.join_values(left, one);
        }
        left
    }

    fn refine_path(&mut self, path: &'a Expr, confident: bool, narrow: impl Fn(&mut Self, Value) -> Value) {
        let mut keys: SmallVec<[&'a str; 4]> = SmallVec::new();
        let mut expr = strip(path);
        loop {
            match &expr.kind {
                ExprKind::Name(_) => break,
                ExprKind::Member { object, name, .. } => {
                    keys.push(&name.name);
                    expr = strip(object);
                }
                ExprKind::Index { object, index } => {
                    let Some(key) = literal_key(index) else { return };
                    keys.push(key);
                    expr = strip(object);
                }
                _ => return,
            }
        }
        let place = match self.resolution().binding(expr.id) {
            Binding::Host(HostName::Input) => INPUT,
            Binding::Variable(variable) => match self.own_place(variable) {
                Some(place) => place,
                None => return,
            },
            _ => return,
        };
        keys.reverse();
        let slot = self.frame().state.get(place);
        let value = match keys.as_slice() {
            [] => narrow(self, slot.value),
            keys => self.narrowed(slot.value, |checker, whole| checker.refine_member(whole, keys, confident, &narrow)),
        };
        // Where no value is left, nothing gets here.
        self.state().dead |= value.is_never() && !slot.value.is_never();
        self.state().set(place, Slot { value, ..slot });
    }

    fn refine_member(
        &mut self,
        whole: Value,
        keys: &[&str],
        confident: bool,
        narrow: &impl Fn(&mut Self, Value) -> Value,
    ) -> Value {
        let Some((key, rest)) = keys.split_first() else { return narrow(self, whole) };
        if confident && whole.confidence.may_be_confident() {
            return whole;
        }
        // A union is narrowed only where it comes to leaving members out: each would need its own `narrow`.
        let mut there = self.types.members(whole.ty).filter(|ty| *ty != Ty::NULL);
        let (Some(only), None) = (there.next(), there.next()) else { return whole };
        let Data::Shape(fields) = self.types.get(only) else { return whole };
        let fields = Rc::clone(fields);
        let Some(at) = fields.iter().position(|field| field.name == *key) else { return whole };
        let old = self.field_value(&fields[at]);
        let value = self.refine_member(old, rest, confident, narrow);
        if value.is_never() {
            // Through `?.` null is still possible.
            return self.only(whole, |_, ty| ty == Ty::NULL);
        }
        let optional = fields[at].optional && self.types.may_be(value.ty, KindSet::NULL);
        if value == old && optional == fields[at].optional {
            return whole;
        }
        let mut fields = fields.to_vec();
        (fields[at].value, fields[at].optional) = (value, optional);
        let shape = self.types.shape(fields);
        let ty = if only == whole.ty { shape } else { self.types.join(shape, Ty::NULL) };
        Value { ty, ..whole }
    }
}

/// What stands in parentheses.
pub(super) fn strip(expr: &Expr) -> &Expr {
    match &expr.kind {
        ExprKind::Paren(inner) => strip(inner),
        _ => expr,
    }
}

/// The x of `<~ x` or `~x`.
fn confidence_of(expr: &Expr) -> Option<&Expr> {
    match &strip(expr).kind {
        ExprKind::Unary { op: UnaryOp::ConfidenceOf | UnaryOp::Tilde, operand, .. } => Some(strip(operand)),
        _ => None,
    }
}
