//! Limits: each has a flag, and a run that reaches one says which.

mod common;

use common::{Outcome, file, parallax, run_text};

#[test]
fn each_limit_has_a_flag_that_is_named_where_it_is_reached() {
    let cases = [
        ("while true {}", "--fuel", "1000", "R0100"),
        ("range(100000)", "--memory", "1MiB", "R0101"),
        ("function f(n) { 1 + f(n) }\nf(1)", "--depth", "50", "R0102"),
        ("await delay(60000)", "--timeout", "20ms", "R0103"),
        ("print(\"x\".repeat(5000))", "--output", "4KiB", "R0105"),
        ("for i in range(10) { delay(1) }", "--tasks", "5", "R0106"),
    ];
    for (program, flag, value, code) in cases {
        let outcome = run_text(program, &[flag, value]).expect(1).says(code).says(&format!("{flag} "));
        assert!(outcome.stderr.contains(&format!("parallax explain {code}")), "{outcome:#?}");
        if code != "R0103" {
            assert!(outcome.stderr.contains("<stdin>") || outcome.stderr.contains("-:1"), "no place: {outcome:#?}");
        }
    }
}

#[test]
fn what_suffices_is_enough() {
    let flags = ["--depth", "10", "--output", "1KiB", "--tasks", "1", "--dispatches", "0", "--timeout", "unlimited"];
    run_text("print(1)\nawait delay(0)\n2", &flags).expect(0);
}

/// Asks an agent that costs 0.02 as often as that.
fn ask(times: u32, flags: &[&str]) -> Outcome {
    let agents = file(
        &format!("priced-{times}-{}.json", flags.len()),
        r#"[{"id": "a", "price": 0.02, "answers": [{"task": "*", "result": 1, "confidence": 1, "cost": 0.015}]}]"#,
    );
    let program = format!("a = select({{}})[0]\nfor i in range({times}) {{ x = value(a.look()) }}\ntimes = {times}");
    let program = file(&format!("asks-{times}-{}.prism", flags.len()), program);
    parallax(&[&["run", program.as_str(), "--agents", agents.as_str()], flags].concat())
}

#[test]
fn what_was_spent_is_shown() {
    ask(2, &[]).expect(0).says("spent 0.03");
    let outcome = ask(2, &["--quiet"]).expect(0);
    assert!(!outcome.stderr.contains("spent"), "{outcome:#?}");
    let report = ask(3, &["--format", "json"]).expect(0).json();
    assert_eq!(report["metrics"]["spent"].to_string(), "0.045");
    assert_eq!(report["calls"][0]["cost"].to_string(), "0.015");
}

#[test]
fn a_budget_ends_the_run_before_it_is_overspent() {
    ask(2, &["--budget", "0.035"]).expect(0);
    let outcome = ask(3, &["--budget", "0.035"]).expect(1).says("R0109").says("--budget AMOUNT").says("spent 0.03");
    assert!(outcome.stderr.contains("costs 0.02, and 0.03 of 0.035 is spent"), "{outcome:#?}");
    ask(1, &["--budget", "much"]).expect(2).says("0.0025");
}

#[test]
fn questions_are_limited() {
    ask(4, &["--dispatches", "3"]).expect(1).says("R0107").says("--dispatches QUESTIONS");
}
