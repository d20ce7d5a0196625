//! `parallax fmt`: texts in the one style.

use crate::console::Console;
use crate::exit::{Exit, Unusable};
use crate::files::{STDIN, STDIN_NAME, read_text, replace};
use crate::search::search;
use prism_compiler::format::format;
use prism_diagnostics::{Source, SourceMap, render};
use std::path::Path;

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
    let formatted = arguments.files.iter().map(|file| match search(file) {
        Ok(found) => {
            found.files.iter().map(|file| one(file, arguments.check, &console)).max().unwrap_or(Exit::Completed)
        }
        Err(unusable) => refuse(&unusable, &console),
    });
    formatted.max().unwrap_or(Exit::Completed)
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
