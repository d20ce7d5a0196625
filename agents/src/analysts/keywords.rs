//! Keywords of English text by RAKE (rapid automatic keyword extraction).
//!
//! Phrases are runs of up to four content words between function words and punctuation. A word scores by the length of
//! the phrases it stands in (degree) over its occurrences (frequency); a phrase scores the sum of its words times the
//! number of its occurrences. The ten best are listed.
//!
//! **Confidence** is `concentration · words / (words + 50) · English`: the share of the score of all phrases that the
//! listed ones hold (a text without a theme spreads its score), the amount of text, and the likeness to running English,
//! because function words of other languages are not known here.

use std::collections::HashMap;

use serde_json::{Value, json};
use unicode_segmentation::UnicodeSegmentation;

use crate::{
    agent::{Analysis, Input},
    english, text,
};

const LISTED: usize = 10;
const MAX_PHRASE_WORDS: usize = 4;
const HALF_TRUST_WORDS: f64 = 50.0;

/// A phrase and what it scores.
#[derive(Debug, Clone, PartialEq)]
struct Keyword {
    phrase: String,
    score: f64,
    count: usize,
}

/// Lists the keywords of a text, best first, as `[{phrase, score, count}]`.
pub fn analyse(input: &Input) -> Analysis {
    let keywords = rank(&phrases(input.text()));
    let words = text::words(input.text()).count();
    let listed = keywords.get(..LISTED).unwrap_or(&keywords);
    let score = |keywords: &[Keyword]| keywords.iter().map(|keyword| keyword.score).sum::<f64>();
    let all = score(&keywords);
    let concentration = if all > 0.0 { score(listed) / all } else { 0.0 };
    let likeness = english::likeness(text::words(input.text()));
    let confidence = concentration * text::sample_weight(words, HALF_TRUST_WORDS) * likeness;
    let result: Vec<Value> = listed
        .iter()
        .map(|keyword| json!({"phrase": keyword.phrase, "score": keyword.score, "count": keyword.count}))
        .collect();
    let reasoning = format!(
        "{} of {} phrases in {words} words hold {:.0}% of the score",
        listed.len(),
        keywords.len(),
        concentration * 100.0
    );
    let analysis = Analysis::new(result, confidence, reasoning)
        .measured("phrases", keywords.len() as f64)
        .measured("concentration", concentration)
        .doubt_if(keywords.iter().all(|keyword| keyword.count == 1), || {
            "no phrase occurs twice, so only their length tells them apart".to_owned()
        });
    match english::doubt(likeness) {
        Some(doubt) => analysis.doubt(doubt),
        None => analysis,
    }
}

/// Runs of content words, in lower case, in the order of the text.
fn phrases(text: &str) -> Vec<Vec<String>> {
    let mut phrases = Vec::new();
    for sentence in text::sentences(text) {
        let mut phrase = Vec::new();
        for token in sentence.split_word_bounds() {
            let is_content = token.chars().any(char::is_alphabetic) && !english::is_stop_word(token);
            // White space and hyphens hold a phrase together; anything else ends it.
            let holds = token.chars().all(|c| c.is_whitespace() || c == '-');
            if is_content {
                phrase.push(english::plain(token));
            }
            if (!is_content && !holds) || phrase.len() == MAX_PHRASE_WORDS {
                phrases.push(std::mem::take(&mut phrase));
            }
        }
        phrases.push(phrase);
    }
    phrases.retain(|phrase| !phrase.is_empty());
    phrases
}

/// Scores phrases; best first, equal ones by their letters.
fn rank(phrases: &[Vec<String>]) -> Vec<Keyword> {
    let mut words: HashMap<&str, (usize, usize)> = HashMap::new();
    let mut counts: HashMap<&[String], usize> = HashMap::new();
    for phrase in phrases {
        *counts.entry(phrase).or_default() += 1;
        for word in phrase {
            let (degree, frequency) = words.entry(word).or_default();
            *degree += phrase.len();
            *frequency += 1;
        }
    }
    let word_score =
        |word: &String| words.get(word.as_str()).map_or(0.0, |(degree, frequency)| text::share(*degree, *frequency));
    let mut keywords: Vec<Keyword> = counts
        .into_iter()
        .map(|(phrase, count)| Keyword {
            phrase: phrase.join(" "),
            score: phrase.iter().map(word_score).sum::<f64>() * count as f64,
            count,
        })
        .collect();
    keywords.sort_by(|a, b| b.score.total_cmp(&a.score).then_with(|| a.phrase.cmp(&b.phrase)));
    keywords
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_phrase_that_returns_ranks_first() {
        let text = "The night train was late. A night train is slow, and the night train was cold. Tea helped.";
        let ranked = rank(&phrases(text));
        let best = Keyword { phrase: "night train".to_owned(), score: 12.0, count: 3 };
        assert_eq!(ranked.first(), Some(&best));
    }

    #[test]
    fn function_words_and_marks_part_phrases() {
        let found: Vec<String> =
            phrases("The far-off clock of the old town, Prague.").iter().map(|phrase| phrase.join(" ")).collect();
        assert_eq!(found, ["far", "clock", "old town", "prague"]);
    }

    #[test]
    fn a_long_run_is_cut() {
        assert_eq!(phrases("red green blue yellow pink").len(), 2);
    }
}
