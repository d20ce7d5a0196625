//! What must make no difference: how lines end, how the text is laid out, in which order tasks that could go on at once
//! do go on.

use prism_compiler::format::format;
use prism_diagnostics::SourceId;
use prism_engine::{LoadError, Loader, Project};
use prism_vm::limits::Limits;
use prism_vm::machine::JitMode;
use std::sync::Arc;
use std::time::Duration;

/// Steps that suffice for every program, and end one that never ends soon.
const FUEL: u64 = 5_000_000;

/// One way to run a program.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mode {
    /// Whether lines end with CR LF.
    pub crlf: bool,
    /// Whether all texts are formatted.
    pub formatted: bool,
    /// The order of what could happen at once.
    pub seed: u64,
    /// Whether functions and loops are compiled.
    pub jit: JitMode,
    /// Whether machines go on from snapshots each time they stop for the host.
    pub moves: bool,
}

impl Mode {
    /// As it was written.
    pub const PLAIN: Mode = Mode { crlf: false, formatted: false, seed: 0, jit: JitMode::Off, moves: false };

    /// The others.
    pub const OTHERS: [Mode; 7] = [
        Mode { moves: true, ..Mode::PLAIN },
        Mode { moves: true, jit: JitMode::Always, ..Mode::PLAIN },
        Mode { jit: JitMode::Always, ..Mode::PLAIN },
        Mode { crlf: true, ..Mode::PLAIN },
        Mode { formatted: true, ..Mode::PLAIN },
        Mode { seed: 1, ..Mode::PLAIN },
        Mode { seed: 2, ..Mode::PLAIN },
    ];

    /// Whether steps and places of errors are to be the same as in the plain run, too: the texts and the order are.
    pub fn is_exact(self) -> bool {
        Mode { jit: JitMode::Off, moves: false, ..self } == Mode::PLAIN
    }

    /// A text as this mode has it.
    ///
    /// # Errors
    /// If it can't be formatted.
    pub fn convert(self, text: &str) -> Result<String, String> {
        let text = match self.formatted {
            false => text.to_owned(),
            true => format(SourceId::default(), text).map_err(|faults| match faults.first() {
                Some(fault) => format!("can't be formatted: {}", fault.message),
                None => "can't be formatted".to_owned(),
            })?,
        };
        Ok(if self.crlf { text.replace("\r\n", "\n").replace('\n', "\r\n") } else { text })
    }

    /// A project whose texts are as this mode has them.
    pub fn project(self, project: Arc<dyn Project>) -> Arc<dyn Project> {
        Arc::new(Converted { project, mode: self })
    }
}

/// What a run may use.
#[derive(Clone, Copy, Debug)]
pub struct Allowance {
    /// What the machine counts.
    pub limits: Limits,
    /// Virtual time.
    pub deadline: Option<Duration>,
}

impl Default for Allowance {
    fn default() -> Self {
        Allowance { limits: Limits { fuel: FUEL, ..Limits::default() }, deadline: None }
    }
}

/// A project whose texts are converted.
struct Converted {
    project: Arc<dyn Project>,
    mode: Mode,
}

impl Loader for Converted {
    fn load(&self, path: &str) -> Result<String, LoadError> {
        self.mode.convert(&self.project.load(path)?).map_err(LoadError::Unreadable)
    }
}

impl Project for Converted {
    fn programs(&self) -> Vec<String> {
        self.project.programs()
    }
}
