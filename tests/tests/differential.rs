//! Random programs do the same compiled as interpreted.
//!
//! `DIFFERENTIAL_PROGRAMS` sets how many are tried, `DIFFERENTIAL_SEED` the first one's seed. What differs is printed
//! with its seed; once mended it stays in the tests of `engine` as a case.

use parallax_tests::differential::Program;
use std::env;
use std::panic::catch_unwind;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;

/// So many in a usual run of the tests.
const PROGRAMS: u64 = 2_000;
/// Programs nest deep, and builds without optimisation have large frames.
const STACK: usize = 64 << 20;
/// More than that share no work.
const THREADS: usize = 2;
/// So many differences are shown.
const SHOWN: usize = 5;

fn setting(name: &str, default: u64) -> u64 {
    env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(default)
}

#[test]
fn compiled_programs_do_the_same_as_interpreted_ones() {
    let (first, count) = (setting("DIFFERENTIAL_SEED", 0), setting("DIFFERENTIAL_PROGRAMS", PROGRAMS));
    let (next, run) = (AtomicU64::new(0), AtomicU64::new(0));
    let found = Mutex::new(Vec::new());
    let work = || {
        loop {
            let at = next.fetch_add(1, Ordering::Relaxed);
            if at >= count {
                return;
            }
            let program = Program::of(first + at);
            let difference = match catch_unwind(|| program.difference()) {
                Ok(Ok(difference)) => {
                    run.fetch_add(1, Ordering::Relaxed);
                    difference
                }
                Ok(Err(_)) => None,
                Err(_) => Some("a panic".to_owned()),
            };
            if let Some(difference) = difference {
                found.lock().expect("no panic").push((first + at, difference, program.text));
            }
        }
    };
    thread::scope(|scope| {
        for _ in 0..THREADS {
            thread::Builder::new().stack_size(STACK).spawn_scoped(scope, work).expect("a thread");
        }
    });
    let (found, run) = (found.into_inner().expect("no panic"), run.into_inner());
    println!("{count} programs from seed {first}: {run} run, {} differ", found.len());
    for (seed, difference, text) in found.iter().take(SHOWN) {
        println!("--- seed {seed}: {difference}\n{text}");
    }
    assert!(found.is_empty(), "{} programs do something else when they are compiled", found.len());
    assert!(run * 2 > count, "most programs run");
}
