//! How bodies read what they are given: positions, elements behind tasks, costs.

use prism_vm::confidence::Conf;
use prism_vm::limits::Stop;
use prism_vm::native::Native;
use prism_vm::raise::Raise;
use prism_vm::value::heap::footprint;
use prism_vm::value::{Array, Str, Task, Value, look_at};
use std::borrow::Cow;

/// What a body gives.
pub type Given = Result<Value, Raise>;

/// A *k* of STDLIB L1: cut toward zero, NaN is 0; may be infinite.
pub fn whole(number: f64) -> f64 {
    if number.is_nan() { 0.0 } else { number.trunc() }
}

/// A whole number as a count: negative ones are 0, those beyond what memory could hold the largest.
pub fn count(number: f64) -> usize {
    // The cast saturates.
    whole(number) as usize
}

/// A position from the start, clamped to 0…length.
pub fn clamped(number: f64, length: usize) -> usize {
    count(number).min(length)
}

/// A position that counts from the end if negative, clamped to 0…length.
pub fn position(number: f64, length: usize) -> usize {
    let number = whole(number);
    clamped(if number < 0.0 { number + length as f64 } else { number }, length)
}

/// The place of element `number`, negative from the end; none outside.
pub fn place(number: f64, length: usize) -> Option<usize> {
    let number = whole(number);
    let number = if number < 0.0 { number + length as f64 } else { number };
    (number >= 0.0 && number < length as f64).then_some(number as usize)
}

/// What a value is behind a task, for one that the body only looks at.
///
/// # Errors
/// As [`Task::settled`].
pub fn look(value: &Value) -> Result<Cow<'_, Value>, Raise> {
    if value.as_task().is_some() { Task::settled(value).map(Cow::Owned) } else { Ok(Cow::Borrowed(value)) }
}

/// The first argument where it may be anything: what it is behind a task, bare, and the confidence that it brings.
///
/// # Errors
/// As [`Task::settled`].
pub fn subject(native: &Native) -> Result<(Value, Conf), Raise> {
    let value = native.settled(native.argument(0))?;
    let conf = value.conf();
    Ok((value.bare(), conf))
}

/// Takes a step for each of so many elements.
///
/// # Errors
/// When the fuel is used up or the heap is full.
pub fn spend(native: &mut Native, elements: usize) -> Result<(), Raise> {
    native.runtime.take_fuel(elements as u64)
}

/// Asks whether steps that were taken by [`look_at`] left any: between the elements of work that takes none else.
///
/// # Errors
/// When they used up the fuel.
pub fn go_on() -> Result<(), Raise> {
    if look_at(0) { Ok(()) } else { Err(Raise::Stop(Stop::Fuel)) }
}

/// Asks for room for so many values, which are made at once.
///
/// # Errors
/// When there is not so much.
pub fn reserve_values(native: &mut Native, values: usize) -> Result<(), Raise> {
    native.runtime.reserve(footprint(values.saturating_mul(size_of::<Value>())))
}

/// What an array of so many elements takes on the heap, beside the elements' own.
pub fn array_bytes(elements: usize) -> usize {
    footprint(size_of::<Array>() + HEADER).saturating_add(footprint(elements.saturating_mul(size_of::<Value>())))
}

/// What a string of so many bytes takes on the heap.
pub fn string_bytes(bytes: usize) -> usize {
    footprint(size_of::<Str>() + HEADER).saturating_add(footprint(bytes))
}

/// What stands before everything on the heap.
const HEADER: usize = 8;

/// `NAME: text`, for a number or word outside what the function allows.
pub fn out_of_range(native: &Native, text: impl std::fmt::Display) -> Raise {
    Raise::range(format!("{}: {text}", native.name()))
}

/// `NAME: text`, for a value of the wrong kind.
pub fn wrong_kind(native: &Native, text: impl std::fmt::Display) -> Raise {
    Raise::kind(format!("{}: {text}", native.name()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn positions_are_cut_toward_zero() {
        assert_eq!([1.9, -0.5, f64::NAN].map(whole), [1.0, 0.0, 0.0]);
        assert_eq!(
            [1.9, -1.9, -9.0, 9.0, f64::INFINITY, f64::NEG_INFINITY].map(|n| position(n, 5)),
            [1, 4, 0, 5, 5, 0]
        );
        assert_eq!([-1.0, -3.0, -4.0, 3.0, -0.9].map(|n| place(n, 3)), [Some(2), Some(0), None, None, Some(0)]);
    }

    proptest! {
        #[test]
        fn positions_stay_inside(number in any::<f64>(), length in 0usize..1000) {
            prop_assert!(position(number, length) <= length);
            prop_assert!(clamped(number, length) <= length);
            prop_assert!(place(number, length).is_none_or(|place| place < length));
        }
    }
}
