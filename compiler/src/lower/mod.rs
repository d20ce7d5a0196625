//! From resolved trees to bytecode: the only place that emits instructions.
//!
//! | file | what |
//! |---|---|
//! | `code` | one function's instructions, registers and jumps while they are made |
//! | `facts` | what must be known of a module beforehand: how variables are stored, what updates what |
//! | `path` | paths rooted in a variable, and the calls that update what stands there |
//! | `variable` | reading, storing and declaring variables |
//! | `expr`, `operators`, `literal`, `access`, `call`, `update`, `pipeline` | expressions |
//! | `pattern`, `matching` | destructuring; `match` |
//! | `stmt`, `assign`, `control`, `loops`, `exits` | statements; `try`, and ways out through `finally` |
//! | `function`, `concurrency`, `module` | bodies |
//!
//! # Invariants
//! - An operand is evaluated before those to its right. A variable's own register serves as an operand only where
//!   nothing that is evaluated later can update the variable ([`Facts::updates`]); else its value is copied.
//! - No second handle of an array or object stays behind in a temporary register: the machine updates a container in
//!   place only while it has one.
//! - A variable's register is written once an expression's value is complete: [`Lower::unseen`] gives expressions that
//!   write their result in several steps another register. So an error half-way changes nothing.
//! - A window lies above all registers in use, since calls lose what lies in or above it.
//! - An instruction's span is that of the expression that fails with it (§8).
//!
//! Trees that the resolver has found faults in are not lowered.

mod access;
mod assign;
mod call;
mod code;
mod concurrency;
mod control;
mod exits;
mod expr;
mod facts;
mod function;
mod literal;
mod loops;
mod matching;
mod module;
mod operators;
mod path;
mod pattern;
mod pipeline;
mod stmt;
mod update;
mod variable;

pub(crate) use path::{Path, Update};

use crate::ast::{Export, Name, Stmt, StmtKind};
use crate::modules::ExportTable;
use crate::pipeline::ResolvedModule;
use crate::resolve::{BodyId, Resolution, VariableId};
use crate::stack::deeper;
use code::{Code, Label, Reg};
use exits::Exit;
use facts::Facts;
use prism_bytecode::{Catalog, Constant, ConstantId, Function, FunctionId, Params, Program};
use prism_diagnostics::{Code as DiagnosticCode, Diagnostic, Span};
use std::collections::HashMap;
use variable::Home;

/// Makes the program of these modules, which stand in the order in which they run; the last is the entry.
///
/// # Errors
/// `too-large` for each function that needs more registers, names or the like than an instruction can say.
pub fn lower(modules: &[ResolvedModule], exports: &ExportTable, catalog: &Catalog) -> Result<Program, Vec<Diagnostic>> {
    extend(Program::default(), modules, exports, catalog)
}

/// The same with modules that run after those of a program that is there: all of its numbers keep their meaning.
///
/// # Errors
/// As [`lower`].
pub fn extend(
    program: Program,
    modules: &[ResolvedModule],
    exports: &ExportTable,
    catalog: &Catalog,
) -> Result<Program, Vec<Diagnostic>> {
    let mut output = Output::from(Program { exports: exports.slots, ..program });
    for module in modules {
        let function = Lower::module(&mut output, module, exports, catalog);
        output.program.modules.push(prism_bytecode::Module { path: module.path.clone(), function });
    }
    if output.diagnostics.is_empty() { Ok(output.program) } else { Err(output.diagnostics) }
}

/// The program while it is made.
#[derive(Debug)]
struct Output {
    program: Program,
    numbers: HashMap<u64, ConstantId>,
    texts: HashMap<Name, ConstantId>,
    diagnostics: Vec<Diagnostic>,
}

impl From<Program> for Output {
    fn from(program: Program) -> Self {
        let (mut numbers, mut texts) = (HashMap::new(), HashMap::new());
        for (at, constant) in (0..).map(ConstantId).zip(&program.constants) {
            match constant {
                Constant::Number(number) => drop(numbers.insert(number.to_bits(), at)),
                Constant::String(text) => drop(texts.insert(Name::new(text), at)),
            }
        }
        Output { program, numbers, texts, diagnostics: Vec::new() }
    }
}

impl Output {
    fn constant(constants: &mut Vec<Constant>, constant: Constant) -> ConstantId {
        constants.push(constant);
        ConstantId(constants.len() as u32 - 1)
    }

    /// The constant of that number; zeros of both signs are two.
    fn number(&mut self, number: f64) -> ConstantId {
        let constants = &mut self.program.constants;
        *self.numbers.entry(number.to_bits()).or_insert_with(|| Self::constant(constants, Constant::Number(number)))
    }

    /// The constant of that text.
    fn text(&mut self, text: &str) -> ConstantId {
        match self.texts.get(text) {
            Some(id) => *id,
            None => {
                let id = Self::constant(&mut self.program.constants, Constant::String(text.into()));
                self.texts.insert(text.into(), id);
                id
            }
        }
    }

    fn function(&mut self, function: Function) -> FunctionId {
        self.program.functions.push(function);
        FunctionId(self.program.functions.len() as u32 - 1)
    }

    fn too_large(&mut self, span: Span, message: &str) {
        let diagnostic = Diagnostic::new(DiagnosticCode::E0107, span, message);
        self.diagnostics.push(diagnostic.with_help("split it into smaller functions"));
    }
}

/// What is to become of a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Want {
    /// It is dropped.
    Nothing,
    /// It goes into a register.
    Into(Reg),
    /// It is what the body gives: control leaves the body with it.
    Return,
}

/// The body that is lowered, apart from its instructions.
#[derive(Debug)]
struct Body {
    id: BodyId,
    /// The variable that is this very function wherever it is read in it.
    itself: Option<VariableId>,
    captures: HashMap<VariableId, u16>,
    /// What `_` stands for.
    hole: Option<Reg>,
    /// Of the innermost optional chain: where its value goes, and its end.
    chain: Option<(Reg, Label)>,
    /// What `return`, `break` and `continue` pass on their way out, innermost last.
    exits: Vec<Exit>,
    /// Of a top level with exports: where the result goes, and what is done at its end.
    epilogue: Option<(Reg, Label)>,
}

impl Body {
    fn new(id: BodyId, itself: Option<VariableId>, captures: HashMap<VariableId, u16>) -> Self {
        Body { id, itself, captures, hole: None, chain: None, exits: Vec::new(), epilogue: None }
    }
}

/// Lowers one module.
struct Lower<'a> {
    output: &'a mut Output,
    exports: &'a ExportTable,
    catalog: &'a Catalog,
    resolution: &'a Resolution,
    facts: Facts,
    /// Where variables live while their bodies are lowered.
    homes: Vec<Option<Home>>,
    code: Code,
    body: Body,
}

impl<'a> Lower<'a> {
    /// Lowers a module; its top level's number.
    fn module(
        output: &'a mut Output,
        module: &'a ResolvedModule,
        exports: &'a ExportTable,
        catalog: &'a Catalog,
    ) -> FunctionId {
        let resolution = &module.resolution;
        let mut lower = Lower {
            output,
            exports,
            catalog,
            resolution,
            facts: Facts::of(&module.module, resolution),
            homes: vec![None; resolution.variables.len()],
            code: Code::new("<main>", Params::default(), false, Vec::new()),
            body: Body::new(BodyId(0), None, HashMap::new()),
        };
        lower.top_level(&module.module);
        let Lower { code, output, .. } = lower;
        let (function, fits) = code.finish();
        if !fits {
            output.too_large(module.module.span, "this text's top level is too large to compile");
        }
        output.function(function)
    }

    /// A new register, above all in use.
    fn temp(&mut self) -> Reg {
        self.code.alloc(1)
    }

    /// Frees the registers that `make` gives out, when it is done.
    fn scoped<T>(&mut self, make: impl FnOnce(&mut Self) -> T) -> T {
        let mark = self.code.mark();
        let made = make(self);
        self.code.release(mark);
        made
    }

    /// A register for a value that is made in several steps: `dst`, unless it is a variable's.
    fn unseen(&mut self, dst: Reg) -> Reg {
        if self.code.is_home(dst) { self.temp() } else { dst }
    }

    /// Puts a text constant into a register.
    fn text(&mut self, dst: Reg, text: &str, span: Span) {
        let id = self.output.text(text);
        self.code.wide(prism_bytecode::Op::Const, dst, id.0, span);
    }
}

/// The statement that declares what an `export` exports; the statement itself if it is no such `export`.
fn declaring(stmt: &Stmt) -> &Stmt {
    match &stmt.kind {
        StmtKind::Export(export) => match &**export {
            Export::Statement(inner) => inner,
            _ => stmt,
        },
        _ => stmt,
    }
}
