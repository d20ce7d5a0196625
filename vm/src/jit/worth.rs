//! What is worth compiling, as far as instructions alone tell: asked before anything is made for it.

use super::flow;
use super::translate::Part;
use crate::machine::Loaded;
use prism_bytecode::Op;

/// Of so many instructions at most one may have no translation. A translation is held to less of them: it shows which
/// count, and what else the machine has to do.
const MOST_LEFT: usize = 8;

/// Whether so much of a function or loop has a translation that code may be worth making.
pub(super) fn is_worth(function: &Loaded, part: Part) -> bool {
    let code = &function.compiled().code;
    let core = match part {
        Part::Function => &code[..],
        Part::Loop(head) => {
            let end = flow::end_of_loop(function.compiled(), head);
            code.get(head as usize..=end as usize).unwrap_or_default()
        }
    };
    core.iter().filter(|instr| is_left(instr.op)).count() * MOST_LEFT <= core.len()
}

/// Whether the compiler is worth making for a function or its loops.
pub(super) fn is_begun_for(function: &Loaded, part: Part) -> bool {
    let mut loops = function.compiled().code.iter().filter(|instr| instr.op == Op::Loop);
    match part {
        Part::Function => is_worth(function, part),
        Part::Loop(_) => loops.any(|instr| is_worth(function, Part::Loop(instr.bc()))),
    }
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
