//! Random programs: conformance programs with other blanks, line breaks, comments and names, and made-up ones.

use crate::common::{check, tree};
use crate::corpus::programs;
use prism_compiler::parse::{Token, TokenKind, tokens};
use prism_diagnostics::SourceId;
use proptest::prelude::*;
use std::sync::LazyLock;

/// What may stand between two tokens.
const GAPS: [&str; 14] = [
    "",
    " ",
    "\n",
    "\n\n\n",
    " // behind\n",
    "\n// alone\n",
    "\n\n// after a blank\n\n",
    " /* within */ ",
    "/* close */",
    "\n/* alone */\n",
    "\n /* leads */ ",
    " /* two\n   lines */ ",
    "\n  /*\n   * aligned\n   */\n",
    ";",
];

static PROGRAMS: LazyLock<Vec<String>> = LazyLock::new(|| programs().into_iter().map(|(_, text)| text).collect());

fn program() -> impl Strategy<Value = String> {
    any::<prop::sample::Index>().prop_map(|index| index.get(&PROGRAMS).clone())
}

fn gaps(count: std::ops::Range<usize>) -> impl Strategy<Value = Vec<(prop::sample::Index, usize)>> {
    prop::collection::vec((any::<prop::sample::Index>(), 0..GAPS.len()), count)
}

/// The text with other gaps before some tokens, none of them inside a string.
fn with_gaps(text: &str, gaps: &[(prop::sample::Index, usize)]) -> String {
    let tokens = tokens(SourceId::default(), text).tokens;
    let mut starts: Vec<(usize, usize)> = Vec::new();
    let (mut end, mut strings) = (0, 0);
    for token in &tokens {
        if strings == 0 {
            starts.push((end, token.start as usize));
        }
        end = token.end as usize;
        strings += usize::from(token.kind == TokenKind::TemplateStart);
        strings -= usize::from(token.kind == TokenKind::TemplateEnd);
    }
    let mut chosen: Vec<_> = gaps.iter().map(|(place, gap)| (place.index(starts.len()), *gap)).collect();
    chosen.sort_unstable();
    chosen.dedup_by_key(|(place, _)| *place);
    let mut changed = text.to_owned();
    for (place, gap) in chosen.into_iter().rev() {
        let (from, to) = starts[place];
        // A comment that stands there stays.
        let from = if text[from..to].contains('/') { to } else { from };
        changed.replace_range(from..to, GAPS[gap]);
    }
    changed
}

/// The text with all names made longer.
fn widened(text: &str, by: usize) -> String {
    let names = tokens(SourceId::default(), text).tokens;
    let mut wide = text.to_owned();
    for Token { end, .. } in names.iter().rev().filter(|token| token.kind == TokenKind::Ident) {
        wide.insert_str(*end as usize, &"_long".repeat(by));
    }
    wide
}

/// Where a blank or something in its place may stand in a made-up program.
const GAP: char = '§';

fn expression() -> impl Strategy<Value = String> + Clone {
    const LEAVES: [&str; 13] =
        ["a", "total", "agents", "0", "12.5", "\"text\"", "'plain'", "`b ${a + 1}`", "null", "true", "[]", "{}", "f()"];
    let leaf = prop::sample::select(&LEAVES[..]).prop_map(String::from);
    leaf.prop_recursive(5, 40, 3, |inner| {
        let operator = prop::sample::select(vec![
            "+",
            "-",
            "*",
            "**",
            "~>",
            "~~",
            "&&",
            "||",
            "??",
            "~??",
            "==",
            "<",
            "in",
            "instanceof",
            "|>",
            "~|>",
            "~?>",
            "~||>",
            "~@>",
            "~+",
            "~-",
        ]);
        let prefix = prop::sample::select(vec!["-", "+", "~", "!", "<~", "typeof ", "await "]);
        let access = prop::sample::select(vec![".", "?.", "~."]);
        prop_oneof![
            4 => (inner.clone(), operator, inner.clone()).prop_map(|(a, op, b)| format!("{a}§{op}§{b}")),
            2 => (prefix, inner.clone()).prop_map(|(op, a)| format!("{op}§{a}")),
            2 => inner.clone().prop_map(|a| format!("(§{a}§)")),
            2 => prop::collection::vec(inner.clone(), 0..4).prop_map(|items| format!("[§{}§]", items.join("§,§"))),
            2 => prop::collection::vec(inner.clone(), 0..4).prop_map(|items| {
                let pairs: Vec<_> = items.iter().enumerate().map(|(at, item)| format!("k{at}:§{item}")).collect();
                format!("{{§{}§}}", pairs.join("§,§"))
            }),
            3 => (inner.clone(), access, prop::collection::vec(inner.clone(), 0..3))
                .prop_map(|(a, access, items)| format!("{a}§{access}§method({}§)", items.join(",§"))),
            1 => (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("{a}[§{b}§]")),
            2 => (inner.clone(), inner.clone(), inner.clone()).prop_map(|(a, b, c)| format!("{a}§?§{b}§:§{c}")),
            1 => inner.clone().prop_map(|a| format!("x =>§{a}")),
            1 => inner.clone().prop_map(|a| format!("(x, y = 1) =>§{{§y = 2;§{a}§}}")),
            1 => (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("if (a) {{§{a}§}} else {{§{b}§}}")),
            1 => (inner.clone(), inner.clone())
                .prop_map(|(a, b)| format!("match a {{§1 =>§{a}§,§-1 if {b} => {b}§}}")),
            1 => (inner.clone(), inner).prop_map(|(a, b)| format!("try {{§{a}§}} catch (e) {{§{b}§}}")),
        ]
    })
}

fn statement() -> impl Strategy<Value = String> {
    let value = || expression();
    let leaf = prop_oneof![
        3 => value(),
        2 => value().prop_map(|a| format!("total§=§{a}")),
        1 => (value(), value()).prop_map(|(a, b)| format!("let p = {a}§,§q = {b}")),
        1 => value().prop_map(|a| format!("[p, , q ~> 0.5] =§{a}")),
        1 => Just("n++".to_owned()),
        1 => Just("++n".to_owned()),
    ];
    leaf.prop_recursive(3, 12, 2, |inner| {
        let body = prop_oneof![
            inner.clone(),
            inner.clone().prop_map(|a| format!("{{§{a}§}}")),
            (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("{{§{a}\n{b}§}}")),
            (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("{{§{a};§{b};§}}")),
        ];
        let branches = (expression(), body.clone(), body.clone());
        prop_oneof![
            2 => (expression(), body.clone()).prop_map(|(a, body)| format!("if§({a})§{body}")),
            2 => branches.clone().prop_map(|(a, body, other)| format!("if ({a})§{body}§else§{other}")),
            1 => branches.prop_map(|(a, body, other)| format!("if ({a})§{body};§else§{other}")),
            1 => (expression(), body.clone()).prop_map(|(a, body)| format!("while {a}§{body}")),
            1 => (expression(), body.clone()).prop_map(|(a, body)| format!("for x in {a}§{body}")),
            1 => (expression(), body.clone()).prop_map(|(a, body)| format!("for (let i = 0;§{a};§i++)§{body}")),
            1 => (expression(), body).prop_map(|(a, body)| format!("do {body} while {a}")),
            1 => (expression(), inner).prop_map(|(a, b)| format!("function g() {{§if ({a}) return;§{b}§}}")),
        ]
    })
}

fn made_up() -> impl Strategy<Value = String> {
    let separator = prop::sample::select(vec!["\n", "\n\n", ";\n", "; ", ";"]);
    let statements = prop::collection::vec((statement(), separator), 1..5);
    // Mostly blanks.
    let gap = prop_oneof![6 => Just(1), 2 => Just(2), 2 => 0..GAPS.len() - 1];
    (statements, prop::collection::vec(gap, 1..20), 0..12usize).prop_map(|(statements, gaps, wide)| {
        let text: String =
            statements.into_iter().flat_map(|(statement, separator)| [statement, separator.to_owned()]).collect();
        let mut gaps = gaps.into_iter().cycle();
        let mut filled = String::new();
        for (number, part) in text.split(GAP).enumerate() {
            if number > 0 {
                filled.push_str(gaps.next().map_or(" ", |gap| GAPS[gap]));
            }
            filled.push_str(part);
        }
        widened(&filled, wide / 3)
    })
}

fn holds(text: &str) -> Result<(), TestCaseError> {
    prop_assume!(tree(text).is_some());
    // Widths are the corpus's test: made-up names can be longer than any line.
    check(text).map_err(TestCaseError::fail)?;
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 256,
        max_global_rejects: 100_000,
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn other_gaps(text in program(), gaps in gaps(1..6)) {
        holds(&with_gaps(&text, &gaps))?;
    }

    #[test]
    fn longer_names(text in program(), by in 1..8usize) {
        holds(&widened(&text, by))?;
    }

    #[test]
    fn made_up_programs(text in made_up()) {
        holds(&text)?;
    }
}
