//! Values outside any machine: what an input, an argument or a result is on its way from or to Rust, or from one
//! machine to another.
//!
//! Confidences stay, as do errors and agents. Functions can't leave the machine whose variables they see. [`read`] and
//! [`write`] are Rust types by way of serde; no value goes through text.
//!
//! [`read`]: mod@read
//! [`write`]: mod@write

mod read;
mod write;

pub use read::NotReadable;
pub use write::NotWritable;

use prism_diagnostics::Code;
use prism_stdlib::json::{self, MOST_LEVELS, MOST_PARTS};
use prism_vm::confidence::Conf;
use prism_vm::runtime::{Runtime, TEXT_STEP};
use prism_vm::value::heap::{Charge, Ref, footprint};
use prism_vm::value::{Agent, ErrorValue, Kind, Str, Trace, Value};

/// A value outside any machine.
#[derive(Clone, Debug, PartialEq)]
pub struct Portable {
    body: Body,
    /// 0…1.
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
    Agent { id: String, name: String, capabilities: Vec<String>, metadata: serde_json::Map<String, serde_json::Value> },
    Error { code: Code, message: String, data: Box<Portable>, position: (u32, u32) },
}

/// Why a value can't leave its machine; the text goes on from "the result …".
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotPortable {
    /// It holds a function or a task.
    #[error("holds a {}, which can't leave its program", .0.as_str())]
    Bound(Kind),
    /// It is nested too deep.
    #[error("is nested more than {MOST_LEVELS} levels deep")]
    Nesting,
    /// It is too large; what it holds twice counts twice.
    #[error("has more than {MOST_PARTS} parts")]
    Size,
}

impl From<Body> for Portable {
    fn from(body: Body) -> Self {
        Portable { body, confidence: None }
    }
}

impl Portable {
    /// The value null.
    pub const NULL: Portable = Portable { body: Body::Null, confidence: None };

    /// Its own confidence, 0…1, if it has one.
    pub fn confidence(&self) -> Option<f64> {
        self.confidence
    }

    /// An array.
    pub fn array(items: Vec<Portable>) -> Portable {
        Body::Array(items).into()
    }

    /// Copies a value out of its machine, which must be entered.
    ///
    /// # Errors
    /// If it holds a function or a task, or is too large.
    pub fn take_out(value: &Value) -> Result<Self, NotPortable> {
        let mut parts = MOST_PARTS;
        Self::take_out_nested(value, MOST_LEVELS, &mut parts, &mut Charge::default())
    }

    fn take_out_nested(
        value: &Value,
        levels: usize,
        parts: &mut usize,
        charge: &mut Charge,
    ) -> Result<Self, NotPortable> {
        /// A part and its key.
        const PART: usize = size_of::<(String, Portable)>();
        let levels = levels.checked_sub(1).ok_or(NotPortable::Nesting)?;
        let length = value.as_str().map_or(0, |text| text.as_str().len());
        *parts = parts.checked_sub(1 + length / TEXT_STEP).ok_or(NotPortable::Size)?;
        if !charge.grow(charge.bytes() + PART + footprint(length)) {
            return Err(NotPortable::Size);
        }
        let mut inner = |value: &Value| Self::take_out_nested(value, levels, parts, charge);
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
            take_out_agent(agent)
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

    /// The value on a machine's heap, which must be entered; `conf` makes the confidences there.
    pub fn put_in(self, runtime: &Runtime, conf: &dyn Fn(f64) -> Conf) -> Value {
        let inner = |portable: Portable| portable.put_in(runtime, conf);
        let value = match self.body {
            Body::Null => Value::NULL,
            Body::Boolean(truth) => Value::boolean(truth),
            Body::Number(number) => Value::number(number),
            Body::String(text) => Value::string(text),
            Body::Array(items) => Value::array(items.into_iter().map(inner).collect()),
            Body::Object(members) => runtime.object(members.into_iter().map(|(key, value)| (key, inner(value)))),
            Body::Agent { id, name, capabilities, metadata } => Value::from(Ref::new(Agent {
                id: id.into(),
                name: name.into(),
                capabilities: Value::array(capabilities.into_iter().map(Value::string).collect()),
                metadata: json::from_json(runtime, &serde_json::Value::Object(metadata)),
            })),
            Body::Error { code, message, data, position } => Value::from(Ref::new(ErrorValue {
                code,
                message: Ref::new(Str::new(message)),
                data: inner(*data),
                span: None,
                position,
                trace: Trace::default(),
                at_use: false,
            })),
        };
        value.with_conf(self.confidence.map_or(Conf::PLAIN, conf))
    }
}

fn take_out_agent(agent: &Agent) -> Body {
    let names = agent.capabilities.as_array().map(|names| names.iter().filter_map(Value::as_str));
    let metadata = match json::to_json(&agent.metadata) {
        Ok(serde_json::Value::Object(metadata)) => metadata,
        _ => serde_json::Map::new(),
    };
    Body::Agent {
        id: agent.id.to_string(),
        name: agent.name.to_string(),
        capabilities: names.into_iter().flatten().map(|name| name.as_str().to_owned()).collect(),
        metadata,
    }
}
