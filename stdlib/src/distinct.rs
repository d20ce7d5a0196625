//! Values told apart by content: for `unique`, votes, and merged lists.
//!
//! Values are looked up by a hash that equal values share: it sees kinds, texts, numbers and the first few levels and
//! elements, never confidences, which count as equal within a tolerance.

use prism_vm::runtime::TEXT_STEP;
use prism_vm::value::heap::{Charge, Ref};
use prism_vm::value::{Str, Value, look_at};
use std::collections::HashMap;
use std::collections::hash_map::RandomState;
use std::hash::{BuildHasher, Hash, Hasher};
use std::num::NonZero;

/// So many levels of nested values go into a hash.
const LEVELS: u8 = 3;
/// So many elements of each array; objects with more members are told apart by their number only.
const ELEMENTS: usize = 8;
/// So many bytes of a text are hashed in a step: it takes longer than comparing them.
const HASH_STEP: usize = 16;

/// The first of each of several equal values, in the order in which they came.
#[derive(Debug)]
pub struct Distinct {
    equal: fn(&Value, &Value) -> bool,
    values: Vec<Value>,
    /// Of each value, the one before it that has the same hash.
    before: Vec<Option<NonZero<usize>>>,
    /// Of each hash, one more than the place of the last value that has it.
    last: HashMap<u64, NonZero<usize>>,
    state: RandomState,
    charge: Charge,
}

impl Distinct {
    /// None yet; `equal` tells what is the same.
    pub fn new(equal: fn(&Value, &Value) -> bool) -> Self {
        Distinct {
            equal,
            values: Vec::new(),
            before: Vec::new(),
            last: HashMap::new(),
            state: RandomState::new(),
            charge: Charge::default(),
        }
    }

    /// The place of the value, or of the first that equals it. Callers take fuel or [`go_on`](crate::arguments::go_on) between.
    pub fn add(&mut self, value: &Value) -> usize {
        let hash = digest(&self.state, value, LEVELS);
        let last = self.last.get(&hash).copied();
        let mut known = last;
        while let Some(place) = known.map(|place| place.get() - 1) {
            if self.values.get(place).is_some_and(|own| (self.equal)(own, value)) {
                return place;
            }
            known = self.before.get(place).copied().flatten();
        }
        if !self.has_room() {
            return 0;
        }
        self.values.push(value.clone());
        self.before.push(last);
        self.last.extend(NonZero::new(self.values.len()).map(|place| (hash, place)));
        self.values.len() - 1
    }

    /// Whether there is room for one more: for all three lists at once, and the old table beside the new. Else the run is
    /// doomed.
    fn has_room(&mut self) -> bool {
        const EACH: usize = size_of::<Value>() + size_of::<usize>() + 4 * size_of::<(u64, usize)>();
        let length = self.values.len();
        length < self.values.capacity() || self.charge.grow((2 * length).max(4) * EACH)
    }

    /// The first of each.
    pub fn values(&self) -> &[Value] {
        &self.values
    }

    /// The first of each, given away.
    pub fn into_values(self) -> Vec<Value> {
        self.values
    }
}

/// What comparing the value may cost, in steps.
pub fn weight(value: &Value) -> usize {
    let members = value.as_array().map(|array| array.len()).or_else(|| value.as_object().map(|object| object.len()));
    1 + members.or_else(|| value.as_str().map(|text| text.as_str().len() / TEXT_STEP)).unwrap_or(0)
}

fn digest(state: &RandomState, value: &Value, levels: u8) -> u64 {
    let mut hasher = state.build_hasher();
    value.kind().hash(&mut hasher);
    if let Some(number) = value.as_number() {
        // Equal numbers have one pattern, but for zero and, where it equals itself, NaN.
        let canonical = if number.is_nan() { f64::NAN } else { number + 0.0 };
        canonical.to_bits().hash(&mut hasher);
    } else if let Some(truth) = value.as_boolean() {
        truth.hash(&mut hasher);
    } else if let Some(text) = value.as_str() {
        if look_at(text.as_str().len() / HASH_STEP) {
            text.as_str().hash(&mut hasher);
        }
    } else if let Some(agent) = value.as_agent() {
        agent.id.hash(&mut hasher);
    } else if let Some(array) = value.as_array() {
        array.len().hash(&mut hasher);
        if levels > 0 {
            array.iter().take(ELEMENTS).for_each(|item| digest(state, item, levels - 1).hash(&mut hasher));
        }
    } else if let Some(object) = value.as_object() {
        object.len().hash(&mut hasher);
        if levels > 0 && object.len() <= ELEMENTS {
            // Equal objects may have their keys in different orders.
            let one = |(key, member): (&Ref<Str>, &Value)| {
                let key = Some(key.as_str()).filter(|key| look_at(key.len() / HASH_STEP));
                state.hash_one((key, digest(state, member, levels - 1)))
            };
            object.iter().map(one).fold(0, u64::wrapping_add).hash(&mut hasher);
        }
    }
    hasher.finish()
}

#[cfg(test)]
mod tests {
    use super::*;
    use prism_vm::confidence::Conf;
    use prism_vm::value::{Object, Shape, same, same_or_nan};

    fn count(equal: fn(&Value, &Value) -> bool, values: &[Value]) -> usize {
        let mut distinct = Distinct::new(equal);
        values.iter().for_each(|value| {
            distinct.add(value);
        });
        distinct.into_values().len()
    }

    #[test]
    fn equality_decides_not_the_hash() {
        let nan = Value::number(f64::NAN);
        assert_eq!(count(same_or_nan, &[nan.clone(), nan.clone()]), 1);
        assert_eq!(count(same, &[nan.clone(), nan]), 2);
        assert_eq!(count(same, &[Value::number(0.0), Value::number(-0.0), Value::string("0")]), 2);
    }

    #[test]
    fn outer_confidence_is_looked_through_and_inner_is_not() {
        let sure = |number: f64| Value::number(1.0).with_conf(Conf::new(number));
        assert_eq!(count(same, &[sure(0.5), sure(0.9), Value::number(1.0)]), 1);
        let nested = |value: Value| Value::array(vec![value]);
        assert_eq!(
            count(same, &[nested(sure(0.5)), nested(sure(0.5 + 1e-12)), nested(sure(0.9)), nested(Value::number(1.0))]),
            3
        );
    }

    #[test]
    fn places_are_those_of_the_first() {
        let mut distinct = Distinct::new(same);
        let places: Vec<_> = ["a", "b", "a", "c", "b"].map(|text| distinct.add(&Value::from(text))).into();
        assert_eq!(places, [0, 1, 0, 2, 1]);
    }

    #[test]
    fn the_order_of_keys_does_not_matter() {
        let root = Shape::root();
        let object = |keys: [&str; 2]| {
            let mut object = Object::new(&root);
            keys.iter().for_each(|key| object.set(&Ref::new(Str::new(*key)), Value::from(*key)));
            Value::from(Ref::new(object))
        };
        assert_eq!(count(same, &[object(["a", "b"]), object(["b", "a"]), object(["a", "c"])]), 2);
    }
}
