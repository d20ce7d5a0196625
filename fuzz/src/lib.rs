//! Programs out of random bytes, for the targets.
//!
//! Operands are drawn from what the instruction table says they mean, so that most programs get past the verifier; what
//! is left to chance is judged by it.

use arbitrary::{Result, Unstructured};
use prism_bytecode::{
    Capture, Catalog, Constant, ConstantId, Function, FunctionId, Handler, HostName, Instr, Module, Mutation, Mutator,
    Op, Operand, Params, Path, Program, Step,
};
use prism_diagnostics::Span;

/// Most functions of a program.
const FUNCTIONS: u32 = 4;
/// Registers of every function.
const REGISTERS: u16 = 12;
/// Exports of the program.
const EXPORTS: u32 = 2;
/// Most instructions of a function before its last.
const INSTRUCTIONS: u32 = 48;
/// The first constants; more than a window of [`WINDOW`] has keys.
const TEXTS: [&str; 6] = ["length", "a", "push", "map", "then", "0"];
const NUMBERS: [f64; 6] = [0.0, 1.0, 0.5, -1.0, f64::NAN, 1e300];
/// Most registers of a window.
const WINDOW: u8 = 4;

/// A program for a library of that catalog.
///
/// # Errors
/// Does not happen: used-up bytes count as zeros.
pub fn program(u: &mut Unstructured<'_>, catalog: &Catalog) -> Result<Program> {
    let texts = TEXTS.map(|text| Constant::String(text.into()));
    let constants = texts.into_iter().chain(NUMBERS.map(Constant::Number)).collect();
    let functions = u.int_in_range(1..=FUNCTIONS)?;
    Ok(Program {
        modules: vec![Module { path: "fuzz.prism".to_owned(), function: FunctionId(0) }],
        functions: (0..functions).map(|id| function(u, catalog, id, functions)).collect::<Result<_>>()?,
        constants,
        exports: EXPORTS,
        host_names: u.arbitrary()?,
        identity: Default::default(),
    })
}

/// The function of that number among `functions`; 0 is the top level.
fn function(u: &mut Unstructured<'_>, catalog: &Catalog, id: u32, functions: u32) -> Result<Function> {
    let last = u.int_in_range(0..=INSTRUCTIONS)?;
    let top_level = id == 0;
    let captures = if top_level { 0 } else { u.int_in_range(0..=2)? };
    let mut body = Body {
        function: Function {
            name: "f".into(),
            params: Params::default(),
            registers: REGISTERS,
            is_async: !top_level && u.arbitrary()?,
            captures: (0..captures).map(|_| Ok(Capture::Register(register(u)?))).collect::<Result<_>>()?,
            code: Vec::new(),
            spans: vec![Span::default(); last as usize + 1],
            handlers: Vec::new(),
            names: Vec::new(),
            keys: Vec::new(),
            mutations: Vec::new(),
            paths: Vec::new(),
        },
        library: catalog.iter().count() as u32,
        functions,
        last,
    };
    if !top_level {
        let (required, optional) = (u.int_in_range(0..=2)?, u.int_in_range(0..=2)?);
        body.function.params = Params { required, optional, rest: u.arbitrary()? };
    }
    for _ in 0..last {
        let instr = body.instruction(u)?;
        body.function.code.push(instr);
    }
    body.function.code.push(Instr::abc(Op::Return, register(u)?, 0, 0));
    if u.arbitrary()? {
        let target = u.int_in_range(0..=last)?;
        let handler = Handler { start: 0, end: u.int_in_range(0..=target)?, target, error: register(u)? };
        body.function.handlers.push(handler);
    }
    Ok(body.function)
}

fn register(u: &mut Unstructured<'_>) -> Result<u16> {
    u.int_in_range(0..=REGISTERS - 1)
}

/// A function under construction.
struct Body {
    function: Function,
    /// How many entries the library has.
    library: u32,
    /// How many functions the program has.
    functions: u32,
    /// Where its last instruction will be.
    last: u32,
}

impl Body {
    fn instruction(&mut self, u: &mut Unstructured<'_>) -> Result<Instr> {
        let follower = self.function.code.last().and_then(|before| before.op.follower());
        let chosen = Some(*u.choose(Op::ALL)?).filter(|op| self.has_what_it_needs(*op)).unwrap_or(Op::Null);
        let op = follower.unwrap_or(chosen);
        let row = op.operands();
        let x = match (row.x, op.fixed_count()) {
            (_, Some(count)) => count,
            (Operand::Count, None) => u.int_in_range(0..=WINDOW)?,
            (Operand::Host, None) => u.int_in_range(0..=HostName::ALL.len() as u8 - 1)?,
            (Operand::Immediate, None) => u.int_in_range(0..=3)?,
            (Operand::Last, None) => u.int_in_range(0..=1)?,
            _ => 0,
        };
        let a = self.operand(u, op, row.a, x)? as u16;
        Ok(if row.bc == Operand::None {
            Instr::xabc(op, x, a, self.operand(u, op, row.b, x)? as u16, self.operand(u, op, row.c, x)? as u16)
        } else {
            Instr { x, ..Instr::wide(op, a, self.operand(u, op, row.bc, x)?) }
        })
    }

    /// Whether the tables that the instruction indexes have anything in them, and what must stand behind it has room.
    fn has_what_it_needs(&self, op: Op) -> bool {
        /// Two may have to follow each other, and something else after them.
        const BEHIND: usize = 3;
        if op.follower().is_some() && self.function.code.len() + BEHIND > self.last as usize {
            return false;
        }
        let row = op.operands();
        match (row.bc, row.c) {
            (Operand::Capture, _) => !self.function.captures.is_empty(),
            (Operand::Function, _) => self.functions > 1,
            (_, Operand::Library) => self.library > 0,
            _ => true,
        }
    }

    /// A step by a name of its own.
    fn name(&mut self, u: &mut Unstructured<'_>) -> Result<Step> {
        self.function.names.push(ConstantId(u.int_in_range(0..=TEXTS.len() as u32 - 1)?));
        Ok(Step::Name(self.function.names.len() as u16 - 1))
    }

    fn operand(&mut self, u: &mut Unstructured<'_>, op: Op, operand: Operand, x: u8) -> Result<u32> {
        let pc = self.function.code.len() as u32;
        let highest = match operand {
            Operand::None | Operand::Count | Operand::Host | Operand::Last => 0,
            Operand::Def | Operand::Use | Operand::Mod => u32::from(REGISTERS) - 1,
            Operand::Window { extra } => u32::from(REGISTERS) - u32::from(x) - u32::from(extra),
            Operand::Iterator => u32::from(REGISTERS) - 4,
            Operand::Immediate => 9,
            Operand::Constant => (TEXTS.len() + NUMBERS.len()) as u32 - 1,
            Operand::Capture => self.function.captures.len().saturating_sub(1) as u32,
            Operand::Export => EXPORTS - 1,
            // Not the top level.
            Operand::Function => return u.int_in_range(1..=self.functions - 1),
            Operand::Library => self.library.saturating_sub(1),
            Operand::Jump if op == Op::Loop => pc,
            Operand::Jump => return u.int_in_range(pc + 1..=self.last),
            Operand::Name => {
                self.function.names.push(ConstantId(u.int_in_range(0..=TEXTS.len() as u32 - 1)?));
                return Ok(self.function.names.len() as u32 - 1);
            }
            Operand::Keys => {
                self.function.keys.push((0..u32::from(x)).map(ConstantId).collect());
                return Ok(self.function.keys.len() as u32 - 1);
            }
            Operand::Path => {
                let (root, mut steps) = (register(u)?, Vec::new());
                for _ in 0..u.int_in_range(1..=3)? {
                    steps.push(if u.arbitrary()? { Step::Register(register(u)?) } else { self.name(u)? });
                }
                self.function.paths.push(Path { root, steps });
                return Ok(self.function.paths.len() as u32 - 1);
            }
            Operand::Mutation => {
                let (mutator, steps) = (*u.choose(Mutator::ALL)?, u.int_in_range(0..=x)?);
                let spread = steps < x && u.arbitrary()?;
                self.function.mutations.push(Mutation { mutator, root: register(u)?, steps, spread });
                return Ok(self.function.mutations.len() as u32 - 1);
            }
        };
        u.int_in_range(0..=highest)
    }
}
