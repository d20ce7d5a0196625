//! Language by n-gram probabilities, with the `lingua` crate and the languages whose models are built in.
//!
//! **Confidence** is the probability that the models give the best language less that of the second, times the trust in
//! the amount of text, `letters / (letters + 20)`. At most 4,000 characters are read, as more changes nothing.
//!
//! The crate adds up probabilities in an order that changes from call to call, so they are rounded to nine decimals and
//! ranked again: the same text always gets the same answer.
//!
//! The detector is built with the first call and kept.

use std::sync::LazyLock;

use lingua::{Language, LanguageDetector, LanguageDetectorBuilder};

use crate::{
    agent::{Analysis, Input},
    analysts::language,
    text::{self, ScriptMix},
};

const MAX_CHARACTERS: usize = 4000;

static DETECTOR: LazyLock<LanguageDetector> = LazyLock::new(|| LanguageDetectorBuilder::from_all_languages().build());

/// Names the language of a text by its ISO 639-1 code.
pub fn analyse(input: &Input) -> Analysis {
    let end = input.text().char_indices().nth(MAX_CHARACTERS).map_or(input.text().len(), |(at, _)| at);
    let text = input.text().get(..end).unwrap_or_default();
    let mix = ScriptMix::of(text);
    let ranked = ranked(text);
    let mut ranked = ranked.iter();
    let Some((best, first)) = ranked.next() else {
        return language::undetermined(format!("none of the languages known here ({}) fits", known()));
    };
    let (next, second) = ranked.next().map_or((None, 0.0), |(language, probability)| (Some(language), *probability));
    let trust = text::sample_weight(mix.letters, language::HALF_TRUST_LETTERS);
    let reasoning = format!(
        "{best} has probability {first:.2}, {} {second:.2}, weighted {trust:.2} for {} letters",
        next.map_or_else(|| "any other".to_owned(), ToString::to_string),
        mix.letters
    );
    let code = best.iso_code_639_1().to_string().to_lowercase();
    let analysis = Analysis::new(code, (first - second) * trust, reasoning)
        .measured("probability", *first)
        .measured("lead", first - second)
        .doubt_if(first - second < 0.5, || format!("only these languages were compared: {}", known()));
    let analysis = analysis.doubt_if(end < input.text().len(), || {
        format!("the language was told from the first {MAX_CHARACTERS} characters")
    });
    language::with_common_doubts(analysis, &mix)
}

/// The languages that fit at all, the likeliest first.
fn ranked(text: &str) -> Vec<(Language, f64)> {
    let rounded = |probability: f64| (probability * 1e9).round() / 1e9;
    let values = DETECTOR.compute_language_confidence_values(text).into_iter();
    let mut ranked: Vec<_> = values.map(|(language, probability)| (language, rounded(probability))).collect();
    ranked.retain(|(_, probability)| *probability > 0.0);
    ranked.sort_by(|(one, a), (other, b)| b.total_cmp(a).then_with(|| one.cmp(other)));
    ranked
}

fn known() -> String {
    let mut names: Vec<String> = Language::all().iter().map(ToString::to_string).collect();
    names.sort();
    names.join(", ")
}
