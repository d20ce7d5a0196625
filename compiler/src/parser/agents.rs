//! Agents and concurrency (LANGUAGE.md §9).

use super::error::What;
use super::expr::{expr, expression};
use super::recover::{closing, expect, list};
use super::{Input, Look, Parse, Production, literal, name, postfix, rule, stmt, token, when};
use crate::ast::{AgentDecl, Branch, Expr, ExprKind, Key, StmtKind, Until};
use crate::token::TokenKind;
use chumsky::prelude::*;

/// `parallel agents timeout(…) min_results(…) { … }`, or `parallel { a: f() }`
pub(super) fn parallel(input: &mut Input) -> Parse<ExprKind> {
    let keyword = input.bump();
    let keyword = input.span_of(keyword);
    if input.kind() == TokenKind::ObjectBrace {
        return input.parse(branches());
    }
    let agents = Box::new(postfix::named(input)?);
    let (mut timeout, mut min_results) = (None, None);
    loop {
        match input.kind() {
            TokenKind::Timeout if timeout.is_none() => timeout = Some(Box::new(setting(input)?)),
            TokenKind::MinResults if min_results.is_none() => min_results = Some(Box::new(setting(input)?)),
            _ => break,
        }
    }
    let agent = Box::new(input.implicit("agent", keyword));
    let body = Box::new(stmt::braced(input)?);
    Ok(ExprKind::Parallel { agents, timeout, min_results, body, agent })
}

/// `timeout(e)`, whose word is known to come.
fn setting(input: &mut Input) -> Parse<Expr> {
    input.skip();
    if !input.eat(TokenKind::LParen) {
        input.missing(What::Token(TokenKind::LParen));
        return expr(input);
    }
    input.parse(expression().then_ignore(closing(TokenKind::RParen)))
}

fn branches<'t>() -> impl Production<'t, ExprKind> {
    token(TokenKind::ObjectBrace).ignore_then(list(rule(branch), TokenKind::RBrace)).map(ExprKind::ParallelBranches)
}

fn branch(input: &mut Input) -> Parse<Branch> {
    let (key, value) = pair(input)?;
    Ok(Branch { key, value })
}

/// `key: value`
fn pair(input: &mut Input) -> Parse<(Key, Expr)> {
    input.parse(rule(literal::key).then_ignore(expect(TokenKind::Colon)).then(rule(expr)))
}

/// `race agents timeout(…) { … } until (…)`
pub(super) fn race(input: &mut Input) -> Parse<ExprKind> {
    let keyword = input.bump();
    let keyword = input.span_of(keyword);
    let agents = Box::new(postfix::named(input)?);
    let timeout = input.parse(when(TokenKind::Timeout, rule(setting)))?.map(Box::new);
    let agent = Box::new(input.implicit("agent", keyword));
    let body = Box::new(stmt::braced(input)?);
    let until = input.parse(when(TokenKind::Until, rule(until)))?.map(Box::new);
    Ok(ExprKind::Race { agents, timeout, body, agent, until })
}

/// `until (condition)`
fn until(input: &mut Input) -> Parse<Until> {
    let start = input.index();
    let word = input.state().span(start..start + 1);
    let answer = input.implicit("answer", word);
    Ok(Until { answer, condition: setting(input)? })
}

/// `sequential { … }`
pub(super) fn sequential<'t>() -> impl Production<'t, ExprKind> {
    token(TokenKind::Sequential).ignore_then(rule(stmt::braced)).map(|block| ExprKind::Sequential(Box::new(block)))
}

/// `in context NAME { … }`
pub(super) fn context<'t>() -> impl Production<'t, StmtKind> {
    token(TokenKind::In)
        .ignore_then(expect(TokenKind::Context))
        .ignore_then(rule(name))
        .then(rule(stmt::braced))
        .map(|(name, body)| StmtKind::Context { name, body })
}

/// `agents { a: Agent { … } }`
pub(super) fn declarations<'t>() -> impl Production<'t, StmtKind> {
    token(TokenKind::Agents).ignore_then(expect(TokenKind::ObjectBrace)).ignore_then(rule(agents)).map(StmtKind::Agents)
}

fn agents(input: &mut Input) -> Parse<Vec<AgentDecl>> {
    let mut agents = Vec::new();
    while input.kind().is_name() {
        let start = input.index();
        let name = name(input)?;
        input.parse(expect(TokenKind::Colon).then_ignore(expect(TokenKind::Agent)))?;
        if input.kind().is_name() && input.nth(1) != TokenKind::Colon {
            // Another word in the place of `Agent`.
            input.skip();
        }
        let settings = settings(input)?;
        agents.push(AgentDecl { name, settings, span: input.place_from(start) });
        input.eat(TokenKind::Comma);
    }
    input.parse(closing(TokenKind::RBrace))?;
    Ok(agents)
}

/// `{ capability: "x" }`, with or without commas.
fn settings(input: &mut Input) -> Parse<Vec<(Key, Expr)>> {
    if !matches!(input.kind(), TokenKind::ObjectBrace | TokenKind::BlockBrace) {
        input.missing(What::Token(TokenKind::ObjectBrace));
        return Ok(Vec::new());
    }
    input.skip();
    let mut settings = Vec::new();
    while literal::is_key(input.kind()) {
        settings.push(pair(input)?);
        input.eat(TokenKind::Comma);
    }
    input.parse(closing(TokenKind::RBrace))?;
    Ok(settings)
}
