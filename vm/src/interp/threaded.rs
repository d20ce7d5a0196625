//! From instruction to instruction.
//!
//! Where the compiler optimises (`cfg(threaded)`, see the build script), each instruction that has a short way is a
//! function of its own, which ends in a call of that of the next instruction. The state is in its arguments, so a call in
//! that place is a jump, and each function has all of the processor's registers for itself. A test that runs millions
//! of instructions on a small stack holds the compiler to it. Elsewhere a loop does the same.

#![allow(unsafe_code, reason = "registers, constants and jumps are verified")]

use super::short::At;
use super::{Entered, Flow};
use crate::machine::{Fiber, Loaded, Machine, Pause};
use crate::value::Value;
#[cfg(threaded)]
use prism_bytecode::Op;
use std::rc::Rc;

impl Machine {
    /// Runs a fiber until it stops.
    pub(crate) fn execute(&mut self, fiber: &mut Fiber) -> Pause {
        if let Err(pause) = self.begin_compiled(fiber) {
            return pause;
        }
        let Some(at) = At::innermost(self, fiber) else { return Pause::Ended(Value::NULL) };
        at.run()
    }
}

impl Machine {
    /// Does an instruction of the innermost frame the general way; why the fiber stops, if it does.
    #[inline(never)]
    fn step(&mut self, fiber: &mut Fiber, function: &Loaded, index: usize) -> Result<(), Pause> {
        let Some(frame) = fiber.frames.last_mut() else { return Err(Pause::Ended(Value::NULL)) };
        frame.pc = index;
        let instr = function.compiled().code[index];
        let flow = match self.general(fiber, function, instr) {
            Ok(flow) => flow,
            Err(raised) => return self.raised(fiber, raised).map_or(Ok(()), Err),
        };
        let next = match flow {
            Flow::Pause(pause) => return Err(pause),
            Flow::Frame => return self.begin_compiled(fiber),
            Flow::Next => index + 1,
            Flow::Jump(target) => target as usize,
        };
        if let Some(frame) = fiber.frames.last_mut() {
            frame.pc = next;
        }
        if next <= index && function.heat.turned(next as u32) {
            let entered = self.enter_loop(fiber, function, next);
            return self.entered(fiber, entered);
        }
        Ok(())
    }

    /// Runs the innermost function as compiled code, if it has just been called and there is some.
    fn begin_compiled(&mut self, fiber: &mut Fiber) -> Result<(), Pause> {
        let Some(frame) = fiber.frames.last().filter(|frame| frame.pc == 0) else { return Ok(()) };
        let function = Rc::as_ptr(&self.functions[frame.function as usize]);
        // SAFETY: the machine keeps its functions where they are.
        let function = unsafe { &*function };
        function.called();
        if !function.heat.called() {
            return Ok(());
        }
        let entered = self.enter_call(fiber, function);
        self.entered(fiber, entered)
    }

    /// Goes on after compiled code.
    fn entered(&mut self, fiber: &mut Fiber, entered: Entered) -> Result<(), Pause> {
        match entered {
            Entered::Not | Entered::Left => Ok(()),
            Entered::Raised(raised) => self.raised(fiber, raised).map_or(Ok(()), Err),
            Entered::Paused(pause) => Err(pause),
        }
    }
}

#[cfg(not(threaded))]
mod way {
    use super::super::quick::NOTHING;
    use super::{At, Pause, Value};
    use prism_bytecode::Op;

    impl At<'_> {
        pub(super) fn run(mut self) -> Pause {
            loop {
                // SAFETY: `pc` is an instruction: the verifier proved that jumps are in range and that the last
                // instruction never falls through. The frame is the innermost.
                let done = unsafe { self.short(Op::ALL[(*self.pc).way as usize], NOTHING) };
                if !done {
                    let index = self.index();
                    let At { machine, fiber, function, .. } = &mut self;
                    // SAFETY: the machine keeps its functions where they are.
                    let function = unsafe { &**function };
                    if let Err(pause) = machine.step(fiber, function, index) {
                        return pause;
                    }
                    let At { machine, fiber, .. } = self;
                    let Some(at) = At::innermost(machine, fiber) else { return Pause::Ended(Value::NULL) };
                    self = at;
                }
            }
        }
    }
}

#[cfg(threaded)]
mod way {
    use super::super::quick::{CALLBACK, EXTRA, FREE, Known, MEMBER, NOTHING, NUMBERS, PATH, Quick, WHOLE, way, ways};
    use super::{At, Fiber, Loaded, Machine, Op, Pause, Value};

    /// Does an instruction and all that follow; leaves in the machine why the fiber has stopped.
    ///
    /// # Safety
    /// As for [`At::short`].
    type Does = unsafe fn(&mut Machine, &mut Fiber, *mut Value, *const Quick, *const Loaded);

    macro_rules! steps {
        ($($known:ident: $($op:ident)*;)*) => {{
            let mut steps: [Does; 256] = [otherwise; 256];
            $($(steps[way(Op::$op, $known) as usize] = shortly::<{ Op::$op as u8 }, $known>;)*)*
            steps
        }};
    }

    /// What does the instructions of each way.
    static STEPS: [Does; 256] = ways!(steps);

    /// An instruction by its short way, if that is open.
    unsafe fn shortly<const OP: u8, const KNOWN: Known>(
        machine: &mut Machine,
        fiber: &mut Fiber,
        registers: *mut Value,
        pc: *const Quick,
        function: *const Loaded,
    ) {
        let mut at = At { machine, fiber, registers, pc, function };
        // SAFETY: as the caller says; behind an instruction that was done stands another.
        unsafe {
            if at.short(const { Op::ALL[OP as usize] }, KNOWN) {
                let At { machine, fiber, registers, pc, function } = at;
                STEPS[(*pc).way as usize](machine, fiber, registers, pc, function)
            } else {
                let At { machine, fiber, registers, pc, function } = at;
                otherwise(machine, fiber, registers, pc, function)
            }
        }
    }

    /// Any instruction, the general way.
    #[inline(never)]
    unsafe fn otherwise(
        machine: &mut Machine,
        fiber: &mut Fiber,
        registers: *mut Value,
        pc: *const Quick,
        function: *const Loaded,
    ) {
        let index = At { machine, fiber, registers, pc, function }.index();
        // SAFETY: the machine keeps its functions where they are.
        if !machine.step_on_or_pause(fiber, unsafe { &*function }, index) {
            return;
        }
        // Arguments put above the frame may have moved the stack, so all is read anew.
        if let Some(At { machine, fiber, registers, pc, function }) = At::innermost(machine, fiber) {
            // SAFETY: as the caller says.
            unsafe { STEPS[(*pc).way as usize](machine, fiber, registers, pc, function) }
        }
    }

    impl Machine {
        /// Does an instruction the general way; whether the fiber goes on. If not, the machine knows why.
        #[inline(never)]
        fn step_on_or_pause(&mut self, fiber: &mut Fiber, function: &Loaded, index: usize) -> bool {
            match self.step(fiber, function, index) {
                Ok(()) => true,
                Err(pause) => {
                    self.paused = Some(pause);
                    false
                }
            }
        }
    }

    impl At<'_> {
        pub(super) fn run(self) -> Pause {
            let At { machine, fiber, registers, pc, function } = self;
            // SAFETY: the frame is the innermost, and its function verified.
            unsafe {
                STEPS[(*pc).way as usize](machine, fiber, registers, pc, function);
            }
            machine.paused.take().unwrap_or(Pause::Ended(Value::NULL))
        }
    }
}
