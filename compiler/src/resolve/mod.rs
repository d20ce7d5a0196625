//! The one name resolver: what each name means, which variables closures share, what is declared by being assigned.
//! Checker, lowering and editors all ask its [`Resolution`]; none looks names up by itself.

mod binder;
mod broken;
mod check;
mod faults;
pub(crate) mod hoist;
mod imports;
pub(crate) mod known;
mod scope;
mod session;
mod usage;
mod walk;

pub use session::{SessionName, SessionNames, Shared};

use crate::ast::{Module, Name, NodeId};
use crate::hash::HashMap;
use crate::modules::{ExportTable, Links};
use prism_bytecode::{Catalog, HostName, LibraryId};
use prism_diagnostics::{Diagnostic, Span};

/// The number of a variable in its module's [`Resolution`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct VariableId(pub u32);

/// The number of a body in its module's [`Resolution`]; the module's top level is 0.
///
/// A *body* is what becomes one function of bytecode: a module's top level (with the block of its `pattern`), a
/// function or lambda, the block of `parallel` or `race`, the condition of `until`, a branch of `parallel { … }`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct BodyId(pub u32);

/// What a name that is read or assigned means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Binding {
    /// A variable of this module.
    Variable(VariableId),
    /// What another module exports, by its number among all exports ([`crate::modules::ExportTable`]).
    Import(u32),
    /// All exports of another module as one object: `import * as ns`.
    Namespace(u32),
    /// A name of the library.
    Library(LibraryId),
    /// A free name of a pattern.
    Host(HostName),
    /// A called name that nothing declares, inside `parallel` or `race`: dispatches to the block's agent, which is the
    /// variable (§9). `llm` there is one too.
    Dispatch(VariableId),
    /// Nothing; already reported.
    Unknown,
}

/// How a variable came about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum VariableKind {
    /// `let`.
    Let,
    /// `const`.
    Const,
    /// A first assignment.
    Implicit,
    /// A function's declaration.
    Function,
    /// A parameter.
    Parameter,
    /// A loop's header.
    Loop,
    /// `catch (e)`.
    Catch,
    /// A pattern of `match`.
    Match,
    /// `agent` of `parallel` and `race`, `answer` of `until`, `agents { a: … }`.
    Agent,
    /// What a pipeline puts in the place of `_`; only where a `_` stands in a body inside the pipeline's own.
    Piped,
}

/// A variable.
#[derive(Clone, Debug, PartialEq)]
pub struct Variable {
    /// Its name.
    pub name: Name,
    /// How it came about.
    pub kind: VariableKind,
    /// Where it is declared, or first assigned.
    pub declared: Span,
    /// The body that it lives in.
    pub body: BodyId,
    /// Whether an inner body uses it.
    pub captured: bool,
    /// In how many places it gets a value: its declaration, assignments (of its parts too), methods that mutate it.
    pub assignments: u32,
    /// Whether an inner body gives it a value.
    pub shared: bool,
    /// Whether it may be read before its declaration has run, so that reads must check (§6).
    pub check_init: bool,
    /// How often it is read.
    pub reads: u32,
}

/// A body.
#[derive(Clone, Debug, PartialEq)]
pub struct BodyInfo {
    /// The body around it.
    pub parent: Option<BodyId>,
    /// The variables of outer bodies that it or a body inside it uses, in order of first use: the closure's captures.
    pub captures: Vec<VariableId>,
    /// The variables that its assignments declare, null at its start, in order of first assignment. Those of a
    /// `pattern` block are the module's.
    pub implicit: Vec<VariableId>,
}

/// Where the value of an export comes from.
#[derive(Clone, Debug, PartialEq)]
pub enum ExportSource {
    /// A variable of this module: its value when the module has run.
    Variable(VariableId),
    /// `export default e`: set where the statement stands.
    Default,
}

/// A name that this module itself gives a value; names passed on from other modules have none here.
#[derive(Clone, Debug, PartialEq)]
pub struct ExportInfo {
    /// The name outside.
    pub name: Name,
    /// Its number among all exports of the program.
    pub slot: u32,
    /// Where its value comes from.
    pub source: ExportSource,
}

/// What the resolver found out about one module.
#[derive(Clone, Debug, Default)]
pub struct Resolution {
    /// All variables.
    pub variables: Vec<Variable>,
    /// All bodies; the first is the module's top level.
    pub bodies: Vec<BodyInfo>,
    /// What the module exports of its own.
    pub exports: Vec<ExportInfo>,
    /// Of an input of a session: what it shares with the others. Empty for a program's modules.
    pub shared: Shared,
    /// By node: what a [`crate::ast::ExprKind::Name`] (read, called or assigned) means, and which variable an
    /// [`crate::ast::Ident`] that declares something declares. Where a `_` stands in a body inside its pipeline's own,
    /// the [`crate::ast::ExprKind::Pipe`] and that `_` are bound to a variable too.
    bindings: Vec<Option<Binding>>,
    /// By node: the body that a function ([`crate::ast::Function::id`]), a block ([`crate::ast::Block::id`] of `parallel`
    /// and `race`), an `until` ([`crate::ast::Until::answer`]) or a branch (its value's id) became.
    body_of: Vec<Option<BodyId>>,
    /// The numbers in the text from 0 to 1, as often as they stand there: what may be meant as confidences.
    pub fractions: Vec<f64>,
    /// The constants that are bound to known numbers.
    known: HashMap<VariableId, f64>,
}

/// What the names of a module are held against.
pub struct Surroundings<'a> {
    /// The library.
    pub catalog: &'a Catalog,
    /// Whether the module is the library's own, which may name hidden entries and declares what it exports.
    pub library: bool,
    /// Where the module has syntax errors: names may be missing only because of those.
    pub broken: &'a [Span],
    /// Where the module's imports lead.
    pub links: &'a Links,
    /// What the modules before it export; its own exports are added.
    pub exports: &'a mut ExportTable,
    /// Of an input of a session: the names that earlier inputs left.
    pub session: Option<&'a SessionNames>,
}

impl Surroundings<'_> {
    /// The library's meaning of a name that no scope declares.
    fn library_name(&self, name: &str) -> Option<LibraryId> {
        let hidden = || self.catalog.find(name).filter(|_| self.library && !name.contains('.'));
        self.catalog.global(name).or_else(hidden)
    }
}

/// Resolves the names of a module with that text, adds its exports to the table, and holds it against the rules that
/// need no more than names. The diagnostics are in no particular order.
pub fn resolve(module: &Module, text: &str, around: Surroundings<'_>) -> (Resolution, Vec<Diagnostic>) {
    let (resolution, mut diagnostics) = binder::Binder::new(module, text, around).run();
    diagnostics.extend(check::check(module, &resolution));
    (resolution, diagnostics)
}

/// How many variables most modules of so many nodes have room in.
fn usual_variables(node_count: u32) -> usize {
    node_count as usize / 8
}

/// How many bodies most modules of so many nodes have room in.
fn usual_bodies(node_count: u32) -> usize {
    node_count as usize / 32 + 1
}

impl Resolution {
    /// An empty one for a module with that many nodes.
    pub fn new(node_count: u32) -> Self {
        Resolution {
            variables: Vec::with_capacity(usual_variables(node_count)),
            bodies: Vec::with_capacity(usual_bodies(node_count)),
            exports: Vec::new(),
            shared: Shared::default(),
            bindings: vec![None; node_count as usize],
            body_of: vec![None; node_count as usize],
            fractions: Vec::new(),
            known: HashMap::default(),
        }
    }

    /// What the name at that node means.
    pub fn binding(&self, node: NodeId) -> Binding {
        self.bindings.get(node.0 as usize).copied().flatten().unwrap_or(Binding::Unknown)
    }

    /// The variable that the name at that node declares or means.
    pub fn variable_at(&self, node: NodeId) -> Option<VariableId> {
        match self.binding(node) {
            Binding::Variable(id) => Some(id),
            _ => None,
        }
    }

    /// A variable.
    pub fn variable(&self, id: VariableId) -> &Variable {
        &self.variables[id.0 as usize]
    }

    /// A body.
    pub fn body(&self, id: BodyId) -> &BodyInfo {
        &self.bodies[id.0 as usize]
    }

    /// The body that the node became.
    pub fn body_of(&self, node: NodeId) -> Option<BodyId> {
        self.body_of.get(node.0 as usize).copied().flatten()
    }

    /// Notes what the name at that node means.
    pub fn bind(&mut self, node: NodeId, binding: Binding) {
        if let Some(slot) = self.bindings.get_mut(node.0 as usize) {
            *slot = Some(binding);
        }
    }

    /// Notes which body the node became.
    pub fn set_body(&mut self, node: NodeId, body: BodyId) {
        if let Some(slot) = self.body_of.get_mut(node.0 as usize) {
            *slot = Some(body);
        }
    }
}
