//! Output (STDLIB L7): `print` and `console`.

use crate::arguments::Given;
use crate::registration::Body::Native as Rust;
use crate::registration::{Example, Registration};
use prism_bytecode::ConfidenceRule::Own;
use prism_vm::native::{Native, NativeFn};
use prism_vm::runtime::{BoundedText, Stream, TEXT_STEP};
use prism_vm::value::Value;

const fn printing(path: &'static str, body: NativeFn, doc: &'static str, examples: &'static [Example]) -> Registration {
    // `Own`, though the result is never confident: arguments are shown with their confidence.
    Registration::function(path, "(...v: any) -> null", Own, Rust(body), doc, examples)
}

/// `print` and `console`.
pub const FUNCTIONS: &[Registration] = &[
    Registration::namespace("console", "Output, as JavaScript's.", &[("typeof console", "object")]),
    printing(
        "print",
        |native| line(native, Stream::Out, ""),
        "Prints the displays of its arguments in a line, a blank between them, a confident one as 42 ~> 0.90. Gives null.",
        &[("print(\"total\", 3)", "null")],
    ),
    printing("console.log", |native| line(native, Stream::Out, ""), "As print.", &[("console.log(1)", "null")]),
    printing("console.info", |native| line(native, Stream::Out, ""), "As print.", &[("console.info(1)", "null")]),
    printing(
        "console.debug",
        |native| line(native, Stream::Out, "[DEBUG]"),
        "As print, after the word [DEBUG].",
        &[("console.debug(1)", "null")],
    ),
    printing(
        "console.warn",
        |native| line(native, Stream::Err, ""),
        "As print, to standard error.",
        &[("console.warn(1)", "null")],
    ),
    printing(
        "console.error",
        |native| line(native, Stream::Err, ""),
        "As print, to standard error.",
        &[("console.error(1)", "null")],
    ),
];

fn line(native: &mut Native, stream: Stream, before: &str) -> Given {
    let mut line = BoundedText::default();
    line.push(before)?;
    for at in 0..native.given() {
        if !before.is_empty() || at > 0 {
            line.push(" ")?;
        }
        let value = native.settled(native.argument(at))?;
        let start = line.as_str().len();
        line.push_printed(native.runtime, &value)?;
        native.runtime.take_fuel(1 + ((line.as_str().len() - start) / TEXT_STEP) as u64)?;
    }
    native.runtime.print(stream, line.into_text())?;
    Ok(Value::NULL)
}
