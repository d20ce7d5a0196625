//! The changes that the rewriter makes. Each takes a text and gives the changed text and the number of changes.

use std::{collections::HashMap, sync::LazyLock};

use regex::{Captures, Regex};

use crate::text;

/// Long words and phrases with their plain form, by lower case.
static PLAIN: LazyLock<HashMap<&'static str, &'static str>> = LazyLock::new(|| {
    let lines = include_str!("../../../data/plain-words.txt").lines();
    lines.filter_map(|line| line.split_once(" = ")).collect()
});

/// Matches any entry of [`PLAIN`], longest first.
static PLAIN_PATTERN: LazyLock<Regex> = LazyLock::new(|| {
    let mut entries: Vec<String> = PLAIN.keys().map(|entry| regex::escape(entry)).collect();
    entries.sort_by_key(|entry| std::cmp::Reverse(entry.len()));
    fixed(&format!(r"(?i)\b(?:{})\b", entries.join("|")))
});

/// Words that can go without a change of the claim, with the comma and the space that go along.
static PADDING: LazyLock<Regex> = LazyLock::new(|| {
    fixed(
        r"(?i)\b(?:basically|actually|essentially|literally|obviously|certainly|definitely|very|really|quite|rather|as a matter of fact|in fact|of course|needless to say|it should be noted that|it is important to note that|for all intents and purposes),? ",
    )
});

static BRACKETS: LazyLock<Regex> = LazyLock::new(|| fixed(r" ?\([^()]*\)"));

/// Where a sentence may be split: a semicolon, a dash, or a conjunction behind a comma before a new subject.
static JOINTS: LazyLock<Regex> = LazyLock::new(|| {
    fixed(
        r"(?i); (?:however, |therefore, |moreover, )?| [—–] |, (?:and|but|so|because|although|while|whereas) (?:the|a|an|this|that|these|those|it|he|she|they|we|you|i|there|its|his|her|their|our|my|your|many|some|most|all|no)\b",
    )
});

/// Replaces long words and phrases by plain ones; the first letter keeps its case.
pub fn plain_words(text: &str) -> (String, usize) {
    let mut count = 0;
    let edited = PLAIN_PATTERN.replace_all(text, |found: &Captures<'_>| {
        let long = found.get(0).map_or("", |whole| whole.as_str());
        let Some(plain) = PLAIN.get(long.to_lowercase().as_str()) else { return long.to_owned() };
        count += 1;
        if long.starts_with(char::is_uppercase) { capitalised(plain) } else { (*plain).to_owned() }
    });
    (edited.into_owned(), count)
}

/// Splits sentences of more than 20 words.
pub fn split_long(text: &str) -> (String, usize) {
    split(text, 20, 5)
}

/// Drops words that only pad.
pub fn drop_padding(text: &str) -> (String, usize) {
    let count = PADDING.find_iter(text).count();
    each_sentence(text, |sentence| {
        let bare = PADDING.replace_all(sentence, "");
        if sentence.starts_with(char::is_uppercase) { capitalised(&bare) } else { bare.into_owned() }
    })
    .map_or_else(|| (text.to_owned(), 0), |edited| (edited, count))
}

/// Drops remarks in brackets, then splits sentences of more than 12 words.
pub fn split_further(text: &str) -> (String, usize) {
    let remarks = BRACKETS.find_iter(text).count();
    let (edited, splits) = split(&BRACKETS.replace_all(text, ""), 12, 3);
    (edited, remarks + splits)
}

/// Splits sentences of more than `longest` words. As lines are filled with words, so sentences are filled with the pieces
/// between joints, up to `longest` words; neither side of a split has fewer than `shortest`.
fn split(text: &str, longest: usize, shortest: usize) -> (String, usize) {
    let mut count = 0;
    let edited = each_sentence(text, |sentence| {
        let parts =
            if words(sentence) > longest { fill(sentence, longest, shortest) } else { vec![sentence.to_owned()] };
        count += parts.len() - 1;
        parts.join(" ")
    });
    edited.map_or_else(|| (text.to_owned(), 0), |edited| (edited, count))
}

fn fill(sentence: &str, longest: usize, shortest: usize) -> Vec<String> {
    let joints: Vec<_> = JOINTS.find_iter(sentence).collect();
    let starts = joints.iter().map(|joint| joint.start());
    let ends = starts.clone().skip(1).chain([sentence.len()]);
    let first = sentence.get(..joints.first().map_or(sentence.len(), |joint| joint.start())).unwrap_or_default();
    let (mut done, mut current, mut length) = (Vec::new(), first.to_owned(), words(first));
    for (joint, (start, end)) in joints.iter().zip(starts.zip(ends)) {
        let piece = sentence.get(start..end).unwrap_or_default();
        let more = words(piece);
        if length.min(more) < shortest || length + more <= longest {
            current.push_str(piece);
            length += more;
        } else {
            done.push(format!("{}.", current.trim_end_matches([',', ' '])));
            (current, length) = (sentence_of(piece, joint.as_str()), more);
        }
    }
    done.push(current);
    done
}

fn words(text: &str) -> usize {
    text::words(text).count()
}

/// Makes a sentence of a piece that starts with a joint: "and" goes, "because" becomes a statement, what concedes becomes
/// an objection, other conjunctions stay in front.
fn sentence_of(piece: &str, joint: &str) -> String {
    let bare = piece.trim_start_matches([',', ';', ' ', '—', '–']);
    let (conjunction, rest) = match bare.split_once(' ') {
        Some(parted) if joint.starts_with(',') => parted,
        _ => ("", bare),
    };
    match conjunction.to_lowercase().as_str() {
        "and" => capitalised(rest),
        "because" => format!("This is because {rest}"),
        "although" | "while" | "whereas" => format!("But {rest}"),
        _ => capitalised(bare),
    }
}

/// Changes the sentences of each paragraph; `None` when there are none.
fn each_sentence(text: &str, mut change: impl FnMut(&str) -> String) -> Option<String> {
    let paragraphs = text::paragraphs(text);
    let edited: Vec<String> = paragraphs
        .iter()
        .map(|paragraph| {
            let sentences = text::sentences_of_paragraph(paragraph);
            sentences.iter().map(|sentence| change(sentence)).collect::<Vec<_>>().join(" ")
        })
        .filter(|paragraph| !paragraph.is_empty())
        .collect();
    (!edited.is_empty()).then(|| edited.join("\n\n"))
}

fn capitalised(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

/// Compiles a pattern of this file.
fn fixed(pattern: &str) -> Regex {
    Regex::new(pattern).expect("the patterns of this file are valid, which its tests prove")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_words_keep_the_case_of_the_first_letter() {
        let (text, count) = plain_words("Utilize the tool in order to commence, prior to noon.");
        assert_eq!((text.as_str(), count), ("Use the tool to start, before noon.", 3 + 1));
    }

    #[test]
    fn long_sentences_are_split_before_a_new_subject() {
        let long = "The committee met on the first day of the month in the old hall, and the members talked for a long time about roads, bridges and schools.";
        let (text, count) = split_long(long);
        assert_eq!(count, 1);
        assert!(text.contains("old hall. The members talked"), "{text}");
        assert!(text.contains("roads, bridges and schools."), "{text}");
        assert_eq!(split_long("Short, and it stays.").1, 0);
    }

    #[test]
    fn a_sentence_of_many_clauses_is_filled_not_shredded() {
        let clause = "we went down to the sea";
        let long = format!("On Sunday {}.", [clause; 8].join(", and "));
        let (text, count) = split_long(&long);
        assert_eq!(count, 3, "{text}");
        assert!(text::sentences(&text).iter().all(|sentence| words(sentence) <= 21), "{text}");
    }

    #[test]
    fn a_reason_becomes_a_sentence() {
        let long = "We left the house early in the morning with all our bags and coats, because the train to the north leaves only once a day.";
        assert!(split_long(long).0.contains("coats. This is because the train"));
    }

    #[test]
    fn padding_and_remarks_are_dropped() {
        assert_eq!(drop_padding("Basically, it is very good.").0, "It is good.");
        assert_eq!(split_further("It works (as we saw). Good.").0, "It works. Good.");
    }

    #[test]
    fn no_plain_form_is_itself_replaced() {
        for plain in PLAIN.values() {
            assert_eq!(plain_words(plain).0, *plain);
        }
        assert!(PLAIN.len() > 120);
    }
}
