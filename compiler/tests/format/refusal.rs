//! Texts with faults are refused with what the parser says.

use prism_compiler::format::format;
use prism_compiler::parse::parse;
use prism_diagnostics::{SourceId, SourceMap};

#[track_caller]
fn refused(source: SourceId, text: &str) {
    let faults = format(source, text).expect_err("the text has faults");
    let parsed = parse(source, text).diagnostics;
    assert_eq!(format!("{faults:?}"), format!("{parsed:?}"), "{text}");
    assert!(faults.iter().all(|fault| fault.span.source == source));
}

#[test]
fn texts_with_faults_are_refused() {
    let mut sources = SourceMap::new();
    sources.add("other.prism", "");
    let source = sources.add("faulty.prism", "");
    for text in ["x = (1 + )", "if (a", "\"open", "a = 5.", "let = 3", "/* open", "return }"] {
        refused(source, text);
    }
}

#[test]
fn faults_are_where_they_are_in_the_given_text() {
    refused(SourceId::default(), "\u{feff}a = 1\r\nb = (2 + )\r\n");
}

#[test]
fn nothing_stays_nothing() {
    for text in ["", "\n\n", "  \r\n", "\u{feff}", ";;"] {
        assert_eq!(format(SourceId::default(), text).as_deref(), Ok(""), "{text:?}");
    }
}

#[test]
fn deep_nesting_is_formatted() {
    let brackets = format!("{}1{}", "[".repeat(200), "]".repeat(200));
    let chain = format!("total = 1{}", " + 1".repeat(900));
    let choices = format!("x = {}0", "a ? 1 : ".repeat(450));
    let row = format!("x{}", ".next(1)".repeat(450));
    for text in [brackets, chain, choices, row] {
        crate::common::check(&text).unwrap();
    }
}

#[test]
fn long_texts_take_time_in_proportion() {
    let line = "if (a > 1) { print(`a ${b}`, [1, 2, {c: x => x + 1}]) } // and on\n";
    let text = line.repeat(20_000);
    let formatted = format(SourceId::default(), &text).unwrap();
    assert_eq!(formatted.lines().filter(|line| line.contains("and on")).count(), 20_000);
}
