//! What the tests of the whole share: cases, how they are run through the public face, how results are compared.
//!
//! - [`case`]: a program with what it must give; [`expect`]: whether a run gave it.
//! - [`run`]: runs or checks a case; [`modes`]: what must make no difference to a program.
//! - [`notation`]: how values are written in assertions and reports.
//! - [`binary`]: the built command; [`markdown`]: the blocks of pages whose programs are tested.
//! - [`hostile`]: programs that try to hang, swell, crash or escape.
//! - [`differential`]: random programs, for compiled code, which must do the same as the interpreter.
//! - [`soundness`]: random programs, for the checker.
//! - [`grammar`]: the grammar of `docs`, made, read, held against texts, and drawn from.
//! - [`spec`]: the pages of `tests/spec`, prose with programs that assert what they give.

pub mod binary;
pub mod case;
pub mod differential;
pub mod expect;
pub mod grammar;
pub mod hostile;
pub mod markdown;
pub mod modes;
pub mod notation;
pub mod run;
pub mod soundness;
pub mod spec;
