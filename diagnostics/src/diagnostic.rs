//! One fault, as facts ready to be shown.

use crate::{Code, Severity, SourceId, Span};

/// A place with a word on what it has to do with the fault.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Label {
    /// The place.
    pub span: Span,
    /// What to say there.
    pub text: String,
}

/// One replacement in a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Edit {
    /// What is replaced; empty for an insertion.
    pub span: Span,
    /// What stands there afterwards.
    pub text: String,
}

/// A change that mends the fault and can be applied by a machine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fix {
    /// What it does, as an imperative.
    pub title: String,
    /// Replacements that do not overlap.
    pub edits: Vec<Edit>,
}

/// One fault of a program: what, where, why and the way out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    /// Which row of the catalog.
    pub code: Code,
    /// Usually the code's own; a rule may be milder in some places (TYPES: inside a `try`).
    pub severity: Severity,
    /// One sentence of facts, without a full stop at the end.
    pub message: String,
    /// The faulty construct.
    pub span: Span,
    /// What to say at `span`, where the message alone is not enough.
    pub label: Option<String>,
    /// Other places: the cause where it is not the symptom.
    pub labels: Vec<Label>,
    /// The way out.
    pub help: Option<String>,
    /// The way out as edits.
    pub fix: Option<Fix>,
}

impl Diagnostic {
    /// A fault with its catalog's severity and nothing but a message.
    #[cold]
    pub fn new(code: Code, span: Span, message: impl Into<String>) -> Self {
        Diagnostic {
            code,
            severity: code.severity(),
            message: message.into(),
            span,
            label: None,
            labels: Vec::new(),
            help: None,
            fix: None,
        }
    }

    /// Says `text` at the faulty construct.
    pub fn with_label(mut self, text: impl Into<String>) -> Self {
        self.label = Some(text.into());
        self
    }

    /// Says `text` at another place.
    pub fn with_other(mut self, span: Span, text: impl Into<String>) -> Self {
        self.labels.push(Label { span, text: text.into() });
        self
    }

    /// Adds the way out.
    pub fn with_help(mut self, text: impl Into<String>) -> Self {
        self.help = Some(text.into());
        self
    }

    /// Adds the way out as edits.
    pub fn with_fix(mut self, title: impl Into<String>, edits: Vec<Edit>) -> Self {
        self.fix = Some(Fix { title: title.into(), edits });
        self
    }

    /// The same of texts that have other numbers: `number` gives a text's new one.
    #[must_use]
    pub fn renumbered(mut self, number: impl Fn(SourceId) -> SourceId) -> Self {
        let labels = self.labels.iter_mut().map(|label| &mut label.span);
        let edits = self.fix.iter_mut().flat_map(|fix| &mut fix.edits).map(|edit| &mut edit.span);
        for span in labels.chain(edits).chain([&mut self.span]) {
            span.source = number(span.source);
        }
        self
    }

    /// Whether the program must not run.
    pub fn is_error(&self) -> bool {
        self.severity == Severity::Error
    }
}

/// Puts diagnostics into the order in which everyone shows them: by file, place and code; equal ones stay as they are.
pub fn sort(diagnostics: &mut [Diagnostic]) {
    diagnostics.sort_by_key(|diagnostic| (diagnostic.span, diagnostic.code));
}
