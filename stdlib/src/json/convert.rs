//! Values from and to `serde_json`, for hosts: inputs, answers, results.

use super::write::described;
use prism_vm::runtime::{Runtime, TEXT_STEP};
use prism_vm::value::heap::{Charge, Ref, footprint};
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
    to_kept_json(value).map(|(json, _)| json)
}

/// The same, for a host that keeps the JSON: the charge counts it as memory of the machine's run as long as it lives.
///
/// # Errors
/// If it is nested too deep, has too many parts, or there is no room for it; then the run is doomed.
pub fn to_kept_json(value: &Value) -> Result<(Json, Charge), TooDeep> {
    let mut converter = Converter::new(&|_, json| json);
    let json = converter.whole(value, MOST_LEVELS)?;
    Ok((json, converter.charge))
}

/// What JSON takes in memory, about.
pub fn bytes_of(json: &Json) -> usize {
    match json {
        Json::Null | Json::Bool(_) | Json::Number(_) => 0,
        Json::String(text) => footprint(text.capacity()),
        Json::Array(items) => footprint(size_of_val(&items[..])) + items.iter().map(bytes_of).sum::<usize>(),
        Json::Object(members) => {
            let one = |(key, member): (&String, &Json)| footprint(key.capacity()) + bytes_of(member);
            footprint(members.len() * MEMBER) + members.iter().map(one).sum::<usize>()
        }
    }
}

/// What a member of a JSON object takes: its key, value and hash, and its place in the table.
const MEMBER: usize = size_of::<String>() + size_of::<Json>() + 4 * size_of::<usize>();

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
    Converter::new(&finish).whole(value, MOST_LEVELS)
}

/// The last step of a conversion: makes of a value and its JSON, none for a function, what stands in its place; none
/// leaves it out of an object.
type Finish<'f> = &'f dyn Fn(&Value, Option<Json>) -> Option<Json>;

struct Converter<'f> {
    /// How many more parts there may be.
    parts: usize,
    finish: Finish<'f>,
    /// Of the JSON so far.
    charge: Charge,
}

impl<'f> Converter<'f> {
    fn new(finish: Finish<'f>) -> Self {
        Converter { parts: MOST_PARTS, finish, charge: Charge::default() }
    }

    /// Counts an allocation of so many bytes.
    fn take(&mut self, bytes: usize) -> Result<(), TooDeep> {
        let total = self.charge.bytes() + footprint(bytes);
        if self.charge.grow(total) { Ok(()) } else { Err(TooDeep) }
    }

    /// A value where JSON wants one.
    fn whole(&mut self, value: &Value, levels: usize) -> Result<Json, TooDeep> {
        self.part(value, levels).map(|json| json.unwrap_or(Json::Null))
    }

    fn part(&mut self, value: &Value, levels: usize) -> Result<Option<Json>, TooDeep> {
        let value = Task::settled(value).unwrap_or_default();
        let own = 1 + value.as_str().map_or(0, |text| text.as_str().len() / TEXT_STEP);
        self.parts = self.parts.checked_sub(own).ok_or(TooDeep)?;
        let inner = levels.checked_sub(1).ok_or(TooDeep);
        let json = match value.kind() {
            Kind::Null | Kind::Task => Some(Json::Null),
            Kind::Function => None,
            Kind::Boolean => Some(Json::Bool(value.is_truthy())),
            Kind::Number => Some(number_of(value.as_number().unwrap_or(f64::NAN))),
            Kind::String => Some(self.text(value.as_str().map_or("", |text| text.as_str()))?),
            Kind::Error => Some(self.text(value.as_error().map_or("", |error| error.message.as_str()))?),
            Kind::Array => {
                let inner = inner?;
                let items = value.as_array().map_or(&[][..], |array| array);
                self.take(items.len() * size_of::<Json>())?;
                let mut all = Vec::with_capacity(items.len());
                for item in items {
                    all.push(self.whole(item, inner)?);
                }
                Some(Json::Array(all))
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

    fn text(&mut self, text: &str) -> Result<Json, TooDeep> {
        self.take(text.len())?;
        Ok(Json::from(text))
    }

    fn members<'v>(&mut self, all: impl Iterator<Item = (&'v str, &'v Value)>, levels: usize) -> Result<Json, TooDeep> {
        let mut members = Map::new();
        for (key, value) in all {
            if let Some(json) = self.part(value, levels)? {
                // Half as much again while the table grows.
                self.take(key.len())?;
                self.take(MEMBER * 3 / 2)?;
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
