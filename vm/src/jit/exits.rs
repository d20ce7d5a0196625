//! Where compiled code ends: the fiber becomes what the interpreter would have made of it.

#![allow(unsafe_code, reason = "the words of a value are taken over")]

use super::Jit;
use super::code::Ended;
use super::context::status;
use crate::confidence::Conf;
use crate::interp::Entered;
use crate::machine::{Fiber, Finish, Frame, Machine};
use crate::value::Value;
use prism_bytecode::{Instr, Op};

impl Machine {
    /// Code was left: if that was for a call of a function without code, this is to have some.
    pub(super) fn want_callee(&self, fiber: &Fiber) {
        let Some(frame) = fiber.frames.last() else { return };
        let instr = self.functions[frame.function as usize].compiled().code[frame.pc];
        if matches!(instr.op, Op::Call | Op::Offer)
            && let Some(callee) = fiber.stack[frame.base + instr.b as usize].as_closure()
        {
            self.functions[callee.function as usize].heat.want();
        }
    }

    /// The function of the innermost frame has ended.
    pub(super) fn returned(&mut self, fiber: &mut Fiber, ended: Ended) -> Entered {
        let conf = if ended.status == status::NUMBER { Conf::PLAIN } else { Conf::from_bits(ended.conf) };
        // SAFETY: the code gives two words of a value that it owns.
        let value = unsafe { Value::from_words(ended.bits, conf) };
        match self.return_value(fiber, value) {
            Some(pause) => Entered::Paused(pause),
            None => Entered::Left,
        }
    }

    /// Makes frames of the calls that were under way in bodies that exited; innermost first.
    pub(super) fn push_exits(&self, jit: &Jit, fiber: &mut Fiber, exits: &[(u64, u64)]) {
        let mut is_outermost = true;
        let left = fiber.frames.len().saturating_sub(1);
        for (site, offset) in exits.iter().rev() {
            let Some(site) = jit.sites.get(*site as usize) else { continue };
            let mut base = *offset as usize / size_of::<Value>();
            for (function, pc) in &site.frames {
                let pc = *pc as usize;
                if is_outermost {
                    is_outermost = false;
                    if let Some(frame) = fiber.frames.last_mut() {
                        frame.pc = pc;
                    }
                } else {
                    let result = self.result_of_call(fiber);
                    // The callee's handle lies before its registers; the frame takes it.
                    let closure = std::mem::take(&mut fiber.stack[base - 1]).into_ref();
                    let finish = Finish::Times(Conf::PLAIN);
                    fiber.push(Frame { function: *function, pc, base, result, finish, closure, pending: None });
                }
                base += self.functions[*function as usize].compiled().code[pc].b as usize + 1;
            }
        }
        self.tidy_frames(fiber, left);
    }

    /// Leaves in the registers of frames, from that one on, what the interpreter would have.
    fn tidy_frames(&self, fiber: &mut Fiber, first: usize) {
        for at in first..fiber.frames.len() {
            let Frame { function, pc, base, .. } = fiber.frames[at];
            let function = &self.functions[function as usize];
            // A callee's registers, and its handle before them, lie in its caller's.
            let next = fiber.frames.get(at + 1);
            let end = next.map_or(base + function.registers as usize, |next| next.base - 1);
            function.tidy(pc, &mut fiber.stack[base..end]);
        }
    }

    /// Where the call that the innermost frame is at puts its result.
    fn result_of_call(&self, fiber: &Fiber) -> usize {
        fiber.frames.last().map_or(0, |frame| {
            let call: Instr = self.functions[frame.function as usize].compiled().code[frame.pc];
            frame.base + call.a as usize
        })
    }
}
