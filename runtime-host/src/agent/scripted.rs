//! Agents that answer from a script: for tests of patterns, and for trying one out before there are agents.
//!
//! The format is a JSON array of
//!
//! ```json
//! { "id": "a1", "name": "Alice", "capabilities": ["review"], "metadata": {"expertise": 0.9},
//!   "price": 0.01,
//!   "answers": [ { "task": "analyze", "result": {"ok": true}, "confidence": 0.8, "reasoning": "…", "delayMs": 20 },
//!                { "task": "*", "error": "busy" } ] }
//! ```
//!
//! The first answer serves whose `task` is the question's or `*`, again and again. An answer has a `result` or an
//! `error`; `reasoning`, `uncertainties`, `confidence`, `cost` and `delayMs` may be missing. Delays are virtual time. `price`
//! is what a question costs at most, `cost` what the answer did.

use super::{AgentProfile, AgentReply, Answer, CallFailure};
use crate::money::Money;
use serde::Deserialize;
use serde_json::{Map, Value};
use std::time::Duration;

/// An agent that answers from a script.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(try_from = "AgentEntry")]
pub struct ScriptedAgent {
    /// Who it is.
    pub profile: AgentProfile,
    /// What it answers: the first that fits.
    pub answers: Vec<ScriptedAnswer>,
}

/// What a scripted agent answers to one task.
#[derive(Clone, Debug, PartialEq)]
pub struct ScriptedAnswer {
    /// The task's description; `*` is any.
    pub task: String,
    /// What it says.
    pub reply: AgentReply,
    /// How long it takes, in virtual time.
    pub delay: Duration,
}

impl ScriptedAgent {
    /// What it answers to a task, and after which delay.
    pub fn reply(&self, task: &str) -> (AgentReply, Duration) {
        match self.answers.iter().find(|answer| answer.task == task || answer.task == "*") {
            Some(answer) => (answer.reply.clone(), answer.delay),
            None => {
                let message = format!("agent `{}` has no answer for task `{task}` in its script", self.profile.id);
                (Err(CallFailure::new("unimplemented", message)), Duration::ZERO)
            }
        }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct AgentEntry {
    id: String,
    name: Option<String>,
    #[serde(default)]
    capabilities: Vec<String>,
    #[serde(default)]
    metadata: Map<String, Value>,
    price: Option<Money>,
    #[serde(default)]
    answers: Vec<AnswerEntry>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct AnswerEntry {
    task: String,
    /// Missing is not the same as null.
    #[serde(default, deserialize_with = "present")]
    result: Option<Value>,
    error: Option<String>,
    confidence: Option<f64>,
    reasoning: Option<String>,
    #[serde(default)]
    uncertainties: Vec<String>,
    cost: Option<Money>,
    #[serde(default)]
    delay_ms: f64,
}

fn present<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Option<Value>, D::Error> {
    Value::deserialize(deserializer).map(Some)
}

impl TryFrom<AgentEntry> for ScriptedAgent {
    type Error = String;

    fn try_from(entry: AgentEntry) -> Result<Self, String> {
        let AgentEntry { id, name, capabilities, metadata, price, answers } = entry;
        let answers = answers.into_iter().enumerate().map(|(at, answer)| {
            let place = |fault| format!("agent `{id}`, answer {} (`{}`): {fault}", at + 1, answer.task);
            answer.check().map_err(place)?;
            Ok(answer.into_answer())
        });
        let answers = answers.collect::<Result<_, String>>()?;
        Ok(ScriptedAgent {
            profile: AgentProfile { name: name.unwrap_or_else(|| id.clone()), id, capabilities, metadata, price },
            answers,
        })
    }
}

impl AnswerEntry {
    fn check(&self) -> Result<(), String> {
        if self.result.is_some() == self.error.is_some() {
            return Err("it must have either `result` or `error`".to_owned());
        }
        if let Some(confidence) = self.confidence.filter(|confidence| !(0.0..=1.0).contains(confidence)) {
            return Err(format!("confidence {confidence} is outside 0…1"));
        }
        if !(0.0..=MOST_DELAY_MS).contains(&self.delay_ms) {
            return Err(format!("delayMs {} is outside 0…{MOST_DELAY_MS}", self.delay_ms));
        }
        Ok(())
    }

    fn into_answer(self) -> ScriptedAnswer {
        let AnswerEntry { task, result, error, confidence, reasoning, uncertainties, cost, delay_ms } = self;
        let reply = match error {
            Some(message) => Err(CallFailure::new(CallFailure::FAILED, message)),
            None => Ok(Answer { result: result.unwrap_or_default(), confidence, reasoning, uncertainties, cost }),
        };
        ScriptedAnswer { task, reply, delay: Duration::from_secs_f64(delay_ms / 1000.0) }
    }
}

/// A thousand days.
const MOST_DELAY_MS: f64 = 86_400_000_000.0;
