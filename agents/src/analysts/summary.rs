//! Summary by extraction: the sentences that carry most of what the text talks about, in their own words and order.
//!
//! A content word weighs as often as it occurs; a sentence weighs the mean of its content words, times a bonus for
//! standing early that falls from 1.5 to 1. The option `sentences` says how many are kept; without it three in ten, at
//! least one and at most five. Function words are those of English.
//!
//! **Confidence** is `coverage · English`: the share of the weight of all content words that the kept sentences mention,
//! times the likeness to running English.

use std::collections::{HashMap, HashSet};

use crate::{
    agent::{Analysis, Input},
    english, text,
};

const DEFAULT_SHARE: f64 = 0.3;
const DEFAULT_MOST: f64 = 5.0;

/// Answers the summary as text.
pub fn analyse(input: &Input) -> Analysis {
    let sentences = text::sentences(input.text());
    let contents: Vec<Vec<String>> = sentences.iter().map(|sentence| content_words(sentence)).collect();
    let mut weights: HashMap<&str, usize> = HashMap::new();
    for word in contents.iter().flatten() {
        *weights.entry(word).or_default() += 1;
    }
    let wanted = wanted(input.number("sentences"), sentences.len());
    let kept = choose(&contents, &weights, wanted);
    let summary: Vec<&str> = kept.iter().filter_map(|at| sentences.get(*at)).map(String::as_str).collect();
    let mentioned: HashSet<&str> =
        kept.iter().filter_map(|at| contents.get(*at)).flatten().map(String::as_str).collect();
    let weight = |words: &mut dyn Iterator<Item = &str>| words.filter_map(|word| weights.get(word)).sum::<usize>();
    let coverage = text::share(weight(&mut mentioned.iter().copied()), weight(&mut weights.keys().copied()));
    let likeness = english::likeness(text::words(input.text()));
    let reasoning = format!(
        "{} of {} sentences mention {:.0}% of the weight of all content words",
        kept.len(),
        sentences.len(),
        coverage * 100.0
    );
    let analysis = Analysis::new(summary.join(" "), coverage * likeness, reasoning)
        .measured("sentences", sentences.len() as f64)
        .measured("coverage", coverage)
        .doubt_if(!kept.is_empty() && kept.len() == sentences.len(), || "nothing was left out".to_owned())
        .doubt_if(coverage < 0.5, || "the summary leaves out most of what the text talks about".to_owned());
    match english::doubt(likeness) {
        Some(doubt) => analysis.doubt(doubt),
        None => analysis,
    }
}

fn content_words(sentence: &str) -> Vec<String> {
    let content = |word: &&str| word.chars().any(char::is_alphabetic) && !english::is_stop_word(word);
    text::words(sentence).filter(content).map(english::plain).collect()
}

fn wanted(option: Option<f64>, sentences: usize) -> usize {
    let default = || (sentences as f64 * DEFAULT_SHARE).ceil().min(DEFAULT_MOST);
    // Conversion to an integer saturates, so any number is safe here.
    (option.filter(|number| *number >= 1.0).unwrap_or_else(default) as usize)
        .clamp(usize::from(sentences > 0), sentences)
}

/// Positions of the heaviest sentences, in the order of the text.
fn choose(contents: &[Vec<String>], weights: &HashMap<&str, usize>, wanted: usize) -> Vec<usize> {
    let count = contents.len() as f64;
    let mut ranked: Vec<(usize, f64)> = contents
        .iter()
        .enumerate()
        .map(|(at, words)| {
            let mean =
                text::mean(words.iter().filter_map(|word| weights.get(word.as_str())).map(|weight| *weight as f64));
            let early = 1.5 - 0.5 * at as f64 / count;
            (at, mean * early)
        })
        .collect();
    ranked.sort_by(|(at_a, a), (at_b, b)| b.total_cmp(a).then(at_a.cmp(at_b)));
    let mut kept: Vec<usize> = ranked.into_iter().take(wanted).map(|(at, _)| at).collect();
    kept.sort_unstable();
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_number_of_sentences_is_as_wished() {
        assert_eq!([wanted(None, 0), wanted(None, 1), wanted(None, 10), wanted(None, 100)], [0, 1, 3, 5]);
        assert_eq!([wanted(Some(2.0), 10), wanted(Some(50.0), 10), wanted(Some(-1.0), 10)], [2, 10, 3]);
    }

    #[test]
    fn the_sentences_about_the_theme_are_kept_in_order() {
        let text = "Bees make honey. Yesterday it rained. The bees fly far for honey. My uncle sneezed. Honey keeps bees alive.";
        let analysis = analyse(&Input::new(text));
        assert_eq!(analysis.result, "Bees make honey. The bees fly far for honey.");
    }
}
