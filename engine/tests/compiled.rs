//! Compiled code does what the interpreter does, where that is hardest: at limits, deep in calls, when what was assumed
//! turns out wrong, in sessions. Whole programs are compared in `parallax-tests`.

#![cfg(feature = "jit")]

use prism_engine::{Engine, Limits, MemoryProject};
use prism_vm::machine::{Effect, JitMode, Machine, Settings, Step};
use std::thread;

/// What a run came to: its lines, its value or error with the place, its fuel.
#[derive(Debug, PartialEq)]
struct Course {
    lines: Vec<String>,
    ended: String,
    steps: u64,
}

fn machine(text: &str, jit: JitMode, limits: Limits) -> Machine {
    let engine = Engine::new();
    let compilation = engine.compile("main.prism", text, &MemoryProject::new());
    let program = engine.load(compilation).expect("a program");
    program.machine(Settings { jit, limits, config: program.confidence(), ..Settings::default() })
}

fn run(text: &str, jit: JitMode, limits: Limits, slice: u64) -> Course {
    let mut machine = machine(text, jit, limits);
    let outcome = loop {
        match machine.run(slice) {
            Step::Done(outcome) => break outcome,
            Step::SliceOver => {}
            step => panic!("{step:?}"),
        }
    };
    let lines = machine.take_effects().into_iter().filter_map(|effect| match effect {
        Effect::Print(_, line) => Some(line),
        _ => None,
    });
    let lines = lines.collect();
    let ended = machine.enter(|runtime| match &outcome.result {
        Ok(value) => runtime.display(value),
        Err(failure) => format!("{:?} {} {:?} {}", failure.code, failure.message, failure.span, failure.trace.len()),
    });
    machine.enter(|_| drop(outcome));
    Course { lines, ended, steps: machine.usage().steps }
}

/// The course of a program, which must be the same in every mode.
fn course(text: &str, limits: Limits) -> Course {
    let plain = run(text, JitMode::Off, limits, u64::MAX);
    for jit in [JitMode::Early, JitMode::Always] {
        assert_eq!(run(text, jit, limits, u64::MAX), plain, "{jit:?}: {text}");
        assert_eq!(run(text, jit, limits, 7), plain, "{jit:?}, in slices: {text}");
    }
    plain
}

fn plenty() -> Limits {
    Limits { fuel: 2_000_000, ..Limits::default() }
}

#[test]
fn loops_and_calls_give_what_they_must() {
    let sums = course(
        "fn f(n) { return n < 2 ? n : f(n - 1) + f(n - 2) }\nlet sum = 0\nfor let i = 0; i < 3000; i++ { sum += i % 7 * 0.5 }\n[sum, f(15)]",
        plenty(),
    );
    assert_eq!(sums.ended, "[4497, 610]");
}

#[test]
fn whole_numbers_grow_beyond_32_bits() {
    let text = "let n = 1\nfor let i = 0; i < 1200; i++ { n = i % 40 == 0 ? 1 : n * 3 }\nlet z = 0\nfor let i = 0; i < 900; i++ { z = z * -1 }\n[n, 1 / (z + 1), z]";
    assert_eq!(course(text, plenty()).ended, "[4052555153018976000, 1, 0]");
}

#[test]
fn whole_numbers_may_turn_negative() {
    // A zero that is made of a negative number is -0, which only `atan2` tells. The numbers are a function's own and begin
    // as constants, and turn in a loop around another one: others are not taken for whole or have a turn taken out first.
    let text = "fn f() { let down = 2\n let none = 0\n let zero = 1\n let even = 1\n let rest = 0\n for let i = 0; i < 5; i++ { zero = down * none\n even = down % 2\n rest = down % 7\n for let k = 0; k < 2; k++ { rest = rest + k }\n down = down - 1 }\n return [down, rest, Math.atan2(zero, -1) < 0, Math.atan2(even, -1) < 0] }\nlet all = []\nfor let n = 0; n < 1000; n++ { all = f() }\nlet high = 1073741000\nlet low = -1073741000\nfor let i = 0; i < 2000; i++ { high = high + 1\n low = low - 1 }\n[all, high, low]";
    assert_eq!(course(text, plenty()).ended, "[[-3, -1, true, true], 1073743000, -1073743000]");
}

#[test]
fn whole_numbers_may_have_a_confidence() {
    let text = "fn f(from, step, sure) { let sum = from ~> sure\n let high = 1073741000 ~> 0.8\n let down = 2 ~> 0.7\n let zero = 1\n let late = 0 ~> 0.5\n for let i = 0; i < 1500; i++ { sum = sum ~+ step\n high = high + i\n zero = down * (0 ~> 0.6)\n for let k = 0; k < 2; k++ { late = i > 1400 ? late ~* 0.5 : late ~+ k }\n down = down - 1 }\n return [value(sum), <~ sum, value(high), <~ high, Math.atan2(value(zero), -1) < 0, <~ zero, down > -5 ? 1 : 0, value(late) > 0, sum] }\nlet all = []\nfor n in [1, 2, 0.25] { all.push(f(n, n, 0.9)) }\nall";
    assert_eq!(
        course(text, plenty()).ended,
        "[[1501, 0.9, 1074865250, 0.8, true, 0.6, 0, true, 1501 (~90.0%)], [3002, 0.9, 1074865250, 0.8, true, 0.6, 0, true, 3002 (~90.0%)], [375.25, 0.9, 1074865250, 0.8, true, 0.6, 0, true, 375.25 (~90.0%)]]"
    );
}

#[test]
fn a_loop_that_was_entered_with_a_natural_number_is_entered_with_a_negative_one() {
    let text = "fn f(from) { let n = from\n let all = 0\n while n < 900 { n = n + 1\n all = all + n * 2 }\n return all }\n[f(0), f(5), f(-900), f(-901), f(3), f(-0.5)]";
    assert_eq!(course(text, plenty()).ended, "[810900, 810870, 1800, 0, 810888, 811801]");
}

#[test]
fn limits_of_loops_need_not_be_whole() {
    let text = "fn f(n) { let sum = 0\n for let i = 0; i < n; i++ { sum = sum + i }\n return sum }\nlet all = 0\nfor let k = 0; k < 1000; k++ { all = all + f(k % 10) }\nfor n in [2.5, 3, -1, 7.0001, 4, 0.5] { all = all + f(n) }\nlet long = []\nfor n in [899.5, 1200, 2000.25] { long.push(f(n)) }\n[all, long, f(NaN)]";
    assert_eq!(course(text, plenty()).ended, "[12040, [404550, 719400, 2001000], 0]");
}

#[test]
fn loops_may_count_beyond_32_bits() {
    for (limit, test) in [("2147483647", "<="), ("2147483647", "<"), ("top", "<="), ("top", "<")] {
        let text = format!(
            "let top = 2147483647\nlet n = 0\nlet i = 0\nfor i = 2147481000; i {test} {limit}; i++ {{ n = n + 1 }}\nfor k = 2147480000; k {test} {limit}; k += 1000 {{ n += k }}\n[i, n]"
        );
        let last = if test == "<=" { "2147483648" } else { "2147483647" };
        assert!(course(&text, plenty()).ended.starts_with(&format!("[{last}, ")), "{text}");
    }
}

#[test]
fn variables_that_closures_change_are_read_anew() {
    let text = "let n = 0\nlet other = 0\nfn bump(by) { n = n + by\n return n }\nfn both() { bump(1)\n other = other + n\n return other }\nlet seen = 0\nfor let i = 0; i < 900; i++ { let before = n\n bump(2)\n seen += n - before\n for j = 0; j < 3; j++ { let was = other\n both()\n if (other != was + n) { fail(\"stale\") } } }\n[n, other, seen]";
    assert_eq!(course(text, plenty()).ended, "[4500, 6079050, 1800]");
}

#[test]
fn what_is_known_on_one_way_is_not_known_on_another() {
    let text = "let xs = [1, 2, \"3\", 4 ~> 0.5]\nlet fs = [x => x + 1, x => [x], x => x]\nlet out = []\nfor let i = 0; i < 1200; i++ { let f = i % 5 == 0 ? fs[i % 3] : fs[2]\n let x = i % 2 == 0 ? xs[i % 3] : xs[(i * 7) % 4]\n let y = i % 3 == 0 ? f(x) : f(1)\n out = [y, x] }\nout";
    course(text, plenty());
}

#[test]
fn what_a_call_would_change_is_as_it_was_if_it_raises() {
    // Inlined; called, since there is a loop in it; and called as the last thing that is tried.
    let turns = "for let z = 0; z < 1; z++ { q = q }";
    for (more, rest) in [("q = q", "\n a += 0.25"), (turns, "\n a += 0.25"), (turns, "")] {
        let text = format!(
            "fn f(p, q) {{ if (p > 1) {{ {more} }}\n if (p < 1) {{ return 7 / q }}\n return 1 }}\nlet a = 0\nlet n = 0\nlet wrong = []\nfor let i = 0; i < 2000; i++ {{ try {{ for let k = 0; k < 3; k++ {{ a = i + k + 0.5\n n = k\n a = f(i % 2, k - 1){rest} }} }} catch (e) {{ if (a != i + n + 0.5) {{ wrong.push([i, n, a]) }} }} }}\n[n, wrong]"
        );
        assert_eq!(course(&text, plenty()).ended, "[2, []]", "{text}");
    }
}

#[test]
fn a_place_that_held_a_number_may_hold_something_else() {
    let text = "let xs = [{x: 1}, {x: 2}]\nlet out = []\nfor let i = 0; i < 1500; i++ { let k = i > 1400 ? 0 : 1\n for let j = 0; j < 3; j++ { xs[0].x = j + i\n let y = i == 1450 ? \"text\" : i\n xs[k].x = y\n let s = xs[0].x + 1\n if (i > 1448 && i < 1452) { out.push(s) } } }\nout";
    let ended = "[1450, 1450, 1450, text1, text1, text1, 1452, 1452, 1452]";
    assert_eq!(course(text, plenty()).ended, ended);
}

#[test]
fn errors_have_their_places() {
    for text in [
        "let n = 0\nfor let i = 0; i < 2000; i++ { n = 1 / (1500 - i) }",
        "let xs = [1, 2]\nfor let i = 0; i < 2000; i++ { xs[i > 1500 ? 9 : 0] = i }",
        "let o = {x: 1}\nfor let i = 0; i < 2000; i++ { if (i == 1500) { o = null }\n o.x += i }",
        "fn f(n) { return n == 3 ? fail(\"no\") : f(n - 1) + 1 }\nfor let i = 0; i < 1000; i++ { try { f(2 - i % 7) } catch (e) { i = i } }\nf(20)",
    ] {
        assert!(course(text, plenty()).ended.starts_with('R'), "{text}");
    }
}

#[test]
fn every_limit_is_met_at_the_same_step() {
    let text = "fn f(n) { return n < 1 ? 0 : f(n - 1) + 1 }\nlet xs = []\nfor let i = 0; i < 700; i++ { xs.push([f(i % 20)]) }\nxs.length";
    let need = course(text, plenty()).steps;
    for fuel in (0..60).map(|less| need - less * less).chain([1, 2, 900]) {
        let course = course(text, Limits { fuel, ..plenty() });
        assert_eq!(course.ended.starts_with("R0100"), fuel < need, "{course:?}");
    }
    for depth in [1, 2, 3, 10, 19, 20, 21, 22] {
        course(text, Limits { depth, ..plenty() });
    }
}

#[test]
fn loops_that_did_not_turn_may_turn_later() {
    // Code of the function leaves its loops to the interpreter at first.
    let text = "fn f(n, sure) { let sum = n * 0.5\n let high = sum + 1\n for let i = 0; i < n; i++ { sum = sum + i\n high = high + sum }\n let low = sum - high\n let i = n\n if (low < sure) { while i > 3 { sum = sum + low\n i = i - 1 } }\n return sum + i + high }\nlet total = 0\nfor let k = 0; k < 1000; k++ { total = total + f(0, -5) }\nfor let k = 0; k < 2000; k++ { total = total + f(k % 7, 0.5) }\ntotal";
    assert_eq!(course(text, plenty()).ended, "5753.5");
}

#[test]
fn anything_may_be_compared_with_null() {
    let text = "fn g() { return 1 }\nasync fn h() { return null }\nfn f(x, n) { if (x == null) { n = n + 1 }\n n = n * 2 - n + 4 - 2 * 2\n if (null != x) { n = n + 2 }\n let same = x === null\n n = n + n * 3 - 3 * n + 4\n if (n < 6) { n = n * 4 - n * 2 + n * 3 - n * 5 + n }\n return n > 4 && n < 7 ? same : n }\nfn all(xs, count) { let last = 0\n for let i = 0; i < count; i++ { last = f(xs[i % xs.length], 0) }\n return last }\nlet same = [all([null, 1], 2000)]\nfor x in [null, 0, NaN, false, \"\", \"null\", [], {}, g, null ~> 0.5, 0 ~> 0.5, [null]] { let xs = [1, 2]\n xs[1] = x\n same.push(all(xs, 10)) }\n[same, f(h(), 0)]";
    assert_eq!(
        course(text, plenty()).ended,
        "[[false, true, false, false, false, false, false, false, false, false, true (~50.0%), false (~50.0%), false], true]"
    );
}

#[test]
fn deep_recursion_needs_little_of_the_native_stack() {
    let text = "fn f(n, xs) { return n < 1 ? xs.length : f(n - 1, [n, n]) + 1 }\nlet t = 0\nfor let i = 0; i < 5; i++ { t += f(15000, []) }\nt";
    let small = thread::Builder::new().stack_size(1 << 20);
    let ended = small.spawn(move || course(text, plenty()).ended).expect("a thread").join();
    assert_eq!(ended.ok().as_deref(), Some("75010"));
}

#[test]
fn functions_inlined_into_themselves_exit_with_all_of_their_registers() {
    // What is confident leaves deep inside; the stack must reach to the frames that were never called.
    let text = "let o = {x: 1}\nlet d = 1 ~> 0.9\nlet sum = 0\nfn f(p, q) { if (p < 1) { return o.x }  return f(p - 1, q + 1) + 2 }
for let i = 0; i < 1500; i++ {\n  sum += f(i % 40, 7)\n  if (i % 50 == 49) { sum = sum + f(d % 30, 7)\n d = d ~+ 1 }\n}\nsum";
    course(text, plenty());
}

#[test]
fn values_of_calls_may_be_others_than_numbers() {
    let text = "fn f(n) { if (n < 1) { return n > -1 ? 0 : null }  return f(n - 1) }
let found = []\nfor let i = 0; i < 2000; i++ { let r = f(i % 9 - (i > 1900 ? 9 : 0))\n if (r == null) { found.push(i) } }\nfound.length";
    course(text, plenty());
}

#[test]
fn an_index_outlives_the_value_that_is_stored_there() {
    let text = "let ys = range(0, 40)\nlet b = 3\nlet c = 1
for let i = 0; i < 3000; i += 1 {\n  ys[0] = i\n  let k = 4\n  while (k > 0) { k -= 1\n    b -= c - 1\n    let shared = ys }\n  ys[b] = b > c ? c : 3\n}\n[b, ys[3]]";
    course(text, plenty());
}

#[test]
fn first_turns_may_be_the_last() {
    let text = "let xs = [1, 2, \"a\", 4]\nlet out = []
for let i = 0; i < 900; i++ {\n  let n = 0\n  for let j = 0; j < i % 4; j++ { n += xs[j] == \"a\" ? 1 : xs[j] }\n  if (i % 100 == 99) { xs[i % 2] += 1 }\n  out.push(n)\n}\nout[899] + out[898] + out.length";
    course(text, plenty());
}

#[test]
fn endless_recursion_is_an_error() {
    let course = course("fn f(n) { return f(n + 1) + 1 }\nf(0)", plenty());
    assert!(course.ended.starts_with("R0102"), "{course:?}");
}

#[test]
fn a_full_heap_ends_compiled_loops() {
    let limits = Limits { memory: 1 << 20, ..plenty() };
    for jit in [JitMode::Early, JitMode::Always] {
        let ended = run("let xs = []\nwhile (true) { xs.push([1]) }", jit, limits, u64::MAX).ended;
        assert!(ended.starts_with("R0101"), "{ended}");
    }
}

#[test]
fn what_is_shared_is_copied_before_it_changes() {
    let text = "let a = range(0, 40)\nlet b = a\nlet o = {x: a, y: 1}\nlet p = o\nfor let i = 0; i < 1500; i++ { a[i % 40] = i\n o.x[0] = i\n o.y += 1\n if (i % 500 == 7) { b = a\n p = o } }\n[a[3], b[3], o.x[0], p.x[0], o.y, p.y]";
    assert_eq!(course(text, plenty()).ended, "[1483, 1003, 1499, 1007, 1501, 1009]");
}

#[test]
fn what_no_name_holds_any_more_takes_the_fuel_of_a_copy_all_the_same() {
    // `gone` stays in its register behind the loop: `o` is copied, and then its array, which takes fuel.
    let text = "let c = 0.5\nlet b = 1\nlet xs = [1, 2, 3, 4]\nlet o = {x: 1, items: []}\nfor let i = 0; i < 210; i += 2 {\n  let k = 7\n  while (k > 0) { k -= 1\n    if (xs.length < 300) { o.items.push(xs.length > 5 ? 10 : c) }\n    let held = xs\n    let gone = o }\n  try {\n    let j = 7\n    while (j > 0) { j -= 2\n      if (xs.length < 300) { o.items.push(b % c) } }\n  } catch (e) { }\n}\no.items.length";
    assert_eq!(course(text, plenty()).ended, "1155");
}

#[test]
fn what_waits_to_be_compiled_gives_the_same() {
    // Callbacks that differ, small functions that code calls, short loops in one that the machine does most of: by the usual
    // mode's thresholds, which others have no part of.
    let text = "let ops = [x => x + 1, x => x * 2, x => x - 3]\nfn pick(i) { return ops[i % 3] }\nlet n = 0\nfor let i = 0; i < 3000; i++ { let xs = [i, i + 1, i + 2]\n n += xs.map(x => x + 1).reduce((a, b) => a + b, 0)\n n += xs.map(x => x * 2).reduce((a, b) => a - b, 0)\n for x in xs { n += x % 5 } }\nlet m = 0\nfor let i = 0; i < 9000; i++ { let f = pick(i)\n m += f(i) % 7 }\nlet s = 0\nfor let k = 0; k < 3; k++ { s += range(0, 4000).map(x => x * 3 + 1).reduce((a, b) => a + b, 0) }\n[n, m, s]";
    let plain = run(text, JitMode::Off, plenty(), u64::MAX);
    assert!(plain.ended.starts_with('['), "{plain:?}");
    for slice in [u64::MAX, 1_000, 77] {
        assert_eq!(run(text, JitMode::On, plenty(), slice), plain, "in slices of {slice}");
    }
}

#[test]
fn what_lies_above_a_window_goes_at_the_call() {
    // The copy that `t` is a handle on lies where only what `f` calls has registers: whether it is still there tells whether
    // `push` has to copy, which takes a step.
    let text = "let a = 0\nlet b = 1\nlet xs = [1, 2, 3, 4]\nlet ys = range(0, 12).map(x => x * 0.5)\nfn f(p, q) {\n if (p < 1 || p > 200) { return (100 + a) }\n return f(p - 1, q + 1) + 0 }\nfor i in xs {\n ys.push(b)\n for j in ys { for k in xs { let t = ys } } }\nxs[0] = f(b % 50, a)\nys.push(-a)\n[xs[0], ys.length]";
    assert_eq!(course(text, plenty()).ended, "[100, 17]");
    // Here a text lies there, which each turn would leave another one of.
    let text = "let b = 1\nlet xs = [1, 2, 3, 4]\nfn f(p, q) {\n if (p < 1 || p > 200) { return 0.5 }\n return f(p / 2 - 1, q) }\nfor let i = 0; i < 500; i++ {\n try {\n  if (f(4, 2) <= f(0.1, 10)) { }\n  for j in xs { for k in xs { b += 5 / ((1 / 3 + \"a\") / -2147483647) } }\n } catch (e) { } }\nb";
    for jit in [JitMode::Off, JitMode::Early, JitMode::Always] {
        let mut machine = machine(text, jit, plenty());
        assert!(matches!(machine.run(u64::MAX), Step::Done(_)));
        assert!(machine.usage().memory < 4_096, "{jit:?}: {} bytes are left", machine.usage().memory);
    }
}
