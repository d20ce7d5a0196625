//! What a run gave: the value with its confidence, or why there is none, and everything that happened on the way.
//!
//! [`RunReport::to_json`] is the object that tools read; field names and order are public. Not here: text for people,
//! which whoever prints it makes from [`RunReport::display`], [`RunReport::diagnostics`] and [`ErrorReport::run_error`].

use crate::explain::Explanation;
use crate::money::Money;
use prism_diagnostics::{Code, Diagnostic, Phase, RunError, SourceMap, Span, StackFrame};
use serde::Serialize;
use serde::ser::{SerializeMap, Serializer};
use serde_json::{Value, json};

/// How a run ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Status {
    /// It gave a value.
    Completed,
    /// It began and gave none.
    Failed,
    /// It did not begin: the program or its input is faulty.
    Refused,
}

/// What a run gave.
#[derive(Clone, Debug)]
pub struct RunReport {
    /// How it ended.
    pub status: Status,
    /// The value without its own confidence; inner ones are `{"$conf": c, "value": v}`. Null unless completed.
    pub result: Value,
    /// The value's own confidence, 0…1; `None` if it has none or there is no value.
    pub confidence: Option<f64>,
    /// The value as the language displays it, its confidence included; empty unless completed.
    pub display: String,
    /// The lines that the program printed to standard output.
    pub stdout: Vec<String>,
    /// The lines that the program printed to standard error.
    pub stderr: Vec<String>,
    /// What the program (`with warning`) and the host have to say about the result, one sentence each.
    pub warnings: Vec<String>,
    /// What the program gave beside the result (`with { … }`): an object, or null.
    pub metadata: Value,
    /// Why there is no value.
    pub error: Option<ErrorReport>,
    /// What the run took.
    pub metrics: Metrics,
    /// Where the result's confidence comes from, if that was asked for.
    pub explanation: Option<Explanation>,
    /// What agents were asked, in order of asking.
    pub calls: Vec<CallRecord>,
    /// What the compiler found: errors if it refused the program, else warnings.
    pub diagnostics: Vec<Diagnostic>,
    /// The texts that `diagnostics` and the error's places belong to.
    pub sources: SourceMap,
}

/// Why there is no value.
#[derive(Clone, Debug, PartialEq)]
pub struct ErrorReport {
    /// When the fault was found.
    pub phase: Phase,
    /// Which row of the catalog.
    pub code: Code,
    /// In plain words; of several faults all of them.
    pub message: String,
    /// The line of the failing expression, from 1.
    pub line: Option<u32>,
    /// Its column, from 1, in Unicode scalars.
    pub column: Option<u32>,
    /// The path of its file.
    pub file: Option<String>,
    /// The failing expression.
    pub span: Option<Span>,
    /// The calls that were under way, innermost first.
    pub stack: Vec<StackFrame>,
    /// The error value's `data`; null unless the program or an agent gave some.
    pub data: Value,
}

/// What a run took.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Metrics {
    /// Steps of fuel, of the program and all patterns that it ran.
    pub steps: u64,
    /// Questions to agents and models.
    pub dispatches: u64,
    /// Tasks started.
    pub tasks: u64,
    /// Milliseconds from the first step to the last; virtual ones where time is.
    pub elapsed_ms: f64,
    /// What questions cost: for each the cost that its answer stated, else the agent's price; `None` if no agent had one.
    pub spent: Option<Money>,
    /// The most bytes that the program's values took at a time.
    pub peak_memory: usize,
    /// Each agent that was asked, in order of first asking.
    pub agents: Vec<AgentMetrics>,
}

/// What one agent was to a run.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct AgentMetrics {
    /// Its id.
    pub id: String,
    /// How often it was asked.
    pub asked: u64,
    /// How often it answered.
    pub answered: u64,
    /// How often it failed.
    pub failed: u64,
    /// How often its answer was no longer needed.
    pub cancelled: u64,
    /// Milliseconds over all its calls.
    pub elapsed_ms: f64,
}

/// A question to an agent and what came of it.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct CallRecord {
    /// Its number in order of asking, from 0, over all machines of the run.
    pub number: u64,
    /// The agent's id.
    pub agent: String,
    /// The agent's name.
    pub agent_name: String,
    /// The task's description.
    pub task: String,
    /// The data; null if none was given.
    pub data: Value,
    /// The label of `in context`.
    pub context: Option<String>,
    /// The pattern that asked.
    pub pattern: String,
    /// When, in milliseconds from the run's start.
    pub started_ms: f64,
    /// How long it took, in milliseconds.
    pub elapsed_ms: f64,
    /// What it cost: until there is an answer that says so, the agent's price; `None` if that is unknown.
    pub cost: Option<Money>,
    /// What came of it.
    pub outcome: CallOutcome,
}

/// What came of a question.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(tag = "status", rename_all = "lowercase")]
pub enum CallOutcome {
    /// Nothing yet; in a report only where the run was stopped.
    Open,
    /// An answer.
    Answered {
        /// What the agent found.
        result: Value,
        /// How sure it is, 0…1; `None` if it did not say.
        confidence: Option<f64>,
        /// Why.
        reasoning: Option<String>,
        /// What weakens it.
        uncertainties: Vec<String>,
    },
    /// No answer.
    Failed {
        /// What kind of failure, in kebab case: `unavailable`, `timeout`, `bad-answer`, …
        kind: String,
        /// In plain words.
        message: String,
    },
    /// The answer was no longer needed, and the agent was told.
    Cancelled,
}

impl RunReport {
    /// A report in which nothing has happened yet.
    pub(crate) fn new(status: Status) -> Self {
        RunReport {
            status,
            result: Value::Null,
            confidence: None,
            display: String::new(),
            stdout: Vec::new(),
            stderr: Vec::new(),
            warnings: Vec::new(),
            metadata: Value::Null,
            error: None,
            metrics: Metrics::default(),
            explanation: None,
            calls: Vec::new(),
            diagnostics: Vec::new(),
            sources: SourceMap::new(),
        }
    }

    /// Of a program that was not run, for a fault outside its text.
    pub fn refused(code: Code, message: impl Into<String>) -> Self {
        let error = ErrorReport::new(code, message, None, &SourceMap::new());
        RunReport { error: Some(error), ..RunReport::new(Status::Refused) }
    }

    /// The object for tools: what [`RunReport`] serialises as.
    pub fn to_json(&self) -> Value {
        // No key of it is anything but a text, so that nothing can fail.
        serde_json::to_value(self).unwrap_or_default()
    }
}

/// The object for tools. `explanation` is there only if one was asked for.
impl Serialize for RunReport {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut object = serializer.serialize_map(None)?;
        object.serialize_entry("status", &self.status)?;
        object.serialize_entry("result", &self.result)?;
        object.serialize_entry("confidence", &self.confidence)?;
        object.serialize_entry("stdout", &self.stdout)?;
        object.serialize_entry("stderr", &self.stderr)?;
        object.serialize_entry("warnings", &self.warnings)?;
        object.serialize_entry("metadata", &self.metadata)?;
        object.serialize_entry("error", &self.error.as_ref().map(|error| error.to_json(&self.sources)))?;
        object.serialize_entry("metrics", &self.metrics)?;
        object.serialize_entry("calls", &self.calls)?;
        if let Some(explanation) = &self.explanation {
            object.serialize_entry("explanation", explanation)?;
        }
        object.end()
    }
}

impl ErrorReport {
    /// A fault without a stack; its place is looked up in `sources`.
    pub(crate) fn new(code: Code, message: impl Into<String>, span: Option<Span>, sources: &SourceMap) -> Self {
        let place = span.and_then(|span| Some((sources.get(span.source)?, span)));
        let position = place.map(|(source, span)| source.position(span.start));
        ErrorReport {
            phase: code.phase(),
            code,
            message: message.into(),
            line: position.map(|position| position.line),
            column: position.map(|position| position.column),
            file: place.map(|(source, _)| source.name().to_owned()),
            span,
            stack: Vec::new(),
            data: Value::Null,
        }
    }

    /// The fault as those who draw it for people take it.
    pub fn run_error(&self) -> RunError {
        RunError { code: self.code, message: self.message.clone(), span: self.span, stack: self.stack.clone() }
    }

    fn to_json(&self, sources: &SourceMap) -> Value {
        let phase = match self.phase {
            Phase::Compile => "compile",
            Phase::Input => "input",
            Phase::Run => "run",
        };
        let frames = self.stack.iter().map(|frame| {
            let place = frame.span.and_then(|span| Some((sources.get(span.source)?, span)));
            let position = place.map(|(source, span)| source.position(span.start));
            json!({
                "name": frame.name,
                "line": position.map(|position| position.line),
                "column": position.map(|position| position.column),
                "file": place.map(|(source, _)| source.name()),
            })
        });
        json!({
            "phase": phase,
            "code": self.code.as_str(),
            "rule": self.code.rule(),
            "message": self.message,
            "line": self.line,
            "column": self.column,
            "file": self.file,
            "data": self.data,
            "stack": frames.collect::<Vec<_>>(),
        })
    }
}
