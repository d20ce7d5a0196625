//! What one program costs, stage by stage: prints an object of milliseconds, steps, bytes and counts.
//!
//! ```sh
//! cargo run --release -p prism-engine --example profile -- FILE.prism
//! ```
//!
//! The program must need nothing from outside; what it prints is left out. `bench/run --profile` makes a table of this.

use prism_engine::{Engine, Limits, MemoryProject};
use prism_vm::machine::{Settings, Step};
use prism_vm::value::heap::counts;
use serde_json::json;
use std::error::Error;
use std::time::Instant;

/// Steps between two looks at what was printed and at how much memory is in use.
const SLICE: u64 = 20_000;

fn main() -> Result<(), Box<dyn Error>> {
    let path = std::env::args().nth(1).ok_or("which program? give the path of a .prism file")?;
    let text = std::fs::read_to_string(&path).map_err(|fault| format!("{path}: {fault}"))?;

    let engine = Engine::new();
    let (_, library_ms) = timed(|| engine.program("null").map(|program| program.machine(Settings::default())));
    let (compilation, compile_ms) = timed(|| engine.compile(&path, &text, &MemoryProject::new()));
    let (program, verify_ms) = timed(|| engine.load(compilation));
    let program = program?;
    let limits = Limits { fuel: Limits::UNLIMITED_FUEL, ..Limits::default() };
    let config = program.confidence();
    let (mut machine, machine_ms) = timed(|| program.machine(Settings { limits, config, ..Settings::default() }));

    let before = counts();
    let (outcome, run_ms) = timed(|| {
        loop {
            let step = machine.run(SLICE);
            machine.take_effects();
            match step {
                Step::SliceOver => {}
                Step::Done(outcome) => return Ok(outcome),
                Step::Waiting | Step::WaitingFor(_) => return Err("it asks for something from outside"),
            }
        }
    });
    let after = counts();
    if let Err(failure) = outcome?.result {
        return Err(format!("{path}: {failure:?}").into());
    }
    let usage = machine.usage();
    let report = json!({
        "libraryMs": library_ms, "compileMs": compile_ms, "verifyMs": verify_ms, "machineMs": machine_ms, "runMs": run_ms,
        "steps": usage.steps,
        "peakMemory": usage.peak_memory,
        "allocations": after.allocations - before.allocations,
        "copied": after.copied - before.copied,
    });
    println!("{report}");
    Ok(())
}

/// The result, and how many milliseconds it took.
fn timed<R>(work: impl FnOnce() -> R) -> (R, f64) {
    let start = Instant::now();
    let result = work();
    (result, start.elapsed().as_secs_f64() * 1e3)
}
