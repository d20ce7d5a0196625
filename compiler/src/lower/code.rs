//! One function's bytecode while it is made: registers, jumps, handlers, tables, spans.
//!
//! Registers are given out as a stack: parameters first, then variables and temporaries in the order in which they come
//! to life ([`Code::alloc`]), freed together at the end of what needed them ([`Code::release`]). A register that is a
//! variable's home is marked, so that half-finished values never get into it.
//!
//! Instructions that can't be reached are dropped as they are emitted, which spares every construct from asking whether
//! its part has ended in `return`. Jumps go forward to a [`Label`]; only [`Code::back`] goes back.
//!
//! Limits are noted, not raised: [`Code::finish`] tells whether one was passed.

use prism_bytecode::{Capture, ConstantId, Function, FunctionId, Handler, Instr, Mutation, Op, Params, Path, Step};
use prism_diagnostics::Span;

/// A register of the function that is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Reg(pub u16);

impl Reg {
    /// The register that many further on.
    pub fn nth(self, n: usize) -> Reg {
        Reg(self.0.wrapping_add(n as u16))
    }
}

/// The height of the register stack.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Mark(usize);

/// A path of the function that is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct PathId(pub u32);

/// In instructions that have an `x` for it: the register of the value is not read again.
pub(super) const LAST: u8 = 1;

/// A place further on that jumps lead to.
#[derive(Debug, Default)]
#[must_use]
pub(super) struct Label {
    jumps: Vec<usize>,
}

/// A function being made.
#[derive(Debug)]
pub(super) struct Code {
    name: Box<str>,
    params: Params,
    is_async: bool,
    captures: Vec<Capture>,
    code: Vec<Instr>,
    spans: Vec<Span>,
    handlers: Vec<Handler>,
    names: Vec<ConstantId>,
    keys: Vec<Vec<ConstantId>>,
    mutations: Vec<Mutation>,
    paths: Vec<Path>,
    /// Whether a register below `next` is a variable's home.
    homes: Vec<bool>,
    next: usize,
    most: usize,
    reachable: bool,
    /// Something leads to the instruction of that number, so that those before it must stay.
    fixed: usize,
    overflow: bool,
}

impl Code {
    /// A function without instructions whose parameters have their registers.
    pub fn new(name: &str, params: Params, is_async: bool, captures: Vec<Capture>) -> Self {
        let mut code = Code {
            name: name.into(),
            params,
            is_async,
            captures,
            code: Vec::new(),
            spans: Vec::new(),
            handlers: Vec::new(),
            names: Vec::new(),
            keys: Vec::new(),
            mutations: Vec::new(),
            paths: Vec::new(),
            homes: Vec::new(),
            next: 0,
            most: 0,
            reachable: true,
            fixed: 0,
            overflow: false,
        };
        code.alloc(params.registers() as usize);
        code
    }

    /// The finished function, and whether it is within its limits.
    pub fn finish(self) -> (Function, bool) {
        let fits = !self.overflow && u32::try_from(self.code.len()).is_ok() && self.captures.len() <= u16::MAX as usize;
        let function = Function {
            name: self.name,
            params: self.params,
            registers: self.most as u16,
            is_async: self.is_async,
            captures: self.captures,
            code: self.code,
            spans: self.spans,
            handlers: self.handlers,
            names: self.names,
            keys: self.keys,
            mutations: self.mutations,
            paths: self.paths,
        };
        (function, fits)
    }

    /// The first of so many new registers, all above those in use.
    pub fn alloc(&mut self, count: usize) -> Reg {
        let first = self.next;
        if first + count > u16::MAX as usize {
            self.overflow = true;
            return Reg(0);
        }
        self.next += count;
        self.most = self.most.max(self.next);
        self.homes.resize(self.next, false);
        Reg(first as u16)
    }

    /// How many registers are in use.
    pub fn mark(&self) -> Mark {
        Mark(self.next)
    }

    /// Frees the registers that came to life since.
    pub fn release(&mut self, mark: Mark) {
        self.next = mark.0;
        self.homes.truncate(mark.0);
    }

    /// Makes the register a variable's home.
    pub fn settle(&mut self, reg: Reg) {
        if let Some(home) = self.homes.get_mut(reg.0 as usize) {
            *home = true;
        }
    }

    /// Whether the register is a variable's home.
    pub fn is_home(&self, reg: Reg) -> bool {
        self.homes.get(reg.0 as usize).copied().unwrap_or(false)
    }

    /// Whether control can get here.
    pub fn is_reachable(&self) -> bool {
        self.reachable
    }

    /// Notes that the function needs more of something than an operand can say.
    pub fn overflow(&mut self) {
        self.overflow = true;
    }

    /// Emits an instruction, unless control can't get here.
    pub fn emit(&mut self, instr: Instr, span: Span) {
        if self.reachable {
            self.code.push(instr);
            self.spans.push(span);
            self.reachable = !instr.op.ends_block();
        }
    }

    /// Emits an instruction with one register.
    pub fn op1(&mut self, op: Op, a: Reg, span: Span) {
        self.emit(Instr::abc(op, a.0, 0, 0), span);
    }

    /// Emits an instruction with two registers.
    pub fn op2(&mut self, op: Op, a: Reg, b: Reg, span: Span) {
        self.emit(Instr::abc(op, a.0, b.0, 0), span);
    }

    /// Emits an instruction with three registers.
    pub fn op3(&mut self, op: Op, a: Reg, b: Reg, c: Reg, span: Span) {
        self.emit(Instr::abc(op, a.0, b.0, c.0), span);
    }

    /// Emits an instruction with a register and one wide operand.
    pub fn wide(&mut self, op: Op, a: Reg, bc: u32, span: Span) {
        self.emit(Instr::wide(op, a.0, bc), span);
    }

    /// Emits an instruction with a count, two registers and an index.
    pub fn window(&mut self, op: Op, count: usize, a: Reg, b: Reg, c: u16, span: Span) {
        match u8::try_from(count) {
            Ok(x) => self.emit(Instr::xabc(op, x, a.0, b.0, c), span),
            Err(_) => self.overflow = true,
        }
    }

    /// Emits an instruction with a count, two registers and a name of its own.
    pub fn named(&mut self, op: Op, count: usize, a: Reg, b: Reg, name: ConstantId, span: Span) {
        if self.reachable {
            let name = self.name(name);
            self.window(op, count, a, b, name, span);
        }
    }

    /// Emits an instruction with a count, two registers and a list of keys.
    pub fn keyed(&mut self, op: Op, count: usize, a: Reg, b: Reg, keys: Vec<ConstantId>, span: Span) {
        if self.reachable {
            let index = index(self.keys.len(), &mut self.overflow);
            self.keys.push(keys);
            self.window(op, count, a, b, index, span);
        }
    }

    /// Emits a mutation of `count` registers from `b` on.
    pub fn mutate(&mut self, count: usize, a: Reg, b: Reg, mutation: Mutation, span: Span) {
        if self.reachable {
            let index = index(self.mutations.len(), &mut self.overflow);
            self.mutations.push(mutation);
            self.window(Op::Mutate, count, a, b, index, span);
        }
    }

    /// A name of its own for an instruction or a path.
    pub fn name(&mut self, name: ConstantId) -> u16 {
        let index = index(self.names.len(), &mut self.overflow);
        self.names.push(name);
        index
    }

    /// Notes a path; its number. One that is longer than windows are is too much: the machine goes down it by recursion.
    pub fn path(&mut self, root: Reg, steps: Vec<Step>) -> PathId {
        self.overflow |= steps.len() > usize::from(u8::MAX);
        self.paths.push(Path { root: root.0, steps });
        PathId(self.paths.len() as u32 - 1)
    }

    /// Emits a copy, unless both are one.
    pub fn copy(&mut self, to: Reg, from: Reg, span: Span) {
        if to != from {
            self.op2(Op::Move, to, from, span);
        }
    }

    /// Emits a copy from a register that is not read again, unless both are one.
    pub fn hand(&mut self, to: Reg, from: Reg, span: Span) {
        if to != from {
            self.emit(Instr::xabc(Op::Move, LAST, to.0, from.0, 0), span);
        }
    }

    /// Emits the making of a closure.
    pub fn closure(&mut self, to: Reg, function: FunctionId, span: Span) {
        self.wide(Op::Closure, to, function.0, span);
    }

    /// Emits a jump to a place further on.
    pub fn jump(&mut self, label: &mut Label, span: Span) {
        self.jump_on(Op::Jump, 0, Reg(0), label, span);
    }

    /// Emits a jump to a place further on that looks at a register.
    pub fn jump_if(&mut self, op: Op, a: Reg, label: &mut Label, span: Span) {
        self.jump_on(op, 0, a, label, span);
    }

    /// Emits a jump to a place further on that `x` says more about: the number that `JumpIfInt` looks for, or whether
    /// the register is not read again.
    pub fn jump_on(&mut self, op: Op, x: u8, a: Reg, label: &mut Label, span: Span) {
        if self.reachable {
            label.jumps.push(self.code.len());
            self.emit(Instr::xabc(op, x, a.0, 0, 0), span);
        }
    }

    /// Emits a test with the jump to a place further on that it decides about.
    pub fn test(&mut self, instr: Instr, label: &mut Label, span: Span) {
        if self.reachable {
            self.emit(instr, span);
            label.jumps.push(self.code.len());
            self.emit(Instr::wide(Op::Jump, 0, 0), span);
            self.go_on_after_follower();
        }
    }

    /// Emits the end of a turn that goes back to `start` if what `instr` compares is so.
    pub fn back_if(&mut self, instr: Instr, start: u32, condition: Span, span: Span) {
        if self.reachable {
            self.count_before(instr);
            self.emit(instr, condition);
            self.back(start, span);
            self.go_on_after_follower();
        }
    }

    /// Emits the end of a turn that goes back to `start` with the next item.
    pub fn next_item(&mut self, iterator: Reg, start: u32, collection: Span, span: Span) {
        self.back_if(Instr::abc(Op::IterTurn, iterator.0, 0, 0), start, collection, span);
    }

    /// Makes one of counting and the end of a turn, if the counting stands just before.
    fn count_before(&mut self, turn: Instr) {
        let counts = match turn.op {
            Op::LoopLt => Op::CountLt,
            Op::LoopLe => Op::CountLe,
            Op::LoopLtK => Op::CountLtK,
            Op::LoopLeK => Op::CountLeK,
            _ => return,
        };
        if let Some(last) = self.code.last_mut()
            && last.op == Op::AddK
            && last.x == 0
            && last.a == turn.a
            && last.b == turn.a
        {
            *last = Instr::wide(counts, last.a, last.c.into());
        }
    }

    /// An instruction that reads the one behind it goes on after that, which must stay.
    fn go_on_after_follower(&mut self) {
        self.reachable = true;
        self.here();
    }

    /// Puts the label here: its jumps lead to the next instruction. A jump that would do nothing is taken back.
    pub fn bind(&mut self, mut label: Label) {
        if label.jumps.is_empty() {
            return;
        }
        let falls = label
            .jumps
            .last()
            .is_some_and(|jump| jump + 1 == self.code.len() && self.fixed <= *jump && self.code[*jump].op == Op::Jump);
        if falls {
            label.jumps.pop();
            self.code.pop();
            self.spans.pop();
        }
        self.reachable = true;
        if label.jumps.is_empty() {
            return;
        }
        let here = self.here();
        for jump in &label.jumps {
            if let Some(instr) = self.code.get_mut(*jump) {
                instr.set_bc(here);
            }
        }
    }

    /// The next instruction, which something will lead to.
    pub fn here(&mut self) -> u32 {
        self.fixed = self.code.len();
        self.code.len() as u32
    }

    /// Emits the way back to `start`.
    pub fn back(&mut self, start: u32, span: Span) {
        self.wide(Op::Loop, Reg(0), start, span);
    }

    /// Errors raised from `start` up to here go on here, with the error value in `error`. What stands before must have
    /// ended: control gets here by errors alone. Inner handlers have to be made first.
    pub fn catch(&mut self, start: u32, error: Reg) {
        let end = self.here();
        if start < end {
            self.handlers.push(Handler { start, end, target: end, error: error.0 });
            self.reachable = true;
        }
    }
}

/// The next index of a table whose indexes have 16 bits.
fn index(len: usize, overflow: &mut bool) -> u16 {
    u16::try_from(len).unwrap_or_else(|_| {
        *overflow = true;
        0
    })
}
