//! The reference's two: `aggregate`, and `consensus` with a strategy.

use super::options::Options;
use crate::arguments::{Given, spend, wrong_kind};
use prism_confidence::Rule;
use prism_vm::confidence::Conf;
use prism_vm::native::Native;
use prism_vm::raise::Raise;
use prism_vm::value::{Counted, Kind, Str, Value};

/// `consensus(xs, {strategy})`: the surest or the least sure element itself, the first of equals, with the array's
/// confidence by product.
pub fn by_strategy(native: &mut Native, options: &Options) -> Given {
    let better: fn(f64, f64) -> bool = |new, old| new > old;
    let worse: fn(f64, f64) -> bool = |new, old| new < old;
    let chosen = options.word("strategy", &[("max", better), ("min", worse)])?.unwrap_or(better);
    if let Some(gate) = ["threshold", "fields"].into_iter().find(|name| options.get(name).is_some()) {
        return Err(
            options.out_of_range(format_args!("`{gate}` means nothing beside `strategy`; leave one of them out"))
        );
    }
    let array = native.settled(native.argument(0))?;
    let Some(items) = array.as_array() else {
        return Err(wrong_kind(native, format_args!("argument 1 must be an array, got {}", array.kind().as_str())));
    };
    spend(native, items.len())?;
    let mut best: Option<Value> = None;
    for item in items.iter() {
        let item = native.settled(item)?;
        if best.as_ref().is_none_or(|best| chosen(item.conf().or_one(), best.conf().or_one())) {
            best = Some(item);
        }
    }
    let best = best.ok_or_else(|| Raise::empty("consensus: nothing to choose from in an empty array"))?;
    let conf = best.conf().times(array.conf(), Rule::Subject);
    Ok(best.with_conf(conf))
}

/// The options of `aggregate`.
const STRATEGIES: [(&str, &str); 4] = [("average", "average"), ("min", "min"), ("max", "max"), ("product", "product")];

/// `aggregateOptions(options)`: the options of `aggregate`, checked, as an object that has both.
///
/// # Errors
/// If one is unknown or can't be used.
pub fn aggregate_options(native: &mut Native) -> Given {
    let options = Options::of(native, "aggregate", native.argument(0), &["strategy", "combine"])?;
    let strategy = options.word("strategy", &STRATEGIES)?.unwrap_or("average");
    let combine = options.of_kind("combine", Kind::Function)?;
    let combine = combine.cloned().unwrap_or_default();
    Ok(native.runtime.object([("strategy", Value::from(strategy)), ("combine", combine)]))
}

/// `aggregated(v, xs, strategy)`: the value with the mean of the elements' confidences; 1 of none.
///
/// # Errors
/// Where an element is a task that still runs or has failed.
pub fn aggregated(native: &mut Native) -> Given {
    let confs = Counted::read(native.items(1), |item| Ok(native.settled(item)?.conf()))?;
    spend(native, confs.len())?;
    let confidence = mean(native.str(2).map_or("", Str::as_str), &confs);
    let conf = Conf::derive_noted(confidence, Rule::Aggregated, &confs, Some("aggregate"));
    Ok(native.take(0).with_conf(conf))
}

fn mean(strategy: &str, confs: &[Conf]) -> f64 {
    let numbers = || confs.iter().map(|conf| conf.or_one());
    let (least, most) = (numbers().fold(1.0, f64::min), numbers().fold(0.0, f64::max));
    match strategy {
        _ if confs.is_empty() => 1.0,
        "min" => least,
        "max" => most,
        "product" => numbers().product(),
        // A mean of equal numbers may come out beside them by a rounding.
        _ => (numbers().sum::<f64>() / confs.len() as f64).clamp(least, most),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn no_mean_is_above_the_surest(numbers in proptest::collection::vec(0.0..=1.0f64, 1..20)) {
            let confs: Vec<Conf> = numbers.iter().copied().map(Conf::new).collect();
            let surest = numbers.iter().copied().fold(0.0, f64::max);
            for (strategy, _) in STRATEGIES {
                prop_assert!(mean(strategy, &confs) <= surest);
            }
        }
    }

    #[test]
    fn means_are_the_references() {
        let confs = [0.8, 0.5, f64::NAN].map(Conf::new);
        assert_eq!(["min", "max", "product"].map(|strategy| mean(strategy, &confs)), [0.5, 1.0, 0.4]);
        assert!((mean("average", &confs) - 2.3 / 3.0).abs() < 1e-12);
        assert_eq!(mean("product", &[]), 1.0);
    }
}
