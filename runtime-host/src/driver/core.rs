//! What a run is at any moment, and what follows from what happens: no I/O, no clock.
//!
//! A run is a tree of machines: the program's own, and one for each pattern under way that a machine ran by name. All
//! share agents, time and limits. A machine that is no longer needed is dropped with all that it started.

use super::exchange::{self, Asked, Completed, Deed, Ended, Failed};
use super::portable::Portable;
use super::record::{Record, milliseconds};
use crate::agent::{AgentReply, Question};
use crate::clock::{Event, Ticket};
use crate::explain::{Explanation, explain};
use crate::options::{Observer, RunOptions};
use crate::pattern::{Admission, Pattern, Shelf};
use crate::registry::{MODEL_CAPABILITY, Registry};
use crate::report::Metrics;
use prism_confidence::Rule;
use prism_diagnostics::Code;
use prism_vm::confidence::Conf;
use prism_vm::limits::{Limits, Stop};
use prism_vm::machine::{Machine, OpId, Outcome, Response, Settings, Step, Usage};
use prism_vm::value::Value;
use serde_json::Value as Json;
use std::collections::{BTreeMap, HashMap, VecDeque};
use std::sync::Arc;
use std::time::Duration;

/// How many steps a machine runs before its host looks at clock and cancellation: a few milliseconds.
const SLICE: u64 = 200_000;

/// How many patterns may have been run by one another.
const MOST_PATTERNS: usize = 16;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
struct MachineId(u64);

const ROOT: MachineId = MachineId(0);

/// The time at which something happens.
#[derive(Clone, Copy, Debug)]
pub(super) struct Now {
    /// Since the run's start.
    pub(super) elapsed: Duration,
    /// Milliseconds since 1970.
    pub(super) epoch_ms: f64,
}

/// What is to be done.
#[derive(Clone, Debug)]
pub(super) enum Action {
    /// Ask an agent, by its place in the order of registration.
    Ask { ticket: Ticket, agent: usize, question: Question, limit: Duration },
    /// Let time pass.
    Sleep { ticket: Ticket, ms: f64 },
    /// It is no longer needed.
    Forget(Ticket),
}

/// How to go on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Pace {
    /// With the next step.
    Going,
    /// With the next step, after a look at the world.
    SliceOver,
    /// Not before something happens.
    Idle,
}

/// What a run goes on in.
pub(crate) struct Setting {
    /// Where patterns come from.
    pub(crate) shelf: Shelf,
    /// Who can be asked.
    pub(crate) registry: Registry,
    /// Limits and settings.
    pub(crate) options: RunOptions,
    /// For `random()`.
    pub(crate) random: fastrand::Rng,
    /// Who is told.
    pub(crate) observer: Option<Box<dyn Observer>>,
}

/// How a run ended.
pub(crate) struct Finished {
    pub(crate) result: Result<Completed, Failed>,
    pub(crate) metadata: Json,
    pub(crate) record: Record,
    pub(crate) metrics: Metrics,
    pub(crate) explanation: Option<Explanation>,
}

struct Slot {
    machine: Machine,
    pattern: Arc<Pattern>,
    parent: Option<(MachineId, OpId)>,
    /// Since the run's start.
    deadline: Option<Duration>,
    /// Whether it stands in the queue.
    queued: bool,
}

/// Something that a machine waits for.
struct Open {
    machine: MachineId,
    op: OpId,
    /// The call's place in the record, and whether the host chose the agent.
    call: Option<(usize, bool)>,
}

/// A run.
pub(crate) struct Core {
    setting: Setting,
    machines: BTreeMap<MachineId, Slot>,
    next_machine: u64,
    queue: VecDeque<MachineId>,
    open: BTreeMap<Ticket, Open>,
    tickets: HashMap<(MachineId, OpId), Ticket>,
    next_ticket: u64,
    actions: Vec<Action>,
    record: Record,
    /// What machines that are gone have used.
    past: Usage,
    peak_memory: usize,
    /// The trees of patterns that were run, by the note that the ledger has for them.
    explanations: HashMap<String, Explanation>,
    ended: Option<(Ended<Completed>, Option<Explanation>)>,
}

impl Core {
    /// A run of `pattern`, about to take its first step.
    pub(crate) fn new(mut setting: Setting, pattern: Arc<Pattern>, admission: Admission) -> Self {
        let record = Record::new(setting.observer.take());
        let mut core = Core {
            setting,
            machines: BTreeMap::new(),
            next_machine: 0,
            queue: VecDeque::new(),
            open: BTreeMap::new(),
            tickets: HashMap::new(),
            next_ticket: 0,
            actions: Vec::new(),
            record,
            past: Usage::default(),
            peak_memory: 0,
            explanations: HashMap::new(),
            ended: None,
        };
        core.start(pattern, admission, None, Duration::ZERO);
        core
    }

    /// What is to be done now, in order.
    pub(super) fn take_actions(&mut self) -> Vec<Action> {
        std::mem::take(&mut self.actions)
    }

    /// Whether the program has ended.
    pub(super) fn has_ended(&self) -> bool {
        self.ended.is_some()
    }

    /// The earliest time, since the run's start, at which a machine's time is up.
    pub(super) fn deadline(&self) -> Option<Duration> {
        self.machines.values().filter_map(|slot| slot.deadline).min()
    }

    /// Runs the next machine that can go on, for one slice at most.
    pub(super) fn step(&mut self, now: Now) -> Pace {
        let Some(id) = self.queue.pop_front().filter(|_| self.ended.is_none()) else { return Pace::Idle };
        let Some(slot) = self.machines.get_mut(&id) else { return Pace::Going };
        slot.queued = false;
        let step = slot.machine.run(SLICE);
        for deed in exchange::take_deeds(&mut slot.machine) {
            self.perform(id, deed, now);
        }
        if let Some(stop) = self.overrun() {
            self.stop(stop);
        }
        match step {
            Step::Done(outcome) => self.done(id, outcome, now),
            Step::SliceOver => {
                self.wake(id);
                return Pace::SliceOver;
            }
            Step::Waiting | Step::WaitingFor(_) => {}
        }
        Pace::Going
    }

    /// Takes in what has happened.
    pub(super) fn happened(&mut self, event: Event, now: Now) {
        let (Event::Reply(ticket, _) | Event::Slept(ticket)) = event;
        let Some(open) = self.close(ticket) else { return };
        match (event, open.call) {
            (Event::Reply(_, reply), Some((call, chosen))) => self.replied(&open, call, chosen, &reply, now),
            _ => self.respond(open.machine, open.op, |_| Response::Value(Value::NULL)),
        }
    }

    /// Stops machines whose time is up.
    pub(super) fn expire(&mut self, elapsed: Duration) {
        let due = |(id, slot): (&MachineId, &Slot)| slot.deadline.filter(|at| *at <= elapsed).map(|_| *id);
        let due: Vec<_> = self.machines.iter().filter_map(due).collect();
        for id in due {
            self.stop_machine(id, Stop::Deadline);
        }
    }

    /// Stops the program.
    pub(super) fn stop(&mut self, stop: Stop) {
        self.stop_machine(ROOT, stop);
    }

    /// What came of it all.
    pub(super) fn finish(mut self, now: Now) -> Finished {
        let used = self.used();
        let metrics = Metrics {
            steps: used.steps,
            dispatches: used.dispatches,
            tasks: used.tasks,
            elapsed_ms: milliseconds(now.elapsed),
            peak_memory: self.peak_memory,
            agents: self.record.agents(),
        };
        let (result, metadata, explanation) = match self.ended {
            Some((ended, explanation)) => {
                self.record.warnings.splice(0..0, ended.warnings);
                (ended.result, ended.metadata, explanation)
            }
            None => (Err(Failed::new(Code::R0900, "the run was left before its end")), Json::Null, None),
        };
        Finished { result, metadata, record: self.record, metrics, explanation }
    }

    fn start(&mut self, pattern: Arc<Pattern>, admission: Admission, parent: Option<(MachineId, OpId)>, elapsed: Duration) {
        let id = MachineId(self.next_machine);
        self.next_machine += 1;
        let options = &self.setting.options;
        let settings = Settings {
            limits: self.remaining(),
            config: options.confidence.unwrap_or(pattern.confidence()),
            trace: options.trace,
            seed: options.seed.unwrap_or_default(),
            ..Settings::default()
        };
        let own = pattern.timeout();
        let timeout = if parent.is_none() { own.into_iter().chain(options.deadline).min() } else { own };
        let mut machine = pattern.program().machine(settings);
        machine.set_input(|runtime| prism_engine::json::from_json(runtime, &admission.input));
        let profiles = self.setting.registry.profiles(&admission.agents);
        let agents = machine.enter(|runtime| exchange::agents(runtime, &profiles));
        machine.set_agents(agents);
        let deadline = timeout.and_then(|timeout| elapsed.checked_add(timeout));
        self.machines.insert(id, Slot { machine, pattern, parent, deadline, queued: false });
        self.wake(id);
    }

    fn wake(&mut self, id: MachineId) {
        if let Some(slot) = self.machines.get_mut(&id).filter(|slot| !slot.queued) {
            slot.queued = true;
            self.queue.push_back(id);
        }
    }

    fn stop_machine(&mut self, id: MachineId, stop: Stop) {
        if let Some(slot) = self.machines.get_mut(&id) {
            slot.deadline = None;
            slot.machine.stop(stop);
            self.wake(id);
        }
    }

    fn respond(&mut self, id: MachineId, op: OpId, build: impl FnOnce(&mut prism_vm::runtime::Runtime) -> Response) {
        if let Some(slot) = self.machines.get_mut(&id) {
            exchange::respond(&mut slot.machine, op, build);
            self.wake(id);
        }
    }

    fn perform(&mut self, id: MachineId, deed: Deed, now: Now) {
        match deed {
            Deed::Print(stream, line) => self.record.printed(stream, line),
            Deed::Cancel(op) => self.cancel(id, op, now.elapsed),
            Deed::Ask(op, Err(fault)) => {
                let message = format!("the data can't be sent: {fault}");
                self.respond(id, op, |_| exchange::failure(message, None));
            }
            Deed::Ask(op, Ok(asked)) => self.ask(id, op, asked, now),
        }
    }

    fn ask(&mut self, id: MachineId, op: OpId, asked: Asked, now: Now) {
        match asked {
            Asked::Now => self.respond(id, op, |_| Response::Value(Value::number(now.epoch_ms))),
            Asked::Random => {
                let number = self.setting.random.f64();
                self.respond(id, op, |_| Response::Value(Value::number(number)));
            }
            Asked::Agents { capabilities } => {
                let Some(slot) = self.machines.get_mut(&id) else { return };
                let registry = &self.setting.registry;
                let chosen = registry.profiles(&registry.select(&capabilities));
                exchange::respond(&mut slot.machine, op, |runtime| Response::Agents(exchange::agents(runtime, &chosen)));
                self.wake(id);
            }
            Asked::Delay { ms } => {
                let ticket = self.open(Open { machine: id, op, call: None });
                self.actions.push(Action::Sleep { ticket, ms });
            }
            Asked::Agent { id: agent, name, task, data, context } => match self.setting.registry.find(&agent) {
                Some(at) => self.call(id, op, at, false, (task, data, context), now),
                None => {
                    let message = format!("there is no agent `{agent}` ({name}) among the run's agents");
                    self.respond(id, op, |_| exchange::failure(message, None));
                }
            },
            Asked::Model { prompt, options, context } => match self.setting.registry.model() {
                Some(at) => self.call(id, op, at, true, (prompt, options, context), now),
                None => {
                    let message = format!("no agent answers prompts: add one that has the capability `{MODEL_CAPABILITY}`");
                    self.respond(id, op, |_| exchange::failure(message, None));
                }
            },
            Asked::Pattern { name, input } => {
                if let Err(failed) = self.run_pattern(id, op, &name, input, now) {
                    let message = format!("pattern `{name}`: {}", failed.message);
                    self.respond(id, op, |_| exchange::failure(message, Some(failed.code)));
                }
            }
        }
    }

    fn call(
        &mut self,
        id: MachineId,
        op: OpId,
        agent: usize,
        chosen: bool,
        (task, data, context): (String, Json, Option<String>),
        now: Now,
    ) {
        let pattern = self.machines.get(&id).map(|slot| slot.pattern.name().to_owned()).unwrap_or_default();
        let number = self.record.calls.len() as u64;
        let question = Question { number, task, data, context, pattern };
        let Some(profile) = self.setting.registry.agents().get(agent) else { return };
        let call = self.record.asked(profile, &question, now.elapsed);
        let ticket = self.open(Open { machine: id, op, call: Some((call, chosen)) });
        self.actions.push(Action::Ask { ticket, agent, question, limit: self.setting.options.call_timeout });
    }

    fn replied(&mut self, open: &Open, call: usize, chosen: bool, reply: &AgentReply, now: Now) {
        let elapsed_ms = self.record.replied(call, reply, now.elapsed);
        let by = self.record.calls.get(call).filter(|_| chosen).map(|call| call.agent.clone());
        self.respond(open.machine, open.op, |runtime| match reply {
            Ok(answer) => exchange::answer(runtime, answer, by.as_deref()),
            Err(failure) => exchange::call_failure(failure, elapsed_ms),
        });
    }

    fn run_pattern(&mut self, id: MachineId, op: OpId, name: &str, input: Json, now: Now) -> Result<(), Failed> {
        let ancestors = std::iter::successors(Some(id), |id| self.machines.get(id)?.parent.map(|(parent, _)| parent));
        if ancestors.count() > MOST_PATTERNS {
            let message = format!("patterns run one another more than {MOST_PATTERNS} deep");
            return Err(Failed::new(Code::R0102, message));
        }
        let pattern = self.setting.shelf.find(name).map_err(|fault| Failed::new(fault.code(), fault.to_string()))?;
        let admission = pattern.admit(input, &self.setting.registry);
        let admission = admission.map_err(|refusal| Failed::new(refusal.code(), refusal.to_string()))?;
        self.start(pattern, admission, Some((id, op)), now.elapsed);
        Ok(())
    }

    fn open(&mut self, open: Open) -> Ticket {
        let ticket = Ticket(self.next_ticket);
        self.next_ticket += 1;
        self.tickets.insert((open.machine, open.op), ticket);
        self.open.insert(ticket, open);
        ticket
    }

    fn close(&mut self, ticket: Ticket) -> Option<Open> {
        let open = self.open.remove(&ticket)?;
        self.tickets.remove(&(open.machine, open.op));
        Some(open)
    }

    fn cancel(&mut self, id: MachineId, op: OpId, elapsed: Duration) {
        if let Some(&ticket) = self.tickets.get(&(id, op)) {
            self.forget(ticket, elapsed);
        }
        let child = self.machines.iter().find(|(_, slot)| slot.parent == Some((id, op)));
        if let Some(child) = child.map(|(child, _)| *child) {
            self.remove(child, elapsed);
        }
    }

    fn forget(&mut self, ticket: Ticket, elapsed: Duration) {
        let Some(open) = self.close(ticket) else { return };
        if let Some((call, _)) = open.call {
            self.record.cancelled(call, elapsed);
        }
        self.actions.push(Action::Forget(ticket));
    }

    /// Drops a machine with everything that it started and that is not over.
    fn remove(&mut self, id: MachineId, elapsed: Duration) -> Option<Slot> {
        let slot = self.machines.remove(&id)?;
        let usage = slot.machine.usage();
        self.past.steps += usage.steps;
        self.past.dispatches += usage.dispatches;
        self.past.tasks += usage.tasks;
        let open: Vec<_> = self.open.iter().filter(|(_, open)| open.machine == id).map(|(ticket, _)| *ticket).collect();
        for ticket in open {
            self.forget(ticket, elapsed);
        }
        let is_child = |slot: &Slot| slot.parent.is_some_and(|(parent, _)| parent == id);
        let children: Vec<_> = self.machines.iter().filter(|(_, slot)| is_child(slot)).map(|(id, _)| *id).collect();
        for child in children {
            self.remove(child, elapsed);
        }
        Some(slot)
    }

    fn done(&mut self, id: MachineId, outcome: Outcome, now: Now) {
        let Some(mut slot) = self.remove(id, now.elapsed) else { return };
        match slot.parent {
            None => {
                let mut ended = exchange::read_outcome(&mut slot.machine, outcome, exchange::for_report);
                let explanation = self.judge(&slot, &mut ended);
                self.ended = Some((ended, explanation));
            }
            Some((parent, op)) => {
                let mut ended = exchange::read_outcome(&mut slot.machine, outcome, exchange::for_machine);
                let explanation = self.judge(&slot, &mut ended);
                self.hand_up(parent, op, &format!("pattern `{}`", slot.pattern.name()), ended, explanation);
            }
        }
    }

    /// Adds what the host has to say of a result, and explains its confidence where that was traced.
    fn judge<T>(&self, slot: &Slot, ended: &mut Ended<T>) -> Option<Explanation> {
        ended.result.as_ref().ok()?;
        ended.warnings.extend(slot.pattern.doubt(ended.confidence));
        let tree = explain(slot.machine.ledger()?, ended.conf, ended.confidence?, slot.pattern.sources(), &self.explanations);
        Some(tree)
    }

    /// Gives what came of a pattern to the machine that ran it.
    fn hand_up(&mut self, parent: MachineId, op: OpId, who: &str, ended: Ended<Portable>, tree: Option<Explanation>) {
        for warning in ended.warnings {
            self.record.warn(format!("{who}: {warning}"));
        }
        match ended.result {
            Ok(value) => {
                let note = format!("{who}, request {} of machine {}", op.0, parent.0);
                let conf = |number| Conf::derive_noted(number, Rule::Reported, &[], Some(&note));
                self.explanations.extend(tree.map(|tree| (note.clone(), tree)));
                self.respond(parent, op, |runtime| Response::Value(value.write(runtime, &conf)));
            }
            Err(failed) => match limit(failed.code) {
                Some(stop) => self.stop(stop),
                None => {
                    let message = format!("{who}: {}", failed.message);
                    self.respond(parent, op, |_| exchange::failure(message, Some(failed.code)));
                }
            },
        }
    }

    /// What all machines together have used.
    fn used(&self) -> Usage {
        self.machines.values().map(|slot| slot.machine.usage()).fold(self.past, |sum, usage| Usage {
            steps: sum.steps + usage.steps,
            dispatches: sum.dispatches + usage.dispatches,
            tasks: sum.tasks + usage.tasks,
            memory: sum.memory + usage.memory,
            peak_memory: sum.peak_memory + usage.peak_memory,
        })
    }

    /// What is left for one machine more.
    fn remaining(&self) -> Limits {
        let (limits, used) = (self.setting.options.limits, self.used());
        Limits {
            fuel: limits.fuel.saturating_sub(used.steps),
            memory: limits.memory.saturating_sub(used.memory),
            depth: limits.depth,
            output: limits.output.saturating_sub(self.record.printed_bytes()),
            tasks: limits.tasks.saturating_sub(used.tasks),
            dispatches: limits.dispatches.saturating_sub(used.dispatches),
        }
    }

    /// The limit that the machines have reached together.
    fn overrun(&mut self) -> Option<Stop> {
        let (limits, used) = (self.setting.options.limits, self.used());
        self.peak_memory = self.peak_memory.max(used.peak_memory);
        [
            (used.steps > limits.fuel, Stop::Fuel),
            (used.memory > limits.memory, Stop::Memory),
            (self.record.printed_bytes() > limits.output, Stop::Output),
            (used.tasks > limits.tasks, Stop::Tasks),
            (used.dispatches > limits.dispatches, Stop::Dispatches),
        ]
        .into_iter()
        .find_map(|(over, stop)| over.then_some(stop))
    }
}

/// The limit of the whole run that a pattern failed for, which nothing in the program can catch.
fn limit(code: Code) -> Option<Stop> {
    let stops = [Stop::Fuel, Stop::Memory, Stop::Depth, Stop::Output, Stop::Tasks, Stop::Dispatches];
    stops.into_iter().find(|stop| stop.code() == code)
}
