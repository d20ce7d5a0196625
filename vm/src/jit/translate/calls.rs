//! Calls of functions of the program, compiled or inlined, and of library functions that are one instruction.

use super::super::context::{Context, Entry, status};
use super::super::state::{Held, Hint, Kind, Reg};
use super::blocks::Next;
use super::emit::Region;
use super::homes::SLOT;
use super::numbers::Term;
use super::{Failure, MOST_NUMBERS, Part, Translator};
use crate::machine::Loaded;
use crate::native::Body;
use crate::value::heap::HeapKind;
use crate::value::{TAG_STRING, UNINIT};
use cranelift_codegen::ir::condcodes::IntCC;
use cranelift_codegen::ir::{InstBuilder, Value, types};
use prism_bytecode::{Instr, LibraryId, Op, Operand};
use std::mem::offset_of;

/// Functions with at most so many instructions are inlined …
pub(in super::super) const MOST_INLINED: usize = 40;
/// … so deep …
pub(super) const MOST_NESTED: usize = 4;
/// … and into themselves so deep, …
const MOST_UNROLLED: usize = 1;
/// … as long as these are no more in all.
const MOST_INLINED_IN_ALL: usize = 400;

/// The call of a function that is left to the interpreter counts for so many instructions that the machine does.
const LEFT_CALL: usize = 4;

/// A call about to be made: its arguments are right, its callee is what it was seen to be.
#[derive(Clone, Copy)]
struct Ready<'a> {
    function: &'a Loaded,
    number: u32,
    hint: Hint,
    /// The callee's first register.
    first: usize,
    count: usize,
    /// How many are in the window; what is more than `count` goes.
    given: usize,
    result: usize,
    closure: Value,
    /// Whether it is known only how many arguments it takes.
    many: bool,
}

/// What a call of compiled code has given.
#[derive(Clone, Copy)]
struct Returned {
    /// Its status, …
    ended: Value,
    /// … its word, …
    bits: Value,
    /// … and its double.
    number: Value,
    /// The offset of the callee's first register.
    offset: Value,
    /// The register of the callee's handle.
    callee: usize,
    /// Where the value goes.
    result: usize,
}

impl<'a> Translator<'a, '_> {
    pub(super) fn call(&mut self, instr: Instr) -> Result<Next, Failure> {
        let count = instr.x as usize;
        self.call_of(instr, |function| function.params.accepts(count).then_some(count))
    }

    /// `offer(f, …)`: a call with as many arguments as the function takes.
    pub(super) fn offer(&mut self, instr: Instr) -> Result<Next, Failure> {
        let offered = instr.x as usize;
        self.call_of(instr, |function| {
            let params = function.params;
            let count = (params.required as usize + params.optional as usize).min(offered);
            (!params.rest && params.accepts(count)).then_some(count)
        })
    }

    /// Calls the value that a window begins with; `count` tells with how many arguments, if that is right.
    fn call_of(&mut self, instr: Instr, count: impl FnOnce(&Loaded) -> Option<usize>) -> Result<Next, Failure> {
        let callee = self.reg(instr.b);
        let first = callee + 1;
        let seen = self.seen();
        let hint = match self.state.regs[callee].kind {
            Kind::Held(Held { hint, .. }) => hint,
            Kind::Memory => self.hint(callee),
            _ => None,
        };
        let hint = seen.callee.map(|function| Hint { function, known: None, own: false }).or(hint);
        let Some(hint) = hint.filter(|_| !seen.general) else {
            self.leaves_call(seen.general);
            self.leave(!seen.general);
            return Ok(Next::Ends);
        };
        let function: &'a Loaded = &self.machine().functions[hint.function as usize];
        let (false, Some(count)) = (function.is_async || function.params.rest, count(function)) else {
            self.leave(false);
            return Ok(Next::Ends);
        };
        let given = instr.x as usize;
        let closure = if seen.many {
            self.guard_taking(callee, function.params.required)
        } else {
            self.guard_callee(callee, hint)
        };
        self.clear_from(first + given);
        let many = seen.many;
        let result = self.reg(instr.a);
        let ready = Ready { function, number: hint.function, hint, first, count, given, result, closure, many };
        if !many && self.is_inlined(&ready) {
            return self.inline(ready);
        }
        let entry = self.source.entries.get(hint.function as usize);
        let has_code = entry.is_some_and(|entry| !entry.boxed.is_null());
        if !has_code {
            let is_wanted = function.heat.want();
            self.leaves_call(!is_wanted && (many || function.heat.gave_up_calls()));
        }
        self.call_compiled(ready)
    }

    /// Notes whether the code is likely to end at the call at hand, which is worse than what the machine does in its midst.
    fn leaves_call(&mut self, is_likely: bool) {
        if is_likely && self.is_in_core() {
            self.general += LEFT_CALL;
        }
    }

    /// The address of the closure in a register; leaves if it is none that takes just so many arguments.
    fn guard_taking(&mut self, callee: usize, takes: u16) -> Value {
        let (bits, conf) = self.words(callee);
        self.guard_plain(conf);
        let at = self.other(bits, HeapKind::Closure);
        let entry = self.entry_of(at);
        let own = self.load(Region::Entry, types::I32, entry, offset_of!(Entry, takes) as i32);
        let same = self.is_word(IntCC::Equal, own, u64::from(takes));
        self.guard(same);
        at
    }

    /// The address of what is known of a closure's code.
    fn entry_of(&mut self, closure: Value) -> Value {
        let number = self.load(Region::Fixed, types::I32, closure, self.layout().function);
        let number = self.b.ins().uextend(types::I64, number);
        let offset = self.b.ins().ishl_imm_u(number, 5);
        let entries = self.context_fixed(offset_of!(Context, entries));
        self.b.ins().iadd(entries, offset)
    }

    /// The address of the closure in a register; leaves if it is none of that function.
    fn guard_callee(&mut self, callee: usize, hint: Hint) -> Value {
        let (bits, conf) = self.words(callee);
        if hint.own && matches!(self.state.regs[callee].kind, Kind::Held(_)) {
            return self.frame().closure;
        }
        self.guard_closure(bits, conf, hint.function)
    }

    /// The address of a plain closure of that function; leaves if it is none.
    pub(super) fn guard_closure(&mut self, bits: Value, conf: Value, function: u32) -> Value {
        self.guard_plain(conf);
        let at = self.other(bits, HeapKind::Closure);
        let own = self.load(Region::Fixed, types::I32, at, self.layout().function);
        let same = self.is_word(IntCC::Equal, own, u64::from(function));
        self.guard(same);
        at
    }

    /// What lies above a window goes: there are the registers of the callee, and of whatever that calls.
    fn clear_from(&mut self, first: usize) {
        let range = first..self.state.regs.len();
        for reg in range.clone() {
            self.settle(reg);
            if matches!(self.state.regs[reg].kind, Kind::Memory) {
                let (bits, _) = self.load_home(reg);
                let (held, next) = (self.b.create_block(), self.b.create_block());
                self.b.set_cold_block(held);
                let free = self.is_word(IntCC::UnsignedLessThan, bits, TAG_STRING);
                self.b.ins().brif(free, next, &[], held, &[]);
                self.aside(held);
                let base = self.base();
                let slot = self.b.ins().iadd_imm_s(base, reg as i64 * i64::from(SLOT));
                self.call_aside(super::super::stubs::let_go as *const u8, &[slot]);
                self.forget_regions(&[Region::Home]);
                self.b.ins().jump(next, &[]);
                self.rejoin(next);
                self.forget_loads();
            }
        }
        for reg in range {
            self.state.regs[reg] = Reg::STALE;
        }
        self.exit_here = None;
    }

    fn is_inlined(&self, ready: &Ready<'_>) -> bool {
        let function = ready.function;
        // Whether captures are cells is seen from the closure itself.
        let knows_captures = ready.hint.own || ready.hint.known.is_some() || function.captures().is_empty();
        knows_captures
            && function.compiled().code.len() <= MOST_INLINED
            && self.frames.len() < MOST_NESTED
            && function.compiled().handlers.is_empty()
            && self.inlined + function.compiled().code.len() <= MOST_INLINED_IN_ALL
            && self.frames.iter().filter(|frame| frame.number == ready.number).count() <= MOST_UNROLLED
            && function.compiled().code.iter().all(|instr| is_inlinable(instr.op))
    }

    /// Goes through the callee in place.
    fn inline(&mut self, ready: Ready<'a>) -> Result<Next, Failure> {
        let Ready { function, number, hint, first, count, result, closure, .. } = ready;
        let known = hint.known.and_then(|known| self.known.get(known as usize).cloned());
        let seen = if hint.own { self.frame().seen_closure.clone() } else { known };
        let needed = first + function.registers as usize;
        self.registers = self.registers.max(needed);
        self.inlined += function.compiled().code.len();
        self.step();
        self.drop_more(&ready);
        let outer = self.state.regs.len();
        self.state.regs.resize(needed.max(outer), Reg::STALE);
        self.missing(&ready, first + count);
        let mut frame = self.new_frame(number, first, closure, seen);
        frame.result = result;
        frame.outer = outer;
        self.frames.push(frame);
        self.go(0);
        self.run()?;
        let Some(frame) = self.frames.pop() else { return Ok(Next::Ends) };
        if frame.returns.is_empty() {
            return Ok(Next::Ends);
        }
        let behind = self.frame().pc + 1;
        self.merge(behind, frame.returns);
        Ok(Next::Falls)
    }

    /// Arguments that are offered but not taken.
    fn drop_more(&mut self, ready: &Ready<'_>) {
        for reg in ready.first + ready.count..ready.first + ready.given {
            self.forget(reg);
        }
    }

    /// Arguments that may be missing and are.
    fn missing(&mut self, ready: &Ready<'_>, from: usize) {
        let params = ready.function.params;
        for reg in from..ready.first + params.registers() as usize {
            if reg >= self.state.regs.len() {
                self.state.regs.resize(reg + 1, Reg::STALE);
            }
            let (bits, conf) = (self.word(UNINIT), self.plain());
            self.state.regs[reg] = Reg::new(Kind::Held(Held::lasting(bits, conf)));
        }
    }

    /// An inlined function ends: its value goes to where the caller wants it.
    pub(super) fn return_value(&mut self, instr: Instr) -> Result<Next, Failure> {
        let a = self.reg(instr.a);
        if self.frames.len() == 1 {
            self.finish_with(a);
            return Ok(Next::Ends);
        }
        let kind = match self.state.regs[a].kind {
            Kind::Memory | Kind::Held(_) | Kind::Text(_) => {
                let (bits, conf) = self.take(a);
                Kind::Held(Held::owned(bits, conf))
            }
            Kind::Stale => Kind::Null,
            kind => kind,
        };
        let (first, result, outer) = (self.frame().first, self.frame().result, self.frame().outer);
        self.let_go(first);
        self.state.regs.truncate(outer);
        self.forget(first - 1);
        self.define(result, kind);
        let edge = self.edge();
        self.frame_mut().returns.push(edge);
        Ok(Next::Ends)
    }

    /// Calls the callee's own code; leaves if there is none.
    fn call_compiled(&mut self, ready: Ready<'a>) -> Result<Next, Failure> {
        let Ready { function, number, first, count, result, closure, many, .. } = ready;
        let is_own = number == self.source.number && self.source.part == Part::Function && !many;
        let entry = self.source.entries.get(number as usize).copied();
        let mask = match entry {
            _ if is_own => self.source.in_registers,
            Some(entry) if !many => entry.in_registers,
            _ => 0,
        };
        let passed: Vec<usize> = (0..function.params.registers() as usize).filter(|at| mask >> at & 1 == 1).collect();
        let mut numbers = vec![];
        if passed.iter().all(|at| *at < count) && passed.len() <= MOST_NUMBERS {
            for at in &passed {
                match self.number(Term::Reg(first + at), 7) {
                    Some(number) if !self.state.regs[first + at].kind.is_confident() => {
                        numbers.push(number.float(self));
                    }
                    _ => break,
                }
            }
        }
        let fast = numbers.len() == passed.len();
        let target = self.target(&ready, is_own, fast, mask);
        self.settle_borrowed();
        let callee = first - 1;
        if let Kind::Held(Held { owned: true, .. }) = self.state.regs[callee].kind {
            self.settle(callee);
        }
        self.registers = self.registers.max(first + function.params.registers() as usize);
        self.step();
        self.drop_more(&ready);
        self.missing(&ready, first + count);
        for at in 0..function.params.registers() as usize {
            if !(fast && passed.contains(&at)) {
                self.settle(first + at);
            }
        }
        self.pass_left();
        let offset = self.slot_offset(first);
        let depth = self.b.ins().iadd_imm_s(self.depth, -(self.frames.len() as i64));
        let mut arguments = vec![self.context, offset, closure, depth];
        if fast {
            arguments.extend(numbers);
        }
        let call = match target {
            Some(target) => {
                let call_conv = self.b.func.signature.call_conv;
                let signature = super::signature(call_conv, arguments.len() as u32 - 4);
                let signature = self.b.import_signature(signature);
                self.b.ins().call_indirect(signature, target, &arguments)
            }
            None => {
                let own = self.own_body;
                self.b.ins().call(own, &arguments)
            }
        };
        let results = self.b.inst_results(call).to_vec();
        self.take_over();
        self.state.regs.truncate(self.frame_end());
        for reg in first..self.state.regs.len() {
            if many || reg < first + function.registers as usize {
                self.state.regs[reg] = Reg::STALE;
            }
        }
        self.exit_here = None;
        let numeric = if is_own { *self.numeric } else { !many && entry.is_some_and(|entry| entry.numeric) };
        let numeric = numeric && !self.seen().valued;
        self.took_own_for_number |= is_own && numeric;
        let returned = Returned { ended: results[0], bits: results[1], number: results[2], offset, callee, result };
        if numeric {
            self.take_number(returned)
        } else {
            self.take_value(returned)
        }
        Ok(Next::Falls)
    }

    /// Takes the value of a call, whatever it is.
    fn take_value(&mut self, returned: Returned) {
        let Returned { ended, bits, number, callee, result, .. } = returned;
        let (next, exited) = (self.b.create_block(), self.b.create_block());
        self.b.set_cold_block(exited);
        let exits = self.is_word(IntCC::Equal, ended, status::EXIT as u64);
        self.b.ins().brif(exits, exited, &[], next, &[]);
        self.aside(exited);
        self.exit_too(returned);
        self.rejoin(next);
        self.forget(callee);
        let is_number = self.is_word(IntCC::Equal, ended, status::NUMBER as u64);
        let (plain, conf) = (self.plain(), self.as_bits(number));
        let conf = self.b.ins().select(is_number, plain, conf);
        self.define(result, Kind::Held(Held::owned(bits, conf)));
    }

    /// Takes the value of a call for a plain number; leaves behind the call if it is none.
    fn take_number(&mut self, returned: Returned) {
        let Returned { ended, bits, number, callee, result, .. } = returned;
        let (next, other) = (self.b.create_block(), self.b.create_block());
        let (exited, valued) = (self.b.create_block(), self.b.create_block());
        for block in [other, exited, valued] {
            self.b.set_cold_block(block);
        }
        let is_number = self.is_word(IntCC::Equal, ended, status::NUMBER as u64);
        self.b.ins().brif(is_number, next, &[], other, &[]);
        self.aside(other);
        let exits = self.is_word(IntCC::Equal, ended, status::EXIT as u64);
        self.b.ins().brif(exits, exited, &[], valued, &[]);
        self.b.switch_to_block(valued);
        let before = self.state.clone();
        self.forget(callee);
        let conf = self.as_bits(number);
        self.define(result, Kind::Held(Held::owned(bits, conf)));
        let exit = self.exit_after_call();
        self.b.ins().jump(exit, &[]);
        self.state = before;
        self.exit_here = None;
        self.rejoin(exited);
        self.aside(exited);
        self.exit_too(returned);
        self.rejoin(next);
        self.forget(callee);
        self.define(result, Kind::Num(number));
    }

    /// The address of a callee's code; none if it is this body itself. Leaves if there is no code.
    fn target(&mut self, ready: &Ready<'_>, is_own: bool, fast: bool, mask: u64) -> Option<Value> {
        if is_own && fast {
            return None;
        }
        let entry = if ready.many {
            self.entry_of(ready.closure)
        } else {
            let entries = self.context_fixed(offset_of!(Context, entries));
            let offset = i64::from(ready.number) * size_of::<Entry>() as i64;
            self.b.ins().iadd_imm_s(entries, offset)
        };
        let field = if fast && !ready.many { offset_of!(Entry, fast) } else { offset_of!(Entry, boxed) };
        let code = self.load(Region::Entry, types::I64, entry, field as i32);
        let there = self.is_word(IntCC::NotEqual, code, 0);
        let exit = self.exit(false);
        self.unless(there, exit);
        if fast && !ready.many {
            let own = self.load(Region::Entry, types::I64, entry, offset_of!(Entry, in_registers) as i32);
            let same = self.is_word(IntCC::Equal, own, mask);
            self.guard(same);
        }
        Some(code)
    }

    /// One past the last register of all functions under way.
    fn frame_end(&self) -> usize {
        let ends = self.frames.iter().map(|frame| frame.first + frame.function.registers as usize);
        ends.max().unwrap_or_default()
    }

    /// Passes an exit on: the callee's frame is noted, and this body leaves too.
    fn exit_too(&mut self, returned: Returned) {
        let Returned { bits, offset, callee, .. } = returned;
        self.call_aside(super::super::stubs::note_exit as *const u8, &[self.context, bits, offset]);
        let before = self.state.clone();
        self.settle(callee);
        let exit = self.exit_of_call();
        self.b.ins().jump(exit, &[]);
        self.state = before;
        self.exit_here = None;
    }

    /// A library function of one number.
    pub(super) fn call_library(&mut self, instr: Instr) -> Result<Next, Failure> {
        let (a, argument) = (self.reg(instr.a), self.reg(instr.b));
        let library = &self.machine().library;
        let path = library.catalog.get(LibraryId(instr.c)).map_or("", |entry| entry.path.as_ref());
        if instr.x != 1 || self.seen().general {
            return self.general(instr);
        }
        if path == "value" {
            return self.value(instr);
        }
        let Some(Body::Number(function)) = library.bodies.get(instr.c as usize) else { return self.general(instr) };
        let Some(number) = self.number(Term::Reg(argument), 0) else { return self.general(instr) };
        if self.state.regs[argument].kind.is_confident() {
            return self.general(instr);
        }
        let number = number.float(self);
        self.step();
        let result = match path {
            "Math.sqrt" => self.b.ins().sqrt(number),
            "Math.abs" => self.b.ins().fabs(number),
            "Math.floor" => self.b.ins().floor(number),
            "Math.ceil" => self.b.ins().ceil(number),
            "Math.trunc" => self.b.ins().trunc(number),
            _ => {
                let function = self.word(*function as usize as u64);
                self.number_stub(super::super::stubs::number as *const u8, &[function, number], number)
            }
        };
        self.forget(argument);
        self.define(a, Kind::Num(result));
        Ok(Next::Falls)
    }
}

/// Instructions that inlined functions may have: those that have a translation and do not go back.
fn is_inlinable(op: Op) -> bool {
    let row = op.operands();
    let is_call = matches!(op, Op::Call | Op::Offer | Op::CallLibrary);
    let makes_window = matches!(row.b, Operand::Window { .. });
    op != Op::Loop && op.follower() != Some(Op::Loop) && op != Op::Throw && (is_call || !makes_window)
}
