//! The agents over gRPC on free loopback ports.

use std::net::{Ipv4Addr, SocketAddr, TcpListener};

use parallax_local_agents::{LocalAgent, ServeError, catalog::AGENTS, convert::struct_from_object, serve, serve_local};
use parallax_proto::{
    MessageLimit,
    confidence::{AgentRequest, confidence_agent_client::ConfidenceAgentClient, health},
};
use serde_json::{Value, json};
use tokio_stream::StreamExt;
use tonic::{Code, transport::Channel};

type Client = ConfidenceAgentClient<Channel>;

async fn one(name: &str) -> (LocalAgent, Client) {
    let mut agents = serve_local(&[name]).await.expect("a served agent");
    let agent = agents.pop().expect("one agent");
    let client = client(&agent).await.expect("a connection");
    (agent, client)
}

async fn client(agent: &LocalAgent) -> Result<Client, tonic::transport::Error> {
    let channel = Channel::from_shared(format!("http://{}", agent.address())).expect("a URI").connect().await?;
    Ok(ConfidenceAgentClient::new(channel).limited())
}

fn request(data: Value) -> AgentRequest {
    let Value::Object(data) = data else { panic!("data is an object") };
    AgentRequest { task_id: "t1".to_owned(), data: Some(struct_from_object(data)), ..AgentRequest::default() }
}

#[tokio::test]
async fn a_call_brings_the_analysis() {
    let (agent, mut client) = one("whatlang").await;
    let text = "Am Morgen flickten die Fischer am Ufer ihre Netze, und niemand sprach ein Wort.";
    let answer = client.analyze(request(json!({"text": text}))).await.expect("an answer").into_inner();
    assert_eq!(answer.value_json, "\"de\"");
    assert_eq!(answer.agent_id, agent.id());
    assert!(answer.confidence > 0.5 && answer.confidence < 1.0);
    assert!(answer.reasoning.contains("German"), "{}", answer.reasoning);
    assert_eq!(answer.metadata["characters"], text.chars().count().to_string());
    assert!(answer.timestamp.is_some());
}

#[tokio::test]
async fn a_stream_brings_the_same_once() {
    let (_agent, mut client) = one("clauses").await;
    let ask = || request(json!({"args": ["A lovely garden, and friendly people."]}));
    let single = client.analyze(ask()).await.expect("an answer").into_inner();
    let stream = client.stream_analyze(ask()).await.expect("a stream").into_inner();
    let answers: Vec<_> = stream.collect().await;
    let [Ok(only)] = answers.as_slice() else { panic!("one answer, not {answers:?}") };
    assert_eq!((&only.value_json, only.confidence), (&single.value_json, single.confidence));
    assert_eq!(only.value_json, "\"positive\"");
}

#[tokio::test]
async fn agents_say_who_they_are_and_how_they_are() {
    let agents = serve_local::<&str>(&[]).await.expect("all agents");
    assert_eq!(agents.iter().map(LocalAgent::id).collect::<Vec<_>>(), AGENTS.map(|agent| agent.id));
    for agent in &agents {
        let mut client = client(agent).await.expect("a connection");
        let said = client.get_capabilities(()).await.expect("capabilities").into_inner();
        assert_eq!((said.agent_id.as_str(), said.name.as_str()), (agent.id(), agent.name()));
        assert_eq!(said.capabilities, agent.capabilities());
        assert!(said.expertise_level > 0.0 && said.expertise_level < 1.0);
        assert!(said.capability_scores.contains_key(agent.capabilities()[0]));
        let health = client.health_check(()).await.expect("health").into_inner();
        assert_eq!(health.status(), health::Status::Healthy, "{}", agent.id());
    }
}

#[tokio::test]
async fn health_counts_calls() {
    let (_agent, mut client) = one("readability").await;
    client.analyze(request(json!({"value": "One text."}))).await.expect("an answer");
    client.analyze(request(json!({"value": 3}))).await.expect_err("no text");
    let health = client.health_check(()).await.expect("health").into_inner();
    assert_eq!((health.details["answered"].as_str(), health.details["failed"].as_str()), ("1", "1"));
}

#[tokio::test]
async fn a_request_without_text_is_refused() {
    let (_agent, mut client) = one("pii").await;
    for bare in [AgentRequest::default(), request(json!({"value": 3})), request(json!({"args": []}))] {
        let refused = client.analyze(bare).await.expect_err("no text");
        assert_eq!(refused.code(), Code::InvalidArgument);
        assert!(refused.message().contains("send it as `text`"), "{}", refused.message());
    }
}

#[tokio::test]
async fn a_text_of_many_megabytes_is_answered() {
    let (_agent, mut client) = one("whichlang").await;
    let text = "The tide went out and came back. ".repeat(200_000);
    let answer = client.analyze(request(json!({"text": text}))).await.expect("an answer").into_inner();
    assert_eq!(answer.value_json, "\"en\"");
    assert!(answer.uncertainties.iter().any(|doubt| doubt.contains("left out")), "{:?}", answer.uncertainties);
}

#[tokio::test]
async fn an_analysis_that_takes_too_long_is_given_up() {
    let (_agent, mut client) = one("vader").await;
    let text = "A good day and a bad night. ".repeat(30_000);
    let slow = AgentRequest { timeout_ms: 1, ..request(json!({"text": text})) };
    let refused = client.analyze(slow).await.expect_err("too slow");
    assert_eq!(refused.code(), Code::DeadlineExceeded);
}

#[tokio::test]
async fn a_stopped_agent_no_longer_listens() {
    let (agent, mut connected) = one("keywords").await;
    connected.health_check(()).await.expect("health");
    let address = agent.address();
    drop(connected);
    agent.stop().await.expect("an orderly end");
    TcpListener::bind(address).expect("the port is free again");
}

#[tokio::test]
async fn ports_count_up_from_the_first() {
    // A pair of free ports: some other program may take one of them, so several pairs are tried.
    let mut served = None;
    for _ in 0..20 {
        let first =
            TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).and_then(|free| free.local_addr()).expect("a free port");
        if let Ok(agents) = serve(&["vader", "pii"], first).await {
            served = Some((first, agents));
            break;
        }
    }
    let (first, agents) = served.expect("two free ports in a row");
    let ports: Vec<u16> = agents.iter().map(|agent| agent.address().port()).collect();
    assert_eq!(ports, [first.port(), first.port() + 1]);
}

#[tokio::test]
async fn what_cannot_be_served_is_named() {
    let error = serve_local(&["vader", "nobody"]).await.expect_err("no such agent");
    assert!(matches!(&error, ServeError::UnknownAgent { name } if name == "nobody"));
    assert!(error.to_string().contains("whatlang, whichlang"), "{error}");
    assert!(matches!(serve_local(&["pii", "pii"]).await, Err(ServeError::NamedTwice { .. })));
    let last = SocketAddr::from((Ipv4Addr::LOCALHOST, u16::MAX));
    assert!(matches!(
        serve(&["pii", "vader"], last).await,
        Err(ServeError::PortsExhausted { first: u16::MAX, count: 2 })
    ));
    let taken = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a free port");
    let address = taken.local_addr().expect("an address");
    assert!(matches!(serve(&["pii"], address).await, Err(ServeError::Bind { name: "pii", .. })));
}
