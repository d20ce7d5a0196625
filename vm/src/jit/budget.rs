//! How much code a machine makes, and how soon: compiling takes time and memory that the run does not get.

use crate::machine::{JitMode, Settings};

/// Steps of the program for each byte of code made before anything more is compiled. Making a byte takes half a microsecond,
/// interpreting these steps 0.5 to 6 (`loop_sum` and `nbody` of `bench/`). So a program that ends soon does not spend its time
/// on making code.
const STEPS_FOR_A_BYTE: u64 = 64;
/// The square of the bytes that were of no use, divided by this, are steps to be waited for, too: what comes next may be of
/// none either.
const WASTED: u64 = 8;
/// A step that code has saved counts for so many: what comes next is likely to be of use, too.
const SAVED: u64 = 64;
/// What entering code is taken to cost, in steps of the interpreter.
pub(super) const ENTERING: u64 = 24;
/// Runs that may take less memory than this are interpreted: compiling takes 3 MiB of the process and more.
const LEAST_MEMORY: usize = 32 << 20;
/// Bytes of code after which a machine compiles nothing more, so that a program can't make the process swell by having much
/// to compile …
const MOST_CODE: u64 = 1 << 20;
/// … and how often these must go into the memory that the run may take: all that is kept for code is some 20 times as large.
const MOST_PART: usize = 512;

/// What was made, and what came of it.
#[derive(Debug, Default)]
pub(super) struct Budget {
    /// Bytes of code that may be made.
    most: u64,
    /// Bytes made so far.
    made: u64,
    /// Bytes of these that were of no use.
    wasted: u64,
    /// Steps that the interpreter would have taken longer for.
    saved: u64,
}

impl Budget {
    /// That of a run; `None` if it is to make no code. Tests are to see code at any limit.
    pub(super) fn of(settings: &Settings) -> Option<Budget> {
        let memory = settings.limits.memory;
        let most = match settings.jit {
            JitMode::On if memory < LEAST_MEMORY => return None,
            JitMode::On => MOST_CODE.min((memory / MOST_PART) as u64),
            _ => MOST_CODE,
        };
        Some(Budget { most, ..Budget::default() })
    }

    /// So many bytes of code were made.
    pub(super) fn made(&mut self, bytes: u64) {
        self.made += bytes;
    }

    /// Code of so many bytes turned out to be of no use.
    pub(super) fn wasted(&mut self, bytes: u64) {
        self.wasted += bytes;
    }

    /// Code was entered, and did so many steps.
    pub(super) fn saved(&mut self, steps: u64) {
        self.saved += steps.saturating_sub(ENTERING);
    }

    /// Whether so much was made that there is no more to be.
    pub(super) fn is_used_up(&self) -> bool {
        self.made > self.most
    }

    /// The steps of the program from which on more may be made.
    pub(super) fn awaited_steps(&self) -> u64 {
        let wasted = self.wasted * self.wasted / WASTED;
        (self.made * STEPS_FOR_A_BYTE + wasted).saturating_sub(self.saved * SAVED)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::limits::Limits;

    fn budget(jit: JitMode, memory: usize) -> Option<Budget> {
        Budget::of(&Settings { jit, limits: Limits { memory, ..Limits::default() }, ..Settings::default() })
    }

    #[test]
    fn the_first_code_is_made_at_once_and_useless_code_makes_the_next_wait() {
        let mut budget = budget(JitMode::On, 256 << 20).expect("a budget");
        assert_eq!(budget.awaited_steps(), 0);
        budget.made(2_000);
        let first = budget.awaited_steps();
        assert!(first > 0);
        budget.saved(20);
        assert_eq!(budget.awaited_steps(), first, "it took as long to enter it");
        budget.wasted(2_000);
        assert!(budget.awaited_steps() > 3 * first);
        budget.saved(1_000_000);
        assert_eq!(budget.awaited_steps(), 0);
    }

    #[test]
    fn code_takes_a_small_part_of_the_memory_that_a_run_may_take() {
        assert!(budget(JitMode::On, LEAST_MEMORY - 1).is_none());
        assert!(budget(JitMode::Always, 0).is_some());
        for (memory, most) in [(LEAST_MEMORY, 64 << 10), (1 << 30, MOST_CODE)] {
            let mut budget = budget(JitMode::On, memory).expect("a budget");
            budget.made(most);
            assert!(!budget.is_used_up());
            budget.made(1);
            assert!(budget.is_used_up());
        }
    }
}
