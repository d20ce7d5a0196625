//! Functions that a Rust program adds to the language, for the programs that it runs.
//!
//! [`function`]: closures as functions of values; [`signature`]: what they are declared as; [`call`]: calls of
//! asynchronous ones, under way; [`builder`](crate::builder): an engine that has them.

pub(crate) mod call;
pub(crate) mod function;
pub(crate) mod signature;

pub use call::{Calls, HostCall, HostReply};
pub use function::{AsyncFunction, Function};

use crate::portable::Portable;
use prism_diagnostics::Code;
use serde::Serialize;
use std::fmt::{self, Display};

/// Why a host's function gave no value. Any [`std::error::Error`] becomes one with `?`.
///
/// In the program it is an error with code `host` (R0012), which `catch` catches: `e.message` is the message, `e.data`
/// an object of the function's name (`function`) and of what [`HostError::with`] added.
#[derive(Clone, Debug, PartialEq)]
pub struct HostError {
    fault: Fault,
    message: String,
    data: Vec<(String, Portable)>,
}

impl HostError {
    /// An error with that message, which is for whoever reads the program's errors.
    pub fn new(message: impl Display) -> Self {
        Self::of(Fault::Said, message)
    }

    /// The same error with one more member of `e.data`; one that can't be a value is left out.
    #[must_use]
    pub fn with(mut self, key: impl Into<String>, value: impl Serialize) -> Self {
        if let Ok(value) = Portable::new(&value) {
            self.data.push((key.into(), value));
        }
        self
    }

    /// The message.
    pub fn message(&self) -> &str {
        &self.message
    }

    fn of(fault: Fault, message: impl Display) -> Self {
        HostError { fault, message: message.to_string(), data: Vec::new() }
    }
}

/// Whose fault it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fault {
    /// The function said so.
    Said,
    /// An argument is not what the function takes.
    Argument,
    /// The function broke off, or gave what it must not.
    Broken,
}

impl Fault {
    fn code(self) -> Code {
        match self {
            Fault::Argument => Code::R0002,
            Fault::Said | Fault::Broken => Code::R0012,
        }
    }
}

impl Display for HostError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

// Not an `Error` itself: then `?` could not take in all that are.
impl<E: std::error::Error> From<E> for HostError {
    fn from(error: E) -> Self {
        HostError::new(error)
    }
}
