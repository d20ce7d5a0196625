//! What a run gave, as far as it must be the same in every mode.

use crate::notation;
use parallax_runtime_host::{CallRecord, RunReport, Status};
use std::fmt;

/// What a run gave.
#[derive(Clone, Debug, PartialEq)]
pub struct Outcome {
    /// The value, or the error's name and message.
    pub result: Result<String, String>,
    /// What it printed to standard output.
    pub output: Vec<String>,
    /// What it printed to standard error.
    pub stderr: Vec<String>,
    /// The result's warnings.
    pub warned: Vec<String>,
    /// The result's metadata.
    pub metadata: String,
    /// What agents were asked.
    pub asked: Vec<String>,
    /// The virtual milliseconds that it took.
    pub elapsed: String,
}

impl Outcome {
    /// Of a report.
    pub fn new(report: &RunReport) -> Self {
        let error = report.error.as_ref().map(|error| format!("{}: {}", error.code.rule(), error.message));
        let result = match (report.status, error) {
            (Status::Completed, None) => Ok(notation::result(report)),
            (_, error) => Err(error.unwrap_or_default()),
        };
        Outcome {
            result,
            output: report.stdout.clone(),
            stderr: report.stderr.clone(),
            warned: report.warnings.clone(),
            metadata: notation::written(&report.metadata),
            asked: report.calls.iter().map(question).collect(),
            elapsed: report.metrics.elapsed_ms.to_string(),
        }
    }
}

/// How a run went, as far as compiling must not change it.
#[derive(Clone, Debug, PartialEq)]
pub struct Course {
    /// The steps of fuel.
    steps: u64,
    /// The error with its place, and the calls that led there.
    error: Option<String>,
}

impl Course {
    /// Of a report.
    pub fn new(report: &RunReport) -> Self {
        Course { steps: report.metrics.steps, error: report.error.as_ref().map(|error| format!("{error:?}")) }
    }
}

/// `a1 analyze {text: "x"} in triage`: who, what, about what, where.
fn question(call: &CallRecord) -> String {
    let data = if call.data.is_null() { String::new() } else { format!(" {}", notation::written(&call.data)) };
    let context = call.context.as_ref().map(|context| format!(" in {context}")).unwrap_or_default();
    format!("{} {}{data}{context}", call.agent, call.task)
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.result {
            Ok(value) => f.write_str(value)?,
            Err(error) => write!(f, "error {error}")?,
        }
        let lists =
            [("output", &self.output), ("stderr", &self.stderr), ("warned", &self.warned), ("asked", &self.asked)];
        for (name, lines) in lists.into_iter().filter(|(_, lines)| !lines.is_empty()) {
            write!(f, "; {name} {lines:?}")?;
        }
        write!(f, "; metadata {}; {} ms", self.metadata, self.elapsed)
    }
}
