//! Text agents that ship with Parallax, for everyone who has no agents yet.
//!
//! Each is a `ConfidenceAgent` gRPC server of its own. [`serve_local`] starts some on free loopback ports inside this
//! process, [`serve`] on given ports for others to call.
//!
//! | id | capabilities | result | confidence comes from |
//! |---|---|---|---|
//! | `whatlang` | language | ISO 639-1 code | lead of the best trigram profile, amount of text |
//! | `whichlang` | language | ISO 639-1 code | share of windows of the text that agree with the whole |
//! | `lingua` | language | ISO 639-1 code | lead of the first probability over the second, amount of text |
//! | `vader` | sentiment | `positive`, `negative`, `neutral` | strength and agreement of sentences |
//! | `clauses` | sentiment | `positive`, `negative`, `neutral` | odds that the majority of clauses is no accident |
//! | `pii` | pii | `{found, count, items}` | which checks each find passed, amount of text when there is none |
//! | `readability` | readability | `{grade, ease, words, …}` | amount of text, share of English function words |
//! | `keywords` | keywords | list of `{phrase, score, count}` | share of all score that the listed phrases hold |
//! | `summary` | summarize | text | share of the content words that the summary keeps |
//! | `rewriter` | simplify | `{text, grade, …}` | distance of the measured grade from the wanted one, amount of text |
//!
//! All have the capability `local` as well. The rule of each confidence is stated in full in its module under
//! [`analysts`]; none is a constant. [`catalog`] is the one table of agents, and everything else is derived from it.
//!
//! What a request must look like is said in [`request`]. A text that is empty or holds only white space gets a
//! well-formed answer with confidence 0; a request without any text is refused.
//!
//! Not here: dispatch, registration and anything else that a host does with agents.

pub mod agent;
pub mod analysts;
pub mod catalog;
pub mod convert;
pub mod english;
pub mod request;
pub mod server;
mod service;
pub mod text;

pub use agent::{Agent, Analysis, Input};
pub use server::{LocalAgent, ServeError, serve, serve_local};
