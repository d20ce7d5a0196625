//! The programs on the pages of the catalog. A page's examples are its fenced blocks marked `prism bad`, which must have
//! the page's fault, and `prism good`, which must not. A line `// file: NAME` begins another file of the same folder;
//! what stands before the first such line is the program itself.

use crate::Code;

/// Whether an example has the fault of its page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It has that fault, when checked or when run.
    Bad,
    /// It does not have it, and runs to its end.
    Good,
}

/// A program from a page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Example {
    /// What it is an example of.
    pub verdict: Verdict,
    /// The program.
    pub text: String,
    /// Other files that it needs, as path from its own folder and text.
    pub files: Vec<(String, String)>,
}

impl Code {
    /// The programs on the code's page; none for faults that no program alone can have, as a limit's.
    pub fn examples(self) -> Vec<Example> {
        let mut examples = Vec::new();
        let mut lines = self.page().lines();
        while let Some(line) = lines.next() {
            let verdict = match line {
                "```prism bad" => Verdict::Bad,
                "```prism good" => Verdict::Good,
                _ => continue,
            };
            let body = lines.by_ref().take_while(|line| *line != "```");
            examples.push(Example::new(verdict, body));
        }
        examples
    }
}

impl Example {
    fn new<'a>(verdict: Verdict, body: impl Iterator<Item = &'a str>) -> Self {
        let mut example = Example { verdict, text: String::new(), files: Vec::new() };
        for line in body {
            if let Some(name) = line.strip_prefix("// file: ") {
                example.files.push((name.to_owned(), String::new()));
                continue;
            }
            let text = example.files.last_mut().map_or(&mut example.text, |(_, text)| text);
            text.push_str(line);
            text.push('\n');
        }
        example
    }
}
