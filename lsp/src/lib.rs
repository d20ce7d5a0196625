//! Answers for editors.
//!
//! [`ide`] has them as pure functions: texts in, facts out. It asks the same compiler as every other face of the
//! toolchain, so an editor and the command line never disagree.
//!
//! There is one question so far: what is wrong with a text. A server that speaks the editors' protocol belongs into this
//! crate beside [`ide`], and must hold nothing but the protocol.

pub mod ide;
