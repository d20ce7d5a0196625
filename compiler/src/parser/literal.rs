//! Literals, and what is written in brackets.

use super::error::{Fault, What};
use super::expr::{expr, expression};
use super::recover::{closing, expect, list};
use super::{Input, Look, Parse, Production, rule, token};
use crate::ast::{Element, Expr, ExprKind, Key, Name, Property, TemplatePart};
use crate::lexer::{decode, decode_raw};
use crate::token::{Token, TokenKind};
use chumsky::prelude::*;
use prism_diagnostics::{Code, Diagnostic};

/// A number, which is known to come.
pub(super) fn number(input: &mut Input) -> ExprKind {
    let token = input.bump();
    ExprKind::Number(value(input.text_of(token)))
}

/// What a number's text means; the lexer has checked its form.
fn value(text: &str) -> f64 {
    /// So many digits always fit a double.
    const EXACT: usize = 15;
    if text.len() <= EXACT && text.bytes().all(|byte| byte.is_ascii_digit()) {
        return text.bytes().fold(0, |number, digit| number * 10 + u64::from(digit - b'0')) as f64;
    }
    let plain = if text.contains('_') { text.replace('_', "").into() } else { std::borrow::Cow::Borrowed(text) };
    let hexadecimal = plain.strip_prefix("0x").or_else(|| plain.strip_prefix("0X"));
    match hexadecimal {
        // Exact up to 64 bits; beyond, rounding each digit is as good as the text deserves.
        Some(digits) => u64::from_str_radix(digits, 16).map_or_else(
            |_| {
                digits
                    .chars()
                    .filter_map(|digit| digit.to_digit(16))
                    .fold(0.0, |sum, digit| sum * 16.0 + f64::from(digit))
            },
            |exact| exact as f64,
        ),
        None => plain.parse().unwrap_or(f64::NAN),
    }
}

/// A string without interpolation, which is known to come.
pub(super) fn string(input: &mut Input) -> ExprKind {
    let token = input.bump();
    ExprKind::String(meant(input, token))
}

/// The text that a string without interpolation means, its quotes off.
fn meant(input: &mut Input, token: Token) -> Name {
    let text = input.text_of(token);
    match token.kind {
        TokenKind::RawString => Name::new(decode_raw(text.get(3..text.len().saturating_sub(3)).unwrap_or_default())),
        _ => Name::new(decode(text.get(1..text.len().saturating_sub(1)).unwrap_or_default())),
    }
}

/// A string with interpolation.
pub(super) fn template(input: &mut Input) -> Parse<ExprKind> {
    input.skip();
    let mut parts = Vec::new();
    loop {
        match input.kind() {
            TokenKind::TemplateText => {
                let token = input.bump();
                parts.push(TemplatePart::Text(Name::new(decode(input.text_of(token)))));
            }
            TokenKind::RawText => {
                let token = input.bump();
                parts.push(TemplatePart::Text(Name::new(decode_raw(input.text_of(token)))));
            }
            TokenKind::InterpolationStart => {
                let value = input.parse(token(TokenKind::InterpolationStart).ignore_then(rule(interpolated)))?;
                input.parse(closing(TokenKind::InterpolationEnd))?;
                parts.push(TemplatePart::Expr(value));
            }
            _ => break,
        }
    }
    input.parse(expect(TokenKind::TemplateEnd))?;
    Ok(ExprKind::Template(parts))
}

fn interpolated(input: &mut Input) -> Parse<Expr> {
    if input.kind() == TokenKind::InterpolationEnd {
        let at = input.index();
        let end = input.state().tokens[at];
        let here = input.here();
        if !end.missing {
            let span = prism_diagnostics::Span { start: here.end.saturating_sub(2), end: end.end, ..here };
            let diagnostic = Diagnostic::new(Code::E0100, span, "an interpolation without an expression")
                .with_help("put an expression between the braces; for the text `${` itself write `\\${`");
            input.emit(Fault::said(at, diagnostic));
        }
        return Ok(input.node(ExprKind::Error, here));
    }
    expr(input)
}

/// `true`, `false`, `null`, `undefined`
pub(super) fn constant(input: &mut Input) -> ExprKind {
    match input.bump().kind {
        TokenKind::True => ExprKind::Bool(true),
        TokenKind::False => ExprKind::Bool(false),
        _ => ExprKind::Null,
    }
}

/// `(e)`
pub(super) fn parenthesised<'t>() -> impl Production<'t, ExprKind> {
    token(TokenKind::LParen)
        .ignore_then(expression())
        .then_ignore(closing(TokenKind::RParen))
        .map(|inner| ExprKind::Paren(Box::new(inner)))
}

/// `[a, ...b]`
pub(super) fn array<'t>() -> impl Production<'t, ExprKind> {
    token(TokenKind::LBracket).ignore_then(list(rule(element), TokenKind::RBracket)).map(ExprKind::Array)
}

fn element(input: &mut Input) -> Parse<Element> {
    if input.eat(TokenKind::Ellipsis) {
        return Ok(Element::Spread(expr(input)?));
    }
    if input.kind() == TokenKind::Comma {
        let at = input.index();
        let here = input.here();
        let diagnostic = Diagnostic::new(Code::E0100, here, "an array has no holes")
            .with_help("write `null` for an empty element; holes exist only in patterns");
        input.emit(Fault::said(at, diagnostic));
        return Ok(Element::Item(input.node(ExprKind::Error, here)));
    }
    Ok(Element::Item(expr(input)?))
}

/// `{a, b: 1, ...c}`
pub(super) fn object<'t>() -> impl Production<'t, ExprKind> {
    token(TokenKind::ObjectBrace).ignore_then(list(rule(property), TokenKind::RBrace)).map(ExprKind::Object)
}

fn property(input: &mut Input) -> Parse<Property> {
    if input.eat(TokenKind::Ellipsis) {
        return Ok(Property::Spread(expr(input)?));
    }
    if input.kind().is_name() && input.nth(1) != TokenKind::Colon {
        let token = input.bump();
        let (name, span) = (Name::new(input.text_of(token)), input.span_of(token));
        if input.kind() == TokenKind::Assign {
            input.missing(What::CommaOr(TokenKind::RBrace));
            input.skip();
            expr(input)?;
        }
        return Ok(Property::Shorthand(input.node(ExprKind::Name(name), span)));
    }
    let key = key(input)?;
    input.parse(expect(TokenKind::Colon))?;
    Ok(Property::Pair(key, expr(input)?))
}

/// Whether a token of that kind can be a key. Reserved words that are keys have become names.
pub(super) fn is_key(kind: TokenKind) -> bool {
    kind.is_name()
        || matches!(kind, TokenKind::String | TokenKind::RawString | TokenKind::Number | TokenKind::Underscore)
}

/// A key: a name, a string or a number.
pub(super) fn key(input: &mut Input) -> Parse<Key> {
    let kind = input.kind();
    if is_key(kind) || kind.is_reserved() && input.nth(1) == TokenKind::Colon {
        let token = input.bump();
        let span = input.span_of(token);
        let (name, quoted) = match kind {
            TokenKind::String | TokenKind::RawString => (meant(input, token), true),
            TokenKind::Number => {
                let number = value(input.text_of(token));
                (Name::new(ryu_js::Buffer::new().format(number)), false)
            }
            _ => (Name::new(input.text_of(token)), false),
        };
        return Ok(Key { name, quoted, span });
    }
    input.missing(if kind.is_reserved() { What::Name } else { What::Words("a key") });
    Ok(Key { name: Name::new_static(""), quoted: false, span: input.here() })
}
