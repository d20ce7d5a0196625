//! `parallax`, the one command: thin faces over the other crates.
//!
//! Data goes to standard output, talk to standard error. Exit status: 0 completed, 1 failed or refused, 2 the command
//! line names something that can't be used ([`Exit`]).
//!
//! Not here: the language, running, rendering of faults. Each command is a file of [`commands`]; what several need lies
//! beside it.

mod agents;
mod commands;
mod console;
mod exit;
mod files;
mod input;
mod limits;
mod progress;
mod project;
mod repl;
mod report;
mod search;
mod setting;
mod show;
mod stop;

use clap::{Parser, Subcommand};
use std::process::ExitCode;

/// Runs and checks Prism patterns: small programs that ask agents and know how sure the answers are.
///
/// A pattern is a text file that ends in `.prism`. Every value in it can carry a confidence between 0 and 1, and so can
/// its result.
#[derive(Debug, Parser)]
#[command(version, arg_required_else_help = true, propagate_version = true, after_help = EXAMPLES)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Runs a pattern.
    Run(Box<commands::run::Arguments>),
    /// Reads inputs and shows what they give, one after the other.
    Repl(Box<commands::repl::Arguments>),
    /// Checks patterns without running them.
    #[command(subcommand)]
    Pattern(commands::pattern::Command),
    /// Writes patterns in the one style.
    Fmt(commands::fmt::Arguments),
    /// Explains a fault by its code, such as E0200.
    Explain(commands::explain::Arguments),
    /// Lists and serves the agents that come with Parallax.
    #[command(subcommand)]
    Agent(commands::agent::Command),
}

const EXAMPLES: &str = "\
Examples:
  parallax run hello.prism                            run a pattern
  echo 'return 6 * 7 ~> 0.9' | parallax run -         run what comes from standard input
  parallax run triage.prism --agents local --input document=@letter.txt
                                                      give it a text file, and the agents that come along
  parallax run triage.prism --agent a1=127.0.0.1:50100,review --format json
                                                      ask an agent of your own, print JSON for a program to read
  parallax repl --agents local                        try things out, line by line
  parallax pattern validate *.prism                   find faults without running
  parallax explain E0200                              what a fault means, and the way out
  parallax fmt *.prism                                one style for all

`parallax COMMAND --help` says more about a command.";

fn main() -> ExitCode {
    match Arguments::parse().command {
        Command::Run(arguments) => commands::run::execute(*arguments),
        Command::Repl(arguments) => commands::repl::execute(*arguments),
        Command::Pattern(command) => commands::pattern::execute(&command),
        Command::Fmt(arguments) => commands::fmt::execute(&arguments),
        Command::Explain(arguments) => commands::explain::execute(&arguments),
        Command::Agent(command) => commands::agent::execute(command),
    }
    .into()
}
