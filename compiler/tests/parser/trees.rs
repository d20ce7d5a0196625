//! Texts and their trees.

use crate::tree;

/// Shows each text with its tree.
fn show(texts: &[&str]) -> String {
    texts.iter().map(|text| format!("{text}\n--\n{}\n", tree(text))).collect::<Vec<_>>().join("\n==\n")
}

#[test]
fn operators() {
    insta::assert_snapshot!(show(&[
        "a + b * c ** d ** e - f",
        "a ~> 0.5 ~> 0.6 + 1 |> f ~|> g ~?> 0.5",
        "a ? b : c ? d : e",
        "-2 ** 2; !a.b(c)[d]~.e?.f; ~-x; ~~x; ~+x; - -x; <~ x; typeof await x; ~ -x; !<~x",
        "y~-1; 5~>=3; x~?>0.5; a ~||> b ~|| c; a?.b ? c : d",
        "2 * -x + !y",
        "xs |> _.map(r => r + 1) |> f(_, 2) |> g",
        "f = x => y => x + y |> g",
        "5 |> x => x + 1 |> h",
        "5 |> x => { x } |> h",
        "(a)(b)[c].d",
        "x in y instanceof z",
    ]));
}

#[test]
fn lines() {
    insta::assert_snapshot!(show(&[
        "a = b\n(c)",
        "a = b\n[c]",
        "a = b\n`c`",
        "a = b\n++c\n--d",
        "a = b\n!c\n<~d\n~e",
        "a = b\n-c",
        "a = b\n~> 0.5\n~+ d\n~~ e",
        "a\n  .b\n  ?.c\n  ~.d",
        "a\n  // comment\n  |> b",
        "a = b\n\"c\"\n3\ntrue",
        "a\nin b",
        "a\ninstanceof b",
        "x = \"k\"\nin context c { d }",
        "f(\n  a\n  (b),\n  c\n  [d]\n)",
        "[x => {\n  a\n  [b]\n}]",
        "o = {\n  a: b\n    (c),\n  d: e\n}",
        "return\n  a",
        "{ return }\na",
        "if (a) { b }\n-c",
        "x = if (a) { b } else { c }\n-d",
        "fn f() { a }\n[b]",
        "x = fn () { a }\n(b)",
        "x => { a }\n(b)",
        "let a = 1; let b = 2 let c = a function f() { } c = 3",
        ";;a;;b;",
        "if (a) { b }\n// c\nelse { d }\nelse_()",
        "try { a }\ncatch { b }\nfinally\n{ c }",
        "do { a }\nwhile (b)\nwhile (c) { d }",
    ]));
}

#[test]
fn braces() {
    insta::assert_snapshot!(show(&[
        "{ a }\n{ a, b }\n{ a: 1 }.a\n{}\n{ ...a }\n{ if: 1 }\n{ \"k\": 1 }\n{ let y = 3; y }\n{ 3: a }",
        "x = { a }\ny = { a + 1 }\nz = {}\nw = { a; b }\nv = { a, b }\nu = { f(a) }",
        "x => {}\nx => { a }\nx => { a: 1 }\nx => { ...a }\nx => { \"k\": 1 }\nx => ({ a, b })\nx => { { a: x } }",
        "{a} = o\n{a, b: c} = o\n{a} ~> t.u * 2 = o\n{ a = 5 }\n{ a = 5, b } = o",
        "f({ a }, { a + 1 }, x => { a })",
        "\"${ { a } } ${ { a * 2 } }\"",
        "return { a: 1 }",
    ]));
}

#[test]
fn headers() {
    insta::assert_snapshot!(show(&[
        "if (a) b else c",
        "if (a) -1 else 2",
        "if (a) - 1 > 0 { b }",
        "if (a) && (b) { c } else if d { e } else f",
        "if (a) [x, y] = [y, x]",
        "if (a) (b)(c)",
        "if (a) (b) { c }",
        "if (a)\n(b)",
        "if (a) ++b",
        "if (a).b { c }",
        "if (a) return else break",
        "if (a) b; else c",
        "x = if (a) 1 else 2 + 3",
        "x = if a { 1 } else { 2 } + 3",
        "f(if (a) 1 else 2, b)",
        "while x < {a: 1}.a { x++ }",
        "while (a)\n  b\nc",
        "while a b = 1",
        "do a = 1; while (b)",
        "do { a } while b\nc",
        "for ;; { break }",
        "for i = 0; i < 3; { i++ }",
        "for let i = 0, j = 1; i < j; [i, j] = [j, i] { a }",
        "for (i = 0; (\"k\" in o); i++) f(i)",
        "for a in b { c }",
        "for a, i in b { c }",
        "for (const {k, v = 1}, i in rows) { k }",
        "for [a, b] ~> 0.8 in xs { a }",
        "for x in xs y = x",
        "for x in if a { xs } else { ys } { x }",
        "for x in match a { b => xs } { x }",
        "uncertain if (x) { high { a } medium { b } low { c } default { d } }",
        "uncertain if x threshold(0.8, 0.5) { high { a } }",
        "uncertain while (x) threshold(0.8, 0.5,) { low {} }",
        "uncertain for let i = 0; i < x; i++ { medium { a } }",
        "x = uncertain if (y) { high { 1 } } ?? 2",
        "x = try { a } catch ({message}) { b } ?? c",
        "match if a { b } else { c } { d => e }",
    ]));
}

#[test]
fn patterns() {
    insta::assert_snapshot!(show(&[
        "let [a, , b = 2, ...rest] ~> 0.8 = xs, {x ~> 0.9 = d, y: [z], \"k y\": w, 1: q, if: r, ...others} = o",
        "let [], {} = a",
        "let [_, [b = {c: 1}.c]] = xs",
        "[a, b] ~> 0.8 = xs\nx ~> 0.5 = y\n[a,] = b",
        "({a, b: [c]}, [d] = [1], ...[e]) => a",
        "match v { 1 => \"one\", -1 => a, \"a\" => b, null => c, true => d, _ => e }",
        "match v {\n  [x, ...r] if x > 0 => x\n  {kind: \"k\", n} => {n: n}\n  {a: {b ~> 0.5}, c = 3} ~> 0.8 => { c }\n  p ~> 0.8 => p++\n}",
        "match v { x if f(y => y > 1) => y => y, z => [a, b] = z, w => w = 1 }",
        "match v {\n  [] => 1\n  {} => 2\n  [[a]] => 3\n}",
        "match a { b => match c { d => e } f => g }",
    ]));
}

#[test]
fn functions() {
    insta::assert_snapshot!(show(&[
        "function f(a, b = 1, ...rest) { a }",
        "fn f() ~> 0.8 { { x } }",
        "async fn f() { await g() }",
        "x = [fn (a) { a }, async function () { 1 }, async x => x, async (x) => { x }]",
        "() => {}; _ => 1; (a, b,) => a",
        "() => x = 1; () => n++; () => --n; () => [a, b] = c",
        "f(a, ...b, min: 1, \"k\": 2,)",
        "(x => x)(1)",
        "xs.map(x => x * 2).filter(x => { x }).length",
    ]));
}

#[test]
fn annotations() {
    insta::assert_snapshot!(show(&[
        "let x: number = 1, y: array<string | null>, z: [{a: number, b?: \"x\" | -1 | true}] = q",
        "fn f(a: string, b?: number, ...c: array<number>): {ok: boolean} ~ [0.5, 1] { a }",
        "fn f(): array<number> { x }",
        "let xs: array<number>\nprint(xs)\nlet m: array<array<number>>\n[a] = m\nlet t: task<string | null> | null\nb",
        "fn f(): function { g }\n+1\nlet h: (number) -> function\nh = f\nlet k: function = c\n{ d }",
        "fn f(): {call: function, of?: [function]} { g }\n+1",
        "fn f(g: function = x => { y }, ...h: function | null) ~> 0.8: function { g }\n+1",
        "f = (): ```a``` => 1\ng = (x): function => { y }\nh = (): task<{a: \"b\" | -1}> ~ [0.5, 1] => z",
        "fn f(a = c ? b : {x: 1}, d: {x: number} = {x: 1}) { a }",
        "c ? fn(): array<number> { 1 } : (d)\nlet x: number\n~y",
        "for let i: number = 0; i < 1; i++ { a }\nfor (let i: array<number> = []; i; i = b) { c ? d : e }",
        "let g: (number, () -> any) -> task<T> = h",
        "let g: (number | string) ~ [0, 1] = h, i: ~ [0.5, 1] = 2",
        "(a: number): string => a",
        "f((a): {x?: number} | null => a)",
        "c ? (a) : b => x",
        "(a, b?: number = 2) => a",
    ]));
}

#[test]
fn agents() {
    insta::assert_snapshot!(show(&[
        "parallel crew timeout(30) min_results(2) { agent.f() } |> vote",
        "x = parallel select(a: 1) { f() }\n  .map(g)",
        "parallel a.b.c { d }",
        "parallel { a: f(), if: g() }",
        "race crew timeout(5) { f() } until (answer ~?> 0.7)",
        "race crew { f() }\nuntil(3)",
        "sequential { a; b }",
        "parallel = [1]; race = parallel; parallel.x; race(3); sequential(4)",
        "if parallel { a }\nwhile race { b }\nif sequential { c }",
        "for x in parallel crew { f() } { x }",
        "agents { a: Agent { capability: \"x\" }, b: Agent { capability: \"y\" n: 2 } }\nagents.x = 1\nagents = [1]",
        "in context review { a }\ncontext.x\n\"k\" in context",
        "pattern p v1.2.0-beta {\n  input { text: string required max_length(1000)  options: { deep: boolean default(false) } optional, xs: [[number]] }\n  expects { a: any }\n  return 1\n}",
        "pattern q v2 { input.a }",
        "pattern = \"a+\"\npattern.test(x)",
        "fn f() {\n  return x with warning \"text\"\n  return x with { a: 1 }\n  return x with warning\n  return with\n}",
    ]));
}

#[test]
fn modules() {
    insta::assert_snapshot!(show(&[
        "import d, {a, b as c} from \"./m\"\nimport * as ns from \"std:x\"\nimport e from 'y'\nimport f, * as g from \"z\"",
        "import {\n  a,\n  default as b,\n}\nfrom \"./m\"\nimport from from \"n\"",
        "export {a, b as c} from \"z\"\nexport {q}\nfrom = 3\nexport * from \"w\"\nexport * as v from \"u\"",
        "export default {a: 1}\nexport default function f() {}\n-x",
        "export {a}; x = parallel xs { b }\nexport {c} y = race xs { d }\nimport {parallel} from \"z\"; parallel xs { e }",
        "export {a} = parallel xs { b }\nexport {c} ~> 0.8 = race xs { d }\nexport {e}\nparallel xs { f }",
        "export let x = 1\nexport y = 2\nexport {a, b} = f()\nexport async fn g() { 1 }\nexport [c] = d",
    ]));
}
