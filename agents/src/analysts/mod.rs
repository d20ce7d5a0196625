//! The analyses, one module each; an agent is an entry of the [catalog](crate::catalog) that names one of them.
//!
//! Each module states the rule by which its confidence is measured.

pub mod clauses;
pub mod keywords;
pub mod language;
pub mod lingua;
pub mod pii;
pub mod readability;
pub mod rewriter;
pub mod sentiment;
pub mod summary;
pub mod vader;
pub mod whatlang;
pub mod whichlang;
