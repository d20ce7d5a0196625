//! What surrounds a program that is run: the flags that `run` and `repl` share.

use crate::agents::{Chosen, Origin};
use crate::exit::Unusable;
use crate::input::{self, Given};
use crate::limits::LimitFlags;
use clap::ValueEnum;
use parallax_runtime_host::RunOptions;
use parallax_runtime_host::agent::list::AgentAddress;
use prism_confidence::{Algebra, Config};
use prism_vm::machine::JitMode;
use serde_json::Value;

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
    /// How confidences are combined, instead of the pattern's own rule: min, product, lukasiewicz, average.
    #[arg(long, value_name = "ALGEBRA", value_parser = algebra)]
    confidence: Option<Algebra>,
    /// The folder that imports may not leave.
    #[arg(long, value_name = "FOLDER")]
    pub root: Option<String>,
    /// Makes random numbers, and the order of what could happen at once, the same in each run.
    #[arg(long)]
    seed: Option<u64>,
    /// Whether functions and loops that run often are compiled. It changes how long a run takes, nothing else.
    #[arg(long, value_enum, value_name = "WHEN", default_value_t)]
    jit: Jit,
    #[command(flatten)]
    limits: LimitFlags,
}

/// Whether what runs often is compiled.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
enum Jit {
    /// Everything is interpreted.
    Off,
    /// What runs often is compiled, if the run may take 32 MiB of memory or more.
    #[default]
    On,
    /// Everything is compiled when it first runs: for tests of the compiler.
    Always,
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
        self.limits.apply(RunOptions {
            confidence: self.confidence.map(Config::from),
            seed: self.seed,
            jit: match self.jit {
                Jit::Off => JitMode::Off,
                Jit::On => JitMode::On,
                Jit::Always => JitMode::Always,
            },
            ..RunOptions::default()
        })
    }
}
