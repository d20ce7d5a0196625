//! Looks for every kind in a text and settles overlaps.

use std::{collections::BTreeMap, ops::Range};

use super::{
    checks::{LABEL, Verdict},
    kind::Kind,
};

/// Characters before a candidate in which a label is looked for.
const LABEL_REACH: usize = 40;

/// One piece of personal data.
#[derive(Debug, Clone, PartialEq)]
pub struct Find {
    /// What it is.
    pub kind: Kind,
    /// First character.
    pub start: usize,
    /// One past the last character.
    pub end: usize,
    /// The value with most letters and digits replaced by `*`.
    pub masked: String,
    /// Whether a checksum was right.
    pub verified: bool,
    /// How sure the find is, from 0 to 1.
    pub confidence: f64,
}

/// Everything that is found, in the order of the text.
pub fn all(text: &str) -> Vec<Find> {
    // By first byte; the ranges never overlap.
    let mut taken: BTreeMap<usize, Passed> = BTreeMap::new();
    for kind in Kind::ALL {
        for passed in of_kind(text, kind) {
            let before = taken.range(..passed.range.end).next_back();
            if before.is_none_or(|(_, other)| other.range.end <= passed.range.start) {
                taken.insert(passed.range.start, passed);
            }
        }
    }
    let mut position = Position { text, byte: 0, character: 0 };
    let finds = taken.into_values().filter_map(|Passed { range, kind, share, verified }| {
        let value = text.get(range.clone())?;
        let (start, end) = (position.advance(range.start), position.advance(range.end));
        Some(Find { kind, start, end, masked: mask(value, kind), verified, confidence: 1.0 - share })
    });
    finds.collect()
}

/// A candidate that passed the checks of its kind.
struct Passed {
    range: Range<usize>,
    kind: Kind,
    /// Share of look-alikes that would have passed as well.
    share: f64,
    verified: bool,
}

fn of_kind(text: &str, kind: Kind) -> Vec<Passed> {
    let shape = kind.shape();
    let mut finds = Vec::new();
    let mut from = 0;
    while let Some(candidate) = shape.candidate.find_at(text, from) {
        from = candidate.end();
        let Verdict::Passed { length, share, verified, needs_label } = (shape.check)(candidate.as_str()) else {
            continue;
        };
        let labelled = shape.label.is_match(before(text, candidate.start()));
        let range = candidate.start()..candidate.start() + length;
        if (needs_label && !labelled) || is_part_of_more(text, &range) {
            continue;
        }
        // What the check cut off may hold the next one.
        from = range.end.max(candidate.start() + 1);
        let share = if labelled { share * LABEL } else { share };
        finds.push(Passed { range, kind, share, verified });
    }
    finds
}

/// The last characters before a position.
fn before(text: &str, at: usize) -> &str {
    let head = text.get(..at).unwrap_or_default();
    let start = head.char_indices().rev().take(LABEL_REACH).last().map_or(at, |(start, _)| start);
    head.get(start..).unwrap_or_default()
}

/// Whether letters, digits or joints go on beyond the range, so that it is a piece of a longer token: "v1.2.3.4.5".
fn is_part_of_more(text: &str, range: &Range<usize>) -> bool {
    let (head, tail) = (text.get(..range.start).unwrap_or_default(), text.get(range.end..).unwrap_or_default());
    let joint = |c: char| matches!(c, '.' | '-' | '_' | '/' | ':' | '@');
    let mut behind = tail.chars();
    let goes_on = match (behind.next(), behind.next()) {
        (Some(first), _) if first.is_alphanumeric() => true,
        (Some(first), Some(second)) => joint(first) && first != '/' && second.is_ascii_digit(),
        _ => false,
    };
    let mut ahead = head.chars().rev();
    let came_before = match (ahead.next(), ahead.next()) {
        (Some(last), _) if last.is_alphanumeric() || last == '_' => true,
        (Some(last), Some(earlier)) => joint(last) && !matches!(last, '/' | ':') && earlier.is_ascii_digit(),
        _ => false,
    };
    goes_on || came_before
}

/// Replaces letters and digits by `*`, but for the last few; an e-mail address keeps its first letter and its host.
fn mask(value: &str, kind: Kind) -> String {
    if kind == Kind::Email {
        let (local, host) = value.rsplit_once('@').unwrap_or((value, ""));
        return format!("{}***@{host}", local.chars().next().unwrap_or('*'));
    }
    let signs = value.chars().filter(|c| c.is_alphanumeric()).count();
    let hidden = signs.saturating_sub(kind.shape().shown);
    let mut seen = 0;
    value
        .chars()
        .map(|c| {
            seen += usize::from(c.is_alphanumeric());
            if c.is_alphanumeric() && seen <= hidden { '*' } else { c }
        })
        .collect()
}

/// Turns byte positions into character positions, going forward only.
struct Position<'t> {
    text: &'t str,
    byte: usize,
    character: usize,
}

impl Position<'_> {
    fn advance(&mut self, byte: usize) -> usize {
        self.character += self.text.get(self.byte..byte).map_or(0, |passed| passed.chars().count());
        self.byte = byte;
        self.character
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> Vec<(&'static str, String)> {
        all(text).into_iter().map(|find| (find.kind.name(), find.masked)).collect()
    }

    #[test]
    fn every_shape_compiles() {
        for kind in Kind::ALL {
            assert!(!kind.shape().candidate.is_match(""));
        }
    }

    #[test]
    fn values_are_masked() {
        assert_eq!(found("write to ada.lovelace@example.org."), [("email", "a***@example.org".to_owned())]);
        assert_eq!(
            found("IBAN: GB82 WEST 1234 5698 7654 32 PLEASE"),
            [("iban", "**** **** **** **** **54 32".to_owned())]
        );
        assert_eq!(found("host 192.168.10.7"), [("ipv4", "***.***.**.*".to_owned())]);
    }

    #[test]
    fn positions_count_characters() {
        let text = "Grüße an zoë@example.org, SSN 123-45-6789!";
        let finds = all(text);
        let cut = |find: &Find| text.chars().skip(find.start).take(find.end - find.start).collect::<String>();
        assert_eq!(finds.iter().map(cut).collect::<Vec<_>>(), ["zoë@example.org", "123-45-6789"]);
    }

    #[test]
    fn parts_of_longer_tokens_are_left_alone() {
        for text in
            ["version 1.2.3.4.5", "order 4111-1111-1111-1112", "at 12:30:45", "std::io::Error", "ID20240511123456"]
        {
            assert_eq!(found(text), [], "{text}");
        }
    }

    #[test]
    fn phones_need_a_shape_or_a_label() {
        assert_eq!(found("+44 20 7946 0958").len(), 1);
        assert_eq!(found("(415) 555-2671 is what she said").len(), 1);
        assert_eq!(found("Tel.: 030 901820").len(), 1);
        assert_eq!(found("it sold 20240511 copies").len(), 0);
    }

    #[test]
    fn a_date_is_one_of_birth_only_with_a_label() {
        assert_eq!(found("She was born on 10 December 1915 in London.").len(), 1);
        assert_eq!(found("Geburtsdatum: 03.05.1971").len(), 1);
        assert_eq!(found("The meeting is on 10 December 2015.").len(), 0);
    }

    #[test]
    fn a_label_makes_a_find_surer() {
        let (bare, labelled) = (all("It was 123-45-6789 then"), all("SSN: 123-45-6789"));
        assert!(labelled[0].confidence > bare[0].confidence);
    }
}
