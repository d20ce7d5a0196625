//! Error values: what `catch` binds (§8).

use super::heap::{Charge, HeapBody, HeapKind, Ref};
use super::{Str, Value};
use prism_diagnostics::{Code, Span};
use std::ops::Deref;
use std::sync::Arc;

/// Where a call stood when an error was raised.
#[derive(Clone, Debug, PartialEq)]
pub struct TraceFrame {
    /// The function's name as displayed; errors of one function share it.
    pub name: Arc<str>,
    /// Where it was; `None` inside the library.
    pub span: Option<Span>,
}

/// The calls that led to an error, innermost first.
#[derive(Debug, Default)]
pub struct Trace {
    frames: Box<[TraceFrame]>,
    _charge: Charge,
}

impl FromIterator<TraceFrame> for Trace {
    fn from_iter<I: IntoIterator<Item = TraceFrame>>(frames: I) -> Self {
        let frames: Box<[TraceFrame]> = frames.into_iter().collect();
        Trace { _charge: Charge::new(size_of_val(&*frames)), frames }
    }
}

impl Clone for Trace {
    fn clone(&self) -> Self {
        self.iter().cloned().collect()
    }
}

impl Deref for Trace {
    type Target = [TraceFrame];

    fn deref(&self) -> &[TraceFrame] {
        &self.frames
    }
}

/// An error as a value.
#[derive(Clone, Debug)]
pub struct ErrorValue {
    /// Which row of the catalog; its rule name is `e.code`.
    pub code: Code,
    /// In plain words.
    pub message: Ref<Str>,
    /// `e.data`; null unless said.
    pub data: Value,
    /// The failing expression.
    pub span: Option<Span>,
    /// Line and column of its start, from 1; 0 where unknown.
    pub position: (u32, u32),
    /// The calls that led there, innermost first.
    pub trace: Trace,
    /// Whether its place is where its task is used: so is that of a request, which until then has the place of the
    /// asking, and of a task that only the library works on.
    pub at_use: bool,
}

impl HeapBody for ErrorValue {
    const KIND: HeapKind = HeapKind::Error;
}

impl ErrorValue {
    /// The member of that name, if an error has it.
    pub fn member(&self, name: &str) -> Option<Value> {
        Some(match name {
            "message" => Value::from(self.message.clone()),
            "code" => Value::from(self.code.rule()),
            "line" => Value::number(f64::from(self.position.0)),
            "column" => Value::number(f64::from(self.position.1)),
            "data" => self.data.clone(),
            _ => return None,
        })
    }

    /// The names of its members, in order.
    pub const MEMBERS: [&'static str; 5] = ["message", "code", "line", "column", "data"];
}
