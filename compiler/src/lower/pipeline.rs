//! Pipelines (§5).

use super::access::has_optional;
use super::call::{Arguments, First};
use super::{Lower, Reg};
use crate::ast::{Expr, ExprKind};
use prism_bytecode::Op;

impl Lower<'_> {
    /// `x |> e` or `x ~|> e`: the whole is `expr`.
    pub(super) fn pipe(&mut self, expr: &Expr, confident: bool, value: &Expr, target: &Expr, dst: Reg) {
        if self.facts.has_hole(target) {
            return self.pipe_into_hole(expr, confident, value, target, dst);
        }
        if !confident {
            return self.pipe_into_call(First::Expr(value), target, dst);
        }
        let input = self.operand(value, self.facts.updates(target));
        let output = self.temp();
        self.pipe_into_call(First::Value(input), target, output);
        self.code.op3(Op::PipeResult, dst, output, input, expr.span);
    }

    /// The target calls something: with the value before its arguments, or with nothing else.
    fn pipe_into_call(&mut self, first: First<'_>, target: &Expr, dst: Reg) {
        let (callee, arguments) = match &target.kind {
            ExprKind::Call { callee, arguments } => (&**callee, Arguments::after(first, arguments)),
            _ => (target, Arguments::after(first, &[])),
        };
        self.chain(has_optional(target), dst, target.span, |this, to| this.call(callee, arguments, target.span, to));
    }

    /// The target says where the value goes.
    fn pipe_into_hole(&mut self, expr: &Expr, confident: bool, value: &Expr, target: &Expr, dst: Reg) {
        let input = match self.resolution.variable_at(expr.id) {
            // A body inside the target takes it along.
            Some(id) => {
                let input = self.temp();
                self.expr(value, input);
                self.settle(id, input);
                self.seal(id, expr.span);
                input
            }
            None => self.operand(value, self.facts.updates(target)),
        };
        let outer = self.body.hole.replace(input);
        if confident {
            let output = self.temp();
            self.expr(target, output);
            self.code.op3(Op::PipeResult, dst, output, input, expr.span);
        } else {
            self.expr(target, dst);
        }
        self.body.hole = outer;
    }
}
