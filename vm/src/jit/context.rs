//! What compiled code shares with the machine while it runs.

use super::stubs::Left;
use crate::machine::{Fiber, Machine, plain_params};
use crate::value::Value;
use prism_bytecode::Function;

/// How a compiled body ended; its first result.
pub(super) mod status {
    /// It returned a plain number: the second result are its bits.
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
    /// comparison serves for both.
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
    /// How many arguments it takes; [`Entry::OTHER`] if that is not a matter of counting, or the call starts a task.
    pub(super) takes: u64,
}

impl Entry {
    pub(super) const OTHER: u64 = u64::MAX;

    /// That of a function without code.
    pub(super) fn of(function: &Function) -> Entry {
        let takes = plain_params(function);
        let takes = if takes == u32::MAX { Entry::OTHER } else { takes.into() };
        Entry { boxed: std::ptr::null(), fast: std::ptr::null(), in_registers: 0, takes }
    }

    /// The code goes.
    pub(super) fn clear(&mut self) {
        (self.boxed, self.fast, self.in_registers) = (std::ptr::null(), std::ptr::null(), 0);
    }
}

const _: () = assert!(size_of::<Entry>() == 32);

/// A place where compiled code can leave: the function calls that are under way in one body, outermost first, each with
/// the instruction that it is at. All but the first are inlined.
pub(super) struct Site {
    pub(super) frames: Box<[(u32, u32)]>,
    /// Whether what was assumed there turned out wrong (rather than the time to ask the machine having come).
    pub(super) guard: bool,
}
