//! Finds the text in the data of a request.
//!
//! The first of these that is there is taken:
//! 1. `data.text`
//! 2. `data.input`, a string or an object with `text`
//! 3. `data.value`, a string or an object with `text` (hosts wrap data that is no object this way)
//! 4. `data.args`: its first string, else the first of its objects that has `text` (positional arguments)
//! 5. the only string among the fields of `data`
//!
//! The fields of the object that held the text are the options of the request, such as `round` for the rewriter.

use serde_json::{Map, Value};
use thiserror::Error;

use crate::agent::Input;

/// A request that holds no text.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("no text in the request: send it as `text` in the data, for example {{\"text\": \"…\"}}; {found}")]
pub struct MissingText {
    found: String,
}

/// The text and the options of a request.
///
/// # Errors
/// [`MissingText`] when none of the places above holds a string.
pub fn input_from_data(data: Map<String, Value>) -> Result<Input, MissingText> {
    let nested = ["input", "value"].iter().find_map(|name| text_of(data.get(*name)?, &data));
    let found = own_text(&data).or(nested).or_else(|| from_arguments(&data)).or_else(|| only_string(&data));
    match found {
        Some((text, options)) => Ok(Input::new(text).with_options(options.clone())),
        None => Err(MissingText { found: describe(&data) }),
    }
}

type Found<'a> = (&'a str, &'a Map<String, Value>);

fn own_text(object: &Map<String, Value>) -> Option<Found<'_>> {
    Some((object.get("text")?.as_str()?, object))
}

/// The text that a value is or holds; the options of a bare string are those around it.
fn text_of<'a>(value: &'a Value, around: &'a Map<String, Value>) -> Option<Found<'a>> {
    match value {
        Value::String(text) => Some((text, around)),
        Value::Object(object) => own_text(object),
        _ => None,
    }
}

fn from_arguments(data: &Map<String, Value>) -> Option<Found<'_>> {
    let arguments = data.get("args")?.as_array()?;
    let string = arguments.iter().find_map(Value::as_str);
    // The options of positional arguments are in an object among them, as in `("some text", {round: 2})`.
    let options = arguments.iter().find_map(Value::as_object).unwrap_or(data);
    string.map(|text| (text, options)).or_else(|| arguments.iter().find_map(|argument| own_text(argument.as_object()?)))
}

fn only_string(data: &Map<String, Value>) -> Option<Found<'_>> {
    let mut strings = data.values().filter_map(Value::as_str);
    let first = strings.next()?;
    strings.next().is_none().then_some((first, data))
}

/// What was there instead, by name only: the values may be anything.
fn describe(data: &Map<String, Value>) -> String {
    if data.is_empty() {
        return "the data was empty".to_owned();
    }
    let names: Vec<String> = data.keys().map(|name| format!("`{name}`")).collect();
    format!("the data had {}", names.join(", "))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn input(data: Value) -> Result<Input, MissingText> {
        let Value::Object(data) = data else { panic!("data is an object") };
        input_from_data(data)
    }

    #[test]
    fn every_place_for_a_text_is_looked_at() {
        for data in [
            json!({"text": "here", "value": "not here"}),
            json!({"input": {"text": "here"}, "note": "x", "mood": "y"}),
            json!({"input": "here", "note": "x"}),
            json!({"value": "here"}),
            json!({"value": {"text": "here"}}),
            json!({"args": [1, "here", "not here"]}),
            json!({"args": [{"text": "here"}]}),
            json!({"article": "here", "round": 2}),
        ] {
            assert_eq!(input(data.clone()).expect("a text").text(), "here", "{data}");
        }
    }

    #[test]
    fn options_are_the_fields_beside_the_text() {
        for data in [
            json!({"text": "here", "round": 2}),
            json!({"input": {"text": "here", "round": 2}}),
            json!({"args": ["here", {"round": 2}]}),
        ] {
            assert_eq!(input(data).expect("a text").number("round"), Some(2.0));
        }
    }

    #[test]
    fn a_request_without_text_says_what_to_send_and_what_was_there() {
        let error = input(json!({"a": "one", "b": "two"})).expect_err("two strings, none of them named");
        assert_eq!(
            error.to_string(),
            "no text in the request: send it as `text` in the data, for example {\"text\": \"…\"}; the data had `a`, `b`"
        );
        assert!(input(json!({"text": 3})).is_err());
        assert!(input(json!({})).expect_err("nothing").to_string().ends_with("the data was empty"));
    }
}
