//! Destructuring and `match` (§7): what the names of a pattern are bound to, and which values an arm leaves.

use super::Checker;
use super::access::Found;
use super::confident::PatternGate;
use super::faults;
use super::ty::{Data, Field, Literal, Ty};
use super::value::Value;
use crate::ast::*;
use prism_bytecode::KindSet;
use prism_diagnostics::Span;

/// Why a pattern is gone through.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum How {
    /// Its names are declared.
    Declare,
    /// Its names are assigned.
    Assign,
    /// It is an arm's, and fits.
    Match,
}

impl<'a> Checker<'a> {
    /// Binds the names of a parameter.
    pub(super) fn declare_pattern(&mut self, pattern: &'a Pattern, value: Value) {
        self.destructure(pattern, value, How::Declare);
    }

    /// Gives the names of a pattern their parts of a value; tells whether a threshold may stop one.
    pub(super) fn destructure(&mut self, pattern: &'a Pattern, value: Value, how: How) -> bool {
        self.destructure_under(pattern, value, how, &mut None)
    }

    /// The same inside a pattern whose threshold covers all parts that have none of their own.
    fn destructure_under(
        &mut self,
        pattern: &'a Pattern,
        value: Value,
        how: How,
        around: &mut Option<PatternGate>,
    ) -> bool {
        let mut own = pattern.threshold.as_ref().map(|threshold| self.pattern_gate(threshold));
        let gate = if own.is_some() { &mut own } else { around };
        let mut value = value;
        if let Some(gate) = gate
            && !matches!(pattern.kind, PatternKind::Wildcard)
        {
            value = self.settled(value);
            value = self.through(value, gate, matches!(pattern.kind, PatternKind::Name(_)), how == How::Match);
        }
        let covered = gate.is_some();
        let mut stops = false;
        match &pattern.kind {
            PatternKind::Wildcard | PatternKind::Literal(_) | PatternKind::Error => {}
            PatternKind::Name(ident) => self.bind_name(ident, value),
            PatternKind::Array { elements, rest } => {
                let whole = self.opened(pattern, value, KindSet::ARRAY, covered, how);
                for (at, element) in elements.iter().enumerate() {
                    if let Some(part) = element {
                        let value = self.element_part(whole, at as u32);
                        stops |= self.destructure_part(part, value, whole, how, gate);
                    }
                }
                if let Some(rest) = rest {
                    let value = self.rest_of_array(whole, elements.len() as u32, gate.as_ref());
                    stops |= self.destructure(rest, value, how);
                }
            }
            PatternKind::Object { fields, rest } => {
                let kinds = KindSet::OBJECT.union(KindSet::ERROR).union(KindSet::AGENT);
                let whole = self.opened(pattern, value, kinds, covered, how);
                for field in fields {
                    let value = self.field_part(whole, field, how);
                    stops |= self.destructure_part(&field.part, value, whole, how, gate);
                }
                if let Some(rest) = rest {
                    let value = self.rest_of_object(whole, fields, covered);
                    stops |= self.destructure(rest, value, how);
                }
            }
        }
        if let Some(own) = own {
            self.judge_pattern(&own, pattern.span);
            stops |= own.stops;
        }
        stops
    }

    /// A name gets a value.
    pub(super) fn bind_name(&mut self, ident: &'a Ident, value: Value) {
        let Some(variable) = self.resolution().variable_at(ident.id) else { return };
        self.write_variable(variable, value);
        if self.resolution().variable(variable).declared == ident.span {
            self.note_declared(ident, value);
        }
    }

    /// A value that is taken apart; it may be null only where a threshold may have stopped it.
    fn opened(&mut self, pattern: &Pattern, value: Value, kinds: KindSet, covered: bool, how: How) -> Value {
        let value = self.settled(value);
        if how == How::Match || value.is_never() {
            return value;
        }
        let allowed = if covered { kinds.union(KindSet::NULL) } else { kinds };
        if !self.types.may_be(value.ty, allowed) {
            let shown = self.show(value.ty);
            let what = if kinds == KindSet::ARRAY { "an array" } else { "an object" };
            self.mismatch(faults::not_destructurable(pattern.span, &shown, what));
            return Value::ANY;
        }
        value
    }

    /// A part, once it is there, or its default.
    fn destructure_part(
        &mut self,
        part: &'a PatternPart,
        (value, missing): (Value, Missing),
        whole: Value,
        how: How,
        gate: &mut Option<PatternGate>,
    ) -> bool {
        let mut value = value;
        match &part.default {
            Some(default) if missing != Missing::Never => {
                let before = self.frame().state.clone();
                let other = self.infer(default).stored();
                let after = self.frame().state.clone();
                let other = if after.dead { Value::NEVER } else { other };
                value = match missing {
                    Missing::Always => other,
                    _ => {
                        *self.state() = before.join(after, &mut self.types);
                        self.types.join_values(value, other)
                    }
                };
            }
            _ => {}
        }
        if part.default.is_none() && missing == Missing::Maybe {
            value = self.types.join_values(value, Value::NULL.times(whole));
        }
        self.destructure_under(&part.pattern, value, how, gate)
    }

    /// Element `at` of what is taken apart, and whether there may be none.
    fn element_part(&mut self, whole: Value, at: u32) -> (Value, Missing) {
        let (mut sum, mut missing) = (Value::NEVER, None::<Missing>);
        for ty in self.types.members(whole.ty) {
            let (value, one) = match self.types.get(ty) {
                Data::Array { element, least, .. } if at < *least => (*element, Missing::Never),
                Data::Array { most: Some(most), .. } if at >= *most => (Value::NULL, Missing::Always),
                Data::Array { element, .. } => (*element, Missing::Maybe),
                Data::Any => (Value::ANY, Missing::Maybe),
                Data::Null => (Value::NULL, Missing::Never),
                _ => continue,
            };
            sum = self.types.join_values(sum, value);
            missing = Some(missing.map_or(one, |missing| missing.or(one)));
        }
        (sum.times(whole), missing.unwrap_or(Missing::Never))
    }

    fn rest_of_array(&mut self, whole: Value, from: u32, gate: Option<&PatternGate>) -> Value {
        let (mut ty, mut found) = (Ty::NEVER, false);
        for member in self.types.members(whole.ty) {
            let one = match self.types.get(member).clone() {
                Data::Array { element, least, most } => {
                    let most = most.map(|most| most.saturating_sub(from));
                    let element = element.times(whole);
                    match gate {
                        Some(gate) => {
                            let confidence = element.confidence.at_least(gate.lo);
                            let kept = Value { confidence, ..element };
                            self.types.array(if confidence.is_empty() { Value::NEVER } else { kept }, 0, most)
                        }
                        None => self.types.array(element, least.saturating_sub(from), most),
                    }
                }
                Data::Any => {
                    let list = self.types.list(Value::ANY);
                    if gate.is_some() { self.types.join(list, Ty::NULL) } else { list }
                }
                Data::Null => Ty::NULL,
                _ => continue,
            };
            found = true;
            ty = self.types.join(ty, one);
        }
        if found { Value::plain(ty) } else { Value::NEVER }
    }

    /// A keyed part of what is taken apart, and whether it may be missing.
    fn field_part(&mut self, whole: Value, field: &'a PatternField, how: How) -> (Value, Missing) {
        let (mut sum, mut missing, mut has) = (Value::NEVER, None::<Missing>, false);
        for ty in self.types.members(whole.ty) {
            let (value, one) = match self.types.get(ty).clone() {
                Data::Shape(fields) => match fields.iter().find(|one| one.name == field.key.name) {
                    Some(one) if one.optional => (one.value, Missing::Maybe),
                    Some(one) => (one.value, Missing::Never),
                    None => (Value::NULL, Missing::Always),
                },
                Data::Any | Data::Object => (Value::ANY, Missing::Maybe),
                Data::Null => (Value::NULL, Missing::Never),
                Data::Error | Data::Agent | Data::Namespace(_) | Data::Library(_) => {
                    match self.find_member(ty, &field.key.name) {
                        Found::Value(value) => (value, Missing::Never),
                        Found::Nothing | Found::Fails => (Value::NULL, Missing::Always),
                    }
                }
                _ => continue,
            };
            has |= one != Missing::Always;
            sum = self.types.join_values(sum, value);
            missing = Some(missing.map_or(one, |missing| missing.or(one)));
        }
        if missing.is_some() && !has && field.part.default.is_none() && how != How::Match {
            let shown = self.show(whole.ty);
            self.say(faults::missing_property(field.key.span, &field.key.name, &shown, None));
            return (Value::ANY, Missing::Never);
        }
        (sum.times(whole), missing.unwrap_or(Missing::Never))
    }

    fn rest_of_object(&mut self, whole: Value, taken: &[PatternField], covered: bool) -> Value {
        match self.types.get(whole.ty).clone() {
            Data::Shape(fields) if !covered => {
                let left = |field: &&Field| !taken.iter().any(|taken| taken.key.name == field.name);
                let fields =
                    fields.iter().filter(left).map(|field| Field { value: field.value.times(whole), ..field.clone() });
                let fields = fields.collect();
                Value::plain(self.types.shape(fields))
            }
            Data::Never => Value::NEVER,
            Data::Null => Value::NULL,
            _ => {
                self.types.escape(whole.ty);
                let null = covered && self.types.may_be(whole.ty, KindSet::NULL);
                Value::plain(if null { self.types.join(Ty::OBJECT, Ty::NULL) } else { Ty::OBJECT })
            }
        }
    }

    /// `match v { … }`.
    #[inline(never)]
    pub(super) fn match_arms(&mut self, subject: &'a Expr, arms: &'a [Arm], span: Span) -> Value {
        let whole = self.infer_settled(subject);
        let mut left = Left { value: whole, saw_true: false, saw_false: false };
        let mut entry = self.frame().state.clone();
        let (mut result, mut after) = (Value::NEVER, entry.nowhere());
        for arm in arms {
            *self.state() = entry.clone();
            let fits = self.fitting(&arm.pattern, left.value);
            self.state().dead |= fits.is_never() && !whole.is_never();
            let stops = self.destructure(&arm.pattern, fits, How::Match);
            let sure = arm.guard.is_none() && !stops;
            self.narrow_subject(subject, &arm.pattern, fits);
            if let Some(guard) = &arm.guard {
                self.infer(guard);
                // The next arm comes behind a guard that does not hold.
                let tested = self.frame().state.clone();
                entry = entry.join(tested, &mut self.types);
                self.assume(guard, true);
            }
            let value = self.run_body(&arm.body);
            let state = self.frame().state.clone();
            if !state.dead {
                result = self.types.join_values(result, value);
            }
            after = after.join(state, &mut self.types);
            if sure {
                self.cover(&mut left, &arm.pattern);
            }
        }
        let falls_through = !left.value.is_never();
        if falls_through {
            self.judge_match(whole, &left, span);
            result = self.types.join_values(result, Value::NULL);
            after = after.join(entry, &mut self.types);
        }
        *self.state() = after;
        result
    }

    /// What is matched is narrowed, too, where it is a name.
    fn narrow_subject(&mut self, subject: &'a Expr, pattern: &Pattern, fits: Value) {
        if !matches!(pattern.kind, PatternKind::Name(_) | PatternKind::Wildcard) {
            self.refine_whole(subject, |_, _| fits);
        }
    }

    /// The part of a value that a pattern can fit.
    fn fitting(&mut self, pattern: &Pattern, value: Value) -> Value {
        let ty = match &pattern.kind {
            PatternKind::Name(_) | PatternKind::Wildcard | PatternKind::Error => return value,
            PatternKind::Literal(literal) => {
                let kind = literal_type(literal);
                self.types.filter(value.ty, |types, ty| match (types.get(ty), &kind) {
                    (Data::Any, _) => true,
                    (Data::Literal(one), Some(Ok(other))) => one == other,
                    (_, Some(Ok(other))) => types.may_be(ty, other.kind()),
                    (_, Some(Err(()))) => ty == Ty::NULL,
                    (_, None) => true,
                })
            }
            PatternKind::Array { elements, rest } => {
                let (count, open) = (elements.len() as u32, rest.is_some());
                self.types.filter(value.ty, |types, ty| match types.get(ty) {
                    Data::Any => true,
                    Data::Array { least, most, .. } => {
                        most.is_none_or(|most| most >= count) && (open || *least <= count)
                    }
                    _ => false,
                })
            }
            PatternKind::Object { fields, .. } => self.types.filter(value.ty, |types, ty| match types.get(ty) {
                Data::Shape(known) => fields
                    .iter()
                    .all(|field| field.part.default.is_some() || known.iter().any(|one| one.name == field.key.name)),
                _ => types.may_be(ty, KindSet::OBJECT.union(KindSet::ERROR).union(KindSet::AGENT)),
            }),
        };
        if ty == Ty::NEVER { Value::NEVER } else { Value { ty, ..value } }
    }

    /// Takes from what is left what an arm always takes.
    fn cover(&mut self, left: &mut Left, pattern: &Pattern) {
        let value = left.value;
        if let PatternKind::Literal(literal) = &pattern.kind
            && let ExprKind::Bool(truth) = literal.kind
        {
            left.saw_true |= truth;
            left.saw_false |= !truth;
        }
        let both = left.saw_true && left.saw_false;
        let ty = self.types.filter(value.ty, |types, ty| {
            let boolean = both && matches!(types.get(ty), Data::Boolean | Data::Literal(Literal::Bool(_)));
            !(boolean || covers(types, pattern, ty))
        });
        left.value = match (ty, value.ty) {
            (Ty::NEVER, _) => Value::NEVER,
            (ty, old) if ty == old => value,
            (ty, _) if self.types.may_be(ty, KindSet::NULL) => Value { ty, ..value },
            (ty, _) => Value { ty, confidence: value.confidence_if_there(), shut: false, ..value },
        };
    }

    /// Says which cases of a known union or boolean a `match` misses.
    fn judge_match(&mut self, whole: Value, left: &Left, span: Span) {
        let known = matches!(self.types.get(whole.ty), Data::Union(_) | Data::Boolean | Data::Literal(_));
        if !known || self.types.has_any(whole.ty) {
            return;
        }
        let mut missing = Vec::new();
        for ty in self.types.members(left.value.ty) {
            match self.types.get(ty) {
                Data::Boolean if left.saw_true => missing.push("false".to_owned()),
                Data::Boolean if left.saw_false => missing.push("true".to_owned()),
                Data::Boolean => missing.extend(["true".to_owned(), "false".to_owned()]),
                _ => missing.push(self.show(ty)),
            }
        }
        self.say(faults::non_exhaustive(span, &missing));
    }
}

/// Whether a part is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Missing {
    Never,
    Maybe,
    Always,
}

impl Missing {
    fn or(self, other: Missing) -> Missing {
        if self == other { self } else { Missing::Maybe }
    }
}

/// What no arm of a `match` has taken so far.
struct Left {
    value: Value,
    saw_true: bool,
    saw_false: bool,
}

/// The literal of a pattern; `Err` for null.
fn literal_type(literal: &Expr) -> Option<Result<Literal, ()>> {
    Some(match &literal.kind {
        ExprKind::Null => Err(()),
        ExprKind::Bool(value) => Ok(Literal::Bool(*value)),
        ExprKind::String(text) => Ok(Literal::String(text.clone())),
        _ => Ok(Literal::Number((crate::resolve::known::literal(literal)? + 0.0).to_bits())),
    })
}

/// Whether a pattern without a threshold of its own fits every value of a type.
fn covers(types: &super::ty::Types, pattern: &Pattern, ty: Ty) -> bool {
    let part = |part: &PatternPart, ty: Ty| {
        part.pattern.threshold.is_none() && types.members(ty).all(|ty| covers(types, &part.pattern, ty))
    };
    match &pattern.kind {
        PatternKind::Name(_) | PatternKind::Wildcard | PatternKind::Error => true,
        PatternKind::Literal(literal) => match (literal_type(literal), types.get(ty)) {
            (Some(Ok(one)), Data::Literal(other)) => one == *other,
            (Some(Err(())), Data::Null) => true,
            _ => false,
        },
        PatternKind::Array { elements, rest } => match types.get(ty) {
            Data::Array { element, least, most } => {
                let count = elements.len() as u32;
                *least >= count
                    && (rest.is_some() || *most == Some(count))
                    && elements.iter().flatten().all(|one| part(one, element.ty))
            }
            _ => false,
        },
        PatternKind::Object { fields, .. } => match types.get(ty) {
            Data::Object => fields.is_empty(),
            Data::Shape(known) => {
                fields.iter().all(|field| match known.iter().find(|one| one.name == field.key.name) {
                    Some(one) if !one.optional || field.part.default.is_some() => part(&field.part, one.value.ty),
                    Some(_) => false,
                    None => field.part.default.is_some(),
                })
            }
            _ => false,
        },
    }
}
