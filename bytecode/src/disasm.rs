//! Bytecode for people and goldens, derived from the instruction table.
//!
//! Any program can be shown, also one that the verifier refuses: what an operand should mean and does not is shown as
//! `?` with its number.
//!
//! | written | means |
//! |---|---|
//! | `r3`, `r4..r6`, `&r3` | a register, a run of them (`r4..` is an empty one), one that is read and written |
//! | `#5`, `"a"`, `1.5` | an immediate, a constant |
//! | `.name`, `{a, b}`, `^2` | a name, a key list, a capture |
//! | `f3:name`, `export 2`, `-> 12` | a function, an export, where it jumps to |

use crate::{
    Capture, Catalog, Constant, ConstantId, Function, FunctionId, HostName, Instr, LibraryId, Operand, Path, Program,
    Step,
};
use std::collections::HashSet;
use std::fmt::{self, Write};

/// The program as text: its modules, then each function with its handlers and instructions. A `>` marks where jumps and
/// handlers lead to; behind `;` stand the bytes of the source that an instruction stands for.
pub fn disassemble(program: &Program, catalog: &Catalog) -> String {
    let mut out = String::new();
    for module in &program.modules {
        line(&mut out, format_args!("module {} {}", module.path, function_name(program, module.function)));
    }
    for (at, function) in (0..).zip(&program.functions) {
        out.push('\n');
        Listing { program, catalog, function }.write(FunctionId(at), &mut out);
    }
    out
}

/// Adds a line without trailing blanks.
fn line(out: &mut String, text: fmt::Arguments<'_>) {
    let start = out.len();
    // Writing to a `String` does not fail.
    let _ = out.write_fmt(text);
    let end = start + out[start..].trim_end().len();
    out.truncate(end);
    out.push('\n');
}

fn function_name(program: &Program, id: FunctionId) -> String {
    program.function(id).map_or_else(|| format!("f?{}", id.0), |function| format!("f{}:{}", id.0, function.name))
}

/// One function being shown.
struct Listing<'a> {
    program: &'a Program,
    catalog: &'a Catalog,
    function: &'a Function,
}

impl Listing<'_> {
    fn write(&self, id: FunctionId, out: &mut String) {
        let function = self.function;
        let params = function.params;
        let mut takes = vec![format!("{} required", params.required)];
        if params.optional > 0 {
            takes.push(format!("{} optional", params.optional));
        }
        if params.rest {
            takes.push("rest".to_owned());
        }
        let start = if function.is_async { "async " } else { "" };
        let name = function_name(self.program, id);
        line(out, format_args!("{start}{name} ({}), {} registers", takes.join(", "), function.registers));
        if !function.captures.is_empty() {
            let captures: Vec<_> = function.captures.iter().map(capture).collect();
            line(out, format_args!("  captures {}", captures.join(" ")));
        }
        for it in &function.handlers {
            line(out, format_args!("  errors in {}..{} -> {} with r{}", it.start, it.end, it.target, it.error));
        }
        let targets = self.targets();
        for (pc, instr) in (0..).zip(&function.code) {
            let mark = if targets.contains(&pc) { '>' } else { ' ' };
            let place = function.spans.get(pc as usize).map(|span| format!("; {}..{}", span.start, span.end));
            let (name, operands) = (instr.op.as_str(), self.operands(*instr));
            line(out, format_args!("{mark}{pc:>5}  {name:<16} {operands:<32} {}", place.unwrap_or_default()));
        }
    }

    /// Where jumps and handlers lead to.
    fn targets(&self) -> HashSet<u32> {
        let jumps = self.function.code.iter().filter(|instr| instr.op.operands().bc == Operand::Jump);
        jumps.map(|instr| instr.bc()).chain(self.function.handlers.iter().map(|handler| handler.target)).collect()
    }

    /// What is written, then what is read.
    fn operands(&self, instr: Instr) -> String {
        let row = instr.op.operands();
        let x = self.operand(row.x, u32::from(instr.x), instr.x);
        let a = self.operand(row.a, u32::from(instr.a), instr.x);
        let b = self.operand(row.b, u32::from(instr.b), instr.x);
        let c = self.operand(row.c, u32::from(instr.c), instr.x);
        let bc = match row.bc {
            Operand::Immediate => Some(format!("#{}", instr.bc() as i32)),
            operand => self.operand(operand, instr.bc(), instr.x),
        };
        let written = if row.a == Operand::Def { [a, Some("=".to_owned()), x] } else { [x, a, None] };
        let all: Vec<_> = written.into_iter().chain([b, c, bc]).flatten().collect();
        all.join(" ")
    }

    /// An operand, if there is something to show; `x` is the length of a window.
    fn operand(&self, operand: Operand, at: u32, x: u8) -> Option<String> {
        let index = at as usize;
        let known = |text: Option<String>| text.unwrap_or_else(|| format!("?{at}"));
        Some(match operand {
            Operand::None | Operand::Count => return None,
            Operand::Last if at == 0 => return None,
            Operand::Last => "last".to_owned(),
            Operand::Def | Operand::Use => format!("r{at}"),
            Operand::Mod => format!("&r{at}"),
            Operand::Window { extra } => registers(at, u32::from(x) + u32::from(extra)),
            Operand::Iterator => registers(at, 4),
            Operand::Immediate => format!("#{at}"),
            Operand::Constant => known(self.program.constants.get(index).map(constant)),
            Operand::Name => format!(".{}", known(self.function.names.get(index).map(|id| self.text(*id)))),
            Operand::Keys => known(self.function.keys.get(index).map(|keys| {
                let keys: Vec<_> = keys.iter().map(|key| self.text(*key)).collect();
                format!("{{{}}}", keys.join(", "))
            })),
            Operand::Mutation => known(self.function.mutations.get(index).map(|it| {
                let spread = if it.spread { " spread" } else { "" };
                format!("{} &r{} steps {}{spread}", it.mutator.as_str(), it.root, it.steps)
            })),
            Operand::Path => known(self.function.paths.get(index).map(|path| self.path(path))),
            Operand::Function => function_name(self.program, FunctionId(at)),
            Operand::Capture => format!("^{at}"),
            Operand::Library => known(self.catalog.get(LibraryId(at as u16)).map(|entry| entry.path.to_string())),
            Operand::Export => format!("export {at}"),
            Operand::Host => known(HostName::ALL.get(index).map(|host| host.as_str().to_owned())),
            Operand::Jump => format!("-> {at}"),
        })
    }

    fn path(&self, path: &Path) -> String {
        let mut out = format!("&r{}", path.root);
        for step in &path.steps {
            // Writing to a `String` does not fail.
            let _ = match step {
                Step::Register(register) => write!(out, "[r{register}]"),
                Step::Name(name) => match self.function.names.get(usize::from(*name)) {
                    Some(id) => write!(out, ".{}", self.text(*id)),
                    None => write!(out, ".?{name}"),
                },
            };
        }
        out
    }

    /// A name or key; quoted where it is no identifier.
    fn text(&self, id: ConstantId) -> String {
        match self.program.constants.get(id.0 as usize) {
            Some(Constant::String(text)) if is_plain(text) => text.to_string(),
            Some(other) => constant(other),
            None => format!("?{}", id.0),
        }
    }
}

fn is_plain(text: &str) -> bool {
    !text.is_empty() && text.chars().all(|c| c.is_alphanumeric() || c == '_')
}

fn capture(capture: &Capture) -> String {
    match capture {
        Capture::Register(register) => format!("r{register}"),
        Capture::Capture(index) => format!("^{index}"),
    }
}

fn constant(constant: &Constant) -> String {
    match constant {
        Constant::Number(number) => number.to_string(),
        Constant::String(text) => format!("{text:?}"),
    }
}

fn registers(first: u32, count: u32) -> String {
    match count {
        0 => format!("r{first}.."),
        1 => format!("r{first}"),
        _ => format!("r{first}..r{}", first + count - 1),
    }
}
