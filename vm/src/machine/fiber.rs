//! Fibers: what runs, can be suspended between any two instructions, and owns the tasks that it started.

use crate::confidence::Conf;
use crate::value::heap::{Charge, Ref, footprint, would_fit};
use crate::value::{Closure, ErrorValue, Task, TaskId, Value};
use std::rc::Rc;

/// The number of a fiber in its machine.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct FiberId(pub(crate) u64);

/// What happens to a function's value when it returns.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Finish {
    /// It takes this confidence by product: that of a confident function, of a library function's subject.
    Times(Conf),
    /// It loses its confidence.
    Bare,
}

/// A call under way.
pub(crate) struct Frame {
    /// The function, by its number among the machine's.
    pub(crate) function: u32,
    /// The next instruction.
    pub(crate) pc: usize,
    /// The first of its registers on the stack.
    pub(crate) base: usize,
    /// Where on the stack its value goes.
    pub(crate) result: usize,
    pub(crate) finish: Finish,
    /// The closure, for its captures.
    pub(crate) closure: Option<Ref<Closure>>,
    /// What the instruction at hand started and waits for; it is done anew when that has ended.
    pub(crate) pending: Option<Ref<Task>>,
}

/// Why a fiber was started.
pub(crate) enum Purpose {
    /// It runs the modules one after the other; the number is that of the next.
    Run { next_module: usize },
    /// An `async` function, or the library's `agentResults`.
    Async,
    /// Part of a `parallel` or `race` block, or a named branch.
    Branch { block: TaskId, index: usize },
    /// The condition of `until`, for the branch of that number.
    Until { block: TaskId, index: usize, answer: Value },
}

/// What of an agent's last answer `parallel` puts into its entry.
#[derive(Clone, Default)]
pub(crate) struct LastAnswer {
    pub(crate) reasoning: Value,
    pub(crate) uncertainties: Value,
}

/// A line of execution.
pub(crate) struct Fiber {
    pub(crate) id: FiberId,
    pub(crate) stack: Vec<Value>,
    pub(crate) frames: Vec<Frame>,
    /// What it settles when it ends.
    pub(crate) task: Ref<Task>,
    pub(crate) purpose: Purpose,
    /// Tasks that it started and that may still run.
    pub(crate) children: Vec<TaskId>,
    /// The label of `in context`.
    pub(crate) context: Option<Rc<str>>,
    /// In a `parallel` or `race` block: the block's agent.
    pub(crate) agent: Option<Value>,
    pub(crate) last_answer: LastAnswer,
    /// Its value, while tasks in it are waited for.
    pub(crate) ending: Option<Value>,
    _own: Charge,
    stack_charge: Charge,
    frames_charge: Charge,
}

impl Fiber {
    /// A fiber that has not begun.
    pub(crate) fn new(id: FiberId, task: Ref<Task>, purpose: Purpose, stack: Vec<Value>) -> Box<Self> {
        let frames = Vec::with_capacity(FIRST_FRAMES);
        Box::new(Fiber {
            id,
            _own: Charge::new(size_of::<Fiber>()),
            stack_charge: Charge::new(stack.capacity() * size_of::<Value>()),
            frames_charge: Charge::new(frames.capacity() * size_of::<Frame>()),
            stack,
            frames,
            task,
            purpose,
            children: Vec::new(),
            context: None,
            agent: None,
            last_answer: LastAnswer::default(),
            ending: None,
        })
    }

    /// Adds a call.
    pub(crate) fn push(&mut self, frame: Frame) {
        let room = self.frames.capacity();
        self.frames.push(frame);
        if self.frames.capacity() != room {
            self.frames_charge.set(self.frames.capacity() * size_of::<Frame>());
        }
    }

    /// Makes these its calls.
    pub(crate) fn set_frames(&mut self, frames: Vec<Frame>) {
        self.frames = frames;
        self.frames_charge.set(self.frames.capacity() * size_of::<Frame>());
    }

    /// Makes the stack at least that long: longer, if there is room, so that deep recursion does not move it at every
    /// call.
    pub(crate) fn grow(&mut self, length: usize) {
        let ample = length + length / 2 + 16;
        let fits = would_fit(footprint(ample * size_of::<Value>()) - footprint(self.stack_charge.bytes()));
        let length = if fits { ample } else { length };
        self.stack.reserve_exact(length - self.stack.len());
        self.stack.resize(length, Value::NULL);
        self.stack_charge.set(self.stack.capacity() * size_of::<Value>());
        self.frames_charge.set(self.frames.capacity() * size_of::<Frame>());
    }
}

/// Most fibers have few calls inside each other.
const FIRST_FRAMES: usize = 2;

/// Why a fiber stopped running.
pub(crate) enum Pause {
    /// It waits for a task.
    Waits(Ref<Task>),
    /// It waits for an immediate answer; nothing else may run before.
    Asks(crate::machine::OpId),
    /// It ended with a value.
    Ended(Value),
    /// It ended with an error.
    Failed(Ref<ErrorValue>),
    /// It started other fibers, which run first; it is to go on after them.
    Yields,
    /// The slice is over.
    SliceOver,
    /// The machine itself stops the run.
    Stopped(crate::limits::Stop),
}
