//! The reference's free functions (STDLIB L8).

use crate::arguments::{Given, out_of_range, spend};
use crate::array::average_or;
use crate::distinct::{Distinct, weight};
use crate::math;
use crate::registration::Body::{Native as Rust, Prism};
use crate::registration::Registration;
use prism_bytecode::ConfidenceRule::{Element, Never, Own, Selected, Subject, Sum};
use prism_bytecode::Role;
use prism_confidence::Rule;
use prism_vm::native::Native;
use prism_vm::value::{Counted, Value, format_number, same_or_nan};

/// `map filter reduce max min sortBy groupBy confidence threshold aggregate average synthesize majorityVote`.
pub const FUNCTIONS: &[Registration] = &[
    Registration::function(
        "map",
        "(xs: array<T>, f: (T, number, array<T>) -> U) -> array<U>",
        Subject,
        Prism("map"),
        "As the method of arrays.",
        &[("map([1, 2], x => x * 10)", "[10, 20]"), ("[1, 2] |> map(x => x + 1)", "[2, 3]")],
    ),
    Registration::function(
        "filter",
        "(xs: array<T>, f: (T, number, array<T>) -> any) -> array<T>",
        Subject,
        Prism("filter"),
        "As the method of arrays.",
        &[("filter([1, 2, 3], x => x > 1)", "[2, 3]")],
    ),
    Registration::function(
        "reduce",
        "(xs: array<T>, f: (A, T, number, array<T>) -> A, init?: any) -> A",
        Subject,
        Prism("reduce"),
        "As the method of arrays.",
        &[("reduce([1, 2, 3], (sum, x) => sum + x, 0)", "6")],
    ),
    Registration::function(
        "max",
        math::AT_LEAST_ONE,
        Selected,
        Rust(math::max),
        "The largest argument with its own confidence, the first of equals.",
        &[("max(1, 3, 2)", "3"), ("max(3 ~> 0.5, 2 ~> 0.9)", "3 (~50.0%)")],
    ),
    Registration::function(
        "min",
        math::AT_LEAST_ONE,
        Selected,
        Rust(math::min),
        "The smallest argument with its own confidence, the first of equals.",
        &[("min(2, 5, 1)", "1")],
    ),
    Registration::function(
        "sortBy",
        "(xs: array<T>, by: string | (T, number, array<T>) -> any, order?: \"asc\" | \"desc\") -> array<T>",
        Subject,
        Prism("sortBy"),
        "As the method of arrays.",
        &[
            ("[{n: 2}, {n: 1}] |> sortBy(\"n\")", "[{ n: 1 }, { n: 2 }]"),
            ("sortBy(\"n\", \"desc\")([{n: 1}, {n: 2}])", "[{ n: 2 }, { n: 1 }]"),
        ],
    )
    .curried(),
    Registration::function(
        "groupBy",
        "(xs: array<T>, by: string | (T, number, array<T>) -> any) -> object",
        Subject,
        Prism("groupBy"),
        "As the method of arrays.",
        &[("[1, 2, 3] |> groupBy(n => n > 1 ? \"big\" : \"small\")", "{ small: [1], big: [2, 3] }")],
    )
    .curried(),
    Registration::function(
        "confidence",
        "(f: function, n: number) -> function",
        Never,
        Prism("confidence"),
        "A function that does f and gives its result with confidence n.",
        &[("let guess = confidence(x => x / 2, 0.75)\nguess(8)", "4 (~75.0%)")],
    )
    .with_roles(&[("f", Role::Callback)])
    .curried(),
    Registration::function(
        "threshold",
        "(xs: array<T>, n: number) -> array<T>",
        Subject,
        Rust(threshold),
        "The elements whose confidence is at least n, without the objects that have a less confident member.",
        &[("[1 ~> 0.4, 2 ~> 0.7, 3] |> threshold(0.7)", "[2 (~70.0%), 3]")],
    )
    .curried(),
    Registration::function(
        "aggregate",
        "(xs: array<T>, options?: {strategy?: string, combine?: (array<T>) -> any}) -> any",
        Own,
        Prism("aggregate"),
        "What combine makes of the array, else the array, with the average, min, max or product of the elements' confidences.",
        &[("aggregate([2 ~> 0.5, 4 ~> 0.8], {strategy: \"min\", combine: xs => xs.length})", "2 (~50.0%)")],
    ),
    Registration::function(
        "average",
        "(xs: array<number>) -> number",
        Sum,
        Rust(|native| average_or(native, Value::number(0.0))),
        "The mean of the numbers, 0 of none.",
        &[("average([1, 2, 6])", "3"), ("average([])", "0")],
    ),
    Registration::function(
        "synthesize",
        "(xs: array<T>) -> T | null",
        Element,
        Rust(synthesize),
        "The surest element, by its own confidence, else its member confidence; the first of equals, null of none.",
        &[("synthesize([{value: \"a\", confidence: 0.4}, {value: \"b\", confidence: 0.9}]).value", "b")],
    ),
    Registration::function(
        "majorityVote",
        "(xs: array<any>) -> any",
        Element,
        Rust(majority_vote),
        "The most frequent member value (the element itself where it has none); the first to appear of equals, null of none.",
        &[("majorityVote([\"x\", \"y\", \"y\"])", "y"), ("majorityVote([{value: 1}, {value: 1}, {value: 2}])", "1")],
    ),
];

fn threshold(native: &mut Native) -> Given {
    let least = native.number(1);
    if !(0.0..=1.0).contains(&least) {
        return Err(out_of_range(
            native,
            format_args!("threshold must be between 0 and 1, got {}", format_number(least)),
        ));
    }
    let mut kept = Counted::default();
    for item in native.settled_items(0)? {
        let members = item.as_object().map_or(0, |object| object.len());
        spend(native, 1 + members)?;
        let sure = |value: &Value| value.conf().or_one() >= least;
        if sure(&item) && item.as_object().is_none_or(|object| object.values().all(sure)) {
            kept.push(item);
        }
    }
    Ok(Value::array(kept.into_items()))
}

fn synthesize(native: &mut Native) -> Given {
    spend(native, native.items(0).len())?;
    let mut surest: Option<(f64, Value)> = None;
    for item in native.settled_items(0)? {
        let member = || item.as_object()?.get("confidence")?.as_number();
        let confidence = item.confidence().or_else(member).unwrap_or(1.0);
        if surest.as_ref().is_none_or(|(most, _)| confidence > *most) {
            surest = Some((confidence, item));
        }
    }
    Ok(surest.map(|(_, item)| item).unwrap_or_default())
}

fn majority_vote(native: &mut Native) -> Given {
    let mut candidates = Distinct::new(same_or_nan);
    let mut votes: Counted<usize> = Counted::default();
    for item in native.settled_items(0)? {
        let member = item.as_object().and_then(|object| object.get("value"));
        let vote = match member {
            Some(value) => {
                let value = native.settled(value)?;
                let conf = value.conf().times(item.conf(), Rule::Part);
                value.with_conf(conf)
            }
            None => item,
        };
        spend(native, weight(&vote))?;
        let place = candidates.add(&vote);
        if place == votes.len() {
            votes.push(0);
        }
        if let Some(count) = votes.get_mut(place) {
            *count += 1;
        }
    }
    // Of equals `max_by_key` would give the last.
    let winner = votes.iter().enumerate().rev().max_by_key(|(_, count)| **count);
    Ok(winner.and_then(|(place, _)| candidates.values().get(place)).cloned().unwrap_or_default())
}
