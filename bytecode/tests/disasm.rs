//! Programs as text.

mod common;

use common::{BODY, catalog, every_instruction, function, program};
use prism_bytecode::{Capture, ConstantId, Handler, Instr, Op, Params, disassemble};

#[test]
fn a_program_reads_like_its_source() {
    let main = function("<main>", 3, vec![Instr::wide(Op::Closure, 0, 1), Instr::abc(Op::Return, 0, 0, 0)]);
    let mut body = function(
        "f",
        6,
        vec![
            Instr::wide(Op::Const, 2, 0),
            Instr::wide(Op::Int, 3, -7i32 as u32),
            Instr::abc(Op::GetField, 4, 0, 0),
            Instr::wide(Op::JumpIfFalse, 4, 5),
            Instr::xabc(Op::CallLibrary, 2, 1, 2, 0),
            Instr::abc(Op::ArrayPush, 1, 2, 0),
            Instr::xabc(Op::JumpIfInt, 2, 1, 7, 0),
            Instr::wide(Op::Loop, 0, 0),
        ],
    );
    body.params = Params { required: 1, optional: 1, rest: false };
    body.captures = vec![Capture::Register(2)];
    body.names = vec![ConstantId(3)];
    body.handlers = vec![Handler { start: 0, end: 4, target: 5, error: 5 }];
    let expected = "\
module main.prism f0:<main>

f0:<main> (0 required), 3 registers
     0  Closure          r0 = f1:f                        ; 0..1
     1  Return           r0                               ; 1..2

f1:f (1 required, 1 optional), 6 registers
  captures r2
  errors in 0..4 -> 5 with r5
>    0  Const            r2 = 1.5                         ; 0..1
     1  Int              r3 = #-7                         ; 1..2
     2  GetField         r4 = r0 .\"not plain\"             ; 2..3
     3  JumpIfFalse      r4 -> 5                          ; 3..4
     4  CallLibrary      r1 = r2..r3 len                  ; 4..5
>    5  ArrayPush        &r1 r2                           ; 5..6
     6  JumpIfInt        #2 r1 -> 7                       ; 6..7
>    7  Loop             -> 0                             ; 7..8
";
    assert_eq!(disassemble(&program(vec![main, body]), &catalog()), expected);
}

#[test]
fn every_instruction_is_shown() {
    let text = disassemble(&every_instruction(), &catalog());
    for op in Op::ALL {
        let found = text.lines().any(|line| {
            let mut words = line.trim_start_matches('>').split_whitespace();
            words.nth(1) == Some(op.as_str())
        });
        assert!(found, "{} is missing from\n{text}", op.as_str());
    }
}

#[test]
fn what_means_nothing_is_marked() {
    let mut program = every_instruction();
    program.constants.clear();
    let function = &mut program.functions[BODY];
    for instr in &mut function.code {
        match instr.op {
            Op::GetField => instr.c = 999,
            Op::Closure => instr.set_bc(77),
            Op::CallLibrary => instr.c = 50,
            _ => {}
        }
    }
    let text = disassemble(&program, &catalog());
    for expected in ["r2 = r3 .?999", "r2 = f?77", "r2 = r3..r4 ?50", "Const            r2 = ?0", "{?1, ?2}"] {
        assert!(text.contains(expected), "`{expected}` is missing from\n{text}");
    }
}
