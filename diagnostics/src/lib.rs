//! What every stage of Prism reports, in one vocabulary.
//!
//! - [`Span`], [`SourceId`], [`SourceMap`]: where in which text.
//! - [`Code`]: the catalog of everything that can be wrong, one row and one page each.
//! - [`Diagnostic`]: one fault, as facts ready to be shown; [`RunError`]: one that ended a run.
//! - [`Example`]: the programs of a code's page, for tests and tools that run them.
//! - [`render`]: for people (the only module that knows a rendering crate); [`json`] and [`sarif`]: for tools.
//!
//! This crate knows nothing of Prism's grammar or machine: it is the leaf that the other crates speak through.

mod code;
mod diagnostic;
mod example;
pub mod json;
pub mod render;
mod run_error;
pub mod sarif;
mod source;

pub use code::{Code, Phase, Severity};
pub use diagnostic::{Diagnostic, Edit, Fix, Label, sort};
pub use example::{Example, Verdict};
pub use run_error::{RunError, StackFrame};
pub use source::{LineColumn, Source, SourceId, SourceMap, Span};
