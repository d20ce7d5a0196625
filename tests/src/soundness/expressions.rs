//! Expressions: templates with their holes filled.

use super::generate::Generator;
use super::scope::Kind;
use super::templates;
use super::tree::{Block, Node};

/// Confidences and thresholds that programs write out.
const LEVELS: &[&str] = &["0", "0.2", "0.3", "0.4", "0.5", "0.6", "0.7", "0.75", "0.8", "0.9", "0.95", "1"];

/// Confidences that are only known in a run, and those that are computed.
const COMPUTED: &[&str] = &["(%n / 10)", "(<~ %r)", "(0.5 + 0.25)", "(0.9 * 0.5)", "(%r ?? 0.5)", "%n"];

impl Generator {
    /// An expression meant to be of that kind.
    pub(super) fn expr(&mut self, kind: Kind) -> Node {
        self.depth += 1;
        let kind = if self.rng.f64() < self.careless { self.pick(&Kind::ALL) } else { kind };
        let node = self.expr_inside(kind);
        self.depth -= 1;
        node
    }

    fn expr_inside(&mut self, kind: Kind) -> Node {
        let deep = self.depth > 3 || self.size == 0;
        self.size = self.size.saturating_sub(1);
        let chance = self.rng.f64();
        if chance < if deep { 0.65 } else { 0.35 }
            && let Some(name) = self.variable(|variable| variable.kind == kind || kind == Kind::Any)
        {
            return Node::Expr(vec![Node::text(name)]);
        }
        if deep || chance > 0.9 {
            return Node::Expr(vec![Node::text(self.pick(templates::leaves(kind)))]);
        }
        let template = self.pick(templates::of(kind));
        self.filled(template, kind)
    }

    /// A template in parentheses.
    fn filled(&mut self, template: &str, kind: Kind) -> Node {
        let mut nodes = vec![Node::text("(")];
        self.fill(template, kind, &mut nodes);
        nodes.push(Node::text(")"));
        Node::Expr(nodes)
    }

    /// Fills the holes of a template; a block in it is to give `kind`.
    pub(super) fn fill(&mut self, template: &str, kind: Kind, nodes: &mut Vec<Node>) {
        // The block of each agent is a body of its own.
        let is_body = template.starts_with("parallel") || template.starts_with("race");
        let mark = self.scope.mark();
        let mut parts = template.split('%');
        nodes.extend(parts.next().filter(|text| !text.is_empty()).map(Node::text));
        for part in parts {
            let mut letters = part.chars();
            match letters.next() {
                // A remainder.
                None | Some(' ') => nodes.push(Node::text(format!("%{part}"))),
                Some(hole) => {
                    let node = self.hole(hole, kind);
                    nodes.push(node);
                    nodes.push(Node::text(letters.as_str()));
                }
            }
        }
        if is_body {
            self.scope.leave_body(mark);
        }
    }

    fn hole(&mut self, hole: char, kind: Kind) -> Node {
        match hole {
            'n' => self.expr(Kind::Number),
            's' => self.expr(Kind::String),
            'b' => self.condition(),
            'N' => self.expr(Kind::Numbers),
            'S' => self.expr(Kind::Strings),
            'O' => self.expr(Kind::Objects),
            'o' => self.expr(Kind::Object),
            'x' => self.expr(Kind::Any),
            'v' => {
                self.depth += 1;
                let template = if self.depth > 4 { "null" } else { self.pick(templates::nullable()) };
                let node = self.filled(template, Kind::Any);
                self.depth -= 1;
                node
            }
            'l' => Node::text(self.pick(&["0", "1", "2", "3", "4", "-1"])),
            'q' => Node::text(self.pick(&["\"a\"", "\"b\"", "\"c\"", "\",\"", "\" \""])),
            't' => Node::text(self.pick(LEVELS)),
            'c' if self.rng.f64() < 0.8 => Node::Expr(vec![Node::text(self.pick(LEVELS))]),
            'c' => {
                let template = self.pick(COMPUTED);
                self.filled(template, Kind::Number)
            }
            'r' => match self.variable(|_| true) {
                Some(name) => Node::Expr(vec![Node::text(name)]),
                None => self.expr(Kind::Any),
            },
            '1' => self.function(&[Kind::Number], Kind::Number),
            '2' => self.function(&[Kind::Number], Kind::Boolean),
            '3' => self.function(&[Kind::Number], Kind::Any),
            '4' => self.function(&[Kind::Number, Kind::Number], Kind::Number),
            '5' => self.function(&[Kind::String], Kind::String),
            '6' => self.function(&[Kind::Object], Kind::Object),
            '7' => self.function(&[], Kind::Any),
            'g' => Node::text(self.pick(&["agentList[0]", "agentList[1]"])),
            'G' => Node::text(self.pick(&["agentList", "select(min: 1)", "agentList.slice(0, 2)"])),
            'B' => Node::Block(self.value_block(kind)),
            'f' => self.call(kind),
            _ => Node::text("null"),
        }
    }

    /// A condition, sometimes a value that is none.
    pub(super) fn condition(&mut self) -> Node {
        let kind = if self.rng.f64() < 0.85 { Kind::Boolean } else { Kind::Any };
        self.expr(kind)
    }

    /// A block whose value is meant to be of that kind.
    pub(super) fn value_block(&mut self, kind: Kind) -> Block {
        let loops = std::mem::take(&mut self.loops);
        let count = if self.size == 0 { 0 } else { self.rng.usize(0..2) };
        let block = self.block(Vec::new(), count, Some(kind));
        self.loops = loops;
        block
    }

    /// A lambda, or a function that is there already.
    pub(super) fn function(&mut self, params: &[Kind], result: Kind) -> Node {
        if self.rng.f64() < 0.15 {
            let fits = |params: &[Kind], given: &[Kind]| params.len() == given.len();
            let found: Vec<_> = self.scope.callees.iter().filter(|one| fits(&one.params, params)).collect();
            if !found.is_empty() {
                return Node::Expr(vec![Node::text(found[self.rng.usize(..found.len())].name.clone())]);
            }
        }
        let mark = self.scope.mark();
        let names: Vec<String> = params.iter().map(|_| self.fresh("p")).collect();
        for (name, kind) in names.iter().zip(params) {
            self.scope.declare(name, *kind, true);
        }
        let loops = std::mem::take(&mut self.loops);
        self.bodies += 1;
        let mut nodes = vec![Node::text(format!("({}) => ", names.join(", ")))];
        if self.rng.f64() < 0.4 && self.size > 0 {
            let count = self.rng.usize(0..3);
            nodes.push(Node::Block(self.block(names, count, Some(result))));
        } else {
            let body = self.expr(result);
            nodes.extend([Node::text("("), body, Node::text(")")]);
        }
        self.bodies -= 1;
        self.loops = loops;
        self.scope.leave_body(mark);
        let mut all = vec![Node::text("(")];
        all.append(&mut nodes);
        all.push(Node::text(")"));
        Node::Expr(all)
    }

    /// A call of a function of the program.
    pub(super) fn call(&mut self, kind: Kind) -> Node {
        let all = &self.scope.callees;
        let mut found: Vec<_> = all.iter().filter(|one| one.result == kind || kind == Kind::Any).cloned().collect();
        if found.is_empty() {
            found.clone_from(all);
        }
        if found.is_empty() || self.calls > 25 {
            return Node::Expr(vec![Node::text(self.pick(templates::leaves(kind)))]);
        }
        self.calls += 1;
        let callee = found.swap_remove(self.rng.usize(..found.len()));
        let mut nodes = vec![Node::text(format!("{}(", callee.name))];
        let left_out = if callee.optional > 0 { self.rng.usize(..=callee.optional) } else { 0 };
        let mut count = callee.params.len() - left_out;
        if self.rng.f64() < self.careless / 3.0 {
            count = self.rng.usize(0..4);
        }
        for at in 0..count {
            let kind = callee.params.get(at).copied().unwrap_or(Kind::Any);
            nodes.extend((at > 0).then(|| Node::text(", ")));
            let argument = self.expr(kind);
            nodes.push(argument);
        }
        nodes.push(Node::text(")"));
        Node::Expr(nodes)
    }

    /// The name of a variable in sight.
    pub(super) fn variable(&mut self, fits: impl Fn(&super::scope::Variable) -> bool) -> Option<String> {
        let found: Vec<_> = self.scope.variables.iter().filter(|one| fits(one)).collect();
        if found.is_empty() {
            return None;
        }
        // Those that were declared last are of most interest.
        let far = self.rng.usize(..found.len()).min(self.rng.usize(..found.len()));
        Some(found[found.len() - 1 - far].name.clone())
    }
}
