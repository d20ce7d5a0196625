//! What agents are sent, what their answers become, and how they fail.

use crate::served::{Behaviour, TestAgent, answer, nobody, soon};
use parallax_proto::confidence::ConfidenceResult;
use parallax_runtime_host::agent::grpc::GrpcAgent;
use parallax_runtime_host::agent::list::{AgentAddress, ListError, connect};
use parallax_runtime_host::agent::{AgentClient, AgentReply, Answer, CallFailure, Question};
use serde_json::{Value, json};
use std::collections::HashMap;
use std::time::Duration;
use tonic::{Code, Status};

const LONG: Duration = Duration::from_secs(30);

fn question(data: Value) -> Question {
    Question { number: 7, task: "read".to_owned(), data, context: None, pattern: "p".to_owned() }
}

async fn ask(address: &str, question: Question, limit: Duration) -> AgentReply {
    soon(GrpcAgent::new("a1", address).expect("an address").call(question, limit)).await
}

async fn ask_one(behaviour: Behaviour) -> AgentReply {
    let agent = TestAgent::serve(behaviour);
    ask(&agent.address(), question(Value::Null), LONG).await
}

async fn failure(behaviour: Behaviour) -> CallFailure {
    ask_one(behaviour).await.expect_err("a failure")
}

#[tokio::test]
async fn an_answer_is_taken_as_it_is() {
    let result = ConfidenceResult {
        value_json: r#"{"b": 1, "a": [null, 0.5]}"#.to_owned(),
        confidence: 0.25,
        reasoning: "because".to_owned(),
        uncertainties: vec!["short".to_owned()],
        metadata: HashMap::from([("cost".to_owned(), "0.0025".to_owned())]),
        ..ConfidenceResult::default()
    };
    let wanted = Answer {
        result: json!({"b": 1, "a": [null, 0.5]}),
        confidence: Some(0.25),
        reasoning: Some("because".to_owned()),
        uncertainties: vec!["short".to_owned()],
        cost: "0.0025".parse().ok(),
    };
    assert_eq!(ask_one(Behaviour::Answer(result)).await, Ok(wanted));
}

#[tokio::test]
async fn borders_and_null_are_answers() {
    for confidence in [0.0, 1.0] {
        let given = ask_one(answer("null", confidence)).await.expect("an answer");
        assert_eq!((given.result, given.confidence, given.reasoning), (Value::Null, Some(confidence), None));
    }
}

#[tokio::test]
async fn what_is_no_answer_is_a_failure_that_names_the_agent() {
    let bad = [
        ("", 0.5),
        ("  ", 0.5),
        ("{", 0.5),
        ("1 2", 0.5),
        ("NaN", 0.5),
        ("1", f64::NAN),
        ("1", 1.5),
        ("1", -0.1),
        ("1", f64::INFINITY),
    ];
    for (value, confidence) in bad {
        let failure = failure(answer(value, confidence)).await;
        assert_eq!(failure.kind, CallFailure::BAD_ANSWER, "{value:?} {confidence}");
        assert!(failure.message.starts_with("agent `a1` answered"), "{}", failure.message);
    }
    let deep = format!("{}{}", "[".repeat(200), "]".repeat(200));
    assert_eq!(failure(answer(&deep, 0.5)).await.kind, CallFailure::BAD_ANSWER);
}

#[tokio::test]
async fn an_answer_larger_than_the_limit_is_a_failure() {
    let huge = format!("\"{}\"", "x".repeat(17 << 20));
    let failure = failure(answer(&huge, 0.5)).await;
    assert_eq!(failure.kind, "out-of-range", "{}", failure.message);
    let large = format!("\"{}\"", "x".repeat(8 << 20));
    assert!(ask_one(answer(&large, 0.5)).await.is_ok());
}

#[tokio::test]
async fn a_status_keeps_its_name_and_what_the_agent_said() {
    let refused = failure(Behaviour::Refuse(Status::resource_exhausted("out of quota"))).await;
    assert_eq!(refused.kind, "resource-exhausted");
    assert_eq!(refused.message, "agent `a1` failed: out of quota (resource-exhausted)");
    let silent = failure(Behaviour::Refuse(Status::new(Code::Internal, ""))).await;
    assert_eq!(silent.message, "agent `a1` failed: internal");
}

#[tokio::test]
async fn nobody_there_is_a_failure_that_names_the_address() {
    let address = nobody();
    let failure = ask(&address, question(Value::Null), LONG).await.expect_err("a failure");
    assert_eq!(failure.kind, "unavailable");
    assert!(failure.message.contains(&address) && failure.message.contains("refused"), "{}", failure.message);
}

#[tokio::test]
async fn an_agent_that_hangs_is_left_when_its_time_is_up_and_told() {
    let agent = TestAgent::serve(Behaviour::Hang);
    let limit = Duration::from_millis(50);
    let failure = ask(&agent.address(), question(Value::Null), limit).await.expect_err("a failure");
    assert_eq!(failure, CallFailure::timeout("a1", limit));
    soon(agent.dropped.notified()).await;
}

#[tokio::test]
async fn an_agent_that_dies_while_it_is_asked_is_a_failure() {
    let agent = TestAgent::serve(Behaviour::Hang);
    let client = GrpcAgent::new("a1", &agent.address()).expect("an address");
    let call = tokio::spawn(async move { client.call(question(Value::Null), LONG).await });
    soon(agent.asked.notified()).await;
    drop(agent);
    let failure = soon(call).await.expect("the call ends").expect_err("a failure");
    assert!(["unavailable", "unknown", "cancelled", "internal"].contains(&failure.kind), "{failure:?}");
    assert!(failure.message.starts_with("agent `a1`"), "{}", failure.message);
}

#[tokio::test]
async fn dropping_a_call_tells_the_agent() {
    let agent = TestAgent::serve(Behaviour::Hang);
    let client = GrpcAgent::new("a1", &agent.address()).expect("an address");
    let call = tokio::spawn(async move { client.call(question(Value::Null), LONG).await });
    soon(agent.asked.notified()).await;
    call.abort();
    soon(agent.dropped.notified()).await;
}

#[tokio::test]
async fn a_question_carries_task_pattern_context_and_time_limit() {
    let agent = TestAgent::serve(answer("1", 0.5));
    let asked = Question { context: Some("insurance".to_owned()), ..question(json!({"text": "hail", "n": 3})) };
    ask(&agent.address(), asked, Duration::from_millis(1500)).await.expect("an answer");
    let received = agent.received.lock().expect("the list")[0].clone();
    let request = received.request;
    assert_eq!(
        (request.task_id.as_str(), request.task_description.as_str(), request.pattern_name.as_str()),
        ("7", "read", "p")
    );
    assert_eq!((request.timeout_ms, request.context["context"].as_str()), (1500, "insurance"));
    assert!(received.timeout.is_some_and(|timeout| timeout.starts_with("15")));
    let fields = request.data.expect("data").fields;
    assert_eq!(fields["n"], prost_types::Value::from(3.0));
}

#[tokio::test]
async fn data_that_is_no_object_is_wrapped() {
    let agent = TestAgent::serve(answer("1", 0.5));
    for data in [json!("hail"), json!(["hail", 1]), Value::Null] {
        ask(&agent.address(), question(data), LONG).await.expect("an answer");
    }
    let keys: Vec<Vec<String>> = agent
        .requests()
        .into_iter()
        .map(|request| request.data.map(|data| data.fields.into_keys().collect()).unwrap_or_default())
        .collect();
    assert_eq!(keys, [vec!["value".to_owned()], vec!["args".to_owned()], vec![]]);
}

#[tokio::test]
async fn data_nested_as_deep_as_allowed_arrives_and_deeper_is_not_sent() {
    let agent = TestAgent::serve(answer("1", 0.5));
    let nested = |levels: usize| (0..levels).fold(json!(1), |inner, _| json!({"x": inner}));
    let most = parallax_runtime_host::convert::MOST_NESTING;
    ask(&agent.address(), question(nested(most)), LONG).await.expect("an answer");
    let failure = ask(&agent.address(), question(nested(most + 1)), LONG).await.expect_err("a failure");
    assert_eq!(failure.kind, CallFailure::BAD_QUESTION);
}

#[tokio::test]
async fn an_agent_without_written_capabilities_says_who_it_is() {
    let agent = TestAgent::serve(answer("1", 0.5));
    let listed: AgentAddress = format!("first={}", agent.address()).parse().expect("an agent");
    let known: AgentAddress = format!("second={},code,review", nobody()).parse().expect("an agent");
    let agents = soon(connect(vec![listed, known])).await.expect("agents");
    let first = &agents[0].profile;
    assert_eq!((first.id.as_str(), first.name.as_str()), ("first", "Its Own Name"));
    assert_eq!(
        (first.capabilities.as_slice(), &first.metadata["expertise"]),
        (&["testing".to_owned()][..], &json!(0.75))
    );
    let second = &agents[1].profile;
    assert_eq!((second.name.as_str(), second.capabilities.len()), ("second", 2));
}

#[tokio::test]
async fn an_agent_that_must_say_who_it_is_and_does_not_is_an_error_with_a_way_out() {
    let listed: AgentAddress = format!("a={}", nobody()).parse().expect("an agent");
    let error = soon(connect(vec![listed.clone()])).await.expect_err("nobody is there");
    assert!(
        matches!(&error, ListError::Unknown { id, failure } if id == "a" && failure.kind == "unavailable"),
        "{error}"
    );
    let twice = soon(connect(vec![listed.clone(), listed])).await.expect_err("one id twice");
    assert!(matches!(twice, ListError::Twice(_)));
}
