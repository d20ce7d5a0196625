//! What only the machine can do: ask agents and the host, start blocks, call back (§9, §10).

use super::Flow;
use crate::limits::Stop;
use crate::machine::{BlockKind, Fiber, Loaded, Machine, OpPurpose, Pause, Question, Request};
use crate::native::Intrinsic;
use crate::raise::{Raise, brief};
use crate::runtime::Runtime;
use crate::value::heap::{self, Charge, Ref, footprint};
use crate::value::{Closure, Counted, Kind, Object, Str, Task, TaskState, Value};
use prism_bytecode::{HostName, Instr, LibraryId};
use prism_diagnostics::Code;

impl Machine {
    /// What the instruction at hand started and waited for, once it has ended.
    fn awaited(&mut self, fiber: &mut Fiber) -> Result<Option<Value>, Raise> {
        let Some(frame) = fiber.frames.last_mut() else { return Ok(None) };
        let Some(task) = frame.pending.clone() else { return Ok(None) };
        let value = Task::settled(&Value::from(task))?;
        frame.pending = None;
        Ok(Some(value))
    }

    /// Leaves a task with the instruction at hand, which is done anew when it has ended.
    fn await_here(&mut self, fiber: &mut Fiber, task: Ref<Task>) -> Pause {
        if let Some(frame) = fiber.frames.last_mut() {
            frame.pending = Some(task.clone());
        }
        Pause::Waits(task)
    }

    /// An answer that the host has at once.
    fn ask_now(&mut self, fiber: &mut Fiber, request: Request) -> Result<Flow, Raise> {
        let task = self.start_op(fiber, request, OpPurpose::Value)?;
        let asked = crate::machine::OpId(self.next_op - 1);
        if let Some(frame) = fiber.frames.last_mut() {
            frame.pending = Some(task);
        }
        Ok(Flow::Pause(Pause::Asks(asked)))
    }

    /// The value with all tasks in its arrays and objects settled.
    pub(crate) fn settled_deep(&mut self, value: &Value) -> Result<Value, Raise> {
        let settled = Task::settled(value)?;
        if !self.has_task(&settled)? {
            return Ok(settled);
        }
        let conf = settled.conf();
        if let Some(array) = settled.as_array() {
            let mut items = Counted::with_capacity(array.len())?;
            for item in array.iter() {
                items.push(self.settled_inside(item)?);
            }
            return Ok(Value::array(items.into_items()).with_conf(conf));
        }
        let mut object = self.runtime.empty_object();
        for (key, member) in settled.as_object().into_iter().flat_map(Object::iter) {
            object.set(key, self.settled_inside(member)?);
        }
        Ok(Value::from(Ref::new(object)).with_conf(conf))
    }

    fn settled_inside(&mut self, part: &Value) -> Result<Value, Raise> {
        heap::deeper(|| self.settled_deep(part)).unwrap_or(Err(Raise::Stop(Stop::Memory)))
    }

    /// Whether there is a task in the arrays and objects of a value. Looking takes fuel: values that share parts can be
    /// exponentially larger than they seem. It takes no stack.
    fn has_task(&mut self, value: &Value) -> Result<bool, Raise> {
        /// Parts that are no containers are passed at this many a step.
        const PASSED: usize = 8;
        let is_container = |value: &Value| matches!(value.kind(), Kind::Array | Kind::Object);
        let steps = |container: &Value| {
            let array = container.as_array().map(|array| array.len());
            (1 + array.or_else(|| container.as_object().map(Object::len)).unwrap_or(0) / PASSED) as u64
        };
        if !is_container(value) {
            return Ok(value.kind() == Kind::Task);
        }
        self.runtime.take_fuel(steps(value))?;
        let (mut open, mut charge) = (vec![(value, 0)], Charge::default());
        while let Some((container, next)) = open.last_mut() {
            let at = std::mem::replace(next, *next + 1);
            let part = match (container.as_array(), container.as_object()) {
                (Some(array), _) => array.get(at),
                (_, Some(object)) => object.at(at),
                _ => None,
            };
            match part {
                Some(part) if is_container(part) => {
                    self.runtime.take_fuel(steps(part))?;
                    if open.len() == open.capacity() && !charge.grow(2 * open.len() * size_of::<(&Value, usize)>()) {
                        return Err(Raise::Stop(Stop::Memory));
                    }
                    open.push((part, 0));
                }
                Some(part) if part.kind() == Kind::Task => return Ok(true),
                Some(_) => {}
                None => {
                    open.pop();
                }
            }
        }
        Ok(false)
    }

    /// `agent.name(…)`: the agent at `at`, the arguments behind it.
    pub(crate) fn dispatch_method(
        &mut self,
        fiber: &mut Fiber,
        name: &str,
        at: usize,
        count: usize,
        result: usize,
    ) -> Result<Flow, Raise> {
        let arguments = Counted::copied(&fiber.stack[at + 1..at + 1 + count])?;
        let agent = fiber.stack[at].clone();
        let conf = agent.conf();
        let described = matches!(name, "analyze" | "ask");
        let (task, data) = if described {
            if !(1..=2).contains(&count) {
                return Err(super::library::wrong_arity(name, 1, Some(2), count));
            }
            let task = Task::settled(&arguments[0])?;
            let Some(text) = task.as_str() else {
                return Err(Raise::kind(format!("{name}: argument 1 must be a string, got {}", task.kind().as_str())));
            };
            (self.runtime.copied(text.as_str())?, arguments.get(1).cloned().unwrap_or_default())
        } else {
            let data = match arguments.len() {
                0 => Value::NULL,
                1 => arguments[0].clone(),
                _ => Value::array(arguments.into_items()),
            };
            (name.to_owned(), data)
        };
        let started = self.dispatch(fiber, &agent, task, &data, name == "ask")?;
        fiber.stack[result] = Value::from(started).with_conf(conf);
        Ok(Flow::Next)
    }

    fn dispatch(
        &mut self,
        fiber: &mut Fiber,
        agent: &Value,
        task: String,
        data: &Value,
        whole: bool,
    ) -> Result<Ref<Task>, Raise> {
        let data = self.settled_deep(data)?;
        let Some(described) = agent.as_agent() else {
            return Err(Raise::kind(format!("only agents can be asked, got {}", agent.kind().as_str())));
        };
        let question = Question {
            agent_id: described.id.to_string(),
            agent_name: described.name.to_string(),
            task,
            data,
            context: fiber.context.as_deref().map(str::to_owned),
        };
        let purpose = OpPurpose::Dispatch { agent: agent.clone(), whole, fiber: fiber.id };
        self.start_op(fiber, Request::Dispatch(question), purpose)
    }

    /// A call of a name that only the block's agent can know; `llm(prompt)` is one.
    pub(crate) fn dispatch_by_name(
        &mut self,
        fiber: &mut Fiber,
        function: &Loaded,
        instr: Instr,
    ) -> Result<Flow, Raise> {
        let (base, _) = self.frame_bounds(fiber);
        let (at, count) = (base + instr.b as usize, instr.x as usize);
        self.dispatch_method(fiber, named_task(function, instr), at, count, base + instr.a as usize)
    }

    /// The same with the arguments in an array.
    pub(crate) fn dispatch_spread(
        &mut self,
        fiber: &mut Fiber,
        function: &Loaded,
        instr: Instr,
    ) -> Result<Flow, Raise> {
        let (base, top) = self.frame_bounds(fiber);
        let count = self.spill_spread(fiber, base + instr.b as usize, base + instr.b as usize + 1, top)?;
        let flow = self.dispatch_method(fiber, named_task(function, instr), top, count, base + instr.a as usize);
        self.clear_above(fiber, top, count + 1, &flow);
        flow
    }

    fn number_argument(value: &Value, what: &str) -> Result<Option<f64>, Raise> {
        let value = Task::settled(value)?;
        if value.is_null() {
            return Ok(None);
        }
        match value.as_number() {
            Some(number) if number >= 0.0 => Ok(Some(number)),
            Some(_) => Err(Raise::range(format!("{what} must be 0 or more"))),
            None => Err(Raise::kind(format!("{what} must be a number, got {}", value.kind().as_str()))),
        }
    }

    fn agents_argument(&mut self, value: &Value, what: &str) -> Result<Counted<Value>, Raise> {
        let value = Task::settled(value)?;
        let Some(items) = value.as_array() else {
            return Err(Raise::kind(format!("{what} needs an array of agents, got {}", value.kind().as_str())));
        };
        self.runtime.take_fuel(items.len() as u64)?;
        let agents = Counted::read(items, Task::settled)?;
        match agents.iter().find(|agent| agent.kind() != Kind::Agent) {
            Some(other) => Err(Raise::kind(format!("{what} needs agents, got {} among them", other.kind().as_str()))),
            None => Ok(agents),
        }
    }

    fn body_argument(value: &Value) -> Result<Ref<Closure>, Raise> {
        value.to_ref().ok_or_else(|| Raise::kind("a block must be a function of the program"))
    }

    /// `parallel agents timeout(…) min_results(…) { … }`.
    pub(crate) fn parallel(&mut self, fiber: &mut Fiber, instr: Instr) -> Result<Flow, Raise> {
        let base = fiber.frames.last().map_or(0, |frame| frame.base);
        if let Some(value) = self.awaited(fiber)? {
            fiber.stack[base + instr.a as usize] = value;
            return Ok(Flow::Next);
        }
        let window: Vec<Value> = fiber.stack[base + instr.b as usize..][..4].to_vec();
        let agents = self.agents_argument(&window[0], "parallel")?;
        let body = Self::body_argument(&window[1])?;
        let timeout = Self::number_argument(&window[2], "timeout")?;
        let min_results = Self::number_argument(&window[3], "min_results")?.map(|number| number.ceil() as usize);
        let bodies = std::iter::repeat_n(body, agents.len());
        let kind = BlockKind::Parallel { min_results: min_results.filter(|_| !agents.is_empty()) };
        let task = self.start_block(fiber, kind, agents, bodies, timeout)?;
        Ok(Flow::Pause(self.await_here(fiber, task)))
    }

    /// `race agents timeout(…) { … } until (…)`.
    pub(crate) fn race(&mut self, fiber: &mut Fiber, instr: Instr) -> Result<Flow, Raise> {
        let base = fiber.frames.last().map_or(0, |frame| frame.base);
        if let Some(value) = self.awaited(fiber)? {
            fiber.stack[base + instr.a as usize] = value;
            return Ok(Flow::Next);
        }
        let window: Vec<Value> = fiber.stack[base + instr.b as usize..][..4].to_vec();
        let agents = self.agents_argument(&window[0], "race")?;
        let body = Self::body_argument(&window[1])?;
        let timeout = Self::number_argument(&window[2], "timeout")?;
        let bodies = std::iter::repeat_n(body, agents.len());
        let kind = BlockKind::Race { until: window[3].to_ref() };
        let task = self.start_block(fiber, kind, agents, bodies, timeout)?;
        Ok(Flow::Pause(self.await_here(fiber, task)))
    }

    /// `parallel { a: …, b: … }`.
    pub(crate) fn branches(&mut self, fiber: &mut Fiber, function: &Loaded, instr: Instr) -> Result<Flow, Raise> {
        let base = fiber.frames.last().map_or(0, |frame| frame.base);
        if let Some(value) = self.awaited(fiber)? {
            fiber.stack[base + instr.a as usize] = value;
            return Ok(Flow::Next);
        }
        let window = &fiber.stack[base + instr.b as usize..][..instr.x as usize];
        let bodies = window.iter().map(Self::body_argument).collect::<Result<Vec<_>, _>>()?;
        let kind = BlockKind::Branches { keys: function.keys[instr.c as usize].clone() };
        let task = self.start_block(fiber, kind, Counted::default(), bodies.into_iter(), None)?;
        Ok(Flow::Pause(self.await_here(fiber, task)))
    }

    /// One of the pattern's free names.
    pub(crate) fn host_name(&mut self, fiber: &mut Fiber, instr: Instr) -> Result<Flow, Raise> {
        let base = fiber.frames.last().map_or(0, |frame| frame.base);
        let value = match HostName::from_index(instr.x) {
            Some(HostName::Input) => self.input.clone(),
            Some(HostName::AgentList) => self.agent_list.clone(),
            Some(HostName::AgentCount) => {
                Value::number(self.agent_list.as_array().map_or(0, |agents| agents.len()) as f64)
            }
            Some(name @ (HostName::AgentResults | HostName::SuccessfulResults)) => {
                let successful = name == HostName::SuccessfulResults;
                match self.gathered[usize::from(successful)].clone() {
                    Some(task) => Task::settled(&Value::from(task))?,
                    None => return self.gather(fiber, successful),
                }
            }
            None => Value::NULL,
        };
        fiber.stack[base + instr.a as usize] = value;
        Ok(Flow::Next)
    }

    /// Starts what gives `agentResults`, once a run; the instruction is done anew when it has come.
    fn gather(&mut self, fiber: &mut Fiber, successful: bool) -> Result<Flow, Raise> {
        let library = self.library.clone();
        let Some((all, good)) = library.agent_results else {
            return Err(Raise::new(Code::R0010, "this host gives no agentResults"));
        };
        self.ready_library();
        let function = self.library_unit.first + if successful { good.0 } else { all.0 };
        let task = self.new_task(fiber)?;
        // It belongs to the run, not to whoever asked first.
        fiber.children.pop();
        self.gathered[usize::from(successful)] = Some(task.clone());
        let child = self.new_fiber(task, crate::machine::Purpose::Async, fiber, function, None, Vec::new())?;
        self.start_first(vec![child]);
        Ok(Flow::Pause(Pause::Yields))
    }

    /// A library function that only the machine can do.
    pub(crate) fn intrinsic(
        &mut self,
        fiber: &mut Fiber,
        intrinsic: Intrinsic,
        id: LibraryId,
        at: usize,
        count: usize,
        result: usize,
    ) -> Result<Flow, Raise> {
        match intrinsic {
            Intrinsic::Offer => return self.offer(fiber, at, count.saturating_sub(1), 1, result),
            Intrinsic::OfferPair => return self.offer(fiber, at, count.saturating_sub(1), 2, result),
            _ => {}
        }
        let prepared = self.runtime.prepare(id, &mut fiber.stack[at..at + count])?;
        let argument = |index: usize| fiber.stack[at..at + count].get(index).cloned().unwrap_or_default();
        let context = fiber.context.as_deref().map(str::to_owned);
        let value = match intrinsic {
            Intrinsic::Now => match self.awaited(fiber)? {
                Some(value) => value,
                None => return self.ask_now(fiber, Request::Now),
            },
            Intrinsic::Random => match self.awaited(fiber)? {
                Some(value) => value,
                None => return self.ask_now(fiber, Request::Random),
            },
            Intrinsic::Takes => {
                let count = argument(1).as_number().unwrap_or_default();
                Value::from(!self.offered(&argument(0), 1).is_ok_and(|most| (most as f64) < count))
            }
            Intrinsic::Select => {
                let options = Selection::read(&mut self.runtime, &argument(0))?;
                match self.awaited(fiber)? {
                    Some(agents) => options.choose(&agents)?,
                    None => return self.ask_now(fiber, Request::Agents { capabilities: options.capabilities }),
                }
            }
            Intrinsic::Agent => {
                let (name, settings) = (argument(0), argument(1));
                match self.awaited(fiber)? {
                    Some(agents) => declared_agent(&agents, name.as_str().map_or("", Str::as_str), &settings)?,
                    None => return self.ask_now(fiber, Request::Agents { capabilities: Vec::new() }),
                }
            }
            Intrinsic::Llm => {
                let (prompt, options) = (argument(0), argument(1));
                let prompt = self.runtime.copied(prompt.as_str().map_or("", Str::as_str))?;
                let options = self.settled_deep(&options)?;
                Value::from(self.start_op(fiber, Request::Llm { prompt, options, context }, OpPurpose::Model)?)
            }
            Intrinsic::ExecutePattern => {
                let (name, input) = (argument(0), argument(1));
                match self.awaited(fiber)? {
                    Some(value) => value,
                    None => {
                        let name = self.runtime.copied(name.as_str().map_or("", Str::as_str))?;
                        let input = self.settled_deep(&input)?;
                        let task = self.start_op(fiber, Request::ExecutePattern { name, input }, OpPurpose::Value)?;
                        return Ok(Flow::Pause(self.await_here(fiber, task)));
                    }
                }
            }
            Intrinsic::Delay => {
                let ms = argument(0).as_number().filter(|ms| *ms > 0.0).unwrap_or(0.0);
                Value::from(self.start_op(fiber, Request::Delay { ms }, OpPurpose::Value)?)
            }
            Intrinsic::PromiseAll | Intrinsic::PromiseAny | Intrinsic::PromiseRace | Intrinsic::PromiseAllSettled => {
                let array = argument(0);
                let inputs = Counted::copied(array.as_array().map_or(&[], |array| &array[..]))?;
                self.runtime.take_fuel(inputs.len() as u64)?;
                // A confidence on the task multiplies that of its result.
                Value::from(self.start_join(fiber, intrinsic, inputs)?).with_conf(array.conf())
            }
            Intrinsic::PromiseResolve => match argument(0) {
                task if task.kind() == Kind::Task => task,
                value => Value::from(self.ended_task(TaskState::Done(value))?),
            },
            Intrinsic::PromiseReject => {
                let shown = self.runtime.display_bare(&Task::settled(&argument(0))?);
                let fault = crate::raise::Fault {
                    code: Code::R0011,
                    message: self.runtime.copied(shown.as_str())?,
                    data: Value::NULL,
                };
                let error = self.error_value(fault, fiber);
                Value::from(self.ended_task(TaskState::Failed(error))?)
            }
            Intrinsic::AskAll => {
                let (agents, task, data) = (self.agents_argument(&argument(0), "askAll")?, argument(1), argument(2));
                let mut tasks = Vec::new();
                for agent in agents.iter() {
                    let task = self.runtime.copied(task.as_str().map_or("", Str::as_str))?;
                    tasks.push(Value::from(self.dispatch(fiber, agent, task, &data, true)?));
                }
                Value::array(tasks)
            }
            Intrinsic::Offer | Intrinsic::OfferPair => Value::NULL,
        };
        fiber.stack[result] = prepared.finish(value);
        Ok(Flow::Next)
    }
}

/// The method of the agent that a dispatch by name is.
fn named_task(function: &Loaded, instr: Instr) -> &str {
    let name = function.sites[instr.c as usize].name.as_str();
    if name == "llm" { "analyze" } else { name }
}

/// What `select` is asked for.
struct Selection {
    capabilities: Vec<String>,
    least: f64,
    most: f64,
    prefer: Vec<String>,
}

impl Selection {
    fn read(runtime: &mut Runtime, options: &Value) -> Result<Selection, Raise> {
        let mut selection = Selection { capabilities: Vec::new(), least: 1.0, most: f64::INFINITY, prefer: Vec::new() };
        let Some(object) = options.as_object() else { return Ok(selection) };
        for (key, value) in object.iter() {
            let value = Task::settled(value)?;
            if value.is_null() {
                continue;
            }
            let number = || {
                value
                    .as_number()
                    .filter(|number| *number >= 0.0)
                    .ok_or_else(|| Raise::kind(format!("select: {} must be a number of 0 or more", key.as_str())))
            };
            match key.as_str() {
                "capabilities" => selection.capabilities = texts(runtime, &value, "capabilities")?,
                "prefer" => selection.prefer = texts(runtime, &value, "prefer")?,
                "min" => selection.least = number()?,
                "max" => selection.most = number()?,
                other => {
                    let other = brief(other);
                    return Err(Raise::range(format!(
                        "select: unknown option '{other}'; it knows capabilities, min, max and prefer"
                    )));
                }
            }
        }
        Ok(selection)
    }

    /// Preferred agents first, in the order of that list, then as registered.
    fn choose(&self, agents: &Value) -> Result<Value, Raise> {
        let all: &[Value] = agents.as_array().map_or(&[], |array| array);
        let id = |agent: &Value| agent.as_agent().map(|agent| agent.id.to_string()).unwrap_or_default();
        let preferred = self.prefer.iter().filter_map(|wanted| all.iter().find(|agent| id(agent) == *wanted));
        let others = all.iter().filter(|agent| !self.prefer.contains(&id(agent)));
        let mut chosen: Vec<Value> = Vec::new();
        for agent in preferred.chain(others) {
            if !chosen.iter().any(|known| id(known) == id(agent)) {
                chosen.push(agent.clone());
            }
        }
        let found = chosen.len();
        if (found as f64) < self.least {
            let least = crate::value::format_number(self.least);
            return Err(Raise::new(
                Code::R0010,
                format!(
                    "select: needs {least} agent(s) with [{}], the registry has {found}",
                    brief(self.capabilities.join(", "))
                ),
            ));
        }
        chosen.truncate(if self.most.is_finite() { self.most as usize } else { usize::MAX });
        Ok(Value::array(chosen))
    }
}

fn texts(runtime: &mut Runtime, value: &Value, what: &str) -> Result<Vec<String>, Raise> {
    let fault = || Raise::kind(format!("select: {what} must be an array of strings"));
    let items = value.as_array().ok_or_else(fault)?;
    runtime.take_fuel(items.len() as u64)?;
    let bytes = items.iter().filter_map(Value::as_str).map(|text| size_of::<String>() + footprint(text.as_str().len()));
    runtime.check_room(bytes.sum())?;
    items.iter().map(|item| runtime.copied(Task::settled(item)?.as_str().ok_or_else(fault)?.as_str())).collect()
}

/// The agent of that name, or else of the capability that its declaration names.
fn declared_agent(agents: &Value, name: &str, settings: &Value) -> Result<Value, Raise> {
    let all: &[Value] = agents.as_array().map_or(&[], |array| array);
    let named =
        all.iter().find(|agent| agent.as_agent().is_some_and(|agent| &*agent.name == name || &*agent.id == name));
    let wanted = settings.as_object().and_then(|settings| settings.get("capability")).cloned().unwrap_or_default();
    let wanted = wanted.as_str().map(Str::as_str);
    let capable = |agent: &&Value| {
        let capabilities = agent.as_agent().map(|agent| agent.capabilities.clone()).unwrap_or_default();
        capabilities
            .as_array()
            .is_some_and(|all| all.iter().filter_map(Value::as_str).any(|own| wanted == Some(own.as_str())))
    };
    named.or_else(|| all.iter().find(capable)).cloned().ok_or_else(|| {
        let capability =
            wanted.map_or_else(String::new, |wanted| format!(" or with the capability '{}'", brief(wanted)));
        Raise::new(Code::R0010, format!("no agent is registered as '{}'{capability}", brief(name)))
    })
}
