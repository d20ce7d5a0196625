//! The machine: runs verified programs. Pure: no I/O, no clock, no threads; what it needs from outside it asks for.
//!
//! - [`value`]: sixteen-byte values on a reference-counted heap.
//! - [`confidence`]: a value's other half, and the ledger of where it came from.
//! - [`native`]: how library functions are called; [`runtime`]: what they may touch; [`raise`]: how they fail.
//! - [`limits`]: what a run may use.
//! - [`number`]: numbers read from text.
#![deny(clippy::disallowed_methods, clippy::disallowed_types, clippy::print_stdout, clippy::print_stderr)]

pub mod confidence;
mod interp;
#[cfg(feature = "jit")]
mod jit;
#[cfg(not(feature = "jit"))]
#[path = "jit/absent.rs"]
mod jit;
pub mod limits;
pub mod machine;
pub mod native;
pub mod number;
pub mod raise;
pub mod runtime;
pub mod value;

pub use interp::order;
