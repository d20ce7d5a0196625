//! The short ways of calls: into a function that takes exactly what it is given, and back to whoever called it.

use super::At;
use crate::machine::{Finish, Frame};
use crate::value::{Closure, Value};
use prism_bytecode::Instr;
use std::ptr;
use std::rc::Rc;

impl At<'_> {
    /// Calls a function of the program with as many of the arguments as it must have.
    #[inline(always)]
    pub(super) unsafe fn offer(&mut self, instr: &Instr) -> bool {
        // SAFETY: the verifier proved the operand below the function's register count.
        let slot = unsafe { self.registers.add(instr.b as usize) };
        // SAFETY: as above.
        let Some(closure) = (unsafe { &*slot }).as_closure() else { return false };
        // SAFETY: closures are of functions that the machine has.
        let takes = unsafe { self.machine.functions.get_unchecked(closure.function as usize) }.plain_params;
        for extra in takes..u32::from(instr.x) {
            // SAFETY: the verifier proved the whole window below the function's register count.
            let argument = unsafe { &mut *slot.add(1 + extra as usize) };
            if argument.is_handle() {
                if !argument.step_back() {
                    return false;
                }
                // SAFETY: the slot is valid, and has given up what it held.
                unsafe { ptr::write(argument, Value::NULL) };
            }
        }
        // SAFETY: as the caller says.
        takes <= u32::from(instr.x) && unsafe { self.call(instr, takes) }
    }

    /// Calls a function of the program with so many arguments, if it must have as many.
    #[inline(always)]
    pub(super) unsafe fn call(&mut self, instr: &Instr, count: u32) -> bool {
        let (machine, fiber) = (&mut *self.machine, &mut *self.fiber);
        // SAFETY: the verifier proved the operand below the function's register count.
        let slot = unsafe { self.registers.add(instr.b as usize) };
        // SAFETY: as above.
        let callee = unsafe { &*slot };
        let Some(closure) = callee.as_closure() else { return false };
        let (number, finish) = (closure.function, Finish::Times(callee.conf()));
        // SAFETY: closures are of functions that the machine has.
        let function = unsafe { Rc::as_ptr(machine.functions.get_unchecked(number as usize)) };
        // SAFETY: the machine keeps its functions where they are.
        let loaded = unsafe { &*function };
        let Some(caller) = fiber.frames.last_mut() else { return false };
        let (base, result) = (caller.base + instr.b as usize + 1, caller.base + instr.a as usize);
        let depth = fiber.frames.len();
        if loaded.plain_params != count
            || base + loaded.registers as usize > fiber.stack.len()
            || depth >= machine.runtime.limits.depth
            || depth == fiber.frames.capacity()
            || machine.is_out_of_steps()
            || loaded.heat.called()
        {
            return false;
        }
        machine.runtime.fuel -= 1;
        // SAFETY: `pc` is an instruction of the caller's function.
        let pc = unsafe { self.pc.offset_from((*self.function).code) as usize };
        // SAFETY: there is a last frame, seen above, and room for one more.
        unsafe {
            fiber.frames.get_unchecked_mut(depth - 1).pc = pc;
            let closure = std::mem::take(&mut *slot).into_ref_unchecked::<Closure>();
            let frame = Frame { function: number, pc: 0, base, result, finish, closure: Some(closure), pending: None };
            ptr::write(fiber.frames.as_mut_ptr().add(depth), frame);
            fiber.frames.set_len(depth + 1);
            self.registers = slot.add(1);
        }
        (self.function, self.pc) = (function, loaded.code);
        true
    }

    /// Ends a function that is called by another of the fiber, and whose value stays as it is.
    #[inline(always)]
    pub(super) unsafe fn give_back(&mut self, instr: &Instr) -> bool {
        let (machine, fiber) = (&mut *self.machine, &mut *self.fiber);
        let depth = fiber.frames.len();
        let [.., caller, frame] = &mut fiber.frames[..] else { return false };
        let plain = matches!(frame.finish, Finish::Times(conf) if conf.is_plain());
        if !plain || frame.closure.as_ref().is_none_or(|closure| closure.is_unique()) {
            return false;
        }
        // SAFETY: a frame's result goes to a slot of the stack; the verifier proved the operand below the function's register
        // count, which the stack has behind the frame's base.
        let (result, returned, slots) = unsafe {
            let count = (*self.function).registers as usize;
            (
                fiber.stack.as_mut_ptr().add(frame.result),
                self.registers.add(instr.a as usize),
                std::slice::from_raw_parts_mut(self.registers, count),
            )
        };
        // SAFETY: the register is valid; its value is taken out.
        let value = unsafe { ptr::replace(returned, Value::NULL) };
        let free = slots.iter_mut().all(|slot| {
            let is_handle = slot.is_handle();
            let free = slot.step_back();
            if free && is_handle {
                // SAFETY: the slot is valid, and has given up what it held.
                unsafe { ptr::write(slot, Value::NULL) };
            }
            free
        });
        // SAFETY: nothing else borrows the slot.
        if !free || !unsafe { (*result).step_back() } {
            // SAFETY: the register holds null. What others held is gone, as it will be when the function has ended.
            unsafe { ptr::write(returned, value) };
            return false;
        }
        // SAFETY: the slot for the result has given up what it held, and a caller's `pc` is at its call, behind which
        // something stands.
        unsafe {
            ptr::write(result, value);
            frame.closure.take().into_iter().for_each(|closure| closure.step_back());
            caller.pc += 1;
            self.function = Rc::as_ptr(machine.functions.get_unchecked(caller.function as usize));
            self.pc = (*self.function).code.add(caller.pc);
            self.registers = fiber.stack.as_mut_ptr().add(caller.base);
            fiber.frames.set_len(depth - 1);
        }
        true
    }
}
