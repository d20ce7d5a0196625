//! Loops: their heads, where ways from behind come back, and the turn that is taken out before them.

use super::super::flow;
use super::super::state::Shape;
use super::Translator;
use super::blocks::{Edge, Meeting, joined, same};
use super::memo::{Changes, Versions};
use cranelift_codegen::ir::InstBuilder;
use cranelift_codegen::ir::condcodes::IntCC;
use prism_bytecode::Op;

/// Loops with more instructions are not peeled.
const MOST_PEELED: usize = 100;

/// A loop's head.
#[derive(Clone)]
pub(super) struct Head {
    meeting: Meeting,
    /// What memory was last changed before a turn.
    versions: Versions,
}

/// What a loop was found to change that its head was not taken to; kept when everything is done anew.
#[derive(Clone, Default)]
pub(in crate::jit) struct Taken {
    /// By register: what it is at the head, where values differ from turn to turn.
    shapes: Vec<Option<Shape>>,
    /// The stack moves.
    moves: bool,
    changes: Changes,
}

/// An innermost loop of which the first turn stands before it. What is compared in that turn and stays the same need
/// not be compared in the loop.
pub(super) struct Peel {
    head: usize,
    /// The last of the loop's instructions.
    end: usize,
    /// The ways back from the first turn.
    edges: Vec<Edge>,
}

impl Translator<'_, '_> {
    /// The last instruction of a loop of the compiled function.
    pub(super) fn end_of_loop(&self, head: usize) -> usize {
        let code = self.frames[0].function.compiled().code.iter().enumerate();
        let ends = code.filter(|(_, instr)| instr.op == Op::Loop && instr.bc() as usize == head).map(|(at, _)| at);
        ends.max().unwrap_or(head)
    }

    /// Whether the first turn of the loop with this head is to be taken out of it; it begins, if so.
    pub(super) fn peel(&mut self, head: usize) -> bool {
        let end = self.end_of_loop(head);
        let is_innermost = !self.frame().heads.iter().any(|other| (head + 1..=end).contains(other));
        let peels = is_innermost && end - head <= MOST_PEELED;
        if peels {
            self.peel = Some(Peel { head, end, edges: Vec::new() });
        }
        peels
    }

    /// The head of a loop whose first turn is translated, and the ways back from it.
    pub(super) fn peeled(&mut self) -> Option<(usize, Vec<Edge>)> {
        let next = self.frame().pending.first_key_value().map(|(pc, _)| *pc);
        let over = |peel: &mut Peel| next.is_none_or(|pc| pc > peel.end);
        if self.frames.len() > 1 {
            return None;
        }
        let peel = self.peel.take_if(over)?;
        (!peel.edges.is_empty()).then_some((peel.head, peel.edges))
    }

    /// Begins a loop: what it does not change is at its head what it was before.
    pub(super) fn begin_loop(&mut self, head: usize, edges: Vec<Edge>) {
        self.frame_mut().pc = head;
        let live = self.live_at(head, &edges);
        let mut shapes = joined(&edges, &live);
        let taken = self.taken.entry(head).or_default().clone();
        let changed = flow::changed(self.frames[0].function.compiled(), head..=self.end_of_loop(head));
        for (reg, shape) in shapes.iter_mut().enumerate() {
            if changed.get(reg).copied().unwrap_or(true) {
                *shape = shape.loose();
            }
            if let Some(taken) = taken.shapes.get(reg).copied().flatten() {
                *shape = shape.loose().join(taken, live[reg]);
            }
        }
        let base = same(&edges, |edge| edge.state.base).filter(|_| !taken.moves);
        let meeting = Meeting { block: self.b.create_block(), shapes, base, left: None };
        self.meet(&meeting, edges, &live);
        self.state.versions = self.memo.changed(&self.state.versions, &taken.changes);
        let versions = self.state.versions.clone();
        self.heads.insert(head, Head { meeting, versions });
    }

    /// Whether a loop's head was come by, so that code can go back to it.
    pub(super) fn has_head(&self, head: usize) -> bool {
        let is_peeled = self.peel.as_ref().is_some_and(|peel| peel.head == head);
        self.frames.len() == 1 && (is_peeled || self.heads.contains_key(&head))
    }

    /// Goes back to a loop's head, a step of fuel taken.
    pub(super) fn go_back(&mut self, pc: usize) {
        if self.peel.as_ref().is_some_and(|peel| peel.head == pc) {
            let edge = self.edge();
            if let Some(peel) = &mut self.peel {
                peel.edges.push(edge);
            }
            return;
        }
        let Some(Head { meeting, versions }) = self.heads.get(&pc).cloned() else {
            // Into a loop of an inlined function, or one that was not come by: the interpreter's.
            return self.leave(false);
        };
        let live: Vec<bool> = (0..meeting.shapes.len()).map(|reg| self.is_live(reg, pc)).collect();
        let taken = self.taken.entry(pc).or_default();
        let mut fits = true;
        for (reg, head) in meeting.shapes.iter().enumerate() {
            let own = Shape::of(&self.state.regs[reg], live[reg]);
            let both = head.join(own, live[reg]);
            if both != *head {
                fits = false;
                taken.shapes.resize(meeting.shapes.len(), None);
                taken.shapes[reg] = Some(both.loose());
            }
        }
        if meeting.base.is_some_and(|base| base != self.state.base) {
            (fits, taken.moves) = (false, true);
        }
        // Arriving may write homes.
        if fits {
            self.arrive(&meeting, &live);
        }
        let taken = self.taken.entry(pc).or_default();
        if taken.changes.add(&versions, &self.state.versions) || !fits {
            self.again = true;
        }
        if !fits {
            self.leave(false);
        }
    }

    /// A step of fuel; leaves at this instruction if there is none.
    pub(super) fn step(&mut self) {
        let some = self.is_word(IntCC::NotEqual, self.state.left, 0);
        let exit = self.exit(false);
        self.unless(some, exit);
        self.state.left = self.b.ins().iadd_imm_s(self.state.left, -1);
        self.exit_here = None;
    }
}
