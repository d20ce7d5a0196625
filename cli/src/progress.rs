//! What is seen of a run while it goes on: the program's lines, and a line an agent.

use crate::console::{Activity, Console, paint};
use crate::show;
use anstyle::{AnsiColor, Style};
use parallax_runtime_host::{CallOutcome, CallRecord, Observer};
use prism_vm::runtime::Stream;
use std::collections::HashMap;

/// The longest task that is shown, in characters.
const MOST_TASK: usize = 40;
/// The widest agent's name that others are lined up with.
const NAME_WIDTH: usize = 12;

/// Follows a run on the console.
pub struct Progress {
    console: Console,
    /// Whether the program's lines go to standard output as they come.
    prints: bool,
    is_quiet: bool,
    open: HashMap<u64, Activity>,
}

impl Progress {
    /// Shows the program's lines if it `prints`, and everything else unless it is quiet.
    pub fn new(console: Console, prints: bool, is_quiet: bool) -> Self {
        Progress { console, prints, is_quiet, open: HashMap::new() }
    }
}

impl Observer for Progress {
    fn asked(&mut self, call: &CallRecord) {
        if !self.is_quiet
            && let Some(activity) = self.console.activity(format!("{}  {}", name(call), task(call)))
        {
            self.open.insert(call.number, activity);
        }
    }

    fn ended(&mut self, call: &CallRecord) {
        self.open.remove(&call.number);
        if !self.is_quiet {
            self.console.say(&line(call, self.console.colour()));
        }
    }

    fn printed(&mut self, stream: Stream, line: &str) {
        match stream {
            Stream::Out if self.prints => self.console.print(line),
            Stream::Out => {}
            Stream::Err => self.console.say(line),
        }
    }
}

/// What came of a question, on a line.
fn line(call: &CallRecord, colour: bool) -> String {
    let mark = |text: &str, mark: AnsiColor| paint(text, Style::new().fg_color(Some(mark.into())), colour);
    let (mark, outcome) = match &call.outcome {
        CallOutcome::Answered { confidence: Some(confidence), .. } => {
            let bar =
                if colour { show::of_level(&show::bar(*confidence), *confidence, true) + " " } else { String::new() };
            (mark("✓", AnsiColor::Green), format!("{bar}{}", show::number(*confidence)))
        }
        CallOutcome::Answered { confidence: None, .. } => {
            (mark("✓", AnsiColor::Yellow), "no confidence given, counts as 0".to_owned())
        }
        CallOutcome::Failed { message, .. } => (mark("✗", AnsiColor::Red), clean(message)),
        CallOutcome::Cancelled => ("–".to_owned(), "no longer needed".to_owned()),
        CallOutcome::Open => ("–".to_owned(), "stopped".to_owned()),
    };
    format!("{mark} {}  {:MOST_TASK$}  {outcome}  {:.0} ms", name(call), task(call), call.elapsed_ms)
}

fn name(call: &CallRecord) -> String {
    format!("{:NAME_WIDTH$}", clean(&call.agent))
}

/// On one line, and nothing that steers a terminal: agents and programs may be a stranger's.
fn clean(text: &str) -> String {
    text.split(|c: char| c.is_whitespace() || c.is_control())
        .filter(|word| !word.is_empty())
        .collect::<Vec<_>>()
        .join(" ")
}

fn task(call: &CallRecord) -> String {
    let words = clean(&call.task);
    match words.char_indices().nth(MOST_TASK - 1) {
        Some((end, _)) if words.chars().count() > MOST_TASK => format!("{}…", &words[..end]),
        _ => words,
    }
}
