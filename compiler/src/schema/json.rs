//! Whether a JSON value makes sense as a JSON Schema: each keyword that is known has a value of its shape. Keywords that
//! nobody knows are allowed, as JSON Schema does.

use serde_json::Value;

/// What the value of a keyword must be.
#[derive(Clone, Copy)]
enum Shape {
    /// A schema.
    Schema,
    /// A list of schemas with at least one.
    Schemas,
    /// A schema, or a list of them.
    SchemaOrSchemas,
    /// An object of schemas.
    Named,
    /// The name of a type, or a list of those.
    Type,
    Texts,
    Text,
    /// A text that begins with `#`: what lies outside the schema is not fetched.
    Reference,
    List,
    Number,
    /// A whole number from 0 up.
    Count,
    Bool,
}

const KEYWORDS: &[(&str, Shape)] = &[
    ("type", Shape::Type),
    ("properties", Shape::Named),
    ("patternProperties", Shape::Named),
    ("definitions", Shape::Named),
    ("$defs", Shape::Named),
    ("items", Shape::SchemaOrSchemas),
    ("prefixItems", Shape::Schemas),
    ("allOf", Shape::Schemas),
    ("anyOf", Shape::Schemas),
    ("oneOf", Shape::Schemas),
    ("not", Shape::Schema),
    ("if", Shape::Schema),
    ("then", Shape::Schema),
    ("else", Shape::Schema),
    ("contains", Shape::Schema),
    ("propertyNames", Shape::Schema),
    ("additionalProperties", Shape::Schema),
    ("required", Shape::Texts),
    ("enum", Shape::List),
    ("minimum", Shape::Number),
    ("maximum", Shape::Number),
    ("exclusiveMinimum", Shape::Number),
    ("exclusiveMaximum", Shape::Number),
    ("multipleOf", Shape::Number),
    ("minLength", Shape::Count),
    ("maxLength", Shape::Count),
    ("minItems", Shape::Count),
    ("maxItems", Shape::Count),
    ("minProperties", Shape::Count),
    ("maxProperties", Shape::Count),
    ("uniqueItems", Shape::Bool),
    ("pattern", Shape::Text),
    ("format", Shape::Text),
    ("title", Shape::Text),
    ("description", Shape::Text),
    ("$ref", Shape::Reference),
];

/// The names of types; `any` is Prism's word for no type at all.
const TYPES: [&str; 8] = ["string", "number", "integer", "boolean", "object", "array", "null", "any"];

/// Holds a value against what a JSON Schema must be.
///
/// # Errors
/// What is wrong with it, with the way to it: `properties.age.type: …`.
pub fn check(schema: &Value) -> Result<(), String> {
    at(schema, &mut Vec::new())
}

fn at<'v>(schema: &'v Value, way: &mut Vec<&'v str>) -> Result<(), String> {
    let keywords = match schema {
        Value::Object(keywords) => keywords,
        Value::Bool(_) => return Ok(()),
        _ => return Err(fault(way, "a schema is an object")),
    };
    for (keyword, value) in keywords {
        if let Some((_, shape)) = KEYWORDS.iter().find(|(known, _)| known == keyword) {
            way.push(keyword);
            fits(*shape, value, way)?;
            way.pop();
        }
    }
    Ok(())
}

fn fits<'v>(shape: Shape, value: &'v Value, way: &mut Vec<&'v str>) -> Result<(), String> {
    let fits = match (shape, value) {
        (Shape::Schema | Shape::SchemaOrSchemas, Value::Object(_) | Value::Bool(_)) => return at(value, way),
        (Shape::Schemas | Shape::SchemaOrSchemas, Value::Array(schemas)) if !schemas.is_empty() => {
            return schemas.iter().try_for_each(|schema| at(schema, way));
        }
        (Shape::Named, Value::Object(schemas)) => {
            for (name, schema) in schemas {
                way.push(name);
                at(schema, way)?;
                way.pop();
            }
            true
        }
        (Shape::Type, Value::Array(types)) if !types.is_empty() => types.iter().all(is_type),
        (Shape::Type, _) => is_type(value),
        (Shape::Texts, Value::Array(texts)) => texts.iter().all(Value::is_string),
        (Shape::Reference, Value::String(text)) => text.starts_with('#'),
        (Shape::Text, _) => value.is_string(),
        (Shape::List, _) => value.is_array(),
        (Shape::Number, _) => value.is_number(),
        (Shape::Count, _) => value.as_f64().is_some_and(|count| count >= 0.0 && count.fract() == 0.0),
        (Shape::Bool, _) => value.is_boolean(),
        _ => false,
    };
    if fits { Ok(()) } else { Err(fault(way, &wanted(shape))) }
}

fn is_type(value: &Value) -> bool {
    value.as_str().is_some_and(|name| TYPES.contains(&name))
}

fn wanted(shape: Shape) -> String {
    match shape {
        Shape::Schema => "this must be a schema".to_owned(),
        Shape::Schemas => "this must be a list of schemas".to_owned(),
        Shape::SchemaOrSchemas => "this must be a schema or a list of schemas".to_owned(),
        Shape::Named => "this must be an object of schemas".to_owned(),
        Shape::Type => format!("this must be one of {}", TYPES.join(", ")),
        Shape::Texts => "this must be a list of texts".to_owned(),
        Shape::Text => "this must be a text".to_owned(),
        Shape::Reference => "a reference leads to a part of the schema itself: `#/…`".to_owned(),
        Shape::List => "this must be a list".to_owned(),
        Shape::Number => "this must be a number".to_owned(),
        Shape::Count => "this must be a whole number from 0 up".to_owned(),
        Shape::Bool => "this must be true or false".to_owned(),
    }
}

fn fault(way: &[&str], what: &str) -> String {
    if way.is_empty() { what.to_owned() } else { format!("{}: {what}", way.join(".")) }
}

#[cfg(test)]
mod tests {
    use super::check;
    use serde_json::json;

    #[test]
    fn schemas_pass() {
        for schema in [
            json!({}),
            json!(true),
            json!({"type": ["string", "null"], "x-own": 1, "default": {}}),
            json!({"type": "object", "properties": {"a": {"type": "any"}, "type": {"enum": [1]}}, "required": ["a"]}),
            json!({"items": [{"type": "number"}, true], "minItems": 2.0, "$ref": "#/$defs/a"}),
        ] {
            assert_eq!(check(&schema), Ok(()), "{schema}");
        }
    }

    #[test]
    fn what_is_no_schema_says_where() {
        for (schema, place) in [
            (json!([]), "a schema is an object"),
            (json!({"type": "strng"}), "type: this must be one of"),
            (json!({"properties": {"a": {"items": {"type": 1}}}}), "properties.a.items.type: "),
            (json!({"properties": {"a": 1}}), "properties.a: a schema is an object"),
            (json!({"required": "a"}), "required: this must be a list of texts"),
            (json!({"anyOf": []}), "anyOf: this must be a list of schemas"),
            (json!({"maxLength": -1}), "maxLength: this must be a whole number"),
            (json!({"$ref": "http://127.0.0.1/x"}), "$ref: "),
        ] {
            let fault = check(&schema).expect_err("it is no schema");
            assert!(fault.starts_with(place), "{schema}: {fault}");
        }
    }
}
