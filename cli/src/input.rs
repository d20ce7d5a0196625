//! `--input`: what the pattern is given.
//!
//! `JSON` and `@FILE` give the whole input; `NAME=VALUE` and `NAME=@FILE` give one field. Several are merged into one
//! object, later fields over earlier ones.

use crate::exit::Unusable;
use crate::files;
use serde_json::{Map, Value};
use std::convert::Infallible;
use std::str::FromStr;

/// The longest file that is read as input, 64 MiB.
const MAX_BYTES: usize = 64 << 20;

/// One `--input`.
#[derive(Clone, Debug, PartialEq)]
pub enum Given {
    /// JSON text.
    Json(String),
    /// A file of JSON.
    JsonFile(String),
    /// A field.
    Field {
        /// Its name.
        name: String,
        /// JSON, else it stands for itself as a string.
        value: String,
    },
    /// A field whose value is the text of a file.
    FieldFile {
        /// Its name.
        name: String,
        /// The file.
        path: String,
    },
}

impl FromStr for Given {
    type Err = Infallible;

    fn from_str(text: &str) -> Result<Self, Infallible> {
        if let Some(path) = text.strip_prefix('@') {
            return Ok(Given::JsonFile(path.to_owned()));
        }
        Ok(match text.split_once('=').filter(|(name, _)| is_field_name(name)) {
            None => Given::Json(text.to_owned()),
            Some((name, value)) => match value.strip_prefix('@') {
                None => Given::Field { name: name.to_owned(), value: value.to_owned() },
                Some(path) => Given::FieldFile { name: name.to_owned(), path: path.to_owned() },
            },
        })
    }
}

/// Whether that can be a field's name, and not the beginning of a JSON text.
fn is_field_name(name: &str) -> bool {
    !name.is_empty() && name.chars().all(|c| c.is_alphanumeric() || c == '_' || c == '-')
}

/// The input that all of `given` make together; null if there are none.
pub fn gather(given: &[Given]) -> Result<Value, Unusable> {
    let mut values = given.iter().map(Given::read);
    let Some(first) = values.next().transpose()? else { return Ok(Value::Null) };
    values.try_fold(first, |merged, value| merge(merged, value?))
}

fn merge(merged: Value, value: Value) -> Result<Value, Unusable> {
    match (merged, value) {
        (Value::Object(mut merged), Value::Object(value)) => {
            merged.extend(value);
            Ok(Value::Object(merged))
        }
        _ => {
            Err(Unusable::input("several --input are merged into one object, so each must be an object or NAME=VALUE"))
        }
    }
}

impl Given {
    fn read(&self) -> Result<Value, Unusable> {
        let file = |path: &str| files::read_text(path, MAX_BYTES).map_err(|error| Unusable::input(error.to_string()));
        let field = |name: &str, value| Value::Object(Map::from_iter([(name.to_owned(), value)]));
        match self {
            Given::Json(text) => json(text, "--input"),
            Given::JsonFile(path) => json(&file(path)?, path),
            Given::Field { name, value } => {
                Ok(field(name, serde_json::from_str(value).unwrap_or_else(|_| Value::String(value.clone()))))
            }
            Given::FieldFile { name, path } => Ok(field(name, Value::String(file(path)?))),
        }
    }
}

fn json(text: &str, name: &str) -> Result<Value, Unusable> {
    serde_json::from_str(text).map_err(|error| {
        Unusable::input(format!(
            "{name} is no JSON: {error}; write an object like '{{\"name\": \"Ada\"}}', or name=Ada"
        ))
    })
}
