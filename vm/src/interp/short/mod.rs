//! The short ways: what programs do most, as long as nothing is special about it.
//!
//! A short way is for plain numbers, for arrays and objects that only the variable sees, for shapes that the instruction
//! has seen before, for functions that take exactly what they are given. It does an instruction wholly, or changes
//! nothing that counts and leaves it to the general way ([`super::general`]); so there are no rules here, and no errors.
//!
//! Nothing here calls what the compiler does not inline, frees memory or lets a list grow, so that what is in the
//! processor's registers can stay there ([`super::threaded`]).

#![allow(unsafe_code, reason = "registers, constants and jumps are verified")]

mod calls;
mod paths;

use super::arith;
use super::quick::{CALLBACK, EXTRA, FREE, Known, MEMBER, NOTHING, NUMBERS, PATH, Quick, WHOLE};
use crate::confidence::Conf;
use crate::machine::{Fiber, Loaded, Machine};
use crate::native::Body;
use crate::value::Value;
use prism_bytecode::Op;
use std::ptr;
use std::rc::Rc;

/// Where a fiber is: all that the interpreter keeps between instructions.
pub(super) struct At<'m> {
    pub(super) machine: &'m mut Machine,
    pub(super) fiber: &'m mut Fiber,
    /// The innermost frame's first register.
    pub(super) registers: *mut Value,
    /// The instruction at hand.
    pub(super) pc: *const Quick,
    /// The innermost frame's function, which the machine keeps where it is.
    pub(super) function: *const Loaded,
}

impl<'m> At<'m> {
    /// Where the innermost frame is; `None` if there is none.
    #[inline]
    pub(super) fn innermost(machine: &'m mut Machine, fiber: &'m mut Fiber) -> Option<Self> {
        let frame = fiber.frames.last()?;
        let function = Rc::as_ptr(&machine.functions[frame.function as usize]);
        // SAFETY: the machine's list of functions never changes while it runs, and each stays where it is; a frame's `pc`
        // is an instruction of its function, and its `base` within the stack.
        let (pc, registers) =
            unsafe { ((*function).code.get().add(frame.pc), fiber.stack.as_mut_ptr().add(frame.base)) };
        Some(At { machine, fiber, registers, pc, function })
    }

    /// Does one instruction of a function whose registers begin at `base`, by the short way: the place of the next one. `None`
    /// if there is no short way, or if that looks at the innermost frame, which need not be this function's.
    #[cfg(feature = "jit")]
    pub(super) fn shortly(
        machine: &'m mut Machine,
        fiber: &'m mut Fiber,
        function: &Loaded,
        index: usize,
        base: usize,
    ) -> Option<usize> {
        let op = function.compiled().code.get(index)?.op;
        if matches!(op, Op::LoadSelf | Op::CaptureGet | Op::CaptureSet | Op::Call | Op::Offer | Op::Return) {
            return None;
        }
        // SAFETY: the index was found to be an instruction's, and a frame's registers are within the stack.
        let (pc, registers) = unsafe { (function.code.get().add(index), fiber.stack.as_mut_ptr().add(base)) };
        let mut at = At { machine, fiber, registers, pc, function };
        // SAFETY: the function is verified, and the instruction does not look at frames.
        unsafe { at.short(op, NOTHING) }.then(|| at.index())
    }

    /// The place of the instruction at hand in its function.
    #[inline]
    pub(super) fn index(&self) -> usize {
        // SAFETY: `pc` is an instruction of the function.
        unsafe { self.pc.offset_from((*self.function).code.get()) as usize }
    }

    /// Does the instruction at hand, which is an `op` of which that is known, and goes on to the next, if there is a short
    /// way.
    ///
    /// # Safety
    /// The frame is the innermost of the fiber, its function verified.
    #[inline(always)]
    #[allow(clippy::cognitive_complexity, reason = "one match over the instructions that have a short way")]
    #[allow(clippy::double_comparisons, reason = "NaN, and so whatever is no number, is neither less nor greater")]
    pub(super) unsafe fn short(&mut self, op: Op, known: Known) -> bool {
        // SAFETY: `pc` is an instruction: the verifier proved that jumps are in range and that the last one never falls
        // through.
        let instr = unsafe { &*self.pc };
        let is_free = matches!(known, FREE | NUMBERS | WHOLE);
        macro_rules! val {
            ($index:expr) => {
                // SAFETY: the verifier proved the operand below the function's register count, and the stack is that
                // long. Shared, since two operands may be one register.
                unsafe { &*self.registers.add($index as usize) }
            };
        }
        macro_rules! reg {
            ($index:expr) => {
                // SAFETY: as for `val`; nothing else borrows the register.
                unsafe { &mut *self.registers.add($index as usize) }
            };
        }
        macro_rules! constant {
            ($index:expr) => {
                // SAFETY: the verifier proved the index below the number of the unit's constants.
                unsafe { &*(*self.function).constants.add($index as usize) }
            };
        }
        macro_rules! site {
            ($index:expr) => {
                // SAFETY: the verifier proved the index below the number of the function's names.
                unsafe { (&(*self.function).sites).get_unchecked($index as usize) }
            };
        }
        macro_rules! next {
            () => {{
                // SAFETY: the verifier proved that the last instruction never falls through.
                self.pc = unsafe { self.pc.add(1) };
                return true;
            }};
        }
        macro_rules! goto {
            ($target:expr) => {{
                let target = $target as usize;
                // SAFETY: the verifier proved that jumps are in range.
                self.pc = unsafe { (*self.function).code.get().add(target) };
                return true;
            }};
        }
        macro_rules! jump_if {
            ($test:expr) => {
                if $test { goto!(instr.bc()) } else { next!() }
            };
        }
        // Writes a register, unless that would free what it is a handle on. The value is made after that is settled.
        macro_rules! store {
            ($index:expr, $value:expr) => {{
                if !is_free && !reg!($index).step_back() {
                    return false;
                }
                let value: Value = $value;
                // SAFETY: the register is valid, and has given up what it held.
                unsafe { ptr::write(self.registers.add($index as usize), value) };
            }};
        }
        // Whether operands have no confidence; a constant never has one.
        macro_rules! plain {
            ($left:expr, val!($right:expr)) => {
                known == NUMBERS || $left.is_plain_with(val!($right))
            };
            ($left:expr, constant!($right:expr)) => {
                known == NUMBERS || $left.is_plain()
            };
        }
        // Whatever is no number reads as NaN, and so does what comes of it: one look at the result is enough.
        macro_rules! arithmetic {
            ($x:ident, $y:ident, $side:ident!($right:expr), $number:expr) => {{
                let (left, right): (&Value, &Value) = (val!(instr.b), $side!($right));
                let ($x, $y) = (left.as_float(), right.as_float());
                let number: f64 = $number;
                if !number.is_nan() && (plain!(left, $side!($right))) {
                    store!(instr.a, Value::known(number));
                    next!()
                }
            }};
        }
        macro_rules! confident {
            ($x:ident, $y:ident, $number:expr) => {{
                let (left, right) = (val!(instr.b), val!(instr.c));
                let ($x, $y) = (left.as_float(), right.as_float());
                let number: f64 = $number;
                if !number.is_nan() && self.machine.min_untraced {
                    let conf = left.conf().lower(right.conf()).made_confident();
                    store!(instr.a, Value::known(number).with_conf(conf));
                    next!()
                }
            }};
        }
        // Of two numbers either the one or the other holds; of anything else neither.
        macro_rules! comparison {
            ($x:ident, $y:ident, $truth:expr, $untruth:expr) => {{
                let (left, right) = (val!(instr.b), val!(instr.c));
                let ($x, $y) = (left.as_float(), right.as_float());
                let truth: bool = $truth;
                if (truth || $untruth) && left.is_plain_with(right) {
                    store!(instr.a, Value::boolean(truth));
                    next!()
                }
            }};
        }
        macro_rules! test {
            ($side:ident!($right:expr), $x:ident, $y:ident, $truth:expr, $untruth:expr) => {{
                let (left, right): (&Value, &Value) = (val!(instr.a), $side!($right));
                let ($x, $y) = (left.as_float(), right.as_float());
                let truth: bool = $truth;
                if (truth || $untruth) && (plain!(left, $side!($right))) {
                    decide!(truth == (instr.x != 0))
                }
            }};
        }
        macro_rules! decide {
            ($jumps:expr) => {{
                if $jumps {
                    // SAFETY: the verifier proved that a jump stands behind.
                    let jump = unsafe { *self.pc.add(1) };
                    goto!(jump.bc())
                }
                // SAFETY: the verifier proved that something stands behind the jump.
                self.pc = unsafe { self.pc.add(2) };
                return true;
            }};
        }
        // The general way goes on as compiled code, where there is some; the loop so far ahead says where that begins.
        macro_rules! compiled {
            ($turns:expr, $ahead:expr) => {
                // SAFETY: the machine keeps its functions where they are; the verifier proved that the loop stands there.
                if known == NOTHING && $turns && unsafe { (*self.function).heat.turned((*self.pc.add($ahead)).bc()) } {
                    return false;
                }
            };
        }
        macro_rules! turn {
            ($side:ident!($right:expr), $x:ident, $y:ident, $truth:expr, $untruth:expr) => {{
                let (left, right): (&Value, &Value) = (val!(instr.a), $side!($right));
                let ($x, $y) = (left.as_float(), right.as_float());
                let truth: bool = $truth;
                if (truth || $untruth) && (plain!(left, $side!($right))) && !self.machine.is_out_of_steps() {
                    compiled!(truth, 1);
                    self.machine.runtime.fuel -= 1;
                    decide!(truth)
                }
            }};
        }
        // Equality of numbers, and of plain texts that one look tells to be equal or not.
        macro_rules! test_equal {
            ($side:ident!($right:expr)) => {{
                test!($side!($right), x, y, x == y, x < y || x > y);
                if let Some(truth) = val!(instr.a).is_text_of($side!($right)) {
                    decide!(truth == (instr.x != 0))
                }
            }};
        }
        // Counting and the end of the turn behind it, which is at `turn`.
        macro_rules! count {
            ($behind:ident, $side:ident!($limit:expr), $x:ident, $y:ident, $truth:expr, $untruth:expr) => {{
                // SAFETY: the verifier proved that the end of a turn stands behind.
                let $behind = unsafe { &*self.pc.add(1) };
                let (left, limit): (&Value, &Value) = (val!(instr.a), $side!($limit));
                let step: &Value = constant!(instr.bc());
                let ($x, $y) = (left.as_float() + step.as_float(), limit.as_float());
                let truth: bool = $truth;
                if (truth || $untruth) && (plain!(left, $side!($limit))) && !self.machine.is_out_of_steps() {
                    compiled!(truth, 2);
                    self.machine.runtime.fuel -= 1;
                    // SAFETY: the register is valid, and holds a number.
                    unsafe { ptr::write(self.registers.add(instr.a as usize), Value::known($x)) };
                    if truth {
                        // SAFETY: the verifier proved that a loop stands behind the end of a turn.
                        let jump = unsafe { *self.pc.add(2) };
                        goto!(jump.bc())
                    }
                    // SAFETY: the verifier proved that something stands behind the loop.
                    self.pc = unsafe { self.pc.add(3) };
                    return true;
                }
            }};
        }
        macro_rules! given {
            ($index:expr) => {
                if instr.x == 1 { std::mem::take(reg!($index)) } else { val!($index).clone() }
            };
        }

        match op {
            Op::Null => {
                store!(instr.a, Value::NULL);
                next!()
            }
            Op::Bool => {
                store!(instr.a, Value::boolean(instr.x != 0));
                next!()
            }
            Op::Int => {
                store!(instr.a, Value::known(f64::from(instr.bc() as i32)));
                next!()
            }
            Op::Const => {
                store!(instr.a, constant!(instr.bc()).clone());
                next!()
            }
            // SAFETY: as the caller says.
            Op::Move if known == EXTRA && unsafe { self.skip_extra(instr) } => return true,
            // SAFETY: as the caller says.
            Op::Move if known == CALLBACK && unsafe { self.call_back(instr) } => return true,
            Op::Move if instr.a != instr.b => {
                let is_last = known != EXTRA && known != CALLBACK && instr.x == 1;
                store!(instr.a, if is_last { std::mem::take(reg!(instr.b)) } else { val!(instr.b).clone() });
                next!()
            }
            Op::LoadSelf => {
                if let Some(closure) = self.fiber.frames.last().and_then(|frame| frame.closure.as_ref()) {
                    store!(instr.a, Value::from(closure.clone()));
                    next!()
                }
            }
            Op::CellGet => {
                if let Some(cell) = val!(instr.b).as_cell()
                    && let Some(held) = cell.look()
                {
                    store!(instr.a, held.clone());
                    // SAFETY: the verifier proved that the last instruction never falls through. What is known stands behind;
                    // if it has no short way in one, it is the instruction at hand.
                    unsafe {
                        self.pc = self.pc.add(1);
                        let _ = match known {
                            MEMBER => self.element_member(),
                            PATH => self.member_at(),
                            _ => true,
                        };
                    }
                    return true;
                }
            }
            Op::CellSet if instr.a != instr.b => {
                if let Some(cell) = val!(instr.a).as_cell() {
                    // SAFETY: the slot is written before anything else happens.
                    if let Some(slot) = unsafe { cell.slot() }
                        && slot.step_back()
                    {
                        let value = given!(instr.b);
                        // SAFETY: the slot is valid, and has given up what it held.
                        unsafe { ptr::write(slot, value) };
                        next!()
                    }
                }
            }
            Op::CaptureSet => {
                let closure = self.fiber.frames.last().and_then(|frame| frame.closure.as_ref());
                let captured = closure.and_then(|closure| closure.captures.get(instr.bc() as usize));
                if let Some(cell) = captured.and_then(Value::as_cell) {
                    // SAFETY: as above.
                    if let Some(slot) = unsafe { cell.slot() }
                        && slot.step_back()
                    {
                        let value = given!(instr.a);
                        // SAFETY: as above.
                        unsafe { ptr::write(slot, value) };
                        next!()
                    }
                }
            }
            Op::CaptureGet => {
                let closure = self.fiber.frames.last().and_then(|frame| frame.closure.as_ref());
                if let Some(captured) = closure.and_then(|closure| closure.captures.get(instr.bc() as usize)) {
                    let captured: *const Value = captured;
                    // SAFETY: the frame keeps the closure, which keeps what it captured.
                    let captured = unsafe { &*captured };
                    match captured.as_cell() {
                        None => store!(instr.a, captured.clone()),
                        Some(cell) => {
                            let Some(held) = cell.look() else { return false };
                            store!(instr.a, held.clone());
                        }
                    }
                    next!()
                }
            }
            Op::CheckInit if !val!(instr.a).is_uninit() => next!(),

            Op::Add => arithmetic!(x, y, val!(instr.c), x + y),
            Op::Sub => arithmetic!(x, y, val!(instr.c), x - y),
            Op::Mul => arithmetic!(x, y, val!(instr.c), x * y),
            Op::Div => arithmetic!(x, y, val!(instr.c), arith::quotient(x, y)),
            Op::Rem => arithmetic!(x, y, val!(instr.c), arith::whole_remainder(x, y)),
            Op::AddK => arithmetic!(x, y, constant!(instr.c), x + y),
            Op::SubK => arithmetic!(x, y, constant!(instr.c), x - y),
            Op::MulK => arithmetic!(x, y, constant!(instr.c), x * y),
            Op::DivK => arithmetic!(x, y, constant!(instr.c), arith::quotient(x, y)),
            Op::RemK if known == WHOLE => {
                let (value, number) = (val!(instr.b), arith::small_remainder(val!(instr.b).as_float(), instr.c));
                if !number.is_nan() && value.is_plain() {
                    store!(instr.a, Value::known(number));
                    next!()
                }
            }
            Op::RemK => arithmetic!(x, y, constant!(instr.c), arith::whole_remainder(x, y)),
            Op::ConfAdd => confident!(x, y, x + y),
            Op::ConfSub => confident!(x, y, x - y),
            Op::ConfMul => confident!(x, y, x * y),
            Op::ConfidenceOf if self.machine.min_untraced && val!(instr.b).as_task().is_none() => {
                store!(instr.a, Value::known(val!(instr.b).conf().or_one()));
                next!()
            }
            Op::Attach if self.machine.min_untraced && val!(instr.b).as_task().is_none() => {
                let sure = val!(instr.c).as_float();
                if !sure.is_nan() && (instr.a != instr.b || !val!(instr.b).is_handle()) {
                    store!(instr.a, val!(instr.b).clone().with_conf(Conf::new(sure)));
                    next!()
                }
            }
            Op::Surer if self.machine.min_untraced && instr.a != instr.b && instr.a != instr.c => {
                let (left, right) = (val!(instr.b), val!(instr.c));
                if left.as_task().is_none() && right.as_task().is_none() {
                    let surer = if left.conf().or_one() >= right.conf().or_one() { left } else { right };
                    store!(instr.a, surer.clone());
                    next!()
                }
            }
            Op::Neg => {
                let (value, number) = (val!(instr.b), -val!(instr.b).as_float());
                if !number.is_nan() && value.is_plain() {
                    store!(instr.a, Value::known(number));
                    next!()
                }
            }
            Op::Not => {
                let value = val!(instr.b);
                if let (Some(truth), true) = (value.as_boolean(), value.is_plain()) {
                    store!(instr.a, Value::boolean(!truth));
                    next!()
                }
            }

            Op::Lt => comparison!(x, y, x < y, x >= y),
            Op::Le => comparison!(x, y, x <= y, x > y),
            Op::Gt => comparison!(x, y, x > y, x <= y),
            Op::Ge => comparison!(x, y, x >= y, x < y),
            Op::Eq | Op::StrictEq => comparison!(x, y, x == y, x < y || x > y),
            Op::Ne | Op::StrictNe => comparison!(x, y, x < y || x > y, x == y),
            Op::TestLt => test!(val!(instr.b), x, y, x < y, x >= y),
            Op::TestLe => test!(val!(instr.b), x, y, x <= y, x > y),
            Op::TestGt => test!(val!(instr.b), x, y, x > y, x <= y),
            Op::TestGe => test!(val!(instr.b), x, y, x >= y, x < y),
            Op::TestEq | Op::TestSame => test_equal!(val!(instr.b)),
            Op::TestLtK => test!(constant!(instr.bc()), x, y, x < y, x >= y),
            Op::TestLeK => test!(constant!(instr.bc()), x, y, x <= y, x > y),
            Op::TestGtK => test!(constant!(instr.bc()), x, y, x > y, x <= y),
            Op::TestGeK => test!(constant!(instr.bc()), x, y, x >= y, x < y),
            Op::TestEqK | Op::TestSameK => test_equal!(constant!(instr.bc())),
            Op::LoopLt => turn!(val!(instr.b), x, y, x < y, x >= y),
            Op::LoopLe => turn!(val!(instr.b), x, y, x <= y, x > y),
            Op::LoopGt => turn!(val!(instr.b), x, y, x > y, x <= y),
            Op::LoopGe => turn!(val!(instr.b), x, y, x >= y, x < y),
            Op::LoopLtK => turn!(constant!(instr.bc()), x, y, x < y, x >= y),
            Op::LoopLeK => turn!(constant!(instr.bc()), x, y, x <= y, x > y),
            Op::LoopGtK => turn!(constant!(instr.bc()), x, y, x > y, x <= y),
            Op::LoopGeK => turn!(constant!(instr.bc()), x, y, x >= y, x < y),

            Op::CountLt => count!(turn, val!(turn.b), x, y, x < y, x >= y),
            Op::CountLe => count!(turn, val!(turn.b), x, y, x <= y, x > y),
            Op::CountLtK => count!(turn, constant!(turn.bc()), x, y, x < y, x >= y),
            Op::CountLeK => count!(turn, constant!(turn.bc()), x, y, x <= y, x > y),

            Op::Jump => goto!(instr.bc()),
            Op::Loop if !self.machine.is_out_of_steps() => {
                compiled!(true, 0);
                self.machine.runtime.fuel -= 1;
                goto!(instr.bc())
            }
            Op::JumpIfTrue | Op::JumpIfFalse => {
                if let Some(truth) = val!(instr.a).as_boolean() {
                    jump_if!(truth == (op == Op::JumpIfTrue))
                }
            }
            Op::JumpIfNull if val!(instr.a).as_task().is_none() => jump_if!(val!(instr.a).is_null()),
            Op::JumpIfNotNull if val!(instr.a).as_task().is_none() => jump_if!(!val!(instr.a).is_null()),
            Op::JumpIfGiven => jump_if!(!val!(instr.a).is_uninit()),
            Op::JumpIfInt => jump_if!(val!(instr.a).as_float() == f64::from(instr.x)),

            Op::GetField => {
                let (value, site) = (val!(instr.b), site!(instr.c));
                if let Some(member) = site.member_of(value) {
                    let member: *const Value = member;
                    // SAFETY: the object is not freed: if the register that is written held it, another handle does.
                    store!(instr.a, unsafe { (*member).clone() });
                    next!()
                }
                if let Some(length) = site.length_of(value) {
                    store!(instr.a, Value::known(length));
                    next!()
                }
            }
            // SAFETY: a `GetField` stands behind.
            Op::GetIndex if known == MEMBER && unsafe { self.element_member() } => return true,
            Op::GetIndex => {
                if let Some(item) = val!(instr.b).plain_item(val!(instr.c)) {
                    let item: *const Value = item;
                    // SAFETY: as above, for the array.
                    store!(instr.a, unsafe { (*item).clone() });
                    next!()
                }
            }
            Op::SetField if instr.a != instr.b && !self.machine.has_copies() => {
                if let Some(slot) = site!(instr.c).own_member_of(reg!(instr.a))
                    && slot.step_back()
                {
                    let value = given!(instr.b);
                    // SAFETY: the slot is valid, and has given up what it held.
                    unsafe { ptr::write(slot, value) };
                    next!()
                }
            }
            Op::SetIndex if instr.a != instr.b && instr.a != instr.c && !self.machine.has_copies() => {
                let (root, index) = (reg!(instr.a), val!(instr.b));
                // SAFETY: the slot is used before anything else happens.
                if let Some(slot) = unsafe { root.own_item_or_of_cell(index) }
                    && slot.step_back()
                {
                    let value = given!(instr.c);
                    // SAFETY: the slot is valid, and has given up what it held.
                    unsafe { ptr::write(slot, value) };
                    next!()
                }
            }
            // SAFETY: the path is of that form.
            Op::GetPath if known == PATH => return unsafe { self.member_at() },
            Op::GetPath => {
                // SAFETY: as the caller says.
                if let Some(part) = unsafe { self.part_at(instr.bc()) } {
                    // SAFETY: the variable keeps the part: its own register is not one that takes a part's value.
                    store!(instr.a, unsafe { (*part).clone() });
                    next!()
                }
            }
            Op::SetPath if !self.machine.has_copies() => {
                // SAFETY: as the caller says; the path is of that form where that is known.
                let slot = unsafe {
                    match known {
                        PATH => self.member_slot(),
                        _ => self.slot_at(instr.bc(), instr.a),
                    }
                };
                if let Some(slot) = slot {
                    // SAFETY: the slot is part of what only the variable sees, which is not the register of the value:
                    // that is no root.
                    let slot = unsafe { &mut *slot };
                    if slot.step_back() {
                        let value = given!(instr.a);
                        // SAFETY: the slot is valid, and has given up what it held.
                        unsafe { ptr::write(slot, value) };
                        next!()
                    }
                }
            }
            Op::IterNext | Op::IterTurn => {
                let turns = op == Op::IterTurn;
                if turns {
                    if self.machine.is_out_of_steps() {
                        return false;
                    }
                    compiled!(true, 1);
                }
                let (items, position) = (val!(instr.a), val!(instr.a + 1));
                if let (Some(array), Some(index), true) = (items.as_array(), position.as_position(), items.is_plain()) {
                    let at = position.as_float();
                    let Some(item) = array.get(index) else {
                        if turns {
                            self.machine.runtime.fuel -= 1;
                            decide!(false)
                        }
                        goto!(instr.bc())
                    };
                    let item: *const Value = item;
                    // SAFETY: the array is not freed: its register is not written.
                    if !reg!(instr.a + 2).step_back() {
                        return false;
                    }
                    // SAFETY: the register is valid, and has given up what it held.
                    unsafe { ptr::write(self.registers.add(instr.a as usize + 2), (*item).clone()) };
                    store!(instr.a + 3, Value::known(at));
                    store!(instr.a + 1, Value::known(at + 1.0));
                    if turns {
                        self.machine.runtime.fuel -= 1;
                        decide!(true)
                    }
                    next!()
                }
            }

            Op::IsKind if val!(instr.b).as_library().is_none() => {
                let truth = instr.c & val!(instr.b).kind().set().bits() != 0;
                store!(instr.a, Value::boolean(truth));
                next!()
            }
            Op::Await if val!(instr.b).as_task().is_none() => {
                if instr.a != instr.b {
                    store!(instr.a, val!(instr.b).clone());
                }
                next!()
            }
            Op::IsArray if val!(instr.b).as_task().is_none() => {
                let truth = val!(instr.b).as_array().is_some();
                store!(instr.a, Value::boolean(truth));
                next!()
            }
            Op::Push if instr.a != instr.b && !self.machine.has_copies() && self.machine.has_a_step() => {
                if let Some(array) = reg!(instr.a).as_unique_array_mut()
                    && array.has_room()
                {
                    self.machine.runtime.fuel -= 1;
                    let value = given!(instr.b);
                    std::mem::forget(array.push_within(value));
                    next!()
                }
            }

            Op::CallLibrary if instr.x == 1 => {
                if let Some(Body::Number(function)) = self.machine.library.bodies.get(instr.c as usize)
                    && val!(instr.b).is_plain()
                    && self.machine.has_a_step()
                {
                    let number = function(val!(instr.b).as_float());
                    if !number.is_nan() {
                        store!(instr.a, Value::known(number));
                        self.machine.runtime.fuel -= 1;
                        next!()
                    }
                }
            }
            // SAFETY: as the caller says.
            Op::Call => return unsafe { self.call(instr, instr.x.into(), known) },
            // SAFETY: as the caller says.
            Op::Offer => return unsafe { self.offer(instr, known) },
            // SAFETY: as the caller says.
            Op::Return => return unsafe { self.give_back(instr) },
            _ => {}
        }
        false
    }
}
