//! How compiled code ends: with a value, and everything that its registers held let go of.

use super::super::context::status;
use super::super::state::{Held, Kind, Reg};
use super::super::stubs;
use super::{Part, Translator};
use crate::value::{LAST_NUMBER, TAG_STRING};
use cranelift_codegen::ir::condcodes::IntCC;
use cranelift_codegen::ir::{InstBuilder, Value};

impl Translator<'_, '_> {
    /// The compiled function ends with a value of a register.
    pub(super) fn finish_with(&mut self, reg: usize) {
        let kind = self.state.regs[reg].kind;
        let number = matches!(kind, Kind::Num(_) | Kind::Int(_));
        let (bits, conf) = self.take(reg);
        match self.source.part {
            Part::Function => self.let_go(0),
            // The frame is the interpreter's: it lets go of what is at home.
            Part::Loop(_) => self.let_go_of_held(),
        }
        if number {
            return self.finish_number(bits);
        }
        *self.numeric = false;
        self.again |= self.took_own_for_number;
        if matches!(kind, Kind::Bool(_) | Kind::Null) || kind.is_confident() {
            return self.finish_value(bits, conf);
        }
        let (numbers, others) = (self.b.create_block(), self.b.create_block());
        let plain = self.is_plain(conf);
        let is_number = self.is_word(IntCC::UnsignedLessThanOrEqual, bits, LAST_NUMBER);
        let both = self.b.ins().band(plain, is_number);
        self.b.ins().brif(both, numbers, &[], others, &[]);
        self.aside(numbers);
        self.finish_number(bits);
        self.rejoin(others);
        self.finish_value(bits, conf);
    }

    fn finish_number(&mut self, bits: Value) {
        let number = self.as_float(bits);
        self.finish(status::NUMBER, bits, number);
    }

    fn finish_value(&mut self, bits: Value, conf: Value) {
        let conf = self.as_float(conf);
        self.finish(status::VALUE, bits, conf);
    }

    /// Lets go of what registers from `first` on hold: the function that they are of has ended.
    pub(super) fn let_go(&mut self, first: usize) {
        // What is only borrowed elsewhere may be part of it.
        for reg in first..self.state.regs.len() {
            match self.state.regs[reg].kind {
                Kind::Memory => {
                    let bits = self.load_home(reg).0;
                    let (counted, next) = (self.b.create_block(), self.b.create_block());
                    let is_handle = self.is_word(IntCC::UnsignedGreaterThanOrEqual, bits, TAG_STRING);
                    self.b.ins().brif(is_handle, counted, &[], next, &[]);
                    self.aside(counted);
                    self.clear_home(reg);
                    self.call_aside(stubs::release as *const u8, &[bits]);
                    self.b.ins().jump(next, &[]);
                    self.rejoin(next);
                    self.forget_loads();
                }
                Kind::Held(Held { bits, owned: true, .. }) => self.release(bits),
                _ => {}
            }
            self.state.regs[reg] = Reg::STALE;
        }
    }

    fn let_go_of_held(&mut self) {
        for reg in 0..self.state.regs.len() {
            if let Kind::Held(Held { bits, owned: true, .. }) = self.state.regs[reg].kind {
                self.release(bits);
                self.state.regs[reg] = Reg::STALE;
            }
        }
    }
}
