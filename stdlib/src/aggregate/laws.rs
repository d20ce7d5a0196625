//! The two laws of this page, for any answers: no result is surer than the surest answer behind it, and a gate that was
//! not passed looks shut.

use super::agreement::Tally;
use super::consensus::agree;
use super::entry::{Entries, Entry};
use super::vote::{Method, confidence};
use prism_vm::confidence::Conf;
use prism_vm::value::Value;
use proptest::prelude::*;

/// What a test entry says: values hold what can't go between threads, so they are made of this.
#[derive(Clone, Debug)]
enum Said {
    Text(&'static str),
    Number(f64),
}

fn entries() -> impl Strategy<Value = Vec<(Said, f64)>> {
    let texts = prop_oneof![Just("a"), Just("b"), Just("c")].prop_map(Said::Text);
    let numbers = prop_oneof![-1e3..1e3f64, Just(0.0), Just(f64::INFINITY), Just(f64::NAN)].prop_map(Said::Number);
    // Few confidences, many of them equal: means of equal numbers are where roundings show.
    let sure = prop_oneof![Just(0.1), Just(0.7), Just(0.0), Just(1.0), 0.0..=1.0f64];
    let of = |said: BoxedStrategy<Said>| proptest::collection::vec((said, sure.clone()), 0..12);
    prop_oneof![of(texts.clone().boxed()), of(numbers.clone().boxed()), of(prop_oneof![texts, numbers].boxed())]
}

fn read(said: &[(Said, f64)], abstained: usize) -> Entries {
    let entry = |(index, (said, sure)): (usize, &(Said, f64))| {
        let value = match said {
            Said::Text(text) => Value::from(*text),
            Said::Number(number) => Value::number(*number),
        };
        Entry { value, conf: Conf::new(*sure), agent_id: None, agent_name: None, index }
    };
    Entries { said: said.iter().enumerate().map(entry).collect::<Vec<_>>().into(), abstained }
}

fn surest<'e>(entries: impl IntoIterator<Item = &'e Entry>) -> f64 {
    entries.into_iter().map(Entry::confidence).fold(0.0, f64::max)
}

const METHODS: [Method; 5] =
    [Method::Majority, Method::Unanimous, Method::Plurality, Method::Weighted, Method::ByConfidence];

proptest! {
    #[test]
    fn no_vote_is_surer_than_its_surest_voter(said in entries(), abstained in 0usize..2, weights in proptest::collection::vec(0.0..9.0f64, 12)) {
        let entries = read(&said, abstained);
        for method in METHODS {
            let tally = Tally::new(&entries.said, |entry| match method {
                Method::ByConfidence => entry.confidence(),
                Method::Weighted => weights.get(entry.index).copied().unwrap_or(1.0),
                _ => 1.0,
            })
            .expect("room");
            let shares = tally.agreement();
            prop_assert!((0.0..=1.0).contains(&shares));
            if let Some(confidence) = confidence(method, &tally, &entries) {
                prop_assert!(confidence <= surest(tally.leaders()), "{method:?}");
            }
        }
    }

    #[test]
    fn a_vote_that_is_not_won_is_told_so(said in entries(), abstained in 0usize..2) {
        let entries = read(&said, abstained);
        let tally = Tally::new(&entries.said, |_| 1.0).expect("room");
        let votes = tally.leaders().count();
        let won = |method| confidence(method, &tally, &entries).is_some();
        prop_assert_eq!(won(Method::Majority), votes * 2 > said.len());
        prop_assert_eq!(won(Method::Unanimous), votes > 0 && votes == said.len() && abstained == 0);
        prop_assert_eq!(won(Method::Plurality), votes > 0);
    }

    #[test]
    fn no_consensus_is_surer_than_the_surest(said in entries(), others in 0usize..3, threshold in 0.0..=1.0f64) {
        let entries = read(&said, 0);
        let agreed = agree(&entries.said, said.len() + others).expect("room");
        let verdict = agreed.judged(threshold);
        prop_assert!(verdict.confidence <= surest(&entries.said));
        prop_assert!(verdict.reached || (verdict.value.is_null() && verdict.confidence == 0.0));
        prop_assert!(!said.is_empty() || !verdict.reached);
    }
}
