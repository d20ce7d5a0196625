//! Resolved trees to bytecode, through the compiler's public face.

mod catalog;
mod conformance;
mod goldens;
mod limits;

use prism_bytecode::{Program, verify};
use prism_compiler::modules::MemoryLoader;
use prism_compiler::pipeline::{Compilation, Options, Sources, compile};

/// Compiles a text that imports nothing.
fn compile_text(text: &str) -> Compilation {
    compile(Sources::new("main.prism", text, &MemoryLoader::new()), catalog::catalog(), &Options::default())
}

/// The verified program of a compilation that must have one.
#[track_caller]
fn program(compilation: Compilation, of: &str) -> Program {
    let Some(program) = compilation.program else {
        panic!("{of} does not compile: {:#?}", compilation.diagnostics);
    };
    if let Err(fault) = verify(&program, catalog::catalog()) {
        panic!("{of} is refused by the verifier: {fault}");
    }
    program
}
