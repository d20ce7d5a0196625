//! Why an operation gave no value.

use crate::limits::Stop;
use crate::value::heap::Ref;
use crate::value::{ErrorValue, Task, Value};
use prism_diagnostics::Code;
use std::fmt::{self, Write as _};

/// Why an operation gave no value.
#[derive(Debug)]
pub enum Raise {
    /// A fault that the program can catch; the machine adds place and calls.
    Fault(Box<Fault>),
    /// An error value that already has its place: rethrown, or a failed task's.
    Error(Ref<ErrorValue>),
    /// An operand is a task that still runs: the instruction is done anew when it has ended.
    Wait(Ref<Task>),
    /// The machine itself stops the run.
    Stop(Stop),
}

/// A fault without its place.
#[derive(Clone, Debug)]
pub struct Fault {
    /// Which row of the catalog: R0001 to R0012.
    pub code: Code,
    /// In plain words.
    pub message: String,
    /// `e.data`.
    pub data: Value,
}

impl Raise {
    /// A fault with no data.
    pub fn new(code: Code, message: impl Into<String>) -> Self {
        Self::with_data(code, message, Value::NULL)
    }

    /// A fault with data.
    pub fn with_data(code: Code, message: impl Into<String>, data: Value) -> Self {
        Raise::Fault(Box::new(Fault { code, message: message.into(), data }))
    }

    /// R0001: a wrong number of arguments.
    pub fn arity(message: impl Into<String>) -> Self {
        Self::new(Code::R0001, message)
    }

    /// R0002: a value of the wrong kind.
    pub fn kind(message: impl Into<String>) -> Self {
        Self::new(Code::R0002, message)
    }

    /// R0003: an index that can't be used.
    pub fn index(message: impl Into<String>) -> Self {
        Self::new(Code::R0003, message)
    }

    /// R0004: a member of null.
    pub fn null(message: impl Into<String>) -> Self {
        Self::new(Code::R0004, message)
    }

    /// R0005: nothing to choose from.
    pub fn empty(message: impl Into<String>) -> Self {
        Self::new(Code::R0005, message)
    }

    /// R0006: a value outside its range.
    pub fn range(message: impl Into<String>) -> Self {
        Self::new(Code::R0006, message)
    }

    /// R0007: text that is no JSON.
    pub fn json(message: impl Into<String>) -> Self {
        Self::new(Code::R0007, message)
    }

    /// R0011: an error that the program raised.
    pub fn thrown(message: impl Into<String>, data: Value) -> Self {
        Self::with_data(Code::R0011, message, data)
    }
}

/// The characters of a text that a message repeats.
const MOST_QUOTED: usize = 100;

/// A text as messages repeat it: one that is longer than a hundred characters is cut. What a program gives can be as large as
/// its memory, and is seldom read beyond that.
pub fn brief(text: impl fmt::Display) -> String {
    let mut beginning = Beginning::default();
    // It ends where there is enough.
    write!(beginning, "{text}").unwrap_or_default();
    let mut text = beginning.0;
    if let Some((end, _)) = text.char_indices().nth(MOST_QUOTED) {
        text.truncate(end);
        text.push('…');
    }
    text
}

/// Enough of a text for [`brief`].
#[derive(Default)]
struct Beginning(String);

impl fmt::Write for Beginning {
    fn write_str(&mut self, more: &str) -> fmt::Result {
        self.0.extend(more.chars().take(MOST_QUOTED + 1));
        if self.0.len() > 4 * MOST_QUOTED { Err(fmt::Error) } else { Ok(()) }
    }
}
