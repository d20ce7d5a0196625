//! The library's order *asc* (STDLIB L1), for sorting without a comparator.

use crate::raise::Raise;
use crate::runtime::Runtime;
use crate::value::heap::Charge;
use crate::value::{Task, Value};
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
        let _held = self.hold(items.len() * (2 * size_of::<Value>() + size_of::<(String, Value)>()))?;
        let settled = items.iter().map(Task::settled).collect::<Result<Vec<_>, _>>()?;
        let mut sorted: Vec<Value> = items.to_vec();
        if settled.iter().all(Value::is_number) {
            let key = |value: &Value| Task::settled(value).ok().and_then(|value| value.as_number()).unwrap_or(f64::NAN);
            sorted.sort_by(|a, b| compare_numbers(key(a), key(b)));
            return Ok(sorted);
        }
        let mut texts = Vec::new();
        let mut keyed: Vec<(String, Value)> = Vec::with_capacity(items.len());
        for (value, item) in settled.iter().zip(sorted) {
            let text = self.display_bare(value);
            texts.push(self.hold(text.capacity() + size_of::<Charge>())?);
            self.take_fuel(text.len() as u64 / 64)?;
            keyed.push((text, item));
        }
        keyed.sort_by(|a, b| a.0.cmp(&b.0));
        Ok(keyed.into_iter().map(|(_, value)| value).collect())
    }
}
