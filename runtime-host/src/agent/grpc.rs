//! Agents that listen on a network: `ConfidenceAgent.Analyze`.
//!
//! The connection is made at the first call and again after it broke. A call's time limit is sent as `timeout_ms` and as
//! `grpc-timeout`, and kept here as well, for agents that heed neither. Dropping a call resets its stream, which is how
//! agents learn that nobody waits for them. An answer that is not one (no JSON, a confidence outside 0…1) is a failure.
//! What an answer cost is its `metadata` of the name [`COST`]; an agent's price is not part of what it can say of itself.

use super::{AgentClient, AgentProfile, AgentReply, Answer, CallFailure, Question};
use crate::convert::{NestingTooDeep, data_to_struct};
use parallax_proto::MessageLimit;
use parallax_proto::confidence::confidence_agent_client::ConfidenceAgentClient;
use parallax_proto::confidence::{AgentRequest, ConfidenceResult};
use serde_json::{Map, Value};
use std::collections::HashMap;
use std::error::Error;
use std::future::Future;
use std::pin::Pin;
use std::time::Duration;
use tonic::transport::{Channel, Endpoint};
use tonic::{Code, Request, Status};

/// How long the connection itself may take.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);

/// The entry of an answer's `metadata` that says what the answer cost, as a decimal number. One that is none is passed
/// over, so the agent's price counts.
pub const COST: &str = "cost";

/// An agent at an address.
#[derive(Clone, Debug)]
pub struct GrpcAgent {
    id: String,
    address: String,
    client: ConfidenceAgentClient<Channel>,
}

/// An address that is none.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{address}` is no address: write HOST:PORT, as 127.0.0.1:50051")]
pub struct BadAddress {
    /// The text.
    pub address: String,
}

impl GrpcAgent {
    /// The agent that listens at `address` (`HOST:PORT`, or a URL with `http://`); `id` is what failures call it. Must be
    /// called inside a tokio runtime; connects at the first call.
    ///
    /// # Errors
    /// If the text is no address.
    pub fn new(id: impl Into<String>, address: &str) -> Result<Self, BadAddress> {
        let url = if address.contains("://") { address.to_owned() } else { format!("http://{address}") };
        let bad = || BadAddress { address: address.to_owned() };
        let endpoint = Endpoint::from_shared(url).map_err(|_| bad())?;
        if endpoint.uri().host().is_none_or(str::is_empty) || endpoint.uri().port().is_none() {
            return Err(bad());
        }
        let channel = endpoint.connect_timeout(CONNECT_TIMEOUT).tcp_nodelay(true).connect_lazy();
        let client = ConfidenceAgentClient::new(channel).limited();
        Ok(GrpcAgent { id: id.into(), address: address.to_owned(), client })
    }

    /// Asks the agent who it is; its id there becomes the profile's.
    ///
    /// # Errors
    /// If it can't be reached, does not answer within `limit`, or refuses.
    pub async fn profile(&self, limit: Duration) -> Result<AgentProfile, CallFailure> {
        let mut client = self.client.clone();
        let asked = tokio::time::timeout(limit, client.get_capabilities(with_limit((), limit))).await;
        let said = asked.map_err(|_| CallFailure::timeout(&self.id, limit))?.map_err(|status| self.failure(&status))?;
        let said = said.into_inner();
        let mut metadata = Map::new();
        // Some published agents send no number here, which arrives as 0.
        if said.expertise_level.is_finite() && said.expertise_level > 0.0 {
            metadata.insert("expertise".to_owned(), Value::from(said.expertise_level));
        }
        let name = if said.name.is_empty() { said.agent_id.clone() } else { said.name };
        Ok(AgentProfile { id: said.agent_id, name, capabilities: said.capabilities, metadata, price: None })
    }

    async fn analyze(&self, question: Question, limit: Duration) -> AgentReply {
        let request = to_request(question, limit)
            .map_err(|fault| CallFailure::new(CallFailure::BAD_QUESTION, fault.to_string()))?;
        let mut client = self.client.clone();
        match tokio::time::timeout(limit, client.analyze(with_limit(request, limit))).await {
            Err(_) => Err(CallFailure::timeout(&self.id, limit)),
            Ok(Err(status)) if status.code() == Code::Cancelled && says_timeout(&status) => {
                Err(CallFailure::timeout(&self.id, limit))
            }
            Ok(Err(status)) => Err(self.failure(&status)),
            Ok(Ok(response)) => to_answer(response.into_inner())
                .map_err(|fault| CallFailure::new(CallFailure::BAD_ANSWER, format!("agent `{}` {fault}", self.id))),
        }
    }

    fn failure(&self, status: &Status) -> CallFailure {
        let kind = kind_of(status.code());
        let id = &self.id;
        let message = match status.code() {
            // The transport's own message is but "transport error"; what happened stands at the end of its causes.
            Code::Unavailable | Code::Unknown if status.source().is_some() => {
                format!("agent `{id}` at {} can't be reached: {}", self.address, root_cause(status))
            }
            _ if status.message().is_empty() => format!("agent `{id}` failed: {kind}"),
            _ => format!("agent `{id}` failed: {} ({kind})", status.message()),
        };
        CallFailure { kind, message }
    }
}

impl AgentClient for GrpcAgent {
    fn call(&self, question: Question, limit: Duration) -> Pin<Box<dyn Future<Output = AgentReply> + Send + '_>> {
        Box::pin(self.analyze(question, limit))
    }
}

fn with_limit<T>(message: T, limit: Duration) -> Request<T> {
    let mut request = Request::new(message);
    request.set_timeout(limit);
    request
}

/// tonic ends a call whose `grpc-timeout` is over with this status.
fn says_timeout(status: &Status) -> bool {
    status.message().eq_ignore_ascii_case("timeout expired")
}

fn root_cause(status: &Status) -> String {
    let mut cause: &dyn Error = status;
    while let Some(next) = cause.source() {
        cause = next;
    }
    cause.to_string()
}

fn to_request(question: Question, limit: Duration) -> Result<AgentRequest, NestingTooDeep> {
    let Question { number, task, data, context, pattern } = question;
    Ok(AgentRequest {
        task_id: number.to_string(),
        task_description: task,
        data: data_to_struct(data)?,
        context: context.map(|label| HashMap::from([("context".to_owned(), label)])).unwrap_or_default(),
        timeout_ms: i32::try_from(limit.as_millis()).unwrap_or(i32::MAX).max(1),
        pattern_name: pattern,
    })
}

/// What is wrong with an answer; the text continues "agent `x` …".
#[derive(Debug, thiserror::Error)]
enum BadAnswer {
    #[error("answered without a value: `value_json` is empty")]
    Empty,
    #[error("answered with what is no JSON: {0}")]
    NoJson(serde_json::Error),
    #[error("answered with the confidence {0}, which is outside 0…1")]
    Confidence(f64),
}

fn to_answer(result: ConfidenceResult) -> Result<Answer, BadAnswer> {
    if result.value_json.trim().is_empty() {
        return Err(BadAnswer::Empty);
    }
    // NaN lies in no range.
    if !(0.0..=1.0).contains(&result.confidence) {
        return Err(BadAnswer::Confidence(result.confidence));
    }
    Ok(Answer {
        result: serde_json::from_str(&result.value_json).map_err(BadAnswer::NoJson)?,
        confidence: Some(result.confidence),
        reasoning: Some(result.reasoning).filter(|text| !text.is_empty()),
        uncertainties: result.uncertainties,
        cost: result.metadata.get(COST).and_then(|cost| cost.trim().parse().ok()),
    })
}

/// A status' name in kebab case.
fn kind_of(code: Code) -> &'static str {
    match code {
        Code::Ok => "ok",
        Code::Cancelled => "cancelled",
        Code::Unknown => "unknown",
        Code::InvalidArgument => "invalid-argument",
        Code::DeadlineExceeded => CallFailure::TIMEOUT,
        Code::NotFound => "not-found",
        Code::AlreadyExists => "already-exists",
        Code::PermissionDenied => "permission-denied",
        Code::ResourceExhausted => "resource-exhausted",
        Code::FailedPrecondition => "failed-precondition",
        Code::Aborted => "aborted",
        Code::OutOfRange => "out-of-range",
        Code::Unimplemented => "unimplemented",
        Code::Internal => CallFailure::INTERNAL,
        Code::Unavailable => "unavailable",
        Code::DataLoss => "data-loss",
        Code::Unauthenticated => "unauthenticated",
    }
}
