//! `vote`.

use super::agreement::Tally;
use super::entry::{Entries, Entry};
use super::options::Options;
use super::{number, result};
use crate::arguments::{Given, out_of_range};
use prism_vm::native::Native;
use prism_vm::raise::{Raise, brief};
use prism_vm::value::{Counted, Kind, Object, Value};

/// How votes are counted, and what it takes to win.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Method {
    /// More than half of the votes.
    Majority,
    /// Every entry, abstaining ones included.
    Unanimous,
    /// More votes than any other.
    Plurality,
    /// More weight than any other, and some: weights by name.
    Weighted,
    /// The same, an answer weighing what it is sure of.
    ByConfidence,
}

const METHODS: [(&str, Method); 4] = [
    ("majority", Method::Majority),
    ("unanimous", Method::Unanimous),
    ("plurality", Method::Plurality),
    ("weighted", Method::ByConfidence),
];

pub fn vote(native: &mut Native) -> Given {
    let options = Options::read(native, 1, &["method", "weights"])?;
    let method = options.word("method", &METHODS)?.unwrap_or(Method::Majority);
    let weights = options.of_kind("weights", Kind::Object)?.and_then(Value::as_object);
    let method = match (method, weights) {
        (Method::ByConfidence, Some(_)) => Method::Weighted,
        (Method::ByConfidence, None) | (_, None) => method,
        (_, Some(_)) => return Err(options.out_of_range("`weights` count only with the method `weighted`")),
    };
    if let Some(weights) = weights {
        check_weights(native, weights)?;
    }
    let entries = Entries::read(native)?;
    let tally = Tally::new(&entries.said, |entry| match (method, weights) {
        (Method::ByConfidence, _) => entry.confidence(),
        (_, Some(weights)) => weight_of(native, weights, entry),
        _ => 1.0,
    })?;
    let confidence = confidence(method, &tally, &entries);
    let votes = tally.leaders().count();
    let behind = Counted::collect(tally.leaders().map(|entry| entry.conf))?;
    let winner = confidence.and_then(|_| tally.leader()).cloned().unwrap_or_default();
    let confidence = confidence.unwrap_or(0.0);
    let fields = vec![
        ("result", winner),
        ("confidence", Value::number(confidence)),
        ("agreement", Value::number(tally.agreement())),
        ("distribution", tally.distribution(native)?),
        ("unanimous", Value::boolean(is_unanimous(&tally, &entries))),
        ("votes", number(votes)),
        ("total", number(entries.said.len())),
        ("abstained", number(entries.abstained)),
    ];
    Ok(result(native, confidence, &behind, fields))
}

fn is_unanimous(tally: &Tally, entries: &Entries) -> bool {
    let votes = tally.leaders().count();
    votes > 0 && votes == entries.said.len() && entries.abstained == 0
}

/// How sure the leader's win is; none if it does not win.
pub fn confidence(method: Method, tally: &Tally, entries: &Entries) -> Option<f64> {
    tally.leader()?;
    let wins = match method {
        Method::Majority => tally.leaders().count() * 2 > entries.said.len(),
        Method::Unanimous => is_unanimous(tally, entries),
        Method::Plurality => true,
        Method::Weighted | Method::ByConfidence => tally.leaders_weight() > 0.0,
    };
    let confidence = match method {
        // The confidences are in the agreement already.
        Method::ByConfidence => tally.agreement().min(tally.surest_of_leaders()),
        _ => tally.confidence(),
    };
    wins.then_some(confidence)
}

fn check_weights(native: &Native, weights: &Object) -> Result<(), Raise> {
    let bad = |value: &Value| !value.as_number().is_some_and(|weight| weight.is_finite() && weight >= 0.0);
    match weights.iter().find(|(_, value)| bad(value)) {
        None => Ok(()),
        Some((key, value)) => {
            let got = native.runtime.display_brief(value);
            let text =
                format!("the weight `{}` in `weights` must be a number of 0 or more, got {got}", brief(key.as_str()));
            Err(out_of_range(native, text))
        }
    }
}

/// By id, else by name, else the default, else 1.
fn weight_of(native: &Native, weights: &Object, entry: &Entry) -> f64 {
    let named = |name: &Option<Value>| weights.get(native.runtime.display_bare(name.as_ref()?).as_str())?.as_number();
    let default = || weights.get("default")?.as_number();
    named(&entry.agent_id).or_else(|| named(&entry.agent_name)).or_else(default).unwrap_or(1.0)
}
