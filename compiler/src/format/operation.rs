//! Operators: chains of one level on one line, or an operator a line.

use super::Formatter;
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
            if indented {
                f.indent(|f| f.links(&links));
            } else {
                f.links(&links);
            }
        });
    }

    fn links(&mut self, links: &[Link<'_>]) {
        for link in links {
            if link.operator == Operator::Binary(BinaryOp::Attach) {
                self.fill(|f| f.operator_and(link.right));
            } else if link.operator.ends_lines() {
                self.space();
                self.token();
                self.fill(|f| f.expr(link.right));
            } else {
                self.out.line(true, false);
                self.operator_and(link.right);
            }
        }
    }

    fn operator_and(&mut self, right: &Expr) {
        self.token();
        self.space();
        self.expr(right);
    }

    /// `c ? a : b`
    pub(super) fn choice(&mut self, condition: &Expr, then: &Expr, otherwise: &Expr, indented: bool) {
        let branches = |f: &mut Self| {
            for branch in [then, otherwise] {
                f.out.line(true, false);
                f.operator_and(branch);
            }
        };
        self.group(|f| {
            f.expr(condition);
            if indented { f.indent(branches) } else { branches(f) }
        });
    }

    /// A prefix operator. `~` keeps a distance from other signs: `~-` at the start of a line would go on with the last.
    pub(super) fn unary(&mut self, op: UnaryOp, operand: &Expr) {
        self.token();
        let apart = match (op, &operand.kind) {
            (UnaryOp::TypeOf | UnaryOp::Await, _) => true,
            (_, ExprKind::Unary { op: UnaryOp::TypeOf | UnaryOp::Await, .. }) => false,
            (UnaryOp::Tilde, ExprKind::Unary { .. }) => true,
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
