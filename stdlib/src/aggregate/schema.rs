//! The schemas of `validate`: fields and the rules that each must keep.

use super::format::{self, Format};
use super::options::Options;
use crate::arguments::spend;
use prism_vm::native::Native;
use prism_vm::raise::Raise;
use prism_vm::value::{Kind, Object, Str, Value, same};
use regex::Regex;
use std::cmp::Ordering;

/// Schemas nested deeper than this are refused.
const MOST_LEVELS: usize = 100;

/// The options of a field, in the order in which rules are checked.
const OPTIONS: [&str; 11] =
    ["type", "optional", "enum", "min", "max", "min_length", "max_length", "pattern", "format", "properties", "items"];

/// The types that a field can have; `any` is as good as none.
const TYPES: [(&str, Option<Kind>); 6] = [
    ("string", Some(Kind::String)),
    ("number", Some(Kind::Number)),
    ("boolean", Some(Kind::Boolean)),
    ("object", Some(Kind::Object)),
    ("array", Some(Kind::Array)),
    ("any", None),
];

/// A rule that a value breaks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// Where: `a.b`, `tags[1]`; empty for the whole.
    pub path: String,
    /// The rule's name.
    pub rule: &'static str,
}

impl Fault {
    /// A fault of the whole value.
    pub fn whole(rule: &'static str) -> Self {
        Fault { path: String::new(), rule }
    }

    /// As programs see it.
    pub fn into_value(self, native: &Native) -> Value {
        native.runtime.object([("path", Value::from(self.path)), ("rule", Value::from(self.rule))])
    }
}

/// The fields that an object must have.
#[derive(Debug)]
pub struct Schema {
    fields: Vec<(String, Field)>,
}

/// What is asked of one field.
#[derive(Debug)]
struct Field {
    kind: Option<Kind>,
    optional: bool,
    one_of: Option<Vec<Value>>,
    min: Option<f64>,
    max: Option<f64>,
    min_length: Option<f64>,
    max_length: Option<f64>,
    pattern: Option<Regex>,
    format: Option<Format>,
    properties: Option<Schema>,
    items: Option<Box<Field>>,
}

impl Schema {
    /// Reads a schema.
    ///
    /// # Errors
    /// If any part of it can't be used: it is named.
    pub fn read(native: &mut Native, schema: &Value) -> Result<Schema, Raise> {
        Self::read_fields(native, schema, "", MOST_LEVELS)
    }

    fn read_fields(native: &mut Native, schema: &Value, path: &str, levels: usize) -> Result<Schema, Raise> {
        let mut fields = Vec::new();
        for (key, field) in schema.as_object().into_iter().flat_map(Object::iter) {
            fields.push((key.as_str().to_owned(), Field::read(native, field, &member(path, key.as_str()), levels)?));
        }
        Ok(Schema { fields })
    }

    /// Holds a value against the schema and adds every fault, by field in the schema's order.
    ///
    /// # Errors
    /// Where a part of the value is a task that still runs or has failed, and when the fuel is used up.
    pub fn check(&self, native: &mut Native, value: &Value, faults: &mut Vec<Fault>) -> Result<(), Raise> {
        if value.kind() != Kind::Object {
            faults.push(Fault::whole("type"));
            return Ok(());
        }
        self.check_members(native, value, "", faults)
    }

    fn check_members(
        &self,
        native: &mut Native,
        value: &Value,
        path: &str,
        faults: &mut Vec<Fault>,
    ) -> Result<(), Raise> {
        let Some(object) = value.as_object() else { return Ok(()) };
        for (name, field) in &self.fields {
            field.check(native, object.get(name).unwrap_or(&Value::NULL), member(path, name), faults)?;
        }
        Ok(())
    }
}

fn member(path: &str, name: &str) -> String {
    if path.is_empty() { name.to_owned() } else { format!("{path}.{name}") }
}

impl Field {
    fn read(native: &mut Native, field: &Value, path: &str, levels: usize) -> Result<Field, Raise> {
        spend(native, 1)?;
        let owner = format!("validate: the schema's field `{path}`");
        if field.is_null() {
            return Err(Raise::kind(format!("{owner}: must be an object, got null")));
        }
        let options = Options::of(native, owner, field, &OPTIONS)?;
        let Some(inner) = levels.checked_sub(1) else {
            return Err(options.out_of_range(format_args!("is nested deeper than {MOST_LEVELS} levels")));
        };
        let one_of = match options.of_kind("enum", Kind::Array)?.and_then(Value::as_array) {
            Some(array) => Some(array.iter().map(|value| native.settled(value)).collect::<Result<_, _>>()?),
            None => None,
        };
        let properties = match options.of_kind("properties", Kind::Object)? {
            Some(schema) => Some(Schema::read_fields(native, schema, path, inner)?),
            None => None,
        };
        let items = match options.of_kind("items", Kind::Object)? {
            Some(field) => Some(Box::new(Field::read(native, field, &format!("{path}[]"), inner)?)),
            None => None,
        };
        Ok(Field {
            kind: options.word("type", &TYPES)?.flatten(),
            optional: options.truth("optional")?.unwrap_or(false),
            one_of,
            min: options.number("min")?,
            max: options.number("max")?,
            min_length: options.number("min_length")?,
            max_length: options.number("max_length")?,
            pattern: pattern(&options)?,
            format: options.word("format", &format::FORMATS)?,
            properties,
            items,
        })
    }

    fn check(&self, native: &mut Native, value: &Value, path: String, faults: &mut Vec<Fault>) -> Result<(), Raise> {
        spend(native, 1)?;
        let value = native.settled(value)?;
        if value.is_null() {
            if !self.optional {
                faults.push(Fault { path, rule: "required" });
            }
            return Ok(());
        }
        if self.kind.is_some_and(|kind| kind != value.kind()) {
            faults.push(Fault { path, rule: "type" });
            return Ok(());
        }
        for rule in self.broken(&value) {
            native.runtime.reserve(path.len())?;
            faults.push(Fault { path: path.clone(), rule });
        }
        if let Some(schema) = &self.properties {
            schema.check_members(native, &value, &path, faults)?;
        }
        if let Some(field) = &self.items {
            for (at, item) in value.as_array().into_iter().flat_map(|array| array.iter()).enumerate() {
                field.check(native, item, format!("{path}[{at}]"), faults)?;
            }
        }
        Ok(())
    }

    /// The rules on the value itself that it breaks; those for other kinds of values it keeps.
    fn broken(&self, value: &Value) -> impl Iterator<Item = &'static str> {
        let (number, text) = (value.as_number(), value.as_str());
        let length =
            text.map(Str::char_count).or_else(|| value.as_array().map(|array| array.len())).map(|length| length as f64);
        // NaN, which compares with nothing, keeps no bound.
        let below = |bound: Option<f64>, own: Option<f64>| {
            bound.zip(own).is_some_and(|(bound, own)| own.partial_cmp(&bound).is_none_or(Ordering::is_lt))
        };
        let above = |bound: Option<f64>, own: Option<f64>| {
            bound.zip(own).is_some_and(|(bound, own)| own.partial_cmp(&bound).is_none_or(Ordering::is_gt))
        };
        let unlike = |pattern: &Regex| text.is_some_and(|text| !pattern.is_match(text.as_str()));
        let malformed = |format: &Format| text.is_some_and(|text| !format(text.as_str()));
        let rules = [
            ("enum", self.one_of.as_ref().is_some_and(|known| !known.iter().any(|one| same(one, value)))),
            ("min", below(self.min, number)),
            ("max", above(self.max, number)),
            ("min_length", below(self.min_length, length)),
            ("max_length", above(self.max_length, length)),
            ("pattern", self.pattern.as_ref().is_some_and(unlike)),
            ("format", self.format.as_ref().is_some_and(malformed)),
        ];
        rules.into_iter().filter(|(_, broken)| *broken).map(|(rule, _)| rule)
    }
}

/// The regular expression of a field; it may match any part of a text unless it says otherwise.
fn pattern(options: &Options) -> Result<Option<Regex>, Raise> {
    let Some(text) = options.text("pattern")? else { return Ok(None) };
    match Regex::new(text) {
        Ok(regex) => Ok(Some(regex)),
        Err(_) => {
            Err(options.out_of_range(format_args!("`pattern` is no regular expression that can be used: {text}")))
        }
    }
}
