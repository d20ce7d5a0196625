//! What `parallax pattern validate` prints for tools, held against the schemas: its own, which is published, and the
//! part of SARIF 2.1.0 that it uses.

mod common;

use common::{Outcome, file, parallax, parallax_reading, workspace};
use jsonschema::Validator;
use serde_json::{Value, json};
use std::fs;
use std::path::Path;

/// The published schema, closed: what it does not name, the object must not have.
fn own_schema() -> Validator {
    let mut schema = read(&workspace().join("docs/validate.schema.json"));
    close(&mut schema);
    validator(&schema)
}

fn close(schema: &mut Value) {
    match schema {
        Value::Object(members) => {
            members.values_mut().for_each(close);
            if members.get("type") == Some(&json!("object")) {
                members.insert("additionalProperties".to_owned(), json!(false));
            }
        }
        Value::Array(items) => items.iter_mut().for_each(close),
        _ => {}
    }
}

fn sarif_schema() -> Validator {
    validator(&read(&Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/sarif.schema.json")))
}

fn read(path: &Path) -> Value {
    serde_json::from_str(&fs::read_to_string(path).expect("a schema")).expect("JSON")
}

fn validator(schema: &Value) -> Validator {
    jsonschema::validator_for(schema).expect("a schema")
}

#[track_caller]
fn assert_fits(schema: &Validator, object: &Value) {
    let faults: Vec<_> =
        schema.iter_errors(object).map(|fault| format!("{}: {fault}", fault.instance_path())).collect();
    assert!(faults.is_empty(), "{faults:#?} in {object:#}");
}

/// What is checked: files with every kind of fault, label and fix; with the exit status.
fn cases() -> Vec<(Vec<String>, i32)> {
    let named = |name: &str, text: &str| file(&format!("validate_tools/{name}.prism"), text);
    let clean = named("clean", "x = 1\nx");
    let warned = named("warned", "import {part, rest} from \"./part\"\nmax = 3\nlet gone = {a: part}\ngone.b");
    let part = named("part", "export part = 1\nexport rest = 2");
    let faulty = named("faulty", "let total = .5\nlet total = 2\nx = totl + (1\n\"ü\" - nobody");
    let asking = named("asking", "for a in agentList { print(a.analyze(\"x\")) }\nwhile true { print(llm(\"more\")) }");
    vec![
        (vec![clean.clone()], 0),
        (vec![warned.clone()], 0),
        (vec![faulty.clone()], 1),
        (vec![asking], 0),
        (vec![clean, warned, part, faulty.clone()], 1),
        (vec!["nowhere.prism".to_owned(), faulty], 2),
    ]
}

fn validate(flags: &[&str], files: &[String]) -> Outcome {
    let files = files.iter().map(String::as_str);
    parallax(&["pattern", "validate"].into_iter().chain(flags.iter().copied()).chain(files).collect::<Vec<_>>())
}

#[test]
fn the_object_fits_its_published_schema() {
    let schema = own_schema();
    for (files, status) in cases() {
        for flags in [&["--format", "json"][..], &["--format", "json", "--types", "--cost"]] {
            assert_fits(&schema, &validate(flags, &files).expect(status).json());
        }
    }
    let fixed = parallax_reading(b"x = 1", &["pattern", "validate", "--format", "json", "-"]).expect(0).json();
    assert_fits(&schema, &fixed);
    let path = file("validate_tools/fixed.prism", "let total = 1\nprint(totl)\n");
    let fixed = validate(&["--format", "json", "--fix"], &[path]).expect(0).json();
    assert_eq!(fixed["files"][0]["fixed"][0]["code"], "E0200", "{fixed:#}");
    assert_fits(&schema, &fixed);
}

#[test]
fn the_schema_refuses_what_is_wrong() {
    let schema = own_schema();
    let good = validate(&["--format", "json", "--types"], &cases()[2].0).json();
    assert_fits(&schema, &good);
    for (pointer, wrong) in [
        ("/errors", json!("1")),
        ("/files/0/path", Value::Null),
        ("/files/0/diagnostics/0/line", json!(0)),
        ("/files/0/diagnostics/0/severity", json!("note")),
        ("/files/0/diagnostics/0/fix", json!({"title": "mend"})),
        ("/files/0/types/0/confidence/hi", json!(1.5)),
        ("/files/0/types/0/confidence", json!({"plain": true, "lo": 0, "hi": 1, "more": 1})),
    ] {
        let mut bad = good.clone();
        *bad.pointer_mut(pointer).unwrap_or_else(|| panic!("no {pointer} in {good:#}")) = wrong;
        assert!(!schema.is_valid(&bad), "{pointer}");
    }
}

#[test]
fn the_log_fits_sarif() {
    let schema = sarif_schema();
    for (files, status) in cases() {
        let log = validate(&["--format", "sarif"], &files).expect(status).json();
        assert_fits(&schema, &log);
        let run = &log["runs"][0];
        let driver = &run["tool"]["driver"];
        assert_eq!(
            (&driver["name"], &driver["semanticVersion"]),
            (&json!("parallax"), &json!(env!("CARGO_PKG_VERSION")))
        );
        assert_eq!(run["invocations"][0]["executionSuccessful"], json!(status != 2));
        let report = validate(&["--format", "json"], &files).json();
        let (results, faults) =
            (run["results"].as_array().expect("results"), report["files"].as_array().expect("files"));
        let faults: Vec<_> = faults.iter().flat_map(|file| file["diagnostics"].as_array().expect("faults")).collect();
        assert_eq!(results.len(), faults.len());
        for (result, fault) in results.iter().zip(faults) {
            let rule = result["ruleIndex"].as_u64().expect("a rule") as usize;
            assert_eq!(driver["rules"][rule]["id"], result["ruleId"]);
            assert_eq!((&result["ruleId"], &result["level"]), (&fault["code"], &fault["severity"]));
            let region = &result["locations"][0]["physicalLocation"]["region"];
            assert_eq!((&region["startLine"], &region["endColumn"]), (&fault["line"], &fault["endColumn"]));
            assert_eq!(result.get("fixes").is_some(), !fault["fix"].is_null());
        }
    }
}
