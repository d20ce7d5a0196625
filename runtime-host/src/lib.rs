//! Runs Prism programs in the world: the machine asks, this crate answers.
//!
//! Start at [`run`]: it takes a [`RunRequest`] and gives a [`RunReport`], whatever happens.
//!
//! - [`session`]: inputs one after the other that share their names, each run as a program is.
//! - [`pattern`]: what surrounds a program: its agents and promises; [`input`]: its input's schema.
//! - `driver`: runs machines and performs what they ask for; the same code over real and over virtual time.
//! - [`clock`]: the two kinds of time and what happens in them.
//! - [`agent`]: agents over gRPC, scripted agents, lists of agents; [`registry`]: who is chosen for what.
//! - [`report`]: what a run gave; [`explain`]: where its confidence comes from.
//! - [`convert`]: JSON to and from `google.protobuf.Struct`.
//! - [`money`]: what questions cost.
//!
//! Not here: the language (the engine's affair), printing, flags and exit codes (the command line's).

pub mod agent;
pub mod clock;
pub mod convert;
mod driver;
pub mod explain;
pub mod input;
pub mod money;
mod options;
pub mod pattern;
pub mod registry;
pub mod report;
mod run;
pub mod session;

pub use agent::{Agents, LiveAgent, ScriptedAgent};
pub use money::Money;
pub use options::{Observer, RunOptions, RunRequest};
pub use report::{CallOutcome, CallRecord, ErrorReport, Metrics, RunReport, Status};
pub use run::run;
pub use session::{Session, SessionInput};
