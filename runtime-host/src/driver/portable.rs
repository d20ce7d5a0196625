//! A value outside any machine: what a pattern's result is while it goes from its machine to the one that ran it.
//!
//! Confidences stay, as do errors and agents. Functions can't leave the machine whose variables they see.

use crate::agent::AgentProfile;
use prism_diagnostics::Code;
use prism_engine::json::{self, MOST_LEVELS};
use prism_vm::confidence::Conf;
use prism_vm::runtime::Runtime;
use prism_vm::value::heap::Ref;
use prism_vm::value::{Agent, ErrorValue, Kind, Str, Value};

/// A value outside any machine.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Portable {
    body: Body,
    confidence: Option<f64>,
}

#[derive(Clone, Debug, PartialEq)]
enum Body {
    Null,
    Boolean(bool),
    Number(f64),
    String(String),
    Array(Vec<Portable>),
    Object(Vec<(String, Portable)>),
    Agent(AgentProfile),
    Error { code: Code, message: String, data: Box<Portable>, position: (u32, u32) },
}

/// Why a value can't leave its machine; the text goes on from "the result …".
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum NotPortable {
    /// It holds a function or a task.
    #[error("holds a {}, which can't leave its pattern", .0.as_str())]
    Bound(Kind),
    /// It is nested too deep.
    #[error("is nested more than {MOST_LEVELS} levels deep")]
    Nesting,
}

impl Portable {
    /// Copies a value out of its machine, which must be entered.
    pub(super) fn read(value: &Value) -> Result<Self, NotPortable> {
        Self::read_nested(value, MOST_LEVELS)
    }

    fn read_nested(value: &Value, depth: usize) -> Result<Self, NotPortable> {
        let depth = depth.checked_sub(1).ok_or(NotPortable::Nesting)?;
        let inner = |value: &Value| Self::read_nested(value, depth);
        let body = if let Some(truth) = value.as_boolean() {
            Body::Boolean(truth)
        } else if let Some(number) = value.as_number() {
            Body::Number(number)
        } else if let Some(text) = value.as_str() {
            Body::String(text.as_str().to_owned())
        } else if let Some(items) = value.as_array() {
            Body::Array(items.iter().map(inner).collect::<Result<_, _>>()?)
        } else if let Some(object) = value.as_object() {
            let member = |(key, value): (&Ref<Str>, &Value)| Ok((key.as_str().to_owned(), inner(value)?));
            Body::Object(object.iter().map(member).collect::<Result<_, _>>()?)
        } else if let Some(agent) = value.as_agent() {
            Body::Agent(read_agent(agent))
        } else if let Some(error) = value.as_error() {
            Body::Error {
                code: error.code,
                message: error.message.as_str().to_owned(),
                data: Box::new(inner(&error.data)?),
                position: error.position,
            }
        } else if value.is_null() {
            Body::Null
        } else {
            return Err(NotPortable::Bound(value.kind()));
        };
        Ok(Portable { body, confidence: value.confidence() })
    }

    /// The value on another machine's heap, which must be entered; `conf` makes the confidences there.
    pub(super) fn write(self, runtime: &Runtime, conf: &dyn Fn(f64) -> Conf) -> Value {
        let inner = |portable: Portable| portable.write(runtime, conf);
        let value = match self.body {
            Body::Null => Value::NULL,
            Body::Boolean(truth) => Value::boolean(truth),
            Body::Number(number) => Value::number(number),
            Body::String(text) => Value::string(text),
            Body::Array(items) => Value::array(items.into_iter().map(inner).collect()),
            Body::Object(members) => runtime.object(members.into_iter().map(|(key, value)| (key, inner(value)))),
            Body::Agent(profile) => Value::from(Ref::new(Agent {
                id: profile.id.into(),
                name: profile.name.into(),
                capabilities: Value::array(profile.capabilities.into_iter().map(Value::string).collect()),
                metadata: json::from_json(runtime, &serde_json::Value::Object(profile.metadata)),
            })),
            Body::Error { code, message, data, position } => Value::from(Ref::new(ErrorValue {
                code,
                message: Ref::new(Str::new(message)),
                data: inner(*data),
                span: None,
                position,
                trace: Vec::new(),
            })),
        };
        value.with_conf(self.confidence.map_or(Conf::PLAIN, conf))
    }
}

fn read_agent(agent: &Agent) -> AgentProfile {
    let names = agent.capabilities.as_array().map(|names| names.iter().filter_map(Value::as_str));
    let metadata = match json::to_json(&agent.metadata) {
        Ok(serde_json::Value::Object(metadata)) => metadata,
        _ => serde_json::Map::new(),
    };
    AgentProfile {
        id: agent.id.to_string(),
        name: agent.name.to_string(),
        capabilities: names.into_iter().flatten().map(|name| name.as_str().to_owned()).collect(),
        metadata,
    }
}
