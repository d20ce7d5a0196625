//! `Math` (STDLIB L6).

use crate::arguments::{Given, spend};
use crate::registration::Body::{Intrinsic, Native as Rust, Number};
use crate::registration::{Example, Registration};
use prism_bytecode::ConfidenceRule::{All, Never, Selected};
use prism_vm::native::{Intrinsic as Machine, Native};
use prism_vm::value::Value;

/// A function of one number.
const fn unary(
    path: &'static str,
    body: fn(f64) -> f64,
    doc: &'static str,
    examples: &'static [Example],
) -> Registration {
    Registration::function(path, "(n: number) -> number", All, Number(body), doc, examples)
}

/// Registrations of functions of one number, each with its body.
macro_rules! unary {
    ($path:literal, $function:expr, $doc:literal, $program:literal => $shown:literal) => {
        unary(concat!("Math.", $path), $function, $doc, &[($program, $shown)])
    };
}

/// Of at least one number: the function `max`, whose namesake in `Math` may have none.
pub(crate) const AT_LEAST_ONE: &str = "(first: number, ...others: number) -> number";

/// `Math`.
pub const FUNCTIONS: &[Registration] = &[
    Registration::namespace("Math", "Functions of numbers, and constants.", &[("typeof Math", "object")]),
    unary!("abs", f64::abs, "The number without its sign.", "Math.abs(-7.25)" => "7.25"),
    unary!("ceil", f64::ceil, "The least whole number that is not below.", "Math.ceil(1.2)" => "2"),
    unary!("floor", f64::floor, "The greatest whole number that is not above.", "Math.floor(-1.5)" => "-2"),
    unary!("round", round, "The nearest whole number; halves go up.", "[Math.round(2.5), Math.round(-2.5)]" => "[3, -2]"),
    unary!("trunc", f64::trunc, "Without the fraction.", "Math.trunc(-1.9)" => "-1"),
    unary!("sign", sign, "-1, 0 or 1.", "Math.sign(-3)" => "-1"),
    unary!("sqrt", f64::sqrt, "The square root; NaN of a negative number.", "Math.sqrt(9)" => "3"),
    unary!("cbrt", f64::cbrt, "The cube root.", "Math.cbrt(27)" => "3"),
    unary!("exp", f64::exp, "e to that power.", "Math.exp(0)" => "1"),
    unary!("expm1", f64::exp_m1, "exp(n) - 1, exact near 0.", "Math.expm1(0)" => "0"),
    unary!("log", f64::ln, "The natural logarithm.", "Math.log(1)" => "0"),
    unary!("log1p", f64::ln_1p, "log(1 + n), exact near 0.", "Math.log1p(0)" => "0"),
    unary!("log2", f64::log2, "The logarithm to base 2.", "Math.log2(8)" => "3"),
    unary!("log10", f64::log10, "The logarithm to base 10.", "Math.log10(1000)" => "3"),
    unary!("sin", f64::sin, "The sine of an angle in radians.", "Math.sin(0)" => "0"),
    unary!("cos", f64::cos, "The cosine of an angle in radians.", "Math.cos(0)" => "1"),
    unary!("tan", f64::tan, "The tangent of an angle in radians.", "Math.tan(0)" => "0"),
    unary!("asin", f64::asin, "The angle with that sine.", "Math.asin(0)" => "0"),
    unary!("acos", f64::acos, "The angle with that cosine.", "Math.acos(1)" => "0"),
    unary!("atan", f64::atan, "The angle with that tangent.", "Math.atan(0)" => "0"),
    unary!("sinh", f64::sinh, "The hyperbolic sine.", "Math.sinh(0)" => "0"),
    unary!("cosh", f64::cosh, "The hyperbolic cosine.", "Math.cosh(0)" => "1"),
    unary!("tanh", f64::tanh, "The hyperbolic tangent.", "Math.tanh(0)" => "0"),
    Registration::function(
        "Math.pow",
        "(n: number, m: number) -> number",
        All,
        Rust(|native| Ok(Value::number(power(native.number(0), native.number(1))))),
        "n to the power m, as the operator **.",
        &[("Math.pow(2, -2)", "0.25")],
    ),
    Registration::function(
        "Math.atan2",
        "(y: number, x: number) -> number",
        All,
        Rust(|native| Ok(Value::number(native.number(0).atan2(native.number(1))))),
        "The angle of the point (x, y).",
        &[("Math.atan2(0, 1)", "0")],
    ),
    Registration::function(
        "Math.hypot",
        "(...n: number) -> number",
        All,
        Rust(hypot),
        "The square root of the sum of squares.",
        &[("Math.hypot(3, 4)", "5")],
    ),
    Registration::function(
        "Math.max",
        "(...n: number) -> number",
        Selected,
        Rust(max),
        "The largest argument with its own confidence, the first of equals; NaN if any is; -Infinity of none.",
        &[("Math.max(1, 3, 2)", "3"), ("Math.max()", "-Infinity")],
    ),
    Registration::function(
        "Math.min",
        "(...n: number) -> number",
        Selected,
        Rust(min),
        "The smallest argument with its own confidence, the first of equals; NaN if any is; Infinity of none.",
        &[("Math.min(2, -5, 0)", "-5"), ("Math.min()", "Infinity")],
    ),
    RANDOM,
    Registration { path: "Math.random", examples: &[("Math.random() < 1", "true")], ..RANDOM },
    constant("Math.E", std::f64::consts::E, "Euler's number.", &[("Math.E", "2.718281828459045")]),
    constant(
        "Math.PI",
        std::f64::consts::PI,
        "The ratio of a circle's circumference to its diameter.",
        &[("Math.PI", "3.141592653589793")],
    ),
    constant("Math.LN2", std::f64::consts::LN_2, "The natural logarithm of 2.", &[("Math.LN2", "0.6931471805599453")]),
    constant(
        "Math.LN10",
        std::f64::consts::LN_10,
        "The natural logarithm of 10.",
        &[("Math.LN10", "2.302585092994046")],
    ),
    constant(
        "Math.LOG2E",
        std::f64::consts::LOG2_E,
        "The logarithm of e to base 2.",
        &[("Math.LOG2E", "1.4426950408889634")],
    ),
    constant(
        "Math.LOG10E",
        std::f64::consts::LOG10_E,
        "The logarithm of e to base 10.",
        &[("Math.LOG10E", "0.4342944819032518")],
    ),
    constant("Math.SQRT2", std::f64::consts::SQRT_2, "The square root of 2.", &[("Math.SQRT2", "1.4142135623730951")]),
    constant(
        "Math.SQRT1_2",
        std::f64::consts::FRAC_1_SQRT_2,
        "The square root of a half.",
        &[("Math.SQRT1_2", "0.7071067811865476")],
    ),
];

const fn constant(path: &'static str, number: f64, doc: &'static str, examples: &'static [Example]) -> Registration {
    Registration::constant(path, number, doc, examples)
}

const RANDOM: Registration = Registration::function(
    "random",
    "() -> number",
    Never,
    Intrinsic(Machine::Random),
    "A number from 0 up to 1, which the host draws and writes down.",
    &[("random() >= 0", "true")],
);

fn round(number: f64) -> f64 {
    let floor = number.floor();
    // Adding a half first would round 0.49999999999999994 up. The sign stays, also of zero.
    (if number - floor >= 0.5 { floor + 1.0 } else { floor }).copysign(number)
}

fn sign(number: f64) -> f64 {
    if number == 0.0 || number.is_nan() { number } else { number.signum() }
}

/// `**` as JavaScript has it: of 1 and an infinite or unknown power nothing is known.
fn power(base: f64, exponent: f64) -> f64 {
    if exponent.is_nan() || (base.abs() == 1.0 && exponent.is_infinite()) { f64::NAN } else { base.powf(exponent) }
}

fn hypot(native: &mut Native) -> Given {
    spend(native, native.given())?;
    Ok(Value::number((0..native.given()).map(|at| native.number(at)).fold(0.0, f64::hypot)))
}

/// `Math.max(…)`, `max(…)`.
///
/// # Errors
/// Where an argument is a task that still runs or has failed.
pub fn max(native: &mut Native) -> Given {
    chosen(native, f64::NEG_INFINITY, |new, old| new > old)
}

/// `Math.min(…)`, `min(…)`.
///
/// # Errors
/// Where an argument is a task that still runs or has failed.
pub fn min(native: &mut Native) -> Given {
    chosen(native, f64::INFINITY, |new, old| new < old)
}

/// The argument that no other is better than, the first of equals; the first NaN if there is one.
fn chosen(native: &mut Native, none: f64, better: fn(f64, f64) -> bool) -> Given {
    spend(native, native.given())?;
    let mut chosen: Option<(f64, Value)> = None;
    for at in 0..native.given() {
        let value = native.settled(native.argument(at))?;
        let number = value.as_number().unwrap_or(f64::NAN);
        if number.is_nan() {
            return Ok(value);
        }
        if chosen.as_ref().is_none_or(|(old, _)| better(number, *old)) {
            chosen = Some((number, value));
        }
    }
    Ok(chosen.map_or(Value::number(none), |(_, value)| value))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn rounding_takes_halves_up() {
        let given = [2.5, -2.5, -2.51, 0.49999999999999994, 1e20, f64::INFINITY];
        assert_eq!(given.map(round), [3.0, -2.0, -3.0, 0.0, 1e20, f64::INFINITY]);
        assert!(round(-0.4) == 0.0 && round(-0.4).is_sign_negative() && round(f64::NAN).is_nan());
    }

    #[test]
    fn powers_are_javascripts() {
        assert!(
            [(1.0, f64::INFINITY), (-1.0, f64::NEG_INFINITY), (1.0, f64::NAN)]
                .iter()
                .all(|(n, m)| power(*n, *m).is_nan())
        );
        assert_eq!([power(f64::NAN, 0.0), power(2.0, -2.0), power(2.0, f64::INFINITY)], [1.0, 0.25, f64::INFINITY]);
    }

    proptest! {
        #[test]
        fn rounding_is_near(number in -1e9..1e9f64) {
            let rounded = round(number);
            prop_assert!(rounded.fract() == 0.0 && rounded - number <= 0.5 && number - rounded < 0.5);
        }
    }
}
