//! Results for people: values over several lines, confidences with a bar.
//!
//! Values are written as a program would write them: `"en" ~> 0.93`, keys without quotes where they need none. What has
//! no literal (functions, agents, errors) is shown as the language displays it. A text of several lines stands indented
//! between fences.

use crate::console::paint;
use anstyle::{AnsiColor, Style};
use prism_confidence::{Confidence, Level, Thresholds};
use serde_json::{Map, Value};

/// The widest line that is not broken up, in characters.
const WIDTH: usize = 100;
/// Cells of a bar.
pub const CELLS: usize = 10;

/// A value as JSON with `{"$conf": c, "value": v}` and the like, as text for people.
pub fn value(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        other => literal(other),
    }
}

/// `0.87`, with as many decimals as tell it apart from 0 and 1, at least two.
pub fn number(confidence: f64) -> String {
    let rounded = format!("{confidence:.2}");
    match rounded.as_str() {
        "1.00" if confidence < 1.0 => format!("{:.4}", (confidence * 1e4).floor() / 1e4),
        "0.00" if confidence > 0.0 => format!("{confidence:.1e}"),
        _ => rounded,
    }
}

/// A value as a program would write it, texts in quotes too.
pub fn literal(value: &Value) -> String {
    let mut text = String::new();
    write(&mut text, value, 0);
    text
}

/// A bar as long as the confidence is high.
pub fn bar(confidence: f64) -> String {
    let full = (confidence.clamp(0.0, 1.0) * CELLS as f64).round() as usize;
    format!("{}{}", "▰".repeat(full), "▱".repeat(CELLS - full))
}

/// A bar for all confidences from `lo` to `hi`: full as far as is sure, half as far as is possible.
pub fn interval(lo: f64, hi: f64) -> String {
    let cells = |confidence: f64| (confidence.clamp(0.0, 1.0) * CELLS as f64).round() as usize;
    let (sure, possible) = (cells(lo), cells(hi).max(cells(lo)));
    format!("{}{}{}", "▰".repeat(sure), "▨".repeat(possible - sure), "▱".repeat(CELLS - possible))
}

/// `87 %`, with as many decimals as tell it apart from 0 and 100.
pub fn percent(confidence: f64) -> String {
    let percent = confidence * 100.0;
    match format!("{percent:.0}").as_str() {
        "100" if percent < 100.0 => format!("{:.2} %", (percent * 100.0).floor() / 100.0),
        "0" if percent > 0.0 => format!("{percent:.1e} %"),
        rounded => format!("{rounded} %"),
    }
}

/// `text` in the colour of a confidence's level, if colours are wanted.
pub fn of_level(text: &str, confidence: f64, colour: bool) -> String {
    paint(text, Style::new().fg_color(Some(level_colour(confidence).into())), colour)
}

fn level_colour(confidence: f64) -> AnsiColor {
    match Thresholds::default().level(Confidence::new(confidence)) {
        Level::High => AnsiColor::Green,
        Level::Medium => AnsiColor::Yellow,
        Level::Low => AnsiColor::Red,
    }
}

fn write(text: &mut String, value: &Value, depth: usize) {
    let room = WIDTH.saturating_sub(2 * depth);
    let may_be_short = may_fit(value, &mut { room }) && !is_of_lines(value);
    let short = may_be_short.then(|| inline(value)).filter(|short| short.chars().count() <= room);
    let (parts, confidence) = match confident(value) {
        Some((confidence, value)) => (value, Some(confidence)),
        None => (value, None),
    };
    match parts {
        Value::Array(items) if short.is_none() => block(text, ('[', ']'), items.iter().map(|item| (None, item)), depth),
        Value::Object(members) if short.is_none() && special(members).is_none() => {
            block(text, ('{', '}'), members.iter().map(|(key, item)| (Some(key), item)), depth);
        }
        Value::String(lines) if lines.contains('\n') => fenced(text, lines, depth + 1),
        _ => return text.push_str(&short.unwrap_or_else(|| inline(value))),
    }
    if let Some(confidence) = confidence {
        text.push_str(&suffix(confidence));
    }
}

/// Items a line each, between brackets.
fn block<'a>(
    text: &mut String,
    (open, close): (char, char),
    items: impl Iterator<Item = (Option<&'a String>, &'a Value)>,
    depth: usize,
) {
    text.push(open);
    for (name, item) in items {
        text.push('\n');
        text.push_str(&"  ".repeat(depth + 1));
        if let Some(name) = name {
            text.push_str(&key(name));
            text.push_str(": ");
        }
        write(text, item, depth + 1);
    }
    text.push('\n');
    text.push_str(&"  ".repeat(depth));
    text.push(close);
}

/// Whether a text of several lines is anywhere in a value.
fn is_of_lines(value: &Value) -> bool {
    match value {
        Value::String(text) => text.contains('\n'),
        Value::Array(items) => items.iter().any(is_of_lines),
        Value::Object(members) => members.values().any(is_of_lines),
        _ => false,
    }
}

/// A text of several lines, between fences.
fn fenced(text: &mut String, lines: &str, depth: usize) {
    let indent = "  ".repeat(depth);
    text.push_str("```");
    for line in lines.trim_end_matches('\n').split('\n').chain(["```"]) {
        text.push('\n');
        if !line.is_empty() {
            text.push_str(&indent);
            text.push_str(line);
        }
    }
}

/// Whether a value may have so many characters on one line, by a count that is too low: a large one is not written out to
/// see how long it is.
fn may_fit(value: &Value, room: &mut usize) -> bool {
    let least = |text: &str| 1 + text.len() / 4;
    let mut fits = |least: usize| room.checked_sub(least).map(|left| *room = left).is_some();
    match value {
        Value::String(text) => fits(least(text)),
        Value::Array(items) => fits(1) && items.iter().all(|item| may_fit(item, room)),
        Value::Object(members) => fits(1) && members.iter().all(|(_, item)| may_fit(item, room)),
        _ => fits(1),
    }
}

/// A value on one line.
fn inline(value: &Value) -> String {
    if let Some((confidence, value)) = confident(value) {
        return inline(value) + &suffix(confidence);
    }
    match value {
        Value::Array(items) => format!("[{}]", items.iter().map(inline).collect::<Vec<_>>().join(", ")),
        Value::Object(members) => special(members).unwrap_or_else(|| {
            let members: Vec<_> =
                members.iter().map(|(name, item)| format!("{}: {}", key(name), inline(item))).collect();
            if members.is_empty() { "{}".to_owned() } else { format!("{{ {} }}", members.join(", ")) }
        }),
        other => other.to_string(),
    }
}

fn suffix(confidence: f64) -> String {
    format!(" ~> {}", number(confidence))
}

/// The two parts of a confident value.
pub fn confident(value: &Value) -> Option<(f64, &Value)> {
    let members = value.as_object().filter(|members| members.len() == 2)?;
    Some((members.get("$conf")?.as_f64()?, members.get("value")?))
}

/// What has no literal.
fn special(members: &Map<String, Value>) -> Option<String> {
    let (name, value) = members.iter().next().filter(|_| members.len() == 1)?;
    let text = value.as_str()?;
    match name.as_str() {
        "$num" => Some(text.to_owned()),
        "$fn" => Some(format!("[Function: {text}]")),
        "$agent" => Some(format!("[Agent: {text}]")),
        "$error" => Some(format!("[Error: {text}]")),
        _ => None,
    }
}

/// A key as an object literal would have it.
pub fn key(name: &str) -> String {
    let mut chars = name.chars();
    let is_word =
        chars.next().is_some_and(|c| c.is_alphabetic() || c == '_') && chars.all(|c| c.is_alphanumeric() || c == '_');
    if is_word { name.to_owned() } else { Value::from(name).to_string() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn short_values_stay_on_a_line() {
        let short =
            json!({"a b": 1, "c": [{"$conf": 0.9, "value": "x"}, {"$num": "NaN"}], "e": {}, "f": {"$fn": "max"}});
        assert_eq!(value(&short), r#"{ "a b": 1, c: ["x" ~> 0.90, NaN], e: {}, f: [Function: max] }"#);
        assert_eq!(value(&json!("two\nlines")), "two\nlines");
        assert_eq!(literal(&json!("a \"b\"")), r#""a \"b\"""#);
    }

    #[test]
    fn long_values_are_broken_up_only_where_they_must() {
        let long = json!({"text": "x".repeat(90), "list": {"$conf": 0.5, "value": [1, 2]}, "both": ["y".repeat(50), "z".repeat(50)]});
        let shown = value(&long);
        let lines: Vec<_> = shown.lines().collect();
        assert_eq!(lines.len(), 8, "{shown}");
        assert_eq!((lines[0], lines[2], lines[3], lines[7]), ("{", "  list: [1, 2] ~> 0.50", "  both: [", "}"));
    }

    #[test]
    fn texts_of_several_lines_are_fenced() {
        let shown = value(&json!({"a": 1, "text": {"$conf": 0.5, "value": "one\n\ntwo\n"}}));
        assert_eq!(shown, "{\n  a: 1\n  text: ```\n    one\n\n    two\n    ``` ~> 0.50\n}");
    }

    #[test]
    fn no_confidence_is_shown_as_more_or_less_than_it_is() {
        assert_eq!([1.0, 0.99999, 0.5, 0.001, 0.0].map(number), ["1.00", "0.9999", "0.50", "1.0e-3", "0.00"]);
        let percents = ["100 %", "99.99 %", "50 %", "1.0e-1 %", "0 %"];
        assert_eq!([1.0, 0.99999, 0.5, 0.001, 0.0].map(percent), percents);
    }
}
