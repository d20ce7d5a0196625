//! Inputs from a pipe. Where one ends the grammar says: lines are added while the text is incomplete, or the next line
//! goes on with its last statement. So an input is known to have ended only when the line after it is there.

use prism_compiler::parse::{is_incomplete, parse};
use prism_diagnostics::SourceId;
use std::io::{self, BufRead, Lines};

/// What is read at once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Form {
    /// A line that begins with `:`, without it.
    Command(String),
    /// A piece of program.
    Input(String),
}

impl Form {
    /// What a whole text is.
    pub fn of(text: &str) -> Form {
        match text.trim_start().strip_prefix(':') {
            Some(line) => Form::Command(line.to_owned()),
            None => Form::Input(text.to_owned()),
        }
    }

    /// Whether the text needs more lines.
    pub fn is_incomplete(text: &str) -> bool {
        matches!(Form::of(text), Form::Input(text) if is_incomplete(&text))
    }
}

/// The inputs of a script.
pub struct Forms<R> {
    lines: Lines<R>,
    /// The first line of the next input, which was read to see where the one before it ends.
    ahead: Option<String>,
}

impl<R: BufRead> Forms<R> {
    /// The inputs that `reader` gives.
    pub fn new(reader: R) -> Self {
        Forms { lines: reader.lines(), ahead: None }
    }

    fn line(&mut self) -> io::Result<Option<String>> {
        self.ahead.take().map_or_else(|| self.lines.next().transpose(), |line| Ok(Some(line)))
    }

    fn form(&mut self) -> io::Result<Option<Form>> {
        let Some(mut text) = self.line()? else { return Ok(None) };
        if let command @ Form::Command(_) = Form::of(&text) {
            return Ok(Some(command));
        }
        while let Some(line) = self.line()? {
            let longer = format!("{text}\n{line}");
            if !is_incomplete(&text) && (line.starts_with(':') || statements(&longer) > statements(&text)) {
                self.ahead = Some(line);
                break;
            }
            text = longer;
        }
        Ok(Some(Form::Input(text)))
    }
}

impl<R: BufRead> Iterator for Forms<R> {
    type Item = io::Result<Form>;

    fn next(&mut self) -> Option<io::Result<Form>> {
        self.form().transpose()
    }
}

fn statements(text: &str) -> usize {
    parse(SourceId::default(), text).module.body.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn forms(text: &str) -> Vec<String> {
        let shown = |form: io::Result<Form>| match form.expect("text") {
            Form::Command(line) => format!(":{line}"),
            Form::Input(text) => text,
        };
        Forms::new(text.as_bytes()).map(shown).collect()
    }

    #[test]
    fn statements_are_inputs() {
        assert_eq!(forms("let x = 1\nx + 1\n"), ["let x = 1", "x + 1"]);
        assert_eq!(forms("a; b\nc"), ["a; b", "c"]);
    }

    #[test]
    fn incomplete_lines_go_on() {
        assert_eq!(forms("fn f() {\n  1\n}\nf()"), ["fn f() {\n  1\n}", "f()"]);
        assert_eq!(forms("1 +\n2\n3"), ["1 +\n2", "3"]);
        assert_eq!(forms("```\n:help\n```\n1"), ["```\n:help\n```", "1"]);
    }

    #[test]
    fn lines_that_go_on_belong_to_the_statement_before() {
        assert_eq!(forms("xs\n  .map(x => {\n    x\n  })\n1"), ["xs\n  .map(x => {\n    x\n  })", "1"]);
        assert_eq!(forms("if (a) { 1 }\nelse { 2 }\n3"), ["if (a) { 1 }\nelse { 2 }", "3"]);
        assert_eq!(forms("a\n\n// so\nb"), ["a\n\n// so", "b"]);
    }

    #[test]
    fn commands_are_lines() {
        assert_eq!(forms(":help\n1\n:type 1 +\n2"), [":help", "1", ":type 1 +", "2"]);
    }

    #[test]
    fn faulty_lines_do_not_swallow_others() {
        assert_eq!(forms("let = 3\n1 + 1"), ["let = 3", "1 + 1"]);
        assert_eq!(forms("f(\n"), ["f("]);
    }
}
