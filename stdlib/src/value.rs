//! Values of any kind (STDLIB L7): display, truth, size, confidence, tests of kind, `fail`.

use crate::arguments::{Given, subject};
use crate::registration::Body::Native as Rust;
use crate::registration::{Example, Registration};
use prism_bytecode::ConfidenceRule::{Never, Own, Subject};
use prism_vm::native::{Native, NativeFn};
use prism_vm::raise::Raise;
use prism_vm::value::{Kind, Object, Str, Value};

/// A test of a value's kind, which does not wait for a task.
const fn test(path: &'static str, body: NativeFn, doc: &'static str, examples: &'static [Example]) -> Registration {
    // `Own`: other rules would wait.
    Registration::function(path, "(v: any) -> boolean", Own, Rust(body), doc, examples)
}

/// `String`, `Boolean`, `len`, `value`, `confident`, `isString` and its kind, `fail`, `toString`.
pub const FUNCTIONS: &[Registration] = &[
    Registration::function(
        "String",
        "(v: any) -> string",
        Subject,
        Rust(string),
        "The display of the value without its confidence.",
        &[("String([1, \"a\"])", "[1, a]"), ("String(null)", "null")],
    ),
    Registration::function(
        "Boolean",
        "(v: any) -> boolean",
        Subject,
        Rust(boolean),
        "Whether a condition takes the value as true: all but false, null, 0, NaN and an empty text.",
        &[("Boolean(\"\")", "false"), ("Boolean([])", "true")],
    ),
    Registration::function(
        "boolean.toString",
        "() -> string",
        Subject,
        Rust(to_string),
        "The display.",
        &[("true.toString()", "true")],
    ),
    Registration::function(
        "len",
        "(v: array<any> | string | object) -> number",
        Subject,
        Rust(len),
        "How many elements, characters or keys.",
        &[("len([1, [2, 3]])", "2"), ("len(\"naïve\")", "5"), ("len({a: 1})", "1")],
    ),
    Registration::function(
        "value",
        "(v: T) -> T",
        Own,
        Rust(value),
        "The value without its confidence.",
        &[("value(42 ~> 0.9)", "42")],
    ),
    Registration::function(
        "confident",
        "(v: any) -> boolean",
        Own,
        Rust(confident),
        "Whether the value has a confidence.",
        &[("[confident(1 ~> 0.9), confident(1)]", "[true, false]")],
    ),
    test("isString", |native| is(native, Kind::String), "Whether it is a string.", &[("isString(\"a\")", "true")]),
    test("isNumber", |native| is(native, Kind::Number), "Whether it is a number.", &[("isNumber(\"1\")", "false")]),
    test("isBoolean", |native| is(native, Kind::Boolean), "Whether it is a boolean.", &[("isBoolean(false)", "true")]),
    test("isNull", |native| is(native, Kind::Null), "Whether it is null.", &[("isNull(null)", "true")]),
    test("isArray", |native| is(native, Kind::Array), "Whether it is an array.", &[("isArray([])", "true")]),
    test("isObject", |native| is(native, Kind::Object), "Whether it is an object.", &[("isObject([])", "false")]),
    test(
        "isFunction",
        |native| is(native, Kind::Function),
        "Whether it is a function.",
        &[("isFunction(len)", "true")],
    ),
    test("isAgent", |native| is(native, Kind::Agent), "Whether it is an agent.", &[("isAgent(\"a1\")", "false")]),
    test(
        "isTask",
        |native| is(native, Kind::Task),
        "Whether it is a task, ended or not.",
        &[("isTask(delay(1))", "true")],
    ),
    test(
        "isError",
        |native| is(native, Kind::Error),
        "Whether it is an error value.",
        &[("isError(try { fail(\"no\") } catch (e) { e })", "true")],
    ),
    Registration::function(
        "fail",
        "(message: string, data?: any) -> never",
        Never,
        Rust(fail),
        "Raises an error with that message and data.",
        &[("try { fail(\"too short\", {least: 3}) } catch (e) { [e.message, e.data.least] }", "[too short, 3]")],
    ),
];

fn string(native: &mut Native) -> Given {
    let (value, conf) = subject(native)?;
    Ok(displayed(native, value)?.with_conf(conf))
}

/// `toString` of strings, booleans and arrays: the display.
///
/// # Errors
/// When there is no room for it.
pub fn to_string(native: &mut Native) -> Given {
    let receiver = native.take(0);
    displayed(native, receiver)
}

fn displayed(native: &mut Native, value: Value) -> Given {
    if value.as_str().is_some() {
        return Ok(value);
    }
    let text = native.runtime.display_bare(&value);
    native.runtime.reserve(text.as_str().len())?;
    Ok(Value::from(text))
}

fn boolean(native: &mut Native) -> Given {
    let (value, conf) = subject(native)?;
    Ok(Value::boolean(value.is_truthy()).with_conf(conf))
}

fn len(native: &mut Native) -> Given {
    let argument = native.argument(0);
    let length = match (argument.as_array(), argument.as_object()) {
        (Some(array), _) => array.len(),
        (_, Some(object)) => Object::len(object),
        _ => argument.as_str().map_or(0, Str::char_count),
    };
    Ok(Value::number(length as f64))
}

fn value(native: &mut Native) -> Given {
    Ok(native.settled(native.argument(0))?.bare())
}

fn confident(native: &mut Native) -> Given {
    Ok(Value::boolean(native.settled(native.argument(0))?.is_confident()))
}

fn is(native: &mut Native, kind: Kind) -> Given {
    let value = native.argument(0);
    let own = if native.runtime.is_namespace(value) { Kind::Object } else { value.kind() };
    Ok(Value::boolean(own == kind))
}

fn fail(native: &mut Native) -> Given {
    Err(Raise::thrown(native.copied_text(0)?, native.argument(1).clone()))
}
