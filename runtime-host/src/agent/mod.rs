//! Agents: who they are, what they are asked, what they answer.
//!
//! An [`AgentClient`] is asked in real time: [`grpc`] has the one for agents that listen on a network. Agents that answer
//! from a script ([`scripted`]) live in virtual time and are no clients. [`list`] reads both from text.
//!
//! Not here: who is chosen ([`crate::registry`]), and when (the driver's affair).

pub mod grpc;
pub mod list;
pub mod scripted;

pub use scripted::{ScriptedAgent, ScriptedAnswer};

use crate::money::Money;
use serde_json::{Map, Value};
use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

/// Who an agent is.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct AgentProfile {
    /// What agents are told apart by.
    pub id: String,
    /// For people.
    pub name: String,
    /// What it can do.
    pub capabilities: Vec<String>,
    /// Whatever it says of itself beyond that; programs read it as the agent's members.
    pub metadata: Map<String, Value>,
    /// What a question costs at most; `None` if nobody said. Programs read it as the member `price`.
    pub price: Option<Money>,
}

/// What an agent is asked.
#[derive(Clone, Debug, PartialEq)]
pub struct Question {
    /// Tells the questions of a run apart.
    pub number: u64,
    /// The task's description.
    pub task: String,
    /// What the task is about; null if nothing was given.
    pub data: Value,
    /// The label of `in context`.
    pub context: Option<String>,
    /// The pattern that asks.
    pub pattern: String,
}

/// What an agent answers.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Answer {
    /// What it found.
    pub result: Value,
    /// How sure it is, 0…1; `None` if it did not say.
    pub confidence: Option<f64>,
    /// Why.
    pub reasoning: Option<String>,
    /// What weakens it.
    pub uncertainties: Vec<String>,
    /// What it cost; the agent's price if it did not say.
    pub cost: Option<Money>,
}

/// Why an agent gave no answer.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct CallFailure {
    /// What kind of failure, in kebab case: the name of a gRPC status, or one of the constants.
    pub kind: &'static str,
    /// In plain words.
    pub message: String,
}

impl CallFailure {
    /// The agent's time was up.
    pub const TIMEOUT: &str = "deadline-exceeded";
    /// The agent answered something that is no answer.
    pub const BAD_ANSWER: &str = "bad-answer";
    /// The agent has no price, and the run a budget: it was not asked.
    pub const NO_PRICE: &str = "no-price";
    /// The question can't be sent.
    pub const BAD_QUESTION: &str = "bad-question";
    /// The agent says that it failed.
    pub const FAILED: &str = "failed";
    /// The host's own fault.
    pub const INTERNAL: &str = "internal";

    /// A failure of that kind.
    pub fn new(kind: &'static str, message: impl Into<String>) -> Self {
        CallFailure { kind, message: message.into() }
    }

    /// The agent was not asked: nobody knows what that would cost.
    pub fn no_price(agent: &str) -> Self {
        let message = format!(
            "agent `{agent}` was not asked: it has no price, and the run has a budget; write its `price` into the list of \
             agents, or say what questions to agents without one cost"
        );
        Self::new(Self::NO_PRICE, message)
    }

    /// The agent did not answer in time.
    pub fn timeout(agent: &str, limit: Duration) -> Self {
        let message = format!("agent `{agent}` gave no answer within {} ms", limit.as_millis());
        Self::new(Self::TIMEOUT, message)
    }
}

/// An answer or why there is none.
pub type AgentReply = Result<Answer, CallFailure>;

/// Asks one agent. Dropping the future tells the agent that its answer is no longer needed.
pub trait AgentClient: Send + Sync {
    /// Asks; the answer must be there within `limit`, which the agent is told as well.
    fn call(&self, question: Question, limit: Duration) -> Pin<Box<dyn Future<Output = AgentReply> + Send + '_>>;
}

/// An agent that is asked in real time.
#[derive(Clone)]
pub struct LiveAgent {
    /// Who it is.
    pub profile: AgentProfile,
    /// How to ask it.
    pub client: Arc<dyn AgentClient>,
}

impl fmt::Debug for LiveAgent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("LiveAgent").field(&self.profile).finish()
    }
}

/// The agents of a run, in order of registration.
#[derive(Clone, Debug)]
pub enum Agents {
    /// They answer from a script, and time is virtual: delays cost nothing, and every run is the same.
    Scripted(Vec<ScriptedAgent>),
    /// They are asked, and time is real.
    Live(Vec<LiveAgent>),
}

impl Agents {
    /// None, in real time.
    pub fn none() -> Self {
        Agents::Live(Vec::new())
    }

    /// Who they are.
    pub fn profiles(&self) -> Vec<AgentProfile> {
        match self {
            Agents::Scripted(agents) => agents.iter().map(|agent| agent.profile.clone()).collect(),
            Agents::Live(agents) => agents.iter().map(|agent| agent.profile.clone()).collect(),
        }
    }
}
