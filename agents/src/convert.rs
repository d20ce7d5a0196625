//! JSON to and from `google.protobuf.Struct`, the form in which requests carry data.
//!
//! `Struct` knows only 64-bit floating numbers. Whole numbers that fit come back as JSON integers, so `3` stays `3`; a
//! number that JSON lacks (infinity, not-a-number) becomes `null`.

use prost_types::{ListValue, Struct, Value as ProtoValue, value::Kind};
use serde_json::{Map, Number, Value};

/// Largest whole number up to which every whole number has an exact 64-bit floating form.
const MAX_EXACT: f64 = 9_007_199_254_740_992.0;

/// The JSON object of a `Struct`; fields come in the order of their names.
pub fn object_from_struct(data: Struct) -> Map<String, Value> {
    data.fields.into_iter().map(|(name, value)| (name, json_from_value(value))).collect()
}

/// The JSON of a protobuf value; a value without a kind is `null`.
pub fn json_from_value(value: ProtoValue) -> Value {
    match value.kind {
        None | Some(Kind::NullValue(_)) => Value::Null,
        Some(Kind::BoolValue(flag)) => Value::Bool(flag),
        Some(Kind::NumberValue(number)) => json_from_number(number),
        Some(Kind::StringValue(text)) => Value::String(text),
        Some(Kind::ListValue(list)) => list.values.into_iter().map(json_from_value).collect(),
        Some(Kind::StructValue(data)) => Value::Object(object_from_struct(data)),
    }
}

fn json_from_number(number: f64) -> Value {
    if number.fract() == 0.0 && number.abs() <= MAX_EXACT {
        return Value::from(number as i64);
    }
    Number::from_f64(number).map_or(Value::Null, Value::Number)
}

/// The `Struct` of a JSON object.
pub fn struct_from_object(object: Map<String, Value>) -> Struct {
    Struct { fields: object.into_iter().map(|(name, value)| (name, value_from_json(value))).collect() }
}

/// The protobuf value of a JSON value.
pub fn value_from_json(value: Value) -> ProtoValue {
    let kind = match value {
        Value::Null => Kind::NullValue(0),
        Value::Bool(flag) => Kind::BoolValue(flag),
        Value::Number(number) => Kind::NumberValue(number.as_f64().unwrap_or(f64::NAN)),
        Value::String(text) => Kind::StringValue(text),
        Value::Array(items) => Kind::ListValue(ListValue { values: items.into_iter().map(value_from_json).collect() }),
        Value::Object(object) => Kind::StructValue(struct_from_object(object)),
    };
    ProtoValue { kind: Some(kind) }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn json_survives_the_round_trip() {
        let json = json!({"a": [1, -2.5, null, true], "b": {"c": "text", "d": {}}, "e": 9_007_199_254_740_991_i64});
        assert_eq!(json_from_value(value_from_json(json.clone())), json);
    }

    #[test]
    fn what_json_lacks_becomes_null() {
        for number in [f64::NAN, f64::INFINITY] {
            assert_eq!(json_from_value(ProtoValue { kind: Some(Kind::NumberValue(number)) }), Value::Null);
        }
        assert_eq!(json_from_value(ProtoValue { kind: None }), Value::Null);
    }
}
