//! Words, sentences, scripts and the weights that several analysts share.
//!
//! Word and sentence borders are those of Unicode (UAX #29), with two repairs: a line break inside a paragraph ends no
//! sentence, and neither does the dot of an abbreviation.

use std::collections::BTreeMap;

use unicode_script::{Script, UnicodeScript};
use unicode_segmentation::UnicodeSegmentation;

use crate::english;

/// How far a sample of `n` is to be trusted, from 0 to 1: `n / (n + half)`, so `half` is the size at which trust
/// reaches one half.
pub fn sample_weight(n: usize, half: f64) -> f64 {
    let n = n as f64;
    n / (n + half)
}

/// Arithmetic mean; 0 for no values.
pub fn mean(values: impl Iterator<Item = f64>) -> f64 {
    let (sum, count) = values.fold((0.0, 0_u32), |(sum, count), value| (sum + value, count + 1));
    if count == 0 { 0.0 } else { sum / f64::from(count) }
}

/// `part / whole`; 0 when the whole is 0.
pub fn share(part: usize, whole: usize) -> f64 {
    if whole == 0 { 0.0 } else { part as f64 / whole as f64 }
}

/// The words of a text, without punctuation.
pub fn words(text: &str) -> impl Iterator<Item = &str> {
    text.unicode_words()
}

/// The paragraphs of a text: parted by blank lines, other line breaks turned into spaces.
pub fn paragraphs(text: &str) -> Vec<String> {
    let mut paragraphs = vec![String::new()];
    for line in text.lines().map(str::trim) {
        match paragraphs.last_mut() {
            Some(last) if !line.is_empty() => {
                if !last.is_empty() {
                    last.push(' ');
                }
                last.push_str(line);
            }
            _ => paragraphs.push(String::new()),
        }
    }
    paragraphs.retain(|paragraph| !paragraph.is_empty());
    paragraphs
}

/// The sentences of a text, trimmed; each holds at least one letter or digit.
pub fn sentences(text: &str) -> Vec<String> {
    paragraphs(text).iter().flat_map(|paragraph| sentences_of_paragraph(paragraph)).collect()
}

/// The sentences of one paragraph.
pub fn sentences_of_paragraph(paragraph: &str) -> Vec<String> {
    let mut sentences: Vec<String> = Vec::new();
    let mut goes_on = false;
    for piece in paragraph.split_sentence_bounds() {
        let bare = !piece.chars().any(char::is_alphanumeric);
        match sentences.last_mut() {
            Some(last) if goes_on || bare => last.push_str(piece),
            _ => sentences.push(piece.to_owned()),
        }
        goes_on = english::ends_with_abbreviation(piece) || sentences.len() == 1 && bare;
    }
    sentences.iter_mut().for_each(|sentence| *sentence = sentence.trim().to_owned());
    sentences.retain(|sentence| sentence.chars().any(char::is_alphanumeric));
    sentences
}

/// Which script the letters of a text are in.
#[derive(Debug, Clone, PartialEq)]
pub struct ScriptMix {
    /// The script of most letters; `None` without letters. Han, Hiragana and Katakana count as one, [`Script::Han`].
    pub main: Option<Script>,
    /// Share of letters in the main script, from 0 to 1.
    pub share: f64,
    /// Number of letters. One of Han, Hiragana, Katakana or Hangul stands for a syllable or a word and counts as three.
    pub letters: usize,
}

impl ScriptMix {
    /// Counts the letters of a text.
    pub fn of(text: &str) -> Self {
        let mut counts: BTreeMap<&'static str, (Script, usize)> = BTreeMap::new();
        for letter in text.chars().filter(|letter| letter.is_alphabetic()) {
            let (script, weight) = match letter.script() {
                Script::Han | Script::Hiragana | Script::Katakana => (Script::Han, 3),
                Script::Hangul => (Script::Hangul, 3),
                // Letters such as the long-vowel mark belong to whatever surrounds them.
                Script::Common | Script::Inherited | Script::Unknown => continue,
                other => (other, 1),
            };
            counts.entry(script.full_name()).or_insert((script, 0)).1 += weight;
        }
        let letters = counts.values().map(|(_, count)| count).sum();
        let main = counts.values().max_by_key(|(_, count)| *count);
        Self {
            main: main.map(|(script, _)| *script),
            share: share(main.map_or(0, |(_, count)| *count), letters),
            letters,
        }
    }

    /// An uncertainty when at least one letter in ten is in another script.
    pub fn doubt(&self) -> Option<String> {
        let main = self.main?;
        (self.share < 0.9)
            .then(|| format!("scripts are mixed: {:.0}% of the letters are {}", self.share * 100.0, main.full_name()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn abbreviations_and_line_breaks_end_no_sentence() {
        let text = "Dr. Watson came\nhome late. He was, e.g. by Mrs. Hudson, expected!\n\nNobody slept?";
        assert_eq!(
            sentences(text),
            ["Dr. Watson came home late.", "He was, e.g. by Mrs. Hudson, expected!", "Nobody slept?"]
        );
    }

    #[test]
    fn marks_without_words_are_no_sentence() {
        assert!(sentences("... !!! ---\n\n***").is_empty());
        assert_eq!(sentences("\"Stop!\" \"Why?\"").len(), 2);
    }

    #[test]
    fn the_main_script_is_that_of_most_letters() {
        let mix = ScriptMix::of("東京タワー and");
        assert_eq!((mix.main, mix.letters), (Some(Script::Han), 15));
        assert!(mix.doubt().is_none() == (mix.share >= 0.9));
        assert_eq!(ScriptMix::of("12 + 3").main, None);
    }

    #[test]
    fn half_the_trust_at_half() {
        assert!((sample_weight(20, 20.0) - 0.5).abs() < f64::EPSILON);
        assert!(sample_weight(0, 20.0).abs() < f64::EPSILON);
    }
}
