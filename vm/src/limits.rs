//! What a run may use. Each limit has its own error, which no program can catch.
//!
//! | limit | counted where | looked at where |
//! |---|---|---|
//! | fuel | loop turns, calls; the library's work by elements, and by 64 bytes of text (fewer that it hashes or displays) | where it is taken |
//! | memory | [`crate::value::heap`]: what the process gives for values, fibers, tables, texts that grow, and what the host keeps of the run ([`crate::runtime::Runtime::keep`]) | loop turns, calls, whenever fuel is taken; before much is allocated at once |
//! | depth | frames of a fiber | calls |
//! | output | printed lines | where they are printed |
//! | tasks, dispatches | where they are started | there |
//! | time, budget | by the host, which knows clocks and prices | between slices, after requests; before a question is asked |
//!
//! What is large is asked for before it is allocated: library functions by [`Runtime::reserve`] and [`Runtime::hold`],
//! texts by growing as [`BoundedText`], containers by [`has_room`], which dooms a run that has none: it ends at the next look. So
//! no limit is overrun by what a single step does, and a step's cost is bounded by the fuel that it takes.
//!
//! Nothing here recurses along values without counting the native stack as memory ([`deeper`]); most goes through lists.
//!
//! [`Runtime::reserve`]: crate::runtime::Runtime::reserve
//! [`Runtime::hold`]: crate::runtime::Runtime::hold
//! [`BoundedText`]: crate::runtime::BoundedText
//! [`has_room`]: crate::value::heap::has_room
//! [`deeper`]: crate::value::heap::deeper

use prism_diagnostics::Code;

/// What a run may use; defaults suit a stranger's pattern.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Steps: loop turns, calls, and what library functions count for the elements they go through.
    pub fuel: u64,
    /// Bytes that the run may take of the process.
    pub memory: usize,
    /// Calls nested in each other; those of the library's own functions count.
    pub depth: usize,
    /// Bytes printed; a line counts 32 beside its text.
    pub output: usize,
    /// Tasks started.
    pub tasks: u64,
    /// Questions asked of agents and models.
    pub dispatches: u64,
}

impl Limits {
    /// More fuel than any run can use.
    pub const UNLIMITED_FUEL: u64 = u64::MAX;
}

impl Default for Limits {
    fn default() -> Self {
        Limits {
            fuel: 50_000_000,
            memory: 256 << 20,
            depth: 20_000,
            output: 16 << 20,
            tasks: 100_000,
            dispatches: 10_000,
        }
    }
}

/// Why the machine itself stopped a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stop {
    /// The fuel is used up.
    Fuel,
    /// The heap is full.
    Memory,
    /// Calls are nested too deep.
    Depth,
    /// Too much was printed.
    Output,
    /// Too many tasks were started.
    Tasks,
    /// Too many questions were asked.
    Dispatches,
    /// What the next question costs is more than is left; the host's affair, which knows prices.
    Budget,
    /// The host's deadline has passed.
    Deadline,
    /// The host cancelled the run.
    Cancelled,
    /// Every task waits for another.
    Deadlock,
    /// A fault of the machine itself; the text says which.
    Internal(&'static str),
}

impl Stop {
    /// Its row of the catalog.
    pub fn code(self) -> Code {
        match self {
            Stop::Fuel => Code::R0100,
            Stop::Memory => Code::R0101,
            Stop::Depth => Code::R0102,
            Stop::Deadline => Code::R0103,
            Stop::Cancelled => Code::R0104,
            Stop::Output => Code::R0105,
            Stop::Tasks => Code::R0106,
            Stop::Dispatches => Code::R0107,
            Stop::Deadlock => Code::R0108,
            Stop::Budget => Code::R0109,
            Stop::Internal(_) => Code::R0900,
        }
    }

    /// What to tell, with the limit that was reached.
    pub fn message(self, limits: &Limits) -> String {
        match self {
            Stop::Fuel => format!("out of fuel: the run used all of its {} steps", limits.fuel),
            Stop::Memory => format!("out of memory: the run needs more than its limit of {} bytes", limits.memory),
            Stop::Depth => format!("call stack too deep: more than {} calls inside each other", limits.depth),
            Stop::Output => format!("too much output: the run printed more than {} bytes", limits.output),
            Stop::Tasks => format!("too many tasks: the run started more than {}", limits.tasks),
            Stop::Dispatches => {
                format!("too many dispatches: the run asked agents more than {} times", limits.dispatches)
            }
            Stop::Budget => "over budget: the next question costs more than is left".to_owned(),
            Stop::Deadline => "the run's time is up".to_owned(),
            Stop::Cancelled => "the run was cancelled".to_owned(),
            Stop::Deadlock => {
                "deadlock: every task waits for another, and nothing is left that could end one".to_owned()
            }
            Stop::Internal(fault) => format!("fault of the machine: {fault}"),
        }
    }
}
