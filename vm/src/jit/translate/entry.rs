//! The way into compiled code: as a function that is called, or as a loop under way.

use super::super::context::Context;
use super::super::flow;
use super::super::state::{Kind, Left, Reg, State};
use super::calls::MOST_NESTED;
use super::homes::SLOT;
use super::{Failure, Frame, Memo, Observed, Part, Source, Taken, Translator, Versions};
use crate::value::heap::HeapKind;
use crate::value::{FALSE, TAG_ARRAY};
use cranelift_codegen::ir::condcodes::IntCC;
use cranelift_codegen::ir::immediates::Imm64;
use cranelift_codegen::ir::{FuncRef, InstBuilder, InstructionData, Opcode, Value, types};
use cranelift_frontend::FunctionBuilder;
use foldhash::{HashMap, HashMapExt, HashSet};
use prism_bytecode::{Op, Operand};
use std::collections::BTreeMap;
use std::mem::offset_of;
use std::rc::Rc;

impl<'a, 'b> Translator<'a, 'b> {
    /// Translates all that can be reached.
    pub(in crate::jit) fn translate(
        source: &'a Source<'a>,
        builder: FunctionBuilder<'b>,
        sites: &'a mut Vec<super::Site>,
        taken: &'a mut HashMap<usize, Taken>,
        keeps: &'a mut Vec<Rc<crate::value::Shape>>,
        numeric: &'a mut bool,
        own_body: FuncRef,
    ) -> Result<(), Failure> {
        let mut b = builder;
        let start = b.create_block();
        b.append_block_params_for_function_params(start);
        b.switch_to_block(start);
        let params = b.block_params(start).to_vec();
        let [context, offset, closure, depth] = [params[0], params[1], params[2], params[3]];
        let function: &'a crate::machine::Loaded = &source.machine.functions[source.number as usize];
        let regs = vec![Reg::MEMORY; function.registers as usize];
        let state = State { regs, left: Left::all(context), granted: 0, versions: Versions::default() };
        let way_out = b.create_block();
        let mut it = Translator {
            source,
            way_out,
            b,
            sites,
            taken,
            keeps,
            heads: HashMap::new(),
            frames: Vec::new(),
            state,
            context,
            offset,
            depth,
            exits: Vec::new(),
            tails: Vec::new(),
            memo: Memo::new(),
            fixed: Vec::new(),
            exit_here: None,
            constants: HashMap::new(),
            known: Vec::new(),
            own_body,
            numeric,
            took_own_for_number: false,
            inlined: 0,
            again: false,
            core: 0..=usize::MAX,
            counted: 0,
            general: 0,
            regions: Vec::new(),
            registers: function.registers as usize,
            room: context,
            counting: None,
            loads: Vec::new(),
            own_cells: flow::own_cells(function.compiled()),
            peel: None,
        };
        it.make_regions();
        let pc = match source.part {
            Part::Function => 0,
            Part::Loop(head) => head as usize,
        };
        let mut frame = it.new_frame(source.number, 0, closure, source.closure.clone());
        frame.pc = pc;
        it.frames.push(frame);
        if let Part::Loop(_) = source.part {
            it.core = pc..=it.end_of_loop(pc);
        }
        it.take_over();
        match source.part {
            Part::Function => it.enter_function(&params[4..]),
            Part::Loop(_) => it.enter_loop(pc),
        }
        it.look_ahead(pc);
        it.go(pc);
        it.run()?;
        if it.is_pointless() {
            // Anew it would leave no less to the machine.
            return Err(Failure::Pointless);
        }
        if it.again {
            return Err(Failure::Again);
        }
        it.write_exits();
        it.settle_room();
        it.drop_unused_loads();
        it.b.seal_all_blocks();
        it.b.finalize(source.frontend);
        Ok(())
    }

    pub(super) fn new_frame(
        &self,
        number: u32,
        first: usize,
        closure: Value,
        seen_closure: Option<crate::value::Value>,
    ) -> Frame<'a> {
        let machine = self.machine();
        let function = &machine.functions[number as usize];
        let flow = flow::of(machine, function);
        let loops = function.compiled().code.iter().filter(|instr| instr.op == prism_bytecode::Op::Loop);
        let heads: HashSet<usize> = loops.map(|instr| instr.bc() as usize).collect();
        Frame {
            function,
            number,
            flow: Rc::new(flow),
            heads: Rc::new(heads),
            first,
            closure,
            seen_closure,
            pc: 0,
            pending: BTreeMap::new(),
            returns: Vec::new(),
            result: 0,
            outer: 0,
        }
    }

    /// A function is called: its parameters are in their slots or passed as numbers, its other slots hold nothing counted.
    fn enter_function(&mut self, numbers: &[Value]) {
        let function = self.frame().function;
        let params = function.params.registers() as usize;
        let mask = self.source.in_registers;
        let mut numbers = numbers.iter();
        for reg in 0..self.state.regs.len() {
            self.state.regs[reg] = match numbers_at(mask, reg, &mut numbers) {
                Some(number) => Reg::new(Kind::Num(number)),
                None if reg < params => Reg::MEMORY,
                None => Reg::STALE,
            };
        }
        // Room on the native stack, and for its registers.
        let limit = self.context_fixed(offset_of!(Context, native_limit));
        let pointer = self.b.ins().get_stack_pointer(types::I64);
        let fits = self.is(IntCC::UnsignedGreaterThan, pointer, limit);
        let exit = self.exit_at(0, false);
        self.unless(fits, exit);
        self.make_room();
        self.guard_depth(0);
    }

    /// Makes room for the registers of the function and of all that is inlined.
    fn make_room(&mut self) {
        let (roomy, narrow) = (self.b.create_block(), self.b.create_block());
        self.b.set_cold_block(narrow);
        let bytes = self.context_load(offset_of!(Context, stack_bytes));
        // How many these are is known when all is translated.
        self.room = self.b.ins().iconst(types::I64, 0);
        let needed = self.b.ins().iadd(self.offset, self.room);
        let fits = self.is(IntCC::UnsignedLessThanOrEqual, needed, bytes);
        self.b.ins().brif(fits, roomy, &[], narrow, &[]);
        self.aside(narrow);
        self.call_aside(super::super::stubs::grow as *const u8, &[self.context, needed]);
        self.b.ins().jump(roomy, &[]);
        self.rejoin(roomy);
        self.forget_loads();
    }

    /// Says how much room is needed.
    fn settle_room(&mut self) {
        let imm = Imm64::new(self.registers as i64 * i64::from(SLOT));
        if let Some(inst) = self.b.func.dfg.value_def(self.room).inst() {
            self.b.func.dfg.insts[inst] = InstructionData::UnaryImm { opcode: Opcode::Iconst, imm };
        }
    }

    /// Leaves at `pc`, where the body begins, if calls may be nested too deep: the interpreter makes the last ones.
    fn guard_depth(&mut self, pc: usize) {
        let code = &self.frame().function.compiled().code;
        if code.iter().any(|instr| matches!(instr.op, Op::Call | Op::Offer)) {
            let shallow = self.is_word(IntCC::UnsignedGreaterThan, self.depth, MOST_NESTED as u64);
            let exit = self.exit_at(pc, false);
            self.unless(shallow, exit);
        }
    }

    /// The interpreter is at a loop's head; registers are what they were observed to be, as whoever enters compares.
    fn enter_loop(&mut self, pc: usize) {
        self.make_room();
        for reg in 0..self.state.regs.len() {
            let live = self.is_live(reg, pc);
            let observed = self.source.observed.get(reg).copied().unwrap_or(Observed::Anything);
            let kind = match observed {
                Observed::Anything => continue,
                _ if !live => Kind::Stale,
                Observed::Num => Kind::Num(self.home_number(reg)),
                Observed::Int => Kind::Int(self.home_whole(reg)),
                Observed::ConfInt => {
                    let (_, conf) = self.load_home(reg);
                    Kind::ConfInt(self.home_whole(reg), self.as_float(conf))
                }
                Observed::Conf => {
                    let (bits, conf) = self.load_home(reg);
                    Kind::Conf(self.as_float(bits), self.as_float(conf))
                }
                Observed::Bool => {
                    let (bits, _) = self.load_home(reg);
                    let no = self.word(FALSE);
                    let truth = self.b.ins().isub(bits, no);
                    Kind::Bool(self.b.ins().ireduce(types::I8, truth))
                }
                Observed::Uncounted | Observed::Text | Observed::Idle => continue,
            };
            self.state.regs[reg] = Reg { kind, synced: live };
        }
        self.guard_depth(pc);
    }

    /// Where a loop is entered: leaves if a whole number is negative that was not when code was made.
    fn expect_natural(&mut self, reg: usize, number: Value) {
        let seen = self.source.registers.get(reg).and_then(crate::value::Value::as_number);
        if self.seen().exits == 0 && seen.is_some_and(|seen| seen >= 0.0) {
            let natural = self.b.ins().icmp_imm_s(IntCC::SignedGreaterThanOrEqual, number, 0);
            self.guard(natural);
            self.know_natural(number);
        }
    }

    /// Where a function is entered: leaves if a number is not whole with which loops compare what they count.
    fn expect_whole_limits(&mut self, changed: &[bool]) {
        if self.seen().exits > 0 {
            return;
        }
        let code = self.frame().function.compiled().code.iter();
        let limits = code.filter(|instr| matches!(instr.op, Op::LoopLt | Op::LoopLe)).map(|instr| instr.b as usize);
        for limit in limits.filter(|limit| !changed[*limit]) {
            if let Reg { kind: Kind::Num(number), synced } = self.state.regs[limit] {
                let kind = Kind::Int(self.whole(number));
                self.state.regs[limit] = Reg { kind, synced };
            }
        }
    }

    /// Before loops: loads and compares what does not change in them.
    fn look_ahead(&mut self, pc: usize) {
        let function = self.frame().function;
        if self.frame().heads.iter().all(|head| self.is_cold(*head)) {
            return;
        }
        let changed = flow::changed(function.compiled(), 0..=function.compiled().code.len() - 1);
        if let Part::Function = self.source.part {
            self.expect_whole_limits(&changed);
        }
        let exit = self.exit_at(pc, false);
        self.exit_here = Some((exit, true));
        self.fixed = vec![None; changed.len()];
        for reg in (0..changed.len()).filter(|reg| !changed[*reg]) {
            if matches!(self.state.regs[reg].kind, Kind::Memory) && self.is_live(reg, pc) {
                let (bits, conf) = self.load_home(reg);
                self.fixed[reg] = Some((bits, conf));
                self.compare_ahead(reg, bits, conf);
            }
        }
        let captures = function.compiled().code.iter().filter(|instr| instr.op.operands().bc == Operand::Capture);
        for instr in captures {
            if matches!(instr.op, Op::CaptureGet | Op::CaptureSet) {
                self.capture_at(instr.bc());
            }
        }
        self.exit_here = None;
    }

    /// Compares a register with what it was seen to be.
    fn compare_ahead(&mut self, reg: usize, bits: Value, conf: Value) {
        let Some(seen) = self.source.registers.get(reg) else { return };
        if seen.as_cell().is_some() {
            self.other(bits, HeapKind::Cell);
        } else if seen.as_array().is_some() && !seen.is_confident() {
            self.guard_plain(conf);
            self.tagged(bits, TAG_ARRAY);
        }
    }

    fn home_number(&mut self, reg: usize) -> Value {
        let (bits, _) = self.load_home(reg);
        self.as_float(bits)
    }

    fn home_whole(&mut self, reg: usize) -> Value {
        let number = self.home_number(reg);
        let whole = self.b.ins().fcvt_to_sint_sat(types::I32, number);
        let whole = self.b.ins().sextend(types::I64, whole);
        self.expect_natural(reg, whole);
        whole
    }
}

/// The next of the numbers, if this parameter is passed as one.
fn numbers_at<'n>(mask: u64, reg: usize, numbers: &mut impl Iterator<Item = &'n Value>) -> Option<Value> {
    (reg < 64 && mask >> reg & 1 == 1).then(|| numbers.next().copied()).flatten()
}
