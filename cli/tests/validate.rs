//! `parallax pattern validate`: which files, what is said of them, the exit status.

mod common;

use common::{file, parallax, parallax_reading};
use serde_json::{Value, json};
use std::path::Path;

/// The folder of a file.
fn folder(file: &str) -> &str {
    Path::new(file).parent().and_then(Path::to_str).expect("a folder")
}

/// The names, without folders, of all files that the report speaks of.
fn names(report: &Value) -> Vec<&str> {
    let paths = report["files"].as_array().expect("files").iter().map(|file| file["path"].as_str().expect("a path"));
    paths.map(|path| path.rsplit('/').next().unwrap_or(path)).collect()
}

#[test]
fn all_faults_of_all_files_at_once() {
    let clean = file("validate/clean.prism", "x = 1\nx");
    let faulty = file("validate/faulty.prism", "x = a\ny = b\n");
    let outcome = parallax(&["pattern", "validate", &clean, &faulty]).expect(1);
    assert_eq!(outcome.stdout.matches("E0200").count(), 2, "{outcome:#?}");
    assert!(outcome.stdout.ends_with("2 files: 2 errors, 0 warnings\n"), "{outcome:#?}");
    let outcome = parallax(&["pattern", "validate", &clean]).expect(0);
    assert_eq!(outcome.stdout, "1 file: 0 errors, 0 warnings\n");
}

#[test]
fn warnings_alone_are_no_failure() {
    let path = file("validate/warned.prism", "max = 3\nmax");
    let outcome = parallax(&["pattern", "validate", &path]).expect(0);
    assert!(outcome.stdout.contains("W0200"), "{outcome:#?}");
    parallax(&["pattern", "validate", "--deny", "warnings", &path]).expect(1);
    parallax(&["pattern", "validate", "--deny", "errors", &path]).expect(2);
    let allowed = file("validate/allowed.prism", "max = 3 // prism: allow(shadows-library)\nmax");
    parallax(&["pattern", "validate", "--deny", "warnings", &allowed]).expect(0);
}

#[test]
fn json_has_every_fault_with_its_place() {
    let path = file("validate/two.prism", "print(1)\nx = nothing + \"ü\" + nobody\nx\n");
    let report = parallax(&["pattern", "validate", "--format", "json", &path]).expect(1).json();
    assert_eq!((&report["errors"], &report["warnings"]), (&json!(2), &json!(0)));
    let file = &report["files"][0];
    assert!(file["path"].as_str().is_some_and(|shown| shown.ends_with("two.prism")), "{file}");
    let faults = file["diagnostics"].as_array().expect("a list");
    let place =
        |fault: &Value| ["line", "column", "endLine", "endColumn"].map(|key| fault[key].as_u64().expect("a number"));
    assert_eq!(place(&faults[0]), [2, 5, 2, 12]);
    assert_eq!(place(&faults[1]), [2, 21, 2, 27]);
    for key in ["code", "rule", "severity", "message", "labels", "help", "fix"] {
        assert!(faults[0].get(key).is_some(), "no {key} in {}", faults[0]);
    }
    assert_eq!(
        (&faults[0]["code"], &faults[0]["rule"], &faults[0]["severity"]),
        (&json!("E0200"), &json!("unknown-name"), &json!("error"))
    );
}

#[test]
fn modules_are_checked_along() {
    file("validate/part.prism", "export x = missing");
    let path = file("validate/whole.prism", "import {x} from \"./part\"\nx");
    let report = parallax(&["pattern", "validate", "--format", "json", &path]).expect(1).json();
    let paths: Vec<_> =
        report["files"].as_array().expect("files").iter().map(|file| file["path"].as_str().expect("a path")).collect();
    assert!(paths.len() == 2 && paths[0].ends_with("whole.prism") && paths[1].ends_with("part.prism"), "{paths:?}");
    assert_eq!(report["files"][1]["diagnostics"][0]["code"], "E0200");
}

#[test]
fn a_file_that_can_not_be_read_does_not_hide_the_others() {
    let faulty = file("validate/other.prism", "x = a\n");
    let outcome = parallax(&["pattern", "validate", "nowhere.prism", &faulty]).expect(2);
    assert!(outcome.stdout.contains("E0106") && outcome.stdout.contains("E0200"), "{outcome:#?}");
    let report = parallax(&["pattern", "validate", "--format", "json", "nowhere.prism", &faulty]).expect(2).json();
    assert_eq!(report["errors"], json!(2));
    parallax(&["pattern", "validate"]).expect(2);
}

#[test]
fn a_pattern_may_come_from_standard_input() {
    let outcome = parallax_reading(b"x = a", &["pattern", "validate", "-"]).expect(1);
    assert!(outcome.stdout.contains("<stdin>:1:5"), "{outcome:#?}");
}

#[test]
fn folders_are_searched_and_files_checked_once() {
    let first = file("validate/folder/a.prism", "1");
    file("validate/folder/deep/er/b.prism", "x = a");
    file("validate/folder/c.txt", "x = b");
    for left_out in [".git", "target", "node_modules"] {
        file(&format!("validate/folder/{left_out}/d.prism"), "x = c");
    }
    let whole = folder(&first);
    let report = parallax(&["pattern", "validate", "--format", "json", whole, &first, whole]).expect(1).json();
    assert_eq!(names(&report), ["a.prism", "b.prism"]);
    let outcome = parallax(&["pattern", "validate", whole, &format!("{whole}/./a.prism")]).expect(1);
    assert!(outcome.stdout.ends_with("\n2 files: 1 error, 0 warnings\n"), "{outcome:#?}");
    let empty = folder(&file("validate/empty/readme.txt", "")).to_owned();
    let outcome = parallax(&["pattern", "validate", &empty]).expect(2);
    assert!(outcome.stdout.contains("there is no .prism file in"), "{outcome:#?}");
}

#[test]
fn many_files_come_in_the_order_of_their_names() {
    let paths: Vec<String> = (10..40)
        .map(|number| file(&format!("validate/many/{number}.prism"), format!("x = missing{number}\nx")))
        .collect();
    let report = parallax(&["pattern", "validate", "--format", "json", folder(&paths[0])]).expect(1).json();
    let expected: Vec<_> = (10..40).map(|number| format!("{number}.prism")).collect();
    assert_eq!((names(&report), &report["errors"]), (expected.iter().map(String::as_str).collect(), &json!(30)));
}

#[test]
fn a_module_of_several_is_spoken_of_once() {
    file("validate/shared/part.prism", "export x = missing");
    let importers =
        ["a", "b"].map(|name| file(&format!("validate/shared/{name}.prism"), "import {x} from \"./part\"\nx"));
    let report = parallax(&["pattern", "validate", "--format", "json", &importers[0], &importers[1]]).expect(1).json();
    assert_eq!((names(&report), &report["errors"]), (vec!["a.prism", "part.prism", "b.prism"], &json!(1)));
    let report = parallax(&["pattern", "validate", "--format", "json", folder(&importers[0])]).expect(1).json();
    assert_eq!((names(&report), &report["errors"]), (vec!["a.prism", "part.prism", "b.prism"], &json!(1)));
}

#[test]
fn a_cycle_is_one_error_wherever_one_begins() {
    let a = file("validate/cycle/a.prism", "import {b} from \"./b\"\nexport a = 1\nb");
    let b = file("validate/cycle/b.prism", "import {a} from \"./a\"\nexport b = 1\na");
    for files in [vec![&a], vec![&b], vec![&a, &b], vec![&b, &a]] {
        let arguments = [vec!["pattern", "validate", "--format", "json"], files.iter().map(|it| it.as_str()).collect()];
        let report = parallax(&arguments.concat()).expect(1).json();
        assert_eq!(report["errors"], json!(1), "{files:?}: {report:#}");
    }
}

#[test]
fn a_file_that_is_named_answers_for_itself() {
    // Whoever imports it does not hold its metadata against it.
    let part = file("validate/own/part.prism", "/** @minAgents many */\nexport x = 1\nx");
    let whole = file("validate/own/whole.prism", "import {x} from \"./part\"\nx");
    parallax(&["pattern", "validate", &whole]).expect(0);
    let report = parallax(&["pattern", "validate", "--format", "json", &whole, &part]).expect(1).json();
    assert_eq!(report["files"][1]["diagnostics"][0]["code"], "E0504", "{report:#}");
}

#[test]
fn types_are_a_table() {
    let text = "let sure = \"yes\"\nlet answer = \"no\" ~> 0.8\nprint(sure, answer)";
    let outcome = parallax_reading(text.as_bytes(), &["pattern", "validate", "--types", "-"]).expect(0);
    let table = "\
<stdin>:1:5  sure    plain              string
<stdin>:2:5  answer  0.80   ▰▰▰▰▰▰▰▰▱▱  string

1 file: 0 errors, 0 warnings
";
    assert_eq!(outcome.stdout, table);
    // A module that was not named has none.
    file("validate/typed/part.prism", "export x = 1");
    let whole = file("validate/typed/whole.prism", "import {x} from \"./part\"\ny = [x]\ny");
    let report = parallax(&["pattern", "validate", "--types", "--format", "json", &whole]).expect(0).json();
    assert_eq!(report["files"][0]["types"][0]["type"], "array<number>", "{report:#}");
    assert!(report["files"][1].get("types").is_none(), "{report:#}");
}

#[test]
fn the_cost_is_a_number_a_formula_or_has_no_bound() {
    let cost = |name: &str, text: &str| {
        let path = file(&format!("validate/cost/{name}.prism"), text);
        let shown = parallax(&["pattern", "validate", "--cost", &path]).stdout;
        let json = parallax(&["pattern", "validate", "--cost", "--format", "json", &path]).json();
        let line = shown.lines().find_map(|line| Some(line.split_once(&format!("{name}.prism: "))?.1.to_owned()));
        (line.unwrap_or_else(|| panic!("no cost in {shown}")), json["files"][0]["cost"].clone())
    };
    assert_eq!(cost("none", "1 + 1"), ("dispatches: none".to_owned(), json!({"dispatches": 0, "place": null})));
    let one = cost("one", "llm(\"sum up\")");
    assert_eq!(one, ("dispatches: at most 1".to_owned(), json!({"dispatches": 1, "place": null})));
    let (line, json) = cost("each", "for a in agentList { print(a.analyze(\"x\")) }");
    assert_eq!(line, "dispatches: at most agents");
    assert_eq!(json["dispatches"], "agents");
    let (line, json) = cost("endless", "while true { print(llm(\"more\")) }");
    assert!(line.starts_with("dispatches: unbounded, at ") && line.ends_with("endless.prism:1:20"), "{line}");
    assert_eq!((&json["dispatches"], &json["place"]["column"]), (&json!("unbounded"), &json!(20)));
}

#[test]
fn a_root_may_be_chosen() {
    file("validate/rooted/part.prism", "export x = 1");
    let path = file("validate/rooted/deep/whole.prism", "import {x} from \"../part\"\nx");
    let outcome = parallax(&["pattern", "validate", &path]).expect(1);
    assert!(outcome.stdout.contains("E0503"), "{outcome:#?}");
    let root = folder(folder(&path));
    parallax(&["pattern", "validate", "--root", root, &path]).expect(0);
}
