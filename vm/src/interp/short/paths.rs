//! The short ways of paths, and of members of elements.

use super::At;
use crate::interp::quick::Quick;
use crate::machine::Site;
use crate::value::Value;
use prism_bytecode::Step;
use std::ptr;

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

    /// Does a `GetIndex` and the `GetField` behind it that writes the same register, in one: whether it did.
    #[inline(always)]
    pub(super) unsafe fn element_member(&mut self) -> bool {
        // SAFETY: as the caller says, both stand here; the verifier proved their operands. The member is not freed: if the
        // register that is written kept it, another handle does. The register has given up what it held.
        unsafe {
            let (function, get, field) = (&*self.function, &*self.pc, &*self.pc.add(1));
            let array = &*self.registers.add(get.b as usize);
            let Some(element) = array.plain_item(&*self.registers.add(get.c as usize)) else { return false };
            let Some(member) = function.sites.get_unchecked(field.c as usize).member_of(element) else { return false };
            let member: *const Value = member;
            let slot = self.registers.add(get.a as usize);
            if !(*slot).step_back() {
                return false;
            }
            ptr::write(slot, (*member).clone());
            self.pc = self.pc.add(2);
        }
        true
    }

    /// Does a `GetPath` of an element's member: whether it did.
    #[inline(always)]
    pub(super) unsafe fn member_at(&mut self) -> bool {
        // SAFETY: as the caller says; the variable keeps the part, and its own register is not one that takes a part's value.
        // The register has given up what it held.
        unsafe {
            let path = &*self.pc;
            let Some((root, position, site)) = self.member_path(path) else { return false };
            let Some(element) = (*root).item(position) else { return false };
            let Some(member) = (*site).any_member_of(element) else { return false };
            let member: *const Value = member;
            let slot = self.registers.add(path.a as usize);
            if !(*slot).step_back() {
                return false;
            }
            ptr::write(slot, (*member).clone());
            self.pc = self.pc.add(1);
        }
        true
    }

    /// The slot that a `SetPath` of an element's member changes, where no other handle sees it or the element.
    #[inline(always)]
    pub(super) unsafe fn member_slot(&mut self) -> Option<*mut Value> {
        // SAFETY: as for `slot_at`.
        unsafe {
            let path = &*self.pc;
            let (root, position, site) = self.member_path(path)?;
            let value: *const Value = self.registers.add(path.a as usize);
            if ptr::eq(root, value) || ptr::eq(root, position) {
                return None;
            }
            let slot = (*site).own_member_of((*root).own_item(position)?)?;
            Some(slot)
        }
    }

    /// Root, position and name of a path that is an element's member.
    #[inline(always)]
    unsafe fn member_path(&self, instr: &Quick) -> Option<(*mut Value, &Value, *const Site)> {
        // SAFETY: the verifier proved the index below the number of paths, and in them registers and names below those of
        // the function, which the machine keeps where it is.
        unsafe {
            let (function, path) = (&*self.function, &*(*self.function).paths.add(instr.bc() as usize));
            let [Step::Register(position), Step::Name(name)] = path.steps[..] else { return None };
            let position = &*self.registers.add(position as usize);
            Some((self.registers.add(path.root as usize), position, function.sites.get_unchecked(name as usize)))
        }
    }
}
