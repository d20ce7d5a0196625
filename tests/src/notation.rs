//! Values as assertions write them: as a program would, `{a: 1, b: ["x" ~> 0.9]} ~> 0.5`.
//!
//! A confidence is rounded to nine decimals, since products of decimals are rarely exact; numbers are shown as they are.
//! What has no literal is shown as the language displays it: `[Function: f]`, `[Error: message]`.

use crate::expect;
use parallax_runtime_host::RunReport;
use serde_json::{Map, Value};

/// A run's result with its own confidence.
pub fn result(report: &RunReport) -> String {
    written(&expect::encoded_result(report))
}

/// An encoded value; the encoding is that of `tests/conformance/README.md`.
pub fn written(value: &Value) -> String {
    match value {
        Value::Null | Value::Bool(_) | Value::String(_) => value.to_string(),
        Value::Number(number) => number.as_f64().map_or_else(|| number.to_string(), decimal),
        Value::Array(items) => format!("[{}]", items.iter().map(written).collect::<Vec<_>>().join(", ")),
        Value::Object(members) => object(members),
    }
}

fn object(members: &Map<String, Value>) -> String {
    let text = |name: &str| members.get(name).and_then(Value::as_str);
    if let (Some(confidence), Some(value)) = (members.get("$conf").and_then(Value::as_f64), members.get("value")) {
        return format!("{} ~> {}", written(value), decimal((confidence * 1e9).round() / 1e9));
    }
    if let Some(number) = text("$num") {
        return number.to_owned();
    }
    if let Some(name) = text("$fn") {
        return format!("[Function: {name}]");
    }
    if let Some(message) = text("$error") {
        return format!("[Error: {message}]");
    }
    let members: Vec<_> = members.iter().map(|(name, value)| format!("{}: {}", key(name), written(value))).collect();
    format!("{{{}}}", members.join(", "))
}

/// A key, in quotes unless it is a word.
fn key(name: &str) -> String {
    let is_word =
        |(at, letter): (usize, char)| letter == '_' || letter.is_alphabetic() || at > 0 && letter.is_numeric();
    let bare = !name.is_empty() && name.chars().enumerate().all(is_word);
    if bare { name.to_owned() } else { Value::from(name).to_string() }
}

fn decimal(number: f64) -> String {
    ryu_js::Buffer::new().format(number).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn values_read_as_in_a_program() {
        let value =
            json!({"$conf": 0.1 + 0.2, "value": {"a": [1.0, {"$conf": 1.0, "value": "x\n"}], "b c": {}, "0": null}});
        assert_eq!(written(&value), r#"{a: [1, "x\n" ~> 1], "b c": {}, "0": null} ~> 0.3"#);
        let others = json!([{"$num": "NaN"}, {"$fn": "f"}, {"$error": "no"}, 1e21, 0.1 + 0.2]);
        assert_eq!(written(&others), "[NaN, [Function: f], [Error: no], 1e+21, 0.30000000000000004]");
    }
}
