//! What surrounds a program that is run: the flags that `run` and `repl` share.

use crate::agents::{Chosen, Origin};
use crate::exit::Unusable;
use crate::input::{self, Given};
use bytesize::ByteSize;
use parallax_runtime_host::RunOptions;
use parallax_runtime_host::agent::list::AgentAddress;
use prism_confidence::{Algebra, Config};
use prism_vm::limits::Limits;
use serde_json::Value;
use std::time::Duration;

/// Input, agents, limits.
#[derive(Debug, clap::Args)]
pub struct Setting {
    /// What the pattern is given: JSON, @FILE of JSON, NAME=VALUE, or NAME=@FILE for a file's text. May be repeated.
    #[arg(long, value_name = "INPUT")]
    input: Vec<Given>,
    /// Who can be asked: `local` for the agents that come along, or a JSON file that lists agents.
    #[arg(long, value_name = "local|FILE")]
    agents: Option<Origin>,
    /// One more agent, by its address. May be repeated.
    #[arg(long, value_name = "NAME=HOST:PORT[,CAPABILITY…]")]
    agent: Vec<AgentAddress>,
    /// How long the run may take: 500ms, 30s, 2m.
    #[arg(long, value_name = "TIME", value_parser = humantime::parse_duration)]
    timeout: Option<Duration>,
    /// How many steps the run may take, or `unlimited`.
    #[arg(long, value_name = "STEPS", value_parser = fuel, default_value_t = Limits::default().fuel)]
    fuel: u64,
    /// How much memory the program's values may take: 64MiB, 1GiB.
    #[arg(long, value_name = "SIZE", default_value_t = ByteSize(Limits::default().memory as u64))]
    memory: ByteSize,
    /// How confidences are combined, instead of the pattern's own rule: min, product, lukasiewicz, average.
    #[arg(long, value_name = "ALGEBRA", value_parser = algebra)]
    confidence: Option<Algebra>,
    /// The folder that imports may not leave.
    #[arg(long, value_name = "FOLDER")]
    pub root: Option<String>,
    /// Makes random numbers, and the order of what could happen at once, the same in each run.
    #[arg(long)]
    seed: Option<u64>,
}

fn fuel(text: &str) -> Result<u64, String> {
    match text {
        "unlimited" => Ok(Limits::UNLIMITED_FUEL),
        number => number.replace('_', "").parse().map_err(|_| "write a number of steps, or `unlimited`".to_owned()),
    }
}

fn algebra(name: &str) -> Result<Algebra, String> {
    Algebra::parse(name).ok_or_else(|| {
        let known: Vec<_> = Algebra::ALL.iter().map(|algebra| algebra.as_str()).collect();
        format!("there are {}", known.join(", "))
    })
}

impl Setting {
    /// The input that all `--input` make together; null if there are none.
    ///
    /// # Errors
    /// If one can't be read.
    pub fn input(&self) -> Result<Value, Unusable> {
        input::gather(&self.input)
    }

    /// The agents that can be asked. Must be called inside a tokio runtime.
    ///
    /// # Errors
    /// As [`Chosen::new`].
    pub async fn agents(&self) -> Result<Chosen, Unusable> {
        Chosen::new(self.agents.as_ref(), &self.agent).await
    }

    /// Whether any agents were named.
    pub fn has_agents(&self) -> bool {
        self.agents.is_some() || !self.agent.is_empty()
    }

    /// Limits and settings.
    pub fn options(&self) -> RunOptions {
        RunOptions {
            limits: Limits {
                fuel: self.fuel,
                memory: usize::try_from(self.memory.as_u64()).unwrap_or(usize::MAX),
                ..Limits::default()
            },
            deadline: self.timeout,
            confidence: self.confidence.map(Config::from),
            seed: self.seed,
            ..RunOptions::default()
        }
    }
}
