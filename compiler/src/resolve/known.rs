//! Numbers that are known before anything runs: literals, constants of the module bound to one, arithmetic of those.
//! The right side of `~@>` is a threshold exactly where it is one (§3).

use super::{Binding, Resolution};
use crate::ast::{BinaryOp, Expr, ExprKind, UnaryOp};
use crate::stack::deeper;

/// A number literal, in parentheses or not: what a constant must be bound to, to be a known number.
pub(super) fn unsigned(expr: &Expr) -> Option<f64> {
    match &expr.kind {
        ExprKind::Number(value) => Some(*value),
        ExprKind::Paren(inner) => unsigned(inner),
        _ => None,
    }
}

/// A number that is written out, signed or not.
pub(crate) fn literal(expr: &Expr) -> Option<f64> {
    match &expr.kind {
        ExprKind::Paren(inner) => literal(inner),
        ExprKind::Unary { op: UnaryOp::Neg, operand, .. } => literal(operand).map(|value| -value),
        ExprKind::Unary { op: UnaryOp::Plus, operand, .. } => literal(operand),
        _ => unsigned(expr),
    }
}

impl Resolution {
    /// The value of a number that is known before anything runs: a literal, a `const` of this module bound to one, or
    /// arithmetic of those. Not a number where the arithmetic would fail.
    pub fn known_number(&self, expr: &Expr) -> Option<f64> {
        match &expr.kind {
            ExprKind::Number(value) => Some(*value),
            ExprKind::Name(_) => match self.binding(expr.id) {
                Binding::Variable(variable) => self.known.get(&variable).copied(),
                _ => None,
            },
            ExprKind::Paren(inner) => self.known_number(inner),
            ExprKind::Unary { op: UnaryOp::Neg, operand, .. } => self.known_number(operand).map(|value| -value),
            ExprKind::Unary { op: UnaryOp::Plus, operand, .. } => self.known_number(operand),
            ExprKind::Binary { op, left, right, .. } => {
                let mut value = None;
                deeper(|| value = self.known_arithmetic(*op, left, right));
                value
            }
            _ => None,
        }
    }

    fn known_arithmetic(&self, op: BinaryOp, left: &Expr, right: &Expr) -> Option<f64> {
        let (left, right) = (self.known_number(left)?, self.known_number(right)?);
        Some(match op {
            BinaryOp::Add => left + right,
            BinaryOp::Sub => left - right,
            BinaryOp::Mul => left * right,
            BinaryOp::Div | BinaryOp::Rem if right == 0.0 => f64::NAN,
            BinaryOp::Div => left / right,
            BinaryOp::Rem => left % right,
            BinaryOp::Pow if left.abs() == 1.0 && right.is_infinite() => f64::NAN,
            BinaryOp::Pow => left.powf(right),
            _ => return None,
        })
    }
}
