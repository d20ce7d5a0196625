//! What compiled code shares with the machine while it runs.

use super::stubs::Left;
use crate::machine::{Fiber, Machine, plain_params};
use crate::value::Value;
use prism_bytecode::Function;

/// How a compiled body ended; its first result.
pub(super) mod status {
    /// It returned a plain number: the second result are its bits, the third is the number.
    pub(crate) const NUMBER: i64 = 0;
    /// It returned a value: the second result is its payload, the third its confidence.
    pub(crate) const VALUE: i64 = 1;
    /// The interpreter is to go on; the second result is the number of a [`super::Site`].
    pub(crate) const EXIT: i64 = 2;
}

/// The number of no site: frames are already as the interpreter wants them.
pub(super) const NO_SITE: u64 = u64::MAX;

/// What compiled code reads and writes by fixed offsets, made anew for each entry.
#[repr(C)]
pub(super) struct Context {
    /// Steps until the machine must be asked: the fuel is `shift + left`. 0 as well when the heap is too full, so that one
    /// comparison serves for both. While compiled code runs, this is in registers, and here where stubs are called.
    pub(super) left: u64,
    /// The first slot of the fiber's stack …
    pub(super) stack: *mut Value,
    /// … and its length in bytes.
    pub(super) stack_bytes: u64,
    /// Below this the native stack is too short for another call.
    pub(super) native_limit: u64,
    /// The compiled functions by number.
    pub(super) entries: *const Entry,
    pub(super) machine: *mut Machine,
    pub(super) fiber: *mut Fiber,
    /// Fuel that is not in `left`.
    pub(super) shift: u64,
    /// The bodies that ended with an exit, innermost first: their sites and the offsets of their first registers.
    pub(super) exits: Vec<(u64, u64)>,
    /// Elements that were copied and have not taken fuel yet.
    pub(super) copied: *const u64,
    /// All sites.
    pub(super) sites: *const Vec<Site>,
    /// What a stub did not come back from.
    pub(super) left_by: Option<Left>,
}

/// How compiled code calls a function; null where there is no code.
#[repr(C)]
#[derive(Clone, Copy)]
pub(super) struct Entry {
    /// All arguments are in their slots.
    pub(super) boxed: *const u8,
    /// Those of `in_registers` are passed as numbers.
    pub(super) fast: *const u8,
    /// A bit for each parameter that is passed as a number.
    pub(super) in_registers: u64,
    /// How many arguments it takes; no number there is if that is not a matter of counting, or the call starts a task.
    pub(super) takes: u32,
    /// Whether the code gives plain numbers only.
    pub(super) numeric: bool,
}

impl Entry {
    /// That of a function without code.
    pub(super) fn of(function: &Function) -> Entry {
        let null = std::ptr::null();
        Entry { boxed: null, fast: null, in_registers: 0, takes: plain_params(function), numeric: false }
    }

    /// There is code.
    pub(super) fn set(&mut self, made: &Made) {
        let Made { boxed, fast, in_registers, numeric } = *made;
        *self = Entry { boxed, fast, in_registers, numeric, ..*self };
    }

    /// The code goes.
    pub(super) fn clear(&mut self) {
        self.set(&Made { boxed: std::ptr::null(), fast: std::ptr::null(), in_registers: 0, numeric: false });
    }
}

/// A function's code.
pub(super) struct Made {
    /// As in [`Entry`].
    pub(super) boxed: *const u8,
    pub(super) fast: *const u8,
    pub(super) in_registers: u64,
    pub(super) numeric: bool,
}

const _: () = assert!(size_of::<Entry>() == 32);

/// A place where compiled code can leave: the function calls that are under way in one body, outermost first, each with
/// the instruction that it is at. All but the first are inlined.
pub(super) struct Site {
    pub(super) frames: Box<[(u32, u32)]>,
    pub(super) why: Why,
}

/// Why compiled code leaves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Why {
    /// The time to ask the machine has come, or the instruction is not compiled.
    Time,
    /// What was assumed of the instruction's operands is not so.
    Guard,
    /// What was assumed of the value of the call before is not so.
    Result,
    /// A loop is come by that hardly ever turned.
    Loop,
}
