//! Numbers (STDLIB L6): `Number`, reading them from text, showing them as text, `range`.

mod text;

use crate::arguments::{Given, out_of_range, subject, whole};
use crate::registration::Body::{Intrinsic, Native as Rust};
use crate::registration::Registration;
use prism_bytecode::ConfidenceRule::{All, Never, Subject};
use prism_vm::native::{Intrinsic as Machine, Native};
use prism_vm::value::{Str, Value, format_number, row};

const PARSE_INT: Registration = Registration::function(
    "parseInt",
    "(v: any, base?: number) -> number",
    Subject,
    Rust(parse_int),
    "The whole number that the display begins with, in base 10, in 16 after 0x, or in the base given; NaN if none.",
    &[("parseInt(\"12px\")", "12"), ("parseInt(\"ff\", 16)", "255")],
);
const PARSE_FLOAT: Registration = Registration::function(
    "parseFloat",
    "(v: any) -> number",
    Subject,
    Rust(parse_float),
    "The decimal number that the display begins with; NaN if none.",
    &[("parseFloat(\"3.14abc\")", "3.14")],
);

/// `Number` and its members, the free functions of numbers, the methods of numbers.
pub const FUNCTIONS: &[Registration] = &[
    Registration::function(
        "Number",
        "(v: any) -> number",
        Subject,
        Rust(number),
        "The number that the whole trimmed text is, 0 or 1 of a boolean, 0 of null; else NaN.",
        &[("Number(\" 0x1F \")", "31"), ("Number(\"12px\")", "NaN")],
    ),
    PARSE_INT,
    PARSE_FLOAT,
    Registration { path: "Number.parseInt", examples: &[("Number.parseInt(\"7.9\")", "7")], ..PARSE_INT },
    Registration { path: "Number.parseFloat", examples: &[("Number.parseFloat(\".5\")", "0.5")], ..PARSE_FLOAT },
    Registration::function(
        "isNaN",
        "(v: any) -> boolean",
        Subject,
        Rust(|native| of_number(native, f64::is_nan)),
        "Whether Number(v) is NaN.",
        &[("isNaN(\"abc\")", "true")],
    ),
    Registration::function(
        "isFinite",
        "(v: any) -> boolean",
        Subject,
        Rust(|native| of_number(native, f64::is_finite)),
        "Whether Number(v) is neither NaN nor infinite.",
        &[("isFinite(\"12\")", "true")],
    ),
    Registration::function(
        "Number.isNaN",
        "(v: any) -> boolean",
        Subject,
        Rust(|native| of_itself(native, f64::is_nan)),
        "Whether the value is NaN.",
        &[("Number.isNaN(\"abc\")", "false")],
    ),
    Registration::function(
        "Number.isFinite",
        "(v: any) -> boolean",
        Subject,
        Rust(|native| of_itself(native, f64::is_finite)),
        "Whether the value is a number, and neither NaN nor infinite.",
        &[("Number.isFinite(\"12\")", "false")],
    ),
    Registration::function(
        "Number.isInteger",
        "(v: any) -> boolean",
        Subject,
        Rust(|native| of_itself(native, is_integer)),
        "Whether the value is a whole number.",
        &[("Number.isInteger(5.0)", "true")],
    ),
    Registration::function(
        "Number.isSafeInteger",
        "(v: any) -> boolean",
        Subject,
        Rust(|native| of_itself(native, |number| is_integer(number) && number.abs() <= MAX_SAFE_INTEGER)),
        "Whether the value is a whole number that no other number can be mistaken for.",
        &[("Number.isSafeInteger(9007199254740992)", "false")],
    ),
    Registration::function(
        "number.toFixed",
        "(digits?: number) -> string",
        Subject,
        Rust(to_fixed),
        "With so many digits after the point, 0 to 100; halves are rounded away from zero.",
        &[("(2.5).toFixed()", "3"), ("(1.005).toFixed(2)", "1.00")],
    ),
    Registration::function(
        "number.toString",
        "(base?: number) -> string",
        Subject,
        Rust(to_string),
        "The display, or the digits in a base from 2 to 36.",
        &[("(255).toString(16)", "ff"), ("(0.5).toString(2)", "0.1")],
    ),
    Registration::function(
        "range",
        "(from: number, to?: number, step?: number) -> array<number>",
        All,
        Rust(range),
        "The numbers from the first (0 if only one is given) while before the second, a step apart.",
        &[("range(4)", "[0, 1, 2, 3]"), ("range(5, 0, -2)", "[5, 3, 1]")],
    ),
    NOW,
    Registration::namespace("Date", "Time.", &[("typeof Date", "object")]),
    Registration { path: "Date.now", examples: &[("typeof Date.now()", "number")], ..NOW },
    Registration::constant("Infinity", f64::INFINITY, "More than every number.", &[("1e308 * 10 == Infinity", "true")]),
    Registration::constant(
        "NaN",
        f64::NAN,
        "What is no number; equal to nothing, not even itself.",
        &[("NaN == NaN", "false")],
    ),
    Registration::constant(
        "Number.MAX_SAFE_INTEGER",
        MAX_SAFE_INTEGER,
        "2 ** 53 - 1: up to here all whole numbers are exact.",
        &[("Number.MAX_SAFE_INTEGER", "9007199254740991")],
    ),
    Registration::constant(
        "Number.MIN_SAFE_INTEGER",
        -MAX_SAFE_INTEGER,
        "The same below zero.",
        &[("Number.MIN_SAFE_INTEGER", "-9007199254740991")],
    ),
    Registration::constant(
        "Number.EPSILON",
        f64::EPSILON,
        "How far the next number after 1 is.",
        &[("Number.EPSILON", "2.220446049250313e-16")],
    ),
    Registration::constant(
        "Number.MAX_VALUE",
        f64::MAX,
        "The largest finite number.",
        &[("Number.MAX_VALUE", "1.7976931348623157e+308")],
    ),
    Registration::constant(
        "Number.MIN_VALUE",
        5e-324,
        "The least number above zero.",
        &[("Number.MIN_VALUE", "5e-324")],
    ),
];

const NOW: Registration = Registration::function(
    "now",
    "() -> number",
    Never,
    Intrinsic(Machine::Now),
    "Milliseconds since 1970, which the host reads and writes down.",
    &[("typeof now()", "number")],
);

const MAX_SAFE_INTEGER: f64 = 9_007_199_254_740_991.0;

fn is_integer(number: f64) -> bool {
    number.is_finite() && number.fract() == 0.0
}

/// Whether `Number(v)` passes.
fn of_number(native: &mut Native, passes: impl Fn(f64) -> bool) -> Given {
    let (value, conf) = subject(native)?;
    native.runtime.take_text(value.as_str().map_or("", Str::as_str))?;
    Ok(Value::boolean(passes(text::read(&value))).with_conf(conf))
}

/// Whether the value is a number that passes.
fn of_itself(native: &mut Native, passes: impl Fn(f64) -> bool) -> Given {
    let (value, conf) = subject(native)?;
    Ok(Value::boolean(value.as_number().is_some_and(passes)).with_conf(conf))
}

fn number(native: &mut Native) -> Given {
    let (value, conf) = subject(native)?;
    native.runtime.take_text(value.as_str().map_or("", Str::as_str))?;
    Ok(Value::number(text::read(&value)).with_conf(conf))
}

fn parse_int(native: &mut Native) -> Given {
    let (value, conf) = subject(native)?;
    let base = native.optional_number(1).map(whole);
    let text = native.runtime.display_bare(&value);
    native.runtime.take_text(text.as_str())?;
    Ok(Value::number(text::parse_int(text.as_str(), base)).with_conf(conf))
}

fn parse_float(native: &mut Native) -> Given {
    let (value, conf) = subject(native)?;
    let text = native.runtime.display_bare(&value);
    native.runtime.take_text(text.as_str())?;
    Ok(Value::number(prism_vm::number::parse_float(text.as_str())).with_conf(conf))
}

fn to_fixed(native: &mut Native) -> Given {
    let digits = native.optional_number(1).map_or(0.0, whole);
    if !(0.0..=100.0).contains(&digits) {
        return Err(out_of_range(native, "digits must be between 0 and 100"));
    }
    Ok(Value::from(text::fixed(native.number(0), digits as u8)))
}

fn to_string(native: &mut Native) -> Given {
    let base = native.optional_number(1).map_or(10.0, whole);
    if !(2.0..=36.0).contains(&base) {
        return Err(out_of_range(native, "base must be between 2 and 36"));
    }
    let number = native.number(0);
    let plain = base == 10.0 || !number.is_finite();
    Ok(Value::from(if plain { format_number(number) } else { text::in_base(number, base as u32) }))
}

fn range(native: &mut Native) -> Given {
    let (from, to) = match native.optional_number(1) {
        Some(to) => (native.number(0), to),
        None => (0.0, native.number(0)),
    };
    let step = native.optional_number(2).unwrap_or(1.0);
    if let Some(bad) = [from, to, step].into_iter().find(|number| !number.is_finite()) {
        return Err(out_of_range(native, format_args!("arguments must be finite, got {}", format_number(bad))));
    }
    if step == 0.0 {
        return Err(out_of_range(native, "step must not be 0"));
    }
    let expected = ((to - from) / step).ceil().max(0.0);
    crate::arguments::reserve_values(native, expected as usize)?;
    let before = |number: f64| if step > 0.0 { number < to } else { number > to };
    let number = |place: usize| from + place as f64 * step;
    // Rounding may have made the quotient a little too small or too large.
    let mut count = expected as usize + 1;
    while count > 0 && !before(number(count - 1)) {
        count -= 1;
    }
    let mut numbers = row(count);
    numbers.extend((0..count).map(|place| Value::number(number(place))));
    Ok(Value::array(numbers))
}
