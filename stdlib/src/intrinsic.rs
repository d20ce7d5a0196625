//! What the library's own Prism code (`std/*.prism`) needs and programs can't name: the hidden namespace `intrinsic`.

use crate::arguments::{Given, go_on, spend};
use crate::registration::Body::{Intrinsic, Native as Rust, Prism};
use crate::registration::Registration;
use crate::{aggregate, order, string};
use prism_vm::native::{Intrinsic as Machine, Native};
use prism_vm::raise::{Raise, brief};
use prism_vm::value::heap::Ref;
use prism_vm::value::{Bound, BoundOrder, Value};

/// What a function that stands for another one is bound to.
const LAMBDA: &str = "intrinsic.lambda";

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
        "intrinsic.takes",
        "(f: any, count: number) -> boolean",
        Intrinsic(Machine::Takes),
        "Whether offer calls f with so many arguments, if there are as many; true of what is no function.",
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
        "intrinsic.standIn",
        "(f: function, body: function) -> function",
        Rust(stand_in),
        "A function that stands for f: body is called with the array of its arguments.",
    ),
    // Named as functions without a name are.
    Registration::internal(
        LAMBDA,
        "(f: function, body: function, ...arguments: any) -> any",
        Prism("standIn"),
        "A call of a function that stands for f.",
    ),
    Registration::internal(
        "intrinsic.raise",
        "(code: string, message: string) -> never",
        Rust(raise),
        "Raises an error with that code: empty, range or type.",
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
    ),
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

fn stand_in(native: &mut Native) -> Given {
    let library = crate::catalog().find(LAMBDA).ok_or_else(|| Raise::kind("functions can't stand for others"))?;
    let given = [native.take(0), native.take(1)];
    Ok(Value::from(Ref::new(Bound::new(library, given, BoundOrder::First))))
}

fn raise(native: &mut Native) -> Given {
    let message = native.copied_text(1)?;
    Err(match native.text(0) {
        "empty" => Raise::empty(message),
        "range" => Raise::range(message),
        _ => Raise::kind(message),
    })
}

fn keys_of(native: &mut Native) -> Given {
    let mut keys = native.settled_items(0)?;
    spend(native, keys.len())?;
    let name = native.text(1);
    for key in keys.iter_mut() {
        if let Some(object) = key.as_object() {
            *key = object.get(name).cloned().unwrap_or_default();
        }
    }
    Ok(Value::array(keys.into_items()))
}

fn grouped(native: &mut Native) -> Given {
    let keys = native.settled_items(1)?;
    spend(native, keys.len())?;
    let mut object = native.runtime.empty_object();
    for (key, item) in keys.iter().zip(native.items(0)) {
        go_on()?;
        native.runtime.check_room(0)?;
        let text = native.runtime.display_bare(key);
        match object.get_mut(text.as_str()).and_then(Value::as_array_mut) {
            Some(group) => group.push(item.clone()),
            None => object.set(&text, Value::array(vec![item.clone()])),
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
        Some(other) => {
            return Err(Raise::range(format!("sortBy: order must be \"asc\" or \"desc\", got \"{}\"", brief(other))));
        }
    };
    let keys = order::ascending_keys(native, &keys)?;
    let items = native.copied_items(0)?;
    Ok(Value::array(order::sorted(native, &items, &keys, descending)?))
}
