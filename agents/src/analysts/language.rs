//! What the three language detectors share: the codes they answer with, and the answer when they cannot tell.
//!
//! All answer with an ISO 639-1 code, so that a vote among them compares equal things.

use crate::{agent::Analysis, text::ScriptMix};

/// The answer for a text whose language cannot be told, from ISO 639-2.
pub const UNDETERMINED: &str = "und";

/// Letters at which half of the doubt that comes from a short text is gone.
pub const HALF_TRUST_LETTERS: f64 = 20.0;

/// ISO 639-3 and ISO 639-1 codes of the languages that the detectors tell apart.
const CODES: [(&str, &str); 70] = [
    ("afr", "af"),
    ("aka", "ak"),
    ("amh", "am"),
    ("ara", "ar"),
    ("aze", "az"),
    ("bel", "be"),
    ("ben", "bn"),
    ("bul", "bg"),
    ("cat", "ca"),
    ("ces", "cs"),
    ("cmn", "zh"),
    ("cym", "cy"),
    ("dan", "da"),
    ("deu", "de"),
    ("ell", "el"),
    ("eng", "en"),
    ("epo", "eo"),
    ("est", "et"),
    ("fin", "fi"),
    ("fra", "fr"),
    ("guj", "gu"),
    ("heb", "he"),
    ("hin", "hi"),
    ("hrv", "hr"),
    ("hun", "hu"),
    ("hye", "hy"),
    ("ind", "id"),
    ("ita", "it"),
    ("jav", "jv"),
    ("jpn", "ja"),
    ("kan", "kn"),
    ("kat", "ka"),
    ("khm", "km"),
    ("kor", "ko"),
    ("lat", "la"),
    ("lav", "lv"),
    ("lit", "lt"),
    ("mal", "ml"),
    ("mar", "mr"),
    ("mkd", "mk"),
    ("mya", "my"),
    ("nep", "ne"),
    ("nld", "nl"),
    ("nob", "nb"),
    ("ori", "or"),
    ("pan", "pa"),
    ("pes", "fa"),
    ("pol", "pl"),
    ("por", "pt"),
    ("ron", "ro"),
    ("rus", "ru"),
    ("sin", "si"),
    ("slk", "sk"),
    ("slv", "sl"),
    ("sna", "sn"),
    ("spa", "es"),
    ("srp", "sr"),
    ("swe", "sv"),
    ("tam", "ta"),
    ("tel", "te"),
    ("tgl", "tl"),
    ("tha", "th"),
    ("tuk", "tk"),
    ("tur", "tr"),
    ("ukr", "uk"),
    ("urd", "ur"),
    ("uzb", "uz"),
    ("vie", "vi"),
    ("yid", "yi"),
    ("zul", "zu"),
];

/// The ISO 639-1 code of an ISO 639-3 code; `und` for one that no detector uses.
pub fn short_code(long: &str) -> &'static str {
    CODES.iter().find(|(code, _)| *code == long).map_or(UNDETERMINED, |(_, short)| short)
}

/// The answer when nothing can be told: `und` with confidence 0.
pub fn undetermined(reason: impl Into<String>) -> Analysis {
    Analysis::new(UNDETERMINED, 0.0, reason)
}

/// Adds what weakens any detection: few letters, mixed scripts.
pub fn with_common_doubts(analysis: Analysis, mix: &ScriptMix) -> Analysis {
    let analysis = analysis
        .measured("letters", mix.letters as f64)
        .doubt_if(mix.letters < 40, || format!("the text is short: {} letters", mix.letters));
    match mix.doubt() {
        Some(doubt) => analysis.doubt(doubt),
        None => analysis,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_language_of_the_detectors_has_a_short_code() {
        for language in ::whatlang::Lang::all() {
            assert_ne!(short_code(language.code()), UNDETERMINED, "{language:?}");
        }
        for language in ::whichlang::LANGUAGES {
            assert_ne!(short_code(language.three_letter_code()), UNDETERMINED, "{language:?}");
        }
    }
}
