//! Arrays: values in a row, changed in place when nobody else sees them.

#![allow(unsafe_code, reason = "an element written where there is room")]

use super::Value;
use super::counted::reserve;
use super::heap::{Charge, HeapBody, HeapKind, footprint, has_room, note_copies};
use super::pages::prefer_large_pages;
use std::ops::Deref;

/// An array. Reads go to the slice; every change goes through [`Array::edit`] or [`Array::push`], which keep the count
/// of bytes.
#[derive(Debug)]
pub struct Array {
    items: Vec<Value>,
    charge: Charge,
}

impl Array {
    /// Where the elements' `Vec` is.
    #[cfg(feature = "jit")]
    pub(crate) const ITEMS: usize = std::mem::offset_of!(Array, items);

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

    /// Makes room for so many more; whether there was room, else the run is doomed.
    #[must_use]
    pub fn reserve(&mut self, more: usize) -> bool {
        let before = self.items.capacity();
        let fits = reserve(&mut self.items, &mut self.charge, more);
        if self.items.capacity() != before {
            prefer_large_pages(&self.items);
        }
        fits
    }

    /// Adds one at the end.
    #[inline]
    pub fn push(&mut self, value: Value) {
        if self.items.len() < self.items.capacity() || self.reserve(1) {
            self.items.push(value);
        }
    }

    /// Adds one at the end, if there is room; else gives it back.
    #[inline]
    pub(crate) fn push_within(&mut self, value: Value) -> Option<Value> {
        let Some(slot) = self.items.spare_capacity_mut().first_mut() else { return Some(value) };
        slot.write(value);
        let length = self.items.len() + 1;
        // SAFETY: the slot behind the last element was just written.
        unsafe { self.items.set_len(length) };
        None
    }

    /// Whether one more can be added at the end without moving the others.
    #[inline]
    pub(crate) fn has_room(&self) -> bool {
        self.items.len() < self.items.capacity()
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
        if !has_room(footprint(self.items.len() * size_of::<Value>())) {
            return Array::new(Vec::new());
        }
        note_copies(self.items.len());
        Array::new(self.items.clone())
    }
}

impl HeapBody for Array {
    const KIND: HeapKind = HeapKind::Array;
}
