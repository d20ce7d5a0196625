//! Loops: their heads, where ways from behind come back, and the turn that is taken out before them.

use super::super::state::{Form, Kind, Left, Reg, Shape};
use super::super::{flow, worth};
use super::blocks::{Edge, Meeting, joined};
use super::numbers::Term;
use super::versions::{Changes, Versions};
use super::{Translator, whole_constant};
use cranelift_codegen::ir::InstBuilder;
use cranelift_codegen::ir::condcodes::IntCC;

/// A loop that had hardly ever turned is compiled with its function when this was left there so often.
pub(in crate::jit) const COLD: u32 = 32;
/// Steps of fuel that are asked for at once.
const GRANTED: u8 = 4;
/// Loops with more instructions are not peeled.
const MOST_PEELED: usize = 100;
/// Loops with more instructions have one turn in their code, others two: their fuel is compared once for both.
const MOST_DOUBLED: usize = 12;

/// A loop's head.
#[derive(Clone)]
pub(super) struct Head {
    meeting: Meeting,
    /// By register: whether it is a whole number that is taken never to be negative.
    natural: Vec<bool>,
    /// What memory was last changed before a turn.
    versions: Versions,
}

/// What a loop was found to change that its head was not taken to; kept when everything is done anew.
#[derive(Clone, Default)]
pub(in crate::jit) struct Taken {
    /// By register: what it is at the head, where values differ from turn to turn.
    shapes: Vec<Option<Shape>>,
    /// The whole numbers that may be negative, by register.
    negative: Vec<usize>,
    changes: Changes,
}

/// An innermost loop of which the first turn stands before it. What is compared in that turn and stays the same need
/// not be compared in the loop.
pub(super) struct Peel {
    head: usize,
    /// The last of the loop's instructions.
    end: usize,
    /// The ways back from the turn.
    edges: Vec<Edge>,
    /// Whether it is the first of two turns in the loop, instead.
    is_inside: bool,
}

impl Translator<'_, '_> {
    /// The last instruction of a loop of the compiled function.
    pub(super) fn end_of_loop(&self, head: usize) -> usize {
        flow::end_of_loop(self.frames[0].function.compiled(), head as u32) as usize
    }

    /// Whether the loop with this head is left to the interpreter, since it hardly ever turned: compiling it would take longer
    /// than all else of the function.
    pub(super) fn is_cold(&self, head: usize) -> bool {
        let has_turned = self.source.profile.at(self.source.number, head).exits >= COLD;
        self.source.has_cold_loops && !has_turned
    }

    /// If the first turn of the loop with this head is to be taken out of it, begins it: the loop's last instruction.
    pub(super) fn peel(&mut self, head: usize) -> Option<usize> {
        let end = self.end_of_loop(head);
        let is_innermost = !self.frame().heads.iter().any(|other| (head + 1..=end).contains(other));
        let code = &self.frame().function.compiled().code[head..=end];
        // What the machine does changes memory, so little would be known in the loop of what was compared before it.
        let peels = is_innermost && code.len() <= MOST_PEELED && !code.iter().any(|instr| worth::is_left(instr.op));
        if peels {
            self.peel = Some(Peel { head, end, edges: Vec::new(), is_inside: false });
        }
        peels.then_some(end)
    }

    /// Goes on with a loop of which one turn is translated: its head, if there are ways back from that turn.
    pub(super) fn peeled(&mut self) -> Option<usize> {
        let next = self.frame().pending.first_key_value().map(|(pc, _)| *pc);
        let over = |peel: &mut Peel| next.is_none_or(|pc| pc > peel.end);
        if self.frames.len() > 1 {
            return None;
        }
        let Peel { head, end, edges, is_inside } = self.peel.take_if(over)?;
        if edges.is_empty() {
            return None;
        }
        if is_inside {
            self.merge(head, edges);
        } else {
            self.begin_loop(head, edges);
            if end - head <= MOST_DOUBLED {
                self.peel = Some(Peel { head, end, edges: Vec::new(), is_inside: true });
            }
        }
        Some(head)
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
        let natural = |reg: usize| {
            let is_natural = |edge: &Edge| {
                edge.state.regs[reg].kind.whole().is_some_and(|number| self.is_natural_in(edge.scope, number))
            };
            matches!(shapes[reg].form, Form::Int | Form::ConfInt)
                && !taken.negative.contains(&reg)
                && edges.iter().all(is_natural)
        };
        let natural: Vec<bool> = (0..shapes.len()).map(natural).collect();
        let meeting = Meeting { block: self.b.create_block(), shapes, left: None };
        self.meet(&meeting, edges, &live);
        for reg in (0..natural.len()).filter(|reg| natural[*reg]) {
            if let Some(number) = self.state.regs[reg].kind.whole() {
                self.know_natural(number);
            }
        }
        self.state.granted = 0;
        self.state.versions = self.memo.clock.changed(&self.state.versions, &taken.changes);
        let versions = self.state.versions.clone();
        self.heads.insert(head, Head { meeting, natural, versions });
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
        let Some(Head { meeting, natural, versions }) = self.heads.get(&pc).cloned() else {
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
        let negative = (0..natural.len()).filter(|reg| {
            let number = self.state.regs[*reg].kind.whole();
            natural[*reg] && number.is_some_and(|number| !self.is_natural(number))
        });
        let negative: Vec<usize> = negative.collect();
        self.again |= !negative.is_empty();
        // Arriving may write homes.
        if fits {
            self.arrive(&meeting, &live);
        }
        let taken = self.taken.entry(pc).or_default();
        taken.negative.extend(negative);
        if taken.changes.add(&versions, &self.state.versions) || !fits {
            self.again = true;
        }
        if !fits {
            self.leave(false);
        }
    }

    /// Adds to what a loop counts, where the limit that it is compared with next is whole: a sum within the limit is within
    /// 32 bits, and one beyond it goes [on as a double](Translator::counted).
    pub(super) fn count(&mut self, reg: usize, step: f64) -> bool {
        let turn = self.frame().function.compiled().code[self.frame().pc + 1];
        let limit = match self.right(turn) {
            Some(Term::Const(limit)) => whole_constant(limit).is_some(),
            Some(Term::Reg(limit)) => matches!(self.state.regs[limit].kind, Kind::Int(_)) && limit != reg,
            None => false,
        };
        let (Kind::Int(number), Some(step)) = (self.state.regs[reg].kind, whole_constant(step)) else { return false };
        if !limit || step <= 0 {
            return false;
        }
        let sum = self.b.ins().iadd_imm_s(number, step);
        if self.is_natural(number) {
            self.know_natural(sum);
        }
        self.define(reg, Kind::Int(sum));
        self.counting = Some(reg);
        true
    }

    /// Behind a loop that counts: the sum may need more than 32 bits. Gives what the register was.
    pub(super) fn counted(&mut self, reg: usize) -> Reg {
        let before = self.state.regs[reg];
        if let Kind::Int(sum) = before.kind {
            let number = self.float(sum);
            self.state.regs[reg] = Reg::new(Kind::Num(number));
            self.exit_here = None;
        }
        before
    }

    /// A step of fuel; leaves at this instruction if there are few: the interpreter takes the last ones. So not each of the
    /// next steps needs to be compared.
    pub(super) fn step(&mut self) {
        if self.state.left.taken == u8::MAX - GRANTED {
            self.state.left = Left::all(self.left());
        }
        if self.state.granted == 0 {
            let Left { from, taken } = self.state.left;
            let enough = self.is_word(IntCC::UnsignedGreaterThanOrEqual, from, (GRANTED + taken).into());
            let exit = self.exit(false);
            self.unless(enough, exit);
            self.state.granted = GRANTED;
        }
        self.state.granted -= 1;
        self.state.left.taken += 1;
        self.exit_here = None;
    }
}
