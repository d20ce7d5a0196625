//! The interpreter goes from instruction to instruction by calls that the compiler makes jumps of. Were one of them a
//! call after all, each turn of these loops would leave something on a stack that has no room for it.

use prism_engine::{Engine, Limits};

/// Loops that together have every instruction that goes on in this way.
const LOOPS: [&str; 12] = [
    "s = s + i - i * 2 + i / 3 + i % 5 + 7 * i - 1",
    "s = i + i - s; s = s * i; s = i / (i + 1) % (i + 2); s = -s; s += 1; s -= 2; s *= 3",
    "a = i ~> 0.5; a = a ~+ a; a = a ~- a; a = a ~* a",
    "b = i < 3 || i > 5; b = i <= s; b = i >= s; b = i == s; b = i != s; b = !b; if (b) { s = 1 } else { s = 2 }",
    "if (i < s) { s = 0 }; if (i > s) { s = 0 }; if (i <= 3) { s = 0 }; if (i >= 3) { s = i }; if (i == 3) { s = 0 }",
    "if (i === s) { s = 1 }; if (s !== 4) { s = 2 }; s = s ?? 3; s = o?.x; s = typeof s; s = s instanceof \"number\"",
    "s = o.x; s = xs[1]; o.x = i; xs[1] = i; o.y.z = i; o.y.z += 1; xs[0] = o.x; s = xs.length",
    "ys = []; ys.push(1); ys.push(i); ys.push(s); s = ys; s = null; s = await 3; s = true; s = \"a\"",
    "s = f(i, 1); s = f(2, i) + f(i, i)",
    "for x, k in xs { s = x }; s = Math.sqrt(i)",
    "s = captured; captured = i; g()",
    "let j = i; while (j > i - 2) { j -= 1 }; while (j >= i - 4) { j -= 1 }; for k = j; k <= i; k += 1 { s = k }; for k = 9; k > 7; k -= 1 { s = k }",
];

#[test]
fn a_long_run_takes_no_native_stack() {
    for body in LOOPS {
        let text = format!(
            "let s = 0; let a = 0; let b = false; let o = {{x: 1, y: {{z: 2}}}}; let xs = [1, 2, 3]; let ys = []\n\
             let captured = 1\n\
             fn f(n, m) {{ return n - m }}\n\
             fn g() {{ captured = captured + 1; return captured }}\n\
             for i = 0; i < 20000; i++ {{ {body} }}\n\
             xs.map(x => x + 1).filter(x => x > 2).reduce((s, x) => s + x, 0)\n\
             s = range(0, 20000).map(x => x * 2)\n\
             s.length"
        );
        let program = Engine::new().program(&text).unwrap_or_else(|error| panic!("{body}: {error}"));
        let limits = Limits { fuel: u64::MAX, ..Limits::default() };
        let run = move || program.run_in(serde_json::json!({}), limits);
        let thread = std::thread::Builder::new().stack_size(256 << 10).spawn(run).expect("the thread starts");
        let done = thread.join().expect("the run ends").unwrap_or_else(|error| panic!("{body}: {error}"));
        assert_eq!(done.value, serde_json::json!(20000), "{body}");
    }
}
