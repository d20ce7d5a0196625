//! Cells that closures share. A closure whose variable holds the closure itself is a cycle that counting never frees:
//! the machine knows all cells that are alive, and empties them when it goes.
//!
//! Such cycles arise only where functions inside a function refer to each other by names that can change; until the run
//! ends they count against its memory.

#![allow(unsafe_code, reason = "a list of what is alive, without owning it")]

use crate::value::Value;
use crate::value::heap::{Charge, HeapBody, HeapKind, Ref};
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
    /// Of both lists; what is free is among what was alive.
    charge: RefCell<Charge>,
}

impl VariableCell {
    /// A cell that its machine knows.
    pub(crate) fn make(value: Value, alive: &Rc<Alive>) -> Ref<VariableCell> {
        let mut cells = alive.cells.borrow_mut();
        let place = alive.free.borrow_mut().pop().unwrap_or_else(|| {
            cells.push(None);
            alive.charge.borrow_mut().set(2 * cells.capacity() * size_of::<usize>());
            cells.len() - 1
        });
        let cell = Ref::new(VariableCell { held: RefCell::new(value), alive: alive.clone(), place });
        // A body on the heap stays where it is until it is dropped, and then it leaves the list.
        cells[place] = Some(NonNull::from(&*cell));
        cell
    }

    /// Where what it holds is, from its beginning.
    #[cfg(feature = "jit")]
    pub(crate) fn held_offset() -> usize {
        let cell = RefCell::new(Value::NULL);
        let inside = cell.as_ptr() as usize - std::ptr::from_ref(&cell) as usize;
        std::mem::offset_of!(VariableCell, held) + inside
    }

    pub(crate) fn get(&self) -> Value {
        self.held.borrow().clone()
    }

    /// What it holds, unless that is just being changed.
    #[inline]
    #[allow(unsafe_code, reason = "a look that ends before anything else happens")]
    pub(crate) fn look(&self) -> Option<&Value> {
        // SAFETY: a machine is of one thread, and its callers copy the value before they do anything else.
        unsafe { self.held.try_borrow_unguarded() }.ok()
    }

    /// Where it holds it, unless that is just being changed.
    ///
    /// # Safety
    /// The slot is used before anything else happens.
    #[inline]
    #[allow(clippy::mut_from_ref, reason = "what the cell is for")]
    pub(crate) unsafe fn slot(&self) -> Option<&mut Value> {
        let free = self.held.try_borrow_mut().is_ok();
        // SAFETY: nobody borrows it, and nobody will before the slot is used, says the caller.
        free.then(|| unsafe { &mut *self.held.as_ptr() })
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
