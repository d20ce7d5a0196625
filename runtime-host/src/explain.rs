//! Where a result's confidence comes from: a tree from the result down to what agents reported and the program asserted.
//!
//! What several confidences share is shown once and then pointed to; large trees are cut. The bounds are
//! [`MOST_NODES`], [`MOST_DEPTH`] and [`MOST_INPUTS`].

use prism_diagnostics::{SourceMap, Span};
use prism_vm::confidence::{Conf, Ledger};
use serde::Serialize;
use std::collections::HashMap;
use std::fmt::{self, Write as _};

/// How many confidences a tree shows.
pub const MOST_NODES: usize = 400;
/// How many steps it goes down.
pub const MOST_DEPTH: usize = 40;
/// How many inputs of one step it shows.
pub const MOST_INPUTS: usize = 16;

/// The longest piece of program text that is shown, in characters.
const SNIPPET: usize = 60;

/// One confidence and what it was made from.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Explanation {
    /// Its number in the tree, in order of appearance, from 1.
    pub number: usize,
    /// The confidence, 0…1.
    pub confidence: f64,
    /// The rule that made it; `untraced` for one whose origin was not written down.
    pub rule: &'static str,
    /// The rule in plain words.
    pub meaning: &'static str,
    /// The agent that reported it, or the library function that derived it.
    pub note: Option<String>,
    /// Where in the program.
    pub place: Option<Place>,
    /// What it was made from.
    pub inputs: Vec<Explanation>,
    /// What is not shown below it.
    pub cut: Option<Cut>,
}

/// A piece of the program.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Place {
    /// The path of its file.
    pub file: String,
    /// Its line, from 1.
    pub line: u32,
    /// Its column, from 1, in Unicode scalars.
    pub column: u32,
    /// Its text, or the beginning of it.
    pub text: String,
}

/// What a tree does not show below a confidence.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Cut {
    /// It is the same confidence as that one, whose inputs are shown there.
    SameAs {
        /// The number of the other.
        number: usize,
    },
    /// So many of its inputs.
    Inputs {
        /// How many.
        count: usize,
    },
}

/// Explains a confidence: `confidence` is the number of `conf`. `patterns` holds the trees of patterns that were run, by
/// the note under which their results' confidences entered the ledger.
pub fn explain(
    ledger: &Ledger,
    conf: Conf,
    confidence: f64,
    sources: &SourceMap,
    patterns: &HashMap<String, Explanation>,
) -> Explanation {
    let mut tree = Tree { ledger, sources, patterns, count: 0, seen: HashMap::new() };
    tree.node(conf, confidence, MOST_DEPTH)
}

struct Tree<'a> {
    ledger: &'a Ledger,
    sources: &'a SourceMap,
    patterns: &'a HashMap<String, Explanation>,
    count: usize,
    /// The number of each entry of the ledger that is shown, by its address.
    seen: HashMap<*const (), usize>,
}

impl Tree<'_> {
    fn node(&mut self, conf: Conf, confidence: f64, depth: usize) -> Explanation {
        self.count += 1;
        let number = self.count;
        let Some(entry) = self.ledger.get(conf) else {
            return Explanation {
                number,
                confidence,
                rule: "untraced",
                meaning: "its origin was not written down",
                note: None,
                place: None,
                inputs: Vec::new(),
                cut: None,
            };
        };
        let mut node = Explanation {
            number,
            confidence: entry.confidence,
            rule: entry.rule.as_str(),
            meaning: entry.rule.doc(),
            note: entry.note.as_deref().map(str::to_owned),
            place: entry.span.and_then(|span| self.place(span)),
            inputs: Vec::new(),
            cut: None,
        };
        let address = std::ptr::from_ref(entry).cast();
        if let Some(&number) = self.seen.get(&address) {
            node.cut = Some(Cut::SameAs { number });
            return node;
        }
        self.seen.insert(address, number);
        if let Some(inner) = node.note.as_ref().and_then(|note| self.patterns.get(note)) {
            node.inputs.push(self.graft(inner));
        }
        for (at, input) in entry.inputs.iter().enumerate() {
            if at >= MOST_INPUTS || depth == 0 || self.count >= MOST_NODES {
                node.cut = Some(Cut::Inputs { count: entry.inputs.len() - at });
                break;
            }
            let confidence = self.ledger.get(*input).map_or_else(|| input.or_one(), |entry| entry.confidence);
            node.inputs.push(self.node(*input, confidence, depth - 1));
        }
        node
    }

    /// The tree of another pattern, with numbers that go on from this one's.
    fn graft(&mut self, tree: &Explanation) -> Explanation {
        let offset = self.count;
        let mut tree = tree.clone();
        self.count += tree.renumber(offset);
        tree
    }

    fn place(&self, span: Span) -> Option<Place> {
        let source = self.sources.get(span.source)?;
        let position = source.position(span.start);
        let text = source.text().get(span.start as usize..span.end as usize)?;
        Some(Place {
            file: source.name().to_owned(),
            line: position.line,
            column: position.column,
            text: snippet(text),
        })
    }
}

fn snippet(text: &str) -> String {
    let words = text.split_whitespace().collect::<Vec<_>>().join(" ");
    match words.char_indices().nth(SNIPPET) {
        Some((end, _)) => format!("{}…", &words[..end]),
        None => words,
    }
}

impl Explanation {
    /// Adds `offset` to all numbers; gives how many there are.
    fn renumber(&mut self, offset: usize) -> usize {
        self.number += offset;
        if let Some(Cut::SameAs { number }) = &mut self.cut {
            *number += offset;
        }
        1 + self.inputs.iter_mut().map(|input| input.renumber(offset)).sum::<usize>()
    }

    fn draw(&self, f: &mut fmt::Formatter<'_>, indent: &mut String) -> fmt::Result {
        write!(f, "{}  {}", shorten(self.confidence), self.rule)?;
        if let Some(note) = &self.note {
            write!(f, " ({note})")?;
        }
        match self.cut {
            Some(Cut::SameAs { number }) => write!(f, ", see #{number}")?,
            _ => write!(f, ": {}", self.meaning)?,
        }
        if let Some(Place { file, line, column, text }) = &self.place {
            write!(f, "  {file}:{line}:{column} `{text}`")?;
        }
        writeln!(f, "  #{}", self.number)?;
        let hidden = match self.cut {
            Some(Cut::Inputs { count }) => Some(format!("… {count} more")),
            _ => None,
        };
        for (at, input) in self.inputs.iter().enumerate() {
            let is_last = hidden.is_none() && at + 1 == self.inputs.len();
            write!(f, "{indent}{}", if is_last { "└─ " } else { "├─ " })?;
            let length = indent.len();
            indent.push_str(if is_last { "   " } else { "│  " });
            input.draw(f, indent)?;
            indent.truncate(length);
        }
        hidden.map_or(Ok(()), |hidden| writeln!(f, "{indent}└─ {hidden}"))
    }
}

/// A line a confidence, the inputs of each below it; ends with a line break.
impl fmt::Display for Explanation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.draw(f, &mut String::new())
    }
}

/// Up to four decimals, at least two.
fn shorten(confidence: f64) -> String {
    let mut text = String::new();
    // Writing to a string can't fail.
    let _ = write!(text, "{confidence:.4}");
    for _ in 0..2 {
        if text.ends_with('0') {
            text.pop();
        }
    }
    text
}
