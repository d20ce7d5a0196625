//! The text of a module: its words, and where errors stand in it.

use crate::hash::{HashMap, HashSet};
use prism_diagnostics::{Code, Diagnostic, Source, Span};
use std::cell::OnceCell;

/// A text with errors or without.
pub(super) struct Text<'a> {
    source: &'a Source,
    /// Where errors begin, in order.
    errors: Vec<u32>,
    /// The lines on which they begin.
    lines: HashSet<u32>,
    /// Whether the tree lacks parts of the text.
    is_partly_read: bool,
    words: OnceCell<HashMap<&'a str, usize>>,
}

impl<'a> Text<'a> {
    /// A text with these errors.
    pub fn new<'d>(source: &'a Source, errors: impl Iterator<Item = &'d Diagnostic>) -> Self {
        let mut text = Text {
            source,
            errors: Vec::new(),
            lines: HashSet::default(),
            is_partly_read: false,
            words: OnceCell::new(),
        };
        for error in errors {
            text.errors.push(error.span.start);
            text.lines.insert(source.line_at(error.span.start));
            // What can't be assigned is not in the tree either.
            text.is_partly_read |= error.code.rule() == Code::E0100.rule() || error.code == Code::E0206;
        }
        text.errors.sort_unstable();
        text
    }

    /// What stands there.
    pub fn at(&self, span: Span) -> &'a str {
        self.source.text().get(span.start as usize..span.end as usize).unwrap_or_default()
    }

    /// What stands behind that place.
    pub fn after(&self, span: Span) -> &'a str {
        self.source.text().get(span.end as usize..).unwrap_or_default()
    }

    /// How often a name stands in the text, in comments and strings too.
    pub fn count(&self, name: &str) -> usize {
        let words = self.words.get_or_init(|| {
            let is_word = |c: char| c == '_' || unicode_ident::is_xid_continue(c);
            let mut words = HashMap::default();
            for word in self.source.text().split(|c| !is_word(c)) {
                // Digits may stand before a name where a number was not read: `12px`.
                *words.entry(word.trim_start_matches(|c: char| c.is_ascii_digit())).or_default() += 1;
            }
            words
        });
        words.get(name).copied().unwrap_or_default()
    }

    /// Whether the tree lacks parts of the text, so that uses may be missing from it.
    pub fn is_partly_read(&self) -> bool {
        self.is_partly_read
    }

    /// Whether an error stands inside the stretch.
    pub fn is_faulty_within(&self, span: Span) -> bool {
        let next = self.errors.partition_point(|at| *at < span.start);
        self.errors.get(next).is_some_and(|at| *at <= span.end)
    }

    /// Whether an error stands on the line on which the stretch begins.
    pub fn is_faulty_at(&self, span: Span) -> bool {
        !self.lines.is_empty() && self.lines.contains(&self.source.line_at(span.start))
    }
}
