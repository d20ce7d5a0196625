//! Operators: chains of one level on one line, or an operator a line.

use super::Formatter;
use super::list::is_huggable;
use crate::ast::{Associativity, BinaryOp, Expr, ExprKind, UnaryOp, level};

/// A part of a chain.
struct Link<'e> {
    operator: Operator,
    right: &'e Expr,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Operator {
    Binary(BinaryOp),
    Pipe,
}

impl Operator {
    fn level(self) -> u16 {
        match self {
            Operator::Binary(op) => op.level(),
            Operator::Pipe => level::PIPE,
        }
    }

    /// Whether a line may begin with it only where it means something else.
    fn ends_lines(self) -> bool {
        matches!(self, Operator::Binary(BinaryOp::In | BinaryOp::InstanceOf))
    }
}

impl Formatter<'_> {
    /// An infix operation, with all on its left that are of its level.
    pub(super) fn operation(&mut self, expr: &Expr, indented: bool) {
        let (first, links) = links(expr);
        self.group(|f| {
            f.expr(first);
            let last = links.len().saturating_sub(1);
            for (number, link) in links.iter().enumerate() {
                let alone = last == 0 && link.operator == Operator::Pipe;
                f.out.allow_tail(number == last && is_huggable(link.right, alone));
                f.link(link, indented);
            }
        });
    }

    fn link(&mut self, link: &Link<'_>, indented: bool) {
        if link.operator == Operator::Binary(BinaryOp::Attach) {
            self.fill(|f| f.operator_and(link.right));
        } else if link.operator.ends_lines() {
            self.space();
            self.token();
            self.fill(|f| f.expr(link.right));
        } else {
            self.continuation(link.right, indented);
        }
    }

    /// A line of the group that begins with an operator.
    fn continuation(&mut self, right: &Expr, indented: bool) {
        let line = |f: &mut Self| {
            f.out.line(true, false);
            f.operator_and(right);
        };
        if indented { self.indent(line) } else { line(self) }
    }

    fn operator_and(&mut self, right: &Expr) {
        self.token();
        self.space();
        self.expr(right);
    }

    /// `c ? a : b`; in `c ? a : d ? e : f` each `:` begins a line.
    pub(super) fn choice(&mut self, expr: &Expr, indented: bool) {
        let mut choices = std::iter::successors(choice(expr), |(_, _, otherwise)| choice(otherwise)).peekable();
        let mut is_chain = false;
        self.group(|f| {
            while let Some((condition, then, otherwise)) = choices.next() {
                if !is_chain {
                    f.expr(condition);
                }
                is_chain |= choices.peek().is_some();
                if is_chain {
                    f.fill(|f| f.operator_and(then));
                } else {
                    f.continuation(then, indented);
                }
                let next = choices.peek().map_or(otherwise, |(condition, ..)| condition);
                f.continuation(next, indented);
            }
        });
    }

    /// A prefix operator. `~` keeps a distance from other signs: `~-` at the start of a line would go on with the last.
    pub(super) fn unary(&mut self, op: UnaryOp, operand: &Expr) {
        self.token();
        let apart = match (op, &operand.kind) {
            (UnaryOp::TypeOf | UnaryOp::Await | UnaryOp::ConfidenceOf, _) => true,
            (UnaryOp::Tilde, ExprKind::Unary { op: inner, .. }) => {
                matches!(inner, UnaryOp::Neg | UnaryOp::Plus | UnaryOp::Tilde | UnaryOp::ConfidenceOf)
            }
            (UnaryOp::Neg | UnaryOp::Plus, ExprKind::Unary { op: inner, .. }) => op == *inner,
            _ => false,
        };
        if apart {
            self.space();
        }
        self.expr(operand);
    }
}

/// The first operand and the rest of a chain of one level, which groups to the left.
fn links(expr: &Expr) -> (&Expr, Vec<Link<'_>>) {
    let mut links: Vec<Link> = Vec::new();
    let mut left = expr;
    while let Some((operator, first, right)) = parts(left) {
        let same = links.last().is_none_or(|last| last.operator.level() == operator.level());
        if !same || !links.is_empty() && groups_right(operator) {
            break;
        }
        links.push(Link { operator, right });
        left = first;
    }
    links.reverse();
    (left, links)
}

fn parts(expr: &Expr) -> Option<(Operator, &Expr, &Expr)> {
    match &expr.kind {
        ExprKind::Binary { op, left, right, .. } => Some((Operator::Binary(*op), left, right)),
        ExprKind::Pipe { value, target, .. } => Some((Operator::Pipe, value, target)),
        _ => None,
    }
}

fn groups_right(operator: Operator) -> bool {
    matches!(operator, Operator::Binary(op) if op.associativity() == Associativity::Right)
}

/// Condition, value and other value of a conditional.
fn choice(expr: &Expr) -> Option<(&Expr, &Expr, &Expr)> {
    match &expr.kind {
        ExprKind::Conditional { condition, then, otherwise, .. } => Some((condition, then, otherwise)),
        _ => None,
    }
}
