//! Personal data in a text: what kind, where, how sure, with the value masked.
//!
//! A find passes a list of checks, and each check lets through a known or set share of look-alikes (see [`checks`]).
//! **The confidence of a find** is 1 less the product of these shares: a payment card that passes Luhn (1 in 10) and the
//! issuer table (about 1 in 4) has 0.97, a bare e-mail address 0.95.
//!
//! **The confidence of the answer** is the mean of its finds. Without finds it is `characters / (characters + 50)`: how
//! much text was searched in vain. It cannot cover what is not looked for (names, addresses, account numbers without a
//! checksum), and says so.
//!
//! Positions are in characters, the end is exclusive. The value itself is never part of an answer.

pub mod checks;
mod find;
mod kind;

use serde_json::{Value, json};

use crate::{
    agent::{Analysis, Input},
    text,
};
pub use find::Find;
pub use kind::Kind;

/// Characters that must be searched in vain for half of the doubt to be gone.
const HALF_TRUST_CHARACTERS: f64 = 50.0;
/// Most items that are listed; `count` counts all.
const MAX_ITEMS: usize = 1000;

/// Lists personal data as `{found, count, items: [{kind, start, end, masked, verified, confidence}]}`.
pub fn analyse(input: &Input) -> Analysis {
    let finds = find::all(input.text());
    let characters = input.text().chars().count();
    let verified = finds.iter().filter(|find| find.verified).count();
    let (confidence, reasoning) = if finds.is_empty() {
        let trust = text::sample_weight(characters, HALF_TRUST_CHARACTERS);
        (trust, format!("{characters} characters hold none of the {} kinds looked for", Kind::ALL.len()))
    } else {
        let mean = text::mean(finds.iter().map(|find| find.confidence));
        let kinds: Vec<String> = Kind::ALL
            .iter()
            .map(|kind| (kind, finds.iter().filter(|find| find.kind == *kind).count()))
            .filter(|(_, count)| *count > 0)
            .map(|(kind, count)| format!("{count} {}", kind.name()))
            .collect();
        (mean, format!("found {}; {verified} of {} verified by a checksum", kinds.join(", "), finds.len()))
    };
    let weak = finds.iter().filter(|find| find.confidence < 0.8).count();
    let items: Vec<Value> = finds.iter().take(MAX_ITEMS).map(item).collect();
    let result = json!({"found": !finds.is_empty(), "count": finds.len(), "items": items});
    Analysis::new(result, confidence, reasoning)
        .measured("finds", finds.len() as f64)
        .measured("verified", verified as f64)
        .doubt_if(weak > 0, || format!("{weak} of {} finds rest on their shape alone", finds.len()))
        .doubt_if(finds.len() > MAX_ITEMS, || format!("only the first {MAX_ITEMS} finds are listed"))
        .doubt("names, postal addresses and numbers without a fixed shape are not looked for")
}

fn item(find: &Find) -> Value {
    json!({
        "kind": find.kind.name(),
        "start": find.start,
        "end": find.end,
        "masked": find.masked,
        "verified": find.verified,
        "confidence": find.confidence,
    })
}
