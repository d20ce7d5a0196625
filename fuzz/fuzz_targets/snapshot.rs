//! A snapshot that was changed behind a right seal is refused, or gives a machine that runs to an end within its limits.

#![no_main]

use arbitrary::{Arbitrary, Result, Unstructured};
use libfuzzer_sys::fuzz_target;
use prism_engine::{Engine, LoadedProgram};
use prism_vm::limits::Limits;
use prism_vm::machine::{AgentAnswer, AgentInfo, Machine, Response, SNAPSHOT, Settings, Step};
use prism_vm::value::Value;
use std::sync::OnceLock;

const TEXT: &str = r#"
let count = 0
fn up(by) { count = count + by; return count }
async function slow(n) { await delay(n); return {n: n, seen: up(1)} }
let shared = [1, "two", 0.5 ~> 0.25, {a: null}, n => n + count, sortBy("n")]
let tasks = [slow(1), slow(2)]
let answers = parallel agentList timeout(50) { [agent.analyze("what?", shared), up(2)] }
let first = race agentList { agent.ask("who?") } until (answer.result > 0)
let joined = await Promise.all(tasks)
try { null.x } catch (e) { [answers, first, joined, e.message, shared.map(s => typeof s)] }
"#;

/// What stands before all that may be changed: the fingerprints.
const HEAD: usize = 32;
/// Stops after which a machine within its limits has ended.
const STOPS: usize = 5_000;

fn settings() -> Settings {
    let limits = Limits { fuel: 5_000, memory: 4 << 20, depth: 200, tasks: 100, dispatches: 100, ..Limits::default() };
    Settings { limits, ..Settings::default() }
}

/// The program, and what is behind the seals of all its snapshots.
fn snapshots() -> &'static (LoadedProgram, Vec<Vec<u8>>) {
    static SNAPSHOTS: OnceLock<(LoadedProgram, Vec<Vec<u8>>)> = OnceLock::new();
    SNAPSHOTS.get_or_init(|| {
        let program = Engine::new().program(TEXT).expect("a program");
        let mut machine = program.machine(settings());
        let agent = |id: &str| AgentInfo { id: id.to_owned(), name: id.to_owned(), ..AgentInfo::default() };
        machine.set_agents(vec![agent("a"), agent("b")]);
        let mut bodies = Vec::new();
        while step(&mut machine) {
            let snapshot = machine.snapshot().expect("a machine that waits");
            bodies.push(SNAPSHOT.open(&snapshot).expect("a snapshot").to_vec());
            answer(&mut machine);
        }
        (program, bodies)
    })
}

fn step(machine: &mut Machine) -> bool {
    let step = machine.run(100);
    let effects = machine.take_effects();
    let done = matches!(step, Step::Done(_));
    machine.enter(|_| drop((effects, step)));
    !done
}

/// Answers the request that was made last.
fn answer(machine: &mut Machine) {
    let Some(op) = machine.open_requests().last() else { return };
    let answer = AgentAnswer { result: Value::number(op.0 as f64), confidence: Some(0.5), ..AgentAnswer::default() };
    machine.answer(op, if op.0 % 2 == 0 { Response::Answer(answer) } else { Response::Value(Value::NULL) });
}

fn changed(u: &mut Unstructured<'_>, bodies: &[Vec<u8>]) -> Result<Vec<u8>> {
    let mut body = u.choose(bodies)?.clone();
    while !u.is_empty() {
        let at = u.int_in_range(HEAD..=body.len().max(HEAD + 1) - 1)?.min(body.len());
        match u.int_in_range(0..=3)? {
            0 => body.truncate(at),
            1 => body.insert(at, u8::arbitrary(u)?),
            2 if at < body.len() => drop(body.remove(at)),
            _ => {
                let byte = u8::arbitrary(u)?;
                body.get_mut(at).into_iter().for_each(|old| *old = byte);
            }
        }
    }
    Ok(body)
}

fuzz_target!(|bytes: &[u8]| {
    let (program, bodies) = snapshots();
    let Ok(body) = changed(&mut Unstructured::new(bytes), bodies) else { return };
    let Ok(mut machine) = program.resume(settings(), &SNAPSHOT.close(&body)) else { return };
    for _ in 0..STOPS {
        if !step(&mut machine) {
            return;
        }
        answer(&mut machine);
    }
    panic!("it never ends");
});
