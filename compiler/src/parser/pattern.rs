//! Patterns (LANGUAGE.md §7).

use super::error::{Fault, What};
use super::expr::{additive, expr};
use super::nest::nested;
use super::recover::{closing, list, missing};
use super::{Input, Look, Parse, literal, name, rule, token};
use crate::ast::{Expr, ExprKind, Ident, Name, Pattern, PatternField, PatternKind, PatternPart, UnaryOp};
use crate::parse::MAX_DEPTH;
use crate::token::TokenKind;
use chumsky::prelude::*;
use prism_diagnostics::{Code, Diagnostic, Span};

/// Where a pattern stands: only those of `match` hold literals.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    Binding,
    Arm,
}

/// A pattern that takes a value apart, with its threshold.
pub(super) fn binding(input: &mut Input) -> Parse<Pattern> {
    pattern(input, Place::Binding)
}

/// The pattern of an arm, with its threshold.
pub(super) fn arm(input: &mut Input) -> Parse<Pattern> {
    pattern(input, Place::Arm)
}

fn pattern(input: &mut Input, place: Place) -> Parse<Pattern> {
    if let Some(name) = alone(input) {
        return Ok(name);
    }
    nested(input, |input| {
        let start = input.index();
        let kind = match bare(input, place)? {
            Some(kind) => kind,
            None => return missing(input, What::Pattern),
        };
        threshold(input, start, kind)
    })
}

/// A name without a threshold, which most patterns are: what [`nested`] would give.
fn alone(input: &mut Input) -> Option<Pattern> {
    if !input.kind().is_name() || input.nth(1) == TokenKind::Attach || input.state().depth >= MAX_DEPTH {
        return None;
    }
    let token = input.bump();
    let (name, span) = (Name::new(input.text_of(token)), input.span_of(token));
    let kind = PatternKind::Name(Ident { name, span, id: input.id() });
    let state = input.state();
    state.height = state.height.max(1);
    Some(Pattern { kind, threshold: None, span, id: input.id() })
}

/// `~> t` behind a pattern that began at token `start`.
fn threshold(input: &mut Input, start: usize, kind: PatternKind) -> Parse<Pattern> {
    let threshold = match input.eat(TokenKind::Attach) {
        true => Some(Box::new(additive(input)?)),
        false => None,
    };
    Ok(Pattern { kind, threshold, span: input.place_from(start), id: input.id() })
}

fn bare(input: &mut Input, place: Place) -> Parse<Option<PatternKind>> {
    use TokenKind::*;
    Ok(Some(match input.kind() {
        Underscore => {
            input.skip();
            PatternKind::Wildcard
        }
        PatternBracket | LBracket => array(input, place)?,
        PatternBrace | ObjectBrace | BlockBrace => object(input, place)?,
        Number | String | RawString | True | False | Null | Undefined | Minus => {
            let literal = signed(input)?;
            if place == Place::Binding {
                only_names(input, literal.span);
                return Ok(Some(PatternKind::Error));
            }
            PatternKind::Literal(Box::new(literal))
        }
        Bad => {
            input.skip();
            PatternKind::Error
        }
        kind if kind.is_name() => PatternKind::Name(name(input)?),
        // A word that was meant as a name: `name` says so, and goes on behind it.
        kind if kind.is_reserved() && !kind.begins_only_statements() && kind != In => {
            name(input)?;
            PatternKind::Error
        }
        _ => return Ok(None),
    }))
}

/// A literal, or `-` and a number.
fn signed(input: &mut Input) -> Parse<Expr> {
    let start = input.index();
    if input.eat(TokenKind::Minus) {
        let op_span = input.place_from(start);
        let operand = match input.kind() {
            TokenKind::Number => {
                let at = input.index();
                let kind = literal::number(input);
                let span = input.place_from(at);
                input.node(kind, span)
            }
            _ => missing(input, What::Words("a number"))?,
        };
        let span = op_span.to(operand.span);
        return Ok(input.node(ExprKind::Unary { op: UnaryOp::Neg, op_span, operand: Box::new(operand) }, span));
    }
    let kind = match input.kind() {
        TokenKind::Number => literal::number(input),
        TokenKind::String | TokenKind::RawString => literal::string(input),
        _ => literal::constant(input),
    };
    let span = input.place_from(start);
    Ok(input.node(kind, span))
}

fn only_names(input: &mut Input, span: Span) {
    let at = input.index().saturating_sub(1);
    let diagnostic = Diagnostic::new(Code::E0100, span, "a literal can't be assigned to")
        .with_help("only the patterns of `match` hold literals");
    input.emit(Fault::said(at, diagnostic));
}

/// `[a, , b = 2, ...rest]`
fn array(input: &mut Input, place: Place) -> Parse<PatternKind> {
    input.skip();
    let part = rule(move |input: &mut Input<'_, '_>| match input.kind() {
        TokenKind::Comma => Ok(Item::Hole),
        TokenKind::Ellipsis => Ok(Item::Rest(rest(input, place)?)),
        _ => Ok(Item::Part(part(input, place)?)),
    });
    let items = input.parse(list(part, TokenKind::RBracket))?;
    let (items, rest) = split_rest(input, items);
    let elements = items.into_iter().map(|item| if let Item::Part(part) = item { Some(part) } else { None }).collect();
    Ok(PatternKind::Array { elements, rest })
}

/// What stands between the commas of a pattern.
enum Item<P> {
    Hole,
    Part(P),
    Rest(Pattern),
}

/// `...rest`
fn rest(input: &mut Input, place: Place) -> Parse<Pattern> {
    input.skip();
    pattern(input, place)
}

/// Takes the rest off the items; it stands last.
fn split_rest<P>(input: &mut Input, items: Vec<Item<P>>) -> (Vec<Item<P>>, Option<Box<Pattern>>) {
    let mut parts = Vec::with_capacity(items.len());
    let mut found: Option<Pattern> = None;
    let mut late = None;
    for item in items {
        match (item, &found) {
            (Item::Rest(rest), None) => found = Some(rest),
            (_, Some(rest)) => late = late.or(Some(rest.span)),
            (item, None) => parts.push(item),
        }
    }
    if let Some(span) = late {
        let at = input.index().saturating_sub(1);
        let diagnostic =
            Diagnostic::new(Code::E0100, span, "something follows the rest").with_help("`...rest` stands last");
        input.emit(Fault::said(at, diagnostic));
    }
    (parts, found.map(Box::new))
}

fn part(input: &mut Input, place: Place) -> Parse<PatternPart> {
    let pattern = pattern(input, place)?;
    Ok(PatternPart { pattern, default: default(input)? })
}

/// `= d`
fn default(input: &mut Input) -> Parse<Option<Expr>> {
    match input.eat(TokenKind::Assign) {
        true => expr(input).map(Some),
        false => Ok(None),
    }
}

/// `{x, y: z, "k y": w, v = 1, ...others}`
fn object(input: &mut Input, place: Place) -> Parse<PatternKind> {
    input.skip();
    let item = rule(move |input: &mut Input<'_, '_>| match input.kind() {
        TokenKind::Ellipsis => Ok(Item::Rest(rest(input, place)?)),
        _ => Ok(Item::Part(field(input, place)?)),
    });
    let items = input.parse(list(item, TokenKind::RBrace))?;
    let (items, rest) = split_rest(input, items);
    let fields = items.into_iter().filter_map(|item| if let Item::Part(field) = item { Some(field) } else { None });
    Ok(PatternKind::Object { fields: fields.collect(), rest })
}

fn field(input: &mut Input, place: Place) -> Parse<PatternField> {
    let start = input.index();
    let named = input.kind().is_name();
    let key = literal::key(input)?;
    if input.eat(TokenKind::Colon) {
        return Ok(PatternField { key, shorthand: false, part: part(input, place)? });
    }
    let kind = if named {
        PatternKind::Name(Ident { name: key.name.clone(), span: key.span, id: input.id() })
    } else {
        if input.index() > start {
            input.missing(What::Token(TokenKind::Colon));
        }
        PatternKind::Error
    };
    let pattern = threshold(input, start, kind)?;
    Ok(PatternField { key, shorthand: named, part: PatternPart { pattern, default: default(input)? } })
}

/// `(pattern)` behind `catch`.
pub(super) fn caught<'t>() -> impl super::Production<'t, Pattern> {
    token(TokenKind::LParen).ignore_then(rule(binding)).then_ignore(closing(TokenKind::RParen))
}
