//! Texts and places in them.
//!
//! A [`Span`] counts bytes; people are told lines and columns, both from 1, columns in Unicode scalar values
//! ([`SourceMap::position`]). Texts are at most [`Source::MAX_BYTES`] long, so that `u32` offsets suffice.

use std::ops::Range;
use std::sync::{Arc, OnceLock};

/// The number of a text in its [`SourceMap`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct SourceId(pub u32);

/// A stretch of one text: bytes `start..end`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Span {
    /// The text.
    pub source: SourceId,
    /// First byte.
    pub start: u32,
    /// One past the last byte; at least `start`.
    pub end: u32,
}

impl Span {
    /// Bytes `start..end` of `source`.
    #[inline]
    pub fn new(source: SourceId, start: u32, end: u32) -> Self {
        Span { source, start, end }
    }

    /// The shortest stretch that covers both; both lie in one text.
    #[inline]
    pub fn to(self, other: Span) -> Span {
        Span { source: self.source, start: self.start.min(other.start), end: self.end.max(other.end) }
    }

    /// The empty stretch at the start.
    #[inline]
    pub fn at_start(self) -> Span {
        Span { end: self.start, ..self }
    }

    /// The empty stretch at the end.
    #[inline]
    pub fn at_end(self) -> Span {
        Span { start: self.end, ..self }
    }
}

/// A position for people: both numbers from 1, the column in Unicode scalar values.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct LineColumn {
    /// The line, from 1.
    pub line: u32,
    /// The column, from 1, in Unicode scalar values.
    pub column: u32,
}

/// One text with the name it is shown under.
#[derive(Debug)]
pub struct Source {
    name: String,
    text: String,
    /// Found when a place is first asked for: of most texts none is.
    line_starts: OnceLock<Vec<u32>>,
}

impl Source {
    /// Texts longer than this are refused by those who read them (16 MiB).
    pub const MAX_BYTES: usize = 16 << 20;

    fn new(name: String, text: String) -> Self {
        Source { name, text, line_starts: OnceLock::new() }
    }

    fn line_starts(&self) -> &[u32] {
        self.line_starts.get_or_init(|| {
            let breaks = self.text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n');
            std::iter::once(0).chain(breaks.map(|(at, _)| at as u32 + 1)).collect()
        })
    }

    /// The name to show, usually a path.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The whole text.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Line and column of a byte offset; an offset past the end is the end's, one inside a character the character's.
    pub fn position(&self, offset: u32) -> LineColumn {
        let line = self.line_at(offset);
        let start = self.line_range(line).map_or(0, |range| range.start);
        let column = self.text[start..self.text.floor_char_boundary(offset as usize)].chars().count();
        LineColumn { line, column: column as u32 + 1 }
    }

    /// The line (from 1) of a byte offset; an offset past the end is on the last.
    pub fn line_at(&self, offset: u32) -> u32 {
        self.line_starts().partition_point(|start| *start <= offset) as u32
    }

    /// The bytes of line `line` (from 1) without its line break, if there is such a line.
    pub fn line_range(&self, line: u32) -> Option<Range<usize>> {
        let start = *self.line_starts().get((line as usize).checked_sub(1)?)? as usize;
        let end = self.line_starts().get(line as usize).map_or(self.text.len(), |next| *next as usize);
        Some(start..start + self.text[start..end].trim_end_matches(['\n', '\r']).len())
    }

    /// The text of line `line` (from 1) without its line break, if there is such a line.
    pub fn line(&self, line: u32) -> Option<&str> {
        self.text.get(self.line_range(line)?)
    }
}

/// The texts of one compilation. Cheap to clone: texts are shared.
#[derive(Clone, Debug, Default)]
pub struct SourceMap {
    sources: Vec<Arc<Source>>,
}

impl SourceMap {
    /// No texts.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a text under the name it is to be shown with.
    pub fn add(&mut self, name: impl Into<String>, text: impl Into<String>) -> SourceId {
        let id = SourceId(self.sources.len() as u32);
        self.sources.push(Arc::new(Source::new(name.into(), text.into())));
        id
    }

    /// The text of that number, if it is one of this map.
    pub fn get(&self, id: SourceId) -> Option<&Source> {
        self.sources.get(id.0 as usize).map(Arc::as_ref)
    }

    /// All texts, in the order they were added.
    pub fn iter(&self) -> impl Iterator<Item = (SourceId, &Source)> {
        self.sources.iter().enumerate().map(|(at, source)| (SourceId(at as u32), source.as_ref()))
    }

    /// Line and column of a span's start; 1:1 for a text that the map does not have.
    pub fn position(&self, span: Span) -> LineColumn {
        self.get(span.source).map_or(LineColumn { line: 1, column: 1 }, |source| source.position(span.start))
    }

    /// Line and column of a span's end.
    pub fn end_position(&self, span: Span) -> LineColumn {
        self.position(span.at_end())
    }
}
