//! JSON (STDLIB L7): `JSON.parse` and `JSON.stringify`, and values from and to JSON for hosts.

mod convert;
mod read;
mod write;

pub use convert::{MOST_LEVELS, MOST_PARTS, TooDeep, bytes_of, encode, from_json, to_json, to_kept_json};

use crate::arguments::{Given, subject, whole};
use crate::registration::Body::Native as Rust;
use crate::registration::Registration;
use prism_bytecode::ConfidenceRule::Subject;
use prism_vm::native::Native;
use prism_vm::raise::Raise;
use prism_vm::value::Value;

/// `JSON`.
pub const FUNCTIONS: &[Registration] = &[
    Registration::namespace("JSON", "Values as JSON text.", &[("typeof JSON", "object")]),
    Registration::function(
        "JSON.parse",
        "(text: string) -> any",
        Subject,
        Rust(parse),
        "The value that the text describes; of equal keys the last one's value stands in the first one's place.",
        &[("JSON.parse('{\"a\": [1, true, null]}')", "{ a: [1, true, null] }")],
    ),
    Registration::function(
        "JSON.stringify",
        "(v: any, replacer?: null, indent?: number | string) -> string",
        Subject,
        Rust(stringify),
        "The value as JSON text, on one line unless an indent (a text, or so many blanks, at most 10) is given. NaN and \
         infinities are null, inner confidences are left out, so are functions in objects; elsewhere those are null.",
        &[
            ("JSON.stringify({a: [1, null], b: \"x\"})", "{\"a\":[1,null],\"b\":\"x\"}"),
            ("JSON.stringify([1], null, 2)", "[\n  1\n]"),
        ],
    ),
];

fn parse(native: &mut Native) -> Given {
    let text = native.argument(0).clone();
    let text = text.as_str().map_or("", |text| text.as_str());
    native.runtime.reserve(text.len())?;
    match read::read(native.runtime, text) {
        Ok(value) => Ok(value),
        Err(read::Fault::Malformed { message, line, column }) => {
            Err(Raise::json(format!("JSON.parse: {message} at line {line}, column {column}")))
        }
        Err(read::Fault::Raised(raise)) => Err(raise),
    }
}

/// What an indent can have at most.
const MOST_INDENT: usize = 10;

fn stringify(native: &mut Native) -> Given {
    let (value, conf) = subject(native)?;
    let indent = match (native.optional_number(2), native.optional_text(2)) {
        (Some(number), _) => " ".repeat(whole(number).clamp(0.0, MOST_INDENT as f64) as usize),
        (_, Some(text)) => text.chars().take(MOST_INDENT).collect(),
        _ => String::new(),
    };
    Ok(Value::from(write::write(native.runtime, &value, &indent)?).with_conf(conf))
}
