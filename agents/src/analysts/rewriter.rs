//! Rewrites English text in plainer words and shorter sentences.
//!
//! Made for loops that refine: each round does one more kind of change, and a change is kept only if the measured
//! Flesch–Kincaid grade does not rise by it. So the grade never rises from round to round, whether the caller sends the
//! first text again with a higher `round` or sends the last answer back.
//!
//! | round | change |
//! |---|---|
//! | 1 | long words and phrases are replaced by plain ones |
//! | 2 | sentences of more than 20 words are split at semicolons and conjunctions |
//! | 3 | words that only pad are dropped |
//! | 4 | sentences of more than 12 words are split as well, and remarks in brackets are dropped |
//!
//! Options: `round` (all four without it), and `target`, the wanted grade (8 without it). Rounds stop once the target is
//! reached.
//!
//! **Confidence** is `(1 − (grade − target) / 12) · words / (words + 3) · English`: the first factor is 1 at the target or
//! below and 0 when twelve school years lie between; the others say how far the measured grade is to be trusted, by the
//! amount of text and its likeness to running English.

mod edits;

use serde_json::json;

use crate::{
    agent::{Analysis, Input},
    analysts::readability::{Readability, rounded},
    english, text,
};

/// Grade that plain-language guides ask for.
const DEFAULT_TARGET: f64 = 8.0;
/// School years between target and grade at which nothing of the confidence is left.
const GRADE_SPAN: f64 = 12.0;
/// Words at which the measured grade is trusted by half.
const HALF_TRUST_WORDS: f64 = 3.0;

/// A change of a whole text, and how often it was made.
type Edit = fn(&str) -> (String, usize);

/// The change of each round.
const ROUNDS: [Edit; 4] = [edits::plain_words, edits::split_long, edits::drop_padding, edits::split_further];

/// Answers `{text, grade, ease, grade_before, words, sentences, changes, target}`.
pub fn analyse(input: &Input) -> Analysis {
    let target = input.number("target").unwrap_or(DEFAULT_TARGET);
    // Conversion to an integer saturates, so any number is safe here.
    let rounds = input.number("round").map_or(ROUNDS.len(), |round| round as usize);
    let before = Readability::of(input.text());
    let (mut text, mut now, mut changes) = (input.text().to_owned(), before, 0);
    for edit in ROUNDS.iter().take(rounds) {
        if now.grade() <= target {
            break;
        }
        let (edited, count) = edit(&text);
        let measured = Readability::of(&edited);
        if measured.words > 0 && measured.grade() <= now.grade() {
            (text, now, changes) = (edited, measured, changes + count);
        }
    }
    let likeness = english::likeness(text::words(input.text()));
    let trust = text::sample_weight(before.words, HALF_TRUST_WORDS) * likeness;
    let distance = ((now.grade() - target) / GRADE_SPAN).clamp(0.0, 1.0);
    let result = json!({
        "text": text,
        "grade": rounded(now.grade()),
        "ease": rounded(now.ease()),
        "grade_before": rounded(before.grade()),
        "words": now.words,
        "sentences": now.sentences,
        "changes": changes,
        "target": target,
    });
    let reasoning = format!(
        "{changes} changes brought the grade from {:.1} to {:.1}, with {target} wanted",
        before.grade(),
        now.grade()
    );
    let analysis = Analysis::new(result, (1.0 - distance) * trust, reasoning)
        .measured("grade", now.grade())
        .measured("grade_before", before.grade())
        .measured("changes", changes as f64)
        .doubt_if(changes > 0, || "shades of meaning may be lost where words were replaced or dropped".to_owned())
        .doubt_if(now.grade() > target && changes == 0, || "nothing was found that could be simplified".to_owned())
        .doubt_if(now.words < 30, || format!("{} words are few for a measure of readability", now.words));
    match english::doubt(likeness) {
        Some(doubt) => analysis.doubt(doubt),
        None => analysis,
    }
}
