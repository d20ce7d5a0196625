//! The small change of emitting: constants, loads, calls of stubs, guards.

use super::super::context::{Context, Site, Why, status};
use super::super::state::{Kind, Left};
use super::memo::Scope;
use super::{Exit, Tail, Translator};
use crate::confidence::PLAIN_BITS;
use crate::value::TAG_STRING;
use cranelift_codegen::ir::condcodes::IntCC;
use cranelift_codegen::ir::{
    AbiParam, AliasRegionData, Block, BlockArg, InstBuilder, MemFlagsData, Signature, Type, Value, types,
};
use std::mem::offset_of;

const I64: Type = types::I64;

/// Parts of memory that a store to another can't change: what was loaded need not be loaded again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(in crate::jit) enum Region {
    /// The context.
    Context,
    /// Registers on the fiber's stack.
    Home,
    /// Counts of handles.
    Count,
    /// What never changes of an object that is alive: its kind, a closure's function and captures with their values; parts
    /// of the context.
    Fixed,
    /// Shapes; where elements and values are, and how many.
    Frame,
    /// Elements of arrays.
    Element,
    /// Values of objects.
    Member,
    /// What cells hold.
    Held,
    /// Compiled functions.
    Entry,
    /// The count of copies.
    Copied,
}

impl Region {
    /// How many there are.
    pub(super) const COUNT: usize = 10;

    pub(super) const ALL: [Region; Region::COUNT] = [
        Region::Context,
        Region::Home,
        Region::Count,
        Region::Fixed,
        Region::Frame,
        Region::Element,
        Region::Member,
        Region::Held,
        Region::Entry,
        Region::Copied,
    ];
}

impl Translator<'_, '_> {
    pub(super) fn int(&mut self, number: i64) -> Value {
        self.b.ins().iconst(I64, number)
    }

    pub(super) fn plain(&mut self) -> Value {
        self.word(PLAIN_BITS)
    }

    pub(super) fn flags(&self, region: Region) -> MemFlagsData {
        MemFlagsData::trusted().with_alias_region(self.regions.get(region as usize).copied())
    }

    /// Tells Cranelift of the regions.
    pub(super) fn make_regions(&mut self) {
        let make = |region: &Region| AliasRegionData { user_id: *region as u32, description: "".into() };
        let all = Region::ALL.iter().map(make);
        self.regions = all.map(|data| self.b.func.dfg.alias_regions.push(data)).collect();
    }

    /// A word of the context that changes.
    pub(super) fn context_load(&mut self, offset: usize) -> Value {
        let context = self.context;
        self.load(Region::Context, I64, context, offset as i32)
    }

    /// A word of the context that stays the same as long as code runs.
    pub(super) fn context_fixed(&mut self, offset: usize) -> Value {
        let context = self.context;
        self.load(Region::Fixed, I64, context, offset as i32)
    }

    /// Calls a function of the machine.
    pub(super) fn call_stub(&mut self, stub: *const u8, arguments: &[Value], result: Option<Type>) -> Option<Value> {
        let call_conv = self.b.func.signature.call_conv;
        let mut signature = Signature::new(call_conv);
        signature.params = arguments.iter().map(|value| AbiParam::new(self.b.func.dfg.value_type(*value))).collect();
        signature.returns = result.into_iter().map(AbiParam::new).collect();
        let signature = self.b.import_signature(signature);
        let callee = self.word(stub as u64);
        let call = self.b.ins().call_indirect(signature, callee, arguments);
        self.b.inst_results(call).first().copied()
    }

    /// Calls a function of the machine where code seldom goes. No register is changed by it, so that what the usual way
    /// holds in them can stay there.
    pub(super) fn call_aside(&mut self, stub: *const u8, arguments: &[Value]) {
        let signature = self.b.import_signature(super::aside_signature(arguments.len()));
        let (way, stub) = (self.word(self.source.aside as u64), self.word(stub as u64));
        let all: Vec<Value> = std::iter::once(stub).chain(arguments.iter().copied()).collect();
        self.b.ins().call_indirect(signature, way, &all);
    }

    /// Goes on in a block of its own if the condition holds, else at `otherwise`.
    pub(super) fn unless(&mut self, holds: Value, otherwise: Block) {
        let next = self.b.create_block();
        self.b.ins().brif(holds, next, &[], otherwise, &[]);
        self.b.switch_to_block(next);
    }

    /// Leaves to the interpreter, at this instruction, unless the condition holds.
    pub(super) fn guard(&mut self, holds: Value) {
        if !self.is_proven(holds) {
            let exit = self.exit(true);
            self.unless(holds, exit);
            self.prove(holds);
        }
    }

    /// Leaves to the interpreter at this instruction, always.
    pub(super) fn leave(&mut self, guard: bool) {
        let exit = self.exit(guard);
        self.b.ins().jump(exit, &[]);
    }

    /// The block that leaves at this instruction.
    pub(super) fn exit(&mut self, guard: bool) -> Block {
        if let Some((block, _)) = self.exit_here.filter(|(_, own)| *own == guard) {
            return block;
        }
        let pc = self.frame().pc;
        let block = self.exit_at(pc, guard);
        self.exit_here = Some((block, guard));
        block
    }

    /// A block that leaves before instruction `pc` of the innermost function.
    pub(super) fn exit_at(&mut self, pc: usize, guard: bool) -> Block {
        self.exit_with(pc, if guard { Why::Guard } else { Why::Time }, |it, reg| it.is_live(reg, pc))
    }

    /// A block that leaves while the call at hand is under way.
    pub(super) fn exit_of_call(&mut self) -> Block {
        let pc = self.frame().pc;
        self.exit_with(pc, Why::Time, |it, reg| {
            let own = reg.checked_sub(it.frame().first);
            it.is_live(reg, pc + 1) || own.is_some_and(|own| it.frame().is_caught(own))
        })
    }

    /// A block that leaves behind the call at hand, whose value is not what it was taken to be.
    pub(super) fn exit_after_call(&mut self) -> Block {
        let pc = self.frame().pc + 1;
        self.exit_with(pc, Why::Result, |it, reg| it.is_live(reg, pc))
    }

    /// A block that leaves at the head of a loop, which is left to the interpreter for now.
    pub(super) fn exit_of_loop(&mut self) -> Block {
        let pc = self.frame().pc;
        self.exit_with(pc, Why::Loop, |it, reg| it.is_live(reg, pc))
    }

    fn exit_with(&mut self, pc: usize, why: Why, is_read: impl Fn(&Self, usize) -> bool) -> Block {
        let block = self.b.create_block();
        self.b.set_cold_block(block);
        let site = self.new_site(pc, why);
        let needed: Vec<(usize, Kind)> = (0..self.state.regs.len())
            .filter(|reg| self.state.regs[*reg].is_away())
            .filter(|reg| matches!(self.state.regs[*reg].kind, Kind::Held(_)) || is_read(self, *reg))
            .map(|reg| (reg, self.state.regs[reg].kind))
            .collect();
        let left = self.state.left;
        let same = |tail: &&Tail| tail.needed == needed && tail.left == left;
        let tail = match self.tails.iter().rev().take(8).find(same) {
            Some(tail) => tail.block,
            None => {
                let block = self.b.create_block();
                self.b.set_cold_block(block);
                self.tails.push(Tail { block, needed, left });
                block
            }
        };
        self.exits.push(Exit { block, tail, site });
        block
    }

    /// Numbers a place where the innermost function is at `pc`, the others at their calls.
    pub(super) fn new_site(&mut self, pc: usize, why: Why) -> u64 {
        let site = self.sites.len() as u64;
        let last = self.frames.len() - 1;
        let at = |(index, frame): (usize, &super::Frame<'_>)| {
            (frame.number, if index == last { pc as u32 } else { frame.pc as u32 })
        };
        self.sites.push(Site { frames: self.frames.iter().enumerate().map(at).collect(), why });
        site
    }

    /// Writes all exits.
    pub(super) fn write_exits(&mut self) {
        for Exit { block, tail, site } in std::mem::take(&mut self.exits) {
            self.b.switch_to_block(block);
            let site = self.b.ins().iconst(I64, site as i64);
            self.b.ins().jump(tail, &[BlockArg::Value(site)]);
        }
        for Tail { block, needed, left } in std::mem::take(&mut self.tails) {
            let site = self.b.append_block_param(block, I64);
            self.b.switch_to_block(block);
            self.memo.open(Scope::OUTSIDE);
            self.forget_loads();
            self.state.left = left;
            for (reg, kind) in needed {
                self.store_away(reg, kind);
            }
            self.finish_for_interpreter(site);
        }
        self.write_way_out();
    }

    /// Returns so that the interpreter goes on at a site.
    pub(super) fn finish_for_interpreter(&mut self, site: Value) {
        self.pass_left();
        let way_out = self.way_out;
        self.b.ins().jump(way_out, &[BlockArg::Value(site)]);
    }

    /// The block in which all exits end, with their site.
    fn write_way_out(&mut self) {
        self.b.switch_to_block(self.way_out);
        self.b.set_cold_block(self.way_out);
        let site = self.b.append_block_param(self.way_out, I64);
        self.memo.open(Scope::OUTSIDE);
        let plain = self.number_const(f64::from_bits(PLAIN_BITS));
        self.end(status::EXIT, site, plain);
    }

    /// Returns with a status, a word and a double; the fuel is passed on already.
    fn end(&mut self, status: i64, word: Value, number: Value) {
        let status = self.int(status);
        self.b.ins().return_(&[status, word, number]);
    }

    /// Returns with a status, a word and a double.
    pub(super) fn finish(&mut self, status: i64, word: Value, number: Value) {
        self.pass_left();
        self.end(status, word, number);
    }

    /// The fuel that is left.
    pub(super) fn left(&mut self) -> Value {
        let Left { from, taken } = self.state.left;
        if taken == 0 { from } else { self.b.ins().iadd_imm_s(from, -i64::from(taken)) }
    }

    /// Tells the machine how much fuel is left.
    pub(super) fn save_left(&mut self) {
        let (left, context) = (self.left(), self.context);
        self.store(Region::Context, left, context, offset_of!(Context, left) as i32);
    }

    /// Hands the fuel that is left to other compiled code: it is in the pinned register where one goes over to the other.
    pub(super) fn pass_left(&mut self) {
        let left = self.left();
        self.b.ins().set_pinned_reg(left);
    }

    /// Takes over what the machine has changed: the fuel, and where the stack is.
    pub(super) fn reload(&mut self) {
        self.forget_loads();
        self.state.left = Left::all(self.context_load(offset_of!(Context, left)));
        self.state.granted = 0;
    }

    /// Takes over what other compiled code has changed.
    pub(super) fn take_over(&mut self) {
        self.forget_loads();
        self.state.left = Left::all(self.b.ins().get_pinned_reg(I64));
        self.state.granted = 0;
    }

    /// The address of the first register.
    pub(super) fn base(&mut self) -> Value {
        let stack = self.context_load(offset_of!(Context, stack));
        self.first_register(stack)
    }

    /// Counts one handle more if the payload is a handle.
    pub(super) fn retain(&mut self, bits: Value) {
        let (counted, next) = (self.b.create_block(), self.b.create_block());
        let is_handle = self.is_word(IntCC::UnsignedGreaterThanOrEqual, bits, TAG_STRING);
        self.b.ins().brif(is_handle, counted, &[], next, &[]);
        self.aside(counted);
        self.retain_handle(bits);
        self.b.ins().jump(next, &[]);
        self.rejoin(next);
        self.forget_counts();
    }

    /// Counts one handle more of what is known to be one.
    pub(super) fn retain_handle(&mut self, bits: Value) {
        let at = self.address(bits);
        let count = self.load(Region::Count, types::I32, at, 0);
        let count = self.b.ins().iadd_imm_s(count, 1);
        self.store(Region::Count, count, at, 0);
    }

    /// Gives a handle back if the payload is one.
    pub(super) fn release(&mut self, bits: Value) {
        let (counted, next) = (self.b.create_block(), self.b.create_block());
        self.b.set_cold_block(counted);
        let is_handle = self.is_word(IntCC::UnsignedGreaterThanOrEqual, bits, TAG_STRING);
        self.b.ins().brif(is_handle, counted, &[], next, &[]);
        self.aside(counted);
        self.call_aside(super::super::stubs::release as *const u8, &[bits]);
        self.b.ins().jump(next, &[]);
        self.rejoin(next);
        // Giving something back changes nothing that is alive but counts.
        self.forget_counts();
    }
}
