//! The patterns that an argument names: a file, standard input, or all in a folder and those below it.

use crate::exit::Unusable;
use crate::files::STDIN;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// The extension of the files that are looked for.
pub const EXTENSION: &str = "prism";
/// Folders of other tools, whose files are nobody's to check. Hidden ones are left out too.
const FOREIGN: [&str; 2] = ["node_modules", "target"];

/// What was found.
#[derive(Debug, Default)]
pub struct Found {
    /// The files in order, as seen from the current folder.
    pub files: Vec<String>,
    /// The folders that were searched.
    pub folders: Vec<PathBuf>,
}

/// The files that an argument names: itself, unless it is a folder.
///
/// # Errors
/// If a folder can't be read, or a file's name is no UTF-8.
pub fn search(argument: &str) -> Result<Found, Unusable> {
    if argument == STDIN || !Path::new(argument).is_dir() {
        return Ok(Found { files: vec![argument.to_owned()], folders: Vec::new() });
    }
    let mut found = Found::default();
    let mut folders = vec![PathBuf::from(argument)];
    while let Some(folder) = folders.pop() {
        let fault = |error: io::Error| Unusable::program(format!("can't read {}: {error}", folder.display()));
        for entry in fs::read_dir(&folder).map_err(fault)? {
            let entry = entry.map_err(fault)?;
            let path = entry.path();
            // Links to folders are not followed: they may lead in a circle.
            if entry.file_type().map_err(fault)?.is_dir() {
                folders.extend(Some(path).filter(|_| !is_foreign(&entry)));
            } else if path.extension().is_some_and(|extension| extension == EXTENSION) && path.is_file() {
                found.files.push(path.to_str().map(str::to_owned).ok_or_else(|| {
                    Unusable::program(format!("the name of {} is no UTF-8; rename the file", path.display()))
                })?);
            }
        }
        found.folders.push(folder);
    }
    found.files.sort();
    Ok(found)
}

fn is_foreign(folder: &fs::DirEntry) -> bool {
    let name = folder.file_name();
    name.as_encoded_bytes().starts_with(b".") || FOREIGN.iter().any(|foreign| name == *foreign)
}
