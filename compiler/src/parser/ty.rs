//! Annotations, and the fields of `input { … }` and `expects { … }`.

use super::error::What;
use super::expr::{additive, expr};
use super::nest::nested;
use super::recover::{Missing, closing, expect, list, missing};
use super::{Input, Look, Parse, literal, name, rule, token, when};
use crate::ast::{
    Annotation, Constraint, Expr, ExprKind, InputField, InputType, Name, TypeExpr, TypeExprKind, TypeField, UnaryOp,
};
use crate::stack::deeper;
use crate::token::TokenKind;
use chumsky::prelude::*;

/// `: T ~ [lo, hi]`, if a `:` comes.
pub(super) fn annotation(input: &mut Input) -> Parse<Option<Box<Annotation>>> {
    if input.kind() != TokenKind::Colon {
        return Ok(None);
    }
    let start = input.index();
    input.skip();
    let ty = if input.kind() == TokenKind::Tilde { None } else { Some(ty(input)?) };
    let interval = input.parse(when(TokenKind::Tilde, token(TokenKind::Tilde).ignore_then(rule(interval))))?;
    Ok(Some(Box::new(Annotation { ty, interval, span: input.place_from(start) })))
}

/// `[lo, hi]`
fn interval(input: &mut Input) -> Parse<Box<(Expr, Expr)>> {
    if !matches!(input.kind(), TokenKind::LBracket | TokenKind::PatternBracket) {
        input.missing(What::Words("an interval as in `[0.5, 1]`"));
        return Ok(Box::new((additive(input)?, Missing::missing(input))));
    }
    input.skip();
    let ends = rule(additive).then_ignore(expect(TokenKind::Comma)).then(rule(additive));
    input.parse(ends.then_ignore(closing(TokenKind::RBracket)).map(Box::new))
}

/// A type, with `|`.
pub(super) fn ty(input: &mut Input) -> Parse<TypeExpr> {
    nested(input, |input| {
        let start = input.index();
        let first = member(input)?;
        if input.kind() != TokenKind::Bar {
            return Ok(first);
        }
        let mut members = vec![first];
        while input.eat(TokenKind::Bar) {
            members.push(member(input)?);
        }
        Ok(TypeExpr { kind: TypeExprKind::Union(members), span: input.place_from(start) })
    })
}

/// A type without `|` around it.
fn member(input: &mut Input) -> Parse<TypeExpr> {
    use TokenKind::*;
    let start = input.index();
    let kind = match input.kind() {
        LParen | ParamsParen => return function(input),
        LBracket | PatternBracket => {
            input.skip();
            let item = ty(input)?;
            input.parse(closing(RBracket))?;
            TypeExprKind::Array(Box::new(item))
        }
        ObjectBrace | PatternBrace | BlockBrace => {
            input.skip();
            TypeExprKind::Object(input.parse(list(rule(field), RBrace))?)
        }
        Number | String | RawString | True | False | Minus => TypeExprKind::Literal(Box::new(literal(input)?)),
        Null | Undefined | Function => {
            let word = input.bump();
            let name = if word.kind == Undefined { "null" } else { input.text_of(word) };
            TypeExprKind::Named(Name::new(name))
        }
        kind if kind.is_name() => {
            let word = input.bump();
            let name = Name::new(input.text_of(word));
            match (name.as_str(), input.kind()) {
                ("array", Lt) => TypeExprKind::Array(Box::new(argument(input)?)),
                ("task", Lt) => TypeExprKind::Task(Box::new(argument(input)?)),
                _ => TypeExprKind::Named(name),
            }
        }
        _ => return missing(input, What::Type),
    };
    Ok(TypeExpr { kind, span: input.place_from(start) })
}

/// `<T>`
fn argument(input: &mut Input) -> Parse<TypeExpr> {
    input.skip();
    let item = ty(input)?;
    input.parse(expect(TokenKind::Gt))?;
    Ok(item)
}

/// `(A, B) -> R`, or a type in parentheses.
fn function(input: &mut Input) -> Parse<TypeExpr> {
    let start = input.index();
    input.skip();
    let mut parameters = input.parse(list(rule(ty), TokenKind::RParen))?;
    if input.kind() != TokenKind::ThinArrow && parameters.len() == 1 {
        return parameters.pop().map_or_else(|| missing(input, What::Type), Ok);
    }
    input.parse(expect(TokenKind::ThinArrow))?;
    let result = ty(input)?;
    let kind = TypeExprKind::Function(parameters, Box::new(result));
    Ok(TypeExpr { kind, span: input.place_from(start) })
}

fn field(input: &mut Input) -> Parse<TypeField> {
    let key = literal::key(input)?;
    let optional = input.eat(TokenKind::Question);
    input.parse(expect(TokenKind::Colon))?;
    Ok(TypeField { key, optional, ty: ty(input)? })
}

fn literal(input: &mut Input) -> Parse<Expr> {
    let start = input.index();
    let negative = input.eat(TokenKind::Minus);
    let op_span = input.place_from(start);
    let at = input.index();
    let kind = match input.kind() {
        TokenKind::Number => literal::number(input),
        TokenKind::String | TokenKind::RawString if !negative => literal::string(input),
        TokenKind::True | TokenKind::False if !negative => literal::constant(input),
        _ => return missing(input, What::Words("a number")),
    };
    let span = input.place_from(at);
    let literal = input.node(kind, span);
    if !negative {
        return Ok(literal);
    }
    let span = input.place_from(start);
    Ok(input.node(ExprKind::Unary { op: UnaryOp::Neg, op_span, operand: Box::new(literal) }, span))
}

/// `{ name: type constraint … }`, with or without commas.
pub(super) fn fields(input: &mut Input) -> Parse<Vec<InputField>> {
    if !matches!(input.kind(), TokenKind::ObjectBrace | TokenKind::PatternBrace | TokenKind::BlockBrace) {
        input.missing(What::Token(TokenKind::ObjectBrace));
        return Ok(Vec::new());
    }
    input.skip();
    let mut fields = Vec::new();
    while literal::is_key(input.kind()) || input.kind().is_reserved() {
        let start = input.index();
        let name = literal::key(input)?;
        input.parse(expect(TokenKind::Colon))?;
        let ty = input_type(input)?;
        let mut constraints = Vec::new();
        while input.kind().is_name() && input.nth(1) != TokenKind::Colon {
            constraints.push(constraint(input)?);
        }
        fields.push(InputField { name, ty, constraints, span: input.place_from(start) });
        input.eat(TokenKind::Comma);
        if input.index() == start {
            break;
        }
    }
    input.parse(closing(TokenKind::RBrace))?;
    Ok(fields)
}

fn input_type(input: &mut Input) -> Parse<InputType> {
    use TokenKind::*;
    match input.kind() {
        LBracket | PatternBracket => {
            input.skip();
            let item = nested_type(input)?;
            input.parse(closing(RBracket))?;
            Ok(InputType::Array(Box::new(item)))
        }
        ObjectBrace | PatternBrace | BlockBrace => fields(input).map(InputType::Object),
        _ => name(input).map(InputType::Named),
    }
}

/// Brackets are at most [`crate::parse::MAX_BRACKETS`] deep, which bounds this recursion too.
fn nested_type(input: &mut Input) -> Parse<InputType> {
    deeper(|| input_type(input))
}

/// `required`, `max_length(1000)`
fn constraint(input: &mut Input) -> Parse<Constraint> {
    let name = name(input)?;
    let arguments = match input.eat(TokenKind::LParen) {
        true => input.parse(list(rule(expr), TokenKind::RParen))?,
        false => Vec::new(),
    };
    Ok(Constraint { name, arguments })
}
