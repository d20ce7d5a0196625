//! `Promise.*`: tasks that end when other tasks do (STDLIB L9).

use super::Machine;
use super::fiber::Fiber;
use super::tasks::{Running, Work};
use crate::native::Intrinsic;
use crate::raise::{Fault, Raise};
use crate::value::heap::Ref;
use crate::value::{ErrorValue, Task, TaskId, TaskState, Value};
use prism_diagnostics::Code;

/// What is waited for.
pub(crate) struct Join {
    kind: Intrinsic,
    inputs: Vec<Value>,
    /// Inputs that have ended, in the order in which they did: what decides `any` and `race`.
    seen: Vec<usize>,
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
        let waits: Vec<TaskId> =
            inputs.iter().filter_map(Value::as_task).filter(|task| task.is_pending()).map(|task| task.id).collect();
        let join = Join { kind, inputs, seen: Vec::new() };
        self.running.insert(task.id, Running { task: task.clone(), work: Work::Join(join) });
        for id in waits {
            self.watchers.entry(id).or_default().push(task.id);
        }
        self.check_join(task.id);
        Ok(task)
    }

    /// Ends a join if its inputs decide it.
    pub(crate) fn check_join(&mut self, id: TaskId) {
        let Some(Running { work: Work::Join(join), .. }) = self.running.get_mut(&id) else { return };
        let ended = |value: &Value| value.as_task().is_none_or(|task| !task.is_pending());
        for (index, input) in join.inputs.iter().enumerate() {
            if ended(input) && !join.seen.contains(&index) {
                join.seen.push(index);
            }
        }
        let all = join.seen.len() == join.inputs.len();
        let results = join.seen.iter().map(|index| outcome(&join.inputs[*index]));
        let state = match join.kind {
            Intrinsic::PromiseAll => match results.into_iter().find_map(Result::err) {
                Some(error) => Some(TaskState::Failed(error)),
                None if all => {
                    let values = join.inputs.iter().filter_map(|input| outcome(input).ok()).collect();
                    Some(TaskState::Done(Value::array(values)))
                }
                None => None,
            },
            Intrinsic::PromiseAny => {
                let mut last = None;
                let mut found = None;
                for result in results {
                    match result {
                        Ok(value) => found = found.or(Some(value)),
                        Err(error) => last = Some(error),
                    }
                }
                match (found, last) {
                    (Some(value), _) => Some(TaskState::Done(value)),
                    (None, Some(error)) if all => Some(TaskState::Failed(error)),
                    _ => None,
                }
            }
            Intrinsic::PromiseRace => results.into_iter().next().map(|result| match result {
                Ok(value) => TaskState::Done(value),
                Err(error) => TaskState::Failed(error),
            }),
            _ if all => {
                let inputs = join.inputs.clone();
                let entries = inputs.iter().map(|input| self.settled_entry(outcome(input))).collect();
                Some(TaskState::Done(Value::array(entries)))
            }
            _ => None,
        };
        if let Some(state) = state {
            self.settle(id, state);
        }
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
            trace: Vec::new(),
            at_use: false,
        })),
    }
}
