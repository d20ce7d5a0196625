//! The commands, a file each.

pub mod agent;
pub mod explain;
pub mod fmt;
pub mod pattern;
pub mod repl;
pub mod run;
pub mod validate;
