//! Input against a pattern's schema (§10 of the language's definition): what counts as missing, what defaults fill in, what is refused.
//!
//! The schema is JSON Schema, with `"type": "any"` for no type at all. References reach inside the schema only: nothing
//! is fetched.

use jsonschema::error::ValidationErrorKind;
use jsonschema::paths::LocationSegment;
use jsonschema::{ValidationError, Validator};
use serde_json::{Map, Value};

/// How many faults are named.
const MOST_FAULTS: usize = 20;

/// A schema may refer to itself, and its defaults with it.
const MOST_NESTING: usize = 64;

/// A schema, ready to be held against input.
#[derive(Debug)]
pub struct InputSchema {
    schema: Value,
    validator: Validator,
}

/// A schema that is none.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the input's schema is no JSON Schema: {0}")]
pub struct BadSchema(String);

/// Everything that is wrong with an input.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the input does not fit: {}", .0.join("; "))]
pub struct Mismatch(pub Vec<String>);

impl InputSchema {
    /// Reads a schema.
    ///
    /// # Errors
    /// If it is no JSON Schema, or refers to something outside itself.
    pub fn new(mut schema: Value) -> Result<Self, BadSchema> {
        drop_any(&mut schema);
        let options = jsonschema::options().should_validate_formats(true);
        let validator = options.build(&schema).map_err(|fault| BadSchema(fault.to_string()))?;
        Ok(InputSchema { schema, validator })
    }

    /// The input as the program sees it: null fields that mean nothing dropped, defaults filled in.
    ///
    /// # Errors
    /// [`Mismatch`] if it does not fit.
    pub fn accept(&self, mut input: Value) -> Result<Value, Mismatch> {
        self.complete(&self.schema, &mut input, 0);
        let faults: Vec<_> = self.validator.iter_errors(&input).map(|error| describe(&error)).collect();
        match faults.len() {
            0 => Ok(input),
            count => {
                let more = count.checked_sub(MOST_FAULTS).filter(|more| *more > 0);
                let more = more.map(|more| format!("and {more} more"));
                Err(Mismatch(faults.into_iter().take(MOST_FAULTS).chain(more).collect()))
            }
        }
    }

    fn complete(&self, schema: &Value, value: &mut Value, depth: usize) {
        let Some(schema) = schema.as_object().filter(|_| depth < MOST_NESTING) else { return };
        let target = schema.get("$ref").and_then(Value::as_str).and_then(|pointer| pointer.strip_prefix('#'));
        if let Some(target) = target.and_then(|pointer| self.schema.pointer(pointer)) {
            self.complete(target, value, depth + 1);
        }
        for part in schema.get("allOf").and_then(Value::as_array).into_iter().flatten() {
            self.complete(part, value, depth + 1);
        }
        match value {
            Value::Object(object) => {
                let properties = schema.get("properties").and_then(Value::as_object);
                for (name, property) in properties.into_iter().flatten() {
                    complete_member(object, name, property);
                    if let Some(member) = object.get_mut(name) {
                        self.complete(property, member, depth + 1);
                    }
                }
            }
            Value::Array(items) => {
                if let Some(schema) = schema.get("items") {
                    items.iter_mut().for_each(|item| self.complete(schema, item, depth + 1));
                }
            }
            _ => {}
        }
    }
}

/// A missing member gets its default; a null that the schema does not name counts as missing.
fn complete_member(object: &mut Map<String, Value>, name: &str, schema: &Value) {
    match object.get(name) {
        Some(Value::Null) if accepts_null(schema) => return,
        Some(Value::Null) | None => {}
        Some(_) => return,
    }
    match schema.get("default") {
        Some(default) => {
            object.insert(name.to_owned(), default.clone());
        }
        // `remove` would put the last member in its place.
        None => {
            object.shift_remove(name);
        }
    }
}

/// Whether the schema says in so many words that null is a value.
fn accepts_null(schema: &Value) -> bool {
    let lists = |value: &Value, wanted: &Value| value.as_array().is_some_and(|all| all.contains(wanted));
    let is = |key: &str, wanted: &Value| schema.get(key).is_some_and(|value| value == wanted || lists(value, wanted));
    is("type", &Value::from("null")) || is("enum", &Value::Null) || is("const", &Value::Null)
}

/// Takes out every `"type": "any"`, which JSON Schema does not know, wherever a schema stands.
fn drop_any(schema: &mut Value) {
    let Some(object) = schema.as_object_mut() else { return };
    let is_any = |ty: &Value| ty == "any" || ty.as_array().is_some_and(|all| all.iter().any(|one| one == "any"));
    if object.get("type").is_some_and(is_any) {
        object.shift_remove("type");
    }
    for (key, value) in object {
        match key.as_str() {
            "properties" | "patternProperties" | "dependentSchemas" | "$defs" | "definitions" => {
                value.as_object_mut().into_iter().flatten().for_each(|(_, schema)| drop_any(schema));
            }
            "items" | "prefixItems" | "allOf" | "anyOf" | "oneOf" => match value {
                Value::Array(all) => all.iter_mut().for_each(drop_any),
                one => drop_any(one),
            },
            "additionalProperties" | "additionalItems" | "contains" | "not" | "if" | "then" | "else" => drop_any(value),
            _ => {}
        }
    }
}

/// A fault with its place, as `input.rows[1].kg: …`. The value itself is left out: it may be long, or nobody's business.
fn describe(error: &ValidationError<'_>) -> String {
    let mut path = "input".to_owned();
    for segment in error.instance_path().segments() {
        match segment {
            LocationSegment::Property(name) => push_member(&mut path, &name),
            LocationSegment::Index(index) => path.push_str(&format!("[{index}]")),
        }
    }
    match error.kind() {
        ValidationErrorKind::Required { property } => {
            push_member(&mut path, property.as_str().unwrap_or_default());
            format!("{path} is missing")
        }
        _ => format!("{path}: {}", error.masked_with("the value")),
    }
}

fn push_member(path: &mut String, name: &str) {
    path.push('.');
    path.push_str(name);
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn accept(schema: Value, input: Value) -> Result<Value, Vec<String>> {
        InputSchema::new(schema).expect("a schema").accept(input).map_err(|mismatch| mismatch.0)
    }

    #[test]
    fn every_fault_is_named_with_its_place() {
        let schema = json!({
            "type": "object",
            "properties": {
                "subject": {"type": "string", "minLength": 3},
                "rows": {"type": "array", "items": {"type": "object", "required": ["kg"]}},
            },
            "required": ["subject", "labels"],
        });
        let faults = accept(schema, json!({"subject": "ok", "rows": [{"kg": 1}, {}]})).expect_err("three faults");
        assert_eq!(faults.len(), 3, "{faults:?}");
        assert!(faults.contains(&"input.labels is missing".to_owned()), "{faults:?}");
        assert!(faults.contains(&"input.rows[1].kg is missing".to_owned()), "{faults:?}");
        assert!(faults.iter().any(|fault| fault.starts_with("input.subject: the value is shorter")), "{faults:?}");
    }

    #[test]
    fn many_faults_are_cut() {
        let items = vec![json!("x"); 50];
        let faults = accept(json!({"items": {"type": "number"}}), json!(items)).expect_err("50 faults");
        assert_eq!((faults.len(), faults[MOST_FAULTS].as_str()), (MOST_FAULTS + 1, "and 30 more"));
    }

    #[test]
    fn defaults_are_filled_in_where_their_parent_is() {
        let inner = json!({"type": "object", "properties": {"deep": {"type": "boolean", "default": true}}});
        let schema = json!({
            "properties": {
                "limit": {"type": "number", "default": 3},
                "there": inner, "absent": inner,
                "list": {"type": "array", "items": inner},
            },
            "required": ["limit"],
        });
        let accepted =
            accept(schema, json!({"list": [{}, {"deep": false}], "there": {}, "extra": 1})).expect("it fits");
        let wanted = r#"{"list":[{"deep":true},{"deep":false}],"there":{"deep":true},"extra":1,"limit":3}"#;
        assert_eq!(accepted.to_string(), wanted);
    }

    #[test]
    fn null_counts_as_missing_unless_the_schema_names_it() {
        let schema = json!({
            "properties": {
                "a": {"type": "string"}, "b": {"type": "number", "default": 1},
                "c": {"type": ["string", "null"]}, "d": {"enum": [null, 1]},
            },
            "required": ["c"],
        });
        let input = json!({"a": null, "b": null, "c": null, "d": null});
        assert_eq!(accept(schema, input), Ok(json!({"b": 1, "c": null, "d": null})));
        let faults =
            accept(json!({"properties": {"x": {}}, "required": ["x"]}), json!({"x": null})).expect_err("missing");
        assert_eq!(faults, ["input.x is missing"]);
    }

    #[test]
    fn any_is_no_type_but_stays_where_it_is_data() {
        let schema = json!({
            "properties": {"type": {"type": "any"}, "list": {"items": {"type": ["any", "string"]}}},
            "default": {"type": "any"},
        });
        let read = InputSchema::new(schema).expect("a schema");
        assert_eq!(read.schema, json!({"properties": {"type": {}, "list": {"items": {}}}, "default": {"type": "any"}}));
    }

    #[test]
    fn schemas_may_refer_to_themselves_but_not_outside() {
        let schema = json!({"properties": {"next": {"$ref": "#", "default": {}}}});
        assert!(accept(schema, json!({})).is_ok());
        assert!(InputSchema::new(json!({"$ref": "http://127.0.0.1/schema.json"})).is_err());
        assert!(InputSchema::new(json!({"type": "nonsense"})).is_err());
    }

    #[test]
    fn formats_are_checked() {
        let schema = json!({"properties": {"mail": {"format": "email"}}});
        assert!(accept(schema.clone(), json!({"mail": "ida@example.org"})).is_ok());
        assert!(accept(schema, json!({"mail": "ida"})).is_err());
    }
}
