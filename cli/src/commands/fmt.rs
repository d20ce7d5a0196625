//! `parallax fmt`: texts in the one style.

use crate::console::Console;
use crate::exit::{Exit, Unusable};
use crate::files::{STDIN, read_text};
use prism_compiler::format::format;
use prism_diagnostics::{Source, SourceMap, render};
use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use tempfile::NamedTempFile;

/// The extension of the files that are looked for in folders.
const EXTENSION: &str = "prism";
/// What a text from standard input is called.
const STDIN_NAME: &str = "<stdin>";

/// Writes patterns in the one style.
///
/// Files that change are rewritten in place, and their names printed on standard error. A file with syntax errors is
/// left alone.
///
/// Exit status: 0 all are in the style, 1 some have syntax errors, or differ with --check, 2 wrong usage or a file that
/// can't be read or written.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// The patterns; folders are searched for *.prism; `-` reads standard input and writes to standard output.
    #[arg(required = true, value_name = "FILE")]
    files: Vec<String>,
    /// Writes nothing, but prints the names of the files that are not in the style.
    #[arg(long)]
    check: bool,
}

pub fn execute(arguments: &Arguments) -> Exit {
    let console = Console::new();
    let formatted = arguments.files.iter().map(|file| match named(file) {
        Ok(files) => files.iter().map(|file| one(file, arguments.check, &console)).max().unwrap_or(Exit::Completed),
        Err(unusable) => refuse(&unusable, &console),
    });
    formatted.max().unwrap_or(Exit::Completed)
}

/// The files that an argument names: itself, or all patterns in the folder and those in it, by name.
fn named(argument: &str) -> Result<Vec<String>, Unusable> {
    if argument == STDIN || !Path::new(argument).is_dir() {
        return Ok(vec![argument.to_owned()]);
    }
    let mut found = Vec::new();
    let mut folders = vec![PathBuf::from(argument)];
    while let Some(folder) = folders.pop() {
        let fault = |error: io::Error| Unusable::program(format!("can't read {}: {error}", folder.display()));
        for entry in fs::read_dir(&folder).map_err(fault)? {
            let entry = entry.map_err(fault)?;
            let path = entry.path();
            // Links to folders are not followed: they may lead in a circle.
            if entry.file_type().map_err(fault)?.is_dir() {
                folders.extend(Some(path).filter(|_| !is_hidden(&entry)));
            } else if path.extension().is_some_and(|extension| extension == EXTENSION) && path.is_file() {
                found.push(path.to_str().map(str::to_owned).ok_or_else(|| {
                    Unusable::program(format!("the name of {} is no UTF-8; rename the file", path.display()))
                })?);
            }
        }
    }
    found.sort();
    Ok(found)
}

fn is_hidden(entry: &fs::DirEntry) -> bool {
    entry.file_name().as_encoded_bytes().starts_with(b".")
}

/// Formats one file, or standard input.
fn one(file: &str, check: bool, console: &Console) -> Exit {
    let text = match read_text(file, Source::MAX_BYTES) {
        Ok(text) => text,
        Err(error) => return refuse(&Unusable::program(error.to_string()), console),
    };
    let mut sources = SourceMap::new();
    let name = if file == STDIN { STDIN_NAME } else { file };
    let source = sources.add(name, text.clone());
    let formatted = match format(source, &text) {
        Ok(formatted) => formatted,
        Err(faults) => {
            console.say(render::to_string(&faults, &sources, console.colour()).trim_end());
            return Exit::Failed;
        }
    };
    if check {
        if formatted == text {
            return Exit::Completed;
        }
        console.print(name);
        return Exit::Failed;
    }
    if file == STDIN {
        if let Some(lines) = formatted.strip_suffix('\n') {
            console.print(lines);
        }
    } else if formatted != text {
        if let Err(error) = replace(Path::new(file), &formatted) {
            return refuse(&Unusable::program(format!("can't write {file}: {error}")), console);
        }
        console.say(file);
    }
    Exit::Completed
}

fn refuse(unusable: &Unusable, console: &Console) -> Exit {
    console.say(unusable.render(console.colour()).trim_end());
    Exit::Usage
}

/// Puts the text in the file's place at once: whoever reads it meanwhile sees the old or the new one, never a part.
fn replace(file: &Path, text: &str) -> io::Result<()> {
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
