//! `parallax pattern validate`: which files ([`files`]), what is wrong with each ([`check`]), all of that as one
//! ([`merge`]), as text ([`text`]) or for tools ([`tools`]); with `--fix` and `--diff` after what can be mended was
//! ([`fix`]), with `--watch` again and again ([`watch`]).
//!
//! Not here: the rules, which are the compiler's.

mod args;
mod check;
mod files;
mod fix;
mod merge;
mod parallel;
mod text;
mod tools;
mod watch;

pub use args::Arguments;

use crate::console::Console;
use crate::exit::{Exit, Unusable};
use crate::files::STDIN;
use args::{Denied, Format};
use check::Checked;
use files::{Named, Target};
use fix::Mended;
use merge::Findings;
use prism_diagnostics::Source;
use prism_engine::Engine;

pub fn execute(arguments: &Arguments) -> Exit {
    let console = Console::new();
    let done = match refused(arguments) {
        Some(unusable) => Err(unusable),
        None if arguments.watch => watch::watch(arguments, &console),
        None => Ok(once(arguments, &console)),
    };
    done.unwrap_or_else(|unusable| {
        console.say(unusable.render(console.colour()).trim_end());
        Exit::Usage
    })
}

/// Flags that can't go together.
fn refused(arguments: &Arguments) -> Option<Unusable> {
    if arguments.diff && arguments.format != Format::Text {
        return Some(Unusable::program("--diff prints a text for `patch`, so leave out --format"));
    }
    if !arguments.files.iter().any(|file| file == STDIN) {
        return None;
    }
    if arguments.watch {
        return Some(Unusable::program("standard input can't be watched; name files or folders"));
    }
    (arguments.fix && arguments.format != Format::Text).then(|| {
        Unusable::program("--fix prints the text of standard input, so leave out --format, or write it to a file first")
    })
}

/// Checks the files, mends them before if that is asked for, and shows what is left.
fn once(arguments: &Arguments, console: &Console) -> Exit {
    let engine = Engine::new();
    let mut targets = Named::find(arguments).read(arguments.root.as_deref());
    let mut mended = Vec::new();
    if arguments.fix || arguments.diff {
        mended =
            parallel::map(&targets, |target| target.program.as_ref().ok().map(|program| fix::mend(&engine, program)));
    }
    if arguments.fix && !arguments.diff {
        for (target, mended) in targets.iter_mut().zip(&mut mended) {
            accept(target, mended, console);
        }
    }
    let checked = parallel::map(&targets, |target| Checked::of(&engine, target, arguments.wants_facts()));
    let findings = merge::merge(checked, mended);
    show(&findings, arguments, console);
    exit(&findings, arguments)
}

/// Writes what was mended in the place of the text. If that fails, the file is as it was, and can't be used.
fn accept(target: &mut Target, mended: &mut Option<Mended>, console: &Console) {
    let (Ok(program), Some(change)) = (&mut target.program, &*mended) else { return };
    match fix::write(&target.name, change, console) {
        Ok(()) => program.text.clone_from(&change.after),
        Err(unusable) => {
            target.program = Err(unusable);
            *mended = None;
        }
    }
}

fn show(findings: &Findings, arguments: &Arguments, console: &Console) {
    for file in &findings.files {
        if let Some(bug) = &file.bug {
            let name = findings.sources.get(file.source).map_or("", Source::name);
            console.say(&format!("{name}: {bug}\nPlease report it with the file; the program itself may be right."));
        }
    }
    match arguments.format {
        Format::Json => console.print(&tools::json(findings, arguments)),
        Format::Sarif => console.print(&tools::sarif(findings)),
        Format::Text => text::show(findings, arguments, console),
    }
}

fn exit(findings: &Findings, arguments: &Arguments) -> Exit {
    let fails = arguments.deny == Some(Denied::Warnings);
    if findings.files.iter().any(|file| file.unusable.is_some() || file.bug.is_some()) {
        return Exit::Usage;
    }
    match findings.diagnostics().any(|diagnostic| fails || diagnostic.is_error()) {
        true => Exit::Failed,
        false => Exit::Completed,
    }
}
