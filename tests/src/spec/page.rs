//! Markdown to examples: every `prism` block is a program, other blocks are settings for the programs below them.
//!
//! Settings hold from where they stand to the end of their section, its subsections included. Not here: what the
//! comments of a program assert ([`crate::spec::assertion`]).

use crate::modes::Program;
use parallax_runtime_host::agent::ScriptedAgent;
use prism_diagnostics::Code;
use prism_engine::MemoryProject;
use pulldown_cmark::{CodeBlockKind, Event, HeadingLevel, Parser, Tag, TagEnd};
use serde::Deserialize;
use serde_json::Value;
use std::collections::BTreeMap;
use std::sync::Arc;

/// The program's path in its project.
pub const PATH: &str = "main.prism";

/// A program of a page.
#[derive(Clone, Debug)]
pub struct Example {
    /// The headings above it, outermost first.
    pub headings: Vec<String>,
    /// The page's line on which the program's first line stands, from 1.
    pub line: usize,
    /// The program.
    pub text: String,
    /// What it is run with.
    pub settings: Settings,
}

impl Example {
    /// A text in these surroundings.
    pub fn program(&self, text: &str) -> Program {
        let Settings { input, agents, files, .. } = &self.settings;
        let project = files.iter().fold(MemoryProject::new(), |project, (path, text)| project.with(path, text));
        Program {
            path: PATH.to_owned(),
            text: text.to_owned(),
            project: Arc::new(project),
            input: input.clone(),
            agents: agents.clone(),
        }
    }
}

/// What a program is run with.
#[derive(Clone, Debug, Default)]
pub struct Settings {
    /// The input.
    pub input: Value,
    /// The scripted agents.
    pub agents: Vec<ScriptedAgent>,
    /// The other files of its project, by path.
    pub files: BTreeMap<String, String>,
    /// Rules whose warnings are not asserted.
    pub allow: Vec<String>,
}

/// A section that has begun.
struct Section {
    level: HeadingLevel,
    heading: String,
    /// As they were before it.
    outer: Settings,
}

/// The examples of a page, in order.
///
/// # Errors
/// If a block of settings is not of its form, or a block says what nothing reads.
pub fn read(page: &str) -> Result<Vec<Example>, String> {
    let mut reader = Reader::default();
    let mut events = Parser::new(page).into_offset_iter();
    while let Some((event, range)) = events.next() {
        match event {
            Event::Start(Tag::Heading { level, .. }) => {
                let heading = text_until(&mut events, |end| matches!(end, TagEnd::Heading(_)));
                reader.begin(level, heading);
            }
            Event::Start(Tag::CodeBlock(CodeBlockKind::Fenced(info))) => {
                let text = text_until(&mut events, |end| matches!(end, TagEnd::CodeBlock));
                let line = page[..range.start].matches('\n').count() + 2;
                reader.block(&info, text, line).map_err(|fault| format!("line {line}: {fault}"))?;
            }
            _ => {}
        }
    }
    Ok(reader.examples)
}

/// The text of an element up to its end.
fn text_until<'a>(
    events: &mut impl Iterator<Item = (Event<'a>, std::ops::Range<usize>)>,
    ends: fn(&TagEnd) -> bool,
) -> String {
    let inside = events.take_while(|(event, _)| !matches!(event, Event::End(end) if ends(end)));
    let texts = inside.filter_map(|(event, _)| match event {
        Event::Text(text) | Event::Code(text) => Some(text.into_string()),
        _ => None,
    });
    texts.collect()
}

#[derive(Default)]
struct Reader {
    sections: Vec<Section>,
    settings: Settings,
    examples: Vec<Example>,
}

impl Reader {
    fn begin(&mut self, level: HeadingLevel, heading: String) {
        while let Some(section) = self.sections.pop_if(|section| section.level >= level) {
            self.settings = section.outer;
        }
        self.sections.push(Section { level, heading, outer: self.settings.clone() });
    }

    fn block(&mut self, info: &str, text: String, line: usize) -> Result<(), String> {
        let mut words = info.split_whitespace();
        match (words.next(), words.next(), words.next()) {
            (Some("prism"), None, _) => {
                let headings = self.sections.iter().map(|section| section.heading.clone()).collect();
                self.examples.push(Example { headings, line, text, settings: self.settings.clone() });
            }
            (Some("prism"), Some(word), None) if word.starts_with("file=") => {
                self.settings.files.insert(word.trim_start_matches("file=").to_owned(), text);
            }
            (Some("json"), Some("input"), None) => self.settings.input = json(&text)?,
            (Some("json"), Some("agents"), None) => self.settings.agents = json(&text)?,
            (Some("json"), Some("allow"), None) => self.settings.allow.extend(rules(&text)?),
            (Some("prism" | "json"), Some(_), _) => return Err(format!("nothing reads a block `{info}`")),
            _ => {}
        }
        Ok(())
    }
}

/// Names of rules, all of which are in the catalog.
fn rules(text: &str) -> Result<Vec<String>, String> {
    let rules: Vec<String> = json(text)?;
    match rules.iter().find(|rule| Code::find(rule).is_none()) {
        Some(unknown) => Err(format!("no rule is called `{unknown}`")),
        None => Ok(rules),
    }
}

fn json<T: for<'de> Deserialize<'de>>(text: &str) -> Result<T, String> {
    serde_json::from_str(text).map_err(|error| error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_hold_to_the_end_of_their_section() {
        let page = "# A\n```prism file=m.prism\nx\n```\n## B `c`\n```json input\n{\"n\": 1}\n```\n```prism\n1\n```\n## D\n```prism\n2\n```\n";
        let examples = read(page).expect("a page");
        let brief = |example: &Example| (example.headings.join("/"), example.line, example.settings.input.to_string());
        let brief: Vec<_> = examples.iter().map(brief).collect();
        assert_eq!(
            brief,
            [("A/B c".to_owned(), 10, r#"{"n":1}"#.to_owned()), ("A/D".to_owned(), 14, "null".to_owned())]
        );
        assert!(examples.iter().all(|example| example.settings.files["m.prism"] == "x\n"));
        assert_eq!(
            read("```prism fil=m\n```").map(drop),
            Err("line 2: nothing reads a block `prism fil=m`".to_owned())
        );
    }
}
