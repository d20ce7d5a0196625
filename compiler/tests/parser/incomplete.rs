//! Whether a text wants more lines.

use prism_compiler::parse::is_incomplete;

#[test]
fn incomplete() {
    for text in [
        "fn f(a) {",
        "f(1,",
        "[1, 2",
        "let x =",
        "let",
        "1 +",
        "x |>",
        "x =>",
        "if (a)",
        "if a {",
        "if (a) { b } else",
        "while x",
        "for i in",
        "for i = 0;",
        "`text over",
        "```raw",
        "\"a ${",
        "\"a ${b(",
        "/* comment",
        "try { a }",
        "do { a }",
        "match v",
        "match v { 1 =>",
        "uncertain if (x)",
        "import {a} from",
        "a ? b",
        "{ a: 1,",
        "f(x => {\n  let y = 1",
        "throw",
        "a.",
        "let x: ",
        "function",
    ] {
        assert!(is_incomplete(text), "{text}");
        assert!(is_incomplete(&format!("let before = 1\n{text}\n")), "{text}");
    }
}

#[test]
fn complete_or_wrong() {
    for text in [
        "",
        "\n",
        "// comment",
        "a",
        "fn f(a) { a }",
        "if (a) { b }",
        "return",
        "let x",
        "x = \"}\"",
        // Wrong, and no further line can mend it.
        "\"open",
        "f(1 2)",
        "[1 2]\n{",
        "a)",
        "let = 5\nfn f() {",
        "a @",
        "1__0 +",
        "x = = 3",
        "else {",
    ] {
        assert!(!is_incomplete(text), "{text}");
    }
}
