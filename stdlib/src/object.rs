//! Objects (STDLIB L5). They have no methods, so that no key of data can collide with one: `Object.*` and a few
//! functions do it.

use crate::arguments::{Given, array_bytes, go_on, look, reserve_values, spend, wrong_kind};
use crate::registration::Body::Native as Rust;
use crate::registration::Registration;
use prism_bytecode::ConfidenceRule::Subject;
use prism_bytecode::Role;
use prism_confidence::Rule;
use prism_vm::confidence::Conf;
use prism_vm::limits::Stop;
use prism_vm::native::Native;
use prism_vm::raise::Raise;
use prism_vm::runtime::Runtime;
use prism_vm::value::heap::{Ref, deeper};
use prism_vm::value::{Counted, Kind, Object, Str, Task, Value};

const HAS: Registration = Registration::function(
    "has",
    "(o: object, key: string) -> boolean",
    Subject,
    Rust(has),
    "Whether the object has the key, even if its value is null.",
    &[("has({a: null}, \"a\")", "true"), ("has({}, \"a\")", "false")],
);
const PICK: Registration = Registration::function(
    "pick",
    "(o: object, ...keys: string | array<string>) -> object",
    Subject,
    Rust(pick),
    "Only these keys, in the order named; those that the object lacks are left out.",
    &[("pick({a: 1, b: 2, c: 3}, \"c\", \"a\")", "{ c: 3, a: 1 }"), ("pick({a: 1}, [\"a\", \"x\"])", "{ a: 1 }")],
);
const OMIT: Registration = Registration::function(
    "omit",
    "(o: object, ...keys: string | array<string>) -> object",
    Subject,
    Rust(omit),
    "All but these keys: how a key is deleted.",
    &[("omit({a: 1, b: 2}, \"a\")", "{ b: 2 }")],
);

/// `Object`, `has`, `pick`, `omit`.
pub const FUNCTIONS: &[Registration] = &[
    Registration::namespace("Object", "What works on objects.", &[("typeof Object", "object")]),
    Registration::function(
        "Object.keys",
        "(o: object) -> array<string>",
        Subject,
        Rust(keys),
        "The keys in order of insertion.",
        &[("Object.keys({b: 1, a: 2})", "[b, a]")],
    ),
    Registration::function(
        "Object.values",
        "(o: object) -> array<any>",
        Subject,
        Rust(values),
        "The values in the order of their keys.",
        &[("Object.values({b: 1, a: 2})", "[1, 2]")],
    ),
    Registration::function(
        "Object.entries",
        "(o: object) -> array<array<any>>",
        Subject,
        Rust(entries),
        "A pair of key and value each.",
        &[("Object.entries({a: 1})", "[[a, 1]]")],
    ),
    Registration::function(
        "Object.fromEntries",
        "(xs: array<array<any>>) -> object",
        Subject,
        Rust(from_entries),
        "An object of pairs of key and value; of equal keys the last one's value stands.",
        &[("Object.fromEntries([[\"x\", 1], [\"y\", 2], [\"x\", 3]])", "{ x: 3, y: 2 }")],
    ),
    Registration::function(
        "Object.assign",
        "(o: object, ...sources: object | null) -> object",
        Subject,
        Rust(assign),
        "With the members of the sources, later ones winning; null is skipped, no argument changes.",
        &[("Object.assign({a: 1}, {b: 2}, null, {a: 3})", "{ a: 3, b: 2 }")],
    )
    .with_roles(SOURCES),
    Registration::function(
        "Object.merge",
        "(o: object, ...sources: object | null) -> object",
        Subject,
        Rust(merge),
        "As assign, but objects in the same place are merged in turn.",
        &[("Object.merge({a: {x: 1}}, {a: {y: 2}})", "{ a: { x: 1, y: 2 } }")],
    )
    .with_roles(SOURCES),
    HAS,
    PICK,
    OMIT,
    Registration { path: "Object.has", examples: &[("Object.has({a: 1}, \"a\")", "true")], ..HAS },
    Registration { path: "Object.hasOwn", examples: &[("Object.hasOwn({a: 1}, \"b\")", "false")], ..HAS },
    Registration { path: "Object.pick", examples: &[("Object.pick({a: 1, b: 2}, \"b\")", "{ b: 2 }")], ..PICK },
    Registration { path: "Object.omit", examples: &[("Object.omit({a: 1, b: 2}, \"b\")", "{ a: 1 }")], ..OMIT },
];

/// The members of a source are opened into the result, each with the source's confidence.
const SOURCES: &[(&str, Role)] = &[("sources", Role::Value)];

/// The members of the first argument.
fn members<'n>(native: &'n Native) -> impl Iterator<Item = (&'n Ref<Str>, &'n Value)> {
    native.object(0).into_iter().flat_map(Object::iter)
}

fn spend_members(native: &mut Native) -> Result<(), Raise> {
    let count = native.object(0).map_or(0, Object::len);
    reserve_values(native, count)?;
    spend(native, count)
}

fn keys(native: &mut Native) -> Given {
    spend_members(native)?;
    Ok(Value::array(members(native).map(|(key, _)| Value::from(key.clone())).collect()))
}

fn values(native: &mut Native) -> Given {
    spend_members(native)?;
    Ok(Value::array(members(native).map(|(_, value)| value.clone()).collect()))
}

fn entries(native: &mut Native) -> Given {
    let bytes = native.object(0).map_or(0, Object::len).saturating_mul(array_bytes(2) + size_of::<Value>());
    native.runtime.reserve(bytes)?;
    let pair = |(key, value): (&Ref<Str>, &Value)| Value::array(vec![Value::from(key.clone()), value.clone()]);
    Ok(Value::array(members(native).map(pair).collect()))
}

fn from_entries(native: &mut Native) -> Given {
    spend(native, native.items(0).len())?;
    let mut object = native.runtime.empty_object();
    for entry in native.items(0) {
        go_on()?;
        let entry = look(entry)?;
        let Some(pair) = entry.as_array() else {
            return Err(wrong_kind(native, format_args!("entry must be an array, got {}", entry.kind().as_str())));
        };
        let key = match pair.first() {
            Some(key) => native.runtime.display_bare(&*look(key)?),
            None => native.runtime.display_bare(&Value::NULL),
        };
        let value = pair.get(1).cloned().unwrap_or_default();
        object.set(&key, part(&value, entry.conf()));
    }
    Ok(Value::from(Ref::new(object)))
}

/// A member with its container's confidence.
fn part(value: &Value, container: Conf) -> Value {
    value.clone().with_conf(value.conf().times(container, Rule::Part))
}

fn has(native: &mut Native) -> Given {
    Ok(Value::boolean(native.object(0).is_some_and(|object| object.has(native.text(1)))))
}

/// The keys that are named one by one or in arrays, and the least confidence among those in arrays.
fn named(native: &mut Native) -> Result<(Counted<Ref<Str>>, Conf), Raise> {
    let (mut keys, mut conf) = (Counted::default(), Conf::PLAIN);
    for at in 1..native.given() {
        let argument = native.settled(native.argument(at))?;
        let alone = [argument.clone().bare()];
        spend(native, argument.as_array().map_or(1, |array| array.len()))?;
        for key in argument.as_array().map_or(&alone[..], |array| array) {
            let key = look(key)?;
            let Some(text) = key.to_ref() else {
                let text =
                    format!("argument {} must be a string or an array of strings, got {}", at + 1, key.kind().as_str());
                return Err(wrong_kind(native, text));
            };
            if key.conf().or_one() < conf.or_one() || conf.is_plain() {
                conf = key.conf();
            }
            native.runtime.take_text(Str::as_str(&text))?;
            keys.push(text);
        }
    }
    Ok((keys, conf))
}

fn pick(native: &mut Native) -> Given {
    let (keys, conf) = named(native)?;
    let mut object = native.runtime.empty_object();
    for key in &keys {
        if let Some(value) = native.object(0).and_then(|own| own.get(key.as_str())) {
            object.set(key, value.clone());
        }
    }
    Ok(Value::from(Ref::new(object)).with_conf(conf))
}

fn omit(native: &mut Native) -> Given {
    spend_members(native)?;
    let (keys, conf) = named(native)?;
    let _held = native.runtime.hold(2 * keys.len() * size_of::<(&str, u8)>())?;
    let keys: std::collections::HashSet<&str> = keys.iter().map(|key| key.as_str()).collect();
    let mut object = native.runtime.empty_object();
    for (key, value) in members(native).filter(|(key, _)| !keys.contains(key.as_str())) {
        object.set(key, value.clone());
    }
    Ok(Value::from(Ref::new(object)).with_conf(conf))
}

fn assign(native: &mut Native) -> Given {
    combine(native, |_, target, key, value| {
        target.set(key, value);
        Ok(())
    })
}

fn merge(native: &mut Native) -> Given {
    combine(native, merge_member)
}

/// Sets a member of the target; the last argument has its source's confidence.
type SetMember = fn(&mut Runtime, &mut Object, &Ref<Str>, Value) -> Result<(), Raise>;

/// The first argument with the members of the others, put in by `set`.
fn combine(native: &mut Native, set: SetMember) -> Given {
    spend_members(native)?;
    let sources = Counted::read(native.given_from(1), Task::settled)?;
    let mut result = native.take(0);
    if let Some(target) = result.as_object_mut() {
        for source in &sources {
            put_all(native.runtime, target, source, set)?;
        }
    }
    Ok(result)
}

fn put_all(runtime: &mut Runtime, target: &mut Object, source: &Value, set: SetMember) -> Result<(), Raise> {
    let Some(members) = source.as_object() else { return Ok(()) };
    runtime.take_fuel(members.len() as u64)?;
    for (key, value) in members.iter() {
        set(runtime, target, key, part(value, source.conf()))?;
    }
    Ok(())
}

fn merge_member(runtime: &mut Runtime, target: &mut Object, key: &Ref<Str>, value: Value) -> Result<(), Raise> {
    match target.get_mut(key.as_str()) {
        Some(old) if value.kind() == Kind::Object && old.kind() == Kind::Object => {
            let Some(old) = old.as_object_mut() else { return Ok(()) };
            deeper(|| put_all(runtime, old, &value, merge_member)).unwrap_or(Err(Raise::Stop(Stop::Memory)))
        }
        _ => {
            target.set(key, value);
            Ok(())
        }
    }
}
