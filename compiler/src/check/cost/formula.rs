//! Upper bounds as sums of products of numbers and symbols: `2 + 3 × agents + len(input.items)`.
//!
//! Symbols stand for whole numbers that only a run knows, none below 0. So a sum whose every term has a counterpart that
//! is as large is the smaller one, and of the larger of two sums only what they do not share stays `max(…)`. Numbers
//! saturate.

use std::collections::BTreeMap;
use std::fmt;

/// A product of more terms than that is not multiplied out.
const MOST_TERMS: usize = 64;

/// A sum of products, simplified.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Formula {
    /// By sorted factors: how often. None is there 0 times.
    terms: BTreeMap<Vec<Factor>, u64>,
}

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
enum Factor {
    Symbol(String),
    /// The largest of these; of one alone itself, in parentheses.
    Largest(Vec<Formula>),
}

impl Formula {
    /// A number.
    pub fn number(number: u64) -> Formula {
        Formula::term(Vec::new(), number)
    }

    /// What only a run knows.
    pub fn symbol(name: impl Into<String>) -> Formula {
        Formula::term(vec![Factor::Symbol(name.into())], 1)
    }

    fn term(factors: Vec<Factor>, count: u64) -> Formula {
        Formula { terms: if count == 0 { BTreeMap::new() } else { BTreeMap::from([(factors, count)]) } }
    }

    /// Whether it is 0 whatever the symbols are.
    pub fn is_zero(&self) -> bool {
        self.terms.is_empty()
    }

    /// The number that it is whatever the symbols are, if it has none.
    pub fn known(&self) -> Option<u64> {
        self.evaluate(&|_| None)
    }

    /// Its value, given those of its symbols; none if one is not given.
    pub fn evaluate(&self, symbol: &dyn Fn(&str) -> Option<u64>) -> Option<u64> {
        let mut sum = 0u64;
        for (factors, count) in &self.terms {
            let mut product = *count;
            for factor in factors {
                product = product.saturating_mul(match factor {
                    Factor::Symbol(name) => symbol(name)?,
                    Factor::Largest(of) => {
                        let values: Option<Vec<u64>> = of.iter().map(|one| one.evaluate(symbol)).collect();
                        values?.into_iter().max().unwrap_or(0)
                    }
                });
            }
            sum = sum.saturating_add(product);
        }
        Some(sum)
    }

    /// The sum.
    #[must_use]
    pub fn plus(mut self, other: &Formula) -> Formula {
        for (factors, count) in &other.terms {
            let sum = self.terms.entry(factors.clone()).or_default();
            *sum = sum.saturating_add(*count);
        }
        self
    }

    /// The product.
    #[must_use]
    pub fn times(&self, other: &Formula) -> Formula {
        if self.terms.len().saturating_mul(other.terms.len()) > MOST_TERMS {
            return self.as_factor().times(&other.as_factor());
        }
        let mut product = Formula::default();
        for (left, count) in &self.terms {
            for (right, times) in &other.terms {
                let mut factors = [left.as_slice(), right].concat();
                factors.sort();
                product = product.plus(&Formula::term(factors, count.saturating_mul(*times)));
            }
        }
        product
    }

    /// The same as one factor.
    fn as_factor(&self) -> Formula {
        match self.terms.len() {
            0 | 1 => self.clone(),
            _ => Formula::term(vec![Factor::Largest(vec![self.clone()])], 1),
        }
    }

    /// The larger of two, or a formula that is as large as either.
    #[must_use]
    pub fn or_more(self, other: &Formula) -> Formula {
        let common = self.common(other);
        let (left, right) = (self.without(&common), other.without(&common));
        if right.is_zero() {
            return self;
        }
        if left.is_zero() {
            return other.clone();
        }
        let mut of: Vec<Formula> = [left, right].into_iter().flat_map(Formula::alternatives).collect();
        of.sort();
        of.dedup();
        common.plus(&Formula::term(vec![Factor::Largest(of)], 1))
    }

    /// What both have.
    fn common(&self, other: &Formula) -> Formula {
        let both = |(factors, count): (&Vec<Factor>, &u64)| {
            let least = (*count).min(other.terms.get(factors).copied().unwrap_or(0));
            (least > 0).then(|| (factors.clone(), least))
        };
        Formula { terms: self.terms.iter().filter_map(both).collect() }
    }

    /// The rest, without what it has in common with another.
    fn without(&self, common: &Formula) -> Formula {
        let rest = |(factors, count): (&Vec<Factor>, &u64)| {
            let rest = count - common.terms.get(factors).copied().unwrap_or(0);
            (rest > 0).then(|| (factors.clone(), rest))
        };
        Formula { terms: self.terms.iter().filter_map(rest).collect() }
    }

    /// Of a `max(…)` what it is the largest of; else itself.
    fn alternatives(self) -> Vec<Formula> {
        match self.terms.iter().next() {
            Some((factors, 1)) if self.terms.len() == 1 => match factors.as_slice() {
                [Factor::Largest(of)] => of.clone(),
                _ => vec![self],
            },
            _ => vec![self],
        }
    }
}

impl fmt::Display for Formula {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_zero() {
            return f.write_str("0");
        }
        let mut terms: Vec<_> = self.terms.iter().collect();
        terms.sort_by_key(|(factors, _)| factors.len());
        for (at, (factors, count)) in terms.into_iter().enumerate() {
            if at > 0 {
                f.write_str(" + ")?;
            }
            if *count != 1 || factors.is_empty() {
                write!(f, "{count}{}", if factors.is_empty() { "" } else { " × " })?;
            }
            for (at, factor) in factors.iter().enumerate() {
                write!(f, "{}{factor}", if at > 0 { " × " } else { "" })?;
            }
        }
        Ok(())
    }
}

impl fmt::Display for Factor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Factor::Symbol(name) => f.write_str(name),
            Factor::Largest(of) => {
                f.write_str(if of.len() > 1 { "max(" } else { "(" })?;
                for (at, one) in of.iter().enumerate() {
                    write!(f, "{}{one}", if at > 0 { ", " } else { "" })?;
                }
                f.write_str(")")
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Formula;

    fn sum(number: u64, symbols: &[&str]) -> Formula {
        symbols.iter().fold(Formula::number(number), |sum, name| sum.plus(&Formula::symbol(*name)))
    }

    #[test]
    fn sums_and_products_are_simplified_and_ordered() {
        let formula = sum(1, &["b", "a", "a"]).times(&sum(2, &["a"]));
        assert_eq!(formula.to_string(), "2 + 5 × a + 2 × b + 2 × a × a + a × b");
        assert_eq!(formula.times(&Formula::default()).to_string(), "0");
        let of = |name: &str| Some(if name == "a" { 3 } else { 10 });
        assert_eq!(formula.evaluate(&of), Some((1 + 10 + 6) * 5));
        assert_eq!(Formula::number(u64::MAX).plus(&Formula::number(1)).known(), Some(u64::MAX));
    }

    #[test]
    fn the_larger_keeps_apart_only_what_differs() {
        assert_eq!(sum(3, &["a"]).or_more(&sum(2, &[])).to_string(), "3 + a");
        let larger = sum(3, &["a"]).or_more(&sum(5, &["a", "b"]));
        assert_eq!(larger.to_string(), "5 + a + b");
        let larger = sum(3, &["c", "a"]).or_more(&sum(1, &["c", "b"]));
        assert_eq!(larger.to_string(), "1 + c + max(2 + a, b)");
        assert_eq!(larger.evaluate(&|name| Some(name.len() as u64)), Some(5));
    }

    #[test]
    fn long_products_are_not_multiplied_out() {
        let names: Vec<String> = (0..20).map(|at| format!("x{at}")).collect();
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        let product = sum(1, &names).times(&sum(1, &names));
        assert_eq!(product.evaluate(&|_| Some(1)), Some(441));
        assert!(product.to_string().len() < 400);
    }
}
