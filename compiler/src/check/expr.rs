//! Expressions: what each can be.

use super::faults;
use super::ty::{Data, Field, Ty};
use super::value::{Range, Value};
use super::{Checker, Shared};
use crate::ast::*;
use crate::resolve::{Binding, BodyId, VariableId, VariableKind};
use crate::stack::deeper;
use prism_bytecode::{HostName, KindSet};
use prism_diagnostics::Span;

impl<'a> Checker<'a> {
    /// What an expression can be. Whether it is a task is left open: whoever uses the value settles it.
    pub(super) fn infer(&mut self, expr: &'a Expr) -> Value {
        self.steps += 1;
        let mut value = if expr.kind.has_parts() { deeper(|| self.expression(expr)) } else { self.leaf(expr) };
        if let Data::Bounded(range) = self.types.get(value.ty) {
            value = value.with_range(value.range().or(Some(*range)));
        }
        value
    }

    /// What an expression can be once it is waited for.
    pub(super) fn infer_settled(&mut self, expr: &'a Expr) -> Value {
        let value = self.infer(expr);
        self.settled(value)
    }

    /// A value as an operation sees it: a task's result.
    #[inline]
    pub(super) fn settled(&mut self, value: Value) -> Value {
        if !self.types.may_be(value.ty, KindSet::TASK) || self.types.has_any(value.ty) {
            return value;
        }
        self.waited_for(value)
    }

    fn waited_for(&mut self, value: Value) -> Value {
        let mut settled = Value::NEVER;
        for ty in self.types.members(value.ty) {
            let one = match self.types.get(ty) {
                Data::Task(result) => result.times(value),
                _ => value.with_ty(ty),
            };
            settled = self.types.join_values(settled, one);
        }
        settled
    }

    /// An expression, by its kind. Those that need much room on the stack are not inlined here: this is on it once for each
    /// level of nesting, and would have the room of all of them.
    fn expression(&mut self, expr: &'a Expr) -> Value {
        match &expr.kind {
            ExprKind::Null
            | ExprKind::Bool(_)
            | ExprKind::Number(_)
            | ExprKind::String(_)
            | ExprKind::Name(_)
            | ExprKind::Placeholder
            | ExprKind::Error => self.leaf(expr),
            ExprKind::Template(parts) => self.template(parts),
            ExprKind::Array(elements) => self.array(elements),
            ExprKind::Object(properties) => self.object(properties),
            ExprKind::Unary { op, operand, .. } => self.unary(*op, operand, expr.span),
            ExprKind::Binary { op, left, right, .. } => self.binary(*op, left, right, expr),
            ExprKind::Conditional { confident, condition, then, otherwise } => {
                self.conditional(*confident, condition, then, otherwise)
            }
            ExprKind::Member { .. } | ExprKind::Index { .. } | ExprKind::Call { .. } => self.chain(expr),
            ExprKind::Pipe { confident, value, target } => self.pipe(*confident, value, target, expr),
            ExprKind::Function(function) => self.closure(function),
            ExprKind::Paren(inner) => self.infer(inner),
            ExprKind::Block(block) => self.run_block(block),
            ExprKind::If { condition, then, otherwise } => self.if_else(condition, then, otherwise.as_deref()),
            ExprKind::UncertainIf { condition, levels } => self.uncertain_if(condition, levels, expr.span),
            ExprKind::Match { subject, arms } => self.match_arms(subject, arms, expr.span),
            ExprKind::Try { body, catch, finally } => self.run_try(body, catch.as_deref(), finally.as_deref()),
            ExprKind::Parallel { agents, timeout, min_results, body, agent } => {
                self.parallel(agents, [timeout.as_deref(), min_results.as_deref()], body, agent)
            }
            ExprKind::ParallelBranches(branches) => self.branches(branches),
            ExprKind::Race { agents, timeout, body, agent, until } => {
                self.race(agents, timeout.as_deref(), body, agent, until.as_deref())
            }
            ExprKind::Sequential(block) => self.run_block(block),
        }
    }

    /// An expression without parts.
    #[inline]
    fn leaf(&mut self, expr: &'a Expr) -> Value {
        match &expr.kind {
            ExprKind::Null => Value::NULL,
            ExprKind::Bool(_) => Value::plain(Ty::BOOLEAN),
            ExprKind::Number(value) => Value::number(*value),
            ExprKind::String(_) => Value::plain(Ty::STRING),
            ExprKind::Name(_) => self.name(expr),
            ExprKind::Placeholder => self.placeholder(expr),
            // What could not be read can be anything.
            _ => Value::ANY,
        }
    }

    fn template(&mut self, parts: &'a [TemplatePart]) -> Value {
        for part in parts {
            if let TemplatePart::Expr(part) = part {
                self.infer(part);
            }
        }
        Value::plain(Ty::STRING)
    }

    fn name(&mut self, expr: &'a Expr) -> Value {
        match self.resolution().binding(expr.id) {
            Binding::Variable(variable) => {
                if let Some(value) = self.kept_value(variable) {
                    return value;
                }
                self.look_at_assigned(variable, expr);
                self.read_variable(variable)
            }
            Binding::Import(slot) => self.exported.get(slot as usize).copied().unwrap_or(Value::ANY),
            Binding::Namespace(module) => Value::plain(self.types.namespace(module)),
            Binding::Library(id) => self.library_value(id),
            Binding::Host(host) => self.host_value(host),
            // The name of a dispatch that is not called is reported as unknown.
            Binding::Dispatch(_) | Binding::Unknown => Value::ANY,
        }
    }

    fn host_value(&mut self, host: HostName) -> Value {
        match host {
            HostName::Input => self.frame().state.get(super::state::INPUT).value,
            HostName::AgentList => Value::plain(self.types.list(Value::plain(Ty::AGENT))),
            HostName::AgentCount => Value::plain(Ty::NUMBER),
            HostName::AgentResults | HostName::SuccessfulResults => {
                self.note_dispatch();
                let entry = self.result_entry(host == HostName::AgentResults);
                Value::plain(self.types.list(Value::plain(entry)))
            }
        }
    }

    /// What a variable of the body being gone through holds here, if it was assigned on each path: most of what is read.
    fn kept_value(&self, variable: VariableId) -> Option<Value> {
        let frame = self.frame();
        let context = &self.modules[frame.module as usize];
        let info = context.resolution.variable(variable);
        if info.shared || info.body != frame.body {
            return None;
        }
        let slot = frame.state.get(context.places[variable.0 as usize] as usize);
        (!slot.unassigned).then_some(slot.value)
    }

    /// Says where a name is read that may not have been assigned; once on each path. What inner bodies assign may have
    /// come from a call, which no path shows.
    pub(super) fn look_at_assigned(&mut self, variable: VariableId, expr: &Expr) {
        let info = self.resolution().variable(variable);
        if info.kind != VariableKind::Implicit || info.shared || info.body != self.frame().body {
            return;
        }
        let place = self.place(variable);
        let mut slot = self.frame().state.get(place);
        if slot.unassigned {
            self.say(faults::possibly_unassigned(&info.name, expr.span, info.declared));
            slot.unassigned = false;
            slot.value = self.types.join_values(slot.value, Value::NULL);
            self.state().set(place, slot);
        }
    }

    /// Where the frame keeps the variable, if it keeps it at all.
    pub(super) fn own_place(&self, variable: VariableId) -> Option<usize> {
        let frame = self.frame();
        let context = &self.modules[frame.module as usize];
        let info = context.resolution.variable(variable);
        if info.shared {
            return None;
        }
        context.place_in(variable, frame.body)
    }

    /// Where the frame of the variable's body keeps it.
    pub(super) fn place(&self, variable: VariableId) -> usize {
        self.modules[self.frame().module as usize].places[variable.0 as usize] as usize
    }

    /// What a variable holds here.
    pub(super) fn read_variable(&mut self, variable: VariableId) -> Value {
        let module = self.frame().module;
        if let Some(place) = self.own_place(variable) {
            return self.frame().state.get(place).value;
        }
        self.shared_value(module, variable)
    }

    /// Whatever a variable is ever given.
    pub(super) fn shared_value(&mut self, module: u32, variable: VariableId) -> Value {
        let kind = self.modules[module as usize].resolution.variable(variable).kind;
        let shared = &mut self.shared[module as usize][variable.0 as usize];
        shared.read = true;
        let value = shared.value;
        match kind {
            VariableKind::Implicit => self.types.join_values(value, Value::NULL),
            _ => value,
        }
    }

    /// The variables of a module that its functions see may be without a value.
    pub(super) fn blank_variables(&mut self, module: u32) {
        let resolution = self.modules[module as usize].resolution;
        let own = resolution.variables.iter().enumerate().filter(|(_, variable)| variable.body == BodyId(0));
        for (at, _) in own {
            let Shared { value, read } = self.shared[module as usize][at];
            let joined = self.types.join_values(value, Value::NULL);
            self.shared[module as usize][at].value = joined;
            self.changed |= joined != value && read;
        }
    }

    /// A variable gets a value.
    pub(super) fn write_variable(&mut self, variable: VariableId, value: Value) {
        let module = self.frame().module;
        let info = self.resolution().variable(variable);
        if info.captured && !self.frame().state.dead {
            let Some(shared) = self.shared[module as usize].get(variable.0 as usize).copied() else { return };
            let joined = match self.round > super::PATIENT_ROUNDS || info.assignments > 1 && self.round > 0 {
                true => self.types.widen_values(shared.value, value, &self.landmarks),
                false if shared.value.is_never() => value,
                false => self.types.join_values(shared.value, value),
            };
            if joined != shared.value {
                self.shared[module as usize][variable.0 as usize].value = joined;
                self.changed |= shared.read;
            }
        }
        if info.body == self.frame().body {
            let place = self.place(variable);
            if !self.frame().tries.is_empty() {
                self.note_thrown(place, value);
            }
            self.state().set(place, super::state::Slot { value, unassigned: false });
        }
    }

    /// What a `try` around this point may break off with a variable that has just been written.
    fn note_thrown(&mut self, place: usize, value: Value) {
        let mut tries = std::mem::take(&mut self.frame_mut().tries);
        for thrown in &mut tries {
            let mut slot = thrown.get(place);
            slot.value = self.types.join_values(slot.value, value);
            thrown.set(place, slot);
        }
        self.frame_mut().tries = tries;
    }

    fn placeholder(&mut self, expr: &'a Expr) -> Value {
        // Where a body stands between a pipeline and its `_`, the `_` is a variable.
        if let Some(variable) = self.resolution().variable_at(expr.id) {
            return self.read_variable(variable);
        }
        self.frame().piped.last().copied().unwrap_or(Value::ANY)
    }

    #[inline(never)]
    fn array(&mut self, elements: &'a [Element]) -> Value {
        let (mut element, mut least, mut most) = (Value::NEVER, 0u32, Some(0u32));
        for item in elements {
            match item {
                Element::Item(item) => {
                    let value = self.infer(item);
                    element = self.types.join_values(element, value.stored());
                    (least, most) = (least + 1, most.map(|most| most + 1));
                }
                Element::Spread(item) => {
                    let whole = self.infer_settled(item);
                    let (value, low, high) = self.spread(whole, item.span);
                    element = self.types.join_values(element, value);
                    (least, most) = (least + low, most.zip(high).map(|(most, high)| most + high));
                }
            }
        }
        Value::plain(self.types.array(element, least, most))
    }

    /// What `...xs` gives an array or a call: the elements, and how many of them.
    pub(super) fn spread(&mut self, whole: Value, span: Span) -> (Value, u32, Option<u32>) {
        if !whole.is_never() && !self.types.may_be(whole.ty, KindSet::ARRAY.union(KindSet::NULL)) {
            let shown = self.show(whole.ty);
            self.mismatch(faults::not_spreadable(span, &shown, "an array"));
            return (Value::ANY, 0, None);
        }
        let (mut element, mut bounds) = (Value::NEVER, None::<(u32, Option<u32>)>);
        for ty in self.types.members(whole.ty) {
            let (one, least, most) = match self.types.get(ty) {
                Data::Array { element, least, most } => (*element, *least, *most),
                Data::Null => (Value::NEVER, 0, Some(0)),
                Data::Any => (Value::ANY, 0, None),
                _ => continue,
            };
            element = self.types.join_values(element, one);
            bounds = Some(match bounds {
                Some((low, high)) => (low.min(least), high.zip(most).map(|(a, b)| a.max(b))),
                None => (least, most),
            });
        }
        let (least, most) = bounds.unwrap_or((0, None));
        let element = if element.is_never() { element } else { element.times(whole) };
        (element, least, most)
    }

    #[inline(never)]
    fn object(&mut self, properties: &'a [Property]) -> Value {
        let mut fields: Vec<Field> = Vec::with_capacity(properties.len());
        let mut open = false;
        for property in properties {
            match property {
                Property::Pair(key, value) => {
                    let value = self.infer(value).stored();
                    set_field(&mut fields, &key.name, value);
                }
                Property::Shorthand(name) => {
                    let value = self.infer(name).stored();
                    if let ExprKind::Name(key) = &name.kind {
                        set_field(&mut fields, key, value);
                    }
                }
                Property::Spread(whole) => {
                    let span = whole.span;
                    let whole = self.infer_settled(whole);
                    open |= !self.spread_fields(whole, &mut fields, span);
                }
            }
        }
        if open {
            fields.iter().for_each(|field| self.types.escape(field.value.ty));
            return Value::plain(Ty::OBJECT);
        }
        Value::plain(self.types.shape(fields))
    }

    /// Adds the members of a spread object; `false` where they are not known.
    fn spread_fields(&mut self, whole: Value, fields: &mut Vec<Field>, span: Span) -> bool {
        if !whole.is_never() && !self.types.may_be(whole.ty, KindSet::OBJECT.union(KindSet::NULL)) {
            let shown = self.show(whole.ty);
            self.mismatch(faults::not_spreadable(span, &shown, "an object"));
            return false;
        }
        let members: Vec<Ty> = self.types.members(whole.ty).collect();
        let may_be_null = members.contains(&Ty::NULL);
        let mut shapes = members.iter().filter_map(|ty| match self.types.get(*ty) {
            Data::Shape(fields) => Some(std::rc::Rc::clone(fields)),
            _ => None,
        });
        let (shape, more) = (shapes.next(), shapes.next().is_some());
        let known = members.iter().all(|ty| matches!(self.types.get(*ty), Data::Null | Data::Shape(_)));
        match shape {
            _ if !known || more => return false,
            None => {}
            Some(shape) => {
                for field in shape.iter() {
                    let value = field.value.times(whole);
                    let optional = field.optional || may_be_null;
                    match fields.iter_mut().find(|old| old.name == field.name) {
                        Some(old) if optional => {
                            old.value = self.types.join_values(old.value, value);
                            old.optional &= optional;
                        }
                        Some(old) => (old.value, old.optional) = (value, false),
                        None => fields.push(Field { name: field.name.clone(), value, optional }),
                    }
                }
            }
        }
        true
    }

    #[inline(never)]
    fn conditional(&mut self, confident: bool, condition: &'a Expr, then: &'a Expr, otherwise: &'a Expr) -> Value {
        let subject = self.infer_settled(condition);
        let (yes, no) = self.either(condition, |checker| checker.infer(then), |checker| checker.infer(otherwise));
        let chosen = self.types.join_values(yes, no);
        if !confident {
            return chosen;
        }
        let chosen = self.settled(chosen);
        let mut confidence = chosen.confidence.combine(self.config.ternary, subject.confidence);
        confidence = confidence.certain();
        let vague = chosen.vague || subject.vague;
        Value { confidence, vague, shut: false, ..chosen.stored() }
    }

    /// Goes on where a condition, already evaluated, holds and where it does not; then both ways meet.
    pub(super) fn either(
        &mut self,
        condition: &'a Expr,
        yes: impl FnOnce(&mut Self) -> Value,
        no: impl FnOnce(&mut Self) -> Value,
    ) -> (Value, Value) {
        let before = self.frame().state.clone();
        self.assume(condition, true);
        let mut first = yes(self);
        let after = std::mem::replace(self.state(), before);
        if after.dead {
            first = Value::NEVER;
        }
        self.assume(condition, false);
        let mut second = no(self);
        if self.frame().state.dead {
            second = Value::NEVER;
        }
        let state = self.frame().state.clone();
        *self.state() = after.join(state, &mut self.types);
        (first, second)
    }

    #[inline(never)]
    fn if_else(&mut self, condition: &'a Expr, then: &'a Block, otherwise: Option<&'a Block>) -> Value {
        self.infer(condition);
        let (yes, no) = self.either(
            condition,
            |checker| checker.run_block(then),
            |checker| otherwise.map_or(Value::NULL, |block| checker.run_block(block)),
        );
        self.types.join_values(yes, no)
    }

    #[inline(never)]
    fn uncertain_if(&mut self, condition: &'a Expr, levels: &'a Levels, span: Span) -> Value {
        let subject = self.infer_settled(condition);
        let (value, none) = self.run_levels(condition, subject, levels, Some(span));
        let state = self.frame().state.clone();
        let value = if none.dead { value } else { self.types.join_values(value, Value::NULL) };
        *self.state() = state.join(none, &mut self.types);
        value
    }

    /// `x |> e` and `x ~|> e` (§5).
    #[inline(never)]
    fn pipe(&mut self, confident: bool, value: &'a Expr, target: &'a Expr, pipe: &'a Expr) -> Value {
        let piped = self.infer(value);
        let result = if super::call::has_hole(target) {
            if let Some(variable) = self.resolution().variable_at(pipe.id) {
                self.write_variable(variable, piped.stored());
            }
            self.frame_mut().piped.push(piped);
            let result = self.infer(target);
            self.frame_mut().piped.pop();
            result
        } else {
            self.pipe_call(piped, value, target)
        };
        if !confident {
            return result;
        }
        let (piped, result) = (self.settled(piped), self.settled(result));
        let confidence = piped.confidence.pipe(result.confidence);
        Value { confidence, vague: piped.vague || result.vague, shut: false, ..result.stored() }
    }

    /// What `x ~> c` makes of x, c being what is known of the number.
    pub(super) fn attached(&mut self, value: Value, number: Value) -> Value {
        let value = self.settled(value);
        if value.is_never() {
            return value;
        }
        let confidence = match number.range() {
            Some(Range { lo, hi }) => prism_confidence::Interval::attached(lo, hi),
            None => prism_confidence::Interval::CONFIDENT,
        };
        Value { confidence, vague: false, shut: false, ..value.stored() }
    }
}

/// Gives an object literal a member; a repeated key keeps its first place.
fn set_field(fields: &mut Vec<Field>, name: &Name, value: Value) {
    match fields.iter_mut().find(|field| field.name == *name) {
        Some(field) => (field.value, field.optional) = (value, false),
        None => fields.push(Field { name: name.clone(), value, optional: false }),
    }
}
