//! In the place of compiled code where the feature `jit` is off: there is none.

use crate::interp::Entered;
use crate::machine::{Fiber, JitMode, Loaded, Machine};

/// Compiled code, of which there is none.
pub(crate) enum Jit {}

/// Nothing is counted.
#[derive(Debug)]
pub(crate) struct Heat;

impl Heat {
    pub(crate) fn new(_: JitMode) -> Heat {
        Heat
    }

    #[inline]
    pub(crate) fn called(&self) -> bool {
        false
    }

    pub(crate) fn counts_turns(&self) -> bool {
        false
    }

    #[inline]
    pub(crate) fn turned(&self, _: u32) -> bool {
        false
    }
}

impl Machine {
    pub(crate) fn enter_call(&mut self, _: &mut Fiber, _: &Loaded) -> Entered {
        Entered::Not
    }

    pub(crate) fn enter_loop(&mut self, _: &mut Fiber, _: &Loaded, _: usize) -> Entered {
        Entered::Not
    }
}
