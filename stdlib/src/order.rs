//! The library's orders (STDLIB L1): *asc*, and that of `sort` without a comparison. All sorting is stable, and
//! confidence is looked through.

use crate::arguments::spend;
use prism_vm::native::Native;
use prism_vm::raise::Raise;
use prism_vm::runtime::{Runtime, TEXT_STEP};
use prism_vm::value::heap::{Charge, Ref};
use prism_vm::value::{Str, Value};
use std::cmp::Ordering;

/// What a value is sorted by.
#[derive(Clone, Debug)]
pub enum Key {
    /// Numbers come first, by size, NaN last of them.
    Number(f64),
    /// All else by display, by Unicode scalar values.
    Text(Ref<Str>),
}

impl Key {
    /// The key of *asc*.
    pub fn ascending(runtime: &Runtime, value: &Value) -> Key {
        value.as_number().map_or_else(|| Key::text(runtime, value), Key::Number)
    }

    fn text(runtime: &Runtime, value: &Value) -> Key {
        Key::Text(runtime.display_bare(value))
    }

    /// How many bytes are compared.
    fn bytes(&self) -> usize {
        match self {
            Key::Number(_) => 0,
            Key::Text(text) => text.as_str().len(),
        }
    }

    /// Which comes first.
    pub fn compare(&self, other: &Key) -> Ordering {
        match (self, other) {
            // Of two numbers that can't be compared at least one is NaN.
            (Key::Number(a), Key::Number(b)) => a.partial_cmp(b).unwrap_or_else(|| a.is_nan().cmp(&b.is_nan())),
            // UTF-8 is ordered as the scalar values are.
            (Key::Text(a), Key::Text(b)) => a.as_str().cmp(b.as_str()),
            (Key::Number(_), Key::Text(_)) => Ordering::Less,
            (Key::Text(_), Key::Number(_)) => Ordering::Greater,
        }
    }
}

/// The keys of `sort` without a comparison: *asc* of an array of numbers, of any other array the displays.
///
/// # Errors
/// When the fuel is used up or the heap is full.
pub fn default_keys(native: &mut Native, items: &[Value]) -> Result<Keys, Raise> {
    if items.iter().all(Value::is_number) {
        return ascending_keys(native, items);
    }
    keys(native, items, Key::text)
}

/// The keys of *asc*.
///
/// # Errors
/// When the fuel is used up or the heap is full.
pub fn ascending_keys(native: &mut Native, items: &[Value]) -> Result<Keys, Raise> {
    keys(native, items, Key::ascending)
}

fn keys(native: &mut Native, items: &[Value], of: fn(&Runtime, &Value) -> Key) -> Result<Keys, Raise> {
    let charge = native.runtime.hold(items.len() * size_of::<Key>())?;
    let mut keys = Vec::with_capacity(items.len());
    for item in items {
        let key = of(native.runtime, item);
        native.runtime.check_room(0)?;
        native.runtime.take_fuel(1 + (key.bytes() / TEXT_STEP) as u64)?;
        keys.push(key);
    }
    Ok(Keys { keys, _charge: charge })
}

/// The keys of several values, which count as memory of the run.
#[derive(Debug)]
pub struct Keys {
    keys: Vec<Key>,
    _charge: Charge,
}

/// The items in the order of their keys; `descending` turns the comparison, not ties.
///
/// # Errors
/// When the fuel is used up.
pub fn sorted(native: &mut Native, items: &[Value], keys: &Keys, descending: bool) -> Result<Vec<Value>, Raise> {
    let turns = items.len().checked_ilog2().unwrap_or(0) as usize + 1;
    spend(native, items.len().saturating_mul(turns))?;
    // The pairs, half as many more for the sorting itself, and the result.
    let _held = native.runtime.hold(items.len() * (size_of::<(&Key, &Value)>() * 3 / 2 + size_of::<Value>()))?;
    let mut pairs: Vec<(&Key, &Value)> = keys.keys.iter().zip(items).collect();
    pairs.sort_by(|(a, _), (b, _)| if descending { b.compare(a) } else { a.compare(b) });
    Ok(pairs.into_iter().map(|(_, item)| item.clone()).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn named(text: &str) -> Key {
        Key::Text(Ref::new(Str::new(text)))
    }

    fn key() -> impl Strategy<Value = Key> {
        prop_oneof![
            any::<f64>().prop_map(Key::Number),
            Just(Key::Number(f64::NAN)),
            "[a-cé😀]{0,3}".prop_map(|text| named(&text))
        ]
    }

    proptest! {
        #[test]
        fn ascending_is_a_total_order(a in key(), b in key(), c in key()) {
            prop_assert_eq!(a.compare(&b), b.compare(&a).reverse());
            if a.compare(&b).is_le() && b.compare(&c).is_le() {
                prop_assert!(a.compare(&c).is_le());
            }
        }
    }

    #[test]
    fn numbers_stand_before_texts_and_nan_last_of_them() {
        let order = [Key::Number(-1.0), Key::Number(9.0), Key::Number(f64::NAN), named("10"), named("b")];
        assert!(order.windows(2).all(|pair| pair[0].compare(&pair[1]).is_lt()));
        assert_eq!(Key::Number(0.0).compare(&Key::Number(-0.0)), Ordering::Equal);
    }
}
