//! The line editor: history, inputs of several lines, completion, colours.

use super::Repl;
use super::command;
use super::complete::complete;
use super::highlight::highlight;
use super::script::Form;
use etcetera::BaseStrategy;
use rustyline::completion::{Completer, FilenameCompleter, Pair};
use rustyline::error::ReadlineError;
use rustyline::highlight::{CmdKind, Highlighter};
use rustyline::hint::{Hinter, HistoryHinter};
use rustyline::history::FileHistory;
use rustyline::validate::{ValidationContext, ValidationResult, Validator};
use rustyline::{CompletionType, Config, Context, Helper};
use std::borrow::Cow;
use std::cell::RefCell;
use std::fs;
use std::path::PathBuf;
use std::rc::Rc;

const PROMPT: &str = "prism> ";
/// How many inputs the history keeps.
const MOST_HISTORY: usize = 10_000;

/// Reads inputs from a terminal.
pub struct Editor {
    lines: rustyline::Editor<Assistant, FileHistory>,
    /// Where inputs are remembered, if they are.
    history: Option<PathBuf>,
}

impl Editor {
    /// An editor that completes what `repl` knows.
    ///
    /// # Errors
    /// If the terminal can't be used.
    pub fn new(repl: Rc<RefCell<Repl>>, with_history: bool) -> rustyline::Result<Self> {
        let config = Config::builder()
            .completion_type(CompletionType::List)
            .max_history_size(MOST_HISTORY)?
            .history_ignore_dups(true)?
            .auto_add_history(false)
            .build();
        let mut lines = rustyline::Editor::with_config(config)?;
        let colour = repl.borrow().console().colours_output();
        lines.set_helper(Some(Assistant {
            repl,
            colour,
            files: FilenameCompleter::new(),
            hints: HistoryHinter::new(),
        }));
        let history = if with_history { history_file() } else { None };
        if let Some(file) = &history {
            // A history that can't be read is one that begins today.
            lines.load_history(file).unwrap_or_default();
        }
        Ok(Editor { lines, history })
    }

    /// The next input; `None` when the user leaves. Ctrl-C only drops what was written so far.
    ///
    /// # Errors
    /// If the terminal can't be read.
    pub fn read(&mut self) -> rustyline::Result<Option<Form>> {
        loop {
            match self.lines.readline(PROMPT) {
                Ok(text) if text.trim().is_empty() => {}
                Ok(text) => {
                    self.remember(&text);
                    return Ok(Some(Form::of(&text)));
                }
                Err(ReadlineError::Interrupted) => {}
                Err(ReadlineError::Eof) => return Ok(None),
                Err(error) => return Err(error),
            }
        }
    }

    /// Puts an input into the history at once, so that it outlives whatever happens next.
    fn remember(&mut self, text: &str) {
        let is_new = self.lines.add_history_entry(text).unwrap_or(false);
        if let Some(file) = self.history.as_ref().filter(|_| is_new) {
            // Where nothing can be written, there is no history.
            self.lines.append_history(file).unwrap_or_default();
        }
    }
}

/// The file in the user's data folder that inputs are remembered in; `None` where there can be none.
fn history_file() -> Option<PathBuf> {
    let folder = etcetera::choose_base_strategy().ok()?.data_dir().join("parallax");
    fs::create_dir_all(&folder).ok()?;
    Some(folder.join("repl-history"))
}

/// What the editor asks while something is written.
struct Assistant {
    repl: Rc<RefCell<Repl>>,
    colour: bool,
    files: FilenameCompleter,
    hints: HistoryHinter,
}

impl Helper for Assistant {}

impl Validator for Assistant {
    fn validate(&self, context: &mut ValidationContext<'_>) -> rustyline::Result<ValidationResult> {
        let is_incomplete = Form::is_incomplete(context.input());
        Ok(if is_incomplete { ValidationResult::Incomplete } else { ValidationResult::Valid(None) })
    }
}

impl Completer for Assistant {
    type Candidate = Pair;

    fn complete(&self, line: &str, position: usize, _: &Context<'_>) -> rustyline::Result<(usize, Vec<Pair>)> {
        let text = line.get(..position).unwrap_or(line);
        if text.strip_prefix(':').is_some_and(|line| line.contains(' ') && command::takes_file(command::split(line).0))
        {
            return self.files.complete_path(line, position);
        }
        // Nothing runs while something is written.
        let Ok(mut repl) = self.repl.try_borrow_mut() else { return Ok((position, Vec::new())) };
        let (session, catalog) = repl.names();
        let completion = complete(text, session, catalog);
        let pair = |word: String| Pair { display: word.clone(), replacement: word };
        Ok((completion.start, completion.words.into_iter().map(pair).collect()))
    }
}

impl Hinter for Assistant {
    type Hint = String;

    fn hint(&self, line: &str, position: usize, context: &Context<'_>) -> Option<String> {
        // Only the rest of a line: a hint of several would move the screen with every key.
        self.hints.hint(line, position, context).filter(|hint| self.colour && !hint.contains('\n'))
    }
}

impl Highlighter for Assistant {
    fn highlight<'l>(&self, line: &'l str, _: usize) -> Cow<'l, str> {
        if self.colour && !line.starts_with(':') { Cow::Owned(highlight(line)) } else { Cow::Borrowed(line) }
    }

    fn highlight_prompt<'b, 's: 'b, 'p: 'b>(&'s self, prompt: &'p str, _: bool) -> Cow<'b, str> {
        if self.colour { Cow::Owned(format!("\u{1b}[1m{prompt}\u{1b}[0m")) } else { Cow::Borrowed(prompt) }
    }

    fn highlight_hint<'h>(&self, hint: &'h str) -> Cow<'h, str> {
        if self.colour { Cow::Owned(format!("\u{1b}[2m{hint}\u{1b}[0m")) } else { Cow::Borrowed(hint) }
    }

    fn highlight_char(&self, _: &str, _: usize, kind: CmdKind) -> bool {
        self.colour && kind != CmdKind::MoveCursor
    }
}
