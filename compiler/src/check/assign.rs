//! Assignments, also to parts of variables, and the methods that change the array they are called on (§4, L2).

use super::Checker;
use super::access::literal_key;
use super::faults;
use super::functions::Arguments;
use super::pattern::How;
use super::ty::{Data, Field, Ty};
use super::value::Value;
use crate::ast::*;
use crate::resolve::{VariableId, VariableKind};
use prism_bytecode::{KindSet, Mutator};
use prism_diagnostics::Span;

/// A step from a container to its part.
struct Step<'a> {
    key: Key<'a>,
    span: Span,
}

enum Key<'a> {
    Name(&'a str),
    /// What is known of an index.
    Index(Value),
}

/// A variable, and the way to a part of it.
pub(super) struct Place<'a> {
    variable: VariableId,
    root: &'a Expr,
    steps: Vec<Step<'a>>,
}

/// What becomes of the part at the end of a way; where the way leads through a union, of each.
struct Change {
    /// What the parts were.
    old: Value,
    /// What they become; nothing while they are only looked at.
    new: Option<Value>,
    /// Where the way ends, and at what.
    failed: Option<(Span, String)>,
}

impl<'a> Checker<'a> {
    /// `target = value` and the compound forms: the value assigned.
    #[inline(never)]
    pub(super) fn assign(&mut self, target: &'a Target, op: AssignOp, value: &'a Expr) -> Value {
        let place = match target {
            Target::Pattern(pattern) => {
                let value = self.infer(value);
                self.destructure(pattern, value.stored(), How::Assign);
                return value;
            }
            Target::Place(place) => place,
        };
        let Some(path) = self.place_of(place) else {
            self.infer(place);
            return self.infer(value);
        };
        let Some(binary) = op.binary() else {
            let value = self.infer(value).stored();
            self.store(&path, |_, _| value);
            self.note_first(place, value);
            return value;
        };
        let span = place.span.to(value.span);
        if path.steps.is_empty() {
            let old = self.infer_settled(place);
            let operand = self.infer_settled(value);
            let new = self.operate(binary, old, operand, span).stored();
            self.store(&path, |_, _| new);
            return new;
        }
        let operand = self.infer_settled(value);
        let mut result = Value::ANY;
        self.store(&path, |checker, old| {
            let old = checker.settled(old);
            result = checker.operate(binary, old, operand, span).stored();
            result
        });
        result
    }

    /// `n++` and the like.
    #[inline(never)]
    pub(super) fn step(&mut self, target: &'a Expr, increment: bool) -> Value {
        let (one, op) = (Value::number(1.0), if increment { BinaryOp::Add } else { BinaryOp::Sub });
        let Some(path) = self.place_of(target) else { return self.infer(target) };
        if path.steps.is_empty() {
            let old = self.infer_settled(target);
            let new = self.operate(op, old, one, target.span).stored();
            self.store(&path, |_, _| new);
            return new;
        }
        let mut result = Value::ANY;
        self.store(&path, |checker, old| {
            let old = checker.settled(old);
            result = checker.operate(op, old, one, target.span).stored();
            result
        });
        result
    }

    /// Notes what a name is that this assignment declares.
    fn note_first(&mut self, place: &'a Expr, value: Value) {
        if let ExprKind::Name(name) = &place.kind
            && let Some(variable) = self.resolution().variable_at(place.id)
            && self.resolution().variable(variable).declared == place.span
        {
            self.note_assigned(name, place.span, value);
        }
    }

    /// The variable and the way that an expression names; its indexes are evaluated.
    fn place_of(&mut self, expr: &'a Expr) -> Option<Place<'a>> {
        match &expr.kind {
            ExprKind::Name(_) => {
                let variable = self.resolution().variable_at(expr.id)?;
                Some(Place { variable, root: expr, steps: Vec::new() })
            }
            ExprKind::Member { object, name, .. } => {
                let mut place = self.place_of(object)?;
                place.steps.push(Step { key: Key::Name(&name.name), span: expr.span });
                Some(place)
            }
            ExprKind::Index { object, index } => {
                let mut place = self.place_of(object)?;
                let at = self.infer_settled(index);
                let key = literal_key(index).map_or(Key::Index(at), Key::Name);
                place.steps.push(Step { key, span: expr.span });
                Some(place)
            }
            _ => None,
        }
    }

    /// Stores in a place what `new` makes of what is there.
    fn store(&mut self, place: &Place<'a>, new: impl FnOnce(&mut Self, Value) -> Value) {
        let value = if place.steps.is_empty() {
            let old = self.read_variable(place.variable);
            new(self, old)
        } else {
            self.look_at_root(place);
            let old = self.read_variable(place.variable);
            let old = self.settled(old);
            let mut change = Change { old: Value::NEVER, new: None, failed: None };
            let leads = self.update(old, &place.steps, &mut change).is_some();
            if !leads && let Some((at, shown)) = change.failed.take() {
                self.mismatch(faults::not_a_container(at, &shown));
            }
            let part = if leads { change.old } else { Value::ANY };
            change.new = Some(new(self, part));
            self.update(old, &place.steps, &mut change).unwrap_or(Value::ANY)
        };
        // A function's name keeps its function; what a constant holds changes with its parts.
        if self.resolution().variable(place.variable).kind != VariableKind::Function {
            self.write_variable(place.variable, value.stored());
        }
    }

    fn look_at_root(&mut self, place: &Place<'a>) {
        self.look_at_assigned(place.variable, place.root);
    }

    /// The container with the part at the end of the way replaced; `None` where that certainly fails.
    fn update(&mut self, whole: Value, steps: &[Step<'a>], change: &mut Change) -> Option<Value> {
        let Some((step, rest)) = steps.split_first() else {
            change.old = self.types.join_values(change.old, whole);
            return Some(change.new.unwrap_or(whole));
        };
        let whole = self.settled(whole);
        if whole.is_never() {
            return Some(whole);
        }
        let mut ty: Option<Ty> = None;
        for member in self.types.members(whole.ty) {
            let after = match (self.types.get(member).clone(), &step.key) {
                (Data::Shape(fields), Key::Name(name)) => self.update_field(&fields, name, rest, change),
                (Data::Shape(_) | Data::Object, _) => self.update_open(member, Ty::OBJECT, rest, change),
                (Data::Any, _) => self.update_open(member, Ty::ANY, rest, change),
                (Data::Array { element, least, most }, Key::Index(at)) => {
                    self.update_element(element, (least, most), *at, rest, change)
                }
                _ => None,
            };
            if let Some(after) = after {
                ty = Some(ty.map_or(after, |ty| self.types.join(ty, after)));
            }
        }
        match ty {
            Some(ty) => Some(Value { ty, shut: false, ..whole.stored() }),
            None => {
                let shown = self.show(whole.ty);
                change.failed.get_or_insert((step.span, shown));
                None
            }
        }
    }

    /// A container of which nothing is known, before or afterwards.
    fn update_open(&mut self, member: Ty, after: Ty, rest: &[Step<'a>], change: &mut Change) -> Option<Ty> {
        self.types.escape(member);
        let value = self.update(Value::ANY, rest, change)?;
        self.types.escape(value.ty);
        Some(after)
    }

    fn update_field(&mut self, fields: &[Field], name: &str, rest: &[Step<'a>], change: &mut Change) -> Option<Ty> {
        let mut fields = fields.to_vec();
        let place = fields.iter().position(|field| field.name == name);
        let old = match place {
            Some(place) => self.field_value(&fields[place].clone()),
            None => Value::NULL,
        };
        let value = self.update(old, rest, change)?.stored();
        match place {
            Some(place) => (fields[place].value, fields[place].optional) = (value, false),
            None => fields.push(Field { name: name.into(), value, optional: false }),
        }
        Some(self.types.shape(fields))
    }

    fn update_element(
        &mut self,
        element: Value,
        (least, most): (u32, Option<u32>),
        at: Value,
        rest: &[Step<'a>],
        change: &mut Change,
    ) -> Option<Ty> {
        let place = at.range().filter(|range| range.lo == range.hi && range.lo >= 0.0).map(|range| range.lo.floor());
        let inside = place.is_some_and(|place| place < f64::from(least));
        // A step into an element that is not there fails, so what goes on has one.
        let old = match inside || !rest.is_empty() {
            true => element,
            false => self.types.join_values(element, Value::NULL),
        };
        let value = self.update(old, rest, change)?;
        let element = self.types.join_values(element, value);
        let appends = most == Some(least) && place == Some(f64::from(least));
        let (least, most) = match (inside, appends) {
            (true, _) => (least, most),
            (_, true) => (least + 1, most.map(|most| most + 1)),
            _ => (least, most.map(|most| most + 1)),
        };
        Some(self.types.array(element, least, most))
    }

    /// The place whose array a mutating method called on `object` changes, if there is one.
    pub(super) fn mutated_place(&mut self, object: &'a Expr) -> Option<Place<'a>> {
        self.quiet += 1;
        let place = self.place_of(path_of(object));
        self.quiet -= 1;
        place
    }

    /// Changes the array in a place as the method does; gives the array after.
    pub(super) fn mutate(&mut self, place: &Place<'a>, mutator: Mutator, arguments: &Arguments<'a>) -> Value {
        let mut after = Value::ANY;
        self.quiet += 1;
        self.store(place, |checker, old| {
            let old = checker.settled(old);
            after = checker.array_after(old, mutator, arguments);
            after
        });
        self.quiet -= 1;
        after
    }

    /// An array after a mutating method.
    pub(super) fn array_after(&mut self, old: Value, mutator: Mutator, arguments: &Arguments<'a>) -> Value {
        let given = |from: usize| arguments.values.get(from..).unwrap_or_default();
        let stored = match mutator {
            Mutator::Push | Mutator::Unshift => given(0),
            Mutator::Splice => given(2),
            Mutator::Fill => given(0).get(..1).unwrap_or_default(),
            Mutator::Pop | Mutator::Shift | Mutator::Sort | Mutator::Reverse => &[],
        };
        let mut added = Value::NEVER;
        for (value, _) in stored {
            added = self.types.join_values(added, value.stored());
        }
        let keeps = matches!(mutator, Mutator::Pop | Mutator::Shift | Mutator::Sort | Mutator::Reverse | Mutator::Fill);
        if let Some(rest) = arguments.rest
            && (!keeps || mutator == Mutator::Fill)
        {
            added = self.types.join_values(added, rest);
        }
        let (count, open) = (stored.len() as u32, arguments.rest.is_some());
        let mut ty = Ty::NEVER;
        for member in self.types.members(old.ty) {
            let after = match self.types.get(member).clone() {
                Data::Array { element, least, most } => {
                    let element = self.types.join_values(element, added);
                    let (least, most) = match mutator {
                        Mutator::Push | Mutator::Unshift => {
                            (least + count, most.filter(|_| !open).map(|most| most + count))
                        }
                        Mutator::Pop | Mutator::Shift => {
                            (least.saturating_sub(1), most.map(|most| most.saturating_sub(1)))
                        }
                        Mutator::Splice => (0, most.filter(|_| !open).map(|most| most + count)),
                        Mutator::Sort | Mutator::Reverse | Mutator::Fill => (least, most),
                    };
                    self.types.array(element, least, most)
                }
                Data::Any => {
                    self.types.escape(added.ty);
                    Ty::ANY
                }
                // On anything else the call fails or is another function.
                _ if self.types.may_be(member, KindSet::OBJECT) => member,
                _ => continue,
            };
            ty = self.types.join(ty, after);
        }
        Value { ty, shut: false, ..old.stored() }
    }
}

/// The path behind a chain of methods that change an array and give it.
fn path_of(object: &Expr) -> &Expr {
    match &object.kind {
        ExprKind::Call { callee, .. } => match &callee.kind {
            ExprKind::Member { object, name, .. } if Mutator::find(&name.name).is_some_and(Mutator::gives_array) => {
                path_of(object)
            }
            _ => object,
        },
        _ => object,
    }
}
