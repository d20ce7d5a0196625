//! No run asks more often than the checker has found that it can: the programs of `tests/conformance`, of `tests/spec`
//! and of `patterns`, against their scripted agents.

use parallax_tests::case;
use parallax_tests::modes::Program;
use parallax_tests::modes::mode::{Allowance, Mode};
use parallax_tests::run;
use parallax_tests::spec::page;
use prism_engine::Engine;
use prism_engine::facts::Cost;
use serde_json::Value;
use std::fs;
use std::path::{Path, PathBuf};

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).to_owned()
}

/// The programs of the cases, with their names.
fn cases() -> Vec<(String, Program)> {
    let folders =
        ["patterns", "control", "functions", "confidence"].map(|name| folder().join("conformance").join(name));
    let mut cases: Vec<_> =
        folders.iter().flat_map(|folder| case::category(folder).expect("a folder of cases")).collect();
    for entry in fs::read_dir(folder().join("../patterns")).expect("the patterns") {
        let path = entry.expect("an entry").path();
        if path.extension().is_some_and(|extension| extension == "prism") {
            cases.extend(case::of_pattern(&path).expect("its tests"));
        }
    }
    let program = |case: case::Case| run::program(&case).ok().map(|program| (case.name, program));
    cases.into_iter().filter_map(program).collect()
}

/// The programs of the pages, with their places.
fn examples(folder: &Path) -> Vec<(String, Program)> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).expect("a folder of pages") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            found.extend(examples(&path));
        } else if path.extension().is_some_and(|extension| extension == "md") {
            let examples = page::read(&fs::read_to_string(&path).expect("a page")).unwrap_or_default();
            let name = |example: &page::Example| format!("{}, line {}", path.display(), example.line);
            found.extend(examples.iter().map(|example| (name(example), example.program(&example.text))));
        }
    }
    found
}

/// The most that a program may ask by its formula; none if it is unbounded, or has a symbol that only a run knows.
fn most(cost: &Cost, program: &Program) -> Option<u64> {
    let Cost::AtMost(formula) = cost else { return None };
    formula.evaluate(&|symbol| {
        if symbol == "agents" {
            return Some(program.agents.len() as u64);
        }
        let path = symbol.strip_prefix("len(").and_then(|rest| rest.strip_suffix(')')).unwrap_or(symbol);
        let mut value = &program.input;
        for part in path.strip_prefix("input.")?.split('.') {
            value = value.get(part)?;
        }
        match value {
            Value::Array(items) => Some(items.len() as u64),
            Value::String(text) => Some(text.chars().count() as u64),
            Value::Number(number) => number.as_f64().map(|number| number.ceil() as u64),
            _ => None,
        }
    })
}

#[tokio::test]
async fn no_run_asks_more_often_than_its_formula_says() {
    let programs = [cases(), examples(&folder().join("spec"))].concat();
    let (mut held, mut open) = (0, Vec::new());
    for (name, program) in programs {
        let compilation = Engine::new().inspect(&program.path, &program.text, program.project.as_ref());
        let Ok(report) = program.run(Mode::PLAIN, Allowance::default()).await else { continue };
        if report.metrics.dispatches == 0 {
            continue;
        }
        let cost = compilation.facts.unwrap_or_default().cost;
        match most(&cost, &program) {
            Some(most) => {
                let asked = report.metrics.dispatches;
                assert!(asked <= most, "{name}: {asked} questions, but at most {most} by {cost}");
                held += 1;
            }
            None => open.push(format!("{name}: {cost}")),
        }
    }
    println!("{held} runs held; not known beforehand:\n{}", open.join("\n"));
    assert!(held > 100, "only {held} runs; not known beforehand:\n{}", open.join("\n"));
}
