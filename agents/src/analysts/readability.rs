//! Readability of English text by Flesch reading ease and Flesch–Kincaid grade.
//!
//! Ease runs from about 0 (hard) to 100 (easy); the grade is the number of school years needed. Both come from words
//! per sentence and syllables per word.
//!
//! **Confidence** is `(1 − e^(−words/100)) · English`: the formulas were fitted on samples of 100 words, and hold for
//! English only, where `English` is the likeness to running English by its function words. 100 words give at most 0.63,
//! 300 words 0.95.

use serde_json::json;

use crate::{
    agent::{Analysis, Input},
    english, text,
};

/// Words in the samples that the formulas were fitted on.
const SAMPLE_WORDS: f64 = 100.0;

/// What is counted in a text, and the two measures that follow from it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Readability {
    /// Number of words.
    pub words: usize,
    /// Number of sentences.
    pub sentences: usize,
    /// Number of syllables.
    pub syllables: usize,
}

impl Readability {
    /// Counts words, sentences and syllables.
    pub fn of(text: &str) -> Self {
        Self {
            words: text::words(text).count(),
            sentences: text::sentences(text).len(),
            syllables: text::words(text).map(english::syllables).sum(),
        }
    }

    /// Flesch reading ease; 0 for a text without words.
    pub fn ease(&self) -> f64 {
        self.formula(206.835, -1.015, -84.6)
    }

    /// Flesch–Kincaid grade, in school years; 0 for a text without words.
    pub fn grade(&self) -> f64 {
        self.formula(-15.59, 0.39, 11.8)
    }

    fn formula(&self, constant: f64, per_sentence_length: f64, per_word_length: f64) -> f64 {
        if self.words == 0 || self.sentences == 0 {
            return 0.0;
        }
        let (words, sentences, syllables) = (self.words as f64, self.sentences as f64, self.syllables as f64);
        constant + per_sentence_length * words / sentences + per_word_length * syllables / words
    }
}

/// One decimal, as the measures are customarily given.
pub fn rounded(value: f64) -> f64 {
    (value * 10.0).round() / 10.0
}

/// Measures a text as `{grade, ease, words, sentences, syllables}`.
pub fn analyse(input: &Input) -> Analysis {
    let found = Readability::of(input.text());
    let likeness = english::likeness(text::words(input.text()));
    let sample = 1.0 - (-(found.words as f64) / SAMPLE_WORDS).exp();
    let (grade, ease) = (rounded(found.grade()), rounded(found.ease()));
    let result = json!({
        "grade": grade,
        "ease": ease,
        "words": found.words,
        "sentences": found.sentences,
        "syllables": found.syllables,
    });
    let reasoning = format!(
        "{} words in {} sentences with {} syllables give ease {ease} and grade {grade}",
        found.words, found.sentences, found.syllables
    );
    let analysis = Analysis::new(result, sample * likeness, reasoning)
        .measured("grade", found.grade())
        .measured("ease", found.ease())
        .measured("english", likeness)
        .doubt_if((found.words as f64) < SAMPLE_WORDS, || {
            format!("{} words are fewer than the 100 that the formulas were fitted on", found.words)
        });
    match english::doubt(likeness) {
        Some(doubt) => analysis.doubt(doubt),
        None => analysis,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_formulas_are_the_published_ones() {
        let found = Readability { words: 100, sentences: 5, syllables: 150 };
        assert!((found.ease() - 59.635).abs() < 1e-9);
        assert!((found.grade() - 9.91).abs() < 1e-9);
    }

    #[test]
    fn plain_text_is_easier_than_official_text() {
        let plain = Readability::of("The dog ran to the man. The man gave it food. It was glad.");
        let official = Readability::of(
            "The administration subsequently determined that additional documentation was necessary to facilitate \
             the implementation of the aforementioned regulations.",
        );
        assert!(plain.grade() < 3.0 && official.grade() > 16.0, "{plain:?} {official:?}");
        assert!(plain.ease() > official.ease());
    }
}
