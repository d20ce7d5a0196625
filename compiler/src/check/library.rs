//! Calls of the library's functions: arguments against signatures, what type variables stand for, and how the result's
//! confidence comes about (STDLIB, column C). What a signature can't say is in [`super::special`].

use super::Checker;
use super::faults;
use super::functions::Arguments;
use super::signatures::Typed;
use super::ty::{Data, Field, Literal, Ty};
use super::value::Value;
use crate::ast::{Expr, ExprKind, Name, TypeExpr, TypeExprKind};
use prism_bytecode::{ConfidenceRule, KindSet, LibraryId, Param, Role, Signature};
use prism_confidence::Interval;
use prism_diagnostics::Span;
use smallvec::SmallVec;

/// The functions whose result is confident in any case (AGGREGATION.md).
const AGGREGATIONS: [&str; 4] = ["vote", "merge", "first", "validate"];

/// What the type variables of a signature stand for in a call.
#[derive(Debug, Default)]
pub(super) struct Bindings(SmallVec<[(Name, Value); 2]>);

impl Bindings {
    pub fn get(&self, name: &str) -> Option<Value> {
        self.0.iter().find(|(one, _)| one == name).map(|(_, value)| *value)
    }
}

impl<'a> Checker<'a> {
    /// A call of a library function; `receiver` is a method's, bare of other kinds.
    pub(super) fn call_library(
        &mut self,
        id: LibraryId,
        receiver: Option<Value>,
        arguments: &Arguments<'a>,
        whole: &'a Expr,
    ) -> Value {
        let Some(typed) = self.signatures.get(self.catalog, id) else { return Value::ANY };
        let Some(entry) = self.catalog.get(id) else { return Value::ANY };
        let (path, name) = (&*entry.path, entry.name());
        let (least, most) = typed.signature.arity();
        let count = arguments.values.len();
        let curried = typed.signature.curried
            && receiver.is_none()
            && arguments.rest.is_none()
            && self.is_curried(&typed, arguments);
        let few = count < least && arguments.rest.is_none() && !curried;
        if few || most.is_some_and(|most| count > most) {
            self.wrong_arguments(whole.span, &format!("`{name}`"), (least, most), count);
            return Value::ANY;
        }
        if let Some(value) = self.special_call(path, receiver, arguments, whole, curried) {
            return value;
        }
        if !self.check_kinds(name, typed.signature, arguments, whole.span) {
            return Value::ANY;
        }
        let mut bindings = Bindings::default();
        if let Some(receiver) = receiver {
            self.bind_receiver(receiver, &mut bindings);
        }
        if path.ends_with("reduce") {
            self.bind_fold_start(receiver, arguments, &mut bindings);
        }
        let mut values: SmallVec<[Value; 4]> = SmallVec::new();
        for (at, (value, expr)) in arguments.values.iter().enumerate() {
            let value = self.settled(*value);
            let ty = typed.params.get(at).or(typed.params.last()).map(|ty| &**ty);
            if let (Some(ty), Some(param)) = (ty, typed.signature.param(at)) {
                if param.role == Role::Callback || param.offered > 0 {
                    self.call_back(value, *expr, param, ty, &mut bindings, path);
                } else {
                    self.bind(ty, value, &mut bindings);
                }
            }
            values.push(value);
        }
        let result = self.instantiate(&typed.result, &bindings);
        let result = self.refine_result(path, receiver, (&values, arguments.rest), result);
        self.with_rule(path, typed.signature, receiver, (&values, arguments.rest), result)
    }

    /// Whether a call of a method may go well, as far as number and kinds of its arguments tell.
    pub(super) fn takes_arguments(&mut self, id: LibraryId, arguments: &Arguments<'a>) -> bool {
        let Some(typed) = self.signatures.get(self.catalog, id) else { return true };
        let ((least, most), count) = (typed.signature.arity(), arguments.values.len());
        if count < least && arguments.rest.is_none() || most.is_some_and(|most| count > most) {
            return false;
        }
        self.quiet += 1;
        let fits = self.check_kinds("", typed.signature, arguments, Span::default());
        self.quiet -= 1;
        fits
    }

    /// Whether a call leaves the subject of a curried function out.
    fn is_curried(&mut self, typed: &Typed<'_>, arguments: &Arguments<'a>) -> bool {
        let (Some(first), Some(subject)) = (arguments.value(0), typed.signature.params.first()) else { return false };
        let first = self.settled(first);
        let kinds = self.types.kinds(first.ty);
        arguments.values.len() < typed.signature.arity().0 || !kinds.intersects(subject.kinds)
    }

    /// Says which argument certainly is of the wrong kind.
    fn check_kinds(&mut self, name: &str, signature: &Signature, arguments: &Arguments<'a>, whole: Span) -> bool {
        for (at, (value, expr)) in arguments.values.iter().enumerate() {
            let Some(param) = signature.param(at) else { break };
            let value = self.settled(*value);
            let null = if param.optional { KindSet::NULL } else { KindSet::default() };
            let function = self.types.kinds(value.ty);
            if !value.is_never() && !function.intersects(param.kinds.union(null)) {
                let shown = self.show(value.ty);
                let span = expr.map_or(whole, |expr| expr.span);
                self.mismatch(faults::bad_argument(span, name, at + 1, param, &shown));
                return false;
            }
        }
        true
    }

    fn bind_receiver(&mut self, receiver: Value, bindings: &mut Bindings) {
        for ty in self.types.members(receiver.ty) {
            if let Data::Array { element, .. } = self.types.get(ty) {
                let element = *element;
                self.bind_name_of_type("T", element, bindings);
            }
        }
    }

    fn bind_name_of_type(&mut self, name: &str, value: Value, bindings: &mut Bindings) {
        let value = value.stored();
        match bindings.0.iter_mut().find(|(one, _)| one == name) {
            Some((_, old)) => *old = self.types.join_values(*old, value),
            None => bindings.0.push((name.into(), value)),
        }
    }

    /// Learns from an argument what type variables stand for.
    fn bind(&mut self, ty: &TypeExpr, value: Value, bindings: &mut Bindings) {
        match &ty.kind {
            TypeExprKind::Named(name) if is_variable(name) => self.bind_name_of_type(name, value, bindings),
            TypeExprKind::Array(item) => {
                for member in self.types.members(value.ty) {
                    let element = match self.types.get(member) {
                        Data::Array { element, .. } => *element,
                        Data::Any => Value::ANY,
                        _ => continue,
                    };
                    self.bind(item, element, bindings);
                }
            }
            TypeExprKind::Union(members) => members.iter().for_each(|member| self.bind(member, value, bindings)),
            _ => {}
        }
    }

    /// Goes through a callback with what it is offered; its result tells what a type variable stands for.
    fn call_back(
        &mut self,
        value: Value,
        expr: Option<&'a Expr>,
        param: &Param,
        ty: &TypeExpr,
        bindings: &mut Bindings,
        path: &str,
    ) {
        let Some((offered, result)) = function_type(ty) else { return };
        let folds = path.ends_with("reduce");
        let mut given: SmallVec<[Value; 4]> = offered.iter().map(|ty| self.instantiate(ty, bindings)).collect();
        if folds {
            self.fold(value, expr, &mut given, bindings);
            return;
        }
        let Some(gave) = self.offer(value, expr, &given, param.offered) else { return };
        let gave = self.settled(gave);
        self.bind_result(result, gave, bindings);
    }

    fn bind_result(&mut self, ty: &TypeExpr, gave: Value, bindings: &mut Bindings) {
        match &ty.kind {
            // `U | array<U>`: an array is opened.
            TypeExprKind::Union(members) if members.iter().any(|one| matches!(one.kind, TypeExprKind::Array(_))) => {
                for member in self.types.members(gave.ty) {
                    let one = gave.with_ty(member);
                    let one = match self.types.get(member) {
                        Data::Array { element, .. } if element.is_never() => continue,
                        Data::Array { element, .. } => element.times(gave),
                        _ => one,
                    };
                    self.bind_name_of_type("U", one, bindings);
                }
            }
            _ => self.bind(ty, gave, bindings),
        }
    }

    /// Offers values to what may be a function: as many as it takes.
    pub(super) fn offer(
        &mut self,
        callee: Value,
        expr: Option<&'a Expr>,
        offered: &[Value],
        count: u8,
    ) -> Option<Value> {
        if expr.is_none_or(|expr| !self.is_own_name(expr)) {
            self.types.escape(callee.ty);
        }
        expr.iter().for_each(|expr| self.note_offered(expr, callee));
        let alone = !self.types.is_union(callee.ty);
        let mut sum: Option<Value> = None;
        for ty in self.types.members(callee.ty) {
            let value = match self.types.get(ty).clone() {
                Data::Closures(functions) => {
                    let written = expr.filter(|expr| matches!(super::narrow::strip(expr).kind, ExprKind::Function(_)));
                    let mut all = Value::NEVER;
                    for id in functions.iter().copied() {
                        let (least, _) = self.arity(id);
                        if least > offered.len() && !(alone && functions.len() == 1) {
                            continue;
                        }
                        if least > offered.len() {
                            let span = expr.map_or(self.function(id).node.span, |expr| expr.span);
                            self.mismatch(faults::callback_wants_more(span, least, offered.len()));
                            all = Value::ANY;
                            continue;
                        }
                        let takes = self.takes(id).min(offered.len());
                        let arguments = Arguments::of(offered.iter().take(takes).copied());
                        let value = match written {
                            Some(_) if functions.len() == 1 => self.call_here(id, &arguments),
                            _ => self.call_function(id, &arguments, false),
                        };
                        all = self.types.join_values(all, value);
                    }
                    all
                }
                Data::Library(id) => {
                    let given = if count > 3 { 2 } else { 1 };
                    let arguments = Arguments::of(offered.iter().take(given).copied());
                    match expr {
                        Some(expr) => self.call_library(id, None, &arguments, expr),
                        None => Value::ANY,
                    }
                }
                Data::Any | Data::Function | Data::Signature(_) => Value::ANY,
                _ => continue,
            };
            let value = if callee.confidence.may_be_confident() { self.settled(value).times(callee) } else { value };
            sum = Some(sum.map_or(value, |sum| self.types.join_values(sum, value)));
        }
        sum
    }

    /// `reduce`: the accumulator is whatever the start and the calls give.
    fn fold(&mut self, callee: Value, expr: Option<&'a Expr>, given: &mut [Value], bindings: &mut Bindings) {
        let start = bindings.get("A").unwrap_or(Value::ANY);
        let mut acc = start;
        for turn in 0..12 {
            if let Some(first) = given.first_mut() {
                *first = acc;
            }
            self.quiet += 1;
            let gave = self.offer(callee, expr, given, 4).unwrap_or(Value::ANY);
            self.quiet -= 1;
            let gave = self.settled(gave);
            let next = match turn < 2 {
                true => self.types.join_values(acc, gave).stored(),
                false => self.types.widen_values(acc, gave, &self.landmarks),
            };
            if next == acc {
                break;
            }
            acc = next;
        }
        if let Some(first) = given.first_mut() {
            *first = acc;
        }
        self.offer(callee, expr, given, 4);
        bindings.0.retain(|(name, _)| name != "A");
        bindings.0.push(("A".into(), acc));
    }

    /// The start of a fold, which stands behind its callback: without one the first element.
    fn bind_fold_start(&mut self, receiver: Option<Value>, arguments: &Arguments<'a>, bindings: &mut Bindings) {
        let (array, place) = match receiver {
            Some(receiver) => (receiver, 1),
            None => (arguments.value(0).unwrap_or(Value::ANY), 2),
        };
        let start = match (arguments.value(place), arguments.rest) {
            (Some(start), _) => self.settled(start),
            (None, None) => self.element_of(array),
            (None, Some(_)) => Value::ANY,
        };
        self.bind_name_of_type("A", start, bindings);
    }

    /// A type of a signature, its variables replaced; those that nothing is known of are `any`.
    pub(super) fn instantiate(&mut self, ty: &TypeExpr, bindings: &Bindings) -> Value {
        match &ty.kind {
            TypeExprKind::Named(name) if is_variable(name) => bindings.get(name).unwrap_or(Value::ANY),
            TypeExprKind::Array(item) => {
                let item = self.instantiate(item, bindings);
                Value::plain(self.types.list(item))
            }
            TypeExprKind::Task(result) => {
                let result = self.instantiate(result, bindings);
                Value::plain(self.types.task(result))
            }
            TypeExprKind::Union(members) => {
                let mut sum = Value::NEVER;
                for member in members {
                    let value = self.instantiate(member, bindings);
                    sum = self.types.join_values(sum, value);
                }
                sum
            }
            TypeExprKind::Object(fields) => {
                let mut all = Vec::with_capacity(fields.len());
                for field in fields {
                    let value = self.instantiate(&field.ty, bindings);
                    all.push(Field { name: field.key.name.clone(), value, optional: field.optional });
                }
                Value::plain(self.types.shape(all))
            }
            TypeExprKind::Function(..) => Value::plain(Ty::FUNCTION),
            TypeExprKind::Literal(literal) => match &literal.kind {
                ExprKind::String(text) => Value::plain(self.types.literal(Literal::String(text.clone()))),
                _ => Value::plain(Ty::NUMBER),
            },
            TypeExprKind::Named(name) => named_type(name).map_or(Value::ANY, |ty| match ty {
                Ty::ANY => Value::ANY,
                Ty::NULL => Value::NULL,
                Ty::NEVER => Value::NEVER,
                ty => Value::plain(ty),
            }),
            TypeExprKind::Error => Value::ANY,
        }
    }

    /// The confidence of a result, as column C of the function's row says.
    fn with_rule(
        &mut self,
        path: &str,
        signature: &Signature,
        receiver: Option<Value>,
        (values, rest): (&[Value], Option<Value>),
        result: Value,
    ) -> Value {
        let subject = receiver.or_else(|| values.first().copied());
        match signature.confidence {
            ConfidenceRule::Subject | ConfidenceRule::Element => {
                let result = self.under_settings(signature, values, result);
                // A null fails wherever it is not among what the subject may be.
                let takes_null = receiver.is_none()
                    && signature
                        .params
                        .first()
                        .is_some_and(|param| param.optional || param.kinds.intersects(KindSet::NULL));
                match subject {
                    Some(subject) if takes_null => result.times(subject),
                    Some(subject) => result.times(self.lit(subject)),
                    None => result,
                }
            }
            ConfidenceRule::Sum => {
                let element = subject.map_or(Value::ANY, |subject| self.element_of(subject));
                let own = self.summed(subject, element);
                let result = Value { vague: element.vague, ..result.with_confidence(own) };
                subject.map_or(result, |subject| result.times(self.lit(subject)))
            }
            ConfidenceRule::All => {
                let (mut confidence, mut vague) = (Interval::PLAIN, false);
                for value in receiver.iter().chain(values) {
                    confidence = confidence.combine(self.config.arithmetic, value.confidence_if_there());
                    vague |= value.vague;
                }
                if let Some(rest) = rest {
                    confidence = confidence.join(self.repeated(confidence, rest.confidence_if_there()));
                    vague |= rest.vague;
                }
                Value { vague, ..result.with_confidence(confidence) }
            }
            ConfidenceRule::Selected => {
                let mut sum = Value::NEVER;
                for value in values.iter().chain(&rest) {
                    sum = self.types.join_values(sum, *value);
                }
                if values.is_empty() && !sum.is_never() {
                    sum.confidence = sum.confidence.join(Interval::PLAIN);
                }
                if sum.is_never() { result } else { Value { ty: result.ty, shut: false, ..sum.stored() } }
            }
            ConfidenceRule::Never => Value { confidence: Interval::PLAIN, vague: false, ..result },
            ConfidenceRule::Own if result.is_never() => result,
            // What an aggregation gives is as confident as its field `confidence` says.
            ConfidenceRule::Own if AGGREGATIONS.contains(&path) => result.with_confidence(Interval::CONFIDENT),
            ConfidenceRule::Own | ConfidenceRule::Host => {
                Value { vague: true, ..result.with_confidence(Interval::ANY) }
            }
        }
    }

    /// What a subject multiplies its result's confidence with.
    fn lit(&self, subject: Value) -> Value {
        Value { confidence: subject.confidence_if_there(), ..subject }
    }

    /// The least confidence of the settings multiplies the result's.
    fn under_settings(&mut self, signature: &Signature, values: &[Value], result: Value) -> Value {
        let mut least: Option<Value> = None;
        for (at, value) in values.iter().enumerate() {
            let role = signature.param(at).map(|param| param.role);
            let mut value = *value;
            // In the place of a callback what is no function is a setting.
            let setting = match role {
                Some(Role::Callback) => !KindSet::FUNCTION.contains(self.types.kinds(value.ty)),
                role => role == Some(Role::Setting),
            };
            if role == Some(Role::Callback) && self.types.may_be(value.ty, KindSet::FUNCTION) {
                value = value.with_confidence(value.confidence.join(Interval::PLAIN));
            }
            if setting && value.confidence.may_be_confident() {
                least = Some(match least {
                    Some(old) => {
                        let (confidence, vague) = old.combined(prism_confidence::Combination::Min, value);
                        Value { vague, ..old.with_confidence(confidence) }
                    }
                    None => value,
                });
            }
        }
        least.map_or(result, |least| result.times(least))
    }

    /// The elements of an array together.
    pub(super) fn element_of(&mut self, array: Value) -> Value {
        let mut sum = Value::NEVER;
        for ty in self.types.members(array.ty) {
            let one = match self.types.get(ty) {
                Data::Array { element, .. } => *element,
                Data::Any => Value::ANY,
                _ => continue,
            };
            sum = self.types.join_values(sum, one);
        }
        self.settled(sum)
    }

    /// The confidence of any number of elements added up.
    fn summed(&mut self, subject: Option<Value>, element: Value) -> Interval {
        let filled = subject.is_some_and(|subject| {
            self.types.members(subject.ty).all(|ty| matches!(self.types.get(ty), Data::Array { least: 1.., .. }))
        });
        let one = element.confidence;
        if !one.may_be_confident() {
            return Interval::PLAIN;
        }
        self.repeated(if filled { one } else { Interval::PLAIN.join(one) }, one)
    }

    /// The confidence of `sum` and any number of others added up.
    fn repeated(&self, mut sum: Interval, one: Interval) -> Interval {
        for _ in 0..40 {
            let next = sum.join(sum.combine(self.config.arithmetic, one));
            if next == sum {
                return sum;
            }
            sum = next;
        }
        // Ever more factors come ever nearer to 0.
        sum.widen(Interval::attached(0.0, 0.0), &prism_confidence::Landmarks::default())
    }
}

/// The function in a type, if there is one: what it is offered, and what it gives.
pub(super) fn function_type(ty: &TypeExpr) -> Option<(&[TypeExpr], &TypeExpr)> {
    match &ty.kind {
        TypeExprKind::Function(params, result) => Some((params, result)),
        TypeExprKind::Union(members) => members.iter().find_map(function_type),
        _ => None,
    }
}

/// Type variables are single capital letters.
fn is_variable(name: &str) -> bool {
    name.len() == 1 && name.starts_with(|c: char| c.is_ascii_uppercase())
}

/// A type that is written as a name.
pub(super) fn named_type(name: &str) -> Option<Ty> {
    Some(match name {
        "null" => Ty::NULL,
        "boolean" => Ty::BOOLEAN,
        "number" => Ty::NUMBER,
        "string" => Ty::STRING,
        "object" => Ty::OBJECT,
        "function" => Ty::FUNCTION,
        "agent" => Ty::AGENT,
        "error" => Ty::ERROR,
        "any" | "array" | "task" => Ty::ANY,
        "never" => Ty::NEVER,
        _ => return None,
    })
}
