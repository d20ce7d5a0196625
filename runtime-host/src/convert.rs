//! JSON to `google.protobuf.Struct`, the form in which questions carry their data.
//!
//! An object goes as it is. `Struct` holds nothing but objects, so anything else is wrapped: an array, which is what
//! several arguments are, as `{"args": […]}`, another value as `{"value": v}`. Numbers become 64-bit floats.

use prost_types::value::Kind;
use prost_types::{ListValue, Struct, Value as ProtoValue};
use serde_json::{Map, Value};

/// Receivers commonly refuse messages nested more than 100 deep, and each level of JSON takes up to three.
pub const MOST_NESTING: usize = 32;

/// Data nested deeper than receivers read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the data is nested more than {MOST_NESTING} deep, which an agent can't read")]
pub struct NestingTooDeep;

/// The data of a question; `None` for null.
///
/// # Errors
/// [`NestingTooDeep`] beyond [`MOST_NESTING`].
pub fn data_to_struct(data: Value) -> Result<Option<Struct>, NestingTooDeep> {
    if !nests_at_most(&data, MOST_NESTING) {
        return Err(NestingTooDeep);
    }
    let wrap = |key: &str, value: Value| Map::from_iter([(key.to_owned(), value)]);
    Ok(match data {
        Value::Null => None,
        Value::Object(object) => Some(to_struct(object)),
        Value::Array(_) => Some(to_struct(wrap("args", data))),
        other => Some(to_struct(wrap("value", other))),
    })
}

fn nests_at_most(value: &Value, levels: usize) -> bool {
    match value {
        Value::Array(items) => levels > 0 && items.iter().all(|item| nests_at_most(item, levels - 1)),
        Value::Object(object) => levels > 0 && object.values().all(|item| nests_at_most(item, levels - 1)),
        _ => true,
    }
}

fn to_struct(object: Map<String, Value>) -> Struct {
    Struct { fields: object.into_iter().map(|(key, value)| (key, to_proto(value))).collect() }
}

fn to_proto(value: Value) -> ProtoValue {
    let kind = match value {
        Value::Null => Kind::NullValue(0),
        Value::Bool(truth) => Kind::BoolValue(truth),
        Value::Number(number) => Kind::NumberValue(number.as_f64().unwrap_or(f64::NAN)),
        Value::String(text) => Kind::StringValue(text),
        Value::Array(items) => Kind::ListValue(ListValue { values: items.into_iter().map(to_proto).collect() }),
        Value::Object(object) => Kind::StructValue(to_struct(object)),
    };
    ProtoValue { kind: Some(kind) }
}
