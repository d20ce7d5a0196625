//! The library's order *asc* (STDLIB L1), for sorting without a comparator.

use crate::raise::Raise;
use crate::runtime::Runtime;
use crate::value::heap::Ref;
use crate::value::{Str, Task, Value};
use std::cmp::Ordering;

/// Numbers by size, NaN last of them.
pub fn compare_numbers(a: f64, b: f64) -> Ordering {
    a.partial_cmp(&b).unwrap_or_else(|| a.is_nan().cmp(&b.is_nan()))
}

impl Runtime {
    /// The elements sorted as `sort()` does: an array of numbers by size, any other by display. Stable.
    ///
    /// # Errors
    /// [`Raise::Wait`] for a task among them, limits.
    pub fn sorted(&mut self, items: &[Value]) -> Result<Vec<Value>, Raise> {
        let length = items.len() as u64;
        self.take_fuel(length * u64::from(u64::BITS - length.leading_zeros()))?;
        // Two lists of values, and texts to compare by.
        let _held = self.hold(items.len() * (2 * size_of::<Value>() + size_of::<(Ref<Str>, Value)>()))?;
        let settled = items.iter().map(Task::settled).collect::<Result<Vec<_>, _>>()?;
        let mut sorted: Vec<Value> = items.to_vec();
        if settled.iter().all(Value::is_number) {
            let key = |value: &Value| Task::settled(value).ok().and_then(|value| value.as_number()).unwrap_or(f64::NAN);
            sorted.sort_by(|a, b| compare_numbers(key(a), key(b)));
            return Ok(sorted);
        }
        let mut keyed: Vec<(Ref<Str>, Value)> = Vec::with_capacity(items.len());
        for (value, item) in settled.iter().zip(sorted) {
            let text = self.display_bare(value);
            self.check_room(0)?;
            self.take_text(text.as_str())?;
            keyed.push((text, item));
        }
        keyed.sort_by(|a, b| a.0.as_str().cmp(b.0.as_str()));
        Ok(keyed.into_iter().map(|(_, value)| value).collect())
    }
}
