//! Text to syntax tree, through the parser's public face.

mod corpus;
mod faults;
mod incomplete;
mod lexer;
mod limits;
mod metadata;
mod operators;
mod robustness;
mod sexpr;
mod trees;

use prism_compiler::parse::{Parsed, parse};
use prism_diagnostics::{Diagnostic, SourceId, SourceMap};

/// Reads a text that is expected to be right, and shows its tree.
fn tree(text: &str) -> String {
    let Parsed { module, diagnostics } = parse(SourceId(0), text);
    assert!(diagnostics.is_empty(), "{text}\n{}", told(text, &diagnostics));
    sexpr::module(&module)
}

/// Diagnostics as text: code, place, message, help.
fn told(text: &str, diagnostics: &[Diagnostic]) -> String {
    let mut sources = SourceMap::new();
    sources.add("text", text);
    let mut out = String::new();
    for diagnostic in diagnostics {
        let (start, end) = (sources.position(diagnostic.span), sources.end_position(diagnostic.span));
        out += &format!("{} {}:{}", diagnostic.code, start.line, start.column);
        if start != end {
            out += &format!("-{}:{}", end.line, end.column);
        }
        out += &format!(" {}\n", diagnostic.message);
        for label in &diagnostic.labels {
            let place = sources.position(label.span);
            out += &format!("    at {}:{}: {}\n", place.line, place.column, label.text);
        }
        if let Some(help) = &diagnostic.help {
            out += &format!("    help: {help}\n");
        }
    }
    out
}
