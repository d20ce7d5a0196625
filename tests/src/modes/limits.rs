//! A program gives the same with each limit set to just what it needs, and stops at that limit, and no other, with less.

use crate::modes::Program;
use crate::modes::mode::{Allowance, Mode};
use crate::modes::outcome::Outcome;
use parallax_runtime_host::RunReport;
use prism_diagnostics::Code;
use prism_vm::limits::Limits;
use prism_vm::runtime::output_bytes;
use std::time::Duration;

/// The least memory that is tried; empty programs need no less.
const LEAST_MEMORY: usize = 64;

/// A limit of a run.
#[derive(Clone, Copy, Debug)]
enum Limit {
    Fuel,
    Memory,
    Depth,
    Output,
    Tasks,
    Dispatches,
    Deadline,
}

impl Limit {
    const ALL: [Limit; 7] =
        [Limit::Fuel, Limit::Memory, Limit::Depth, Limit::Output, Limit::Tasks, Limit::Dispatches, Limit::Deadline];

    /// The error of a run that needs more.
    fn code(self) -> Code {
        match self {
            Limit::Fuel => Code::R0100,
            Limit::Memory => Code::R0101,
            Limit::Depth => Code::R0102,
            Limit::Deadline => Code::R0103,
            Limit::Output => Code::R0105,
            Limit::Tasks => Code::R0106,
            Limit::Dispatches => Code::R0107,
        }
    }

    /// What a run needs and the most that is too little, where the report tells; of time, in milliseconds, a run that
    /// ends with the deadline may or may not be stopped by it.
    fn need(self, report: &RunReport) -> Option<(u64, Option<u64>)> {
        let metrics = &report.metrics;
        let exactly = |need: u64| Some((need, need.checked_sub(1)));
        match self {
            Limit::Fuel => exactly(metrics.steps),
            Limit::Tasks => exactly(metrics.tasks),
            Limit::Dispatches => exactly(metrics.dispatches),
            Limit::Output => {
                exactly(report.stdout.iter().chain(&report.stderr).map(|line| output_bytes(line) as u64).sum())
            }
            Limit::Deadline => {
                let need = metrics.elapsed_ms.ceil() as u64 + 1;
                Some((need, need.checked_sub(2).filter(|ms| *ms > 0)))
            }
            Limit::Memory | Limit::Depth => None,
        }
    }

    fn allow(self, amount: u64) -> Allowance {
        let mut allowance = Allowance::default();
        let size = usize::try_from(amount).unwrap_or(usize::MAX);
        let Limits { fuel, memory, depth, output, tasks, dispatches } = &mut allowance.limits;
        match self {
            Limit::Fuel => *fuel = amount,
            Limit::Memory => *memory = size,
            Limit::Depth => *depth = size,
            Limit::Output => *output = size,
            Limit::Tasks => *tasks = amount,
            Limit::Dispatches => *dispatches = amount,
            Limit::Deadline => allowance.deadline = Some(Duration::from_millis(amount)),
        }
        allowance
    }
}

/// Where a limit makes another difference than to stop the run. `plain` is the report without tight limits; a program
/// that the machine itself stopped, which has no need that could be told, is not tried.
///
/// # Errors
/// If a text can't be formatted.
pub async fn faults(program: &Program, plain: &RunReport) -> Result<Vec<String>, String> {
    let mut faults = Vec::new();
    if plain.error.as_ref().is_some_and(|error| error.code >= Code::R0100) {
        return Ok(faults);
    }
    for limit in Limit::ALL {
        let run = Run { program, limit, plain: Outcome::new(plain) };
        faults.extend(match limit.need(plain) {
            Some((need, less)) => run.exact(need, less).await?,
            None => run.doubling(plain).await?,
        });
    }
    Ok(faults)
}

/// A program that is run with little of one thing.
struct Run<'p> {
    program: &'p Program,
    limit: Limit,
    plain: Outcome,
}

impl Run<'_> {
    /// What is wrong with a run that has so much; whether it was stopped is what `stops` expects, if it expects anything.
    async fn with(&self, amount: u64, stops: Option<bool>) -> Result<(bool, Option<String>), String> {
        let report = self.program.run(Mode::PLAIN, self.limit.allow(amount)).await?;
        let stopped = report.error.as_ref().is_some_and(|error| error.code == self.limit.code());
        let fits = stops.is_none_or(|stops| stops == stopped);
        let outcome = Outcome::new(&report);
        let fault = match fits && (stopped || outcome == self.plain) {
            true => None,
            false => Some(format!("with {:?} limited to {amount}: {outcome}, without: {}", self.limit, self.plain)),
        };
        Ok((stopped, fault))
    }

    /// It needs exactly `need`; `less` is too little.
    async fn exact(&self, need: u64, less: Option<u64>) -> Result<Option<String>, String> {
        if let (_, Some(fault)) = self.with(need, Some(false)).await? {
            return Ok(Some(fault));
        }
        match less {
            Some(less) => Ok(self.with(less, Some(true)).await?.1),
            None => Ok(None),
        }
    }

    /// What it needs is found by doubling.
    async fn doubling(&self, plain: &RunReport) -> Result<Option<String>, String> {
        let most = Limits::default();
        let (mut amount, most) = match self.limit {
            Limit::Memory => (LEAST_MEMORY.max(plain.metrics.peak_memory.next_power_of_two()), most.memory),
            _ => (1, most.depth),
        };
        while amount < most {
            match self.with(amount as u64, None).await? {
                (true, None) => amount *= 2,
                (_, fault) => return Ok(fault),
            }
        }
        Ok(None)
    }
}
