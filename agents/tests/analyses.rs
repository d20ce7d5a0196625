//! The agents on real texts: right answers, and confidences that move with what they claim to measure.

use parallax_local_agents::{
    Analysis, Input,
    agent::MAX_TEXT_BYTES,
    catalog::{self, AGENTS},
};
use serde_json::{Map, Value, json};

/// Short prose in the ten languages that all detectors know, by ISO 639-1 code.
const TEXTS: [(&str, &str); 10] = [
    ("en", "In the morning the fishermen mended their nets on the shore, and nobody spoke until the sun was up."),
    ("de", "Am Morgen flickten die Fischer am Ufer ihre Netze, und niemand sprach, bis die Sonne aufgegangen war."),
    (
        "fr",
        "Le matin, les pêcheurs réparaient leurs filets sur le rivage, et personne ne parlait avant le lever du soleil.",
    ),
    ("es", "Por la mañana los pescadores remendaban sus redes en la orilla, y nadie hablaba hasta que salía el sol."),
    ("it", "Al mattino i pescatori rammendavano le reti sulla riva, e nessuno parlava finché non era sorto il sole."),
    ("pt", "De manhã os pescadores consertavam as suas redes na praia, e ninguém falava até o sol nascer."),
    (
        "nl",
        "'s Ochtends herstelden de vissers hun netten op het strand, en niemand sprak voordat de zon was opgekomen.",
    ),
    (
        "ru",
        "Утром рыбаки чинили свои сети на берегу, и никто не говорил ни слова, пока над морем не поднялось солнце. Так они жили уже много лет.",
    ),
    ("zh", "早上渔夫们在岸边修补他们的渔网，太阳升起之前没有人说话。这是村里多年的习惯。"),
    ("ja", "朝になると漁師たちは岸辺で網を繕い、太陽が昇るまで誰も口をききませんでした。"),
];

const DETECTORS: [&str; 3] = ["whatlang", "whichlang", "lingua"];
const SCORERS: [&str; 2] = ["vader", "clauses"];

const OFFICIAL: &str = "In order to facilitate the implementation of the regulations, the committee determined that numerous \
    modifications were required, and the members subsequently requested additional documentation prior to the examination \
    of the objectives. The individuals who resided in the vicinity of the construction were notified (by letter) that the \
    expenditure would be considerable, but they were basically very satisfied because the committee provided assistance.";

/// A text several times over, as separate sentences.
fn times(count: usize, text: &str) -> String {
    vec![text; count].join(" ")
}

fn run(id: &str, text: &str) -> Analysis {
    catalog::find(id).expect("an agent").run(&Input::new(text))
}

fn run_with(id: &str, text: &str, options: Value) -> Analysis {
    let Value::Object(options) = options else { panic!("options are an object") };
    catalog::find(id).expect("an agent").run(&Input::new(text).with_options(options))
}

#[test]
fn three_detectors_name_ten_languages() {
    for (code, text) in TEXTS {
        for detector in DETECTORS {
            let analysis = run(detector, text);
            assert_eq!(analysis.result, code, "{detector}: {}", analysis.reasoning);
        }
    }
}

#[test]
fn a_detector_is_surer_of_more_text() {
    for detector in DETECTORS {
        let (_, text) = TEXTS[1];
        let (short, long) = (run(detector, "Am Morgen"), run(detector, &times(4, text)));
        assert!(long.confidence > 0.6, "{detector}: {}", long.reasoning);
        assert!(short.confidence < long.confidence, "{detector}: {} {}", short.reasoning, long.reasoning);
        assert!(short.uncertainties.iter().any(|doubt| doubt.contains("short")));
    }
}

#[test]
fn a_text_in_two_languages_makes_windows_disagree() {
    let mixed: String = [TEXTS[0].1, TEXTS[2].1, TEXTS[4].1].join(" ");
    let (mixed, pure) = (run("whichlang", &mixed), run("whichlang", &times(3, TEXTS[0].1)));
    assert!(mixed.confidence < pure.confidence - 0.2, "{} {}", mixed.reasoning, pure.reasoning);
    assert!(mixed.uncertainties.iter().any(|doubt| doubt.contains("look like another language")));
}

#[test]
fn no_detector_guesses_where_there_is_no_language() {
    for detector in DETECTORS {
        for text in ["", " \n", "12345 + 67890", "!?!?"] {
            let analysis = run(detector, text);
            assert_eq!((analysis.result.as_str(), analysis.confidence), (Some("und"), 0.0), "{detector} on {text:?}");
        }
    }
    let greek = "Το πρωί οι ψαράδες επισκεύαζαν τα δίχτυα τους στην ακτή.";
    assert_eq!(run("whatlang", greek).result, "el");
    for detector in ["whichlang", "lingua"] {
        assert_eq!(run(detector, greek).result, "und", "{detector}");
    }
}

#[test]
fn both_scorers_tell_good_from_bad() {
    let texts = [
        ("positive", "I love this little hotel. The breakfast was excellent, and the staff were friendly and helpful."),
        ("negative", "The worst meal in years. The soup was cold, the waiter was rude, and we regretted coming."),
        ("negative", "It is not good, and it was never reliable."),
        ("neutral", "The meeting starts at nine in the second room on the left. Papers are on the table."),
    ];
    for (expected, text) in texts {
        for scorer in SCORERS {
            let analysis = run(scorer, text);
            assert_eq!(analysis.result, expected, "{scorer} on {text}: {}", analysis.reasoning);
            assert!(analysis.confidence > 0.3, "{scorer} on {text}: {}", analysis.reasoning);
        }
    }
}

#[test]
fn mixed_feelings_lower_the_confidence() {
    let clear = "The view was great. The garden was lovely. The staff were friendly.";
    let mixed = "The view was great. The garden was lovely. The bathroom was horrible.";
    for scorer in SCORERS {
        let (clear, mixed) = (run(scorer, clear), run(scorer, mixed));
        assert!(mixed.confidence < clear.confidence, "{scorer}: {} {}", clear.reasoning, mixed.reasoning);
        assert!(!mixed.uncertainties.is_empty(), "{scorer}");
    }
}

#[test]
fn personal_data_is_found_and_never_repeated() {
    let values = [
        ("email", "grace.hopper@navy.example"),
        ("phone", "+1 415 555 2671"),
        ("credit_card", "5555 5555 5555 4444"),
        ("iban", "FR14 2004 1010 0505 0001 3M02 606"),
        ("ipv4", "203.0.113.9"),
        ("ipv6", "2001:db8:0:1::42"),
        ("us_ssn", "219-09-9999"),
        ("date_of_birth", "9 December 1906"),
    ];
    let text = format!(
        "Mail {}, call {} or pay with {} or {}. Seen from {} and {}; SSN {}, born on {}.",
        values[0].1, values[1].1, values[2].1, values[3].1, values[4].1, values[5].1, values[6].1, values[7].1
    );
    let analysis = run("pii", &text);
    let items = analysis.result["items"].as_array().expect("a list");
    let kinds: Vec<&str> = items.iter().filter_map(|item| item["kind"].as_str()).collect();
    assert_eq!(kinds, values.map(|(kind, _)| kind));
    let everything = format!("{analysis:?}");
    for (item, (kind, value)) in items.iter().zip(values) {
        let verified = matches!(kind, "credit_card" | "iban");
        assert_eq!(item["verified"], verified, "{kind}");
        let (start, end) = (item["start"].as_u64().unwrap_or(0) as usize, item["end"].as_u64().unwrap_or(0) as usize);
        assert_eq!(text.chars().skip(start).take(end - start).collect::<String>(), value);
        assert!(!everything.contains(value), "{kind} is repeated");
    }
}

#[test]
fn a_checksum_makes_a_find_surer_than_a_shape() {
    let verified = run("pii", "4111 1111 1111 1111").confidence;
    let shape = run("pii", "219-09-9999").confidence;
    assert!(verified > 0.95 && shape < 0.8, "{verified} {shape}");
}

#[test]
fn finding_nothing_is_surer_the_more_was_searched() {
    let (short, long) = (run("pii", "Nothing here."), run("pii", &times(10, TEXTS[0].1)));
    assert_eq!((&short.result["found"], &long.result["count"]), (&json!(false), &json!(0)));
    assert!(short.confidence < 0.3 && long.confidence > 0.9);
}

#[test]
fn readability_is_surer_of_more_text_and_of_english() {
    let english = times(10, TEXTS[0].1);
    let (one, ten) = (run("readability", TEXTS[0].1), run("readability", &english));
    let german = run("readability", &times(10, TEXTS[1].1));
    assert!(one.confidence < ten.confidence && german.confidence < ten.confidence / 2.0);
    assert!(german.uncertainties.iter().any(|doubt| doubt.contains("English")));
    assert!(ten.result["grade"].as_f64() < run("readability", OFFICIAL).result["grade"].as_f64());
}

#[test]
fn each_round_of_the_rewriter_reads_no_harder() {
    let rounds: Vec<Analysis> =
        (0..=4).map(|round| run_with("rewriter", OFFICIAL, json!({"round": round, "target": 5}))).collect();
    let grades: Vec<f64> = rounds.iter().filter_map(|analysis| analysis.result["grade"].as_f64()).collect();
    assert!(grades.is_sorted_by(|before, after| before >= after), "{grades:?}");
    assert!(grades[4] < grades[0] - 6.0, "{grades:?}");
    assert!(rounds.is_sorted_by(|before, after| before.confidence <= after.confidence));
    assert_eq!(rounds[0].result["text"], OFFICIAL);
    assert_eq!(rounds[0].result["changes"], 0);
}

#[test]
fn the_answer_of_the_rewriter_can_be_sent_back() {
    let mut text = OFFICIAL.to_owned();
    let mut confidence = 0.0;
    for round in 1..=4 {
        let analysis = run_with("rewriter", &text, json!({"round": round, "target": 5}));
        assert!(analysis.confidence >= confidence);
        confidence = analysis.confidence;
        text = analysis.result["text"].as_str().expect("a text").to_owned();
    }
    assert!(confidence > run_with("rewriter", OFFICIAL, json!({"round": 0, "target": 5})).confidence + 0.3);
}

#[test]
fn a_summary_is_made_of_sentences_of_the_text() {
    let text = "The mill stood by the river. It ground corn for nine villages. On Sundays the mill was quiet. \
        The miller liked to fish. In dry summers the river fell, and the mill stood still.";
    let analysis = run_with("summary", text, json!({"sentences": 2}));
    let summary = analysis.result.as_str().expect("a text");
    assert_eq!(parallax_local_agents::text::sentences(summary).len(), 2);
    assert!(summary.contains("mill") && text.starts_with(&summary[..20]));
    let whole = run_with("summary", text, json!({"sentences": 9}));
    assert!(whole.confidence > analysis.confidence);
}

#[test]
fn more_than_the_limit_is_not_read_and_that_is_said() {
    let text = "ä".repeat(MAX_TEXT_BYTES);
    let analysis = run("pii", &text);
    assert_eq!(analysis.result["found"], false);
    let last = analysis.uncertainties.last().expect("an uncertainty");
    assert_eq!(*last, "only the first 1048576 bytes were read, 1048576 bytes were left out");
}

#[test]
fn every_agent_passes_its_own_probes() {
    for agent in &AGENTS {
        for probe in agent.probes {
            let analysis = agent.run(&Input::new(probe.text));
            assert!((probe.holds)(&analysis.result), "{}: {:?}", agent.id, analysis);
        }
        let expertise = agent.expertise();
        assert!(expertise > 0.3 && expertise < 1.0, "{}: {expertise}", agent.id);
    }
}

#[test]
fn ids_are_unique_and_the_table_of_the_documentation_is_that_of_the_catalog() {
    let documented: Vec<Vec<&str>> = include_str!("../src/lib.rs")
        .lines()
        .filter_map(|line| line.strip_prefix("//! | `"))
        .map(|row| row.split(" | ").map(|cell| cell.trim_matches('`')).take(2).collect())
        .collect();
    let catalog: Vec<Vec<&str>> = AGENTS.iter().map(|agent| vec![agent.id, agent.capabilities[0]]).collect();
    assert_eq!(documented, catalog);
    assert!(AGENTS.iter().all(|agent| agent.capabilities.contains(&"local") && !agent.probes.is_empty()));
    let mut ids: Vec<&str> = AGENTS.iter().map(|agent| agent.id).collect();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), AGENTS.len());
}

#[test]
fn options_that_make_no_sense_are_survived() {
    for options in [
        json!({"round": -1, "target": -1e300}),
        json!({"round": 1e300, "sentences": 1e300}),
        json!({"round": "2", "sentences": []}),
    ] {
        let Value::Object(options): Value = options else { continue };
        for agent in &AGENTS {
            let options: Map<String, Value> = options.clone();
            let analysis = agent.run(&Input::new(OFFICIAL).with_options(options));
            assert!((0.0..=1.0).contains(&analysis.confidence), "{}", agent.id);
        }
    }
}
