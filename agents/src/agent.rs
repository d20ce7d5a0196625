//! What an agent is and what an analysis brings.
//!
//! Invariant: the confidence of an [`Analysis`] lies within 0 and 1, whatever an analyst computes.

use serde_json::{Map, Value};

use crate::text;

/// Most bytes of a text that are read, 1 MiB; what lies beyond is named in the uncertainties.
pub const MAX_TEXT_BYTES: usize = 1024 * 1024;

/// A text to analyse, with the options that came along.
#[derive(Debug, Clone, Default)]
pub struct Input {
    text: String,
    unread_bytes: usize,
    options: Map<String, Value>,
}

impl Input {
    /// Keeps at most [`MAX_TEXT_BYTES`] of the text, cut between characters.
    pub fn new(text: impl Into<String>) -> Self {
        let mut text = text.into();
        let whole = text.len();
        text.truncate(text.floor_char_boundary(MAX_TEXT_BYTES));
        let unread_bytes = whole - text.len();
        Self { text, unread_bytes, options: Map::new() }
    }

    /// Adds the fields that stood beside the text.
    #[must_use]
    pub fn with_options(mut self, options: Map<String, Value>) -> Self {
        self.options = options;
        self
    }

    /// The part of the text that is read.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// A numeric option, such as `round`; `None` when it is absent or no number.
    pub fn number(&self, name: &str) -> Option<f64> {
        self.options.get(name).and_then(Value::as_f64)
    }

    fn is_blank(&self) -> bool {
        self.text.trim().is_empty()
    }
}

/// What an agent found out.
#[derive(Debug, Clone, PartialEq)]
pub struct Analysis {
    /// The answer.
    pub result: Value,
    /// How sure the agent is of the answer, from 0 to 1.
    pub confidence: f64,
    /// One sentence with the numbers that were measured.
    pub reasoning: String,
    /// What weakens the answer, one sentence each.
    pub uncertainties: Vec<String>,
    /// The measured numbers by name.
    pub measures: Vec<(&'static str, f64)>,
}

impl Analysis {
    /// An answer; the confidence is brought within 0 and 1, and 0 stands for one that is no number.
    pub fn new(result: impl Into<Value>, confidence: f64, reasoning: impl Into<String>) -> Self {
        let confidence = if confidence.is_nan() { 0.0 } else { confidence.clamp(0.0, 1.0) };
        Self {
            result: result.into(),
            confidence,
            reasoning: reasoning.into(),
            uncertainties: Vec::new(),
            measures: Vec::new(),
        }
    }

    /// Adds something that weakens the answer.
    #[must_use]
    pub fn doubt(mut self, uncertainty: impl Into<String>) -> Self {
        self.uncertainties.push(uncertainty.into());
        self
    }

    /// Adds something that weakens the answer, if the condition holds.
    #[must_use]
    pub fn doubt_if(self, condition: bool, uncertainty: impl FnOnce() -> String) -> Self {
        if condition { self.doubt(uncertainty()) } else { self }
    }

    /// Adds a measured number.
    #[must_use]
    pub fn measured(mut self, name: &'static str, value: f64) -> Self {
        self.measures.push((name, value));
        self
    }
}

/// A text with a known answer, by which an agent is examined.
#[derive(Debug, Clone, Copy)]
pub struct Probe {
    /// The text to analyse.
    pub text: &'static str,
    /// Whether a result is right for this text.
    pub holds: fn(&Value) -> bool,
}

/// An agent: who it is, what it can be asked, and the function that answers.
#[derive(Debug, Clone, Copy)]
pub struct Agent {
    /// Short name, unique in the catalog; what is typed on a command line.
    pub id: &'static str,
    /// Name for people.
    pub name: &'static str,
    /// What a task may require.
    pub capabilities: &'static [&'static str],
    /// One sentence for people.
    pub description: &'static str,
    /// Analyses a text; must answer for every text, be it empty.
    pub analyse: fn(&Input) -> Analysis,
    /// Texts with known answers; never empty.
    pub probes: &'static [Probe],
}

impl Agent {
    /// Analyses a text. A blank text gets confidence 0; a text that was cut gets an uncertainty that says so.
    pub fn run(&self, input: &Input) -> Analysis {
        let mut analysis = (self.analyse)(input);
        if input.is_blank() {
            analysis.confidence = 0.0;
            analysis.uncertainties = vec!["the text is empty, so nothing could be measured".to_owned()];
        }
        if input.unread_bytes > 0 {
            analysis.uncertainties.push(format!(
                "only the first {} bytes were read, {} bytes were left out",
                input.text.len(),
                input.unread_bytes
            ));
        }
        analysis
    }

    /// How well the agent does on texts with known answers, from 0 to 1: the mean confidence over its probes, where a
    /// wrong answer counts 0.
    pub fn expertise(&self) -> f64 {
        text::mean(self.probes.iter().map(|probe| {
            let analysis = self.run(&Input::new(probe.text));
            if (probe.holds)(&analysis.result) { analysis.confidence } else { 0.0 }
        }))
    }
}
