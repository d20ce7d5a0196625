//! `parallax repl`: reads inputs and shows what they give.

use crate::console::Console;
use crate::exit::{Exit, Unusable};
use crate::repl::{self, Repl};
use crate::setting::Setting;
use std::io::{self, IsTerminal};

/// Reads inputs and shows what they give, one after the other. They share their names; an input that fails does not end
/// the session.
#[derive(Debug, clap::Args)]
#[command(after_help = DETAILS)]
pub struct Arguments {
    /// A pattern that is run first; its names are there then.
    file: Option<String>,
    #[command(flatten)]
    setting: Setting,
    /// Does not read or write the history of inputs.
    #[arg(long)]
    no_history: bool,
}

const DETAILS: &str = "\
On a terminal an input ends where the grammar says so: an open bracket or a line that ends with an operator goes on. TAB
completes names and members, Ctrl-C stops an input that runs, Ctrl-D leaves. `:help` lists the commands.

Anything else on standard input is read as a script: without a prompt, and to its end, whatever fails.

Exit status: 0 left or read to the end, 1 an input of a script failed, 2 the command line names something that can't be
used.

Examples:
  parallax repl triage.prism --agents local
  echo 'let x = 6 ~> 0.9
  x * 7' | parallax repl";

pub fn execute(arguments: Arguments) -> Exit {
    let console = Console::new();
    let Arguments { file, setting, no_history } = arguments;
    let mut repl = match Repl::new(&setting, file.as_deref(), console.clone()) {
        Ok(repl) => repl,
        Err(unusable) => return refuse(&unusable, &console),
    };
    let is_interactive = io::stdin().is_terminal();
    if is_interactive {
        repl.outlive_interrupts();
    }
    let loaded = file.is_none_or(|file| repl.load(&file));
    if is_interactive {
        match repl::interactive(repl, !no_history) {
            Ok(()) => Exit::Completed,
            Err(error) => refuse(&Unusable::input(format!("can't read from the terminal: {error}")), &console),
        }
    } else {
        match repl::script(&mut repl, io::stdin().lock()) {
            Ok(all_well) if all_well && loaded => Exit::Completed,
            Ok(_) => Exit::Failed,
            Err(error) => refuse(&Unusable::input(format!("can't read standard input: {error}")), &console),
        }
    }
}

fn refuse(unusable: &Unusable, console: &Console) -> Exit {
    console.say(unusable.render(console.colour()).trim_end());
    Exit::Usage
}
