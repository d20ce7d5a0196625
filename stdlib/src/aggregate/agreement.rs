//! How far entries agree: by counting equal values, and by how close numbers lie.

use super::entry::Entry;
use super::share;
use crate::arguments::{Given, go_on};
use crate::distinct::Distinct;
use prism_vm::native::Native;
use prism_vm::raise::Raise;
use prism_vm::runtime::TEXT_STEP;
use prism_vm::value::heap::Ref;
use prism_vm::value::{Counted, Value, same};

/// Votes counted: equal values are one candidate; the one with the largest weight leads, of equals the one voted for
/// first.
#[derive(Debug)]
pub struct Tally<'e> {
    candidates: Distinct,
    /// The weight of each candidate.
    weights: Counted<f64>,
    /// Which candidate each entry voted for, and with what weight.
    votes: Counted<(&'e Entry, usize, f64)>,
    leader: usize,
}

impl<'e> Tally<'e> {
    /// Counts.
    ///
    /// # Errors
    /// When there is no room.
    pub fn new(entries: &'e [Entry], weight: impl Fn(&Entry) -> f64) -> Result<Self, Raise> {
        let mut candidates = Distinct::new(same);
        let mut weights: Counted<f64> = Counted::default();
        let mut votes = Counted::with_capacity(entries.len())?;
        for entry in entries {
            go_on()?;
            let (candidate, weight) = (candidates.add(&entry.value), weight(entry));
            match weights.get_mut(candidate) {
                Some(sum) => *sum += weight,
                None => weights.push(weight),
            }
            votes.push((entry, candidate, weight));
        }
        let leader = weights.iter().enumerate().fold((0, f64::NEG_INFINITY), |most, (candidate, weight)| {
            if *weight > most.1 { (candidate, *weight) } else { most }
        });
        Ok(Tally { candidates, weights, votes, leader: leader.0 })
    }

    /// The value that leads; none without votes.
    pub fn leader(&self) -> Option<&Value> {
        self.candidates.values().get(self.leader)
    }

    /// The entries that voted for the leader.
    pub fn leaders(&self) -> impl Iterator<Item = &'e Entry> {
        self.votes.iter().filter(|(_, candidate, _)| *candidate == self.leader).map(|(entry, ..)| *entry)
    }

    /// The leader's weight.
    pub fn leaders_weight(&self) -> f64 {
        self.weights.get(self.leader).copied().unwrap_or(0.0)
    }

    /// The leader's share of all weight.
    pub fn agreement(&self) -> f64 {
        share(self.leaders_weight(), self.weights.iter().sum())
    }

    /// Agreement times the mean confidence, by weight, of those who voted for the leader.
    pub fn confidence(&self) -> f64 {
        self.agreement() * self.mean_of_leaders()
    }

    /// The mean confidence, by weight, of those who voted for the leader.
    pub fn mean_of_leaders(&self) -> f64 {
        let own = self.votes.iter().filter(|(_, candidate, _)| *candidate == self.leader);
        let weighted: f64 = own.map(|(entry, _, weight)| entry.confidence() * weight).sum();
        // A mean of equal numbers may come out above them by a rounding.
        share(weighted, self.leaders_weight()).min(self.surest_of_leaders())
    }

    /// The highest confidence of those who voted for the leader.
    pub fn surest_of_leaders(&self) -> f64 {
        self.leaders().map(Entry::confidence).fold(0.0, f64::max)
    }

    /// Each candidate's share of all weight by its display, in the order of first votes.
    ///
    /// # Errors
    /// When the run's limits are reached.
    pub fn distribution(&self, native: &mut Native) -> Given {
        let whole: f64 = self.weights.iter().sum();
        let mut object = native.runtime.empty_object();
        for (candidate, weight) in self.candidates.values().iter().zip(&self.weights) {
            let text = native.runtime.display_bare(candidate);
            native.runtime.take_fuel(1 + (text.as_str().len() / TEXT_STEP) as u64)?;
            let before = object.get(text.as_str()).and_then(Value::as_number).unwrap_or(0.0);
            object.set(&text, Value::number(before + share(*weight, whole)));
        }
        Ok(Value::from(Ref::new(object)))
    }
}

/// How close numbers lie.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Closeness {
    /// Their mean.
    pub mean: f64,
    /// The population's standard deviation.
    pub spread: f64,
    /// 1 less the deviation as a part of the mean; of a mean of 0, whether they are all the same.
    pub agreement: f64,
}

/// Measures; none without numbers.
pub fn closeness(numbers: &[f64]) -> Option<Closeness> {
    let (first, count) = (*numbers.first()?, numbers.len() as f64);
    // From the first on, so that the mean of equal numbers is that number.
    let mean = first + numbers.iter().map(|number| number - first).sum::<f64>() / count;
    let spread = (numbers.iter().map(|number| (number - mean).powi(2)).sum::<f64>() / count).sqrt();
    let agreement = if mean == 0.0 { f64::from(u8::from(spread == 0.0)) } else { 1.0 - spread / mean.abs() };
    // Infinite numbers have no mean to agree on.
    let agreement = if agreement.is_nan() { 0.0 } else { agreement.max(0.0) };
    Some(Closeness { mean, spread, agreement })
}

/// The mean confidence of entries, 0 of none.
pub fn mean_confidence(entries: &[Entry]) -> f64 {
    let sum: f64 = entries.iter().map(Entry::confidence).sum();
    let surest = entries.iter().map(Entry::confidence).fold(0.0, f64::max);
    share(sum, entries.len() as f64).min(surest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_agree_as_far_as_they_lie_together() {
        let agreement = |numbers: &[f64]| closeness(numbers).map(|close| close.agreement);
        assert_eq!(closeness(&[5.0, 5.0]), Some(Closeness { mean: 5.0, spread: 0.0, agreement: 1.0 }));
        assert_eq!(closeness(&[0.1, 0.1, 0.1]), Some(Closeness { mean: 0.1, spread: 0.0, agreement: 1.0 }));
        assert_eq!(
            [agreement(&[-1.0, 1.0]), agreement(&[0.0, 0.0]), agreement(&[-9.0, -11.0])],
            [Some(0.0), Some(1.0), Some(0.9)]
        );
        assert_eq!(
            [agreement(&[f64::INFINITY, 1.0]), agreement(&[f64::NAN]), agreement(&[])],
            [Some(0.0), Some(0.0), None]
        );
        assert_eq!(agreement(&[1.0, 100.0, 1.0]), Some(0.0));
    }
}
