//! The tokens of the text in order, each with the comments before it.
//!
//! A string with interpolation is one token here: its text is written as it is. Not here: what becomes of comments
//! ([`super::comments`]).

use crate::ast::Comment;
use crate::token::{Token, TokenKind};

/// A token.
#[derive(Clone, Copy)]
pub(super) struct Item<'t> {
    pub(super) kind: TokenKind,
    pub(super) text: &'t str,
    /// Its first byte.
    pub(super) start: u32,
    /// How many line breaks stand between it and the token or comment before.
    lines: usize,
    /// How many comments stand before it in the whole text.
    notes: usize,
}

/// A comment.
#[derive(Clone, Copy)]
pub(super) struct Note<'t> {
    pub(super) text: &'t str,
    /// How many line breaks stand between it and the token or comment before.
    pub(super) lines: usize,
}

impl Note<'_> {
    /// Whether it is a `//` comment.
    pub(super) fn ends_line(&self) -> bool {
        self.text.starts_with("//")
    }
}

/// The place between tokens that the formatter has come to.
pub(super) struct Cursor<'t> {
    items: Vec<Item<'t>>,
    notes: Vec<Note<'t>>,
    /// The next token.
    at: usize,
    /// The next comment.
    note: usize,
    /// What the last token was.
    previous: TokenKind,
}

impl<'t> Cursor<'t> {
    /// Reads arranged tokens; the ends of statements that are put in among them are left out.
    pub(super) fn new(text: &'t str, tokens: &[Token], comments: &[Comment]) -> Self {
        let slice = |from: u32, to: u32| text.get(from as usize..to as usize).unwrap_or_default();
        let mut items: Vec<Item> = Vec::with_capacity(tokens.len());
        let mut notes: Vec<Note> = Vec::with_capacity(comments.len());
        let mut comments = comments.iter().map(|comment| comment.span).peekable();
        // The text begins as if a line had ended before it.
        let (mut last, mut begun) = (0, 1);
        let mut tokens = tokens.iter().filter(|token| token.kind != TokenKind::Separator);
        while let Some(token) = tokens.next() {
            let mut lines = |from: u32, to: u32| slice(from, to).matches('\n').count() + std::mem::take(&mut begun);
            while let Some(comment) = comments.next_if(|comment| comment.start < token.start) {
                let lines = lines(last, comment.start);
                notes.push(Note { text: slice(comment.start, comment.end).trim_end(), lines });
                last = comment.end;
            }
            let lines = lines(last, token.start);
            last = match token.kind {
                TokenKind::TemplateStart => template_end(&mut tokens, token.end),
                _ => token.end,
            };
            while comments.next_if(|comment| comment.start < last).is_some() {}
            let text = slice(token.start, last);
            items.push(Item { kind: token.kind, text, start: token.start, lines, notes: notes.len() });
        }
        Cursor { items, notes, at: 0, note: 0, previous: TokenKind::Semicolon }
    }

    fn item(&self, ahead: usize) -> Option<&Item<'t>> {
        self.items.get(self.at + ahead)
    }

    /// The number of the next token.
    pub(super) fn index(&self) -> usize {
        self.at
    }

    /// The kind of the next token.
    pub(super) fn kind(&self) -> TokenKind {
        self.nth(0)
    }

    /// The kind of the token `ahead` behind the next one.
    pub(super) fn nth(&self, ahead: usize) -> TokenKind {
        self.item(ahead).map_or(TokenKind::End, |item| item.kind)
    }

    /// The text of the next token.
    pub(super) fn text(&self) -> &'t str {
        self.item(0).map_or("", |item| item.text)
    }

    /// The kind of the first token that begins at that byte or behind it.
    pub(super) fn kind_from(&self, start: u32) -> TokenKind {
        let at = self.items.partition_point(|item| item.start < start);
        self.items.get(at).map_or(TokenKind::End, |item| item.kind)
    }

    /// One past the last byte of the next token.
    pub(super) fn end(&self) -> u32 {
        self.item(0).map_or(u32::MAX, |item| item.start + item.text.len() as u32)
    }

    /// The first byte of the next token.
    pub(super) fn start(&self) -> u32 {
        self.item(0).map_or(u32::MAX, |item| item.start)
    }

    /// The kind of the last token.
    pub(super) fn previous(&self) -> TokenKind {
        self.previous
    }

    /// The comments before the next token that are still to be written.
    pub(super) fn notes(&self) -> &[Note<'t>] {
        let end = self.item(0).map_or(self.notes.len(), |item| item.notes);
        self.notes.get(self.note..end).unwrap_or_default()
    }

    /// Whether comments stand before the first of the next tokens that is not of that kind.
    pub(super) fn notes_behind(&self, kind: TokenKind) -> bool {
        let next = self.items.iter().skip(self.at).find(|item| item.kind != kind);
        next.is_some_and(|item| item.notes > self.note)
    }

    /// Takes the next comment before the next token.
    pub(super) fn take_note(&mut self) -> Option<Note<'t>> {
        let note = self.notes().first().copied()?;
        self.note += 1;
        Some(note)
    }

    /// How many line breaks stand before the next comment or token.
    pub(super) fn lines(&self) -> usize {
        self.notes().first().map_or_else(|| self.token_lines(), |note| note.lines)
    }

    /// How many line breaks stand directly before the next token; before the end of the text at least one.
    pub(super) fn token_lines(&self) -> usize {
        self.item(0).map_or(1, |item| if item.kind == TokenKind::End { item.lines.max(1) } else { item.lines })
    }

    /// Takes the next token.
    pub(super) fn bump(&mut self) -> &'t str {
        let text = self.text();
        self.previous = self.kind();
        self.at += 1;
        text
    }
}

/// The end of the string with interpolation whose first token was the last one taken and ends at `end`.
fn template_end<'a>(tokens: &mut impl Iterator<Item = &'a Token>, mut end: u32) -> u32 {
    let mut open = 1usize;
    for token in tokens {
        end = token.end;
        match token.kind {
            TokenKind::TemplateStart => open += 1,
            TokenKind::TemplateEnd => open -= 1,
            _ => {}
        }
        if open == 0 {
            break;
        }
    }
    end
}
