//! Generated programs as trees: how they are printed, with probes and without, and where they can be made smaller.
//!
//! A tree knows of the language only what probes need: where statements and blocks begin, and which names they declare.
//! A probe stands on the line of what it looks at, so that both texts of a program have the same lines.

use std::fmt::Write as _;

/// A piece of a statement.
#[derive(Clone, Debug)]
pub enum Node {
    /// As it stands.
    Text(String),
    /// An expression: in its place could be another.
    Expr(Vec<Node>),
    /// Statements in braces.
    Block(Block),
}

/// Statements in braces.
#[derive(Clone, Debug, Default)]
pub struct Block {
    /// Names that the header declares: parameters, names of loops, of `catch`, of an arm.
    pub names: Vec<String>,
    /// What it consists of.
    pub stmts: Vec<Stmt>,
}

/// A statement.
#[derive(Clone, Debug)]
pub struct Stmt {
    /// What it consists of.
    pub nodes: Vec<Node>,
    /// Names that it declares or assigns.
    pub names: Vec<String>,
}

/// A program with all that it is run with.
#[derive(Clone, Debug)]
pub struct Tree {
    /// The opening comment, if there is one: one line.
    pub metadata: String,
    /// The statements.
    pub stmts: Vec<Stmt>,
    /// The input.
    pub input: serde_json::Value,
    /// What the agents' answers are drawn from.
    pub answers: u64,
}

/// What is printed beside the program.
pub trait Probes {
    /// What looks at a name that the line declares, if anything is to.
    fn name(&mut self, name: &str, line: u32) -> Option<String>;

    /// What notes that a statement or block that begins in the line was reached.
    fn reached(&mut self, line: u32) -> Option<String>;

    /// What notes that a statement that begins in the line has ended.
    fn done(&mut self, line: u32) -> Option<String>;
}

/// No probes.
#[derive(Debug)]
pub struct Bare;

impl Probes for Bare {
    fn name(&mut self, _: &str, _: u32) -> Option<String> {
        None
    }

    fn reached(&mut self, _: u32) -> Option<String> {
        None
    }

    fn done(&mut self, _: u32) -> Option<String> {
        None
    }
}

impl Node {
    /// A piece of text.
    pub fn text(text: impl Into<String>) -> Node {
        Node::Text(text.into())
    }
}

impl Stmt {
    /// A statement that declares nothing.
    pub fn new(nodes: Vec<Node>) -> Stmt {
        Stmt { nodes, names: Vec::new() }
    }
}

impl Tree {
    /// The program's text.
    pub fn print(&self, probes: &mut dyn Probes) -> String {
        let mut printer = Printer { text: String::new(), line: 1, probes };
        if !self.metadata.is_empty() {
            printer.push(&self.metadata);
            printer.push("\n");
        }
        printer.stmts(&self.stmts);
        printer.text
    }
}

struct Printer<'p> {
    text: String,
    line: u32,
    probes: &'p mut dyn Probes,
}

impl Printer<'_> {
    fn push(&mut self, text: &str) {
        self.text.push_str(text);
        self.line += text.matches('\n').count() as u32;
    }

    fn stmts(&mut self, stmts: &[Stmt]) {
        for (at, stmt) in stmts.iter().enumerate() {
            let line = self.line;
            if let Some(probe) = self.probes.reached(line) {
                let _ = write!(self.text, "{probe}; ");
            }
            self.nodes(&stmt.nodes);
            // The last statement's value is the block's.
            if at + 1 < stmts.len() {
                self.names(&stmt.names, line, "; ", "");
                if let Some(probe) = self.probes.done(line) {
                    let _ = write!(self.text, "; {probe}");
                }
            }
            self.push("\n");
        }
    }

    fn names(&mut self, names: &[String], line: u32, before: &str, after: &str) {
        for name in names {
            if let Some(probe) = self.probes.name(name, line) {
                let _ = write!(self.text, "{before}{probe}{after}");
            }
        }
    }

    fn nodes(&mut self, nodes: &[Node]) {
        for node in nodes {
            match node {
                Node::Text(text) => self.push(text),
                Node::Expr(nodes) => self.nodes(nodes),
                Node::Block(block) => self.block(block),
            }
        }
    }

    fn block(&mut self, block: &Block) {
        let line = self.line;
        self.push("{ ");
        if let Some(probe) = self.probes.reached(line) {
            let _ = write!(self.text, "{probe}; ");
        }
        self.names(&block.names, line, "", "; ");
        self.push("\n");
        self.stmts(&block.stmts);
        self.push("}");
    }
}
