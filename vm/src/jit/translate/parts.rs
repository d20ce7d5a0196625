//! Captured variables, cells, elements and members: read as borrowed words, changed in place.

use super::super::context::Context;
use super::super::layout::shape_word;
use super::super::state::{Held, Hint, Kind, Left, Place};
use super::blocks::Next;
use super::emit::Region;
use super::homes::{CONF, SLOT};
use super::numbers::{Number, Term};
use super::{Failure, Translator};
use crate::value::heap::HeapKind;
use crate::value::{LAST_NUMBER, Shape, TAG_ARRAY, TAG_OBJECT, TAG_OTHER, TAG_STRING, Value as Datum};
use cranelift_codegen::ir::condcodes::{FloatCC, IntCC};
use cranelift_codegen::ir::{Block, BlockArg, InstBuilder, Value, types};
use prism_bytecode::{Instr, KindSet, Op, Step};
use std::mem::offset_of;
use std::rc::Rc;

impl Translator<'_, '_> {
    /// The address of an object of a kind without a tag of its own; leaves if the payload is none.
    pub(super) fn other(&mut self, bits: Value, kind: HeapKind) -> Value {
        let other = self.is_word(IntCC::UnsignedGreaterThanOrEqual, bits, TAG_OTHER);
        self.guard(other);
        let at = self.address(bits);
        let own = self.load(Region::Fixed, types::I8, at, self.layout().kind);
        let same = self.is_word(IntCC::Equal, own, u64::from(kind as u8));
        self.guard(same);
        at
    }

    /// The address of an array or object; leaves if the payload is none.
    pub(super) fn tagged(&mut self, bits: Value, tag: u64) -> Value {
        let own = self.tag(bits);
        let same = self.is_word(IntCC::Equal, own, tag >> 48);
        self.guard(same);
        self.address(bits)
    }

    /// Leaves if another handle could see the object.
    fn guard_unique(&mut self, at: Value) {
        let count = self.load(Region::Count, types::I32, at, 0);
        let only = self.is_word(IntCC::Equal, count, 1);
        self.guard(only);
    }

    /// A value that another register holds.
    pub(super) fn borrowed(bits: Value, conf: Value, hint: Option<Hint>) -> Kind {
        Kind::Held(Held { bits, conf, owned: false, lasting: false, hint, place: None })
    }

    /// A value that stands in memory.
    pub(super) fn part(&mut self, region: Region, at: Value, offset: i32, hint: Option<Hint>) -> Kind {
        let (bits, conf) = self.load_value(region, at, offset);
        let place = Some(Place { region, at, offset });
        Kind::Held(Held { bits, conf, owned: false, lasting: false, hint, place })
    }

    /// Where a capture stands in the running closure, and whether it is a cell; leaves if that was seen otherwise.
    pub(super) fn capture_at(&mut self, index: u32) -> Option<(Value, Value, bool)> {
        let (closure, seen) = (self.frame().closure, self.frame().seen_closure.clone());
        let seen = seen.as_ref()?.as_closure()?.captures.get(index as usize)?.clone();
        let there = self.is_word(IntCC::NotEqual, closure, 0);
        self.guard(there);
        let captures = self.load(Region::Fixed, types::I64, closure, self.layout().captures);
        let (bits, conf) = self.load_value(Region::Fixed, captures, index as i32 * SLOT);
        if seen.as_cell().is_some() {
            return Some((self.other(bits, HeapKind::Cell), conf, true));
        }
        let (bits_of_seen, _) = seen.words();
        if bits_of_seen < TAG_OTHER {
            let no_cell = self.is_word(IntCC::UnsignedLessThan, bits, TAG_OTHER);
            self.guard(no_cell);
        } else {
            let other = self.is_word(IntCC::UnsignedGreaterThanOrEqual, bits, TAG_OTHER);
            self.guard(other);
            let at = self.address(bits);
            let own = self.load(Region::Fixed, types::I8, at, self.layout().kind);
            let no_cell = self.is_word(IntCC::NotEqual, own, u64::from(HeapKind::Cell as u8));
            self.guard(no_cell);
        }
        Some((bits, conf, false))
    }

    pub(super) fn capture(&mut self, instr: Instr) -> Next {
        let a = self.reg(instr.a);
        let Some((at, conf, is_cell)) = self.capture_at(instr.bc()) else { return self.leaves() };
        let hint = self.frame().seen_closure.clone().and_then(|seen| {
            let seen = seen.as_closure()?.captures.get(instr.bc() as usize)?.clone();
            self.hint_of(&seen)
        });
        let kind = if is_cell {
            self.part(Region::Held, at, self.layout().held, hint)
        } else {
            Kind::Held(Held { hint, ..Held::lasting(at, conf) })
        };
        self.define(a, kind);
        Next::Falls
    }

    fn leaves(&mut self) -> Next {
        self.leave(true);
        Next::Ends
    }

    pub(super) fn capture_set(&mut self, instr: Instr) -> Result<Next, Failure> {
        let a = self.reg(instr.a);
        match self.capture_at(instr.bc()) {
            Some((cell, _, true)) => self.put(Region::Held, cell, self.layout().held, a, instr.x == 1),
            _ => return Ok(self.leaves()),
        }
        Ok(Next::Falls)
    }

    pub(super) fn cell_get(&mut self, instr: Instr) {
        let (a, b) = (self.reg(instr.a), self.reg(instr.b));
        let cell = self.cell(b);
        let hint = self.hint(b);
        let kind = self.part(Region::Held, cell, self.layout().held, hint);
        self.define(a, kind);
    }

    pub(super) fn cell_set(&mut self, instr: Instr) {
        let (a, b) = (self.reg(instr.a), self.reg(instr.b));
        let cell = self.cell(a);
        self.put(Region::Held, cell, self.layout().held, b, instr.x == 1);
    }

    /// The address of the cell in a register.
    fn cell(&mut self, reg: usize) -> Value {
        let (bits, _) = self.words(reg);
        let at = self.other(bits, HeapKind::Cell);
        self.know_cell(at, reg);
        at
    }

    /// Before a loop: loads the numbers of variables in cells that it reads.
    pub(super) fn look_into(&mut self, head: usize, end: usize) {
        if self.seen().exits > 0 || self.source.profile.at(self.frame().number, head).exits > 0 {
            return;
        }
        let closure = self.frame().seen_closure.clone();
        let is_number = |cell: Option<&Datum>| {
            let held = cell.and_then(Datum::as_cell).map(|cell| cell.get());
            held.is_some_and(|held| held.is_number() && !held.is_confident())
        };
        for instr in self.frame().function.compiled().code.iter().take(end + 1).skip(head) {
            let place = match instr.op {
                Op::CellGet if is_number(self.source.registers.get(instr.b as usize)) => self.cell(self.reg(instr.b)),
                Op::CaptureGet => {
                    let captures = closure.as_ref().and_then(Datum::as_closure).map(|closure| &closure.captures);
                    let Some(seen) = captures.and_then(|it| it.get(instr.bc() as usize)) else { continue };
                    if let Some(seen) = seen.as_closure() {
                        let Some((bits, conf, false)) = self.capture_at(instr.bc()) else { continue };
                        self.guard_closure(bits, conf, seen.function);
                        continue;
                    }
                    if !is_number(Some(seen)) {
                        continue;
                    }
                    let Some((cell, _, true)) = self.capture_at(instr.bc()) else { continue };
                    cell
                }
                _ => continue,
            };
            let place = Place { region: Region::Held, at: place, offset: self.layout().held };
            let (bits, conf) = self.load_value(place.region, place.at, place.offset);
            self.plain_number_at(place, bits, conf);
        }
    }

    /// Puts a register's value into a place in memory that this code may change; what was there is let go of.
    fn put(&mut self, region: Region, at: Value, offset: i32, reg: usize, last: bool) {
        let (old, old_conf) = self.load_value(region, at, offset);
        let counted = matches!(self.state.regs[reg].kind, Kind::Memory | Kind::Held(_) | Kind::Text(_));
        if !counted && !self.is_number(old) && !self.is_number_at(Place { region, at, offset }) {
            // What is not counted most often takes the place of its like.
            let free = self.is_word(IntCC::UnsignedLessThan, old, TAG_STRING);
            self.guard(free);
        }
        self.settle_borrowed();
        let value = if last { self.take(reg) } else { self.shared(reg) };
        self.store(region, value.0, at, offset);
        if value.1 != self.plain() || !self.is_known_plain(old_conf) {
            self.store(region, value.1, at, offset + CONF);
        }
        if counted {
            self.release(old);
        }
    }

    /// A register's value with a count of its own; the register keeps it.
    fn shared(&mut self, reg: usize) -> (Value, Value) {
        if let Kind::Held(_) | Kind::Text(_) = self.state.regs[reg].kind {
            self.settle(reg);
        }
        let words = self.words(reg);
        if matches!(self.state.regs[reg].kind, Kind::Memory) {
            self.retain(words.0);
        }
        words
    }

    pub(super) fn get_field(&mut self, instr: Instr) -> Result<Next, Failure> {
        let (a, b) = (self.reg(instr.a), self.reg(instr.b));
        if self.seen().general || !matches!(self.state.regs[b].kind, Kind::Memory | Kind::Held(_)) {
            return self.general(instr);
        }
        let site = &self.frame().function.sites[instr.c as usize];
        let Some((shape, place)) = site.seen_shape() else {
            if site.name.as_str() == "length" {
                self.array_length(a, b);
                return Ok(Next::Falls);
            }
            return self.unseen(instr);
        };
        let (bits, conf) = self.words(b);
        self.guard_plain(conf);
        let values = self.shaped(bits, &shape);
        let kind = self.part(Region::Member, values, place as i32 * SLOT, None);
        self.define(a, kind);
        Ok(Next::Falls)
    }

    /// The values of an object of that shape; leaves if the payload is none.
    fn shaped(&mut self, bits: Value, shape: &Rc<Shape>) -> Value {
        let at = self.tagged(bits, TAG_OBJECT);
        self.guard_shape(at, shape);
        self.load(Region::Frame, types::I64, at, self.layout().values)
    }

    fn guard_shape(&mut self, at: Value, shape: &Rc<Shape>) {
        let own = self.load(Region::Frame, types::I64, at, self.layout().shape);
        let same = self.is_word(IntCC::Equal, own, shape_word(shape) as u64);
        self.guard(same);
        if !self.keeps.iter().any(|kept| Rc::ptr_eq(kept, shape)) {
            self.keeps.push(shape.clone());
        }
    }

    fn array_length(&mut self, a: usize, b: usize) {
        let (bits, conf) = self.words(b);
        self.guard_plain(conf);
        let at = self.tagged(bits, TAG_ARRAY);
        let length = self.load(Region::Frame, types::I64, at, self.layout().length);
        let short = self.is_word(IntCC::UnsignedLessThan, length, 1 << 31);
        self.guard(short);
        self.define(a, Kind::Int(length));
    }

    /// An index as a whole number, floored; leaves if it is negative or no plain number.
    fn position(&mut self, reg: usize) -> Option<Value> {
        let away = !matches!(self.state.regs[reg].kind, Kind::Memory | Kind::Held(_));
        let seen = self.source.registers.get(reg).filter(|_| self.frames.len() == 1 && !away);
        if seen.is_some_and(|seen| seen.as_str().is_some()) {
            return None;
        }
        match self.number(Term::Reg(reg), 0)? {
            Number::Int(value) => Some(value),
            Number::Num(value) => {
                let zero = self.number_const(0.0);
                let fine = self.is_float(FloatCC::GreaterThanOrEqual, value, zero);
                self.guard(fine);
                Some(self.cut(value))
            }
            Number::Conf(..) | Number::ConfInt(..) | Number::Const(_) => None,
        }
    }

    /// The address of an element; leaves if there is none.
    fn element(&mut self, array: Value, index: Value) -> Value {
        let length = self.load(Region::Frame, types::I64, array, self.layout().length);
        let within = self.is(IntCC::UnsignedLessThan, index, length);
        self.guard(within);
        let items = self.load(Region::Frame, types::I64, array, self.layout().items);
        self.slot_of(items, index)
    }

    pub(super) fn get_index(&mut self, instr: Instr) -> Result<Next, Failure> {
        let (a, b, c) = (self.reg(instr.a), self.reg(instr.b), self.reg(instr.c));
        let holds = matches!(self.state.regs[b].kind, Kind::Memory | Kind::Held(_));
        if self.seen().general || !holds {
            return self.general(instr);
        }
        let Some(index) = self.position(c) else { return self.general(instr) };
        let (bits, conf) = self.words(b);
        self.guard_plain(conf);
        let array = self.tagged(bits, TAG_ARRAY);
        let at = self.element(array, index);
        let kind = self.part(Region::Element, at, 0, None);
        self.define(a, kind);
        Ok(Next::Falls)
    }

    /// Where the part at a path is, through positions and shapes that were seen; with `change`, nobody else may see
    /// anything on the way. `None` where the path is of another kind.
    fn place(&mut self, path: u32, change: bool) -> Option<(Region, Value, i32)> {
        let path = self.frame().function.compiled().paths.get(path as usize)?.clone();
        let root = self.reg(path.root);
        if change {
            // The handle that is changed must be at home; what is borrowed from it counts as a second one.
            self.settle(root);
            self.settle_borrowed();
        }
        let (mut bits, _) = match self.state.regs[root].kind {
            Kind::Memory => self.words(root),
            Kind::Held(_) if !change => self.words(root),
            _ => return None,
        };
        let mut place = None;
        for step in path.steps {
            if let Some((region, at, offset)) = place {
                bits = self.load(region, types::I64, at, offset);
            }
            place = Some(match step {
                Step::Register(register) => {
                    let index = self.position(self.reg(register))?;
                    let array = self.tagged(bits, TAG_ARRAY);
                    if change {
                        self.guard_unique(array);
                    }
                    (Region::Element, self.element(array, index), 0)
                }
                Step::Name(name) => {
                    let (shape, place) = self.frame().function.sites[name as usize].seen_shape()?;
                    let object = self.tagged(bits, TAG_OBJECT);
                    self.guard_shape(object, &shape);
                    if change {
                        self.guard_unique(object);
                    }
                    let values = self.load(Region::Frame, types::I64, object, self.layout().values);
                    (Region::Member, values, place as i32 * SLOT)
                }
            });
        }
        place
    }

    /// Leaves if elements were copied that have not taken fuel yet: an update takes it.
    fn guard_no_copies(&mut self) {
        let at = self.context_fixed(offset_of!(Context, copied));
        let copied = self.load(Region::Copied, types::I64, at, 0);
        let none = self.is_word(IntCC::Equal, copied, 0);
        self.guard(none);
    }

    pub(super) fn get_path(&mut self, instr: Instr) -> Result<Next, Failure> {
        let a = self.reg(instr.a);
        if self.seen().general {
            return self.general(instr);
        }
        self.guard_no_copies();
        let Some((region, at, offset)) = self.place(instr.bc(), false) else { return self.unseen(instr) };
        let kind = self.part(region, at, offset, None);
        self.define(a, kind);
        Ok(Next::Falls)
    }

    /// What was not seen yet is the interpreter's, which sees it; what was not seen then either, the machine's.
    fn unseen(&mut self, instr: Instr) -> Result<Next, Failure> {
        if self.source.is_warm || self.seen().exits > 0 { self.general(instr) } else { Ok(self.leaves()) }
    }

    pub(super) fn set_part(&mut self, instr: Instr) -> Result<Next, Failure> {
        let (a, b, c) = (self.reg(instr.a), self.reg(instr.b), self.reg(instr.c));
        if self.seen().general {
            return self.general(instr);
        }
        if instr.op == Op::SetPath {
            self.guard_no_copies();
            let Some((region, at, offset)) = self.place(instr.bc(), true) else { return self.unseen(instr) };
            self.put(region, at, offset, a, instr.x == 1);
            return Ok(Next::Falls);
        }
        self.settle(a);
        self.settle_borrowed();
        if !matches!(self.state.regs[a].kind, Kind::Memory) {
            return self.general(instr);
        }
        self.guard_no_copies();
        match instr.op {
            Op::SetIndex if a != b && a != c => {
                let Some(index) = self.position(b) else { return self.general(instr) };
                let (bits, _) = self.words(a);
                let array = self.tagged(bits, TAG_ARRAY);
                self.guard_unique(array);
                let at = self.element(array, index);
                self.put(Region::Element, at, 0, c, instr.x == 1);
            }
            Op::SetField if a != b => {
                let Some((shape, place)) = self.frame().function.sites[instr.c as usize].seen_shape() else {
                    return self.unseen(instr);
                };
                let (bits, _) = self.words(a);
                let object = self.tagged(bits, TAG_OBJECT);
                self.guard_shape(object, &shape);
                self.guard_unique(object);
                let values = self.load(Region::Frame, types::I64, object, self.layout().values);
                self.put(Region::Member, values, place as i32 * SLOT, b, instr.x == 1);
            }
            _ => return self.general(instr),
        }
        Ok(Next::Falls)
    }

    pub(super) fn is_array(&mut self, instr: Instr) -> Result<Next, Failure> {
        let (a, b) = (self.reg(instr.a), self.reg(instr.b));
        let truth = match self.state.regs[b].kind {
            Kind::Memory | Kind::Held(_) if self.seen().general => return self.general(instr),
            Kind::Memory | Kind::Held(_) => {
                let (bits, _) = self.words(b);
                // A task would be waited for.
                let no_task = self.is_word(IntCC::UnsignedLessThan, bits, TAG_OTHER);
                self.guard(no_task);
                let tag = self.tag(bits);
                self.is_word(IntCC::Equal, tag, TAG_ARRAY >> 48)
            }
            _ => self.b.ins().iconst(types::I8, 0),
        };
        self.define(a, Kind::Bool(truth));
        Ok(Next::Falls)
    }

    /// Whether a value is of a kind, where that is settled by what it is known to be, or numbers are asked for.
    pub(super) fn is_kind(&mut self, instr: Instr) -> Result<Next, Failure> {
        let (a, b) = (self.reg(instr.a), self.reg(instr.b));
        let kinds = KindSet::from_bits(instr.c);
        let known = match self.state.regs[b].kind {
            Kind::Num(_) | Kind::Int(_) | Kind::Conf(..) | Kind::ConfInt(..) => KindSet::NUMBER,
            Kind::Bool(_) => KindSet::BOOLEAN,
            Kind::Text(_) => KindSet::STRING,
            Kind::Null => KindSet::NULL,
            Kind::Memory | Kind::Held(_) if kinds == KindSet::NUMBER => {
                let (bits, _) = self.words(b);
                let number = self.is_word(IntCC::UnsignedLessThanOrEqual, bits, LAST_NUMBER);
                self.define(a, Kind::Bool(number));
                return Ok(Next::Falls);
            }
            _ => return self.general(instr),
        };
        let truth = self.b.ins().iconst(types::I8, i64::from(kinds.contains(known)));
        self.define(a, Kind::Bool(truth));
        Ok(Next::Falls)
    }

    /// The next item of a plain array and its position.
    pub(super) fn next_item(&mut self, instr: Instr) -> Result<Next, Failure> {
        let a = self.reg(instr.a);
        let Some((array, at)) = self.items(a) else { return self.general(instr) };
        let (more, over) = self.more_items(array, at);
        self.aside(over);
        self.go(instr.bc() as usize);
        self.rejoin(more);
        self.take_item(a, array, at);
        Ok(Next::Falls)
    }

    /// The end of a turn that goes on with the next item.
    pub(super) fn item_turn(&mut self, instr: Instr) -> Result<Next, Failure> {
        let a = self.reg(instr.a);
        let (head, on) = self.behind();
        let (true, Some((array, at))) = (self.has_head(head), self.items(a)) else {
            self.leave(false);
            return Ok(Next::Ends);
        };
        self.step();
        let (more, over) = self.more_items(array, at);
        self.go_from(over, on);
        self.b.switch_to_block(more);
        self.take_item(a, array, at);
        self.go_back(head);
        Ok(Next::Ends)
    }

    /// The array that is gone through, and the next position; leaves if it is no plain one.
    fn items(&mut self, a: usize) -> Option<(Value, Value)> {
        if self.seen().general || !matches!(self.state.regs[a].kind, Kind::Memory | Kind::Held(_)) {
            return None;
        }
        let Some(Number::Int(at)) = self.number(Term::Reg(a + 1), 0).map(|number| number.made_whole(self)) else {
            return None;
        };
        // The position after it must be whole within 32 bits, too.
        let short = self.is_word(IntCC::UnsignedLessThan, at, (1 << 31) - 1);
        self.guard(short);
        let (bits, conf) = self.words(a);
        self.guard_plain(conf);
        Some((self.tagged(bits, TAG_ARRAY), at))
    }

    /// The blocks for when there is another item and when there is none.
    fn more_items(&mut self, array: Value, at: Value) -> (Block, Block) {
        let length = self.load(Region::Frame, types::I64, array, self.layout().length);
        let (more, over) = (self.b.create_block(), self.b.create_block());
        let ends = self.is(IntCC::UnsignedGreaterThanOrEqual, at, length);
        self.b.ins().brif(ends, over, &[], more, &[]);
        (more, over)
    }

    fn take_item(&mut self, a: usize, array: Value, at: Value) {
        let items = self.load(Region::Frame, types::I64, array, self.layout().items);
        let slot = self.slot_of(items, at);
        let kind = self.part(Region::Element, slot, 0, None);
        let next = self.b.ins().iadd_imm_s(at, 1);
        if self.is_natural(at) {
            self.know_natural(next);
        }
        self.define(a + 2, kind);
        self.define(a + 1, Kind::Int(next));
        self.define(a + 3, Kind::Int(at));
    }

    /// `push` on a variable.
    pub(super) fn push_on(&mut self, instr: Instr) -> Result<Next, Failure> {
        let (a, b) = (self.reg(instr.a), self.reg(instr.b));
        self.settle(a);
        self.settle_borrowed();
        if a == b || self.seen().general || !matches!(self.state.regs[a].kind, Kind::Memory) {
            return self.general(instr);
        }
        self.guard_no_copies();
        let (bits, _) = self.words(a);
        let array = self.tagged(bits, TAG_ARRAY);
        self.guard_unique(array);
        self.step();
        let (bits, conf) = if instr.x == 1 { self.take(b) } else { self.shared(b) };
        self.push(array, bits, conf);
        Ok(Next::Falls)
    }

    /// Adds an element to an array under construction.
    pub(super) fn array_push(&mut self, instr: Instr) -> Result<Next, Failure> {
        let (a, b) = (self.reg(instr.a), self.reg(instr.b));
        self.settle(a);
        if self.seen().general || !matches!(self.state.regs[a].kind, Kind::Memory) {
            return self.general(instr);
        }
        let (bits, _) = self.words(a);
        let array = self.tagged(bits, TAG_ARRAY);
        self.settle_borrowed();
        self.guard_unique(array);
        let (bits, conf) = if instr.x == 1 { self.take(b) } else { self.shared(b) };
        self.push(array, bits, conf);
        Ok(Next::Falls)
    }

    /// Adds a value behind the last element; the machine does so where the array must grow.
    fn push(&mut self, array: Value, bits: Value, conf: Value) {
        let layout = self.layout();
        let length = self.load(Region::Frame, types::I64, array, layout.length);
        let room = self.load(Region::Frame, types::I64, array, layout.room);
        let (within, full, next) = (self.b.create_block(), self.b.create_block(), self.b.create_block());
        self.b.set_cold_block(full);
        let left = self.b.append_block_param(next, types::I64);
        let fits = self.is(IntCC::UnsignedLessThan, length, room);
        self.b.ins().brif(fits, within, &[], full, &[]);
        self.aside(full);
        self.save_left();
        self.call_aside(super::super::stubs::push as *const u8, &[self.context, array, bits, conf]);
        self.forget_regions(&[Region::Context]);
        let left_then = self.context_load(offset_of!(Context, left));
        self.b.ins().jump(next, &[BlockArg::Value(left_then)]);
        self.rejoin(within);
        self.aside(within);
        let items = self.load(Region::Frame, types::I64, array, layout.items);
        let slot = self.slot_of(items, length);
        self.store_value(Region::Element, (bits, conf), slot, 0);
        let longer = self.b.ins().iadd_imm_s(length, 1);
        self.store(Region::Frame, longer, array, layout.length);
        let left_now = self.left();
        self.b.ins().jump(next, &[BlockArg::Value(left_now)]);
        self.rejoin(next);
        self.forget_regions(&[Region::Frame, Region::Element, Region::Context]);
        self.state.left = Left::all(left);
        self.state.granted = 0;
        self.exit_here = None;
    }
}
