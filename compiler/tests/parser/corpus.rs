//! The conformance programs: those that are right parse without a word, with either kind of line break.

use crate::{sexpr, told};
use prism_compiler::parse::parse;
use prism_diagnostics::SourceId;
use serde_json::Value;
use std::fs;
use std::path::{Path, PathBuf};

struct Case {
    path: PathBuf,
    text: String,
    /// What the program must give; that of its folder for a program of several modules.
    expected: Value,
    /// Whether it is one module of several.
    module: bool,
}

pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/conformance")
}

fn collect(folder: &Path, cases: &mut Vec<Case>) {
    for entry in fs::read_dir(folder).unwrap_or_else(|fault| panic!("{}: {fault}", folder.display())) {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(&path, cases);
        } else if path.extension().is_some_and(|extension| extension == "prism") {
            let own = path.with_extension("json");
            let module = !own.exists();
            let mut around = path.ancestors().skip(1).map(|folder| folder.join("expect.json"));
            let json = if module { around.find(|json| json.exists()).unwrap() } else { own };
            let expected = serde_json::from_str(&fs::read_to_string(json).unwrap()).unwrap();
            cases.push(Case { text: fs::read_to_string(&path).unwrap(), path, expected, module });
        }
    }
}

fn cases() -> Vec<Case> {
    let mut cases = Vec::new();
    collect(&root(), &mut cases);
    assert!(cases.len() > 500, "only {} programs", cases.len());
    cases
}

/// The texts of all conformance programs.
pub fn texts() -> Vec<String> {
    cases().into_iter().map(|case| case.text).collect()
}

/// The lines that the checker's cases expect faults of the grammar on, which here includes targets by their shape.
fn faulty_lines(case: &Case) -> Vec<u64> {
    let diagnostics = case.expected["diagnostics"].as_array().into_iter().flatten();
    let of_grammar = diagnostics.filter(|fault| fault["rule"] == "syntax");
    of_grammar.filter_map(|fault| fault["line"].as_u64()).collect()
}

fn may_be_wrong(case: &Case) -> bool {
    let phase = case.expected["error"]["phase"].as_str().unwrap_or_default();
    let not_assignable = case.path.ends_with("not-assignable.prism");
    !case.module && (matches!(phase, "compile" | "any") || not_assignable || !faulty_lines(case).is_empty())
}

#[test]
fn right_programs_parse() {
    for case in cases().iter().filter(|case| !may_be_wrong(case)) {
        let parsed = parse(SourceId(0), &case.text);
        assert!(parsed.diagnostics.is_empty(), "{}\n{}", case.path.display(), told(&case.text, &parsed.diagnostics));
    }
}

#[test]
fn line_breaks_do_not_matter() {
    for case in cases() {
        let windows = case.text.replace("\r\n", "\n").replace('\n', "\r\n");
        let (unix, windows) = (parse(SourceId(0), &case.text), parse(SourceId(0), &windows));
        assert_eq!(sexpr::module(&unix.module), sexpr::module(&windows.module), "{}", case.path.display());
        assert_eq!(unix.diagnostics.len(), windows.diagnostics.len(), "{}", case.path.display());
        assert_eq!(unix.module.comments.len(), windows.module.comments.len());
    }
}

#[test]
fn faults_stand_on_their_lines() {
    for case in cases().iter().filter(|case| !faulty_lines(case).is_empty()) {
        let parsed = parse(SourceId(0), &case.text);
        let line = |at: u32| case.text[..at as usize].matches('\n').count() as u64 + 1;
        let lines: Vec<u64> = parsed.diagnostics.iter().map(|fault| line(fault.span.start)).collect();
        assert_eq!(lines, faulty_lines(case), "{}", case.path.display());
    }
}

#[test]
fn faults_say_what_the_cases_expect() {
    // Faults of names, which the grammar knows nothing of.
    let of_names = ["error-compound-assignment-of-an-unknown-name"];
    for case in cases().iter().filter(|case| case.expected["error"]["phase"] == "compile") {
        let parsed = parse(SourceId(0), &case.text);
        let name = case.path.file_stem().unwrap().to_string_lossy();
        let told = told(&case.text, &parsed.diagnostics);
        if case.path.parent().unwrap().ends_with("values") && !of_names.contains(&name.as_ref()) {
            assert!(!parsed.diagnostics.is_empty(), "{name} parses");
        }
        if !parsed.diagnostics.is_empty() {
            let expected = case.expected["error"]["contains"].as_str().unwrap_or_default();
            assert!(told.to_lowercase().contains(expected), "{name}: no \"{expected}\" in\n{told}");
        }
    }
}
