//! Equality (§2). Outer confidences never matter here: callers compare bare values. Inside arrays and objects a
//! confident member equals only a confident one with an equal value and a confidence within [`TOLERANCE`].

use super::heap::{Charge, Ref};
use super::{Kind, Str, Value};
use crate::runtime::TEXT_STEP;
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

/// Takes steps for work on values that has no runtime at hand: what a library function does counts as its own. Where no
/// more may be taken, the work need not be done: the caller's run ends.
#[inline]
pub fn look_at(steps: usize) -> bool {
    let room = ROOM.get().saturating_sub(steps as u64);
    ROOM.set(room);
    room > 0
}

/// As [`look_at`], for going through a text: a step for 64 bytes.
#[inline]
pub fn look_through(text: &str) -> bool {
    text.len() < TEXT_STEP || look_at(text.len() / TEXT_STEP)
}

fn same_text(a: &str, b: &str) -> bool {
    a.len() == b.len() && look_through(a) && a == b
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
    match shallow(a, b) {
        Compared::Decided(equal) => equal,
        Compared::ByParts => equal_parts(a, b),
    }
}

/// What two values come to without a look at their parts.
enum Compared {
    Decided(bool),
    /// Both are arrays, or both objects, with as many parts.
    ByParts,
}

fn shallow(a: &Value, b: &Value) -> Compared {
    let by_parts = |same_length| if same_length { Compared::ByParts } else { Compared::Decided(false) };
    if let (Some(x), Some(y)) = (a.as_number(), b.as_number()) {
        return Compared::Decided(x == y);
    }
    if let (Some(x), Some(y)) = (a.as_str(), b.as_str()) {
        return Compared::Decided(same_text(x.as_str(), y.as_str()));
    }
    if let (Some(x), Some(y)) = (a.as_array(), b.as_array()) {
        return by_parts(x.len() == y.len());
    }
    if let (Some(x), Some(y)) = (a.as_object(), b.as_object()) {
        return by_parts(x.len() == y.len());
    }
    Compared::Decided(if let (Some(x), Some(y)) = (a.as_agent(), b.as_agent()) {
        x.id == y.id
    } else if let (Some(x), Some(y)) = (a.as_bound(), b.as_bound()) {
        std::ptr::eq(x, y)
    } else {
        a.same_bits(b) && a.kind() == b.kind()
    })
}

/// Two arrays or two objects whose parts are being compared.
struct Pair<'a> {
    a: &'a Value,
    b: &'a Value,
    /// The place of the part that comes next.
    next: usize,
}

impl<'a> Pair<'a> {
    /// The next part of the one, and what stands for it in the other, if anything does.
    fn step(&mut self) -> Option<(&'a Value, Option<&'a Value>)> {
        let at = self.next;
        self.next += 1;
        match (self.a.as_array(), self.b.as_array(), self.a.as_object(), self.b.as_object()) {
            (Some(a), Some(b), ..) => Some((a.get(at)?, b.get(at))),
            (.., Some(a), Some(b)) => Some((a.at(at)?, a.key_at(at).and_then(|key| b.get(key.as_str())))),
            _ => None,
        }
    }
}

/// Nesting takes no stack: what is being compared stands in a list, which counts as the run's memory.
fn equal_parts(a: &Value, b: &Value) -> bool {
    let (mut open, mut charge) = (vec![Pair { a, b, next: 0 }], Charge::default());
    while let Some(innermost) = open.last_mut() {
        let Some((a, b)) = innermost.step() else {
            open.pop();
            continue;
        };
        let Some(b) = b.filter(|b| look_at(1) && equally_sure(a, b)) else { return false };
        match shallow(a, b) {
            Compared::Decided(true) => {}
            Compared::Decided(false) => return false,
            Compared::ByParts => {
                if open.len() == open.capacity() && !charge.grow(2 * open.len() * size_of::<Pair<'_>>()) {
                    return false;
                }
                open.push(Pair { a, b, next: 0 });
            }
        }
    }
    true
}

fn equally_sure(a: &Value, b: &Value) -> bool {
    match (a.confidence(), b.confidence()) {
        (None, None) => true,
        (Some(x), Some(y)) => (x - y).abs() <= TOLERANCE,
        _ => false,
    }
}

/// `==`: as `===` when the kinds agree, else as §2 has it; `display` gives bare displays.
pub fn loosely_equal(a: &Value, b: &Value, display: &dyn Fn(&Value) -> Ref<Str>) -> bool {
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
        let (a, b) = (display(a), display(b));
        return look_through(a.as_str()) && look_through(b.as_str()) && a.as_str() == b.as_str();
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
    let text = value.as_str().map(Str::as_str).filter(|text| look_through(text))?;
    let number = crate::number::parse_float(text);
    (!number.is_nan()).then_some(number)
}
