//! Programs of loops over numbers, arrays, objects and functions, a function of their seed.
//!
//! Most statements are of the kinds that their variables have; some are not, and some change a variable's kind in the
//! middle of a loop, so that what compiled code assumes turns out wrong. Errors are caught as often as not.

use std::fmt::Write as _;

/// A program in the making.
struct Generator {
    rng: fastrand::Rng,
    text: String,
    depth: usize,
    loops: usize,
    names: usize,
    /// Whether the code at hand is in a function, whose parameters are p and q.
    inside: bool,
}

/// The text of the program of a seed.
pub fn generate(seed: u64) -> String {
    let mut it = Generator {
        rng: fastrand::Rng::with_seed(seed),
        text: String::new(),
        depth: 0,
        loops: 0,
        names: 0,
        inside: false,
    };
    it.program();
    it.text
}

const NUMBERS: [&str; 16] = [
    "0",
    "1",
    "2",
    "3",
    "7",
    "10",
    "0.5",
    "1.5",
    "-1",
    "-3",
    "2147483647",
    "-2147483648",
    "1e15",
    "0.1",
    "1 / 3",
    "100",
];
const CONFIDENT: [&str; 4] = ["(1 ~> 0.9)", "(2.5 ~> 0.5)", "(3 ~> 1)", "(0 ~> 0)"];
const OTHERS: [&str; 6] = ["\"a\"", "true", "null", "[1, 2]", "{x: 1}", "\"12\""];

impl Generator {
    fn program(&mut self) {
        for (name, value) in [("a", "0"), ("b", "1"), ("c", "0.5"), ("d", "1 ~> 0.9")] {
            self.line(&format!("let {name} = {value}"));
        }
        self.line("let xs = [1, 2, 3, 4]");
        self.line("let ys = range(0, 12).map(x => x * 0.5)");
        self.line("let o = {x: 1, y: 2.5, n: 0, items: []}");
        self.line("let os = [{x: 1, y: 2}, {x: 3, y: 4}, {y: 1, x: 0}]");
        self.line("let s = \"\"");
        for number in 0..self.rng.usize(1..4) {
            self.function(number);
        }
        for _ in 0..self.rng.usize(2..6) {
            self.statement();
        }
        self.line("print(a, b, c, d)");
        self.line("print(xs, ys, o, os, s)");
        self.line("a");
    }

    fn line(&mut self, text: &str) {
        for _ in 0..self.depth {
            self.text.push_str("  ");
        }
        self.text.push_str(text);
        self.text.push('\n');
    }

    fn pick<'t>(&mut self, from: &[&'t str]) -> &'t str {
        from[self.rng.usize(..from.len())]
    }

    fn chance(&mut self, of: f64) -> bool {
        self.rng.f64() < of
    }

    fn function(&mut self, number: usize) {
        self.line(&format!("fn f{number}(p, q) {{"));
        self.depth += 1;
        self.inside = true;
        let (test, value) = (self.expression(1), self.expression(1));
        self.line(&format!("if (p < 1 || p > 200) {{ return {value} }}"));
        match self.rng.usize(..4) {
            0 => {
                let more = self.rng.usize(..3);
                self.line(&format!("return f{number}(p - 1, q + 1) + {more}"));
            }
            1 => {
                let step = self.pick(&["2", "3"]);
                self.line(&format!("return f{number}(p / {step} - 1, {test})"));
            }
            _ => {
                let value = self.expression(2);
                self.line(&format!("return {value}"));
            }
        }
        self.inside = false;
        self.depth -= 1;
        self.line("}");
    }

    fn block(&mut self) {
        self.depth += 1;
        for _ in 0..self.rng.usize(1..4) {
            self.statement();
        }
        self.depth -= 1;
    }

    fn statement(&mut self) {
        match self.rng.usize(..15) {
            0..=3 if self.loops < 3 => self.turns(),
            4 if self.depth < 5 => {
                let test = self.condition();
                self.line(&format!("if ({test}) {{"));
                self.block();
                if self.chance(0.5) {
                    self.line("} else {");
                    self.block();
                }
                self.line("}");
            }
            5 if self.depth < 4 => {
                self.line("try {");
                self.block();
                self.line("} catch (e) {");
                self.depth += 1;
                self.line("s = e.code");
                self.depth -= 1;
                self.line("}");
            }
            6 => {
                let (index, value) = (self.index(), self.expression(1));
                let array = self.pick(&["xs", "ys"]);
                self.line(&format!("{array}[{index}] = {value}"));
            }
            7 => {
                let value = self.expression(1);
                let array = self.pick(&["xs", "ys", "o.items"]);
                self.line(&format!("if (xs.length < 300) {{ {array}.push({value}) }}"));
            }
            8 => {
                let (key, op, value) =
                    (self.pick(&["x", "y", "n"]), self.pick(&["=", "+=", "-=", "*="]), self.expression(1));
                let index = self.index();
                let object = if self.chance(0.5) { "o".to_owned() } else { format!("os[{index}]") };
                self.line(&format!("{object}.{key} {op} {value}"));
            }
            9 if self.chance(0.3) => {
                let (name, value) = (self.pick(&["a", "b", "c", "xs", "o"]), self.pick(&OTHERS));
                self.line(&format!("{name} = {value}"));
            }
            10 => self.line("s = s.length > 40 ? \"\" : s + a"),
            11 => {
                let copy = self.pick(&["xs", "ys", "os", "o"]);
                self.names += 1;
                let name = format!("t{}", self.names);
                self.line(&format!("let {name} = {copy}"));
            }
            12 => {
                let (op, value) = (self.pick(&["~+", "~-", "~*"]), self.expression(1));
                self.line(&format!("d = d {op} {value}"));
            }
            _ => {
                let (name, op) = (self.pick(&["a", "b", "c"]), self.pick(&["=", "=", "+=", "-=", "*="]));
                let value = self.expression(3);
                self.line(&format!("{name} {op} {value}"));
            }
        }
    }

    fn turns(&mut self) {
        self.loops += 1;
        self.names += 1;
        let name = format!("i{}", self.names);
        let most = [6, 40, 12, 7][self.rng.usize(..4)];
        let most = if self.loops > 1 { most.min(9) } else { most * 30 };
        match self.rng.usize(..4) {
            0 => {
                let array = self.pick(&["xs", "ys"]);
                self.line(&format!("for {name} in {array} {{"));
            }
            1 => {
                self.line(&format!("let {name} = {most}"));
                self.line(&format!("while ({name} > 0) {{"));
                self.depth += 1;
                let by = self.pick(&["1", "2"]);
                self.line(&format!("{name} -= {by}"));
                self.depth -= 1;
            }
            _ => {
                let by = self.pick(&["1", "2", "0.5"]);
                self.line(&format!("for let {name} = 0; {name} < {most}; {name} += {by} {{"));
            }
        }
        self.block();
        if self.chance(0.2) {
            let test = self.condition();
            self.depth += 1;
            let way = self.pick(&["break", "continue"]);
            self.line(&format!("if ({test}) {{ {way} }}"));
            self.depth -= 1;
        }
        self.line("}");
        self.loops -= 1;
    }

    fn condition(&mut self) -> String {
        let (left, right) = (self.expression(1), self.expression(1));
        let op = self.pick(&["<", "<=", ">", ">=", "==", "===", "!=", "!=="]);
        let mut test = format!("{left} {op} {right}");
        if self.chance(0.2) {
            let more = self.pick(&["xs.length > 3", "a", "!b", "xs[0]", "o.x", "s"]);
            let _ = write!(test, " {} {more}", if self.chance(0.5) { "&&" } else { "||" });
        }
        test
    }

    fn index(&mut self) -> String {
        self.pick(&["0", "1", "2", "a % 3", "xs.length - 1", "1.5", "3", "b", "-1", "20"]).to_owned()
    }

    fn expression(&mut self, depth: usize) -> String {
        if depth == 0 || self.chance(0.3) {
            return self.operand();
        }
        let (left, right) = (self.expression(depth - 1), self.expression(depth - 1));
        match self.rng.usize(..12) {
            0..=2 => format!("({left} + {right})"),
            3..=4 => format!("({left} - {right})"),
            5 => format!("({left} * {right})"),
            6 => format!("({left} / {right})"),
            7 => format!("({left} % {right})"),
            8 => {
                let name = self.pick(&["sqrt", "abs", "floor", "ceil", "trunc", "round"]);
                format!("Math.{name}({left})")
            }
            9 if !self.inside => format!("f0({left} % 50, {right})"),
            10 => format!("-{left}"),
            _ => {
                let test = self.pick(&["a < 3", "xs.length > 5", "b > c", "o.n == 0"]);
                format!("({test} ? {left} : {right})")
            }
        }
    }

    fn operand(&mut self) -> String {
        match self.rng.usize(..20) {
            0..=5 => self.pick(&NUMBERS).to_owned(),
            6 if self.chance(0.3) => self.pick(&CONFIDENT).to_owned(),
            7 if self.chance(0.15) => self.pick(&OTHERS).to_owned(),
            8 => {
                let (array, index) = (self.pick(&["xs", "ys"]), self.index());
                format!("{array}[{index}]")
            }
            9 => self.pick(&["o.x", "o.y", "o.n", "os[1].x", "os[2].y", "xs.length", "o.items.length"]).to_owned(),
            10 if self.chance(0.3) => "d".to_owned(),
            11 if self.chance(0.3) && !self.inside => {
                let body = self.pick(&["x + 1", "x * b", "x > a ? x : 0", "x"]);
                format!("ys.map(x => {body}).length")
            }
            12..=13 if self.inside => self.pick(&["p", "q"]).to_owned(),
            _ => self.pick(&["a", "b", "c"]).to_owned(),
        }
    }
}
