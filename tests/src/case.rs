//! Cases: a program with what it must give, in the format of `tests/conformance/README.md`.
//!
//! A pattern's own tests (`patterns/NAME.test.json`) are a list of such expectations, each with a `name`.

use serde::Deserialize;
use serde_json::{Map, Value};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// A program and what it must give.
#[derive(Clone, Debug)]
pub struct Case {
    /// Tells it apart: `category/name`.
    pub name: String,
    /// The project's root.
    pub root: PathBuf,
    /// The program's path from the root.
    pub path: String,
    /// What it must give.
    pub expected: Expected,
}

/// What a program must give. What is missing is not asserted.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Expected {
    /// What it shows, among the tests of one pattern.
    #[serde(default)]
    pub name: String,
    /// The place of the language's definition, for readers.
    #[serde(default, rename = "spec")]
    _spec: String,
    /// Where the expectation comes from, for readers.
    #[serde(default, rename = "source")]
    _source: String,
    /// The encoded value; a missing one is no assertion, null is.
    #[serde(default, deserialize_with = "present")]
    pub value: Option<Value>,
    /// The error instead of a value.
    pub error: Option<ExpectedError>,
    /// The lines on standard output.
    pub stdout: Option<Vec<String>>,
    /// The result's warnings.
    pub warnings: Option<Vec<String>>,
    /// The result's metadata.
    pub metadata: Option<Value>,
    /// The input that it is given.
    #[serde(default)]
    pub input: Value,
    /// The scripted agents that it may ask.
    #[serde(default = "no_agents")]
    pub agents: Value,
    /// What the agents must have been sent, in order of start; an entry names what it asserts.
    pub calls: Option<Vec<Map<String, Value>>>,
    /// Everything that the checker must say: such a case is checked, not run.
    pub diagnostics: Option<Vec<ExpectedDiagnostic>>,
    /// Types that the checker must find.
    pub types: Option<Vec<ExpectedType>>,
}

/// An error.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ExpectedError {
    /// When it must be found.
    pub phase: ExpectedPhase,
    /// Part of its message, in lower case.
    pub contains: String,
}

/// When an error must be found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ExpectedPhase {
    /// Before anything runs.
    Compile,
    /// In the run; refused input counts.
    Run,
    /// Either.
    Any,
}

/// Something that the checker must say.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ExpectedDiagnostic {
    /// The line of the faulty construct.
    pub line: u32,
    /// The rule.
    pub rule: String,
    /// `error` or `warning`.
    pub severity: String,
}

/// What the checker must know of a name right after it is declared.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ExpectedType {
    /// The name.
    pub name: String,
    /// The line that declares it.
    pub line: u32,
    /// Its type, where that is asserted.
    #[serde(rename = "type")]
    pub ty: Option<String>,
    /// Its confidence, where that is.
    pub confidence: Option<ExpectedConfidence>,
}

/// What the checker must know of a confidence.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ExpectedConfidence {
    /// Whether the value may have none.
    pub plain: bool,
    /// The lowest that it can have.
    pub lo: Option<f64>,
    /// The highest.
    pub hi: Option<f64>,
}

fn present<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Option<Value>, D::Error> {
    Value::deserialize(deserializer).map(Some)
}

fn no_agents() -> Value {
    Value::Array(Vec::new())
}

/// The cases of a category: `NAME.prism` with `NAME.json`, and folders with `main.prism` and `expect.json`; by name.
///
/// # Errors
/// If the folder can't be read, or an expectation is not of the form.
pub fn category(folder: &Path) -> io::Result<Vec<Case>> {
    let category = file_stem(folder);
    let mut cases = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        let (root, program, expectation) = if path.is_dir() {
            (path.clone(), "main.prism".to_owned(), path.join("expect.json"))
        } else if path.extension().is_some_and(|extension| extension == "prism") {
            (folder.to_owned(), format!("{}.prism", file_stem(&path)), path.with_extension("json"))
        } else {
            continue;
        };
        let name = format!("{category}/{}", file_stem(&path));
        let expected = parse(&expectation)?;
        cases.push(Case { name, root, path: program, expected });
    }
    cases.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(cases)
}

/// The tests of a pattern, which stand beside it in `NAME.test.json`.
///
/// # Errors
/// If the list can't be read.
pub fn of_pattern(pattern: &Path) -> io::Result<Vec<Case>> {
    let expectations: Vec<Expected> = parse(&pattern.with_extension("test.json"))?;
    let stem = file_stem(pattern);
    let case = |expected: Expected| Case {
        name: format!("{stem}: {}", expected.name),
        root: pattern.parent().unwrap_or(Path::new(".")).to_owned(),
        path: format!("{stem}.prism"),
        expected,
    };
    Ok(expectations.into_iter().map(case).collect())
}

fn parse<T: serde::de::DeserializeOwned>(path: &Path) -> io::Result<T> {
    let named = |error: String| io::Error::other(format!("{}: {error}", path.display()));
    let text = fs::read_to_string(path).map_err(|error| named(error.to_string()))?;
    serde_json::from_str(&text).map_err(|error| named(error.to_string()))
}

fn file_stem(path: &Path) -> String {
    path.file_stem().unwrap_or_default().to_string_lossy().into_owned()
}
