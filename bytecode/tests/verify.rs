//! The verifier lets a valid program pass and refuses each class of fault.

mod common;

use common::{BODY, REGISTERS, catalog, every_instruction, function, program};
use prism_bytecode::{
    Capture, ConstantId, FunctionId, Handler, Instr, Module, Op, Operand, Params, Program, Step, VerifyError, verify,
};

/// What the verifier says of the valid program after a change.
fn after(change: impl FnOnce(&mut Program)) -> Result<(), VerifyError> {
    let mut program = every_instruction();
    change(&mut program);
    verify(&program, &catalog())
}

fn place(program: &Program, op: Op) -> usize {
    let at = program.functions[BODY].code.iter().position(|instr| instr.op == op);
    at.expect("every operation stands in the program")
}

#[test]
fn every_instruction_can_be_valid() {
    assert_eq!(after(|_| {}), Ok(()));
}

/// Sets one operand of each instruction in turn to what can't be right, and to the least that isn't.
#[test]
fn each_operand_of_each_instruction_is_checked() {
    type Field = (&'static str, fn(Op) -> Operand, fn(&mut Instr, u32));
    let fields: [Field; 5] = [
        ("x", |op| op.operands().x, |instr, value| instr.x = value as u8),
        ("a", |op| op.operands().a, |instr, value| instr.a = value as u16),
        ("b", |op| op.operands().b, |instr, value| instr.b = value as u16),
        ("c", |op| op.operands().c, |instr, value| instr.c = value as u16),
        ("bc", |op| op.operands().bc, |instr, value| instr.set_bc(value)),
    ];
    let mut checked = 0;
    for op in Op::ALL {
        for (name, operand, set) in fields {
            let wide = op.operands().bc != Operand::None;
            if if wide { matches!(name, "b" | "c") } else { name == "bc" } {
                continue;
            }
            let program = every_instruction();
            let instr = program.functions[BODY].code[place(&program, *op)];
            let wrong = match operand(*op) {
                Operand::Immediate | Operand::Count | Operand::Last => continue,
                Operand::None => 1,
                Operand::Def | Operand::Use | Operand::Mod => u32::from(REGISTERS),
                Operand::Iterator => u32::from(REGISTERS) - 3,
                Operand::Window { extra } => u32::from(REGISTERS) + 1 - u32::from(instr.x) - u32::from(extra),
                Operand::Function => 3,
                Operand::Constant => 5,
                Operand::Library => 3,
                Operand::Capture | Operand::Export | Operand::Mutation | Operand::Path => 1,
                Operand::Host => 5,
                Operand::Name => program.functions[BODY].names.len() as u32,
                Operand::Keys => program.functions[BODY].keys.len() as u32,
                Operand::Jump => program.functions[BODY].code.len() as u32,
            };
            let result = after(|program| {
                let at = place(program, *op);
                set(&mut program.functions[BODY].code[at], wrong);
            });
            match result {
                Err(VerifyError::Instruction { function, op: refused, .. }) => {
                    assert_eq!((function as usize, refused), (BODY, *op), "{op:?}, operand {name}");
                }
                other => panic!("{op:?}, operand {name} = {wrong}: {other:?}"),
            }
            checked += 1;
        }
    }
    assert!(checked > Op::ALL.len(), "only {checked} operands were checked");
}

/// A change of the valid program, and a part of what the verifier says then.
type Fault = (&'static str, fn(&mut Program));

const FAULTS: &[Fault] = &[
    ("the program has no module", |program| program.modules.clear()),
    ("module 0: the program has no function 9", |program| program.modules[0].function = FunctionId(9)),
    ("module 0: a top level takes no parameters", |program| {
        program.functions[0].params = Params { required: 0, optional: 0, rest: true };
    }),
    ("module 1: a top level captures nothing", |program| {
        program.modules.push(Module { path: "other.prism".to_owned(), function: FunctionId(2) });
    }),
    ("function 0, instruction 0 (Closure): function 0 is a module's top level", |program| {
        program.functions[0].code[0].set_bc(0);
    }),
    ("function 0, instruction 0 (Closure): function 1 captures Register(2)", |program| {
        program.functions[BODY].captures = vec![Capture::Register(2)];
    }),
    ("function 0, instruction 0 (Closure): function 1 captures Capture(0)", |program| {
        program.functions[BODY].captures = vec![Capture::Capture(0)];
    }),
    ("function 1: 70000 parameters need as many registers, not 8", |program| {
        program.functions[BODY].params = Params { required: 35_000, optional: 35_000, rest: false };
    }),
    ("function 1: 9 parameters need as many registers, not 8", |program| {
        program.functions[BODY].params = Params { required: 4, optional: 4, rest: true };
    }),
    ("function 2: 0 instructions are none or too many", |program| {
        program.functions[2].code.clear();
        program.functions[2].spans.clear();
    }),
    ("function 2: 1 spans for 2 instructions", |program| {
        program.functions[2].spans.pop();
    }),
    ("function 2: the last instruction, CaptureGet, goes on to the next", |program| {
        program.functions[2].code.pop();
        program.functions[2].spans.pop();
    }),
    ("function 1: handler 1 does not lie in the function", |program| {
        let target = program.functions[BODY].code.len() as u32;
        program.functions[BODY].handlers.push(Handler { start: 0, end: 1, target, error: 0 });
    }),
    ("function 1: handler 0 does not lie in the function", |program| {
        program.functions[BODY].handlers[0].error = REGISTERS
    }),
    ("function 1: handler 0 does not lie in the function, or not behind what it covers", |program| {
        program.functions[BODY].handlers[0].target = 1;
    }),
    ("function 1: handler 0 does not lie in the function", |program| program.functions[BODY].handlers[0].start = 3),
    ("function 1: constant 0 names something but is no text", |program| {
        program.functions[BODY].names[0] = ConstantId(0);
    }),
    ("function 1: constant 5 names something but is no text", |program| {
        program.functions[BODY].keys[0][0] = ConstantId(5);
    }),
    ("function 1: mutation 0 updates register 8", |program| program.functions[BODY].mutations[0].root = REGISTERS),
    ("(Mutate): a path of 3 steps in a window of 2", |program| program.functions[BODY].mutations[0].steps = 3),
    ("function 1: path 0 leads where the function has nothing", |program| {
        program.functions[BODY].paths[0].root = REGISTERS;
    }),
    ("function 1: path 0 leads where the function has nothing", |program| {
        program.functions[BODY].paths[0].steps = vec![Step::Register(REGISTERS)];
    }),
    ("function 1: path 0 leads where the function has nothing", |program| {
        program.functions[BODY].paths[0].steps = vec![Step::Name(0), Step::Name(0)];
    }),
    ("function 1: path 0 leads where the function has nothing", |program| {
        program.functions[BODY].paths[0].steps.clear();
    }),
    ("(TestLt): Jump and something after that must stand behind it", |program| {
        let at = place(program, Op::TestLt);
        program.functions[BODY].code[at + 1] = Instr::abc(Op::Null, 0, 0, 0);
    }),
    ("(CountLt): LoopLt and something after that must stand behind it", |program| {
        let at = place(program, Op::CountLt);
        program.functions[BODY].code[at + 1] = Instr::abc(Op::LoopLe, 0, 0, 0);
    }),
    ("(LoopLt): Loop and something after that must stand behind it", |program| {
        let body = &mut program.functions[BODY];
        body.code = vec![Instr::abc(Op::LoopLt, 0, 0, 0), Instr::wide(Op::Loop, 0, 0)];
        body.spans.truncate(2);
        body.handlers.clear();
    }),
    ("(Level): its count is 1, not 2", |program| set(program, Op::Level, |instr| instr.x = 1)),
    ("(Parallel): its count is 2, not 3", |program| set(program, Op::Parallel, |instr| instr.x = 2)),
    ("(Race): its count is 4, not 3", |program| set(program, Op::Race, |instr| instr.x = 4)),
    ("(CallMethodSpread): its count is 0, not 1", |program| set(program, Op::CallMethodSpread, |instr| instr.x = 0)),
    ("(NewArray): it needs 258 registers of 8", |program| set(program, Op::NewArray, |instr| instr.x = 255)),
    ("(NewObject): 2 keys for 1 values", |program| set(program, Op::NewObject, |instr| instr.x = 1)),
    ("(NewObject): a key stands twice", |program| program.functions[BODY].keys[0] = vec![ConstantId(1), ConstantId(4)]),
    ("(SetField): name 0 is another instruction's", |program| set(program, Op::SetField, |instr| instr.c = 0)),
    ("(CallLibrary): library entry 1 can't be called", |program| set(program, Op::CallLibrary, |instr| instr.c = 1)),
    ("(CallLibrarySpread): library entry 2 can't be called", |program| {
        set(program, Op::CallLibrarySpread, |instr| instr.c = 2);
    }),
    ("(JumpIfTrue): it jumps to 0, in the wrong direction", |program| {
        set(program, Op::JumpIfTrue, |instr| instr.set_bc(0))
    }),
    ("(IterNext): it jumps to 0, in the wrong direction", |program| {
        set(program, Op::IterNext, |instr| instr.set_bc(0))
    }),
    ("(Loop): it jumps to 100, in the wrong direction", |program| set(program, Op::Loop, |instr| instr.set_bc(100))),
];

fn set(program: &mut Program, op: Op, change: fn(&mut Instr)) {
    let at = place(program, op);
    change(&mut program.functions[BODY].code[at]);
}

#[test]
fn faults_are_refused_with_their_place() {
    for (expected, change) in FAULTS {
        match after(change) {
            Err(error) => assert!(error.to_string().contains(expected), "expected `{expected}`, got `{error}`"),
            Ok(()) => panic!("not refused: {expected}"),
        }
    }
}

#[test]
fn a_jump_to_itself_must_take_fuel() {
    let at_itself = |op| {
        let code = vec![Instr::wide(op, 0, 0), Instr::abc(Op::Return, 0, 0, 0)];
        verify(&program(vec![function("<main>", 1, code)]), &catalog())
    };
    assert_eq!(at_itself(Op::Loop), Ok(()));
    assert!(at_itself(Op::Jump).is_err());
}

#[test]
fn an_empty_window_may_begin_behind_the_last_register() {
    let window_at = |b| {
        let code = vec![Instr::xabc(Op::NewArray, 0, 0, b, 0), Instr::abc(Op::Return, 0, 0, 0)];
        verify(&program(vec![function("<main>", 1, code)]), &catalog())
    };
    assert_eq!(window_at(1), Ok(()));
    assert!(window_at(2).is_err());
}

#[test]
fn library_constants_and_namespaces_can_be_loaded() {
    for entry in 0..3 {
        assert_eq!(
            after(|program| {
                let at = place(program, Op::Library);
                program.functions[BODY].code[at].c = entry;
            }),
            Ok(())
        );
    }
}
