//! What several agents said turned into one confident object: `vote consensus merge first validate`, and the
//! reference's `aggregate`.
//!
//! Two laws hold throughout: no result is surer than the surest answer behind it, and a gate that was not passed looks
//! shut (`result` null, confidence 0). The algebra of a run does not change these formulas.

mod agreement;
mod consensus;
mod entry;
mod first;
mod format;
mod mean;
mod merge;
mod options;
mod pattern;
mod schema;
mod validate;
mod vote;

#[cfg(test)]
mod laws;

pub use mean::{aggregate_options, aggregated};

use crate::registration::Body::Native as Rust;
use crate::registration::Registration;
use prism_bytecode::ConfidenceRule::Own;
use prism_confidence::Rule;
use prism_vm::confidence::Conf;
use prism_vm::native::Native;
use prism_vm::value::Value;

/// `vote consensus merge first validate`.
pub const FUNCTIONS: &[Registration] = &[
    Registration::function(
        "vote",
        "(answers: array<any>, options?: {method?: string, weights?: object}) -> {result: any, confidence: number, \
         agreement: number, distribution: object, unanimous: boolean, votes: number, total: number, abstained: number}",
        Own,
        Rust(vote::vote),
        "The value that the answers vote for, by majority (the default), unanimous, plurality or weighted; null where \
         none wins. As sure as the share of its votes times its voters' mean confidence.",
        &[
            ("vote([\"spam\" ~> 0.9, \"spam\" ~> 0.7, \"ham\" ~> 0.8]).result", "spam (~53.3%)"),
            ("value(vote([\"a\", \"b\"])).result", "null"),
        ],
    ),
    Registration::function(
        "consensus",
        "(answers: array<any>, options?: {threshold?: number, fields?: object, strategy?: string}) -> any",
        Own,
        Rust(consensus::consensus),
        "What the answers agree on, if they do to at least the threshold (0.7): objects key by key, numbers by their \
         spread, others by the leader's share. With a strategy, max or min, the surest or least sure element itself.",
        &[
            ("value(consensus([8, 10, 12])).result", "10"),
            ("consensus([\"a\" ~> 0.4, \"b\" ~> 0.8], {strategy: \"max\"})", "b (~80.0%)"),
        ],
    ),
    Registration::function(
        "merge",
        "(answers: array<any>, options?: {method?: string, deduplicate?: boolean}) -> \
         {result: any, confidence: number, total: number, abstained: number}",
        Own,
        Rust(merge::merge),
        "The answers put together, the surer winning, by deep (the default), shallow, concat or union; as sure as the \
         least sure of them.",
        &[
            ("merge([[\"EU\"] ~> 0.9, [\"EU\", \"UN\"] ~> 0.6], method: \"union\").result", "[EU, UN] (~60.0%)"),
            ("value(merge([{a: 1, b: null}, {b: 2}])).result", "{ a: 1, b: 2 }"),
        ],
    ),
    Registration::function(
        "first",
        "(answers: array<any>, options?: {min_confidence?: number}) -> \
         {result: any, confidence: number, agentId: any, index: number}",
        Own,
        Rust(first::first),
        "The first answer in the array's order whose confidence is at least min_confidence.",
        &[("first([\"maybe\" ~> 0.4, \"likely\" ~> 0.8], min_confidence: 0.7).result", "likely (~80.0%)")],
    ),
    Registration::function(
        "validate",
        "(answer: any, options?: {min_confidence?: number, schema?: object}) -> \
         {result: any, confidence: number, valid: boolean, faults: array<{path: string, rule: string}>}",
        Own,
        Rust(validate::validate),
        "The answer, if it is sure enough and fits a schema; else null and every fault.",
        &[
            (
                "value(validate({score: 2}, schema: {score: {type: \"number\", max: 1}})).faults",
                "[{ path: score, rule: max }]",
            ),
            ("validate({score: 1} ~> 0.8).valid", "true (~80.0%)"),
        ],
    ),
];

/// A result: an object as sure as its field `confidence`, which these confidences explain.
fn result(native: &Native, confidence: f64, behind: &[Conf], fields: Vec<(&str, Value)>) -> Value {
    let conf = native.derive(confidence, Rule::Aggregated, behind);
    native.runtime.object(fields).with_conf(conf)
}

/// A share of a whole; 0 where there is no whole to speak of.
fn share(part: f64, whole: f64) -> f64 {
    let share = part / whole;
    if share.is_finite() { share } else { 0.0 }
}

/// A count as a value.
fn number(count: usize) -> Value {
    Value::number(count as f64)
}
