//! What a token means for the feeling of its clause: a word list and the endings that lead back to it.

use std::{collections::HashMap, sync::LazyLock};

use crate::english;

/// The part that a token plays in a clause.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Role {
    /// White space, quotes and other marks that mean nothing here.
    Space,
    /// Punctuation that ends a clause.
    Border,
    /// A word that sets the next clause against this one.
    Contrast,
    /// Turns the words after it around.
    Negation,
    /// Makes the next polar word count this many times.
    Emphasis(f64),
    /// A good (1) or bad (−1) word.
    Polar(f64),
    /// Any other word.
    Plain,
}

/// Signs of polar words. A line of the file starts with its sign.
static SIGNS: LazyLock<HashMap<&'static str, f64>> = LazyLock::new(|| {
    let lines = include_str!("../../../data/polar-words.txt").lines();
    let signed = lines.filter_map(|line| match line.split_at_checked(1)? {
        ("+", words) => Some((1.0, words)),
        ("-", words) => Some((-1.0, words)),
        _ => None,
    });
    signed.flat_map(|(sign, words)| words.split_whitespace().map(move |word| (word, sign))).collect()
});

const CONTRASTS: [&str; 5] = ["but", "however", "nevertheless", "nonetheless", "yet"];
const NEGATIONS: [&str; 14] = [
    "not", "no", "never", "nor", "neither", "none", "nobody", "nothing", "cannot", "without", "hardly", "barely",
    "scarcely", "lacks",
];
const INTENSIFIERS: [&str; 16] = [
    "very",
    "really",
    "extremely",
    "absolutely",
    "completely",
    "totally",
    "utterly",
    "incredibly",
    "so",
    "too",
    "truly",
    "deeply",
    "highly",
    "remarkably",
    "exceptionally",
    "especially",
];
const DIMINISHERS: [&str; 8] =
    ["slightly", "somewhat", "rather", "fairly", "partly", "mildly", "almost", "occasionally"];

/// Endings that may be taken off a word, with what may have to be put in their place.
const ENDINGS: [(&str, &[&str]); 10] = [
    ("ies", &["y"]),
    ("es", &["", "e"]),
    ("s", &[""]),
    ("ied", &["y"]),
    ("ed", &["", "e"]),
    ("ing", &["", "e"]),
    ("ily", &["y"]),
    ("ly", &["", "le"]),
    ("iness", &["y"]),
    ("ness", &[""]),
];

/// The role of a token from a split at word borders.
pub fn role(token: &str) -> Role {
    if !token.chars().any(char::is_alphanumeric) {
        return if token.contains([',', ';', ':', '.', '!', '?', '—', '–', '(', ')', '…']) {
            Role::Border
        } else {
            Role::Space
        };
    }
    let word = english::plain(token);
    let is_in = |list: &[&str]| list.contains(&word.as_str());
    if is_in(&CONTRASTS) {
        Role::Contrast
    } else if is_in(&NEGATIONS) || word.ends_with("n't") {
        Role::Negation
    } else if is_in(&INTENSIFIERS) {
        Role::Emphasis(2.0)
    } else if is_in(&DIMINISHERS) {
        Role::Emphasis(0.5)
    } else {
        sign(&word).map_or(Role::Plain, Role::Polar)
    }
}

/// The sign of a word or of the word that it is formed from.
fn sign(word: &str) -> Option<f64> {
    let known = |word: &str| SIGNS.get(word).copied();
    if let Some(sign) = known(word) {
        return Some(sign);
    }
    // "joyless" lacks something good, "painless" something bad.
    if let Some(sign) = word.strip_suffix("less").and_then(known) {
        return Some(-sign);
    }
    ENDINGS.iter().filter_map(|(ending, repairs)| Some((word.strip_suffix(ending)?, repairs))).find_map(
        |(stem, repairs)| {
            let doubled = stem.chars().rev().nth(1).is_some_and(|before| stem.ends_with(before));
            // "regretted" doubles the last letter of "regret".
            let single = doubled.then(|| stem.char_indices().next_back().and_then(|(at, _)| stem.get(..at))).flatten();
            repairs.iter().find_map(|repair| known(&format!("{stem}{repair}"))).or_else(|| single.and_then(known))
        },
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_of_a_word_share_its_sign() {
        for good in ["love", "loved", "loving", "happily", "happiness", "enjoys", "painless"] {
            assert_eq!(sign(good), Some(1.0), "{good}");
        }
        for bad in ["fail", "fails", "failed", "regretted", "joyless", "worries", "terribly", "broken"] {
            assert_eq!(sign(bad), Some(-1.0), "{bad}");
        }
        for plain in ["table", "string", "less", "during", "as"] {
            assert_eq!(sign(plain), None, "{plain}");
        }
    }

    #[test]
    fn no_word_is_both_good_and_bad() {
        let words: Vec<&str> =
            include_str!("../../../data/polar-words.txt").split_whitespace().filter(|word| word.len() > 1).collect();
        assert_eq!(words.len(), SIGNS.len(), "a word is listed twice");
        assert!(words.len() > 500);
    }
}
