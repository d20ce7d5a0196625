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
        let text = self.cursor.bump();
        self.out.text(text);
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

    /// The next token is left out, not so its comments; `instead` is written in its place.
    pub(super) fn replace(&mut self, instead: Instead) {
        match instead {
            Instead::Itself => self.out.text(self.cursor.text()),
            Instead::ItselfIfFlat => self.out.if_flat(","),
            Instead::Nothing => {}
        }
        self.all_comments();
        self.cursor.bump();
        self.comments_behind();
    }

    /// A comma; left out unless `written`.
    pub(super) fn comma(&mut self, written: bool) {
        if self.at(TokenKind::Comma) {
            self.replace(if written { Instead::Itself } else { Instead::Nothing });
        }
    }

    /// The comments before a closing bracket, which stand inside.
    pub(super) fn comments_inside(&mut self) {
        if !self.cursor.notes().is_empty() {
            self.all_comments();
            self.out.break_group();
        }
    }

    /// The comments between the last token and the next that are not written yet, on lines of their own or inline.
    fn all_comments(&mut self) -> bool {
        let mut own_line = false;
        while let Some(note) = self.cursor.take_note() {
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

    fn comments_before(&mut self) {
        if self.all_comments() {
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
        let next = self.cursor.kind();
        if matches!(next, TokenKind::Comma | TokenKind::Semicolon) {
            return blocks;
        }
        let end_line = blocks < on_line || notes.get(on_line).map_or(self.cursor.token_lines(), |note| note.lines) > 0;
        let opened = self.out.is_fresh() && blocks == on_line;
        if next.is_closer() && on_line == notes.len() || end_line && !opened { on_line } else { 0 }
    }

    fn inline(&mut self, note: Note<'t>) {
        if !self.out.is_fresh() {
            self.out.space();
        }
        self.out.text(note.text);
        if !self.cursor.kind().is_closer() && !matches!(self.cursor.kind(), TokenKind::Comma | TokenKind::Semicolon) {
            self.out.space();
        }
    }

    /// A comment on a line of its own. Where each further line of a block begins with `*`, these are aligned, except in
    /// the metadata that opens a text.
    fn on_own_line(&mut self, note: Note<'t>) {
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

/// What is written in the place of a token.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Instead {
    /// The token.
    Itself,
    /// The token, a comma, where the group is flat.
    ItselfIfFlat,
    /// Nothing.
    Nothing,
}
