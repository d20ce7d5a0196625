//! The `/** … */` that opens a pattern's text (LANGUAGE.md §10): `@key value` lines to typed fields.
//!
//! This reads the comment and says what can't be understood. Whether `@input` is a JSON Schema that makes sense, and
//! what a declaration `pattern NAME …` adds, is decided elsewhere.

use crate::ast::{Comment, Name};
use crate::nearest::nearest;
use prism_confidence::Algebra;
use prism_diagnostics::{Code, Diagnostic, SourceId, Span};
use serde_json::Value;

/// What the comment says. A field is none where its key is missing or faulty.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Metadata {
    /// Everything that was written, known or not, in order.
    pub entries: Vec<Entry>,
    /// `@name`
    pub name: Option<String>,
    /// `@version`
    pub version: Option<String>,
    /// `@description`
    pub description: Option<String>,
    /// `@input`: a JSON value that should be a JSON Schema.
    pub input: Option<Value>,
    /// `@agents`: what a registry is asked for.
    pub agents: Option<Value>,
    /// `@minAgents`
    pub min_agents: Option<u32>,
    /// `@maxAgents`; not below `min_agents`.
    pub max_agents: Option<u32>,
    /// `@minConfidence`, 0…1.
    pub min_confidence: Option<f64>,
    /// `@confidence`
    pub confidence: Option<Algebra>,
    /// `@timeout`, in milliseconds.
    pub timeout: Option<u64>,
}

/// One `@key value`.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    /// The key without its `@`.
    pub key: Name,
    /// Where `@key` stands.
    pub key_span: Span,
    /// The value, blanks around it off; of several lines without what decorates them.
    pub value: String,
    /// Where the value stands; empty behind the key if there is none.
    pub value_span: Span,
}

/// A key that is known, with what reads its value.
struct Known {
    key: &'static str,
    /// Whether the value may go on over several lines.
    json: bool,
    read: fn(&mut Metadata, &str) -> Result<(), String>,
}

/// Every key: one row each.
const KEYS: [Known; 10] = [
    Known { key: "name", json: false, read: |to, value| set(&mut to.name, Ok(value.to_string())) },
    Known { key: "version", json: false, read: |to, value| set(&mut to.version, Ok(value.to_string())) },
    Known { key: "description", json: false, read: |to, value| set(&mut to.description, Ok(value.to_string())) },
    Known { key: "input", json: true, read: |to, value| set(&mut to.input, json(value)) },
    Known { key: "agents", json: true, read: |to, value| set(&mut to.agents, json(value)) },
    Known { key: "minAgents", json: false, read: |to, value| set(&mut to.min_agents, count(value)) },
    Known { key: "maxAgents", json: false, read: |to, value| set(&mut to.max_agents, count(value)) },
    Known { key: "minConfidence", json: false, read: |to, value| set(&mut to.min_confidence, share(value)) },
    Known { key: "confidence", json: false, read: |to, value| set(&mut to.confidence, algebra(value)) },
    Known { key: "timeout", json: false, read: |to, value| set(&mut to.timeout, time(value)) },
];

/// Reads the comment of a text. Faults stand at the `@key` that is wrong; of two that clash, at the later.
pub fn read(source: SourceId, text: &str, comment: &Comment) -> (Metadata, Vec<Diagnostic>) {
    let mut metadata = Metadata::default();
    let mut diagnostics = Vec::new();
    for entry in entries(source, text, comment) {
        let place = entry.key_span;
        if metadata.entries.iter().any(|earlier| earlier.key == entry.key && known(&entry.key).is_some()) {
            let message = format!("`@{}` is given twice", entry.key);
            diagnostics.push(Diagnostic::new(Code::E0504, place, message).with_help("remove one of them"));
        } else if let Some(known) = known(&entry.key) {
            let fault = match entry.value.is_empty() {
                true => Err("nothing follows it".to_string()),
                false => (known.read)(&mut metadata, &entry.value).and_then(|()| clash(&metadata)),
            };
            if let Err(fault) = fault {
                let message = format!("`@{}` can't be understood: {fault}", entry.key);
                diagnostics.push(Diagnostic::new(Code::E0504, place, message));
            }
        } else {
            diagnostics.push(unknown(&entry));
        }
        metadata.entries.push(entry);
    }
    if clash(&metadata).is_err() {
        metadata.max_agents = None;
    }
    (metadata, diagnostics)
}

fn known(key: &str) -> Option<&'static Known> {
    KEYS.iter().find(|known| known.key == key)
}

fn unknown(entry: &Entry) -> Diagnostic {
    let message = format!("nothing reads `@{}`", entry.key);
    let diagnostic = Diagnostic::new(Code::W0500, entry.key_span, message);
    match nearest(&entry.key, KEYS.iter().map(|known| known.key)) {
        Some(key) => diagnostic.with_help(format!("did you mean `@{key}`?")),
        None => {
            let keys = KEYS.map(|known| format!("`@{}`", known.key)).join(", ");
            diagnostic.with_help(format!("the keys are {keys}"))
        }
    }
}

fn clash(metadata: &Metadata) -> Result<(), String> {
    match (metadata.min_agents, metadata.max_agents) {
        (Some(min), Some(max)) if min > max => Err(format!("no number of agents is at least {min} and at most {max}")),
        _ => Ok(()),
    }
}

fn set<T>(field: &mut Option<T>, value: Result<T, String>) -> Result<(), String> {
    *field = Some(value?);
    Ok(())
}

fn json(value: &str) -> Result<Value, String> {
    serde_json::from_str(value).map_err(|fault| {
        // Its line and column count from the value's start, not from the text's.
        let message = fault.to_string();
        let plain = message.rsplit_once(" at line ").map_or(message.as_str(), |(plain, _)| plain);
        format!("it is no JSON ({plain})")
    })
}

fn count(value: &str) -> Result<u32, String> {
    value.parse().map_err(|_| format!("\"{value}\" is no whole number from 0 up"))
}

fn share(value: &str) -> Result<f64, String> {
    value
        .parse()
        .ok()
        .filter(|share| (0.0..=1.0).contains(share))
        .ok_or_else(|| format!("\"{value}\" is no number from 0 to 1"))
}

fn algebra(value: &str) -> Result<Algebra, String> {
    Algebra::parse(value).ok_or_else(|| {
        let names: Vec<_> = Algebra::ALL.iter().map(|algebra| algebra.as_str()).collect();
        format!("\"{value}\" is none of {}", names.join(", "))
    })
}

/// `1500`, `1500ms` or `1.5s`: milliseconds.
fn time(value: &str) -> Result<u64, String> {
    let (number, scale) = match (value.strip_suffix("ms"), value.strip_suffix('s')) {
        (Some(number), _) => (number, 1.0),
        (None, Some(number)) => (number, 1000.0),
        (None, None) => (value, 1.0),
    };
    let number = number.trim_end();
    let plain = number.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
    number
        .parse::<f64>()
        .ok()
        .filter(|time| plain && time.is_finite() && *time > 0.0)
        .map(|time| (time * scale).ceil() as u64)
        .ok_or_else(|| format!("\"{value}\" is no time such as 1500 (milliseconds) or 30s"))
}

/// Finds the entries of the comment.
fn entries(source: SourceId, text: &str, comment: &Comment) -> Vec<Entry> {
    let written = text.get(comment.span.start as usize..comment.span.end as usize).unwrap_or_default();
    let inside = written.strip_prefix("/**").unwrap_or(written);
    let mut at = comment.span.start + (written.len() - inside.len()) as u32;
    let inside = inside.strip_suffix("*/").unwrap_or(inside);
    let mut entries: Vec<Entry> = Vec::new();
    // Whether the lines that follow belong to the last entry.
    let mut open: Option<Brackets> = None;
    for line in inside.split_inclusive('\n') {
        let content = line.trim_start().trim_start_matches('*').trim_start();
        let start = at + (line.len() - content.len()) as u32;
        at += line.len() as u32;
        let content = content.trim_end();
        let span = |from: usize, to: usize| Span::new(source, start + from as u32, start + to as u32);
        if let Some(length) = key_length(content) {
            let value = content[length..].trim_start();
            let value_start = content.len() - value.len();
            let key = Name::new(&content[1..length]);
            open = known(&key).filter(|known| known.json).and_then(|_| {
                let mut brackets = Brackets::default();
                brackets.goes_on(value).then_some(brackets)
            });
            let value_start = if value.is_empty() { length } else { value_start };
            entries.push(Entry {
                key,
                key_span: span(0, length),
                value: value.to_string(),
                value_span: span(value_start, content.len().max(value_start)),
            });
        } else if let (Some(last), Some(brackets)) = (entries.last_mut(), &mut open) {
            last.value.push('\n');
            last.value.push_str(content);
            last.value_span.end = span(0, content.len()).end;
            if !brackets.goes_on(content) {
                open = None;
            }
        }
    }
    entries
}

/// Whether JSON text that comes line by line is complete.
#[derive(Clone, Default)]
struct Brackets {
    depth: u32,
    string: bool,
    escaped: bool,
}

impl Brackets {
    /// Takes a line; whether more must follow.
    fn goes_on(&mut self, line: &str) -> bool {
        for byte in line.bytes() {
            match (byte, self.string) {
                _ if self.escaped => self.escaped = false,
                (b'\\', true) => self.escaped = true,
                (b'"', string) => self.string = !string,
                (b'{' | b'[', false) => self.depth += 1,
                (b'}' | b']', false) => self.depth = self.depth.saturating_sub(1),
                _ => {}
            }
        }
        self.depth > 0 || self.string || line.is_empty()
    }
}

/// The length of `@key` at the start of a line.
fn key_length(line: &str) -> Option<usize> {
    let key = line.strip_prefix('@')?;
    let end = key.find(|c: char| !c.is_alphanumeric() && c != '_' && c != '-').unwrap_or(key.len());
    (end > 0 && key[end..].chars().next().is_none_or(char::is_whitespace)).then_some(end + 1)
}
