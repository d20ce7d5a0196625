//! Which formula combines the confidences of an operation's operands.
//!
//! A pattern or run chooses an [`Algebra`]; the [`Config`] made from it says for each group of operations which
//! [`Combination`] that means. Hosts may set the groups one by one.

use crate::named::named;
use crate::threshold::Gate;
use crate::{Confidence, Rule};

named! {
    /// A formula for two confidences. All are monotone in both operands and commutative; all but `average` are
    /// associative; 1 is neutral in the first three.
    pub enum Combination {
        Min "min" "the lower of both (Gödel): as sure as the weakest";
        Product "product" "one times the other: independent evidence";
        Lukasiewicz "lukasiewicz" "max(0, a + b - 1): the least that is left under any dependence";
        Average "average" "the mean of both: depends on the grouping";
        Max "max" "the higher of both: as sure as the strongest";
    }
}

named! {
    /// What a pattern chooses with `@confidence NAME`, or a run with `--confidence NAME`.
    #[derive(Default)]
    pub enum Algebra {
        #[default]
        Min "min" "as sure as the weakest operand; needs no assumption to be order-free, and is the most optimistic bound";
        Product "product" "operands are independent evidence";
        Lukasiewicz "lukasiewicz" "the safe lower bound, however the operands depend on each other";
        Average "average" "the mean of the operands";
    }
}

impl Algebra {
    /// Its formula.
    pub const fn combination(self) -> Combination {
        match self {
            Algebra::Min => Combination::Min,
            Algebra::Product => Combination::Product,
            Algebra::Lukasiewicz => Combination::Lukasiewicz,
            Algebra::Average => Combination::Average,
        }
    }
}

/// The settings of a run, group by group. `Config::from(algebra)` is what programs get; a host that needs something
/// finer changes single fields.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Config {
    /// `+ - * / % **`, unary operators, joining texts, and their `~` forms.
    pub arithmetic: Combination,
    /// `== < in …` and their `~` forms.
    pub comparison: Combination,
    /// `~&&`.
    pub and: Combination,
    /// `~||`: `max` in every algebra.
    pub or: Combination,
    /// `~~`.
    pub chain: Combination,
    /// `~? :`: `product` in every algebra.
    pub ternary: Combination,
    /// The call of a confident function: `product` in every algebra.
    pub call: Combination,
    /// The one number that a host shows for a whole `parallel` block; the block's own value is a plain array.
    pub parallel: Combination,
    /// `a ~?? b` keeps `a` from this confidence up: 0.5.
    pub coalesce_threshold: Confidence,
    /// `a ~@> action`: acts from 0.7 up, else halves.
    pub gate: Gate,
}

impl Config {
    /// The formula by which `rule` makes one confidence of two; `None` where the rule takes over, sets or measures one.
    pub const fn combination(&self, rule: Rule) -> Option<Combination> {
        Some(match rule {
            Rule::Arithmetic => self.arithmetic,
            Rule::Comparison => self.comparison,
            Rule::And => self.and,
            Rule::Or => self.or,
            Rule::Chain => self.chain,
            Rule::Ternary => self.ternary,
            Rule::Call => self.call,
            Rule::Parallel => self.parallel,
            Rule::Part | Rule::Subject | Rule::Setting => Combination::Product,
            Rule::Asserted
            | Rule::Reported
            | Rule::Unreported
            | Rule::Measured
            | Rule::Certain
            | Rule::Pipe
            | Rule::Gate
            | Rule::ActionGate
            | Rule::Coalesce
            | Rule::Surer
            | Rule::Selected
            | Rule::Aggregated => return None,
        })
    }
}

impl From<Algebra> for Config {
    fn from(algebra: Algebra) -> Config {
        let chosen = algebra.combination();
        Config {
            arithmetic: chosen,
            comparison: chosen,
            and: chosen,
            or: Combination::Max,
            chain: chosen,
            ternary: Combination::Product,
            call: Combination::Product,
            parallel: chosen,
            coalesce_threshold: Confidence::trusted(0.5),
            gate: Gate::default(),
        }
    }
}

impl Default for Config {
    fn default() -> Config {
        Config::from(Algebra::default())
    }
}
