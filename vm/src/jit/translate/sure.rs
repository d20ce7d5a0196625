//! Confidence itself: attached to numbers, read, compared, taken off.

use super::super::state::Kind;
use super::blocks::Next;
use super::numbers::{Bare, Number, Term};
use super::{Failure, Translator};
use crate::value::TAG_OTHER;
use cranelift_codegen::ir::InstBuilder;
use cranelift_codegen::ir::condcodes::{FloatCC, IntCC};
use prism_bytecode::Instr;

impl Translator<'_, '_> {
    /// `<~ x`.
    pub(super) fn confidence_of(&mut self, instr: Instr) -> Result<Next, Failure> {
        let (a, b) = (self.reg(instr.a), self.reg(instr.b));
        if !self.source.lower {
            return self.general(instr);
        }
        let confidence = match self.state.regs[b].kind {
            Kind::Conf(_, conf) | Kind::ConfInt(_, conf) => conf,
            Kind::Memory | Kind::Held(_) => {
                if self.seen().general {
                    return self.general(instr);
                }
                let (bits, conf) = self.words(b);
                // A task would be waited for.
                let no_task = self.is_word(IntCC::UnsignedLessThan, bits, TAG_OTHER);
                self.guard(no_task);
                let plain = self.is_plain(conf);
                let (one, own) = (self.number_const(1.0), self.as_float(conf));
                self.b.ins().select(plain, one, own)
            }
            _ => self.number_const(1.0),
        };
        self.define(a, Kind::Num(confidence));
        Ok(Next::Falls)
    }

    /// `x ~> c` of a number.
    pub(super) fn attach(&mut self, instr: Instr) -> Result<Next, Failure> {
        if !self.source.lower {
            return self.general(instr);
        }
        let (a, b, c) = (self.reg(instr.a), self.reg(instr.b), self.reg(instr.c));
        let Some(bare) = self.bare(b) else { return self.general(instr) };
        let Some(sure) = self.number(Term::Reg(c), 1) else { return self.general(instr) };
        let sure = sure.float(self);
        // What is none is an error.
        let is_number = self.is_float(FloatCC::Equal, sure, sure);
        self.guard(is_number);
        let (least, most) = (self.number_const(0.0), self.number_const(1.0));
        let is_less = self.b.ins().fcmp(FloatCC::LessThan, sure, least);
        let sure = self.b.ins().select(is_less, least, sure);
        let is_more = self.b.ins().fcmp(FloatCC::GreaterThan, sure, most);
        let sure = self.b.ins().select(is_more, most, sure);
        self.define(a, bare.with(Some(sure)));
        Ok(Next::Falls)
    }

    /// `x ~||> y` of numbers.
    pub(super) fn surer(&mut self, instr: Instr) -> Result<Next, Failure> {
        if !self.source.lower {
            return self.general(instr);
        }
        let (a, x, y) = (self.reg(instr.a), Term::Reg(self.reg(instr.b)), Term::Reg(self.reg(instr.c)));
        let both = self.number(x, 0).and_then(|x| Some((x, self.number(y, 1)?)));
        let kind = match both {
            // It counts as 1, which is not less than any.
            Some((x @ (Number::Num(_) | Number::Int(_) | Number::Const(_)), _)) => Kind::Num(x.float(self)),
            Some((x, y)) => {
                let (Some(x_conf), Some(y_conf)) = (x.conf(), y.conf()) else { return self.general(instr) };
                let (x, y) = (x.float(self), y.float(self));
                let first = self.b.ins().fcmp(FloatCC::GreaterThanOrEqual, x_conf, y_conf);
                Kind::Conf(self.b.ins().select(first, x, y), self.b.ins().select(first, x_conf, y_conf))
            }
            None => return self.general(instr),
        };
        self.define(a, kind);
        Ok(Next::Falls)
    }

    /// `value(x)` of a number.
    pub(super) fn value(&mut self, instr: Instr) -> Result<Next, Failure> {
        let (a, argument) = (self.reg(instr.a), self.reg(instr.b));
        let Some(bare) = self.bare(argument) else { return self.general(instr) };
        self.step();
        self.forget(argument);
        self.define(a, bare.with(None));
        Ok(Next::Falls)
    }

    /// The number in a register, without a confidence; `None` where it may be anything else.
    fn bare(&mut self, reg: usize) -> Option<Bare> {
        match self.state.regs[reg].kind {
            Kind::Num(number) | Kind::Conf(number, _) => Some(Bare::Num(number)),
            Kind::Int(number) | Kind::ConfInt(number, _) => Some(Bare::Int(number)),
            Kind::Memory | Kind::Held(_) if !self.seen().general => {
                let (bits, _) = self.words(reg);
                self.guard_number(bits);
                Some(Bare::Num(self.as_float(bits)))
            }
            _ => None,
        }
    }
}
