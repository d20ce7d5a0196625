//! What the parser does where something is wrong: all of it.
//!
//! Brackets match by now, so skipping can count on them: nothing ever skips out of the brackets that it is in.

use super::error::What;
use super::{Input, Look, Parse, Production, room, rule, token};
use crate::ast::{Expr, ExprKind, Pattern, PatternKind, Stmt, StmtKind, TypeExpr, TypeExprKind};
use crate::token::{Token, TokenKind};
use chumsky::prelude::*;

/// What can stand in for something that could not be read.
pub(super) trait Missing {
    /// An empty node, just behind the last token.
    fn missing(input: &mut Input) -> Self;
}

impl Missing for Expr {
    fn missing(input: &mut Input) -> Expr {
        let here = input.here();
        input.node(ExprKind::Error, here)
    }
}

impl Missing for Stmt {
    fn missing(input: &mut Input) -> Stmt {
        Stmt { kind: StmtKind::Error, span: input.here() }
    }
}

impl Missing for Pattern {
    fn missing(input: &mut Input) -> Pattern {
        Pattern { kind: PatternKind::Error, threshold: None, span: input.here(), id: input.id() }
    }
}

impl Missing for TypeExpr {
    fn missing(input: &mut Input) -> TypeExpr {
        TypeExpr { kind: TypeExprKind::Error, span: input.here() }
    }
}

/// Reports that `what` should stand here, and puts an empty node in its place.
pub(super) fn missing<O: Missing>(input: &mut Input, what: What) -> Parse<O> {
    input.missing(what);
    Ok(O::missing(input))
}

/// A closing bracket. If something else stands before it, that is reported and skipped, unless the bracket itself is
/// missing: then that has been reported, and explains the rest.
pub(super) fn closing<'t>(kind: TokenKind) -> impl Production<'t, Token> {
    rule(move |input: &mut Input<'t, '_>| close(input, kind))
}

fn close(input: &mut Input, kind: TokenKind) -> Parse<Token> {
    if input.kind() != kind {
        let fault = input.expected(What::Token(kind));
        skip_group(input);
        if input.kind() != kind || !input.peek_ref().is_some_and(|token| token.missing) {
            input.emit(fault);
        }
    }
    match input.kind() == kind {
        true => Ok(input.bump()),
        false => {
            let at = input.here().end;
            Ok(Token { kind, newline_before: false, missing: true, parts: 0, start: at, end: at })
        }
    }
}

/// A token inside a construct. If it is missing, that is reported, and the construct goes on as if it were there.
pub(super) fn expect<'t>(kind: TokenKind) -> impl Production<'t, ()> {
    let go_on = rule(|_: &mut Input<'t, '_>| Ok(()));
    token(kind).ignored().recover_with(via_parser(go_on))
}

/// Skips to the end of the brackets that the parser is in.
pub(super) fn skip_group(input: &mut Input) {
    skip_until(input, |_| false);
}

/// Skips to the end of the statement.
pub(super) fn skip_statement(input: &mut Input) {
    skip_until(input, |kind| matches!(kind, TokenKind::Separator | TokenKind::Semicolon));
}

/// Skips to the next comma of a list.
fn skip_item(input: &mut Input) {
    skip_until(input, |kind| kind == TokenKind::Comma);
}

fn skip_until(input: &mut Input, stop: impl Fn(TokenKind) -> bool) {
    let mut depth = 0usize;
    loop {
        let kind = input.kind();
        if kind == TokenKind::End || depth == 0 && (kind.is_closer() || stop(kind)) {
            return;
        }
        if kind.closer().is_some() {
            depth += 1;
        } else if kind.is_closer() {
            depth -= 1;
        }
        input.bump();
    }
}

/// Items with commas between them, and perhaps one behind the last, up to and with the closing bracket.
pub(super) fn list<'t, O>(item: impl Production<'t, O>, close: TokenKind) -> impl Production<'t, Vec<O>> {
    rule(move |input: &mut Input<'t, '_>| {
        let mut items = room(input);
        let mut fault = None;
        while input.kind() != TokenKind::End && !input.kind().is_closer() {
            let before = input.index();
            items.push(input.parse(&item)?);
            if input.eat(TokenKind::Comma) || input.kind() == close {
                continue;
            }
            fault = fault.or(Some(input.expected(What::CommaOr(close))));
            skip_item(input);
            if !input.eat(TokenKind::Comma) && input.index() == before {
                break;
            }
        }
        let end = input.parse(closing(close))?;
        if let Some(fault) = fault.filter(|_| !end.missing) {
            input.emit(fault);
        }
        items.shrink_to_fit();
        Ok(items)
    })
}

/// Skips to the next arm of a `match`.
pub(super) fn skip_arm(input: &mut Input) {
    skip_until(input, |kind| matches!(kind, TokenKind::Comma | TokenKind::Separator));
}

/// Skips to the end of a `for` header.
pub(super) fn skip_header(input: &mut Input) {
    skip_until(input, |kind| matches!(kind, TokenKind::BlockBrace | TokenKind::Separator));
}
