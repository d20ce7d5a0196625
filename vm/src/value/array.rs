//! Arrays: values in a row, changed in place when nobody else sees them.

use super::Value;
use super::heap::{Charge, HeapBody, HeapKind, note_copies};
use std::ops::Deref;

/// An array. Reads go to the slice; every change goes through [`Array::edit`] or [`Array::push`], which keep the count
/// of bytes.
#[derive(Debug)]
pub struct Array {
    items: Vec<Value>,
    charge: Charge,
}

impl Array {
    /// An array of these.
    pub fn new(items: Vec<Value>) -> Self {
        Array { charge: Charge::new(items.capacity() * size_of::<Value>()), items }
    }

    /// Changes it.
    pub fn edit<R>(&mut self, change: impl FnOnce(&mut Vec<Value>) -> R) -> R {
        let result = change(&mut self.items);
        self.recount();
        result
    }

    /// Adds one at the end.
    #[inline]
    pub fn push(&mut self, value: Value) {
        self.items.push(value);
        if self.items.capacity() * size_of::<Value>() != self.charge.bytes() {
            self.recount();
        }
    }

    /// The element at that place, to change.
    #[inline]
    pub fn get_mut(&mut self, index: usize) -> Option<&mut Value> {
        self.items.get_mut(index)
    }

    fn recount(&mut self) {
        self.charge.set(self.items.capacity() * size_of::<Value>());
    }
}

impl Deref for Array {
    type Target = [Value];

    #[inline]
    fn deref(&self) -> &[Value] {
        &self.items
    }
}

impl Clone for Array {
    fn clone(&self) -> Self {
        note_copies(self.items.len());
        Array::new(self.items.clone())
    }
}

impl HeapBody for Array {
    const KIND: HeapKind = HeapKind::Array;
}
