//! Strings: UTF-8, counted and indexed by Unicode scalar values.

use super::heap::{Charge, HeapBody, HeapKind, Ref, mind_holes};
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
        if more.len() > self.text.capacity() - self.text.len() && !self.grow(more.len()) {
            return;
        }
        self.text.push_str(more);
        // What is known stays known: a length that is asked for at each step is not counted anew.
        if self.chars.get() != UNKNOWN {
            self.chars.set(self.chars.get() + more.chars().count() as u32);
        }
    }

    /// Makes room for so many bytes more; whether there was room, else the run is doomed.
    fn grow(&mut self, more: usize) -> bool {
        let (length, capacity) = (self.text.len(), self.text.capacity());
        let wanted = length.saturating_add(more).max(capacity.saturating_mul(2));
        let fits = self.charge.grow(wanted);
        if fits {
            self.text.reserve_exact(wanted - length);
            mind_holes(capacity);
            self.charge.set(self.text.capacity());
        }
        fits
    }
}

/// Short texts that were made lately, so that equal ones are one object: keys are then found by where they lie.
#[derive(Debug, Default)]
pub(crate) struct Texts {
    /// By hash; empty until there is a first.
    made: Vec<Option<Ref<Str>>>,
}

impl Texts {
    const PLACES: usize = 256;
    const LONGEST: usize = 24;

    /// The string of that text.
    pub(crate) fn get(&mut self, text: &str) -> Ref<Str> {
        if text.len() > Self::LONGEST {
            return Ref::new(Str::new(text));
        }
        // FNV-1a: what is hashed is a few bytes.
        let mix = |hash: u32, byte: u8| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193);
        let hash = text.bytes().fold(0x811C_9DC5, mix);
        if self.made.is_empty() {
            self.made.resize(Self::PLACES, None);
        }
        let place = &mut self.made[(hash ^ hash >> 16) as usize % Self::PLACES];
        match place {
            Some(known) if known.as_str() == text => known.clone(),
            _ => place.insert(Ref::new(Str::new(text))).clone(),
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
