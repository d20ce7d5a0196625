//! Whatever is done to a program, verifier and disassembler answer.

mod common;

use common::{catalog, every_instruction};
use prism_bytecode::{Capture, ConstantId, FunctionId, Handler, Op, Params, Program, disassemble, verify};
use proptest::prelude::*;
use proptest::sample::Index;

/// One change anywhere in a program.
#[derive(Clone, Debug)]
enum Change {
    Instruction { function: Index, at: Index, field: u8, value: u32 },
    Table { function: Index, table: u8, at: Index, value: u32 },
    Program { table: u8, value: u32 },
}

fn change() -> impl Strategy<Value = Change> {
    // Small numbers are nearly right, others far off.
    let value = || prop_oneof![0u32..12, any::<u32>()];
    prop_oneof![
        4 => (any::<Index>(), any::<Index>(), 0u8..6, value())
            .prop_map(|(function, at, field, value)| Change::Instruction { function, at, field, value }),
        2 => (any::<Index>(), 0u8..10, any::<Index>(), value())
            .prop_map(|(function, table, at, value)| Change::Table { function, table, at, value }),
        1 => (0u8..5, value()).prop_map(|(table, value)| Change::Program { table, value }),
    ]
}

fn apply(program: &mut Program, change: &Change) {
    match change {
        Change::Program { table, value } => match table {
            0 => program.modules.truncate(*value as usize),
            1 => program.modules.iter_mut().for_each(|module| module.function = FunctionId(*value)),
            2 => program.functions.truncate(*value as usize),
            3 => program.constants.truncate(*value as usize),
            _ => program.exports = *value,
        },
        Change::Instruction { function, at, field, value } if !program.functions.is_empty() => {
            let function = function.get_mut(&mut program.functions);
            if function.code.is_empty() {
                return;
            }
            let instr = at.get_mut(&mut function.code);
            match field {
                0 => instr.op = Op::ALL[*value as usize % Op::ALL.len()],
                1 => instr.x = *value as u8,
                2 => instr.a = *value as u16,
                3 => instr.b = *value as u16,
                4 => instr.c = *value as u16,
                _ => instr.set_bc(*value),
            }
        }
        Change::Table { function, table, at, value } if !program.functions.is_empty() => {
            let function = function.get_mut(&mut program.functions);
            let small = *value as u16;
            match table {
                0 => function.registers = small,
                1 => function.params = Params { required: small, optional: small, rest: small.is_multiple_of(2) },
                2 => function.captures = vec![Capture::Register(small), Capture::Capture(small)],
                3 => function.code.truncate(*value as usize),
                4 => function.spans.truncate(*value as usize),
                5 => function.names.truncate(*value as usize),
                6 => function.names.push(ConstantId(*value)),
                7 if !function.keys.is_empty() => at.get_mut(&mut function.keys).push(ConstantId(*value)),
                8 if small.is_multiple_of(2) => function.paths.iter_mut().for_each(|path| path.root = small),
                8 => function.mutations.iter_mut().for_each(|mutation| mutation.root = small),
                _ => function.handlers.push(Handler { start: *value, end: *value, target: *value, error: small }),
            }
        }
        _ => {}
    }
}

proptest! {
    #[test]
    fn a_changed_program_is_judged_and_shown(changes in proptest::collection::vec(change(), 1..8)) {
        let mut program = every_instruction();
        for change in &changes {
            apply(&mut program, change);
        }
        let catalog = catalog();
        let first = verify(&program, &catalog);
        prop_assert_eq!(verify(&program, &catalog), first);
        prop_assert!(disassemble(&program, &catalog).lines().count() >= program.functions.len());
    }
}
