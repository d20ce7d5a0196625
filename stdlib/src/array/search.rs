//! Looking for elements.

use crate::arguments::{Given, look, place, position, spend, whole};
use crate::distinct::weight;
use prism_vm::native::Native;
use prism_vm::raise::Raise;
use prism_vm::value::{Kind, Value, same, same_or_nan};

pub fn is_array(native: &mut Native) -> Given {
    Ok(Value::boolean(native.settled(native.argument(0))?.kind() == Kind::Array))
}

pub fn includes(native: &mut Native) -> Given {
    let from = position(native.optional_number(2).unwrap_or(0.0), native.items(0).len());
    let found = find(native, from..native.items(0).len(), same_or_nan)?;
    Ok(Value::boolean(found.is_some()))
}

pub fn index_of(native: &mut Native) -> Given {
    let from = position(native.optional_number(2).unwrap_or(0.0), native.items(0).len());
    let found = find(native, from..native.items(0).len(), same)?;
    Ok(index(found))
}

pub fn last_index_of(native: &mut Native) -> Given {
    let length = native.items(0).len();
    let end = match native.optional_number(2) {
        None => length,
        Some(from) if whole(from) >= 0.0 => position(from, length).saturating_add(1).min(length),
        Some(from) => place(from, length).map_or(0, |from| from + 1),
    };
    let found = find(native, (0..end).rev(), same)?;
    Ok(index(found))
}

/// The first of these places whose element equals argument 1.
fn find(
    native: &mut Native,
    places: impl Iterator<Item = usize>,
    equal: fn(&Value, &Value) -> bool,
) -> Result<Option<usize>, Raise> {
    let wanted = native.settled(native.argument(1))?;
    let (mut found, mut cost) = (None, 0);
    for place in places {
        let Some(item) = native.items(0).get(place) else { break };
        let item = look(item)?;
        cost += weight(&item).min(weight(&wanted));
        if equal(&item, &wanted) {
            found = Some(place);
            break;
        }
    }
    spend(native, cost)?;
    Ok(found)
}

fn index(place: Option<usize>) -> Value {
    Value::number(place.map_or(-1.0, |place| place as f64))
}

pub fn at(native: &mut Native) -> Given {
    let place = place(native.number(1), native.items(0).len());
    element(native, place)
}

pub fn first(native: &mut Native) -> Given {
    element(native, Some(0))
}

pub fn last(native: &mut Native) -> Given {
    let last = native.items(0).len().checked_sub(1);
    element(native, last)
}

fn element(native: &Native, place: Option<usize>) -> Given {
    Ok(place.and_then(|place| native.items(0).get(place)).cloned().unwrap_or_default())
}
