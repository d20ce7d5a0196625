//! Statements and blocks.

use super::error::{Fault, What};
use super::expr::{self, expr};
use super::nest::nested;
use super::pattern::binding;
use super::recover::{closing, missing, skip_statement};
use super::{Input, Look, Parse, agents, control, function, module, postfix, room, rule, token, ty, when};
use crate::ast::{
    AssignOp, BinaryOp, Block, Declarator, Expr, ExprKind, Ident, Pattern, PatternKind, ReturnWith, Stmt, StmtKind,
    Target,
};
use crate::token::TokenKind;
use chumsky::prelude::*;
use prism_diagnostics::{Code, Diagnostic, Span};

/// Statements up to the end of the brackets that they are in.
pub(super) fn statements(input: &mut Input) -> Parse<Vec<Stmt>> {
    let mut body = room(input);
    loop {
        while matches!(input.kind(), TokenKind::Separator | TokenKind::Semicolon) {
            input.skip();
        }
        if input.kind() == TokenKind::End || input.kind().is_closer() {
            body.shrink_to_fit();
            return Ok(body);
        }
        let before = input.index();
        body.push(statement(input)?);
        end_of_statement(input);
        if input.index() == before {
            input.skip();
        }
    }
}

/// Reports and skips whatever goes on behind a complete statement.
fn end_of_statement(input: &mut Input) {
    let kind = input.kind();
    if !matches!(kind, TokenKind::Separator | TokenKind::Semicolon | TokenKind::End) && !kind.is_closer() {
        input.missing(What::EndOfStatement);
        skip_statement(input);
    }
}

/// One statement, without what ends it.
pub(super) fn statement(input: &mut Input) -> Parse<Stmt> {
    nested(input, |input| {
        let start = input.index();
        let kind = match bare(input)? {
            Some(kind) => kind,
            None => return simple(input).map(Simple::into_stmt),
        };
        Ok(Stmt { kind, span: input.place_from(start) })
    })
}

/// A statement that begins with a word or a brace of its own; nothing for expressions, assignments and steps.
fn bare(input: &mut Input) -> Parse<Option<StmtKind>> {
    use TokenKind::*;
    Ok(Some(match input.kind() {
        Let | Const => declaration(input)?,
        Uncertain if input.nth(1) == While => input.parse(control::uncertain_while())?,
        Uncertain if input.nth(1) == For => input.parse(control::uncertain_for())?,
        If | Uncertain | Match | Try | BlockBrace => {
            let start = input.index();
            let kind = expr::branching(input)?;
            let span = input.place_from(start);
            StmtKind::Expr(input.node(kind, span))
        }
        Function | Fn => declared(input)?,
        Async if matches!(input.nth(1), Function | Fn) => declared(input)?,
        While => input.parse(control::while_loop())?,
        Do => input.parse(control::do_loop())?,
        For => control::for_loop(input)?,
        Return => returned(input)?,
        Throw => input.parse(token(Throw).ignore_then(rule(expr)).map(StmtKind::Throw))?,
        Break => {
            input.skip();
            StmtKind::Break
        }
        Continue => {
            input.skip();
            StmtKind::Continue
        }
        Import => module::import(input)?,
        Export => module::export(input)?,
        Agents => input.parse(agents::declarations())?,
        In => input.parse(agents::context())?,
        Pattern => module::pattern(input)?,
        Else | Catch | Finally | Input | Expects => {
            input.missing(What::Statement);
            skip_statement(input);
            StmtKind::Error
        }
        _ => return Ok(None),
    }))
}

/// A function declaration; without a name it is an expression that ends at its brace.
fn declared(input: &mut Input) -> Parse<StmtKind> {
    let start = input.index();
    let function = Box::new(function::function(input)?);
    if function.name.is_some() {
        return Ok(StmtKind::Function(function));
    }
    let span = input.place_from(start);
    Ok(StmtKind::Expr(input.node(ExprKind::Function(function), span)))
}

/// `let a = 1, [b] = c`
pub(super) fn declaration(input: &mut Input) -> Parse<StmtKind> {
    let constant = input.bump().kind == TokenKind::Const;
    let mut declarators = vec![declarator(input)?];
    while input.eat(TokenKind::Comma) {
        declarators.push(declarator(input)?);
    }
    Ok(StmtKind::Declare { constant, declarators })
}

fn declarator(input: &mut Input) -> Parse<Declarator> {
    let target = binding(input)?;
    let annotation = ty::annotation(input)?;
    let value = input.parse(when(TokenKind::Assign, token(TokenKind::Assign).ignore_then(rule(expr))))?;
    Ok(Declarator { target, annotation, value })
}

/// `return x with …`
fn returned(input: &mut Input) -> Parse<StmtKind> {
    use TokenKind::*;
    input.skip();
    let nothing = |kind: TokenKind| kind.is_closer() || matches!(kind, Separator | Semicolon | End | Else);
    let value = if nothing(input.kind()) { None } else { Some(expr(input)?) };
    let with = if !input.eat(With) {
        None
    } else if input.eat(Warning) {
        Some(Box::new(ReturnWith::Warning(if nothing(input.kind()) { None } else { Some(expr(input)?) })))
    } else {
        Some(Box::new(ReturnWith::Metadata(expr(input)?)))
    };
    Ok(StmtKind::Return { value, with })
}

/// An expression, or one of the statements that may stand in its place behind `=>`.
pub(super) enum Simple {
    Expr(Expr),
    Stmt(Stmt),
}

impl Simple {
    pub(super) fn into_stmt(self) -> Stmt {
        match self {
            Simple::Expr(value) => Stmt { span: value.span, kind: StmtKind::Expr(value) },
            Simple::Stmt(statement) => statement,
        }
    }
}

/// An expression, an assignment, or `n++` and the like.
pub(super) fn simple(input: &mut Input) -> Parse<Simple> {
    use TokenKind::*;
    match input.kind() {
        PatternBrace | PatternBracket => {
            let target = binding(input)?;
            if input.kind() != Assign {
                input.missing(What::Token(Assign));
                let kind = StmtKind::Error;
                return Ok(Simple::Stmt(Stmt { kind, span: target.span }));
            }
            let start = target.span;
            assignment(input, Target::Pattern(target), start)
        }
        PlusPlus | MinusMinus => {
            let start = input.index();
            let increment = input.bump().kind == PlusPlus;
            let at = input.index();
            let target = match input.kind() {
                kind if kind.is_name() => postfix::named(input)?,
                _ => missing(input, What::Name)?,
            };
            let span = input.place_from(start);
            step(input, at, target, increment, true, span)
        }
        _ => {
            let at = input.index();
            let value = expr(input)?;
            match input.kind() {
                kind if kind.assign().is_some() => {
                    let start = value.span;
                    let target = target(input, at, value);
                    assignment(input, target, start)
                }
                PlusPlus | MinusMinus => {
                    let operator = input.bump();
                    let span = value.span.to(input.span_of(operator));
                    step(input, at, value, operator.kind == PlusPlus, false, span)
                }
                _ => Ok(Simple::Expr(value)),
            }
        }
    }
}

fn assignment(input: &mut Input, target: Target, start: Span) -> Parse<Simple> {
    let operator = input.bump();
    let op_span = input.span_of(operator);
    let Some(op) = operator.kind.assign() else {
        return missing(input, What::Token(TokenKind::Assign)).map(Simple::Stmt);
    };
    if op == AssignOp::Set && may_declare(&target) {
        input.state().assignments.push(start.start);
    }
    let value = Box::new(expr(input)?);
    let span = start.to(op_span).to(value.span);
    Ok(Simple::Stmt(Stmt { kind: StmtKind::Assign { target, op, op_span, value }, span }))
}

/// Whether the target has names that its assignment may declare.
fn may_declare(target: &Target) -> bool {
    match target {
        Target::Place(place) => matches!(place.kind, ExprKind::Name(_)),
        Target::Pattern(_) => true,
    }
}

fn step(input: &mut Input, at: usize, target: Expr, increment: bool, prefix: bool, span: Span) -> Parse<Simple> {
    if !is_place(&target) && !matches!(target.kind, ExprKind::Error) {
        let sign = if increment { "++" } else { "--" };
        let diagnostic = Diagnostic::new(Code::E0206, target.span, format!("`{sign}` needs a name or a path"))
            .with_help(format!("between two signs put a blank: `1 {} {}1`", &sign[1..], &sign[1..]));
        input.emit(Fault::said(at, diagnostic));
        skip_statement(input);
        let kind = StmtKind::Expr(target);
        return Ok(Simple::Stmt(Stmt { kind, span }));
    }
    let kind = StmtKind::Step { target: Box::new(target), increment, prefix };
    Ok(Simple::Stmt(Stmt { kind, span }))
}

/// What an expression before an assignment operator assigns: a name or a path, or a name with a threshold.
fn target(input: &mut Input, at: usize, value: Expr) -> Target {
    if is_place(&value) {
        return Target::Place(value);
    }
    let Expr { kind, span, id } = value;
    if let ExprKind::Binary { op: BinaryOp::Attach, left, right, op_span } = kind {
        if let ExprKind::Name(name) = left.kind {
            let ident = Ident { name, span: left.span, id: left.id };
            return Target::Pattern(Pattern { kind: PatternKind::Name(ident), threshold: Some(right), span, id });
        }
        let kind = ExprKind::Binary { op: BinaryOp::Attach, left, right, op_span };
        return not_assignable(input, at, Expr { kind, span, id });
    }
    not_assignable(input, at, Expr { kind, span, id })
}

fn not_assignable(input: &mut Input, at: usize, value: Expr) -> Target {
    if !matches!(value.kind, ExprKind::Error) {
        let (message, help) = match &value.kind {
            ExprKind::Null | ExprKind::Bool(_) => ("a reserved word can't be assigned to", "choose another name"),
            ExprKind::Member { .. } | ExprKind::Index { .. } => (
                "this path can't be assigned to",
                "a path begins with a name and goes on with `.member` and `[index]`; put the whole in a variable first",
            ),
            _ => ("this can't be assigned to", "assign a name, a path like `a.b[0]`, or a pattern; `==` compares"),
        };
        let diagnostic = Diagnostic::new(Code::E0206, value.span, message).with_help(help);
        input.emit(Fault::said(at, diagnostic));
    }
    Target::Place(Expr { kind: ExprKind::Error, ..value })
}

/// A name, or a path of plain members and indexes rooted in one.
fn is_place(mut value: &Expr) -> bool {
    loop {
        match &value.kind {
            ExprKind::Name(_) => return true,
            ExprKind::Member { object, access: crate::ast::Access::Plain, .. } | ExprKind::Index { object, .. } => {
                value = object;
            }
            _ => return false,
        }
    }
}

/// `{ … }`, which is known to come.
pub(super) fn block(input: &mut Input) -> Parse<Block> {
    let start = input.index();
    input.state().blocks += 1;
    let body = input.parse(token(TokenKind::BlockBrace).ignore_then(rule(statements)))?;
    input.state().blocks -= 1;
    input.parse(closing(TokenKind::RBrace))?;
    Ok(Block { body, braced: true, span: input.place_from(start), id: input.id() })
}

/// `{ … }`, which must come.
pub(super) fn braced(input: &mut Input) -> Parse<Block> {
    match input.kind() {
        TokenKind::BlockBrace => block(input),
        _ => {
            input.missing(What::Block);
            Ok(Block { body: Vec::new(), braced: true, span: input.here(), id: input.id() })
        }
    }
}

/// A body behind a header: `{ … }`, or a single statement where the header is known to be complete.
pub(super) fn body(input: &mut Input) -> Parse<Block> {
    let body = match input.kind() {
        TokenKind::BlockBrace => return block(input),
        TokenKind::Semicolon => Vec::new(),
        TokenKind::Separator | TokenKind::End => return braced(input),
        kind if kind.is_closer() => return braced(input),
        _ => vec![statement(input)?],
    };
    let span = body.first().map_or_else(|| input.here(), |statement| statement.span);
    Ok(Block { body, braced: false, span, id: input.id() })
}
