//! `Promise.*`: tasks that end when other tasks do (STDLIB L9).

use super::Machine;
use super::fiber::Fiber;
use super::tasks::{Running, Watcher, Work};
use crate::native::Intrinsic;
use crate::raise::{Fault, Raise};
use crate::value::heap::{Ref, has_room};
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
        inputs: Counted<Value>,
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
        let (id, count) = (task.id, inputs.len());
        for (index, input) in inputs.iter().enumerate() {
            if let Some(awaited) = input.as_task().filter(|awaited| awaited.is_pending()) {
                self.watchers.entry(awaited.id).or_default().push(Watcher { join: id, index });
            }
        }
        self.running.insert(id, Running::new(task.clone(), Work::Join(Join { kind, open: count, inputs })));
        let mut state = self.completed_join(id);
        for index in 0..count {
            if state.is_some() {
                break;
            }
            let input = self.join(id).and_then(|join| join.inputs.get(index));
            if !input.and_then(Value::as_task).is_some_and(Task::is_pending) {
                state = self.join_input_ended(Watcher { join: id, index });
            }
        }
        if let Some(state) = state {
            self.settle(id, state);
        }
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

    /// What a join comes to that waits for all its inputs, if they have all ended. Without room for it the run is doomed.
    fn completed_join(&mut self, id: TaskId) -> Option<TaskState> {
        let join = self.join(id).filter(|join| join.open == 0)?;
        let (kind, inputs) = (join.kind, std::mem::take(&mut join.inputs));
        let mut values = Counted::with_capacity(inputs.len()).ok()?;
        for input in inputs.iter() {
            if !has_room(0) {
                return None;
            }
            match (kind, outcome(input)) {
                (Intrinsic::PromiseAll, Ok(value)) => values.push(value),
                (Intrinsic::PromiseAll, Err(_)) => {}
                (_, result) => values.push(self.settled_entry(result)),
            }
        }
        Some(TaskState::Done(Value::array(values.into_items())))
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
