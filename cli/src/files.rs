//! Texts from files and standard input, with a limit on their size, and back into files.

use std::fs::File;
use std::io::{self, Read, Write};
use std::path::Path;
use tempfile::NamedTempFile;
use thiserror::Error;

/// What stands for standard input where a file is asked for.
pub const STDIN: &str = "-";
/// What a program from standard input is called.
pub const STDIN_NAME: &str = "<stdin>";

/// Why a text can't be read.
#[derive(Debug, Error)]
pub enum ReadError {
    /// The operating system says so.
    #[error("can't read {name}: {source}")]
    Io {
        /// The file.
        name: String,
        /// What the operating system says.
        source: io::Error,
    },
    /// It is a folder.
    #[error("can't read {name}: it is a folder; name a file in it")]
    Folder {
        /// The folder.
        name: String,
    },
    /// It is too long.
    #[error("{name} is longer than {} MiB, the most that is read", limit >> 20)]
    TooLong {
        /// The file.
        name: String,
        /// The most bytes.
        limit: u64,
    },
    /// It is no text.
    #[error("{name} is no UTF-8 text: byte {at} belongs to no character")]
    NotText {
        /// The file.
        name: String,
        /// The offset of the first wrong byte, from 0.
        at: usize,
    },
}

/// The text of a file, or of standard input for `-`; at most `limit` bytes.
pub fn read_text(path: &str, limit: usize) -> Result<String, ReadError> {
    let (name, limit) = (shown(path), limit as u64);
    let io_error = |source| ReadError::Io { name: name.clone(), source };
    if path == STDIN {
        return decode(io::stdin().lock(), &name, limit);
    }
    let metadata = Path::new(path).metadata().map_err(io_error)?;
    if metadata.is_dir() {
        return Err(ReadError::Folder { name });
    }
    if metadata.len() > limit {
        return Err(ReadError::TooLong { name, limit });
    }
    decode(File::open(path).map_err(io_error)?, &name, limit)
}

/// How a path is shown.
fn shown(path: &str) -> String {
    if path == STDIN { "standard input".to_owned() } else { path.to_owned() }
}

fn decode(reader: impl Read, name: &str, limit: u64) -> Result<String, ReadError> {
    let name = || name.to_owned();
    let mut bytes = Vec::new();
    // Devices and pipes do not tell their size.
    reader.take(limit + 1).read_to_end(&mut bytes).map_err(|source| ReadError::Io { name: name(), source })?;
    if bytes.len() as u64 > limit {
        return Err(ReadError::TooLong { name: name(), limit });
    }
    String::from_utf8(bytes).map_err(|error| ReadError::NotText { name: name(), at: error.utf8_error().valid_up_to() })
}

/// Puts the text in the file's place at once: whoever reads it meanwhile sees the old or the new one, never a part.
///
/// # Errors
/// If the file is read-only, or the operating system says so.
pub fn replace(file: &Path, text: &str) -> io::Result<()> {
    // A link goes on pointing to the file that is rewritten.
    let file = file.canonicalize()?;
    let permissions = file.metadata()?.permissions();
    if permissions.readonly() {
        return Err(io::Error::new(io::ErrorKind::PermissionDenied, "it is read-only"));
    }
    let folder = file.parent().unwrap_or(Path::new("."));
    let mut new = NamedTempFile::new_in(folder)?;
    new.write_all(text.as_bytes())?;
    new.as_file().set_permissions(permissions)?;
    new.as_file().sync_all()?;
    new.persist(&file).map(drop).map_err(|error| error.error)
}
