//! Strings: UTF-8, counted and indexed by Unicode scalar values.

use super::heap::{Charge, HeapBody, HeapKind, Ref};
use std::borrow::Borrow;
use std::cell::Cell;
use std::hash::{Hash, Hasher};
use std::ops::Range;

const UNKNOWN: u32 = u32::MAX;

/// A string with what is known of its length.
#[derive(Debug)]
pub struct Str {
    text: String,
    chars: Cell<u32>,
    charge: Charge,
}

impl Str {
    /// A string of that text.
    pub fn new(text: impl Into<String>) -> Self {
        let text = text.into();
        Str { chars: Cell::new(UNKNOWN), charge: Charge::new(text.capacity()), text }
    }

    /// The text.
    #[inline]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// How many Unicode scalar values it has.
    pub fn char_count(&self) -> usize {
        if self.chars.get() == UNKNOWN {
            // A string of four thousand million characters would be past every memory limit.
            self.chars.set(self.text.chars().count() as u32);
        }
        self.chars.get() as usize
    }

    /// Whether positions in characters are positions in bytes.
    pub fn is_ascii(&self) -> bool {
        self.char_count() == self.text.len()
    }

    /// The character at a position, if there is one.
    pub fn char_at(&self, index: usize) -> Option<&str> {
        let start = self.byte_offset(index)?;
        let rest = &self.text[start..];
        Some(&rest[..rest.chars().next()?.len_utf8()])
    }

    /// The byte offset of a character position; of the length, the text's end.
    pub fn byte_offset(&self, index: usize) -> Option<usize> {
        if self.is_ascii() {
            return (index <= self.text.len()).then_some(index);
        }
        self.text.char_indices().map(|(at, _)| at).chain([self.text.len()]).nth(index)
    }

    /// The part between two character positions, both at most the length and in order.
    pub fn slice(&self, range: Range<usize>) -> &str {
        let start = self.byte_offset(range.start).unwrap_or(self.text.len());
        let end = if self.is_ascii() {
            range.end.min(self.text.len())
        } else {
            let rest = &self.text[start..];
            let length = range.end.saturating_sub(range.start);
            start + rest.char_indices().map(|(at, _)| at).chain([rest.len()]).nth(length).unwrap_or(rest.len())
        };
        self.text.get(start..end).unwrap_or("")
    }

    /// Appends in place; for a string that nobody else sees.
    pub(crate) fn push_str(&mut self, more: &str) {
        let ascii_before = self.chars.get() as usize == self.text.len();
        self.text.push_str(more);
        self.chars.set(if ascii_before && more.is_ascii() { self.text.len() as u32 } else { UNKNOWN });
        if self.text.capacity() != self.charge.bytes() {
            self.charge.set(self.text.capacity());
        }
    }
}

impl HeapBody for Str {
    const KIND: HeapKind = HeapKind::String;
}

impl Clone for Str {
    fn clone(&self) -> Self {
        let text = self.text.clone();
        Str { chars: self.chars.clone(), charge: Charge::new(text.capacity()), text }
    }
}

impl PartialEq for Ref<Str> {
    fn eq(&self, other: &Self) -> bool {
        self.same(other) || self.as_str() == other.as_str()
    }
}

impl Eq for Ref<Str> {}

impl Hash for Ref<Str> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.as_str().hash(state);
    }
}

impl Borrow<str> for Ref<Str> {
    fn borrow(&self) -> &str {
        self.as_str()
    }
}
