//! What the compiler makes and the machine runs.

use crate::seal::Remembered;
use crate::{Instr, LibraryId};
use prism_diagnostics::Span;

/// An index into [`Program::functions`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct FunctionId(pub u32);

/// An index into [`Program::constants`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ConstantId(pub u32);

/// A compiled program: all its modules.
#[derive(Clone, Debug, Default)]
pub struct Program {
    /// Its modules in the order in which they run; the last is the entry.
    pub modules: Vec<Module>,
    /// All functions of all modules.
    pub functions: Vec<Function>,
    /// Numbers and texts, each once.
    pub constants: Vec<Constant>,
    /// How many exports all modules have together.
    pub exports: u32,
    /// Whether any module reads `agentResults` or `successfulResults`: bits by [`HostName`].
    pub host_names: u8,
    /// Its [fingerprint](Program::fingerprint), once it was asked for: a program must not be changed after that.
    pub identity: Remembered,
}

/// A module of a program.
#[derive(Clone, Debug)]
pub struct Module {
    /// Its path as shown in errors.
    pub path: String,
    /// Its top level.
    pub function: FunctionId,
}

/// A constant.
#[derive(Clone, Debug, PartialEq)]
pub enum Constant {
    /// A number.
    Number(f64),
    /// A text.
    String(Box<str>),
}

/// What a function takes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Params {
    /// So many arguments must be given.
    pub required: u16,
    /// So many more may be.
    pub optional: u16,
    /// Whether whatever follows is taken too, as an array in the register after.
    pub rest: bool,
}

impl Params {
    /// How many registers arguments are put in.
    pub fn registers(self) -> u32 {
        u32::from(self.required) + u32::from(self.optional) + u32::from(self.rest)
    }

    /// Whether a call with that many arguments is right.
    pub fn accepts(self, count: usize) -> bool {
        let (least, most) = (self.required as usize, self.required as usize + self.optional as usize);
        count >= least && (self.rest || count <= most)
    }
}

/// One function: a module's top level, a function or lambda, the block of `parallel` or `race`, a branch.
#[derive(Clone, Debug)]
pub struct Function {
    /// As displayed and shown in call stacks; a module's top level is `<main>`, a nameless one `lambda`.
    pub name: Box<str>,
    /// What it takes; argument `i` is in register `i`, one that is missing is the mark of [`crate::Op::Uninit`].
    pub params: Params,
    /// How many registers it needs, parameters included.
    pub registers: u16,
    /// Whether calling it starts a task.
    pub is_async: bool,
    /// Where its captured variables come from, seen from the function that makes the closure.
    pub captures: Vec<Capture>,
    /// The instructions; the last one never falls through.
    pub code: Vec<Instr>,
    /// For each instruction the expression it stands for.
    pub spans: Vec<Span>,
    /// Ranges in which errors are caught, innermost first.
    pub handlers: Vec<Handler>,
    /// Member, method and task names: one an instruction. Indexes into [`Program::constants`], all strings.
    pub names: Vec<ConstantId>,
    /// Key lists of object literals and patterns. Indexes into [`Program::constants`], all strings.
    pub keys: Vec<Vec<ConstantId>>,
    /// The updates of [`crate::Op::Mutate`].
    pub mutations: Vec<Mutation>,
    /// The paths of [`crate::Op::GetPath`] and [`crate::Op::SetPath`].
    pub paths: Vec<Path>,
}

/// Where a captured variable comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Capture {
    /// A register of the function that makes the closure: a cell, or a value that never changes.
    Register(u16),
    /// A capture of the function that makes the closure.
    Capture(u16),
}

/// Errors raised by instructions `start..end` go on at `target` with the error value in `error`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Handler {
    /// First instruction.
    pub start: u32,
    /// One past the last.
    pub end: u32,
    /// Where it goes on.
    pub target: u32,
    /// The register for the error value.
    pub error: u16,
}

/// The way to a part of a variable (§4).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Path {
    /// The register of the variable, or of its cell.
    pub root: u16,
    /// The way, from the outside in.
    pub steps: Vec<Step>,
}

/// One step of a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// An index or key in a register.
    Register(u16),
    /// A member's name, by its index in [`Function::names`]: no other path or instruction has that one.
    Name(u16),
}

/// An update of a variable by a method that JavaScript knows as mutating (§4).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mutation {
    /// Which.
    pub mutator: Mutator,
    /// The register of the variable, or of its cell.
    pub root: u16,
    /// How many of the window's registers are steps of the path.
    pub steps: u8,
    /// Whether one register follows them, an array of the arguments: there are spreads among them.
    pub spread: bool,
}

macro_rules! mutators {
    ($($name:ident $text:literal)*) => {
        /// The methods that update the variable they are called on.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum Mutator { $(#[doc = concat!("`", $text, "`")] $name,)* }

        impl Mutator {
            /// Every row.
            pub const ALL: &'static [Mutator] = &[$(Mutator::$name),*];

            /// The method's name.
            pub fn as_str(self) -> &'static str { match self { $(Mutator::$name => $text,)* } }

            /// The method of that name.
            pub fn find(name: &str) -> Option<Mutator> {
                Mutator::ALL.iter().copied().find(|mutator| mutator.as_str() == name)
            }

            /// Whether it gives the array after, so that a chain of such calls goes on updating (§4).
            pub fn gives_array(self) -> bool {
                matches!(self, Mutator::Push | Mutator::Unshift | Mutator::Sort | Mutator::Reverse | Mutator::Fill)
            }
        }
    };
}

mutators! { Push "push" Pop "pop" Shift "shift" Unshift "unshift" Splice "splice" Sort "sort" Reverse "reverse" Fill "fill" }

macro_rules! host_names {
    ($($name:ident $text:literal)*) => {
        /// The free names of a pattern that are values (§10).
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[repr(u8)]
        pub enum HostName { $(#[doc = concat!("`", $text, "`")] $name,)* }

        impl HostName {
            /// Every row, in order of its number.
            pub const ALL: &'static [HostName] = &[$(HostName::$name),*];

            /// As written.
            pub fn as_str(self) -> &'static str { match self { $(HostName::$name => $text,)* } }

            /// The free name, if it is one.
            pub fn find(name: &str) -> Option<HostName> {
                HostName::ALL.iter().copied().find(|host| host.as_str() == name)
            }

            /// The free name of that number.
            pub fn from_index(index: u8) -> Option<HostName> {
                HostName::ALL.get(index as usize).copied()
            }
        }
    };
}

host_names! { Input "input" AgentList "agentList" AgentCount "agentCount" AgentResults "agentResults" SuccessfulResults "successfulResults" }

impl Program {
    /// The function of that number, if the program has it.
    pub fn function(&self, id: FunctionId) -> Option<&Function> {
        self.functions.get(id.0 as usize)
    }

    /// The text of a constant; empty if it is none.
    pub fn text(&self, id: ConstantId) -> &str {
        match self.constants.get(id.0 as usize) {
            Some(Constant::String(text)) => text,
            _ => "",
        }
    }

    /// Whether any instruction reads this library entry; for what a host must have at hand.
    pub fn uses(&self, library: LibraryId) -> bool {
        self.functions
            .iter()
            .flat_map(|function| &function.code)
            .any(|instr| instr.op.operands().c == crate::Operand::Library && instr.c == library.0)
    }
}
