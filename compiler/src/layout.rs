//! Between lexer and parser: brackets are made to match, and what looks alike is told apart.
//!
//! Prism's grammar asks three questions that a grammar over plain tokens answers only by trying: does this line go on
//! with the last statement, does this `{` open a block or an object, and do these parentheses hold parameters, a header
//! or an expression (LANGUAGE.md §1, §6)? All three depend only on the innermost bracket, on whether the tokens so far
//! end an operand, and on the token behind a matching bracket. So one pass over the tokens answers them, and writes the
//! answers into the kinds of tokens; the parser then needs no newlines, at most two tokens of lookahead and no
//! backtracking.
//!
//! - [`brackets`] pairs brackets; [`repair`] runs instead where they do not match, and puts in what is missing.
//! - [`arrange`] is the pass; [`frame`] is what it knows of the bracket it is in; [`classify`] holds the rules for
//!   opening brackets and for words that are keywords only in some places.
//!
//! On the way the pass counts what each bracket holds, so that the parser makes each list once, as long as it will be.
//!
//! Afterwards brackets always match, at most [`MAX_BRACKETS`] deep.

mod arrange;
mod brackets;
mod classify;
mod frame;
mod repair;

use crate::parse::Reports;
use crate::token::Token;
use prism_diagnostics::SourceId;

/// How deep brackets may nest.
pub const MAX_BRACKETS: usize = 256;

/// The tokens as the parser wants them, and what was wrong with their brackets.
pub(crate) fn arrange(source: SourceId, text: &str, tokens: Vec<Token>) -> (Vec<Token>, Reports) {
    match brackets::pair(&tokens) {
        Some(partners) => (arrange::run(&tokens, &partners), Reports::default()),
        None => {
            let (tokens, reports) = repair::run(source, text, &tokens);
            let partners = brackets::pair(&tokens).unwrap_or_default();
            (arrange::run(&tokens, &partners), reports)
        }
    }
}
