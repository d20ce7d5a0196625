//! The files that the command line names, each once.

use super::args::Arguments;
use super::parallel;
use crate::exit::Unusable;
use crate::project::Program;
use crate::search::{Found, search};
use std::collections::HashSet;
use std::fs;
use std::path::PathBuf;

/// A named file: its program, or why it can't be read.
pub struct Target {
    /// What it is called on the command line.
    pub name: String,
    /// The program.
    pub program: Result<Program, Unusable>,
}

/// What the command line names.
pub struct Named {
    /// The files in its order, folders replaced by what is in them.
    files: Vec<NamedFile>,
    /// The folders, with those in them.
    pub folders: Vec<PathBuf>,
}

struct NamedFile {
    name: String,
    /// Why it is none.
    fault: Option<Unusable>,
}

impl Named {
    /// Searches the folders.
    pub fn find(arguments: &Arguments) -> Self {
        let mut named = Named { files: Vec::new(), folders: Vec::new() };
        let mut seen = HashSet::new();
        for argument in &arguments.files {
            let Found { files, folders } = match search(argument) {
                Ok(found) => found,
                Err(unusable) => {
                    named.add_fault(argument, unusable);
                    continue;
                }
            };
            if files.is_empty() {
                named.add_fault(argument, Unusable::program(format!("there is no .prism file in {argument}")));
            }
            // A file may be named in several ways, as itself and by its folder.
            let is_new = |file: &String| seen.insert(fs::canonicalize(file).unwrap_or_else(|_| PathBuf::from(file)));
            named.files.extend(files.into_iter().filter(is_new).map(|name| NamedFile { name, fault: None }));
            named.folders.extend(folders);
        }
        named
    }

    fn add_fault(&mut self, name: &str, fault: Unusable) {
        self.files.push(NamedFile { name: name.to_owned(), fault: Some(fault) });
    }

    /// Reads the files.
    pub fn read(&self, root: Option<&str>) -> Vec<Target> {
        parallel::map(&self.files, |NamedFile { name, fault }| Target {
            name: name.clone(),
            program: match fault {
                Some(fault) => Err(fault.clone()),
                None => Program::read(name, root),
            },
        })
    }
}
