//! What a run is at any moment, and what follows from what happens: no I/O, no clock.
//!
//! A run is a tree of machines: the program's own, and one for each pattern under way that a machine ran by name. All
//! share agents, time and limits. A machine that is no longer needed is dropped with all that it started.
//!
//! Here: the state, and which machine goes on when. [`requests`]: what they ask for; [`ending`]: how they end;
//! [`shared`]: what they may use together; [`account`]: what their questions cost.

mod account;
mod ending;
mod held;
mod requests;
mod shared;

use self::account::Account;
use self::held::Held;
use super::exchange::{self, Completed, Ended, Failed};
use super::record::{Record, milliseconds};
use crate::agent::Question;
use crate::clock::{Event, Ticket};
use crate::explain::Explanation;
use crate::options::{Observer, RunOptions};
use crate::pattern::{Admission, Pattern, Shelf};
use crate::registry::Registry;
use crate::report::Metrics;
use prism_diagnostics::Code;
use prism_engine::HostCall;
use prism_vm::limits::Stop;
use prism_vm::machine::{Machine, OpId, Response, SLICE, Settings, Step, Usage};
use prism_vm::runtime::Runtime;
use prism_vm::value::Value;
use serde_json::Value as Json;
use std::collections::{BTreeMap, HashMap, VecDeque};
use std::sync::Arc;
use std::time::Duration;

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
#[derive(Debug)]
pub(super) enum Action {
    /// Ask an agent, by its place in the order of registration.
    Ask { ticket: Ticket, agent: usize, question: Question, limit: Duration },
    /// Let time pass.
    Sleep { ticket: Ticket, ms: f64 },
    /// Let a function of the host go on.
    Call { ticket: Ticket, call: HostCall },
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

struct Slot<'m> {
    machine: Held<'m>,
    pattern: Arc<Pattern>,
    parent: Option<(MachineId, OpId)>,
    /// Since the run's start.
    deadline: Option<Duration>,
    /// Whether it stands in the queue.
    queued: bool,
}

impl Slot<'_> {
    /// Goes on with a machine that was read back from a snapshot, unless it has ended.
    fn relocate(&mut self) {
        let Ok(snapshot) = self.machine.snapshot() else { return };
        match self.pattern.program().resume(self.machine.settings().clone(), &snapshot) {
            Ok(machine) => *self.machine = machine,
            Err(_) => self.machine.stop(Stop::Internal("its own snapshot can't be read back")),
        }
    }
}

/// Something that a machine waits for.
struct Open {
    machine: MachineId,
    op: OpId,
    /// The call's place in the record, and whether the host chose the agent.
    call: Option<(usize, bool)>,
}

/// A run. The program's own machine may be another's, which it goes back to when the run is over.
pub(crate) struct Core<'m> {
    setting: Setting,
    machines: BTreeMap<MachineId, Slot<'m>>,
    next_machine: u64,
    queue: VecDeque<MachineId>,
    open: BTreeMap<Ticket, Open>,
    tickets: HashMap<(MachineId, OpId), Ticket>,
    next_ticket: u64,
    actions: Vec<Action>,
    record: Record,
    account: Account,
    /// What machines that are gone have used.
    past: Usage,
    peak_memory: usize,
    /// The trees of patterns that were run, by the note that the ledger has for them.
    explanations: HashMap<String, Explanation>,
    ended: Option<(Ended<Completed>, Option<Explanation>)>,
}

impl<'m> Core<'m> {
    /// A run of `pattern`, about to take its first step.
    pub(crate) fn new(setting: Setting, pattern: Arc<Pattern>, admission: Admission) -> Self {
        let mut core = Self::empty(setting);
        core.start(pattern, admission, None, Duration::ZERO);
        core
    }

    /// A run on a machine that is ready for it: the next one of a session.
    pub(crate) fn resume(setting: Setting, pattern: Arc<Pattern>, machine: &'m mut Machine) -> Self {
        let mut core = Self::empty(setting);
        core.place(Held::Lent(machine), pattern, None, Duration::ZERO);
        core
    }

    fn empty(mut setting: Setting) -> Self {
        let record = Record::new(setting.observer.take());
        Core {
            account: Account::new(setting.options.budget),
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
        }
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
        let room = self.room_of(id);
        let Some(slot) = self.machines.get_mut(&id) else { return Pace::Going };
        slot.queued = false;
        slot.machine.limit_memory(room);
        let mut step = slot.machine.run(SLICE);
        let deeds = exchange::take_deeds(&mut slot.machine, slot.pattern.program());
        if self.setting.options.moves {
            slot.relocate();
        }
        for deed in deeds {
            self.perform(id, deed, now);
        }
        if let Some(stop) = self.overrun() {
            self.stop(stop);
        }
        // What has just ended has used, or asked for, too much all the same.
        if let (Step::Done(_), Some(slot)) =
            (&step, self.machines.get_mut(&id).filter(|slot| slot.machine.is_stopped()))
        {
            step = slot.machine.run(SLICE);
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
        let Some(open) = self.close(event.ticket()) else { return };
        match (event, open.call) {
            (Event::Reply(_, reply), Some((call, chosen))) => self.replied(&open, call, chosen, &reply, now),
            (Event::Called(_, reply), _) => self.respond(open.machine, open.op, |runtime| reply.response(runtime)),
            _ => self.respond(open.machine, open.op, |_| Response::Value(Value::NULL)),
        }
    }

    /// Stops machines whose time is up.
    pub(super) fn expire(&mut self, elapsed: Duration) {
        let due = |(id, slot): (&MachineId, &Slot<'_>)| slot.deadline.filter(|at| *at <= elapsed).map(|_| *id);
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
            spent: self.account.spent(),
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

    fn start(
        &mut self,
        pattern: Arc<Pattern>,
        admission: Admission,
        parent: Option<(MachineId, OpId)>,
        elapsed: Duration,
    ) {
        let options = &self.setting.options;
        let settings = Settings {
            limits: self.remaining(),
            config: options.confidence.unwrap_or(pattern.confidence()),
            trace: options.trace,
            seed: options.seed.unwrap_or_default(),
            jit: options.jit,
            ..Settings::default()
        };
        let mut machine = pattern.program().machine(settings);
        machine.set_input(|runtime| prism_engine::json::from_json(runtime, &admission.input));
        let profiles = self.setting.registry.profiles(&admission.agents);
        let agents = machine.enter(|runtime| exchange::agents(runtime, &profiles));
        machine.set_agents(agents);
        self.place(Held::Own(Box::new(machine)), pattern, parent, elapsed);
    }

    /// Lets a machine take part in the run.
    fn place(
        &mut self,
        machine: Held<'m>,
        pattern: Arc<Pattern>,
        parent: Option<(MachineId, OpId)>,
        elapsed: Duration,
    ) {
        let id = MachineId(self.next_machine);
        self.next_machine += 1;
        let own = pattern.timeout();
        let timeout = if parent.is_none() { own.into_iter().chain(self.setting.options.deadline).min() } else { own };
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

    fn respond(&mut self, id: MachineId, op: OpId, build: impl FnOnce(&mut Runtime) -> Response) {
        if let Some(slot) = self.machines.get_mut(&id) {
            exchange::respond(&mut slot.machine, op, build);
            self.wake(id);
        }
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
}
