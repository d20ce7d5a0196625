//! Help, versions and explanations.

mod common;

use common::parallax;
use prism_diagnostics::Code;

#[test]
fn alone_it_says_what_it_can_do() {
    let outcome = parallax(&[]).expect(2);
    for word in ["run", "repl", "pattern", "fmt", "explain", "agent", "Examples:"] {
        assert!(outcome.stderr.contains(word), "no `{word}` in {outcome:#?}");
    }
    let asked = parallax(&["--help"]).expect(0);
    assert!(asked.stdout.contains("Examples:"), "{asked:#?}");
}

#[test]
fn every_command_has_help() {
    for command in [
        &["run"][..],
        &["repl"],
        &["pattern"],
        &["pattern", "validate"],
        &["explain"],
        &["agent"],
        &["agent", "serve"],
        &["agent", "list"],
    ] {
        let outcome = parallax(&[command, &["--help"]].concat()).expect(0);
        assert!(outcome.stdout.contains("Usage:"), "{outcome:#?}");
    }
}

#[test]
fn the_version_is_that_of_the_package() {
    assert_eq!(parallax(&["--version"]).expect(0).stdout, format!("parallax {}\n", env!("CARGO_PKG_VERSION")));
}

#[test]
fn every_code_has_its_page() {
    for code in Code::ALL {
        let outcome = parallax(&["explain", code.as_str()]).expect(0);
        assert_eq!(outcome.stdout.trim_end(), code.page().trim_end());
    }
    assert_eq!(
        parallax(&["explain", "unknown-name"]).expect(0).stdout,
        parallax(&["explain", "e0200"]).expect(0).stdout
    );
    // A rule that several codes share has all their pages.
    let grammar = parallax(&["explain", "syntax"]).expect(0).stdout;
    for code in Code::ALL.iter().filter(|code| code.rule() == "syntax") {
        assert!(grammar.contains(code.page().trim_end()), "no page of {code} in {grammar}");
    }
}

#[test]
fn an_unknown_code_brings_the_nearest() {
    parallax(&["explain", "E0209"]).expect(2).says("`E0200`");
    parallax(&["explain", "unknwon-name"]).expect(2).says("`unknown-name`");
    let outcome = parallax(&["explain", "zzzzzzzz"]).expect(2);
    assert!(!outcome.stderr.contains("do you mean"), "{outcome:#?}");
}

#[test]
fn without_a_code_all_are_listed() {
    let list = parallax(&["explain"]).expect(0).stdout;
    let codes: Vec<_> = list.lines().filter_map(|line| line.strip_prefix("  ")?.split(' ').next()).collect();
    assert_eq!(codes, Code::ALL.iter().map(|code| code.as_str()).collect::<Vec<_>>());
    assert!(list.contains("\n\nNames and scopes\n  E0200  unknown-name "), "{list}");
}
