//! Runs against agents on a network, in real time.

use crate::served::{Behaviour, TestAgent, answer, nobody, soon};
use parallax_runtime_host::agent::grpc::GrpcAgent;
use parallax_runtime_host::agent::{AgentClient, AgentProfile, AgentReply, Question};
use parallax_runtime_host::{
    Agents, CallOutcome, CallRecord, LiveAgent, Observer, RunOptions, RunReport, RunRequest, Status, run,
};
use prism_diagnostics::{Code, Diagnostic, SourceMap};
use prism_engine::MemoryProject;
use prism_vm::limits::Limits;
use prism_vm::runtime::Stream;
use serde_json::{Value, json};
use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

fn live(id: &str, address: &str) -> LiveAgent {
    let client = Arc::new(GrpcAgent::new(id, address).expect("an address"));
    let profile = AgentProfile { id: id.to_owned(), name: id.to_uppercase(), ..AgentProfile::default() };
    LiveAgent { profile, client }
}

fn request(text: &str, agents: Vec<LiveAgent>) -> RunRequest {
    let project = Arc::new(MemoryProject::new());
    RunRequest { agents: Agents::Live(agents), ..RunRequest::new("main.prism", text, project) }
}

async fn run_text(text: &str, agents: Vec<LiveAgent>) -> RunReport {
    soon(run(request(text, agents))).await
}

fn code(report: &RunReport) -> Option<Code> {
    report.error.as_ref().map(|error| error.code)
}

#[tokio::test]
async fn agents_answer_side_by_side() {
    let (one, two) = (TestAgent::serve(answer("\"yes\"", 0.75)), TestAgent::serve(answer("\"no\"", 0.5)));
    let agents = vec![live("a", &one.address()), live("b", &two.address())];
    let text =
        "answers = parallel agentList { look({page: input.page}) }\nanswers.map(a => [value(a).agentName, a.result])\n";
    let report = soon(run(RunRequest { input: json!({"page": 3}), ..request(text, agents) })).await;
    let entry = |name: &str, result: &str, confidence: f64| json!([name, {"$conf": confidence, "value": result}]);
    assert_eq!(report.result, json!([entry("A", "yes", 0.75), entry("B", "no", 0.5)]), "{report:?}");
    assert_eq!(one.requests()[0].task_description, "look");
    assert_eq!(two.requests().len(), 1);
}

#[tokio::test]
async fn what_goes_wrong_with_an_agent_is_an_error_value() {
    let cases = [
        (answer("{", 0.5), "bad-answer"),
        (answer("1", f64::NAN), "bad-answer"),
        (answer("1", 1.5), "bad-answer"),
        (answer("", 0.5), "bad-answer"),
        (Behaviour::Refuse(tonic::Status::permission_denied("not you")), "permission-denied"),
    ];
    for (behaviour, kind) in cases {
        let agent = TestAgent::serve(behaviour);
        let text = "a = agentList[0]\ntry { await a.look() } catch (e) { [e.code, e.data.agentId, e.data.kind, e.data.elapsedMs >= 0] }\n";
        let report = run_text(text, vec![live("a", &agent.address())]).await;
        assert_eq!(report.result, json!(["agent", "a", kind, true]), "{report:?}");
        assert!(matches!(&report.calls[0].outcome, CallOutcome::Failed { kind: said, .. } if said == kind));
    }
    let report = run_text("agentList[0].look()\n", vec![live("a", &nobody())]).await;
    assert_eq!((report.status, code(&report)), (Status::Failed, Some(Code::R0010)));
    assert_eq!(report.error.expect("an error").data["kind"], "unavailable");
}

#[tokio::test]
async fn an_agent_that_hangs_is_cut_off_and_told() {
    let hung = TestAgent::serve(Behaviour::Hang);
    // So that both have been asked when the first answer comes.
    let quick = TestAgent::serve(answer("1", 0.5).after(&hung.asked));
    let agents = vec![live("q", &quick.address()), live("h", &hung.address())];
    let report = run_text("r = race agentList { go() }\nr.result\n", agents.clone()).await;
    assert_eq!((report.result, report.confidence), (json!(1), Some(0.5)));
    soon(hung.dropped.notified()).await;
    let report = run_text("r = parallel agentList timeout(60) { go() }\nr.map(x => typeof x)\n", agents.clone()).await;
    assert_eq!(report.result, json!(["object", "error"]), "{report:?}");
    soon(hung.dropped.notified()).await;
    let options = RunOptions { call_timeout: Duration::from_millis(60), ..RunOptions::default() };
    let text = "h = agentList[1]\ntry { await h.go() } catch (e) { [e.data.kind, e.data.elapsedMs >= 60] }\n";
    let report = soon(run(RunRequest { options, ..request(text, agents) })).await;
    assert_eq!(report.result, json!(["deadline-exceeded", true]));
    soon(hung.dropped.notified()).await;
}

#[tokio::test]
async fn the_run_s_deadline_and_cancellation_end_what_agents_do() {
    let hung = TestAgent::serve(Behaviour::Hang);
    let agents = || vec![live("h", &hung.address())];
    let text = "try { await agentList[0].go() } catch (e) { \"caught\" }\n";
    let options = RunOptions { deadline: Some(Duration::from_millis(80)), ..RunOptions::default() };
    let report = soon(run(RunRequest { options, ..request(text, agents()) })).await;
    assert_eq!((report.status, code(&report)), (Status::Failed, Some(Code::R0103)));
    assert!(report.metrics.elapsed_ms >= 80.0);
    soon(hung.dropped.notified()).await;

    soon(hung.asked.notified()).await;
    let asked = Arc::clone(&hung.asked);
    let cancel: Pin<Box<dyn Future<Output = ()> + Send>> = Box::pin(async move { asked.notified().await });
    let report = soon(run(RunRequest { cancel: Some(cancel), ..request(text, agents()) })).await;
    assert_eq!((report.status, code(&report)), (Status::Failed, Some(Code::R0104)));
    assert_eq!(report.calls[0].outcome, CallOutcome::Cancelled);
    soon(hung.dropped.notified()).await;
}

#[tokio::test]
async fn a_deadline_ends_pure_computation() {
    let limits = Limits { fuel: Limits::UNLIMITED_FUEL, ..Limits::default() };
    let options = RunOptions { limits, deadline: Some(Duration::from_millis(30)), ..RunOptions::default() };
    let start = Instant::now();
    let report = soon(run(RunRequest { options, ..request("while true { 1 }\n", Vec::new()) })).await;
    assert_eq!(code(&report), Some(Code::R0103));
    assert!(start.elapsed() < Duration::from_secs(10));
}

#[tokio::test]
async fn delays_take_their_time() {
    let report = run_text("s = now()\nawait delay(30)\nnow() - s >= 29\n", Vec::new()).await;
    assert_eq!(report.result, json!(true));
    assert!(report.metrics.elapsed_ms >= 30.0);
}

/// An agent inside this process.
struct Local(fn(Question) -> AgentReply);

impl AgentClient for Local {
    fn call(&self, question: Question, _: Duration) -> Pin<Box<dyn Future<Output = AgentReply> + Send + '_>> {
        Box::pin(async move { (self.0)(question) })
    }
}

#[tokio::test]
async fn a_client_that_breaks_is_a_failed_agent() {
    let profile = AgentProfile { id: "l".to_owned(), name: "L".to_owned(), ..AgentProfile::default() };
    let broken = LiveAgent { profile, client: Arc::new(Local(|_| panic!("a fault of the client"))) };
    let report = run_text("try { await agentList[0].go() } catch (e) { e.data.kind }\n", vec![broken]).await;
    assert_eq!(report.result, json!("internal"));
}

#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<String>>>);

impl Log {
    fn add(&self, line: String) {
        self.0.lock().expect("the log").push(line);
    }
}

impl Observer for Log {
    fn compiled(&mut self, diagnostics: &[Diagnostic], sources: &SourceMap) {
        self.add(format!("compiled {} {}", sources.iter().count(), diagnostics.len()));
    }

    fn asked(&mut self, call: &CallRecord) {
        self.add(format!("asked {} {}", call.agent, call.task));
    }

    fn ended(&mut self, call: &CallRecord) {
        self.add(format!("ended {} {}", call.agent, matches!(call.outcome, CallOutcome::Answered { .. })));
    }

    fn printed(&mut self, stream: Stream, line: &str) {
        self.add(format!("{stream:?} {line}"));
    }
}

#[tokio::test]
async fn an_observer_is_told_in_order() {
    let agent = TestAgent::serve(answer("1", 0.5));
    let log = Log::default();
    let text = "print(\"first\")\nx = agentList[0].look()\nconsole.warn(\"asked\")\nprint(x)\n";
    let request = request(text, vec![live("a", &agent.address())]);
    let report = soon(run(RunRequest { observer: Some(Box::new(log.clone())), ..request })).await;
    assert_eq!(report.result, Value::Null);
    let lines = log.0.lock().expect("the log").clone();
    let wanted = ["compiled 1 0", "Out first", "asked a look", "Err asked", "ended a true", "Out 1 ~> 0.50"];
    assert_eq!(lines, wanted);
}
