//! The checker's diagnostics: facts in, texts out.

use super::ty::Ty;
use super::value::{Range, Value};
use crate::ast::{Level, Name};
use prism_bytecode::Param;
use prism_confidence::Interval;
use prism_diagnostics::{Code, Diagnostic, Edit, Span};

// Operations that certainly fail.

fn mismatch(at: Span, message: String) -> Diagnostic {
    Diagnostic::new(Code::E0401, at, message)
}

pub(super) fn bad_operand(at: Span, operator: &str, found: &str) -> Diagnostic {
    mismatch(at, format!("`{operator}` can't be applied to {found}")).with_help(match operator {
        "in" => "`in` looks for a key in an object or a value in an array".to_owned(),
        _ => "convert it first: `Number(…)`".to_owned(),
    })
}

pub(super) fn bad_operands(at: Span, operator: &str, left: &str, right: &str) -> Diagnostic {
    let fault = mismatch(at, format!("`{operator}` can't be applied to {left} and {right}"));
    match operator {
        "+" => fault.with_help("`+` adds two numbers, or joins texts where one side is a string"),
        "<" | "<=" | ">" | ">=" | "~<" | "~<=" | "~>=" => fault.with_help("compare two numbers or two strings"),
        _ => fault.with_help("convert both sides to numbers first: `Number(…)`"),
    }
}

pub(super) fn bad_confidence(at: Span, found: &str) -> Diagnostic {
    mismatch(at, format!("a confidence is a number, and this is {found}")).with_help("write a number from 0 to 1")
}

pub(super) fn bad_threshold(at: Span, found: &str) -> Diagnostic {
    mismatch(at, format!("a threshold is a number, and this is {found}")).with_help("write a number from 0 to 1")
}

pub(super) fn not_iterable(at: Span, found: &str) -> Diagnostic {
    mismatch(at, format!("`for … in` can't go through {found}"))
        .with_help("it goes through an array, an object's keys or a string's characters; for numbers use `range(n)`")
}

pub(super) fn not_spreadable(at: Span, found: &str, wanted: &str) -> Diagnostic {
    mismatch(at, format!("`...` spreads {wanted} here, and this is {found}"))
}

pub(super) fn not_destructurable(at: Span, found: &str, wanted: &str) -> Diagnostic {
    mismatch(at, format!("this pattern takes {wanted} apart, and its value is {found}"))
}

pub(super) fn not_a_container(at: Span, found: &str) -> Diagnostic {
    mismatch(at, format!("a part of {found} can't be assigned"))
        .with_help("only arrays and objects have parts; give the variable one first")
}

pub(super) fn member_of_null(at: Span, name: &str) -> Diagnostic {
    mismatch(at, format!("this is always null, and null has no `{name}`"))
        .with_help(format!("where null is meant to pass, write `?.{name}`"))
}

pub(super) fn no_method(at: Span, name: &str, found: &str) -> Diagnostic {
    mismatch(at, format!("`{name}` of {found} is no function"))
}

pub(super) fn not_a_function(at: Span, found: &str) -> Diagnostic {
    mismatch(at, format!("{found} can't be called"))
}

pub(super) fn bad_index(at: Span, whole: &str, index: &str) -> Diagnostic {
    mismatch(at, format!("{whole} can't be indexed by {index}"))
        .with_help("arrays and strings are indexed by numbers, objects by strings")
}

pub(super) fn bad_argument(at: Span, name: &str, place: usize, param: &Param, found: &str) -> Diagnostic {
    mismatch(at, format!("argument {place} of `{name}` must be a {}, and this is {found}", param.kinds))
        .with_help(format!("it is its `{}`: {}", param.name, param.ty))
}

pub(super) fn callback_wants_more(at: Span, wants: usize, offered: usize) -> Diagnostic {
    Diagnostic::new(Code::E0400, at, format!("this callback needs {wants} arguments, and gets {offered}"))
        .with_help("give the parameters that nothing is passed for a default")
}

pub(super) fn annotation_mismatch(at: Span, annotation: Span, expected: &str, found: &str) -> Diagnostic {
    mismatch(at, format!("expected {expected}, found {found}"))
        .with_other(annotation, format!("{expected} is what this says"))
}

pub(super) fn interval_mismatch(at: Span, annotation: Span, interval: Interval, value: Value) -> Diagnostic {
    let (lo, hi) = interval.shown();
    mismatch(at, format!("expected a confidence from {} to {}, and {}", number(lo), number(hi), confidence(value)))
        .with_other(annotation, "expected because of this")
}

pub(super) fn wrong_arguments(at: Span, what: &str, (least, most): (usize, Option<usize>), given: usize) -> Diagnostic {
    let count = |count: usize| if count == 1 { "1 argument".to_owned() } else { format!("{count} arguments") };
    let takes = match most {
        Some(most) if most == least => count(least),
        Some(most) => format!("{least} to {}", count(most)),
        None => format!("at least {}", count(least)),
    };
    Diagnostic::new(Code::E0400, at, format!("{what} takes {takes}, and is given {given}"))
}

// Members.

pub(super) fn missing_property(at: Span, name: &str, found: &str, nearest: Option<&str>) -> Diagnostic {
    let fault = Diagnostic::new(Code::W0400, at, format!("`{name}` is no member of {found}, so this is null"));
    match nearest {
        Some(nearest) => fault
            .with_help(format!("did you mean `{nearest}`?"))
            .with_fix(format!("write `{nearest}`"), vec![Edit { span: at, text: nearest.to_owned() }]),
        None => fault.with_help("where it may be missing, give it a value where the object is made, or a default"),
    }
}

pub(super) fn missing_index(at: Span, place: f64, found: &str) -> Diagnostic {
    let message = format!("this {found} has no element {}, so this is null", number(place));
    Diagnostic::new(Code::W0400, at, message).with_help("the first element is 0; `xs.last()` is the last")
}

pub(super) fn possibly_unassigned(name: &Name, at: Span, assigned: Span) -> Diagnostic {
    Diagnostic::new(Code::W0205, at, format!("`{name}` may not have been assigned here, and is null then"))
        .with_other(assigned, "assigned here, but not on every path")
        .with_help(format!("give it a value before: `{name} = …`"))
}

// Branches.

pub(super) fn unreachable_code(at: Span) -> Diagnostic {
    Diagnostic::new(Code::W0300, at, "this is never reached: what stands before always leaves")
        .with_help("remove it, or leave only under a condition")
}

pub(super) fn unreachable_level(at: Span, level: Level, subject: Value, condition: Span) -> Diagnostic {
    let message = match level {
        Level::Default => "`default` never runs: the other blocks take every confidence that can come".to_owned(),
        level => format!("`{}` never runs: {}", level.as_str(), confidence(subject)),
    };
    Diagnostic::new(Code::W0300, at, message)
        .with_other(condition, confidence(subject))
        .with_help("remove the block, or set bounds with `threshold(high, medium)`")
}

pub(super) fn forced_branch(condition: Span, at: Option<Span>) -> Diagnostic {
    Diagnostic::new(
        Code::W0301,
        at.unwrap_or(condition),
        "the condition never carries a confidence, so `high` is always chosen",
    )
    .with_other(condition, "never confident")
    .with_help("use a plain `if` or loop, or attach a confidence: `x ~> 0.8`")
}

pub(super) fn unhandled_level(at: Span, levels: &[Level], subject: Value) -> Diagnostic {
    let names: Vec<_> = levels.iter().map(|level| format!("`{}`", level.as_str())).collect();
    let message = format!("nothing is done for {}, which can come: {}", names.join(" and "), confidence(subject));
    Diagnostic::new(Code::W0302, at, message).with_help("add a block for it, or `default { … }`")
}

// Gates.

pub(super) fn gate_never_passes(at: Span, gate: &str, value: Value, threshold: f64) -> Diagnostic {
    let message = format!("`{gate}` at {} never lets this pass: {}", number(threshold), confidence(value));
    Diagnostic::new(Code::W0303, at, message).with_help("lower the threshold, or drop what never passes")
}

pub(super) fn gate_always_passes(at: Span, gate: &str, value: Value, threshold: f64) -> Diagnostic {
    let message = format!("`{gate}` at {} lets this always pass: {}", number(threshold), confidence(value));
    Diagnostic::new(Code::W0304, at, message).with_help("raise the threshold, or leave the gate out")
}

pub(super) fn confidence_raised(at: Span, operand: Span, had: Interval, number_: Range) -> Diagnostic {
    let hi = number(had.certain().shown().1);
    let message = format!("this raises a confidence of at most {hi} to {} out of nothing", number(round(number_.lo)));
    Diagnostic::new(Code::W0305, at, message)
        .with_other(operand, format!("at most {hi}"))
        .with_help("let the confidence come from what was measured; to begin anew on purpose, write `value(…) ~> c`")
}

// The result.

pub(super) fn low_confidence_result(at: Span, value: Value, promised: f64) -> Diagnostic {
    let message =
        format!("the result never reaches the `@minConfidence` of {}: {}", number(promised), confidence(value));
    Diagnostic::new(Code::W0306, at, message).with_help("lower `@minConfidence`, or give a result that is surer")
}

pub(super) fn dropped_confidence(at: Span, call: bool) -> Diagnostic {
    let message = match call {
        true => "the result leaves its confidence behind: `value(…)` takes it off",
        false => "the result leaves its confidence behind: it is in the answer's `confidence`",
    };
    Diagnostic::new(Code::W0307, at, message).with_help(match call {
        true => "give the value itself",
        false => "attach it: `x.result ~> x.confidence`",
    })
}

// Others.

pub(super) fn non_exhaustive(at: Span, missing: &[String]) -> Diagnostic {
    let message = format!("no arm takes {}, so this is null then", missing.join(" or "));
    Diagnostic::new(Code::W0401, at, message).with_help("add an arm for it, or `_ => …`")
}

pub(super) fn unbounded_dispatch(at: Span) -> Diagnostic {
    Diagnostic::new(Code::W0600, at, "this asks an agent or model in a loop that nothing bounds")
        .with_help("count the turns and stop: `for i = 0; i < 5; i++ { … }`")
}

/// A value's confidence in words.
fn confidence(value: Value) -> String {
    let (lo, hi) = value.confidence.shown();
    if value.ty == Ty::NULL {
        return "it is null".to_owned();
    }
    match (value.confidence.may_be_confident(), lo == hi) {
        (false, _) => "it is plain, which counts as 1".to_owned(),
        (true, true) => format!("its confidence is {}", number(lo)),
        (true, false) => format!("its confidence lies from {} to {}", number(lo), number(hi)),
    }
}

fn round(value: f64) -> f64 {
    (value * 1e12).round() / 1e12
}

fn number(value: f64) -> String {
    ryu_js::Buffer::new().format(value).to_owned()
}
