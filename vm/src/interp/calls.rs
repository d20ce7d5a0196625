//! Calls: who is called, with which arguments, and what becomes of the result.

use super::Flow;
use super::library::{Prepared, wrong_arity};
use crate::confidence::Conf;
use crate::limits::Stop;
use crate::machine::{Callee, Fiber, Finish, Frame, Loaded, Machine, OpPurpose, Pause, Request};
use crate::native::{Body, Native};
use crate::raise::Raise;
use crate::value::heap::Ref;
use crate::value::{Bound, BoundOrder, Closure, Kind, Task, Value, metered};
use prism_bytecode::{ConfidenceRule, Instr, LibraryId, Params};
use prism_confidence::Rule;

impl Machine {
    /// Calls the value at `at` with the `count` arguments behind it; the result goes to stack place `result`.
    pub(crate) fn call(&mut self, fiber: &mut Fiber, at: usize, count: usize, result: usize) -> Result<Flow, Raise> {
        let callee = &fiber.stack[at];
        let conf = callee.conf();
        if let Some(closure) = callee.as_closure() {
            let function = closure.function;
            return self.call_closure(fiber, function, conf, at, count, result);
        }
        if let Some(library) = callee.as_library() {
            return self.call_library_times(fiber, library, conf, at + 1, count, result);
        }
        if let Some(bound) = callee.to_ref::<Bound>() {
            let given: Vec<Value> = fiber.stack[at + 1..at + 1 + count].iter_mut().map(std::mem::take).collect();
            let all: Vec<Value> = match bound.order {
                BoundOrder::First => bound.given.iter().cloned().chain(given).collect(),
                BoundOrder::Last => given.into_iter().chain(bound.given.iter().cloned()).collect(),
            };
            let count = self.spill(fiber, at + 1, all);
            return self.call_library_times(fiber, bound.library, conf, at + 1, count, result);
        }
        if callee.kind() == Kind::Task {
            fiber.stack[at] = Task::settled(&fiber.stack[at])?;
            return self.call(fiber, at, count, result);
        }
        Err(Raise::kind(format!("{} is not a function", callee.kind().as_str())))
    }

    /// Puts values on the stack from `at` on; the stack grows as needed.
    fn spill(&mut self, fiber: &mut Fiber, at: usize, values: Vec<Value>) -> usize {
        let count = values.len();
        if fiber.stack.len() < at + count {
            fiber.grow(at + count);
        }
        for (slot, value) in fiber.stack[at..].iter_mut().zip(values) {
            *slot = value;
        }
        count
    }

    fn call_closure(
        &mut self,
        fiber: &mut Fiber,
        function: u32,
        conf: Conf,
        at: usize,
        count: usize,
        result: usize,
    ) -> Result<Flow, Raise> {
        let loaded = &self.functions[function as usize];
        if !loaded.params.accepts(count) {
            return Err(wrong_count(loaded, count));
        }
        if loaded.is_async {
            let arguments = fiber.stack[at + 1..=at + count].iter_mut().map(std::mem::take).collect();
            let Some(closure) = fiber.stack[at].to_ref::<Closure>() else { return Err(Raise::kind("not a function")) };
            let task = self.start_async(fiber, closure, arguments)?;
            fiber.stack[result] = Value::from(task).with_conf(conf);
            self.step_on(fiber);
            return Ok(Flow::Pause(Pause::Yields));
        }
        if let Some(pause) = self.admit(fiber)? {
            return Ok(Flow::Pause(pause));
        }
        // The window is lost to the caller: the frame takes the handle that lies there.
        let closure = std::mem::take(&mut fiber.stack[at]).into_ref::<Closure>();
        self.push_frame(fiber, function, closure, at + 1, count, result, Finish::Times(conf));
        Ok(Flow::Frame)
    }

    /// Takes a step of fuel for a call; says why it can't be made now.
    pub(crate) fn admit(&mut self, fiber: &Fiber) -> Result<Option<Pause>, Raise> {
        if self.is_out_of_steps() {
            return Ok(Some(self.out_of_steps()));
        }
        if fiber.frames.len() >= self.runtime.limits.depth {
            return Err(Raise::Stop(Stop::Depth));
        }
        self.runtime.fuel -= 1;
        Ok(None)
    }

    /// Pushes a frame whose first registers are the arguments that already lie there; [`Machine::admit`] has let it.
    #[allow(clippy::too_many_arguments, reason = "everything that makes a frame")]
    pub(crate) fn push_frame(
        &mut self,
        fiber: &mut Fiber,
        function: u32,
        closure: Option<Ref<Closure>>,
        base: usize,
        count: usize,
        result: usize,
        finish: Finish,
    ) {
        let (_, end) = self.frame_bounds(fiber);
        let loaded = &self.functions[function as usize];
        let params = loaded.params;
        let top = base + (loaded.registers as usize).max(count);
        if fiber.stack.len() < top {
            fiber.grow(top);
        }
        let most = params.required as usize + params.optional as usize;
        if params.rest {
            let extra = fiber.stack[base..base + count].iter_mut().skip(most).map(std::mem::take).collect();
            fiber.stack[base + most] = Value::array(extra);
        }
        for missing in count.min(most)..most {
            fiber.stack[base + missing] = Value::UNINIT;
        }
        // What lies above the window is lost to the caller. It goes now, as the callee's registers and those of whatever that
        // calls hold no handles when they begin.
        let above = base + params.registers() as usize..top.max(end);
        fiber.stack[above].iter_mut().for_each(Value::let_go);
        fiber.push(Frame { function, pc: 0, base, result, finish, closure, pending: None });
    }

    /// Takes the innermost frame off; its registers give up their handles.
    #[inline]
    pub(crate) fn pop_frame(&mut self, fiber: &mut Fiber) -> Option<Frame> {
        let frame = fiber.frames.pop()?;
        let registers = self.functions[frame.function as usize].registers as usize;
        let top = (frame.base + registers).min(fiber.stack.len());
        fiber.stack[frame.base.min(top)..top].iter_mut().for_each(Value::let_go);
        Some(frame)
    }

    /// Ends the innermost function with a value.
    #[inline]
    pub(crate) fn return_value(&mut self, fiber: &mut Fiber, value: Value) -> Option<Pause> {
        let Some(frame) = self.pop_frame(fiber) else { return Some(Pause::Ended(value)) };
        let value = match frame.finish {
            Finish::Times(conf) if conf.is_plain() => value,
            // A task's confidence is part of what it gives, so it must be looked through at its use.
            Finish::Times(conf) => {
                let conf = conf.times(value.conf(), Rule::Call);
                value.with_conf(conf)
            }
            Finish::Bare => value.bare(),
        };
        let Some(caller) = fiber.frames.last_mut() else { return Some(Pause::Ended(value)) };
        caller.pc += 1;
        fiber.stack[frame.result] = value;
        None
    }

    /// The instruction at hand is done.
    pub(crate) fn step_on(&self, fiber: &mut Fiber) {
        if let Some(frame) = fiber.frames.last_mut() {
            frame.pc += 1;
        }
    }

    pub(crate) fn call_library(
        &mut self,
        fiber: &mut Fiber,
        library: u16,
        arguments: usize,
        count: usize,
        result: usize,
    ) -> Result<Flow, Raise> {
        self.call_library_times(fiber, LibraryId(library), Conf::PLAIN, arguments, count, result)
    }

    fn call_library_times(
        &mut self,
        fiber: &mut Fiber,
        id: LibraryId,
        conf: Conf,
        arguments: usize,
        count: usize,
        result: usize,
    ) -> Result<Flow, Raise> {
        if self.settings.trace
            && let Some(span) = self.current_place(fiber)
        {
            crate::confidence::Ledger::at(span);
        }
        if let Some(Body::Native(native)) = self.library.bodies.get(id.0 as usize)
            && conf.is_plain()
            && let Some(rule) = self.runtime.is_plain_call(id, &fiber.stack[arguments..arguments + count])
        {
            let native = *native;
            let window = &mut fiber.stack[arguments..arguments + count];
            let kept: Option<Vec<Value>> = window.iter().any(may_wait).then(|| window.to_vec());
            return match self.call_rust(id, native, window) {
                Ok(value) => {
                    fiber.stack[arguments..arguments + count].fill(Value::NULL);
                    fiber.stack[result] = Prepared { rule, times: Conf::PLAIN }.finish(value);
                    Ok(Flow::Next)
                }
                Err(raised) => Err(restore(fiber, arguments, kept, raised)),
            };
        }
        let library = self.library.clone();
        let body = library.bodies.get(id.0 as usize).unwrap_or(&Body::None);
        match body {
            Body::Intrinsic(intrinsic) => return self.intrinsic(fiber, *intrinsic, id, arguments, count, result),
            Body::Host(_) | Body::Request => {
                for at in arguments..arguments + count {
                    fiber.stack[at] = self.settled_deep(&fiber.stack[at])?;
                }
            }
            Body::Native(_) | Body::Number(_) | Body::Prism(_) | Body::None => {}
        }
        // Before anything is taken off the arguments: a call that can't be made now is made anew.
        if matches!(body, Body::Prism(_))
            && let Some(pause) = self.admit(fiber)?
        {
            return Ok(Flow::Pause(pause));
        }
        let window = &mut fiber.stack[arguments..arguments + count];
        // A body that waits is called anew with the same arguments, so what it sees are copies where it may take them.
        let kept: Option<Vec<Value>> = window.iter().any(may_wait).then(|| window.to_vec());
        if let Some(given) = self.runtime.without_subject(id, window)? {
            let bound = Bound::new(id, given, BoundOrder::Last);
            fiber.stack[result] = Value::from(Ref::new(bound)).with_conf(conf);
            return Ok(Flow::Next);
        }
        let prepared = match self.runtime.prepare(id, window) {
            Ok(prepared) => prepared,
            Err(raised) => return Err(restore(fiber, arguments, kept, raised)),
        };
        let called = match body {
            Body::Native(native) => self.call_rust(id, *native, window),
            Body::Number(function) => {
                self.call_rust(id, |native| Ok(Value::number(function(native.number(0)))), window)
            }
            Body::Host(host) => self.call_rust(id, |native| host.call(native), window),
            Body::Request => {
                let request = Request::Call { function: id, arguments: window.to_vec() };
                self.start_op(fiber, request, OpPurpose::Value).map(Value::from)
            }
            Body::Prism(function) => {
                let finish = match prepared.rule {
                    ConfidenceRule::Never => Finish::Bare,
                    _ => Finish::Times(prepared.times.times(conf, Rule::Call)),
                };
                self.defaults(id, window);
                self.ready_library();
                self.push_frame(fiber, self.library_unit.first + function.0, None, arguments, count, result, finish);
                return Ok(Flow::Frame);
            }
            Body::Intrinsic(_) | Body::None => {
                Err(Raise::kind(format!("{} is not a function", self.runtime.display_brief(&Value::library(id)))))
            }
        };
        match called {
            Ok(value) => {
                let value = prepared.finish(value);
                let times = value.conf().times(conf, Rule::Call);
                // Handles left behind would make the next update of what they point at a copy.
                fiber.stack[arguments..arguments + count].fill(Value::NULL);
                fiber.stack[result] = value.with_conf(times);
                Ok(Flow::Next)
            }
            Err(raised) => Err(restore(fiber, arguments, kept, raised)),
        }
    }

    /// Calls a body in Rust with arguments that are prepared.
    fn call_rust(
        &mut self,
        id: LibraryId,
        body: impl Fn(&mut Native<'_>) -> Result<Value, Raise>,
        arguments: &mut [Value],
    ) -> Result<Value, Raise> {
        self.runtime.take_fuel(1)?;
        let (most, given) = (self.runtime.fuel, arguments.len());
        let mut call = Native { runtime: &mut self.runtime, arguments, library: id, given };
        let (called, parts) = metered(most, || body(&mut call));
        self.runtime.take_parts(parts)?;
        let value = called?;
        self.runtime.check_room(0)?;
        Ok(value)
    }

    /// Arguments of a body in Prism: null is "not given", so that the default of the body's parameter serves.
    fn defaults(&self, id: LibraryId, arguments: &mut [Value]) {
        let Some(entry) = self.library.catalog.get(id) else { return };
        let Some(signature) = entry.signature() else { return };
        let shift = usize::from(entry.is_method());
        for (index, argument) in arguments.iter_mut().enumerate().skip(shift) {
            let param = signature.param(index - shift);
            if argument.is_null() && param.is_some_and(|param| param.optional && param.ty.as_ref() != "any") {
                *argument = Value::UNINIT;
            }
        }
    }

    /// Makes a call whose arguments have taken fuel: the end of the slice must not make them take it again.
    fn unsliced<R>(&mut self, call: impl FnOnce(&mut Self) -> R) -> R {
        let pause_at = std::mem::take(&mut self.runtime.pause_at);
        let result = call(self);
        self.runtime.pause_at = pause_at;
        result
    }

    pub(crate) fn call_spread(&mut self, fiber: &mut Fiber, instr: Instr) -> Result<Flow, Raise> {
        let (base, top) = self.frame_bounds(fiber);
        let count = self.spill_spread(fiber, base + instr.b as usize, base + instr.c as usize, top)?;
        let flow = self.unsliced(|machine| machine.call(fiber, top, count, base + instr.a as usize));
        self.clear_above(fiber, top, count + 1, &flow);
        flow
    }

    /// Puts a callee or receiver and the elements of an array above the frame; gives the number of elements.
    pub(crate) fn spill_spread(
        &mut self,
        fiber: &mut Fiber,
        callee: usize,
        array: usize,
        top: usize,
    ) -> Result<usize, Raise> {
        let items = self.spread_arguments(&fiber.stack[array])?;
        let callee = fiber.stack[callee].clone();
        let count = items.len();
        self.spill(fiber, top, std::iter::once(callee).chain(items).collect());
        Ok(count)
    }

    pub(crate) fn call_library_spread(&mut self, fiber: &mut Fiber, instr: Instr) -> Result<Flow, Raise> {
        let (base, top) = self.frame_bounds(fiber);
        let items = self.spread_arguments(&fiber.stack[base + instr.b as usize])?;
        let count = self.spill(fiber, top, items);
        let flow = self.unsliced(|machine| machine.call_library(fiber, instr.c, top, count, base + instr.a as usize));
        self.clear_above(fiber, top, count, &flow);
        flow
    }

    pub(crate) fn spread_arguments(&mut self, array: &Value) -> Result<Vec<Value>, Raise> {
        // They are copied here, with the callee, onto the stack, and into the array of a rest parameter.
        const COPIES: usize = 4;
        let length = array.as_array().map_or(0, |array| array.len());
        self.runtime.reserve(length.saturating_mul(COPIES * size_of::<Value>()))?;
        let items = array.as_array().map_or_else(Vec::new, |array| array.to_vec());
        Ok(items)
    }

    /// The innermost frame's first register and one past its last.
    pub(crate) fn frame_bounds(&self, fiber: &Fiber) -> (usize, usize) {
        fiber.frames.last().map_or((0, 0), |frame| {
            (frame.base, frame.base + self.functions[frame.function as usize].registers as usize)
        })
    }

    /// Slots above the innermost frame are null between instructions: what was put there for a call goes, except what
    /// has become part of a new frame.
    pub(crate) fn clear_above(&self, fiber: &mut Fiber, from: usize, count: usize, flow: &Result<Flow, Raise>) {
        let base = fiber.frames.last().map_or(0, |frame| frame.base);
        let end = if matches!(flow, Ok(Flow::Frame)) { base.max(from) } else { from + count }.min(fiber.stack.len());
        fiber.stack[from.min(end)..end].fill(Value::NULL);
    }

    pub(crate) fn call_method(&mut self, fiber: &mut Fiber, function: &Loaded, instr: Instr) -> Result<Flow, Raise> {
        let (base, _) = self.frame_bounds(fiber);
        let (at, count, result) = (base + instr.b as usize, instr.x as usize, base + instr.a as usize);
        self.call_member(fiber, function, instr.c, at, count, result)
    }

    pub(crate) fn call_method_spread(
        &mut self,
        fiber: &mut Fiber,
        function: &Loaded,
        instr: Instr,
    ) -> Result<Flow, Raise> {
        let (base, top) = self.frame_bounds(fiber);
        let count = self.spill_spread(fiber, base + instr.b as usize, base + instr.b as usize + 1, top)?;
        let flow =
            self.unsliced(|machine| machine.call_member(fiber, function, instr.c, top, count, base + instr.a as usize));
        self.clear_above(fiber, top, count + 1, &flow);
        flow
    }

    /// Calls member `name` of the receiver at `at`.
    fn call_member(
        &mut self,
        fiber: &mut Fiber,
        function: &Loaded,
        name: u16,
        at: usize,
        count: usize,
        result: usize,
    ) -> Result<Flow, Raise> {
        let site = &function.sites[name as usize];
        let name = site.name.as_str();
        if fiber.stack[at].kind() == Kind::Task {
            fiber.stack[at] = Task::settled(&fiber.stack[at])?;
        }
        let receiver = &fiber.stack[at];
        let kind = receiver.kind();
        match kind {
            Kind::Agent => return self.dispatch_method(fiber, name, at, count, result),
            Kind::Null => return Err(Raise::null(format!("cannot call '{name}' on null"))),
            Kind::Object | Kind::Error => {}
            _ => {
                if let Some(library) = self.library.catalog.method(kind.set(), name) {
                    return self.call_library(fiber, library.0, at, count + 1, result);
                }
            }
        }
        let member = self.runtime.member(receiver, name)?;
        if member.is_null() {
            return Err(Raise::kind(format!("{} has no method '{name}': null is not a function", kind.as_str())));
        }
        fiber.stack[at] = member;
        self.call(fiber, at, count, result)
    }

    /// Calls a function with as many of what it is offered as it has parameters (§8).
    pub(crate) fn offer(
        &mut self,
        fiber: &mut Fiber,
        at: usize,
        offered: usize,
        native: usize,
        result: usize,
    ) -> Result<Flow, Raise> {
        let count = self.offered(&fiber.stack[at], native)?.min(offered);
        fiber.stack[at + 1 + count..at + 1 + offered].fill(Value::NULL);
        self.call(fiber, at, count, result)
    }

    /// How many arguments a function takes at most if it is offered some; a library function takes `native`.
    pub(crate) fn offered(&self, function: &Value, native: usize) -> Result<usize, Raise> {
        Ok(match self.callee(function)? {
            Callee::Library => native,
            Callee::Function(function) => {
                let params = self.functions[function as usize].params;
                if params.rest { usize::MAX } else { (params.required + params.optional) as usize }
            }
        })
    }

    fn callee(&self, value: &Value) -> Result<Callee, Raise> {
        let mut value = Task::settled(value)?;
        // What was given a function first stands for that.
        while let Some(stood_for) = value.as_bound().and_then(Bound::stood_for) {
            value = stood_for.clone();
        }
        let bound = value.as_bound().map(|bound| bound.library);
        match (value.as_closure(), value.as_library().or(bound)) {
            (Some(closure), _) => Ok(Callee::Function(closure.function)),
            (_, Some(_)) => Ok(Callee::Library),
            _ => Err(Raise::kind(format!("{} is not a function", value.kind().as_str()))),
        }
    }
}

fn wrong_count(function: &Loaded, count: usize) -> Raise {
    let Params { required, optional, rest } = function.params;
    let (least, most) = (required as usize, required as usize + optional as usize);
    wrong_arity(&function.name, least, (!rest).then_some(most), count)
}

/// Whether an argument could make its function wait.
fn may_wait(value: &Value) -> bool {
    match value.kind() {
        Kind::Task => true,
        Kind::Array => value
            .as_array()
            .is_some_and(|array| array.iter().take(64).any(|item| item.kind() == Kind::Task) || array.len() > 64),
        Kind::Object => true,
        _ => false,
    }
}

/// Puts the arguments of a call that waits back: it will be done anew.
fn restore(fiber: &mut Fiber, at: usize, kept: Option<Vec<Value>>, raised: Raise) -> Raise {
    if let (Raise::Wait(_), Some(kept)) = (&raised, kept) {
        for (slot, value) in fiber.stack[at..].iter_mut().zip(kept) {
            *slot = value;
        }
    }
    raised
}
