//! From source text to bytecode: pure, no files, no clock, no threads.
//!
//! Read [`pipeline`] first: its types are the stages, in order.

#![deny(clippy::disallowed_methods, clippy::disallowed_types, clippy::print_stdout, clippy::print_stderr)]

pub mod ast;
pub mod check;
pub mod format;
mod hash;
mod layout;
mod lexer;
pub mod lower;
pub mod metadata;
pub mod modules;
mod nearest;
pub mod parse;
mod parser;
pub mod pipeline;
pub mod resolve;
pub mod schema;
mod stack;
mod token;
