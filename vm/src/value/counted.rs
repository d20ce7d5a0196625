//! Lists of the machine's own that count as memory of the run.

use super::heap::Charge;
use std::ops::Deref;

/// A list that counts what it takes, as long as it lives.
#[derive(Debug)]
pub(crate) struct Counted<T> {
    items: Vec<T>,
    charge: Charge,
}

impl<T> Counted<T> {
    /// Adds one at the end.
    pub(crate) fn push(&mut self, item: T) {
        self.items.push(item);
        self.recount();
    }

    /// The items, which no longer count.
    pub(crate) fn into_items(self) -> Vec<T> {
        self.items
    }

    fn recount(&mut self) {
        let bytes = self.items.capacity() * size_of::<T>();
        if bytes != self.charge.bytes() {
            self.charge.set(bytes);
        }
    }
}

impl<T> Default for Counted<T> {
    fn default() -> Self {
        Vec::new().into()
    }
}

impl<T> From<Vec<T>> for Counted<T> {
    fn from(items: Vec<T>) -> Self {
        Counted { charge: Charge::new(items.capacity() * size_of::<T>()), items }
    }
}

impl<T> Deref for Counted<T> {
    type Target = [T];

    fn deref(&self) -> &[T] {
        &self.items
    }
}
