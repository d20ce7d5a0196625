//! What the two sentiment scorers share: the words they answer with, and the confidence in `neutral`.

use crate::text;

/// How a text feels; the answer of a sentiment scorer is the name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sentiment {
    /// Rather good.
    Positive,
    /// Rather bad.
    Negative,
    /// Neither, or both alike.
    Neutral,
}

impl Sentiment {
    /// The word that is answered.
    pub fn name(self) -> &'static str {
        match self {
            Self::Positive => "positive",
            Self::Negative => "negative",
            Self::Neutral => "neutral",
        }
    }
}

/// Words at which half of the doubt is gone that a short text shows too little.
const HALF_TRUST_WORDS: f64 = 20.0;

/// Confidence that a text is neutral: `words / (words + 20) · (1 − feeling)`, where `feeling` from 0 to 1 says how much
/// feeling was found that only happens to balance.
pub fn neutral_confidence(words: usize, feeling: f64) -> f64 {
    text::sample_weight(words, HALF_TRUST_WORDS) * (1.0 - feeling)
}
