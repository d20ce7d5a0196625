//! Looking into texts.

use crate::arguments::{Given, clamped, place, whole};
use prism_vm::native::Native;
use prism_vm::raise::Raise;
use prism_vm::runtime::TEXT_STEP;
use prism_vm::value::{Str, Value};

/// How many characters the receiver has.
fn length(native: &Native) -> usize {
    native.str(0).map_or(0, Str::char_count)
}

/// The byte offset of a position of the receiver that is at most its length.
fn offset(native: &Native, position: usize) -> usize {
    native.str(0).and_then(|text| text.byte_offset(position)).unwrap_or_else(|| native.text(0).len())
}

/// The position of a byte offset of the receiver, as a value.
fn position_of(native: &Native, offset: usize) -> Value {
    let ascii = native.str(0).is_some_and(Str::is_ascii);
    let before = native.text(0).get(..offset).unwrap_or("");
    Value::number(if ascii { offset } else { before.chars().count() } as f64)
}

/// The byte offset that an optional position argument means; `missing` if it was not given.
fn from(native: &Native, argument: usize, missing: usize) -> usize {
    let length = length(native);
    offset(native, native.optional_number(argument).map_or(missing.min(length), |number| clamped(number, length)))
}

/// Takes fuel for going through the receiver.
fn spend(native: &mut Native) -> Result<(), Raise> {
    let steps = (native.text(0).len() / TEXT_STEP) as u64;
    native.runtime.take_fuel(steps)
}

pub fn includes(native: &mut Native) -> Given {
    spend(native)?;
    let start = from(native, 2, 0);
    Ok(Value::boolean(native.text(0).get(start..).is_some_and(|rest| rest.contains(native.text(1)))))
}

pub fn starts_with(native: &mut Native) -> Given {
    spend(native)?;
    let start = from(native, 2, 0);
    Ok(Value::boolean(native.text(0).get(start..).is_some_and(|rest| rest.starts_with(native.text(1)))))
}

pub fn ends_with(native: &mut Native) -> Given {
    spend(native)?;
    let end = from(native, 2, usize::MAX);
    Ok(Value::boolean(native.text(0).get(..end).is_some_and(|start| start.ends_with(native.text(1)))))
}

pub fn index_of(native: &mut Native) -> Given {
    spend(native)?;
    let start = from(native, 2, 0);
    let found = native.text(0).get(start..).and_then(|rest| rest.find(native.text(1)));
    Ok(found.map_or(Value::number(-1.0), |at| position_of(native, start + at)))
}

pub fn last_index_of(native: &mut Native) -> Given {
    spend(native)?;
    // An occurrence may begin at the position and reach beyond it.
    let end = from(native, 2, usize::MAX).saturating_add(native.text(1).len());
    let text = native.text(0);
    let found = text.get(..text.floor_char_boundary(end)).and_then(|start| start.rfind(native.text(1)));
    Ok(found.map_or(Value::number(-1.0), |at| position_of(native, at)))
}

pub fn locale_compare(native: &mut Native) -> Given {
    spend(native)?;
    // UTF-8 is ordered as the scalar values are.
    Ok(Value::number(f64::from(native.text(0).cmp(native.text(1)) as i8)))
}

pub fn char_at(native: &mut Native) -> Given {
    let number = whole(native.number(1));
    let place = if number < 0.0 { None } else { place(number, length(native)) };
    Ok(character(native, place)?.unwrap_or_else(|| Value::from("")))
}

pub fn at(native: &mut Native) -> Given {
    let place = place(native.number(1), length(native));
    Ok(character(native, place)?.unwrap_or_default())
}

/// The character in a place. Where characters differ in length, that is looked for from the start.
fn character(native: &mut Native, place: Option<usize>) -> Result<Option<Value>, Raise> {
    let Some(place) = place else { return Ok(None) };
    if native.str(0).is_some_and(|text| !text.is_ascii()) {
        native.runtime.take_fuel((place / TEXT_STEP) as u64)?;
    }
    Ok(native.str(0).and_then(|text| text.char_at(place)).map(Value::from))
}
