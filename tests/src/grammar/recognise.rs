//! Whether a text is a sentence: a search for a derivation, with what was tried before remembered.
//!
//! Rules that are tokens, and repeated characters, take as much as they can. So not every derivation is found, but
//! whatever is found is one.

use super::{Grammar, Node, is_of};
use std::collections::HashMap;

/// A text that is being looked at.
pub struct Recogniser<'g> {
    grammar: &'g Grammar,
    /// By rule: whether it takes as much as it can.
    greedy: Vec<bool>,
    text: Vec<char>,
    /// By rule and place: where it can end.
    known: HashMap<(usize, usize), Vec<usize>>,
    furthest: usize,
}

impl<'g> Recogniser<'g> {
    /// For a grammar, some of whose rules are tokens.
    pub fn new(grammar: &'g Grammar, tokens: &[&str]) -> Self {
        let greedy = grammar.rules.iter().map(|rule| tokens.contains(&rule.name.as_str())).collect();
        Recogniser { grammar, greedy, text: Vec::new(), known: HashMap::new(), furthest: 0 }
    }

    /// Looks for a derivation of the text from a rule.
    ///
    /// # Errors
    /// What stands where no derivation goes on.
    pub fn derives(&mut self, rule: usize, text: &str) -> Result<(), String> {
        self.text = text.chars().collect();
        self.known.clear();
        self.furthest = 0;
        if self.rule(rule, 0).contains(&self.text.len()) {
            return Ok(());
        }
        let shown = |range: &[char]| range.iter().collect::<String>();
        let (before, behind) = self.text.split_at(self.furthest);
        Err(format!(
            "{}⟨here⟩{}",
            shown(&before[before.len().saturating_sub(120)..]),
            shown(&behind[..behind.len().min(60)])
        ))
    }

    fn rule(&mut self, rule: usize, at: usize) -> Vec<usize> {
        if let Some(known) = self.known.get(&(rule, at)) {
            return known.clone();
        }
        let grammar = self.grammar;
        let mut ends = stacker::maybe_grow(64 << 10, 4 << 20, || self.node(&grammar.rules[rule].body, at));
        if self.greedy[rule] {
            ends = ends.iter().max().copied().into_iter().collect();
        }
        self.known.insert((rule, at), ends.clone());
        ends
    }

    fn node(&mut self, node: &'g Node, at: usize) -> Vec<usize> {
        match node {
            Node::Text(text) => {
                let mut end = at;
                for letter in text.chars() {
                    if self.text.get(end) != Some(&letter) {
                        return Vec::new();
                    }
                    end += 1;
                    self.furthest = self.furthest.max(end);
                }
                vec![end]
            }
            Node::Class { negated, ranges } => match self.text.get(at) {
                Some(letter) if is_of(*letter, *negated, ranges) => {
                    self.furthest = self.furthest.max(at + 1);
                    vec![at + 1]
                }
                _ => Vec::new(),
            },
            Node::Rule(rule) => self.rule(*rule, at),
            Node::Sequence(parts) => {
                let mut ends = vec![at];
                for part in parts {
                    ends = self.behind_all(part, &ends);
                    if ends.is_empty() {
                        break;
                    }
                }
                ends
            }
            Node::Choice(alternatives) => {
                let mut ends = Vec::new();
                for alternative in alternatives {
                    merge(&mut ends, self.node(alternative, at));
                }
                ends
            }
            Node::Repeat(part, least, most) => self.repeat(part, *least, *most, at),
        }
    }

    fn behind_all(&mut self, node: &'g Node, starts: &[usize]) -> Vec<usize> {
        let mut ends = Vec::new();
        for start in starts {
            merge(&mut ends, self.node(node, *start));
        }
        ends
    }

    fn repeat(&mut self, part: &'g Node, least: u32, most: Option<u32>, at: usize) -> Vec<usize> {
        let is_character = matches!(part, Node::Class { .. });
        let mut found = if least == 0 { vec![at] } else { Vec::new() };
        let mut ends = vec![at];
        let mut times = 0;
        while most.is_none_or(|most| times < most) {
            let next = self.behind_all(part, &ends);
            let new: Vec<usize> = next.into_iter().filter(|end| !found.contains(end) && *end > at).collect();
            if new.is_empty() {
                break;
            }
            times += 1;
            if is_character && times >= least.max(1) {
                found.clone_from(&new);
            } else if times >= least {
                merge(&mut found, new.clone());
            }
            ends = new;
        }
        found
    }
}

fn merge(ends: &mut Vec<usize>, more: Vec<usize>) {
    for end in more {
        if !ends.contains(&end) {
            ends.push(end);
        }
    }
}
