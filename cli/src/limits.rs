//! The flags for what a run may use, and which of them helps where a limit was reached.

use bytesize::ByteSize;
use parallax_runtime_host::{Money, RunOptions};
use prism_diagnostics::Code;
use prism_vm::limits::Limits;
use std::time::Duration;

/// What a run may use. Whatever is not given is sane for a stranger's pattern.
#[derive(Debug, clap::Args)]
#[command(next_help_heading = "Limits")]
pub struct LimitFlags {
    /// How long the run may take: 500ms, 30s, 2m, or `unlimited`.
    #[arg(long, value_name = "TIME", value_parser = time, default_value = "1h")]
    timeout: Time,
    /// How many steps the run may take, or `unlimited`.
    #[arg(long, value_name = "STEPS", value_parser = fuel, default_value_t = Limits::default().fuel)]
    fuel: u64,
    /// How much memory the run may take: 64MiB, 1GiB.
    #[arg(long, value_name = "SIZE", default_value_t = size(Limits::default().memory))]
    memory: ByteSize,
    /// How many calls may be nested in each other.
    #[arg(long, value_name = "CALLS", default_value_t = Limits::default().depth)]
    depth: usize,
    /// How much the run may print.
    #[arg(long, value_name = "SIZE", default_value_t = size(Limits::default().output))]
    output: ByteSize,
    /// How many tasks the run may start.
    #[arg(long, value_name = "TASKS", default_value_t = Limits::default().tasks)]
    tasks: u64,
    /// How many questions the run may ask agents and models.
    #[arg(long, value_name = "QUESTIONS", default_value_t = Limits::default().dispatches)]
    dispatches: u64,
    /// How much questions may cost together, in the unit of the agents' prices: 0.50.
    #[arg(long, value_name = "AMOUNT")]
    budget: Option<Money>,
    /// What a question costs to an agent that has no price.
    #[arg(long, value_name = "AMOUNT")]
    price: Option<Money>,
}

fn size(bytes: usize) -> ByteSize {
    ByteSize(bytes as u64)
}

fn bytes(size: ByteSize) -> usize {
    usize::try_from(size.as_u64()).unwrap_or(usize::MAX)
}

/// A time, or none that would end anything.
#[derive(Clone, Copy, Debug)]
struct Time(Option<Duration>);

fn time(text: &str) -> Result<Time, String> {
    match text {
        "unlimited" => Ok(Time(None)),
        time => humantime::parse_duration(time).map(|time| Time(Some(time))).map_err(|error| error.to_string()),
    }
}

fn fuel(text: &str) -> Result<u64, String> {
    match text {
        "unlimited" => Ok(Limits::UNLIMITED_FUEL),
        number => number.replace('_', "").parse().map_err(|_| "write a number of steps, or `unlimited`".to_owned()),
    }
}

impl LimitFlags {
    /// The options with these limits.
    pub fn apply(&self, options: RunOptions) -> RunOptions {
        RunOptions {
            limits: Limits {
                fuel: self.fuel,
                memory: bytes(self.memory),
                depth: self.depth,
                output: bytes(self.output),
                tasks: self.tasks,
                dispatches: self.dispatches,
            },
            deadline: self.timeout.0,
            budget: self.budget,
            unstated_price: self.price,
            ..options
        }
    }
}

/// The flag that allows more where a run has ended with this fault, if it ended at a limit.
pub fn flag(code: Code) -> Option<&'static str> {
    Some(match code {
        Code::R0100 => "--fuel STEPS",
        Code::R0101 => "--memory SIZE",
        Code::R0102 => "--depth CALLS",
        Code::R0103 => "--timeout TIME",
        Code::R0105 => "--output SIZE",
        Code::R0106 => "--tasks TASKS",
        Code::R0107 => "--dispatches QUESTIONS",
        Code::R0109 => "--budget AMOUNT",
        _ => return None,
    })
}
