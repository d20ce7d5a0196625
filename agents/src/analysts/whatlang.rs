//! Language by trigram profiles and script, with the `whatlang` crate (70 languages).
//!
//! **Confidence** is the crate's own, which grows with the lead of the best profile over the second, times the trust in
//! the amount of text, `letters / (letters + 20)`.

use crate::{
    agent::{Analysis, Input},
    analysts::language,
    text::{self, ScriptMix},
};

/// Names the language of a text by its ISO 639-1 code.
pub fn analyse(input: &Input) -> Analysis {
    let mix = ScriptMix::of(input.text());
    let Some(found) = whatlang::detect(input.text()) else {
        return language::undetermined("no letters of a script with known languages were found");
    };
    let trust = text::sample_weight(mix.letters, language::HALF_TRUST_LETTERS);
    let reasoning = format!(
        "trigrams and script ({}) fit {} with lead {:.2}, weighted {trust:.2} for {} letters",
        found.script(),
        found.lang().eng_name(),
        found.confidence(),
        mix.letters
    );
    let analysis = Analysis::new(language::short_code(found.lang().code()), found.confidence() * trust, reasoning)
        .measured("lead", found.confidence())
        .doubt_if(!found.is_reliable(), || "another language fits the trigrams almost as well".to_owned());
    language::with_common_doubts(analysis, &mix)
}
