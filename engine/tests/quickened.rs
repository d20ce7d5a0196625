//! Functions that run more than once do the same as when they ran first, where what the interpreter has found out about their
//! registers is put to the test: variables that hold now this, now that, limits with a confidence, callbacks of every kind.
//! Nothing that a register held is lost on the way.

use prism_engine::{Engine, Limits, MemoryProject};
use prism_vm::machine::{JitMode, Machine, Settings, Step};

fn machine(text: &str) -> Machine {
    let engine = Engine::new();
    let compilation = engine.compile("main.prism", text, &MemoryProject::new());
    let program = engine.load(compilation).expect("a program");
    let limits = Limits { fuel: 10_000_000, ..Limits::default() };
    program.machine(Settings { jit: JitMode::Off, limits, config: program.confidence(), ..Settings::default() })
}

/// The display of a program's value, and the most memory that it took.
fn value(text: &str) -> (String, u64) {
    let mut machine = machine(text);
    let outcome = loop {
        match machine.run(1_000) {
            Step::Done(outcome) => break outcome,
            Step::SliceOver => {}
            step => panic!("{step:?}"),
        }
    };
    let shown = machine.enter(|runtime| match &outcome.result {
        Ok(value) => runtime.display(value),
        Err(failure) => format!("{:?} {}", failure.code, failure.message),
    });
    machine.enter(|_| drop(outcome));
    (shown, machine.usage().peak_memory as u64)
}

fn assert_value(text: &str, expected: &str) {
    assert_eq!(value(text).0, expected, "{text}");
}

#[test]
fn numbers_that_turn_into_something_else() {
    assert_value("let x = 0\nfor let i = 0; i < 9; i++ { if (i == 6) { x = \"a\" }\nx = x + i }\nx", "a678");
    assert_value("let x = 1\nfor let i = 0; i < 4; i++ { if (i == 2) { x = x ~> 0.5 }\nx = x * 2 }\nx", "16 (~50.0%)");
    assert_value("let n = 0\nlet x = 0\nwhile n < 5 { n = n + 1; x = n % 2 == 0 ? [n] : x }\nx", "[4]");
    assert_value(
        "let f = n => { let s = 0; for let i = 0; i < 3; i++ { s = s + n } return s }\n[1, \"b\", 2].map(f)",
        "[3, 0bbb, 6]",
    );
    assert_value("let x = 1e308\nfor let i = 0; i < 3; i++ { x = x * 10 }\n[x - x, x]", "[NaN, Infinity]");
}

#[test]
fn limits_with_a_confidence() {
    assert_value("let n = 4 ~> 0.9\nlet s = 0\nfor let i = 0; i < n; i++ { s += i }\ns", "6");
    assert_value("let n = 4\nlet s = 0\nfor let i = 0; i < n; i++ { s += i; if (i == 2) { n = 5 ~> 0.5 } }\ns", "10");
}

#[test]
fn remainders() {
    assert_value("let out = []\nfor let i = -9; i < 10; i += 3 { out.push(i % 7) }\nout", "[-2, -6, -3, 0, 3, 6, 2]");
    let text = "let xs = [7.5, -0.5, 4294967301, -4294967301, 1e300, 65536]\nlet out = []\nfor x in xs { out.push(x % 4) }\nout";
    assert_value(text, "[3.5, -0.5, 1, -1, 0, 0]");
    assert_value(
        "let out = []\nfor x in [1, \"a\", 3 ~> 0.5] { try { out.push(x % 2) } catch (e) { out.push(e.code) } }\nout",
        "[1, type, 1 (~50.0%)]",
    );
}

#[test]
fn callbacks_of_every_kind() {
    let text = "let fs = [() => 1, x => x, (x, i) => x + i, (x, i, xs) => xs.length, (...all) => all.length, (x, i = 5) => i, Math.abs]\nlet out = []\nfor round in [1, 2, 3] { out = fs.map(f => [10, -20].map(f)) }\nout";
    assert_value(text, "[[1, 1], [10, -20], [10, -19], [2, 2], [3, 3], [0, 1], [10, 20]]");
    let text = "let out = []\nfor f in [(a) => a, (a, b) => a + b, (a, b, i) => a + i, (a, b, i, xs) => xs.length] { out.push([1, 2, 3].reduce(f, 0)) }\nout";
    assert_value(text, "[0, 6, 3, 3]");
    assert_value(
        "let xs = [3, 1, 2]\n[xs.sort((a, b) => b - a), [].sort((a, b) => a - b), xs.sort((a, b) => NaN)]",
        "[[3, 2, 1], [], [3, 2, 1]]",
    );
}

#[test]
fn members_of_elements() {
    let text = "let xs = [{x: 1, y: 2}, {y: 3, x: 4}, {y: 5}, {x: 6 ~> 0.5}]\nlet out = []\nfor let i = 0; i < 4; i++ { out.push(xs[i].x) }\nout";
    assert_value(text, "[1, 4, null, 6 (~50.0%)]");
    let text = "let xs = [{x: 1}, {x: 2} ~> 0.5, null, 7]\nlet i = 0\nlet f = () => { i = i + 1 }\nlet out = []\nwhile (i < 4) { try { out.push(xs[i].x) } catch (e) { out.push(e.code) }\nf() }\nout";
    assert_value(text, "[1, 2 (~50.0%), null, null]");
    let text = "let xs = [{x: 1}, {x: 2}]\nlet kept = null\nlet i = 0\nlet f = () => { i = i + 1 }\nwhile (i < 2) { kept = xs\nxs[i].x += 10\nf() }\n[xs, kept]";
    assert_value(text, "[[{ x: 11 }, { x: 12 }], [{ x: 11 }, { x: 2 }]]");
    assert_value(
        "let counts = {}\nlet f = () => counts\nfor w in [\"a\", \"b\", \"a\", \"a\"] { counts[w] = (counts[w] ?? 0) + 1 }\nf()",
        "{ a: 3, b: 1 }",
    );
}

#[test]
fn what_registers_held_is_given_back() {
    for body in [
        "let t = i % 2 == 0 ? [i, i] : i\nif (t == 1) { n = n + 1 }",
        "let t = [i]\nt = t.length\nt = t + 1\nt = \"${t}\"\nt = i * 2",
        "let t = {a: [i]}\nlet u = t.a\nu = u[0] % 7\nt = u < 3\nu = t",
        "try { let t = [i]\nt = t[0] - \"x\" } catch (e) { n = n + e.message.length }",
        "let t = [[i], [i + 1]].map(x => x)\nt = t.reduce((a, b) => a + b[0], 0)",
    ] {
        let (_, memory) = value(&format!("let n = 0\nfor let i = 0; i < 20000; i++ {{ {body} }}\nn"));
        assert!(memory < 100_000, "{memory} bytes: {body}");
    }
}

#[test]
fn a_run_that_was_put_away_goes_on() {
    let text =
        "let xs = [{n: 0}, {n: 1}]\nlet s = 0\nfor let i = 0; i < 300; i++ { s += i % 7; xs[i % 2].n += s }\n[s, xs]";
    let whole = value(text).0;
    let engine = Engine::new();
    let program = engine.load(engine.compile("main.prism", text, &MemoryProject::new())).expect("a program");
    let mut machine = program.machine(Settings { jit: JitMode::Off, ..Settings::default() });
    let outcome = loop {
        match machine.run(50) {
            Step::Done(outcome) => break outcome,
            Step::SliceOver => {}
            step => panic!("{step:?}"),
        }
        let snapshot = machine.snapshot().expect("it is suspended");
        let settings = Settings { jit: JitMode::Off, ..Settings::default() };
        machine = program.resume(settings, &snapshot).expect("the same program's");
    };
    let shown = machine.enter(|runtime| outcome.result.as_ref().map(|value| runtime.display(value)).expect("a value"));
    machine.enter(|_| drop(outcome));
    assert_eq!(shown, whole);
}
