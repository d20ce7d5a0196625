//! Sentiment by a vote of clauses, for English; independent of VADER in word list, unit and arithmetic.
//!
//! A text is cut into clauses at punctuation and at words of contrast. In each clause the polar words are added up: a
//! negation turns the next three words around, an intensifier doubles the next polar word, a diminisher halves it. The
//! sign of the sum is the vote of the clause. A clause after "but" or "however" is what the author comes to, so it votes
//! twice.
//!
//! **Confidence** in the side with more votes is `odds · votes / (votes + 1)`, where `odds` is the probability that the
//! side would win in general if nothing was known before these votes: the part above ½ of a Beta(1 + for, 1 + against)
//! distribution. One lone vote gives 0.38, four to none 0.78, four to three 0.56. Confidence in neutral is
//! `words / (words + 20) · (1 − share of clauses that vote)`.

mod polarity;

use unicode_segmentation::UnicodeSegmentation;

use crate::{
    agent::{Analysis, Input},
    analysts::sentiment::{self, Sentiment},
    english, text,
};
use polarity::{Role, role};

/// Words that a negation reaches.
const NEGATION_REACH: u32 = 3;

/// Says whether a text is positive, negative or neutral.
pub fn analyse(input: &Input) -> Analysis {
    let tally = Tally::of(input.text());
    let words = text::words(input.text()).count();
    let (sentiment, odds) = match tally.positive.cmp(&tally.negative) {
        std::cmp::Ordering::Greater => (Sentiment::Positive, odds_of_majority(tally.positive, tally.negative)),
        std::cmp::Ordering::Less => (Sentiment::Negative, odds_of_majority(tally.negative, tally.positive)),
        std::cmp::Ordering::Equal => (Sentiment::Neutral, 0.5),
    };
    let votes = tally.positive + tally.negative;
    let confidence = match sentiment {
        Sentiment::Neutral => sentiment::neutral_confidence(words, text::share(tally.voting, tally.clauses)),
        _ => odds * text::sample_weight(votes, 1.0),
    };
    let reasoning = format!(
        "{} of {} clauses vote: {} for positive, {} for negative; the odds of that majority are {odds:.2}",
        tally.voting, tally.clauses, tally.positive, tally.negative
    );
    let analysis = Analysis::new(sentiment.name(), confidence, reasoning)
        .measured("positive_votes", tally.positive as f64)
        .measured("negative_votes", tally.negative as f64)
        .measured("clauses", tally.clauses as f64)
        .doubt_if(votes > 0 && odds < 0.9, || {
            format!("the vote is close or small: {} to {}", tally.positive, tally.negative)
        })
        .doubt_if(tally.voting * 4 < tally.clauses, || {
            format!("only {} of {} clauses have words with feeling", tally.voting, tally.clauses)
        });
    match english::doubt(english::likeness(text::words(input.text()))) {
        Some(doubt) => analysis.doubt(doubt),
        None => analysis,
    }
}

/// Votes of the clauses of a text.
#[derive(Debug, Default, PartialEq)]
struct Tally {
    clauses: usize,
    voting: usize,
    positive: usize,
    negative: usize,
}

impl Tally {
    fn of(text: &str) -> Self {
        let mut tally = Self::default();
        for sentence in text::sentences(text) {
            let mut clause = Clause::default();
            for token in sentence.split_word_bounds() {
                match role(token) {
                    Role::Space => {}
                    Role::Border => tally.close(&mut clause, false),
                    Role::Contrast => tally.close(&mut clause, true),
                    role => clause.hear(role),
                }
            }
            tally.close(&mut clause, false);
        }
        tally
    }

    /// Counts a finished clause and starts the next; a clause without words keeps its contrast for the next.
    fn close(&mut self, clause: &mut Clause, contrast: bool) {
        let empty = clause.words == 0;
        if !empty {
            self.clauses += 1;
            let votes = if clause.after_contrast { 2 } else { 1 };
            match clause.sum {
                sum if sum > 0.0 => self.positive += votes,
                sum if sum < 0.0 => self.negative += votes,
                _ => {}
            }
            self.voting += usize::from(clause.sum != 0.0);
        }
        *clause = Clause { after_contrast: contrast || empty && clause.after_contrast, ..Clause::default() };
    }
}

/// A clause while it is read.
#[derive(Debug, Default)]
struct Clause {
    words: usize,
    sum: f64,
    /// How many more words the last negation reaches.
    negated: u32,
    /// Factor for the next polar word; 0 stands for none, which counts as 1.
    emphasis: f64,
    after_contrast: bool,
}

impl Clause {
    fn hear(&mut self, role: Role) {
        self.words += 1;
        let reach = self.negated.saturating_sub(1);
        match role {
            Role::Negation => {
                // "not without charm": the second negation takes the first back.
                self.negated = if self.negated > 0 { 0 } else { NEGATION_REACH };
                return;
            }
            Role::Emphasis(factor) => self.emphasis = factor,
            Role::Polar(sign) => {
                let factor = if self.emphasis > 0.0 { self.emphasis } else { 1.0 };
                self.sum += if self.negated > 0 { -sign } else { sign } * factor;
                self.emphasis = 0.0;
            }
            Role::Plain | Role::Space | Role::Border | Role::Contrast => {}
        }
        self.negated = reach;
    }
}

/// Probability that the true share of a side exceeds one half, after `votes_for` and `votes_against` and no opinion
/// before. It equals the chance of at most `votes_for` heads among `votes_for + votes_against + 1` fair coins.
fn odds_of_majority(votes_for: usize, votes_against: usize) -> f64 {
    let coins = votes_for + votes_against + 1;
    let mut log_term = -(coins as f64) * std::f64::consts::LN_2;
    let mut odds = 0.0;
    for heads in 0..=votes_for {
        odds += log_term.exp();
        log_term += ((coins - heads) as f64).ln() - ((heads + 1) as f64).ln();
    }
    odds.min(1.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn votes(text: &str) -> (usize, usize) {
        let tally = Tally::of(text);
        (tally.positive, tally.negative)
    }

    #[test]
    fn odds_are_those_of_the_beta_distribution() {
        for (votes_for, votes_against, expected) in
            [(0, 0, 0.5), (1, 0, 0.75), (2, 2, 0.5), (4, 0, 0.96875), (4, 3, 0.63671875)]
        {
            assert!((odds_of_majority(votes_for, votes_against) - expected).abs() < 1e-9);
        }
        assert!(odds_of_majority(60_000, 40_000) > 0.999);
    }

    #[test]
    fn negation_turns_a_clause_around() {
        assert_eq!(votes("The food was good."), (1, 0));
        assert_eq!(votes("The food was not good."), (0, 1));
        assert_eq!(votes("It isn’t a bad idea."), (1, 0));
        assert_eq!(votes("Not without charm."), (1, 0));
        assert_eq!(votes("I did not go there because the place is lovely."), (1, 0));
    }

    #[test]
    fn what_follows_a_contrast_votes_twice() {
        assert_eq!(votes("The view was great, but the service was terrible."), (1, 2));
        assert_eq!(votes("It looked cheap. However, it works perfectly."), (2, 1));
    }

    #[test]
    fn an_intensifier_decides_within_a_clause() {
        assert_eq!(votes("A bad start and an extremely good end."), (1, 0));
        assert_eq!(votes("A bad start and a slightly good end."), (0, 1));
    }
}
