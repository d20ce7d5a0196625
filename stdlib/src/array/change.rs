//! What the methods give that JavaScript knows as mutating.

use crate::arguments::{Given, count, place, position, spend};
use prism_vm::native::Native;
use prism_vm::raise::Raise;
use prism_vm::value::{Counted, Value};
use std::ops::Range;

pub fn push(native: &mut Native) -> Given {
    let added = native.take_rest(1);
    edit(native, |items| items.extend(added))
}

pub fn unshift(native: &mut Native) -> Given {
    let added = native.take_rest(1);
    edit(native, |items| {
        items.splice(0..0, added);
    })
}

pub fn splice(native: &mut Native) -> Given {
    let range = spliced(native);
    spend(native, range.len())?;
    Ok(Value::array(Counted::copied(native.items(0).get(range).unwrap_or(&[]))?.into_items()))
}

pub fn to_spliced(native: &mut Native) -> Given {
    let range = spliced(native);
    let added = native.take_rest(3);
    edit(native, |items| {
        if range.end <= items.len() {
            items.splice(range, added);
        }
    })
}

/// The part that `splice(from, count?)` takes off.
fn spliced(native: &Native) -> Range<usize> {
    let length = native.items(0).len();
    let from = position(native.number(1), length);
    let size = native.optional_number(2).map_or(length, count);
    from..from.saturating_add(size).min(length)
}

pub fn reverse(native: &mut Native) -> Given {
    edit(native, |items| items.reverse())
}

pub fn fill(native: &mut Native) -> Given {
    let length = native.items(0).len();
    let from = position(native.optional_number(2).unwrap_or(0.0), length);
    let to = native.optional_number(3).map_or(length, |to| position(to, length));
    let value = native.argument(1).clone();
    edit(native, |items| {
        if let Some(part) = items.get_mut(from..to) {
            part.fill(value);
        }
    })
}

pub fn with(native: &mut Native) -> Given {
    let (length, number) = (native.items(0).len(), native.number(1));
    let Some(place) = place(number, length) else {
        let index = native.runtime.display_brief(native.argument(1));
        return Err(Raise::index(format!("with: index {index} is out of range (length {length})")));
    };
    let value = native.argument(2).clone();
    edit(native, |items| {
        if let Some(slot) = items.get_mut(place) {
            *slot = value;
        }
    })
}

/// The receiver changed, in place if nobody else sees it. Where there is no room for a copy, `change` sees an empty one.
fn edit(native: &mut Native, change: impl FnOnce(&mut Vec<Value>)) -> Given {
    spend(native, native.items(0).len())?;
    let mut receiver = native.take(0);
    if let Some(array) = receiver.as_array_mut() {
        array.edit(change);
    }
    Ok(receiver)
}
