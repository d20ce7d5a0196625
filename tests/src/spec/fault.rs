//! Faults that a comment asserts: errors of the compiler and of the run, and warnings.

use crate::spec::assertion::Assertion;
use parallax_runtime_host::ErrorReport;
use prism_diagnostics::{Code, Phase};

/// Run errors that a checker may find before anything runs, with the rules under which it then reports them.
const FORESEEN: [(&str, &[&str]); 6] = [
    ("arity", &["wrong-arguments", "type-mismatch"]),
    ("type", &["type-mismatch"]),
    ("index", &["type-mismatch"]),
    ("null", &["type-mismatch"]),
    ("division", &["type-mismatch"]),
    ("range", &["confidence-out-of-range", "bad-threshold"]),
];

/// A fault that a comment asserts.
#[derive(Clone, Debug)]
pub struct ExpectedFault {
    /// The file's path.
    pub path: String,
    /// The file's line, from 1.
    pub line: usize,
    /// The rule's name.
    pub rule: &'static str,
    /// When it is found.
    pub phase: Phase,
    /// A part of the message, in lower case.
    pub part: String,
}

impl ExpectedFault {
    /// Of an assertion in the file with that path.
    ///
    /// # Errors
    /// If the catalog has no such rule.
    pub fn new(path: &str, assertion: &Assertion) -> Result<Self, String> {
        let (name, part) = assertion.fault();
        let code = Code::find(name).ok_or_else(|| format!("no fault is called `{name}`"))?;
        let (path, part) = (path.to_owned(), part.to_lowercase());
        Ok(ExpectedFault { path, line: assertion.line, rule: code.rule(), phase: code.phase(), part })
    }

    /// Whether it is the one of that rule in that place.
    pub fn is(&self, path: &str, line: u32, rule: &str, text: &str) -> bool {
        let is_foreseen = FORESEEN.iter().any(|(run, rules)| *run == self.rule && rules.contains(&rule));
        let is_it = rule == self.rule && text.to_lowercase().contains(&self.part) || is_foreseen;
        is_it && path == self.path && line as usize == self.line
    }

    /// Whether a run ended with it. An error that no place belongs to stands on any line.
    pub fn is_error(&self, error: &ErrorReport) -> bool {
        let path = error.file.as_deref().unwrap_or(&self.path);
        self.is(path, error.line.unwrap_or(self.line as u32), error.code.rule(), &error.message)
    }
}
