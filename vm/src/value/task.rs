//! Tasks and agents as values (§9).

use super::heap::{HeapBody, HeapKind, Ref};
use super::{ErrorValue, Value};
use crate::raise::Raise;
use prism_confidence::Rule;
use std::cell::RefCell;

/// The number of a task in its machine, in order of starting.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct TaskId(pub u64);

/// How far a task has come.
#[derive(Clone, Debug)]
pub enum TaskState {
    /// Still running.
    Pending,
    /// It gave that value.
    Done(Value),
    /// It failed; its use raises the error.
    Failed(Ref<ErrorValue>),
    /// It was cancelled; nobody can use it any more.
    Cancelled,
}

/// Work that was started.
#[derive(Debug)]
pub struct Task {
    /// Its number.
    pub id: TaskId,
    pub(crate) state: RefCell<TaskState>,
}

impl Task {
    pub(crate) fn new(id: TaskId, state: TaskState) -> Self {
        Task { id, state: RefCell::new(state) }
    }

    /// How far it has come.
    pub fn state(&self) -> TaskState {
        self.state.borrow().clone()
    }

    /// Whether it still runs.
    pub fn is_pending(&self) -> bool {
        matches!(*self.state.borrow(), TaskState::Pending)
    }
}

impl HeapBody for Task {
    const KIND: HeapKind = HeapKind::Task;
}

/// An agent as the registry described it.
#[derive(Clone, Debug)]
pub struct Agent {
    /// What it is equal by.
    pub id: Box<str>,
    /// For people.
    pub name: Box<str>,
    /// An array of strings.
    pub capabilities: Value,
    /// An object: whatever it registered beyond that.
    pub metadata: Value,
}

impl Agent {
    /// The member of that name, if the agent has it.
    pub fn member(&self, name: &str) -> Option<Value> {
        Some(match name {
            "id" => Value::from(&*self.id),
            "name" => Value::from(&*self.name),
            "capabilities" => self.capabilities.clone(),
            _ => self.metadata.as_object()?.get(name)?.clone(),
        })
    }
}

impl HeapBody for Agent {
    const KIND: HeapKind = HeapKind::Agent;
}

impl Task {
    /// What a value is behind tasks: itself if it is none. A confidence on the task multiplies the value's.
    ///
    /// # Errors
    /// [`Raise::Wait`] if it is a task that still runs, the task's error if it failed.
    pub fn settled(value: &Value) -> Result<Value, Raise> {
        let Some(task) = value.as_task() else { return Ok(value.clone()) };
        match &*task.state.borrow() {
            TaskState::Done(result) => Ok(result.clone().with_conf(result.conf().times(value.conf(), Rule::Part))),
            TaskState::Failed(error) => Err(Raise::Error(error.clone())),
            TaskState::Cancelled => Err(Raise::kind("the task was cancelled")),
            TaskState::Pending => {
                value.to_ref().map_or_else(|| Err(Raise::kind("no task")), |task| Err(Raise::Wait(task)))
            }
        }
    }
}

impl Value {
    /// Whether it is a task that has ended well.
    pub(crate) fn is_task_done(&self) -> bool {
        self.as_task().is_some_and(|task| matches!(*task.state.borrow(), TaskState::Done(_)))
    }
}
