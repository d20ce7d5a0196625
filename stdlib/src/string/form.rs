//! New texts from parts of others.

use crate::arguments::{Given, clamped, count, out_of_range, position, reserve_values, string_bytes, whole};
use prism_vm::native::Native;
use prism_vm::number::is_space;
use prism_vm::raise::Raise;
use prism_vm::runtime::Runtime;
use prism_vm::value::{Str, Value};

/// Asks for room for a text as long as the receiver, and takes fuel for going through it.
fn reserve(native: &mut Native) -> Result<(), Raise> {
    let bytes = native.text(0).len();
    native.runtime.reserve(bytes)
}

pub fn to_upper_case(native: &mut Native) -> Given {
    reserve(native)?;
    Ok(Value::from(native.text(0).to_uppercase()))
}

pub fn to_lower_case(native: &mut Native) -> Given {
    reserve(native)?;
    Ok(Value::from(native.text(0).to_lowercase()))
}

pub fn trim(native: &mut Native) -> Given {
    reserve(native)?;
    Ok(Value::from(native.text(0).trim_matches(is_space)))
}

pub fn trim_start(native: &mut Native) -> Given {
    reserve(native)?;
    Ok(Value::from(native.text(0).trim_start_matches(is_space)))
}

pub fn trim_end(native: &mut Native) -> Given {
    reserve(native)?;
    Ok(Value::from(native.text(0).trim_end_matches(is_space)))
}

pub fn split(native: &mut Native) -> Given {
    let most = native.optional_number(2).map_or(usize::MAX, count);
    let whole = native.argument(0).clone();
    let text = whole.as_str().map_or("", Str::as_str);
    let separator = native.take(1);
    native.runtime.take_text(text)?;
    let Some(separator) = separator.as_str().map(Str::as_str) else {
        return Ok(Value::array(std::iter::once(whole.clone()).take(most).collect()));
    };
    if separator.is_empty() {
        let parts = || text.char_indices().map(|(at, c)| &text[at..at + c.len_utf8()]).take(most);
        return array_of(native.runtime, parts);
    }
    native.runtime.take_text(separator)?;
    let mut characters = separator.chars();
    match (characters.next(), characters.next()) {
        (Some(one), None) => array_of(native.runtime, || text.split(one).take(most)),
        _ => array_of(native.runtime, || text.split(separator).take(most)),
    }
}

/// The array of parts of a text; asks for room first.
fn array_of<'t, I: Iterator<Item = &'t str>>(runtime: &mut Runtime, parts: impl Fn() -> I) -> Given {
    let size = |(bytes, count), part: &str| (bytes + string_bytes(part.len()) + size_of::<Value>(), count + 1);
    let (bytes, count) = parts().fold((0, 0), size);
    runtime.reserve(bytes)?;
    let mut all = Vec::with_capacity(count);
    all.extend(parts().map(|part| runtime.text(part)));
    Ok(Value::array(all))
}

pub fn lines(native: &mut Native) -> Given {
    let whole = native.argument(0).clone();
    let text = whole.as_str().map_or("", Str::as_str);
    array_of(native.runtime, || text.lines())
}

pub fn slice(native: &mut Native) -> Given {
    let length = native.str(0).map_or(0, Str::char_count);
    let from = position(native.optional_number(1).unwrap_or(0.0), length);
    let to = native.optional_number(2).map_or(length, |to| position(to, length));
    part(native, from, to.max(from))
}

pub fn substring(native: &mut Native) -> Given {
    let length = native.str(0).map_or(0, Str::char_count);
    let from = clamped(native.number(1), length);
    let to = native.optional_number(2).map_or(length, |to| clamped(to, length));
    part(native, from.min(to), from.max(to))
}

fn part(native: &mut Native, from: usize, to: usize) -> Given {
    reserve(native)?;
    Ok(Value::from(native.str(0).map_or("", |text| text.slice(from..to))))
}

pub fn repeat(native: &mut Native) -> Given {
    let times = whole(native.number(1));
    if times < 0.0 || times.is_infinite() {
        return Err(out_of_range(native, "count must be 0 or more, and finite"));
    }
    let times = times as usize;
    let bytes = native.text(0).len().saturating_mul(times);
    native.runtime.reserve(bytes)?;
    Ok(Value::from(native.text(0).repeat(times)))
}

pub fn pad_start(native: &mut Native) -> Given {
    padded(native, true)
}

pub fn pad_end(native: &mut Native) -> Given {
    padded(native, false)
}

/// The receiver filled up to the length that is asked for, before or behind it.
fn padded(native: &mut Native, before: bool) -> Given {
    let (receiver, fill) = (native.take(0).bare(), native.take(2));
    let (text, fill) = (receiver.as_str(), fill.as_str().map_or(" ", Str::as_str));
    let missing = count(native.number(1)).saturating_sub(text.map_or(0, Str::char_count));
    if fill.is_empty() || missing == 0 {
        return Ok(receiver);
    }
    // No more of it than is missing: it may be long.
    let fill = fill.char_indices().nth(missing).map_or(fill, |(end, _)| &fill[..end]);
    let (text, length) = (text.map_or("", Str::as_str), fill.chars().count());
    let (rounds, rest) = (missing / length, fill.chars().take(missing % length).map(char::len_utf8).sum());
    let bytes = fill.len().saturating_mul(rounds).saturating_add(text.len() + rest);
    native.runtime.reserve(bytes)?;
    let mut padded = String::with_capacity(bytes);
    padded.push_str(if before { "" } else { text });
    (0..rounds).for_each(|_| padded.push_str(fill));
    padded.push_str(&fill[..rest]);
    padded.push_str(if before { text } else { "" });
    Ok(Value::from(padded))
}

/// The byte offsets at which argument 1 occurs in argument 0: the first, or all.
fn occurrences(native: &Native, all: bool) -> impl Iterator<Item = usize> {
    native.text(0).match_indices(native.text(1)).map(|(at, _)| at).take(if all { usize::MAX } else { 1 })
}

/// `replaced(s, text, by, all)`: the replacing of a text by a text.
///
/// # Errors
/// When there is no room for the result.
pub fn replaced(native: &mut Native) -> Given {
    let all = native.argument(3).is_truthy();
    let (found, by) = (occurrences(native, all).count(), native.text(2).len());
    let bytes = native.text(0).len().saturating_add(found.saturating_mul(by));
    native.runtime.reserve(bytes)?;
    let most = if all { usize::MAX } else { 1 };
    Ok(Value::from(native.text(0).replacen(native.text(1), native.text(2), most)))
}

/// `matches(s, text, all)`: the positions at which the text occurs.
///
/// # Errors
/// When there is no room for the result.
pub fn matches(native: &mut Native) -> Given {
    let all = native.argument(2).is_truthy();
    let found = occurrences(native, all).count();
    reserve_values(native, found)?;
    reserve(native)?;
    let (mut positions, mut position, mut before) = (Vec::with_capacity(found), 0, 0);
    for at in occurrences(native, all) {
        position += native.text(0).get(before..at).map_or(0, |between| between.chars().count());
        before = at;
        positions.push(Value::number(position as f64));
    }
    Ok(Value::array(positions))
}

/// `woven(s, text, all, by)`: the occurrences of the text replaced, each by its own of an array of texts.
///
/// # Errors
/// When there is no room for the result.
pub fn woven(native: &mut Native) -> Given {
    let all = native.argument(2).is_truthy();
    let by = native.items(3).iter().filter_map(Value::as_str).map(|text| text.as_str().len()).sum::<usize>();
    let bytes = native.text(0).len().saturating_add(by);
    native.runtime.reserve(bytes)?;
    let (mut text, mut before) = (String::with_capacity(bytes), 0);
    for (at, by) in occurrences(native, all).zip(native.items(3)) {
        text.push_str(native.text(0).get(before..at).unwrap_or(""));
        text.push_str(by.as_str().map_or("", Str::as_str));
        before = at + native.text(1).len();
    }
    text.push_str(native.text(0).get(before..).unwrap_or(""));
    Ok(Value::from(text))
}
