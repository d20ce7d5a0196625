//! Random programs: what the checker says of them holds when they run.
//!
//! `SOUNDNESS_PROGRAMS` sets how many are tried, `SOUNDNESS_SEED` the first one's seed. What fails is printed, made
//! small: once mended it stays in `tests/soundness` as a case.

use parallax_tests::soundness::generate::generate;
use parallax_tests::soundness::judge::{Verdict, judge};
use parallax_tests::soundness::read::read;
use parallax_tests::soundness::shrink::{kind, shrink};
use parallax_tests::soundness::tree::{Bare, MODULE, Tree};
use std::collections::BTreeMap;
use std::env;
use std::fs;
use std::panic::catch_unwind;
use std::path::Path;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;

/// So many in a usual run of the tests.
const PROGRAMS: u64 = 20_000;
/// Programs nest deep, and builds without optimisation have large frames.
const STACK: usize = 64 << 20;
/// More than that share no work.
const THREADS: usize = 2;

/// What came of all programs.
#[derive(Default)]
struct Tally {
    valid: u64,
    failed: u64,
    seen: u64,
    /// By kind: how often, and the seed and the words of the first.
    faults: BTreeMap<String, (u64, u64, String)>,
}

fn setting(name: &str, default: u64) -> u64 {
    env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(default)
}

fn verdict(tree: &Tree) -> Verdict {
    let caught = catch_unwind(|| judge(tree));
    caught.unwrap_or_else(|_| Verdict { faults: vec!["a panic".to_owned()], ..Verdict::default() })
}

/// Does something that may take much stack.
fn deep<R: Send>(work: impl FnOnce() -> R + Send) -> R {
    thread::scope(|scope| {
        let thread = thread::Builder::new().stack_size(STACK).spawn_scoped(scope, work).expect("a thread");
        thread.join().expect("no panic")
    })
}

/// The smallest program with the fault that is found, and what is wrong with it.
fn small(seed: u64, fault: &str) -> String {
    let tree = generate(seed);
    let small = if fault == "a panic" { tree } else { shrink(&tree, fault) };
    let module = small.print_module(&mut Bare).map(|text| format!("--- {MODULE}\n{text}")).unwrap_or_default();
    format!("{}\n{}{module}", verdict(&small).faults.join("\n"), small.print(&mut Bare))
}

#[test]
fn what_the_checker_says_holds_in_every_run() {
    let (first, count) = (setting("SOUNDNESS_SEED", 0), setting("SOUNDNESS_PROGRAMS", PROGRAMS));
    let (next, tally) = (AtomicU64::new(0), Mutex::new(Tally::default()));
    let work = || {
        loop {
            let at = next.fetch_add(1, Ordering::Relaxed);
            if at >= count {
                return;
            }
            let seed = first + at;
            let verdict = verdict(&generate(seed));
            let mut tally = tally.lock().expect("no panic");
            tally.valid += u64::from(verdict.is_valid);
            tally.failed += u64::from(verdict.failed);
            tally.seen += verdict.seen as u64;
            for fault in verdict.faults {
                tally.faults.entry(kind(&fault).to_owned()).or_insert((0, seed, fault)).0 += 1;
            }
        }
    };
    thread::scope(|scope| {
        for _ in 0..THREADS {
            thread::Builder::new().stack_size(STACK).spawn_scoped(scope, work).expect("a thread");
        }
    });
    let Tally { valid, failed, seen, faults } = tally.into_inner().expect("no panic");
    println!("{count} programs from seed {first}: {valid} run, {failed} of them failed, {seen} values compared");
    for (times, seed, fault) in faults.values() {
        println!("--- {times} times, first with seed {seed}: {fault}\nmade small: {}", deep(|| small(*seed, fault)));
    }
    assert!(faults.is_empty(), "the checker is wrong in {} ways", faults.len());
    assert!(valid * 5 > count * 3 && seen > count, "most programs run, and values are compared");
}

#[test]
fn what_was_found_stays_mended() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("soundness");
    let mut count = 0;
    for entry in fs::read_dir(folder).expect("a folder of cases") {
        let path = entry.expect("an entry").path();
        let text = fs::read_to_string(&path).expect("a case");
        let Verdict { faults, is_valid, seen, .. } = deep(|| verdict(&read(&text)));
        let name = path.display();
        assert!(faults.is_empty(), "{name}: {}", faults.join("\n"));
        assert!(is_valid && seen > 0, "{name} compares nothing");
        count += 1;
    }
    assert!(count > 0, "there are cases");
}
