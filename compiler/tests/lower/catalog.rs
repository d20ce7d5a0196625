//! A catalog with the library's names: lowering asks it what a name is, not what it does.

use prism_bytecode::{Catalog, ConfidenceRule, Entry, EntryKind, Signature};
use std::sync::LazyLock;

const FUNCTIONS: &str = "\
    len map filter reduce select sortBy groupBy max min sum avg average print range random delay sleep debounce \
    llm fail value confident confidence threshold aggregate consensus vote merge first validate majorityVote \
    synthesize has omit pick now isFinite isNaN isError isString isNumber isBoolean isArray isObject isFunction \
    isNull parseInt parseFloat executePattern abs floor ceil round sqrt pow keys values entries unique flatten \
    reverse join split trim toUpper toLower last zip find some every includes Math.max Math.min Math.abs \
    Math.floor Math.ceil Math.round Math.sqrt Math.pow Math.sign Math.trunc Math.random Math.hypot Math.log \
    Math.exp Math.sin Math.cos JSON.parse JSON.stringify Object.keys Object.values Object.entries Object.assign \
    Object.fromEntries Object.merge Array.isArray Array.from Array.of Number.isFinite Number.isInteger \
    Number.isNaN Number.isSafeInteger Number.parseInt Number.parseFloat Date.now Promise.all Promise.any \
    Promise.race Promise.allSettled Promise.resolve Promise.reject console.log console.info console.debug \
    console.warn console.error String.fromCodePoint";
const NAMESPACES: &str = "Math JSON Object Date Promise console Array";
const CALLABLE_NAMESPACES: &str = "Number String Boolean";
const CONSTANTS: [(&str, f64); 6] = [
    ("NaN", f64::NAN),
    ("Infinity", f64::INFINITY),
    ("Math.PI", std::f64::consts::PI),
    ("Math.E", std::f64::consts::E),
    ("Number.EPSILON", f64::EPSILON),
    ("Number.MAX_SAFE_INTEGER", 9_007_199_254_740_991.0),
];

static CATALOG: LazyLock<Catalog> = LazyLock::new(|| {
    let entry = |path: &str, kind| Entry { path: path.into(), kind, hidden: path.starts_with("intrinsic") };
    let signature = |result: &str| {
        let text = format!("(...values: any) -> {result}");
        Signature::parse(&text, ConfidenceRule::Own, false).expect("the text is of the right form")
    };
    let function = |path: &str| {
        let result = if path == "print" { "null" } else { "any" };
        entry(path, EntryKind::Function(signature(result)))
    };
    let mut entries: Vec<_> = FUNCTIONS.split_whitespace().map(function).collect();
    entries.extend(NAMESPACES.split_whitespace().map(|path| entry(path, EntryKind::Namespace(None))));
    let callable = CALLABLE_NAMESPACES.split_whitespace();
    entries.extend(callable.map(|path| entry(path, EntryKind::Namespace(Some(signature("any"))))));
    entries.extend(CONSTANTS.map(|(path, number)| entry(path, EntryKind::Constant(number))));
    entries.push(entry("intrinsic", EntryKind::Namespace(None)));
    entries.push(function("intrinsic.agent"));
    Catalog::new(entries)
});

pub fn catalog() -> &'static Catalog {
    &CATALOG
}
