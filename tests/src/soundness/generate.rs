//! Random programs: statements, and what programs are run with.
//!
//! A program is a function of its seed. It has all constructs of the language, short loops, and names that are each
//! declared once, so that a name and its line tell which declaration a run has come to. Not here: expressions.

use super::run::{Answers, EXPECTED};
use super::scope::{Callee, Kind, Scope};
use super::tree::{Block, Node, Stmt, Tree};
use serde_json::{Value as Json, json};

/// A program in the making.
#[derive(Debug)]
pub(super) struct Generator {
    pub rng: fastrand::Rng,
    pub scope: Scope,
    /// How many names there are.
    names: usize,
    /// How deep in expressions and blocks this is.
    pub depth: usize,
    /// How much is still to be made, about.
    pub size: usize,
    /// How often an expression is of another kind than is wanted.
    pub careless: f64,
    /// How many loops are around this point of the body.
    pub loops: usize,
    /// How many bodies are around this point.
    pub bodies: usize,
    /// Calls of functions of the program so far.
    pub calls: usize,
}

/// The program of a seed.
pub fn generate(seed: u64) -> Tree {
    let mut rng = fastrand::Rng::with_seed(seed);
    let careless = [0.0, 0.0, 0.03, 0.1][rng.usize(..4)];
    let size = [15, 40, 80][rng.usize(..3)];
    let mut generator =
        Generator { rng, scope: Scope::default(), names: 0, depth: 0, size, careless, loops: 0, bodies: 0, calls: 0 };
    let Around { metadata, input, expected } = generator.around();
    let is_pattern = metadata.starts_with("pattern ");
    let (module, import) = (!is_pattern && generator.chance(0.25)).then(|| generator.module()).unzip();
    let count = generator.rng.usize(2..9);
    let mut stmts = generator.block(Vec::new(), count, None).stmts;
    stmts.splice(0..0, import);
    let annotated = generator.chance(0.3);
    let answers = Answers { seed: generator.rng.u64(..), expected };
    Tree { metadata, module: module.unwrap_or_default(), stmts, input, answers, annotated }
}

/// What a program is surrounded by.
struct Around {
    metadata: String,
    input: Json,
    /// Whether agents answer what the pattern expects.
    expected: bool,
}

impl Generator {
    pub(super) fn pick<T: Copy>(&mut self, from: &[T]) -> T {
        from[self.rng.usize(..from.len())]
    }

    pub(super) fn fresh(&mut self, letter: &str) -> String {
        self.names += 1;
        format!("{letter}{}", self.names)
    }

    fn chance(&mut self, of: f64) -> bool {
        self.rng.f64() < of
    }

    /// Metadata and the input that fits it.
    fn around(&mut self) -> Around {
        let mut metadata = String::new();
        if self.chance(0.2) {
            let algebra = self.pick(&["product", "lukasiewicz", "average"]);
            metadata = format!("@confidence {algebra} ");
        }
        if self.chance(0.6) {
            return Around { metadata: wrapped(&metadata), input: json!({}), expected: false };
        }
        let low = self.rng.f64() / 2.0;
        let word = self.pick(&["red", "green"]);
        let mut input = json!({"score": low + self.rng.f64() * (1.0 - low), "color": word, "flags": [true, false]});
        let mut more = json!({"tag": "x", "rate": self.rng.f64() * 3.0});
        if self.chance(0.5) {
            more["note"] = json!("n");
        }
        if self.chance(0.5) {
            input["more"] = more;
        }
        if self.chance(0.5) {
            input["count"] = json!(self.rng.u32(0..5));
        }
        let schema = json!({
            "type": "object",
            "properties": {
                "score": {"type": "number", "minimum": low, "maximum": 1},
                "color": {"type": "string", "enum": ["red", "green", "blue"]},
                "flags": {"type": "array", "items": {"type": "boolean"}},
                "more": {
                    "type": "object",
                    "properties": {
                        "tag": {"type": "string"},
                        "rate": {"type": "number"},
                        "note": {"type": "string"}
                    },
                    "required": ["tag", "rate"]
                },
                "count": {"type": "integer", "minimum": 0}
            },
            "required": ["score", "color", "flags"]
        });
        for (part, kind) in [
            ("input.score", Kind::Number),
            ("input.color", Kind::String),
            ("input.count", Kind::Number),
            ("input.more", Kind::Object),
            ("input.more?.rate", Kind::Number),
        ] {
            self.scope.declare(part, kind, false);
        }
        if self.chance(0.5) {
            let metadata = format!("/**\n * {}\n * @input {schema}\n */", metadata.trim());
            return Around { metadata, input, expected: false };
        }
        let expected = self.chance(0.5);
        let expects = if expected { EXPECTED } else { "" };
        let fields = format!(
            "score: number min({low}) max(1) color: string enum(\"red\", \"green\", \"blue\") flags: [boolean] \
             more: {{ tag: string rate: number note: string optional }} optional count: number min(0) optional"
        );
        Around { metadata: format!("pattern generated v1.0.0 {{ input {{ {fields} }} {expects}"), input, expected }
    }

    /// A block of about so many statements. Its last one gives the block its value: one of that kind, if any is wanted.
    pub(super) fn block(&mut self, names: Vec<String>, count: usize, value: Option<Kind>) -> Block {
        let mark = self.scope.mark();
        self.depth += 1;
        let mut stmts = Vec::new();
        for _ in 0..count {
            if self.size == 0 {
                break;
            }
            let stmt = self.statement();
            stmts.push(stmt);
        }
        let last = self.expr(value.unwrap_or(Kind::Any));
        if self.bodies > 0 && value.is_some() && self.chance(0.2) {
            stmts.push(Stmt::new(vec![Node::text("return "), last]));
        } else {
            stmts.push(Stmt::new(vec![last]));
        }
        self.depth -= 1;
        self.scope.leave(mark);
        Block { names, stmts }
    }

    /// The statements of a module: functions and variables, which are exported; and their import.
    fn module(&mut self) -> (Vec<Stmt>, Stmt) {
        let (mut stmts, mut exported) = (Vec::new(), Vec::new());
        for _ in 0..self.rng.usize(1..4) {
            let mut stmt = match self.rng.u32(0..3) {
                0 => self.declaration(),
                _ => self.declared_function(),
            };
            stmt.nodes.insert(0, Node::text("export "));
            exported.extend(stmt.names.iter().cloned());
            stmts.push(stmt);
        }
        // Nobody may assign what is imported.
        self.scope.variables.iter_mut().for_each(|variable| variable.assignable = false);
        (stmts, Stmt::new(vec![Node::text(format!("import {{{}}} from \"./lib\"", exported.join(", ")))]))
    }

    fn statement(&mut self) -> Stmt {
        let shallow = self.depth < 5;
        match self.rng.u32(0..100) {
            0..22 => self.declaration(),
            22..28 => self.implicit(),
            28..37 => self.assignment(),
            37..43 => self.mutation(),
            43..47 => self.destructuring(),
            47..56 if shallow => self.if_else(),
            56..63 if shallow => self.uncertain_if(),
            63..73 if shallow => self.repetition(),
            73..79 if shallow => self.attempt(),
            79..84 => self.jump(),
            84..92 if shallow => self.declared_function(),
            92..95 if shallow => self.closure(),
            95..98 => {
                let mut nodes = Vec::new();
                let template =
                    self.pick(&["print(%x)", "%f", "%N.forEach(%3)", "match %r { [a] => %B, {a} => %B, _ => %B }"]);
                self.fill(template, Kind::Any, &mut nodes);
                Stmt::new(nodes)
            }
            _ => self.declaration(),
        }
    }

    fn kind(&mut self) -> Kind {
        self.pick(&Kind::ALL)
    }

    fn declaration(&mut self) -> Stmt {
        let name = self.fresh("v");
        let kind = self.kind();
        let constant = self.chance(0.3);
        let value = match (constant, kind) {
            (true, Kind::Number) if self.chance(0.3) => Node::text(self.pick(&["0.5", "0.8", "0.3", "2"])),
            (_, Kind::Any) if self.chance(0.5) => {
                let mut nodes = Vec::new();
                self.fill("%v", Kind::Any, &mut nodes);
                Node::Expr(nodes)
            }
            _ => self.expr(kind),
        };
        let keyword = if constant { "const" } else { "let" };
        self.scope.declare(&name, kind, !constant);
        Stmt {
            nodes: vec![Node::text(format!("{keyword} ")), Node::name(&name), Node::text(" = "), value],
            names: vec![name],
        }
    }

    fn implicit(&mut self) -> Stmt {
        let name = self.fresh("i");
        let kind = self.kind();
        let value = self.expr(kind);
        self.scope.declare(&name, kind, true);
        if let Some(variable) = self.scope.variables.last_mut() {
            variable.implicit = true;
        }
        Stmt { nodes: vec![Node::text(format!("{name} = ")), value], names: vec![name] }
    }

    fn assignment(&mut self) -> Stmt {
        let assignable: Vec<_> = self.scope.variables.iter().filter(|one| one.assignable).cloned().collect();
        if assignable.is_empty() {
            return self.declaration();
        }
        let variable = assignable[self.rng.usize(..assignable.len())].clone();
        let name = &variable.name;
        let template = match variable.kind {
            _ if self.chance(0.2) => "= %v",
            Kind::Number if self.chance(0.6) => {
                self.pick(&["+= %n", "-= %n", "*= %n", "~+= %n", "~*= %n", "++", "= %n ~> %c"])
            }
            Kind::String if self.chance(0.4) => "+= %s",
            Kind::Object if self.chance(0.7) => self.pick(&[
                ".a = %n",
                ".b = %s",
                ".c = %N",
                ".d = %o",
                ".d.a = %n",
                ".a += %n",
                ".e = %x",
                ".c.push(%n)",
                ".c.pop()",
                ".d = {a: %n, b: %v}",
                ".d.b ~+= %n",
                ".c[1] ~*= %n",
                ".f = [%v]",
                "[%s] = %n",
                "[%q] = %x",
                ".c[0] = %n",
                ".a++",
            ]),
            kind if kind.is_array() && self.chance(0.6) => {
                self.pick(&["[0] = %x", "[0] += %n", "[%l] = %n", "[0].a = %n"])
            }
            _ => "= %x",
        };
        let (template, kind) = match template {
            "= %x" if self.chance(0.7) => ("", variable.kind),
            template => (template, Kind::Any),
        };
        let mut nodes = vec![Node::text(name.clone())];
        if template.is_empty() {
            nodes.extend([Node::text(" = "), self.expr(kind)]);
        } else {
            nodes.push(Node::text(if template.starts_with(['.', '[', '+']) && !template.starts_with("+=") {
                ""
            } else {
                " "
            }));
            self.fill(template, Kind::Any, &mut nodes);
        }
        Stmt { nodes, names: vec![variable.name] }
    }

    fn mutation(&mut self) -> Stmt {
        let Some(name) = self.variable(|one| one.kind.is_array()) else { return self.declaration() };
        let template = self.pick(&[
            ".push(%x)",
            ".push(%n)",
            ".push(%n)",
            ".pop()",
            ".shift()",
            ".unshift(%x)",
            ".splice(0, 1, %x)",
            ".sort()",
            ".reverse()",
            ".fill(%x)",
            ".reverse().push(%n)",
        ]);
        let (mut nodes, mut names) = (Vec::new(), Vec::new());
        if self.chance(0.4) {
            let taken = self.fresh("v");
            nodes.push(Node::text(format!("let {taken} = ")));
            names.push(taken);
        }
        nodes.push(Node::text(name));
        self.fill(template, Kind::Any, &mut nodes);
        if let [taken] = names.as_slice() {
            self.scope.declare(taken, Kind::Any, true);
        }
        Stmt { nodes, names }
    }

    fn destructuring(&mut self) -> Stmt {
        let (a, b) = (self.fresh("d"), self.fresh("d"));
        let (kind, template, first, second) = self.pick(&[
            (Kind::Numbers, "let [A, B] = ", Kind::Number, Kind::Number),
            (Kind::Numbers, "let [A = %n, ...B] = ", Kind::Number, Kind::Numbers),
            (Kind::Numbers, "let [A, B] ~> %t = ", Kind::Any, Kind::Any),
            (Kind::Numbers, "let [A ~> %t, B ~> %t = 1] = ", Kind::Any, Kind::Any),
            (Kind::Numbers, "let [, A, ...B] ~> %t = ", Kind::Any, Kind::Numbers),
            (Kind::Strings, "const [A, B] = ", Kind::String, Kind::String),
            (Kind::Object, "let {a: A, b: B} = ", Kind::Number, Kind::String),
            (Kind::Object, "let {a: A = %n, ...B} = ", Kind::Number, Kind::Object),
            (Kind::Object, "let {c: [A, B]} = ", Kind::Number, Kind::Number),
            (Kind::Object, "let {a: A ~> %t = %x, b: B} ~> %t = ", Kind::Any, Kind::Any),
            (Kind::Object, "let {d: {a: A, b: B} = {a: 1}} = ", Kind::Any, Kind::Any),
            (Kind::Any, "[A, B] = ", Kind::Any, Kind::Any),
            (Kind::Any, "let {a: A, d: B} = ", Kind::Any, Kind::Any),
            (Kind::Objects, "let [{a: A}, B] = ", Kind::Number, Kind::Object),
        ]);
        let template = template.replace('A', &a).replace('B', &b);
        let mut nodes = Vec::new();
        self.fill(&template, Kind::Any, &mut nodes);
        nodes.push(self.expr(kind));
        self.scope.declare(&a, first, !template.starts_with("const"));
        self.scope.declare(&b, second, !template.starts_with("const"));
        Stmt { nodes, names: vec![a, b] }
    }

    fn inner(&mut self, names: Vec<String>) -> Node {
        let count = self.rng.usize(0..4);
        Node::Block(self.block(names, count, None))
    }

    fn if_else(&mut self) -> Stmt {
        let mut nodes = vec![Node::text("if ("), self.condition(), Node::text(") "), self.inner(Vec::new())];
        if self.chance(0.3) {
            nodes.extend([Node::text(" else if ("), self.condition(), Node::text(") "), self.inner(Vec::new())]);
        }
        if self.chance(0.5) {
            nodes.extend([Node::text(" else "), self.inner(Vec::new())]);
        }
        Stmt::new(nodes)
    }

    fn threshold(&mut self) -> &'static str {
        self.pick(&[
            "",
            "",
            "",
            " threshold(0.8, 0.4)",
            " threshold(0.9, 0.6)",
            " threshold(1, 0)",
            " threshold(0.5, 0.2)",
        ])
    }

    fn subject(&mut self) -> Node {
        let template = self.pick(&["%r", "%r", "%x ~> %c", "%x", "%n", "%b", "%N[0]", "%o.a"]);
        let mut nodes = Vec::new();
        self.fill(template, Kind::Any, &mut nodes);
        Node::Expr(nodes)
    }

    fn uncertain_if(&mut self) -> Stmt {
        let mut nodes = vec![Node::text("uncertain if ("), self.subject()];
        nodes.push(Node::text(format!("){} {{", self.threshold())));
        self.levels(&mut nodes);
        Stmt::new(nodes)
    }

    fn levels(&mut self, nodes: &mut Vec<Node>) {
        let mut any = false;
        for level in ["high", "medium", "low", "default"] {
            if self.chance(if level == "default" { 0.3 } else { 0.7 }) || level == "default" && !any {
                any = true;
                nodes.push(Node::text(format!("\n{level} ")));
                nodes.push(self.inner(Vec::new()));
            }
        }
        nodes.push(Node::text("\n}"));
    }

    fn repetition(&mut self) -> Stmt {
        let mark = self.scope.mark();
        self.loops += 1;
        let counter = self.fresh("n");
        let bound = self.rng.usize(1..4);
        let nodes = match self.rng.u32(0..9) {
            0 | 1 => {
                let (kind, item) =
                    (self.pick(&[Kind::Numbers, Kind::Strings, Kind::Objects, Kind::Any]), self.fresh("e"));
                let over = self.expr(kind);
                self.scope.declare(&item, kind.element(), true);
                let (head, names) = match self.rng.u32(0..3) {
                    0 => {
                        self.scope.declare(&counter, Kind::Number, false);
                        (format!("for {item}, {counter} in ("), vec![item, counter])
                    }
                    1 if kind == Kind::Objects => (format!("for {{a: {item}}} in ("), vec![item]),
                    _ => (format!("for {item} in ("), vec![item]),
                };
                vec![Node::text(head), over, Node::text(") "), self.inner(names)]
            }
            2 | 3 => {
                self.scope.declare(&counter, Kind::Number, false);
                let head = format!("for (let {counter} = 0; {counter} < {bound}; {counter}++) ");
                vec![Node::text(head), self.inner(vec![counter])]
            }
            4 => {
                let body = self.counted(&counter);
                let condition = self.condition();
                vec![
                    Node::text(format!("let {counter} = 0; while ({counter} < {bound} && ")),
                    condition,
                    Node::text(") "),
                    body,
                ]
            }
            5 => {
                let body = self.counted(&counter);
                vec![
                    Node::text(format!("let {counter} = 0; do ")),
                    body,
                    Node::text(format!(" while ({counter} < {bound})")),
                ]
            }
            6 => {
                let condition = self.subject();
                let mut nodes =
                    vec![Node::text(format!("let {counter} = [1, 2]; uncertain while ({counter}.pop() && "))];
                nodes.extend([condition, Node::text(format!("){} {{", self.threshold()))]);
                self.levels(&mut nodes);
                nodes
            }
            7 => {
                let body = self.inner(Vec::new());
                let step = self.pick(&["++", " += 1", " ~+= 1"]);
                let head = format!("for {counter} = (0 ~> 0.9); {counter} < {bound}; {counter}{step} ");
                vec![Node::text(head), body]
            }
            _ => {
                let condition = self.subject();
                let mut nodes = vec![
                    Node::text(format!("uncertain for (let {counter} = 0; {counter} < {bound} && ")),
                    condition,
                    Node::text(format!("; {counter}++){} {{", self.threshold())),
                ];
                self.levels(&mut nodes);
                nodes
            }
        };
        self.loops -= 1;
        self.scope.leave(mark);
        Stmt::new(nodes)
    }

    /// A body that counts its turns.
    fn counted(&mut self, counter: &str) -> Node {
        let count = self.rng.usize(0..3);
        let mut block = self.block(Vec::new(), count, None);
        block.stmts.insert(0, Stmt::new(vec![Node::text(format!("{counter} = {counter} + 1"))]));
        Node::Block(block)
    }

    fn attempt(&mut self) -> Stmt {
        let mut nodes = vec![Node::text("try "), self.inner(Vec::new())];
        let caught = self.chance(0.8);
        if caught {
            let mark = self.scope.mark();
            let error = self.fresh("x");
            self.scope.declare(&error, Kind::Any, true);
            nodes.push(Node::text(format!(" catch ({error}) ")));
            nodes.push(self.inner(vec![error]));
            self.scope.leave(mark);
        }
        if !caught || self.chance(0.2) {
            nodes.extend([Node::text(" finally "), self.inner(Vec::new())]);
        }
        Stmt::new(nodes)
    }

    /// A jump, mostly under a condition.
    fn jump(&mut self) -> Stmt {
        let mut jumps = vec!["return %x", "throw %x", "throw {message: %s, code: %n}", "fail(%s, %x)"];
        if self.bodies == 0 {
            jumps.extend(["return %x with warning %s", "return %x with {m: %x}"]);
        }
        if self.loops > 0 {
            jumps.extend(["break", "continue", "break", "continue"]);
        }
        let jump = self.pick(&jumps);
        let mut nodes = Vec::new();
        if self.chance(0.85) {
            nodes.extend([Node::text("if ("), self.condition(), Node::text(") { ")]);
            self.fill(jump, Kind::Any, &mut nodes);
            nodes.push(Node::text(" }"));
        } else {
            self.fill(jump, Kind::Any, &mut nodes);
        }
        Stmt::new(nodes)
    }

    fn declared_function(&mut self) -> Stmt {
        let name = self.fresh("f");
        let result = self.kind();
        let asynchronous = self.chance(0.15);
        let count = self.rng.usize(0..4);
        let params: Vec<Kind> = (0..count).map(|_| self.kind()).collect();
        let outer = self.scope.clone();
        let optional = if count > 0 && self.chance(0.3) { self.rng.usize(1..=count) } else { 0 };
        let mark = self.scope.mark();
        let mut nodes = vec![Node::text(format!("{}function {name}(", if asynchronous { "async " } else { "" }))];
        let mut names = Vec::new();
        for (at, kind) in params.iter().enumerate() {
            let param = self.fresh("p");
            nodes.extend((at > 0).then(|| Node::text(", ")));
            match kind {
                Kind::Object if self.chance(0.3) => {
                    let other = self.fresh("p");
                    self.scope.declare(&other, Kind::String, true);
                    nodes.push(Node::text(format!("{{a: {param}, b: {other}}}")));
                    self.scope.declare(&param, Kind::Number, true);
                    names.push(other);
                }
                _ => {
                    self.scope.declare(&param, *kind, true);
                    nodes.push(Node::name(&param));
                }
            }
            if at >= count - optional {
                nodes.extend([Node::text(" = "), self.expr(*kind)]);
            }
            names.push(param);
        }
        if self.chance(0.1) {
            let rest = self.fresh("p");
            self.scope.declare(&rest, Kind::Any, true);
            nodes.push(Node::text(format!("{}...{rest}", if count > 0 { ", " } else { "" })));
            names.push(rest);
        }
        nodes.push(Node::text(if self.chance(0.1) { ") ~> 0.8 " } else { ") " }));
        let callee = Callee { name: name.clone(), params, optional, result };
        // Some call themselves, until they have had enough.
        let recursive = count > 0 && callee.params[0] == Kind::Number && !names.is_empty() && self.chance(0.4);
        let loops = std::mem::take(&mut self.loops);
        self.bodies += 1;
        let statements = self.rng.usize(0..4);
        // Defaults may change the parameters before them.
        let looked_at = if optional > 0 { names[names.len() - 1..].to_vec() } else { names.clone() };
        let mut block = self.block(looked_at, statements, Some(result));
        if recursive {
            let mut stop = vec![Node::text(format!("if (!({} > 0)) {{ return ", names[0]))];
            stop.extend([self.expr(result), Node::text(" }")]);
            let mut again = vec![Node::text(format!("let {} = {name}({} - 1", self.fresh("v"), names[0]))];
            for kind in callee.params.iter().skip(1) {
                again.extend([Node::text(", "), self.expr(*kind)]);
            }
            again.push(Node::text(")"));
            let again_name = format!("v{}", self.names);
            block.stmts.insert(0, Stmt { nodes: again, names: vec![again_name] });
            block.stmts.insert(0, Stmt::new(stop));
        }
        self.bodies -= 1;
        self.loops = loops;
        self.scope.leave_body(mark);
        self.scope = outer;
        self.scope.callees.push(callee);
        nodes.push(Node::Block(block));
        Stmt { nodes, names: vec![name] }
    }

    /// A lambda under a name.
    fn closure(&mut self) -> Stmt {
        let name = self.fresh("g");
        let count = self.rng.usize(0..3);
        let params: Vec<Kind> = (0..count).map(|_| self.kind()).collect();
        let result = self.kind();
        let lambda = self.function(&params, result);
        self.scope.callees.push(Callee { name: name.clone(), params, optional: 0, result });
        Stmt { nodes: vec![Node::text(format!("let {name} = ")), lambda], names: vec![name] }
    }
}

fn wrapped(metadata: &str) -> String {
    if metadata.is_empty() { String::new() } else { format!("/**\n * {metadata}\n */") }
}
