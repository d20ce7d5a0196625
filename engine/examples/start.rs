//! What a run costs that has hardly begun: how long it takes to start one, and how much memory one keeps that waits for
//! an agent.
//!
//! ```sh
//! cargo run --release -p prism-engine --example start [RUNS]
//! ```
//!
//! Prints an object: nanoseconds a run of a program that ends at once, from the machine's making to its end, and bytes a
//! suspended run, as the process grows (Linux tells) and as the machines count. `bench/run --small` shows it.

use prism_engine::{Engine, LoadedProgram};
use prism_vm::machine::{AgentInfo, Machine, Settings, Step};
use prism_vm::value::Value;
use serde_json::json;
use std::error::Error;
use std::num::NonZeroUsize;
use std::time::Instant;

const SHORT: &str = "1 + 1";

const WAITING: &str = r#"
fn judge(agent, text) {
  let answer = agent.analyze("Is this spam?", {text: text})
  return answer == "yes" ? "spam" : "fine"
}
let seen = []
for text in ["hello", "WIN $$$"] { seen.push(judge(agentList[0], text)) }
seen
"#;

fn main() -> Result<(), Box<dyn Error>> {
    let runs = match std::env::args().nth(1) {
        Some(count) => count.parse::<NonZeroUsize>()?.get(),
        None => 10_000,
    };
    let engine = Engine::new();
    let short = engine.program(SHORT)?;
    let waiting = engine.program(WAITING)?;
    // What is made once, by whoever comes first.
    finish(&short)?;
    drop(suspend(&waiting)?);

    let mut nanoseconds = Vec::with_capacity(runs);
    for _ in 0..runs {
        let start = Instant::now();
        finish(&short)?;
        nanoseconds.push(start.elapsed().as_nanos() as u64);
    }
    nanoseconds.sort_unstable();

    let before = resident();
    let suspended = (0..runs).map(|_| suspend(&waiting)).collect::<Result<Vec<_>, _>>()?;
    let grown = before.zip(resident()).map(|(before, after)| after.saturating_sub(before) / runs);
    let counted: usize = suspended.iter().map(|machine| machine.usage().memory).sum();
    let report = json!({
        "runs": runs,
        "startNanoseconds": { "median": nanoseconds.get(runs / 2), "most": nanoseconds.last() },
        "suspendedBytes": { "resident": grown, "counted": counted / runs },
    });
    println!("{report}");
    Ok(())
}

/// Runs to the end.
fn finish(program: &LoadedProgram) -> Result<(), String> {
    match program.machine(Settings::default()).run(1_000_000) {
        Step::Done(outcome) => outcome.result.map(drop).map_err(|failure| format!("{failure:?}")),
        other => Err(format!("the short program is not done but {other:?}")),
    }
}

/// Runs until an agent is waited for.
fn suspend(program: &LoadedProgram) -> Result<Machine, String> {
    let mut machine = program.machine(Settings::default());
    let agent = AgentInfo { id: "a1".into(), name: "a1".into(), capabilities: Vec::new(), metadata: Value::NULL };
    machine.set_agents(vec![agent]);
    let step = machine.run(1_000_000);
    machine.take_effects();
    match step {
        Step::Waiting => Ok(machine),
        other => Err(format!("the other program does not wait for an agent but is {other:?}")),
    }
}

/// Bytes of this process that are in memory; only Linux tells.
fn resident() -> Option<usize> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with("VmRSS:"))?;
    let kibibytes: usize = line.split_whitespace().nth(1)?.parse().ok()?;
    Some(kibibytes * 1024)
}
