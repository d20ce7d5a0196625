//! Which fiber runs next, and how a run begins, goes on and ends.

use super::fiber::{Fiber, FiberId, LastAnswer, Pause, Purpose};
use super::tasks::{OpPurpose, OpenOp};
use super::{Machine, OpId, Outcome, Response, RunFailure, Step};
use crate::confidence::{Conf, Ledger};
use crate::limits::Stop;
use crate::raise::{Fault, Raise};
use crate::value::heap::{Ref, live_bytes};
use crate::value::{ErrorValue, Str, Task, TaskId, TaskState, Trace, Value};
use prism_confidence::Rule;
use prism_diagnostics::{Code, Span};

/// The steps that a host lets a machine run at once if it has no reason for another number: 1 to 6 milliseconds of compiled
/// code, 8 to 95 of interpreted (`loop_sum` and `nbody` of `bench/`). Cancellation and deadlines wait for about so long.
/// Compiled code is left when a slice ends and entered again where its loop turns next, so shorter slices cost time.
pub const SLICE: u64 = 1_000_000;

impl Machine {
    /// Runs at most `slice` steps of fuel: see [`SLICE`].
    pub fn run(&mut self, slice: u64) -> Step {
        self.inside(|machine| machine.run_slice(slice))
    }

    fn run_slice(&mut self, slice: u64) -> Step {
        self.runtime.pause_at = self.runtime.fuel.saturating_sub(slice.max(1));
        if !self.started {
            self.started = true;
            self.begin();
        }
        loop {
            if let Some(outcome) = &self.outcome {
                return Step::Done(outcome.clone());
            }
            if let Some(stop) = self.stopped {
                self.halt(stop, None);
                continue;
            }
            if let Some(op) = self.asking {
                return Step::WaitingFor(op);
            }
            let next = self.next_fiber();
            if live_bytes() > self.runtime.limits.memory {
                // An answer was too much, or what it brought to an end.
                let at = next.or_else(|| self.oldest_fiber());
                self.halt(Stop::Memory, at.as_deref());
                continue;
            }
            let Some(mut fiber) = next else {
                if self.ops.is_empty() {
                    self.halt(Stop::Deadlock, None);
                    continue;
                }
                return Step::Waiting;
            };
            match self.advance(&mut fiber) {
                Pause::Waits(task) => {
                    self.waiters.entry(task.id).or_default().push(fiber.id);
                    if !task.is_pending() {
                        // It ended while it was being started.
                        self.waiters.remove(&task.id);
                        self.ready.push_back(fiber.id);
                    }
                    self.fibers.insert(fiber.id, fiber);
                }
                Pause::Asks(op) => {
                    self.asking = Some(op);
                    self.first.push(fiber.id);
                    self.fibers.insert(fiber.id, fiber);
                }
                Pause::Yields => {
                    // Below those that it started.
                    let at = self.first.len().saturating_sub(self.just_started);
                    self.first.insert(at, fiber.id);
                    self.just_started = 0;
                    self.fibers.insert(fiber.id, fiber);
                }
                Pause::SliceOver => {
                    self.first.push(fiber.id);
                    self.fibers.insert(fiber.id, fiber);
                    return Step::SliceOver;
                }
                Pause::Ended(value) => self.fiber_ended(fiber, Ok(value)),
                Pause::Failed(error) => self.fiber_ended(fiber, Err(error)),
                Pause::Stopped(stop) => self.halt(stop, Some(&fiber)),
            }
        }
    }

    /// Makes the fiber that runs the modules.
    fn begin(&mut self) {
        let task = Ref::new(Task::new(TaskId(u64::MAX), TaskState::Pending));
        let id = FiberId(self.next_fiber);
        self.next_fiber += 1;
        let fiber = Fiber::new(id, task, Purpose::Run { next_module: self.first_module }, Vec::new());
        self.fibers.insert(id, fiber);
        self.ready.push_back(id);
    }

    /// Runs a fiber until it stops; at its end tasks in its value are waited for.
    fn advance(&mut self, fiber: &mut Fiber) -> Pause {
        loop {
            let value = match fiber.ending.take() {
                Some(value) => value,
                None => {
                    if fiber.frames.is_empty()
                        && let Some(pause) = self.enter_module(fiber)
                    {
                        return pause;
                    }
                    match self.execute(fiber) {
                        Pause::Ended(value) => value,
                        other => return other,
                    }
                }
            };
            if let Purpose::Run { next_module } = fiber.purpose {
                self.finished_modules = next_module;
                if next_module < self.program_unit.program.modules.len() {
                    continue;
                }
                match self.settle_shared() {
                    Err(Raise::Wait(task)) => {
                        fiber.ending = Some(value);
                        return Pause::Waits(task);
                    }
                    Err(Raise::Stop(stop)) => return Pause::Stopped(stop),
                    _ => {}
                }
            }
            match self.settled_deep(&value) {
                Ok(value) => return Pause::Ended(value),
                Err(Raise::Wait(task)) => {
                    fiber.ending = Some(value);
                    return Pause::Waits(task);
                }
                Err(Raise::Error(error)) => return Pause::Failed(error),
                Err(Raise::Stop(stop)) => return Pause::Stopped(stop),
                Err(Raise::Fault(fault)) => return Pause::Failed(self.error_value(*fault, fiber)),
            }
        }
    }

    /// Readies the next module of the run.
    fn enter_module(&mut self, fiber: &mut Fiber) -> Option<Pause> {
        let Purpose::Run { next_module } = fiber.purpose else { return Some(Pause::Ended(Value::NULL)) };
        let Some(module) = self.program_unit.program.modules.get(next_module) else {
            return Some(Pause::Ended(Value::NULL));
        };
        let function = self.program_unit.first + module.function.0;
        match self.admit(fiber) {
            Ok(None) => {}
            Ok(Some(pause)) => return Some(pause),
            Err(_) => return Some(Pause::Stopped(Stop::Depth)),
        }
        fiber.purpose = Purpose::Run { next_module: next_module + 1 };
        self.push_frame(fiber, function, None, 0, 0, 0, super::Finish::Times(Conf::PLAIN));
        None
    }

    /// The fiber to run next: what was just started, else one that is ready, chosen by the seed.
    fn next_fiber(&mut self) -> Option<Box<Fiber>> {
        self.just_started = 0;
        while let Some(id) = self.first.pop() {
            if let Some(fiber) = self.fibers.remove(&id) {
                return Some(fiber);
            }
        }
        while !self.ready.is_empty() {
            let at = if self.settings.seed == 0 { 0 } else { (self.next_random() % self.ready.len() as u64) as usize };
            if let Some(fiber) = self.ready.remove(at).and_then(|id| self.fibers.remove(&id)) {
                return Some(fiber);
            }
        }
        None
    }

    /// Of the fibers that wait the one that began first.
    fn oldest_fiber(&mut self) -> Option<Box<Fiber>> {
        let oldest = *self.fibers.keys().min()?;
        self.fibers.remove(&oldest)
    }

    /// SplitMix64: order among fibers that are ready together, never a value of the program.
    fn next_random(&mut self) -> u64 {
        self.random = self.random.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.random;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    /// Fibers that run before all others, in order.
    #[allow(clippy::vec_box, reason = "the machine's tables hold them boxed, so that they need not be moved")]
    pub(crate) fn start_first(&mut self, fibers: Vec<Box<Fiber>>) {
        self.just_started = fibers.len();
        for fiber in fibers.into_iter().rev() {
            self.first.push(fiber.id);
            self.fibers.insert(fiber.id, fiber);
        }
    }

    /// The fuel is used up, or the slice; or the heap is full.
    pub(crate) fn out_of_steps(&self) -> Pause {
        if live_bytes() > self.runtime.limits.memory {
            Pause::Stopped(Stop::Memory)
        } else if self.runtime.fuel == 0 {
            Pause::Stopped(Stop::Fuel)
        } else {
            Pause::SliceOver
        }
    }

    /// Answers a request; an answer to one that was cancelled is ignored.
    pub fn answer(&mut self, op: OpId, response: Response) {
        self.inside(|machine| machine.take_answer(op, response));
    }

    fn take_answer(&mut self, op: OpId, response: Response) {
        let Some(OpenOp { task, purpose, asked_at, .. }) = self.ops.remove(&op) else { return };
        if let Some(span) = asked_at.filter(|_| self.settings.trace) {
            Ledger::at(span);
        }
        if self.asking == Some(op) {
            self.asking = None;
        }
        if let OpPurpose::Timer { block } = purpose {
            self.time_is_up(block);
            return;
        }
        let state = match response {
            Response::Value(value) => TaskState::Done(value),
            Response::Agents(agents) => {
                let agents = agents.into_iter().map(|agent| self.agent_value(agent)).collect();
                TaskState::Done(Value::array(agents))
            }
            Response::Failed(failure) => {
                let agent = match &purpose {
                    OpPurpose::Dispatch { agent, .. } => Some(agent),
                    _ => None,
                };
                let data = self.failure_data(agent, failure.details);
                let code = failure.code.unwrap_or(Code::R0010);
                TaskState::Failed(self.request_failed(asked_at, Fault { code, message: failure.message, data }))
            }
            Response::Raised(fault) => TaskState::Failed(self.request_failed(asked_at, fault)),
            Response::Answer(answer) => {
                let by = answer.by.clone().or_else(|| match &purpose {
                    OpPurpose::Dispatch { agent, .. } => agent.as_agent().map(|agent| agent.name.to_string()),
                    _ => None,
                });
                let rule = if answer.confidence.is_some() { Rule::Reported } else { Rule::Unreported };
                let conf = Conf::derive_noted(answer.confidence.unwrap_or(0.0), rule, &[], by.as_deref());
                TaskState::Done(self.answer_value(purpose, answer, conf))
            }
        };
        self.settle(task, state);
    }

    /// What a failed request's error has as its data: the agent, then what the host adds; null if neither is known.
    fn failure_data(&self, agent: Option<&Value>, details: Vec<(String, Value)>) -> Value {
        let mut data = self.agent_data(agent);
        if !details.is_empty() && data.is_null() {
            data = Value::from(Ref::new(self.runtime.empty_object()));
        }
        if let Some(object) = data.as_object_mut() {
            details.into_iter().for_each(|(key, value)| object.set(&Ref::new(Str::new(key)), value));
        }
        data
    }

    fn answer_value(&mut self, purpose: OpPurpose, answer: super::AgentAnswer, conf: Conf) -> Value {
        let reasoning = answer.reasoning.map_or(Value::NULL, Value::from);
        let uncertainties = Value::array(answer.uncertainties.into_iter().map(Value::from).collect());
        let OpPurpose::Dispatch { agent, whole, fiber } = purpose else { return answer.result.with_conf(conf) };
        if let Some(fiber) = self.fibers.get_mut(&fiber)
            && fiber.agent.as_ref().is_some_and(|own| crate::value::strictly_equal(own, &agent))
        {
            fiber.last_answer = LastAnswer { reasoning: reasoning.clone(), uncertainties: uncertainties.clone() };
        }
        if whole {
            self.answer_object(&agent, answer.result, conf, reasoning, uncertainties)
        } else {
            answer.result.with_conf(conf)
        }
    }

    /// The error value of a request, which was asked at that place; its use raises it where it stands.
    fn request_failed(&self, asked_at: Option<Span>, fault: Fault) -> Ref<ErrorValue> {
        Ref::new(ErrorValue {
            code: fault.code,
            message: Ref::new(Str::new(fault.message)),
            data: fault.data,
            span: asked_at,
            position: self.position(asked_at),
            trace: Trace::default(),
            at_use: true,
        })
    }

    /// The program has ended.
    pub(crate) fn finish(&mut self, result: Result<Value, Ref<ErrorValue>>) {
        if live_bytes() > self.runtime.limits.memory {
            return self.halt(Stop::Memory, None);
        }
        let result = result.map_err(|error| RunFailure {
            code: error.code,
            message: reported(error.message.as_str()),
            data: error.data.clone(),
            span: error.span,
            trace: error.trace.clone(),
        });
        self.end(result);
    }

    /// The machine itself ends the run.
    pub(super) fn halt(&mut self, stop: Stop, fiber: Option<&Fiber>) {
        let refused = self.refused.take();
        let asked_at = refused.as_ref().and_then(|(op, _)| self.ops.get(op)?.asked_at);
        let span = fiber.map_or(asked_at, |fiber| self.current_place(fiber));
        let trace = fiber.map_or_else(Trace::default, |fiber| self.trace(fiber));
        let message = refused.map_or_else(|| stop.message(&self.runtime.limits), |(_, message)| message);
        self.end(Err(RunFailure { code: stop.code(), message, data: Value::NULL, span, trace }));
    }

    fn end(&mut self, result: Result<Value, RunFailure>) {
        // Nothing goes on after this: no join is to come to anything because its inputs are cancelled.
        self.watchers.clear();
        self.waiters.clear();
        let open: Vec<TaskId> = self.running.keys().copied().collect();
        let mut open = open;
        open.sort_unstable();
        for task in open {
            self.cancel(task);
        }
        for op in self.ops.keys().copied().collect::<Vec<_>>() {
            self.cancel_op(op);
        }
        self.fibers.clear();
        self.flush_lines();
        let (warnings, metadata) = (std::mem::take(&mut self.warnings), self.metadata.clone());
        self.outcome = Some(Outcome { result, warnings, metadata });
    }
}

/// A message as the outcome has it: the program may have made it as large as its memory.
fn reported(message: &str) -> String {
    /// Bytes, of which a text is not cut.
    const MOST: usize = 64 << 10;
    let end = message.floor_char_boundary(MOST);
    match message.len() - end {
        0 => message.to_owned(),
        rest => format!("{}… ({rest} bytes more)", &message[..end]),
    }
}
