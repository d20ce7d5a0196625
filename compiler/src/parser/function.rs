//! Functions: declared, nameless, and lambdas.

use super::error::{Fault, What};
use super::expr::{additive, expr};
use super::pattern::binding;
use super::recover::{expect, list, missing};
use super::{Input, Look, Parse, Production, name, rule, stmt, token, ty, when};
use crate::ast::{Body, Function, Param, Pattern, PatternKind};
use crate::token::TokenKind;
use chumsky::prelude::*;
use prism_diagnostics::{Code, Diagnostic};

/// `async function name(params) ~> c: T { … }`; name, confidence and type may be missing.
pub(super) fn function(input: &mut Input) -> Parse<Function> {
    let start = input.index();
    let is_async = input.eat(TokenKind::Async);
    input.skip();
    let name = if input.kind() == TokenKind::ParamsParen { None } else { Some(name(input)?) };
    let params = match input.kind() {
        TokenKind::ParamsParen | TokenKind::LParen => params(input)?,
        _ => {
            input.missing(What::Words("parameters in `( )`"));
            Vec::new()
        }
    };
    let mut result = ty::annotation(input)?;
    let confidence = input.parse(when(TokenKind::Attach, confidence()))?.map(Box::new);
    if result.is_none() {
        result = ty::annotation(input)?;
    }
    let body = Body::Block(stmt::braced(input)?);
    let span = input.place_from(start);
    Ok(Function { name, lambda: false, is_async, params, confidence, result, body, span, id: input.id() })
}

fn confidence<'t>() -> impl Production<'t, crate::ast::Expr> {
    token(TokenKind::Attach).ignore_then(rule(additive))
}

/// `x => e`, `(a, b) => { … }`, `async x => e`
pub(super) fn lambda(input: &mut Input) -> Parse<crate::ast::Expr> {
    let start = input.index();
    let is_async = input.eat(TokenKind::Async);
    let (params, result) = match input.kind() {
        TokenKind::ParamsParen => (params(input)?, ty::annotation(input)?),
        kind if (kind.is_name() || kind == TokenKind::Underscore) && input.nth(1) == TokenKind::FatArrow => {
            (vec![single(input)?], None)
        }
        _ => return missing(input, What::Words("a function")),
    };
    input.parse(expect(TokenKind::FatArrow))?;
    let body = arrow_body(input)?;
    let span = input.place_from(start);
    let id = input.id();
    let function = Function { name: None, lambda: true, is_async, params, confidence: None, result, body, span, id };
    Ok(input.node(crate::ast::ExprKind::Function(Box::new(function)), span))
}

fn single(input: &mut Input) -> Parse<Param> {
    let start = input.index();
    let kind = match input.eat(TokenKind::Underscore) {
        true => PatternKind::Wildcard,
        false => PatternKind::Name(name(input)?),
    };
    let pattern = Pattern { kind, threshold: None, span: input.place_from(start), id: input.id() };
    Ok(Param { pattern, annotation: None, default: None, rest: false, optional: false })
}

/// What stands behind `=>`: a block, an expression, or an assignment.
pub(super) fn arrow_body(input: &mut Input) -> Parse<Body> {
    if input.kind() == TokenKind::BlockBrace {
        return stmt::block(input).map(Body::Block);
    }
    Ok(match stmt::simple(input)? {
        stmt::Simple::Expr(value) => Body::Expr(Box::new(value)),
        stmt::Simple::Stmt(statement) => Body::Statement(Box::new(statement)),
    })
}

fn params(input: &mut Input) -> Parse<Vec<Param>> {
    input.skip();
    let start = input.index();
    let params = input.parse(list(rule(param), TokenKind::RParen))?;
    check_order(input, start, &params);
    Ok(params)
}

fn param(input: &mut Input) -> Parse<Param> {
    let rest = input.eat(TokenKind::Ellipsis);
    let pattern = binding(input)?;
    let optional = input.eat(TokenKind::Question);
    let annotation = ty::annotation(input)?;
    let default = input.parse(when(TokenKind::Assign, token(TokenKind::Assign).ignore_then(rule(expr))))?.map(Box::new);
    Ok(Param { pattern, annotation, default, rest, optional })
}

/// Parameters that must be given come first, the rest parameter last.
fn check_order(input: &mut Input, at: usize, params: &[Param]) {
    let mut may_be_missing = false;
    for (place, param) in params.iter().enumerate() {
        let span = param.pattern.span;
        let fault = if param.rest && place + 1 < params.len() {
            Some(("something follows the rest parameter", "`...rest` stands last"))
        } else if param.rest && param.default.is_some() {
            Some(("a rest parameter has no default", "it is `[]` where nothing is left for it"))
        } else if !param.rest && may_be_missing && param.default.is_none() && !param.optional {
            Some(("a parameter without a default follows one with", "give it a default, or put it first"))
        } else {
            None
        };
        if let Some((message, help)) = fault {
            input.emit(Fault::said(at, Diagnostic::new(Code::E0100, span, message).with_help(help)));
            return;
        }
        may_be_missing |= param.default.is_some() || param.optional;
    }
}
