//! Language by a linear model over letter groups, with the `whichlang` crate (16 languages).
//!
//! The model names a language for anything and says nothing of how sure it is, so that is measured by repetition: the
//! text is cut into up to 16 windows of at least 24 letters, spread evenly, and the model is asked about each.
//!
//! **Confidence** is `agreeing / (windows + 1)`: the share of windows that are given the same language as the whole, with
//! one more that disagrees. A text that does not fill one window counts as the part of a window that it is.
//!
//! A text in a script that none of the 16 languages uses is not judged at all.

use unicode_script::Script;
use whichlang::detect_language;

use crate::{
    agent::{Analysis, Input},
    analysts::language,
    text::{self, ScriptMix},
};

const WINDOW_LETTERS: usize = 24;
const MAX_WINDOWS: usize = 16;

/// Scripts of the 16 languages; Japanese kana count as Han.
const SCRIPTS: [Script; 6] =
    [Script::Arabic, Script::Cyrillic, Script::Devanagari, Script::Han, Script::Hangul, Script::Latin];

/// Names the language of a text by its ISO 639-1 code.
pub fn analyse(input: &Input) -> Analysis {
    let mix = ScriptMix::of(input.text());
    let Some(script) = mix.main.filter(|script| SCRIPTS.contains(script)) else {
        let main = mix.main.map_or("no script at all", |script| script.full_name());
        return language::undetermined(format!("the model knows no language written in {main}"));
    };
    let whole = detect_language(input.text());
    let windows = windows(input.text(), mix.letters);
    let agreeing = windows.iter().filter(|window| detect_language(window) == whole).count();
    // Less than one whole window is that part of a window.
    let fill = (mix.letters as f64 / WINDOW_LETTERS as f64).min(1.0);
    let confidence = agreeing as f64 * fill / (windows.len() as f64 * fill + 1.0);
    let code = language::short_code(whole.three_letter_code());
    let reasoning = format!(
        "the model names {code} for the whole text ({} letters, mostly {}) and for {agreeing} of {} windows",
        mix.letters,
        script.full_name(),
        windows.len()
    );
    let analysis = Analysis::new(code, confidence, reasoning)
        .measured("windows", windows.len() as f64)
        .measured("agreement", text::share(agreeing, windows.len()))
        .doubt_if(agreeing < windows.len(), || {
            format!("{} of {} windows look like another language", windows.len() - agreeing, windows.len())
        });
    language::with_common_doubts(analysis, &mix)
}

/// Cuts a text into equal parts by characters; at least one.
fn windows(text: &str, letters: usize) -> Vec<&str> {
    let count = (letters / WINDOW_LETTERS).clamp(1, MAX_WINDOWS);
    let size = text.chars().count().div_ceil(count).max(1);
    let starts = text.char_indices().step_by(size).map(|(at, _)| at);
    let ends = text.char_indices().map(|(at, _)| at).skip(size).step_by(size).chain([text.len()]);
    starts.zip(ends).filter_map(|(start, end)| text.get(start..end)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn windows_cover_the_text_once() {
        let text = "Zwölf Boxkämpfer jagen Viktor quer über den großen Sylter Deich, und niemand weiß warum.";
        let parts = windows(text, ScriptMix::of(text).letters);
        assert_eq!(parts.concat(), text);
        assert_eq!(parts.len(), 3);
        assert_eq!(windows("ab", 2), ["ab"]);
    }
}
