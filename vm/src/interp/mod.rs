//! The interpreter: a short way for what programs do most, and one call for everything else.
//!
//! Programs are verified before they run ([`prism_bytecode::verify`]), so registers, jumps and table indexes are in
//! range, and every slot of a fiber's stack holds a value: [`Fiber::stack`] is at least as long as the innermost frame
//! needs, and slots above that frame hold no handles.
//!
//! | file | what |
//! |---|---|
//! | `short` | the short ways |
//! | `threaded` | from instruction to instruction |
//! | `quick`, `quicken` | instructions of which more is known than they say |
//! | `general` | every instruction the general way, with the families below |
//! | `arith`, `compare`, `order`, `sure` | operators |
//! | `members`, `paths`, `literals` | parts: reading, updating, building |
//! | `calls`, `library`, `agents` | calls: of functions, of the library, of what only the machine can do |
//! | `unwind` | errors on their way up |
//!
//! An instruction either completes, or raises; one that raises [`Raise::Wait`] is done anew later, so it must not have
//! changed anything before.

mod agents;
pub(crate) mod arith;
mod calls;
mod compare;
pub(crate) mod general;
pub(crate) mod library;
mod literals;
mod members;
pub mod order;
mod paths;
pub(crate) mod quick;
#[cfg(threaded)]
pub(crate) mod quicken;
mod short;
mod sure;
mod threaded;
mod unwind;

#[cfg(feature = "jit")]
use crate::machine::Loaded;
use crate::machine::{Fiber, Machine, Pause};
use crate::raise::Raise;

/// What became of entering compiled code.
#[cfg_attr(not(feature = "jit"), expect(dead_code, reason = "there is no compiled code"))]
pub(crate) enum Entered {
    /// Nothing: the interpreter goes on.
    Not,
    /// It ran; the innermost frame says where the interpreter goes on.
    Left,
    /// It raised, at the instruction that the innermost frame is at.
    Raised(Raise),
    /// The fiber stops.
    Paused(Pause),
}

/// What goes on after an instruction.
pub(crate) enum Flow {
    /// The next instruction of the same frame.
    Next,
    /// Another instruction of the same frame.
    Jump(u32),
    /// Whatever the innermost frame says.
    Frame,
    /// The fiber stops.
    Pause(Pause),
}

impl Machine {
    /// Whether a turn or a call has to stop: the fuel or the slice is used up, or the heap is full.
    #[inline]
    pub(crate) fn is_out_of_steps(&self) -> bool {
        self.runtime.fuel <= self.runtime.pause_at || self.heap.live() > self.runtime.limits.memory
    }

    /// Whether there is a step of fuel, and room on the heap.
    #[inline]
    fn has_a_step(&self) -> bool {
        self.runtime.fuel > 0 && self.heap.live() <= self.runtime.limits.memory
    }

    /// Whether elements were copied that have not taken fuel yet.
    #[inline]
    fn has_copies(&self) -> bool {
        self.heap.copied() != 0
    }

    /// As [`short::At::shortly`].
    #[cfg(feature = "jit")]
    #[inline(never)]
    pub(crate) fn shortly(&mut self, fiber: &mut Fiber, function: &Loaded, index: usize, base: usize) -> Option<usize> {
        short::At::shortly(self, fiber, function, index, base)
    }

    /// What becomes of a raise: `None` if the fiber goes on at a handler.
    fn raised(&mut self, fiber: &mut Fiber, raised: Raise) -> Option<Pause> {
        let error = match raised {
            Raise::Wait(task) => return Some(Pause::Waits(task)),
            Raise::Stop(stop) => return Some(Pause::Stopped(stop)),
            Raise::Error(error) => self.placed(error, fiber),
            Raise::Fault(fault) => self.error_value(*fault, fiber),
        };
        match self.unwind(fiber, error) {
            Ok(()) => None,
            Err(error) => Some(Pause::Failed(error)),
        }
    }

    /// Tells the ledger where the next confidences belong, while tracing.
    #[inline]
    fn mark(&self, fiber: &Fiber) {
        if self.settings.trace
            && let Some(span) = self.current_place(fiber)
        {
            crate::confidence::Ledger::at(span);
        }
    }
}
