//! The schemas of `validate`: fields and the rules that each must keep.

use super::format::{self, Format};
use super::options::Options;
use super::pattern::Pattern;
use crate::arguments::spend;
use crate::distinct::weight;
use prism_vm::limits::Stop;
use prism_vm::native::Native;
use prism_vm::raise::{Raise, brief};
use prism_vm::runtime::{BoundedText, TEXT_STEP};
use prism_vm::value::heap::{Charge, Ref};
use prism_vm::value::{Counted, Kind, Object, Str, Value, same};
use std::cmp::Ordering;
use std::fmt::{self, Write as _};

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
#[derive(Debug)]
pub struct Fault {
    /// Where: `a.b`, `tags[1]`; empty for the whole.
    path: Value,
    /// The rule's name.
    rule: &'static str,
}

impl Fault {
    /// A fault of the whole value.
    pub fn whole(rule: &'static str) -> Self {
        Fault { path: Value::from(""), rule }
    }

    fn at(native: &mut Native, path: Path, rule: &'static str) -> Result<Self, Raise> {
        let mut text = BoundedText::default();
        write!(text, "{path}").map_err(|_| Raise::Stop(Stop::Memory))?;
        spend(native, 1 + text.as_str().len() / TEXT_STEP)?;
        Ok(Fault { path: Value::from(text.into_text()), rule })
    }

    /// As programs see it.
    pub fn value(&self, native: &Native) -> Value {
        native.runtime.object([("path", self.path.clone()), ("rule", Value::from(self.rule))])
    }
}

/// Where a field is, from the inside out: written only where it is told.
#[derive(Clone, Copy)]
enum Path<'p> {
    /// The whole value.
    Whole,
    /// A member.
    Member(&'p Path<'p>, &'p str),
    /// An element; in a schema any of them.
    Element(&'p Path<'p>, Option<usize>),
}

impl fmt::Display for Path<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Path::Whole => Ok(()),
            Path::Member(Path::Whole, name) => f.write_str(name),
            Path::Member(inside, name) => write!(f, "{inside}.{name}"),
            Path::Element(inside, Some(at)) => write!(f, "{inside}[{at}]"),
            Path::Element(inside, None) => write!(f, "{inside}[]"),
        }
    }
}

/// The fields that an object must have.
#[derive(Debug)]
pub struct Schema {
    fields: Counted<(Ref<Str>, Field)>,
}

/// What is asked of one field.
#[derive(Debug)]
struct Field {
    kind: Option<Kind>,
    optional: bool,
    one_of: Option<Counted<Value>>,
    min: Option<f64>,
    max: Option<f64>,
    min_length: Option<f64>,
    max_length: Option<f64>,
    pattern: Option<Pattern>,
    format: Option<Format>,
    properties: Option<Schema>,
    items: Option<(Box<Field>, Charge)>,
}

impl Schema {
    /// Reads a schema.
    ///
    /// # Errors
    /// If any part of it can't be used: it is named.
    pub fn read(native: &mut Native, schema: &Value) -> Result<Schema, Raise> {
        Self::read_fields(native, schema, Path::Whole, MOST_LEVELS)
    }

    fn read_fields(native: &mut Native, schema: &Value, path: Path, levels: usize) -> Result<Schema, Raise> {
        let mut fields = Counted::default();
        for (key, field) in schema.as_object().into_iter().flat_map(Object::iter) {
            let field = Field::read(native, field, Path::Member(&path, key.as_str()), levels)?;
            fields.push((key.clone(), field));
        }
        Ok(Schema { fields })
    }

    /// Holds a value against the schema and adds every fault, by field in the schema's order.
    ///
    /// # Errors
    /// Where a part of the value is a task that still runs or has failed, and when the fuel is used up.
    pub fn check(&self, native: &mut Native, value: &Value, faults: &mut Counted<Fault>) -> Result<(), Raise> {
        if value.kind() != Kind::Object {
            faults.push(Fault::whole("type"));
            return Ok(());
        }
        self.check_members(native, value, Path::Whole, faults)
    }

    fn check_members(
        &self,
        native: &mut Native,
        value: &Value,
        path: Path,
        faults: &mut Counted<Fault>,
    ) -> Result<(), Raise> {
        let Some(object) = value.as_object() else { return Ok(()) };
        for (name, field) in &self.fields {
            let name = name.as_str();
            field.check(native, object.get(name).unwrap_or(&Value::NULL), Path::Member(&path, name), faults)?;
        }
        Ok(())
    }
}

impl Field {
    fn read(native: &mut Native, field: &Value, path: Path, levels: usize) -> Result<Field, Raise> {
        spend(native, 1)?;
        let owner = format!("validate: the schema's field `{}`", brief(path));
        if field.is_null() {
            return Err(Raise::kind(format!("{owner}: must be an object, got null")));
        }
        let options = Options::of(native, owner, field, &OPTIONS)?;
        let Some(inner) = levels.checked_sub(1) else {
            return Err(options.out_of_range(format_args!("is nested deeper than {MOST_LEVELS} levels")));
        };
        let one_of = match options.of_kind("enum", Kind::Array)?.and_then(Value::as_array) {
            Some(array) => Some(Counted::read(array, |value| native.settled(value))?),
            None => None,
        };
        let properties = match options.of_kind("properties", Kind::Object)? {
            Some(schema) => Some(Schema::read_fields(native, schema, path, inner)?),
            None => None,
        };
        let items = match options.of_kind("items", Kind::Object)? {
            Some(field) => {
                let charge = native.runtime.hold(size_of::<Field>())?;
                Some((Box::new(Field::read(native, field, Path::Element(&path, None), inner)?), charge))
            }
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
            pattern: Pattern::read(native, &options)?,
            format: options.word("format", &format::FORMATS)?,
            properties,
            items,
        })
    }

    fn check(&self, native: &mut Native, value: &Value, path: Path, faults: &mut Counted<Fault>) -> Result<(), Raise> {
        spend(native, 1)?;
        let value = native.settled(value)?;
        if value.is_null() {
            if !self.optional {
                faults.push(Fault::at(native, path, "required")?);
            }
            return Ok(());
        }
        if self.kind.is_some_and(|kind| kind != value.kind()) {
            faults.push(Fault::at(native, path, "type")?);
            return Ok(());
        }
        spend(native, self.cost(&value))?;
        for rule in self.broken(&value) {
            faults.push(Fault::at(native, path, rule)?);
        }
        if let Some(schema) = &self.properties {
            schema.check_members(native, &value, path, faults)?;
        }
        if let Some((field, _)) = &self.items {
            for (at, item) in value.as_array().into_iter().flat_map(|array| array.iter()).enumerate() {
                field.check(native, item, Path::Element(&path, Some(at)), faults)?;
            }
        }
        Ok(())
    }

    /// What the rules on the value itself cost, in steps.
    fn cost(&self, value: &Value) -> usize {
        let known = self.one_of.as_ref().map_or(0, |known| known.len().saturating_mul(weight(value)));
        let Some(text) = value.as_str() else { return known };
        let matching = self.pattern.as_ref().map_or(0, |pattern| pattern.cost(text.as_str()));
        known.saturating_add(matching).saturating_add(text.as_str().len() / TEXT_STEP)
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
        let unlike = |pattern: &Pattern| text.is_some_and(|text| !pattern.fits(text.as_str()));
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
