//! Sentences at random, drawn by derivation: alternatives evenly, and the shortest ones once a sentence is deep or long.

use super::{Grammar, Node, is_of};

/// Repetitions beyond the least are at most so many.
const MOST_REPEATED: u64 = 3;
/// One blank in so many may be a comment.
const SELDOM: u64 = 12;
/// What stands for a character of a class that excludes some.
const CHARACTERS: &str = "abcxyzXYZ019 _-+*/.,:;?!()[]{}<>=|&%#@~^'\"`$\\\téß漢🙂\u{a0}";

/// Draws sentences.
pub struct Sampler<'g> {
    grammar: &'g Grammar,
    /// By rule: how deep its flattest derivation is.
    depths: Vec<u32>,
    /// By rule: whether a sentence has used it.
    used: Vec<bool>,
    state: u64,
    text: String,
    /// So many characters are wanted at most.
    wanted: usize,
}

impl<'g> Sampler<'g> {
    /// For a grammar each of whose rules derives something.
    pub fn new(grammar: &'g Grammar) -> Self {
        let depths = vec![u32::MAX; grammar.rules.len()];
        let used = vec![false; depths.len()];
        let mut sampler = Sampler { grammar, depths, used, state: 1, text: String::new(), wanted: 0 };
        loop {
            let depths: Vec<u32> =
                grammar.rules.iter().map(|rule| sampler.depth(&rule.body).saturating_add(1)).collect();
            if depths == sampler.depths {
                return sampler;
            }
            sampler.depths = depths;
        }
    }

    /// A sentence that a rule derives, of about `length` characters or less and about so deep; always the same for a
    /// seed.
    pub fn sentence(&mut self, rule: usize, seed: u64, length: usize, depth: u32) -> String {
        // Seeds that are near each other begin apart; zero would stay zero.
        self.state = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1;
        self.text.clear();
        self.wanted = length;
        self.rule(rule, depth);
        std::mem::take(&mut self.text)
    }

    /// The names of the rules that no sentence has used so far.
    pub fn unused(&self) -> Vec<&str> {
        let unused = self.grammar.rules.iter().zip(&self.used).filter(|(_, used)| !**used);
        unused.map(|(rule, _)| rule.name.as_str()).collect()
    }

    /// How deep the flattest derivation of a node is.
    fn depth(&self, node: &Node) -> u32 {
        match node {
            Node::Text(_) | Node::Class { .. } => 0,
            Node::Rule(rule) => self.depths[*rule],
            Node::Sequence(parts) => parts.iter().map(|part| self.depth(part)).max().unwrap_or(0),
            Node::Choice(parts) => parts.iter().map(|part| self.depth(part)).min().unwrap_or(0),
            Node::Repeat(_, 0, _) => 0,
            Node::Repeat(part, ..) => self.depth(part),
        }
    }

    /// A number below `bound` (xorshift*).
    fn below(&mut self, bound: u64) -> u64 {
        self.state ^= self.state >> 12;
        self.state ^= self.state << 25;
        self.state ^= self.state >> 27;
        (self.state.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 33) % bound
    }

    fn rule(&mut self, rule: usize, left: u32) {
        let grammar = self.grammar;
        self.used[rule] = true;
        stacker::maybe_grow(64 << 10, 4 << 20, || self.node(&grammar.rules[rule].body, left.saturating_sub(1)));
    }

    fn node(&mut self, node: &'g Node, left: u32) {
        let is_short = self.text.len() < self.wanted;
        match node {
            Node::Text(text) => self.text.push_str(text),
            Node::Class { negated, ranges } => {
                let letter = self.letter(*negated, ranges);
                self.text.push(letter);
            }
            Node::Rule(rule) => self.rule(*rule, left),
            Node::Sequence(parts) => parts.iter().for_each(|part| self.node(part, left)),
            Node::Choice(parts) => {
                let flattest = parts.iter().map(|part| self.depth(part)).min().unwrap_or(0);
                let fits = |part: &&Node| match self.depth(part) {
                    depth if is_short => depth <= left.max(flattest),
                    depth => depth == flattest,
                };
                let fitting: Vec<&Node> = parts.iter().filter(fits).collect();
                let fitting = self.mostly_common(fitting);
                let chosen = self.below(fitting.len() as u64) as usize;
                self.node(fitting[chosen], left);
            }
            Node::Repeat(part, least, most) => {
                let more = match is_short && self.depth(part) <= left {
                    true => self.below(most.map_or(MOST_REPEATED, |most| u64::from(most - least)) + 1),
                    false => 0,
                };
                for _ in 0..u64::from(*least) + more {
                    self.node(part, left);
                }
            }
        }
    }

    /// Without comments, mostly.
    fn mostly_common<'n>(&mut self, nodes: Vec<&'n Node>) -> Vec<&'n Node> {
        if self.below(SELDOM) == 0 {
            return nodes;
        }
        let grammar = self.grammar;
        let is_comment = |node: &Node| match node {
            Node::Rule(rule) => grammar.rules[*rule].name.ends_with("comment"),
            Node::Sequence(parts) => {
                matches!(parts.first(), Some(Node::Rule(rule)) if grammar.rules[*rule].name.ends_with("comment"))
            }
            _ => false,
        };
        let common: Vec<&Node> = nodes.iter().copied().filter(|node| !is_comment(node)).collect();
        if common.is_empty() { nodes } else { common }
    }

    fn letter(&mut self, negated: bool, ranges: &[(char, char)]) -> char {
        if negated {
            let fitting: Vec<char> = CHARACTERS.chars().filter(|letter| is_of(*letter, true, ranges)).collect();
            return fitting[self.below(fitting.len() as u64) as usize];
        }
        let (first, last) = ranges[self.below(ranges.len() as u64) as usize];
        let offset = self.below(u64::from(u32::from(last) - u32::from(first)) + 1) as u32;
        char::from_u32(u32::from(first) + offset).unwrap_or(first)
    }
}
