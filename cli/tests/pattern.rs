//! `parallax pattern validate`.

mod common;

use common::{file, parallax, parallax_reading};
use serde_json::{Value, json};

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
