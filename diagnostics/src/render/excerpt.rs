//! What a report shows of a text: the same number of lines, but only those that a label begins or ends on have
//! anything in them, and no more than a window of that.
//!
//! Each shown character stands for one character of the text. Each shown line ends in one blank that stands for its
//! line break or the end of the text, so that even an empty span there has something to point at.

use std::collections::BTreeMap;
use std::ops::Range;

use super::NAME_MARK;
use crate::{Source, Span};

/// The longest line that is shown whole, in characters.
pub(super) const WIDTH: usize = 140;

/// How much of a cut line stands before the first label on it.
const BEFORE: usize = 50;

/// What stands for the part of a line, or of a message, that is not shown.
const CUT: char = '…';

/// How the places of a text map to those of its excerpt.
pub(super) struct Excerpt<'a> {
    source: &'a Source,
    /// By number, from 1.
    lines: BTreeMap<u32, ShownLine>,
}

/// One line of an excerpt.
struct ShownLine {
    /// Where it begins in the excerpt, in characters.
    offset: usize,
    /// How long it is there, in characters, with its last blank and without the line break.
    length: usize,
    /// The bytes of the text that it shows.
    window: Range<usize>,
    /// How many characters of the line stand before those.
    before: usize,
    /// How many characters stand for those: 1 or none.
    lead: usize,
}

impl<'a> Excerpt<'a> {
    /// The excerpt of `source` for these spans, and its text. The first span on a line decides what a long one shows.
    pub(super) fn new(source: &'a Source, spans: &[Span]) -> (Self, String) {
        let mut anchors = BTreeMap::new();
        for offset in spans.iter().flat_map(|span| [span.start, last_byte(*span)]) {
            anchors.entry(source.line_at(offset)).or_insert(offset as usize);
        }
        let mut excerpt = Excerpt { source, lines: BTreeMap::new() };
        let (mut text, mut offset, mut next) = (String::new(), 0, 1);
        for (line, anchor) in anchors {
            let gap = (line - next) as usize;
            text.extend(std::iter::repeat_n('\n', gap));
            offset += gap;
            let (shown, content) = ShownLine::new(source, line, anchor, offset);
            text.push_str(&content);
            text.push('\n');
            offset += shown.length + 1;
            next = line + 1;
            excerpt.lines.insert(line, shown);
        }
        (excerpt, text)
    }

    /// Where the span stands in the excerpt, in characters; never empty. One that covers several lines is cut to its
    /// first unless `whole`. `None` if the excerpt was not made for it.
    pub(super) fn range(&self, span: Span, whole: bool) -> Option<Range<usize>> {
        let (first, start) = self.place(span.start)?;
        let (last, end) = self.place(last_byte(span))?;
        let end = if whole || first.offset == last.offset { end + 1 } else { first.offset + first.length - 1 };
        Some(start..end.max(start + 1))
    }

    /// The line and the place of a byte of the text.
    fn place(&self, byte: u32) -> Option<(&ShownLine, usize)> {
        let line = self.lines.get(&self.source.line_at(byte))?;
        let byte = self.source.text().floor_char_boundary(byte as usize);
        let place = match byte < line.window.start {
            true => 0,
            false => line.lead + self.source.text()[line.window.start..byte.min(line.window.end)].chars().count(),
        };
        Some((line, line.offset + place))
    }

    /// The column in the text of a column in the excerpt, both from 1.
    pub(super) fn true_column(&self, line: u32, column: u32) -> u32 {
        match self.lines.get(&line) {
            Some(line) => (column + line.before as u32).saturating_sub(line.lead as u32),
            None => column,
        }
    }
}

impl ShownLine {
    fn new(source: &Source, line: u32, anchor: usize, offset: usize) -> (Self, String) {
        let range = source.line_range(line).unwrap_or_default();
        let (window, is_long) = window(source.text(), range.clone(), anchor);
        let lead = usize::from(window.start > range.start);
        let mut content = String::with_capacity(window.len() + 8);
        content.extend(std::iter::repeat_n(CUT, lead));
        content.extend(source.text()[window.clone()].chars().map(printable));
        if is_long && window.end < range.end {
            content.push(CUT);
        }
        content.push(' ');
        let before = source.text()[range.start..window.start].chars().count();
        let length = content.chars().count();
        (ShownLine { offset, length, window, before, lead }, content)
    }
}

/// What is shown of a line, and whether that is less than all.
fn window(text: &str, line: Range<usize>, anchor: usize) -> (Range<usize>, bool) {
    if text[line.clone()].chars().nth(WIDTH).is_none() {
        return (line, false);
    }
    let anchor = text.floor_char_boundary(anchor.clamp(line.start, line.end));
    let start = text[line.start..anchor].char_indices().rev().nth(BEFORE).map_or(line.start, |(at, _)| line.start + at);
    let end = text[start..line.end].char_indices().nth(WIDTH).map_or(line.end, |(at, _)| start + at);
    (start..end, true)
}

/// The last byte of a span, or its place if it is empty.
fn last_byte(span: Span) -> u32 {
    span.start.max(span.end.saturating_sub(1))
}

/// `text` fit for a terminal, at most `length` characters of it and one for the rest.
pub(super) fn clean(text: &str, length: usize) -> String {
    let mut shown: String = text.chars().take(length).map(|c| if c == '\n' { c } else { printable(c) }).collect();
    if text.chars().nth(length).is_some() {
        shown.push(CUT);
    }
    shown
}

/// The character itself, or one that stands for it if it would break the line, steer the terminal or turn the reading
/// direction.
fn printable(c: char) -> char {
    match c {
        '\t' => c,
        '\0'..='\x1F' => char::from_u32(0x2400 + c as u32).unwrap_or(char::REPLACEMENT_CHARACTER),
        '\x7F' => '␡',
        '\u{2028}' | '\u{2029}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}' | NAME_MARK => {
            char::REPLACEMENT_CHARACTER
        }
        c if c.is_control() => char::REPLACEMENT_CHARACTER,
        c => c,
    }
}
