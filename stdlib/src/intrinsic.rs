//! What the library's own Prism code (`std/*.prism`) needs and programs can't name: the hidden namespace `intrinsic`.

use crate::arguments::{Given, count, spend};
use crate::registration::Body::{Intrinsic, Native as Rust};
use crate::registration::Registration;
use crate::{aggregate, order, string};
use prism_bytecode::ConfidenceRule::Subject;
use prism_bytecode::LibraryId;
use prism_confidence::Rule;
use prism_vm::native::{Intrinsic as Machine, Native};
use prism_vm::raise::Raise;
use prism_vm::value::heap::Ref;
use prism_vm::value::{Str, Value};

/// `intrinsic`.
pub const FUNCTIONS: &[Registration] = &[
    Registration { hidden: true, ..Registration::namespace("intrinsic", "For the library's own use.", &[]) },
    Registration::internal(
        "intrinsic.offer",
        "(f: any, ...arguments: any) -> any",
        Intrinsic(Machine::Offer),
        "Calls f with as many of the arguments as it has parameters; a library function with one.",
    ),
    Registration::internal(
        "intrinsic.offerPair",
        "(f: any, ...arguments: any) -> any",
        Intrinsic(Machine::OfferPair),
        "As offer; a library function is called with two.",
    ),
    Registration::internal(
        "intrinsic.askAll",
        "(agents: array<agent>, task: string, data: any) -> array<task<any>>",
        Intrinsic(Machine::AskAll),
        "Dispatches a task to all agents at once; tasks of their answers.",
    ),
    Registration::internal(
        "intrinsic.agent",
        "(name: string, settings: any) -> agent",
        Intrinsic(Machine::Agent),
        "The agent that a declaration means.",
    ),
    Registration::internal(
        "intrinsic.takes",
        "(f: any, count: number) -> boolean",
        Rust(takes),
        "Whether f is a library function that can be called with so many arguments.",
    ),
    Registration::internal(
        "intrinsic.raise",
        "(code: string, message: string) -> never",
        Rust(raise),
        "Raises an error with that code: empty, range or type.",
    ),
    Registration::internal(
        "intrinsic.steered",
        "(v: any, setting: any) -> any",
        Rust(steered),
        "The value with the confidence of a setting by product.",
    ),
    Registration::internal(
        "intrinsic.keysOf",
        "(xs: array<any>, name: string) -> array<any>",
        Rust(keys_of),
        "Each element's member of that name; an element that is no object is its own.",
    ),
    Registration::internal(
        "intrinsic.grouped",
        "(xs: array<any>, keys: array<any>) -> object",
        Rust(grouped),
        "An object of arrays of the elements by the bare display of their keys.",
    ),
    Registration::internal(
        "intrinsic.sorted",
        "(xs: array<any>) -> array<any>",
        Rust(sorted),
        "Sorted as without a comparison.",
    ),
    Registration::internal(
        "intrinsic.sortedBy",
        "(xs: array<any>, keys: array<any>, order: any) -> array<any>",
        Rust(sorted_by),
        "Sorted by keys.",
    ),
    Registration::internal(
        "intrinsic.replaced",
        "(s: string, text: string, by: string, all: boolean) -> string",
        Rust(string::replaced),
        "With the first, or every, occurrence of a text replaced by another.",
    )
    .with_confidence(Subject),
    Registration::internal(
        "intrinsic.matches",
        "(s: string, text: string, all: boolean) -> array<number>",
        Rust(string::matches),
        "The positions of the first, or every, occurrence of a text.",
    ),
    Registration::internal(
        "intrinsic.woven",
        "(s: string, text: string, all: boolean, by: array<string>) -> string",
        Rust(string::woven),
        "With each occurrence of a text replaced by its own.",
    ),
    Registration::internal(
        "intrinsic.aggregateOptions",
        "(options: any) -> object",
        Rust(aggregate::aggregate_options),
        "The options of aggregate, checked.",
    ),
    Registration::internal(
        "intrinsic.aggregated",
        "(v: any, xs: array<any>, strategy: string) -> any",
        Rust(aggregate::aggregated),
        "The value with the mean, by a strategy, of the elements' confidences.",
    ),
];

fn takes(native: &mut Native) -> Given {
    let f = native.argument(0);
    let (given, id): (usize, Option<LibraryId>) = match f.as_bound() {
        Some(bound) => (bound.given.len(), Some(bound.library)),
        None => (0, f.as_library()),
    };
    let catalog = crate::catalog();
    let takes = id.and_then(|id| catalog.get(id)).is_some_and(|entry| {
        // The receiver is among what was given, but not among the parameters.
        let arguments = (count(native.number(1)) + given).saturating_sub(usize::from(entry.is_method()));
        let arity = entry.signature().map(|signature| signature.arity());
        arity.is_some_and(|(least, most)| arguments >= least && most.is_none_or(|most| arguments <= most))
    });
    Ok(Value::boolean(takes))
}

fn raise(native: &mut Native) -> Given {
    let message = native.text(1);
    Err(match native.text(0) {
        "empty" => Raise::empty(message),
        "range" => Raise::range(message),
        _ => Raise::kind(message),
    })
}

fn steered(native: &mut Native) -> Given {
    let setting = native.argument(1).conf();
    let value = native.take(0);
    let conf = value.conf().times(setting, Rule::Setting);
    Ok(value.with_conf(conf))
}

fn keys_of(native: &mut Native) -> Given {
    let items = native.settled_items(0)?;
    spend(native, items.len())?;
    let name = native.text(1);
    let key = |item: Value| match item.as_object() {
        Some(object) => object.get(name).cloned().unwrap_or_default(),
        None => item,
    };
    Ok(Value::array(items.into_iter().map(key).collect()))
}

fn grouped(native: &mut Native) -> Given {
    let keys = native.settled_items(1)?;
    spend(native, keys.len())?;
    let mut object = native.runtime.empty_object();
    for (key, item) in keys.iter().zip(native.items(0)) {
        let text = native.runtime.display_bare(key);
        match object.get_mut(&text).and_then(Value::as_array_mut) {
            Some(group) => group.push(item.clone()),
            None => object.set(&Ref::new(Str::new(text)), Value::array(vec![item.clone()])),
        }
    }
    Ok(Value::from(Ref::new(object)))
}

fn sorted(native: &mut Native) -> Given {
    let items = native.settled_items(0)?;
    let keys = order::default_keys(native, &items)?;
    Ok(Value::array(order::sorted(native, &items, &keys, false)?))
}

fn sorted_by(native: &mut Native) -> Given {
    let keys = native.settled_items(1)?;
    let descending = match native.optional_text(2) {
        None | Some("asc") => false,
        Some("desc") => true,
        Some(other) => return Err(Raise::range(format!("sortBy: order must be \"asc\" or \"desc\", got \"{other}\""))),
    };
    let keys = order::ascending_keys(native, &keys)?;
    let items = native.items(0).to_vec();
    Ok(Value::array(order::sorted(native, &items, &keys, descending)?))
}
