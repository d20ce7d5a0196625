//! Comments: each stays between the two tokens that it stands between, but for a comma or a left-out `;`, which it may
//! change places with.
//!
//! - One with nothing before it on its line, and nothing behind it, has a line of its own.
//! - One behind a token on its line, with nothing behind it, stays there.
//! - Any other stands before the next token on its line; before a closing bracket or a comma, behind the last.
//!
//! So a line break that a comment needs was there before, and means nothing new.

use super::Formatter;
use super::cursor::Note;
use crate::token::TokenKind;

impl<'t> Formatter<'t> {
    /// The next token with the comments that belong to it.
    pub(super) fn token(&mut self) {
        self.comments_before();
        let end = self.cursor.end();
        let text = self.cursor.bump();
        self.out.text(text);
        if self.comma_behind == Some(end) {
            self.out.text(",");
        }
        self.comments_behind();
    }

    /// An opening bracket.
    pub(super) fn opener(&mut self) {
        self.comments_before();
        let text = self.cursor.bump();
        self.out.text(text);
        self.out.opened();
        self.comments_behind();
    }

    /// The next token, if it is of that kind; says whether it was.
    pub(super) fn optional(&mut self, kind: TokenKind) -> bool {
        let found = self.at(kind);
        if found {
            self.token();
        }
        found
    }

    /// The next token, a comma or `;`; left out unless `written`, not so its comments, which stand behind it if there
    /// is something before it.
    pub(super) fn mark(&mut self, written: bool) {
        let nothing_before = self.out.is_fresh() || is_mark(self.cursor.previous());
        if nothing_before && !self.cursor.notes().is_empty() {
            self.comments_before();
            self.space();
        }
        if written {
            self.out.text(self.cursor.text());
        }
        let before = self.cursor.notes().len();
        self.cursor.bump();
        self.comments(before);
        self.comments_behind();
    }

    /// Something that ends at that byte, with a comma behind it, also where there is none, unless a bracket closes.
    pub(super) fn with_comma(&mut self, end: u32, inside: impl FnOnce(&mut Self)) {
        let next = self.cursor.kind_from(end);
        let is_missing = next != TokenKind::Comma && !next.is_closer();
        let outside = std::mem::replace(&mut self.comma_behind, is_missing.then_some(end));
        inside(self);
        self.comma_behind = outside;
    }

    /// The comments before a closing bracket, which stand inside.
    pub(super) fn comments_inside(&mut self) {
        self.comments(self.cursor.notes().len());
    }

    /// The next comments, on lines of their own or inline; says whether a line of its own comes last.
    fn comments(&mut self, count: usize) -> bool {
        let mut own_line = false;
        for _ in 0..count {
            let Some(note) = self.cursor.take_note() else { break };
            let alone = note.lines > 0 && (note.ends_line() || self.cursor.lines() > 0);
            if own_line || alone {
                self.out.newline(note.lines > 1);
            }
            own_line = alone;
            match (alone, note.ends_line()) {
                (true, _) => self.on_own_line(note),
                (false, true) => self.out.remark(note.text),
                (false, false) => self.inline(note),
            }
        }
        own_line
    }

    /// The comments before the next token.
    pub(super) fn comments_before(&mut self) {
        if self.comments(self.cursor.notes().len()) {
            self.out.newline(self.cursor.token_lines() > 1);
        }
    }

    /// The comments behind the last token on its line.
    fn comments_behind(&mut self) {
        for _ in 0..self.count_behind() {
            let Some(note) = self.cursor.take_note() else { return };
            if note.ends_line() { self.out.remark(note.text) } else { self.inline(note) }
        }
    }

    /// How many of the comments before the next token belong to the last one.
    fn count_behind(&self) -> usize {
        let notes = self.cursor.notes();
        let on_line = notes.iter().take_while(|note| note.lines == 0).count();
        let blocks = notes.iter().take(on_line).take_while(|note| !note.ends_line()).count();
        if self.out.is_fresh() && blocks == on_line {
            return 0;
        }
        let next = self.cursor.kind();
        if is_mark(next) {
            return if is_mark(self.cursor.previous()) { on_line } else { blocks };
        }
        let end_line = blocks < on_line || notes.get(on_line).map_or(self.cursor.token_lines(), |note| note.lines) > 0;
        let closed = next.is_closer() && on_line == notes.len();
        if closed || end_line { on_line } else { 0 }
    }

    fn inline(&mut self, note: Note<'t>) {
        if !self.out.is_fresh() {
            self.out.space();
        }
        self.out.text(note.text);
        let next = self.cursor.kind();
        if !next.is_closer() && !is_mark(next) {
            self.out.space();
        }
    }

    /// A comment on a line of its own. Where each further line of a block begins with `*`, these are aligned, except in
    /// the metadata that opens a text.
    fn on_own_line(&mut self, note: Note<'t>) {
        self.out.break_group();
        let aligned = note.text.lines().skip(1).all(|line| line.trim_start().starts_with('*'));
        if note.ends_line() || !aligned || self.out.is_empty() {
            self.out.text(note.text);
        } else {
            for (number, line) in note.text.lines().enumerate() {
                if number > 0 {
                    self.out.newline(false);
                    self.out.text(" ");
                }
                self.out.text(if number > 0 { line.trim() } else { line.trim_end() });
            }
        }
        self.out.newline(false);
    }
}

/// Whether it ends or separates something.
fn is_mark(kind: TokenKind) -> bool {
    matches!(kind, TokenKind::Comma | TokenKind::Semicolon)
}
