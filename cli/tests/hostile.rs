//! Whatever is given to the command, it ends soon with an error that has a code.

mod common;

use common::{Outcome, file, parallax, parallax_reading, run_text};
use std::fs::File;
use std::time::Duration;

/// Programs without optimisation are much slower than what users run.
const SOON: Duration = if cfg!(debug_assertions) { Duration::from_secs(60) } else { Duration::from_secs(4) };

/// Runs a program with what it may use unless said; without optimisation that would take minutes, so with less.
fn run_endless(text: &str, arguments: &[&str]) -> Outcome {
    let fuel: &[&str] = if cfg!(debug_assertions) { &["--fuel", "5000000"] } else { &[] };
    run_text(text, &[arguments, fuel].concat())
}

#[track_caller]
fn ends_soon(outcome: Outcome, status: i32, code: &str) {
    let outcome = outcome.expect(status).says(code);
    assert!(outcome.took < SOON, "{outcome:#?}");
    assert!(!outcome.stderr.contains("panicked"), "{outcome:#?}");
    assert!(outcome.stderr.len() < 20_000, "{} bytes of talk", outcome.stderr.len());
}

#[test]
fn nesting_without_end() {
    for open in ["(", "[", "{", "x => ", "!", "-", "if (1) ", "f(", "a ? ", "\"${"] {
        let text = open.repeat((1 << 20) / open.len());
        let outcome = parallax_reading(text.as_bytes(), &["run", "-"]).expect(1);
        assert!(outcome.took < SOON, "{open}: {outcome:#?}");
        assert!(outcome.stderr.contains("E01"), "{open}: {}", outcome.stderr);
        let checked = parallax_reading(text.as_bytes(), &["pattern", "validate", "-"]).expect(1);
        assert!(checked.stdout.contains("E01"), "{open}");
    }
}

#[test]
fn chains_without_end() {
    let sum = "1 + ".repeat(200_000) + "1";
    let outcome = run_text(&sum, &[]);
    assert!(outcome.status <= 1 && outcome.took < SOON, "{outcome:#?}");
    let members = "x".to_owned() + &".y".repeat(200_000);
    let outcome = run_text(&format!("x = {{}}\n{members}"), &[]);
    assert!(outcome.status <= 1 && outcome.took < SOON, "{outcome:#?}");
}

#[test]
fn a_file_too_large() {
    let path = file("large.prism", "");
    File::options().write(true).open(&path).and_then(|file| file.set_len(100 << 20)).expect("a large file");
    ends_soon(parallax(&["run", &path]), 2, "E0106");
}

#[test]
fn bytes_that_are_no_text() {
    for bytes in [&b"x = \"\xff\xfe\""[..], b"x = 1\0\ny = 2"] {
        ends_soon(parallax(&["run", &file("bytes.prism", bytes)]), 2, "E0106");
    }
    ends_soon(parallax_reading(b"\xc3\x28", &["run", "-"]), 2, "E0106");
}

#[test]
fn what_is_no_file() {
    ends_soon(parallax(&["run", env!("CARGO_TARGET_TMPDIR")]), 2, "E0106");
    ends_soon(parallax(&["run", "/dev/null/x.prism"]), 2, "E0106");
    if cfg!(unix) {
        ends_soon(parallax(&["run", "/dev/zero"]), 2, "E0106");
    }
}

#[test]
fn loops_without_end() {
    ends_soon(run_endless("while true {}", &[]), 1, "R0100");
    ends_soon(run_endless("for ;; { x = [1, 2, 3].map(n => n) }", &[]), 1, "R0100");
}

#[test]
fn loops_without_end_are_caught_by_nothing() {
    let program = "try { while true {} } catch (e) { \"caught\" } finally { print(\"finally\") }";
    let outcome = run_endless(program, &[]);
    assert_eq!(outcome.stdout, "");
    ends_soon(outcome, 1, "R0100");
}

#[test]
fn a_deadline_ends_what_fuel_does_not() {
    ends_soon(run_text("while true {}", &["--fuel", "unlimited", "--timeout", "200ms"]), 1, "R0103");
    ends_soon(run_text("await delay(3600000)", &["--timeout", "200ms"]), 1, "R0103");
}

#[test]
fn copies_of_large_values_are_work_as_well() {
    let program = "a = range(1000000)\nwhile true { b = a\n b.push(1) }";
    ends_soon(run_text(program, &["--fuel", "unlimited", "--timeout", "500ms"]), 1, "R0103");
    ends_soon(run_endless(program, &[]), 1, "R0100");
}

#[test]
fn calls_without_end() {
    ends_soon(run_text("function f(n) { 1 + f(n + 1) }\nf(0)", &[]), 1, "R0102");
    ends_soon(run_text("function f(n) { [n].map(x => f(x + 1)) }\nf(0)", &[]), 1, "R0102");
}

#[test]
fn memory_without_end() {
    ends_soon(run_text("\"x\".repeat(1e9)", &[]), 1, "R0101");
    ends_soon(run_text("s = \"x\"\nwhile true { s = s + s }", &[]), 1, "R0101");
    ends_soon(run_endless("a = []\nwhile true { a.push([1, 2, 3, 4]) }", &["--memory", "64MiB"]), 1, "R01");
    ends_soon(run_endless("a = [0]\nwhile true { a = [a, a] }", &["--memory", "64MiB"]), 1, "R01");
    ends_soon(run_text("range(1e12)", &[]), 1, "R01");
    ends_soon(run_text("\"x\".repeat(100000)", &["--memory", "64KiB"]), 1, "R0101");
}

#[test]
fn output_without_end() {
    ends_soon(run_text("while true { print(\"x\".repeat(10000)) }", &["--format", "json"]), 1, "R0105");
}

#[test]
fn values_nested_without_end() {
    // Showing, comparing and dropping such a value must not overflow the stack.
    let outcome =
        run_text("a = [0]\nfor i = 0; i < 300000; i++ { a = [a] }\nb = [a]\nprint(a === b)\na", &["--format", "json"]);
    assert!(outcome.status <= 1, "{:?} {}", outcome.status, outcome.stderr);
    let input = "[".repeat(100_000) + &"]".repeat(100_000);
    run_text("input", &["--input", &format!("@{}", file("nested.json", input))]).expect(2).says("E0600");
}

#[test]
fn a_regular_schema_bomb_is_refused_or_ends() {
    let program = "/**\n * @input {\"$ref\": \"#\"}\n */\n1";
    let outcome = run_text(program, &[]);
    assert!(outcome.status <= 1 && outcome.took < SOON, "{outcome:#?}");
}
