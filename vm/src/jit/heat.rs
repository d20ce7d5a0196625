//! How far a function is from being compiled: what the interpreter counts.
//!
//! Of loops inside each other the one to compile is the outermost that turns often enough: its code has the others in
//! it. So when a loop has turned often, the one around it is [awaited](Heat::awaits) for some turns, and so on outwards.
//!
//! When a slice ends, code is left in the midst of its loops. The interpreter [returns](Heat::returns) to it where the loop
//! turns that was compiled; inner loops that take long till then get code of their own.

use super::budget::ENTERING;
use crate::machine::JitMode;
use std::cell::Cell;

/// Calls before a function is compiled, and in tests.
const CALLS: i32 = 1_500;
const EARLY_CALLS: i32 = 300;
/// Turns before a loop is, and in tests.
const TURNS: i32 = 2_000;
const EARLY_TURNS: i32 = 800;
/// Turns in which the loop around one that turned often is to turn, too.
const AWAITED: i32 = 1_000;
/// Turns of a loop in which the one around it, which has code, is to turn.
const LEFT: i32 = 1_000;
/// Turns in which it is counted how often loops are come to, while the one around them turns …
const COUNTED: i32 = 400;
/// … and how many of them there must be each time, or the loops are over too soon to be entered.
const LEAST_TURNS: i32 = ENTERING as i32;
/// Turns until loops are looked at again, where several were given up, or are over soon; calls until functions are.
const PATIENCE: i32 = 10_000;
/// Calls or turns until it is asked again whether it is time to compile.
const DEFERRED: i32 = 1_000;
/// Calls, while loops turn [so often](DEFERRED), that make these short.
const SHORT: i32 = 30;
/// Calls are not counted …
const NEVER: i32 = -1;
/// … until there is code that makes one.
const UNLESS_WANTED: i32 = -2;
/// No loop's head.
const NONE: u32 = u32::MAX;

/// Whether code is likely to be of use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Prospects {
    /// It is to be asked again.
    Unknown,
    /// It is not: there is to be none for good.
    Poor,
    /// It is to be made now.
    Good,
}

/// What is left to count of a function; below zero, nothing is counted.
#[derive(Debug)]
pub(crate) struct Heat {
    calls: Cell<i32>,
    turns: Cell<i32>,
    /// The loop that is entered while turns are counted: it has code, or is awaited.
    hot: Cell<u32>,
    /// The loop that waits for that one.
    found: Cell<u32>,
    /// The loop that was given up last.
    given_up: Cell<u32>,
    /// How often the loop that is awaited has turned, where that is counted.
    visits: Cell<Option<i32>>,
    /// Whether loops were over soon when that was counted last.
    was_brief: Cell<bool>,
    /// What was left of the calls when a loop had turned often.
    calls_then: Cell<i32>,
    /// Whether loops did so in many short visits.
    is_short: Cell<bool>,
    /// Whether there is code that calls the function.
    is_wanted: Cell<bool>,
}

impl Heat {
    /// That of a function that has not run.
    pub(crate) fn new(mode: JitMode) -> Heat {
        let (calls, turns) = before_code(mode);
        let none = || Cell::new(NONE);
        Heat {
            calls: calls.into(),
            turns: turns.into(),
            hot: none(),
            found: none(),
            given_up: none(),
            visits: Cell::default(),
            was_brief: Cell::default(),
            calls_then: calls.into(),
            is_short: Cell::default(),
            is_wanted: Cell::default(),
        }
    }

    /// Counts a call; tells whether the function is to run as code.
    #[inline]
    pub(crate) fn called(&self) -> bool {
        let left = self.calls.get();
        if left > 0 {
            self.calls.set(left - 1);
        }
        left == 0
    }

    /// Whether turns are counted, or loops may have code.
    pub(crate) fn counts_turns(&self) -> bool {
        self.turns.get() >= 0
    }

    /// Counts a turn of the loop with that head; tells whether it is to run as code.
    #[inline]
    pub(crate) fn turned(&self, head: u32) -> bool {
        let left = self.turns.get();
        if left > 0 {
            self.turns.set(left - 1);
            return self.hot.get() == head;
        }
        left == 0 && self.given_up.get() != head
    }

    /// Whether loops have hardly turned in all the calls that were counted.
    pub(super) fn hardly_turned(&self, mode: JitMode) -> bool {
        let (calls, turns) = before_code(mode);
        let never_asked = self.found.get() == NONE && self.given_up.get() == NONE;
        mode != JitMode::Always && never_asked && self.turns.get() >= turns - calls / 8
    }

    /// Whether a loop that turned often, `outer` being the one around it, is to go on as it is: a loop around it is
    /// awaited.
    pub(super) fn awaits(&self, head: u32, outer: Option<u32>) -> bool {
        let (awaited, found) = (self.hot.get(), self.found.get());
        let (outer, found) = if awaited == NONE || (awaited == head && found != head) {
            // One further out is better still.
            (outer, head)
        } else {
            // None further out than the one found turns often; if that does not either, this one does.
            (Some(found).filter(|found| *found != head && awaited != *found), found)
        };
        match outer {
            Some(outer) => self.wait(outer, found, AWAITED),
            None => self.wait_no_more(),
        }
        outer.is_some()
    }

    /// For so many turns only a turn of `hot` matters; `found` waits for it.
    fn wait(&self, hot: u32, found: u32, turns: i32) {
        self.hot.set(hot);
        self.found.set(found);
        self.turns.set(turns);
        self.visits.set(None);
    }

    fn wait_no_more(&self) {
        self.hot.set(NONE);
        self.found.set(NONE);
        self.turns.set(0);
    }

    /// Whether a loop without code, inside `outer` which has some, is to go on until that one turns: it was left in the
    /// midst of a turn, and is over soon. If it is not, it had better have code of its own.
    pub(super) fn returns(&self, head: u32, outer: u32) -> bool {
        if self.hot.get() == outer && self.found.get() == head {
            return false;
        }
        self.wait(outer, head, LEFT);
        true
    }

    /// Whether a loop that turned often goes on long enough each time that `outer`, the one around it, comes to it. `outer` is
    /// left to the interpreter, so the loop's code would be entered as often; `other` has code.
    pub(super) fn visits_of(&self, head: u32, outer: u32, other: Option<u32>) -> Prospects {
        let Some(visits) = self.visits.take() else {
            self.wait(outer, head, COUNTED);
            self.visits.set(Some(0));
            return Prospects::Unknown;
        };
        let is_brief = visits > COUNTED / LEAST_TURNS;
        match (is_brief, self.was_brief.replace(is_brief)) {
            (false, _) => Prospects::Good,
            // Later ones may be longer.
            (true, false) => {
                self.wait(other.unwrap_or(NONE), NONE, PATIENCE);
                Prospects::Unknown
            }
            (true, true) => Prospects::Poor,
        }
    }

    /// A loop turns that is awaited, or may have code: whether it is but [counted](Heat::visits_of).
    pub(super) fn visited(&self) -> bool {
        let visits = self.visits.get().filter(|_| self.turns.get() > 0);
        if let Some(visits) = visits {
            self.visits.set(Some(visits + 1));
        }
        visits.is_some()
    }

    /// Code was entered: nothing is waited for any more, and what turns next is entered if it has code.
    pub(super) fn entered(&self) {
        if self.found.get() != NONE {
            self.wait_no_more();
            self.visits.set(None);
        }
    }

    /// Whether a loop that turned often is in a function that is called about as often, so that it is soon left each time:
    /// compiled with the function, it need not be entered.
    pub(super) fn is_short(&self) -> bool {
        let calls = self.calls.get();
        let since = self.calls_then.replace(calls) - calls;
        self.is_short.set(calls > 0 && since > SHORT);
        self.is_short.get()
    }

    /// It is too early to compile the function.
    pub(super) fn defer_calls(&self) {
        self.await_calls(DEFERRED);
    }

    /// The function had better not be compiled as long as it is called as it now is.
    pub(super) fn put_off_calls(&self) {
        self.await_calls(PATIENCE);
    }

    /// Waits for so many more calls. Those since [`Heat::is_short`] was asked last stay counted.
    fn await_calls(&self, calls: i32) {
        self.calls_then.set(self.calls_then.get().saturating_add(calls - self.calls.get()));
        self.calls.set(calls);
    }

    /// It is too early to compile a loop; `other` has code.
    pub(super) fn defer_loop(&self, other: Option<u32>) {
        self.wait(other.unwrap_or(NONE), NONE, DEFERRED);
    }

    /// The function is left to the interpreter when it is called; whether its loops should be, too, which are short.
    pub(crate) fn give_up_calls(&self) -> bool {
        self.calls.set(NEVER);
        self.is_short.get()
    }

    /// Whether it is.
    pub(super) fn gave_up_calls(&self) -> bool {
        self.calls.get() == NEVER
    }

    /// Leaves the function to the interpreter unless there is code that calls it; whether it did.
    pub(super) fn waits_for_code(&self) -> bool {
        if !self.is_wanted.get() {
            self.calls.set(UNLESS_WANTED);
        }
        !self.is_wanted.get()
    }

    /// There is code that calls the function. If it waits for that, it is compiled at its next call; whether it will be.
    pub(super) fn want(&self) -> bool {
        self.is_wanted.set(true);
        if self.calls.get() == UNLESS_WANTED {
            self.calls.set(0);
        }
        self.calls.get() == 0
    }

    /// A loop is left to the interpreter; `other` has code.
    pub(super) fn give_up_loop(&self, head: u32, other: Option<u32>) {
        let before = self.given_up.replace(head);
        if before != NONE && before != head {
            // There are several: each would be asked for in turn.
            self.turns.set(PATIENCE);
        }
        self.hot.set(other.unwrap_or(NONE));
    }

    /// All loops are.
    pub(crate) fn give_up_loops(&self) {
        self.turns.set(-1);
    }
}

/// The calls before a function is compiled and the turns before a loop is; below zero if they are not counted.
fn before_code(mode: JitMode) -> (i32, i32) {
    match mode {
        JitMode::Off => (-1, -1),
        JitMode::On => (CALLS, TURNS),
        JitMode::Early => (EARLY_CALLS, EARLY_TURNS),
        JitMode::Always => (0, 0),
    }
}

#[cfg(test)]
mod tests {
    use super::{CALLS, DEFERRED, EARLY_CALLS, Heat, JitMode, LEAST_TURNS, LEFT, PATIENCE, Prospects, TURNS};

    #[test]
    fn a_loop_with_code_is_entered_at_its_next_turn() {
        let (further_out, outer, inner) = (5, 10, 20);
        let heat = Heat::new(JitMode::On);
        assert!((0..TURNS).all(|_| !heat.turned(inner)), "it has not turned often");
        assert!(heat.turned(inner));
        assert!(heat.returns(inner, outer), "the one around it has code");
        assert!(!heat.turned(inner));
        assert!(heat.turned(outer));
        heat.entered();
        assert!(heat.turned(further_out), "it may have code, too");
        assert!(heat.returns(inner, outer), "it was left again");
        assert!((2..LEFT).all(|_| !heat.turned(inner)));
    }

    #[test]
    fn a_loop_that_waits_in_vain_gets_code_of_its_own() {
        let (outer, inner) = (10, 20);
        let heat = Heat::new(JitMode::On);
        assert!(heat.returns(inner, outer));
        assert!((0..LEFT).all(|_| !heat.turned(inner)));
        assert!(heat.turned(inner) && !heat.returns(inner, outer));
    }

    #[test]
    fn what_was_given_up_keeps_nothing_else_from_being_entered() {
        let (with_code, given_up, other) = (10, 20, 30);
        let heat = Heat::new(JitMode::Always);
        for head in [given_up, given_up, other, given_up] {
            heat.give_up_loop(head, Some(with_code));
            assert!(heat.turned(with_code));
        }
    }

    #[test]
    fn what_is_deferred_is_asked_for_again() {
        let (with_code, deferred) = (10, 20);
        let heat = Heat::new(JitMode::Always);
        heat.defer_loop(Some(with_code));
        assert!(heat.turned(with_code), "the other one has code");
        assert!((1..DEFERRED).all(|_| !heat.turned(deferred)));
        assert!(heat.turned(deferred));
        heat.defer_calls();
        assert!(!heat.is_short(), "there were no calls");
        assert!((0..DEFERRED).all(|_| !heat.called()));
        assert!(heat.called());
    }

    #[test]
    fn loops_of_functions_that_are_called_as_often_are_short() {
        let heat = Heat::new(JitMode::On);
        for _ in 0..100 {
            assert!(!heat.called() && (0..20).all(|_| !heat.turned(10)));
        }
        assert!(heat.turned(10) && heat.is_short());
        heat.defer_loop(None);
        assert!((0..DEFERRED).all(|_| !heat.turned(10)));
        assert!(!heat.is_short(), "it has turned so often in one call");
        assert!(!heat.give_up_calls());
    }

    #[test]
    fn short_loops_are_given_up_with_their_functions() {
        let heat = Heat::new(JitMode::On);
        assert!((0..100).all(|_| !heat.called()) && heat.is_short());
        assert!(heat.give_up_calls());
    }

    /// Turns of an outer loop that comes to an inner one for so many turns each, until that one is asked for.
    fn turn(heat: &Heat, (outer, inner): (u32, u32), length: i32) {
        for _ in 0..PATIENCE {
            if (0..length).any(|_| heat.turned(inner)) {
                return;
            }
            if heat.turned(outer) {
                assert!(heat.visited(), "the outer one is given up");
            }
        }
    }

    #[test]
    fn loops_that_are_entered_often_are_looked_at_twice() {
        let loops @ (outer, inner) = (10, 20);
        for (length, prospects) in [(LEAST_TURNS / 2, Prospects::Poor), (LEAST_TURNS * 2, Prospects::Good)] {
            let heat = Heat::new(JitMode::On);
            heat.give_up_loop(outer, None);
            turn(&heat, loops, length);
            let mut found = Prospects::Unknown;
            while found == Prospects::Unknown {
                assert!(!heat.awaits(inner, None));
                found = heat.visits_of(inner, outer, None);
                turn(&heat, loops, length);
            }
            assert_eq!(found, prospects);
        }
    }

    #[test]
    fn small_functions_wait_for_code_that_calls_them() {
        let heat = Heat::new(JitMode::On);
        assert!((0..CALLS).all(|_| !heat.called()) && heat.called());
        assert!(heat.waits_for_code());
        assert!(!heat.called() && !heat.gave_up_calls());
        assert!(heat.want() && heat.called());
        assert!(!heat.waits_for_code());
        let given_up = Heat::new(JitMode::On);
        given_up.give_up_calls();
        assert!(!given_up.want() && given_up.gave_up_calls());
    }

    #[test]
    fn loops_that_hardly_turn_are_known() {
        for (mode, calls) in [(JitMode::On, CALLS), (JitMode::Early, EARLY_CALLS)] {
            let heat = Heat::new(mode);
            assert!((0..calls).all(|_| !heat.called()) && heat.hardly_turned(mode));
            assert!((0..calls / 8).all(|_| !heat.turned(10)) && heat.hardly_turned(mode));
            assert!(!heat.turned(10) && !heat.hardly_turned(mode));
        }
        assert!(!Heat::new(JitMode::Always).hardly_turned(JitMode::Always));
    }

    #[test]
    fn calls_are_counted() {
        let heat = Heat::new(JitMode::On);
        assert!((0..CALLS).all(|_| !heat.called()));
        assert!(heat.called() && heat.called());
        heat.give_up_calls();
        assert!(!heat.called());
    }
}
