//! A run's machines: most belong to it, that of a session is lent.

use prism_vm::machine::Machine;
use std::ops::{Deref, DerefMut};

/// A machine that takes part in a run.
pub(super) enum Held<'m> {
    /// It goes with the run.
    Own(Box<Machine>),
    /// It outlives the run.
    Lent(&'m mut Machine),
}

impl Deref for Held<'_> {
    type Target = Machine;

    fn deref(&self) -> &Machine {
        match self {
            Held::Own(machine) => machine,
            Held::Lent(machine) => machine,
        }
    }
}

impl DerefMut for Held<'_> {
    fn deref_mut(&mut self) -> &mut Machine {
        match self {
            Held::Own(machine) => machine,
            Held::Lent(machine) => machine,
        }
    }
}
