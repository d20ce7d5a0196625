//! Assignments: names, paths, patterns; compound forms; `++` and `--` (§4).

use super::code::{LAST, PathId};
use super::path::{Path, Step, StepKey};
use super::{Lower, Reg, Want};
use crate::ast::{AssignOp, Expr, ExprKind, Target};
use crate::resolve::VariableId;
use prism_bytecode::{Instr, Op};
use prism_diagnostics::Span;

/// What is done with what stands at a place.
#[derive(Clone, Copy)]
enum Change<'e> {
    /// It is replaced.
    Set(&'e Expr),
    /// It is the left operand of an operator.
    Compound(Op, &'e Expr),
    /// It is the left operand of `+ 1` or `- 1`.
    Step(Op),
}

impl Lower<'_> {
    /// An assignment; its value is what is assigned.
    pub(super) fn assign(&mut self, target: &Target, op: AssignOp, value: &Expr, span: Span, want: Want) {
        match target {
            Target::Place(place) => {
                let change = op.binary().map_or(Change::Set(value), |op| Change::Compound(Self::compound(op), value));
                self.change(place, change, span, want);
            }
            Target::Pattern(pattern) => {
                let mut whole = self.operand(value, false);
                // The pattern may give the variable that it takes apart another value.
                if self.code.is_home(whole) {
                    let copy = self.temp();
                    self.code.copy(copy, whole, value.span);
                    whole = copy;
                }
                self.take(pattern, whole, None);
                match want {
                    Want::Nothing => self.forget(whole, value),
                    _ => self.deliver(whole, want, span),
                }
            }
        }
    }

    /// `++` or `--`; its value is the new one.
    pub(super) fn step_by_one(&mut self, place: &Expr, increment: bool, span: Span, want: Want) {
        self.change(place, Change::Step(if increment { Op::Add } else { Op::Sub }), span, want);
    }

    fn change(&mut self, place: &Expr, change: Change<'_>, span: Span, want: Want) {
        match (Path::of(place, self.resolution), &place.kind) {
            (Some(path), ExprKind::Name(_)) => self.change_variable(path.root, change, span, place.span, want),
            (Some(path), _) => self.change_path(&path, change, span, want),
            // A fault of the text.
            (None, _) => self.null(want, span),
        }
    }

    fn change_variable(&mut self, id: VariableId, change: Change<'_>, span: Span, name: Span, want: Want) {
        let own = self.own_register(id);
        let result = match (change, own) {
            (Change::Set(value), Some(own)) if !self.is_checked(id, name) => {
                self.expr(value, own);
                own
            }
            (Change::Set(value), _) => {
                let value = self.operand(value, false);
                self.check_assigned(id, name);
                value
            }
            (Change::Compound(op, operand), _) => {
                let old = self.old_value(id, self.facts.updates(operand), name);
                let to = own.unwrap_or(old);
                self.combine(op, old, operand, to, span);
                to
            }
            (Change::Step(op), _) => {
                let old = self.old_value(id, false, name);
                let to = own.unwrap_or(old);
                self.count_one(op, old, to, span);
                to
            }
        };
        if own != Some(result) {
            let last = want == Want::Nothing && self.is_temporary(result);
            self.store(id, result, last, span);
        }
        self.deliver(result, want, span);
    }

    /// The variable's value before: in its own register, unless what is evaluated `later` can update it.
    fn old_value(&mut self, id: VariableId, later: bool, name: Span) -> Reg {
        if !later && self.own_register(id).is_some() {
            return self.value_of(id, name);
        }
        let old = self.temp();
        self.load(id, old, name);
        old
    }

    /// Indexes run first, then the right side; a compound form reads the part between.
    fn change_path(&mut self, path: &Path<'_>, change: Change<'_>, span: Span, want: Want) {
        let root = self.root(path.root, path.span);
        if let (Change::Set(value), [step]) = (change, path.steps.as_slice()) {
            return self.set_part(root, step, value, span, want);
        }
        let operand = match change {
            Change::Set(operand) | Change::Compound(_, operand) => Some(operand),
            Change::Step(_) => None,
        };
        let place = self.place_at(root, &path.steps, operand);
        let value = match change {
            Change::Set(value) => self.operand(value, false),
            Change::Compound(op, operand) => {
                let old = self.part_at(place, span);
                self.combine(op, old, operand, old, span);
                old
            }
            Change::Step(op) => {
                let old = self.part_at(place, span);
                self.count_one(op, old, old, span);
                old
            }
        };
        let value = self.apart(value, root, span);
        let last = want == Want::Nothing && self.is_temporary(value);
        self.code.emit(Instr { x: u8::from(last) * LAST, ..Instr::wide(Op::SetPath, value.0, place.0) }, span);
        self.deliver(value, want, span);
    }

    /// `root.name = value`, `root[index] = value`.
    fn set_part(&mut self, root: Reg, step: &Step<'_>, value: &Expr, span: Span, want: Want) {
        let index = match step.key {
            StepKey::Name(_) => root,
            StepKey::Index(index) => self.operand(index, self.facts.updates(value)),
        };
        let value = self.operand(value, false);
        let value = self.apart(value, root, span);
        let last = want == Want::Nothing && self.is_temporary(value);
        self.put_part(root, step, index, value, last, span);
        self.deliver(value, want, span);
    }

    /// The path of these steps, their indexes evaluated; `operand` is what is evaluated after them.
    fn place_at(&mut self, root: Reg, steps: &[Step<'_>], operand: Option<&Expr>) -> PathId {
        let updates = |lower: &Self, expr: Option<&Expr>| expr.is_some_and(|expr| lower.facts.updates(expr));
        let mut made = Vec::new();
        for (at, step) in steps.iter().enumerate() {
            made.push(match step.key {
                StepKey::Name(name) => {
                    let name = self.output.text(&name.name);
                    prism_bytecode::Step::Name(self.code.name(name))
                }
                StepKey::Index(index) => {
                    let later = steps.iter().skip(at + 1).any(|step| match step.key {
                        StepKey::Index(index) => updates(self, Some(index)),
                        StepKey::Name(_) => false,
                    });
                    let index = self.operand(index, later || updates(self, operand));
                    prism_bytecode::Step::Register(index.0)
                }
            });
        }
        self.code.path(root, made)
    }

    /// What stands at a path, with its own confidence only.
    fn part_at(&mut self, place: PathId, span: Span) -> Reg {
        let old = self.temp();
        self.code.wide(Op::GetPath, old, place.0, span);
        old
    }

    fn put_part(&mut self, root: Reg, step: &Step<'_>, index: Reg, value: Reg, last: bool, span: Span) {
        let last = u8::from(last) * LAST;
        match step.key {
            StepKey::Name(name) => {
                let name = self.output.text(&name.name);
                self.code.named(Op::SetField, last.into(), root, value, name, span);
            }
            StepKey::Index(_) => self.code.emit(Instr::xabc(Op::SetIndex, last, root.0, index.0, value.0), span),
        }
    }

    /// The value in another register than the whole that it is put into (`o.self = o`).
    fn apart(&mut self, value: Reg, root: Reg, span: Span) -> Reg {
        if value != root {
            return value;
        }
        let copy = self.temp();
        self.code.copy(copy, value, span);
        copy
    }
}
