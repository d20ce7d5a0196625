//! A grammar as EBNF in the notation of the W3C: blanks and comments left out, which may stand between all tokens, and
//! names as words that are not reserved.

use super::{Grammar, Node};
use std::fmt::Write;

const HEAD: &str = "\
/* Prism, in the EBNF of the W3C's XML specification. Blanks and comments may stand between tokens, and line breaks where a
   statement can't end; `nl` is one that ends a statement. tests/spec/lexical/newlines.md and
   tests/spec/statements/blocks.md tell more of lines and braces.
   Made of compiler/grammar/prism.grammar by a test: UPDATE_GRAMMAR=1 cargo test -p parallax-tests --test grammar */
";

/// How wide a rule's lines are.
const WIDTH: usize = 120;

/// The grammar as EBNF. `layout` names the rules of blanks; `name` is written as words that are none of `no_names`.
pub fn ebnf(grammar: &Grammar, layout: &[&str], no_names: &[&str]) -> String {
    let mut text = HEAD.to_owned();
    let layout: Vec<usize> = layout.iter().map(|name| grammar.number(name)).collect();
    let mut used: Vec<bool> = vec![false; grammar.rules.len()];
    mark(grammar, grammar.number("root"), &layout, &mut used);
    for (number, rule) in grammar.rules.iter().enumerate().filter(|(number, _)| used[*number]) {
        // The first rule's opens with that of the other file.
        let opening = rule.comments.iter().position(String::is_empty).filter(|_| number == 0).unwrap_or(0);
        for comment in &rule.comments[opening..] {
            let line = comment.trim_start_matches(['#', ' ', '-']).trim_end_matches([' ', '-']);
            text.push_str(&if line.is_empty() { "\n".to_owned() } else { format!("/* {line} */\n") });
        }
        let body = match rule.name.as_str() {
            "name" => {
                let words: Vec<_> = no_names.iter().map(|word| format!("'{word}'")).collect();
                format!("word - ({})", words.join(" | "))
            }
            "nl" => "#xA+".to_owned(),
            _ => without(&rule.body, &layout).map_or("''".to_owned(), |node| shown(grammar, &node, Place::Rule)),
        };
        let _ = writeln!(text, "{}", wrapped(&format!("{} ::= {body}", rule.name)));
    }
    text
}

/// Marks what a rule is made of.
fn mark(grammar: &Grammar, rule: usize, layout: &[usize], used: &mut [bool]) {
    fn walk(grammar: &Grammar, node: &Node, layout: &[usize], used: &mut [bool]) {
        match node {
            Node::Rule(rule) => mark(grammar, *rule, layout, used),
            Node::Sequence(parts) | Node::Choice(parts) => {
                parts.iter().for_each(|part| walk(grammar, part, layout, used));
            }
            Node::Repeat(part, ..) => walk(grammar, part, layout, used),
            Node::Text(_) | Node::Class { .. } => {}
        }
    }
    if layout.contains(&rule) || std::mem::replace(&mut used[rule], true) {
        return;
    }
    match grammar.rules[rule].name.as_str() {
        "nl" => {}
        "name" => mark(grammar, grammar.number("word"), layout, used),
        _ => walk(grammar, &grammar.rules[rule].body, layout, used),
    }
}

/// A node without blanks; none if nothing is left.
fn without(node: &Node, layout: &[usize]) -> Option<Node> {
    let all = |parts: &[Node]| parts.iter().filter_map(|part| without(part, layout)).collect::<Vec<_>>();
    Some(match node {
        Node::Rule(rule) if layout.contains(rule) => return None,
        Node::Sequence(parts) => match all(parts) {
            parts if parts.is_empty() => return None,
            mut parts if parts.len() == 1 => parts.remove(0),
            parts => Node::Sequence(parts),
        },
        Node::Choice(parts) => {
            let whole = all(parts);
            let optional = whole.len() < parts.len();
            let mut different: Vec<Node> = Vec::new();
            for part in whole {
                if !different.contains(&part) {
                    different.push(part);
                }
            }
            let choice = if different.len() == 1 { different.remove(0) } else { Node::Choice(different) };
            if optional { Node::Repeat(Box::new(choice), 0, Some(1)) } else { choice }
        }
        Node::Repeat(part, least, most) => Node::Repeat(Box::new(without(part, layout)?), *least, *most),
        other => other.clone(),
    })
}

/// What a node is part of.
#[derive(Clone, Copy, PartialEq, PartialOrd)]
enum Place {
    Rule,
    Sequence,
    Repeat,
}

fn shown(grammar: &Grammar, node: &Node, place: Place) -> String {
    match node {
        Node::Text(text) => quoted(text),
        Node::Class { negated, ranges } => {
            let ranges: String = ranges
                .iter()
                .map(|(first, last)| match first == last {
                    true => character(*first),
                    false => format!("{}-{}", character(*first), character(*last)),
                })
                .collect();
            format!("[{}{ranges}]", if *negated { "^" } else { "" })
        }
        Node::Rule(rule) => grammar.rules[*rule].name.clone(),
        Node::Sequence(parts) => {
            let parts: Vec<_> = parts.iter().map(|part| shown(grammar, part, Place::Sequence)).collect();
            grouped(parts.join(" "), place > Place::Sequence)
        }
        Node::Choice(parts) => {
            let parts: Vec<_> = parts.iter().map(|part| shown(grammar, part, Place::Rule)).collect();
            grouped(parts.join(" | "), place > Place::Rule)
        }
        Node::Repeat(part, least, most) => {
            let sign = match (least, most) {
                (0, Some(1)) => "?",
                (0, _) => "*",
                _ => "+",
            };
            shown(grammar, part, Place::Repeat) + sign
        }
    }
}

fn grouped(text: String, is_needed: bool) -> String {
    if is_needed { format!("({text})") } else { text }
}

fn quoted(text: &str) -> String {
    if text.contains('\'') { format!("\"{text}\"") } else { format!("'{text}'") }
}

/// A character of a class; those that can't be seen, or mean something there, by number.
fn character(letter: char) -> String {
    match letter {
        letter if letter.is_control() || "[]^-\\".contains(letter) => format!("#x{:X}", u32::from(letter)),
        letter => letter.to_string(),
    }
}

/// A rule, its further lines indented.
fn wrapped(rule: &str) -> String {
    let mut lines: Vec<String> = vec![String::new()];
    for word in rule.split(' ') {
        let line = lines.last_mut().expect("a line");
        if !line.trim().is_empty() && line.chars().count() + word.chars().count() >= WIDTH {
            lines.push(format!("    {word}"));
        } else {
            if !line.is_empty() {
                line.push(' ');
            }
            line.push_str(word);
        }
    }
    lines.join("\n")
}
