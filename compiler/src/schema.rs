//! Schemas of input (§10): the fields of `input { … }` and `expects { … }` as a JSON Schema ([`of_fields`]), and whether a
//! JSON value makes sense as one ([`check`]). What a field may say is the table [`CONSTRAINTS`]; holding input against a
//! schema is the host's affair.

mod json;

pub use json::check;

use crate::ast::{Constraint, Element, Expr, ExprKind, InputField, InputType, Property, UnaryOp};
use crate::hash::HashMap;
use crate::nearest::nearest;
use crate::stack::deeper;
use prism_diagnostics::{Code, Diagnostic, Span};
use serde_json::{Map, Number, Value, json};

/// The kinds of fields.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Base {
    String,
    Number,
    Boolean,
    Object,
    Array,
    Any,
}

impl Base {
    const NAMES: [(&'static str, Base); 6] = [
        ("string", Base::String),
        ("number", Base::Number),
        ("boolean", Base::Boolean),
        ("object", Base::Object),
        ("array", Base::Array),
        ("any", Base::Any),
    ];

    fn name(self) -> &'static str {
        Base::NAMES.iter().find(|(_, base)| *base == self).map_or("any", |(name, _)| name)
    }

    /// Whether a value of that kind may stand in the field.
    fn admits(self, value: &Value) -> bool {
        match self {
            Base::String => value.is_string(),
            Base::Number => value.is_number(),
            Base::Boolean => value.is_boolean(),
            Base::Object => value.is_object(),
            Base::Array => value.is_array(),
            Base::Any => true,
        }
    }
}

/// What a constraint says of its field.
enum Says {
    /// Whether the field must be there; no arguments.
    Required(bool),
    /// Every keyword that goes with the field's kind, with the one argument as its value.
    Keyword(Argument, &'static [(Base, &'static str)]),
    /// `default`: one value that fits the field.
    Default,
    /// `enum`: values that fit the field.
    Enum,
}

/// What an argument must be.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Argument {
    Number,
    /// A whole number from 0 up.
    Length,
    Text,
}

impl Argument {
    fn admits(self, value: &Value) -> bool {
        match self {
            Argument::Number => value.is_number(),
            Argument::Length => value.is_u64(),
            Argument::Text => value.is_string(),
        }
    }

    fn wanted(self) -> &'static str {
        match self {
            Argument::Number => "a number",
            Argument::Length => "a whole number from 0 up",
            Argument::Text => "a text",
        }
    }
}

/// What a field may say of itself, by name.
const CONSTRAINTS: &[(&str, Says)] = &[
    ("required", Says::Required(true)),
    ("optional", Says::Required(false)),
    ("default", Says::Default),
    ("enum", Says::Enum),
    ("min", Says::Keyword(Argument::Number, &[(Base::Number, "minimum")])),
    ("max", Says::Keyword(Argument::Number, &[(Base::Number, "maximum")])),
    ("min_length", Says::Keyword(Argument::Length, &[(Base::String, "minLength"), (Base::Array, "minItems")])),
    ("max_length", Says::Keyword(Argument::Length, &[(Base::String, "maxLength"), (Base::Array, "maxItems")])),
    ("pattern", Says::Keyword(Argument::Text, &[(Base::String, "pattern")])),
    ("format", Says::Keyword(Argument::Text, &[(Base::String, "format")])),
];

/// Lower bounds with their upper ones.
const BOUNDS: [(&str, &str); 3] = [("minimum", "maximum"), ("minLength", "maxLength"), ("minItems", "maxItems")];

/// The schema of an object with these fields, in their order, and what is wrong with them.
pub fn of_fields(fields: &[InputField]) -> (Value, Vec<Diagnostic>) {
    let mut schemas = Schemas { diagnostics: Vec::new() };
    let schema = schemas.object(fields);
    (schema, schemas.diagnostics)
}

struct Schemas {
    diagnostics: Vec<Diagnostic>,
}

impl Schemas {
    fn fault(&mut self, at: Span, message: impl Into<String>, help: impl Into<String>) {
        self.diagnostics.push(Diagnostic::new(Code::E0504, at, message).with_help(help));
    }

    fn object(&mut self, fields: &[InputField]) -> Value {
        let (mut properties, mut required) = (Map::new(), Vec::new());
        let mut places = HashMap::default();
        for field in fields {
            let name = field.name.name.as_str();
            if let Some(first) = places.insert(name, field.name.span) {
                let fault = Diagnostic::new(Code::E0504, field.name.span, format!("the field `{name}` is there twice"));
                let fault = fault.with_other(first, "the first one").with_help("give one of the two another name");
                self.diagnostics.push(fault);
                continue;
            }
            let (schema, needed) = self.field(field);
            properties.insert(name.to_owned(), schema);
            if needed {
                required.push(Value::from(name));
            }
        }
        json!({ "type": "object", "properties": properties, "required": required })
    }

    /// The schema of a field, and whether it must be there.
    fn field(&mut self, field: &InputField) -> (Value, bool) {
        let (mut schema, base) = self.ty(&field.ty);
        let mut required = None;
        for constraint in &field.constraints {
            let name = constraint.name.name.as_str();
            let Some((_, says)) = CONSTRAINTS.iter().find(|(known, _)| *known == name) else {
                let names = CONSTRAINTS.iter().map(|(name, _)| *name);
                let help = match nearest(name, names.clone()) {
                    Some(nearest) => format!("did you mean `{nearest}`?"),
                    None => format!("there are {}", names.collect::<Vec<_>>().join(", ")),
                };
                self.fault(constraint.name.span, format!("`{name}` is no constraint"), help);
                continue;
            };
            if let Says::Required(needed) = says {
                self.arguments(constraint, 0..=0);
                if required.replace(*needed).is_some() {
                    self.twice(constraint, "`required` or `optional`");
                }
            } else if let Some(schema) = schema.as_object_mut() {
                self.constrain(schema, base, constraint, says);
            }
        }
        self.bounds(&schema, field.span);
        (schema, required.unwrap_or(true))
    }

    fn ty(&mut self, ty: &InputType) -> (Value, Base) {
        let mut result = (json!({}), Base::Any);
        deeper(|| {
            result = match ty {
                InputType::Array(items) => {
                    let (items, _) = self.ty(items);
                    (json!({ "type": "array", "items": items }), Base::Array)
                }
                InputType::Object(fields) => (self.object(fields), Base::Object),
                InputType::Named(ident) => match Base::NAMES.iter().find(|(name, _)| ident.name == *name) {
                    Some((_, Base::Any)) => (json!({}), Base::Any),
                    Some((name, base)) => (json!({ "type": name }), *base),
                    None => {
                        let names = Base::NAMES.map(|(name, _)| name);
                        let help = match nearest(&ident.name, names) {
                            Some(nearest) => format!("did you mean `{nearest}`?"),
                            None => format!("there are {}, `[T]` and `{{ … }}`", names.join(", ")),
                        };
                        self.fault(ident.span, format!("`{}` is no type of input", ident.name), help);
                        (json!({}), Base::Any)
                    }
                },
            }
        });
        result
    }

    /// Puts what a constraint says into the schema of a field of that kind.
    fn constrain(&mut self, schema: &mut Map<String, Value>, base: Base, constraint: &Constraint, says: &Says) {
        let (name, at) = (constraint.name.name.as_str(), constraint.name.span);
        let most = if matches!(says, Says::Enum) { usize::MAX } else { 1 };
        let Some(mut values) = self.arguments(constraint, 1..=most) else { return };
        let fits = match says {
            Says::Default | Says::Enum => values.iter().all(|value| base.admits(value)),
            Says::Keyword(argument, _) => values.iter().all(|value| argument.admits(value)),
            Says::Required(_) => true,
        };
        if !fits {
            let wanted = match says {
                Says::Keyword(argument, _) => argument.wanted().to_owned(),
                _ => format!("a value of the field's type, {}", base.name()),
            };
            return self.fault(at, format!("`{name}` takes {wanted}"), format!("write {wanted}"));
        }
        let keywords: Vec<&str> = match says {
            Says::Enum => vec!["enum"],
            Says::Keyword(_, keywords) => {
                keywords.iter().filter(|(kind, _)| base == Base::Any || base == *kind).map(|(_, word)| *word).collect()
            }
            Says::Default | Says::Required(_) => vec!["default"],
        };
        if keywords.is_empty() {
            let message = format!("`{name}` says nothing about a field of type {}", base.name());
            return self.fault(at, message, "leave it out, or change the field's type");
        }
        let value = if matches!(says, Says::Enum) { Value::from(values) } else { values.swap_remove(0) };
        for keyword in keywords {
            if schema.insert(keyword.to_owned(), value.clone()).is_some() {
                return self.twice(constraint, &format!("`{name}`"));
            }
        }
    }

    /// The arguments as values, if there are as many as there must be and all are written out.
    fn arguments(&mut self, constraint: &Constraint, count: std::ops::RangeInclusive<usize>) -> Option<Vec<Value>> {
        let name = &constraint.name.name;
        if !count.contains(&constraint.arguments.len()) {
            let wanted = match *count.end() {
                0 => "no argument",
                1 => "one argument",
                _ => "at least one argument",
            };
            let help = if *count.end() == 0 { format!("write `{name}`") } else { format!("write `{name}(…)`") };
            self.fault(constraint.name.span, format!("`{name}` takes {wanted}"), help);
            return None;
        }
        let mut values = Vec::new();
        for argument in &constraint.arguments {
            match literal(argument) {
                Some(value) => values.push(value),
                None => {
                    let message = format!("the argument of `{name}` must be written out");
                    self.fault(argument.span, message, "write a number, text, boolean, or a list or object of those");
                    return None;
                }
            }
        }
        Some(values)
    }

    fn twice(&mut self, constraint: &Constraint, what: &str) {
        self.fault(constraint.name.span, format!("the field says {what} twice"), "keep one of the two");
    }

    /// A lower bound above the upper one admits nothing.
    fn bounds(&mut self, schema: &Value, at: Span) {
        for (lower, upper) in BOUNDS {
            let bound = |key| schema.get(key).and_then(Value::as_f64);
            if let (Some(low), Some(high)) = (bound(lower), bound(upper))
                && low > high
            {
                let message = format!("nothing fits this field: its least, {low}, is above its most, {high}");
                return self.fault(at, message, "swap the two");
            }
        }
    }
}

/// The value of an expression that is written out.
fn literal(expr: &Expr) -> Option<Value> {
    let mut value = None;
    deeper(|| {
        value = match &expr.kind {
            ExprKind::Null => Some(Value::Null),
            ExprKind::Bool(value) => Some(Value::from(*value)),
            ExprKind::Number(value) => number(*value),
            ExprKind::String(text) => Some(Value::from(text.as_str())),
            ExprKind::Paren(inner) => literal(inner),
            ExprKind::Unary { op: UnaryOp::Neg, operand, .. } => match literal(operand) {
                Some(Value::Number(value)) => value.as_f64().and_then(|value| number(-value)),
                _ => None,
            },
            ExprKind::Array(elements) => elements
                .iter()
                .map(|element| match element {
                    Element::Item(item) => literal(item),
                    Element::Spread(_) => None,
                })
                .collect::<Option<Vec<_>>>()
                .map(Value::from),
            ExprKind::Object(properties) => properties
                .iter()
                .map(|property| match property {
                    Property::Pair(key, value) => Some((key.name.to_string(), literal(value)?)),
                    Property::Shorthand(_) | Property::Spread(_) => None,
                })
                .collect::<Option<Map<_, _>>>()
                .map(Value::Object),
            _ => None,
        }
    });
    value
}

/// A number as JSON writes it: whole ones without a fraction.
fn number(value: f64) -> Option<Value> {
    const MOST_EXACT: f64 = 9_007_199_254_740_992.0;
    if value.fract() == 0.0 && value.abs() <= MOST_EXACT {
        return Some(Value::from(value as i64));
    }
    Number::from_f64(value).map(Value::Number)
}
