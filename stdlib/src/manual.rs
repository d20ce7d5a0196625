//! The library's manual as Markdown, made of the registrations: [`page`] is `docs/library.md`, [`entry`] one name of it,
//! [`signatures`] all names in few words.

mod brief;

pub use brief::signatures;

use crate::catalog::{GROUPS, Group};
use crate::registration::{Body, Example, Registration};
use prism_bytecode::{ConfidenceRule, EntryKind, KindSet, Mutator, Role, Signature};
use std::fmt::Write;

/// What opens the page.
const HEAD: &str = "\
# The library
Every name that a program has without importing it, with its signature and programs that show it; the comment behind a
program is what its result displays as. The names that the language itself gives meaning to (operators, members, indexes)
are in the [reference](reference.md).

How to read a signature: `name?` may be left out or null, `...name` takes any number, `a | b` is either, `T` and `U` are
whatever the arguments make of them, `(T, number) -> U` is a function that is offered so much and is called with as many
arguments as it has parameters. Receivers are `xs` for an array, `s` for a string, `n` for a number, `b` for a boolean. A
value of another kind, and a wrong number of arguments, are errors: nothing is converted, nothing ignored.

How to read a confidence: it says what the result's is; *its own* is what the result gets from what it is made of. Whatever steers a function (positions, counts, texts to look for)
is read without its confidence; the least of theirs multiplies the result's. A result into which nothing confident goes is
plain.

This page is written by a test from the registrations in `stdlib/src`.
";

/// The whole page.
pub fn page() -> String {
    let mut page = HEAD.to_owned();
    let sections: Vec<_> = GROUPS.iter().filter_map(section).collect();
    page.push('\n');
    for (group, _) in &sections {
        let names: Vec<_> = visible(group).map(|one| format!("`{}`", shown_path(one))).collect();
        let _ = writeln!(page, "- [{}](#{}): {}", group.title, anchor(group.title), names.join(" "));
    }
    for (group, entries) in &sections {
        let _ = write!(page, "\n## {}\n{}\n", group.title, group.about);
        for entry in entries {
            let _ = write!(page, "\n{entry}");
        }
    }
    page
}

/// A name: its signature as a heading, what it does, its confidence, programs.
pub fn entry(one: &Registration) -> String {
    let mut text = format!("### `{}`\n", heading(one));
    text.push_str(one.doc);
    text.push('\n');
    let notes: Vec<_> = [mutation(one), currying(one), confidence(one)].into_iter().flatten().collect();
    if !notes.is_empty() {
        let _ = writeln!(text, "{}", notes.join(" "));
    }
    text.push_str("\n```prism\n");
    let programs: Vec<_> = one.examples.iter().map(program).collect();
    // Programs of several lines stand apart.
    text.push_str(&programs.join(if programs.iter().any(|text| text.contains('\n')) { "\n\n" } else { "\n" }));
    text.push_str("\n```\n");
    text
}

/// A group with the entries that programs can name, if there are any.
fn section(group: &Group) -> Option<(&Group, Vec<String>)> {
    let entries: Vec<_> = visible(group).map(entry).collect();
    (!entries.is_empty()).then_some((group, entries))
}

fn visible(group: &Group) -> impl Iterator<Item = &'static Registration> {
    group.registrations.iter().filter(|one| !one.hidden)
}

/// The fragment that a heading is linked by.
fn anchor(title: &str) -> String {
    title.to_lowercase().replace(' ', "-")
}

fn program((text, display): &Example) -> String {
    format!("{text} // {display}")
}

/// What stands for a receiver of that kind.
fn receiver(kinds: KindSet) -> &'static str {
    const NAMES: [(KindSet, &str); 4] =
        [(KindSet::ARRAY, "xs"), (KindSet::STRING, "s"), (KindSet::NUMBER, "n"), (KindSet::BOOLEAN, "b")];
    NAMES.iter().find(|(kind, _)| *kind == kinds).map_or("x", |(_, name)| name)
}

/// `Math.abs`, `xs.map`.
fn shown_path(one: &Registration) -> String {
    match (one.receiver(), one.path.split_once('.')) {
        (Some(kinds), Some((_, name))) => format!("{}.{name}", receiver(kinds)),
        _ => one.path.to_owned(),
    }
}

/// `xs.map(f: (T, number, array<T>) -> U) -> array<U>`, `Math.PI = 3.14`.
fn heading(one: &Registration) -> String {
    let path = shown_path(one);
    match one.body {
        Body::Constant(number) => format!("{path} = {}", prism_vm::value::format_number(number)),
        _ => path + one.signature,
    }
}

fn mutation(one: &Registration) -> Option<String> {
    let (kind, name) = one.path.split_once('.')?;
    let mutates = KindSet::named(kind) == Some(KindSet::ARRAY) && Mutator::find(name).is_some();
    mutates.then(|| "Updates the variable on which it is called.".to_owned())
}

fn currying(one: &Registration) -> Option<String> {
    let (name, inner) = (one.path, one.signature.strip_prefix('(')?);
    let subject = inner.split(':').next()?;
    one.curried.then(|| format!("Without `{subject}`, `{name}` gives a function of it."))
}

/// The rule of the result's confidence in words; none where the description has said it.
fn confidence(one: &Registration) -> Option<String> {
    let entry = one.entry(false).ok()?;
    let signature = entry.signature()?;
    let subject = match &entry.kind {
        EntryKind::Method(kinds, _) => format!("`{}`", receiver(*kinds)),
        _ => names(signature, Role::Subject).into_iter().next().unwrap_or_default(),
    };
    let settings = names(signature, Role::Setting);
    let steered = match settings.as_slice() {
        [] => String::new(),
        [only] => format!(" and {only}'s"),
        several => format!(" and the least of {}", several.join(", ")),
    };
    let rule = match signature.confidence {
        ConfidenceRule::Subject => format!("its own times {subject}'s{steered}"),
        ConfidenceRule::Element => format!("the part's own times {subject}'s{steered}"),
        ConfidenceRule::Sum => format!("that of adding the elements, times {subject}'s"),
        ConfidenceRule::All => "that of an operator on all arguments".to_owned(),
        ConfidenceRule::Selected => "that of the chosen argument".to_owned(),
        ConfidenceRule::Never => "none".to_owned(),
        ConfidenceRule::Own | ConfidenceRule::Host => return None,
    };
    Some(format!("Confidence: {rule}."))
}

fn names(signature: &Signature, role: Role) -> Vec<String> {
    signature.params.iter().filter(|param| param.role == role).map(|param| format!("`{}`", param.name)).collect()
}
