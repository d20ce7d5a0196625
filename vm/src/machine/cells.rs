//! Cells that closures share. A closure whose variable holds the closure itself is a cycle that counting never frees:
//! the machine knows all its cells, and empties them when it goes.

use crate::value::VariableCell;
use crate::value::heap::Ref;

/// All cells that may be alive.
#[derive(Default)]
pub(crate) struct Cells {
    known: Vec<Ref<VariableCell>>,
    sweep_at: usize,
}

impl Cells {
    /// A cell was made.
    pub(crate) fn note(&mut self, cell: &Ref<VariableCell>) {
        if self.known.len() >= self.sweep_at.max(1024) {
            // A cell that only this list knows is garbage.
            self.known.retain(|cell| !cell.is_unique());
            self.sweep_at = self.known.len() * 2;
        }
        self.known.push(cell.clone());
    }

    /// Empties all cells.
    pub(crate) fn empty(&mut self) {
        for cell in self.known.drain(..) {
            drop(cell.set(crate::value::Value::NULL));
        }
    }
}
