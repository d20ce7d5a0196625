//! Registers and their homes: writing one to its home, giving it another value, letting go of what it was.

use super::super::state::{Held, Kind, Place, Reg};
use super::Translator;
use super::emit::Region;
use crate::confidence::PLAIN_BITS;
use crate::value::{FALSE, NULL};
use cranelift_codegen::ir::condcodes::IntCC;
use cranelift_codegen::ir::{InstBuilder, Value, types};

/// The bytes of a slot, and where the confidence is in it.
pub(super) const SLOT: i32 = 16;
pub(super) const CONF: i32 = 8;

impl Translator<'_, '_> {
    /// Whether a register is read at `pc` of the innermost function or later.
    pub(super) fn is_live(&self, reg: usize, pc: usize) -> bool {
        let mut inner = None;
        for frame in self.frames.iter().rev() {
            let (at, called) = match inner {
                None => (pc, None),
                Some(first) => (frame.pc + 1, Some(first)),
            };
            match called {
                // The callee's handle is part of its frame.
                Some(first) if reg + 1 == first => return true,
                _ if reg < frame.first => {}
                _ => {
                    let own = reg - frame.first;
                    let result = called.is_some() && own == frame.function.compiled().code[frame.pc].a as usize;
                    return (!result && own < frame.function.registers as usize && frame.flow.is_live(at, own))
                        || (called.is_some() && frame.is_caught(own));
                }
            }
            inner = Some(frame.first);
        }
        false
    }

    /// Two words of a value in memory.
    pub(super) fn load_value(&mut self, region: Region, at: Value, offset: i32) -> (Value, Value) {
        (self.load(region, types::I64, at, offset), self.load(region, types::I64, at, offset + CONF))
    }

    pub(super) fn store_value(&mut self, region: Region, value: (Value, Value), at: Value, offset: i32) {
        self.store(region, value.0, at, offset);
        self.store(region, value.1, at, offset + CONF);
    }

    /// The two words at home.
    pub(super) fn load_home(&mut self, reg: usize) -> (Value, Value) {
        let base = self.base();
        let at = reg as i32 * SLOT;
        self.load_value(Region::Home, base, at)
    }

    fn store_home(&mut self, reg: usize, bits: Value, conf: Value) {
        let base = self.base();
        let at = reg as i32 * SLOT;
        self.store_value(Region::Home, (bits, conf), base, at);
    }

    /// Makes the home null, whatever it held: what that was has another owner now, or none.
    pub(super) fn clear_home(&mut self, reg: usize) {
        let (null, plain) = (self.word(NULL), self.plain());
        self.store_home(reg, null, plain);
    }

    /// What a register is, in two words; who owns it stays the same.
    pub(super) fn words(&mut self, reg: usize) -> (Value, Value) {
        match self.state.regs[reg].kind {
            Kind::Memory => match self.fixed.get(reg).copied().flatten() {
                Some(words) => words,
                None => self.load_home(reg),
            },
            kind => self.kind_words(kind),
        }
    }

    /// What a kind other than memory is, in two words.
    fn kind_words(&mut self, kind: Kind) -> (Value, Value) {
        let bits = match kind {
            Kind::Held(held) => return (held.bits, held.conf),
            Kind::Conf(number, conf) => {
                let bits = self.as_bits(number);
                return (bits, self.as_bits(conf));
            }
            Kind::ConfInt(number, conf) => {
                let number = self.float(number);
                let bits = self.as_bits(number);
                return (bits, self.as_bits(conf));
            }
            Kind::Num(number) => self.as_bits(number),
            Kind::Int(number) => {
                let number = self.float(number);
                self.as_bits(number)
            }
            Kind::Bool(truth) => {
                let truth = self.b.ins().uextend(types::I64, truth);
                let no = self.word(FALSE);
                self.b.ins().iadd(no, truth)
            }
            Kind::Text(text) => self.word(text),
            Kind::Null | Kind::Stale | Kind::Memory => self.word(NULL),
        };
        (bits, self.plain())
    }

    /// Makes the home say what the register is.
    pub(super) fn settle(&mut self, reg: usize) {
        let Reg { kind, synced } = self.state.regs[reg];
        let counted = match kind {
            Kind::Memory | Kind::Stale => return,
            Kind::Held(Held { owned, .. }) => !owned,
            Kind::Text(_) => true,
            _ if synced => return,
            _ => false,
        };
        self.exit_here = None;
        let (bits, conf) = self.words(reg);
        if counted {
            self.retain(bits);
        }
        self.store_home(reg, bits, conf);
        self.state.regs[reg] = match kind {
            Kind::Held(_) | Kind::Text(_) => Reg::MEMORY,
            kind => Reg { kind, synced: true },
        };
    }

    /// In an exit: writes what a register is to its home.
    pub(super) fn store_away(&mut self, reg: usize, kind: Kind) {
        let (bits, conf) = match kind {
            Kind::Held(Held { place: Some(Place { region, at, offset }), .. }) => self.load_value(region, at, offset),
            kind => self.kind_words(kind),
        };
        if matches!(kind, Kind::Held(Held { owned: false, .. }) | Kind::Text(_)) {
            self.call_aside(super::super::stubs::retain as *const u8, &[bits]);
        }
        self.store_home(reg, bits, conf);
    }

    /// Before an effect: what is only borrowed gets handles of its own, as the interpreter has them.
    pub(super) fn settle_borrowed(&mut self) {
        for reg in 0..self.state.regs.len() {
            if matches!(self.state.regs[reg].kind, Kind::Held(Held { owned: false, lasting: false, .. })) {
                self.settle(reg);
            }
        }
    }

    /// Writes all that is read later to its home.
    pub(super) fn settle_all(&mut self) {
        let pc = self.frame().pc;
        for reg in 0..self.state.regs.len() {
            if matches!(self.state.regs[reg].kind, Kind::Held(_)) || self.is_live(reg, pc) {
                self.settle(reg);
            }
        }
    }

    /// Gives a register another value; what it was is let go of.
    pub(super) fn define(&mut self, reg: usize, kind: Kind) {
        self.exit_here = None;
        let old = self.state.regs[reg].kind;
        self.state.regs[reg] = Reg::new(kind);
        let (bits, at_home) = match old {
            Kind::Memory => (self.load_home(reg).0, true),
            Kind::Held(Held { bits, owned: true, .. }) => (bits, false),
            _ => return,
        };
        // What is let go of may hold what is borrowed.
        self.settle_others(reg);
        match kind {
            Kind::Held(Held { owned: false, bits, .. }) => {
                self.retain(bits);
                if let Kind::Held(held) = &mut self.state.regs[reg].kind {
                    (held.owned, held.place) = (true, None);
                }
            }
            Kind::Text(_) => {
                let (bits, conf) = self.kind_words(kind);
                self.retain(bits);
                self.state.regs[reg].kind = Kind::Held(Held::owned(bits, conf));
            }
            _ => {}
        }
        if at_home {
            let (new, conf) = self.words_of_new(reg);
            self.store_home(reg, new, conf);
            let stored = &mut self.state.regs[reg];
            stored.synced = true;
            if matches!(stored.kind, Kind::Held(_)) {
                *stored = Reg::MEMORY;
            }
        }
        self.release(bits);
    }

    fn words_of_new(&mut self, reg: usize) -> (Value, Value) {
        let kind = self.state.regs[reg].kind;
        self.kind_words(kind)
    }

    fn settle_others(&mut self, reg: usize) {
        for other in (0..self.state.regs.len()).filter(|other| *other != reg) {
            if matches!(self.state.regs[other].kind, Kind::Held(Held { owned: false, lasting: false, .. })) {
                self.settle(other);
            }
        }
    }

    /// A register that is not read again.
    pub(super) fn forget(&mut self, reg: usize) {
        match self.state.regs[reg].kind {
            Kind::Memory | Kind::Held(Held { owned: true, .. }) => self.define(reg, Kind::Null),
            _ => {}
        }
        self.exit_here = None;
        self.state.regs[reg] = Reg::STALE;
    }

    /// Takes a register's value away: two words that are owned.
    pub(super) fn take(&mut self, reg: usize) -> (Value, Value) {
        self.exit_here = None;
        let kind = self.state.regs[reg].kind;
        let (bits, conf) = self.words(reg);
        match kind {
            Kind::Memory => self.clear_home(reg),
            Kind::Held(Held { owned: false, .. }) | Kind::Text(_) => self.retain(bits),
            _ => {}
        }
        self.state.regs[reg] = Reg::STALE;
        (bits, conf)
    }

    /// The register is now whatever a stub has put into its home.
    pub(super) fn written(&mut self, reg: usize) {
        self.exit_here = None;
        self.state.regs[reg] = Reg::MEMORY;
    }

    /// A register is now known to be of that kind, its value the same.
    pub(super) fn refine(&mut self, reg: usize, kind: Kind) {
        let synced = matches!(self.state.regs[reg].kind, Kind::Memory);
        self.state.regs[reg] = Reg { kind, synced };
    }

    /// Leaves if the word is not the confidence of a plain value.
    pub(super) fn guard_plain(&mut self, conf: Value) {
        if !self.is_known_plain(conf) {
            let plain = self.is_plain(conf);
            self.guard(plain);
            self.know_plain(conf);
        }
    }

    /// Whether the word is the confidence of a plain value.
    pub(super) fn is_plain(&mut self, conf: Value) -> Value {
        self.is_word(IntCC::Equal, conf, PLAIN_BITS)
    }
}
