//! The pages of `tests/spec`: prose with programs whose assertions stand in their comments. The format is explained in
//! `tests/spec/README.md`.
//!
//! - [`page`]: Markdown to [`page::Example`]s, with the settings that hold for each.
//! - [`assertion`]: what the comments of a program assert.
//! - [`fault`]: errors and warnings that are asserted.
//! - [`trial`]: runs a program in every mode that must not matter and holds what it gave against what it asserts.

pub mod assertion;
pub mod fault;
pub mod page;
pub mod trial;
