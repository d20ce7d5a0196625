//! `parallax pattern`: what is known of patterns without running them.

use crate::commands::run::Format;
use crate::console::Console;
use crate::exit::{Exit, Unusable};
use crate::project::Program;
use prism_diagnostics::json::{File, Report};
use prism_diagnostics::{Diagnostic, SourceMap, Span, render};
use prism_engine::Engine;
use serde_json::Value;

#[derive(Debug, clap::Subcommand)]
pub enum Command {
    /// Checks patterns and shows all of their faults.
    ///
    /// Exit status: 0 clean or warnings only, 1 errors, 2 wrong usage or a file that can't be read.
    Validate {
        /// The patterns; `-` is standard input.
        #[arg(required = true, value_name = "FILE")]
        files: Vec<String>,
        /// How faults are printed.
        #[arg(long, value_enum, default_value_t)]
        format: Format,
    },
}

pub fn execute(command: Command) -> Exit {
    let Command::Validate { files, format } = command;
    let console = Console::new();
    let checked: Vec<_> = files.iter().map(|file| Checked::of(file)).collect();
    match format {
        Format::Json => console.print(&json(&checked)),
        Format::Text => show(&checked, &console),
    }
    checked.iter().map(Checked::exit).max().unwrap_or(Exit::Completed)
}

/// A file and what is wrong with it and its modules.
struct Checked {
    diagnostics: Vec<Diagnostic>,
    sources: SourceMap,
    /// Why it can't be read, if that is what is wrong.
    unusable: Option<Unusable>,
}

impl Checked {
    fn of(file: &str) -> Self {
        match Program::read(file, None) {
            Ok(program) => {
                let compilation = Engine::new().compile(&program.path, &program.text, program.project.as_ref());
                let sources = program.shown_sources(&compilation.sources);
                Checked { diagnostics: compilation.diagnostics, sources, unusable: None }
            }
            Err(unusable) => {
                let mut sources = SourceMap::new();
                let span = Span::new(sources.add(file, ""), 0, 0);
                let diagnostics = vec![Diagnostic::new(unusable.code, span, unusable.message.clone())];
                Checked { diagnostics, sources, unusable: Some(unusable) }
            }
        }
    }

    fn exit(&self) -> Exit {
        match self.diagnostics.iter().any(Diagnostic::is_error) {
            _ if self.unusable.is_some() => Exit::Usage,
            true => Exit::Failed,
            false => Exit::Completed,
        }
    }
}

/// Every file once, though it may be a module of several that were named.
fn json(checked: &[Checked]) -> String {
    let mut files: Vec<File> = Vec::new();
    for one in checked {
        for file in Report::of(&one.diagnostics, &one.sources).files {
            if files.iter().all(|known| known.path != file.path) {
                files.push(file);
            }
        }
    }
    serde_json::to_value(Report::new(files)).unwrap_or(Value::Null).to_string()
}

fn show(checked: &[Checked], console: &Console) {
    let colour = console.colours_output();
    for one in checked.iter().filter(|one| !one.diagnostics.is_empty()) {
        console.print(&match &one.unusable {
            Some(unusable) => unusable.render(colour),
            None => render::to_string(&one.diagnostics, &one.sources, colour),
        });
    }
    let all: Vec<_> = checked.iter().flat_map(|one| one.diagnostics.iter().cloned()).collect();
    let count = checked.len();
    console.print(&format!("{count} {}: {}", if count == 1 { "file" } else { "files" }, render::summary(&all)));
}
