//! Expressions.

use super::{BinaryOp, Block, Function, Ident, Name, NodeId, Pattern, Stmt, UnaryOp};
use prism_diagnostics::Span;

/// An expression.
#[derive(Clone, Debug, PartialEq)]
pub struct Expr {
    /// What it is.
    pub kind: ExprKind,
    /// Where it stands.
    pub span: Span,
    /// For what later stages say of it.
    pub id: NodeId,
}

/// The kinds of expressions. Rare parts are boxed: a tree has about one expression for two tokens, so their size is
/// what a tree's size comes to.
#[derive(Clone, Debug, PartialEq)]
pub enum ExprKind {
    /// `null` or `undefined`.
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// A number.
    Number(f64),
    /// A string without interpolation, escapes resolved.
    String(Name),
    /// A string with interpolation.
    Template(Vec<TemplatePart>),
    /// A name that is read.
    Name(Name),
    /// `_` in a pipeline.
    Placeholder,
    /// `[a, ...b]`.
    Array(Vec<Element>),
    /// `{a, b: 1, ...c}`.
    Object(Vec<Property>),
    /// A prefix operator.
    Unary {
        /// The operator.
        op: UnaryOp,
        /// Where the operator stands.
        op_span: Span,
        /// What it applies to.
        operand: Box<Expr>,
    },
    /// An infix operator, the lazy ones included.
    Binary {
        /// The operator.
        op: BinaryOp,
        /// Where the operator stands.
        op_span: Span,
        /// The left operand.
        left: Box<Expr>,
        /// The right operand.
        right: Box<Expr>,
    },
    /// `c ? a : b`, or `c ~? a : b`.
    Conditional {
        /// Whether it is `~?`.
        confident: bool,
        /// The condition.
        condition: Box<Expr>,
        /// Its value where the condition holds.
        then: Box<Expr>,
        /// Its value where not.
        otherwise: Box<Expr>,
    },
    /// `o.p`, `o?.p`, `o~.p`.
    Member {
        /// The whole.
        object: Box<Expr>,
        /// How it is reached.
        access: Access,
        /// The member's name; may be a reserved word.
        name: Ident,
    },
    /// `o[i]`.
    Index {
        /// The whole.
        object: Box<Expr>,
        /// Which part.
        index: Box<Expr>,
    },
    /// `f(a, ...b, c: 1)`.
    Call {
        /// What is called.
        callee: Box<Expr>,
        /// The arguments; named ones stand last and make one object.
        arguments: Vec<Argument>,
    },
    /// `x |> e`, or `x ~|> e`.
    Pipe {
        /// Whether it is `~|>`.
        confident: bool,
        /// What goes in.
        value: Box<Expr>,
        /// Where it goes.
        target: Box<Expr>,
    },
    /// A lambda, or a function without a declaration.
    Function(Box<Function>),
    /// `(e)`.
    Paren(Box<Expr>),
    /// `{ … }` as an expression.
    Block(Box<Block>),
    /// `if c {} else {}`.
    If {
        /// The condition.
        condition: Box<Expr>,
        /// What runs where it holds; unbraced for a single statement.
        then: Box<Block>,
        /// What runs where not; `else if` is an unbraced block with one `if`.
        otherwise: Option<Box<Block>>,
    },
    /// `uncertain if (x) {…}`.
    UncertainIf {
        /// Whose confidence chooses.
        condition: Box<Expr>,
        /// The blocks.
        levels: Box<Levels>,
    },
    /// `match v { … }`.
    Match {
        /// What is looked at.
        subject: Box<Expr>,
        /// The arms in order.
        arms: Vec<Arm>,
    },
    /// `try {} catch (e) {} finally {}`.
    Try {
        /// What may fail.
        body: Box<Block>,
        /// What is done with the error.
        catch: Option<Box<Catch>>,
        /// What runs in any case.
        finally: Option<Box<Block>>,
    },
    /// `parallel agents timeout(…) min_results(…) { … }`.
    Parallel {
        /// The agents.
        agents: Box<Expr>,
        /// `timeout(ms)`.
        timeout: Option<Box<Expr>>,
        /// `min_results(n)`.
        min_results: Option<Box<Expr>>,
        /// Runs once an agent, with `agent` bound.
        body: Box<Block>,
        /// The implicit declaration of `agent`.
        agent: Box<Ident>,
    },
    /// `parallel { a: f(), b: g() }`.
    ParallelBranches(Vec<Branch>),
    /// `race agents timeout(…) { … } until (…)`.
    Race {
        /// The agents.
        agents: Box<Expr>,
        /// `timeout(ms)`.
        timeout: Option<Box<Expr>>,
        /// Runs once an agent, with `agent` bound.
        body: Box<Block>,
        /// The implicit declaration of `agent`.
        agent: Box<Ident>,
        /// `until (…)` with its implicit declaration of `answer`.
        until: Option<Box<Until>>,
    },
    /// `sequential { … }`.
    Sequential(Box<Block>),
    /// Something that could not be read; already reported.
    Error,
}

impl ExprKind {
    /// Whether it is made of other nodes: every other expression is not.
    pub(crate) fn has_parts(&self) -> bool {
        use ExprKind::*;
        !matches!(self, Null | Bool(_) | Number(_) | String(_) | Name(_) | Placeholder | Error)
    }
}

/// How a member is reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// `.`: an error on null.
    Plain,
    /// `?.`: null on null, for the rest of the chain.
    Optional,
    /// `~.`: as `?.`.
    Confident,
}

/// A piece of a string with interpolation.
#[derive(Clone, Debug, PartialEq)]
pub enum TemplatePart {
    /// Text, escapes resolved.
    Text(Name),
    /// `${e}`.
    Expr(Expr),
}

/// A member of an array literal.
#[derive(Clone, Debug, PartialEq)]
pub enum Element {
    /// `e`.
    Item(Expr),
    /// `...e`.
    Spread(Expr),
}

/// A member of an object literal.
#[derive(Clone, Debug, PartialEq)]
pub enum Property {
    /// `key: value`.
    Pair(Key, Expr),
    /// `name`; the expression is the name read.
    Shorthand(Expr),
    /// `...e`.
    Spread(Expr),
}

/// A key as written.
#[derive(Clone, Debug, PartialEq)]
pub struct Key {
    /// The key itself: of a number its display.
    pub name: Name,
    /// Whether it was written as a string.
    pub quoted: bool,
    /// Where.
    pub span: Span,
}

/// An argument of a call.
#[derive(Clone, Debug, PartialEq)]
pub enum Argument {
    /// `e`.
    Positional(Expr),
    /// `...e`.
    Spread(Expr),
    /// `name: e`.
    Named(Box<Key>, Expr),
}

/// The blocks of `uncertain if/while/for`.
#[derive(Clone, Debug, PartialEq)]
pub struct Levels {
    /// `threshold(high, medium)`.
    pub thresholds: Option<Box<(Expr, Expr)>>,
    /// The blocks in order of appearance.
    pub branches: Vec<LevelBranch>,
    /// Whether no syntax error has hidden a block.
    pub is_whole: bool,
}

/// One block of `uncertain`.
#[derive(Clone, Debug, PartialEq)]
pub struct LevelBranch {
    /// Which level.
    pub level: Level,
    /// Where its keyword stands.
    pub keyword: Span,
    /// What runs.
    pub body: Block,
}

/// A level of confidence.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Level {
    /// At least 0.7 unless said otherwise.
    High,
    /// At least 0.5 unless said otherwise.
    Medium,
    /// Below that.
    Low,
    /// Whatever has no block of its own.
    Default,
}

impl Level {
    /// The keyword.
    pub fn as_str(self) -> &'static str {
        match self {
            Level::High => "high",
            Level::Medium => "medium",
            Level::Low => "low",
            Level::Default => "default",
        }
    }
}

/// An arm of `match`.
#[derive(Clone, Debug, PartialEq)]
pub struct Arm {
    /// What fits, with its threshold.
    pub pattern: Pattern,
    /// `if …`.
    pub guard: Option<Box<Expr>>,
    /// What it gives.
    pub body: Body,
    /// The whole arm.
    pub span: Span,
}

/// What stands after `=>`, or makes a function.
#[derive(Clone, Debug, PartialEq)]
pub enum Body {
    /// An expression.
    Expr(Box<Expr>),
    /// `{ … }`.
    Block(Block),
    /// An assignment, `n++` or the like.
    Statement(Box<Stmt>),
}

/// `catch (e) { … }`.
#[derive(Clone, Debug, PartialEq)]
pub struct Catch {
    /// What the error is bound to.
    pub binding: Option<Pattern>,
    /// What runs.
    pub body: Block,
}

/// A named branch of `parallel { … }`.
#[derive(Clone, Debug, PartialEq)]
pub struct Branch {
    /// Its name in the result.
    pub key: Key,
    /// What runs.
    pub value: Expr,
}

/// `until (condition)`.
#[derive(Clone, Debug, PartialEq)]
pub struct Until {
    /// The implicit declaration of `answer`.
    pub answer: Ident,
    /// Tells whether the answer passes.
    pub condition: Expr,
}
