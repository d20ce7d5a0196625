//! Runs with scripted agents: what is reported, whatever happens.

use parallax_runtime_host::{Agents, CallOutcome, RunOptions, RunReport, RunRequest, ScriptedAgent, Status, run};
use prism_diagnostics::Code;
use prism_engine::MemoryProject;
use prism_vm::limits::Limits;
use serde_json::{Value, json};
use std::sync::Arc;
use std::time::Duration;

fn agents(json: Value) -> Agents {
    Agents::Scripted(serde_json::from_value::<Vec<ScriptedAgent>>(json).expect("scripted agents"))
}

fn request(text: &str) -> RunRequest {
    let project = MemoryProject::new().with("main.prism", text);
    RunRequest { agents: agents(json!([])), ..RunRequest::new("main.prism", text, Arc::new(project)) }
}

async fn run_text(text: &str) -> RunReport {
    run(request(text)).await
}

/// A run of `text` with an agent `a` that answers every task with "yes", surely 0.8, after 20 ms.
fn asked(text: &str) -> RunRequest {
    let answers = json!([{"task": "*", "result": "yes", "confidence": 0.8, "reasoning": "seen", "delayMs": 20}]);
    let agents = agents(json!([{"id": "a", "name": "Ada", "capabilities": ["see"], "answers": answers}]));
    RunRequest { agents, ..request(text) }
}

fn code(report: &RunReport) -> Option<Code> {
    report.error.as_ref().map(|error| error.code)
}

fn message(report: &RunReport) -> &str {
    report.error.as_ref().map_or("", |error| &error.message)
}

#[tokio::test]
async fn a_completed_run_is_one_object() {
    let text = "print(\"hi\")\nconsole.warn(\"careful\")\nreturn {a: 1 ~> 0.5} ~> 0.9 with {steps: 2}\n";
    let report = run_text(text).await;
    assert_eq!(report.status, Status::Completed, "{report:?}");
    assert_eq!(report.display, "{ a: 1 (~50.0%) } (~90.0%)");
    let mut json = report.to_json();
    assert!(json["metrics"]["elapsedMs"].is_number());
    json["metrics"] = Value::Null;
    let wanted = json!({
        "status": "completed", "result": {"a": {"$conf": 0.5, "value": 1}}, "confidence": 0.9,
        "stdout": ["hi"], "stderr": ["careful"], "warnings": [], "metadata": {"steps": 2}, "error": null,
        "metrics": null, "calls": [],
    });
    assert_eq!(json.to_string(), wanted.to_string());
}

#[tokio::test]
async fn a_run_can_move_between_threads() {
    let report = tokio::spawn(run(asked("a = select({})[0]\na.look()\n"))).await.expect("a report");
    assert_eq!(report.result, json!("yes"));
}

#[tokio::test]
async fn a_faulty_program_is_refused_with_the_place_of_its_first_error() {
    let report = run_text("print(1)\nnobody + 1\n").await;
    assert_eq!((report.status, report.stdout.len()), (Status::Refused, 0));
    let error = &report.to_json()["error"];
    let place = json!([error["phase"], error["code"], error["line"], error["column"], error["file"]]);
    assert_eq!(place, json!(["compile", "E0200", 2, 1, "main.prism"]));
    assert!(!report.diagnostics.is_empty() && report.sources.iter().count() > 0);
}

#[tokio::test]
async fn a_failed_run_has_its_place_and_keeps_what_was_printed() {
    let report = run_text("function f() { return fail(\"no luck\", {n: 1}) }\nprint(1)\nf()\n").await;
    assert_eq!((report.status, code(&report)), (Status::Failed, Some(Code::R0011)));
    assert_eq!(report.stdout, ["1"]);
    let error = &report.to_json()["error"];
    assert_eq!(
        (&error["phase"], &error["message"], &error["data"]),
        (&json!("run"), &json!("no luck"), &json!({"n": 1}))
    );
    assert_eq!((&error["line"], &error["stack"][0]["name"]), (&json!(1), &json!("f")));
    assert_eq!(report.result, Value::Null);
}

#[tokio::test]
async fn input_that_does_not_fit_is_refused_before_anything_runs() {
    let text = "pattern p { input { n: number min(1)  s: string default(\"x\") }\nprint(\"ran\")\nreturn [input.n, input.s] }\n";
    let refused = run(RunRequest { input: json!({"n": 0, "s": 1}), ..request(text) }).await;
    assert_eq!((refused.status, code(&refused)), (Status::Refused, Some(Code::E0601)));
    assert!(message(&refused).contains("input.n") && message(&refused).contains("input.s"), "{}", message(&refused));
    assert!(refused.stdout.is_empty());
    assert_eq!(refused.to_json()["error"]["phase"], "input");
    let missing = run_text(text).await;
    assert!(message(&missing).contains("input.n is missing"), "{}", message(&missing));
    let fits = run(RunRequest { input: json!({"n": 2}), ..request(text) }).await;
    assert_eq!(fits.result, json!([2, "x"]));
}

#[tokio::test]
async fn calls_are_written_down_in_order_of_asking() {
    let text = "a = select(capabilities: [\"see\"])[0]\nx = a.look(1)\nin context night { y = a.analyze(\"again\", {k: 2}) }\n[x, y]\n";
    let report = run(asked(text)).await;
    assert_eq!(report.result, json!([{"$conf": 0.8, "value": "yes"}, {"$conf": 0.8, "value": "yes"}]), "{report:?}");
    let calls = report.to_json()["calls"].clone();
    let brief = |at: usize| json!([calls[at]["agent"], calls[at]["task"], calls[at]["data"], calls[at]["context"]]);
    assert_eq!((brief(0), brief(1)), (json!(["a", "look", 1, null]), json!(["a", "again", {"k": 2}, "night"])));
    // Both ran side by side.
    assert_eq!((report.metrics.dispatches, report.metrics.elapsed_ms), (2, 20.0));
    let agent = &report.metrics.agents[0];
    assert_eq!((agent.id.as_str(), agent.asked, agent.answered, agent.elapsed_ms), ("a", 2, 2, 40.0));
    assert!(matches!(&report.calls[0].outcome, CallOutcome::Answered { reasoning: Some(why), .. } if why == "seen"));
}

#[tokio::test]
async fn a_failed_call_is_an_error_value_with_agent_kind_and_time() {
    let agents = agents(json!([{"id": "b", "name": "Bo", "answers": [{"task": "*", "error": "busy", "delayMs": 30}]}]));
    let text = "b = select({})[0]\ntry { await b.go() } catch (e) { [e.message, e.code, e.data] }\n";
    let report = run(RunRequest { agents, ..request(text) }).await;
    let data = json!({"agentId": "b", "agentName": "Bo", "kind": "failed", "elapsedMs": 30});
    assert_eq!(report.result, json!(["busy", "agent", data]), "{report:?}");
}

#[tokio::test]
async fn an_answer_without_confidence_counts_as_0_and_the_run_says_so_once() {
    let agents = agents(json!([{"id": "b", "answers": [{"task": "*", "result": 1}]}]));
    let report = run(RunRequest { agents, ..request("b = select({})[0]\nb.one()\nb.two()\n") }).await;
    assert_eq!((report.result, report.confidence), (json!(1), Some(0.0)));
    assert_eq!(report.warnings, ["agent `b` answered without a confidence, which counts as 0"]);
}

#[tokio::test]
async fn an_agent_that_takes_too_long_fails_when_its_time_is_up() {
    let options = RunOptions { call_timeout: Duration::from_millis(10), ..RunOptions::default() };
    let text = "a = select({})[0]\ns = now()\ntry { await a.look() } catch (e) { [e.data.kind, now() - s] }\n";
    let report = run(RunRequest { options, ..asked(text) }).await;
    assert_eq!(report.result, json!(["deadline-exceeded", 10]));
}

#[tokio::test]
async fn what_is_no_longer_needed_is_cancelled() {
    let agents = agents(json!([
        {"id": "quick", "answers": [{"task": "*", "result": 1, "confidence": 1}]},
        {"id": "slow", "answers": [{"task": "*", "result": 2, "confidence": 1, "delayMs": 500}]},
    ]));
    let report = run(RunRequest { agents, ..request("r = race select({}) { go() }\nr.result\n") }).await;
    assert_eq!(report.result, json!(1));
    assert_eq!(report.calls[1].outcome, CallOutcome::Cancelled);
    assert_eq!((report.metrics.elapsed_ms, report.metrics.agents[1].cancelled), (0.0, 1));
}

#[tokio::test]
async fn agents_are_chosen_counted_and_cut() {
    let text = |header: &str| format!("/**\n * @name p\n{header} */\nagentList.map(a => a.id)\n");
    let panel =
        || agents(json!([{"id": "x"}, {"id": "b", "capabilities": ["see"]}, {"id": "c", "capabilities": ["see"]}]));
    let wanted = text(" * @agents {\"capabilities\": [\"see\"]}\n * @minAgents 1\n * @maxAgents 1\n");
    assert_eq!(run(RunRequest { agents: panel(), ..request(&wanted) }).await.result, json!(["b"]));
    assert_eq!(run(RunRequest { agents: panel(), ..request(&text("")) }).await.result, json!(["x", "b", "c"]));
    let many = text(" * @agents {\"capabilities\": [\"see\"]}\n * @minAgents 3\n");
    let report = run(RunRequest { agents: panel(), ..request(&many) }).await;
    assert_eq!((report.status, code(&report)), (Status::Failed, Some(Code::R0010)));
    assert!(message(&report).contains("at least 3 agents that can see, but there are 2"), "{}", message(&report));
}

#[tokio::test]
async fn a_result_below_what_is_promised_carries_a_warning() {
    let text = "/**\n * @name p\n * @minConfidence 0.8\n */\ninput.sure > 0 ? 1 ~> input.sure : 1\n";
    let warnings = async |sure: f64| run(RunRequest { input: json!({"sure": sure}), ..request(text) }).await.warnings;
    assert_eq!(warnings(0.5).await, ["the result's confidence 0.5 is below @minConfidence 0.8"]);
    assert!(warnings(0.8).await.is_empty());
    assert!(warnings(0.0).await.is_empty(), "a plain result counts as 1");
}

#[tokio::test]
async fn the_algebra_is_the_pattern_s_or_the_run_s() {
    let text = "/**\n * @name p\n * @confidence product\n */\n(1 ~> 0.5) + (2 ~> 0.5)\n";
    assert_eq!(run_text(text).await.confidence, Some(0.25));
    let options = RunOptions { confidence: Some(Default::default()), ..RunOptions::default() };
    assert_eq!(run(RunRequest { options, ..request(text) }).await.confidence, Some(0.5));
}

#[tokio::test]
async fn time_is_up_at_the_earlier_of_the_two_deadlines() {
    let text = "/**\n * @name p\n * @timeout 2s\n */\ntry { await delay(5000) } catch (e) { 1 }\n";
    let report = run_text(text).await;
    assert_eq!((code(&report), report.metrics.elapsed_ms), (Some(Code::R0103), 2000.0), "{report:?}");
    let options = RunOptions { deadline: Some(Duration::from_secs(1)), ..RunOptions::default() };
    let report = run(RunRequest { options, ..request(text) }).await;
    assert_eq!((code(&report), report.metrics.elapsed_ms), (Some(Code::R0103), 1000.0));
}

#[tokio::test]
async fn waiting_for_ever_is_noticed() {
    let report = run_text("await delay(1 / 1e-320)\n").await;
    assert_eq!((report.status, code(&report)), (Status::Failed, Some(Code::R0108)), "{report:?}");
}

#[tokio::test]
async fn a_cancelled_run_ends_at_once_even_in_pure_computation() {
    let cancel: Option<std::pin::Pin<Box<dyn Future<Output = ()> + Send>>> = Some(Box::pin(async {}));
    let report = run(RunRequest { cancel, ..request("while true { 1 }\n") }).await;
    assert_eq!((report.status, code(&report)), (Status::Failed, Some(Code::R0104)));
}

#[tokio::test]
async fn limits_end_the_run() {
    let limited = |limits: Limits| RunOptions { limits, ..RunOptions::default() };
    let options = limited(Limits { fuel: 1000, ..Limits::default() });
    let report = run(RunRequest { options, ..request("try { while true { 1 } } catch (e) { 1 }\n") }).await;
    assert_eq!((code(&report), report.metrics.steps), (Some(Code::R0100), 1000));
    let options = limited(Limits { dispatches: 3, ..Limits::default() });
    let report = run(RunRequest { options, ..asked("a = select({})[0]\nwhile true { await a.look() }\n") }).await;
    assert_eq!((code(&report), report.calls.len()), (Some(Code::R0107), 3));
}

#[tokio::test]
async fn a_prompt_goes_to_the_first_agent_that_answers_prompts() {
    let panel = agents(json!([
        {"id": "x", "answers": [{"task": "*", "error": "not me"}]},
        {"id": "model", "capabilities": ["llm"], "answers": [{"task": "say hi", "result": "hi", "confidence": 0.6}]},
    ]));
    let report = run(RunRequest { agents: panel, ..request("llm(\"say hi\", {tone: \"warm\"})\n") }).await;
    assert_eq!((report.result, report.confidence), (json!("hi"), Some(0.6)));
    assert_eq!((report.calls[0].agent.as_str(), &report.calls[0].data), ("model", &json!({"tone": "warm"})));
    let report = run_text("llm(\"say hi\")\n").await;
    assert_eq!(code(&report), Some(Code::R0010));
    assert!(message(&report).contains("`llm`"), "{}", message(&report));
}

#[tokio::test]
async fn runs_are_the_same_every_time() {
    let text = "[now(), random(), random(), parallel select({}) { look() }]\n";
    let (first, second) = (run(asked(text)).await, run(asked(text)).await);
    assert_eq!(first.to_json(), second.to_json());
    assert_eq!(first.status, Status::Completed);
    let options = RunOptions { seed: Some(9), ..RunOptions::default() };
    let seeded = run(RunRequest { options, ..asked(text) }).await;
    assert_ne!(seeded.result[1], first.result[1]);
}

#[tokio::test]
async fn a_result_too_deep_for_json_is_a_failure() {
    let report = run_text("x = 1\nfor i = 0; i < 1000; i++ { x = [x] }\nx\n").await;
    assert_eq!((report.status, code(&report)), (Status::Failed, Some(Code::R0002)));
    let report = run(asked("x = 1\nfor i = 0; i < 1000; i++ { x = [x] }\nselect({})[0].look(x)\n")).await;
    assert!(message(&report).contains("can't be sent"), "{}", message(&report));
}

#[tokio::test]
async fn the_explanation_leads_from_the_result_to_the_agents() {
    let options = RunOptions { trace: true, ..RunOptions::default() };
    let text = "a = select({})[0]\nx = a.look()\ny = 2 ~> 0.9\nx ~~ y\n";
    let report = run(RunRequest { options, ..asked(text) }).await;
    let tree = report.explanation.as_ref().expect("an explanation");
    assert_eq!((tree.confidence, tree.rule, tree.inputs.len()), (0.8, "chain", 2));
    assert_eq!((tree.inputs[0].rule, tree.inputs[0].note.as_deref()), ("reported", Some("Ada")));
    assert_eq!(tree.inputs[1].rule, "asserted");
    let place = tree.place.as_ref().expect("a place");
    assert_eq!((place.file.as_str(), place.line, place.text.as_str()), ("main.prism", 4, "x ~~ y"));
    let drawn = tree.to_string();
    assert!(
        drawn.lines().count() == 3 && drawn.contains("├─ 0.80  reported (Ada)") && drawn.contains("└─ 0.90"),
        "{drawn}"
    );
    assert_eq!(report.to_json()["explanation"]["inputs"][1]["confidence"], 0.9);
    let plain =
        run(RunRequest { options: RunOptions { trace: true, ..RunOptions::default() }, ..request("1\n") }).await;
    assert!(plain.explanation.is_none());
}

#[tokio::test]
async fn large_explanations_are_cut_and_shared_parts_shown_once() {
    let options = || RunOptions { trace: true, ..RunOptions::default() };
    let text = "x = 1 ~> 0.9\nfor i = 0; i < 5000; i++ { x = x ~+ x }\nx\n";
    let report = run(RunRequest { options: options(), ..request(text) }).await;
    let drawn = report.explanation.expect("an explanation").to_string();
    assert!(drawn.lines().count() < 500 && drawn.contains("see #") && drawn.contains("more"), "{drawn}");
}
