//! Calls: of the program's functions, of the library's, of agents, of what is not known.

use super::Checker;
use super::access::{Cut, Found};
use super::faults;
use super::functions::{Arguments, FunctionId};
use super::ty::{Data, Field, Ty};
use super::value::Value;
use crate::ast::visit::{self, Visitor};
use crate::ast::*;
use crate::resolve::{Binding, VariableKind};
use prism_bytecode::{KindSet, Mutator};
use prism_diagnostics::Span;

impl<'a> Checker<'a> {
    #[inline(never)]
    pub(super) fn call(
        &mut self,
        callee: &'a Expr,
        arguments: &'a [Argument],
        whole: &'a Expr,
        cut: &mut Cut,
    ) -> Value {
        if let ExprKind::Name(_) = &callee.kind
            && let Binding::Dispatch(_) = self.resolution().binding(callee.id)
        {
            self.arguments(arguments);
            return self.dispatch(whole);
        }
        if let ExprKind::Member { object, access, name } = &callee.kind {
            let receiver = self.link_settled(object, cut);
            let mut receiver = self.after_access(receiver, *access, cut);
            let arguments = self.arguments(arguments);
            if !arguments.values.is_empty() && Mutator::find(&name.name).is_some() && is_path(object) {
                // What is changed is the array as the arguments have left it.
                self.quiet += 1;
                let whole = self.infer_settled(object);
                receiver = if *access == Access::Plain { whole } else { self.without_null(whole) };
                self.quiet -= 1;
            }
            let value = self.call_method(receiver, name, &arguments, whole);
            if let Some(mutator) = Mutator::find(&name.name)
                && self.types.may_be(receiver.ty, KindSet::ARRAY)
                && let Some(place) = self.mutated_place(object)
            {
                let after = self.mutate(&place, mutator, &arguments);
                // It is as sure as the way to it, which what is stored there does not tell.
                return if mutator.gives_array() { value.with_ty(after.ty) } else { value };
            }
            return value;
        }
        let near = match &callee.kind {
            ExprKind::Name(_) => {
                self.resolution().variable_at(callee.id).is_some_and(|variable| self.is_near(variable))
            }
            kind => matches!(kind, ExprKind::Paren(_) | ExprKind::Function(_)),
        };
        let function = self.link_settled(callee, cut);
        if !self.is_own_name(callee) {
            self.types.escape(function.ty);
        }
        let arguments = self.arguments(arguments);
        self.call_value(function, &arguments, whole, near)
    }

    /// Whether a function that is called is known by the name that it was given where it was made, or stands there: only
    /// then what it is called with says what its parameters are. Through a parameter or the like it may be another.
    pub(super) fn is_own_name(&self, callee: &'a Expr) -> bool {
        match &callee.kind {
            ExprKind::Paren(inner) => self.is_own_name(inner),
            ExprKind::Function(_) => true,
            ExprKind::Name(_) => match self.resolution().binding(callee.id) {
                Binding::Variable(variable) => {
                    let kind = self.resolution().variable(variable).kind;
                    matches!(
                        kind,
                        VariableKind::Function | VariableKind::Const | VariableKind::Let | VariableKind::Implicit
                    )
                }
                _ => true,
            },
            ExprKind::Member { .. } => true,
            _ => false,
        }
    }

    /// The arguments of a call, in order; named ones are one object.
    pub(super) fn arguments(&mut self, arguments: &'a [Argument]) -> Arguments<'a> {
        let mut given = Arguments::default();
        let mut named: Vec<Field> = Vec::new();
        for argument in arguments {
            match argument {
                Argument::Positional(expr) => {
                    let value = self.infer(expr);
                    match given.rest {
                        Some(rest) => given.rest = Some(self.types.join_values(rest, value)),
                        None => given.values.push((value, Some(expr))),
                    }
                }
                Argument::Spread(expr) => {
                    let spread = self.infer_settled(expr);
                    let (element, least, most) = self.spread(spread, expr.span);
                    match given.rest {
                        None if most == Some(least) && least < 16 => {
                            given.values.extend((0..least).map(|_| (element, None)));
                        }
                        rest => given.rest = Some(self.types.join_values(rest.unwrap_or(Value::NEVER), element)),
                    }
                }
                Argument::Named(key, expr) => {
                    let value = self.infer(expr).stored();
                    named.push(Field { name: key.name.clone(), value, optional: false });
                }
            }
        }
        if !named.is_empty() {
            given.values.push((Value::plain(self.types.shape(named)), None));
        }
        given
    }

    /// `x |> f` and `x |> f(a)`: the piped value comes first.
    pub(super) fn pipe_call(&mut self, piped: Value, written: &'a Expr, target: &'a Expr) -> Value {
        let mut cut = Cut::default();
        let (callee, rest) = match &target.kind {
            ExprKind::Call { callee, arguments } => (&**callee, arguments.as_slice()),
            _ => (target, [].as_slice()),
        };
        if let ExprKind::Name(_) = &callee.kind
            && let Binding::Dispatch(_) = self.resolution().binding(callee.id)
        {
            self.arguments(rest);
            return self.dispatch(target);
        }
        let near = matches!(callee.kind, ExprKind::Function(_) | ExprKind::Paren(_));
        let (receiver, function) = match &callee.kind {
            ExprKind::Member { object, access, name } => {
                let receiver = self.link_settled(object, &mut cut);
                (Some((self.after_access(receiver, *access, &mut cut), name)), Value::NEVER)
            }
            _ => (None, self.infer_settled(callee)),
        };
        let mut arguments = self.arguments(rest);
        arguments.values.insert(0, (piped, Some(written)));
        let value = match receiver {
            Some((receiver, name)) => self.call_method(receiver, name, &arguments, target),
            None => self.call_value(function, &arguments, target, near),
        };
        self.mend(value, cut)
    }

    /// A call of a member of `receiver`.
    pub(super) fn call_method(
        &mut self,
        receiver: Value,
        name: &'a Ident,
        arguments: &Arguments<'a>,
        whole: &'a Expr,
    ) -> Value {
        if receiver.is_never() {
            return receiver;
        }
        let members = self.types.members(receiver.ty);
        // What fails for only some of them is no fault.
        let takes = |checker: &mut Self, ty: Ty| {
            let method = checker.catalog.method(checker.types.kinds(ty), &name.name);
            method.is_some_and(|id| checker.takes_arguments(id, arguments))
        };
        let one_takes = self.types.is_union(receiver.ty) && members.clone().any(|ty| takes(self, ty));
        let (mut sum, mut callable, mut lacks) = (Value::NEVER, false, false);
        for ty in members {
            let one = receiver.with_ty(ty);
            let value = match self.types.get(ty).clone() {
                Data::Null => continue,
                Data::Agent => self.ask_agent(name, whole),
                // It may be a method of the library, which need not pass on the confidence of what it works on.
                Data::Any => {
                    self.escape_arguments(arguments);
                    Value::ANY
                }
                Data::Object => {
                    self.escape_arguments(arguments);
                    Value::ANY.times(one)
                }
                Data::Shape(_) | Data::Library(_) | Data::Namespace(_) | Data::Error => {
                    match self.find_member(ty, &name.name) {
                        Found::Value(member) if self.is_callable(member.ty) => {
                            self.call_value(member.times(one), arguments, whole, false)
                        }
                        Found::Value(_) => {
                            lacks = true;
                            continue;
                        }
                        Found::Nothing | Found::Fails => continue,
                    }
                }
                _ => match self.catalog.method(self.types.kinds(ty), &name.name) {
                    Some(id) if !one_takes || self.takes_arguments(id, arguments) => {
                        self.call_library(id, Some(one), arguments, whole)
                    }
                    _ => continue,
                },
            };
            callable = true;
            sum = self.types.join_values(sum, value);
        }
        if !callable {
            self.not_callable(receiver, name, whole.span, lacks);
            return Value::ANY;
        }
        sum
    }

    fn not_callable(&mut self, receiver: Value, name: &'a Ident, span: Span, lacks: bool) {
        let whole =
            [KindSet::ARRAY, KindSet::STRING, KindSet::OBJECT, KindSet::FUNCTION, KindSet::ERROR, KindSet::NULL];
        let methods = whole.into_iter().fold(KindSet::default(), KindSet::union);
        if lacks || !methods.contains(self.types.kinds(receiver.ty)) {
            let shown = self.show(receiver.ty);
            self.mismatch(faults::no_method(span, &name.name, &shown));
        } else {
            // Tells of what is missing, or of null.
            self.member(receiver, name, span);
        }
    }

    fn is_callable(&self, ty: Ty) -> bool {
        self.types.may_be(ty, KindSet::FUNCTION)
    }

    /// A call of a value.
    pub(super) fn call_value(
        &mut self,
        callee: Value,
        arguments: &Arguments<'a>,
        whole: &'a Expr,
        near: bool,
    ) -> Value {
        let callee = self.settled(callee);
        if callee.is_never() {
            return callee;
        }
        let (mut sum, mut callable) = (Value::NEVER, false);
        for ty in self.types.members(callee.ty) {
            let value = match self.types.get(ty).clone() {
                Data::Closures(functions) => self.call_closures(&functions, arguments, whole, near),
                Data::Library(id) if self.catalog.get(id).is_some_and(|entry| entry.signature().is_some()) => {
                    self.call_library(id, None, arguments, whole)
                }
                Data::Signature(signature) => {
                    if arguments.rest.is_none() && arguments.values.len() != signature.params.len() {
                        let count = signature.params.len();
                        self.wrong_arguments(whole.span, "the function", (count, Some(count)), arguments.values.len());
                    }
                    self.escape_arguments(arguments);
                    Value { vague: true, ..Value::new(signature.result, prism_confidence::Interval::ANY) }
                }
                Data::Any | Data::Function => {
                    self.escape_arguments(arguments);
                    Value::ANY
                }
                _ => continue,
            };
            callable = true;
            sum = self.types.join_values(sum, value);
        }
        if !callable {
            let shown = self.show(callee.ty);
            self.mismatch(faults::not_a_function(whole.span, &shown));
            return Value::ANY;
        }
        if callee.confidence.may_be_confident() { self.settled(sum).times(callee) } else { sum }
    }

    /// A call of what may be several of the program's functions.
    fn call_closures(
        &mut self,
        functions: &[FunctionId],
        arguments: &Arguments<'a>,
        whole: &'a Expr,
        near: bool,
    ) -> Value {
        let count = arguments.values.len();
        let fits = |checker: &Self, id: FunctionId| {
            let (least, most) = checker.arity(id);
            (arguments.rest.is_some() || count >= least) && most.is_none_or(|most| count <= most)
        };
        if !functions.iter().any(|id| fits(self, *id)) {
            if let Some(id) = functions.first() {
                let name = self
                    .function(*id)
                    .node
                    .name
                    .as_ref()
                    .map_or("the function".to_owned(), |name| format!("`{}`", name.name));
                let arity = self.arity(*id);
                self.wrong_arguments(whole.span, &name, arity, count);
            }
            return Value::ANY;
        }
        let mut sum = Value::NEVER;
        for id in functions.iter().copied() {
            if !fits(self, id) {
                continue;
            }
            self.check_parameters(id, arguments);
            let here = near && functions.len() == 1;
            let value = self.call_function(id, arguments, here);
            if self.function(id).dispatches {
                let module = self.frame().module;
                self.asked.note_called((module, whole.id), id);
            }
            sum = self.types.join_values(sum, value);
        }
        sum
    }

    /// Holds arguments against the annotations of parameters.
    fn check_parameters(&mut self, id: FunctionId, arguments: &Arguments<'a>) {
        let node = self.function(id).node;
        for (at, param) in node.params.iter().enumerate().filter(|(_, param)| !param.rest) {
            if let (Some(annotation), Some(value), Some(expr)) =
                (&param.annotation, arguments.value(at), arguments.expr(at))
            {
                self.check_annotated(value, annotation, expr.span);
            }
        }
    }

    /// Whoever gets these arguments may call them.
    pub(super) fn escape_arguments(&mut self, arguments: &Arguments<'a>) {
        for (value, expr) in &arguments.values {
            self.types.escape(value.ty);
            expr.iter().for_each(|expr| self.note_offered(expr, *value));
        }
        if let Some(rest) = arguments.rest {
            self.types.escape(rest.ty);
        }
    }

    pub(super) fn wrong_arguments(&mut self, span: Span, what: &str, arity: (usize, Option<usize>), given: usize) {
        self.mismatch(faults::wrong_arguments(span, what, arity, given));
    }

    /// Says that an operation certainly fails: in the body of a `try` only a warning.
    pub(super) fn mismatch(&mut self, diagnostic: prism_diagnostics::Diagnostic) {
        let severity = match self.frame().caught {
            0 => diagnostic.severity,
            _ => prism_diagnostics::Severity::Warning,
        };
        self.say(prism_diagnostics::Diagnostic { severity, ..diagnostic });
    }
}

/// Whether an expression is a name, or members from there.
fn is_path(expr: &Expr) -> bool {
    match &expr.kind {
        ExprKind::Name(_) => true,
        ExprKind::Member { object, .. } => is_path(object),
        _ => false,
    }
}

/// Whether an expression has the `_` of the pipeline that it is the right side of.
pub(super) fn has_hole(expr: &Expr) -> bool {
    struct Holes(bool);
    impl<'a> Visitor<'a> for Holes {
        fn visit_expr(&mut self, expr: &'a Expr) {
            match &expr.kind {
                ExprKind::Placeholder => self.0 = true,
                // Lambdas and the right sides of inner pipelines have their own.
                ExprKind::Function(function) if function.lambda => {}
                ExprKind::Pipe { value, .. } => self.visit_expr(value),
                _ => visit::walk_expr(self, expr),
            }
        }
    }
    let mut holes = Holes(false);
    holes.visit_expr(expr);
    holes.0
}
