//! Programs beside their bytecode. A golden that changes on purpose is reviewed as the diff of what was emitted, and
//! taken over with `INSTA_UPDATE=always`.

use super::{catalog::catalog, compile_text, program};
use insta::assert_snapshot;
use prism_bytecode::{Program, disassemble};
use prism_compiler::modules::MemoryLoader;
use prism_compiler::pipeline::{Options, Sources, compile};

/// A text and its bytecode, without the places that instructions stand for.
fn listing(text: &str) -> String {
    format!("{text}\n---\n{}", bytecode(&program(compile_text(text), text)))
}

fn bytecode(program: &Program) -> String {
    let listing = disassemble(program, catalog());
    listing
        .lines()
        .map(|line| line.rsplit_once(" ; ").map_or(line, |(code, _)| code.trim_end()).to_owned() + "\n")
        .collect()
}

/// Each instruction of a text's top level with the piece of text that it stands for.
fn places(text: &str) -> String {
    let program = program(compile_text(text), text);
    let main =
        program.modules.last().and_then(|module| program.function(module.function)).expect("there is a top level");
    let mut out = format!("{text}\n---\n");
    for (instr, span) in main.code.iter().zip(&main.spans) {
        let piece = text.get(span.start as usize..span.end as usize).unwrap_or("?");
        out += &format!("{:<16} {}\n", instr.op.as_str(), piece.replace('\n', "⏎"));
    }
    out
}

macro_rules! goldens {
    ($($name:ident $text:literal)*) => {
        $(#[test]
        fn $name() {
            assert_snapshot!(stringify!($name), listing($text));
        })*
    };
}

goldens! {
    recursion_needs_no_capture
"function fib(n) { n < 2 ? n : fib(n - 1) + fib(n - 2) }
fib(20)"

    operands_stay_in_registers_unless_updated
"let xs = [1, 2]
let a = 3
[a + a * 2, xs == xs.push(4), { a = 5; a } + a, a + { a = 6; a }]"

    lazy_operators
"let a = null
a ?? 1
a ~?? 2
a = a && a.b || 3
let c = a ~? 4 : 5
c ~@> 0.5 + 0.25
c ~@> print(c)"

    conditions_jump
"function f(a, b, c) {
  if (!(a && b) || c > 1) { return 1 } else if (true) { return 2 }
}"

    members_and_chains
"let o = {a: {b: [1]}}
let v = o.a.b[0]
let w = o?.a.b?.first(v).c
Math.max(Math.PI, o[\"a\"].b.length)"

    calls
"let o = {}
let f = (...xs) => xs
f(1, ...o.xs, 2)
o.m(1, name: 2, other: 3)
o.m(...f())
print(o)
select(capabilities: [\"review\"])
Number(\"1\")
(x => x)(f)"

    literals
"let o = {a: 1, b: 2, a: 3}
[-1, 1.5, -0, 1e10, \"${o} and ${1}\", [...o.xs, 4], {...o, c: 5}, {}, []]"

    updates_of_registers
"let xs = []
xs.push(1)
let last = xs.pop()
xs.sort().reverse()
xs.sort((a, b) => b - a)
xs.push(...xs)
function grow(list) { list.push(1) }"

    updates_of_paths
"let o = {list: [], at: {}}
o.list.push(1)
o.at[o.list.pop()].fill(0)
o?.list?.shift()
const f = () => o.list.push(2)"

    assignments
"let o = {n: 0, list: [[1]]}
let x = 1
x = x * 2
x += o.n
x++
o.n = x
o.n += 2
o[\"n\"]--
o.list[0][x] = o
[x, y] = [o.n, x]
(() => { x = 3; o.n = x })()"

    destructuring
"let {a, b: [c, , d = 2], ...others} = {a: 1, b: [2]}
let [e ~> 0.9, {f} = {f: 3}, ...rest] ~> 0.5 = [a]
[c, d] = [d, c]
({a, b = a}, ...[last]) => [a, b, last]"

    matching
"function kind(v) {
  match v {
    0 => \"zero\"
    null => \"nothing\"
    [x, ...more] ~> 0.8 if x > 0 => more
    [_, [y]] => y
    {kind: \"k\", n = 2, ...others} => { n = n + 1; others }
    {} => \"object\"
    n ~> 0.5 => n
  }
}"

    parameters
"function f(a, b = a * 2, {c, d = b} = {}, ...rest) { [a, b, c, d, rest] }
fn g(list, add = x => list.push(x)) { add }
let pair = ([a, f = () => a]) => f
h = (x?: number) => x"

    closures_share_what_changes
"let count = 0
const step = 2
const next = () => { count += step }
const early = () => late
let late = 1
function even(n) { n == 0 || odd(n - 1) }
function odd(n) { n > 0 && even(n - 1) }
const down = n => n == 0 ? [] : [n].map(m => down(m - 1))
[next, early, even, down]"

    closures_of_loops_are_fresh
"let fs = []
for let i = 0; i < 3; i++ { fs.push(() => i) }
for item, at in fs { let twice = at * 2; fs.push(() => item == twice) }
while fs.length < 9 { let seen = fs.length; fs.push(() => { seen = seen + 1 }) }"

    loops_and_their_values
"function last(xs) { for x in xs { if (x == 1) { continue } x } }
function count(n) { while true { n = n - 1; if (n < 0) { break } } }
let n = 0
do { n++ } while (n < 3)
for ;; { n++; if (n > 9) { break } }"

    levels
"function f(x) { uncertain if (x) { high { 1 } medium { 2 } low { 3 } default { 4 } } }
function g(x) { uncertain if (x) threshold(0.9, x) { medium { 1 } default { 2 } } }
let n = 3
uncertain while (n > 0) { high { n = n - 1 } low { continue } }
uncertain for let i = 0; i < 3; i++ { default { print(i) } }"

    ways_out_through_finally
"function f(xs) {
  for x in xs {
    try {
      if (x == 1) { continue }
      if (x == 2) { break }
      if (x == 3) { return x }
      throw x
    } catch ({message}) { print(message) }
    finally { print(x) }
  }
}
function g(n) { try { return n } finally { n = 2 } }
let v = try { g(1) } catch { 2 }
v = try { g(v) } finally { v = 3 }
in context claims { g(v) }"

    pipelines
"let xs = [1, 2]
xs |> map(x => x * 2) |> _.filter(x => x > 1) |> print
xs ~|> [_, _] |> xs.concat(3)
1 |> xs.push(2)
2 |> (x => x + 1)"

    agents
"agents { bot: Agent { capability: \"code\" } }
team = select(min: 2)
answers = parallel team timeout(100) min_results(1) { classify(\"a\", ...team); return agent.ask(\"b\") }
race team { llm(\"c\") } until (answer ~?> 0.7)
parallel { left: bot.x(), right: team }
\"text\" |> parallel team { review(_) }"

    functions_with_a_confidence
"function f() ~> 0.8 { f() + g() }
function g() { f }
const h = (function () ~> 0.5 { 1 })
async function k(x) { await x }"

    a_pattern_is_the_result
"function rate(kg) { kg * 2 }
pattern price v1.0.0 {
  input { kg: number required }
  total = rate(input.kg)
  if (total > 9) { return total with warning }
  return total with { note: agentCount }
}
fn unused() { 1 }"
}

const LIBRARY: &str = "\
export let limit = 1
export const f = () => limit++
if (limit > 2) { return 0 }
export late = 3
export let rate = x => x
export default limit + 1
export {late as later}";
const IMPORTER: &str = "\
import lib, {rate as r} from \"./lib.prism\"
import * as all from \"./lib.prism\"
[lib, r, all.rate(1), all]";
const FAILING: &str = "\
let o = {a: {b: x => x}}
let n = o.a.b(1) + o.missing.deep
n |> o.a.b() |> print
[p, [q]] = n
o.a.list.push(n / 0)
for x in n { throw x }
o.a = -n";

#[test]
fn exports_are_set_on_every_way_out() {
    let loader = MemoryLoader::new().with("lib.prism", LIBRARY);
    let compiled = compile(Sources::new("main.prism", IMPORTER, &loader), catalog(), &Options::default());
    let listing = bytecode(&program(compiled, "the modules"));
    assert_snapshot!("exports_are_set_on_every_way_out", format!("{LIBRARY}\n---\n{IMPORTER}\n---\n{listing}"));
}

#[test]
fn instructions_stand_for_the_expression_that_fails_with_them() {
    assert_snapshot!("instructions_stand_for_the_expression_that_fails_with_them", places(FAILING));
}
