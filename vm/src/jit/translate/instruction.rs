//! One instruction: which way it is translated.
//!
//! What has no translation of its own is done by the machine itself, by way of [`Translator::general`]; what may push
//! frames or suspend the fiber is done so only where the innermost frame is the interpreter's own, else left to it.

use super::super::context::Why;
use super::super::flow::taken;
use super::super::state::{Held, Hint, Kind, Reg};
use super::super::worth::{is_left, joins_texts};
use super::blocks::Next;
use super::emit::Region;
use super::numbers::Term;
use super::{Failure, Part, Translator};
use crate::interp::general::operator;
use crate::native::Body;
use crate::value::{TAG_OTHER, UNINIT, Value as Datum};
use cranelift_codegen::ir::condcodes::IntCC;
use cranelift_codegen::ir::{InstBuilder, types};
use prism_bytecode::{Capture, Instr, LibraryId, Op, Operand, Step};

impl Translator<'_, '_> {
    #[allow(clippy::too_many_lines, reason = "one match over all instructions")]
    pub(super) fn instruction(&mut self, instr: Instr) -> Result<Next, Failure> {
        let (a, b) = (self.reg(instr.a), self.reg(instr.b));
        self.counted += usize::from(self.is_in_core());
        if is_left(instr.op) || joins_texts(&self.frame().function.compiled().code, self.frame().pc) {
            return self.general(instr);
        }
        match instr.op {
            Op::Null => self.define(a, Kind::Null),
            Op::Bool => {
                let truth = self.b.ins().iconst(types::I8, i64::from(instr.x != 0));
                self.define(a, Kind::Bool(truth));
            }
            Op::Int => {
                let number = self.int_const(i64::from(instr.bc() as i32));
                self.define(a, Kind::Int(number));
            }
            Op::Const => self.constant(a, instr.bc()),
            Op::Uninit => {
                let (bits, conf) = (self.word(UNINIT), self.plain());
                self.define(a, Kind::Held(Held::lasting(bits, conf)));
            }
            Op::Move => self.copy(a, b, instr.x == 1),
            Op::LoadSelf => {
                let held = self.own_closure();
                self.define(a, Kind::Held(held));
            }
            Op::CaptureGet => return Ok(self.capture(instr)),
            Op::CaptureSet => return self.capture_set(instr),
            Op::CellGet => self.cell_get(instr),
            Op::CellSet => self.cell_set(instr),
            Op::GetExport => self.export(a, instr.bc()),
            Op::CheckInit => {
                if matches!(self.state.regs[a].kind, Kind::Memory | Kind::Held(_)) {
                    let (bits, _) = self.words(a);
                    let ready = self.is_word(IntCC::NotEqual, bits, UNINIT);
                    self.guard(ready);
                }
            }
            Op::Add | Op::Sub | Op::Mul | Op::Div | Op::Rem | Op::Pow => return self.arithmetic(instr),
            Op::ConfAdd | Op::ConfSub | Op::ConfMul | Op::ConfDiv => return self.arithmetic(instr),
            Op::ConfidenceOf => return self.confidence_of(instr),
            Op::Attach => return self.attach(instr),
            Op::Surer => return self.surer(instr),
            Op::Lt | Op::Le | Op::Gt | Op::Ge | Op::Eq | Op::Ne | Op::StrictEq | Op::StrictNe => {
                return self.comparison(instr);
            }
            Op::AddK | Op::SubK | Op::MulK | Op::DivK | Op::RemK => {
                let constant = self.constant_number(instr.c.into());
                let (Some(constant), x) = (constant, Term::Reg(b)) else { return self.general(instr) };
                let (x, y) = if instr.x == 1 { (Term::Const(constant), x) } else { (x, Term::Const(constant)) };
                return self.arithmetic_of(instr, operator(instr.op), x, y);
            }
            Op::CountLt | Op::CountLe | Op::CountLtK | Op::CountLeK => {
                let Some(constant) = self.constant_number(instr.bc()) else { return self.general(instr) };
                if self.count(a, constant) {
                    return Ok(Next::Falls);
                }
                return self.arithmetic_of(instr, Op::Add, Term::Reg(a), Term::Const(constant));
            }
            Op::IterTurn => return self.item_turn(instr),
            op if op.follower() == Some(Op::Jump) => return self.test(instr),
            op if op.follower() == Some(Op::Loop) => return self.turn(instr),
            Op::Neg | Op::Plus => return self.signed(instr),
            Op::Not => return self.not(instr),
            Op::Jump => {
                self.go(instr.bc() as usize);
                return Ok(Next::Ends);
            }
            Op::Loop if !self.has_head(instr.bc() as usize) => {
                // A loop around the one that was entered.
                self.leave(false);
                return Ok(Next::Ends);
            }
            Op::Loop => {
                self.step();
                self.go_back(instr.bc() as usize);
                return Ok(Next::Ends);
            }
            Op::JumpIfTrue | Op::JumpIfFalse => return self.jump_if_truth(instr),
            Op::JumpIfNull | Op::JumpIfNotNull => return self.jump_if_null(instr),
            Op::JumpIfGiven => return self.jump_if_given(instr),
            Op::JumpIfInt => return self.jump_if_int(instr),
            Op::GetField => return self.get_field(instr),
            Op::GetIndex => return self.get_index(instr),
            Op::GetPath => return self.get_path(instr),
            Op::SetField | Op::SetIndex | Op::SetPath => return self.set_part(instr),
            Op::Call => return self.call(instr),
            Op::Offer => return self.offer(instr),
            Op::IterNext => return self.next_item(instr),
            Op::Push => return self.push_on(instr),
            Op::IsArray => return self.is_array(instr),
            Op::IsKind => return self.is_kind(instr),
            Op::Await => {
                if matches!(self.state.regs[b].kind, Kind::Memory | Kind::Held(_)) {
                    if self.seen().general {
                        return self.general(instr);
                    }
                    let (bits, _) = self.words(b);
                    // A task would be waited for.
                    let no_task = self.is_word(IntCC::UnsignedLessThan, bits, TAG_OTHER);
                    self.guard(no_task);
                }
                self.copy(a, b, false);
            }
            Op::ArrayPush => return self.array_push(instr),
            Op::CallLibrary => return self.call_library(instr),
            Op::Return => return self.return_value(instr),
            Op::Throw => {
                self.leave(false);
                return Ok(Next::Ends);
            }
            _ => return self.general(instr),
        }
        Ok(Next::Falls)
    }

    pub(super) fn int_const(&mut self, number: i64) -> cranelift_codegen::ir::Value {
        let value = self.word(number as u64);
        self.constants.insert(value, number as f64);
        value
    }

    fn constant(&mut self, a: usize, index: u32) {
        let constant = self.machine().constant(self.frame().function, index);
        let kind = match constant.as_number() {
            Some(number) => match whole_constant(number) {
                Some(whole) => Kind::Int(self.int_const(whole)),
                None => Kind::Num(self.number_const(number)),
            },
            None => Kind::Text(constant.words().0),
        };
        self.define(a, kind);
    }

    fn copy(&mut self, a: usize, b: usize, last: bool) {
        if a == b {
            return;
        }
        let source = self.state.regs[b];
        let kind = match source.kind {
            Kind::Memory if last => {
                let (bits, conf) = self.take(b);
                Kind::Held(Held { hint: self.hint(b), ..Held::owned(bits, conf) })
            }
            Kind::Memory => {
                let (bits, conf) = self.words(b);
                Self::borrowed(bits, conf, self.hint(b))
            }
            Kind::Held(held) if last => {
                self.state.regs[b] = Reg::STALE;
                Kind::Held(held)
            }
            Kind::Held(held) => Kind::Held(Held { owned: false, ..held }),
            Kind::Stale => Kind::Null,
            kind => kind,
        };
        if last && !matches!(source.kind, Kind::Memory | Kind::Held(_)) {
            self.state.regs[b] = Reg::STALE;
        }
        self.define(a, kind);
    }

    /// The function that a register was seen to hold when compiling began.
    pub(super) fn hint(&mut self, reg: usize) -> Option<Hint> {
        if self.frames.len() > 1 {
            return None;
        }
        let seen = self.source.registers.get(reg)?.clone();
        self.hint_of(&seen)
    }

    /// The function that a value is, or the cell that it is holds.
    pub(super) fn hint_of(&mut self, seen: &Datum) -> Option<Hint> {
        let held = seen.as_cell().map_or_else(|| seen.clone(), |cell| cell.get());
        let function = held.as_closure()?.function;
        let known = u32::try_from(self.known.len()).ok()?;
        self.known.push(held);
        Some(Hint { function, known: Some(known), own: false })
    }

    /// What was seen at the instruction at hand.
    pub(super) fn seen(&self) -> super::super::profile::Seen {
        self.source.profile.at(self.frame().number, self.frame().pc)
    }

    fn own_closure(&mut self) -> Held {
        let closure = self.frame().closure;
        let (tag, null) = (self.word(TAG_OTHER), self.word(crate::value::NULL));
        let handle = self.b.ins().bor(closure, tag);
        let there = self.is_word(IntCC::NotEqual, closure, 0);
        let bits = self.b.ins().select(there, handle, null);
        let hint = Some(Hint { function: self.frame().number, known: None, own: true });
        Held { hint, ..Held::lasting(bits, self.plain()) }
    }

    /// The machine does the instruction: what it reads is at home, and so is what it writes.
    pub(super) fn general(&mut self, instr: Instr) -> Result<Next, Failure> {
        self.general += usize::from(self.is_in_core());
        let outermost = self.frames.len() == 1 && matches!(self.source.part, Part::Loop(_));
        if !(self.is_simple(instr) || (outermost && may_call(instr.op))) {
            self.leave(false);
            return Ok(Next::Ends);
        }
        let row = instr.op.operands();
        let (reads, windows, writes) = self.touched(instr);
        for reg in reads.iter().chain(&windows) {
            self.settle(*reg);
        }
        for reg in &writes {
            if matches!(self.state.regs[*reg].kind, Kind::Held(_)) {
                self.forget(*reg);
            }
        }
        self.settle_borrowed();
        if !self.is_simple(instr) {
            self.settle_all();
        }
        self.save_left();
        let pc = self.frame().pc;
        let site = self.new_site(pc, Why::Time);
        let site = self.word(site);
        let closure = self.frame().closure;
        let arguments = [self.context, self.offset, site, closure];
        let stub = if self.is_simple(instr) { super::super::stubs::simple } else { super::super::stubs::calling };
        let done = self.call_stub(stub as *const u8, &arguments, Some(types::I64));
        self.reload();
        self.exit_here = None;
        let Some(done) = done else { return Ok(Next::Ends) };
        let (next, other) = (self.b.create_block(), self.b.create_block());
        self.b.set_cold_block(other);
        let same = self.is_word(IntCC::Equal, done, super::super::stubs::DONE);
        self.b.ins().brif(same, next, &[], other, &[]);
        self.aside(other);
        let before = self.state.clone();
        let after = |it: &mut Self| {
            for reg in &windows {
                if !matches!(it.state.regs[*reg].kind, Kind::Memory) {
                    it.state.regs[*reg] = Reg::STALE;
                }
            }
            writes.iter().for_each(|reg| it.written(*reg));
        };
        let (raised, moved, choose) = (self.exit(false), self.b.create_block(), self.b.create_block());
        let target = match instr.op.follower() {
            Some(_) => self.frame().function.compiled().code[pc + 1].bc(),
            None => instr.bc(),
        };
        let is_test = instr.op.follower() == Some(Op::Jump);
        if row.bc == Operand::Jump || is_test {
            let jumps = self.is_word(IntCC::Equal, done, super::super::stubs::JUMPED);
            let jumped = self.b.create_block();
            self.b.ins().brif(jumps, jumped, &[], choose, &[]);
            self.b.switch_to_block(jumped);
            after(self);
            self.go(target as usize);
        } else {
            self.b.ins().jump(choose, &[]);
        }
        self.b.switch_to_block(choose);
        let was_raised = self.is_word(IntCC::Equal, done, super::super::stubs::RAISED);
        self.b.ins().brif(was_raised, raised, &[], moved, &[]);
        self.b.switch_to_block(moved);
        let none = self.word(super::super::context::NO_SITE);
        self.finish_for_interpreter(none);
        self.rejoin(next);
        self.state = before;
        after(self);
        if instr.op.ends_block() {
            self.leave(false);
            return Ok(Next::Ends);
        }
        Ok(if is_test { Next::Skips } else { Next::Falls })
    }

    /// The number that a constant is.
    fn constant_number(&self, index: u32) -> Option<f64> {
        self.machine().constant(self.frame().function, index).as_number()
    }

    /// The registers that an instruction reads, those of its window apart, and those that it writes.
    fn touched(&self, instr: Instr) -> (Vec<usize>, Vec<usize>, Vec<usize>) {
        let (mut reads, mut windows, mut writes) = (vec![], vec![], vec![]);
        let row = instr.op.operands();
        for (operand, at) in [(row.a, instr.a), (row.b, instr.b), (row.c, instr.c)] {
            let reg = self.reg(at);
            match operand {
                Operand::Def => writes.push(reg),
                Operand::Use => reads.push(reg),
                Operand::Mod => {
                    reads.push(reg);
                    writes.push(reg);
                }
                Operand::Window { extra } => windows.extend(reg..reg + instr.x as usize + extra as usize),
                Operand::Iterator => {
                    reads.extend(reg..reg + 4);
                    writes.extend(reg..reg + 4);
                }
                Operand::Mutation => {
                    if let Some(mutation) = self.frame().function.compiled().mutations.get(at as usize) {
                        reads.push(self.reg(mutation.root));
                        writes.push(self.reg(mutation.root));
                    }
                }
                _ => {}
            }
        }
        if let Some(taken) = taken(instr) {
            // Whatever is left there is not read.
            windows.push(self.reg(taken));
        }
        if instr.op == Op::Push {
            writes.push(self.reg(instr.a));
        }
        if row.bc == Operand::Path
            && let Some(path) = self.frame().function.compiled().paths.get(instr.bc() as usize)
        {
            reads.push(self.reg(path.root));
            writes.push(self.reg(path.root));
            for step in &path.steps {
                if let Step::Register(register) = step {
                    reads.push(self.reg(*register));
                }
            }
        }
        if instr.op == Op::Closure {
            let unit = self.machine().unit(self.frame().function.origin);
            let made = self.machine().functions.get((unit.first + instr.bc()) as usize);
            for capture in made.map_or(&[][..], |made| made.captures()) {
                if let Capture::Register(register) = capture {
                    reads.push(self.reg(*register));
                }
            }
        }
        (reads, windows, writes)
    }

    /// Whether the machine can do it whatever the innermost frame is: it neither calls nor waits for an answer.
    fn is_simple(&self, instr: Instr) -> bool {
        match instr.op {
            Op::CallLibrary => {
                matches!(
                    self.machine().library.bodies.get(LibraryId(instr.c).0 as usize),
                    Some(Body::Native(_) | Body::Number(_))
                )
            }
            op => super::super::stubs::is_simple(op),
        }
    }

    fn export(&mut self, a: usize, slot: u32) {
        let exports = &self.machine().unit(self.frame().function.origin).exports;
        let hint = exports.get(slot as usize).cloned().and_then(|seen| self.hint_of(&seen));
        // The list of slots stays where it is as long as the program does not grow, and then all code goes.
        let at = self.word(exports.as_ptr().wrapping_add(slot as usize) as u64);
        let kind = self.part(Region::Held, at, 0, hint);
        self.define(a, kind);
    }
}

/// Instructions that may push a frame, suspend the fiber or ask the host.
fn may_call(op: Op) -> bool {
    matches!(
        op,
        Op::Call
            | Op::Offer
            | Op::CallSpread
            | Op::CallMethod
            | Op::CallMethodSpread
            | Op::CallLibrary
            | Op::CallLibrarySpread
    )
}

/// A constant that is a whole number within 32 bits, not -0.
pub(crate) fn whole_constant(number: f64) -> Option<i64> {
    let whole = number as i32;
    (f64::from(whole).to_bits() == number.to_bits()).then_some(i64::from(whole))
}
