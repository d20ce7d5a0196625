//! Variables: where they live, how they are read, stored and declared.

use super::code::LAST;
use super::facts::{Sharing, names};
use super::{Lower, Reg};
use crate::ast::{Pattern, PatternKind};
use crate::resolve::{BodyId, VariableId};
use prism_bytecode::{Capture, Instr, Op};
use prism_diagnostics::Span;

/// Where a variable lives in the body that declares it.
#[derive(Clone, Copy, Debug)]
pub(super) enum Home {
    /// Its value is in a register.
    Register(Reg),
    /// Its cell is in a register.
    Cell(Reg),
}

/// Where a variable is, seen from the body that is lowered.
#[derive(Clone, Copy, Debug)]
pub(super) enum Place {
    /// Its value is in a register.
    Register(Reg),
    /// Its cell is in a register.
    Cell(Reg),
    /// Its cell or its value is captured.
    Capture(u16),
    /// It is the running function.
    Itself,
    /// Nowhere: faults in the text.
    Nowhere,
}

impl Lower<'_> {
    /// Where the variable is.
    pub(super) fn place(&self, id: VariableId) -> Place {
        if self.body.itself == Some(id) {
            return Place::Itself;
        }
        if self.resolution.variable(id).body != self.body.id {
            return self.body.captures.get(&id).map_or(Place::Nowhere, |index| Place::Capture(*index));
        }
        match self.homes.get(id.0 as usize).copied().flatten() {
            Some(Home::Register(reg)) => Place::Register(reg),
            Some(Home::Cell(reg)) => Place::Cell(reg),
            None => Place::Nowhere,
        }
    }

    /// Whether a use of the variable there may come too early.
    pub(super) fn is_checked(&self, id: VariableId, span: Span) -> bool {
        self.facts.needs_check(id, self.body.id, span.start, self.resolution)
    }

    /// Emits the check of a value read from the variable, if it needs one.
    fn check(&mut self, id: VariableId, value: Reg, span: Span) {
        if self.is_checked(id, span) && self.body.itself != Some(id) {
            let name = self.output.text(&self.resolution.variable(id).name);
            self.code.wide(Op::CheckInit, value, name.0, span);
        }
    }

    /// Reads the variable into a register.
    pub(super) fn load(&mut self, id: VariableId, dst: Reg, span: Span) {
        if self.is_checked(id, span) && self.code.is_home(dst) {
            return self.scoped(|this| {
                let value = this.temp();
                this.load(id, value, span);
                this.code.copy(dst, value, span);
            });
        }
        match self.place(id) {
            Place::Register(reg) => self.code.copy(dst, reg, span),
            Place::Cell(reg) => self.code.op2(Op::CellGet, dst, reg, span),
            Place::Capture(index) => self.code.wide(Op::CaptureGet, dst, index.into(), span),
            Place::Itself => self.code.op1(Op::LoadSelf, dst, span),
            Place::Nowhere => self.code.op1(Op::Null, dst, span),
        }
        self.check(id, dst, span);
    }

    /// The variable's value in its own register, or read into a new one.
    pub(super) fn value_of(&mut self, id: VariableId, span: Span) -> Reg {
        match self.place(id) {
            Place::Register(reg) => {
                self.check(id, reg, span);
                reg
            }
            _ => {
                let value = self.temp();
                self.load(id, value, span);
                value
            }
        }
    }

    /// Emits the check that the variable may be assigned, if one is needed.
    pub(super) fn check_assigned(&mut self, id: VariableId, span: Span) {
        if self.is_checked(id, span) {
            self.scoped(|this| {
                this.value_of(id, span);
            });
        }
    }

    /// The register that updates of the variable's parts go to: its own, or its cell.
    pub(super) fn root(&mut self, id: VariableId, span: Span) -> Reg {
        self.check_assigned(id, span);
        match self.place(id) {
            Place::Register(reg) | Place::Cell(reg) => reg,
            Place::Capture(index) => {
                let cell = self.temp();
                self.code.wide(Op::CaptureCell, cell, index.into(), span);
                cell
            }
            Place::Itself | Place::Nowhere => self.value_of(id, span),
        }
    }

    /// Stores a value in the variable; `last` tells that its register is not read again.
    pub(super) fn store(&mut self, id: VariableId, value: Reg, last: bool, span: Span) {
        let x = u8::from(last) * LAST;
        match self.place(id) {
            Place::Register(reg) if last => self.code.hand(reg, value, span),
            Place::Register(reg) => self.code.copy(reg, value, span),
            Place::Cell(reg) => self.code.emit(Instr::xabc(Op::CellSet, x, reg.0, value.0, 0), span),
            Place::Capture(index) => {
                let instr = Instr { x, ..Instr::wide(Op::CaptureSet, value.0, index.into()) };
                self.code.emit(instr, span);
            }
            Place::Itself | Place::Nowhere => {}
        }
    }

    /// The variable's own register, where a value can be made in.
    pub(super) fn own_register(&self, id: VariableId) -> Option<Reg> {
        match self.place(id) {
            Place::Register(reg) => Some(reg),
            _ => None,
        }
    }

    fn set_home(&mut self, id: VariableId, home: Home) {
        if let Some(slot) = self.homes.get_mut(id.0 as usize) {
            *slot = Some(home);
        }
        let (Home::Register(reg) | Home::Cell(reg)) = home;
        self.code.settle(reg);
    }

    /// Gives the variable the register, which holds its value or will.
    pub(super) fn settle(&mut self, id: VariableId, reg: Reg) {
        self.set_home(id, Home::Register(reg));
    }

    /// Gives the variable the register, which holds its cell.
    pub(super) fn settle_cell(&mut self, id: VariableId, cell: Reg) {
        self.set_home(id, Home::Cell(cell));
    }

    /// Gives the variable a cell that holds no value yet.
    pub(super) fn settle_early(&mut self, id: VariableId, span: Span) {
        let cell = self.temp();
        self.code.op1(Op::NewCell, cell, span);
        self.set_home(id, Home::Cell(cell));
    }

    /// Turns the variable's register into its cell, if it needs one.
    pub(super) fn seal(&mut self, id: VariableId, span: Span) {
        if let (Sharing::Cell | Sharing::EarlyCell, Some(reg)) = (self.facts.sharing(id), self.own_register(id)) {
            self.code.op1(Op::MakeCell, reg, span);
            self.set_home(id, Home::Cell(reg));
        }
    }

    /// Gives each name of a pattern that has no home yet one, and each that closures take early its cell.
    pub(super) fn open(&mut self, pattern: &Pattern) {
        for name in names(pattern) {
            if let Some(id) = self.resolution.variable_at(name.id) {
                self.open_variable(id, name.span);
            }
        }
    }

    /// Gives the variable a home, if it has none yet.
    pub(super) fn open_variable(&mut self, id: VariableId, span: Span) {
        if self.has_home(id) {
            return;
        }
        if self.facts.sharing(id) == Sharing::EarlyCell {
            self.settle_early(id, span);
        } else {
            let reg = self.temp();
            self.settle(id, reg);
        }
    }

    /// Gives the variable its home where its scope begins, if closures may take it, or reads find it, before its
    /// declaration has run.
    pub(super) fn open_early(&mut self, id: VariableId, span: Span) {
        if self.has_home(id) {
            return;
        }
        if self.facts.sharing(id) == Sharing::EarlyCell {
            self.settle_early(id, span);
        } else if self.resolution.variable(id).check_init {
            self.settle_unset(id, span);
        }
    }

    /// Gives the variable a home that tells whether its declaration has run.
    pub(super) fn open_unset(&mut self, id: VariableId, span: Span) {
        if self.facts.sharing(id) == Sharing::Register {
            self.settle_unset(id, span);
        } else {
            self.settle_early(id, span);
        }
    }

    fn settle_unset(&mut self, id: VariableId, span: Span) {
        let reg = self.temp();
        self.code.op1(Op::Uninit, reg, span);
        self.settle(id, reg);
    }

    /// Whether the variable has a home.
    pub(super) fn has_home(&self, id: VariableId) -> bool {
        self.homes.get(id.0 as usize).is_some_and(Option::is_some)
    }

    /// Makes cells of those names of a pattern that need them, now that they have their values.
    pub(super) fn close(&mut self, pattern: &Pattern) {
        for name in names(pattern) {
            if let Some(id) = self.resolution.variable_at(name.id) {
                self.seal(id, name.span);
            }
        }
    }

    /// Binds a pattern whose names begin to live to a value in a register, which is theirs from now on.
    pub(super) fn bind_to(&mut self, pattern: &Pattern, value: Reg) {
        match &pattern.kind {
            PatternKind::Name(name) if pattern.threshold.is_none() => {
                if let Some(id) = self.resolution.variable_at(name.id) {
                    self.bind_variable(id, value, name.span);
                }
            }
            _ => {
                self.open(pattern);
                self.take(pattern, value, None);
                self.close(pattern);
            }
        }
    }

    /// Binds a variable that begins to live to a value in a register, which is its own from now on.
    pub(super) fn bind_variable(&mut self, id: VariableId, value: Reg, span: Span) {
        self.settle(id, value);
        self.seal(id, span);
    }

    /// Gives the variables that the body's assignments declare their registers, with null in them.
    pub(super) fn implicit(&mut self, body: BodyId, span: Span) {
        for id in &self.resolution.body(body).implicit {
            let reg = self.temp();
            self.code.op1(Op::Null, reg, span);
            self.settle(*id, reg);
            self.seal(*id, span);
        }
    }

    /// What a closure of the body takes along, seen from here. The registers of what is not at hand are new.
    pub(super) fn captures(&mut self, body: BodyId, span: Span) -> Vec<(VariableId, Capture)> {
        let mut captures = Vec::new();
        for id in &self.resolution.body(body).captures {
            if self.facts.own_body(*id) == Some(body) {
                continue;
            }
            let capture = match self.place(*id) {
                Place::Register(reg) | Place::Cell(reg) => Capture::Register(reg.0),
                Place::Capture(index) => Capture::Capture(index),
                Place::Itself | Place::Nowhere => Capture::Register(self.value_of(*id, span).0),
            };
            captures.push((*id, capture));
        }
        captures
    }
}
