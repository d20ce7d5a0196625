//! The syntax tree: what a Prism text says, with nothing decided yet.
//!
//! Every node knows its [`Span`]; nodes that later stages say something about have a [`NodeId`], so that what they find
//! out lives in side tables and the tree itself never changes. Parentheses are kept ([`ExprKind::Paren`]): the
//! formatter and a few grammar rules need them. A text with faults still gives a tree, with [`ExprKind::Error`] and
//! [`StmtKind::Error`] where nothing could be made of it.

mod expr;
mod ops;
mod pattern;
mod stmt;
mod ty;
pub mod visit;

pub use expr::*;
pub use ops::*;
pub use pattern::*;
pub use stmt::*;
pub use ty::*;
pub use visit::Visitor;

use prism_diagnostics::{SourceId, Span};

/// A name or text of the program; cheap to clone.
pub type Name = smol_str::SmolStr;

/// The number of a node, unique in its module and below [`Module::node_count`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct NodeId(pub u32);

/// A name where it stands.
#[derive(Clone, Debug, PartialEq)]
pub struct Ident {
    /// The name.
    pub name: Name,
    /// Where.
    pub span: Span,
    /// For what later stages say of it.
    pub id: NodeId,
}

/// A comment, kept for the formatter.
#[derive(Clone, Debug, PartialEq)]
pub struct Comment {
    /// The whole comment with its marks.
    pub span: Span,
}

/// One text.
#[derive(Clone, Debug, PartialEq)]
pub struct Module {
    /// The text it was read from.
    pub source: SourceId,
    /// The whole text.
    pub span: Span,
    /// The opening `/** … */`, if there is one: the pattern's metadata (§10).
    pub metadata: Option<Comment>,
    /// All comments in order, the opening one included.
    pub comments: Vec<Comment>,
    /// The statements.
    pub body: Vec<Stmt>,
    /// One more than the largest [`NodeId`].
    pub node_count: u32,
    /// Where the targets of plain assignments (`a = 1`, `[a, b] = c`) begin that may declare names, in order.
    pub assignments: Vec<u32>,
}
