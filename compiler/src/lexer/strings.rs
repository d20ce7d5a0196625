//! Strings: where they end, and where their interpolations begin. What their escapes mean is [`super::escape`]'s.

use super::{Driver, escape};
use crate::token::{Token, TokenKind};
use logos::{Lexer, Logos};
use prism_diagnostics::{Code, Diagnostic, Span};

/// The pieces of `"…"`, `'…'` and `` `…` ``.
#[derive(Logos, Clone, Copy, Debug, PartialEq, Eq)]
enum Piece {
    #[regex(r#"[^"'`\\$\r\n]+"#)]
    #[token("$")]
    #[token("\r")]
    #[token("\\", priority = 1)]
    Text,
    #[regex(r"\\[^\r\n]")]
    Escape,
    #[token("${")]
    Interpolation,
    #[token("\n")]
    #[token("\r\n")]
    Newline,
    #[token("\"")]
    Double,
    #[token("'")]
    Single,
    #[token("`")]
    Backtick,
}

/// The pieces of a string between triple backticks.
#[derive(Logos, Clone, Copy, Debug, PartialEq, Eq)]
enum RawPiece {
    #[regex(r"[^`$]+", allow_greedy = true)]
    #[token("$")]
    #[token("`")]
    Text,
    #[token("${")]
    Interpolation,
    #[token("```")]
    Quote,
}

/// What a string stands between.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Quote {
    Double,
    Single,
    Backtick,
    Triple,
}

impl Quote {
    pub(super) fn opened_by(kind: TokenKind) -> Option<Quote> {
        match kind {
            TokenKind::DoubleQuote => Some(Quote::Double),
            TokenKind::SingleQuote => Some(Quote::Single),
            TokenKind::Backtick => Some(Quote::Backtick),
            TokenKind::TripleBacktick => Some(Quote::Triple),
            _ => None,
        }
    }

    /// How it is written.
    fn text(self) -> &'static str {
        match self {
            Quote::Double => "\"",
            Quote::Single => "'",
            Quote::Backtick => "`",
            Quote::Triple => "```",
        }
    }

    fn one_line(self) -> bool {
        matches!(self, Quote::Double | Quote::Single)
    }

    fn kinds(self) -> (TokenKind, TokenKind) {
        match self {
            Quote::Triple => (TokenKind::RawString, TokenKind::RawText),
            _ => (TokenKind::String, TokenKind::TemplateText),
        }
    }
}

/// An open `${`, and the string that it stands in.
#[derive(Clone, Copy, Debug)]
pub(super) struct Interpolation {
    quote: Quote,
    /// The string's opening quote.
    opener: Span,
    /// The `${`.
    start: Span,
    /// Braces opened inside and not closed.
    pub(super) braces: u32,
}

/// What ended a stretch of string text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stop {
    Quote,
    Interpolation,
    Newline,
    End,
}

impl<'t> Driver<'t> {
    /// A string from behind its opening quote to its end, or into its first interpolation.
    pub(super) fn string(&mut self, lexer: Lexer<'t, TokenKind>, quote: Quote, opener: Span) -> Lexer<'t, TokenKind> {
        let (lexer, stop, text, end) = self.scan(lexer, quote, opener.end);
        match stop {
            Stop::Quote => self.push(quote.kinds().0, opener.start, end),
            Stop::Interpolation => {
                self.push(TokenKind::TemplateStart, opener.start, opener.end);
                self.open_interpolation(quote, opener, text, end);
            }
            Stop::Newline | Stop::End => {
                if stop == Stop::Newline && self.lost_brace() {
                    return lexer;
                }
                self.push(TokenKind::Bad, opener.start, text.end);
                self.unterminated(quote, opener, stop);
                if stop == Stop::Newline {
                    return skip_continuation(lexer, quote);
                }
            }
        }
        lexer
    }

    /// The same string again, behind the `}` of an interpolation.
    pub(super) fn resume_string(&mut self, lexer: Lexer<'t, TokenKind>, brace: Span) -> Lexer<'t, TokenKind> {
        let Some(Interpolation { quote, opener, .. }) = self.interpolations.pop() else { return lexer };
        self.push(TokenKind::InterpolationEnd, brace.start, brace.end);
        let (lexer, stop, text, end) = self.scan(lexer, quote, brace.end);
        match stop {
            Stop::Interpolation => self.open_interpolation(quote, opener, text, end),
            Stop::Quote => {
                self.push_text(quote, text);
                self.push(TokenKind::TemplateEnd, text.end, end);
            }
            Stop::Newline | Stop::End => {
                self.push_text(quote, text);
                self.push_missing(TokenKind::TemplateEnd, text.end);
                self.unterminated(quote, opener, stop);
            }
        }
        // A line break in the string's text is none between tokens; one that ended it is.
        self.newline = stop == Stop::Newline;
        lexer
    }

    fn open_interpolation(&mut self, quote: Quote, opener: Span, text: Span, end: u32) {
        self.push_text(quote, text);
        let start = Span { start: text.end, end, ..text };
        self.push(TokenKind::InterpolationStart, start.start, start.end);
        self.interpolations.push(Interpolation { quote, opener, start, braces: 0 });
    }

    /// Reads text up to what stops it: `(lexer, what, the text, the end of what)`. Faulty escapes are reported.
    fn scan(
        &mut self,
        lexer: Lexer<'t, TokenKind>,
        quote: Quote,
        start: u32,
    ) -> (Lexer<'t, TokenKind>, Stop, Span, u32) {
        let (lexer, stop, text_end, end) = if quote == Quote::Triple {
            let mut pieces = lexer.morph::<RawPiece>();
            let stop = loop {
                match pieces.next() {
                    None => break Stop::End,
                    Some(Ok(RawPiece::Quote)) => break Stop::Quote,
                    Some(Ok(RawPiece::Interpolation)) => break Stop::Interpolation,
                    Some(_) => {}
                }
            };
            let (text_end, end) = stopped(&pieces, stop == Stop::End);
            (pieces.morph(), stop, text_end, end)
        } else {
            let mut pieces = lexer.morph::<Piece>();
            let mut escapes = false;
            let stop = loop {
                match (pieces.next(), quote) {
                    (None, _) => break Stop::End,
                    (Some(Ok(Piece::Double)), Quote::Double)
                    | (Some(Ok(Piece::Single)), Quote::Single)
                    | (Some(Ok(Piece::Backtick)), Quote::Backtick) => break Stop::Quote,
                    (Some(Ok(Piece::Interpolation)), Quote::Double | Quote::Backtick) => break Stop::Interpolation,
                    (Some(Ok(Piece::Newline)), Quote::Double | Quote::Single) => break Stop::Newline,
                    (Some(Ok(Piece::Escape)), _) => escapes = true,
                    (Some(_), _) => {}
                }
            };
            let (text_end, end) = stopped(&pieces, stop == Stop::End);
            if escapes {
                self.check_escapes(start, text_end);
            }
            (pieces.morph(), stop, text_end, end)
        };
        (lexer, stop, Span::new(self.source, start, text_end), end)
    }

    fn check_escapes(&mut self, start: u32, end: u32) {
        let text = self.text.get(start as usize..end as usize).unwrap_or_default();
        let mut faults = Vec::new();
        escape::check(text, |range, fault| faults.push((range, fault)));
        for (range, fault) in faults {
            let span = Span::new(self.source, start + range.start as u32, start + range.end as u32);
            self.report(Diagnostic::new(Code::E0103, span, fault.message()).with_help(fault.help()));
        }
    }

    fn push_text(&mut self, quote: Quote, text: Span) {
        if text.start < text.end {
            self.push(quote.kinds().1, text.start, text.end);
        }
    }

    fn push_missing(&mut self, kind: TokenKind, at: u32) {
        self.lexed.tokens.push(Token { kind, newline_before: false, missing: true, parts: 0, start: at, end: at });
    }

    fn unterminated(&mut self, quote: Quote, opener: Span, stop: Stop) {
        self.newline = stop == Stop::Newline;
        let close = match quote {
            Quote::Double => "`\"`",
            Quote::Single => "`'`",
            Quote::Backtick => "a backtick",
            Quote::Triple => "three backticks",
        };
        let diagnostic = Diagnostic::new(Code::E0104, opener, "unterminated string");
        let diagnostic = match (quote.one_line(), stop) {
            (true, Stop::Newline) => diagnostic
                .with_label("opened here, and the line ends")
                .with_help(format!("close it with {close}; text over several lines stands between backticks")),
            _ => diagnostic.with_label("opened here").with_help(format!("close it with {close}")),
        };
        match quote.one_line() {
            true => self.report(diagnostic),
            false => self.report_at_end(diagnostic),
        }
    }

    /// Called where a string on one line, inside an interpolation of one on the same line, has no end: then its quote was
    /// meant to close the outer string, and the interpolation's `}` is what is missing.
    fn lost_brace(&mut self) -> bool {
        let line_start = |at: u32| self.text.get(..at as usize).and_then(|text| text.rfind('\n'));
        let Some(first) = self.interpolations.iter().position(|open| open.quote.one_line()) else { return false };
        let start = self.interpolations[first].start;
        let here = self.lexed.tokens.last().map_or(0, |last| last.end);
        if line_start(start.start) != line_start(here) {
            return false;
        }
        self.close_interpolations(first, false);
        self.newline = true;
        true
    }

    /// Closes all interpolations from the `from`-th on where they have no end, and reports the innermost.
    pub(super) fn close_interpolations(&mut self, from: usize, at_end: bool) {
        let Some(innermost) = self.interpolations.last().filter(|_| self.interpolations.len() > from) else { return };
        let diagnostic = Diagnostic::new(Code::E0104, innermost.start, "unterminated interpolation: `${` without `}`")
            .with_other(innermost.opener, "in this string")
            .with_help("close it with `}`; for the text `${` itself write `\\${`");
        match at_end {
            true => self.report_at_end(diagnostic),
            false => self.report(diagnostic),
        }
        let at = self.lexed.tokens.last().map_or(0, |last| last.end);
        for _ in from..self.interpolations.len() {
            self.push_missing(TokenKind::InterpolationEnd, at);
            self.push_missing(TokenKind::TemplateEnd, at);
        }
        self.interpolations.truncate(from);
    }
}

/// Behind the line break that a string on one line must not have: if the next line holds just one such quote, the string
/// was meant to go on to there, and is skipped.
fn skip_continuation<'t>(mut lexer: Lexer<'t, TokenKind>, quote: Quote) -> Lexer<'t, TokenKind> {
    let line = lexer.remainder().lines().next().unwrap_or_default();
    let mut quotes = line.match_indices(quote.text());
    if let (Some((at, quote)), None) = (quotes.next(), quotes.next()) {
        lexer.bump(at + quote.len());
    }
    lexer
}

/// Where the text ended and where what ended it does.
fn stopped<'t, P: Logos<'t, Source = str>>(pieces: &Lexer<'t, P>, at_end: bool) -> (u32, u32) {
    let span = pieces.span();
    let text_end = if at_end { pieces.source().len() } else { span.start };
    (text_end as u32, if at_end { text_end as u32 } else { span.end as u32 })
}
