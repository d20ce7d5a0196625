//! Annotations of types and confidence, and the fields of `input { … }` and `expects { … }`.

use super::{Expr, Ident, Key, Name};
use prism_diagnostics::Span;

/// A type as written.
#[derive(Clone, Debug, PartialEq)]
pub struct TypeExpr {
    /// What it is.
    pub kind: TypeExprKind,
    /// Where.
    pub span: Span,
}

/// The kinds of types.
#[derive(Clone, Debug, PartialEq)]
pub enum TypeExprKind {
    /// `number`, `any`, …
    Named(Name),
    /// A literal type: string, number, boolean.
    Literal(Box<Expr>),
    /// `array<T>` or `[T]`.
    Array(Box<TypeExpr>),
    /// `task<T>`.
    Task(Box<TypeExpr>),
    /// `{a: T, b?: U}`.
    Object(Vec<TypeField>),
    /// `(A, B) -> R`.
    Function(Vec<TypeExpr>, Box<TypeExpr>),
    /// `T | U`.
    Union(Vec<TypeExpr>),
    /// Could not be read; already reported.
    Error,
}

/// A field of an object type.
#[derive(Clone, Debug, PartialEq)]
pub struct TypeField {
    /// The key.
    pub key: Key,
    /// `?`.
    pub optional: bool,
    /// Its type.
    pub ty: TypeExpr,
}

/// `: T ~ [lo, hi]`; either part may be missing.
#[derive(Clone, Debug, PartialEq)]
pub struct Annotation {
    /// The type.
    pub ty: Option<TypeExpr>,
    /// The interval of confidence.
    pub interval: Option<Box<(Expr, Expr)>>,
    /// The whole.
    pub span: Span,
}

/// A field of `input { … }`.
#[derive(Clone, Debug, PartialEq)]
pub struct InputField {
    /// Its name.
    pub name: Key,
    /// Its type.
    pub ty: InputType,
    /// `required`, `max_length(1000)`, … in order.
    pub constraints: Vec<Constraint>,
    /// The whole.
    pub span: Span,
}

/// The type of an input field.
#[derive(Clone, Debug, PartialEq)]
pub enum InputType {
    /// `string number boolean object array any`.
    Named(Ident),
    /// `[T]`.
    Array(Box<InputType>),
    /// `{ … }`.
    Object(Vec<InputField>),
}

/// A constraint of an input field.
#[derive(Clone, Debug, PartialEq)]
pub struct Constraint {
    /// `max_length`, …
    pub name: Ident,
    /// Its arguments: literals.
    pub arguments: Vec<Expr>,
}
