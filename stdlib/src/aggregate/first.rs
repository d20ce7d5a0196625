//! `first`.

use super::entry::Entries;
use super::options::Options;
use super::{number, result};
use crate::arguments::Given;
use prism_vm::native::Native;
use prism_vm::value::Value;

pub fn first(native: &mut Native) -> Given {
    let least = Options::read(native, 1, &["min_confidence"])?.confidence("min_confidence")?.unwrap_or(0.0);
    let entries = Entries::read(native)?;
    let Some(entry) = entries.said.into_iter().find(|entry| entry.confidence() >= least) else {
        let fields = vec![
            ("result", Value::NULL),
            ("confidence", number(0)),
            ("agentId", Value::NULL),
            ("index", Value::number(-1.0)),
        ];
        return Ok(result(native, 0.0, &[], fields));
    };
    let confidence = entry.confidence();
    let fields = vec![
        ("result", entry.value),
        ("confidence", Value::number(confidence)),
        ("agentId", entry.agent_id.unwrap_or_default()),
        ("index", number(entry.index)),
    ];
    Ok(result(native, confidence, &[entry.conf], fields))
}
