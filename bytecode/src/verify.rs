//! The proof of what the interpreter trusts.
//!
//! A program that passes never makes the interpreter read or write outside a frame, a table or its code, and cannot run
//! for ever without fuel: jumps go forward, [`Op::Loop`] alone goes back, and what reads it
//! ([`Op::follower`]); handlers lie behind what they cover; so every cycle takes a step of fuel. What an operand must be is read from the instruction table.
//!
//! Not proved, since the interpreter does not trust it: that a register has been written (registers start as null), what
//! kind of value it holds, how many arguments a call gives.

use crate::{
    Capture, Catalog, Constant, ConstantId, Function, FunctionId, HostName, Instr, LibraryId, Op, Operand, Operands,
    Program, Step,
};
use std::collections::HashSet;

/// Why a program is refused. Numbers are indexes into the program's tables.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum VerifyError {
    /// The entry is the last module, and there is none.
    #[error("the program has no module")]
    NoModule,
    /// A module that can't be run.
    #[error("module {module}: {fault}")]
    Module {
        /// Which.
        module: usize,
        /// What is wrong with it.
        fault: ModuleFault,
    },
    /// A function whose tables are wrong.
    #[error("function {function}: {fault}")]
    Function {
        /// Which.
        function: u32,
        /// What is wrong with it.
        fault: FunctionFault,
    },
    /// An instruction whose operands are wrong.
    #[error("function {function}, instruction {pc} ({}): {fault}", op.as_str())]
    Instruction {
        /// The function that it is in.
        function: u32,
        /// Its place there.
        pc: usize,
        /// What it does.
        op: Op,
        /// What is wrong with it.
        fault: InstructionFault,
    },
}

/// What is wrong with a module.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ModuleFault {
    /// Its function is not in the program.
    #[error("the program has no function {0}")]
    NoFunction(u32),
    /// Nobody gives a top level arguments.
    #[error("a top level takes no parameters")]
    Parameters,
    /// Nothing is around a top level.
    #[error("a top level captures nothing")]
    Captures,
}

/// What is wrong with a function apart from its instructions.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FunctionFault {
    /// Arguments would not fit.
    #[error("{needed} parameters need as many registers, not {registers}")]
    Parameters {
        /// How many registers arguments are put in.
        needed: u32,
        /// How many the function has.
        registers: u16,
    },
    /// No instruction, or more than jumps can reach.
    #[error("{0} instructions are none or too many")]
    Length(usize),
    /// Not one span an instruction.
    #[error("{spans} spans for {code} instructions")]
    Spans {
        /// How many spans.
        spans: usize,
        /// How many instructions.
        code: usize,
    },
    /// Control would run past the end.
    #[error("the last instruction, {}, goes on to the next", .0.as_str())]
    FallsThrough(Op),
    /// A handler whose range, target or register is not the function's.
    #[error("handler {0} does not lie in the function, or not behind what it covers")]
    Handler(usize),
    /// A name or key that is not a text of the program.
    #[error("constant {0} names something but is no text")]
    NotText(u32),
    /// A path whose root, or a step of it, is not the function's; or a name in it that stands twice.
    #[error("path {0} leads where the function has nothing")]
    Path(usize),
    /// A mutation of a register that the function has not.
    #[error("mutation {mutation} updates register {root}")]
    Root {
        /// Which.
        mutation: usize,
        /// The register.
        root: u16,
    },
}

/// What is wrong with an instruction.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InstructionFault {
    /// A register, or the last of a run of them, that the function has not.
    #[error("it needs {needed} registers of {registers}")]
    Register {
        /// How many registers the function would have to have.
        needed: u32,
        /// How many it has.
        registers: u16,
    },
    /// An index past the end of its table.
    #[error("{operand:?} {index} of {len}")]
    Index {
        /// What is indexed.
        operand: Operand,
        /// The index.
        index: u32,
        /// How many the table has.
        len: usize,
    },
    /// An operand that means nothing is not 0.
    #[error("an unused operand is {0}")]
    Unused(u32),
    /// A count that the instruction leaves no choice of.
    #[error("its count is {found}, not {expected}")]
    Count {
        /// What it must be.
        expected: u8,
        /// What it is.
        found: u8,
    },
    /// A jump that goes back without taking fuel, or a loop that does not go back.
    #[error("it jumps to {0}, in the wrong direction")]
    Direction(u32),
    /// Not one key a value.
    #[error("{keys} keys for {values} values")]
    Keys {
        /// How many keys.
        keys: usize,
        /// How many values.
        values: u8,
    },
    /// A key twice.
    #[error("a key stands twice")]
    DuplicateKey,
    /// The instruction that it reads is not behind it, or the last.
    #[error("{} and something after that must stand behind it", .0.as_str())]
    Follower(Op),
    /// A mutation whose path is longer than the window.
    #[error("a path of {steps} steps in a window of {window}")]
    Steps {
        /// How many steps.
        steps: u8,
        /// How many registers.
        window: u8,
    },
    /// Two instructions would share a cache.
    #[error("name {0} is another instruction's")]
    SharedName(u16),
    /// A call of a library entry that can't be called.
    #[error("library entry {0} can't be called")]
    NotCallable(u16),
    /// A closure of a module's top level.
    #[error("function {0} is a module's top level")]
    TopLevel(u32),
    /// A closure that captures what the function around it has not.
    #[error("function {function} captures {capture:?}")]
    Captures {
        /// The captured function.
        function: u32,
        /// What it would capture.
        capture: Capture,
    },
}

/// Proves what the interpreter trusts of `program`, whose library entries are those of `catalog`.
///
/// # Errors
/// If something can't be proved: the first, in order of functions and instructions.
pub fn verify(program: &Program, catalog: &Catalog) -> Result<(), VerifyError> {
    let top_levels = modules(program)?;
    for (id, function) in (0..).zip(&program.functions) {
        let at_function = |fault| VerifyError::Function { function: id, fault };
        frame(function).map_err(at_function)?;
        tables(program, function).map_err(at_function)?;
        let named = paths(function).map_err(at_function)?;
        let mut body = Body { program, catalog, top_levels: &top_levels, function, named };
        for (pc, instr) in function.code.iter().enumerate() {
            let at_instruction = |fault| VerifyError::Instruction { function: id, pc, op: instr.op, fault };
            body.instruction(pc, *instr).map_err(at_instruction)?;
        }
    }
    Ok(())
}

/// The functions that are modules' top levels.
fn modules(program: &Program) -> Result<HashSet<FunctionId>, VerifyError> {
    if program.modules.is_empty() {
        return Err(VerifyError::NoModule);
    }
    let check = |id: FunctionId| {
        let function = program.function(id).ok_or(ModuleFault::NoFunction(id.0))?;
        if function.params.registers() != 0 {
            return Err(ModuleFault::Parameters);
        }
        if function.captures.is_empty() { Ok(id) } else { Err(ModuleFault::Captures) }
    };
    let modules = program.modules.iter().enumerate();
    modules.map(|(module, it)| check(it.function).map_err(|fault| VerifyError::Module { module, fault })).collect()
}

/// Parameters, code and handlers fit together.
fn frame(function: &Function) -> Result<(), FunctionFault> {
    let (needed, registers, len) = (function.params.registers(), function.registers, function.code.len());
    if needed > u32::from(registers) {
        return Err(FunctionFault::Parameters { needed, registers });
    }
    let Some(last) = function.code.last().filter(|_| u32::try_from(len).is_ok()) else {
        return Err(FunctionFault::Length(len));
    };
    if function.spans.len() != len {
        return Err(FunctionFault::Spans { spans: function.spans.len(), code: len });
    }
    if !last.op.ends_block() {
        return Err(FunctionFault::FallsThrough(last.op));
    }
    let fits = |handler: &crate::Handler| {
        handler.start <= handler.end
            && handler.end <= handler.target
            && (handler.target as usize) < len
            && handler.error < registers
    };
    match function.handlers.iter().position(|handler| !fits(handler)) {
        Some(handler) => Err(FunctionFault::Handler(handler)),
        None => Ok(()),
    }
}

/// Names, keys and mutations are what they are for.
fn tables(program: &Program, function: &Function) -> Result<(), FunctionFault> {
    let is_text = |id: &ConstantId| matches!(program.constants.get(id.0 as usize), Some(Constant::String(_)));
    let mut texts = function.names.iter().chain(function.keys.iter().flatten());
    if let Some(id) = texts.find(|id| !is_text(id)) {
        return Err(FunctionFault::NotText(id.0));
    }
    for (mutation, it) in function.mutations.iter().enumerate() {
        if it.root >= function.registers {
            return Err(FunctionFault::Root { mutation, root: it.root });
        }
    }
    Ok(())
}

/// Paths lead through the function's own registers and names. Which names they have.
fn paths(function: &Function) -> Result<Vec<bool>, FunctionFault> {
    let mut named = vec![false; function.names.len()];
    for (at, path) in function.paths.iter().enumerate() {
        let mut fits = |step: &Step| match *step {
            Step::Register(register) => register < function.registers,
            Step::Name(name) => named.get_mut(usize::from(name)).is_some_and(|named| !std::mem::replace(named, true)),
        };
        if path.root >= function.registers || path.steps.is_empty() || !path.steps.iter().all(&mut fits) {
            return Err(FunctionFault::Path(at));
        }
    }
    Ok(named)
}

/// A function whose instructions are being checked.
struct Body<'a> {
    program: &'a Program,
    catalog: &'a Catalog,
    top_levels: &'a HashSet<FunctionId>,
    function: &'a Function,
    /// Which names an instruction has already.
    named: Vec<bool>,
}

impl Body<'_> {
    fn instruction(&mut self, pc: usize, instr: Instr) -> Result<(), InstructionFault> {
        let row = instr.op.operands();
        if let Some(expected) = instr.op.fixed_count().filter(|count| *count != instr.x) {
            return Err(InstructionFault::Count { expected, found: instr.x });
        }
        if let Some(expected) = instr.op.follower() {
            let behind = self.function.code.get(pc + 1..).unwrap_or_default();
            if behind.len() < 2 || behind[0].op != expected {
                return Err(InstructionFault::Follower(expected));
            }
        }
        self.operand(pc, instr, row, row.x, u32::from(instr.x))?;
        self.operand(pc, instr, row, row.a, u32::from(instr.a))?;
        if row.bc == Operand::None {
            self.operand(pc, instr, row, row.b, u32::from(instr.b))?;
            self.operand(pc, instr, row, row.c, u32::from(instr.c))
        } else {
            self.operand(pc, instr, row, row.bc, instr.bc())
        }
    }

    fn operand(
        &mut self,
        pc: usize,
        instr: Instr,
        row: Operands,
        operand: Operand,
        at: u32,
    ) -> Result<(), InstructionFault> {
        let function = self.function;
        let within = |len: usize| {
            if (at as usize) < len { Ok(()) } else { Err(InstructionFault::Index { operand, index: at, len }) }
        };
        match operand {
            Operand::None if at != 0 => Err(InstructionFault::Unused(at)),
            Operand::None | Operand::Count | Operand::Immediate | Operand::Last => Ok(()),
            Operand::Def | Operand::Use | Operand::Mod => self.registers(at, 1),
            Operand::Iterator => self.registers(at, 4),
            Operand::Window { extra } => self.registers(at, u32::from(instr.x) + u32::from(extra)),
            Operand::Constant => within(self.program.constants.len()),
            Operand::Capture => within(function.captures.len()),
            Operand::Export => within(self.program.exports as usize),
            Operand::Host => within(HostName::ALL.len()),
            Operand::Jump => {
                within(function.code.len())?;
                let back = at as usize <= pc;
                if back == (instr.op == Op::Loop) { Ok(()) } else { Err(InstructionFault::Direction(at)) }
            }
            Operand::Name => {
                within(function.names.len())?;
                match self.named.get_mut(at as usize) {
                    Some(named) if !*named => {
                        *named = true;
                        Ok(())
                    }
                    _ => Err(InstructionFault::SharedName(at as u16)),
                }
            }
            Operand::Keys => {
                within(function.keys.len())?;
                let literal = matches!(row.b, Operand::Window { .. });
                if literal { self.keys(at, instr.x) } else { Ok(()) }
            }
            Operand::Mutation => {
                within(function.mutations.len())?;
                match function.mutations.get(at as usize) {
                    Some(it) if u16::from(it.steps) + u16::from(it.spread) > u16::from(instr.x) => {
                        Err(InstructionFault::Steps { steps: it.steps, window: instr.x })
                    }
                    _ => Ok(()),
                }
            }
            Operand::Path => within(function.paths.len()),
            Operand::Library => {
                let entry = self.catalog.get(LibraryId(at as u16));
                let called = row.b != Operand::None;
                match entry {
                    None => Err(InstructionFault::Index { operand, index: at, len: self.catalog.iter().count() }),
                    Some(entry) if called && entry.signature().is_none() => {
                        Err(InstructionFault::NotCallable(at as u16))
                    }
                    Some(_) => Ok(()),
                }
            }
            Operand::Function => {
                within(self.program.functions.len())?;
                self.closure(FunctionId(at))
            }
        }
    }

    /// `count` registers from `first` on are the function's.
    fn registers(&self, first: u32, count: u32) -> Result<(), InstructionFault> {
        let (needed, registers) = (first + count, self.function.registers);
        if needed <= u32::from(registers) { Ok(()) } else { Err(InstructionFault::Register { needed, registers }) }
    }

    /// As many distinct keys as values.
    fn keys(&self, list: u32, values: u8) -> Result<(), InstructionFault> {
        let keys = self.function.keys.get(list as usize).map_or(&[][..], Vec::as_slice);
        if keys.len() != usize::from(values) {
            return Err(InstructionFault::Keys { keys: keys.len(), values });
        }
        let distinct: HashSet<_> = keys.iter().map(|key| self.program.text(*key)).collect();
        if distinct.len() == keys.len() { Ok(()) } else { Err(InstructionFault::DuplicateKey) }
    }

    /// The function that is being checked has what a closure of `id` captures.
    fn closure(&self, id: FunctionId) -> Result<(), InstructionFault> {
        if self.top_levels.contains(&id) {
            return Err(InstructionFault::TopLevel(id.0));
        }
        let has = |capture: &Capture| match *capture {
            Capture::Register(register) => register < self.function.registers,
            Capture::Capture(index) => usize::from(index) < self.function.captures.len(),
        };
        let captures = self.program.function(id).map_or(&[][..], |function| &function.captures);
        match captures.iter().find(|capture| !has(capture)) {
            Some(capture) => Err(InstructionFault::Captures { function: id.0, capture: *capture }),
            None => Ok(()),
        }
    }
}
