//! Whatever the bytes behind a right seal say: an error, or a machine that runs to an end within its limits.

use crate::host::{PROGRAMS, Run, machine, program, settings};
use prism_engine::LoadedProgram;
use prism_vm::machine::SNAPSHOT;

/// Changes of each snapshot; `SNAPSHOT_CHANGES` sets another number.
const CHANGES: usize = 60;
/// Stops after which a machine within its limits has ended.
const STOPS: usize = 20_000;
/// The fingerprints, which nobody gets past.
const HEAD: usize = 32;

fn snapshots(program: &LoadedProgram, trace: bool) -> Vec<Vec<u8>> {
    let mut run = Run::new(machine(program, settings(trace)));
    let mut snapshots = Vec::new();
    while run.step() {
        snapshots.push(run.machine.snapshot().expect("a machine that waits"));
        run.answer();
    }
    snapshots
}

fn change(body: &mut Vec<u8>, random: &mut fastrand::Rng) {
    let Some(at) = (body.len() > HEAD).then(|| random.usize(HEAD..body.len())) else { return };
    match random.u8(0..8) {
        0 => body.truncate(at),
        1 => body.extend((0..random.usize(1..40)).map(|_| random.u8(..))),
        2 => body.insert(at, random.u8(..)),
        3 => drop(body.remove(at)),
        4 => body[at] ^= 1 << random.u8(0..8),
        5 => body[at] = body[at].wrapping_add(1),
        6 => body[at] = body[at].wrapping_sub(1),
        // Parts of snapshots elsewhere: what is right in itself.
        _ => {
            let from = random.usize(HEAD..body.len());
            let length = random.usize(1..12).min(body.len() - at.max(from));
            body.copy_within(from..from + length, at);
        }
    }
}

#[test]
fn changed_snapshots_are_refused_or_run_to_an_end() {
    let changes = std::env::var("SNAPSHOT_CHANGES").ok().and_then(|count| count.parse().ok()).unwrap_or(CHANGES);
    let mut random = fastrand::Rng::with_seed(7);
    let (mut refused, mut ended) = (0, 0);
    for (name, text) in PROGRAMS {
        let program = program(text);
        for trace in [false, true] {
            for snapshot in snapshots(&program, trace) {
                let body = SNAPSHOT.open(&snapshot).expect("a snapshot");
                for _ in 0..changes {
                    let mut body = body.to_vec();
                    (0..random.usize(1..4)).for_each(|_| change(&mut body, &mut random));
                    match program.resume(settings(false), &SNAPSHOT.close(&body)) {
                        Err(_) => refused += 1,
                        Ok(machine) => {
                            let mut run = Run::new(machine);
                            assert!(run.finish(STOPS), "{name}: it never ends");
                            ended += 1;
                        }
                    }
                }
            }
        }
    }
    println!("{refused} refused, {ended} ran to an end");
    assert!(refused > 0 && ended > 0);
}
