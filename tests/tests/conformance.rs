//! Every program of `tests/conformance` gives what it must, in every mode that must not matter.
//!
//! To run some of them, give part of their names:
//!
//! ```sh
//! CONFORMANCE=patterns/vote cargo test -p parallax-tests --test conformance
//! ```

use parallax_tests::case::{self, Case};
use parallax_tests::run;
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
    let wanted = env::var("CONFORMANCE").unwrap_or_default();
    let cases: Vec<Case> = CATEGORIES
        .iter()
        .flat_map(|category| case::category(&folder().join("conformance").join(category)).expect("a folder of cases"))
        .filter(|case| case.name.contains(&wanted))
        .collect();
    assert!(!cases.is_empty(), "no case has `{wanted}` in its name");
    let failed = failures(&cases);
    println!("{}", table(&cases, &failed));
    for (name, faults) in &failed {
        println!("fails: {name}\n    {}", faults.join("\n    "));
    }
    assert!(failed.is_empty(), "{} of {} cases fail", failed.len(), cases.len());
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
