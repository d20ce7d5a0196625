//! How fast the front end is: lexer, parser, resolver and checker over a generated corpus of realistic programs.
//!
//! ```sh
//! cargo run --release -p prism-engine --example front_end [LINES]
//! ```
//!
//! Prints an object: how large the corpus is, lines a second on one core by how far the front end goes, and the memory that
//! checking a program of 20,000 lines takes at its peak, as a multiple of its text (Linux tells). The corpus is the same
//! each time. `bench/run --front-end` shows it.

use prism_compiler::pipeline::{Sources, check};
use prism_engine::{Engine, MemoryProject};
use serde_json::json;
use std::fmt::Write as _;
use std::hint::black_box;
use std::time::{Duration, Instant};

/// Parts of programs; `#` is replaced by a number.
const FUNCTIONS: &[&str] = &[
    "// The total of an order, with what it costs to send it.
fn total#(order) {
  let sum = 0
  for line in order.lines {
    sum += line.price * line.count
    if (line.fragile) { sum += 2.5 }
  }
  return sum > 100 ? sum : sum + 4.9
}
",
    "fn grade#(score, bonus = 0) {
  let points = score + bonus
  if (points > 90) { return \"A\" }
  else if (points > 70) { return \"B\" }
  return \"C\"
}
",
    "// Joins what two readers found, the surer one first.
fn joined#(left, right) {
  let best = left ~||> right
  uncertain if (best) {
    high { return best }
    medium { return best ~> (<~ best) * 0.9 }
    low { return null ~> 0 }
  }
}
",
    "fn words#(text) {
  return text.trim().split(\" \").filter(w => w.length > 2).map(w => w.toLowerCase())
}
",
    "fn counted#(items) {
  let counts = {}
  for item in items { counts[item] = (counts[item] ?? 0) + 1 }
  return Object.entries(counts).sortBy(e => e[1], \"desc\").slice(0, 10)
}
",
    "async fn asked#(question) {
  let answer = await llm(\"Answer in one word: ${question}\")
  return {question: question, answer: answer, sure: (<~ answer) >= 0.8}
}
",
    "fn shape#(kind, size) {
  return match kind {
    \"circle\" => 3.14159 * size ** 2,
    \"square\" => size * size,
    {w, h} => w * h,
    [w, h] if w > 0 => w * h,
    _ => 0
  }
}
",
    "fn parsed#(raw) {
  try {
    let data = JSON.parse(raw)
    return data.items ?? []
  } catch (e) {
    print(\"broken: ${e.message}\")
    return []
  }
}
",
];

const MAIN: &[&str] = &[
    "let order# = {lines: [{price: 12.5, count: 2, fragile: false}, {price: 3, count: 10, fragile: true}], note: \"gift\"}
print(total#(order#), order#.note)
",
    "let marks# = [55, 72, 91].map(n => grade#(n, 5))
print(marks#.join(\", \"), grade#(88))
",
    "let trust# = JSON.parse(\"0.9\")
let reading# = joined#(21.5 ~> trust#, 22 ~> trust# / 2)
print(\"reading ${reading#}\")
",
    "let terms# = words#(\"the quick brown fox jumps over the lazy dog\")
for term, i in terms# {
  if (i > 5) { break }
  print(i, term)
}
",
    "print(counted#([\"a\", \"b\", \"a\"]))
",
    "let answers# = await Promise.all([\"sky\", \"sea\"].map(q => asked#(q)))
for a in answers# { print(a.question, a.sure ? a.answer : \"?\") }
",
    "print(shape#(\"circle\", 2), shape#({w: 2, h: 3}, 0))
",
    "let items# = parsed#(\"{}\")
print(items#.length)
",
];

/// A program of about that many lines.
fn program(number: usize, lines: usize) -> String {
    let mut text = String::from("/**\n * @name Bench\n * @version 1.0.0\n */\n");
    let (mut functions, mut main) = (String::new(), String::new());
    let (mut at, mut written) = (number, 0);
    while written < lines {
        let kind = at % FUNCTIONS.len();
        let id = at.to_string();
        functions.push_str(&FUNCTIONS[kind].replace('#', &id));
        main.push_str(&MAIN[kind].replace('#', &id));
        written += FUNCTIONS[kind].lines().count() + MAIN[kind].lines().count();
        at += 1;
    }
    let _ = write!(text, "{functions}\n{main}");
    text
}

fn main() {
    let wanted = std::env::args().nth(1).and_then(|count| count.parse().ok()).unwrap_or(200_000);
    let mut corpus = Vec::new();
    let mut lines = 0;
    while lines < wanted {
        let text = program(corpus.len() * 7, 200);
        lines += text.lines().count();
        corpus.push(text);
    }

    let engine = Engine::new();
    let project = MemoryProject::new();
    let warnings = engine.compile("bench.prism", &corpus[0], &project).diagnostics;
    assert!(warnings.is_empty(), "{}", warnings.iter().map(|one| one.message.clone()).collect::<Vec<_>>().join("\n"));

    let parsing = median(|| {
        for text in &corpus {
            black_box(prism_compiler::parse::parse(Default::default(), text));
        }
    });
    let checking = median(|| {
        for text in &corpus {
            black_box(check(Sources::new("bench.prism", text, &project), engine.catalog()));
        }
    });

    let large = program(0, 20_000);
    let before = peak_memory();
    black_box(check(Sources::new("large.prism", &large, &project), engine.catalog()));
    let memory = before.zip(peak_memory()).map(|(before, after)| (after - before) / large.len() as f64);

    let rate = |time: Duration| (lines as f64 / time.as_secs_f64()).round();
    let report = json!({
        "corpus": { "programs": corpus.len(), "lines": lines, "bytes": corpus.iter().map(String::len).sum::<usize>() },
        "linesPerSecond": { "parsed": rate(parsing), "checked": rate(checking) },
        "peakMemoryPerByte": memory,
    });
    println!("{report}");
}

/// The most memory that this process has had so far, in bytes; only Linux tells.
fn peak_memory() -> Option<f64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with("VmHWM:"))?;
    let kilobytes: f64 = line.split_whitespace().nth(1)?.parse().ok()?;
    Some(kilobytes * 1024.0)
}

/// The middle of three times.
fn median(mut work: impl FnMut()) -> Duration {
    let mut times: Vec<Duration> = (0..3)
        .map(|_| {
            let start = Instant::now();
            work();
            start.elapsed()
        })
        .collect();
    times.sort();
    times[1]
}
