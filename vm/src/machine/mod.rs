//! The machine as its host sees it: give it a program, let it run, answer what it asks.

mod blocks;
mod cells;
mod code;
mod fiber;
mod joins;
mod library;
mod op;
mod schedule;
mod session;
mod snapshot;
mod tasks;

pub(crate) use blocks::BlockKind;
pub(crate) use cells::VariableCell;
#[cfg(feature = "jit")]
pub(crate) use code::plain_params;
pub(crate) use code::{Callee, Loaded, Origin, Site};
pub(crate) use fiber::{Fiber, Finish, Frame, Pause, Purpose};
pub(crate) use tasks::OpPurpose;

pub use op::{
    AgentAnswer, AgentInfo, Effect, Failure, OpId, Outcome, Question, Request, Response, RunFailure, Step, Usage,
};

pub use schedule::SLICE;
pub use session::Extension;
pub use snapshot::{NotSuspended, SNAPSHOT, SnapshotError};

use crate::confidence::Ledger;
use crate::jit::Jit;
use crate::limits::{Limits, Stop};
use crate::native::Library;
use crate::runtime::Runtime;
use crate::value::heap::{BytesScope, Gauge, Ref, advance, swap_copies, without_doom};
use crate::value::{Agent, Counted, Task, TaskId, Value};
use cells::Alive;
use code::Unit;
use fiber::FiberId;
use prism_bytecode::{FunctionId, Program};
use prism_confidence::{Algebra, Config};
use prism_diagnostics::SourceMap;
use std::collections::{BTreeMap, HashMap, VecDeque};
use std::rc::Rc;
use std::sync::Arc;
use tasks::{OpenOp, Running, Watcher};

/// What becomes of functions and loops that run often. What a program does is the same in all.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum JitMode {
    /// They are interpreted.
    #[cfg_attr(not(feature = "jit"), default)]
    Off,
    /// They are compiled.
    #[cfg_attr(feature = "jit", default)]
    On,
    /// They are compiled sooner than pays: for tests, whose programs are short.
    Early,
    /// All are compiled when they first run: for tests.
    Always,
}

/// How a machine is to run.
#[derive(Clone, Debug, Default)]
pub struct Settings {
    /// What the run may use.
    pub limits: Limits,
    /// The confidence rules.
    pub config: Config,
    /// Whether to write down where confidences come from.
    pub trace: bool,
    /// The order in which tasks that could go on at the same time do so; 0 is the order in which they became ready.
    pub seed: u64,
    /// Whether what runs often is compiled; without the feature `jit`, nothing is.
    pub jit: JitMode,
    /// The texts, for lines and columns in error values.
    pub sources: SourceMap,
}

/// A run: program, heap, fibers, open requests. Everything in it belongs to it alone, so it can be handed from thread to
/// thread between calls.
pub struct Machine {
    pub(crate) runtime: Runtime,
    pub(crate) settings: Settings,
    pub(crate) library: Arc<Library>,
    pub(crate) library_unit: Unit,
    pub(crate) program_unit: Unit,
    pub(crate) functions: Vec<Rc<Loaded>>,
    pub(crate) cells: Rc<Alive>,
    pub(crate) input: Value,
    pub(crate) agent_list: Value,
    /// `agentResults` and `successfulResults`, once asked for.
    pub(crate) gathered: [Option<Ref<Task>>; 2],
    pub(crate) warnings: Vec<String>,
    pub(crate) metadata: Value,
    pub(crate) fibers: HashMap<FiberId, Box<Fiber>>,
    /// Fibers that run before all others, last first: what was just started, then whoever started it.
    pub(crate) first: Vec<FiberId>,
    pub(crate) ready: VecDeque<FiberId>,
    pub(crate) running: HashMap<TaskId, Running>,
    /// Fibers that wait for a task.
    pub(crate) waiters: HashMap<TaskId, Vec<FiberId>>,
    /// Joins that wait for a task.
    pub(crate) watchers: HashMap<TaskId, Counted<Watcher>>,
    pub(crate) ops: BTreeMap<OpId, OpenOp>,
    effects: Vec<Effect>,
    pub(crate) next_op: u64,
    pub(crate) next_task: u64,
    /// The first task of this run.
    pub(crate) first_task: u64,
    pub(crate) next_fiber: u64,
    pub(crate) dispatches: u64,
    /// Whether confidences of arithmetic are the lower of both and nothing is written down: the inline path.
    pub(crate) min_untraced: bool,
    random: u64,
    /// The counts of the thread that runs the machine.
    pub(crate) heap: Gauge,
    /// Why the fiber that was just run has stopped.
    #[cfg(threaded)]
    pub(crate) paused: Option<Pause>,
    /// How many fibers the instruction at hand has put first.
    pub(crate) just_started: usize,
    /// The module that this run begins with; those before belong to earlier ones.
    first_module: usize,
    /// How many modules have run to their end.
    finished_modules: usize,
    started: bool,
    asking: Option<OpId>,
    stopped: Option<Stop>,
    /// The request that the host refused, and why.
    refused: Option<(OpId, String)>,
    outcome: Option<Outcome>,
    ledger: Option<Ledger>,
    /// Elements copied that have not taken fuel yet.
    copies: u64,
    live: usize,
    peak: usize,
    /// Compiled code, once there is any.
    pub(crate) jit: Option<Box<Jit>>,
}

// SAFETY: handles are counted without locks, but every handle on an object of this heap is owned by this machine:
// requests and outcomes are read inside `enter`, and what a host keeps of them it must drop there too. The thread-local
// count of bytes and ledger are swapped in and out by every public call.
#[allow(unsafe_code, reason = "a machine moves as a whole")]
unsafe impl Send for Machine {}

impl Machine {
    /// A machine ready to run. The program must have been verified with the library's catalog, as must the library's.
    pub fn new(program: Arc<Program>, library: Arc<Library>, settings: Settings) -> Machine {
        let scope = BytesScope::enter(0);
        let library_unit = Unit::vacant(Arc::clone(&library.program), 0);
        let mut functions = library::vacant(&library_unit);
        let mut function_names: Vec<Box<str>> = vec![Box::default(); functions.len()];
        let program_unit = Unit::new(program, functions.len() as u32);
        for (id, function) in (0..).map(FunctionId).zip(&program_unit.program.functions) {
            functions.push(Rc::new(Loaded::new(&program_unit, Origin::Program, id, function, settings.jit)));
            function_names.push(function.name.clone());
        }
        let runtime = Runtime::new(settings.config, settings.limits, library.catalog.clone(), function_names);
        let mut machine = Machine {
            min_untraced: is_min_untraced(&settings),
            random: settings.seed,
            ledger: settings.trace.then(Ledger::default),
            input: Value::from(Ref::new(runtime.empty_object())),
            runtime,
            settings,
            library,
            library_unit,
            program_unit,
            functions,
            cells: Rc::default(),
            agent_list: Value::array(Vec::new()),
            gathered: [None, None],
            warnings: Vec::new(),
            metadata: Value::NULL,
            fibers: HashMap::new(),
            first: Vec::new(),
            ready: VecDeque::new(),
            running: HashMap::new(),
            waiters: HashMap::new(),
            watchers: HashMap::new(),
            ops: BTreeMap::new(),
            effects: Vec::new(),
            next_op: 0,
            next_task: 0,
            first_task: 0,
            next_fiber: 0,
            dispatches: 0,
            heap: Gauge::of_thread(),
            #[cfg(threaded)]
            paused: None,
            just_started: 0,
            first_module: 0,
            finished_modules: 0,
            started: false,
            asking: None,
            stopped: None,
            refused: None,
            outcome: None,
            copies: 0,
            live: 0,
            peak: 0,
            jit: None,
        };
        machine.live = scope.leave();
        machine
    }

    /// Works with this machine's heap: every value made for or read from it must be made and dropped in here.
    pub fn enter<R>(&mut self, work: impl FnOnce(&mut Runtime) -> R) -> R {
        self.inside(|machine| work(&mut machine.runtime))
    }

    fn inside<R>(&mut self, work: impl FnOnce(&mut Machine) -> R) -> R {
        let scope = BytesScope::limited(self.live, self.runtime.limits.memory);
        let before = Ledger::swap(self.ledger.take());
        let copies = swap_copies(self.copies);
        self.heap = Gauge::of_thread();
        let result = work(self);
        self.copies = swap_copies(copies);
        self.ledger = Ledger::swap(before);
        self.live = scope.leave();
        self.peak = self.peak.max(without_doom(self.live));
        result
    }

    /// Gives the pattern's `input`.
    pub fn set_input(&mut self, build: impl FnOnce(&mut Runtime) -> Value) {
        self.inside(|machine| machine.input = build(&mut machine.runtime));
    }

    /// Gives the pattern's `agentList`.
    pub fn set_agents(&mut self, agents: Vec<AgentInfo>) {
        self.inside(|machine| {
            let agents = agents.into_iter().map(|agent| machine.agent_value(agent)).collect();
            machine.agent_list = Value::array(agents);
        });
    }

    fn agent_value(&self, agent: AgentInfo) -> Value {
        let capabilities = agent.capabilities.into_iter().map(Value::from).collect();
        Value::from(Ref::new(Agent {
            id: agent.id.into(),
            name: agent.name.into(),
            capabilities: Value::array(capabilities),
            metadata: agent.metadata,
        }))
    }

    /// Ends the run with the next [`Machine::run`]: a host's deadline, a cancellation, a limit that several machines share.
    /// A run that has already ended well has failed then, too.
    pub fn stop(&mut self, stop: Stop) {
        self.stopped.get_or_insert(stop);
        self.inside(|machine| machine.outcome = None);
    }

    /// Whether the next [`Machine::run`] will end the run, since the host said so.
    pub fn is_stopped(&self) -> bool {
        self.stopped.is_some() && self.outcome.is_none()
    }

    /// Changes how much memory the run may use from now on: what other machines of one limit leave.
    pub fn limit_memory(&mut self, bytes: usize) {
        self.runtime.limits.memory = bytes;
    }

    /// Ends the run with the next [`Machine::run`], where it asked for something that `stop` keeps the host from doing;
    /// `message` says what.
    pub fn refuse(&mut self, op: OpId, stop: Stop, message: String) {
        self.refused = Some((op, message));
        self.stop(stop);
    }

    /// What happened to the world since the last call, in order.
    pub fn take_effects(&mut self) -> Vec<Effect> {
        self.flush_lines();
        std::mem::take(&mut self.effects)
    }

    /// Moves printed lines among the effects, so that their order is kept.
    pub(crate) fn flush_lines(&mut self) {
        let lines = self.runtime.lines.drain(..).map(|(stream, line)| Effect::Print(stream, line));
        self.effects.extend(lines);
    }

    /// What the run has used so far.
    pub fn usage(&self) -> Usage {
        Usage {
            steps: self.runtime.limits.fuel - self.runtime.fuel,
            dispatches: self.dispatches,
            tasks: self.next_task - self.first_task,
            memory: without_doom(self.live),
            peak_memory: self.peak,
        }
    }

    /// Where confidences came from, if that was written down.
    pub fn ledger(&self) -> Option<&Ledger> {
        self.ledger.as_ref()
    }

    pub(crate) fn unit(&self, origin: Origin) -> &Unit {
        match origin {
            Origin::Library => &self.library_unit,
            Origin::Program => &self.program_unit,
        }
    }
}

/// Whether confidences of arithmetic are the lower of both and nothing is written down.
fn is_min_untraced(settings: &Settings) -> bool {
    settings.config == Config::from(Algebra::Min) && !settings.trace
}

impl Drop for Machine {
    fn drop(&mut self) {
        let scope = BytesScope::enter(self.live);
        // Closures that share a variable with themselves are the only cycles: emptied cells let go of them.
        self.jit = None;
        self.cells.empty();
        self.fibers.clear();
        // The fields go after this; what they give back was never counted here.
        advance(scope.leave());
    }
}
