//! Equality (§2). Outer confidences never matter here: callers compare bare values. Inside arrays and objects a
//! confident member equals only a confident one with an equal value and a confidence within [`TOLERANCE`].

use super::{Kind, Value};
use std::cell::Cell;

/// How far two confidences may be apart and still be equal.
const TOLERANCE: f64 = 1e-10;

thread_local! {
    /// One more than the parts that may still be looked at: values that share parts can be exponentially larger than
    /// they seem.
    static ROOM: Cell<u64> = const { Cell::new(u64::MAX) };
}

/// Does something that compares, and tells how many parts were looked at; `None` if there were more than `most`: what
/// was compared then counted as unequal, and the caller must stop the run.
pub(crate) fn metered<R>(most: u64, work: impl FnOnce() -> R) -> (R, Option<u64>) {
    let room = most.saturating_add(1);
    let before = ROOM.replace(room);
    let result = work();
    let left = ROOM.replace(before);
    (result, (left > 0).then_some(room - left))
}

/// How NaN compares with itself.
#[derive(Clone, Copy, PartialEq)]
enum Nan {
    Unequal,
    Equal,
}

/// `===`, the library's *same*: same kind and equal, arrays and objects by content, functions, errors and tasks only with themselves, agents
/// by id.
pub fn strictly_equal(a: &Value, b: &Value) -> bool {
    equal(a, b, Nan::Unequal)
}

/// *same0* of the library: `===`, and NaN equals NaN.
pub fn same_or_nan(a: &Value, b: &Value) -> bool {
    equal(a, b, Nan::Equal)
}

fn equal(a: &Value, b: &Value, nan: Nan) -> bool {
    if let (Some(x), Some(y)) = (a.as_number(), b.as_number()) {
        return x == y || (nan == Nan::Equal && x.is_nan() && y.is_nan());
    }
    if let (Some(x), Some(y)) = (a.as_str(), b.as_str()) {
        return x.as_str() == y.as_str();
    }
    if let (Some(x), Some(y)) = (a.as_array(), b.as_array()) {
        return x.len() == y.len() && x.iter().zip(y.iter()).all(|(x, y)| equal_inside(x, y));
    }
    if let (Some(x), Some(y)) = (a.as_object(), b.as_object()) {
        return x.len() == y.len() && x.iter().all(|(key, x)| y.get(key.as_str()).is_some_and(|y| equal_inside(x, y)));
    }
    if let (Some(x), Some(y)) = (a.as_agent(), b.as_agent()) {
        return x.id == y.id;
    }
    if let (Some(x), Some(y)) = (a.as_bound(), b.as_bound()) {
        return std::ptr::eq(x, y);
    }
    a.same_bits(b) && a.kind() == b.kind()
}

fn equal_inside(a: &Value, b: &Value) -> bool {
    ROOM.set(ROOM.get().saturating_sub(1));
    if ROOM.get() == 0 {
        return false;
    }
    let sure = match (a.confidence(), b.confidence()) {
        (None, None) => true,
        (Some(x), Some(y)) => (x - y).abs() <= TOLERANCE,
        _ => false,
    };
    sure && stacker::maybe_grow(64 << 10, 1 << 20, || equal(a, b, Nan::Unequal))
}

/// `==`: as `===` when the kinds agree, else as §2 has it; `display` gives bare displays.
pub fn loosely_equal(a: &Value, b: &Value, display: &dyn Fn(&Value) -> String) -> bool {
    let (kind_a, kind_b) = (a.kind(), b.kind());
    if kind_a == kind_b {
        return strictly_equal(a, b);
    }
    if (kind_a == Kind::Number || kind_b == Kind::Number)
        && let (Some(x), Some(y)) = (read_number(a), read_number(b))
    {
        return x == y;
    }
    if kind_a == Kind::Null || kind_b == Kind::Null {
        return false;
    }
    if kind_a == Kind::String || kind_b == Kind::String {
        let (text, other) = if kind_a == Kind::String { (a, b) } else { (b, a) };
        if other.as_boolean() == Some(false) && text.as_str().is_some_and(|text| text.as_str().is_empty()) {
            return true;
        }
        return display(a) == display(b);
    }
    if kind_a == Kind::Boolean || kind_b == Kind::Boolean {
        return a.is_truthy() == b.is_truthy();
    }
    false
}

/// A value read as a number for `==`: a string by its prefix as JavaScript's `parseFloat`, a boolean as 0 or 1.
fn read_number(value: &Value) -> Option<f64> {
    if let Some(number) = value.as_number() {
        return Some(number);
    }
    if let Some(truth) = value.as_boolean() {
        return Some(f64::from(u8::from(truth)));
    }
    let number = crate::number::parse_float(value.as_str()?.as_str());
    (!number.is_nan()).then_some(number)
}
