//! The pages of `tests/spec`: prose with programs whose assertions stand in their comments. The format is explained in
//! `tests/spec/README.md`.
//!
//! - [`page`]: Markdown to [`page::Example`]s, with the settings that hold for each.
//! - [`assertion`]: what the comments of a program assert.
//! - [`fault`]: errors and warnings that are asserted.
//! - [`notation`]: how assertions write values.
//! - [`mode`]: what must make no difference to a run; [`limits`]: what must only be able to stop it.
//! - [`outcome`]: what a run gave, as far as it must be the same in every mode.
//! - [`trial`]: runs a program in every mode that must not matter and holds what it gave against what it asserts.

pub mod assertion;
pub mod fault;
pub mod limits;
pub mod mode;
pub mod notation;
pub mod outcome;
pub mod page;
pub mod trial;
