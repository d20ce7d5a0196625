//! The formatter, through its public face.

mod common;
mod corpus;
mod random;
mod refusal;
mod style;
