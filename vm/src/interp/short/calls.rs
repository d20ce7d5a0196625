//! The short ways of calls: into a function that takes exactly what it is given, and back to whoever called it.

use super::At;
use crate::interp::quick::{FREE, Known, Quick};
use crate::machine::{Finish, Frame};
use crate::value::{Closure, Value};
use std::ptr;
use std::rc::Rc;

impl At<'_> {
    /// Calls a function of the program with as many of the arguments as it must have.
    #[inline(always)]
    pub(super) unsafe fn offer(&mut self, instr: &Quick, known: Known) -> bool {
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
        takes <= u32::from(instr.x) && unsafe { self.call(instr, takes, known) }
    }

    /// Goes on at the `Offer` behind moves of arguments that the callee does not take, of which this is one: whether it did.
    #[inline(always)]
    pub(super) unsafe fn skip_extra(&mut self, instr: &Quick) -> bool {
        // SAFETY: the `Offer` stands behind so many moves into its window, which is within the frame's registers; closures
        // are of functions that the machine has.
        unsafe {
            let offer = &*self.pc.add(instr.x as usize);
            let Some(closure) = (*self.registers.add(offer.b as usize)).as_closure() else { return false };
            let takes = self.machine.functions.get_unchecked(closure.function as usize).takes.get();
            let places = instr.a as usize..instr.a as usize + instr.x as usize;
            // What is in the window when it is called must be what it was offered, or nothing that is counted.
            let skips = takes <= u32::from(offer.x - instr.x)
                && places.into_iter().all(|place| !(*self.registers.add(place)).is_handle());
            if skips {
                self.pc = self.pc.add(instr.x as usize);
            }
            skips
        }
    }

    /// Moves a callee and those of the arguments that it takes into the window of the `Offer` behind the moves, of which this is the
    /// first, and calls it: whether it moved them.
    #[inline(always)]
    pub(super) unsafe fn call_back(&mut self, instr: &Quick) -> bool {
        // SAFETY: the `Offer` stands behind so many moves into its window, which is within the frame's registers, as is
        // what they move; none of it lies in the window. Closures are of functions that the machine has.
        unsafe {
            let (offer, window) = (&*self.pc.add(instr.x as usize), self.registers.add(instr.a as usize));
            let callee = &*self.registers.add(instr.b as usize);
            let Some(closure) = callee.as_closure() else { return false };
            let takes = self.machine.functions.get_unchecked(closure.function as usize).takes.get();
            if takes > offer.x.into() || (0..instr.x as usize).any(|place| (*window.add(place)).is_handle()) {
                return false;
            }
            ptr::write(window, callee.clone());
            for place in 1..=takes as usize {
                let argument = &*self.registers.add((*self.pc.add(place)).b as usize);
                ptr::write(window.add(place), argument.clone());
            }
            // If it can't be called so, the `Offer` is the instruction at hand: of the others it needs none.
            self.pc = self.pc.add(instr.x as usize);
            self.call(offer, takes, FREE);
        }
        true
    }

    /// Calls a function of the program with so many arguments, if it must have as many.
    #[inline(always)]
    pub(super) unsafe fn call(&mut self, instr: &Quick, count: u32, known: Known) -> bool {
        // SAFETY: the verifier proved the operand below the function's register count.
        let slot = unsafe { self.registers.add(instr.b as usize) };
        // SAFETY: as above.
        let callee = unsafe { &*slot };
        let Some(closure) = callee.as_closure() else { return false };
        let (number, conf) = (closure.function, callee.conf());
        // SAFETY: closures are of functions that the machine has, and it keeps them where they are.
        let loaded = unsafe { &*Rc::as_ptr(self.machine.functions.get_unchecked(number as usize)) };
        if loaded.takes.get() != count || self.machine.is_out_of_steps() {
            return false;
        }
        let depth = self.fiber.frames.len();
        if depth >= self.fiber.frames.capacity() || depth >= self.machine.runtime.limits.depth {
            return false;
        }
        // SAFETY: the innermost frame is the caller's, and there is room for one more behind it.
        let (caller, frame) = unsafe {
            let frame = self.fiber.frames.as_mut_ptr().add(depth);
            (&mut *frame.sub(1), frame)
        };
        let (base, result) = (caller.base + instr.b as usize + 1, caller.base + instr.a as usize);
        if base + loaded.registers as usize > self.fiber.stack.len() {
            return false;
        }
        if known != FREE {
            // What lies above the window goes before the call, the general way.
            // SAFETY: both are in the row of the caller's registers, or one past it.
            let is_tidy = unsafe {
                is_free(slot.add(1 + instr.x as usize), self.registers.add((*self.function).registers as usize))
            };
            if !is_tidy {
                return false;
            }
        }
        if loaded.heat.called() {
            return false;
        }
        self.machine.runtime.fuel -= 1;
        caller.pc = self.index();
        // SAFETY: the slot holds a closure, as was seen, and is written anew; the frame has room, as was seen.
        unsafe {
            let closure = ptr::read(slot).into_ref_unchecked::<Closure>();
            ptr::write(slot, Value::NULL);
            let finish = Finish::Times(conf);
            ptr::write(
                frame,
                Frame { function: number, pc: 0, base, result, finish, closure: Some(closure), pending: None },
            );
            self.fiber.frames.set_len(depth + 1);
            self.registers = slot.add(1);
        }
        (self.function, self.pc) = (loaded, loaded.code.get());
        true
    }

    /// Ends a function that is called by another of the fiber, and whose value stays as it is.
    #[inline(always)]
    pub(super) unsafe fn give_back(&mut self, instr: &Quick) -> bool {
        let depth = self.fiber.frames.len();
        if depth < 2 {
            return false;
        }
        // SAFETY: there are two frames, as was seen.
        let (frame, caller) = unsafe {
            let frame = self.fiber.frames.as_mut_ptr().add(depth - 1);
            (&*frame, &mut *frame.sub(1))
        };
        let (Finish::Times(conf), Some(closure)) = (frame.finish, &frame.closure) else { return false };
        // SAFETY: the verifier proved the operand below the function's register count, which the stack has behind the frame's
        // base; a frame's result goes to a slot of the stack.
        let (returned, end, result) = unsafe {
            (
                self.registers.add(instr.a as usize),
                self.registers.add((*self.function).registers as usize),
                self.fiber.stack.as_mut_ptr().add(frame.result),
            )
        };
        // What a failure leaves undone here will be done when the function has ended the general way.
        // SAFETY: both are rows of the frame's registers, and the result's is none of them. The frame, which owns the closure,
        // goes below.
        let free = conf.is_plain()
            && result < self.registers
            && unsafe { let_go(self.registers, returned) && let_go(returned.add(1), end) && closure.try_step_back() };
        if !free {
            return false;
        }
        // SAFETY: as above.
        if !unsafe { (*result).step_back() } {
            closure.step_forth();
            return false;
        }
        // SAFETY: the value moves from its register to the result's slot, which has given up what it held. A caller's
        // `pc` is at its call, behind which something stands.
        unsafe {
            ptr::write(result, Value::read_by_words(returned));
            if (*returned).is_handle() {
                ptr::write(returned, Value::NULL);
            }
            caller.pc += 1;
            self.function = Rc::as_ptr(self.machine.functions.get_unchecked(caller.function as usize));
            self.pc = (*self.function).code.get().add(caller.pc);
            self.registers = self.fiber.stack.as_mut_ptr().add(caller.base);
            self.fiber.frames.set_len(depth - 1);
        }
        true
    }
}

/// Whether no register of a row holds a handle.
///
/// # Safety
/// They are registers of one frame.
#[inline(always)]
unsafe fn is_free(from: *const Value, to: *const Value) -> bool {
    let mut slot = from;
    while slot < to {
        // SAFETY: as the caller says.
        unsafe {
            if (*slot).is_handle() {
                return false;
            }
            slot = slot.add(1);
        }
    }
    true
}

/// Takes the handles out of a row of registers, unless one is the last on what it points at: whether it did.
///
/// # Safety
/// They are registers of one frame, and nothing borrows them.
#[inline(always)]
unsafe fn let_go(from: *mut Value, to: *mut Value) -> bool {
    let mut slot = from;
    while slot < to {
        // SAFETY: as the caller says; a slot that has given up its handle is written anew.
        unsafe {
            if (*slot).is_handle() {
                if !(*slot).step_back() {
                    return false;
                }
                ptr::write(slot, Value::NULL);
            }
            slot = slot.add(1);
        }
    }
    true
}
