//! `consensus`.

use super::agreement::{Tally, closeness, mean_confidence};
use super::entry::{Entries, Entry};
use super::mean::by_strategy;
use super::options::Options;
use super::{number, result, share};
use crate::arguments::{Given, spend};
use prism_vm::confidence::Conf;
use prism_vm::native::Native;
use prism_vm::raise::{Raise, brief};
use prism_vm::value::heap::Ref;
use prism_vm::value::{Counted, Kind, Object, Str, Value, look_through};

/// How far they must agree unless said otherwise.
const THRESHOLD: f64 = 0.7;

pub fn consensus(native: &mut Native) -> Given {
    let options = Options::read(native, 1, &["threshold", "fields", "strategy"])?;
    if options.get("strategy").is_some() {
        return by_strategy(native, &options);
    }
    let threshold = options.confidence("threshold")?.unwrap_or(THRESHOLD);
    let fields = match options.of_kind("fields", Kind::Object)?.and_then(Value::as_object) {
        Some(fields) => Some(thresholds(native, fields, threshold)?),
        None => None,
    };
    let mut entries = Entries::read(native)?;
    if fields.is_some() {
        // Who has no fields has nothing to say of them.
        let all = entries.said.len();
        entries.said.retain(|entry| entry.value.kind() == Kind::Object);
        entries.abstained += all - entries.said.len();
    }
    let by_key = fields.is_some()
        || (!entries.said.is_empty() && entries.said.iter().all(|entry| entry.value.kind() == Kind::Object));
    if by_key {
        let fields = match fields {
            Some(fields) => fields,
            None => keys(native, &entries.said, threshold)?,
        };
        return by_keys(native, &entries, &fields);
    }
    let agreed = agree(&entries.said, entries.said.len())?;
    let verdict = agreed.judged(threshold);
    let measure = match &agreed.measure {
        Measure::Spread(spread) => ("spread", Value::number(*spread)),
        Measure::Votes(tally) => ("distribution", tally.distribution(native)?),
    };
    let fields = vec![
        ("result", verdict.value),
        ("confidence", Value::number(verdict.confidence)),
        ("agreement", Value::number(agreed.agreement)),
        ("reached", Value::boolean(verdict.reached)),
        measure,
        ("total", number(entries.said.len())),
        ("abstained", number(entries.abstained)),
    ];
    Ok(result(native, verdict.confidence, &agreed.behind, fields))
}

/// What some entries agree on, before it is held against a threshold.
pub struct Agreed<'e> {
    value: Value,
    agreement: f64,
    confidence: f64,
    /// The confidences of those who agree.
    behind: Counted<Conf>,
    measure: Measure<'e>,
}

enum Measure<'e> {
    Spread(f64),
    Votes(Tally<'e>),
}

/// What stands in the result.
pub struct Verdict {
    /// Null unless reached.
    pub value: Value,
    /// 0 unless reached.
    pub confidence: f64,
    /// Whether they agree enough.
    pub reached: bool,
}

impl Agreed<'_> {
    /// Holds it against a threshold. What nobody said is not agreed on, whatever the threshold.
    pub fn judged(&self, threshold: f64) -> Verdict {
        let reached = !self.behind.is_empty() && self.agreement >= threshold;
        if reached {
            Verdict { value: self.value.clone(), confidence: self.confidence, reached }
        } else {
            Verdict { value: Value::NULL, confidence: 0.0, reached }
        }
    }
}

/// How far entries agree that are part of `all`: numbers by their spread, other values by the leader's share.
///
/// # Errors
/// When there is no room.
pub fn agree(entries: &[Entry], all: usize) -> Result<Agreed<'_>, Raise> {
    let numbers = Counted::collect(entries.iter().filter_map(|entry| entry.value.as_number()))?;
    if let Some(close) = closeness(&numbers).filter(|_| numbers.len() == entries.len()) {
        let agreement = close.agreement * share(entries.len() as f64, all as f64);
        return Ok(Agreed {
            value: Value::number(close.mean),
            agreement,
            confidence: agreement * mean_confidence(entries),
            behind: Counted::collect(entries.iter().map(|entry| entry.conf))?,
            measure: Measure::Spread(close.spread),
        });
    }
    let tally = Tally::new(entries, |_| 1.0)?;
    let agreement = share(tally.leaders_weight(), all as f64);
    Ok(Agreed {
        value: tally.leader().cloned().unwrap_or_default(),
        agreement,
        confidence: agreement * tally.mean_of_leaders(),
        behind: Counted::collect(tally.leaders().map(|entry| entry.conf))?,
        measure: Measure::Votes(tally),
    })
}

/// A key and how far they must agree on it.
type Field = (Ref<Str>, f64);

/// The keys of the option `fields`.
fn thresholds(native: &Native, fields: &Object, common: f64) -> Result<Counted<Field>, Raise> {
    let field = |(name, field): (&Ref<Str>, &Value)| {
        let owner = format!("{}: field `{}`", native.name(), brief(name.as_str()));
        let threshold = Options::of(native, owner, field, &["threshold"])?.confidence("threshold")?;
        Ok((name.clone(), threshold.unwrap_or(common)))
    };
    let mut all = Counted::with_capacity(fields.len())?;
    for one in fields.iter() {
        all.push(field(one)?);
    }
    Ok(all)
}

/// All keys in order of first appearance.
fn keys(native: &mut Native, entries: &[Entry], threshold: f64) -> Result<Counted<Field>, Raise> {
    let objects = || entries.iter().filter_map(|entry| entry.value.as_object());
    let count = objects().map(Object::len).sum::<usize>();
    spend(native, count)?;
    let _held = native.runtime.hold(count.saturating_mul(2 * size_of::<(&str, u8)>()))?;
    let mut seen = std::collections::HashSet::new();
    let new = objects().flat_map(Object::keys).filter(|key| look_through(key.as_str()) && seen.insert(key.as_str()));
    Counted::collect(new.map(|key| (key.clone(), threshold)))
}

/// Key by key: as sure, and as agreed, as the worst key; shut if any key is.
fn by_keys(native: &mut Native, entries: &Entries, fields: &[Field]) -> Given {
    if entries.said.is_empty() {
        return Ok(nothing(native, entries));
    }
    spend(native, entries.said.len().saturating_mul(fields.len()))?;
    let (mut agreement, mut confidence, mut reached) = (1.0f64, 1.0f64, true);
    let mut values = native.runtime.empty_object();
    let mut told = native.runtime.empty_object();
    for (key, threshold) in fields {
        let sayings = sayings(native, &entries.said, key)?;
        let agreed = agree(&sayings, entries.said.len())?;
        let verdict = agreed.judged(*threshold);
        agreement = agreement.min(agreed.agreement);
        confidence = confidence.min(verdict.confidence);
        reached &= verdict.reached;
        values.set(key, verdict.value);
        let field = native.runtime.object([
            ("threshold", Value::number(*threshold)),
            ("agreement", Value::number(agreed.agreement)),
            ("confidence", Value::number(verdict.confidence)),
            ("reached", Value::boolean(verdict.reached)),
        ]);
        told.set(key, field);
    }
    if fields.is_empty() {
        (agreement, confidence, reached) = (0.0, 0.0, false);
    }
    let fields = vec![
        ("result", Value::from(Ref::new(values))),
        ("confidence", Value::number(confidence)),
        ("agreement", Value::number(agreement)),
        ("reached", Value::boolean(reached)),
        ("fields", Value::from(Ref::new(told))),
        ("total", number(entries.said.len())),
        ("abstained", number(entries.abstained)),
    ];
    Ok(result(native, confidence, &entries.confs()?, fields))
}

/// The result where fields are asked for and nobody says anything.
fn nothing(native: &Native, entries: &Entries) -> Value {
    let fields = vec![
        ("result", Value::NULL),
        ("confidence", number(0)),
        ("agreement", number(0)),
        ("reached", Value::FALSE),
        ("fields", Value::from(Ref::new(native.runtime.empty_object()))),
        ("total", number(0)),
        ("abstained", number(entries.abstained)),
    ];
    result(native, 0.0, &[], fields)
}

/// What the entries that have the key, and not null, say there: each as sure as the entry.
fn sayings(native: &Native, entries: &[Entry], key: &Ref<Str>) -> Result<Counted<Entry>, Raise> {
    let mut sayings = Counted::default();
    for entry in entries {
        let Some(value) = entry.value.as_object().and_then(|object| object.get(key.as_str())) else { continue };
        let value = native.settled(value)?.bare();
        if !value.is_null() {
            sayings.push(Entry { value, ..entry.clone() });
        }
    }
    Ok(sayings)
}
