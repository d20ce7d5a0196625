//! Hostile texts: they end in one clear report, quickly, on a small stack.

use prism_compiler::parse::{MAX_BRACKETS, MAX_DEPTH, parse};
use prism_diagnostics::{Code, SourceId};

/// Parses on a stack of 2 MiB, drops the tree there, and gives the codes of what was wrong.
fn codes(text: String) -> Vec<Code> {
    let work = move || {
        let parsed = parse(SourceId(0), &text);
        parsed.diagnostics.iter().map(|fault| fault.code).collect()
    };
    std::thread::Builder::new().stack_size(2 << 20).spawn(work).unwrap().join().unwrap()
}

#[test]
fn nesting_ends_in_one_report() {
    for (before, part) in [
        ("", "("),
        ("", "["),
        ("", "{"),
        ("", "({"),
        ("", "f(x => {"),
        ("", "`${"),
        ("", "\"${"),
        ("let a: ", "("),
        ("", "a => "),
        ("", "if (a) b else "),
        ("", "if a {} else "),
        ("", "a ? "),
        ("", "a ? b : "),
        ("", "a ** "),
        ("a", " + a"),
        ("a", ".b"),
        ("a", "()"),
        ("a", "[0]"),
        ("a", " |> a"),
        ("", "a ~> "),
        ("", "while (a) "),
        ("let a: ", "array<"),
        ("let a: ", "() -> "),
        ("", "match a { b => "),
        ("", "uncertain if a { high { "),
    ] {
        let text = before.to_string() + &part.repeat((1 << 18) / part.len());
        assert_eq!(codes(text), [Code::E0105], "{before}{part}…");
    }
    // Prefix operators without an operand are too deep as soon as there is one.
    for part in ["!", "- ", "await ", "~"] {
        assert_eq!(codes(part.repeat(1 << 16) + "a"), [Code::E0105], "{part}…");
    }
}

#[test]
fn the_deepest_trees_are_fine() {
    let half = MAX_DEPTH as usize / 2 - 20;
    for text in [
        format!("{}a{}", "(".repeat(MAX_BRACKETS), ")".repeat(MAX_BRACKETS)),
        format!("{}a", "a + ".repeat(2 * half)),
        format!("a{}", ".b".repeat(2 * half)),
        format!("{}a", "- ".repeat(2 * half)),
        format!("{}a", "a ** ".repeat(half)),
        format!("{}a", "a => ".repeat(half)),
        format!("{}b", "if (a) b else ".repeat(half)),
    ] {
        assert_eq!(codes(text.clone()), [], "{}", &text[..40]);
    }
}

#[test]
fn breadth_has_no_limit() {
    let many = 20_000;
    for text in [
        format!("[{}]", "1, ".repeat(many)),
        "a = b\n".repeat(many),
        format!("f({})", "x => { x }, ".repeat(many)),
        format!("`{}`", "${a} ".repeat(many)),
        format!("match a {{ {} }}", "1 => 2\n".repeat(many)),
        format!("let a: {}b", "a | ".repeat(many)),
    ] {
        assert_eq!(codes(text.clone()), [], "{}", &text[..20]);
    }
}

#[test]
fn reports_are_bounded() {
    assert!(codes("(]".repeat(1 << 16)).len() <= 3_000);
    assert!(codes("@ ".repeat(1 << 16)).len() <= 3_000);
}
