//! Patterns: what takes values apart, in declarations, assignments, parameters, loops, `catch` and `match` (§7).

use super::{Expr, Ident, Key, NodeId};
use prism_diagnostics::Span;

/// A pattern with its threshold.
#[derive(Clone, Debug, PartialEq)]
pub struct Pattern {
    /// What it is.
    pub kind: PatternKind,
    /// `~> t`: the part must be at least that sure.
    pub threshold: Option<Box<Expr>>,
    /// The whole, threshold included.
    pub span: Span,
    /// For what later stages say of it.
    pub id: NodeId,
}

/// The kinds of patterns.
#[derive(Clone, Debug, PartialEq)]
pub enum PatternKind {
    /// `_`.
    Wildcard,
    /// A name; in `match` it binds whatever is there.
    Name(Ident),
    /// A literal (`match` only): null, boolean, number (signed too) or string.
    Literal(Box<Expr>),
    /// `[a, , b = 2, ...rest]`; `None` is a hole.
    Array {
        /// The parts.
        elements: Vec<Option<PatternPart>>,
        /// `...rest`.
        rest: Option<Box<Pattern>>,
    },
    /// `{x, y: z, v = 1, ...others}`.
    Object {
        /// The parts.
        fields: Vec<PatternField>,
        /// `...others`.
        rest: Option<Box<Pattern>>,
    },
    /// Could not be read; already reported.
    Error,
}

/// A part with its default.
#[derive(Clone, Debug, PartialEq)]
pub struct PatternPart {
    /// What the part is bound to.
    pub pattern: Pattern,
    /// `= d`, for a missing part.
    pub default: Option<Expr>,
}

/// A keyed part.
#[derive(Clone, Debug, PartialEq)]
pub struct PatternField {
    /// The key.
    pub key: Key,
    /// Whether key and name are one (`{x}`).
    pub shorthand: bool,
    /// What the part is bound to, with its default.
    pub part: PatternPart,
}
