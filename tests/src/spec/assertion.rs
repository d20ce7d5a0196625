//! What the comments of a program assert: `// value: …`, `// error: …`.

use std::fmt;

/// What an assertion is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Subject {
    /// The program's value if it ended with this line.
    Value,
    /// The next line on standard output.
    Output,
    /// The next line on standard error.
    Stderr,
    /// The compiler or the run refuses this line.
    Error,
    /// The compiler has doubts about this line.
    Warning,
    /// The next of the result's warnings.
    Warned,
    /// The result's metadata.
    Metadata,
    /// The next question to an agent.
    Asked,
    /// How many milliseconds the program takes.
    Elapsed,
}

impl Subject {
    const ALL: [(Subject, &str); 9] = [
        (Subject::Value, "value"),
        (Subject::Output, "output"),
        (Subject::Stderr, "stderr"),
        (Subject::Error, "error"),
        (Subject::Warning, "warning"),
        (Subject::Warned, "warned"),
        (Subject::Metadata, "metadata"),
        (Subject::Asked, "asked"),
        (Subject::Elapsed, "elapsed"),
    ];
}

impl fmt::Display for Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = Subject::ALL.iter().find(|(subject, _)| subject == self).map_or("", |(_, name)| name);
        f.write_str(name)
    }
}

/// Something that a comment asserts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Assertion {
    /// The line that it is about, from 1: its own, or the one above where it has a line to itself.
    pub line: usize,
    /// What it is about.
    pub subject: Subject,
    /// What must be.
    pub text: String,
}

impl Assertion {
    /// Of an error or warning: its name, and the part of the message that is asserted.
    pub fn fault(&self) -> (&str, &str) {
        let (name, part) = self.text.split_once(':').unwrap_or((&self.text, ""));
        (name.trim(), part.trim())
    }
}

/// All assertions of a program, in the order of the text.
pub fn read(program: &str) -> Vec<Assertion> {
    let mut found = Vec::new();
    let mut code_line = 1;
    for (at, line) in program.lines().enumerate() {
        let Some(start) = next(line, 0) else {
            code_line = at + 1;
            continue;
        };
        // In a comment that opens a file, lines begin with `*`.
        if !line[..start].trim_matches(|letter: char| letter.is_whitespace() || letter == '*').is_empty() {
            code_line = at + 1;
        }
        found.extend(of_line(line, start).map(|(subject, text)| Assertion { line: code_line, subject, text }));
    }
    found
}

/// The assertions of a line, the first of which begins at `start`.
fn of_line(line: &str, start: usize) -> impl Iterator<Item = (Subject, String)> {
    let mut rest = Some(start);
    std::iter::from_fn(move || {
        let from = rest?;
        rest = next(line, from + 1);
        let comment = &line[from..rest.unwrap_or(line.len())];
        let (subject, name) = subject(comment)?;
        Some((subject, comment[2..].trim_start()[name.len() + 1..].trim().to_owned()))
    })
}

/// Where the first assertion behind `from` begins.
fn next(line: &str, from: usize) -> Option<usize> {
    let rest = line.get(from..)?;
    rest.match_indices("//").map(|(at, _)| from + at).find(|at| subject(&line[*at..]).is_some())
}

fn subject(comment: &str) -> Option<(Subject, &'static str)> {
    let text = comment.strip_prefix("// ")?;
    Subject::ALL.into_iter().find(|(_, name)| text.strip_prefix(name).is_some_and(|rest| rest.starts_with(':')))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_comment_asserts_its_line_or_the_one_above() {
        let program =
            "a = 1 // see: value\n  b() // output: x // y // output: z\n// value: 3\n\n// error: type: a part\n";
        let read: Vec<_> = read(program).into_iter().map(|one| (one.line, one.subject, one.text)).collect();
        let expected = [
            (2, Subject::Output, "x // y"),
            (2, Subject::Output, "z"),
            (2, Subject::Value, "3"),
            (4, Subject::Error, "type: a part"),
        ];
        assert_eq!(read, expected.map(|(line, subject, text)| (line, subject, text.to_owned())));
    }
}
