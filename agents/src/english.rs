//! What several analysts need to know about English: function words, abbreviations, syllables.

use std::{collections::HashSet, sync::LazyLock};

/// Words that carry grammar rather than content, in lower case.
static STOP_WORDS: LazyLock<HashSet<&'static str>> =
    LazyLock::new(|| include_str!("../data/stop-words.txt").split_whitespace().collect());

/// Abbreviations that are followed by more of the same sentence, in lower case, without the last dot.
const ABBREVIATIONS: [&str; 28] = [
    "mr", "mrs", "ms", "dr", "prof", "rev", "gen", "sen", "rep", "gov", "capt", "lt", "col", "sgt", "st", "mt",
    "messrs", "jr", "sr", "no", "vs", "cf", "fig", "vol", "e.g", "i.e", "approx", "al",
];

/// Share of function words from which on a text counts as running English. Prose has 0.4 to 0.5, lists of headlines
/// about 0.3, other languages below 0.15.
const ENGLISH_SHARE: f64 = 0.3;

/// Whether a word is a function word of English; any case.
pub fn is_stop_word(word: &str) -> bool {
    STOP_WORDS.contains(plain(word).as_str())
}

/// A word in lower case with straight apostrophes.
pub fn plain(word: &str) -> String {
    word.to_lowercase().replace('’', "'")
}

/// How far words look like running English, from 0 to 1: `(function words + 1) / (0.3 · words + 1)`, at most 1. The
/// ones keep a handful of words from being judged harshly.
pub fn likeness<'t>(words: impl Iterator<Item = &'t str>) -> f64 {
    let (all, stop) = words.fold((0_u32, 0_u32), |(all, stop), word| (all + 1, stop + u32::from(is_stop_word(word))));
    ((f64::from(stop) + 1.0) / (ENGLISH_SHARE * f64::from(all) + 1.0)).min(1.0)
}

/// An uncertainty when a text looks little like English.
pub fn doubt(likeness: f64) -> Option<String> {
    (likeness < 0.7).then(|| {
        format!("the text looks only {:.0}% like running English, for which the method is made", likeness * 100.0)
    })
}

/// Whether a piece of text ends with the dot of an abbreviation or of an initial.
pub fn ends_with_abbreviation(piece: &str) -> bool {
    let Some(stem) = piece.trim_end().strip_suffix('.') else { return false };
    let last = stem.rsplit(|c: char| c.is_whitespace() || c == '(').next().unwrap_or_default();
    let initial = last.chars().count() == 1 && last.chars().all(char::is_uppercase) && last != "I";
    initial || ABBREVIATIONS.contains(&last.to_lowercase().as_str())
}

/// Number of syllables of an English word, at least 1: groups of vowels, less the silent endings, plus the vowel pairs
/// that are spoken apart. An estimate from spelling: errors go both ways and level out over a text.
pub fn syllables(word: &str) -> usize {
    let letters: Vec<char> = word.to_lowercase().chars().filter(|c| c.is_alphabetic()).collect();
    let vowel = |at: usize| letters.get(at).is_some_and(|c| "aeiouyàáâäèéêëìíîïòóôöùúûü".contains(*c));
    let groups = (0..letters.len()).filter(|&at| vowel(at) && (at == 0 || !vowel(at - 1))).count();
    let text: String = letters.iter().collect();
    (groups + spoken_apart(&text)).saturating_sub(usize::from(groups > 1 && has_silent_ending(&text))).max(1)
}

/// Vowel pairs that make two syllables, such as in "radio", "being" and "riot".
fn spoken_apart(word: &str) -> usize {
    let hiatus = ["ia", "io", "iu", "eo", "ua", "uou", "yi", "eing", "oing", "aic"];
    let found: usize = hiatus.iter().map(|pair| word.matches(pair).count()).sum();
    // After these letters, and in these groups, the pair is one sound: "nation", "special", "people", "guard".
    let merged = [
        "tia", "cia", "sia", "tio", "sio", "cio", "gio", "xio", "tiu", "niu", "eop", "eous", "eon", "gua", "qua",
        "sua", "iage", "iew",
    ];
    found.saturating_sub(merged.iter().map(|group| word.matches(group).count()).sum())
        + usize::from(word.ends_with("sm"))
}

fn has_silent_ending(word: &str) -> bool {
    let ends = |endings: &[&str]| endings.iter().any(|ending| word.ends_with(ending));
    let after_vowel = |ending: &str| {
        word.strip_suffix(ending).and_then(|stem| stem.chars().last()).is_none_or(|c| "aeiouy".contains(c))
    };
    if word.ends_with('e') {
        return !after_vowel("e") && (!word.ends_with("le") || after_vowel("le"));
    }
    if word.ends_with("ed") {
        return !after_vowel("ed") && !ends(&["ted", "ded", "bled", "tled", "pled", "gled", "kled", "dled", "fled"]);
    }
    word.ends_with("es")
        && !after_vowel("es")
        && !ends(&[
            "ses", "xes", "zes", "ches", "shes", "ces", "ges", "bles", "tles", "ples", "gles", "kles", "dles", "fles",
        ])
        || ends(&["ely", "eful", "eless", "ement"]) && word.chars().count() > 5
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn syllables_of_common_words() {
        let known = [
            (1, "the cat through strength walked makes blue eye you rhyme where played"),
            (2, "table water being wanted boxes riot people nation lovely useful prism little seven movement"),
            (3, "radio media example important understand beautiful family company"),
            (4, "information community intelligence humanity"),
            (5, "university organization"),
        ];
        for (count, words) in known {
            for word in words.split(' ') {
                assert_eq!(syllables(word), count, "{word}");
            }
        }
    }

    #[test]
    fn english_is_told_from_german() {
        let english = "It was on a dreary night of the year that I saw the end of my long work.";
        let german = "Er ging langsam durch den dunklen Wald und dachte lange über sein altes Leben nach.";
        assert!(likeness(english.split(' ')) > 0.95);
        assert!(likeness(german.split(' ')) < 0.5);
    }
}
