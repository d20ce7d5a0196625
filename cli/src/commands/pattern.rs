//! `parallax pattern`: what is known of patterns without running them.

use crate::commands::validate;
use crate::exit::Exit;

#[derive(Debug, clap::Subcommand)]
pub enum Command {
    Validate(validate::Arguments),
}

pub fn execute(command: &Command) -> Exit {
    match command {
        Command::Validate(arguments) => validate::execute(arguments),
    }
}
