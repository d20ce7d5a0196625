//! Jumps on conditions.

use super::super::state::Kind;
use super::blocks::Next;
use super::numbers::Term;
use super::{Failure, Translator};
use crate::interp::general::operator;
use crate::value::{FALSE, NULL, TAG_OTHER, TRUE, UNINIT};
use cranelift_codegen::ir::condcodes::{FloatCC, IntCC};
use cranelift_codegen::ir::{InstBuilder, Value, types};
use prism_bytecode::{Instr, Op, Operand};

impl Translator<'_, '_> {
    /// Whether conditions take a register as true; `None` where that needs the machine. What is not known is assumed to
    /// be a boolean or null.
    pub(super) fn truth(&mut self, reg: usize) -> Option<Value> {
        Some(match self.state.regs[reg].kind {
            Kind::Bool(truth) => truth,
            Kind::Num(number) | Kind::Conf(number, _) => {
                let zero = self.number_const(0.0);
                self.is_float(FloatCC::OrderedNotEqual, number, zero)
            }
            Kind::Int(number) | Kind::ConfInt(number, _) => self.b.ins().icmp_imm_s(IntCC::NotEqual, number, 0),
            Kind::Null | Kind::Stale => self.b.ins().iconst(types::I8, 0),
            Kind::Text(_) => return None,
            Kind::Memory | Kind::Held(_) => {
                if self.source.profile.at(self.frame().number, self.frame().pc).general {
                    return None;
                }
                let (bits, _) = self.words(reg);
                // Null, false and true stand in a row.
                let place = self.word(NULL);
                let place = self.b.ins().isub(bits, place);
                let known = self.is_word(IntCC::UnsignedLessThanOrEqual, place, TRUE - NULL);
                self.guard(known);
                const _: () = assert!(FALSE - NULL == 1 && TRUE - NULL == 2);
                self.is_word(IntCC::Equal, place, TRUE - NULL)
            }
        })
    }

    pub(super) fn jump_if_truth(&mut self, instr: Instr) -> Result<Next, Failure> {
        let a = self.reg(instr.a);
        let Some(truth) = self.truth(a) else { return self.general(instr) };
        if instr.x == 1 {
            self.forget(a);
        }
        let (there, behind) = (instr.bc() as usize, self.frame().pc + 1);
        let (then, otherwise) = if instr.op == Op::JumpIfTrue { (there, behind) } else { (behind, there) };
        self.branch(truth, then, otherwise);
        Ok(Next::Ends)
    }

    /// What a test compares its register with.
    pub(super) fn right(&self, instr: Instr) -> Option<Term> {
        if instr.op.operands().bc == Operand::Constant {
            self.machine().constant(self.frame().function, instr.bc()).as_number().map(Term::Const)
        } else {
            Some(Term::Reg(self.reg(instr.b)))
        }
    }

    /// Where the jump or loop behind the instruction leads.
    pub(super) fn behind(&self) -> (usize, usize) {
        let pc = self.frame().pc;
        (self.frame().function.compiled().code[pc + 1].bc() as usize, pc + 2)
    }

    /// A test with the jump behind it.
    pub(super) fn test(&mut self, instr: Instr) -> Result<Next, Failure> {
        let left = Term::Reg(self.reg(instr.a));
        let Some(right) = self.right(instr) else { return self.general(instr) };
        let Some(truth) = self.compare(operator(instr.op), left, right) else { return self.general(instr) };
        let (there, on) = self.behind();
        let (then, otherwise) = if instr.x != 0 { (there, on) } else { (on, there) };
        self.branch(truth, then, otherwise);
        Ok(Next::Ends)
    }

    /// The end of a turn with the loop behind it.
    pub(super) fn turn(&mut self, instr: Instr) -> Result<Next, Failure> {
        let counting = self.counting.take();
        let left = Term::Reg(self.reg(instr.a));
        let (head, on) = self.behind();
        let truth = match self.right(instr) {
            Some(right) if self.has_head(head) => self.compare(operator(instr.op), left, right),
            _ => None,
        };
        let Some(truth) = truth else {
            // What is no number, and loops around the one that was entered, are the interpreter's.
            self.leave(false);
            return Ok(Next::Ends);
        };
        self.step();
        let (back, over) = (self.b.create_block(), self.b.create_block());
        let ends = self.inverse(truth);
        self.b.ins().brif(ends, over, &[], back, &[]);
        self.aside(over);
        let before = counting.map(|reg| self.counted(reg));
        self.go(on);
        if let (Some(reg), Some(before)) = (counting, before) {
            self.state.regs[reg] = before;
        }
        self.rejoin(back);
        self.go_back(head);
        Ok(Next::Ends)
    }

    pub(super) fn jump_if_null(&mut self, instr: Instr) -> Result<Next, Failure> {
        let a = self.reg(instr.a);
        let (there, behind) = (instr.bc() as usize, self.frame().pc + 1);
        let wanted = instr.op == Op::JumpIfNull;
        match self.state.regs[a].kind {
            Kind::Memory | Kind::Held(_) => {
                if self.source.profile.at(self.frame().number, self.frame().pc).general {
                    return self.general(instr);
                }
                let (bits, _) = self.words(a);
                // A task would be waited for.
                let no_task = self.is_word(IntCC::UnsignedLessThan, bits, TAG_OTHER);
                self.guard(no_task);
                let null = self.is_word(IntCC::Equal, bits, NULL);
                let (then, otherwise) = if wanted { (there, behind) } else { (behind, there) };
                self.branch(null, then, otherwise);
            }
            kind => {
                let null = matches!(kind, Kind::Null | Kind::Stale);
                self.go(if null == wanted { there } else { behind });
            }
        }
        Ok(Next::Ends)
    }

    pub(super) fn jump_if_given(&mut self, instr: Instr) -> Result<Next, Failure> {
        let a = self.reg(instr.a);
        let (there, behind) = (instr.bc() as usize, self.frame().pc + 1);
        match self.state.regs[a].kind {
            Kind::Memory | Kind::Held(_) => {
                let (bits, _) = self.words(a);
                let given = self.is_word(IntCC::NotEqual, bits, UNINIT);
                self.branch(given, there, behind);
            }
            _ => self.go(there),
        }
        Ok(Next::Ends)
    }

    pub(super) fn jump_if_int(&mut self, instr: Instr) -> Result<Next, Failure> {
        let a = Term::Reg(self.reg(instr.a));
        let Some(same) = self.compare(Op::StrictEq, a, Term::Const(f64::from(instr.x))) else {
            return self.general(instr);
        };
        let behind = self.frame().pc + 1;
        self.branch(same, instr.bc() as usize, behind);
        Ok(Next::Ends)
    }
}
