//! `validate`.

use super::entry::read;
use super::options::Options;
use super::result;
use super::schema::{Fault, Schema};
use crate::arguments::Given;
use prism_vm::native::Native;
use prism_vm::value::{Counted, Kind, Value};

pub fn validate(native: &mut Native) -> Given {
    let options = Options::read(native, 1, &["min_confidence", "schema"])?;
    let least = options.confidence("min_confidence")?.unwrap_or(0.0);
    let schema = match options.of_kind("schema", Kind::Object)? {
        Some(schema) => Some(Schema::read(native, schema)?),
        None => None,
    };
    let entry = read(native, native.argument(0), 0)?;
    let mut faults = Counted::default();
    match &entry {
        None => faults.push(Fault::whole("required")),
        Some(entry) => {
            if entry.confidence() < least {
                faults.push(Fault::whole("min_confidence"));
            }
            if let Some(schema) = &schema {
                schema.check(native, &entry.value, &mut faults)?;
            }
        }
    }
    let valid = faults.is_empty();
    let faults = Counted::collect(faults.iter().map(|fault| fault.value(native)))?.into_items();
    let behind: Vec<_> = entry.iter().map(|entry| entry.conf).collect();
    let (value, confidence) = match entry.filter(|_| valid) {
        Some(entry) => (entry.value.clone(), entry.confidence()),
        None => (Value::NULL, 0.0),
    };
    let fields = vec![
        ("result", value),
        ("confidence", Value::number(confidence)),
        ("valid", Value::boolean(valid)),
        ("faults", Value::array(faults)),
    ];
    Ok(result(native, confidence, &behind, fields))
}
