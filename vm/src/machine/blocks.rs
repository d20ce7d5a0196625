//! `parallel`, `race` and named branches (§9): their branches are fibers, their value is what these come to.

use super::fiber::{Fiber, FiberId, LastAnswer, Purpose};
use super::tasks::{OpPurpose, Running, Work};
use super::{Machine, OpId, Request};
use crate::confidence::Conf;
use crate::raise::{Fault, Raise, brief};
use crate::value::heap::Ref;
use crate::value::{Closure, Counted, ErrorValue, Str, Task, TaskId, TaskState, Value};
use prism_confidence::Rule;
use prism_diagnostics::Code;

/// What a block does with what its branches give.
pub(crate) enum BlockKind {
    /// All answers, or the first so many.
    Parallel { min_results: Option<usize> },
    /// The first answer that passes.
    Race { until: Option<Ref<Closure>> },
    /// An object of all values.
    Branches { keys: Box<[Ref<Str>]> },
}

/// A block under way.
pub(crate) struct Block {
    pub(crate) kind: BlockKind,
    /// The agent of each branch; none for named branches.
    pub(super) agents: Counted<Value>,
    /// The task of each branch.
    pub(crate) branches: Vec<TaskId>,
    /// What each branch came to.
    pub(super) entries: Vec<Option<Result<Value, Ref<ErrorValue>>>>,
    /// How many have come to nothing yet, and how many gave a value.
    pub(super) open: usize,
    pub(super) good: usize,
    pub(crate) timer: Option<OpId>,
    /// A place for errors that the block itself raises.
    pub(super) failure: Ref<ErrorValue>,
    pub(super) timeout: f64,
}

impl Block {
    /// Notes what a branch came to.
    fn enter(&mut self, index: usize, entry: Result<Value, Ref<ErrorValue>>) {
        if let Some(slot @ None) = self.entries.get_mut(index) {
            self.open = self.open.saturating_sub(1);
            self.good += usize::from(entry.is_ok());
            *slot = Some(entry);
        }
    }

    /// Whether what the branches came to so far is enough.
    fn is_decided(&self) -> bool {
        let bad = self.entries.len() - self.open - self.good;
        self.open == 0
            || match self.kind {
                BlockKind::Parallel { min_results } => min_results.is_some_and(|least| self.good >= least),
                BlockKind::Race { .. } => self.good > 0,
                BlockKind::Branches { .. } => bad > 0,
            }
    }
}

impl Machine {
    /// Starts a block; its branches run before the fiber goes on, in order.
    pub(crate) fn start_block(
        &mut self,
        fiber: &mut Fiber,
        kind: BlockKind,
        agents: Counted<Value>,
        bodies: impl Iterator<Item = Ref<Closure>>,
        timeout: Option<f64>,
    ) -> Result<Ref<Task>, Raise> {
        let task = self.new_task(fiber)?;
        let fault = Fault { code: Code::R0010, message: String::new(), data: Value::NULL };
        let failure = self.error_value(fault, fiber);
        let mut started = Vec::new();
        for (index, body) in bodies.enumerate() {
            let branch = self.new_task(fiber)?;
            fiber.children.pop();
            let agent = agents.get(index).cloned();
            let takes = self.functions[body.function as usize].params.required > 0;
            let arguments = agent.clone().into_iter().filter(|_| takes).collect();
            let purpose = Purpose::Branch { block: task.id, index };
            let mut child = self.new_fiber(branch, purpose, fiber, body.function, Some(body), arguments)?;
            if agent.is_some() {
                child.agent = agent;
            }
            started.push(child);
        }
        let block = Block {
            kind,
            branches: started.iter().map(|child| child.task.id).collect(),
            entries: vec![None; started.len()],
            open: started.len(),
            good: 0,
            agents,
            timer: None,
            failure,
            timeout: timeout.unwrap_or(f64::INFINITY),
        };
        self.running.insert(task.id, Running::new(task.clone(), Work::Block(Box::new(block))));
        if let Some(ms) = timeout.filter(|_| !started.is_empty()) {
            let timer = self.ask(Request::Delay { ms }, task.id, OpPurpose::Timer { block: task.id });
            if let Some(block) = self.block(task.id) {
                block.timer = Some(timer);
            }
        }
        self.start_first(started);
        self.decide(task.id);
        Ok(task)
    }

    fn block(&mut self, id: TaskId) -> Option<&mut Block> {
        match self.running.get_mut(&id) {
            Some(Running { work: Work::Block(block), .. }) => Some(block),
            _ => None,
        }
    }

    /// A branch has ended.
    pub(crate) fn branch_ended(
        &mut self,
        id: TaskId,
        index: usize,
        result: Result<Value, Ref<ErrorValue>>,
        last: LastAnswer,
    ) {
        let Some(block) = self.block(id) else { return };
        let agent = block.agents.get(index).cloned();
        let until = match &block.kind {
            BlockKind::Race { until } => until.clone(),
            _ => None,
        };
        let entry = match (result, agent) {
            (Ok(value), Some(agent)) => Ok(self.answer_entry(&agent, value, last)),
            (other, _) => other,
        };
        match (until, entry) {
            (Some(condition), Ok(answer)) => self.start_until(id, index, condition, answer),
            (_, entry) => self.branch_decided(id, index, entry),
        }
    }

    fn branch_decided(&mut self, id: TaskId, index: usize, entry: Result<Value, Ref<ErrorValue>>) {
        if let Some(block) = self.block(id) {
            block.enter(index, entry);
        }
        self.decide(id);
    }

    /// Asks `until` whether an answer passes.
    fn start_until(&mut self, id: TaskId, index: usize, condition: Ref<Closure>, answer: Value) {
        let parent = Fiber::detached();
        let mut owner = Fiber::detached();
        let purpose = Purpose::Until { block: id, index, answer: answer.clone() };
        let started = self
            .new_task(&mut owner)
            .and_then(|task| self.new_fiber(task, purpose, &parent, condition.function, Some(condition), vec![answer]));
        match started {
            Ok(fiber) => {
                if let Some(branch) = self.block(id).and_then(|block| block.branches.get_mut(index)) {
                    *branch = fiber.task.id;
                }
                self.start_first(vec![fiber]);
            }
            Err(Raise::Stop(stop)) => self.stop(stop),
            Err(_) => self.branch_decided(id, index, Ok(Value::NULL)),
        }
    }

    /// `until` has answered: the branch counts as failed where its answer does not pass.
    pub(crate) fn until_ended(
        &mut self,
        id: TaskId,
        index: usize,
        answer: Value,
        result: Result<Value, Ref<ErrorValue>>,
    ) {
        let Some(block) = self.block(id) else { return };
        let failure = block.failure.clone();
        let entry = match result {
            Ok(verdict) if verdict.is_truthy() => Ok(answer),
            Ok(_) => Err(failure),
            Err(error) => Err(error),
        };
        self.branch_decided(id, index, entry);
    }

    /// A block's time is over: branches that have not ended have failed.
    pub(crate) fn time_is_up(&mut self, id: TaskId) {
        let Some(block) = self.block(id) else { return };
        block.timer = None;
        let open: Vec<usize> = (0..block.entries.len()).filter(|index| block.entries[*index].is_none()).collect();
        let (failure, timeout) = (block.failure.clone(), block.timeout);
        for index in open {
            let Some(block) = self.block(id) else { return };
            let (branch, agent) = (block.branches[index], block.agents.get(index).cloned());
            let name =
                agent.as_ref().and_then(Value::as_agent).map_or_else(String::new, |agent| agent.name.to_string());
            let ms = crate::value::format_number(timeout);
            let error = ErrorValue {
                message: Ref::new(Str::new(format!("agent {name} gave no answer within {ms} ms"))),
                data: self.agent_data(agent.as_ref()),
                ..ErrorValue::clone(&failure)
            };
            if let Some(block) = self.block(id) {
                block.enter(index, Err(Ref::new(error)));
            }
            self.cancel(branch);
        }
        self.decide(id);
    }

    /// Ends the block if what its branches came to decides it.
    fn decide(&mut self, id: TaskId) {
        let Some(block) = self.block(id).filter(|block| block.is_decided()) else { return };
        let (all, good) = (block.open == 0, block.good);
        let errors: Vec<Ref<ErrorValue>> =
            block.entries.iter().flatten().filter_map(|entry| entry.clone().err()).collect();
        let failure = block.failure.clone();
        let fail = |message: String, data: Value| {
            TaskState::Failed(Ref::new(ErrorValue {
                message: Ref::new(Str::new(message)),
                data,
                ..ErrorValue::clone(&failure)
            }))
        };
        let causes = || Value::array(errors.iter().cloned().map(Value::from).collect());
        let entries = |block: &Block| {
            let value = |entry: &Result<Value, Ref<ErrorValue>>| entry.clone().unwrap_or_else(Value::from);
            block.entries.iter().flatten().map(value).collect::<Vec<_>>()
        };
        let state = match &block.kind {
            BlockKind::Parallel { min_results: Some(least) } if good >= *least => {
                TaskState::Done(Value::array(entries(block)))
            }
            BlockKind::Parallel { min_results: Some(least) } if all && !block.entries.is_empty() => {
                fail(format!("only {good} of the {least} answers that were asked for came"), causes())
            }
            BlockKind::Parallel { .. } if all && good == 0 && !block.entries.is_empty() => {
                let first = errors.first().map_or("", |error| error.message.as_str());
                fail(format!("all agents failed; the first: {}", brief(first)), causes())
            }
            BlockKind::Parallel { .. } if all => TaskState::Done(Value::array(entries(block))),
            BlockKind::Race { .. } => {
                let winner = block.entries.iter().flatten().find_map(|entry| entry.as_ref().ok().cloned());
                match winner {
                    Some(answer) => TaskState::Done(answer),
                    None if all => fail("no agent gave an answer that passes".to_owned(), causes()),
                    None => return,
                }
            }
            BlockKind::Branches { .. } if !errors.is_empty() => TaskState::Failed(errors[0].clone()),
            BlockKind::Branches { keys } if all => {
                let members: Vec<_> = keys.iter().map(|key| key.as_str().to_owned()).zip(entries(block)).collect();
                TaskState::Done(self.runtime.object(members))
            }
            _ => return,
        };
        self.end_block(id, state);
    }

    /// Cancels what still runs and ends the block's task.
    fn end_block(&mut self, id: TaskId, state: TaskState) {
        let Some(block) = self.block(id) else { return };
        let (timer, branches) = (block.timer.take(), std::mem::take(&mut block.branches));
        if let Some(timer) = timer {
            self.cancel_op(timer);
        }
        for branch in branches {
            self.cancel(branch);
        }
        self.settle(id, state);
    }

    /// A branch's value as an agent's answer.
    fn answer_entry(&mut self, agent: &Value, value: Value, last: LastAnswer) -> Value {
        let (result, conf) = match value.as_object() {
            Some(answer) if answer.has("result") && answer.has("confidence") => {
                let stated = answer.get("confidence").and_then(Value::as_number).unwrap_or(0.0);
                let conf = if value.is_confident() { value.conf() } else { Conf::derive(stated, Rule::Reported, &[]) };
                (answer.get("result").cloned().unwrap_or_default(), conf)
            }
            _ => {
                let conf = if value.is_confident() { value.conf() } else { Conf::derive(1.0, Rule::Certain, &[]) };
                (value.bare(), conf)
            }
        };
        let uncertainties = if last.uncertainties.is_null() { Value::array(Vec::new()) } else { last.uncertainties };
        self.answer_object(agent, result, conf, last.reasoning, uncertainties)
    }

    /// The object that an answer is (§9), confident as the agent said.
    pub(crate) fn answer_object(
        &mut self,
        agent: &Value,
        result: Value,
        conf: Conf,
        reasoning: Value,
        uncertainties: Value,
    ) -> Value {
        let (id, name) = agent.as_agent().map_or(("", ""), |agent| (&agent.id, &agent.name));
        let answer = self.runtime.object([
            ("agentId", Value::from(id)),
            ("agentName", Value::from(name)),
            ("result", result),
            ("confidence", Value::number(conf.or_one())),
            ("reasoning", reasoning),
            ("uncertainties", uncertainties),
        ]);
        answer.with_conf(conf)
    }

    /// What the error of a failed agent has as its data.
    pub(crate) fn agent_data(&self, agent: Option<&Value>) -> Value {
        match agent.and_then(Value::as_agent) {
            Some(agent) => {
                self.runtime.object([("agentId", Value::from(&*agent.id)), ("agentName", Value::from(&*agent.name))])
            }
            None => Value::NULL,
        }
    }
}

impl Fiber {
    /// A fiber that nothing belongs to: the parent of what a block starts by itself.
    fn detached() -> Box<Fiber> {
        let task = Ref::new(Task::new(TaskId(u64::MAX), TaskState::Cancelled));
        Fiber::new(FiberId(u64::MAX), task, Purpose::Async, Vec::new())
    }
}
