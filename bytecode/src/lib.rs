//! The contract that lets compiler and machine ignore each other.
//!
//! - [`Op`] and [`Instr`]: the instruction table, from which verifier, disassembler and interpreter take what they need.
//! - [`Program`], [`Function`]: what the compiler makes and the machine runs.
//! - [`Catalog`], [`Signature`]: what both must know of a library function.
//! - [`verify`]: proves what the interpreter trusts. [`disassemble`]: for people and goldens.

#![deny(clippy::disallowed_methods, clippy::disallowed_types, clippy::print_stdout, clippy::print_stderr)]

mod disasm;
mod instructions;
mod library;
mod program;
mod verify;

pub use disasm::disassemble;
pub use instructions::{Instr, Op, Operand, Operands};
pub use library::{
    Catalog, ConfidenceRule, Entry, EntryKind, KindSet, LibraryId, Lookup, Param, Role, Signature, SignatureError,
};
pub use program::{
    Capture, Constant, ConstantId, Function, FunctionId, Handler, HostName, Module, Mutation, Mutator, Params, Path,
    Program, Step,
};
pub use verify::{FunctionFault, InstructionFault, ModuleFault, VerifyError, verify};
