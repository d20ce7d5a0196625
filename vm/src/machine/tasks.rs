//! Tasks: who does their work, who waits for them, what happens when they end or are cancelled (§9).

use super::blocks::Block;
use super::fiber::{Fiber, FiberId, Purpose};
use super::joins::Join;
use super::{Effect, Machine, OpId, Request};
use crate::limits::Stop;
use crate::raise::Raise;
use crate::value::heap::{Charge, Ref, has_room};
use crate::value::{Closure, Counted, ErrorValue, Task, TaskId, TaskState, Value};
use prism_diagnostics::Span;

/// Who does a task's work.
pub(crate) enum Work {
    /// The host.
    Op(OpId),
    /// A fiber.
    Fiber(FiberId),
    /// Other tasks: `Promise.all` and the like.
    Join(Join),
    /// A `parallel` or `race` block, or named branches.
    Block(Box<Block>),
}

/// A task that has not ended.
pub(crate) struct Running {
    pub(crate) task: Ref<Task>,
    pub(crate) work: Work,
    _charge: Charge,
}

impl Running {
    /// A task whose work is done by that.
    pub(crate) fn new(task: Ref<Task>, work: Work) -> Self {
        /// Its entries in the machine's tables: what runs, who waits, whose it is.
        const ENTRIES: usize = 384;
        Running { task, work, _charge: Charge::new(ENTRIES) }
    }
}

/// A join that waits for a task, and as which of its inputs.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Watcher {
    pub(crate) join: TaskId,
    pub(crate) index: usize,
}

/// What the answer to a request becomes.
#[derive(Clone, Debug)]
pub(crate) enum OpPurpose {
    /// The result of a dispatch; `whole` gives the answer itself.
    Dispatch { agent: Value, whole: bool, fiber: FiberId },
    /// The result of a model or of an agent that stands in for one.
    Model,
    /// A value as it is.
    Value,
    /// The end of a block's time.
    Timer { block: TaskId },
}

/// A request that has not been answered.
pub(crate) struct OpenOp {
    pub(crate) task: TaskId,
    pub(crate) purpose: OpPurpose,
    /// Where it was asked.
    pub(crate) asked_at: Option<Span>,
    _charge: Charge,
}

impl OpenOp {
    /// A request for a task.
    pub(crate) fn new(task: TaskId, purpose: OpPurpose) -> Self {
        /// Its entries in tables: the machine's, and those of its host.
        const ENTRIES: usize = 1024;
        OpenOp { task, purpose, asked_at: None, _charge: Charge::new(ENTRIES) }
    }
}

/// What the host keeps of a question beside its text and data: who was asked, when, what came of it.
const QUESTION: usize = 512;

impl Machine {
    /// A task that has just begun, belonging to the fiber.
    pub(crate) fn new_task(&mut self, owner: &mut Fiber) -> Result<Ref<Task>, Raise> {
        let id = self.next_task_id()?;
        if owner.children.len() == owner.children.capacity() {
            owner.children.retain(|child| self.running.contains_key(child));
            // At least as many more as are left: looking through them costs each child but a few looks.
            owner.children.reserve(owner.children.len().max(16));
        }
        owner.children.push(id);
        Ok(Ref::new(Task::new(id, TaskState::Pending)))
    }

    /// A task that has already ended.
    pub(crate) fn ended_task(&mut self, state: TaskState) -> Result<Ref<Task>, Raise> {
        Ok(Ref::new(Task::new(self.next_task_id()?, state)))
    }

    fn next_task_id(&mut self) -> Result<TaskId, Raise> {
        if self.next_task - self.first_task >= self.runtime.limits.tasks {
            return Err(Raise::Stop(Stop::Tasks));
        }
        self.next_task += 1;
        Ok(TaskId(self.next_task - 1))
    }

    /// Starts a request to the host; the answer ends the task.
    pub(crate) fn start_op(
        &mut self,
        fiber: &mut Fiber,
        request: Request,
        purpose: OpPurpose,
    ) -> Result<Ref<Task>, Raise> {
        // The text, one more for the report, and what an agent is told.
        self.runtime.keep(3 * request.text_bytes());
        if matches!(request, Request::Dispatch(_) | Request::Llm { .. }) {
            if self.dispatches >= self.runtime.limits.dispatches {
                return Err(Raise::Stop(Stop::Dispatches));
            }
            self.dispatches += 1;
            self.runtime.keep(QUESTION);
        }
        self.runtime.check_room(0)?;
        let task = self.new_task(fiber)?;
        let op = self.ask(request, task.id, purpose);
        let asked_at = self.current_place(fiber);
        if let Some(open) = self.ops.get_mut(&op) {
            open.asked_at = asked_at;
        }
        self.running.insert(task.id, Running::new(task.clone(), Work::Op(op)));
        Ok(task)
    }

    /// Puts a request to the host.
    pub(crate) fn ask(&mut self, request: Request, task: TaskId, purpose: OpPurpose) -> OpId {
        let op = OpId(self.next_op);
        self.next_op += 1;
        self.ops.insert(op, OpenOp::new(task, purpose));
        self.flush_lines();
        self.effects.push(Effect::Ask(op, request));
        op
    }

    /// Starts an `async` function: it runs before the caller goes on.
    pub(crate) fn start_async(
        &mut self,
        fiber: &mut Fiber,
        closure: Ref<Closure>,
        arguments: Vec<Value>,
    ) -> Result<Ref<Task>, Raise> {
        let task = self.new_task(fiber)?;
        let started =
            self.new_fiber(task.clone(), Purpose::Async, fiber, closure.function, Some(closure), arguments)?;
        self.start_first(vec![started]);
        Ok(task)
    }

    /// A fiber that is to run a function.
    pub(crate) fn new_fiber(
        &mut self,
        task: Ref<Task>,
        purpose: Purpose,
        parent: &Fiber,
        function: u32,
        closure: Option<Ref<Closure>>,
        arguments: Vec<Value>,
    ) -> Result<Box<Fiber>, Raise> {
        let id = FiberId(self.next_fiber);
        self.next_fiber += 1;
        let count = arguments.len();
        let mut fiber = Fiber::new(id, task, purpose, arguments);
        fiber.context = parent.context.clone();
        fiber.agent = parent.agent.clone();
        // A slice that ends just here must not keep the frame from being made.
        let pause_at = std::mem::take(&mut self.runtime.pause_at);
        let admitted = self.admit(&fiber);
        self.runtime.pause_at = pause_at;
        match admitted? {
            Some(super::Pause::Stopped(stop)) => return Err(Raise::Stop(stop)),
            Some(_) => return Err(Raise::Stop(Stop::Fuel)),
            None => {}
        }
        self.push_frame(
            &mut fiber,
            function,
            closure,
            0,
            count,
            0,
            super::Finish::Times(crate::confidence::Conf::PLAIN),
        );
        self.running.insert(fiber.task.id, Running::new(fiber.task.clone(), Work::Fiber(id)));
        Ok(fiber)
    }

    /// Ends a task: whoever waits for it goes on.
    pub(crate) fn settle(&mut self, id: TaskId, state: TaskState) {
        let told = self.end_task(id, state);
        self.tell(told);
    }

    /// Gives a task its last state, and those that waited for it their turn; gives the joins to tell.
    fn end_task(&mut self, id: TaskId, state: TaskState) -> Counted<Watcher> {
        let Some(running) = self.running.remove(&id) else { return Counted::default() };
        *running.task.state.borrow_mut() = state;
        self.ready.extend(self.waiters.remove(&id).unwrap_or_default());
        self.watchers.remove(&id).unwrap_or_default()
    }

    /// Tells joins that inputs of theirs have ended. Each that ends by that tells others before the next is told; the list
    /// stands for a recursion, which chains of joins would make deep. A run that is doomed tells no more: what waits then
    /// is never ready, and the run ends before anybody sees that.
    fn tell(&mut self, mut told: Counted<Watcher>) {
        told.reverse();
        while let Some(watcher) = told.pop().filter(|_| has_room(0)) {
            if let Some(state) = self.join_input_ended(watcher) {
                let mut next = self.end_task(watcher.join, state);
                next.reverse();
                told.append(next);
            }
        }
    }

    /// Cancels a task with all that it started; the host is told.
    pub(crate) fn cancel(&mut self, id: TaskId) {
        let (mut doomed, mut told) = (vec![id], Counted::default());
        while let Some(id) = doomed.pop() {
            let Some(running) = self.running.remove(&id) else { continue };
            *running.task.state.borrow_mut() = TaskState::Cancelled;
            self.ready.extend(self.waiters.remove(&id).unwrap_or_default());
            told.append(self.watchers.remove(&id).unwrap_or_default());
            match running.work {
                Work::Op(op) => self.cancel_op(op),
                Work::Fiber(fiber) => {
                    if let Some(fiber) = self.fibers.remove(&fiber) {
                        doomed.extend(fiber.children.iter().rev());
                    }
                }
                Work::Join(_) => {}
                Work::Block(block) => {
                    if let Some(timer) = block.timer {
                        self.cancel_op(timer);
                    }
                    doomed.extend(block.branches.iter().rev());
                }
            }
        }
        self.tell(told);
    }

    /// Tells the host that an answer is not needed any more.
    pub(crate) fn cancel_op(&mut self, op: OpId) {
        if self.ops.remove(&op).is_some() {
            self.flush_lines();
            self.effects.push(Effect::Cancel(op));
        }
    }

    /// A fiber has ended: what it started and left is cancelled, and what it was for goes on.
    pub(crate) fn fiber_ended(&mut self, fiber: Box<Fiber>, result: Result<Value, Ref<ErrorValue>>) {
        for child in fiber.children.iter().rev() {
            self.cancel(*child);
        }
        match fiber.purpose {
            Purpose::Run { .. } => {
                self.finish(result);
                return;
            }
            Purpose::Async => {}
            Purpose::Branch { block, index } => {
                self.running.remove(&fiber.task.id);
                self.branch_ended(block, index, result, fiber.last_answer);
                return;
            }
            Purpose::Until { block, index, answer } => {
                self.running.remove(&fiber.task.id);
                self.until_ended(block, index, answer, result);
                return;
            }
        }
        self.settle(
            fiber.task.id,
            match result {
                Ok(value) => TaskState::Done(value),
                Err(error) => TaskState::Failed(error),
            },
        );
    }
}
