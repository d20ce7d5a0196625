//! Blocks: where paths part and meet.

use super::super::state::{Form, Kind, Left, Shape, State};
use super::memo::Scope;
use super::{Failure, Translator};
use cranelift_codegen::ir::{Block, BlockArg, InstBuilder, Value, types};

/// A way to an instruction: the block that it comes from, which is still empty, and what is known there.
pub(super) struct Edge {
    pub(super) block: Block,
    pub(super) state: State,
    pub(super) scope: Scope,
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

/// A block in which ways meet, and what is the same on all of them. What is not is in the block's parameters.
#[derive(Clone)]
pub(super) struct Meeting {
    pub(super) block: Block,
    pub(super) shapes: Vec<Shape>,
    pub(super) left: Option<Left>,
}

impl Translator<'_, '_> {
    /// A way from here; the block at hand ends with it.
    pub(super) fn edge(&mut self) -> Edge {
        let block = self.b.create_block();
        self.b.ins().jump(block, &[]);
        self.edge_from(block)
    }

    /// A way that begins in a block with what is known here.
    pub(super) fn edge_from(&mut self, block: Block) -> Edge {
        let scope = self.memo.scope();
        // What is found from here on is not found on that way.
        self.memo.open(scope);
        Edge { block, state: self.state.clone(), scope }
    }

    /// Goes to an instruction of the innermost function.
    pub(super) fn go(&mut self, pc: usize) {
        let edge = self.edge();
        self.arrives(pc, edge);
    }

    /// Goes from a block, which is still empty, to an instruction of the innermost function.
    pub(super) fn go_from(&mut self, block: Block, pc: usize) {
        let edge = self.edge_from(block);
        self.arrives(pc, edge);
    }

    pub(super) fn arrives(&mut self, pc: usize, edge: Edge) {
        self.frame_mut().pending.entry(pc).or_default().push(edge);
    }

    /// Goes to one instruction if the condition holds, else to another.
    pub(super) fn branch(&mut self, holds: Value, then: usize, otherwise: usize) {
        let (yes, no) = (self.b.create_block(), self.b.create_block());
        // Cranelift puts the second block of the two next: that is to be the one of the nearer instruction.
        if then < otherwise {
            let not = self.inverse(holds);
            self.b.ins().brif(not, no, &[], yes, &[]);
        } else {
            self.b.ins().brif(holds, yes, &[], no, &[]);
        }
        self.go_from(yes, then);
        self.go_from(no, otherwise);
    }

    /// Translates the innermost function from where its ways lead to.
    pub(super) fn run(&mut self) -> Result<(), Failure> {
        while let Some(begun) = self.begin_next() {
            let mut pc = begun;
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

    /// Begins the block of the next instruction that ways lead to.
    fn begin_next(&mut self) -> Option<usize> {
        if let Some(head) = self.peeled() {
            return Some(head);
        }
        let (pc, edges) = self.frame_mut().pending.pop_first()?;
        self.frame_mut().pc = pc;
        let is_head = self.frames.len() == 1 && self.frame().heads.contains(&pc);
        if is_head && self.is_cold(pc) {
            self.merge(pc, edges);
            let exit = self.exit_of_loop();
            self.b.ins().jump(exit, &[]);
            return self.begin_next();
        }
        if !is_head {
            self.merge(pc, edges);
        } else if let Some(end) = self.peel(pc) {
            self.merge(pc, edges);
            self.look_into(pc, end);
        } else {
            self.begin_loop(pc, edges);
        }
        Some(pc)
    }

    /// Goes on where ways meet, at `pc` of the innermost function.
    pub(super) fn merge(&mut self, pc: usize, mut edges: Vec<Edge>) {
        if edges.len() == 1
            && let Some(edge) = edges.pop()
        {
            return self.enter(edge);
        }
        let live = self.live_at(pc, &edges);
        let shapes = joined(&edges, &live);
        let left = same(&edges, |edge| edge.state.left);
        let meeting = Meeting { block: self.b.create_block(), shapes, left };
        self.meet(&meeting, edges, &live);
    }

    /// Goes on in the block of a way.
    fn enter(&mut self, edge: Edge) {
        self.b.switch_to_block(edge.block);
        self.state = edge.state;
        self.memo.open(edge.scope);
        self.exit_here = None;
    }

    /// For each register, whether it is read at `pc` or later.
    pub(super) fn live_at(&self, pc: usize, edges: &[Edge]) -> Vec<bool> {
        let registers = edges.iter().map(|edge| edge.state.regs.len()).min().unwrap_or(0);
        (0..registers).map(|reg| self.is_live(reg, pc)).collect()
    }

    /// Lets ways meet, and goes on in their block.
    pub(super) fn meet(&mut self, meeting: &Meeting, edges: Vec<Edge>, live: &[bool]) {
        let scopes = edges.iter().map(|edge| edge.scope);
        let above = scopes.reduce(|a, b| self.memo.common(a, b)).unwrap_or(Scope::OUTSIDE);
        let facts = self.memo.common_facts(edges.iter().map(|edge| edge.scope), above);
        let granted = edges.iter().map(|edge| edge.state.granted).min().unwrap_or_default();
        let mut versions = vec![];
        for edge in edges {
            self.enter(edge);
            self.arrive(meeting, live);
            versions.push(std::mem::take(&mut self.state.versions));
        }
        let versions = self.memo.clock.joined(&versions);
        let mut parameter = |ty| self.b.append_block_param(meeting.block, ty);
        let left = meeting.left.unwrap_or_else(|| Left::all(parameter(types::I64)));
        let mut regs = vec![];
        for shape in &meeting.shapes {
            let values: Vec<Value> = shape.types().iter().map(|ty| parameter(*ty)).collect();
            regs.push(shape.reg(&values));
        }
        let state = State { regs, left, granted, versions };
        self.enter(Edge { block: meeting.block, state, scope: above });
        self.know_all(facts);
    }

    /// Goes to a block in which ways meet.
    pub(super) fn arrive(&mut self, meeting: &Meeting, live: &[bool]) {
        let mut values = vec![];
        for (reg, shape) in meeting.shapes.iter().enumerate() {
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
                (Form::Conf, Kind::ConfInt(number, conf)) => {
                    let number = self.float(number);
                    values.extend([number, conf]);
                }
                (_, Kind::Conf(number, conf) | Kind::ConfInt(number, conf)) if !shape.types().is_empty() => {
                    values.extend([number, conf])
                }
                _ => {}
            }
        }
        let left = meeting.left.is_none().then(|| self.left());
        let all: Vec<BlockArg> = left.into_iter().chain(values).map(BlockArg::Value).collect();
        self.b.ins().jump(meeting.block, &all);
    }
}

/// What registers are where ways meet.
pub(super) fn joined(edges: &[Edge], live: &[bool]) -> Vec<Shape> {
    let shapes = |edge: &Edge| edge.state.regs.iter().zip(live).map(|(reg, live)| Shape::of(reg, *live)).collect();
    let join = |a: Vec<Shape>, b: Vec<Shape>| {
        a.into_iter().zip(b).zip(live).map(|((a, b), live)| a.join(b, *live)).collect::<Vec<_>>()
    };
    edges.iter().map(shapes).reduce(join).unwrap_or_default()
}

/// The value that all ways have, if it is the same.
fn same<T: PartialEq>(edges: &[Edge], value: impl Fn(&Edge) -> T) -> Option<T> {
    let (first, others) = edges.split_first()?;
    let own = value(first);
    others.iter().all(|edge| value(edge) == own).then_some(own)
}
