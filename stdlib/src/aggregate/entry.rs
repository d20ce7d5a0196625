//! What the aggregates read in what they are given: values, confidences, names.

use crate::arguments::{go_on, spend, wrong_kind};
use crate::distinct::weight;
use prism_confidence::Rule;
use prism_vm::confidence::Conf;
use prism_vm::native::Native;
use prism_vm::raise::Raise;
use prism_vm::value::{Counted, Kind, Object, Value};

/// An entry that does not abstain.
#[derive(Clone, Debug)]
pub struct Entry {
    /// What it says, bare, never null.
    pub value: Value,
    /// How sure it is; plain counts as 1.
    pub conf: Conf,
    /// `agentId` of an answer.
    pub agent_id: Option<Value>,
    /// `agentName` of an answer.
    pub agent_name: Option<Value>,
    /// Its place in the array.
    pub index: usize,
}

impl Entry {
    /// How sure it is.
    pub fn confidence(&self) -> f64 {
        self.conf.or_one()
    }
}

/// All entries of an array.
#[derive(Debug, Default)]
pub struct Entries {
    /// Those that say something.
    pub said: Counted<Entry>,
    /// How many abstain.
    pub abstained: usize,
}

impl Entries {
    /// Reads argument 0, an array; a confidence on it is looked through.
    ///
    /// # Errors
    /// If it is no array, and where an entry is a task that still runs.
    pub fn read(native: &mut Native) -> Result<Entries, Raise> {
        let array = native.settled(native.argument(0))?;
        let Some(items) = array.as_array() else {
            return Err(wrong_kind(native, format_args!("argument 1 must be an array, got {}", array.kind().as_str())));
        };
        let mut entries = Entries::default();
        for (index, item) in items.iter().enumerate() {
            match read(native, item, index)? {
                Some(entry) => {
                    let names = [&entry.agent_id, &entry.agent_name].into_iter().flatten();
                    spend(native, weight(&entry.value) + names.map(weight).sum::<usize>())?;
                    entries.said.push(entry);
                }
                None => entries.abstained += 1,
            }
        }
        Ok(entries)
    }

    /// The confidences of those that say something.
    ///
    /// # Errors
    /// When there is no room for them.
    pub fn confs(&self) -> Result<Counted<Conf>, Raise> {
        Counted::collect(self.said.iter().map(|entry| entry.conf))
    }
}

/// What a value is behind a task; none if the task failed.
fn outcome(native: &Native, value: &Value) -> Result<Option<Value>, Raise> {
    match native.settled(value) {
        Ok(value) => Ok(Some(value)),
        Err(Raise::Error(_) | Raise::Fault(_)) => Ok(None),
        Err(stopped @ (Raise::Wait(_) | Raise::Stop(_))) => Err(stopped),
    }
}

/// An entry; none if it abstains.
///
/// # Errors
/// Where it is a task that still runs.
pub fn read(native: &Native, item: &Value, index: usize) -> Result<Option<Entry>, Raise> {
    go_on()?;
    let Some(item) = outcome(native, item)? else { return Ok(None) };
    if item.is_null() || item.kind() == Kind::Error {
        return Ok(None);
    }
    let conf = item.conf();
    let Some((object, result, confidence)) = answer(&item) else {
        return Ok(Some(Entry { value: item.bare(), conf, agent_id: None, agent_name: None, index }));
    };
    let result = outcome(native, result)?.filter(|result| !result.is_null());
    let name = |key: &str| object.get(key).filter(|name| !name.is_null()).map(|name| name.clone().bare());
    let agent_id = name("agentId");
    let conf = if conf.is_plain() { reported(native, confidence, agent_id.as_ref()) } else { conf };
    Ok(result.map(|result| Entry { value: result.bare(), conf, agent_id, agent_name: name("agentName"), index }))
}

/// An answer's members: it has both `result` and `confidence`.
fn answer(item: &Value) -> Option<(&Object, &Value, &Value)> {
    let object = item.as_object()?;
    Some((object, object.get("result")?, object.get("confidence")?))
}

/// The confidence that an answer tells in a field: what is no number is 0.
fn reported(native: &Native, field: &Value, agent: Option<&Value>) -> Conf {
    let number = field.as_number().filter(|number| !number.is_nan()).unwrap_or(0.0);
    let agent = agent.map(|agent| native.runtime.display_bare(agent));
    Conf::derive_noted(number, Rule::Reported, &[], agent.as_ref().map(|agent| agent.as_str()))
}
