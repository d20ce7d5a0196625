//! Reading, running, showing: the session that `parallax repl` is a face of.
//!
//! | file | what |
//! |---|---|
//! | `live` | the session with its agents: runs inputs and shows what they give |
//! | `command` | the table of `:` commands |
//! | `editor` | the line editor, for terminals: history, several lines, completion, colours |
//! | `complete` | what a half-written word may become |
//! | `script` | inputs from a pipe: where one ends and the next begins |
//! | `highlight` | text in the colours of its tokens |
//! | `kind` | what a value is, in words: `:type` |
//!
//! Not here: what inputs share, which is the session's affair (`prism_engine::Session`).

mod command;
mod complete;
mod editor;
mod highlight;
mod kind;
mod live;
mod script;

pub use live::Repl;

use command::Flow;
use script::{Form, Forms};
use std::cell::RefCell;
use std::io::{self, BufRead};
use std::rc::Rc;

/// Reads inputs from the terminal until the user leaves.
///
/// # Errors
/// If the terminal can't be read.
pub fn interactive(repl: Repl, with_history: bool) -> rustyline::Result<()> {
    repl.console().say(concat!("Parallax ", env!("CARGO_PKG_VERSION"), ". `:help` lists the commands, Ctrl-D leaves."));
    let repl = Rc::new(RefCell::new(repl));
    let mut editor = editor::Editor::new(Rc::clone(&repl), with_history)?;
    while let Some(form) = editor.read()? {
        if perform(&mut repl.borrow_mut(), &form) == Flow::Leave {
            break;
        }
    }
    Ok(())
}

/// Reads inputs from a pipe to its end; gives whether all of them went well.
///
/// # Errors
/// If the pipe can't be read, or holds no text.
pub fn script(repl: &mut Repl, input: impl BufRead) -> io::Result<bool> {
    let mut all_well = true;
    for form in Forms::new(input) {
        if repl.console().is_closed() {
            return Ok(false);
        }
        match perform(repl, &form?) {
            Flow::On => {}
            Flow::Failed => all_well = false,
            Flow::Leave => break,
        }
    }
    Ok(all_well)
}

fn perform(repl: &mut Repl, form: &Form) -> Flow {
    match form {
        Form::Command(line) => command::perform(repl, line),
        Form::Input(text) => Flow::of(repl.input(text)),
    }
}
