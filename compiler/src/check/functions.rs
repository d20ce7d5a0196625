//! The program's own functions: what they are called with, and what a call gives.
//!
//! A call is gone through anew for each combination of arguments, silently, so that what it gives depends on what it
//! gets. What is wrong inside a function is said once, from a pass in which each parameter is the union over all calls.
//! Most functions are called with one combination only: then the two passes are one, and what the first call of a round
//! had to say ([`Heard`]) is kept until it is known whether others come.

use super::facts::{Approximation, Reason};
use super::state::{Frame, Slot, State};
use super::ty::Ty;
use super::value::Value;
use super::{Checker, PATIENT_ROUNDS};
use crate::ast::*;
use crate::resolve::{BodyId, VariableId, VariableKind};
use prism_diagnostics::{Diagnostic, Span};
use smallvec::SmallVec;

/// Calls nested deeper than that give what the function gives in general.
const MAX_NESTED: usize = 24;
/// A function that is called with more combinations of arguments than that is told in general, too.
const MAX_CONTEXTS: u32 = 12;

/// The number of a function of the program.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct FunctionId(pub u32);

/// A function of the program, and what is known of it.
#[derive(Debug)]
pub(super) struct FunctionInfo<'a> {
    pub node: &'a Function,
    pub module: u32,
    pub body: BodyId,
    /// Whether code that is not seen may call it.
    pub open: bool,
    /// Whether it was gone through where it stands, as the callback of a call.
    pub inlined: bool,
    /// Whether some call was seen.
    pub called: bool,
    /// The type of the function alone.
    ty: Ty,
    params: Vec<Parameter>,
    /// What it gives for all calls together.
    pub result: Value,
    /// Whether a call of it may ask an agent or model.
    pub dispatches: bool,
    /// How often it is among the calls being gone through.
    active: u32,
    dispatches_read: bool,
    contexts: u32,
    params_read: bool,
    result_read: bool,
    heard: Option<Heard<'a>>,
    /// Whether the pass that says what is wrong has been in this round: no later call has anything to say.
    finished: bool,
}

/// A parameter of a function.
#[derive(Clone, Copy, Debug)]
pub(super) struct Parameter {
    /// What all calls give together.
    pub given: Value,
    /// Whether one leaves it out.
    pub missing: bool,
    /// What it was in the pass that says what is wrong.
    seen: Value,
}

/// What the first call of a function in a round had to say, and what it was called with.
#[derive(Debug)]
struct Heard<'a> {
    bound: Bound,
    result: Value,
    said: Said<'a>,
}

/// What going through a body adds to what is known of the program.
#[derive(Debug, Default)]
struct Said<'a> {
    diagnostics: Vec<Diagnostic>,
    declared: Vec<(Span, &'a Name, Value)>,
    /// Callbacks that were gone through where they stand.
    inlined: Vec<FunctionId>,
}

/// For each parameter of a function what it gets, and whether a call may leave it out.
pub(super) type Bound = SmallVec<[(Value, bool); 2]>;

/// The arguments of a call.
#[derive(Clone, Debug, Default)]
pub(super) struct Arguments<'a> {
    /// One each, in order; where it was written, if it was.
    pub values: SmallVec<[(Value, Option<&'a Expr>); 2]>,
    /// After a spread: what any number of further ones may be.
    pub rest: Option<Value>,
}

impl<'a> Arguments<'a> {
    pub fn of(values: impl IntoIterator<Item = Value>) -> Self {
        Arguments { values: values.into_iter().map(|value| (value, None)).collect(), rest: None }
    }

    pub fn value(&self, at: usize) -> Option<Value> {
        self.values.get(at).map(|(value, _)| *value)
    }

    pub fn expr(&self, at: usize) -> Option<&'a Expr> {
        self.values.get(at).and_then(|(_, expr)| *expr)
    }

    /// The argument at that place, and whether there may be none.
    fn given(&self, at: usize) -> (Value, bool) {
        match (self.values.get(at), self.rest) {
            (Some((value, _)), _) => (*value, false),
            (None, Some(rest)) => (rest, true),
            (None, None) => (Value::NEVER, true),
        }
    }
}

impl<'a> FunctionInfo<'a> {
    fn new(node: &'a Function, module: u32, body: BodyId, ty: Ty) -> FunctionInfo<'a> {
        let unseen = Parameter { given: Value::NEVER, missing: false, seen: Value::ANY };
        FunctionInfo {
            node,
            module,
            body,
            open: false,
            inlined: false,
            called: false,
            ty,
            params: vec![unseen; node.params.len()],
            result: Value::NEVER,
            dispatches: false,
            active: 0,
            dispatches_read: false,
            contexts: 0,
            params_read: false,
            result_read: false,
            heard: None,
            finished: false,
        }
    }
}

impl<'a> Checker<'a> {
    pub(super) fn function(&mut self, id: FunctionId) -> &mut FunctionInfo<'a> {
        &mut self.functions[id.0 as usize]
    }

    /// The function that runs as this body, if it was met.
    pub(super) fn function_of(&self, module: u32, body: BodyId) -> Option<FunctionId> {
        self.modules[module as usize].function_of[body.0 as usize]
    }

    /// The value of a function where it stands, with the confidence it is declared with.
    pub(super) fn closure(&mut self, function: &'a Function) -> Value {
        let module = self.frame().module;
        let Some(body) = self.modules[module as usize].resolution.body_of(function.id) else { return Value::ANY };
        let known = self.function_of(module, body);
        let id = known.unwrap_or_else(|| {
            let id = FunctionId(self.functions.len() as u32);
            let ty = self.types.closure(id);
            self.functions.push(FunctionInfo::new(function, module, body, ty));
            self.modules[module as usize].function_of[body.0 as usize] = Some(id);
            id
        });
        let value = Value::plain(self.functions[id.0 as usize].ty);
        match &function.confidence {
            Some(confidence) => {
                let number = self.infer(confidence);
                self.attached(value, number)
            }
            None => value,
        }
    }

    /// How many arguments a function takes: at least, and at most.
    pub(super) fn arity(&self, id: FunctionId) -> (usize, Option<usize>) {
        let params = &self.functions[id.0 as usize].node.params;
        let least = params.iter().filter(|param| !param.rest && !param.optional && param.default.is_none()).count();
        (least, if params.iter().any(|param| param.rest) { None } else { Some(params.len()) })
    }

    /// The number of parameters that a callback can be offered something for.
    pub(super) fn takes(&self, id: FunctionId) -> usize {
        self.arity(id).1.unwrap_or(usize::MAX)
    }

    /// Calls a function with arguments that it can take. `near`: it is a closure made in this very run of this body.
    pub(super) fn call_function(&mut self, id: FunctionId, arguments: &Arguments<'a>, near: bool) -> Value {
        let bound = self.bind_arguments(id, arguments);
        if bound.iter().any(|(value, missing)| value.is_never() && !missing) {
            return Value::NEVER;
        }
        self.note_call(id, &bound);
        let result = self.result_of(id, bound, near);
        self.pass_on_dispatches(id);
        result
    }

    /// What a call with these arguments gives: gone through, silently, unless it was before.
    fn result_of(&mut self, id: FunctionId, bound: Bound, near: bool) -> Value {
        let (module, body, active) = {
            let info = self.function(id);
            (info.module, info.body, info.active)
        };
        let context = &self.modules[module as usize];
        let outer = near.then_some(self.frames.len() - 1).filter(|at| {
            self.frames[*at].module == module && context.resolution.body(body).parent == Some(self.frames[*at].body)
        });
        let alone = outer.is_none()
            || context.resolution.body(body).captures.iter().all(|id| context.resolution.variable(*id).body.0 == 0);
        let heard = self.functions[id.0 as usize].heard.as_ref().filter(|heard| alone && heard.bound == bound);
        if let Some(heard) = heard {
            return heard.result;
        }
        let key = (id, bound);
        if alone
            && self.functions[id.0 as usize].contexts > 0
            && let Some(result) = self.results.get(&key)
        {
            return *result;
        }
        let (_, bound) = &key;
        if active > 0 || self.frames.len() > MAX_NESTED || self.function(id).contexts > MAX_CONTEXTS || self.is_tired()
        {
            self.generalized += 1;
            if active == 0 {
                let span = self.function(id).node.span;
                self.approximations.insert(Approximation { span, reason: Reason::Calls });
            }
            let info = self.function(id);
            info.result_read = true;
            info.dispatches_read = true;
            return info.result;
        }
        self.function(id).contexts += 1;
        if !alone {
            self.quiet += 1;
            let result = self.run_function(id, bound, outer);
            self.quiet -= 1;
            return result;
        }
        if self.function(id).contexts == 1 && !self.function(id).finished {
            return self.hear(key);
        }
        self.quiet += 1;
        let result = self.run_function(id, bound, None);
        self.quiet -= 1;
        self.results.insert(key, result);
        result
    }

    /// Goes through a call and keeps what it had to say: that holds if no other call comes, and if no call in it had to
    /// be told in general, which the pass over the function alone can tell better.
    fn hear(&mut self, (id, bound): (FunctionId, Bound)) -> Value {
        let (quiet, generalized) = (self.quiet, self.generalized);
        let (said, declared, inlined) = (self.diagnostics.len(), self.declared.len(), self.inlined.len());
        self.quiet = 0;
        let result = self.run_function(id, &bound, None);
        self.quiet = quiet;
        let said = Said {
            diagnostics: self.diagnostics.split_off(said),
            declared: self.declared.split_off(declared),
            inlined: self.inlined.split_off(inlined),
        };
        for callback in &said.inlined {
            self.function(*callback).inlined = false;
        }
        match self.generalized == generalized {
            true => self.function(id).heard = Some(Heard { bound, result, said }),
            false => {
                self.results.insert((id, bound), result);
            }
        }
        result
    }

    /// Goes through a callback where it stands, saying what is wrong in it unless this is only tried.
    pub(super) fn call_here(&mut self, id: FunctionId, arguments: &Arguments<'a>) -> Value {
        let bound = self.bind_arguments(id, arguments);
        self.note_call(id, &bound);
        if self.function(id).active > 0 || self.frames.len() > MAX_NESTED * 4 {
            self.generalized += 1;
            let info = self.function(id);
            info.result_read = true;
            return info.result;
        }
        if self.quiet == 0 && !self.function(id).inlined {
            self.function(id).inlined = true;
            self.inlined.push(id);
        }
        let outer = self.frames.len() - 1;
        let result = self.run_function(id, &bound, Some(outer));
        self.note_result(id, result);
        self.pass_on_dispatches(id);
        result
    }

    /// What each parameter gets, annotations counting more than what is given.
    fn bind_arguments(&mut self, id: FunctionId, arguments: &Arguments<'a>) -> Bound {
        let (function, module) = (self.function(id).node, self.function(id).module);
        let mut bound = Bound::with_capacity(function.params.len());
        for (at, param) in function.params.iter().enumerate() {
            if param.rest {
                let mut element = arguments.rest.unwrap_or(Value::NEVER);
                for (value, _) in arguments.values.iter().skip(at) {
                    element = self.types.join_values(element, *value);
                }
                let count = arguments.values.len().saturating_sub(at) as u32;
                let most = arguments.rest.is_none().then_some(count);
                bound.push((Value::plain(self.types.array(element, count, most)), false));
                continue;
            }
            let (value, missing) = arguments.given(at);
            let value = match &param.annotation {
                Some(annotation) if !value.is_never() => self.annotated(value, module, annotation),
                _ => value,
            };
            bound.push((value.stored(), missing));
        }
        bound
    }

    fn note_call(&mut self, id: FunctionId, bound: &[(Value, bool)]) {
        if self.frame().state.dead {
            return;
        }
        let widen = self.round > PATIENT_ROUNDS;
        self.function(id).called = true;
        for (at, (value, missing)) in bound.iter().enumerate() {
            let Parameter { given: old, missing: was_missing, .. } = self.function(id).params[at];
            let joined = match widen {
                true => self.types.widen_values(old, *value, &self.landmarks),
                false => self.types.join_values(old, *value),
            };
            if (joined, was_missing || *missing) != (old, was_missing) {
                let info = self.function(id);
                info.params[at].given = joined;
                info.params[at].missing |= *missing;
                let read = info.params_read;
                self.changed |= read;
            }
        }
    }

    /// A function that asks agents makes those that call it ask them. What a function that still runs will ask is seen
    /// later.
    fn pass_on_dispatches(&mut self, id: FunctionId) {
        let info = self.function(id);
        info.dispatches_read |= info.active > 0;
        if info.dispatches {
            self.note_dispatch();
        }
    }

    /// Notes that the body being gone through may ask an agent or model.
    pub(super) fn note_dispatch(&mut self) {
        let frame = self.frame();
        let (module, body) = (frame.module, frame.body);
        let mut at = Some(body);
        while let Some(body) = at {
            if let Some(id) = self.function_of(module, body) {
                let info = self.function(id);
                let read = info.dispatches_read && !info.dispatches;
                info.dispatches = true;
                self.changed |= read;
                return;
            }
            at = self.modules[module as usize].resolution.body(body).parent;
        }
    }

    fn note_result(&mut self, id: FunctionId, result: Value) {
        let old = self.function(id).result;
        let joined = match self.round > PATIENT_ROUNDS {
            true => self.types.widen_values(old, result, &self.landmarks),
            false => self.types.join_values(old, result.stored()),
        };
        if joined != old {
            let info = self.function(id);
            info.result = joined;
            let read = info.result_read;
            self.changed |= read;
        }
    }

    /// What each parameter can be, for those who read the function's type.
    pub(super) fn parameter_types(&self, id: FunctionId) -> impl Iterator<Item = Ty> {
        self.functions[id.0 as usize].params.iter().map(|param| param.seen.ty)
    }

    /// Forgets what only held in the last round.
    pub(super) fn begin_round(&mut self) {
        for info in &mut self.functions {
            info.contexts = 0;
            info.inlined = false;
            info.params_read = false;
            info.result_read = false;
            info.dispatches_read = false;
            info.heard = None;
            info.finished = false;
        }
    }

    /// The pass that says what is wrong in a function, for all of its calls together.
    pub(super) fn finish_function(&mut self, id: FunctionId) {
        let info = self.function(id);
        if info.inlined {
            return;
        }
        info.finished = true;
        info.params_read = true;
        let unknown = info.open || !info.called;
        let (node, module) = (info.node, info.module);
        let mut bound = Bound::with_capacity(node.params.len());
        for (at, param) in node.params.iter().enumerate() {
            let Parameter { given: value, missing, .. } = self.function(id).params[at];
            let any = match param.rest {
                true => Value::plain(self.types.list(Value::ANY)),
                false => Value::ANY,
            };
            let value = if unknown || value.is_never() { any } else { value };
            let value = match &param.annotation {
                Some(annotation) if unknown => self.annotated(value, module, annotation),
                _ => value,
            };
            bound.push((value, (missing || unknown) && !param.rest));
        }
        let heard = self.function(id).heard.as_mut().filter(|heard| heard.bound == bound);
        let result = match heard.map(|heard| (heard.result, std::mem::take(&mut heard.said))) {
            Some((result, Said { diagnostics, declared, inlined })) => {
                self.diagnostics.extend(diagnostics);
                self.declared.extend(declared);
                for callback in inlined {
                    self.function(callback).inlined = true;
                }
                result
            }
            None => self.run_function(id, &bound, None),
        };
        self.note_result(id, result);
    }

    /// Goes through a body with these arguments.
    fn run_function(&mut self, id: FunctionId, bound: &[(Value, bool)], outer: Option<usize>) -> Value {
        let info = self.function(id);
        info.active += 1;
        let (node, module, body) = (info.node, info.module, info.body);
        self.push_frame(module, body, outer, false);
        for (at, (param, (value, missing))) in node.params.iter().zip(bound).enumerate() {
            let mut value = *value;
            if *missing && !param.rest {
                let before = self.frame().state.clone();
                let default = match &param.default {
                    Some(default) => self.infer(default),
                    None if param.optional => Value::NULL,
                    None => Value::NEVER,
                };
                if !value.is_never() {
                    let state = self.frame().state.clone();
                    *self.state() = before.join(state, &mut self.types);
                }
                value = self.types.join_values(value, default).stored();
            }
            if self.quiet == 0 {
                self.function(id).params[at].seen = value;
            }
            self.declare_pattern(&param.pattern, value);
        }
        let last = self.run_body(&node.body);
        if let Some(span) = result_span(&node.body).filter(|_| !self.frame().state.dead) {
            self.check_result(node, last, span);
        }
        let frame = self.pop_frame();
        let mut result = frame.returned;
        if !frame.state.dead {
            result = self.types.join_values(result, last);
        }
        if let Some(annotation) = &node.result
            && !result.is_never()
        {
            result = self.annotated(result, module, annotation);
        }
        if node.is_async {
            let settled = self.settled(result);
            result = Value::plain(self.types.task(settled));
        }
        self.function(id).active -= 1;
        result.stored()
    }

    /// The value of a body's last statement or expression.
    pub(super) fn run_body(&mut self, body: &'a Body) -> Value {
        match body {
            Body::Expr(expr) => self.infer(expr),
            Body::Block(block) => self.run_block(block),
            Body::Statement(stmt) => self.run_stmt(stmt),
        }
    }

    pub(super) fn push_frame(&mut self, module: u32, body: BodyId, outer: Option<usize>, is_program: bool) {
        let input = match outer {
            Some(outer) => self.frames[outer].state.get(super::state::INPUT).value,
            None => self.input,
        };
        let count = self.modules[module as usize].counts[body.0 as usize] as usize;
        let mut state = State::new(count, input);
        for at in 0..self.modules[module as usize].captured[body.0 as usize].len() {
            let (variable, place) = self.modules[module as usize].captured[body.0 as usize][at];
            let value = self.captured_value(module, body, variable, outer);
            state.set(place as usize, Slot { value, unassigned: false });
        }
        self.frames.push(Frame {
            module,
            body,
            state,
            returned: Value::NEVER,
            loops: Vec::new(),
            tries: Vec::new(),
            caught: 0,
            heads: Default::default(),
            piped: Vec::new(),
            is_program,
        });
    }

    /// What a variable of an outer body holds when an inner one begins to run: what it holds there and then, if it is
    /// known which run of the outer body that is, else whatever it is ever given.
    fn captured_value(&mut self, module: u32, body: BodyId, variable: VariableId, outer: Option<usize>) -> Value {
        // The outer body may go on while an `async` function waits.
        let function = self.function_of(module, body).map(|id| &self.functions[id.0 as usize]);
        let stays = self.modules[module as usize].resolution.variable(variable).assignments == 1
            || function.is_none_or(|info| !info.node.is_async);
        if let Some(outer) = outer.filter(|_| stays).map(|at| &self.frames[at])
            && outer.module == module
            && let Some(place) = self.modules[module as usize].place_in(variable, outer.body)
        {
            let Slot { value, unassigned } = outer.state.get(place);
            let implicit = self.modules[module as usize].resolution.variable(variable).kind == VariableKind::Implicit;
            return if unassigned && implicit { self.types.join_values(value, Value::NULL) } else { value };
        }
        self.shared_value(module, variable)
    }

    pub(super) fn pop_frame(&mut self) -> Frame {
        self.frames.pop().expect("a frame for each body that is being gone through")
    }

    pub(super) fn frame(&self) -> &Frame {
        self.frames.last().expect("something is being gone through")
    }

    pub(super) fn frame_mut(&mut self) -> &mut Frame {
        self.frames.last_mut().expect("something is being gone through")
    }

    pub(super) fn state(&mut self) -> &mut State {
        &mut self.frame_mut().state
    }

    /// Whoever can call a function: marks those that have become part of an `any`.
    pub(super) fn open_escaped(&mut self) {
        while let Some(id) = self.types.escaped.pop() {
            let info = self.function(id);
            if !info.open {
                info.open = true;
                let read = info.params_read;
                self.changed |= read;
            }
        }
    }

    /// Whether the variable holds a function that is made in the body that is being gone through, and nothing else.
    pub(super) fn is_near(&self, variable: VariableId) -> bool {
        let frame = self.frame();
        let variable = self.modules[frame.module as usize].resolution.variable(variable);
        variable.body == frame.body && variable.assignments == 1
    }
}

/// Where what a body comes to is written, unless only its `return`s are meant to give something.
fn result_span(body: &Body) -> Option<Span> {
    let of_stmt = |stmt: &Stmt| matches!(stmt.kind, StmtKind::Expr(_)).then_some(stmt.span);
    match body {
        Body::Expr(expr) => Some(expr.span),
        Body::Block(block) => block.body.last().and_then(of_stmt),
        Body::Statement(stmt) => of_stmt(stmt),
    }
}
