//! What a value is, in words: `{title: string, tags: array<string>} ~ 0.80`.
//!
//! Made from a value as reports have it. Types that hold without running anything are another matter: whoever knows them
//! prints them in place of these.

use crate::show;
use indexmap::IndexMap;
use serde_json::Value;
use std::fmt;

/// More kinds in one array than these are not told apart.
const MOST_KINDS: usize = 4;

/// The kind of a value, with its confidences.
#[derive(Clone, Debug, PartialEq)]
pub struct Kind {
    /// Different shapes in order of appearance; more than one for the elements of some arrays.
    shapes: Vec<Shape>,
    /// The lowest and highest confidence, if there is any.
    confidence: Option<(f64, f64)>,
}

#[derive(Clone, Debug, PartialEq)]
enum Shape {
    Plain(&'static str),
    /// Of elements, if it has any.
    Array(Option<Box<Kind>>),
    Object(IndexMap<String, Kind>),
}

impl Kind {
    /// The kind of a value as JSON with `{"$conf": c, "value": v}` and the like.
    pub fn of(value: &Value) -> Kind {
        if let Some((confidence, value)) = show::confident(value) {
            return Kind::of(value).with(Some(confidence));
        }
        let shape = match value {
            Value::Null => Shape::Plain("null"),
            Value::Bool(_) => Shape::Plain("boolean"),
            Value::Number(_) => Shape::Plain("number"),
            Value::String(_) => Shape::Plain("string"),
            Value::Array(items) => Shape::Array(items.iter().map(Kind::of).reduce(Kind::join).map(Box::new)),
            Value::Object(members) => match members.iter().next().filter(|_| members.len() == 1) {
                Some((key, Value::String(_))) if special(key).is_some() => {
                    Shape::Plain(special(key).unwrap_or_default())
                }
                _ => Shape::Object(members.iter().map(|(key, value)| (key.clone(), Kind::of(value))).collect()),
            },
        };
        Kind { shapes: vec![shape], confidence: None }
    }

    /// With a confidence of its own.
    pub fn with(self, confidence: Option<f64>) -> Kind {
        Kind { confidence: confidence.map(|confidence| (confidence, confidence)).or(self.confidence), ..self }
    }

    /// What both are.
    fn join(mut self, other: Kind) -> Kind {
        for shape in other.shapes {
            let same = self.shapes.iter_mut().find(|own| own.is_like(&shape));
            match same {
                Some(own) => own.join(shape),
                None => self.shapes.push(shape),
            }
        }
        let both = self.confidence.into_iter().chain(other.confidence);
        self.confidence =
            both.reduce(|(low, high), (other_low, other_high)| (low.min(other_low), high.max(other_high)));
        self
    }
}

impl Shape {
    /// Whether the two are one shape with different parts.
    fn is_like(&self, other: &Shape) -> bool {
        match (self, other) {
            (Shape::Array(_), Shape::Array(_)) => true,
            (Shape::Object(own), Shape::Object(other)) => own.len() == other.len() && own.keys().eq(other.keys()),
            _ => self == other,
        }
    }

    fn join(&mut self, other: Shape) {
        match (self, other) {
            (Shape::Array(own), Shape::Array(other)) => {
                let both = own.take().into_iter().chain(other);
                *own = both.map(|kind| *kind).reduce(Kind::join).map(Box::new);
            }
            (Shape::Object(own), Shape::Object(other)) => {
                for (kind, other) in own.values_mut().zip(other.into_values()) {
                    let before = kind.clone();
                    *kind = before.join(other);
                }
            }
            _ => {}
        }
    }
}

fn special(key: &str) -> Option<&'static str> {
    match key {
        "$num" => Some("number"),
        "$fn" => Some("function"),
        "$agent" => Some("agent"),
        "$error" => Some("error"),
        _ => None,
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, shape) in self.shapes.iter().take(MOST_KINDS).enumerate() {
            if at > 0 {
                f.write_str(" | ")?;
            }
            write!(f, "{shape}")?;
        }
        if self.shapes.len() > MOST_KINDS {
            f.write_str(" | …")?;
        }
        match self.confidence {
            None => Ok(()),
            Some((low, high)) if low == high => write!(f, " ~ {}", show::number(low)),
            Some((low, high)) => write!(f, " ~ [{}, {}]", show::number(low), show::number(high)),
        }
    }
}

impl fmt::Display for Shape {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Shape::Plain(name) => f.write_str(name),
            Shape::Array(None) => f.write_str("array"),
            Shape::Array(Some(kind)) => write!(f, "array<{kind}>"),
            Shape::Object(members) => {
                f.write_str("{")?;
                for (at, (key, kind)) in members.iter().enumerate() {
                    let comma = if at > 0 { ", " } else { "" };
                    write!(f, "{comma}{}: {kind}", show::key(key))?;
                }
                f.write_str("}")
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn kinds_are_told_in_the_terms_of_the_language() {
        let cases = [
            (json!(null), "null"),
            (json!({"$num": "NaN"}), "number"),
            (json!({"$fn": "max"}), "function"),
            (json!([]), "array"),
            (json!([1, 2]), "array<number>"),
            (json!([1, "a", 2, null]), "array<number | string | null>"),
            (json!([[], [1], ["a"]]), "array<array<number | string>>"),
            (json!({"title": "t", "tags": ["a"]}), "{title: string, tags: array<string>}"),
            (json!([{"a": 1}, {"a": "x"}]), "array<{a: number | string}>"),
            (json!([{"a": 1}, {"b": 1}]), "array<{a: number} | {b: number}>"),
            (json!({"a b": {"$conf": 0.8, "value": "x"}}), "{\"a b\": string ~ 0.80}"),
            (json!([{"$conf": 0.5, "value": 1}, {"$conf": 0.9, "value": 2}]), "array<number ~ [0.50, 0.90]>"),
            (json!([null, true, 1, "a", [], {}]), "array<null | boolean | number | string | …>"),
        ];
        for (value, kind) in cases {
            assert_eq!(Kind::of(&value).to_string(), kind, "{value}");
        }
        assert_eq!(Kind::of(&json!("x")).with(Some(0.8)).to_string(), "string ~ 0.80");
    }
}
