//! What a function can't hold is reported; what only looks too long is lowered another way.

use super::{compile_text, program};
use prism_diagnostics::Code;

/// Compiles a text that may be nested deep.
#[track_caller]
fn is_too_large(text: &str) {
    let compilation = compile_text(text);
    assert!(compilation.program.is_none());
    let codes: Vec<_> =
        compilation.diagnostics.iter().filter(|fault| fault.is_error()).map(|fault| fault.code).collect();
    assert_eq!(codes, [Code::E0107]);
}

/// So many copies of a text, with something between them.
fn repeated(text: &str, count: usize, between: &str) -> String {
    vec![text; count].join(between)
}

#[test]
fn long_literals_and_calls_are_no_limit() {
    let items = repeated("1", 1000, ", ");
    let pairs = (0..1000).map(|at| format!("k{at}: {at}")).collect::<Vec<_>>().join(", ");
    let holes = repeated("${len}", 1000, " ");
    for text in [
        format!("[{items}]"),
        format!("x = {{{pairs}}}\nx"),
        format!("\"{holes}\""),
        format!("max({items})"),
        format!("xs = []\nxs.push({items})"),
        format!("o = {{xs: []}}\no.xs.push({items})\no.f({items})"),
        format!("f = (...xs) => xs\nf({items})"),
    ] {
        program(compile_text(&text), &text[..40]);
    }
}

#[test]
fn more_variables_than_registers_are_too_much() {
    let names = (0..70_000).map(|at| format!("let v{at} = {at}\n")).collect::<String>();
    is_too_large(&names);
}

#[test]
fn more_names_than_an_operand_can_say_are_too_much() {
    let reads = repeated("o.a", 70_000, "\n");
    is_too_large(&format!("let o = {{a: 1}}\n{reads}"));
}

#[test]
fn a_path_longer_than_a_window_is_too_much() {
    is_too_large(&format!("let o = JSON.parse(\"{{}}\")\no{} = 1", ".a".repeat(300)));
}

#[test]
fn deep_nesting_needs_no_deep_stack() {
    let depth = 200;
    let text = format!("x = {}1{}\nx", "(1 + ".repeat(depth), ")".repeat(depth));
    let lowered = std::thread::Builder::new().stack_size(256 << 10).spawn(move || program(compile_text(&text), "deep"));
    lowered.expect("the thread starts").join().expect("the text is lowered");
}
