//! Sentiment by VADER: valences of words, emoticons and emoji, with rules for negation, emphasis and contrast, from the
//! `vader-sentimental` crate. Made for English.
//!
//! VADER scores sentences from −1 to 1, so each sentence is scored by itself and the mean decides, with the ±0.05 that
//! its authors give as the limits of neutral.
//!
//! **Confidence** in positive or negative is `strength · agreement`: the mean size of the scores of the sentences that
//! have any, times the share of that size that points the way of the answer. Confidence in neutral is
//! `words / (words + 20) · (1 − mean size of all scores)`.

use std::sync::LazyLock;

use vader_sentimental::SentimentIntensityAnalyzer;

use crate::{
    agent::{Analysis, Input},
    analysts::sentiment::{self, Sentiment},
    english, text,
};

/// Mean scores within this distance of 0 are neutral.
const NEUTRAL: f64 = 0.05;
/// Longest run of words that is scored at once; the scorer's time grows with the square of it.
const MAX_WORDS: usize = 100;

static SCORER: LazyLock<SentimentIntensityAnalyzer<'static>> = LazyLock::new(SentimentIntensityAnalyzer::new);

/// Says whether a text is positive, negative or neutral.
pub fn analyse(input: &Input) -> Analysis {
    let scores: Vec<f64> = pieces(input.text()).iter().map(|piece| score(piece)).collect();
    let words = text::words(input.text()).count();
    let mean = text::mean(scores.iter().copied());
    let polar = || scores.iter().copied().filter(|score| *score != 0.0);
    let polar_count = polar().count();
    let sentiment = match mean {
        mean if mean >= NEUTRAL => Sentiment::Positive,
        mean if mean <= -NEUTRAL => Sentiment::Negative,
        _ => Sentiment::Neutral,
    };
    let strength = text::mean(polar().map(f64::abs));
    let size: f64 = polar().map(f64::abs).sum();
    let aligned: f64 = polar().filter(|score| score.signum() == mean.signum()).map(f64::abs).sum();
    let agreement = if size > 0.0 { aligned / size } else { 0.0 };
    let confidence = match sentiment {
        Sentiment::Neutral => sentiment::neutral_confidence(words, text::mean(scores.iter().map(|score| score.abs()))),
        _ => strength * agreement,
    };
    let reasoning = format!(
        "{polar_count} of {} sentences have a score; the mean is {mean:+.2}, strength {strength:.2}, agreement {agreement:.2}",
        scores.len()
    );
    let likeness = english::likeness(text::words(input.text()));
    let analysis = Analysis::new(sentiment.name(), confidence, reasoning)
        .measured("score", mean)
        .measured("strength", strength)
        .measured("agreement", agreement)
        .doubt_if(polar_count > 0 && agreement < 0.75, || "sentences pull in different directions".to_owned())
        .doubt_if(polar_count * 4 < scores.len(), || {
            format!("only {polar_count} of {} sentences have words with feeling", scores.len())
        });
    match english::doubt(likeness) {
        Some(doubt) => analysis.doubt(doubt),
        None => analysis,
    }
}

/// The sentences of a text, with long ones cut; a text without words, such as an emoji, is one piece.
fn pieces(text: &str) -> Vec<String> {
    let sentences = match text::sentences(text) {
        none if none.is_empty() => vec![text.to_owned()],
        sentences => sentences,
    };
    let words = |sentence: &String| sentence.split_whitespace().map(str::to_owned).collect::<Vec<_>>();
    sentences
        .iter()
        .flat_map(|sentence| words(sentence).chunks(MAX_WORDS).map(|run| run.join(" ")).collect::<Vec<_>>())
        .collect()
}

/// Score of a piece from −1 to 1, with the four decimals that VADER is defined with.
fn score(piece: &str) -> f64 {
    (SCORER.polarity_scores(piece).compound * 1e4).round() / 1e4
}
