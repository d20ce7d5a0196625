//! Soundness: whatever values an interval stands for, what the rules make of them lies in what they make of it.

use prism_confidence::{Combination, Confidence, Gate, GateFailure, Interval, Landmarks, Level, Thresholds, combine};
use proptest::prelude::*;

type Operand = Option<Confidence>;

fn conf(number: f64) -> Confidence {
    Confidence::new(number).expect("in 0…1")
}

fn number() -> impl Strategy<Value = f64> {
    let borders =
        prop::sample::select(vec![0.0, 0.5f64.next_down(), 0.5, 0.7f64.next_down(), 0.7, 0.7f64.next_up(), 1.0]);
    prop_oneof![1 => borders, 3 => 0.0..=1.0f64]
}

/// An interval that is not empty, and one of the values that it stands for.
fn inhabited() -> impl Strategy<Value = (Interval, Operand)> {
    let confident = (number(), number(), 0.0..=1.0f64, any::<bool>()).prop_map(|(a, b, at, plain)| {
        let (lo, hi) = (a.min(b), a.max(b));
        let inside = (lo + (hi - lo) * at).clamp(lo, hi);
        let range = Interval::between(conf(lo), conf(hi));
        (if plain { range.join(Interval::PLAIN) } else { range }, Some(conf(inside)))
    });
    let plain = (number(), number(), any::<bool>()).prop_map(|(a, b, perhaps)| {
        let range = if perhaps { Interval::between(conf(a), conf(b)) } else { Interval::EMPTY };
        (range.join(Interval::PLAIN), None)
    });
    prop_oneof![3 => confident, 1 => plain]
}

fn gate() -> impl Strategy<Value = Gate> {
    let failure = prop::sample::select(GateFailure::ALL);
    (number(), number(), failure).prop_map(|(threshold, factor, failure)| Gate {
        threshold: conf(threshold),
        factor: conf(factor),
        failure,
    })
}

proptest! {
    #[test]
    fn combining_is_sound((x, a) in inhabited(), (y, b) in inhabited(), f in prop::sample::select(Combination::ALL)) {
        prop_assert!(x.combine(f, y).contains(combine::combine(f, a, b)));
    }

    #[test]
    fn combining_is_exact_at_the_ends((x, _) in inhabited(), (y, _) in inhabited(), f in prop::sample::select(Combination::ALL)) {
        let ends = |i: Interval| {
            let range = [i.lo(), i.hi()].map(Some);
            let plain = i.may_be_plain().then_some(None);
            range.into_iter().filter(move |_| i.may_be_confident()).chain(plain).collect::<Vec<Operand>>()
        };
        let mut reached = Interval::EMPTY;
        for a in ends(x) {
            for b in ends(y) {
                reached = reached.join(Interval::of(combine::combine(f, a, b)));
            }
        }
        prop_assert_eq!(x.combine(f, y), reached);
    }

    #[test]
    fn joining_is_sound((x, a) in inhabited(), (y, b) in inhabited()) {
        let joined = x.join(y);
        prop_assert!(joined.contains(a) && joined.contains(b));
        prop_assert!(joined.covers(x) && joined.covers(y));
        prop_assert_eq!(joined, y.join(x));
    }

    #[test]
    fn acting_is_sound((x, a) in inhabited()) {
        prop_assert!(x.certain().contains(Some(combine::certain(a))));
        prop_assert!(!x.certain().may_be_plain());
    }

    #[test]
    fn the_surer_is_sound((x, a) in inhabited(), (y, b) in inhabited()) {
        let winner = if combine::left_is_surer(a, b) { a } else { b };
        prop_assert!(x.surer(y).contains(winner));
    }

    #[test]
    fn pipes_are_sound((x, a) in inhabited(), (y, b) in inhabited()) {
        prop_assert!(x.pipe(y).contains(combine::pipe(a, b)));
    }

    #[test]
    fn attaching_is_sound(a in -0.5..1.5f64, b in -0.5..1.5f64, at in 0.0..=1.0f64) {
        let (lo, hi) = (a.min(b), a.max(b));
        let inside = (lo + (hi - lo) * at).clamp(lo, hi);
        prop_assert!(Interval::attached(lo, hi).contains(Confidence::clamped(inside)));
    }

    #[test]
    fn narrowing_splits((x, a) in inhabited(), bound in number()) {
        let sure = combine::certain(a).get();
        prop_assert_eq!(x.at_least(bound).contains(a), sure >= bound);
        prop_assert_eq!(x.above(bound).contains(a), sure > bound);
        prop_assert_eq!(x.at_most(bound).contains(a), sure <= bound);
        prop_assert_eq!(x.below(bound).contains(a), sure < bound);
        prop_assert_eq!(x.at_least(bound).join(x.below(bound)).contains(a), true);
        prop_assert!(x.covers(x.at_least(bound)));
    }

    #[test]
    fn levels_are_exact((x, a) in inhabited(), high in number(), medium in number()) {
        prop_assume!(high > medium);
        let thresholds = Thresholds::new(high, medium).expect("falling");
        for level in Level::ALL.iter().copied() {
            prop_assert_eq!(x.at_level(level, thresholds).contains(a), thresholds.level(a) == level);
        }
    }

    #[test]
    fn action_gates_are_sound((x, a) in inhabited(), (y, b) in inhabited(), gate in gate()) {
        use prism_confidence::Decision::*;
        let result = x.action_gate(gate, y);
        match gate.decide(false, a) {
            Act => prop_assert!(result.contains(b)),
            Keep(kept) => prop_assert!(result.contains(Some(kept))),
            Null => prop_assert!(result.contains(None)),
            Fail => {}
        }
    }

    #[test]
    fn loops_settle(
        (start, _) in inhabited(),
        (step, _) in inhabited(),
        literals in prop::collection::vec(number(), 0..6),
        f in prop::sample::select(Combination::ALL),
    ) {
        let landmarks = Landmarks::new(literals);
        let turn = |x: Interval| x.combine(f, step);
        let mut now = start;
        for _ in 0..30 {
            now = now.widen(turn(now), &landmarks);
        }
        prop_assert!(now.covers(turn(now)), "unsettled: {:?}", now);
        prop_assert!(now.covers(start));
    }
}

#[test]
fn what_is_never_confident_has_ends_1() {
    assert_eq!((Interval::PLAIN.lo(), Interval::PLAIN.hi()), (Confidence::ONE, Confidence::ONE));
    assert!(!Interval::PLAIN.may_be_confident());
}

#[test]
fn a_plain_path_leaves_the_ends_of_the_confident_one() {
    let maybe = Interval::PLAIN.join(Interval::exact(conf(0.5)));
    assert!(maybe.may_be_plain());
    assert_eq!((maybe.lo(), maybe.hi()), (conf(0.5), conf(0.5)));
}

#[test]
fn half_open_ends_are_shown_round() {
    let levels = Thresholds::default();
    assert_eq!(Interval::CONFIDENT.at_level(Level::Medium, levels).shown(), (0.5, 0.7));
    assert_eq!(Interval::CONFIDENT.at_level(Level::Low, levels).shown(), (0.0, 0.5));
    let acted = Interval::CONFIDENT.action_gate(Gate::default(), Interval::PLAIN);
    assert!(acted.may_be_plain());
    assert_eq!(acted.shown(), (0.0, 0.35));
}

#[test]
fn a_level_that_can_not_occur_is_empty() {
    let levels = Thresholds::default();
    assert!(Interval::PLAIN.at_level(Level::Medium, levels).is_empty());
    assert!(Interval::exact(conf(0.7)).at_level(Level::Medium, levels).is_empty());
    assert!(Interval::exact(conf(0.7)).below(0.7).is_empty());
    assert!(!Interval::exact(conf(0.7)).at_least(0.7).is_empty());
}

#[test]
fn a_falling_loop_stops_at_landmarks() {
    let landmarks = Landmarks::new([0.9]);
    let step = Interval::exact(conf(0.9));
    let mut now = step;
    for _ in 0..8 {
        now = now.widen(now.product(step), &landmarks);
    }
    assert_eq!(now, Interval::between(conf(0.0), conf(0.9)));
}
