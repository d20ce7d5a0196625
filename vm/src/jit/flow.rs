//! Which registers are still read, at each instruction of a function.
//!
//! Taken from the instruction table alone, so an instruction that the translator does not know is described here, too.
//! Errors go to handlers: what a handler reads is read by all that it covers.

use crate::machine::{Loaded, Machine};
use prism_bytecode::{Capture, Function, Handler, Instr, Op, Operand, Step};

/// Which registers of a function are read, and where.
pub(super) fn of(machine: &Machine, function: &Loaded) -> Flow {
    let first = machine.unit(function.origin).first;
    Flow::of(function.compiled(), |callee| {
        machine.functions.get((first + callee) as usize).map_or(&[], |made| made.captures())
    })
}

/// The registers that are read later, a bit each, at every instruction.
pub(super) struct Flow {
    words: usize,
    live: Vec<u64>,
}

impl Flow {
    /// Looks through a function; `callee_captures` tells what the closures that it makes capture.
    pub(super) fn of<'a>(function: &Function, callee_captures: impl Fn(u32) -> &'a [Capture]) -> Flow {
        let words = (function.registers as usize).div_ceil(64).max(1);
        let mut flow = Flow { words, live: vec![0; words * (function.code.len() + 1)] };
        // Going back settles all but loops in one pass, and each loop in one more.
        while flow.pass(function, &callee_captures) {}
        flow
    }

    /// Whether a register is read at `pc` or later.
    pub(super) fn is_live(&self, pc: usize, register: usize) -> bool {
        let word = self.live.get(pc * self.words + register / 64).copied().unwrap_or(u64::MAX);
        register / 64 >= self.words || word >> (register % 64) & 1 == 1
    }

    /// Whether a register is read by a handler if the instruction at `pc` raises.
    pub(super) fn is_caught(&self, function: &Function, pc: usize, register: usize) -> bool {
        let reads =
            |handler: &Handler| register != handler.error as usize && self.is_live(handler.target as usize, register);
        covering(function, pc).any(reads)
    }

    fn pass<'a>(&mut self, function: &Function, callee_captures: &impl Fn(u32) -> &'a [Capture]) -> bool {
        let mut changed = false;
        let mut now = vec![0; self.words];
        for (pc, instr) in function.code.iter().enumerate().rev() {
            if instr.op.ends_block() {
                now.fill(0);
            } else {
                now.copy_from_slice(self.at(pc + 1));
            }
            let row = instr.op.operands();
            if row.bc == Operand::Jump {
                join(&mut now, self.at(instr.bc() as usize));
            }
            if matches!(instr.op.follower(), Some(Op::Jump | Op::Loop)) {
                // What stands behind is skipped where it does not lead on.
                join(&mut now, self.at(pc + 2));
            }
            if row.a == Operand::Def {
                now[instr.a as usize / 64] &= !(1 << (instr.a % 64));
            }
            let mut read = |register: usize| now[register / 64] |= 1 << (register % 64);
            reads(function, *instr, callee_captures, &mut read);
            for handler in covering(function, pc) {
                let mut caught = self.at(handler.target as usize).to_vec();
                caught[handler.error as usize / 64] &= !(1 << (handler.error % 64));
                join(&mut now, &caught);
            }
            let own = &mut self.live[pc * self.words..(pc + 1) * self.words];
            changed |= *own != *now;
            own.copy_from_slice(&now);
        }
        changed
    }

    fn at(&self, pc: usize) -> &[u64] {
        &self.live[pc * self.words..(pc + 1) * self.words]
    }
}

/// The handlers that an error at `pc` may go to.
fn covering(function: &Function, pc: usize) -> impl Iterator<Item = &Handler> {
    function.handlers.iter().filter(move |handler| (handler.start..handler.end).contains(&(pc as u32)))
}

/// The registers that some of a function's instructions write, take or change in place, a flag each. All others hold at
/// the last of these instructions what they held at the first.
pub(super) fn changed(function: &Function, range: std::ops::RangeInclusive<usize>) -> Vec<bool> {
    let mut changed = vec![false; function.registers as usize];
    let mut changes = |from: usize, count: usize| changed.iter_mut().skip(from).take(count).for_each(|it| *it = true);
    for instr in function.code.get(range).unwrap_or(&function.code) {
        let row = instr.op.operands();
        for (operand, at) in [(row.a, instr.a), (row.b, instr.b), (row.c, instr.c)] {
            match operand {
                Operand::Def | Operand::Mod => changes(at.into(), 1),
                Operand::Window { extra } => changes(at.into(), instr.x as usize + extra as usize),
                Operand::Iterator => changes(at.into(), 4),
                Operand::Mutation => {
                    if let Some(mutation) = function.mutations.get(at as usize) {
                        changes(mutation.root.into(), 1);
                    }
                }
                _ => {}
            }
        }
        if let Some(taken) = taken(*instr) {
            changes(taken.into(), 1);
        }
        match (instr.op, function.paths.get(instr.bc() as usize)) {
            (Op::SetPath, Some(path)) => changes(path.root.into(), 1),
            (Op::Push, _) => changes(instr.a.into(), 1),
            _ => {}
        }
    }
    for handler in &function.handlers {
        changes(handler.error.into(), 1);
    }
    changed
}

/// The registers that hold nothing but cells made in this function, each another one: no instruction moves what they hold
/// elsewhere, and none puts there what was elsewhere. Closures may capture it.
pub(super) fn own_cells(function: &Function) -> Vec<bool> {
    let registers = function.registers as usize;
    let (mut cells, mut others) = (vec![false; registers], vec![false; registers]);
    others.iter_mut().take(function.params.registers() as usize).for_each(|it| *it = true);
    for instr in &function.code {
        let mut is_other = |from: u16, count: usize| {
            others.iter_mut().skip(from.into()).take(count).for_each(|it| *it = true);
        };
        match instr.op {
            Op::NewCell | Op::MakeCell => {
                cells.iter_mut().skip(instr.a.into()).take(1).for_each(|it| *it = true);
                continue;
            }
            // What becomes part of a cell.
            Op::Null | Op::Bool | Op::Int | Op::Const | Op::Uninit => {}
            Op::CellGet => is_other(instr.a, 1),
            Op::CellSet => is_other(instr.b, 1),
            _ => {
                let row = instr.op.operands();
                for (operand, at) in [(row.a, instr.a), (row.b, instr.b), (row.c, instr.c)] {
                    match operand {
                        Operand::Def | Operand::Use | Operand::Mod => is_other(at, 1),
                        Operand::Window { extra } => is_other(at, instr.x as usize + extra as usize),
                        Operand::Iterator => is_other(at, 4),
                        _ => {}
                    }
                }
            }
        }
    }
    for handler in &function.handlers {
        others.iter_mut().skip(handler.error.into()).take(1).for_each(|it| *it = true);
    }
    cells.into_iter().zip(others).map(|(cell, other)| cell && !other).collect()
}

/// The register whose value an instruction takes, if it does: the last one that it reads.
pub(super) fn taken(instr: Instr) -> Option<u16> {
    let row = instr.op.operands();
    let operands = [(row.c, instr.c), (row.b, instr.b), (row.a, instr.a)];
    let last = operands.into_iter().find(|(operand, _)| *operand == Operand::Use);
    last.map(|(_, at)| at).filter(|_| row.x == Operand::Last && instr.x == 1)
}

/// The last instruction of the loop with that head.
pub(super) fn end_of_loop(function: &Function, head: u32) -> u32 {
    let ends = (0..).zip(&function.code).filter(|(_, instr)| instr.op == Op::Loop && instr.bc() == head);
    ends.map(|(at, _)| at).max().unwrap_or(head)
}

/// The head of the innermost loop around the one with that head.
pub(super) fn loop_around(function: &Function, head: u32) -> Option<u32> {
    let loops =
        || (0..).zip(&function.code).filter(|(_, instr)| instr.op == Op::Loop).map(|(at, loop_)| (loop_.bc(), at));
    let end = end_of_loop(function, head);
    loops().filter(|(outer, at)| *outer < head && *at > end).map(|(outer, _)| outer).max()
}

fn join(into: &mut [u64], more: &[u64]) {
    into.iter_mut().zip(more).for_each(|(own, more)| *own |= more);
}

/// The registers that an instruction reads.
fn reads<'a>(
    function: &Function,
    instr: Instr,
    callee_captures: &impl Fn(u32) -> &'a [Capture],
    read: &mut impl FnMut(usize),
) {
    let row = instr.op.operands();
    for (operand, at) in [(row.a, instr.a), (row.b, instr.b), (row.c, instr.c)] {
        let at = at as usize;
        match operand {
            Operand::Use | Operand::Mod => read(at),
            Operand::Window { extra } => (at..at + instr.x as usize + extra as usize).for_each(&mut *read),
            Operand::Iterator if instr.op != Op::IterInit => (at..at + 2).for_each(&mut *read),
            Operand::Mutation => {
                if let Some(mutation) = function.mutations.get(at) {
                    read(mutation.root as usize);
                }
            }
            _ => {}
        }
    }
    if row.bc == Operand::Path
        && let Some(path) = function.paths.get(instr.bc() as usize)
    {
        read(path.root as usize);
        for step in &path.steps {
            if let Step::Register(register) = step {
                read(*register as usize);
            }
        }
    }
    if instr.op == Op::Closure {
        for capture in callee_captures(instr.bc()) {
            if let Capture::Register(register) = capture {
                read(*register as usize);
            }
        }
    }
}
