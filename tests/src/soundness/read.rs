//! Printed programs read back: the cases of `tests/soundness`.
//!
//! Only what the printer makes is understood: a `{` at a line's end begins a block, a `}` at a line's beginning ends it.
//! A line `// input {…}` gives the input.

use super::run::Answers;
use super::tree::{Block, Node, Stmt, Tree};
use serde_json::json;

/// The program of a case.
pub fn read(text: &str) -> Tree {
    let (metadata, text) = match text.split_once("*/\n") {
        Some((metadata, text)) => (format!("{metadata}*/"), text),
        None => (String::new(), text),
    };
    let is_input = |line: &str| line.strip_prefix("// input ").and_then(|input| serde_json::from_str(input).ok());
    let input = text.lines().find_map(is_input).unwrap_or(json!({}));
    let mut reader = Reader { lines: text.lines().collect(), at: 0 };
    Tree { metadata, module: Vec::new(), stmts: reader.stmts(), input, answers: Answers::default(), annotated: false }
}

struct Reader<'t> {
    lines: Vec<&'t str>,
    at: usize,
}

impl<'t> Reader<'t> {
    fn next(&mut self) -> Option<&'t str> {
        let line = self.lines.get(self.at).copied();
        self.at += 1;
        line
    }

    /// Statements up to the end of their block, which is not taken.
    fn stmts(&mut self) -> Vec<Stmt> {
        let mut stmts = Vec::new();
        while let Some(line) = self.lines.get(self.at).filter(|line| !line.starts_with('}')) {
            self.at += 1;
            let names = declared(line);
            let mut nodes = Vec::new();
            self.line(line, &mut nodes);
            stmts.push(Stmt { nodes, names });
        }
        stmts
    }

    /// A line and all that belongs to the blocks that it opens.
    fn line(&mut self, line: &str, nodes: &mut Vec<Node>) {
        let mut line = line.to_owned();
        loop {
            let Some(header) = line.trim_end().strip_suffix('{').map(str::to_owned) else {
                nodes.push(Node::text(line));
                return;
            };
            if header.contains("uncertain ") {
                nodes.push(Node::text(format!("{header}{{")));
                while let Some(level) = self.lines.get(self.at).filter(|line| !line.starts_with('}')) {
                    self.at += 1;
                    nodes.push(Node::text(format!("\n{}", level.trim_end_matches(['{', ' ']))));
                    nodes.push(Node::text(" "));
                    let stmts = self.stmts();
                    nodes.push(Node::Block(Block { names: Vec::new(), stmts }));
                    self.at += 1;
                }
                nodes.push(Node::text("\n}"));
            } else {
                let known = declared(&header);
                let names = words(&header).filter(|name| !known.contains(name)).collect();
                nodes.push(Node::text(header));
                let stmts = self.stmts();
                nodes.push(Node::Block(Block { names, stmts }));
            }
            line = self.next().unwrap_or("}")[1..].to_owned();
        }
    }
}

/// The names in a piece of a program: a letter and a number.
fn words(text: &str) -> impl Iterator<Item = String> {
    let all = text.split(|c: char| !c.is_alphanumeric());
    let is_name = |word: &&str| word.len() > 1 && word.is_char_boundary(1) && word[1..].parse::<u32>().is_ok();
    all.filter(is_name).filter(|word| word.starts_with(|c: char| c.is_alphabetic())).map(str::to_owned)
}

/// The names that a statement beginning so declares or assigns.
fn declared(line: &str) -> Vec<String> {
    match line.split_once(" = ") {
        Some((target, _)) if !target.contains('(') => words(target).collect(),
        _ => Vec::new(),
    }
}
