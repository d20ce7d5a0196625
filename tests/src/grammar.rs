//! The grammar of Prism in two notations: `docs/prism.ebnf` for readers and tools, `docs/prism.gbnf` for decoders that
//! keep a language model within it. Both are made of `compiler/grammar/prism.grammar`.
//!
//! - [`notation`]: GBNF to [`Grammar`].
//! - [`source`]: what the source file has beyond GBNF; [`render`]: a grammar in either notation.
//! - [`recognise`]: whether a text is a sentence; [`sample`]: sentences at random.

pub mod notation;
pub mod recognise;
pub mod render;
pub mod sample;
pub mod source;

use std::collections::HashMap;

/// Rules by name, in the order of the text.
#[derive(Clone, Debug, Default)]
pub struct Grammar {
    /// The rules.
    pub rules: Vec<Rule>,
    /// Their numbers by name.
    pub numbers: HashMap<String, usize>,
}

/// A rule.
#[derive(Clone, Debug)]
pub struct Rule {
    /// Its name.
    pub name: String,
    /// What it derives.
    pub body: Node,
    /// The comment lines above it, with their `#`; empty lines are kept.
    pub comments: Vec<String>,
}

/// What a rule is made of.
#[derive(Clone, Debug, PartialEq)]
pub enum Node {
    /// Exactly this text.
    Text(String),
    /// A character of these ranges, or of none of them.
    Class {
        /// Whether it is `[^…]`.
        negated: bool,
        /// First and last of each range.
        ranges: Vec<(char, char)>,
    },
    /// What the rule of that number derives.
    Rule(usize),
    /// One after the other.
    Sequence(Vec<Node>),
    /// One of these.
    Choice(Vec<Node>),
    /// So often, the upper end none for any number.
    Repeat(Box<Node>, u32, Option<u32>),
}

impl Grammar {
    /// The number of a rule.
    ///
    /// # Panics
    /// If there is none of that name.
    pub fn number(&self, name: &str) -> usize {
        *self.numbers.get(name).unwrap_or_else(|| panic!("no rule is called `{name}`"))
    }
}

/// Whether a character is of a class.
pub fn is_of(class: char, negated: bool, ranges: &[(char, char)]) -> bool {
    ranges.iter().any(|(first, last)| (*first..=*last).contains(&class)) != negated
}
