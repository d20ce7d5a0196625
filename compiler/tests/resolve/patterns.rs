//! What an entry says of itself as a pattern: declarations, opening comments, and both together.

use super::common::{resolve_all, show};
use prism_compiler::modules::MemoryLoader;
use prism_compiler::pipeline::PatternInfo;
use prism_diagnostics::Diagnostic;
use serde_json::json;

fn info(text: &str) -> PatternInfo {
    let resolved = resolve_all(text, &MemoryLoader::new(), false);
    assert!(!resolved.diagnostics.iter().any(Diagnostic::is_error), "{:?}", resolved.diagnostics);
    resolved.metadata
}

#[test]
fn fields_become_a_schema_in_their_order() {
    let info = info(
        "pattern content_check v1.2.0 {\n  input {\n    text: string required max_length(1000) pattern(\"^a\")\n\
         level: number min(-2) max(5) optional\n    tone: string enum(\"warm\", \"plain\") default(\"plain\")\n\
         rows: [[number]] min_length(1)\n    tags: [string] default([])\n    thing: any\n    box: object default({})\n\
         options: { deep: boolean default(false)  rate: number default(0.5) } optional\n  }\n  1\n}",
    );
    assert_eq!((info.name.as_deref(), info.version.as_deref()), (Some("content_check"), Some("1.2.0")));
    let schema = json!({
        "type": "object",
        "properties": {
            "text": {"type": "string", "maxLength": 1000, "pattern": "^a"},
            "level": {"type": "number", "minimum": -2, "maximum": 5},
            "tone": {"type": "string", "enum": ["warm", "plain"], "default": "plain"},
            "rows": {"type": "array", "items": {"type": "array", "items": {"type": "number"}}, "minItems": 1},
            "tags": {"type": "array", "items": {"type": "string"}, "default": []},
            "thing": {},
            "box": {"type": "object", "default": {}},
            "options": {
                "type": "object",
                "properties": {"deep": {"type": "boolean", "default": false}, "rate": {"type": "number", "default": 0.5}},
                "required": ["deep", "rate"],
            },
        },
        "required": ["text", "tone", "rows", "tags", "thing", "box"],
    });
    assert_eq!(info.input_schema.map(|schema| schema.to_string()), Some(schema.to_string()));
}

#[test]
fn faulty_fields() {
    assert_shown!(show(
        "pattern p {\n  input {\n    a: strng\n    a: string\n    b: string min(1)\n    c: number min(5) max(1)\n    d: string max_length(-1)\n\
         e: number default(\"x\")\n    f: string enum()\n    g: string required optional\n    h: string maxlength(3)\n    i: number default(x)\n\
         j: boolean required(1)\n    k: string format(1)\n    l: string pattern(\"a\") pattern(\"b\")\n    m: string enum(\"a\", 1)\n    n: any min(1) min_length(2)\n  }\n\
         expects { o: nubmer }\n  1\n}"
    ));
}

#[test]
fn a_declaration_adds_to_the_opening_comment() {
    let info = info(
        "/**\n * @name Comment\n * @version 0.1.0\n * @description What it does\n * @minAgents 2\n * @confidence product\n * @timeout 30s\n */\n\
         pattern declared v2.0.0 { input { a: string } 1 }",
    );
    assert_eq!((info.name.as_deref(), info.version.as_deref()), (Some("declared"), Some("2.0.0")));
    assert_eq!(info.description.as_deref(), Some("What it does"));
    assert_eq!((info.min_agents, info.confidence.as_deref(), info.timeout), (Some(2), Some("product"), Some(30_000)));
    assert!(info.input_schema.is_some());
}

#[test]
fn two_schemas_clash() {
    assert_shown!(show(
        "/**\n * @name Comment\n * @input {\"type\": \"object\"}\n */\npattern declared { input { a: string } 1 }"
    ));
}
