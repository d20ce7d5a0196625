//! The list of registrations as a whole: nothing is missing, nothing is there twice, everything can be read.

use prism_bytecode::{EntryKind, KindSet, Role};
use prism_stdlib::registration::Body;
use prism_stdlib::{LibraryError, PRELUDE, Registration, catalog, library, registrations};
use std::collections::HashSet;

/// Every name of the library's tables.
const NAMES: &str = "
    array: map filter reduce forEach find findLast findIndex findLastIndex some every includes indexOf lastIndexOf slice
        concat join flat flatMap at first last push unshift pop shift splice sort toSorted reverse toReversed fill
        toSpliced with sum avg unique chunk zip groupBy sortBy keys entries toString
    string: toUpperCase toLowerCase trim trimStart trimEnd split includes contains startsWith endsWith indexOf
        lastIndexOf slice substring replace replaceAll repeat padStart padEnd localeCompare charAt at lines toString
    number: toFixed toString
    boolean: toString
    Array: isArray
    Object: keys values entries fromEntries has hasOwn pick assign merge
    Math: abs ceil floor round trunc sign sqrt cbrt exp expm1 log log1p log2 log10 sin cos tan asin acos atan sinh cosh
        tanh pow atan2 hypot max min random E PI LN2 LN10 LOG2E LOG10E SQRT2 SQRT1_2
    Number: MAX_SAFE_INTEGER MIN_SAFE_INTEGER EPSILON MAX_VALUE MIN_VALUE parseInt parseFloat isNaN isFinite isInteger
        isSafeInteger
    Date: now
    JSON: parse stringify
    console: log info warn error debug
    Promise: all any race allSettled resolve reject
    : Math JSON Object Date Promise console Array Number String Boolean Infinity NaN has pick omit parseInt parseFloat
        isNaN isFinite random now range len value confident isString isNumber isBoolean isNull isArray isObject
        isFunction isAgent isTask isError fail print map filter reduce max min sortBy groupBy confidence threshold
        consensus aggregate average synthesize majorityVote delay sleep debounce vote merge first validate select llm
        executePattern
";

/// The paths that [`NAMES`] stands for.
fn paths() -> Vec<String> {
    let mut namespace = "";
    let mut paths = Vec::new();
    for word in NAMES.split_whitespace() {
        match word.strip_suffix(':') {
            Some(name) => namespace = name,
            None if namespace.is_empty() => paths.push(word.to_owned()),
            None => paths.push(format!("{namespace}.{word}")),
        }
    }
    paths
}

#[test]
fn every_name_is_registered() {
    let registered: HashSet<&str> = registrations().iter().map(|one| one.path).collect();
    let missing: Vec<_> = paths().into_iter().filter(|path| !registered.contains(path.as_str())).collect();
    assert!(missing.is_empty(), "missing: {missing:?}");
}

#[test]
fn no_path_is_registered_twice() {
    let mut seen = HashSet::new();
    let twice: Vec<_> = registrations().into_iter().map(|one| one.path).filter(|path| !seen.insert(*path)).collect();
    assert!(twice.is_empty(), "twice: {twice:?}");
}

#[test]
fn everything_is_explained() {
    for one in registrations() {
        assert!(one.doc.ends_with('.'), "{}: the doc is a sentence", one.path);
        assert!(one.hidden || !one.examples.is_empty(), "{}: has an example", one.path);
    }
}

#[test]
fn signatures_can_be_read() {
    for one in registrations() {
        let entry = one.entry(false).unwrap_or_else(|fault| panic!("{}: {fault}", one.path));
        let callable = !matches!(one.body, Body::Namespace | Body::Constant(_));
        assert_eq!(entry.signature().is_some(), callable, "{}", one.path);
        assert_eq!(one.signature.is_empty(), !callable, "{}", one.path);
    }
}

#[test]
fn a_parameter_follows_no_optional_one_unless_it_may_be_missing() {
    for one in registrations() {
        let entry = one.entry(false).expect("signatures can be read");
        let params = entry.signature().map_or(&[][..], |signature| &signature.params);
        let right =
            params.windows(2).all(|pair| !pair[0].rest && (!pair[0].optional || pair[1].optional || pair[1].rest));
        assert!(right, "{}", one.path);
    }
}

#[test]
fn roles_are_given_only_to_parameters_that_there_are() {
    let one = Registration { roles: &[("nobody", Role::Value)], ..registration("len") };
    assert!(one.entry(false).is_err());
}

fn registration(path: &str) -> Registration {
    *registrations().into_iter().find(|one| one.path == path).expect("a registered path")
}

#[test]
fn the_catalog_knows_what_each_name_is() {
    let catalog = catalog();
    let kind = |path: &str| catalog.find(path).and_then(|id| catalog.get(id)).map(|entry| &entry.kind);
    assert!(matches!(kind("Math"), Some(EntryKind::Namespace(None))));
    assert!(matches!(kind("Number"), Some(EntryKind::Namespace(Some(_)))));
    assert!(matches!(kind("String"), Some(EntryKind::Function(_))));
    assert!(matches!(kind("Math.PI"), Some(EntryKind::Constant(pi)) if *pi == std::f64::consts::PI));
    assert!(matches!(kind("array.map"), Some(EntryKind::Method(KindSet::ARRAY, _))));
    assert!(catalog.global("intrinsic").is_none() && catalog.global("len").is_some());
    let number = catalog.global("Number").expect("Number is a name");
    assert_eq!(catalog.member(number, "isInteger"), catalog.find("Number.isInteger"));
    assert_eq!(catalog.method(KindSet::STRING, "at"), catalog.find("string.at"));
}

#[test]
fn what_is_looked_for_is_a_setting() {
    let catalog = catalog();
    for (path, param, role) in [
        ("array.includes", 0, Role::Setting),
        ("array.push", 0, Role::Value),
        ("array.map", 0, Role::Callback),
        ("Object.assign", 0, Role::Subject),
        ("Object.assign", 1, Role::Value),
        ("confidence", 0, Role::Callback),
        ("print", 0, Role::Value),
        ("Math.sqrt", 0, Role::Setting),
    ] {
        let entry = catalog.find(path).and_then(|id| catalog.get(id)).expect("a registered path");
        let found = entry.signature().and_then(|signature| signature.params.get(param)).map(|param| param.role);
        assert_eq!(found, Some(role), "{path}");
    }
}

#[test]
fn functions_of_the_prelude_have_one_name_each() {
    let text: String = PRELUDE.iter().map(|(_, text)| *text).collect();
    let mut names = HashSet::new();
    for name in text.split("export fn ").skip(1).filter_map(|rest| rest.split('(').next()) {
        assert!(names.insert(name), "{name} is there twice");
    }
    for one in registrations() {
        if let Body::Prism(name) = one.body {
            assert!(names.contains(name), "{}: the prelude has no function {name}", one.path);
        }
    }
}

#[test]
fn another_program_is_no_prelude() {
    let refused = library(prism_bytecode::Program::default());
    assert!(matches!(refused, Err(LibraryError::Missing(_))));
}
