//! The short ways of paths.

use super::At;
use crate::value::Value;
use prism_bytecode::Step;

impl At<'_> {
    /// The part at a path through plain positions and shapes that were seen there.
    #[inline(always)]
    pub(super) unsafe fn part_at(&self, path: u32) -> Option<*const Value> {
        // SAFETY: the verifier proved the index below the number of paths, and in them registers and names below those
        // of the function, which the machine keeps where it is.
        unsafe {
            let (function, path) = (&*self.function, &*(*self.function).paths.add(path as usize));
            let mut part: *const Value = self.registers.add(path.root as usize);
            for step in &path.steps {
                part = match *step {
                    Step::Register(register) => (*part).item(&*self.registers.add(register as usize))?,
                    Step::Name(name) => function.sites.get_unchecked(name as usize).any_member_of(&*part)?,
                };
            }
            Some(part)
        }
    }

    /// The same to change, where no other handle sees anything on the way, for the value of another register than the root.
    #[inline(always)]
    pub(super) unsafe fn slot_at(&mut self, path: u32, value: u16) -> Option<*mut Value> {
        // SAFETY: as for `part_at`; each container on the way has one handle, which is part of the one before.
        unsafe {
            let (function, path) = (&*self.function, &*(*self.function).paths.add(path as usize));
            if path.root == value {
                return None;
            }
            let mut slot: *mut Value = self.registers.add(path.root as usize);
            for step in &path.steps {
                slot = match *step {
                    Step::Register(register) if register == path.root => return None,
                    Step::Register(register) => (*slot).own_item(&*self.registers.add(register as usize))?,
                    Step::Name(name) => function.sites.get_unchecked(name as usize).own_member_of(&mut *slot)?,
                };
            }
            Some(slot)
        }
    }
}
