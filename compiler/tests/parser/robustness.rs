//! Whatever the text: a tree comes out, its places are right, and its nodes are numbered apart.

use crate::corpus;
use prism_compiler::ast::visit::{self, Visitor};
use prism_compiler::ast::*;
use prism_compiler::parse::{TokenKind, is_incomplete, parse, tokens};
use prism_diagnostics::{SourceId, Span};
use proptest::prelude::*;
use proptest::sample::select;
use std::collections::HashSet;

/// Checks that each node lies in the node that holds it.
struct Places<'t> {
    text: &'t str,
    around: Vec<Span>,
}

impl Places<'_> {
    fn inside(&mut self, span: Span, walk: impl FnOnce(&mut Self)) {
        let outer = *self.around.last().unwrap();
        assert!(
            outer.start <= span.start && span.start <= span.end && span.end <= outer.end,
            "{span:?} in {outer:?} of {:?}",
            self.text
        );
        assert!(
            self.text.get(span.start as usize..span.end as usize).is_some(),
            "{span:?} splits a character of {:?}",
            self.text
        );
        self.around.push(span);
        walk(self);
        self.around.pop();
    }
}

impl<'a> Visitor<'a> for Places<'_> {
    fn visit_stmt(&mut self, stmt: &'a Stmt) {
        self.inside(stmt.span, |this| visit::walk_stmt(this, stmt));
    }
    fn visit_block(&mut self, block: &'a Block) {
        self.inside(block.span, |this| visit::walk_block(this, block));
    }
    fn visit_expr(&mut self, expr: &'a Expr) {
        self.inside(expr.span, |this| visit::walk_expr(this, expr));
    }
    fn visit_pattern(&mut self, pattern: &'a Pattern) {
        self.inside(pattern.span, |this| visit::walk_pattern(this, pattern));
    }
    fn visit_function(&mut self, function: &'a Function) {
        self.inside(function.span, |this| visit::walk_function(this, function));
    }
    fn visit_annotation(&mut self, annotation: &'a Annotation) {
        self.inside(annotation.span, |this| visit::walk_annotation(this, annotation));
    }
    fn visit_arm(&mut self, arm: &'a Arm) {
        self.inside(arm.span, |this| visit::walk_arm(this, arm));
    }
}

/// Everything that must hold of any text.
fn check(text: &str) {
    let parsed = parse(SourceId(7), text);
    let whole = parsed.module.span;
    assert_eq!((whole.start, whole.end as usize), (0, text.len()));
    let mut places = Places { text, around: vec![whole] };
    visit::walk_module(&mut places, &parsed.module);
    for fault in &parsed.diagnostics {
        assert!(text.get(fault.span.start as usize..fault.span.end as usize).is_some(), "{fault:?} of {text:?}");
        assert_eq!(fault.span.source, SourceId(7));
    }
    assert!(parsed.diagnostics.is_sorted_by_key(|fault| fault.span.start));

    let shown = format!("{:?}", parsed.module.body);
    let mut seen = HashSet::new();
    for id in shown.split("NodeId(").skip(1).filter_map(|rest| rest.split(')').next()) {
        let id: u32 = id.parse().unwrap();
        assert!(id < parsed.module.node_count, "{id} of {text:?}");
        assert!(seen.insert(id), "{id} twice in {text:?}");
    }

    let lexed = tokens(SourceId(7), text);
    let mut end = 0;
    for token in &lexed.tokens {
        assert!(
            end <= token.start && token.start <= token.end && token.end as usize <= text.len(),
            "{token:?} of {text:?}"
        );
        end = token.end;
    }
    is_incomplete(text);
}

/// Pieces that programs are made of, right and wrong ones.
fn piece() -> impl Strategy<Value = String> {
    let words: Vec<String> = TokenKind::ALL.iter().filter_map(|kind| kind.text()).map(String::from).collect();
    let others = [
        "a",
        "b",
        "_",
        "1",
        "0.5",
        ".5",
        "5.",
        "0x",
        "1__0",
        "\"s\"",
        "'s'",
        "`t`",
        "\"${",
        "`${",
        "```",
        "\"",
        "`",
        "'",
        "\\",
        "@",
        "$",
        "// c\n",
        "/* c */",
        "/*",
        "v1.2.0",
        "é",
        "🚀",
        "a => ",
        "{ a: 1 }",
        "[x] = ",
        "{x} ~> 0.5 = ",
        "if (a) ",
        "else ",
        "for x in ",
        "match a { 1 => ",
        "uncertain if (a) { high {",
        "parallel a {",
        "input { a: ",
        "in context ",
    ];
    let words = words.into_iter().chain(others.map(String::from)).collect::<Vec<_>>();
    let gaps = vec!["", " ", " ", "\n", "\n", "\r\n"];
    (select(words), select(gaps)).prop_map(|(word, gap)| word + gap)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_bytes(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        check(&String::from_utf8_lossy(&bytes));
    }

    #[test]
    fn any_text(text in "[ -~\n\u{e9}\u{1F680}]{0,80}") {
        check(&text);
    }

    #[test]
    fn any_pieces(pieces in proptest::collection::vec(piece(), 0..40)) {
        check(&pieces.concat());
    }

    /// Programs as they are while someone types: a part is missing, twice there, or something is put in.
    #[test]
    fn broken_programs(
        at in any::<proptest::sample::Index>(),
        from in any::<proptest::sample::Index>(),
        length in 0usize..12,
        put in proptest::option::of(piece()),
    ) {
        thread_local!(static TEXTS: Vec<String> = corpus::texts());
        TEXTS.with(|texts| {
            let text = &texts[at.index(texts.len())];
            let chars: Vec<char> = text.chars().collect();
            let from = from.index(chars.len() + 1);
            let to = (from + length).min(chars.len());
            let broken: String = chars[..from].iter().chain(put.unwrap_or_default().chars().collect::<Vec<_>>().iter()).chain(&chars[to..]).collect();
            check(&broken);
        });
    }
}

#[test]
fn the_corpus() {
    for text in corpus::texts() {
        check(&text);
    }
}
