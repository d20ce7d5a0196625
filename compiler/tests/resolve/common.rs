//! What the resolver's tests share: a small library, and texts with what is said of them.

use prism_bytecode::{Catalog, ConfidenceRule, Entry, EntryKind, KindSet, Signature};
use prism_compiler::modules::{Loader, MemoryLoader};
use prism_compiler::pipeline::{Options, Resolved, ResolvedModule, Sources};
use prism_diagnostics::{Diagnostic, SourceMap};

/// A library with a few names of each kind.
pub fn catalog() -> Catalog {
    let signature =
        || Signature::parse("(...v: any) -> any", ConfidenceRule::Own, false).expect("the signature is right");
    let functions =
        ["print", "max", "min", "range", "average", "first", "merge", "vote", "llm", "select", "value", "len"];
    let members = ["Math.max", "Math.floor", "JSON.parse", "intrinsic.offer"];
    let mut entries: Vec<(&str, EntryKind)> = Vec::new();
    entries.extend(functions.iter().chain(&members).map(|path| (*path, EntryKind::Function(signature()))));
    entries.extend(["Math", "JSON", "intrinsic"].map(|path| (path, EntryKind::Namespace(None))));
    entries.push(("Math.PI", EntryKind::Constant(3.0)));
    entries.extend(["array.push", "array.map"].map(|path| (path, EntryKind::Method(KindSet::ARRAY, signature()))));
    let hidden = |path: &str| path.starts_with("intrinsic");
    Catalog::new(
        entries.into_iter().map(|(path, kind)| Entry { path: path.into(), kind, hidden: hidden(path) }).collect(),
    )
}

/// Resolves a program of several modules; `main.prism` is the entry.
pub fn resolve_all(text: &str, loader: &dyn Loader, library: bool) -> Resolved {
    let catalog = catalog();
    let sources = Sources::new("main.prism", text, loader);
    sources.parse(&catalog).resolve(&catalog, &Options { library, ..Options::default() })
}

pub fn compile_with(text: &str, library: bool) -> Vec<Diagnostic> {
    sorted(resolve_all(text, &MemoryLoader::new(), library).diagnostics)
}

/// What is said of a text, in order.
pub fn diagnose(text: &str) -> Vec<Diagnostic> {
    compile_with(text, false)
}

/// A text without errors, resolved.
pub fn resolved(text: &str) -> ResolvedModule {
    let mut resolved = resolve_all(text, &MemoryLoader::new(), false);
    assert!(!resolved.diagnostics.iter().any(Diagnostic::is_error), "{text}: {:?}", resolved.diagnostics);
    resolved.modules.pop().expect("the entry is there")
}

fn sorted(mut diagnostics: Vec<Diagnostic>) -> Vec<Diagnostic> {
    diagnostics.sort_by_key(|fault| (fault.span, fault.code));
    diagnostics
}

/// Each line of the text, with what is said of it under it.
pub fn show(text: &str) -> String {
    let resolved = resolve_all(text, &MemoryLoader::new(), false);
    let faults = sorted(resolved.diagnostics);
    let mut shown = String::new();
    for (at, line) in text.lines().enumerate() {
        shown.push_str(line);
        shown.push('\n');
        for fault in faults.iter().filter(|fault| resolved.sources.position(fault.span).line as usize == at + 1) {
            shown.push_str(&describe(fault, &resolved.sources));
        }
    }
    shown
}

/// A fault in one line, indented to its place.
pub fn describe(fault: &Diagnostic, sources: &SourceMap) -> String {
    let place = sources.position(fault.span);
    let indent = " ".repeat(place.column as usize - 1);
    let mut text = format!("{indent}^ {} {}: {}", fault.code, fault.code.rule(), fault.message);
    for label in &fault.labels {
        text.push_str(&format!("; {}: {}", sources.position(label.span).line, label.text));
    }
    if let Some(help) = &fault.help {
        text.push_str(&format!(" ({help})"));
    }
    text.push('\n');
    text
}
