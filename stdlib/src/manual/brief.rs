//! The library in the fewest words: the section of `docs/llms.txt`, made of the registrations.
//!
//! Names and results only: parameters are shown with their types where those are options, else by name, and arrays as
//! `[T]`, which is how a program may write them.

use super::{receiver, visible};
use crate::catalog::{GROUPS, Group};
use crate::registration::{Body, Registration};
use prism_bytecode::Param;
use std::fmt::Write;

/// What opens the section, below its heading.
const HEAD: &str = "\
`f?` may be left out, `...v` takes any number. `xs` is an array, `s` a string, `n` a number, `o` an object, `f` a function, which
gets (element, index, array) as far as it has parameters; of `reduce` (sum, element), of `sort` two elements. No `->`: any value.
";

/// All names that programs can use, a paragraph a group.
pub fn signatures() -> String {
    let mut text = HEAD.to_owned();
    for group in GROUPS {
        let owners = by_owner(group);
        if !owners.is_empty() {
            let _ = write!(text, "\n**{}**", group.title);
        }
        for (owner, names) in owners {
            let _ = match owner.as_str() {
                "" => write!(text, " {}", names.join(", ")),
                owner => write!(text, " `{owner}.` {}", names.join(", ")),
            };
        }
        if visible(group).next().is_some() {
            text.push('\n');
        }
    }
    text
}

/// The names of a group behind what stands before their point; those without one come first.
fn by_owner(group: &Group) -> Vec<(String, Vec<String>)> {
    let mut owners: Vec<(String, Vec<String>)> = Vec::new();
    for one in visible(group).filter(|one| !matches!(one.body, Body::Namespace)) {
        let (owner, name) = match (one.receiver(), one.path.split_once('.')) {
            (Some(kinds), Some((_, name))) => (receiver(kinds), name),
            (None, Some((owner, name))) => (owner, name),
            (_, None) => ("", one.path),
        };
        let entry = name.to_owned() + &form(one);
        match owners.iter_mut().find(|(known, _)| known == owner) {
            Some((_, names)) => names.push(entry),
            None => owners.push((owner.to_owned(), vec![entry])),
        }
    }
    owners.sort_by_key(|(owner, _)| !owner.is_empty());
    owners
}

/// `(from?, to?) -> [T]`
fn form(one: &Registration) -> String {
    let entry = one.entry(false).ok();
    let Some(signature) = entry.as_ref().and_then(|entry| entry.signature()) else { return String::new() };
    let params: Vec<_> = signature.params.iter().map(param).collect();
    let result = match &*signature.result {
        "any" | "T" | "A" | "U" | "null" => String::new(),
        result if result.starts_with('{') => format!(" -> {{{}}}", fields(result).join(", ")),
        result => format!(" -> {}", ty(result)),
    };
    format!("({}){result}", params.join(", "))
}

/// `...v`, `f?`, `{min?, max?}`
fn param(param: &Param) -> String {
    let name = match &*param.ty {
        options if options.starts_with('{') => format!("{{{}}}", fields(options).join(", ")),
        words if words.starts_with('"') => format!("{}: {words}", param.name),
        _ => param.name.to_string(),
    };
    let (rest, optional) = (if param.rest { "..." } else { "" }, if param.optional { "?" } else { "" });
    if name.contains(": ") {
        name.replacen(": ", "?: ", usize::from(param.optional))
    } else {
        rest.to_owned() + &name + optional
    }
}

/// The names of an object type's fields, with their `?` left out: `{a?: T, b: {c: U}}` has `a` and `b`.
fn fields(ty: &str) -> Vec<String> {
    let (mut depth, mut found, mut word) = (0, Vec::new(), String::new());
    // The `>` of an arrow closes nothing.
    for letter in ty.replace("->", "").chars() {
        match letter {
            '{' | '(' | '<' => depth += 1,
            '}' | ')' | '>' => depth -= 1,
            ':' if depth == 1 => found.push(std::mem::take(&mut word)),
            ',' if depth == 1 => word.clear(),
            letter if depth == 1 && letter.is_alphanumeric() => word.push(letter),
            '_' if depth == 1 => word.push('_'),
            _ => {}
        }
    }
    found
}

/// A type with `[T]` for `array<T>`.
fn ty(ty: &str) -> String {
    let (mut text, mut closers, mut rest) = (String::new(), Vec::new(), ty);
    while let Some(letter) = rest.chars().next() {
        let (read, written) = match letter {
            'a' if rest.starts_with("array<") => {
                closers.push("]");
                ("array<".len(), "[")
            }
            '-' if rest.starts_with("->") => (2, "->"),
            '<' => {
                closers.push(">");
                (1, "<")
            }
            '>' => (1, closers.pop().unwrap_or(">")),
            other => (other.len_utf8(), &rest[..other.len_utf8()]),
        };
        text.push_str(written);
        rest = &rest[read..];
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn types_are_short() {
        assert_eq!(ty("task<array<array<any>>> | null"), "task<[[any]]> | null");
        assert_eq!(fields("{a?: array<string>, b_c: {d: number}, e: (T) -> any}"), ["a", "b_c", "e"]);
    }
}
