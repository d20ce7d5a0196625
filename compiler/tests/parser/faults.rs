//! Faulty texts and what is said about them. Each fault is told once, where it is, with a way out.

use crate::{sexpr, told};
use prism_compiler::parse::parse;
use prism_diagnostics::SourceId;

/// Shows each text with what is said about it and the tree that is left.
fn show(texts: &[&str]) -> String {
    let shown = texts.iter().map(|text| {
        let parsed = parse(SourceId(0), text);
        assert!(!parsed.diagnostics.is_empty(), "{text} is right");
        format!("{text}\n--\n{}{}\n", told(text, &parsed.diagnostics), sexpr::module(&parsed.module))
    });
    shown.collect::<Vec<_>>().join("\n==\n")
}

#[test]
fn three_at_once() {
    insta::assert_snapshot!(show(&[
        "let ready = 3\nlet = 5\nprint(ready)\nlet _sum = (1 + )\nprint(ready + 1)\nlet _row = {name: }\nprint(\"done\")",
        "fn area(w, h) {\n  let = w\n  return w * h\n}\nfn ring(r) {\n  return (r + ) * 2\n}\nprint(area(2 3), ring(1))",
    ]));
}

#[test]
fn brackets() {
    insta::assert_snapshot!(show(&[
        "fn f() {\n  if (x) {\n    a\n  b\n}\nfn g() { c }",
        "fn f() {\n  xs.map(x => {\n    y\n  )\n  z\n}",
        "foo(1, 2\nlet z = 3",
        "fn f( {\n  a\n}\ng()",
        "print(a]\nprint(b)",
        "print(a))\nprint(b)",
        "f(x => { a) })",
        "a }\nb",
        "x = [1, (2]\ny",
        "if (a) {\n  b\n",
        "let o = {a: 1\nlet p = 2",
    ]));
}

#[test]
fn strings_and_comments() {
    insta::assert_snapshot!(show(&[
        "s = \"hello there",
        "s = \"first\nsecond\"\nt = 3",
        "s = 'it\nt = 3",
        "s = \"hello ${name\"\nt = 3",
        "s = \"hello ${name",
        "s = \"a ${} b ${ /* none */ }\"",
        "s = `never\nended",
        "s = ```raw ${ a",
        "a\n/* never ended",
        "s = \"\\x4 \\u{110000} \\ud83d\"",
    ]));
}

#[test]
fn numbers() {
    insta::assert_snapshot!(show(&["x = .5", "x = a.5", "x = 5.", "x = 1__0", "x = 12px", "x = 3e", "x = 0x"]));
}

#[test]
fn blocks_and_objects() {
    insta::assert_snapshot!(show(&[
        "w = x => {a, b}",
        "if (on) { a: 1, b: 2 }",
        "{a: 1,, b: 2}",
        "x = {a: 1 b: 2}",
        "x = {a, b = 1}",
        "x = {if, a}",
    ]));
}

#[test]
fn operators() {
    insta::assert_snapshot!(show(&[
        "a ~> b < c && d ~> e ?? f",
        "x = 5--2",
        "5--2",
        "n--1",
        "a<~b",
        "x = (a<~b)",
        "x = a | b",
        "x = y++ + 1",
        "x instanceof \"integer\"",
        "match v { 1 => 2 }\n.foo",
        "if (a) { b }\n|> c",
        "x = a ? b",
    ]));
}

#[test]
fn assignments() {
    insta::assert_snapshot!(show(&[
        "if (a = 2) { b }",
        "x = y = 3",
        "f(a = 1)",
        "total + 1 = 5",
        "user().name = 3",
        "a?.b += 1",
        "undefined = 3",
        "while = 3",
        "[a, 1] = b",
        "[...a, b] = c",
        "++f()",
    ]));
}

#[test]
fn names() {
    insta::assert_snapshot!(show(&[
        "let while = 3",
        "let\nconst x = 1",
        "function handle(catch) { 1 }",
        "a.",
        "let $total = 1",
        "fn 3() { }",
    ]));
}

#[test]
fn statements() {
    insta::assert_snapshot!(show(&[
        "x = \nlet y = 3",
        "else { a }",
        "try { a }\nb",
        "catch (e) {}",
        "if a\nb",
        "while x\n  y",
        "for i = 0, j = 1; i < j; i++ { a }",
        "for x { a }",
        "for x of xs { a }",
        "for (const [x, y] of xs) { a }",
        "uncertain for x in xs { high { a } }",
        "for i = 0 i < 1; i++ { a }",
        "for x in \"k\" in o { a }",
        "x = while a { b }",
        "x => return 5",
        "match v",
        "match v { 1 2, 3 => 4 }",
        "match v {\n  1 => 2\n  (x)\n  3 => 4\n}",
        "uncertain if (x) { high { a } foo { b } }",
        "uncertain if (x) { hgih { a } low { b } }",
        "uncertain if (x) { high a }",
        "race crew { a } until answer",
        "parallel crew",
        "f(min: 1, 5)",
        "x = [1, , 3]",
        "x = [\n  1\n  2\n]",
    ]));
}

#[test]
fn declarations() {
    insta::assert_snapshot!(show(&[
        "fn page(size = 10, title) { size }",
        "fn f(...a, b) { a }",
        "fn f(...a = []) { a }",
        "fn f(a?: number, b) { a }",
        "fn f a { a }",
        "fn f(a)\na",
        "let x: = 3",
        "let x:\nlet y = 1",
        "fn f(): { a }",
        "fn f(): { return \"${a}\" }\nb",
        "x = (a): => b",
        "let x: array<number = 3",
        "let x: number ~ 0.5 = 3",
        "import {if} from \"x\"",
        "import from \"x\"",
        "import a b from \"x\"",
        "import {a} from x",
        "if (a) { import b from \"x\" }",
        "export foo()",
        "pattern p { input { a string } 1 }",
        "pattern p { a; input { a: string } }",
        "in context { a }",
        "agents { a: Agnt { } }",
    ]));
}
