//! How the command ends, and what keeps it from beginning.

use prism_diagnostics::{Code, RunError, SourceMap, render};
use std::process::ExitCode;
use thiserror::Error;

/// The exit status.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Exit {
    /// 0: it did what it was asked to do.
    Completed,
    /// 1: the run failed, or the pattern was refused.
    Failed,
    /// 2: the command line names something that can't be used: an unknown flag, a file that can't be read.
    Usage,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> ExitCode {
        ExitCode::from(exit as u8)
    }
}

/// Something named on the command line can't be used; nothing was run.
#[derive(Clone, Debug, Error)]
#[error("{message}")]
pub struct Unusable {
    /// Which row of the catalog.
    pub code: Code,
    /// What and why, and where it helps the way out.
    pub message: String,
}

impl Unusable {
    /// A program that can't be read.
    pub fn program(message: impl Into<String>) -> Self {
        Unusable { code: Code::E0106, message: message.into() }
    }

    /// Input, or a list of agents, that can't be read.
    pub fn input(message: impl Into<String>) -> Self {
        Unusable { code: Code::E0600, message: message.into() }
    }

    /// Agents that can't be had.
    pub fn agent(message: impl Into<String>) -> Self {
        Unusable { code: Code::R0010, message: message.into() }
    }

    /// As people read it.
    pub fn render(&self, colour: bool) -> String {
        let error = RunError { code: self.code, message: self.message.clone(), span: None, stack: Vec::new() };
        render::run_error(&error, &SourceMap::new(), colour)
    }
}
