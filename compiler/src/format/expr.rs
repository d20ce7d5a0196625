//! Expressions: which construct writes which kind.

use super::Formatter;
use crate::ast::{Expr, ExprKind};

impl Formatter<'_> {
    /// An expression.
    pub(super) fn expr(&mut self, expr: &Expr) {
        self.deeper(|f| f.expr_parts(expr));
    }

    fn expr_parts(&mut self, expr: &Expr) {
        match &expr.kind {
            ExprKind::Null
            | ExprKind::Bool(_)
            | ExprKind::Number(_)
            | ExprKind::String(_)
            | ExprKind::Template(_)
            | ExprKind::Name(_)
            | ExprKind::Placeholder
            | ExprKind::Error => self.token(),
            ExprKind::Array(elements) => self.array(elements),
            ExprKind::Object(properties) => self.object(properties),
            ExprKind::Paren(inner) => self.paren(inner),
            ExprKind::Unary { op, operand, .. } => self.unary(*op, operand),
            ExprKind::Binary { .. } | ExprKind::Pipe { .. } => self.operation(expr, true),
            ExprKind::Conditional { .. } => self.choice(expr, true),
            ExprKind::Member { .. } | ExprKind::Index { .. } | ExprKind::Call { .. } => self.chain(expr),
            ExprKind::Function(function) => self.function(function),
            ExprKind::Block(block) => self.block_expression(block),
            ExprKind::If { condition, then, otherwise } => self.conditional(condition, then, otherwise.as_deref()),
            ExprKind::UncertainIf { condition, levels } => self.uncertain(|f| f.header(condition), levels),
            ExprKind::Match { subject, arms } => self.matching(subject, arms),
            ExprKind::Try { body, catch, finally } => self.attempt(body, catch.as_deref(), finally.as_deref()),
            ExprKind::Parallel { agents, timeout, min_results, body, .. } => {
                // The two settings come in any order.
                let settings = timeout.iter().chain(min_results).map(|setting| &**setting);
                self.parallel(agents, settings, body);
            }
            ExprKind::ParallelBranches(branches) => self.branches(branches),
            ExprKind::Race { agents, timeout, body, until, .. } => {
                self.parallel(agents, timeout.iter().map(|setting| &**setting), body);
                if let Some(until) = until {
                    self.until(&until.condition);
                }
            }
            ExprKind::Sequential(block) => {
                self.token();
                self.space();
                self.block(block);
            }
        }
    }

    /// An expression that has brackets around it: its further lines need no indentation.
    pub(super) fn bracketed(&mut self, expr: &Expr) {
        self.deeper(|f| match &expr.kind {
            ExprKind::Binary { .. } | ExprKind::Pipe { .. } => f.operation(expr, false),
            ExprKind::Conditional { .. } => f.choice(expr, false),
            _ => f.expr_parts(expr),
        });
    }
}
