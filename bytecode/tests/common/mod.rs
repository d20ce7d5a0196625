//! A valid program in which every instruction stands once, built from the table.

use prism_bytecode::{
    Capture, Catalog, ConfidenceRule, Constant, ConstantId, Entry, EntryKind, Function, FunctionId, Handler, Instr,
    Module, Mutation, Mutator, Op, Operand, Params, Path, Program, Signature, Step,
};
use prism_diagnostics::{SourceId, Span};

/// The function of [`every_instruction`] in which they stand; 0 is the module's top level, 2 a closure inside it.
pub const BODY: usize = 1;
/// How many registers that function has.
pub const REGISTERS: u16 = 8;

/// `len`, `Math` and `Math.PI`.
pub fn catalog() -> Catalog {
    let signature = Signature::parse("(xs: array) -> number", ConfidenceRule::Subject, false).expect("a signature");
    let entry = |path: &str, kind| Entry { path: path.into(), kind, hidden: false };
    Catalog::new(vec![
        entry("len", EntryKind::Function(signature)),
        entry("Math", EntryKind::Namespace(None)),
        entry("Math.PI", EntryKind::Constant(std::f64::consts::PI)),
    ])
}

/// A function of this code with as many spans and nothing else.
pub fn function(name: &str, registers: u16, code: Vec<Instr>) -> Function {
    let spans = (0..code.len() as u32).map(|at| Span::new(SourceId(0), at, at + 1)).collect();
    Function {
        name: name.into(),
        params: Params::default(),
        registers,
        is_async: false,
        captures: Vec::new(),
        code,
        spans,
        handlers: Vec::new(),
        names: Vec::new(),
        keys: Vec::new(),
        mutations: Vec::new(),
        paths: Vec::new(),
    }
}

/// A program of these functions, the first of which is the only module's top level.
pub fn program(functions: Vec<Function>) -> Program {
    let text = |text: &str| Constant::String(text.into());
    Program {
        modules: vec![Module { path: "main.prism".to_owned(), function: FunctionId(0) }],
        functions,
        constants: vec![Constant::Number(1.5), text("left"), text("right"), text("not plain"), text("left")],
        exports: 1,
        host_names: 0,
        identity: Default::default(),
    }
}

/// The program in which every instruction stands in order of the table, with what has to stand behind it.
pub fn every_instruction() -> Program {
    let main = function("<main>", 2, vec![Instr::wide(Op::Closure, 1, BODY as u32), Instr::abc(Op::Return, 1, 0, 0)]);
    let mut body = function("body", REGISTERS, Vec::new());
    body.params = Params { required: 1, optional: 1, rest: true };
    body.captures = vec![Capture::Register(1)];
    body.mutations = vec![Mutation { mutator: Mutator::Push, root: 1, steps: 1, spread: false }];
    body.names.push(ConstantId(1));
    body.paths = vec![Path { root: 1, steps: vec![Step::Register(3), Step::Name(0)] }];
    let behind = |op: &Op| std::iter::successors(Some(*op), |op| op.follower());
    let all: Vec<Op> = Op::ALL.iter().flat_map(behind).collect();
    for op in &all {
        let instr = valid(*op, &mut body, all.len() as u32);
        body.code.push(instr);
    }
    body.code.push(Instr::abc(Op::Return, 0, 0, 0));
    body.spans = vec![Span::default(); body.code.len()];
    body.handlers = vec![Handler { start: 0, end: 2, target: all.len() as u32, error: 3 }];
    let mut inner = function("inner", 1, vec![Instr::wide(Op::CaptureGet, 0, 0), Instr::abc(Op::Return, 0, 0, 0)]);
    inner.captures = vec![Capture::Capture(0)];
    program(vec![main, body, inner])
}

/// A valid instruction of that operation at the end of `body`, whose last instruction will be number `end`.
fn valid(op: Op, body: &mut Function, end: u32) -> Instr {
    let row = op.operands();
    let x = match row.x {
        Operand::Count => op.fixed_count().unwrap_or(2),
        Operand::Immediate => 1,
        _ => 0,
    };
    let a = if row.a == Operand::None { 0 } else { 2 };
    if row.bc != Operand::None {
        let bc = match row.bc {
            Operand::Immediate => -5i32 as u32,
            Operand::Function => 2,
            Operand::Jump if op != Op::Loop => end,
            _ => 0,
        };
        return Instr { x, ..Instr::wide(op, a, bc) };
    }
    let b = if row.b == Operand::None { 0 } else { 3 };
    let c = match row.c {
        Operand::Use => 4,
        Operand::Immediate => 7,
        Operand::Name => {
            body.names.push(ConstantId(1));
            body.names.len() as u16 - 1
        }
        Operand::Keys => {
            body.keys.push((1..=u32::from(x)).map(ConstantId).collect());
            body.keys.len() as u16 - 1
        }
        _ => 0,
    };
    Instr::xabc(op, x, a, b, c)
}
