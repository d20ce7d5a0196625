//! Members, indexes and calls.

use super::error::Fault;
use super::nest::grow;
use super::recover::{closing, list};
use super::{Input, Look, Parse, expr, literal, name, rule, token};
use crate::ast::{Access, Argument, Expr, ExprKind, Name};
use crate::token::TokenKind;
use chumsky::prelude::*;
use prism_diagnostics::{Code, Diagnostic};

/// A name that is read, with what follows it.
pub(super) fn named(input: &mut Input) -> Parse<Expr> {
    let token = input.bump();
    let name = Name::new(input.text_of(token));
    let span = input.span_of(token);
    let whole = input.node(ExprKind::Name(name), span);
    chain(input, whole)
}

/// What follows an operand.
#[inline]
pub(super) fn chain(input: &mut Input, whole: Expr) -> Parse<Expr> {
    use TokenKind::*;
    match input.kind() {
        Dot | OptionalDot | ConfDot | LBracket | LParen => links(input, whole),
        _ => Ok(whole),
    }
}

fn links(input: &mut Input, mut whole: Expr) -> Parse<Expr> {
    loop {
        let access = match input.kind() {
            TokenKind::Dot => Access::Plain,
            TokenKind::OptionalDot => Access::Optional,
            TokenKind::ConfDot => Access::Confident,
            TokenKind::LBracket | TokenKind::LParen => {
                let height = std::mem::take(&mut input.state().height);
                let start = whole.span;
                let object = Box::new(whole);
                let kind = match input.kind() {
                    TokenKind::LBracket => ExprKind::Index { object, index: index(input)? },
                    _ => ExprKind::Call { callee: object, arguments: arguments(input)? },
                };
                let end = input.here();
                whole = input.node(kind, start.to(end));
                whole = grow(input, height, whole);
                continue;
            }
            _ => return Ok(whole),
        };
        input.skip();
        let name = name(input)?;
        let span = whole.span.to(name.span);
        whole = input.node(ExprKind::Member { object: Box::new(whole), access, name }, span);
        whole = grow(input, 0, whole);
    }
}

/// `[i]`
#[inline(never)]
fn index(input: &mut Input) -> Parse<Box<Expr>> {
    let index = token(TokenKind::LBracket).ignore_then(expr::expression()).then_ignore(closing(TokenKind::RBracket));
    input.parse(index).map(Box::new)
}

/// `(a, ...b, c: 1)`
#[inline(never)]
fn arguments(input: &mut Input) -> Parse<Vec<Argument>> {
    let at = input.index();
    let arguments = input.parse(token(TokenKind::LParen).ignore_then(list(rule(argument), TokenKind::RParen)))?;
    let named = arguments.iter().position(|argument| matches!(argument, Argument::Named(..)));
    let late = named.and_then(|first| {
        arguments[first..].iter().find_map(|argument| match argument {
            Argument::Positional(value) | Argument::Spread(value) => Some(value.span),
            Argument::Named(..) => None,
        })
    });
    if let Some(span) = late {
        let diagnostic = Diagnostic::new(Code::E0100, span, "an argument without a name stands behind a named one")
            .with_help("named arguments stand last");
        input.emit(Fault::said(at, diagnostic));
    }
    Ok(arguments)
}

fn argument(input: &mut Input) -> Parse<Argument> {
    if input.eat(TokenKind::Ellipsis) {
        return Ok(Argument::Spread(expr::expr(input)?));
    }
    if input.nth(1) == TokenKind::Colon && literal::is_key(input.kind()) {
        let key = literal::key(input)?;
        input.skip();
        return Ok(Argument::Named(Box::new(key), expr::expr(input)?));
    }
    Ok(Argument::Positional(expr::expr(input)?))
}
