//! Whether code is likely to be of use, before it is made: by what the interpreter [counts](super::heat), what instructions
//! [show](worth), what was made [so far](super::budget), and how a function or loop is come by.

use super::heat::Prospects;
use super::translate::Part;
use super::{Jit, flow, worth};
use crate::machine::{Fiber, JitMode, Loaded, Machine};
use prism_bytecode::Op;

/// Calls one after the other in which it is looked what a function is given to call.
const LOOKS: u32 = 8;

impl Machine {
    /// Whether it is to be thought of code for a function or loop that the interpreter comes by often.
    pub(super) fn may_enter(&self, function: &Loaded, part: Part) -> bool {
        let is_awaited = match part {
            Part::Loop(_) => !function.heat.visited(),
            Part::Function => self.settings.jit != JitMode::On || !waits_for_code(function),
        };
        if self.settings.trace || !is_awaited {
            return false;
        }
        let is_begun =
            self.jit.is_some() || self.settings.jit == JitMode::Always || worth::is_begun_for(function, part);
        if !is_begun {
            match part {
                Part::Function => function.give_up_calls(),
                Part::Loop(_) => function.give_up_loops(),
            }
        }
        is_begun
    }
}

/// Leaves a small function to the interpreter unless code calls it; whether it did.
fn waits_for_code(function: &Loaded) -> bool {
    worth::is_small(function) && worth::is_worth(function, Part::Function) && function.heat.waits_for_code()
}

impl Jit {
    /// Whether code is to be made now of a function or loop that has none. If it is not, that is asked again.
    pub(super) fn prospects(
        &mut self,
        machine: &Machine,
        fiber: &Fiber,
        number: u32,
        function: &Loaded,
        part: Part,
    ) -> Prospects {
        if let Part::Loop(head) = part
            && self.awaits_outer(number, function, head)
        {
            return Prospects::Unknown;
        }
        if self.mode != JitMode::On {
            return Prospects::Good;
        }
        let is_early = machine.usage().steps < self.budget.awaited_steps();
        match part {
            Part::Function if is_early => function.heat.defer_calls(),
            Part::Function => return self.callbacks(fiber, number, function),
            Part::Loop(_) if function.heat.is_short() || is_early => {
                function.heat.defer_loop(self.loop_with_code(number, function));
            }
            Part::Loop(head) => return self.visits(number, function, head),
        }
        Prospects::Unknown
    }

    /// A function or loop is left to the interpreter for good.
    pub(super) fn leave(&mut self, number: u32, function: &Loaded, part: Part) {
        self.bodies.entry((number, part)).or_default();
        match part {
            Part::Function => function.give_up_calls(),
            Part::Loop(_) if self.gave_up_loops(number, function) => function.give_up_loops(),
            Part::Loop(head) => function.heat.give_up_loop(head, self.loop_with_code(number, function)),
        }
    }

    /// Whether a loop goes on long enough, if it would be entered at each turn of the one around it.
    fn visits(&self, number: u32, function: &Loaded, head: u32) -> Prospects {
        let outer = flow::loop_around(function.compiled(), head);
        match outer.filter(|outer| self.gave_up(number, Part::Loop(*outer))) {
            Some(outer) => function.heat.visits_of(head, outer, self.loop_with_code(number, function)),
            None => Prospects::Good,
        }
    }

    /// Whether all loops of a function are left to the interpreter for good.
    fn gave_up_loops(&self, number: u32, function: &Loaded) -> bool {
        let loops = function.compiled().code.iter().filter(|instr| instr.op == Op::Loop);
        loops.map(|instr| instr.bc()).all(|head| self.gave_up(number, Part::Loop(head)))
    }

    /// A loop of a function that has code; the last one.
    fn loop_with_code(&self, number: u32, function: &Loaded) -> Option<u32> {
        let loops = function.compiled().code.iter().rev().filter(|instr| instr.op == Op::Loop);
        loops.map(|instr| instr.bc()).find(|head| self.has_code(number, Part::Loop(*head)))
    }

    fn has_code(&self, number: u32, part: Part) -> bool {
        self.bodies.get(&(number, part)).is_some_and(|body| body.code.is_some())
    }

    /// Whether a loop without code is to go on without: one around it has code or is better compiled, if it turns soon.
    fn awaits_outer(&self, number: u32, function: &Loaded, head: u32) -> bool {
        if self.mode == JitMode::Always {
            return false;
        }
        let around = |head: &u32| flow::loop_around(function.compiled(), *head);
        let mut outwards = std::iter::successors(around(&head), around);
        if let Some(outer) = outwards.find(|outer| self.has_code(number, Part::Loop(*outer))) {
            return function.heat.returns(head, outer);
        }
        let outer = around(&head).filter(|outer| !self.gave_up(number, Part::Loop(*outer)));
        function.heat.awaits(head, outer)
    }

    /// Whether a function or loop is left to the interpreter.
    fn gave_up(&self, number: u32, part: Part) -> bool {
        self.bodies.get(&(number, part)).is_some_and(|body| body.code.is_none())
    }

    /// Whether a function that calls what it is given, such as `map`, is given the same in all calls that are looked at. If it
    /// is not, its code would do little more than call other code; loops that take long have code of their own.
    fn callbacks(&mut self, fiber: &Fiber, number: u32, function: &Loaded) -> Prospects {
        let Some(frame) = fiber.frames.last() else { return Prospects::Good };
        let given = |param: u16| fiber.stack[frame.base + param as usize].as_closure().map(|it| it.function);
        let given: Vec<u32> = worth::callbacks(function).filter_map(given).collect();
        if given.is_empty() {
            return Prospects::Good;
        }
        let (looks, before) = self.given.entry(number).or_default();
        if *looks > 0 && *before != given {
            *looks = 0;
            function.heat.put_off_calls();
            return Prospects::Unknown;
        }
        *looks += 1;
        *before = given;
        if *looks > LOOKS { Prospects::Good } else { Prospects::Unknown }
    }
}
