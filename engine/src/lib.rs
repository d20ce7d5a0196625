//! The one wiring of compiler, machine and library. Command line, host, editor and tests all go through it, so that a
//! program means the same to each of them.
//!
//! - [`Engine`]: compiles texts ([`Engine::compile`]) and makes them ready to run ([`Engine::load`]).
//! - [`Engine::eval`]: runs a program that needs nothing from outside.
//! - [`Project`]: where modules come from; [`FileProject`] reads them from a folder, [`MemoryProject`] from a table.
//! - [`json`]: values to and from JSON.
//!
//! Not here: agents, real time and everything else that a running program asks for, which is the host's.
//!
//! ```
//! use prism_engine::Engine;
//! use serde_json::json;
//!
//! let engine = Engine::new();
//! let done = engine.eval("input.words.map(w => w.length).sum() ~> 0.9", json!({"words": ["heron", "kite"]}))?;
//! assert_eq!(done.value, json!(9));
//! assert_eq!(done.confidence, Some(0.9));
//! assert_eq!(done.display, "9 (~90.0%)");
//! # Ok::<(), prism_engine::EvalError>(())
//! ```

mod eval;
mod files;
mod project;

pub use eval::{EvalError, Evaluation, Surroundings};
pub use files::{FileError, FileProject, find_root, read_source};
pub use prism_bytecode::VerifyError;
pub use prism_compiler::modules::{LoadError, Loader};
pub use prism_compiler::pipeline::{Compilation, Options, PatternInfo};
pub use prism_stdlib::json;
pub use project::{MemoryProject, Project};

use prism_bytecode::{Catalog, Program};
use prism_confidence::{Algebra, Config};
use prism_diagnostics::{Diagnostic, SourceMap};
use prism_vm::machine::{Machine, Settings};
use prism_vm::native::Library;
use std::sync::{Arc, OnceLock};

/// Compiles programs and makes them ready to run. Cheap to make and to clone.
#[derive(Clone, Debug)]
pub struct Engine {
    catalog: Arc<Catalog>,
}

impl Default for Engine {
    fn default() -> Self {
        Self::new()
    }
}

impl Engine {
    /// An engine.
    pub fn new() -> Self {
        Engine { catalog: prism_stdlib::catalog() }
    }

    /// The names of the library.
    pub fn catalog(&self) -> &Catalog {
        &self.catalog
    }

    /// Checks a program and compiles it, if it has no errors. `path` is its path from the project's root.
    pub fn compile(&self, path: &str, text: &str, loader: &dyn Loader) -> Compilation {
        prism_compiler::pipeline::compile(path, text, loader, self.catalog(), &Options::default())
    }

    /// Makes a compiled program ready to run. The first time in a process this compiles the part of the library that is
    /// written in Prism, which only running needs.
    ///
    /// # Errors
    /// [`NotLoadable::Faulty`] if it has errors; [`NotLoadable::Invalid`] if the compiler made something that the machine
    /// must not run, which is a fault of the compiler.
    ///
    /// # Panics
    /// If the library of this build does not compile, which every test that runs a program excludes.
    pub fn load(&self, compilation: Compilation) -> Result<LoadedProgram, NotLoadable> {
        let Compilation { sources, diagnostics, metadata, program, .. } = compilation;
        let Some(program) = program else { return Err(NotLoadable::Faulty { diagnostics, sources }) };
        prism_bytecode::verify(&program, self.catalog())?;
        Ok(LoadedProgram { program: Arc::new(program), library: library(), pattern: metadata, diagnostics, sources })
    }
}

/// Why a compilation can't be run.
#[derive(Debug, thiserror::Error)]
pub enum NotLoadable {
    /// The program has errors.
    #[error("the program has errors")]
    Faulty {
        /// The errors, with warnings between them.
        diagnostics: Vec<Diagnostic>,
        /// The texts that they speak of.
        sources: SourceMap,
    },
    /// The compiler made something that the machine must not run.
    #[error("the compiler is at fault: {0}")]
    Invalid(#[from] VerifyError),
}

/// A program that is ready to run, any number of times.
#[derive(Clone, Debug)]
pub struct LoadedProgram {
    program: Arc<Program>,
    library: Arc<Library>,
    pattern: PatternInfo,
    diagnostics: Vec<Diagnostic>,
    sources: SourceMap,
}

impl LoadedProgram {
    /// A machine about to run it. The program's own texts take the place of those in `settings`.
    pub fn machine(&self, settings: Settings) -> Machine {
        let settings = Settings { sources: self.sources.clone(), ..settings };
        Machine::new(Arc::clone(&self.program), Arc::clone(&self.library), settings)
    }

    /// What it says of itself as a pattern.
    pub fn pattern(&self) -> &PatternInfo {
        &self.pattern
    }

    /// The confidence rules that it chooses.
    pub fn confidence(&self) -> Config {
        self.pattern.confidence.as_deref().and_then(Algebra::parse).unwrap_or_default().into()
    }

    /// What the compiler found: warnings only.
    pub fn diagnostics(&self) -> &[Diagnostic] {
        &self.diagnostics
    }

    /// Its texts.
    pub fn sources(&self) -> &SourceMap {
        &self.sources
    }
}

/// The library that machines run with, made once.
fn library() -> Arc<Library> {
    static LIBRARY: OnceLock<Arc<Library>> = OnceLock::new();
    Arc::clone(LIBRARY.get_or_init(|| Arc::new(build_library())))
}

/// Compiles the prelude: a program that imports all of its files.
fn build_library() -> Library {
    let prelude = prism_stdlib::PRELUDE;
    let entry: String =
        prelude.iter().enumerate().map(|(at, (name, _))| format!("import * as m{at} from \"./{name}\"\n")).collect();
    let loader = prelude.iter().fold(MemoryProject::new(), |loader, (name, text)| loader.with(*name, *text));
    let catalog = prism_stdlib::catalog();
    let options = Options { library: true };
    let compilation = prism_compiler::pipeline::compile("prelude.prism", &entry, &loader, &catalog, &options);
    let Some(program) = compilation.program else {
        panic!("{}", prism_diagnostics::render::to_string(&compilation.diagnostics, &compilation.sources, false));
    };
    if let Err(fault) = prism_bytecode::verify(&program, &catalog) {
        panic!("the library's program: {fault}");
    }
    prism_stdlib::library(program).unwrap_or_else(|fault| panic!("the library's program: {fault}"))
}
