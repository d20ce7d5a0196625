//! Faults of the checker itself.

use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};

/// A fault of the checker, which broke off: not of the program, about which nothing is known then. The program may be
/// right, and can be run: the machine does not rely on the checker.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bug {
    /// What went wrong, for those who mend it.
    pub message: String,
}

impl fmt::Display for Bug {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "fault of the checker itself, not of the program: {}", self.message)
    }
}

impl std::error::Error for Bug {}

/// Runs a check, whose state is of no use to anyone once it has broken off.
pub(crate) fn guarded<T>(check: impl FnOnce() -> T) -> Result<T, Bug> {
    catch_unwind(AssertUnwindSafe(check)).map_err(|panic| {
        let text = panic.downcast_ref::<&str>().map(|text| (*text).to_owned());
        let message = text.or_else(|| panic.downcast_ref::<String>().cloned());
        Bug { message: message.unwrap_or_else(|| "it gave no reason".to_owned()) }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_breaks_off_is_a_bug_with_its_reason() {
        assert_eq!(guarded(|| 7), Ok(7));
        let broken: Result<(), Bug> = guarded(|| panic!("no frame {}", 3));
        let shown = broken.map_err(|bug| bug.to_string());
        assert_eq!(shown, Err("fault of the checker itself, not of the program: no frame 3".to_owned()));
    }
}
