//! One style for all texts: [`format`].
//!
//! The syntax tree says what belongs together, the tokens say what is written: the tree is walked in the order of the
//! text, and each construct writes its tokens as they come ([`cursor`]), so that none can be lost, changed or put
//! elsewhere. Only commas and `;` are left out or kept by rule. Between tokens stand blanks and the places where a line
//! may break ([`stream`]); [`printer`] then decides which of them do.
//!
//! A line may break only where that means nothing (LANGUAGE.md §1): anywhere inside brackets whose lines do not count;
//! elsewhere behind a token after which something must follow, or before one that can't begin a statement. Where the
//! text would mean something else without a `;`, that is kept ([`stmt`]).
//!
//! The style:
//! - Two blanks an indentation, at most [`printer::WIDTH`] columns, a statement a line, no `;`, commas between elements
//!   and none behind the last. Elements in brackets are on one line, or on a line each.
//! - Blocks, objects and what else is in braces are on one line if they fit and were not written with a line break
//!   behind the `{`. Other lists, operations and rows of calls are on one line if they fit, however they were written.
//! - Empty lines are kept, one at a time.
//! - Operators, `.` and `|>` begin the lines that they continue.
//! - Literals and comments are written as they were. Strings with interpolation are literals.
//!
//! Formatting is idempotent, and the tree is the same afterwards. Files follow the tree's ([`crate::ast`]).

mod agents;
mod chain;
mod comments;
mod control;
mod cursor;
mod expr;
mod function;
mod list;
mod literal;
mod module;
mod operation;
mod pattern;
mod printer;
mod stmt;
mod stream;
mod ty;

use crate::ast::Module;
use crate::layout::arrange;
use crate::lexer::{Lexed, lex};
use crate::parse::parse;
use crate::token::TokenKind;
use cursor::Cursor;
use prism_diagnostics::{Diagnostic, SourceId};
use std::borrow::Cow;
use stream::Stream;

/// The text in the one style, with `\n` at the ends of its lines. A text that has faults is refused with them; their
/// spans carry `source`.
///
/// # Errors
/// What the parser says of the text.
pub fn format(source: SourceId, text: &str) -> Result<String, Vec<Diagnostic>> {
    let plain = plain(text);
    let parsed = parse(source, &plain);
    if parsed.diagnostics.is_empty() {
        return Ok(written(source, &plain, &parsed.module));
    }
    // The spans are those of the text as it was given.
    Err(match plain {
        Cow::Borrowed(same) if same.len() == text.len() => parsed.diagnostics,
        _ => parse(source, text).diagnostics,
    })
}

/// The text without a byte-order mark, with `\n` for CR LF. A CR before that stays with it, since CR CR LF in a string
/// is a CR and a line break.
fn plain(text: &str) -> Cow<'_, str> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut lines = text.split("\r\n");
    let first = lines.next().unwrap_or_default();
    if first.len() == text.len() {
        return text.into();
    }
    let mut plain = String::with_capacity(text.len());
    plain.push_str(first);
    for line in lines {
        plain.push_str(if plain.ends_with('\r') { "\r\n" } else { "\n" });
        plain.push_str(line);
    }
    plain.into()
}

fn written(source: SourceId, text: &str, module: &Module) -> String {
    let Lexed { tokens, .. } = lex(source, text);
    let (tokens, _) = arrange(source, text, tokens);
    let cursor = Cursor::new(text, &tokens, &module.comments);
    let mut formatter =
        Formatter { cursor, out: Stream::new(), needs_semicolon: None, header_open: false, comma_behind: None };
    formatter.module(module);
    printer::print(&formatter.out.into_pieces())
}

/// The walk: reads tokens from the cursor, writes pieces to the stream.
struct Formatter<'t> {
    cursor: Cursor<'t>,
    out: Stream<'t>,
    /// The number of a token before which a `;` must not be left out.
    needs_semicolon: Option<usize>,
    /// Whether a header without parentheses, whose body has no braces, may still be read as going on: `;` stay.
    header_open: bool,
    /// The end of the token behind which a comma is to be put in.
    comma_behind: Option<u32>,
}

impl Formatter<'_> {
    fn module(&mut self, module: &Module) {
        self.statements(&module.body);
        self.comments_inside();
    }

    /// Whether the next token is of that kind.
    fn at(&self, kind: TokenKind) -> bool {
        self.cursor.kind() == kind
    }

    /// The kind of the first of the next tokens that is not of that kind.
    fn behind(&self, kind: TokenKind) -> TokenKind {
        (0..).map(|ahead| self.cursor.nth(ahead)).find(|next| *next != kind).unwrap_or(TokenKind::End)
    }

    /// Whether an empty line stands before what comes next.
    fn blank_ahead(&self) -> bool {
        self.cursor.lines() > 1
    }

    fn space(&mut self) {
        self.out.space();
    }

    /// A group whose lines all break or none.
    fn group(&mut self, inside: impl FnOnce(&mut Self)) {
        self.comments_before();
        self.out.open_group();
        inside(self);
        self.out.close_group();
    }

    fn indent(&mut self, inside: impl FnOnce(&mut Self)) {
        self.out.open_indent();
        inside(self);
        self.out.close();
    }

    /// A blank, or a line break where what follows would not fit, and what follows.
    fn fill(&mut self, inside: impl FnOnce(&mut Self)) {
        self.out.open_fill(true);
        inside(self);
        self.out.close();
    }

    /// Runs a walk with enough stack for one more level of nesting.
    fn deeper(&mut self, walk: impl FnOnce(&mut Self)) {
        crate::stack::deeper(|| walk(self));
    }
}
