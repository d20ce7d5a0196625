//! Statements, functions and what stands only at a module's top.

use super::{Annotation, AssignOp, Body, Expr, Ident, InputField, Key, Levels, Name, NodeId, Pattern};
use prism_diagnostics::Span;

/// A statement.
#[derive(Clone, Debug, PartialEq)]
pub struct Stmt {
    /// What it is.
    pub kind: StmtKind,
    /// Where it stands.
    pub span: Span,
}

/// Statements in braces, or a single one where the grammar allows it.
#[derive(Clone, Debug, PartialEq)]
pub struct Block {
    /// The statements.
    pub body: Vec<Stmt>,
    /// Whether there are braces.
    pub braced: bool,
    /// The whole, braces included.
    pub span: Span,
    /// For what later stages say of it.
    pub id: NodeId,
}

/// The kinds of statements. What is large and rare is boxed: a list of statements has room for the largest in each place.
#[derive(Clone, Debug, PartialEq)]
pub enum StmtKind {
    /// An expression; `if`, `match`, `try` … too.
    Expr(Expr),
    /// `let` or `const`.
    Declare {
        /// Whether it is `const`.
        constant: bool,
        /// What is declared; more than one after commas.
        declarators: Vec<Declarator>,
    },
    /// `target = value`, `target += value`, `[a, b] = value` …
    Assign {
        /// What is assigned.
        target: Target,
        /// The operator.
        op: AssignOp,
        /// Where the operator stands.
        op_span: Span,
        /// The new value, or the operand.
        value: Box<Expr>,
    },
    /// `n++`, `--o.n` …
    Step {
        /// A name or a path.
        target: Box<Expr>,
        /// Whether it is `++`.
        increment: bool,
        /// Whether the operator stands before.
        prefix: bool,
    },
    /// `function f() {}`.
    Function(Box<Function>),
    /// `while c {}`.
    While {
        /// The condition.
        condition: Expr,
        /// The body.
        body: Box<Block>,
    },
    /// `do {} while c`.
    DoWhile {
        /// The body.
        body: Box<Block>,
        /// The condition.
        condition: Expr,
    },
    /// `for init; condition; update {}`.
    For(Box<ForHeader>, Block),
    /// `for item, i in xs {}`.
    ForIn {
        /// What each item is bound to.
        item: Pattern,
        /// What its position is bound to.
        index: Option<Box<Ident>>,
        /// What is gone through.
        collection: Box<Expr>,
        /// The body.
        body: Box<Block>,
        /// For what later stages say of it.
        id: NodeId,
    },
    /// `uncertain while (x) {…}`.
    UncertainWhile {
        /// Goes on while it is truthy; its confidence chooses the block.
        condition: Expr,
        /// The blocks.
        levels: Box<Levels>,
    },
    /// `uncertain for init; condition; update {…}`.
    UncertainFor(Box<ForHeader>, Levels),
    /// `return x with …`.
    Return {
        /// The value.
        value: Option<Expr>,
        /// `with warning …` or `with { … }`.
        with: Option<Box<ReturnWith>>,
    },
    /// `break`.
    Break,
    /// `continue`.
    Continue,
    /// `throw e`.
    Throw(Expr),
    /// `import … from "…"`.
    Import(Box<Import>),
    /// `export …`.
    Export(Box<Export>),
    /// `agents { a: Agent { … } }`.
    Agents(Vec<AgentDecl>),
    /// `in context NAME { … }`.
    Context {
        /// The label.
        name: Ident,
        /// What is labelled.
        body: Block,
    },
    /// `pattern NAME v1.0.0 { … }`.
    Pattern(Box<PatternDecl>),
    /// Something that could not be read; already reported.
    Error,
}

/// One name or pattern of a `let` or `const`.
#[derive(Clone, Debug, PartialEq)]
pub struct Declarator {
    /// What is declared.
    pub target: Pattern,
    /// `: T`.
    pub annotation: Option<Box<Annotation>>,
    /// Its value.
    pub value: Option<Expr>,
}

/// What an assignment assigns.
#[derive(Clone, Debug, PartialEq)]
pub enum Target {
    /// A name, or a path rooted in one: [`super::ExprKind::Name`], `Member`, `Index`.
    Place(Expr),
    /// A destructuring pattern, or a name with a threshold.
    Pattern(Pattern),
}

/// The header of a counting loop.
#[derive(Clone, Debug, PartialEq)]
pub struct ForHeader {
    /// Runs once: an assignment, a `let`, an expression.
    pub init: Option<Stmt>,
    /// The condition; missing is true.
    pub condition: Option<Expr>,
    /// Runs after each turn.
    pub update: Option<Stmt>,
    /// The header's scope, for later stages.
    pub id: NodeId,
}

/// What `return … with` adds.
#[derive(Clone, Debug, PartialEq)]
pub enum ReturnWith {
    /// `with warning "text"`; without a text the usual one.
    Warning(Option<Expr>),
    /// `with { … }`: metadata.
    Metadata(Expr),
}

/// A function, declared, nameless, or a lambda.
#[derive(Clone, Debug, PartialEq)]
pub struct Function {
    /// Its name, where it has one.
    pub name: Option<Ident>,
    /// Whether it was written with `=>`.
    pub lambda: bool,
    /// Whether calling it starts a task.
    pub is_async: bool,
    /// The parameters.
    pub params: Vec<Param>,
    /// `~> 0.8` before the body: the function's own confidence.
    pub confidence: Option<Box<Expr>>,
    /// `: T ~ [lo, hi]`.
    pub result: Option<Box<Annotation>>,
    /// What runs.
    pub body: Body,
    /// The whole.
    pub span: Span,
    /// For what later stages say of it.
    pub id: NodeId,
}

/// A parameter.
#[derive(Clone, Debug, PartialEq)]
pub struct Param {
    /// What the argument is bound to.
    pub pattern: Pattern,
    /// `: T`.
    pub annotation: Option<Box<Annotation>>,
    /// `= d`, for a missing argument.
    pub default: Option<Box<Expr>>,
    /// Whether it takes the rest.
    pub rest: bool,
    /// Whether it was written `name?: T`: missing is null.
    pub optional: bool,
}

/// An import.
#[derive(Clone, Debug, PartialEq)]
pub struct Import {
    /// `d`: the default export.
    pub default: Option<Ident>,
    /// `* as ns`.
    pub namespace: Option<Ident>,
    /// `{a, b as c}`.
    pub names: Vec<ImportName>,
    /// The module.
    pub from: ModulePath,
}

/// A name of an import or of an export list.
#[derive(Clone, Debug, PartialEq)]
pub struct ImportName {
    /// The name there (of an import) or here (of an export list).
    pub name: Ident,
    /// The other name; the same where there is no `as`.
    pub alias: Ident,
}

/// The module in an import, as written.
#[derive(Clone, Debug, PartialEq)]
pub struct ModulePath {
    /// The text between the quotes.
    pub path: Name,
    /// Where.
    pub span: Span,
}

/// An export.
#[derive(Clone, Debug, PartialEq)]
pub enum Export {
    /// `export let …`, `export function …`, `export a = 1`.
    Statement(Stmt),
    /// `export {a, b as c}`, also `… from "m"`.
    List {
        /// The names.
        names: Vec<ImportName>,
        /// The module they come from.
        from: Option<ModulePath>,
    },
    /// `export * from "m"`, `export * as ns from "m"`.
    All {
        /// `as ns`.
        namespace: Option<Ident>,
        /// The module.
        from: ModulePath,
    },
    /// `export default e`.
    Default(Expr, NodeId),
}

/// `name: Agent { capability: "x" }`.
#[derive(Clone, Debug, PartialEq)]
pub struct AgentDecl {
    /// The name it is bound to.
    pub name: Ident,
    /// Its settings.
    pub settings: Vec<(Key, Expr)>,
    /// The whole.
    pub span: Span,
}

/// `pattern NAME v1.0.0 { input {…} … }`.
#[derive(Clone, Debug, PartialEq)]
pub struct PatternDecl {
    /// Its name.
    pub name: Ident,
    /// `1.0.0`.
    pub version: Option<Name>,
    /// `input { … }`.
    pub input: Option<Vec<InputField>>,
    /// `expects { … }`.
    pub expects: Option<Vec<InputField>>,
    /// The rest of the block.
    pub body: Block,
    /// For what later stages say of it.
    pub id: NodeId,
}

impl PatternDecl {
    /// The pattern that a statement declares, exported or not.
    pub fn of(stmt: &Stmt) -> Option<&PatternDecl> {
        match &stmt.kind {
            StmtKind::Pattern(pattern) => Some(pattern),
            StmtKind::Export(export) => match &**export {
                Export::Statement(stmt) => PatternDecl::of(stmt),
                _ => None,
            },
            _ => None,
        }
    }
}
