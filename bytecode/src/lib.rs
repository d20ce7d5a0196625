//! The contract that lets compiler and machine ignore each other.
//!
//! - [`Op`] and [`Instr`]: the instruction table, from which verifier, disassembler and interpreter take what they need.
//! - [`Program`], [`Function`]: what the compiler makes and the machine runs.
//! - [`Catalog`], [`Signature`]: what both must know of a library function.
//! - [`Program::to_image`]: programs that are kept; [`codec`] and [`seal`]: what they, and snapshots of machines, are written
//!   with.
//! - [`verify`]: proves what the interpreter trusts. [`disassemble`]: for people and goldens.

#![deny(clippy::disallowed_methods, clippy::disallowed_types, clippy::print_stdout, clippy::print_stderr)]

pub mod codec;
mod disasm;
mod image;
mod instructions;
mod library;
mod program;
pub mod seal;
mod verify;

pub use disasm::disassemble;
pub use image::{IMAGE, ImageError};
pub use instructions::{Instr, Op, Operand, Operands};
pub use library::{
    Catalog, ConfidenceRule, Entry, EntryKind, KindSet, LibraryId, Lookup, Param, Role, Signature, SignatureError,
};
pub use program::{
    Capture, Constant, ConstantId, Function, FunctionId, Handler, HostName, Module, Mutation, Mutator, Params, Path,
    Program, Step,
};
pub use verify::{FunctionFault, InstructionFault, ModuleFault, VerifyError, verify};
