//! What the interpreter finds out about a function before it runs it often: which registers hold plain numbers, and which
//! no handles, at each instruction; which instructions can be done in one.
//!
//! All of it is taken from the function's instructions alone, and of a register that a call may have written nothing is
//! known. What is found holds in frames whose registers held no handles but arguments when they began: so functions with
//! frames from a snapshot are not quickened. Compiled code lets registers' homes hold what is not read any more: where it
//! leaves a frame, that [goes](Quickened::tidy). No handle is ever made of what is taken for a number: what would go wrong
//! otherwise is a handle lost, and its object kept.

use super::quick::{CALLBACK, EXTRA, FREE, Known, MEMBER, NOTHING, NUMBERS, PATH, Quick, Quickened, WHOLE, way};
use prism_bytecode::{Constant, Function, Instr, Op, Operand, Program, Step};

/// The registers that something is known of: those from here on are left out.
const MOST: u16 = u64::BITS as u16;

/// What registers hold, a bit each.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Held {
    /// Plain numbers.
    numbers: u64,
    /// No handles. All that are plain numbers are among them.
    free: u64,
}

impl Held {
    /// Before it is known how an instruction is reached.
    const ANYTHING: Held = Held { numbers: u64::MAX, free: u64::MAX };
    const UNKNOWN: Held = Held { numbers: 0, free: 0 };

    fn bit(register: u16) -> u64 {
        if register < MOST { 1 << register } else { 0 }
    }

    fn is_number(self, register: u16) -> bool {
        self.numbers & Self::bit(register) != 0
    }

    fn is_free(self, register: u16) -> bool {
        self.free & Self::bit(register) != 0
    }

    /// Whether none of a function's registers from this one on holds a handle.
    fn is_free_from(self, register: u16, registers: u16) -> bool {
        (register..registers).all(|register| self.is_free(register))
    }

    fn set(&mut self, register: u16, is_number: bool, is_free: bool) {
        let bit = Self::bit(register);
        self.numbers = if is_number { self.numbers | bit } else { self.numbers & !bit };
        self.free = if is_free { self.free | bit } else { self.free & !bit };
    }

    /// Nothing is known of that register and those above it.
    fn lose_from(&mut self, register: u16) {
        let below = Self::bit(register).wrapping_sub(1);
        self.numbers &= below;
        self.free &= below;
    }

    fn meet(self, other: Held) -> Held {
        Held { numbers: self.numbers & other.numbers, free: self.free & other.free }
    }
}

/// Quickens a function. If turns of its loops are counted, those have no other ways, as these do not count.
pub(crate) fn quicken(program: &Program, function: &Function, counts_turns: bool) -> Quickened {
    let held = held(program, function);
    let quickened = |(pc, instr): (usize, &Instr)| {
        let code = &function.code[pc..];
        let quick = Quick::from(*instr);
        if counts_turns && ends_turn(code) {
            return quick;
        }
        let with = |known| Quick { way: way(instr.op, known), ..quick };
        if let Some((known, count)) = arguments(function, code, held[pc]) {
            return Quick { x: count, ..with(known) };
        }
        if let Some(known) = joined(function, code) {
            return with(known);
        }
        match (known(program, function, code, held[pc]), divisor(program, *instr)) {
            (FREE | NUMBERS, Some(divisor)) => Quick { c: divisor, ..with(WHOLE) },
            (known, _) => with(known),
        }
    };
    Quickened {
        code: function.code.iter().enumerate().map(quickened).collect(),
        #[cfg(feature = "jit")]
        free: held.iter().map(|held| held.free).collect(),
    }
}

/// Whether the first instruction is one of those that end a turn of a loop.
fn ends_turn(code: &[Instr]) -> bool {
    code.iter().take(3).map(|instr| instr.op).find(|op| op.follower().is_none()) == Some(Op::Loop)
}

/// What registers hold before each instruction.
fn held(program: &Program, function: &Function) -> Vec<Held> {
    let mut all = vec![Held::ANYTHING; function.code.len()];
    let mut begin = Held { numbers: 0, free: u64::MAX };
    (0..MOST).take(function.params.registers() as usize).for_each(|param| begin.set(param, false, false));
    let reach = |all: &mut Vec<Held>, pc: usize, held: Held| {
        let before = all[pc];
        all[pc] = before.meet(held);
        all[pc] != before
    };
    reach(&mut all, 0, begin);
    for handler in &function.handlers {
        reach(&mut all, handler.target as usize, Held::UNKNOWN);
    }
    // Going forward settles all but loops in one pass, and each loop in a few more.
    let mut changed = true;
    while changed {
        changed = false;
        for (pc, instr) in function.code.iter().enumerate() {
            let after = after(program, function, *instr, all[pc]);
            if !instr.op.ends_block() {
                changed |= reach(&mut all, pc + 1, after);
            }
            if instr.op.operands().bc == Operand::Jump {
                changed |= reach(&mut all, instr.bc() as usize, after);
            }
            if matches!(instr.op.follower(), Some(Op::Jump | Op::Loop)) {
                // What stands behind is skipped where it does not lead on.
                changed |= reach(&mut all, pc + 2, after);
            }
        }
    }
    all
}

/// The number that a constant is.
fn number(program: &Program, constant: u32) -> Option<f64> {
    match program.constants.get(constant as usize) {
        Some(Constant::Number(number)) if !number.is_nan() => Some(*number),
        _ => None,
    }
}

fn is_number(program: &Program, constant: u32) -> bool {
    number(program, constant).is_some()
}

/// The number that a remainder is taken of division by, if it is a small whole one.
fn divisor(program: &Program, instr: Instr) -> Option<u16> {
    let number = number(program, instr.c.into()).filter(|_| instr.op == Op::RemK)?;
    let divisor = number as u16;
    (divisor > 0 && f64::from(divisor) == number).then_some(divisor)
}

/// Whether all operands of arithmetic or a comparison are plain numbers; `None` of anything else.
fn takes_numbers(program: &Program, instr: Instr, held: Held) -> Option<bool> {
    use Op::{
        Add, AddK, CountLe, CountLeK, CountLt, CountLtK, Div, DivK, LoopGe, LoopGeK, LoopGt, LoopGtK, LoopLe, LoopLeK,
        LoopLt, LoopLtK, Mul, MulK, Rem, RemK, Sub, SubK, TestEq, TestEqK, TestGe, TestGeK, TestGt, TestGtK, TestLe,
        TestLeK, TestLt, TestLtK, TestSame, TestSameK,
    };
    let (a, b, c) = (held.is_number(instr.a), held.is_number(instr.b), held.is_number(instr.c));
    Some(match instr.op {
        Add | Sub | Mul | Div | Rem => b && c,
        AddK | SubK | MulK | DivK | RemK => b && is_number(program, instr.c.into()),
        TestLt | TestLe | TestGt | TestGe | TestEq | TestSame | LoopLt | LoopLe | LoopGt | LoopGe => a && b,
        TestLtK | TestLeK | TestGtK | TestGeK | TestEqK | TestSameK | LoopLtK | LoopLeK | LoopGtK | LoopGeK
        | CountLt | CountLe | CountLtK | CountLeK => a && is_number(program, instr.bc()),
        _ => return None,
    })
}

/// What registers hold after an instruction, wherever it leads.
fn after(program: &Program, function: &Function, instr: Instr, mut held: Held) -> Held {
    let is_last = instr.x == 1;
    let numbers = takes_numbers(program, instr, held);
    match instr.op {
        Op::Null | Op::Bool => held.set(instr.a, false, true),
        Op::Int => held.set(instr.a, true, true),
        Op::Const if is_number(program, instr.bc()) => held.set(instr.a, true, true),
        Op::Move => {
            held.set(instr.a, held.is_number(instr.b), held.is_free(instr.b));
            if is_last {
                held.set(instr.b, false, true);
            }
        }
        Op::Add | Op::AddK => held.set(instr.a, numbers == Some(true), numbers == Some(true)),
        // What is no number is an error.
        Op::Sub | Op::Mul | Op::Div | Op::Rem | Op::SubK | Op::MulK | Op::DivK | Op::RemK => {
            held.set(instr.a, numbers == Some(true), true);
        }
        Op::Neg => held.set(instr.a, held.is_number(instr.b), true),
        Op::CountLt | Op::CountLe | Op::CountLtK | Op::CountLeK if numbers != Some(true) => {
            held.set(instr.a, false, false)
        }
        Op::ConfidenceOf => held.set(instr.a, true, true),
        Op::Lt
        | Op::Le
        | Op::Gt
        | Op::Ge
        | Op::Eq
        | Op::Ne
        | Op::StrictEq
        | Op::StrictNe
        | Op::Not
        | Op::IsKind
        | Op::IsArray
        | Op::TestArray
        | Op::TestObject
        | Op::HasIndex
        | Op::HasKey
        | Op::Meets => {
            held.set(instr.a, false, true);
        }
        Op::IterInit => {
            held.set(instr.a, false, false);
            held.set(instr.a.saturating_add(1), true, true);
        }
        // Positions are plain numbers; if there is no next one, its register stays as it is.
        Op::IterNext | Op::IterTurn => {
            held.set(instr.a.saturating_add(2), false, false);
            if !held.is_number(instr.a.saturating_add(1)) {
                held.set(instr.a.saturating_add(1), false, false);
                held.set(instr.a.saturating_add(3), false, false);
            }
        }
        Op::JumpIfTrue | Op::JumpIfFalse if is_last => held.set(instr.a, false, held.is_free(instr.a)),
        _ if numbers.is_some() => {}
        _ => others(function, instr, &mut held),
    }
    held
}

/// As [`after`], of instructions that are only looked up in the table: nothing is known of what they touch.
fn others(function: &Function, instr: Instr, held: &mut Held) {
    let row = instr.op.operands();
    let stored = match instr.op {
        Op::SetField | Op::Push | Op::CellSet | Op::ArrayPush | Op::ObjectSet => Some(instr.b),
        Op::SetIndex => Some(instr.c),
        Op::SetPath | Op::CaptureSet => Some(instr.a),
        _ => None,
    };
    if let Some(stored) = stored.filter(|_| instr.x == 1) {
        // It is taken out, and null stays there.
        held.set(stored, false, true);
    }
    for (operand, register) in [(row.a, instr.a), (row.b, instr.b), (row.c, instr.c)] {
        match operand {
            Operand::Def | Operand::Mod => held.set(register, false, false),
            Operand::Use if row.x == Operand::Last && instr.x == 1 && stored.is_none() => {
                held.set(register, false, false)
            }
            Operand::Window { .. } => held.lose_from(register),
            Operand::Iterator => (0..4).for_each(|nth| held.set(register.saturating_add(nth), false, false)),
            Operand::Mutation => {
                if let Some(mutation) = function.mutations.get(register as usize) {
                    held.set(mutation.root, false, false);
                }
            }
            _ => {}
        }
    }
    match (instr.op, function.paths.get(instr.bc() as usize)) {
        (Op::SetPath, Some(path)) => held.set(path.root, false, false),
        (Op::Push, _) => held.set(instr.a, false, false),
        _ => {}
    }
}

/// What is known of the first instruction by what registers hold.
fn known(program: &Program, function: &Function, code: &[Instr], held: Held) -> Known {
    let [instr, behind @ ..] = code else { return NOTHING };
    let writes = instr.op.operands().a == Operand::Def;
    let mut numbers = takes_numbers(program, *instr, held).unwrap_or(false);
    if let (Op::CountLt | Op::CountLe, Some(turn)) = (instr.op, behind.first()) {
        // It does the end of the turn behind it, too.
        numbers &= held.is_number(turn.b);
    }
    match instr.op {
        Op::Loop => return FREE,
        Op::Call | Op::Offer => {
            let above = instr.b.saturating_add(1 + u16::from(instr.x));
            return if held.is_free_from(above, function.registers) { FREE } else { NOTHING };
        }
        Op::IterTurn if [1, 3].iter().all(|nth| held.is_free(instr.a.saturating_add(*nth))) => return FREE,
        _ => {}
    }
    match (numbers, writes, held.is_free(instr.a)) {
        (true, false, _) | (true, true, true) => NUMBERS,
        (false, true, true) => FREE,
        _ => NOTHING,
    }
}

/// What the first instruction does in one with those behind it, or by a path of the usual form.
fn joined(function: &Function, code: &[Instr]) -> Option<Known> {
    let is_member = |get: &Instr, field: &Instr| {
        get.op == Op::GetIndex && field.op == Op::GetField && field.b == get.a && field.a == get.a
    };
    let position = |instr: &Instr| {
        let path = function.paths.get(instr.bc() as usize).filter(|_| matches!(instr.op, Op::GetPath | Op::SetPath))?;
        match path.steps[..] {
            [Step::Register(position), Step::Name(_)] => Some(position),
            _ => None,
        }
    };
    match code {
        [get, field, ..] if is_member(get, field) => Some(MEMBER),
        [cell, get, field, ..] if cell.op == Op::CellGet && get.c == cell.a && is_member(get, field) => Some(MEMBER),
        [cell, path, ..] if cell.op == Op::CellGet && path.op == Op::GetPath && position(path) == Some(cell.a) => {
            Some(PATH)
        }
        [path, ..] if position(path).is_some() => Some(PATH),
        _ => None,
    }
}

/// If the instruction moves an argument, or the callee, into the window of an `Offer`, and only such moves stand between both:
/// how many, itself among them. The first argument is one that every callee takes.
fn arguments(function: &Function, code: &[Instr], held: Held) -> Option<(Known, u8)> {
    // A window is not longer than that.
    let most = usize::from(u8::MAX) + 1;
    let count = code.iter().take(most).take_while(|instr| instr.op == Op::Move && instr.x == 0).count();
    let offer = code.get(count).filter(|offer| offer.op == Op::Offer)?;
    let first = (offer.x as usize + 1).checked_sub(count).filter(|_| count > 0)?;
    let mut places = offer.b as usize + first..;
    let in_place = code.iter().take(count).all(|it| Some(it.a as usize) == places.next() && it.b < offer.b);
    let above = offer.b.saturating_add(1 + u16::from(offer.x));
    let known = match first {
        0 if held.is_free_from(above, function.registers) => CALLBACK,
        0 | 1 => return None,
        _ => EXTRA,
    };
    Some((known, u8::try_from(count).ok().filter(|_| in_place)?))
}
