//! Branches and loops.

use super::error::{Fault, What};
use super::expr::{expr, expression};
use super::pattern::{self, binding};
use super::recover::{closing, expect, missing};
use super::{Input, Look, Parse, Production, function, name, room, rule, stmt, token, when};
use crate::ast::{Arm, Block, Catch, Expr, ExprKind, ForHeader, Level, LevelBranch, Levels, Stmt, StmtKind};
use crate::nearest::nearest;
use crate::token::TokenKind;
use chumsky::prelude::*;
use prism_diagnostics::{Code, Diagnostic, Edit};

/// A condition, in parentheses or not.
fn header(input: &mut Input) -> Parse<Expr> {
    if input.kind() != TokenKind::HeaderParen {
        return expr(input);
    }
    let start = input.index();
    let inside = token(TokenKind::HeaderParen).ignore_then(expression()).then_ignore(closing(TokenKind::RParen));
    let condition = input.parse(inside)?;
    let span = input.place_from(start);
    Ok(input.node(ExprKind::Paren(Box::new(condition)), span))
}

/// A condition and what it governs.
fn guarded<'t>() -> impl Production<'t, (Expr, Block)> {
    rule(header).then(rule(stmt::body))
}

/// `if c {} else {}`; `else if` is a block of one statement.
pub(super) fn conditional<'t>() -> impl Production<'t, ExprKind> {
    let otherwise = when(TokenKind::Else, token(TokenKind::Else).ignore_then(rule(stmt::body)));
    token(TokenKind::If).ignore_then(guarded()).then_ignore(semicolon_before(TokenKind::Else)).then(otherwise).map(
        |((condition, then), otherwise)| ExprKind::If {
            condition: Box::new(condition),
            then: Box::new(then),
            otherwise: otherwise.map(Box::new),
        },
    )
}

/// The `;` of `if (a) b; else c` and `do a; while c`, where `word` goes on.
fn semicolon_before<'t>(word: TokenKind) -> impl Production<'t, ()> {
    rule(move |input: &mut Input<'t, '_>| {
        if input.kind() == TokenKind::Semicolon && input.nth(1) == word {
            input.skip();
        }
        Ok(())
    })
}

/// `uncertain if (x) threshold(a, b) { high {} … }`
pub(super) fn uncertain_if<'t>() -> impl Production<'t, ExprKind> {
    let condition = token(TokenKind::Uncertain).ignore_then(expect(TokenKind::If)).ignore_then(rule(header));
    condition
        .then(rule(levels))
        .map(|(condition, levels)| ExprKind::UncertainIf { condition: Box::new(condition), levels: Box::new(levels) })
}

/// `uncertain while (x) { high {} … }`
pub(super) fn uncertain_while<'t>() -> impl Production<'t, StmtKind> {
    let condition = token(TokenKind::Uncertain).ignore_then(token(TokenKind::While)).ignore_then(rule(header));
    condition
        .then(rule(levels))
        .map(|(condition, levels)| StmtKind::UncertainWhile { condition, levels: Box::new(levels) })
}

/// `uncertain for init; condition; update { high {} … }`
pub(super) fn uncertain_for<'t>() -> impl Production<'t, StmtKind> {
    let header = token(TokenKind::Uncertain)
        .ignore_then(token(TokenKind::For))
        .ignore_then(rule(|input: &mut Input| counting_header(input, What::Token(TokenKind::Semicolon))));
    header.then(rule(levels)).map(|(header, levels)| StmtKind::UncertainFor(Box::new(header), levels))
}

/// There is no more than one block of each.
const LEVELS: [Level; 4] = [Level::High, Level::Medium, Level::Low, Level::Default];

/// `threshold(a, b) { high {} medium {} low {} default {} }`
fn levels(input: &mut Input) -> Parse<Levels> {
    let thresholds = if input.kind() == TokenKind::Threshold {
        input.skip();
        let bounds = expect(TokenKind::LParen)
            .ignore_then(expression())
            .then_ignore(expect(TokenKind::Comma))
            .then(expression())
            .then_ignore(rule(trailing_comma))
            .then_ignore(closing(TokenKind::RParen));
        Some(Box::new(input.parse(bounds)?))
    } else {
        None
    };
    if input.kind() != TokenKind::BlockBrace {
        input.missing(What::Words("the levels in `{ }`"));
        return Ok(Levels { thresholds, branches: Vec::new(), is_whole: false });
    }
    input.skip();
    let mut branches = Vec::with_capacity(LEVELS.len());
    while let Some(level) = level(input.kind()) {
        let keyword = input.bump();
        let keyword = input.span_of(keyword);
        branches.push(LevelBranch { level, keyword, body: stmt::braced(input)? });
    }
    branches.shrink_to_fit();
    let is_whole = input.kind() == TokenKind::RBrace;
    if !is_whole {
        no_level(input);
        super::recover::skip_group(input);
    }
    input.parse(closing(TokenKind::RBrace))?;
    Ok(Levels { thresholds, branches, is_whole })
}

/// Tells that a level should stand here, and which one was probably meant.
fn no_level(input: &mut Input) {
    const EXPECTED: &str = "`high`, `medium`, `low`, `default` or `}`";
    let at = input.index();
    let name = input.state().tokens.get(at).copied().filter(|token| token.kind.is_name());
    let meant = name.and_then(|name| Some((name, nearest(input.text_of(name), LEVELS.map(Level::as_str))?)));
    let Some((name, meant)) = meant else { return input.missing(What::Words(EXPECTED)) };
    let (span, written) = (input.span_of(name), input.text_of(name));
    let diagnostic = Diagnostic::new(Code::E0100, span, format!("expected {EXPECTED}, found the name `{written}`"))
        .with_help(format!("did you mean `{meant}`?"))
        .with_fix(format!("write `{meant}`"), vec![Edit { span, text: meant.to_owned() }]);
    input.emit(Fault::said(at, diagnostic));
}

fn trailing_comma(input: &mut Input) -> Parse<()> {
    input.eat(TokenKind::Comma);
    Ok(())
}

fn level(kind: TokenKind) -> Option<Level> {
    match kind {
        TokenKind::High => Some(Level::High),
        TokenKind::Medium => Some(Level::Medium),
        TokenKind::Low => Some(Level::Low),
        TokenKind::Default => Some(Level::Default),
        _ => None,
    }
}

/// `match v { … }`
pub(super) fn choice<'t>() -> impl Production<'t, ExprKind> {
    token(TokenKind::Match)
        .ignore_then(expression())
        .then(rule(arms))
        .map(|(subject, arms)| ExprKind::Match { subject: Box::new(subject), arms })
}

fn arms(input: &mut Input) -> Parse<Vec<Arm>> {
    use TokenKind::{BlockBrace, Comma, End, RBrace, Semicolon, Separator};
    if input.kind() != BlockBrace {
        input.missing(What::Words("the arms in `{ }`"));
        return Ok(Vec::new());
    }
    input.skip();
    let mut arms = room(input);
    loop {
        while matches!(input.kind(), Comma | Separator) {
            input.skip();
        }
        if input.kind().is_closer() || input.kind() == End {
            break;
        }
        let before = input.index();
        arms.push(arm(input)?);
        if !matches!(input.kind(), Comma | Separator | RBrace) {
            input.missing(What::Words("`,` or a new line before the next arm"));
            super::recover::skip_arm(input);
        }
        if input.index() == before || input.kind() == Semicolon {
            input.skip();
        }
    }
    input.parse(closing(RBrace))?;
    Ok(arms)
}

/// `pattern ~> t if guard => body`
fn arm(input: &mut Input) -> Parse<Arm> {
    let pattern = pattern::arm(input)?;
    let guard = input.parse(when(TokenKind::If, token(TokenKind::If).ignore_then(expression())))?.map(Box::new);
    if input.kind() != TokenKind::ArmArrow {
        input.missing(What::Token(TokenKind::ArmArrow));
        super::recover::skip_arm(input);
        let body: Expr = super::recover::Missing::missing(input);
        let span = pattern.span.to(body.span);
        return Ok(Arm { pattern, guard, body: crate::ast::Body::Expr(Box::new(body)), span });
    }
    input.skip();
    let body = function::arrow_body(input)?;
    let span = pattern.span.to(input.here());
    Ok(Arm { pattern, guard, body, span })
}

/// `try {} catch (e) {} finally {}`
pub(super) fn attempt(input: &mut Input) -> Parse<ExprKind> {
    let start = input.index();
    let body = input.parse(token(TokenKind::Try).ignore_then(rule(stmt::braced)))?;
    let catch = input.parse(when(TokenKind::Catch, token(TokenKind::Catch).ignore_then(rule(handler))))?;
    let finally = input.parse(when(TokenKind::Finally, token(TokenKind::Finally).ignore_then(rule(stmt::braced))))?;
    if catch.is_none() && finally.is_none() {
        let tokens = input.state().tokens;
        let at = input.index();
        match tokens.get(at) {
            // More text can still mend it.
            Some(next) if next.kind == TokenKind::End => input.missing(What::Words("`catch` or `finally`")),
            _ => {
                let keyword = input.state().span(start..start + 1);
                let diagnostic = Diagnostic::new(Code::E0100, keyword, "`try` without `catch` and `finally`")
                    .with_help("say what happens with an error: `catch (e) { … }`");
                input.emit(Fault::said(start, diagnostic));
            }
        }
    }
    Ok(ExprKind::Try { body: Box::new(body), catch: catch.map(Box::new), finally: finally.map(Box::new) })
}

fn handler(input: &mut Input) -> Parse<Catch> {
    let binding = input.parse(when(TokenKind::LParen, pattern::caught()))?;
    Ok(Catch { binding, body: stmt::braced(input)? })
}

/// `while c {}`
pub(super) fn while_loop<'t>() -> impl Production<'t, StmtKind> {
    token(TokenKind::While)
        .ignore_then(guarded())
        .map(|(condition, body)| StmtKind::While { condition, body: Box::new(body) })
}

/// `do {} while c`
pub(super) fn do_loop<'t>() -> impl Production<'t, StmtKind> {
    token(TokenKind::Do)
        .ignore_then(rule(stmt::body))
        .then_ignore(semicolon_before(TokenKind::While))
        .then_ignore(expect(TokenKind::While))
        .then(expression())
        .map(|(body, condition)| StmtKind::DoWhile { body: Box::new(body), condition })
}

/// `for i = 0; i < n; i++ {}`, `for item, i in xs {}`
pub(super) fn for_loop(input: &mut Input) -> Parse<StmtKind> {
    if goes_through(input) {
        return each(input);
    }
    input.skip();
    let header = Box::new(counting_header(input, What::HEADER)?);
    Ok(StmtKind::For(header, stmt::body(input)?))
}

/// Whether the header of the `for` that comes has an `in`.
fn goes_through(input: &mut Input) -> bool {
    let start = input.index() + 1;
    let tokens = input.state().tokens;
    let inside = tokens.get(start).is_some_and(|token| token.kind == TokenKind::HeaderParen);
    let mut depth = 0usize;
    for token in tokens.iter().skip(start + usize::from(inside)) {
        match token.kind {
            TokenKind::ForIn if depth == 0 => return true,
            TokenKind::Semicolon | TokenKind::BlockBrace | TokenKind::Separator if depth == 0 => return false,
            kind if kind.closer().is_some() => depth += 1,
            kind if kind.is_closer() && depth == 0 => return false,
            kind if kind.is_closer() => depth -= 1,
            TokenKind::End => return false,
            _ => {}
        }
    }
    false
}

fn each(input: &mut Input) -> Parse<StmtKind> {
    input.skip();
    let parenthesised = input.eat(TokenKind::HeaderParen);
    if matches!(input.kind(), TokenKind::Let | TokenKind::Const) {
        input.skip();
    }
    let item = binding(input)?;
    let index = input.parse(when(TokenKind::Comma, token(TokenKind::Comma).ignore_then(rule(name))))?.map(Box::new);
    input.parse(expect(TokenKind::ForIn))?;
    let collection = Box::new(expr(input)?);
    if parenthesised {
        input.parse(closing(TokenKind::RParen))?;
    }
    let body = stmt::body(input)?;
    Ok(StmtKind::ForIn { item, index, collection, body: Box::new(body), id: input.id() })
}

/// `init; condition; update`, in parentheses or not; `first` is what may stand behind the first part.
fn counting_header(input: &mut Input, first: What) -> Parse<ForHeader> {
    let parenthesised = input.eat(TokenKind::HeaderParen);
    let ends = |kind: TokenKind| kind.is_closer() || matches!(kind, TokenKind::Semicolon | TokenKind::BlockBrace);
    let init = if ends(input.kind()) { None } else { Some(part(input)?) };
    let (mut condition, mut update) = (None, None);
    if !input.eat(TokenKind::Semicolon) {
        input.missing(first);
        super::recover::skip_header(input);
    } else {
        condition = if ends(input.kind()) { None } else { Some(expr(input)?) };
        input.parse(expect(TokenKind::Semicolon))?;
        update = if ends(input.kind()) || input.kind() == TokenKind::Threshold { None } else { Some(part(input)?) };
    }
    if parenthesised {
        input.parse(closing(TokenKind::RParen))?;
    }
    Ok(ForHeader { init, condition, update, id: input.id() })
}

/// A declaration, an assignment or an expression in the header of a loop.
fn part(input: &mut Input) -> Parse<Stmt> {
    if matches!(input.kind(), TokenKind::Let | TokenKind::Const) {
        let start = input.index();
        let kind = stmt::declaration(input)?;
        return Ok(Stmt { kind, span: input.place_from(start) });
    }
    match input.kind() {
        TokenKind::End | TokenKind::Separator => missing(input, What::Expression),
        _ => stmt::simple(input).map(stmt::Simple::into_stmt),
    }
}
