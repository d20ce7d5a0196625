//! What questions cost: prices are set aside before a question is asked, and no run spends more than its budget.

use parallax_runtime_host::{Agents, Money, RunOptions, RunReport, RunRequest, ScriptedAgent, Status, run};
use prism_diagnostics::Code;
use prism_engine::MemoryProject;
use serde_json::{Value, json};
use std::sync::Arc;

/// A run with `cheap`, which costs 0.01 and may say less, `dear`, which costs 0.25 and answers prompts, and `free`, which
/// has no price.
async fn spend(text: &str, budget: Option<&str>, unstated: Option<&str>) -> RunReport {
    let answers = json!([
        {"task": "little", "result": 1, "confidence": 0.9, "cost": 0.004, "delayMs": 1},
        {"task": "much", "result": 1, "confidence": 0.9, "cost": 7},
        {"task": "fails", "error": "no"},
        {"task": "*", "result": 1, "confidence": 0.9, "delayMs": 5}
    ]);
    let agents: Vec<ScriptedAgent> = serde_json::from_value(json!([
        {"id": "cheap", "price": 0.01, "capabilities": ["cheap"], "answers": answers},
        {"id": "dear", "price": "0.25", "capabilities": ["dear", "llm"], "answers": answers},
        {"id": "free", "capabilities": ["free"], "answers": answers}
    ]))
    .expect("scripted agents");
    let options =
        RunOptions { budget: budget.map(money), unstated_price: unstated.map(money), ..RunOptions::default() };
    let names = "agents { cheap: Agent { capability: \"cheap\" }  dear: Agent { capability: \"dear\" }  free: Agent { capability: \"free\" } }\n";
    let text = format!("{names}{text}");
    let project = MemoryProject::new().with("main.prism", &text);
    let request = RunRequest::new("main.prism", text.as_str(), Arc::new(project));
    run(RunRequest { agents: Agents::Scripted(agents), options, ..request }).await
}

fn money(text: &str) -> Money {
    text.parse().expect("an amount")
}

/// Runs within the budget; gives what it spent.
async fn spent(text: &str, budget: Option<&str>) -> Option<String> {
    let report = spend(text, budget, None).await;
    assert_eq!(report.status, Status::Completed, "{:?}", report.error);
    report.metrics.spent.map(|spent| spent.to_string())
}

#[tokio::test]
async fn questions_cost_their_price_unless_answers_say_less() {
    assert_eq!(spent("1", Some("1")).await, None);
    assert_eq!(spent("value(cheap.look())", None).await.as_deref(), Some("0.01"));
    assert_eq!(spent("value(cheap.little())", None).await.as_deref(), Some("0.004"));
    assert_eq!(spent("value(cheap.little()) + value(dear.look())", Some("1")).await.as_deref(), Some("0.254"));
    assert_eq!(spent("value(llm(\"hm\"))", Some("1")).await.as_deref(), Some("0.25"));
    // Without a budget an agent without a price costs what its answers say.
    assert_eq!(spent("value(free.look())", None).await, None);
    assert_eq!(spent("value(free.little())", None).await.as_deref(), Some("0.004"));
}

#[tokio::test]
async fn what_failed_or_was_cancelled_counts() {
    assert_eq!(spent("try { await cheap.fails() } catch (e) { 0 }", None).await.as_deref(), Some("0.01"));
    assert_eq!(spent("cheap.look()\n1", None).await.as_deref(), Some("0.01"));
    let race = "both = [cheap, dear]\nx = race both { agent.look() }\nx.agentId";
    assert_eq!(spent(race, Some("0.26")).await.as_deref(), Some("0.26"));
}

#[tokio::test]
async fn more_than_the_price_is_not_owed() {
    let report = spend("value(cheap.much())", Some("1"), None).await;
    assert_eq!(report.metrics.spent, Some(money("0.01")));
    assert!(report.warnings[0].contains("7.00") && report.warnings[0].contains("0.01"), "{:?}", report.warnings);
    assert_eq!(report.calls[0].cost, Some(money("0.01")));
}

#[tokio::test]
async fn a_budget_is_never_overspent() {
    let programs = [
        "while true { x = value(cheap.look()) }",
        "while true { cheap.look() }",
        "while true { try { x = value(cheap.fails()) } catch (e) { x = 0 } }",
        "trio = [cheap, cheap, cheap]\nwhile true { x = parallel trio { agent.look() } }",
        "trio = [cheap, cheap, cheap]\nwhile true { x = race trio { agent.look() } }",
        "while true { x = parallel { a: cheap.look(), b: cheap.little() } }",
        "while true { x = value(cheap.little()) }",
        "all = range(100).map(i => cheap.look())\nall.length",
        "while true { x = value(llm(\"hm\")) }",
        "dear.look()",
    ];
    for program in programs {
        let report = spend(program, Some("0.095"), None).await;
        let error = report.error.as_ref().expect(program);
        assert_eq!((error.code, error.phase), (Code::R0109, prism_diagnostics::Phase::Run), "{program}: {error:?}");
        let spent = report.metrics.spent.unwrap_or_default();
        assert!(spent <= money("0.095"), "{program}: {spent}");
        assert_eq!(report.calls.iter().filter_map(|call| call.cost).map(Money::micros).sum::<u64>(), spent.micros());
    }
}

#[tokio::test]
async fn the_error_says_what_it_would_cost_and_where() {
    let report = spend("x = value(cheap.look())\ny = value(dear.look())", Some("0.2"), None).await;
    let error = report.error.expect("an error");
    assert_eq!(error.message, "over budget: a question to agent `dear` costs 0.25, and 0.01 of 0.20 is spent");
    assert_eq!(error.line, Some(3));
    let caught = spend("try { await dear.look() } catch (e) { \"caught\" }", Some("0.2"), None).await;
    assert_eq!(caught.error.map(|error| error.code), Some(Code::R0109));
}

#[tokio::test]
async fn with_a_budget_an_agent_without_a_price_is_not_asked() {
    let text = "try { await free.look() } catch (e) { [e.code, e.data.kind] }";
    let report = spend(text, Some("1"), None).await;
    assert_eq!((report.result, report.calls.len()), (json!(["agent", "no-price"]), 0));
    assert!(report.warnings[0].contains("`free`"), "{:?}", report.warnings);
    let report = spend("value(free.look())", Some("1"), Some("0.5")).await;
    assert_eq!((report.status, report.metrics.spent), (Status::Completed, Some(money("0.5"))));
}

#[tokio::test]
async fn programs_see_prices() {
    let report = spend("agentList.map(a => a.price)", None, None).await;
    assert_eq!(report.result, json!([0.01, 0.25, Value::Null]));
    assert_eq!(report.to_json()["metrics"]["spent"], Value::Null);
}

#[test]
fn prices_that_are_none_are_refused() {
    for price in [json!(-1), json!("free"), json!(0.0000001)] {
        assert!(serde_json::from_value::<ScriptedAgent>(json!({"id": "a", "price": price})).is_err(), "{price}");
    }
}
