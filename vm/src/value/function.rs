//! Functions as values, and the cells that closures share.

use super::heap::{HeapBody, HeapKind};
use super::Value;
use prism_bytecode::LibraryId;
use std::cell::RefCell;

/// A function of the program with its captures.
#[derive(Debug)]
pub struct Closure {
    /// Its number among the machine's functions.
    pub(crate) function: u32,
    /// Cells, or values that never change.
    pub(crate) captures: Box<[Value]>,
}

impl HeapBody for Closure {
    const KIND: HeapKind = HeapKind::Closure;
}

/// On which side of a call's arguments the given ones stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BoundOrder {
    /// Before: a method read from its receiver.
    First,
    /// After: a function that was given all but its subject, `sortBy("n")`.
    Last,
}

/// A library function with some arguments already given.
#[derive(Debug)]
pub struct Bound {
    /// The function.
    pub library: LibraryId,
    /// The arguments.
    pub given: Box<[Value]>,
    /// Where they stand.
    pub order: BoundOrder,
}

impl HeapBody for Bound {
    const KIND: HeapKind = HeapKind::Bound;
}

/// A variable that closures share.
#[derive(Debug)]
pub struct VariableCell {
    held: RefCell<Value>,
}

impl VariableCell {
    pub(crate) fn new(value: Value) -> Self {
        VariableCell { held: RefCell::new(value) }
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

impl HeapBody for VariableCell {
    const KIND: HeapKind = HeapKind::Cell;
}
