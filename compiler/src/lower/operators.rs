//! Operators (§3, §4). Those that evaluate both operands are one instruction; the lazy ones are jumps.

use super::code::{LAST, Label};
use super::{Lower, Reg, Want};
use crate::ast::{BinaryOp, Expr, ExprKind, UnaryOp};
use prism_bytecode::Op;
use prism_diagnostics::Span;

/// How an infix operator is done.
enum Way {
    /// Both operands, then the instruction.
    Eager(Op),
    /// The left operand, and the right one unless the jump is taken.
    Lazy(Op),
    /// `~@>`.
    ActionGate,
}

fn way(op: BinaryOp) -> Way {
    use BinaryOp as B;
    Way::Eager(match op {
        B::And => return Way::Lazy(Op::JumpIfFalse),
        B::Or => return Way::Lazy(Op::JumpIfTrue),
        B::Coalesce => return Way::Lazy(Op::JumpIfNotNull),
        B::ConfCoalesce => return Way::Lazy(Op::JumpIfSure),
        B::ActionGate => return Way::ActionGate,
        B::Pow => Op::Pow,
        B::Mul => Op::Mul,
        B::Div => Op::Div,
        B::Rem => Op::Rem,
        B::ConfMul => Op::ConfMul,
        B::ConfDiv => Op::ConfDiv,
        B::Add => Op::Add,
        B::Sub => Op::Sub,
        B::ConfAdd => Op::ConfAdd,
        B::ConfSub => Op::ConfSub,
        B::Lt => Op::Lt,
        B::Gt => Op::Gt,
        B::Le => Op::Le,
        B::Ge => Op::Ge,
        B::ConfLt => Op::ConfLt,
        B::ConfLe => Op::ConfLe,
        B::ConfGe => Op::ConfGe,
        B::InstanceOf => Op::InstanceOf,
        B::In => Op::In,
        B::Eq => Op::Eq,
        B::Ne => Op::Ne,
        B::StrictEq => Op::StrictEq,
        B::StrictNe => Op::StrictNe,
        B::ConfEq => Op::ConfEq,
        B::ConfNe => Op::ConfNe,
        B::ConfAnd => Op::ConfAnd,
        B::ConfOr => Op::ConfOr,
        B::Surer => Op::Surer,
        B::Attach => Op::Attach,
        B::Chain => Op::Chain,
        B::Gate => Op::Gate,
    })
}

/// Whether operands and result are no containers.
fn is_arithmetic(op: Op) -> bool {
    use Op::{Add, ConfAdd, ConfDiv, ConfMul, ConfSub, Div, Ge, Gt, Le, Lt, Mul, Pow, Rem, Sub};
    matches!(op, Add | Sub | Mul | Div | Rem | Pow | ConfAdd | ConfSub | ConfMul | ConfDiv | Lt | Le | Gt | Ge)
}

impl Lower<'_> {
    /// An infix operator.
    pub(super) fn binary(&mut self, op: BinaryOp, left: &Expr, right: &Expr, dst: Reg, span: Span) {
        match way(op) {
            Way::Eager(op) => self.eager(op, left, right, dst, span),
            Way::Lazy(jump) => {
                let to = self.unseen(dst);
                let mut end = Label::default();
                self.expr(left, to);
                self.code.jump_if(jump, to, &mut end, span);
                self.expr(right, to);
                self.code.bind(end);
                self.code.hand(dst, to, span);
            }
            Way::ActionGate if self.resolution.known_number(right).is_some() => {
                self.eager(Op::ThresholdGate, left, right, dst, span);
            }
            Way::ActionGate => {
                let (mut open, mut end) = (Label::default(), Label::default());
                let value = self.operand(left, false);
                self.code.jump_if(Op::JumpIfOpen, value, &mut open, span);
                self.code.op2(Op::GateShut, dst, value, span);
                self.code.jump(&mut end, span);
                self.code.bind(open);
                self.expr(right, dst);
                self.code.bind(end);
            }
        }
    }

    /// Operands go into the result's register where that can be: a container must not stay behind in another.
    fn eager(&mut self, op: Op, left: &Expr, right: &Expr, dst: Reg, span: Span) {
        let to = if is_arithmetic(op) { dst } else { self.unseen(dst) };
        let spare = Some(to).filter(|to| !self.code.is_home(*to));
        let a = self.operand_in(left, self.facts.updates(right), spare);
        let b = self.operand_in(right, false, spare.filter(|spare| *spare != a));
        self.code.op3(op, to, a, b, span);
        self.code.hand(dst, to, span);
    }

    /// The instruction of a compound assignment's operator.
    pub(super) fn compound(op: BinaryOp) -> Op {
        match way(op) {
            Way::Eager(op) => op,
            // No compound form has them.
            Way::Lazy(_) | Way::ActionGate => Op::Add,
        }
    }

    /// A prefix operator.
    pub(super) fn unary(&mut self, op: UnaryOp, operand: &Expr, dst: Reg, span: Span) {
        let op = match op {
            UnaryOp::Neg => {
                if let ExprKind::Number(number) = operand.kind {
                    return self.number(dst, -number, span);
                }
                Op::Neg
            }
            UnaryOp::Not => Op::Not,
            UnaryOp::Plus => Op::Plus,
            UnaryOp::Tilde | UnaryOp::ConfidenceOf => Op::ConfidenceOf,
            UnaryOp::TypeOf => Op::TypeOf,
            UnaryOp::Await => Op::Await,
        };
        let spare = Some(dst).filter(|dst| !self.code.is_home(*dst));
        let value = self.operand_in(operand, false, spare);
        self.code.op2(op, dst, value, span);
    }

    /// `c ? a : b`.
    pub(super) fn conditional(&mut self, condition: &Expr, then: &Expr, otherwise: &Expr, want: Want) {
        let (mut no, mut end) = (Label::default(), Label::default());
        self.branch(condition, false, &mut no);
        self.eval(then, want);
        self.code.jump(&mut end, then.span);
        self.code.bind(no);
        self.eval(otherwise, want);
        self.code.bind(end);
    }

    /// `c ~? a : b`.
    pub(super) fn confident_conditional(
        &mut self,
        condition: &Expr,
        then: &Expr,
        otherwise: &Expr,
        dst: Reg,
        span: Span,
    ) {
        let later = self.facts.updates(then) || self.facts.updates(otherwise);
        let verdict = self.operand(condition, later);
        let chosen = self.temp();
        let (mut no, mut end) = (Label::default(), Label::default());
        self.code.jump_if(Op::JumpIfFalse, verdict, &mut no, condition.span);
        self.expr(then, chosen);
        self.code.jump(&mut end, then.span);
        self.code.bind(no);
        self.expr(otherwise, chosen);
        self.code.bind(end);
        self.code.op3(Op::Times, dst, chosen, verdict, span);
    }

    /// Jumps to `label` if the condition's truth is `when`, and goes on if not.
    pub(super) fn branch(&mut self, condition: &Expr, when: bool, label: &mut Label) {
        super::deeper(|| match &condition.kind {
            ExprKind::Paren(inner) => self.branch(inner, when, label),
            ExprKind::Unary { op: UnaryOp::Not, operand, .. } => self.branch(operand, !when, label),
            ExprKind::Bool(value) => {
                if *value == when {
                    self.code.jump(label, condition.span);
                }
            }
            ExprKind::Binary { op: op @ (BinaryOp::And | BinaryOp::Or), left, right, .. } => {
                // The left operand alone settles it where it is what the operator looks for.
                let settles = *op == BinaryOp::Or;
                if settles == when {
                    self.branch(left, when, label);
                    self.branch(right, when, label);
                } else {
                    let mut skip = Label::default();
                    self.branch(left, settles, &mut skip);
                    self.branch(right, when, label);
                    self.code.bind(skip);
                }
            }
            _ => self.scoped(|this| {
                let value = this.operand(condition, false);
                let op = if when { Op::JumpIfTrue } else { Op::JumpIfFalse };
                let last = u8::from(this.is_temporary(value)) * LAST;
                this.code.jump_on(op, last, value, label, condition.span);
            }),
        });
    }
}
