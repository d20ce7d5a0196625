//! No text makes an agent panic or leave the range of confidences.

use parallax_local_agents::{Input, catalog::AGENTS};
use proptest::prelude::*;

/// Anything from single characters to sentences with the marks, digits and words that the analysts react to.
fn text() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        any::<String>(),
        "\\PC{0,40}",
        "[0-9 ()+./:@-]{1,30}",
        "[A-Z]{2}[0-9]{2}[A-Z0-9 ]{8,30}",
        "[a-z]{1,8}@[a-z]{1,8}\\.[a-z]{1,3}",
        prop_oneof![
            Just("not very good, but "),
            Just("because the "),
            Just("in order to utilize; "),
            Just("Dr. "),
            Just("\n\n"),
            Just("日本語の文。"),
            Just("Straße ß İstanbul "),
            Just("born on 1.2.1970 "),
            Just("(really) "),
        ]
        .prop_map(str::to_owned),
    ];
    prop::collection::vec(piece, 0..12).prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn every_text_gets_an_answer_within_range(text in text()) {
        let input = Input::new(text.clone());
        for agent in &AGENTS {
            let analysis = agent.run(&input);
            prop_assert!((0.0..=1.0).contains(&analysis.confidence), "{}: {}", agent.id, analysis.confidence);
            prop_assert!(!analysis.reasoning.is_empty());
            if text.trim().is_empty() {
                prop_assert_eq!(analysis.confidence, 0.0);
            }
        }
    }

    #[test]
    fn the_same_text_gets_the_same_answer(text in text()) {
        let input = Input::new(text);
        for agent in &AGENTS {
            prop_assert_eq!(agent.run(&input), agent.run(&input));
        }
    }

    #[test]
    fn the_rewriter_never_makes_a_text_harder(text in text()) {
        let rewriter = AGENTS.iter().find(|agent| agent.id == "rewriter").expect("an agent");
        let result = rewriter.run(&Input::new(text)).result;
        prop_assert!(result["grade"].as_f64() <= result["grade_before"].as_f64(), "{}", result);
    }

    #[test]
    fn personal_data_lies_within_the_text_in_order(text in text()) {
        let pii = AGENTS.iter().find(|agent| agent.id == "pii").expect("an agent");
        let result = pii.run(&Input::new(text.clone())).result;
        let mut last = 0;
        for item in result["items"].as_array().expect("a list") {
            let (start, end) = (item["start"].as_u64().expect("a start"), item["end"].as_u64().expect("an end"));
            prop_assert!(last <= start && start < end && end <= text.chars().count() as u64, "{}", result);
            last = end;
        }
    }
}
