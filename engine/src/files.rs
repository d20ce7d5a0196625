//! Projects on disk.
//!
//! The root is the nearest folder above the program that has a `prism.toml`, else the program's own folder. Nothing
//! outside it is read, whatever links say. A text must be UTF-8 without NUL bytes, at most [`Source::MAX_BYTES`] long.

use crate::{LoadError, Loader, Project};
use prism_diagnostics::{LineColumn, Source};
use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Component, Path, PathBuf};

/// The file that marks a root.
const MARK: &str = "prism.toml";

/// Deeper folders, and more programs than this, are not listed.
const MOST_FOLDERS: usize = 32;
const MOST_PROGRAMS: usize = 10_000;

/// Why a file can't be read as a program.
#[derive(Debug, thiserror::Error)]
pub enum FileError {
    /// There is none.
    #[error("there is no such file")]
    NotFound,
    /// A folder, a device or the like.
    #[error("it is a folder or something else that is no text file")]
    NoFile,
    /// It lies outside the root.
    #[error("it lies outside the root folder {}", root.display())]
    OutsideRoot {
        /// The root.
        root: PathBuf,
    },
    /// A part of its path is not UTF-8.
    #[error("its path is not UTF-8")]
    Path,
    /// It is too long.
    #[error("it is longer than {} MiB, the most that a program may be", Source::MAX_BYTES >> 20)]
    TooLarge,
    /// Its bytes are no text.
    #[error("it is no text: the byte {byte:#04x} at line {}, column {} can't stand in UTF-8 source", at.line, at.column)]
    NoText {
        /// The first byte that does not belong there.
        byte: u8,
        /// Where it stands.
        at: LineColumn,
    },
    /// The system's own reason.
    #[error("{0}")]
    Io(#[source] io::Error),
}

impl From<io::Error> for FileError {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::NotFound | io::ErrorKind::NotADirectory => FileError::NotFound,
            _ => FileError::Io(error),
        }
    }
}

/// Reads a program.
///
/// # Errors
/// If it is not there, is no file, is too large, or is no text.
pub fn read_source(path: &Path) -> Result<String, FileError> {
    // Opening a pipe or device could wait for ever.
    if !fs::metadata(path)?.is_file() {
        return Err(FileError::NoFile);
    }
    let mut bytes = Vec::new();
    File::open(path)?.take(Source::MAX_BYTES as u64 + 1).read_to_end(&mut bytes)?;
    if bytes.len() > Source::MAX_BYTES {
        return Err(FileError::TooLarge);
    }
    to_text(bytes)
}

fn to_text(bytes: Vec<u8>) -> Result<String, FileError> {
    let text = String::from_utf8(bytes).map_err(|error| {
        let at = error.utf8_error().valid_up_to();
        no_text(error.as_bytes(), at)
    })?;
    match text.bytes().position(|byte| byte == 0) {
        Some(at) => Err(no_text(text.as_bytes(), at)),
        None => Ok(text),
    }
}

fn no_text(bytes: &[u8], at: usize) -> FileError {
    let before = String::from_utf8_lossy(bytes.get(..at).unwrap_or(bytes));
    let line = before.matches('\n').count() + 1;
    let column = before.rsplit('\n').next().map_or(0, |line| line.chars().count()) + 1;
    let at_line = LineColumn { line: line as u32, column: column as u32 };
    FileError::NoText { byte: bytes.get(at).copied().unwrap_or_default(), at: at_line }
}

/// The root of a program: the nearest folder above it that has a `prism.toml`, else its own folder.
///
/// # Errors
/// If the program is not there.
pub fn find_root(program: &Path) -> Result<PathBuf, FileError> {
    let program = fs::canonicalize(program)?;
    Ok(marked(program.parent().unwrap_or(&program)))
}

/// The root of programs that lie in a folder: the nearest one above it that has a `prism.toml`, else the folder itself.
///
/// # Errors
/// If there is no such folder.
pub fn find_root_of_folder(folder: &Path) -> Result<PathBuf, FileError> {
    Ok(marked(&fs::canonicalize(folder)?))
}

fn marked(own: &Path) -> PathBuf {
    own.ancestors().find(|folder| folder.join(MARK).is_file()).unwrap_or(own).to_owned()
}

/// A folder with programs.
#[derive(Clone, Debug)]
pub struct FileProject {
    root: PathBuf,
}

impl FileProject {
    /// The project with that root.
    ///
    /// # Errors
    /// If there is no such folder.
    pub fn new(root: &Path) -> Result<Self, FileError> {
        let root = fs::canonicalize(root)?;
        if root.is_dir() { Ok(FileProject { root }) } else { Err(FileError::NoFile) }
    }

    /// The folder.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// A program's path from the root, as [`crate::Engine::compile`] takes it.
    ///
    /// # Errors
    /// If it is not there, or lies outside the root.
    pub fn path_of(&self, program: &Path) -> Result<String, FileError> {
        let program = fs::canonicalize(program)?;
        let outside = || FileError::OutsideRoot { root: self.root.clone() };
        join(program.strip_prefix(&self.root).map_err(|_| outside())?).ok_or(FileError::Path)
    }

    /// Opens a program: its project (`root`, else as [`find_root`] has it), its path from there, its text.
    ///
    /// # Errors
    /// As [`read_source`] and [`FileProject::path_of`].
    pub fn open(program: &Path, root: Option<&Path>) -> Result<(Self, String, String), FileError> {
        let text = read_source(program)?;
        let project = match root {
            Some(root) => Self::new(root)?,
            None => Self::new(&find_root(program)?)?,
        };
        let path = project.path_of(program)?;
        Ok((project, path, text))
    }

    fn list(&self, folder: &Path, depth: usize, found: &mut Vec<String>) {
        let Some(depth) = depth.checked_sub(1) else { return };
        let Ok(entries) = fs::read_dir(folder) else { return };
        for entry in entries.flatten() {
            let (path, Ok(kind)) = (entry.path(), entry.file_type()) else { continue };
            let Some(name) = path.file_name().and_then(|name| name.to_str()) else { continue };
            if name.starts_with('.') || name == "node_modules" {
                continue;
            }
            if kind.is_dir() {
                self.list(&path, depth, found);
            } else if name.ends_with(".prism") && found.len() < MOST_PROGRAMS {
                found.extend(path.strip_prefix(&self.root).ok().and_then(join));
            }
        }
    }
}

/// `/` between the parts; `None` if one is not UTF-8.
fn join(path: &Path) -> Option<String> {
    let parts = path.components().map(|part| match part {
        Component::Normal(part) => part.to_str(),
        _ => None,
    });
    Some(parts.collect::<Option<Vec<_>>>()?.join("/"))
}

impl Loader for FileProject {
    fn load(&self, path: &str) -> Result<String, LoadError> {
        let file = fs::canonicalize(self.root.join(path)).map_err(FileError::from).map_err(to_load_error)?;
        if !file.starts_with(&self.root) {
            return Err(LoadError::OutsideRoot);
        }
        read_source(&file).map_err(to_load_error)
    }
}

fn to_load_error(error: FileError) -> LoadError {
    match error {
        // A folder of that name is not what an import means: `./words` may be `words.prism` or `words/index.prism`.
        FileError::NotFound | FileError::NoFile => LoadError::NotFound,
        FileError::OutsideRoot { .. } => LoadError::OutsideRoot,
        other => LoadError::Unreadable(other.to_string()),
    }
}

impl Project for FileProject {
    fn programs(&self) -> Vec<String> {
        let mut found = Vec::new();
        self.list(&self.root, MOST_FOLDERS, &mut found);
        found.sort();
        found
    }
}
