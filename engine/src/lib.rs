//! The one wiring of compiler, machine and library. Command line, host, editor and tests all go through it, so that a
//! program means the same to each of them.
//!
//! - [`Engine`]: compiles texts ([`Engine::compile`]) and makes them ready to run ([`Engine::load`]).
//! - [`Engine::eval`], [`LoadedProgram::run`]: run a program that needs nothing from outside.
//! - [`Engine::builder`]: an engine whose programs can call functions of the host's own; [`LoadedProgram::run_async`] runs
//!   those that call asynchronous ones.
//! - [`Engine::prepare`]: compiles a program, or takes it from the folder of [`Engine::keeping`].
//! - [`Session`]: inputs that share their names, one after the other.
//! - [`Project`]: where modules come from; [`FileProject`] reads them from a folder, [`MemoryProject`] from a table.
//! - [`Uncertain`]: a Rust value with its confidence; [`Portable`]: any value outside its machine; [`json`]: values to and
//!   from JSON.
//!
//! Not here: agents, real time and everything else that a running program asks for, which is the host's.
//!
//! ```
//! use prism_engine::{Engine, Limits, Uncertain};
//! # tokio::runtime::Builder::new_current_thread().build()?.block_on(async {
//! let engine = Engine::builder()
//!     .function("stock(item: string): number", |item: String| Ok(item.len()))
//!     .async_function("tone(text: string): string", |_: String| async { Ok(Uncertain::new("calm", 0.9)) })
//!     .build()?;
//! let program = engine.program("[stock(input.item), tone(input.note)]")?;
//! let input = serde_json::json!({"item": "lamp", "note": "Whenever it suits you."});
//! let done = program.run_async_in(input, Limits { fuel: 1_000, ..Limits::default() }).await?;
//! assert_eq!(done.read::<(u32, Uncertain<String>)>()?, (4, Uncertain::new("calm".to_owned(), 0.9)));
//! # Ok::<(), Box<dyn std::error::Error>>(()) })?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! `docs/embedding.md` of the repository says more.

mod builder;
mod eval;
mod files;
mod host;
mod kept;
mod portable;
mod project;
mod run;
mod session;
mod uncertain;

/// The Rust of these pages, which is compiled and run with the tests of this documentation.
#[cfg(doctest)]
mod pages {
    #[doc = include_str!("../../README.md")]
    mod readme {}
    #[doc = include_str!("../../docs/embedding.md")]
    mod embedding {}
}

pub use builder::{BuildError, EngineBuilder};
pub use eval::{EvalError, Evaluation, Surroundings};
pub use files::{FileError, FileProject, find_root, find_root_of_folder, read_source};
pub use host::{AsyncFunction, Calls, Function, HostCall, HostError, HostReply};
pub use portable::{NotPortable, NotReadable, NotWritable, Portable};
pub use prism_bytecode::VerifyError;
pub use prism_compiler::check::{Bug, facts};
pub use prism_compiler::modules::{LoadError, Loader};
pub use prism_compiler::pipeline::{Compilation, Options, PatternInfo};
pub use prism_stdlib::json;
pub use prism_vm::limits::Limits;
pub use prism_vm::machine::SnapshotError;
pub use project::{MemoryProject, Project};
pub use session::Session;
pub use uncertain::Uncertain;

use builder::Vocabulary;
use prism_bytecode::{Catalog, LibraryId, Program};
use prism_compiler::modules::Trees;
use prism_compiler::pipeline::Sources;
use prism_confidence::{Algebra, Config};
use prism_diagnostics::{Diagnostic, SourceMap};
use prism_vm::machine::{Machine, Settings};
use prism_vm::native::Library;
use prism_vm::value::Value;
use std::path::PathBuf;
use std::sync::{Arc, OnceLock};

/// Compiles programs and makes them ready to run. Cheap to make and to clone; an engine and its clones read a module that
/// several of their programs import once, as long as its text is the same.
#[derive(Clone, Debug)]
pub struct Engine {
    vocabulary: Arc<Vocabulary>,
    /// Modules that were read, for whatever imports them next.
    trees: Arc<Trees>,
    /// Where compiled programs are kept.
    kept: Option<Arc<PathBuf>>,
}

impl Default for Engine {
    fn default() -> Self {
        Self::new()
    }
}

impl Engine {
    /// An engine whose programs have the library's names.
    pub fn new() -> Self {
        Self::of(Vocabulary::standard())
    }

    fn of(vocabulary: Arc<Vocabulary>) -> Self {
        Engine { vocabulary, trees: Arc::default(), kept: None }
    }

    /// An engine whose programs have the host's own functions too.
    pub fn builder() -> EngineBuilder {
        EngineBuilder::default()
    }

    /// The names that programs have without importing them.
    pub fn catalog(&self) -> &Catalog {
        &self.vocabulary.catalog
    }

    /// Checks a program and compiles it, if it has no errors. `path` is its path from the project's root.
    pub fn compile(&self, path: &str, text: &str, loader: &dyn Loader) -> Compilation {
        self.compile_with(path, text, loader, &Options::default())
    }

    /// Like [`Engine::compile`], and tells what was found out about the program's names and its cost
    /// ([`Compilation::facts`]): for those who show it.
    pub fn inspect(&self, path: &str, text: &str, loader: &dyn Loader) -> Compilation {
        let options = Options { facts: true, ..Options::default() };
        self.compile_with(path, text, loader, &options)
    }

    fn compile_with(&self, path: &str, text: &str, loader: &dyn Loader, options: &Options) -> Compilation {
        prism_compiler::pipeline::compile(self.sources(path, text, loader), self.catalog(), options)
    }

    fn sources<'a>(&'a self, path: &'a str, text: &'a str, loader: &'a dyn Loader) -> Sources<'a> {
        Sources { entry_path: path, entry_text: text, loader, trees: Some(&self.trees) }
    }

    /// Makes a program that this engine compiled ready to run. The first time in a process this compiles the part of the library that is
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
        let vocabulary = Arc::clone(&self.vocabulary);
        Ok(LoadedProgram {
            program: Arc::new(program),
            vocabulary,
            pattern: metadata,
            diagnostics,
            sources,
            was_kept: false,
        })
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
    vocabulary: Arc<Vocabulary>,
    pattern: PatternInfo,
    diagnostics: Vec<Diagnostic>,
    sources: SourceMap,
    was_kept: bool,
}

impl LoadedProgram {
    /// A machine about to run it. The program's own texts take the place of those in `settings`.
    pub fn machine(&self, settings: Settings) -> Machine {
        let settings = Settings { sources: self.sources.clone(), ..settings };
        Machine::new(Arc::clone(&self.program), self.vocabulary.library(), settings)
    }

    /// A machine of this program that was put away as a [snapshot](Machine::snapshot), in this process or another. Of the
    /// settings only limits and whether to compile count: all else is the run's.
    ///
    /// # Errors
    /// If it is damaged, of another program or library, beyond the limits, or no machine at all. Nothing that the bytes
    /// could be is trusted.
    pub fn resume(&self, settings: Settings, snapshot: &[u8]) -> Result<Machine, SnapshotError> {
        let settings = Settings { sources: self.sources.clone(), ..settings };
        Machine::restore(Arc::clone(&self.program), self.vocabulary.library(), settings, snapshot)
    }

    /// Begins a call that a machine of this program asks for ([`Request::Call`](prism_vm::machine::Request::Call)); the
    /// arguments must be read inside the machine, so this belongs into [`Machine::enter`].
    pub fn call(&self, function: LibraryId, arguments: &[Value]) -> HostCall {
        self.vocabulary.call(function, arguments)
    }

    /// Whether it was compiled earlier and kept ([`Engine::keeping`]).
    pub fn was_kept(&self) -> bool {
        self.was_kept
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
    let options = Options { library: true, ..Options::default() };
    let sources = Sources::new("prelude.prism", &entry, &loader);
    let compilation = prism_compiler::pipeline::compile(sources, &catalog, &options);
    let Some(program) = compilation.program else {
        panic!("{}", prism_diagnostics::render::to_string(&compilation.diagnostics, &compilation.sources, false));
    };
    if let Err(fault) = prism_bytecode::verify(&program, &catalog) {
        panic!("the library's program: {fault}");
    }
    prism_stdlib::library(program).unwrap_or_else(|fault| panic!("the library's program: {fault}"))
}
