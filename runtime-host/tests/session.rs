//! Sessions with scripted agents: what inputs share, beside what `prism_engine::Session` promises.

use parallax_runtime_host::{Agents, RunOptions, RunReport, ScriptedAgent, Session, SessionInput, Status};
use prism_confidence::Algebra;
use prism_diagnostics::Code;
use prism_engine::{Engine, MemoryProject};
use serde_json::{Value, json};
use std::future::{Future, ready};
use std::pin::pin;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

/// A session with an agent `a` that answers every task with "yes", surely 0.8, after 20 ms.
fn session(options: RunOptions) -> Session {
    let answers = json!([{"task": "*", "result": "yes", "confidence": 0.8, "delayMs": 20}]);
    let agents = json!([{"id": "a", "name": "Ada", "capabilities": ["see"], "answers": answers}]);
    let agents = serde_json::from_value::<Vec<ScriptedAgent>>(agents).expect("scripted agents");
    let project = MemoryProject::new().with("asks.prism", "let [a] = agentList\nreturn a.look()");
    Session::new(Engine::new(), Arc::new(project), json!({"name": "Ada"}), Agents::Scripted(agents), options)
}

async fn run(session: &mut Session, text: &str) -> RunReport {
    let path = format!("repl:{}", session.count() + 1);
    session.run(SessionInput::new(path, text)).await
}

fn code(report: &RunReport) -> Option<Code> {
    report.error.as_ref().map(|error| error.code)
}

#[tokio::test]
async fn answers_are_kept_and_explained_later() {
    let mut session = session(RunOptions::default());
    let report = run(&mut session, "let [a] = agentList; let answer = a.look()").await;
    assert_eq!((report.status, report.calls.len()), (Status::Completed, 1), "{report:?}");
    let report = run(&mut session, "answer + \"!\"").await;
    assert_eq!((&report.result, report.confidence, report.calls.len()), (&json!("yes!"), Some(0.8), 0));
    let tree = report.explanation.expect("an explanation");
    let origin = tree.inputs.first().expect("an input");
    assert_eq!((origin.rule, origin.place.as_ref().map(|place| place.file.as_str())), ("reported", Some("repl:1")));
}

#[tokio::test]
async fn usage_is_that_of_each_input() {
    let mut session = session(RunOptions::default());
    run(&mut session, "let [a] = agentList; let n = 0; for (let i = 0; i < 500; i++) { n += 1 }; a.look()").await;
    let metrics = run(&mut session, "n").await.metrics;
    assert!(metrics.steps < 10 && metrics.dispatches == 0 && metrics.tasks == 0, "{metrics:?}");
}

#[tokio::test]
async fn input_and_agents_are_there_for_every_input() {
    let mut session = session(RunOptions::default());
    for _ in 0..2 {
        assert_eq!(run(&mut session, "[input.name, agentCount]").await.result, json!(["Ada", 1]));
    }
    assert_eq!(session.agents().len(), 1);
}

#[tokio::test]
async fn agents_are_not_asked_where_they_must_not_be() {
    let mut session = session(RunOptions::default());
    run(&mut session, "let [a] = agentList").await;
    for text in ["a.look()", "executePattern(\"asks\", {})"] {
        let report = session.run(SessionInput { asks: false, ..SessionInput::new("repl:2", text) }).await;
        assert_eq!((code(&report), report.calls.len()), (Some(Code::R0107), 0), "{text}: {report:?}");
    }
    assert_eq!(run(&mut session, "a.look()").await.result, json!("yes"));
}

#[tokio::test]
async fn a_cancelled_input_leaves_the_session() {
    let mut session = session(RunOptions::default());
    run(&mut session, "let n = 1").await;
    let input = SessionInput::new("repl:2", "n = 2; while (true) { n += 1 }");
    let report = session.run(SessionInput { cancel: Some(Box::pin(ready(()))), ..input }).await;
    assert_eq!(code(&report), Some(Code::R0104));
    assert_eq!(run(&mut session, "n >= 2").await.result, json!(true));
}

#[tokio::test]
async fn dropping_the_future_leaves_the_session() {
    let mut session = session(RunOptions::default());
    run(&mut session, "let n = 1").await;
    {
        let mut running = pin!(session.run(SessionInput::new("repl:2", "n = 2; let m = 3; while (true) {}")));
        assert!(matches!(running.as_mut().poll(&mut Context::from_waker(Waker::noop())), Poll::Pending));
    }
    assert_eq!(run(&mut session, "[n, 1]").await.result, json!([2, 1]));
    assert_eq!(run(&mut session, "m").await.result, json!(3));
}

#[tokio::test]
async fn deadlines_hold_for_each_input() {
    let mut session = session(RunOptions { deadline: Some(Duration::from_millis(100)), ..RunOptions::default() });
    for _ in 0..3 {
        assert_eq!(run(&mut session, "delay(60)").await.status, Status::Completed);
    }
    assert_eq!(code(&run(&mut session, "delay(200)").await), Some(Code::R0103));
    assert_eq!(run(&mut session, "1").await.result, json!(1));
}

#[tokio::test]
async fn random_numbers_go_on_and_a_seed_repeats_them() {
    let numbers = async |session: &mut Session| -> Vec<Value> {
        vec![run(session, "random()").await.result, run(session, "random()").await.result]
    };
    let options = RunOptions { seed: Some(7), ..RunOptions::default() };
    let (mut one, mut other) = (session(options.clone()), session(options));
    let (first, second) = (numbers(&mut one).await, numbers(&mut other).await);
    assert_eq!(first, second);
    assert_ne!(first[0], first[1]);
}

#[tokio::test]
async fn the_rules_of_confidence_are_those_that_an_input_chose_last() {
    let product = "/** @confidence product */\n(1 ~> 0.5) + (2 ~> 0.5)";
    let mut free = session(RunOptions::default());
    assert_eq!(run(&mut free, "(1 ~> 0.5) + (2 ~> 0.5)").await.confidence, Some(0.5));
    assert_eq!(run(&mut free, product).await.confidence, Some(0.25));
    assert_eq!(run(&mut free, "(1 ~> 0.5) + (2 ~> 0.5)").await.confidence, Some(0.25));
    let options = RunOptions { confidence: Some(Algebra::Min.into()), ..RunOptions::default() };
    assert_eq!(run(&mut session(options), product).await.confidence, Some(0.5));
}
