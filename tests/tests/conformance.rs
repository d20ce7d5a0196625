//! Every program of `tests/conformance` gives what it must, in every mode that must not matter.
//!
//! `tests/known-failures.txt` lists the cases that are known to fail. It is checked from both sides: a case that fails
//! without being listed fails this test, and so does a listed one that passes. To write the list anew:
//!
//! ```sh
//! UPDATE_KNOWN_FAILURES=1 cargo test -p parallax-tests --test conformance
//! ```
//!
//! To see why cases fail, listed or not, give part of their names; `CONFORMANCE= ` (a blank) shows all:
//!
//! ```sh
//! CONFORMANCE=patterns/vote cargo test -p parallax-tests --test conformance -- --nocapture
//! ```

use parallax_tests::case::{self, Case};
use parallax_tests::{known, run};
use std::collections::{BTreeMap, BTreeSet};
use std::env;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

/// How many cases run at once.
const WORKERS: usize = 2;

const CATEGORIES: [&str; 7] = ["values", "confidence", "control", "functions", "library", "patterns", "checker"];

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).to_owned()
}

#[test]
fn every_program_gives_what_it_must() {
    let cases: Vec<Case> = CATEGORIES
        .iter()
        .flat_map(|category| case::category(&folder().join("conformance").join(category)).expect("a folder of cases"))
        .collect();
    let failed = failures(&cases);
    println!("{}", table(&cases, &failed));

    if let Ok(wanted) = env::var("CONFORMANCE") {
        for (name, faults) in failed.iter().filter(|(name, _)| name.contains(wanted.trim())) {
            println!("{name}\n    {}", faults.join("\n    "));
        }
    }
    let list = folder().join("known-failures.txt");
    if env::var_os("UPDATE_KNOWN_FAILURES").is_some() {
        known::write(&list, failed.keys().copied()).expect("the list");
        return;
    }
    let known = known::read(&list).expect("the list");
    let unknown: Vec<_> = failed.iter().filter(|(name, _)| !known.contains(**name)).collect();
    let mended: Vec<_> = known.iter().filter(|name| !failed.contains_key(name.as_str())).collect();
    for (name, faults) in &unknown {
        println!("fails: {name}\n    {}", faults.join("\n    "));
    }
    assert!(
        unknown.is_empty() && mended.is_empty(),
        "{} cases fail that are not listed; {} are listed and pass (or are gone): {mended:?}",
        unknown.len(),
        mended.len()
    );
}

/// The names of the cases that fail, with what is wrong.
fn failures(cases: &[Case]) -> BTreeMap<&str, Vec<String>> {
    let next = AtomicUsize::new(0);
    let work = || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        let mut failed = Vec::new();
        while let Some(case) = cases.get(next.fetch_add(1, Ordering::Relaxed)) {
            let faults = catch_unwind(AssertUnwindSafe(|| runtime.block_on(run::faults(case))))
                .unwrap_or_else(|panic| vec![format!("panicked: {}", message(panic.as_ref()))]);
            if !faults.is_empty() {
                failed.push((case.name.as_str(), faults));
            }
        }
        failed
    };
    thread::scope(|scope| {
        let workers: Vec<_> = (0..WORKERS).map(|_| scope.spawn(work)).collect();
        workers.into_iter().flat_map(|worker| worker.join().expect("a worker")).collect()
    })
}

fn message(panic: &(dyn std::any::Any + Send)) -> &str {
    let text = panic.downcast_ref::<String>().map(String::as_str);
    text.or_else(|| panic.downcast_ref::<&str>().copied()).unwrap_or("no message")
}

/// How many cases of each category pass.
fn table(cases: &[Case], failed: &BTreeMap<&str, Vec<String>>) -> String {
    let failed: BTreeSet<&str> = failed.keys().copied().collect();
    let line = |name: &str, prefix: &str| {
        let of_it = || cases.iter().filter(|case| case.name.starts_with(prefix));
        let passed = of_it().filter(|case| !failed.contains(case.name.as_str())).count();
        format!("{name:12} {passed:4} / {}\n", of_it().count())
    };
    let rows: String = CATEGORIES.iter().map(|category| line(category, &format!("{category}/"))).collect();
    rows + &line("all", "")
}
