//! The standard library: every name that a program has without importing it.
//!
//! Each name is one [`Registration`] (path, signature, rule of confidence, doc, examples, body), in a file by
//! namespace: [`array`], [`string`], [`object`], [`math`], [`number`], [`value`], [`json`], [`console`], [`promise`],
//! [`host`], [`aggregate`], [`reference`](mod@reference). [`catalog()`] joins them for the compiler, [`library()`] for
//! the machine, [`manual`] for readers. Functions that call back are written in Prism (`std/*.prism`, with [`intrinsic`] for what Prism can't
//! say), so that a run can stop and be saved inside a callback.
//!
//! Bodies may rely on what the machine has done before it calls them: see [`prism_vm::native`]. What every body owes:
//! fuel for each element it goes through, a reservation before it allocates much at once, and that it waits for the
//! tasks it looks at before it changes anything.
//!
//! Not here: members and indexes, operators, the updating of variables by `push` and the like, which are the machine's;
//! the names of `std:` modules, which are the compiler's.

pub mod aggregate;
mod arguments;
pub mod array;
mod catalog;
pub mod console;
mod distinct;
pub mod host;
pub mod intrinsic;
pub mod json;
pub mod manual;
pub mod math;
pub mod number;
pub mod object;
mod order;
pub mod promise;
pub mod reference;
pub mod registration;
pub mod string;
pub mod value;

pub use catalog::{GROUPS, Group, LibraryError, PRELUDE, catalog, library, registrations};
pub use registration::{Body, Example, Registration};
