//! The parser's faults, and how they are told.

use super::Tokens;
use crate::parse::Reports;
use crate::token::{Token, TokenKind};
use chumsky::DefaultExpected;
use chumsky::error::{Error, LabelError};
use chumsky::util::MaybeRef;
use prism_diagnostics::{Code, Diagnostic, SourceId, Span};

/// What should have stood somewhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum What {
    /// A token that is written in one way only.
    Token(TokenKind),
    /// `,`, or the end of the list.
    CommaOr(TokenKind),
    /// A name to declare or to take a part by.
    Name,
    /// Nothing more on the line.
    EndOfStatement,
    Expression,
    Statement,
    Pattern,
    Type,
    /// The `{` of a body.
    Block,
    /// Something else, in plain words.
    Words(&'static str),
}

/// A fault, before it is known how it will be told. Two words, because every production's result has room for one.
#[derive(Clone, Debug)]
pub(super) enum Fault {
    /// Something else should stand before the token of that number.
    Expected {
        /// The token's number.
        at: u32,
        /// What should stand there.
        what: What,
    },
    /// A fault with words of its own.
    Said(Box<(u32, Diagnostic)>),
}

impl What {
    /// What goes on the header of a `for` behind its first part.
    pub(super) const HEADER: What = What::Words("`;` or `in` in the header of `for`");
}

impl Fault {
    /// A fault with words of its own, seen at the token of that number.
    pub(super) fn said(at: usize, diagnostic: Diagnostic) -> Fault {
        Fault::Said(Box::new((at as u32, diagnostic)))
    }

    fn at(&self) -> u32 {
        match self {
            Fault::Expected { at, .. } => *at,
            Fault::Said(said) => said.0,
        }
    }
}

impl<'t> Error<'t, Tokens<'t>> for Fault {
    fn merge(self, other: Self) -> Self {
        other
    }
}

/// Needed by `chumsky` for its own terminals; the grammar has its own.
impl<'t> LabelError<'t, Tokens<'t>, DefaultExpected<'t, Token>> for Fault {
    fn expected_found<E: IntoIterator<Item = DefaultExpected<'t, Token>>>(
        _: E,
        _: Option<MaybeRef<'t, Token>>,
        span: chumsky::span::SimpleSpan<usize>,
    ) -> Self {
        Fault::Expected { at: span.start as u32, what: What::EndOfStatement }
    }
}

/// Tells the faults, at most one a token, and none where the lexer or the layout has already said what is wrong.
pub(super) fn reports(source: SourceId, text: &str, tokens: &[Token], mut faults: Vec<Fault>) -> Reports {
    faults.sort_by_key(Fault::at);
    faults.dedup_by_key(|fault| fault.at());
    let mut reports = Reports::default();
    for fault in faults {
        let (at, what) = match fault {
            Fault::Said(said) => {
                reports.add(said.1, false);
                continue;
            }
            Fault::Expected { at, what } => (at as usize, what),
        };
        let Some([before @ .., found]) = tokens.get(..=at) else { continue };
        let told = |token: &Token| token.missing || token.kind == TokenKind::Bad;
        if told(found) || before.last().is_some_and(told) {
            continue;
        }
        reports.add(tell(source, text, found, before, what), found.kind == TokenKind::End);
    }
    reports
}

/// Tells that `what` should stand where `found` does.
fn tell(source: SourceId, text: &str, found: &Token, before: &[Token], what: What) -> Diagnostic {
    let separated = before.last().is_some_and(|token| token.kind == TokenKind::Separator);
    let before = before.iter().rfind(|token| token.kind != TokenKind::Separator);
    let statement = found.newline_before && found.kind.begins_only_statements();
    let line_ends = found.kind == TokenKind::Separator || statement && !matches!(what, What::Statement);
    let message = match what {
        What::Name | What::Pattern if found.kind.is_reserved() && !found.newline_before => {
            format!("`{}` is a reserved word and can't be a name", found.text(text))
        }
        _ if line_ends => format!("expected {}, found the end of the line", expected(what)),
        _ => format!("expected {}, found {}", expected(what), describe(*found, text)),
    };
    // What is missing at the end of a line is shown there, not at the start of the next.
    let last = before.map_or(found.start, |token| token.end);
    let ends = line_ends || found.kind == TokenKind::End;
    let span = if ends { Span::new(source, last, last) } else { Span::new(source, found.start, found.end) };
    let mut diagnostic = Diagnostic::new(Code::E0100, span, message);
    let behind = before.map_or(TokenKind::Semicolon, |token| token.kind);
    let help = |what, found| if line_ends { None } else { help(what, found, behind) };
    diagnostic.help = match separated && behind == TokenKind::RBrace && found.kind.continues() {
        true => Some("the statement has ended at its `}`; put it in parentheses to go on with it".into()),
        false => help(what, found.kind).map(String::from),
    };
    diagnostic
}

fn quoted(kind: TokenKind) -> String {
    match kind {
        TokenKind::BlockBrace | TokenKind::ObjectBrace | TokenKind::PatternBrace => "`{`".into(),
        TokenKind::PatternBracket => "`[`".into(),
        TokenKind::ParamsParen | TokenKind::HeaderParen => "`(`".into(),
        TokenKind::ArmArrow => "`=>`".into(),
        TokenKind::ForIn => "`in`".into(),
        TokenKind::InterpolationStart => "`${`".into(),
        TokenKind::InterpolationEnd => "the `}` of `${`".into(),
        TokenKind::TemplateStart | TokenKind::TemplateEnd => "a string".into(),
        TokenKind::String | TokenKind::RawString => "a string".into(),
        kind => kind.text().map_or_else(|| "something else".into(), |text| format!("`{text}`")),
    }
}

fn expected(what: What) -> String {
    match what {
        What::Token(kind) => quoted(kind),
        What::CommaOr(kind) => format!("`,` or {}", quoted(kind)),
        What::Name => "a name".into(),
        What::EndOfStatement => "the end of the statement".into(),
        What::Expression => "an expression".into(),
        What::Statement => "a statement".into(),
        What::Pattern => "a name or a pattern".into(),
        What::Type => "a type".into(),
        What::Block => "a block in `{ }`".into(),
        What::Words(words) => words.into(),
    }
}

fn describe(found: Token, text: &str) -> String {
    let written = found.text(text);
    match found.kind {
        TokenKind::Separator => "the end of the line".into(),
        TokenKind::End => "the end of the text".into(),
        TokenKind::Ident => format!("the name `{written}`"),
        TokenKind::Underscore => "`_`".into(),
        TokenKind::Number => format!("the number `{written}`"),
        TokenKind::Version => format!("`{written}`"),
        TokenKind::TemplateText | TokenKind::RawText => "text".into(),
        kind if kind.is_name() => format!("the name `{written}`"),
        kind => quoted(kind),
    }
}

/// The way out, where there is an evident one.
fn help(what: What, found: TokenKind, before: TokenKind) -> Option<&'static str> {
    use TokenKind::*;
    let statement = matches!(what, What::EndOfStatement | What::Statement);
    Some(match (found, before) {
        (_, PlusPlus | MinusMinus) if what == What::EndOfStatement => {
            "`++` and `--` change a variable; between two signs put a blank: `1 - -1`"
        }
        (kind, _) if matches!(what, What::Name | What::Pattern) => {
            return kind.is_reserved().then_some("choose another name; as a key or a member it may stand");
        }
        _ if what == What::Token(ArmArrow) => "an arm is written `pattern => result`",
        (Assign, _) if what == What::CommaOr(RBrace) => {
            "a default stands only in a pattern; a member of an object is written `key: value`"
        }
        (kind, _) if matches!(what, What::CommaOr(_)) && (kind.is_name() || kind.is_literal()) => {
            "put a `,` between the two"
        }
        (kind, _) if kind.assign().is_some() && matches!(what, What::Type | What::Token(Gt)) => return None,
        (Assign, kind) if kind.is_reserved() => "a reserved word can't be assigned to; choose another name",
        (Assign, _) => "an assignment is a statement of its own; `==` compares",
        (kind, _) if kind.assign().is_some() => "an assignment is a statement of its own",
        (PlusPlus | MinusMinus, _) => {
            "`++` and `--` are statements of their own; between two signs put a blank: `1 - -1`"
        }
        (Bar, _) => "`||` is or",
        (ConfidenceOf, _) => "`<~ x` is x's confidence; for `less` put a blank: `a < ~b`",
        (kind, RBracket | RBrace | Ident) if what == What::HEADER && kind.is_name() => {
            "write `in` to go through a collection: `for x in xs {}`"
        }
        (Comma, _) if what == What::HEADER => "only `let` declares several: `for let i = 0, j = 1; …`",
        (Comma | Colon, _) if statement => "this `{` opens a block; put an object literal in parentheses: `({…})`",
        (Else, _) => "`else` stands directly behind the block of its `if`",
        (Catch | Finally, _) => "`catch` and `finally` stand directly behind the block of their `try`",
        (LParen, RBrace) if statement => "put the function in parentheses to call it",
        (kind, FatArrow | ArmArrow) if what == What::Expression && kind.begins_only_statements() => {
            "statements behind `=>` stand in braces: `=> { … }`"
        }
        (Input | Expects, _) if statement => "`input { … }` and `expects { … }` stand first in a `pattern`",
        (For | While | Do, _) if what == What::Expression => "a loop is a statement; put it in a block or a function",
        (ForIn, _) => "in the header of a `for`, `in` as an operator stands in parentheses",
        (FatArrow, RParen) => "parameters are names or patterns: `(a, b) => …`",
        _ => return None,
    })
}
