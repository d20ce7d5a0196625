//! Expressions: the dispatch over their kinds, operands, names.

use super::access::has_optional;
use super::call::Arguments;
use super::concurrency::AgentBlock;
use super::path::Update;
use super::{Lower, Reg, Want, deeper};
use crate::ast::{Expr, ExprKind, UnaryOp, level};
use crate::resolve::{Binding, VariableId};
use prism_bytecode::{Entry, EntryKind, Instr, LibraryId, Op};
use prism_diagnostics::Span;

/// Results of library functions that hold nothing.
const SCALARS: [&str; 4] = ["null", "boolean", "number", "string"];

impl Lower<'_> {
    /// Evaluates an expression into a register.
    pub(super) fn expr(&mut self, expr: &Expr, dst: Reg) {
        self.eval(expr, Want::Into(dst));
    }

    /// Evaluates an expression.
    pub(super) fn eval(&mut self, expr: &Expr, want: Want) {
        deeper(|| self.scoped(|this| this.eval_kind(expr, want)));
    }

    fn eval_kind(&mut self, expr: &Expr, want: Want) {
        match &expr.kind {
            ExprKind::Paren(inner) => self.eval(inner, want),
            ExprKind::Block(block) | ExprKind::Sequential(block) => self.block(block, want),
            ExprKind::If { condition, then, otherwise } => self.if_(condition, then, otherwise.as_deref(), want),
            ExprKind::UncertainIf { condition, levels } => self.uncertain_if(condition, levels, want),
            ExprKind::Match { subject, arms } => self.match_(subject, arms, expr.span, want),
            ExprKind::Try { body, catch, finally } => {
                self.try_(body, catch.as_deref(), finally.as_deref(), expr.span, want)
            }
            ExprKind::Conditional { confident: false, condition, then, otherwise } => {
                self.conditional(condition, then, otherwise, want);
            }
            _ => match want {
                Want::Into(dst) => self.value(expr, dst),
                Want::Nothing => self.effect(expr),
                Want::Return => {
                    let value = self.operand(expr, false);
                    self.give(value, expr.span);
                }
            },
        }
    }

    /// Evaluates an expression whose value is made by its last instruction, into a register.
    fn value(&mut self, expr: &Expr, dst: Reg) {
        let span = expr.span;
        if let Some(number) = self.folded(expr) {
            return self.number(dst, number, span);
        }
        match &expr.kind {
            ExprKind::Null | ExprKind::Error => self.code.op1(Op::Null, dst, span),
            ExprKind::Bool(value) => self.bool(dst, *value, span),
            ExprKind::Number(number) => self.number(dst, *number, span),
            ExprKind::String(text) => self.text(dst, text, span),
            ExprKind::Template(parts) => self.template(parts, dst, span),
            ExprKind::Name(_) => self.name(expr, dst),
            ExprKind::Placeholder => self.placeholder(expr, dst),
            ExprKind::Array(elements) => self.array(elements, dst, span),
            ExprKind::Object(properties) => self.object(properties, dst, span),
            ExprKind::Unary { op, operand, .. } => self.unary(*op, operand, dst, span),
            ExprKind::Binary { op, left, right, .. } => self.binary(*op, left, right, dst, span),
            ExprKind::Conditional { condition, then, otherwise, .. } => {
                self.confident_conditional(condition, then, otherwise, dst, span);
            }
            ExprKind::Member { .. } | ExprKind::Index { .. } | ExprKind::Call { .. } => self.postfix(expr, dst),
            ExprKind::Pipe { confident, value, target } => self.pipe(expr, *confident, value, target, dst),
            ExprKind::Function(function) => self.function(function, dst),
            ExprKind::Parallel { agents, timeout, min_results, body, agent } => {
                let block = AgentBlock { agents, timeout: timeout.as_deref(), body, agent };
                self.parallel(block, min_results.as_deref(), span, dst);
            }
            ExprKind::ParallelBranches(branches) => self.branches(branches, span, dst),
            ExprKind::Race { agents, timeout, body, agent, until } => {
                let block = AgentBlock { agents, timeout: timeout.as_deref(), body, agent };
                self.race(block, until.as_deref(), span, dst);
            }
            ExprKind::Paren(_)
            | ExprKind::Block(_)
            | ExprKind::Sequential(_)
            | ExprKind::If { .. }
            | ExprKind::UncertainIf { .. }
            | ExprKind::Match { .. }
            | ExprKind::Try { .. } => self.expr(expr, dst),
        }
    }

    /// Evaluates an expression whose value is dropped. Nothing of it stays in a register: a second handle would make
    /// the machine copy the container at its next update.
    fn effect(&mut self, expr: &Expr) {
        if let ExprKind::Call { callee, arguments } = &expr.kind
            && let Some(update) = Update::of(callee, arguments, expr.span, self.resolution)
            && !has_optional(expr)
        {
            return self.update(&update, Arguments::of(arguments), None);
        }
        let value = self.operand(expr, false);
        self.forget(value, expr);
    }

    /// Empties a register that holds the value of `expr`, if it is a temporary one and that may be a container.
    pub(super) fn forget(&mut self, value: Reg, expr: &Expr) {
        if self.is_temporary(value) && self.may_hold(expr) {
            self.code.op1(Op::Null, value, expr.span);
        }
    }

    /// Evaluates an operand: a variable or `_` that is in a register stays there, unless what is evaluated `later` can
    /// update it; anything else goes into a new register.
    pub(super) fn operand(&mut self, expr: &Expr, later: bool) -> Reg {
        self.operand_in(expr, later, None)
    }

    /// As [`Lower::operand`], with a register to take instead of a new one.
    pub(super) fn operand_in(&mut self, expr: &Expr, later: bool, spare: Option<Reg>) -> Reg {
        if let Some(reg) = self.stays(expr, later) {
            if let Some(id) = self.variable_named(expr) {
                self.value_of(id, expr.span);
            }
            return reg;
        }
        let reg = spare.unwrap_or_else(|| self.temp());
        self.expr(expr, reg);
        reg
    }

    /// The register that an operand stays in, if it does.
    pub(super) fn stays(&self, expr: &Expr, later: bool) -> Option<Reg> {
        match &expr.kind {
            ExprKind::Paren(inner) => self.stays(inner, later),
            ExprKind::Placeholder => self.body.hole.filter(|_| self.resolution.variable_at(expr.id).is_none()),
            ExprKind::Name(_) if !later => self.resolution.variable_at(expr.id).and_then(|id| self.own_register(id)),
            _ => None,
        }
    }

    /// Whether nobody reads the register but who has put a value there.
    pub(super) fn is_temporary(&self, reg: Reg) -> bool {
        !self.code.is_home(reg) && self.body.hole != Some(reg)
    }

    /// Whether the expression's value may be an array or object.
    pub(super) fn may_hold(&self, expr: &Expr) -> bool {
        match &expr.kind {
            ExprKind::Paren(inner) => self.may_hold(inner),
            ExprKind::Null | ExprKind::Bool(_) | ExprKind::Number(_) | ExprKind::String(_) | ExprKind::Template(_) => {
                false
            }
            ExprKind::Unary { op, .. } => *op == UnaryOp::Await,
            ExprKind::Binary { op, .. } => op.level() < level::EQUALITY,
            ExprKind::Call { callee, .. } => self.library_callee(callee).is_none_or(|id| {
                let signature = self.catalog.get(id).and_then(Entry::signature);
                signature.is_none_or(|signature| !SCALARS.contains(&&*signature.result))
            }),
            _ => true,
        }
    }

    fn placeholder(&mut self, expr: &Expr, dst: Reg) {
        match (self.resolution.variable_at(expr.id), self.body.hole) {
            (Some(id), _) => self.load(id, dst, expr.span),
            (None, Some(hole)) => self.code.copy(dst, hole, expr.span),
            (None, None) => self.code.op1(Op::Null, dst, expr.span),
        }
    }

    fn name(&mut self, expr: &Expr, dst: Reg) {
        let span = expr.span;
        match self.resolution.binding(expr.id) {
            Binding::Variable(id) => self.load(id, dst, span),
            Binding::Import(slot) => self.code.wide(Op::GetExport, dst, slot, span),
            Binding::Namespace(module) => self.namespace(module, dst, span),
            Binding::Library(id) => self.library(id, dst, span),
            Binding::Host(host) => {
                self.output.program.host_names |= 1 << host as u8;
                self.code.emit(Instr::xabc(Op::Host, host as u8, dst.0, 0, 0), span);
            }
            // Only called names are dispatched.
            Binding::Dispatch(_) | Binding::Unknown => self.code.op1(Op::Null, dst, span),
        }
    }

    /// Puts a library function, namespace or constant into a register.
    pub(super) fn library(&mut self, id: LibraryId, dst: Reg, span: Span) {
        match self.catalog.get(id).map(|entry| &entry.kind) {
            Some(EntryKind::Constant(number)) => self.number(dst, *number, span),
            _ => self.code.emit(Instr::abc(Op::Library, dst.0, 0, id.0), span),
        }
    }

    /// The variable that a name means, through parentheses.
    pub(super) fn variable_named(&self, expr: &Expr) -> Option<VariableId> {
        match &expr.kind {
            ExprKind::Paren(inner) => self.variable_named(inner),
            ExprKind::Name(_) => self.resolution.variable_at(expr.id),
            _ => None,
        }
    }
}
