//! `Promise.*`: tasks that end when other tasks do (STDLIB L9).

use super::Machine;
use super::fiber::Fiber;
use super::tasks::{Running, Watcher, Work};
use crate::native::Intrinsic;
use crate::raise::{Fault, Raise};
use crate::value::heap::Ref;
use crate::value::{Counted, ErrorValue, Task, TaskId, TaskState, Trace, Value};
use prism_diagnostics::Code;

/// What is waited for.
pub(crate) struct Join {
    pub(super) kind: Intrinsic,
    pub(super) inputs: Counted<Value>,
    /// How many inputs have not been seen to end.
    pub(super) open: usize,
}

impl Machine {
    /// Starts `Promise.all`, `any`, `race` or `allSettled`.
    pub(crate) fn start_join(
        &mut self,
        fiber: &mut Fiber,
        kind: Intrinsic,
        inputs: Vec<Value>,
    ) -> Result<Ref<Task>, Raise> {
        if inputs.is_empty() && matches!(kind, Intrinsic::PromiseAny | Intrinsic::PromiseRace) {
            let name = if kind == Intrinsic::PromiseAny { "any" } else { "race" };
            let fault = Fault {
                code: Code::R0005,
                message: format!("{name}: nothing to wait for in an empty array"),
                data: Value::NULL,
            };
            let error = self.error_value(fault, fiber);
            return self.ended_task(TaskState::Failed(error));
        }
        let task = self.new_task(fiber)?;
        let mut ended = Vec::new();
        for (index, input) in inputs.iter().enumerate() {
            match input.as_task().filter(|awaited| awaited.is_pending()) {
                Some(awaited) => self.watchers.entry(awaited.id).or_default().push(Watcher { join: task.id, index }),
                None => ended.push(Watcher { join: task.id, index }),
            }
        }
        let join = Join { kind, open: inputs.len(), inputs: inputs.into() };
        self.running.insert(task.id, Running::new(task.clone(), Work::Join(join)));
        if let Some(state) = self.completed_join(task.id) {
            self.settle(task.id, state);
        }
        self.tell(ended);
        Ok(task)
    }

    /// An input of a join has ended: gives what the join comes to, if that decides it.
    pub(super) fn join_input_ended(&mut self, Watcher { join: id, index }: Watcher) -> Option<TaskState> {
        let join = self.join(id)?;
        join.open = join.open.saturating_sub(1);
        match (join.kind, outcome(join.inputs.get(index)?)) {
            (Intrinsic::PromiseAny | Intrinsic::PromiseRace, Ok(value)) => Some(TaskState::Done(value)),
            (Intrinsic::PromiseAll | Intrinsic::PromiseRace, Err(error)) => Some(TaskState::Failed(error)),
            (Intrinsic::PromiseAny, Err(error)) => (join.open == 0).then_some(TaskState::Failed(error)),
            _ => self.completed_join(id),
        }
    }

    fn join(&mut self, id: TaskId) -> Option<&mut Join> {
        match self.running.get_mut(&id) {
            Some(Running { work: Work::Join(join), .. }) => Some(join),
            _ => None,
        }
    }

    /// What a join comes to that waits for all its inputs, if they have all ended.
    fn completed_join(&mut self, id: TaskId) -> Option<TaskState> {
        let join = self.join(id).filter(|join| join.open == 0)?;
        let inputs = std::mem::take(&mut join.inputs);
        let values = match join.kind {
            Intrinsic::PromiseAll => inputs.iter().filter_map(|input| outcome(input).ok()).collect(),
            _ => inputs.iter().map(|input| self.settled_entry(outcome(input))).collect(),
        };
        Some(TaskState::Done(Value::array(values)))
    }

    fn settled_entry(&self, result: Result<Value, Ref<ErrorValue>>) -> Value {
        match result {
            Ok(value) => self.runtime.object([("status", Value::from("fulfilled")), ("value", value)]),
            Err(error) => self.runtime.object([("status", Value::from("rejected")), ("reason", Value::from(error))]),
        }
    }
}

/// What an input that has ended gave.
fn outcome(input: &Value) -> Result<Value, Ref<ErrorValue>> {
    match Task::settled(input) {
        Ok(value) => Ok(value),
        Err(Raise::Error(error)) => Err(error),
        Err(_) => Err(Ref::new(ErrorValue {
            code: Code::R0010,
            message: Ref::new(crate::value::Str::new("the task was cancelled")),
            data: Value::NULL,
            span: None,
            position: (0, 0),
            trace: Trace::default(),
            at_use: false,
        })),
    }
}
