//! Operators (§3, §4). Those that evaluate both operands are one instruction; the lazy ones are jumps.

use super::code::{LAST, Label};
use super::{Lower, Reg, Want};
use crate::ast::{BinaryOp, Expr, ExprKind, UnaryOp};
use prism_bytecode::{Instr, KindSet, Op};
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

/// The instruction that has a constant in the place of its right operand.
fn with_constant(op: Op) -> Option<Op> {
    Some(match op {
        Op::Add => Op::AddK,
        Op::Sub => Op::SubK,
        Op::Mul => Op::MulK,
        Op::Div => Op::DivK,
        Op::Rem => Op::RemK,
        _ => return None,
    })
}

/// How a condition that compares is tested.
struct Test {
    /// With a register on the right, and with a constant there.
    ops: [Op; 2],
    /// At the end of a turn.
    turns: Option<[Op; 2]>,
    /// Whether the instruction finds the opposite.
    negated: bool,
    /// Whether operands may be containers.
    any_kind: bool,
}

impl Test {
    fn of(op: BinaryOp) -> Option<Test> {
        let order = |ops, turns| Test { ops, turns: Some(turns), negated: false, any_kind: false };
        let equality = |ops, negated| Test { ops, turns: None, negated, any_kind: true };
        Some(match op {
            BinaryOp::Lt => order([Op::TestLt, Op::TestLtK], [Op::LoopLt, Op::LoopLtK]),
            BinaryOp::Le => order([Op::TestLe, Op::TestLeK], [Op::LoopLe, Op::LoopLeK]),
            BinaryOp::Gt => order([Op::TestGt, Op::TestGtK], [Op::LoopGt, Op::LoopGtK]),
            BinaryOp::Ge => order([Op::TestGe, Op::TestGeK], [Op::LoopGe, Op::LoopGeK]),
            BinaryOp::Eq => equality([Op::TestEq, Op::TestEqK], false),
            BinaryOp::Ne => equality([Op::TestEq, Op::TestEqK], true),
            BinaryOp::StrictEq => equality([Op::TestSame, Op::TestSameK], false),
            BinaryOp::StrictNe => equality([Op::TestSame, Op::TestSameK], true),
            _ => return None,
        })
    }
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
        if let Some(constant) = self.operand_constant(right)
            && let Some(op) = with_constant(op)
        {
            let a = self.operand_in(left, false, spare);
            return self.code.emit(Instr::abc(op, to.0, a.0, constant), span);
        }
        if let (Op::InstanceOf, ExprKind::String(kind)) = (op, &right.kind)
            && let Some(kind) = KindSet::named(kind)
        {
            let value = self.operand_in(left, false, spare);
            self.code.emit(Instr::abc(Op::IsKind, to.0, value.0, kind.bits()), span);
            return self.code.hand(dst, to, span);
        }
        if let (Op::Add | Op::Mul, Some(op)) = (op, with_constant(op))
            && let Some(constant) = self.operand_constant(left)
        {
            let b = self.operand_in(right, false, spare);
            return self.code.emit(Instr::xabc(op, 1, to.0, b.0, constant), span);
        }
        let a = self.operand_in(left, self.facts.updates(right), spare);
        let b = self.operand_in(right, false, spare.filter(|spare| *spare != a));
        self.code.op3(op, to, a, b, span);
        self.code.hand(dst, to, span);
    }

    /// The number that an expression without names that may be read too early always gives.
    pub(super) fn folded(&self, expr: &Expr) -> Option<f64> {
        let foldable = match &expr.kind {
            ExprKind::Number(_) => true,
            ExprKind::Name(_) => self.variable_named(expr).is_some_and(|id| !self.is_checked(id, expr.span)),
            ExprKind::Paren(inner) => return self.folded(inner),
            ExprKind::Unary { op: UnaryOp::Neg | UnaryOp::Plus, operand, .. } => self.folded(operand).is_some(),
            ExprKind::Binary { left, right, .. } => {
                let mut both = false;
                super::deeper(|| both = self.folded(left).is_some() && self.folded(right).is_some());
                both
            }
            _ => false,
        };
        self.resolution.known_number(expr).filter(|number| foldable && !number.is_nan())
    }

    /// The constant that an operand is, if an instruction has room for its number.
    pub(super) fn operand_constant(&mut self, expr: &Expr) -> Option<u16> {
        let id = match &expr.kind {
            ExprKind::Paren(inner) => return self.operand_constant(inner),
            ExprKind::String(text) => self.output.text(text),
            _ => {
                let number = self.folded(expr)?;
                self.output.number(number)
            }
        };
        u16::try_from(id.0).ok()
    }

    /// `to = old op operand`, the operand evaluated here; `whole` is where the operator fails.
    pub(super) fn combine(&mut self, op: Op, old: Reg, operand: &Expr, to: Reg, whole: Span) {
        match (with_constant(op), self.operand_constant(operand)) {
            (Some(op), Some(constant)) => self.code.emit(Instr::abc(op, to.0, old.0, constant), whole),
            _ => {
                let operand = self.operand(operand, false);
                self.code.op3(op, to, old, operand, whole);
            }
        }
    }

    /// `to = old + 1` or `old - 1`.
    pub(super) fn count_one(&mut self, op: Op, old: Reg, to: Reg, span: Span) {
        let one = self.output.number(1.0);
        match (with_constant(op), u16::try_from(one.0)) {
            (Some(op), Ok(one)) => self.code.emit(Instr::abc(op, to.0, old.0, one), span),
            _ => {
                let one = self.temp();
                self.number(one, 1.0, span);
                self.code.op3(op, to, old, one, span);
            }
        }
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
            ExprKind::Binary { op, left, right, .. } if self.is_test(*op, left, right) => {
                self.scoped(|this| this.jump_comparing(*op, left, right, when, label, condition.span));
            }
            _ => self.scoped(|this| {
                let value = this.operand(condition, false);
                let op = if when { Op::JumpIfTrue } else { Op::JumpIfFalse };
                let last = u8::from(this.is_temporary(value)) * LAST;
                this.code.jump_on(op, last, value, label, condition.span);
            }),
        });
    }

    /// Whether a condition is tested by one instruction. A container must not stay behind in a temporary register.
    fn is_test(&self, op: BinaryOp, left: &Expr, right: &Expr) -> bool {
        let stays = |expr: &Expr, later| !self.may_hold(expr) || self.stays(expr, later).is_some();
        Test::of(op).is_some_and(|test| !test.any_kind || stays(left, self.facts.updates(right)) && stays(right, false))
    }

    /// Compares, and jumps to `label` if the truth is `when`.
    fn jump_comparing(&mut self, op: BinaryOp, left: &Expr, right: &Expr, when: bool, label: &mut Label, span: Span) {
        let Some(Test { ops: [op, with_constant], negated, .. }) = Test::of(op) else { return };
        let x = u8::from(when != negated);
        let a = self.operand(left, self.facts.updates(right));
        let instr = match self.operand_constant(right) {
            Some(constant) => Instr { x, ..Instr::wide(with_constant, a.0, constant.into()) },
            None => Instr::xabc(op, x, a.0, self.operand(right, false).0, 0),
        };
        self.code.test(instr, label, span);
    }

    /// The instruction that ends a turn by comparing what is at hand: variables in registers, and constants. Nothing
    /// may run between the step of fuel and the comparison.
    pub(super) fn turn_test(&mut self, condition: &Expr) -> Option<Instr> {
        let (op, left, right) = match &condition.kind {
            ExprKind::Paren(inner) => return self.turn_test(inner),
            ExprKind::Binary { op, left, right, .. } => (*op, left, right),
            _ => return None,
        };
        let [op, with_constant] = Test::of(op)?.turns?;
        let a = self.at_hand(left)?;
        if let Some(constant) = self.operand_constant(right) {
            return Some(Instr::wide(with_constant, a.0, constant.into()));
        }
        Some(Instr::abc(op, a.0, self.at_hand(right)?.0, 0))
    }

    /// The register of a variable that can be read without further ado.
    fn at_hand(&self, expr: &Expr) -> Option<Reg> {
        let id = self.variable_named(expr)?;
        self.own_register(id).filter(|_| !self.is_checked(id, expr.span))
    }
}
