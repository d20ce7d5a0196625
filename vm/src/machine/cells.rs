//! Cells that closures share. A closure whose variable holds the closure itself is a cycle that counting never frees:
//! the machine knows all cells that are alive, and empties them when it goes.
//!
//! Such cycles arise only where functions inside a function refer to each other by names that can change; until the run
//! ends they count against its memory.

#![allow(unsafe_code, reason = "a list of what is alive, without owning it")]

use crate::value::Value;
use crate::value::heap::{HeapBody, HeapKind, Ref};
use std::cell::RefCell;
use std::ptr::NonNull;
use std::rc::Rc;

/// A variable that closures share.
pub(crate) struct VariableCell {
    held: RefCell<Value>,
    alive: Rc<Alive>,
    place: usize,
}

/// The cells of a machine that are alive.
#[derive(Default)]
pub(crate) struct Alive {
    cells: RefCell<Vec<Option<NonNull<VariableCell>>>>,
    free: RefCell<Vec<usize>>,
}

impl VariableCell {
    /// A cell that its machine knows.
    pub(crate) fn make(value: Value, alive: &Rc<Alive>) -> Ref<VariableCell> {
        let mut cells = alive.cells.borrow_mut();
        let place = alive.free.borrow_mut().pop().unwrap_or_else(|| {
            cells.push(None);
            cells.len() - 1
        });
        let cell = Ref::new(VariableCell { held: RefCell::new(value), alive: alive.clone(), place });
        // A body on the heap stays where it is until it is dropped, and then it leaves the list.
        cells[place] = Some(NonNull::from(&*cell));
        cell
    }

    pub(crate) fn get(&self) -> Value {
        self.held.borrow().clone()
    }

    pub(crate) fn set(&self, value: Value) -> Value {
        self.held.replace(value)
    }

    /// Changes what it holds. Nothing that `change` does may reach this cell.
    pub(crate) fn update<R>(&self, change: impl FnOnce(&mut Value) -> R) -> R {
        change(&mut self.held.borrow_mut())
    }
}

impl Drop for VariableCell {
    fn drop(&mut self) {
        if let Some(cell) = self.alive.cells.borrow_mut().get_mut(self.place) {
            *cell = None;
        }
        self.alive.free.borrow_mut().push(self.place);
    }
}

impl HeapBody for VariableCell {
    const KIND: HeapKind = HeapKind::Cell;
}

impl Alive {
    /// Empties all cells.
    pub(crate) fn empty(&self) {
        let mut place = 0;
        // Emptying one may drop others, which leave the list: it is read anew at each step.
        loop {
            let slot = self.cells.borrow().get(place).copied();
            let Some(slot) = slot else { return };
            place += 1;
            if let Some(cell) = slot {
                // SAFETY: a cell that is dropped leaves the list first, so this one is alive; what it held is dropped
                // only when the borrow of the cell is over.
                let held = unsafe { cell.as_ref() }.set(Value::NULL);
                drop(held);
            }
        }
    }
}
