//! Expressions: operators by their table, and what they operate on.

use super::error::{Fault, What};
use super::nest::{grow, nested};
use super::recover::{expect, missing};
use super::{Input, Look, Parse, agents, control, function, literal, postfix, rule, stmt};
use crate::ast::{Associativity, BinaryOp, Expr, ExprKind, Name, level};
use crate::parse::MAX_DEPTH;
use crate::token::TokenKind;
use prism_diagnostics::{Code, Diagnostic};

/// An expression, pipelines included.
pub(super) fn expr(input: &mut Input) -> Parse<Expr> {
    match alone(input) {
        Some(whole) => Ok(whole),
        None => nested(input, |input| operation(input, level::PIPE)),
    }
}

/// A name or a literal with nothing behind it, which most expressions are: what [`nested`] and [`operation`] would give.
fn alone(input: &mut Input) -> Option<Expr> {
    use TokenKind::*;
    let behind = input.nth(1);
    let ends = behind.is_closer() || matches!(behind, Comma | Separator | Semicolon);
    if !ends || input.state().depth >= MAX_DEPTH {
        return None;
    }
    let start = input.index();
    let kind = match input.kind() {
        Ident => {
            let token = input.bump();
            ExprKind::Name(Name::new(input.text_of(token)))
        }
        Number => literal::number(input),
        String | RawString => literal::string(input),
        True | False | Null | Undefined => literal::constant(input),
        _ => return None,
    };
    let state = input.state();
    state.height = state.height.max(1);
    let span = input.place_from(start);
    Some(input.node(kind, span))
}

/// An operand of `~>`: an expression whose operators all bind at least as tightly as `+`.
pub(super) fn additive(input: &mut Input) -> Parse<Expr> {
    nested(input, |input| operation(input, level::SUM))
}

/// What stands between operands.
#[derive(Clone, Copy)]
enum Infix {
    Binary(BinaryOp),
    Conditional { confident: bool },
    Pipe { confident: bool },
}

impl Infix {
    fn of(kind: TokenKind) -> Option<Infix> {
        match kind {
            TokenKind::Question => Some(Infix::Conditional { confident: false }),
            TokenKind::ConfQuestion => Some(Infix::Conditional { confident: true }),
            TokenKind::PipeTo => Some(Infix::Pipe { confident: false }),
            TokenKind::ConfPipeTo => Some(Infix::Pipe { confident: true }),
            kind => kind.binary().map(Infix::Binary),
        }
    }

    fn level(self) -> u16 {
        match self {
            Infix::Binary(op) => op.level(),
            Infix::Conditional { .. } => level::CONDITIONAL,
            Infix::Pipe { .. } => level::PIPE,
        }
    }
}

/// Operands and the operators between them that bind at least as tightly as `least` (a Pratt parser, with the levels
/// of [`crate::ast::level`]).
fn operation(input: &mut Input, least: u16) -> Parse<Expr> {
    let mut left = prefixed(input)?;
    let mut attached = false;
    while let Some(infix) = Infix::of(input.kind()).filter(|infix| infix.level() >= least) {
        if attached && (level::ATTACH + 1..level::SUM).contains(&infix.level()) {
            between_levels(input);
        }
        attached = matches!(infix, Infix::Binary(BinaryOp::Attach));
        let height = std::mem::take(&mut input.state().height);
        left = match infix {
            Infix::Binary(op) => binary(input, op, left)?,
            Infix::Conditional { confident } => conditional(input, confident, left)?,
            Infix::Pipe { confident } => pipe(input, confident, left)?,
        };
        left = grow(input, height, left);
    }
    Ok(left)
}

fn binary(input: &mut Input, op: BinaryOp, left: Expr) -> Parse<Expr> {
    let operator = input.bump();
    let op_span = input.span_of(operator);
    let at = input.index();
    let right = match (op, op.associativity()) {
        (BinaryOp::Attach, _) => operation(input, level::SUM)?,
        (_, Associativity::Left) => operation(input, op.level() + 1)?,
        (_, Associativity::Right) => nested(input, |input| operation(input, op.level()))?,
    };
    if op == BinaryOp::InstanceOf {
        known_type(input, at, &right);
    }
    let span = left.span.to(op_span).to(right.span);
    let kind = ExprKind::Binary { op, op_span, left: Box::new(left), right: Box::new(right) };
    Ok(input.node(kind, span))
}

#[inline(never)]
fn pipe(input: &mut Input, confident: bool, value: Expr) -> Parse<Expr> {
    input.skip();
    let target = operation(input, level::PIPE + 1)?;
    let span = value.span.to(target.span);
    let kind = ExprKind::Pipe { confident, value: Box::new(value), target: Box::new(target) };
    Ok(input.node(kind, span))
}

#[inline(never)]
fn conditional(input: &mut Input, confident: bool, condition: Expr) -> Parse<Expr> {
    input.skip();
    let then = expr(input)?;
    let height = std::mem::take(&mut input.state().height);
    input.parse(expect(TokenKind::Colon))?;
    let otherwise = nested(input, |input| operation(input, level::CONDITIONAL))?;
    let state = input.state();
    state.height = state.height.max(height);
    let span = condition.span.to(otherwise.span);
    let kind = ExprKind::Conditional {
        confident,
        condition: Box::new(condition),
        then: Box::new(then),
        otherwise: Box::new(otherwise),
    };
    Ok(input.node(kind, span))
}

/// `a ~> b < c`: the reader can't be expected to know which comes first.
#[cold]
fn between_levels(input: &mut Input) {
    let at = input.index();
    let operator = input.state().tokens[at];
    let written = input.text_of(operator);
    let message = format!("`{written}` right behind `~>` needs parentheses");
    let help = format!("write `(a ~> c) {written} b`, or `a ~> (c {written} b)`");
    let span = input.span_of(operator);
    input.emit(Fault::said(at, Diagnostic::new(Code::E0100, span, message).with_help(help)));
}

/// The names that `typeof` gives, and `undefined` for null.
const TYPE_NAMES: [&str; 11] =
    ["number", "string", "boolean", "null", "array", "object", "function", "agent", "task", "error", "undefined"];

fn known_type(input: &mut Input, at: usize, right: &Expr) {
    let ExprKind::String(name) = &right.kind else { return };
    if !TYPE_NAMES.contains(&name.as_str()) {
        let message = format!("`instanceof` knows no type \"{name}\"");
        let help = format!("the types are {}", TYPE_NAMES.map(|name| format!("\"{name}\"")).join(", "));
        input.emit(Fault::said(at, Diagnostic::new(Code::E0100, right.span, message).with_help(help)));
    }
}

/// An operand with the prefix operators before it, which are read in a loop: a text may have a million.
fn prefixed(input: &mut Input) -> Parse<Expr> {
    let start = input.index();
    if input.kind().unary().is_none() {
        return operand(input);
    }
    while input.kind().unary().is_some() {
        input.skip();
    }
    let operators = start..input.index();
    let mut operand = operand(input)?;
    for at in operators.rev() {
        let operator = input.state().tokens[at];
        if let Some(op) = operator.kind.unary() {
            let op_span = input.span_of(operator);
            let span = op_span.to(operand.span);
            operand = input.node(ExprKind::Unary { op, op_span, operand: Box::new(operand) }, span);
            operand = grow(input, 0, operand);
        }
    }
    Ok(operand)
}

/// Something that stands on its own, with the members, indexes and calls behind it.
fn operand(input: &mut Input) -> Parse<Expr> {
    use TokenKind::*;
    let start = input.index();
    let kind = match input.kind() {
        Ident if input.nth(1) != FatArrow => return postfix::named(input),
        Number => literal::number(input),
        String | RawString => literal::string(input),
        TemplateStart => literal::template(input)?,
        True | False | Null | Undefined => literal::constant(input),
        Underscore if input.nth(1) != FatArrow => {
            input.skip();
            ExprKind::Placeholder
        }
        LParen => input.parse(literal::parenthesised())?,
        LBracket => input.parse(literal::array())?,
        ObjectBrace => input.parse(literal::object())?,
        BlockBrace | If | Uncertain | Match | Try => branching(input)?,
        Function | Fn => ExprKind::Function(Box::new(function::function(input)?)),
        Async if matches!(input.nth(1), Function | Fn) => ExprKind::Function(Box::new(function::function(input)?)),
        // A lambda's body reaches as far as it can, so nothing is called or taken behind it.
        Async | ParamsParen | Ident | Underscore => return function::lambda(input),
        Parallel => agents::parallel(input)?,
        Race => agents::race(input)?,
        Sequential => input.parse(agents::sequential())?,
        Bad => {
            input.skip();
            ExprKind::Error
        }
        With | Until | Agents | Input | Expects | Pattern => return missing(input, What::Expression),
        kind if kind.is_name() && input.nth(1) == FatArrow => return function::lambda(input),
        kind if kind.is_name() => return postfix::named(input),
        _ => return missing(input, What::Expression),
    };
    let span = input.place_from(start);
    let whole = input.node(kind, span);
    postfix::chain(input, whole)
}

/// What ends at a brace: as a statement it ends there, as an operand operators may follow.
pub(super) fn branching(input: &mut Input) -> Parse<ExprKind> {
    match input.kind() {
        TokenKind::If => input.parse(control::conditional()),
        TokenKind::Uncertain => input.parse(control::uncertain_if()),
        TokenKind::Match => input.parse(control::choice()),
        TokenKind::Try => control::attempt(input),
        _ => Ok(ExprKind::Block(Box::new(stmt::block(input)?))),
    }
}

/// [`expr`] as a combinator.
pub(super) fn expression<'t>() -> impl super::Production<'t, Expr> {
    rule(expr)
}
