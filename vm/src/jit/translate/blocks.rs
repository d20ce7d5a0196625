//! Blocks: where paths part and meet, loops, and the way in.

use super::super::context::{Context, status};
use super::super::state::{Form, Held, Kind, Reg, Shape, State};
use super::homes::SLOT;
use super::{Failure, Frame, Head, Observed, Part, Source, Translator};
use crate::confidence::PLAIN_BITS;
use crate::value::heap::HeapKind;
use crate::value::{FALSE, LAST_NUMBER, TAG_ARRAY, TAG_STRING};
use cranelift_codegen::ir::condcodes::IntCC;
use cranelift_codegen::ir::{Block, BlockArg, FuncRef, InstBuilder, MemFlagsData, Value, types};
use cranelift_frontend::FunctionBuilder;
use prism_bytecode::{Op, Operand};
use std::collections::{BTreeMap, HashMap, HashSet};
use std::mem::offset_of;
use std::rc::Rc;

/// A way to an instruction: the block that it comes from, which is still empty, and what is known there.
pub(super) struct Edge {
    pub(super) block: Block,
    pub(super) state: State,
}

/// What an instruction leaves behind.
pub(super) enum Next {
    /// The next one.
    Falls,
    /// Another one: control never goes on behind it.
    Ends,
    /// The one behind the next, which belongs to it.
    Skips,
}

impl<'a, 'b> Translator<'a, 'b> {
    /// Translates all that can be reached.
    pub(in crate::jit) fn translate(
        source: &'a Source<'a>,
        builder: FunctionBuilder<'b>,
        sites: &'a mut Vec<super::Site>,
        heads_taken: &'a mut HashMap<usize, Vec<Shape>>,
        keeps: &'a mut Vec<Rc<crate::value::Shape>>,
        own_body: FuncRef,
    ) -> Result<(), Failure> {
        let mut b = builder;
        let start = b.create_block();
        b.append_block_params_for_function_params(start);
        b.switch_to_block(start);
        let params = b.block_params(start).to_vec();
        let [context, offset, closure, depth] = [params[0], params[1], params[2], params[3]];
        let function: &'a crate::machine::Loaded = &source.machine.functions[source.number as usize];
        let state = State { regs: vec![Reg::MEMORY; function.registers as usize], base: context, left: context };
        let mut it = Translator {
            source,
            b,
            sites,
            heads_taken,
            keeps,
            heads: HashMap::new(),
            frames: Vec::new(),
            state,
            context,
            offset,
            depth,
            exits: Vec::new(),
            tails: Vec::new(),
            memo: super::Memo::default(),
            entry_memo: super::Memo::default(),
            fixed: Vec::new(),
            exit_here: None,
            constants: HashMap::new(),
            known: Vec::new(),
            facts: Vec::new(),
            own_body,
            top: function.registers as usize,
            again: false,
            core: 0..=usize::MAX,
            counted: 0,
            general: 0,
            regions: Vec::new(),
            met: start,
        };
        it.make_regions();
        let pc = match source.part {
            Part::Function => 0,
            Part::Loop(head) => head as usize,
        };
        if let Part::Loop(head) = source.part {
            let ends = function.compiled().code.iter().enumerate();
            let ends = ends.filter(|(_, instr)| instr.op == Op::Loop && instr.bc() == head).map(|(at, _)| at);
            it.core = pc..=ends.max().unwrap_or(pc);
        }
        let mut frame = it.new_frame(source.number, 0, closure, source.closure.clone());
        frame.pc = pc;
        it.frames.push(frame);
        it.reload();
        match source.part {
            Part::Function => it.enter_function(&params[4..]),
            Part::Loop(_) => it.enter_loop(pc),
        }
        it.look_ahead(pc);
        let entered = it.edge();
        it.frame_mut().pending.entry(pc).or_default().push(entered);
        it.run()?;
        if it.again {
            return Err(Failure::Again);
        }
        if it.is_pointless() {
            return Err(Failure::Pointless);
        }
        it.write_exits();
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
        let flow = super::super::flow_of(machine, function);
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
        // Room for its registers, and on the native stack.
        let limit = self.context_load(offset_of!(Context, native_limit));
        let pointer = self.b.ins().get_stack_pointer(types::I64);
        let fits = self.is(IntCC::UnsignedGreaterThan, pointer, limit);
        let exit = self.exit_at(0, false);
        self.unless(fits, exit);
        let (roomy, narrow) = (self.b.create_block(), self.b.create_block());
        self.b.set_cold_block(narrow);
        let base = self.b.append_block_param(roomy, types::I64);
        let bytes = self.context_load(offset_of!(Context, stack_bytes));
        let needed = i64::from(function.registers) * i64::from(SLOT);
        let needed = self.b.ins().iadd_imm_s(self.offset, needed);
        let fits = self.is(IntCC::UnsignedLessThanOrEqual, needed, bytes);
        let known = [BlockArg::Value(self.state.base)];
        self.b.ins().brif(fits, roomy, &known, narrow, &[]);
        self.aside(narrow);
        self.call_stub(super::super::stubs::grow as *const u8, &[self.context, needed], None);
        self.forget_loads();
        let stack = self.context_load(offset_of!(Context, stack));
        let moved = self.b.ins().iadd(stack, self.offset);
        self.b.ins().jump(roomy, &[BlockArg::Value(moved)]);
        self.rejoin(roomy);
        self.forget_loads();
        self.state.base = base;
    }

    /// The interpreter is at a loop's head; registers are what they were observed to be, as whoever enters compares.
    fn enter_loop(&mut self, pc: usize) {
        for reg in 0..self.state.regs.len() {
            let live = self.is_live(reg, pc);
            let observed = self.source.observed.get(reg).copied().unwrap_or(Observed::Anything);
            let kind = match observed {
                Observed::Anything => continue,
                _ if !live => Kind::Stale,
                Observed::Num => Kind::Num(self.home_number(reg)),
                Observed::Int => {
                    let number = self.home_number(reg);
                    let whole = self.b.ins().fcvt_to_sint_sat(types::I32, number);
                    Kind::Int(self.b.ins().sextend(types::I64, whole))
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
    }

    /// Before loops: loads and compares what does not change in them.
    fn look_ahead(&mut self, pc: usize) {
        let function = self.frame().function;
        if self.frame().heads.is_empty() {
            return;
        }
        let exit = self.exit_at(pc, false);
        self.exit_here = Some((exit, true));
        let fixed = super::super::flow::fixed(function.compiled());
        self.fixed = vec![None; fixed.len()];
        for reg in (0..fixed.len()).filter(|reg| fixed[*reg]) {
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
        self.keep_memo();
    }

    /// Compares a register with what it was seen to be.
    fn compare_ahead(&mut self, reg: usize, bits: Value, conf: Value) {
        let Some(seen) = self.source.registers.get(reg) else { return };
        if seen.as_cell().is_some() {
            self.other(bits, HeapKind::Cell);
        } else if seen.as_array().is_some() && !seen.is_confident() {
            let plain = self.is_plain(conf);
            self.guard(plain);
            self.tagged(bits, TAG_ARRAY);
        }
    }

    fn home_number(&mut self, reg: usize) -> Value {
        let (bits, _) = self.load_home(reg);
        self.as_float(bits)
    }

    /// A plain number; leaves if it is none.
    pub(super) fn plain_number(&mut self, bits: Value, conf: Value) -> Value {
        let plain = self.is_plain(conf);
        self.guard(plain);
        let number = self.is_word(IntCC::UnsignedLessThanOrEqual, bits, LAST_NUMBER);
        self.guard(number);
        self.as_float(bits)
    }

    /// A confident number; leaves if it is none.
    pub(super) fn confident_number(&mut self, bits: Value, conf: Value) -> (Value, Value) {
        let confident = self.is_word(IntCC::NotEqual, conf, PLAIN_BITS);
        self.guard(confident);
        let number = self.is_word(IntCC::UnsignedLessThanOrEqual, bits, LAST_NUMBER);
        self.guard(number);
        (self.as_float(bits), self.as_float(conf))
    }

    /// A double as a whole number; leaves if it is none, or not within 32 bits, or -0.
    pub(super) fn whole(&mut self, number: Value) -> Value {
        let cut = self.b.ins().fcvt_to_sint_sat(types::I32, number);
        let back = self.b.ins().fcvt_from_sint(types::F64, cut);
        // By their bits: so -0 and NaN are no whole numbers.
        let (own, back) = (self.as_bits(number), self.as_bits(back));
        let same = self.is(IntCC::Equal, own, back);
        self.guard(same);
        self.b.ins().sextend(types::I64, cut)
    }

    /// A way from here; the block at hand ends with it.
    pub(super) fn edge(&mut self) -> Edge {
        let block = self.b.create_block();
        self.b.ins().jump(block, &[]);
        Edge { block, state: self.state.clone() }
    }

    /// Goes to an instruction of the innermost function.
    pub(super) fn go(&mut self, pc: usize) {
        let edge = self.edge();
        self.frame_mut().pending.entry(pc).or_default().push(edge);
    }

    /// Goes to one instruction if the condition holds, else to another.
    pub(super) fn branch(&mut self, holds: Value, then: usize, otherwise: usize) {
        let (yes, no) = (self.b.create_block(), self.b.create_block());
        self.b.ins().brif(holds, yes, &[], no, &[]);
        for (pc, block) in [(then, yes), (otherwise, no)] {
            let state = self.state.clone();
            self.frame_mut().pending.entry(pc).or_default().push(Edge { block, state });
        }
    }

    /// Translates the innermost function from where its ways lead to.
    pub(super) fn run(&mut self) -> Result<(), Failure> {
        while let Some((pc, edges)) = self.frame_mut().pending.pop_first() {
            self.begin(pc, edges);
            let mut pc = pc;
            loop {
                self.frame_mut().pc = pc;
                self.exit_here = None;
                let Some(instr) = self.frame().function.compiled().code.get(pc).copied() else {
                    self.leave(false);
                    break;
                };
                match self.instruction(instr)? {
                    Next::Ends => break,
                    Next::Falls => pc += 1,
                    Next::Skips => pc += 2,
                }
                if self.frame().pending.contains_key(&pc) || self.frame().heads.contains(&pc) {
                    self.go(pc);
                    break;
                }
            }
        }
        Ok(())
    }

    /// Begins a block in which ways meet.
    fn begin(&mut self, pc: usize, mut edges: Vec<Edge>) {
        self.frame_mut().pc = pc;
        let is_head = self.frames.len() == 1 && self.frame().heads.contains(&pc);
        if edges.len() == 1
            && !is_head
            && let Some(edge) = edges.pop()
        {
            self.b.switch_to_block(edge.block);
            self.state = edge.state;
            self.know_nothing();
            return;
        }
        let shapes = self.merge_as(pc, edges, is_head);
        if is_head {
            let block = self.met;
            self.heads.insert(pc, Head { block, shapes });
        }
    }

    /// Goes on where ways meet, at `pc` of the innermost function.
    pub(super) fn merge(&mut self, pc: usize, mut edges: Vec<Edge>) {
        if edges.len() == 1
            && let Some(edge) = edges.pop()
        {
            self.b.switch_to_block(edge.block);
            self.state = edge.state;
            self.exit_here = None;
            self.know_nothing();
            return;
        }
        self.merge_as(pc, edges, false);
    }

    fn merge_as(&mut self, pc: usize, edges: Vec<Edge>, is_head: bool) -> Vec<Shape> {
        let live: Vec<bool> = (0..self.state_len(&edges)).map(|reg| self.is_live(reg, pc)).collect();
        let mut shapes = self.joined(&edges, &live);
        if is_head {
            if let Some(taken) = self.heads_taken.get(&pc) {
                for ((own, taken), live) in shapes.iter_mut().zip(taken).zip(&live) {
                    *own = own.join(*taken, *live);
                }
            }
            self.heads_taken.insert(pc, shapes.clone());
        }
        let block = self.b.create_block();
        for edge in edges {
            self.b.switch_to_block(edge.block);
            self.state = edge.state;
            self.know_nothing();
            self.arrive(block, &shapes, &live);
        }
        self.meet(block, &shapes);
        self.met = block;
        shapes
    }

    fn state_len(&self, edges: &[Edge]) -> usize {
        edges.iter().map(|edge| edge.state.regs.len()).min().unwrap_or(0)
    }

    fn joined(&self, edges: &[Edge], live: &[bool]) -> Vec<Shape> {
        let shapes = |edge: &Edge| edge.state.regs.iter().zip(live).map(|(reg, live)| Shape::of(reg, *live)).collect();
        let all = edges.iter().map(shapes);
        let join = |a: Vec<Shape>, b: Vec<Shape>| {
            a.into_iter().zip(b).zip(live).map(|((a, b), live)| a.join(b, *live)).collect::<Vec<_>>()
        };
        all.reduce(join).unwrap_or_default()
    }

    /// Goes to a block in which registers are of these shapes.
    pub(super) fn arrive(&mut self, block: Block, shapes: &[Shape], live: &[bool]) {
        let mut values = vec![];
        for (reg, shape) in shapes.iter().enumerate() {
            let kind = self.state.regs[reg].kind;
            match (shape.form, kind) {
                (Form::Memory, _) if live[reg] || matches!(kind, Kind::Held(_)) => self.settle(reg),
                (Form::Memory, _) => {}
                (Form::Num, Kind::Int(number)) => {
                    let number = self.float(number);
                    values.push(number);
                }
                (_, Kind::Num(value) | Kind::Int(value) | Kind::Bool(value)) if !shape.types().is_empty() => {
                    values.push(value);
                }
                (_, Kind::Conf(number, conf)) if !shape.types().is_empty() => values.extend([number, conf]),
                _ => {}
            }
        }
        let fixed = [self.state.base, self.state.left];
        let all: Vec<BlockArg> = fixed.into_iter().chain(values).map(BlockArg::Value).collect();
        self.b.ins().jump(block, &all);
    }

    /// Goes on in a block that others [arrive](Translator::arrive) at.
    pub(super) fn meet(&mut self, block: Block, shapes: &[Shape]) {
        let base = self.b.append_block_param(block, types::I64);
        let left = self.b.append_block_param(block, types::I64);
        let mut regs = vec![];
        for shape in shapes {
            let values: Vec<Value> = shape.types().iter().map(|ty| self.b.append_block_param(block, *ty)).collect();
            regs.push(shape.reg(&values));
        }
        self.b.switch_to_block(block);
        self.state = State { regs, base, left };
        self.exit_here = None;
        self.know_nothing();
    }

    /// Goes back to a loop's head, a step of fuel taken.
    pub(super) fn go_back(&mut self, pc: usize) {
        let Some(Head { block, shapes }) = self.heads.get(&pc).cloned() else {
            // Into a loop of an inlined function, or one that was not come by: the interpreter's.
            return self.leave(false);
        };
        let live: Vec<bool> = (0..shapes.len()).map(|reg| self.is_live(reg, pc)).collect();
        let own = self.state.regs.iter().zip(&live).map(|(reg, live)| Shape::of(reg, *live));
        let joined: Vec<Shape> = shapes.iter().zip(own).zip(&live).map(|((a, b), live)| a.join(b, *live)).collect();
        if joined != shapes {
            self.again = true;
            self.heads_taken.insert(pc, joined);
            return self.leave(false);
        }
        self.arrive(block, &shapes, &live);
    }

    /// A step of fuel; leaves at this instruction if there is none.
    pub(super) fn step(&mut self) {
        let some = self.is_word(IntCC::NotEqual, self.state.left, 0);
        let exit = self.exit(false);
        self.unless(some, exit);
        self.state.left = self.b.ins().iadd_imm_s(self.state.left, -1);
        self.exit_here = None;
    }

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
        self.save_left();
        if number {
            return self.finish(status::NUMBER, bits);
        }
        if matches!(kind, Kind::Bool(_) | Kind::Null | Kind::Conf(..)) {
            return self.finish_value(bits, conf);
        }
        let (numbers, others) = (self.b.create_block(), self.b.create_block());
        let plain = self.is_plain(conf);
        let is_number = self.is_word(IntCC::UnsignedLessThanOrEqual, bits, LAST_NUMBER);
        let both = self.b.ins().band(plain, is_number);
        self.b.ins().brif(both, numbers, &[], others, &[]);
        self.aside(numbers);
        self.finish(status::NUMBER, bits);
        self.rejoin(others);
        self.finish_value(bits, conf);
    }

    fn finish_value(&mut self, bits: Value, conf: Value) {
        let status = self.int(status::VALUE);
        let conf = self.b.ins().bitcast(types::F64, MemFlagsData::new(), conf);
        self.b.ins().return_(&[status, bits, conf]);
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
                    self.call_stub(super::super::stubs::release as *const u8, &[bits], None);
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

/// The next of the numbers, if this parameter is passed as one.
fn numbers_at<'n>(mask: u64, reg: usize, numbers: &mut impl Iterator<Item = &'n Value>) -> Option<Value> {
    (reg < 64 && mask >> reg & 1 == 1).then(|| numbers.next().copied()).flatten()
}
