//! Lists that are no values of the program, but count as memory of the run.

use super::heap::{Charge, mind_holes};
use crate::limits::Stop;
use crate::raise::Raise;
use std::ops::{Deref, DerefMut};

/// A list that counts what it takes, as long as it lives: for what the machine or a library function holds beside the
/// program's values.
#[derive(Debug)]
pub struct Counted<T> {
    items: Vec<T>,
    charge: Charge,
}

impl<T> Counted<T> {
    /// An empty list with room for so many.
    ///
    /// # Errors
    /// [`Stop::Memory`] if there is no room; the run is doomed then.
    pub fn with_capacity(count: usize) -> Result<Self, Raise> {
        let mut list = Self::default();
        if list.reserve(count) { Ok(list) } else { Err(Raise::Stop(Stop::Memory)) }
    }

    /// What the iterator gives.
    ///
    /// # Errors
    /// As [`Counted::with_capacity`].
    pub fn collect(items: impl IntoIterator<Item = T>) -> Result<Self, Raise> {
        let mut list = Self::default();
        for item in items {
            if !list.reserve(1) {
                return Err(Raise::Stop(Stop::Memory));
            }
            list.items.push(item);
        }
        Ok(list)
    }

    /// What was read of each of these.
    ///
    /// # Errors
    /// The first that reading gave; as [`Counted::with_capacity`].
    pub fn read<S>(items: &[S], read: impl Fn(&S) -> Result<T, Raise>) -> Result<Self, Raise> {
        let mut list = Self::with_capacity(items.len())?;
        for item in items {
            list.items.push(read(item)?);
        }
        Ok(list)
    }

    /// A copy of these.
    ///
    /// # Errors
    /// As [`Counted::with_capacity`].
    pub fn copied(items: &[T]) -> Result<Self, Raise>
    where
        T: Clone,
    {
        let mut list = Self::with_capacity(items.len())?;
        list.items.extend_from_slice(items);
        Ok(list)
    }

    /// Adds one at the end, if there is room; else the run is doomed, and ends without it.
    pub fn push(&mut self, item: T) {
        if self.reserve(1) {
            self.items.push(item);
        }
    }

    /// Leaves those that `keeps` says yes to.
    pub fn retain(&mut self, keeps: impl FnMut(&T) -> bool) {
        self.items.retain(keeps);
    }

    /// Takes the last one.
    pub fn pop(&mut self) -> Option<T> {
        self.items.pop()
    }

    /// Moves all of the other list's items behind its own; there as for [`Counted::push`].
    pub(crate) fn append(&mut self, mut other: Self) {
        if self.items.is_empty() {
            *self = other;
        } else if self.reserve(other.len()) {
            self.items.append(&mut other.items);
        }
    }

    /// The items, which no longer count.
    pub fn into_items(self) -> Vec<T> {
        self.items
    }

    /// Makes room for so many more; whether there was room, else the run is doomed.
    fn reserve(&mut self, more: usize) -> bool {
        reserve(&mut self.items, &mut self.charge, more)
    }
}

/// Makes room for so many more in a row that a charge counts; whether there was room, else the run is doomed.
pub(super) fn reserve<T>(items: &mut Vec<T>, charge: &mut Charge, more: usize) -> bool {
    let (length, capacity) = (items.len(), items.capacity());
    if more <= capacity - length {
        return true;
    }
    let wanted = length.saturating_add(more).max(capacity.saturating_mul(2)).max(4);
    let fits = charge.grow(wanted.saturating_mul(size_of::<T>()));
    if fits {
        items.reserve_exact(wanted - length);
        mind_holes(capacity * size_of::<T>());
        charge.set(items.capacity() * size_of::<T>());
    }
    fits
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

impl<T> IntoIterator for Counted<T> {
    type Item = T;
    type IntoIter = IntoIter<T>;

    fn into_iter(self) -> IntoIter<T> {
        IntoIter { items: self.items.into_iter(), _charge: self.charge }
    }
}

/// The items of a [`Counted`] one by one; the whole list counts until it goes.
#[derive(Debug)]
pub struct IntoIter<T> {
    items: std::vec::IntoIter<T>,
    _charge: Charge,
}

impl<T> Iterator for IntoIter<T> {
    type Item = T;

    fn next(&mut self) -> Option<T> {
        self.items.next()
    }
}

impl<'i, T> IntoIterator for &'i Counted<T> {
    type Item = &'i T;
    type IntoIter = std::slice::Iter<'i, T>;

    fn into_iter(self) -> Self::IntoIter {
        self.items.iter()
    }
}

impl<T> Deref for Counted<T> {
    type Target = [T];

    fn deref(&self) -> &[T] {
        &self.items
    }
}

impl<T> DerefMut for Counted<T> {
    fn deref_mut(&mut self) -> &mut [T] {
        &mut self.items
    }
}
