//! The checker is sound: what it says of a program holds in every run of it.
//!
//! Random programs are checked and run. What the checker knows of a name right after its declaration is held against the
//! value that it has there; what it calls unreachable must not be reached; what it refuses must fail; what it lets pass
//! must not fail at operands whose types leave no doubt.
//!
//! - [`generate`](generate::generate): a program from a seed; [`tree`]: its form; [`templates`], [`scope`]: what it is
//!   made of.
//! - [`judge`]: a program held against its run; [`run`]: the run; [`types`]: types held against values.
//! - [`shrink`]: small programs for the same fault; [`read`]: those that were found, which stay as cases.

mod expressions;
pub mod generate;
pub mod judge;
pub mod read;
pub mod run;
pub mod scope;
pub mod shrink;
pub mod templates;
pub mod tree;
pub mod types;
