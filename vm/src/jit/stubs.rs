//! What compiled code calls: functions of the machine with the C calling convention.
//!
//! A stub may use the machine and the fiber through the [`Context`], since compiled code holds nothing of them but what
//! it reads anew after each call ([`Translator::reload`](super::translate)).

#![allow(unsafe_code, reason = "called by compiled code with addresses that it was given")]

use super::context::{Context, Site};
use crate::confidence::Conf;
use crate::interp::{Flow, arith};
use crate::machine::{Fiber, Finish, Frame, Machine, Pause};
use crate::raise::Raise;
use crate::value::heap::{self, Header, Ref};
use crate::value::{Array, Closure, PAYLOAD, TAG_STRING, Value};
use prism_bytecode::Op;
use std::ptr::NonNull;
use std::rc::Rc;

/// The instruction is done.
pub(super) const DONE: u64 = 0;
/// It is done, and jumps.
pub(super) const JUMPED: u64 = 1;
/// It raised: [`Context::left_by`] says what.
pub(super) const RAISED: u64 = 2;
/// The frames are as the interpreter wants them.
pub(super) const MOVED: u64 = 3;

/// What a stub did not come back from.
pub(super) enum Left {
    Raise(Raise),
    Pause(Pause),
}

/// Whether the machine does the instruction with its registers alone, without calling, waiting for answers or looking at
/// other frames.
pub(super) fn is_simple(op: Op) -> bool {
    !matches!(
        op,
        Op::Call
            | Op::CallSpread
            | Op::CallMethod
            | Op::CallMethodSpread
            | Op::CallLibrary
            | Op::CallLibrarySpread
            | Op::Return
            | Op::Throw
            | Op::Dispatch
            | Op::DispatchSpread
            | Op::Parallel
            | Op::Race
            | Op::Branches
            | Op::Host
            | Op::EnterContext
            | Op::LeaveContext
            | Op::Offer
            | Op::Jump
            | Op::Loop
    ) && op.follower() != Some(Op::Loop)
}

/// Counts one handle more if the payload is a handle.
pub(super) extern "C" fn retain(bits: u64) {
    if bits >= TAG_STRING {
        // SAFETY: compiled code has the handle from what holds it, which is alive.
        unsafe { heap::retain(NonNull::new_unchecked((bits & PAYLOAD) as *mut Header)) };
    }
}

/// Gives back a handle.
pub(super) extern "C" fn release(bits: u64) {
    // SAFETY: compiled code compared the payload: it is a handle that it owns.
    unsafe { heap::release(NonNull::new_unchecked((bits & PAYLOAD) as *mut Header)) };
}

/// A slot that is not read again gives up its handle.
pub(super) extern "C" fn let_go(slot: *mut Value) {
    // SAFETY: compiled code passes the address of a register of its own.
    unsafe { &mut *slot }.let_go();
}

/// Makes the fiber's stack at least that long, in bytes, as a call in the interpreter would.
pub(super) extern "C" fn grow(context: *mut Context, bytes: u64) {
    // SAFETY: compiled code passes on the context that it was given.
    let context = unsafe { &mut *context };
    // SAFETY: the context's fiber is the one that runs, and nothing else holds it.
    unsafe { &mut *context.fiber }.grow(bytes as usize / size_of::<Value>());
    context.find_stack();
}

/// Adds an element to an array that nobody else sees; the element comes with its count.
pub(super) extern "C" fn push(context: *mut Context, array: *mut Header, bits: u64, conf: u64) {
    // SAFETY: compiled code passes on the context that it was given, and its machine and fiber are those that run.
    let (context, machine, _) = unsafe { parts(context) };
    // SAFETY: compiled code has compared that the array is one and has one handle, which is not used meanwhile; the
    // words are those of a value that it owns.
    unsafe {
        let array: &mut Array = heap::body_mut(NonNull::new_unchecked(array));
        array.push(Value::from_words(bits, Conf::from_bits(conf)));
    }
    context.give_fuel(machine);
    context.take_fuel(machine);
}

/// Notes a body that ended with an exit.
pub(super) extern "C" fn note_exit(context: *mut Context, site: u64, offset: u64) {
    if site != super::context::NO_SITE {
        // SAFETY: compiled code passes on the context that it was given.
        unsafe { &mut *context }.exits.push((site, offset));
    }
}

pub(super) extern "C" fn remainder(x: f64, y: f64) -> f64 {
    arith::remainder(x, y)
}

/// A library function of one number.
pub(super) extern "C" fn number(function: usize, x: f64) -> f64 {
    // SAFETY: compiled code has the address from the library's list of bodies, of which this is the type.
    let function = unsafe { std::mem::transmute::<usize, fn(f64) -> f64>(function) };
    // Other NaNs would be no numbers.
    Value::number(function(x)).as_number().unwrap_or(x)
}

pub(super) extern "C" fn power(x: f64, y: f64) -> f64 {
    arith::power(x, y)
}

/// Does the instruction of a site, one of those that are [simple](is_simple): of whatever frame.
pub(super) extern "C" fn simple(context: *mut Context, offset: u64, site: u64, closure: *mut Header) -> u64 {
    // SAFETY: compiled code passes on the context that it was given, and its machine and fiber are those that run.
    let (context, machine, fiber) = unsafe { parts(context) };
    let Some((function, pc, base)) = context.place(machine, site, offset) else { return MOVED };
    let loaded = Rc::as_ptr(&machine.functions[function as usize]);
    // SAFETY: the machine keeps its functions where they are.
    let loaded = unsafe { &*loaded };
    let instr = loaded.compiled().code[pc];
    let has_jump = instr.op.follower().is_some();
    context.give_fuel(machine);
    if let Some(next) = machine.shortly(fiber, loaded, pc, base) {
        context.take_fuel(machine);
        // A test goes on behind its jump, or where that leads.
        return if next == pc + 1 + usize::from(has_jump) { DONE } else { JUMPED };
    }
    let closure = NonNull::new(closure).map(|at| {
        // SAFETY: the closure of a running function is alive; the count made here goes to the handle.
        unsafe {
            heap::retain(at);
            Ref::<Closure>::from_raw(at)
        }
    });
    let finish = Finish::Times(Conf::PLAIN);
    fiber.push(Frame { function, pc, base, result: 0, finish, closure, pending: None });
    let done = machine.general(fiber, loaded, instr);
    fiber.frames.pop();
    context.take_fuel(machine);
    context.find_stack();
    match done {
        Ok(Flow::Next) => DONE,
        Ok(Flow::Jump(target)) if has_jump && target as usize == pc + 2 => DONE,
        Ok(Flow::Jump(_)) => JUMPED,
        Ok(Flow::Frame) => MOVED,
        Ok(Flow::Pause(pause)) => context.leave_by(Left::Pause(pause), MOVED),
        Err(raise) => context.leave_by(Left::Raise(raise), RAISED),
    }
}

/// Does the instruction of a site in the interpreter's own frame; it may push others.
pub(super) extern "C" fn calling(context: *mut Context, offset: u64, site: u64, _closure: *mut Header) -> u64 {
    // SAFETY: compiled code passes on the context that it was given, and its machine and fiber are those that run.
    let (context, machine, fiber) = unsafe { parts(context) };
    let Some((function, pc, _)) = context.place(machine, site, offset) else { return MOVED };
    if let Some(frame) = fiber.frames.last_mut() {
        frame.pc = pc;
    }
    let loaded = machine.functions[function as usize].clone();
    context.give_fuel(machine);
    let done = machine.general(fiber, &loaded, loaded.compiled().code[pc]);
    context.take_fuel(machine);
    context.find_stack();
    match done {
        Ok(Flow::Next) => DONE,
        Ok(Flow::Jump(_)) => JUMPED,
        Ok(Flow::Frame) => MOVED,
        Ok(Flow::Pause(pause)) => context.leave_by(Left::Pause(pause), MOVED),
        Err(raise) => context.leave_by(Left::Raise(raise), RAISED),
    }
}

/// The context with the machine and the fiber that run.
///
/// # Safety
/// `context` must be the one of a run under way, of which nothing else is held.
unsafe fn parts<'a>(context: *mut Context) -> (&'a mut Context, &'a mut Machine, &'a mut Fiber) {
    // SAFETY: as the caller says; the three are apart from each other.
    unsafe {
        let context = &mut *context;
        let (machine, fiber) = (&mut *context.machine, &mut *context.fiber);
        (context, machine, fiber)
    }
}

impl Context {
    fn leave_by(&mut self, left: Left, status: u64) -> u64 {
        self.left_by = Some(left);
        status
    }

    /// Where the stack is, for compiled code.
    pub(super) fn find_stack(&mut self) {
        // SAFETY: the fiber is the one that runs.
        let fiber = unsafe { &mut *self.fiber };
        self.stack = fiber.stack.as_mut_ptr();
        self.stack_bytes = (fiber.stack.len() * size_of::<Value>()) as u64;
    }

    /// Gives the machine the fuel that compiled code has left.
    pub(super) fn give_fuel(&self, machine: &mut Machine) {
        machine.runtime.fuel = self.shift + self.left;
    }

    /// Takes what the machine has left as fuel of compiled code: none where the machine must be asked.
    pub(super) fn take_fuel(&mut self, machine: &Machine) {
        let (fuel, pause_at) = (machine.runtime.fuel, machine.runtime.pause_at);
        let full = machine.heap.live() > machine.runtime.limits.memory;
        self.shift = if full || fuel < pause_at { fuel } else { pause_at };
        self.left = fuel - self.shift;
    }

    /// The innermost function of a site, the instruction that it is at, and its first register.
    fn place(&self, machine: &Machine, site: u64, offset: u64) -> Option<(u32, usize, usize)> {
        // SAFETY: the list of sites lives as long as the machine's code, and does not change while that runs.
        let site = unsafe { &*self.sites }.get(site as usize)?;
        let base = (offset as usize) / size_of::<Value>();
        Some(innermost(machine, site, base))
    }
}

/// The innermost function of a site, the instruction that it is at, and its first register.
pub(super) fn innermost(machine: &Machine, site: &Site, base: usize) -> (u32, usize, usize) {
    let mut base = base;
    let mut place = (0, 0, base);
    for (index, (function, pc)) in site.frames.iter().enumerate() {
        place = (*function, *pc as usize, base);
        if index + 1 < site.frames.len() {
            base += machine.functions[*function as usize].compiled().code[*pc as usize].b as usize + 1;
        }
    }
    place
}
