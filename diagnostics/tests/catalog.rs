//! The catalog and its pages belong together, row by row.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use prism_diagnostics::{Code, Phase, Severity, Verdict};

#[test]
fn every_page_bears_its_codes_title() {
    for code in Code::ALL {
        let title = format!("# {} {}", code.as_str(), code.rule());
        assert_eq!(code.page().lines().next(), Some(title.as_str()));
        assert!(code.page().ends_with('\n'), "{code}: no line break at the end");
    }
}

#[test]
fn every_page_has_a_code() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("pages");
    let files = fs::read_dir(folder).expect("the folder of pages");
    let names: BTreeSet<String> =
        files.map(|file| file.expect("a page").file_name().to_string_lossy().into_owned()).collect();
    let expected: BTreeSet<String> = Code::ALL.iter().map(|code| format!("{code}.md")).collect();
    assert_eq!(names, expected);
}

#[test]
fn pages_show_a_bad_and_a_good_program_or_text() {
    for code in Code::ALL {
        let verdicts: Vec<_> = code.examples().iter().map(|example| example.verdict).collect();
        match verdicts.as_slice() {
            [] => assert!(code.page().contains("```text\n"), "{code}: no example"),
            verdicts => assert_eq!(verdicts, [Verdict::Bad, Verdict::Good], "{code}"),
        }
        assert_eq!(code.page().matches("```").count() % 2, 0, "{code}: a block that never ends");
        for example in code.examples() {
            assert!(!example.text.trim().is_empty(), "{code}: an empty program");
        }
    }
}

#[test]
fn examples_may_have_several_files() {
    let examples = Code::E0502.examples();
    let bad = examples.first().expect("an example");
    let names: Vec<_> = bad.files.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, ["shapes.prism", "numbers.prism"]);
    assert!(bad.text.starts_with("import {area} from \"./shapes.prism\"\n"));
    assert!(!bad.text.contains("// file:"));
}

#[test]
fn codes_are_found_by_code_and_rule() {
    assert_eq!(Code::find("e0200"), Some(Code::E0200));
    assert_eq!(Code::find("Unknown-Name"), Some(Code::E0200));
    assert_eq!(Code::find("nonsense"), None);
    for code in Code::ALL {
        assert_eq!(Code::find(code.as_str()), Some(*code));
        // Several rows may share a rule: the ways in which the grammar can be broken.
        assert_eq!(Code::find(code.rule()).map(Code::rule), Some(code.rule()));
    }
}

#[test]
fn letters_tell_severity_and_phase() {
    for code in Code::ALL {
        let letter = code.as_str().chars().next();
        assert_eq!(letter == Some('W'), code.severity() == Severity::Warning, "{code}");
        assert_eq!(letter == Some('R'), code.phase() == Phase::Run, "{code}");
    }
}
