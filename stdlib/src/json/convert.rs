//! Values from and to `serde_json`, for hosts: inputs, answers, results.

use super::write::described;
use prism_vm::runtime::Runtime;
use prism_vm::value::heap::Ref;
use prism_vm::value::{Kind, Object, Str, Task, Value, format_number};
use serde_json::{Map, Number, Value as Json, json};

/// A value nested deeper than this is not made JSON: readers of JSON give up at 128 levels, and a host wraps it in some
/// of its own.
pub const MOST_LEVELS: usize = 100;

/// So is one of more parts than this, each 64 bytes of a text counting as one: values may share parts, JSON can't.
pub const MOST_PARTS: usize = 1 << 20;

/// A value nested deeper than [`MOST_LEVELS`], or of more parts than [`MOST_PARTS`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "the value is nested deeper than {MOST_LEVELS} levels or has more than {MOST_PARTS} parts, more than JSON is made \
     for; flatten it, or send parts of it"
)]
pub struct TooDeep;

/// A value of that JSON.
pub fn from_json(runtime: &Runtime, json: &Json) -> Value {
    match json {
        Json::Null => Value::NULL,
        Json::Bool(truth) => Value::boolean(*truth),
        Json::Number(number) => Value::number(number.as_f64().unwrap_or(f64::NAN)),
        Json::String(text) => Value::from(text.as_str()),
        Json::Array(items) => Value::array(items.iter().map(|item| nested(|| from_json(runtime, item))).collect()),
        Json::Object(members) => {
            let mut object = runtime.empty_object();
            for (key, member) in members {
                object.set(&Ref::new(Str::new(key.as_str())), nested(|| from_json(runtime, member)));
            }
            Value::from(Ref::new(object))
        }
    }
}

fn nested<R>(body: impl FnOnce() -> R) -> R {
    stacker::maybe_grow(64 << 10, 1 << 20, body)
}

/// The value as JSON, as `JSON.stringify` has it; a task is what it ended with, null if it has not.
///
/// # Errors
/// If it is nested too deep or has too many parts.
pub fn to_json(value: &Value) -> Result<Json, TooDeep> {
    Converter { parts: MOST_PARTS, finish: &|_, json| json }.whole(value, MOST_LEVELS)
}

/// The value as the conformance programs write it: `{"$conf": 0.9, "value": …}` for a confident value, `{"$num": …}`
/// for a number that JSON has not, `{"$fn": name}`, `{"$error": message}`.
///
/// # Errors
/// If it is nested too deep or has too many parts.
pub fn encode(runtime: &Runtime, value: &Value) -> Result<Json, TooDeep> {
    let name = |value: &Value| runtime.function_name(value).unwrap_or_else(|| "lambda".to_owned());
    let finish = |value: &Value, json: Option<Json>| {
        let json = match (value.kind(), value.as_number()) {
            (Kind::Number, Some(number)) if !number.is_finite() => Some(json!({"$num": format_number(number)})),
            (Kind::Function, _) if runtime.is_namespace(value) => Some(json!({})),
            (Kind::Function, _) => Some(json!({"$fn": name(value)})),
            (Kind::Error, _) => Some(json!({"$error": value.as_error().map_or("", |error| error.message.as_str())})),
            _ => json,
        };
        match value.confidence() {
            Some(confidence) => Some(json!({"$conf": number_of(confidence), "value": json})),
            None => json,
        }
    };
    Converter { parts: MOST_PARTS, finish: &finish }.whole(value, MOST_LEVELS)
}

/// The last step of a conversion: makes of a value and its JSON, none for a function, what stands in its place; none
/// leaves it out of an object.
type Finish<'f> = &'f dyn Fn(&Value, Option<Json>) -> Option<Json>;

struct Converter<'f> {
    /// How many more parts there may be.
    parts: usize,
    finish: Finish<'f>,
}

impl Converter<'_> {
    /// A value where JSON wants one.
    fn whole(&mut self, value: &Value, levels: usize) -> Result<Json, TooDeep> {
        self.part(value, levels).map(|json| json.unwrap_or(Json::Null))
    }

    fn part(&mut self, value: &Value, levels: usize) -> Result<Option<Json>, TooDeep> {
        let value = Task::settled(value).unwrap_or_default();
        let own = 1 + value.as_str().map_or(0, |text| text.as_str().len() / 64);
        self.parts = self.parts.checked_sub(own).ok_or(TooDeep)?;
        let inner = levels.checked_sub(1).ok_or(TooDeep);
        let json = match value.kind() {
            Kind::Null | Kind::Task => Some(Json::Null),
            Kind::Function => None,
            Kind::Boolean => Some(Json::Bool(value.is_truthy())),
            Kind::Number => Some(number_of(value.as_number().unwrap_or(f64::NAN))),
            Kind::String => value.as_str().map(|text| Json::from(text.as_str())),
            Kind::Error => value.as_error().map(|error| Json::from(error.message.as_str())),
            Kind::Array => {
                let inner = inner?;
                let items = value.as_array().map_or(&[][..], |array| array);
                Some(items.iter().map(|item| self.whole(item, inner)).collect::<Result<_, _>>()?)
            }
            Kind::Object => {
                let members = value.as_object().into_iter().flat_map(Object::iter);
                Some(self.members(members.map(|(key, member)| (key.as_str(), member)), inner?)?)
            }
            Kind::Agent => {
                let described = value.as_agent().map(described).unwrap_or_default();
                Some(self.members(described.iter().map(|(key, member)| (*key, member)), inner?)?)
            }
        };
        Ok((self.finish)(&value, json))
    }

    fn members<'v>(&mut self, all: impl Iterator<Item = (&'v str, &'v Value)>, levels: usize) -> Result<Json, TooDeep> {
        let mut members = Map::new();
        for (key, value) in all {
            if let Some(json) = self.part(value, levels)? {
                members.insert(key.to_owned(), json);
            }
        }
        Ok(Json::Object(members))
    }
}

/// Whole numbers without a fraction's point; null for what JSON has not.
fn number_of(number: f64) -> Json {
    const EXACT: f64 = (1u64 << 53) as f64;
    if number.fract() == 0.0 && number.abs() <= EXACT {
        Json::from(number as i64)
    } else {
        Number::from_f64(number).map_or(Json::Null, Json::Number)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use prism_vm::confidence::Conf;

    #[test]
    fn numbers_are_as_short_as_they_can_be() {
        let shown = [3.0, -0.0, 0.5, 1e21, f64::NAN].map(|number| number_of(number).to_string());
        assert_eq!(shown, ["3", "0", "0.5", "1e+21", "null"]);
    }

    #[test]
    fn confidences_are_left_out() {
        let value = Value::array(vec![Value::number(1.0).with_conf(Conf::new(0.5)), Value::from("a")])
            .with_conf(Conf::new(0.9));
        assert_eq!(to_json(&value), Ok(json!([1, "a"])));
    }

    #[test]
    fn deep_values_are_refused() {
        let nested = |levels: usize| (0..levels).fold(Value::NULL, |inner, _| Value::array(vec![inner]));
        assert!(to_json(&nested(MOST_LEVELS)).is_ok());
        assert_eq!(to_json(&nested(100_000)), Err(TooDeep));
        let shared = (0..40).fold(Value::NULL, |inner, _| Value::array(vec![inner.clone(), inner]));
        assert_eq!(to_json(&shared), Err(TooDeep));
    }
}
