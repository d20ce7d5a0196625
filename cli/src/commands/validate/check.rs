//! One file and the modules that it imports, checked.

use super::files::Target;
use crate::exit::Unusable;
use crate::project::Program;
use prism_diagnostics::{Diagnostic, SourceMap};
use prism_engine::Bug;
use prism_engine::facts::Facts;
use prism_engine::{Engine, FileProject, LoadError, Loader};
use std::cell::RefCell;
use std::path::PathBuf;

/// What a check of one named file gave.
pub struct Checked {
    /// What the file is called on the command line.
    pub name: String,
    /// What is wrong with it, or why it can't be read.
    pub result: Result<Checks, Unusable>,
}

/// What the compiler has to say.
pub struct Checks {
    /// The texts under the names that are shown; the file's own is the first.
    pub sources: SourceMap,
    /// What is wrong with them.
    pub diagnostics: Vec<Diagnostic>,
    /// Why the checker broke off, if it did.
    pub bug: Option<Bug>,
    /// What is known of their names, if that was wanted.
    pub facts: Option<Facts>,
    /// The files that were read, and those that would have been if they were there.
    pub asked: Vec<PathBuf>,
}

impl Checked {
    /// Checks a file; with facts if they are to be shown.
    pub fn of(engine: &Engine, target: &Target, facts: bool) -> Self {
        let result = target.program.as_ref().map(|program| Checks::of(engine, program, &program.text, facts));
        Checked { name: target.name.clone(), result: result.map_err(Unusable::clone) }
    }
}

impl Checks {
    /// Checks a program as if `text` were its text.
    pub fn of(engine: &Engine, program: &Program, text: &str, facts: bool) -> Self {
        let place = &program.place;
        let loader = Recorder { project: &place.project, asked: RefCell::default() };
        let compilation = match facts {
            true => engine.inspect(&program.path, text, &loader),
            false => engine.compile(&program.path, text, &loader),
        };
        Checks {
            sources: place.shown_sources(&compilation.sources),
            diagnostics: compilation.diagnostics,
            bug: compilation.bug,
            facts: compilation.facts,
            asked: loader.asked.into_inner(),
        }
    }
}

/// A project that notes which files are asked for.
struct Recorder<'a> {
    project: &'a FileProject,
    asked: RefCell<Vec<PathBuf>>,
}

impl Loader for Recorder<'_> {
    fn load(&self, path: &str) -> Result<String, LoadError> {
        self.asked.borrow_mut().push(self.project.root().join(path));
        self.project.load(path)
    }
}
