//! `uncertain if`, `while` and `for`: which levels can come up (§6).

use super::Checker;
use super::faults;
use super::state::State;
use super::value::Value;
use crate::ast::*;
use prism_confidence::{Interval, Thresholds};
use prism_diagnostics::Span;

/// The levels that a block can stand for.
const LEVELS: [Level; 3] = [Level::High, Level::Medium, Level::Low];

impl<'a> Checker<'a> {
    /// The blocks of an `uncertain`, whose condition is already evaluated: their value, and where no block is run.
    pub(super) fn run_levels(
        &mut self,
        condition: &'a Expr,
        subject: Value,
        levels: &'a Levels,
        at: Option<Span>,
    ) -> (Value, State) {
        let thresholds = self.thresholds(levels);
        let subject = self.settled(subject);
        // The head is at fault, not the blocks.
        let at = at.map(|at| Span { end: condition.span.end, ..at });
        let confidence = subject.confidence;
        let forced = !confidence.may_be_confident() && !confidence.is_empty();
        let is_judged = !forced && !subject.vague && !subject.is_never();
        if forced && !subject.vague {
            self.say(faults::forced_branch(condition.span, at));
        }
        let given = |level: Level| levels.branches.iter().any(|branch| branch.level == level);
        let entry = self.frame().state.clone();
        let (mut value, mut after) = (Value::NEVER, entry.nowhere());
        for branch in &levels.branches {
            let among = |confidence: Interval| match branch.level {
                Level::Default => LEVELS
                    .iter()
                    .filter(|level| !given(**level))
                    .fold(Interval::EMPTY, |all, level| all.join(at_level(confidence, *level, thresholds))),
                level => at_level(confidence, level, thresholds),
            };
            *self.state() = entry.clone();
            if among(confidence).is_empty() && !subject.is_never() {
                if !forced {
                    self.say(faults::unreachable_level(branch.keyword, branch.level, subject, condition.span));
                }
                self.state().dead = true;
            } else {
                self.assume_confidence(condition, among);
            }
            let one = self.run_block(&branch.body);
            let state = self.frame().state.clone();
            if !state.dead {
                value = self.types.join_values(value, one);
            }
            after = after.join(state, &mut self.types);
        }
        let missing: Vec<Level> = LEVELS.into_iter().filter(|level| !given(*level) && !given(Level::Default)).collect();
        let may_come: Vec<Level> =
            missing.iter().copied().filter(|level| !at_level(confidence, *level, thresholds).is_empty()).collect();
        // It is the head that is at fault, wherever the blocks lead.
        *self.state() = entry.clone();
        if let (Some(at), false, true) = (at, may_come.is_empty(), is_judged && levels.is_whole) {
            self.say(faults::unhandled_level(at, &may_come, subject));
        }
        let mut none = entry.nowhere();
        // Where all blocks leave, what follows is not called unreachable only because a level can't come up.
        if !may_come.is_empty() || after.dead && !missing.is_empty() || subject.is_never() && !missing.is_empty() {
            none = entry;
        }
        *self.state() = after;
        (value, none)
    }

    /// The blocks of a loop without a condition: it is as `true`.
    pub(super) fn run_plain_levels(&mut self, levels: &'a Levels) -> (Value, State) {
        self.thresholds(levels);
        let entry = self.frame().state.clone();
        let mut value = Value::NEVER;
        let (mut after, mut found) = (entry.nowhere(), false);
        for branch in &levels.branches {
            *self.state() = entry.clone();
            let has_high = levels.branches.iter().any(|branch| branch.level == Level::High);
            let runs = branch.level == Level::High || branch.level == Level::Default && !has_high;
            self.state().dead |= !runs;
            found |= runs;
            let one = self.run_block(&branch.body);
            let state = self.frame().state.clone();
            if !state.dead {
                value = self.types.join_values(value, one);
            }
            after = after.join(state, &mut self.types);
        }
        *self.state() = after;
        let none = if found { entry.nowhere() } else { entry };
        (value, none)
    }

    /// The bounds, where they are known; `None` where they are not.
    fn thresholds(&mut self, levels: &'a Levels) -> Option<Thresholds> {
        let Some((high, medium)) = levels.thresholds.as_deref() else { return Some(Thresholds::default()) };
        let (high, medium) = (self.infer_settled(high), self.infer_settled(medium));
        for number in [high, medium] {
            if !number.is_never() && !self.types.may_be(number.ty, prism_bytecode::KindSet::NUMBER) {
                let shown = self.show(number.ty);
                let span =
                    levels.thresholds.as_deref().map_or(Span::default(), |(high, medium)| high.span.to(medium.span));
                self.mismatch(faults::bad_threshold(span, &shown));
                return None;
            }
        }
        let exact = |value: Value| value.range().filter(|range| range.lo == range.hi).map(|range| range.lo);
        Thresholds::new(exact(high)?, exact(medium)?).ok()
    }
}

/// What can come to a level: anything confident where the bounds are not known, plain values to `high` alone.
fn at_level(confidence: Interval, level: Level, thresholds: Option<Thresholds>) -> Interval {
    let named = match level {
        Level::High => prism_confidence::Level::High,
        Level::Medium => prism_confidence::Level::Medium,
        Level::Low => prism_confidence::Level::Low,
        Level::Default => return confidence,
    };
    match thresholds {
        Some(thresholds) => confidence.at_level(named, thresholds),
        None if level == Level::High => confidence,
        None => confidence.without_plain(),
    }
}
