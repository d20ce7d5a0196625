//! Generated programs as trees: how they are printed, with probes and without, and where they can be made smaller.
//!
//! A tree knows of the language only what probes need: where statements and blocks begin, and which names they declare.
//! A probe stands on the line of what it looks at, so that both texts of a program have the same lines.

use super::run::Answers;
use prism_engine::MemoryProject;
use std::fmt::Write as _;

/// A line of the text of that number: 0 for the program, 1 for the module that it imports from.
pub fn place(text: u32, line: u32) -> u32 {
    text * 1_000_000 + line
}

/// The path of the module that a program imports from.
pub const MODULE: &str = "lib.prism";

/// A project of just that module, if there is one.
pub fn project(module: Option<&str>) -> MemoryProject {
    module.into_iter().fold(MemoryProject::new(), |project, text| project.with(MODULE, text))
}

/// A piece of a statement.
#[derive(Clone, Debug)]
pub enum Node {
    /// As it stands.
    Text(String),
    /// A name that is declared here: an annotation may follow it.
    Name(String),
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
    /// The line that it opens with, if there is one: a comment, or the head of a pattern whose body the statements are.
    pub metadata: String,
    /// The statements of a module that it imports from; empty if it imports nothing.
    pub module: Vec<Stmt>,
    /// The statements.
    pub stmts: Vec<Stmt>,
    /// The input.
    pub input: serde_json::Value,
    /// What the agents' answers are drawn from.
    pub answers: Answers,
    /// What the checker finds out is written out, as annotations, before all else.
    pub annotated: bool,
}

/// What is printed beside the program: nothing, unless said. Places are [`place`]s.
pub trait Probes {
    /// What looks at a name that the line declares, if anything is to.
    fn name(&mut self, _name: &str, _place: u32) -> Option<String> {
        None
    }

    /// What notes that a statement or block that begins in the line was reached.
    fn reached(&mut self, _place: u32) -> Option<String> {
        None
    }

    /// What notes that a statement that begins in the line has ended.
    fn done(&mut self, _place: u32) -> Option<String> {
        None
    }

    /// The annotation of a name that the line declares, if it is to have one.
    fn annotation(&mut self, _name: &str, _place: u32) -> Option<String> {
        None
    }
}

/// No probes.
#[derive(Debug)]
pub struct Bare;

impl Probes for Bare {}

impl Node {
    /// A name that is declared here.
    pub fn name(name: &str) -> Node {
        Node::Name(name.to_owned())
    }

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
        let mut printer = Printer { text: String::new(), place: place(0, 1), probes };
        if !self.metadata.is_empty() {
            printer.push(&self.metadata);
            printer.push("\n");
        }
        printer.stmts(&self.stmts);
        if self.metadata.starts_with("pattern ") {
            printer.push("}\n");
        }
        printer.text
    }

    /// The text of the module that it imports from, if it does.
    pub fn print_module(&self, probes: &mut dyn Probes) -> Option<String> {
        let mut printer = Printer { text: String::new(), place: place(1, 1), probes };
        printer.stmts(&self.module);
        (!self.module.is_empty()).then_some(printer.text)
    }
}

struct Printer<'p> {
    text: String,
    place: u32,
    probes: &'p mut dyn Probes,
}

impl Printer<'_> {
    fn push(&mut self, text: &str) {
        self.text.push_str(text);
        self.place += text.matches('\n').count() as u32;
    }

    fn stmts(&mut self, stmts: &[Stmt]) {
        for (at, stmt) in stmts.iter().enumerate() {
            let place = self.place;
            if let Some(probe) = self.probes.reached(place) {
                let _ = write!(self.text, "{probe}; ");
            }
            self.nodes(&stmt.nodes);
            // The last statement's value is the block's.
            if at + 1 < stmts.len() {
                self.names(&stmt.names, place, "; ", "");
                if let Some(probe) = self.probes.done(place) {
                    let _ = write!(self.text, "; {probe}");
                }
            }
            self.push("\n");
        }
    }

    fn names(&mut self, names: &[String], place: u32, before: &str, after: &str) {
        for name in names {
            if let Some(probe) = self.probes.name(name, place) {
                let _ = write!(self.text, "{before}{probe}{after}");
            }
        }
    }

    fn nodes(&mut self, nodes: &[Node]) {
        for node in nodes {
            match node {
                Node::Text(text) => self.push(text),
                Node::Name(name) => {
                    self.push(name);
                    if let Some(annotation) = self.probes.annotation(name, self.place) {
                        let _ = write!(self.text, ": {annotation}");
                    }
                }
                Node::Expr(nodes) => self.nodes(nodes),
                Node::Block(block) => self.block(block),
            }
        }
    }

    fn block(&mut self, block: &Block) {
        let place = self.place;
        self.push("{ ");
        if let Some(probe) = self.probes.reached(place) {
            let _ = write!(self.text, "{probe}; ");
        }
        self.names(&block.names, place, "", "; ");
        self.push("\n");
        self.stmts(&block.stmts);
        self.push("}");
    }
}
