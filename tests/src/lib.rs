//! What the tests of the whole share: cases, how they are run through the public face, how results are compared.
//!
//! - [`case`]: a program with what it must give; [`expect`]: whether a run gave it.
//! - [`run`]: runs or checks a case in every mode that must not matter.
//! - [`known`]: the list of cases that are known to fail.
//! - [`spec`]: the pages of `tests/spec`, prose with programs that assert what they give.

pub mod case;
pub mod expect;
pub mod known;
pub mod run;
pub mod spec;
