//! What the program gives: whether it reaches the confidence that the pattern promises, and whether a confidence was
//! left behind at the last step.

use super::ty::{Data, Ty};
use super::value::Value;
use super::{Checker, faults};
use crate::ast::*;

impl<'a> Checker<'a> {
    /// The value of the program's last statement is its result, if it gets there.
    pub(super) fn note_program_result(&mut self, stmts: &'a [Stmt], value: Value) {
        if self.frame().state.dead {
            return;
        }
        if let Some(Stmt { kind: StmtKind::Expr(expr), .. }) = stmts.last() {
            self.note_result_expr(expr, value);
        }
    }

    /// An expression whose value is the program's result.
    pub(super) fn note_result_expr(&mut self, expr: &'a Expr, value: Value) {
        let value = self.settled(value);
        self.program_results.push((expr, value));
    }

    /// Notes a place that takes a value without its confidence.
    pub(super) fn note_dropped(&mut self, whole: &'a Expr) {
        let module = self.frame().module;
        self.drops.insert((module, whole.id));
    }

    /// Whether the expression takes a value without its confidence.
    pub(super) fn is_dropped(&self, expr: &Expr) -> bool {
        self.drops.contains(&(self.frame().module, expr.id))
    }

    /// Whether a value is an entry of `agentResults`: plain, its confidence a member beside its result.
    pub(super) fn is_plain_answer(&self, value: Value) -> bool {
        let is_entry = |ty: Ty| match self.types.get(ty) {
            Data::Shape(fields) => {
                ["agentId", "result", "confidence"].iter().all(|name| fields.iter().any(|field| field.name == *name))
            }
            _ => false,
        };
        !value.confidence.may_be_confident()
            && self.types.members(value.ty).any(is_entry)
            && self.types.members(value.ty).all(|ty| ty == Ty::NULL || is_entry(ty))
    }

    /// Says what is wrong with the results, once all are known.
    pub(super) fn judge_results(&mut self) {
        let results = std::mem::take(&mut self.program_results);
        let mut all = Value::NEVER;
        for (_, value) in &results {
            all = self.types.join_values(all, *value);
        }
        if let (Some(promised), Some((expr, _))) = (self.info.min_confidence, results.last())
            && !all.is_never()
            && !all.vague
            && all.confidence.certain().hi().get() < promised
        {
            self.diagnostics.push(faults::low_confidence_result(expr.span, all, promised));
        }
        if self.info.name.is_none() {
            return;
        }
        let module = self.modules.len() as u32 - 1;
        for (expr, value) in results {
            let inner = super::narrow::strip(expr);
            let is_dropped = self.drops.contains(&(module, inner.id));
            if is_dropped && !value.is_never() {
                self.diagnostics.push(faults::dropped_confidence(inner.span, is_call(inner)));
            }
        }
    }
}

fn is_call(expr: &Expr) -> bool {
    matches!(expr.kind, ExprKind::Call { .. })
}
