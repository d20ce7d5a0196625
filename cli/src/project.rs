//! The program that the command line names: its text, its project, and how its places are shown.
//!
//! Inside, paths are counted from the project's root. People and tools are shown them as seen from the current folder, so
//! that an editor or a click finds them.

use crate::exit::Unusable;
use crate::files::{self, STDIN};
use parallax_runtime_host::RunReport;
use parallax_runtime_host::explain::Explanation;
use prism_diagnostics::{Source, SourceMap};
use prism_engine::{FileError, FileProject, Project};
use std::env;
use std::path::Path;
use std::sync::Arc;

/// What a program from standard input is called.
const STDIN_PATH: &str = "<stdin>";

/// A program with its project.
pub struct Program {
    /// Its path from the project's root.
    pub path: String,
    /// Its text.
    pub text: String,
    /// Where its modules come from.
    pub project: Arc<dyn Project>,
    /// What leads from the current folder to the root: empty, or ends with `/`.
    prefix: String,
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
            let project = FileProject::new(Path::new(root)).map_err(|error| unusable(root, &error))?;
            let prefix = prefix(project.root());
            return Ok(Program { path: STDIN_PATH.to_owned(), text, project: Arc::new(project), prefix });
        }
        let (project, path, text) =
            FileProject::open(Path::new(file), root.map(Path::new)).map_err(|error| unusable(file, &error))?;
        let prefix = prefix(project.root());
        Ok(Program { path, text, project: Arc::new(project), prefix })
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

    fn shown(&self, path: &str) -> String {
        if path == STDIN_PATH { path.to_owned() } else { format!("{}{path}", self.prefix) }
    }
}

fn unusable(file: &str, error: &FileError) -> Unusable {
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
