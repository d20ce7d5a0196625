//! The program that the command line names: its text, its project, and how its places are shown.
//!
//! Inside, paths are counted from the project's root. People and tools are shown them as seen from the current folder, so
//! that an editor or a click finds them.

use crate::exit::Unusable;
use crate::files::{self, STDIN, STDIN_NAME};
use parallax_runtime_host::RunReport;
use parallax_runtime_host::explain::Explanation;
use prism_diagnostics::{Source, SourceMap};
use prism_engine::{FileError, FileProject};
use std::env;
use std::path::Path;
use std::sync::Arc;

/// What inputs at the prompt are called, before their number.
pub const PROMPT_PATH: &str = "repl:";

/// A folder that modules come from, as seen from the current one.
pub struct Place {
    /// What is in it.
    pub project: Arc<FileProject>,
    /// What leads from the current folder to the root: empty, or ends with `/`.
    prefix: String,
}

impl Place {
    /// The project with that root.
    ///
    /// # Errors
    /// If there is no such folder.
    pub fn new(root: &Path) -> Result<Self, FileError> {
        Ok(Self::of(FileProject::new(root)?))
    }

    fn of(project: FileProject) -> Self {
        let prefix = prefix(project.root());
        Place { project: Arc::new(project), prefix }
    }

    /// The texts under the names that are shown.
    pub fn shown_sources(&self, sources: &SourceMap) -> SourceMap {
        let mut renamed = SourceMap::new();
        for (_, source) in sources.iter() {
            // Numbers are given in order, so each text keeps its own.
            renamed.add(self.shown(source.name()), source.text());
        }
        renamed
    }

    /// Shows all places of a report as seen from the current folder.
    pub fn locate(&self, report: &mut RunReport) {
        report.sources = self.shown_sources(&report.sources);
        if let Some(file) = report.error.as_mut().and_then(|error| error.file.as_mut()) {
            *file = self.shown(file);
        }
        if let Some(explanation) = &mut report.explanation {
            self.locate_explanation(explanation);
        }
    }

    fn locate_explanation(&self, explanation: &mut Explanation) {
        if let Some(place) = &mut explanation.place {
            place.file = self.shown(&place.file);
        }
        explanation.inputs.iter_mut().for_each(|input| self.locate_explanation(input));
    }

    /// A path from the root, as seen from the current folder.
    pub fn shown(&self, path: &str) -> String {
        let name = path.rsplit('/').next().unwrap_or(path);
        match name == STDIN_NAME || name.starts_with(PROMPT_PATH) {
            true => name.to_owned(),
            false => format!("{}{path}", self.prefix),
        }
    }
}

/// A program with its project.
pub struct Program {
    /// Its path from the project's root.
    pub path: String,
    /// Its text.
    pub text: String,
    /// Where its modules come from.
    pub place: Place,
}

impl Program {
    /// Reads a program from a file, or from standard input for `-`; then its folder is the current one.
    ///
    /// # Errors
    /// If it can't be read, or lies outside of `root`.
    pub fn read(file: &str, root: Option<&str>) -> Result<Self, Unusable> {
        if file == STDIN {
            let text =
                files::read_text(STDIN, Source::MAX_BYTES).map_err(|error| Unusable::program(error.to_string()))?;
            let root = root.unwrap_or(".");
            let place = Place::new(Path::new(root)).map_err(|error| unusable(root, &error))?;
            return Ok(Program { path: STDIN_NAME.to_owned(), text, place });
        }
        let (project, path, text) =
            FileProject::open(Path::new(file), root.map(Path::new)).map_err(|error| unusable(file, &error))?;
        Ok(Program { path, text, place: Place::of(project) })
    }
}

/// A file or folder that can't be used as a program.
pub fn unusable(file: &str, error: &FileError) -> Unusable {
    Unusable::program(format!("can't read {file}: {error}"))
}

/// The way from the current folder to the root. A root that lies elsewhere is shown in full.
fn prefix(root: &Path) -> String {
    let here = env::current_dir().and_then(|here| here.canonicalize()).unwrap_or_default();
    if let Ok(below) = root.strip_prefix(&here) {
        return below.components().map(|part| format!("{}/", part.as_os_str().display())).collect();
    }
    match here.strip_prefix(root) {
        Ok(below) => "../".repeat(below.components().count()),
        Err(_) => format!("{}/", root.display()),
    }
}
