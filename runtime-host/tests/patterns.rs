//! Patterns that run other patterns by name.

use parallax_runtime_host::{Agents, RunOptions, RunReport, RunRequest, ScriptedAgent, Status, run};
use prism_diagnostics::Code;
use prism_engine::MemoryProject;
use prism_vm::limits::Limits;
use serde_json::json;
use std::sync::Arc;
use std::time::Duration;

const AUDIT: &str = "/**\n * @name Audit\n * @input {\"properties\": {\"n\": {\"type\": \"number\", \"default\": 3}}}\n */\n\
                     print(\"auditing\")\nseen = select({})[0].look(input.n)\nreturn {n: input.n, seen: seen} ~> 0.7 with warning \"thin\"\n";

fn request(text: &str) -> RunRequest {
    let project = MemoryProject::new()
        .with("main.prism", text)
        .with("audit.prism", AUDIT)
        .with("more/slow.prism", "/**\n * @name Slow\n * @timeout 100\n */\nawait delay(input.ms)\n\"done\"\n")
        .with("more/spin.prism", "while true { 1 }\n")
        .with("more/self.prism", "executePattern(\"self\", input)\n")
        .with("more/bad.prism", "nobody\n")
        .with("more/fails.prism", "fail(\"no luck\")\n")
        .with("more/function.prism", "x => x\n")
        .with("a/twin.prism", "1\n")
        .with("b/twin.prism", "2\n");
    let agents = json!([{"id": "a", "answers": [{"task": "*", "result": "yes", "confidence": 0.8, "delayMs": 20}]}]);
    let agents: Vec<ScriptedAgent> = serde_json::from_value(agents).expect("scripted agents");
    RunRequest { agents: Agents::Scripted(agents), ..RunRequest::new("main.prism", text, Arc::new(project)) }
}

async fn run_text(text: &str) -> RunReport {
    run(request(text)).await
}

async fn caught(call: &str) -> serde_json::Value {
    let report = run_text(&format!("try {{ await {call} }} catch (e) {{ [e.code, e.message] }}\n")).await;
    assert_eq!(report.status, Status::Completed, "{report:?}");
    report.result
}

#[tokio::test]
async fn a_pattern_is_found_by_path_by_file_and_by_its_own_name() {
    for name in ["audit", "audit.prism", "Audit"] {
        let report = run_text(&format!("executePattern(\"{name}\", {{n: 4}})\n")).await;
        let wanted = json!({"n": 4, "seen": {"$conf": 0.8, "value": "yes"}});
        assert_eq!((&report.result, report.confidence), (&wanted, Some(0.7)), "{name}: {report:?}");
        assert_eq!(
            (report.stdout.as_slice(), report.warnings.as_slice()),
            (&["auditing".to_owned()][..], &["pattern `Audit`: thin".to_owned()][..])
        );
        assert_eq!((report.calls[0].pattern.as_str(), &report.calls[0].data), ("Audit", &json!(4)));
    }
    assert_eq!(run_text("executePattern(\"Slow\", {ms: 1})\n").await.result, json!("done"));
    assert_eq!(run_text("executePattern(\"b/twin\", {})\n").await.result, json!(2));
}

#[tokio::test]
async fn defaults_hold_and_input_that_does_not_fit_raises() {
    assert_eq!(run_text("executePattern(\"audit\", {}).n\n").await.result, json!(3));
    let raised = caught("executePattern(\"audit\", {n: \"x\"})").await;
    assert_eq!(raised[0], "input-mismatch");
    assert!(
        raised[1].as_str().is_some_and(|text| text.contains("pattern `audit`") && text.contains("input.n")),
        "{raised}"
    );
}

#[tokio::test]
async fn what_goes_wrong_in_a_pattern_is_raised_where_it_was_run() {
    assert_eq!(caught("executePattern(\"fails\", {})").await, json!(["throw", "no luck"]));
    assert_eq!(caught("executePattern(\"bad\", {})").await[0], "unknown-name");
    let function = caught("executePattern(\"function\", {})").await;
    assert!(function[1].as_str().is_some_and(|text| text.contains("holds a function")), "{function}");
    let missing = caught("executePattern(\"nothing\", {})").await;
    assert_eq!(missing[0], "agent");
    let twin = caught("executePattern(\"twin\", {})").await;
    assert!(twin[1].as_str().is_some_and(|text| text.contains("a/twin.prism and b/twin.prism")), "{twin}");
}

#[tokio::test]
async fn patterns_run_side_by_side_in_one_time() {
    let text = "s = now()\np = parallel { x: executePattern(\"audit\", {n: 1}), y: executePattern(\"Slow\", {ms: 50}) }\n[p.x.n, p.y, now() - s]\n";
    assert_eq!(run_text(text).await.result, json!([{"$conf": 0.7, "value": 1}, "done", 50]));
}

#[tokio::test]
async fn a_pattern_s_own_time_limit_raises_and_leaves_the_run_its_time() {
    assert_eq!(caught("executePattern(\"Slow\", {ms: 5000})").await[0], "deadline");
    let options = RunOptions { deadline: Some(Duration::from_millis(40)), ..RunOptions::default() };
    let report = run(RunRequest { options, ..request("executePattern(\"Slow\", {ms: 60})\n") }).await;
    assert_eq!((report.status, report.metrics.elapsed_ms), (Status::Failed, 40.0));
}

#[tokio::test]
async fn limits_are_shared_and_can_not_be_caught() {
    let limits = Limits { fuel: 500_000, ..Limits::default() };
    let options = RunOptions { limits, ..RunOptions::default() };
    let text = "try { await executePattern(\"spin\", {}) } catch (e) { \"caught\" }\n";
    let report = run(RunRequest { options, ..request(text) }).await;
    assert_eq!(report.error.map(|error| error.code), Some(Code::R0100));
    assert!(report.metrics.steps <= 1_000_000, "{}", report.metrics.steps);
}

#[tokio::test]
async fn patterns_that_run_themselves_come_to_an_end() {
    let report = run_text("executePattern(\"self\", {})\n").await;
    assert_eq!(report.status, Status::Failed);
    assert!(report.error.is_some_and(|error| error.message.contains("more than 16 deep")));
}

#[tokio::test]
async fn a_pattern_that_is_no_longer_needed_ends_with_what_it_started() {
    let text = "async function audit() { return executePattern(\"audit\", {}) }\nr = Promise.race([audit(), delay(5)])\nawait r\nawait delay(100)\n\"over\"\n";
    let report = run_text(text).await;
    assert_eq!(report.result, json!("over"), "{report:?}");
    let text = "async function audit() { return executePattern(\"audit\", {}) }\nasync function go() { x = audit()\n await delay(5) }\nawait go()\nawait delay(100)\n1\n";
    let report = run_text(text).await;
    assert_eq!(report.calls[0].outcome, parallax_runtime_host::CallOutcome::Cancelled, "{report:?}");
    assert_eq!(report.calls[0].elapsed_ms, 5.0);
}

#[tokio::test]
async fn the_explanation_goes_on_inside_the_pattern() {
    let options = RunOptions { trace: true, ..RunOptions::default() };
    let report = run(RunRequest { options, ..request("executePattern(\"audit\", {}) ~~ 1\n") }).await;
    let drawn = report.explanation.expect("an explanation").to_string();
    assert!(drawn.contains("pattern `Audit`") && drawn.contains("audit.prism:"), "{drawn}");
}
