//! The laws that the formulas claim, on arbitrary confidences.

use prism_confidence::{Algebra, Combination, Confidence, Config, Decision, Gate, GateFailure, Level, Origin, Rule};
use prism_confidence::{ThresholdError, Thresholds, combine, raw, threshold};
use proptest::prelude::*;

const MONOTONE_WITH_NEUTRAL_ONE: [Combination; 3] = [Combination::Min, Combination::Product, Combination::Lukasiewicz];
const ASSOCIATIVE: [Combination; 4] =
    [Combination::Min, Combination::Product, Combination::Lukasiewicz, Combination::Max];
const IDEMPOTENT: [Combination; 3] = [Combination::Min, Combination::Average, Combination::Max];

fn confidence() -> impl Strategy<Value = Confidence> {
    let borders = prop::sample::select(vec![0.0, f64::MIN_POSITIVE, 0.5, 0.7, 1.0f64.next_down(), 1.0]);
    prop_oneof![1 => borders, 4 => 0.0..=1.0f64].prop_map(|number| Confidence::new(number).expect("in 0…1"))
}

fn operand() -> impl Strategy<Value = Option<Confidence>> {
    prop::option::weighted(0.8, confidence())
}

fn combination() -> impl Strategy<Value = Combination> {
    prop::sample::select(Combination::ALL)
}

fn sure(a: Option<Confidence>) -> f64 {
    combine::certain(a).get()
}

fn close(a: f64, b: f64) -> bool {
    (a - b).abs() < 1e-12
}

fn c(number: f64) -> Option<Confidence> {
    Some(Confidence::new(number).expect("in 0…1"))
}

proptest! {
    #[test]
    fn only_numbers_from_0_to_1_are_confidences(number in any::<f64>()) {
        let inside = (0.0..=1.0).contains(&number);
        prop_assert_eq!(Confidence::new(number).is_some(), inside);
        let clamped = Confidence::clamped(number);
        prop_assert_eq!(clamped.is_none(), number.is_nan());
        if inside {
            prop_assert_eq!(clamped.map(Confidence::get), Some(number));
        }
    }

    #[test]
    fn results_stay_in_range_and_are_plain_only_for_plain_operands(f in combination(), a in operand(), b in operand()) {
        let result = combine::combine(f, a, b);
        prop_assert_eq!(result.is_none(), a.is_none() && b.is_none());
        prop_assert!((0.0..=1.0).contains(&sure(result)));
    }

    #[test]
    fn a_plain_operand_acts_as_1(f in combination(), a in confidence()) {
        prop_assert_eq!(combine::combine(f, Some(a), None), combine::combine(f, Some(a), c(1.0)));
        prop_assert_eq!(combine::combine(f, None, Some(a)), combine::combine(f, c(1.0), Some(a)));
    }

    #[test]
    fn one_is_neutral(f in prop::sample::select(&MONOTONE_WITH_NEUTRAL_ONE[..]), a in confidence()) {
        prop_assert_eq!(combine::combine(f, Some(a), c(1.0)), Some(a));
        prop_assert_eq!(combine::combine(f, Some(a), None), Some(a));
    }

    #[test]
    fn no_algebra_is_surer_than_its_surest_operand(f in combination(), a in operand(), b in operand()) {
        prop_assert!(sure(combine::combine(f, a, b)) <= sure(a).max(sure(b)));
    }

    #[test]
    fn the_algebras_are_ordered(a in operand(), b in operand()) {
        let by = |f| sure(combine::combine(f, a, b));
        prop_assert!(by(Combination::Lukasiewicz) <= by(Combination::Product) + 1e-15);
        prop_assert!(by(Combination::Product) <= by(Combination::Min));
        prop_assert!(by(Combination::Min) <= by(Combination::Average));
        prop_assert!(by(Combination::Average) <= by(Combination::Max));
    }

    #[test]
    fn all_commute(f in combination(), a in operand(), b in operand()) {
        prop_assert_eq!(combine::combine(f, a, b), combine::combine(f, b, a));
    }

    #[test]
    fn all_are_monotone(f in combination(), a in confidence(), b in confidence(), other in operand()) {
        let (low, high) = (a.min(b), a.max(b));
        prop_assert!(combine::combine(f, Some(low), other) <= combine::combine(f, Some(high), other));
        prop_assert!(combine::combine(f, other, Some(low)) <= combine::combine(f, other, Some(high)));
    }

    #[test]
    fn all_but_average_associate(f in prop::sample::select(&ASSOCIATIVE[..]), a in operand(), b in operand(), d in operand()) {
        let left = combine::combine(f, combine::combine(f, a, b), d);
        let right = combine::combine(f, a, combine::combine(f, b, d));
        prop_assert_eq!(left.is_none(), right.is_none());
        prop_assert!(close(sure(left), sure(right)));
    }

    #[test]
    fn some_are_idempotent(f in prop::sample::select(&IDEMPOTENT[..]), a in operand()) {
        prop_assert_eq!(combine::combine(f, a, a), a);
    }

    #[test]
    fn zero_annihilates_the_bounds(f in prop::sample::select(&MONOTONE_WITH_NEUTRAL_ONE[..]), a in operand()) {
        prop_assert_eq!(combine::combine(f, a, c(0.0)), c(0.0));
    }

    #[test]
    fn raw_and_typed_agree(f in combination(), a in operand(), b in operand()) {
        prop_assert_eq!(raw::decode(raw::encode(a)), a);
        let result = raw::decode(raw::combine(f, raw::encode(a), raw::encode(b)));
        prop_assert_eq!(result, combine::combine(f, a, b));
        prop_assert_eq!(raw::decode(raw::pipe(raw::encode(a), raw::encode(b))), combine::pipe(a, b));
    }

    #[test]
    fn the_surer_side_wins_and_the_left_on_a_tie(a in operand(), b in operand()) {
        prop_assert!(combine::left_is_surer(a, a));
        let winner = if combine::left_is_surer(a, b) { a } else { b };
        prop_assert_eq!(sure(winner), sure(a).max(sure(b)));
    }

    #[test]
    fn levels_split_everything_at_exact_borders(high in confidence(), medium in confidence(), a in operand()) {
        match Thresholds::new(high.get(), medium.get()) {
            Ok(bounds) => {
                prop_assert!(high > medium);
                prop_assert_eq!(bounds.level(Some(high)), Level::High);
                prop_assert_eq!(bounds.level(Some(medium)), Level::Medium);
                let expected = match sure(a) {
                    s if s >= high.get() => Level::High,
                    s if s >= medium.get() => Level::Medium,
                    _ => Level::Low,
                };
                prop_assert_eq!(bounds.level(a), expected);
            }
            Err(error) => {
                prop_assert!(high <= medium);
                let expected = ThresholdError::NotFalling { high: high.get(), medium: medium.get() };
                prop_assert_eq!(error, expected);
            }
        }
    }

    #[test]
    fn a_gate_never_raises(a in confidence()) {
        match Gate::default().decide(false, Some(a)) {
            Decision::Act => prop_assert!(a.get() >= 0.7),
            Decision::Keep(kept) => prop_assert!(a.get() < 0.7 && kept.get() == a.get() / 2.0),
            other => prop_assert!(false, "{other:?}"),
        }
    }
}

#[test]
fn average_depends_on_the_grouping() {
    let average = |a, b| combine::combine(Combination::Average, a, b);
    let (a, b) = (c(0.75), c(0.25));
    assert_eq!(average(average(a, a), b), c(0.5));
    assert_eq!(average(a, average(a, b)), c(0.625));
}

#[test]
fn average_lifts_by_a_plain_operand() {
    assert_eq!(combine::combine(Combination::Average, c(0.75), None), c(0.875));
}

#[test]
fn negative_zero_is_zero() {
    let zero = Confidence::new(-0.0).expect("in 0…1");
    assert_eq!(zero.get().to_bits(), 0);
    assert_eq!(zero, Confidence::ZERO);
}

#[test]
fn the_algebra_sets_the_rows_that_say_min() {
    for algebra in Algebra::ALL.iter().copied() {
        let config = Config::from(algebra);
        for rule in [Rule::Arithmetic, Rule::Comparison, Rule::And, Rule::Chain] {
            assert_eq!(config.combination(rule), Some(algebra.combination()), "{rule}");
        }
        assert_eq!(config.combination(Rule::Or), Some(Combination::Max));
        for rule in [Rule::Part, Rule::Call, Rule::Ternary, Rule::Subject, Rule::Setting] {
            assert_eq!(config.combination(rule), Some(Combination::Product), "{rule}");
        }
        assert_eq!(config.coalesce_threshold.get(), 0.5);
    }
    assert_eq!(Config::default(), Config::from(Algebra::Min));
}

#[test]
fn a_rule_with_a_formula_is_derived() {
    for rule in Rule::ALL.iter().copied() {
        if Config::default().combination(rule).is_some() {
            assert_eq!(rule.origin(), Origin::Derived, "{rule}");
        }
    }
}

#[test]
fn names_round_trip() {
    for algebra in Algebra::ALL.iter().copied() {
        assert_eq!(Algebra::parse(algebra.as_str()), Some(algebra));
        assert_eq!(Combination::parse(algebra.as_str()), Some(algebra.combination()));
    }
    for rule in Rule::ALL.iter().copied() {
        assert_eq!(Rule::parse(rule.as_str()), Some(rule));
    }
    assert_eq!(Algebra::parse("hopeful"), None);
    assert_eq!(Algebra::parse("max"), None);
}

#[test]
fn levels_by_default() {
    let levels = Thresholds::default();
    assert_eq!(levels.level(None), Level::High);
    assert_eq!(levels.level(c(0.7)), Level::High);
    assert_eq!(levels.level(c(0.7f64.next_down())), Level::Medium);
    assert_eq!(levels.level(c(0.5)), Level::Medium);
    assert_eq!(levels.level(c(0.5f64.next_down())), Level::Low);
}

#[test]
fn thresholds_are_never_clamped() {
    assert_eq!(threshold(1.5), Err(ThresholdError::OutOfRange(1.5)));
    assert!(threshold(f64::NAN).is_err());
    assert_eq!(Thresholds::new(1.2, 0.5), Err(ThresholdError::OutOfRange(1.2)));
    assert_eq!(ThresholdError::OutOfRange(1.5).to_string(), "threshold must be from 0 to 1, got 1.5");
}

#[test]
fn gates_decide_by_their_settings() {
    let gate = |failure| Gate { failure, ..Gate::default() };
    assert_eq!(gate(GateFailure::Attenuate).decide(false, None), Decision::Act);
    assert_eq!(gate(GateFailure::Attenuate).decide(true, None), Decision::Null);
    assert_eq!(gate(GateFailure::Null).decide(false, c(0.6)), Decision::Null);
    assert_eq!(gate(GateFailure::Error).decide(false, c(0.6)), Decision::Fail);
    assert_eq!(gate(GateFailure::Error).decide(true, c(0.6)), Decision::Null);
}
