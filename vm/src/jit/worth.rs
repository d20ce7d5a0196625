//! What is worth compiling, as far as instructions alone tell: asked before anything is made for it.

use super::flow;
use super::translate::{MOST_INLINED, Part, Source};
use crate::machine::Loaded;
use prism_bytecode::{Instr, Op, Operand};

/// Of so many instructions at most one may have no translation. A translation is held to less of them: it shows which
/// count, and what else the machine has to do.
const MOST_LEFT: usize = 8;

/// Whether a function is small enough, and so much of it or its loop has a translation, that code may be worth making.
pub(super) fn is_worth(function: &Loaded, part: Part) -> bool {
    if !Source::fits(function) {
        return false;
    }
    let code = &function.compiled().code;
    let core = match part {
        Part::Function => 0..code.len(),
        Part::Loop(head) => head as usize..flow::end_of_loop(function.compiled(), head) as usize + 1,
    };
    let left = core.clone().filter(|pc| is_left(code[*pc].op) || joins_texts(code, *pc)).count();
    left * MOST_LEFT <= core.len()
}

/// Whether an instruction is a `+` of which an operand is likely to be a text: a template was written there last.
pub(super) fn joins_texts(code: &[Instr], pc: usize) -> bool {
    let Instr { op: Op::Add, b, c, .. } = code[pc] else { return false };
    [b, c].into_iter().filter_map(|register| last_writer(code, pc, register)).any(|writer| writer.op == Op::Concat)
}

/// The parameters that a function calls.
pub(super) fn callbacks(function: &Loaded) -> impl Iterator<Item = u16> {
    let code = &function.compiled().code;
    let calls = code.iter().enumerate().filter(|(_, instr)| matches!(instr.op, Op::Call | Op::Offer));
    let callees = calls.filter_map(|(pc, call)| last_writer(code, pc, call.b));
    let moved = callees.filter(|callee| callee.op == Op::Move).map(|callee| callee.b);
    moved.filter(|register| u32::from(*register) < function.params.registers())
}

/// What has written a register last when an instruction is come to, going by the order of instructions.
fn last_writer(code: &[Instr], pc: usize, register: u16) -> Option<&Instr> {
    let writes = |instr: &&Instr| instr.op.operands().a == Operand::Def && instr.a == register;
    code[..pc].iter().rev().find(writes)
}

/// Whether the compiler is worth making for a function or its loops.
pub(super) fn is_begun_for(function: &Loaded, part: Part) -> bool {
    let mut loops = function.compiled().code.iter().filter(|instr| instr.op == Op::Loop);
    match part {
        Part::Function => is_worth(function, part),
        Part::Loop(_) => loops.any(|instr| is_worth(function, Part::Loop(instr.bc()))),
    }
}

/// Whether a function does so little that entering its code from the interpreter is taken to be no gain: it is short, and ends
/// without a loop or a call. Other code mostly has it inlined.
pub(super) fn is_small(function: &Loaded) -> bool {
    let code = &function.compiled().code;
    let goes_on = |instr: &Instr| matches!(instr.op, Op::Loop | Op::Call | Op::Offer);
    code.len() <= MOST_INLINED && !code.iter().any(goes_on)
}

/// Instructions that have no translation: the machine does them whatever their operands are.
pub(super) fn is_left(op: Op) -> bool {
    matches!(
        op,
        Op::Annotate
            | Op::ArrayRest
            | Op::ArraySpread
            | Op::Branches
            | Op::CallLibrarySpread
            | Op::CallMethod
            | Op::CallMethodSpread
            | Op::CallSpread
            | Op::CaptureCell
            | Op::Chain
            | Op::CheckArray
            | Op::CheckObject
            | Op::Closure
            | Op::Concat
            | Op::ConfAnd
            | Op::ConfEq
            | Op::ConfGe
            | Op::ConfLe
            | Op::ConfLt
            | Op::ConfNe
            | Op::ConfOr
            | Op::DefaultLevel
            | Op::Dispatch
            | Op::DispatchSpread
            | Op::EnterContext
            | Op::Gate
            | Op::GateShut
            | Op::GetElement
            | Op::HasIndex
            | Op::HasKey
            | Op::Host
            | Op::In
            | Op::InstanceOf
            | Op::IterInit
            | Op::JumpIfOpen
            | Op::JumpIfSure
            | Op::LeaveContext
            | Op::Level
            | Op::Library
            | Op::MakeCell
            | Op::Meets
            | Op::Mutate
            | Op::NewArray
            | Op::NewCell
            | Op::NewObject
            | Op::ObjectRest
            | Op::ObjectSet
            | Op::ObjectSpread
            | Op::Parallel
            | Op::PipeResult
            | Op::Race
            | Op::RestAbove
            | Op::SetExport
            | Op::TestArray
            | Op::TestObject
            | Op::ThresholdGate
            | Op::Times
            | Op::TypeOf
            | Op::Warn
    )
}
