//! New arrays from parts of others, and what several elements come to.

use crate::arguments::{
    Given, array_bytes, count, look, out_of_range, position, reserve_values, spend, whole, wrong_kind,
};
use crate::distinct::{Distinct, weight};
use prism_confidence::Rule;
use prism_vm::confidence::Conf;
use prism_vm::native::Native;
use prism_vm::raise::Raise;
use prism_vm::runtime::{BoundedText, TEXT_STEP};
use prism_vm::value::{Counted, Str, Task, Value, same_or_nan};

pub fn slice(native: &mut Native) -> Given {
    let length = native.items(0).len();
    let from = position(native.optional_number(1).unwrap_or(0.0), length);
    let to = native.optional_number(2).map_or(length, |to| position(to, length));
    reserve_values(native, to.saturating_sub(from))?;
    spend(native, to.saturating_sub(from))?;
    Ok(Value::array(native.items(0).get(from..to).unwrap_or(&[]).to_vec()))
}

pub fn concat(native: &mut Native) -> Given {
    let added = Counted::read(native.given_from(1), Task::settled)?;
    let size = |value: &Value| value.as_array().map_or(1, |array| array.len());
    let total = native.items(0).len() + added.iter().map(size).sum::<usize>();
    spend(native, total)?;
    reserve_values(native, total)?;
    let mut all = native.items(0).to_vec();
    for value in &added {
        open(value, &mut all);
    }
    Ok(Value::array(all))
}

/// Adds the elements of an array, each with the array's confidence by product; any other value as it is.
fn open(value: &Value, into: &mut Vec<Value>) {
    match value.as_array() {
        Some(array) if value.is_confident() => into.extend(array.iter().map(|item| part(item, value.conf()))),
        Some(array) => into.extend(array.iter().cloned()),
        None => into.push(value.clone()),
    }
}

/// An element with its array's confidence.
fn part(item: &Value, container: Conf) -> Value {
    item.clone().with_conf(item.conf().times(container, Rule::Part))
}

pub fn join(native: &mut Native) -> Given {
    let items = native.settled_items(0)?;
    let separator = native.take(1);
    let separator = separator.as_str().map_or(",", Str::as_str);
    native.runtime.reserve(separator.len().saturating_mul(items.len()))?;
    spend(native, items.len())?;
    let mut text = BoundedText::default();
    for (at, item) in items.iter().enumerate() {
        if at > 0 {
            text.push(separator)?;
        }
        if !item.is_null() {
            let before = text.as_str().len();
            text.push_display(native.runtime, item)?;
            native.runtime.take_fuel(((text.as_str().len() - before) / TEXT_STEP) as u64)?;
        }
    }
    Ok(Value::from(text.into_text()))
}

pub fn flat(native: &mut Native) -> Given {
    let levels = native.optional_number(1).map_or(1.0, whole);
    let items = native.copied_items(0)?;
    Ok(Value::array(flattened(native, &items, levels)?.into_items()))
}

/// The items with nested arrays opened so many levels.
///
/// # Errors
/// Where an element is a task that still runs or has failed, and when the fuel is used up.
fn flattened(native: &mut Native, items: &[Value], levels: f64) -> Result<Counted<Value>, Raise> {
    let mut flat = Counted::default();
    // Arrays that are open, innermost last: each with the place of its next element, and the levels that those may be
    // opened.
    let mut open: Counted<(Value, usize, f64)> = Counted::default();
    for item in items {
        open_or_push(native, item.clone(), levels, &mut open, &mut flat)?;
        while let Some((array, next, levels)) = open.last_mut() {
            let inner = array.as_array().and_then(|items| items.get(*next)).map(|inner| part(inner, array.conf()));
            let levels = *levels;
            *next += 1;
            match inner {
                Some(inner) => open_or_push(native, inner, levels, &mut open, &mut flat)?,
                None => {
                    open.pop();
                }
            }
        }
    }
    Ok(flat)
}

/// Takes a step; opens an array that may be opened, else puts the value among the others.
fn open_or_push(
    native: &mut Native,
    item: Value,
    levels: f64,
    open: &mut Counted<(Value, usize, f64)>,
    flat: &mut Counted<Value>,
) -> Result<(), Raise> {
    native.runtime.take_fuel(1)?;
    if levels < 1.0 {
        flat.push(item);
        return Ok(());
    }
    let item = native.settled(&item)?;
    match item.as_array() {
        Some(_) => open.push((item, 0, levels - 1.0)),
        None => flat.push(item),
    }
    Ok(())
}

pub fn unique(native: &mut Native) -> Given {
    let items = native.settled_items(0)?;
    let mut distinct = Distinct::new(same_or_nan);
    for item in &items {
        spend(native, weight(item))?;
        distinct.add(item);
    }
    Ok(Value::array(distinct.into_values()))
}

pub fn chunk(native: &mut Native) -> Given {
    let size = count(native.number(1));
    if size == 0 {
        return Err(out_of_range(native, "size must be 1 or more"));
    }
    let length = native.items(0).len();
    let bytes = length.div_ceil(size).saturating_mul(array_bytes(size.min(length)) + size_of::<Value>());
    native.runtime.reserve(bytes)?;
    spend(native, length)?;
    Ok(Value::array(native.items(0).chunks(size).map(|chunk| Value::array(chunk.to_vec())).collect()))
}

pub fn zip(native: &mut Native) -> Given {
    let columns = Counted::read(native.given_from(0), Task::settled)?;
    let rows = columns.iter().map(|column| column.as_array().map_or(0, |array| array.len())).min().unwrap_or(0);
    let row_bytes = array_bytes(columns.len()) + size_of::<Value>();
    native.runtime.reserve(rows.saturating_mul(row_bytes))?;
    let cell = |column: &Value, row: usize| {
        column.as_array().and_then(|array| array.get(row)).map(|item| part(item, column.conf())).unwrap_or_default()
    };
    let row = |row: usize| Value::array(columns.iter().map(|column| cell(column, row)).collect());
    Ok(Value::array((0..rows).map(row).collect()))
}

pub fn keys(native: &mut Native) -> Given {
    let length = native.items(0).len();
    reserve_values(native, length)?;
    Ok(Value::array((0..length).map(|place| Value::number(place as f64)).collect()))
}

pub fn entries(native: &mut Native) -> Given {
    let bytes = native.items(0).len().saturating_mul(array_bytes(2) + size_of::<Value>());
    native.runtime.reserve(bytes)?;
    let pair = |(place, item): (usize, &Value)| Value::array(vec![Value::number(place as f64), item.clone()]);
    Ok(Value::array(native.items(0).iter().enumerate().map(pair).collect()))
}

pub fn sum(native: &mut Native) -> Given {
    let (total, conf) = total(native)?;
    Ok(Value::number(total).with_conf(conf))
}

pub fn avg(native: &mut Native) -> Given {
    average_or(native, Value::NULL)
}

/// The mean of the numbers in argument 0; `none` if there are none.
///
/// # Errors
/// If an element is no number.
pub fn average_or(native: &mut Native, none: Value) -> Given {
    let count = native.items(0).len();
    if count == 0 {
        return Ok(none);
    }
    let (total, conf) = total(native)?;
    Ok(Value::number(total / count as f64).with_conf(conf))
}

/// The sum of the numbers in argument 0 and, folded by the rule of `+`, their confidence.
fn total(native: &mut Native) -> Result<(f64, Conf), Raise> {
    spend(native, native.items(0).len())?;
    let combination = native.runtime.config.arithmetic;
    let (mut total, mut conf) = (0.0, None);
    for item in native.items(0) {
        let item = look(item)?;
        let Some(number) = item.as_number() else {
            return Err(wrong_kind(native, format_args!("element must be a number, got {}", item.kind().as_str())));
        };
        total += number;
        conf = Some(conf.map_or(item.conf(), |conf: Conf| conf.combine(item.conf(), Rule::Arithmetic, combination)));
    }
    Ok((total, conf.unwrap_or(Conf::PLAIN)))
}
