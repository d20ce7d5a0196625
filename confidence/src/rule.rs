//! The ways in which a value comes by its confidence: the vocabulary of provenance.

use crate::named::named;

named! {
    /// How a confidence came about. Together with the inputs' confidences it explains a number down to its sources.
    pub enum Rule {
        Asserted "asserted" "the program said so with ~>";
        Reported "reported" "an agent or a model said so with its answer";
        Unreported "unreported" "an answer that brought no confidence counts as 0";
        Measured "measured" "the host measured it";
        Certain "certain" "a confident operation on plain operands only";
        Arithmetic "arithmetic" "an arithmetic operator or a joined text, from its operands";
        Comparison "comparison" "a comparison, from its operands";
        And "and" "~&&, from both sides";
        Or "or" "~||, from both sides";
        Chain "chain" "~~, from both sides";
        Ternary "ternary" "~?, from the condition and the chosen branch";
        Call "call" "a result of a confident function, times the function's own";
        Part "part" "a member, element or other part, times its container's and its index's";
        Subject "subject" "a library function's result, times the confidence of what it worked on";
        Setting "setting" "a library function's result, times the least confidence of its settings";
        Parallel "parallel" "a parallel block as a whole, from its entries";
        Pipe "pipe" "~|>: taken over from the input, as the result had none";
        Gate "gate" "a gate (~?>, ~@> with a number) that was passed";
        ActionGate "action-gate" "~@> with an action that stayed undone: lowered";
        Coalesce "coalesce" "~??: that of the side that was taken";
        Surer "surer" "~||>: that of the surer side";
        Selected "selected" "max, min and the like: that of the winner";
        Aggregated "aggregated" "vote, consensus, merge, first, validate or aggregate, from all answers";
    }
}

/// Where a rule gets its number from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Origin {
    /// From outside the algebra: said or measured. The leaves of every explanation.
    Source,
    /// Computed from several confidences.
    Derived,
    /// One input's confidence, unchanged.
    TakenOver,
}

impl Rule {
    /// Where it gets its number from.
    pub const fn origin(self) -> Origin {
        match self {
            Rule::Asserted | Rule::Reported | Rule::Unreported | Rule::Measured | Rule::Certain => Origin::Source,
            Rule::Arithmetic
            | Rule::Comparison
            | Rule::And
            | Rule::Or
            | Rule::Chain
            | Rule::Ternary
            | Rule::Call
            | Rule::Part
            | Rule::Subject
            | Rule::Setting
            | Rule::Parallel
            | Rule::ActionGate
            | Rule::Aggregated => Origin::Derived,
            Rule::Pipe | Rule::Gate | Rule::Coalesce | Rule::Surer | Rule::Selected => Origin::TakenOver,
        }
    }
}
