//! Holds what a run gave against what a case expects, and says where they part.
//!
//! Numbers and confidences are compared within 1e-9, keys in order. Not here: how a case is read ([`crate::case`]) and
//! run ([`crate::run`]).

use crate::case::{Expected, ExpectedError, ExpectedPhase};
use parallax_runtime_host::{CallRecord, RunReport, Status};
use prism_diagnostics::Phase;
use serde_json::{Map, Value, json};

const TOLERANCE: f64 = 1e-9;

/// What differs, a sentence each; empty if the run gave what it should.
pub fn differences(expected: &Expected, report: &RunReport) -> Vec<String> {
    let mut found = Vec::new();
    match &expected.error {
        Some(error) => found.extend(error_difference(error, report)),
        None => found.extend(value_difference(expected.value.as_ref(), report)),
    }
    if let Some(lines) = &expected.stdout {
        let written = Value::from(report.stdout.clone());
        found.extend(difference("stdout", &Value::from(lines.clone()), &written));
    }
    if let Some(texts) = &expected.warnings {
        found.extend(difference("warnings", &Value::from(texts.clone()), &Value::from(report.warnings.clone())));
    }
    if let Some(metadata) = &expected.metadata {
        found.extend(difference("metadata", metadata, &report.metadata));
    }
    if let Some(calls) = &expected.calls {
        found.extend(calls_difference(calls, &report.calls));
    }
    found
}

/// The result with its own confidence, encoded as inner ones are.
pub fn encoded_result(report: &RunReport) -> Value {
    match report.confidence {
        None => report.result.clone(),
        Some(confidence) => json!({"$conf": confidence, "value": report.result}),
    }
}

fn value_difference(expected: Option<&Value>, report: &RunReport) -> Option<String> {
    if report.status != Status::Completed {
        return Some(format!("expected a value, got {}", outcome(report)));
    }
    difference("value", expected?, &encoded_result(report))
}

fn error_difference(expected: &ExpectedError, report: &RunReport) -> Option<String> {
    let Some(error) = &report.error else {
        return Some(format!("expected an error with `{}`, got {}", expected.contains, outcome(report)));
    };
    let fits = match expected.phase {
        ExpectedPhase::Compile => error.phase == Phase::Compile,
        ExpectedPhase::Run => error.phase != Phase::Compile,
        ExpectedPhase::Any => true,
    };
    let contains = error.message.to_lowercase().contains(&expected.contains);
    (!fits || !contains)
        .then(|| format!("expected a {:?} error with `{}`, got {}", expected.phase, expected.contains, outcome(report)))
}

fn outcome(report: &RunReport) -> String {
    match &report.error {
        Some(error) => format!("{:?} error {} `{}`", error.phase, error.code, error.message),
        None => encoded_result(report).to_string(),
    }
}

fn calls_difference(expected: &[Map<String, Value>], calls: &[CallRecord]) -> Option<String> {
    if expected.len() != calls.len() {
        let asked: Vec<_> = calls.iter().map(|call| format!("{}: {}", call.agent, call.task)).collect();
        return Some(format!("calls: expected {}, got {} ({})", expected.len(), calls.len(), asked.join(", ")));
    }
    expected.iter().zip(calls).enumerate().find_map(|(at, (expected, call))| {
        let said = json!({"agent": call.agent, "task": call.task, "data": call.data, "context": call.context});
        expected.iter().find_map(|(key, expected)| {
            difference(&format!("calls[{at}].{key}"), expected, said.get(key).unwrap_or(&Value::Null))
        })
    })
}

/// The first place at which two encoded values part.
pub fn difference(path: &str, expected: &Value, actual: &Value) -> Option<String> {
    let parted = || Some(format!("{path}: expected {expected}, got {actual}"));
    match (expected, actual) {
        (Value::Number(expected), Value::Number(actual)) => {
            let (expected, actual) = (expected.as_f64()?, actual.as_f64()?);
            if (expected - actual).abs() > TOLERANCE { parted() } else { None }
        }
        (Value::Array(expected), Value::Array(actual)) if expected.len() == actual.len() => {
            let items = expected.iter().zip(actual).enumerate();
            items
                .into_iter()
                .find_map(|(at, (expected, actual))| difference(&format!("{path}[{at}]"), expected, actual))
        }
        (Value::Object(expected), Value::Object(actual)) if expected.keys().eq(actual.keys()) => {
            let members = expected.iter().zip(actual.values());
            members
                .into_iter()
                .find_map(|((key, expected), actual)| difference(&format!("{path}.{key}"), expected, actual))
        }
        (Value::Array(_), Value::Array(_)) | (Value::Object(_), Value::Object(_)) => parted(),
        _ if expected == actual => None,
        _ => parted(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_matters_counts() {
        assert_eq!(difference("v", &json!({"a": [1, 0.3]}), &json!({"a": [1.0, 0.1 + 0.2]})), None);
        assert!(difference("v", &json!({"a": 1, "b": 2}), &json!({"b": 2, "a": 1})).is_some());
        let parted = difference(
            "v",
            &json!({"a": [1, {"$conf": 0.5, "value": 1}]}),
            &json!({"a": [1, {"$conf": 0.6, "value": 1}]}),
        );
        assert_eq!(parted.as_deref(), Some("v.a[1].$conf: expected 0.5, got 0.6"));
    }
}
