//! Whatever the text, the resolver ends, does not panic, and what it says fits together.

use super::common::resolve_all;
use prism_compiler::modules::MemoryLoader;
use prism_compiler::pipeline::Resolved;
use prism_compiler::resolve::BodyId;
use proptest::prelude::*;

/// Pieces of programs, whole and half.
const PIECES: &[&str] = &[
    "let",
    "const",
    "a",
    "b",
    "c",
    "_",
    "=",
    "+=",
    "++",
    "1",
    "\"s\"",
    "\"${a}\"",
    "(",
    ")",
    "[",
    "]",
    "{",
    "}",
    ",",
    ";",
    "\n",
    ".",
    "?.",
    ":",
    "=>",
    "...",
    "|>",
    "~|>",
    "~>",
    "~@>",
    "~?>",
    "1.5",
    "fn",
    "function",
    "return",
    "if",
    "else",
    "for",
    "in",
    "while",
    "do",
    "match",
    "try",
    "catch",
    "finally",
    "break",
    "continue",
    "uncertain",
    "high",
    "low",
    "threshold(0.5, 0.8)",
    "parallel",
    "race",
    "until",
    "agent",
    "import",
    "export",
    "default",
    "from",
    "\"./m\"",
    "\"std:math\"",
    "*",
    "as",
    "pattern",
    "input",
    "agents",
    "async",
    "await",
    "max",
    "Math",
    "push",
    "sort",
    "fn f(a, b = a) { a = b }",
    "for let a = 0; a < 1; a++ { b = () => a }",
    "parallel a { b = c(1) }",
    "race a { c } until (answer)",
    "let [a, b = a] = c",
    "x => x + a",
    "{ let a = b }",
    "1 |> parallel a { _ }",
    "const b = 1",
    "export {a, b as c}",
    "export * from \"./m\"",
    "match a { [b, ...c] if b => c }",
];

fn soup() -> impl Strategy<Value = String> {
    prop::collection::vec(prop::sample::select(PIECES), 0..60).prop_map(|pieces| pieces.join(" "))
}

fn check(resolved: &Resolved) {
    for module in &resolved.modules {
        let resolution = &module.resolution;
        let encloses = |outer: BodyId, mut inner: BodyId| loop {
            if inner == outer {
                return true;
            }
            match resolution.body(inner).parent {
                Some(parent) => inner = parent,
                None => return false,
            }
        };
        for (at, body) in resolution.bodies.iter().enumerate() {
            for id in &body.captures {
                let home = resolution.variable(*id).body;
                assert!(home != BodyId(at as u32) && encloses(home, BodyId(at as u32)));
                assert!(resolution.variable(*id).captured);
            }
            assert!(body.implicit.iter().all(|id| resolution.variable(*id).body == BodyId(at as u32)));
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_soup_of_tokens(text in soup(), other in soup()) {
        let loader = MemoryLoader::new().with("m.prism", other).with("main.prism", text.clone());
        check(&resolve_all(&text, &loader, false));
    }

    #[test]
    fn any_text_at_all(text in "\\PC{0,80}") {
        check(&resolve_all(&text, &MemoryLoader::new(), false));
    }
}
