//! Programs that call functions of the host beside agents, delays and patterns.

use parallax_runtime_host::agent::{AgentClient, AgentProfile, AgentReply, Answer, Question, ScriptedAnswer};
use parallax_runtime_host::{Agents, LiveAgent, RunOptions, RunReport, RunRequest, ScriptedAgent, run};
use prism_diagnostics::Code;
use prism_engine::{Engine, HostError, MemoryProject, Uncertain};
use prism_vm::limits::Limits;
use serde_json::json;
use std::future::{Future, pending};
use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::sync::{Notify, oneshot};

fn request(engine: Engine, agents: Agents, text: &str) -> RunRequest {
    RunRequest { engine, agents, ..RunRequest::new("main.prism", text, Arc::new(MemoryProject::new())) }
}

fn scripted() -> Agents {
    let answer = Answer { result: json!("merge"), confidence: Some(0.9), ..Answer::default() };
    let slow = ScriptedAnswer { task: "*".to_owned(), reply: Ok(answer), delay: Duration::from_millis(900) };
    let profile = AgentProfile { id: "ann".to_owned(), capabilities: vec!["review".to_owned()], ..Default::default() };
    Agents::Scripted(vec![ScriptedAgent { profile, answers: vec![slow] }])
}

fn succeeded(report: &RunReport) -> &serde_json::Value {
    assert!(report.error.is_none(), "{:?}", report.error);
    &report.result
}

fn shop() -> Engine {
    Engine::builder()
        .function("stock(item: string): number", |item: String| Ok(item.len()))
        .async_function("rate(text: string): number", |text: String| async move {
            tokio::task::yield_now().await;
            Ok(Uncertain::new(text.len(), 0.7))
        })
        .async_function("fails(why: string): any", |why: String| async move { Err::<(), _>(HostError::new(why)) })
        .build()
        .expect("an engine")
}

#[tokio::test]
async fn functions_agents_and_delays_run_side_by_side() {
    let text = "
ann = select(capabilities: [\"review\"])[0]
begin = now()
verdict = ann.analyze(\"May this be merged?\")
rating = rate(\"abc\")
pause = delay(500)
left = stock(\"lamp\")
await pause
half = now() - begin
{ verdict: verdict, rating: rating, left: left, half: half, whole: now() - begin }
";
    let report = run(request(shop(), scripted(), text)).await;
    let expected = json!({
        "verdict": {"$conf": 0.9, "value": "merge"}, "rating": {"$conf": 0.7, "value": 3},
        "left": 4, "half": 500, "whole": 500,
    });
    assert_eq!(succeeded(&report), &expected);
    assert_eq!((report.calls.len(), report.metrics.elapsed_ms), (1, 900.0));
}

#[tokio::test]
async fn a_confidence_of_a_function_is_explained_by_its_name() {
    let options = RunOptions { trace: true, ..RunOptions::default() };
    let report = run(RunRequest { options, ..request(shop(), Agents::none(), "await rate(\"ab\")\n") }).await;
    assert_eq!((succeeded(&report), report.confidence), (&json!(2), Some(0.7)));
    let explanation = report.explanation.expect("an explanation");
    assert_eq!((explanation.rule, explanation.note.as_deref()), ("measured", Some("rate")));
}

#[tokio::test]
async fn patterns_run_by_name_have_the_functions_too() {
    let project = MemoryProject::new().with("inner.prism", "rate(input.text)\n");
    let text = "executePattern(\"inner\", {text: \"abcd\"})\n";
    let report = run(RunRequest { project: Arc::new(project), ..request(shop(), scripted(), text) }).await;
    assert_eq!((succeeded(&report), report.confidence), (&json!(4), Some(0.7)));
}

#[tokio::test]
async fn faults_of_functions_are_reported_with_code_and_place() {
    let report = run(request(shop(), Agents::none(), "x = 1\nawait fails(\"no\")\n")).await;
    let error = report.error.expect("an error");
    assert_eq!((error.code, error.message.as_str(), error.line), (Code::R0012, "no", Some(2)));
    assert_eq!(error.data, json!({"function": "fails"}));
    let text = "parallel select(capabilities: [\"review\"]) { await fails(agent.id) }\n";
    let report = run(request(shop(), scripted(), text)).await;
    assert!(report.error.expect("an error").message.contains("all agents failed"));
}

#[tokio::test]
async fn limits_of_tasks_hold_for_calls() {
    let options = RunOptions { limits: Limits { tasks: 10, ..Limits::default() }, ..RunOptions::default() };
    let text = "for i in range(20) { rate(\"a\") }\n";
    let report = run(RunRequest { options, ..request(shop(), scripted(), text) }).await;
    assert_eq!(report.error.expect("an error").code, Code::R0106);
}

/// Tells when it is dropped.
struct Guard(Option<oneshot::Sender<()>>);

impl Drop for Guard {
    fn drop(&mut self) {
        if let Some(sender) = self.0.take() {
            let _ = sender.send(());
        }
    }
}

/// A function that never ends, and what tells that a call of it was dropped.
fn endless(started: Arc<Notify>) -> (Engine, oneshot::Receiver<()>) {
    let (sender, dropped) = oneshot::channel();
    let sender = Mutex::new(Some(sender));
    let engine = Engine::builder()
        .async_function("never(): any", move || {
            let guard = Guard(sender.lock().expect("a lock").take());
            let started = Arc::clone(&started);
            async move {
                let _guard = guard;
                started.notify_one();
                pending::<()>().await;
                Ok(())
            }
        })
        .build();
    (engine.expect("an engine"), dropped)
}

/// Answers when the function has begun.
struct Patient(Arc<Notify>);

impl AgentClient for Patient {
    fn call(&self, _: Question, _: Duration) -> Pin<Box<dyn Future<Output = AgentReply> + Send + '_>> {
        Box::pin(async {
            self.0.notified().await;
            Ok(Answer { result: json!("done"), confidence: Some(0.8), ..Answer::default() })
        })
    }
}

#[tokio::test]
async fn in_real_time_the_first_of_a_race_ends_the_others() {
    let started = Arc::new(Notify::new());
    let (engine, dropped) = endless(Arc::clone(&started));
    let profile = AgentProfile { id: "bea".to_owned(), capabilities: vec!["wait".to_owned()], ..Default::default() };
    let agents = Agents::Live(vec![LiveAgent { profile, client: Arc::new(Patient(started)) }]);
    let text =
        "bea = select(capabilities: [\"wait\"])[0]\nawait Promise.race([never(), delay(1e9), bea.analyze(\"x\")])\n";
    let report = run(request(engine, agents, text)).await;
    assert_eq!((succeeded(&report), report.confidence), (&json!("done"), Some(0.8)));
    dropped.await.expect("the call was dropped");
}

#[tokio::test]
async fn cancelling_a_run_drops_its_calls() {
    for agents in [scripted(), Agents::none()] {
        let started = Arc::new(Notify::new());
        let (engine, dropped) = endless(Arc::clone(&started));
        let cancel = Box::pin(async move { started.notified().await });
        let report = run(RunRequest { cancel: Some(cancel), ..request(engine, agents, "await never()\n") }).await;
        assert_eq!(report.error.expect("an error").code, Code::R0104);
        dropped.await.expect("the call was dropped");
    }
}
