//! The fault that ended a run.

use std::fmt;

use crate::{Code, Span};

/// An error that no `catch` of the program took, or one that none can take (a limit, a stop).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RunError {
    /// Which row of the catalog, of [`crate::Phase::Run`].
    pub code: Code,
    /// The error's message, as `e.message` would give it.
    pub message: String,
    /// The failing expression; `None` where the fault has no place, as a cancelled run.
    pub span: Option<Span>,
    /// The calls that were under way, innermost first.
    pub stack: Vec<StackFrame>,
}

/// One call that was under way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StackFrame {
    /// The function's name as it displays; `lambda` for one without.
    pub name: String,
    /// What it was executing: the failing expression in the innermost frame, else a call.
    pub span: Option<Span>,
}

impl fmt::Display for RunError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.code, self.message)
    }
}

impl std::error::Error for RunError {}
