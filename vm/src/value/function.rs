//! Functions as values.

use super::heap::{Charge, HeapBody, HeapKind};
use super::{Kind, Value};
use prism_bytecode::LibraryId;

/// A function of the program with its captures.
#[derive(Debug)]
pub struct Closure {
    /// Its number among the machine's functions.
    pub(crate) function: u32,
    /// Cells, or values that never change.
    pub(crate) captures: Box<[Value]>,
    _charge: Charge,
}

impl Closure {
    /// A closure of that function.
    pub(crate) fn new(function: u32, captures: Box<[Value]>) -> Self {
        Closure { function, _charge: Charge::new(size_of_val(&*captures)), captures }
    }
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
    _charge: Charge,
}

impl Bound {
    /// A function with these arguments.
    pub fn new(library: LibraryId, given: impl Into<Box<[Value]>>, order: BoundOrder) -> Self {
        let given = given.into();
        Bound { library, _charge: Charge::new(size_of_val(&*given)), given, order }
    }

    /// The function that it stands for where it is called back: one that was given before all arguments.
    pub fn stood_for(&self) -> Option<&Value> {
        let first = self.given.first().filter(|_| self.order == BoundOrder::First)?;
        (first.kind() == Kind::Function).then_some(first)
    }
}

impl HeapBody for Bound {
    const KIND: HeapKind = HeapKind::Bound;
}
