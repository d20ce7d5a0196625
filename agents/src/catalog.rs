//! The table of agents; command line, servers and documentation follow from it.

use serde_json::Value;

use crate::{
    agent::{Agent, Probe},
    analysts::{clauses, keywords, lingua, pii, readability, rewriter, summary, vader, whatlang, whichlang},
};

/// All agents, in the order in which they are listed and started.
pub static AGENTS: [Agent; 10] = [
    Agent {
        id: "whatlang",
        name: "Language by trigrams (whatlang)",
        capabilities: &["language", "local"],
        description: "Names the language of a text, of 70, by trigram profiles and script.",
        analyse: whatlang::analyse,
        probes: &LANGUAGE_PROBES,
    },
    Agent {
        id: "whichlang",
        name: "Language by a linear model (whichlang)",
        capabilities: &["language", "local"],
        description: "Names the language of a text, of 16, by a linear model over letter groups.",
        analyse: whichlang::analyse,
        probes: &LANGUAGE_PROBES,
    },
    Agent {
        id: "lingua",
        name: "Language by n-grams (lingua)",
        capabilities: &["language", "local"],
        description: "Names the language of a text, of 10, by probabilities of n-grams.",
        analyse: lingua::analyse,
        probes: &LANGUAGE_PROBES,
    },
    Agent {
        id: "vader",
        name: "Sentiment by valences (VADER)",
        capabilities: &["sentiment", "local"],
        description: "Says whether an English text is positive, negative or neutral, by VADER.",
        analyse: vader::analyse,
        probes: &SENTIMENT_PROBES,
    },
    Agent {
        id: "clauses",
        name: "Sentiment by a vote of clauses",
        capabilities: &["sentiment", "local"],
        description: "Says whether an English text is positive, negative or neutral, by a vote of its clauses.",
        analyse: clauses::analyse,
        probes: &SENTIMENT_PROBES,
    },
    Agent {
        id: "pii",
        name: "Personal data",
        capabilities: &["pii", "local"],
        description: "Finds e-mail addresses, phone, card, account and social security numbers, IP addresses and dates of birth.",
        analyse: pii::analyse,
        probes: &PII_PROBES,
    },
    Agent {
        id: "readability",
        name: "Readability",
        capabilities: &["readability", "local"],
        description: "Measures how hard an English text is to read, by Flesch reading ease and Flesch–Kincaid grade.",
        analyse: readability::analyse,
        probes: &READABILITY_PROBES,
    },
    Agent {
        id: "keywords",
        name: "Keywords",
        capabilities: &["keywords", "local"],
        description: "Lists the key phrases of an English text.",
        analyse: keywords::analyse,
        probes: &KEYWORD_PROBES,
    },
    Agent {
        id: "summary",
        name: "Summary",
        capabilities: &["summarize", "local"],
        description: "Keeps the sentences that carry most of an English text.",
        analyse: summary::analyse,
        probes: &SUMMARY_PROBES,
    },
    Agent {
        id: "rewriter",
        name: "Rewriter for plain language",
        capabilities: &["simplify", "local"],
        description: "Rewrites an English text in plainer words and shorter sentences, round by round.",
        analyse: rewriter::analyse,
        probes: &REWRITER_PROBES,
    },
];

/// The agent of an id.
pub fn find(id: &str) -> Option<&'static Agent> {
    AGENTS.iter().find(|agent| agent.id == id)
}

const LANGUAGE_PROBES: [Probe; 3] = [
    Probe { text: STORY, holds: |result| result == "en" },
    Probe {
        text: "Am Abend saßen sie noch lange am Feuer und erzählten einander, was sie unterwegs gesehen hatten.",
        holds: |result| result == "de",
    },
    Probe {
        text: "Le matin, quand la brume se lève sur la rivière, les pêcheurs préparent leurs filets sans parler.",
        holds: |result| result == "fr",
    },
];

const SENTIMENT_PROBES: [Probe; 2] = [
    Probe {
        text: "What a wonderful evening! The food was delicious, and everybody was friendly.",
        holds: |result| result == "positive",
    },
    Probe {
        text: "The room was dirty, the staff were rude, and the noise was terrible.",
        holds: |result| result == "negative",
    },
];

const PII_PROBES: [Probe; 2] = [
    Probe {
        text: "Write to ada@example.org, or pay to IBAN DE89 3704 0044 0532 0130 00.",
        holds: |result| result.get("count").and_then(Value::as_u64) == Some(2),
    },
    Probe { text: STORY, holds: |result| result.get("found") == Some(&Value::Bool(false)) },
];

const READABILITY_PROBES: [Probe; 1] =
    [Probe { text: STORY, holds: |result| number(result, "grade").is_some_and(|grade| grade < 8.0) }];

const KEYWORD_PROBES: [Probe; 1] = [Probe {
    text: STORY,
    holds: |result| {
        let phrases = result.as_array().into_iter().flatten().filter_map(|item| item.get("phrase")?.as_str());
        phrases.into_iter().any(|phrase| phrase.contains("lighthouse"))
    },
}];

const SUMMARY_PROBES: [Probe; 1] =
    [Probe { text: STORY, holds: |result| result.as_str().is_some_and(|text| text.contains("lighthouse")) }];

const REWRITER_PROBES: [Probe; 1] = [Probe {
    text: "In order to facilitate the examination, the applicants were requested to obtain additional documentation \
           prior to the meeting, and the officers subsequently utilized it to determine whether the requirements were met.",
    holds: |result| number(result, "grade") < number(result, "grade_before"),
}];

const STORY: &str = "The old lighthouse stood at the end of the island. Every night the keeper climbed the stairs and lit \
                     the lamp. Ships far out at sea saw the light and knew where the rocks were. One winter the keeper fell \
                     ill, and the village took turns to climb the lighthouse stairs. Nobody had asked them to do it. When \
                     spring came, not one ship had been lost, and the keeper was well again.";

fn number(result: &Value, field: &str) -> Option<f64> {
    result.get(field).and_then(Value::as_f64)
}
