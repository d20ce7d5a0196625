//! `--cost`: how often a program asks agents and models at most.
//!
//! The checker has noted which calls ask, and which functions they go through ([`Asked`]). This goes through the trees
//! once more and adds up: parts of a statement and statements of a body, of branches the largest, a loop's body as often
//! as it turns ([`turns`]), what an agents' block does once an agent, a function's body where it is called, with what the
//! call says of its parameters.
//!
//! It is an upper bound, as every path is taken to its end. Two things are not in it: values of which nothing is known
//! are not taken for agents, and functions inside arrays and objects that are handed to code of which nothing is known
//! are not taken to be called. What other patterns ask, which `executePattern` runs, is a symbol.

mod amounts;
mod asked;
mod formula;
mod turns;

pub(super) use asked::Asked;
pub use formula::Formula;

use super::functions::FunctionId;
use super::{Checker, narrow};
use crate::ast::visit::{self, Visitor};
use crate::ast::*;
use crate::hash::HashMap;
use crate::resolve::{Binding, VariableId};
use crate::stack::deeper;
use amounts::{Amount, Starts};
use prism_bytecode::HostName;
use prism_diagnostics::Span;
use std::collections::BTreeMap;
use std::fmt;

/// Calls nested deeper than that, or more of them gone through, are told in general.
const MAX_NESTED: usize = 32;
const MAX_CALLS: usize = 20_000;

/// The library's functions that call back once an element.
const ONCE_AN_ELEMENT: [&str; 13] = [
    "map",
    "filter",
    "forEach",
    "reduce",
    "find",
    "findLast",
    "findIndex",
    "findLastIndex",
    "some",
    "every",
    "flatMap",
    "sortBy",
    "groupBy",
];

/// How often a program asks agents and models at most.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Cost {
    /// That often. The symbols are `agents`, the number of agents that can be asked, `len(xs)`, and what else only a run
    /// knows.
    AtMost(Formula),
    /// Nothing bounds it, for what is asked here.
    Unbounded(Span),
}

impl Default for Cost {
    fn default() -> Self {
        Cost::AtMost(Formula::default())
    }
}

impl fmt::Display for Cost {
    /// `2 + 3 × agents`, or `unbounded`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Cost::AtMost(formula) => write!(f, "{formula}"),
            Cost::Unbounded(_) => f.write_str("unbounded"),
        }
    }
}

impl Cost {
    fn number(number: u64) -> Cost {
        Cost::AtMost(Formula::number(number))
    }

    fn is_zero(&self) -> bool {
        matches!(self, Cost::AtMost(formula) if formula.is_zero())
    }

    fn plus(self, other: Cost) -> Cost {
        match (self, other) {
            (Cost::AtMost(one), Cost::AtMost(other)) => Cost::AtMost(one.plus(&other)),
            (Cost::Unbounded(at), _) | (_, Cost::Unbounded(at)) => Cost::Unbounded(at),
        }
    }

    fn or_more(self, other: Cost) -> Cost {
        match (self, other) {
            (Cost::AtMost(one), Cost::AtMost(other)) => Cost::AtMost(one.or_more(&other)),
            (Cost::Unbounded(at), _) | (_, Cost::Unbounded(at)) => Cost::Unbounded(at),
        }
    }

    fn times(self, turns: &Formula) -> Cost {
        match self {
            _ if turns.is_zero() => Cost::default(),
            Cost::AtMost(one) => Cost::AtMost(one.times(turns)),
            unbounded => unbounded,
        }
    }
}

impl<'a> Checker<'a> {
    /// How often the program asks at most, once all is noted.
    pub(super) fn cost(&self) -> Cost {
        let mut meter = Meter {
            checker: self,
            starts: Starts::new(self),
            module: 0,
            given: BTreeMap::new(),
            cost: Cost::default(),
            asked_at: None,
            active: Vec::new(),
            known: HashMap::default(),
            calls: 0,
            asks_all: false,
        };
        for (at, context) in self.modules.iter().enumerate() {
            meter.module = at as u32;
            visit::walk_module(&mut meter, context.module);
        }
        if meter.asks_all {
            // However often the names are read.
            let all = meter.all_agents();
            meter.cost = meter.cost.plus(Cost::AtMost(all));
        }
        meter.cost
    }
}

/// What parameters are given, by module.
type Given = BTreeMap<(u32, VariableId), Amount>;

/// Adds up.
struct Meter<'c, 'a> {
    checker: &'c Checker<'a>,
    starts: Starts<'a>,
    module: u32,
    given: Given,
    /// What was added up so far.
    cost: Cost,
    /// The first place since somebody last looked that asks.
    asked_at: Option<Span>,
    /// The functions that are being gone through, each called by the one before.
    active: Vec<FunctionId>,
    known: HashMap<(FunctionId, Given), Cost>,
    calls: usize,
    /// Whether `agentResults` or the like is read.
    asks_all: bool,
}

impl<'a> Meter<'_, 'a> {
    fn binding(&self, node: NodeId) -> Binding {
        self.checker.modules[self.module as usize].resolution.binding(node)
    }

    fn add(&mut self, cost: Cost) {
        self.cost = std::mem::take(&mut self.cost).plus(cost);
    }

    /// What a part comes to, which is not added.
    fn measured(&mut self, walk: impl FnOnce(&mut Self)) -> Cost {
        let outer = std::mem::take(&mut self.cost);
        walk(self);
        std::mem::replace(&mut self.cost, outer)
    }

    /// Adds the largest of several parts of which one runs.
    fn one_of<T>(&mut self, parts: impl IntoIterator<Item = T>, walk: impl Fn(&mut Self, T)) {
        let mut largest = Cost::default();
        for part in parts {
            largest = largest.or_more(self.measured(|meter| walk(meter, part)));
        }
        self.add(largest);
    }

    /// Adds a part as often as it runs, which counts only if it asks at all.
    fn repeated(&mut self, turns: impl FnOnce(&Self) -> Option<Formula>, walk: impl FnOnce(&mut Self)) {
        let before = self.asked_at.take();
        let once = self.measured(walk);
        let here = std::mem::replace(&mut self.asked_at, before);
        self.asked_at = self.asked_at.or(here);
        if once.is_zero() {
            return;
        }
        match (turns(self), here) {
            (Some(turns), _) => self.add(once.times(&turns)),
            (None, Some(at)) => self.add(Cost::Unbounded(at)),
            (None, None) => {}
        }
    }

    /// Adds what is asked at a place.
    fn charge(&mut self, cost: Cost, at: Span) {
        if !cost.is_zero() {
            self.asked_at = self.asked_at.or(Some(at));
            self.add(cost);
        }
    }

    /// What a call itself asks, its parts apart.
    fn call(&mut self, whole: &'a Expr, arguments: &[Option<&'a Expr>]) {
        let key = (self.module, whole.id);
        let mut cost = Cost::number(u64::from(self.checker.asked.direct.contains(&key)));
        for function in self.checker.asked.called.get(&key).into_iter().flatten() {
            cost = cost.or_more(self.function(*function, arguments, whole.span));
        }
        self.charge(cost, whole.span);
    }

    /// What a call of a function of the program asks.
    fn function(&mut self, id: FunctionId, arguments: &[Option<&'a Expr>], at: Span) -> Cost {
        if self.active.contains(&id) {
            return Cost::Unbounded(at);
        }
        let info = &self.checker.functions[id.0 as usize];
        let mut given = self.given.clone();
        let in_general = self.active.len() > MAX_NESTED || self.calls > MAX_CALLS;
        let resolution = self.checker.modules[info.module as usize].resolution;
        for (place, param) in info.node.params.iter().enumerate() {
            let PatternKind::Name(name) = &param.pattern.kind else { continue };
            let Some(variable) = resolution.variable_at(name.id) else { continue };
            let argument = arguments.get(place).copied().flatten();
            match argument.filter(|_| !param.rest && !in_general && resolution.variable(variable).assignments <= 1) {
                Some(argument) => given.insert((info.module, variable), self.amount(argument)),
                None => given.remove(&(info.module, variable)),
            };
        }
        let key = (id, given);
        if let Some(known) = self.known.get(&key) {
            return known.clone();
        }
        self.calls += 1;
        self.active.push(id);
        let outer = (self.module, std::mem::replace(&mut self.given, key.1.clone()), self.asked_at.take());
        self.module = info.module;
        let cost = self.measured(|meter| visit::walk_function(meter, info.node));
        (self.module, self.given, self.asked_at) = outer;
        self.active.pop();
        self.known.insert(key, cost.clone());
        cost
    }

    /// The callbacks among the arguments of a call; `subject` is what a function of that name of the library goes through.
    fn callbacks(&mut self, callee: &Expr, name: &str, subject: Option<&'a Expr>, arguments: &[Option<&'a Expr>]) {
        for argument in arguments.iter().copied().flatten() {
            let key = (self.module, argument.id);
            let is_call = matches!(narrow::strip(argument).kind, ExprKind::Call { .. });
            let mut cost = Cost::number(u64::from(!is_call && self.checker.asked.direct.contains(&key)));
            for function in self.checker.asked.offered.get(&key).into_iter().flatten() {
                cost = cost.or_more(self.function(*function, &[], argument.span));
            }
            if !cost.is_zero() {
                let turns = match (name, subject) {
                    ("sort" | "toSorted", Some(subject)) => {
                        let length = self.length(subject);
                        length.times(&length)
                    }
                    (_, Some(subject)) if ONCE_AN_ELEMENT.contains(&name) => self.length(subject),
                    _ => Formula::symbol(format!("calls({})", amounts::shown(callee))),
                };
                self.charge(cost.times(&turns), argument.span);
            }
        }
    }

    /// `f(a, b)`, `xs.f(a)`, also with a value piped in.
    fn called(&mut self, whole: &'a Expr, piped: Option<&'a Expr>) {
        let (callee, written) = match &whole.kind {
            ExprKind::Call { callee, arguments } => (&**callee, arguments.as_slice()),
            _ => (whole, [].as_slice()),
        };
        match &callee.kind {
            // A name asks where it is called.
            ExprKind::Name(_) => self.look_at_name(callee),
            ExprKind::Member { object, .. } => self.visit_expr(object),
            _ => self.visit_expr(callee),
        }
        visit::walk_arguments(self, written);
        let spread = written.iter().position(|argument| !matches!(argument, Argument::Positional(_)));
        let positional = written[..spread.unwrap_or(written.len())].iter().map(|argument| match argument {
            Argument::Positional(value) => Some(value),
            _ => None,
        });
        let arguments: Vec<Option<&Expr>> = piped.into_iter().map(Some).chain(positional).collect();
        self.call(whole, &arguments);
        match &callee.kind {
            ExprKind::Member { object, name, .. } => self.callbacks(callee, &name.name, Some(object), &arguments),
            _ => {
                let path = self.library_path(callee);
                let first = arguments.first().copied().flatten();
                if path == Some("executePattern") {
                    let other = first.map_or("…".to_owned(), amounts::shown);
                    self.charge(Cost::AtMost(Formula::symbol(format!("executePattern({other})"))), whole.span);
                }
                self.callbacks(callee, path.unwrap_or_default(), first.filter(|_| path.is_some()), &arguments);
            }
        }
    }

    fn look_at_name(&mut self, name: &Expr) {
        let is_all =
            matches!(self.binding(name.id), Binding::Host(HostName::AgentResults | HostName::SuccessfulResults));
        self.asks_all |= is_all;
    }
}

impl<'a> Visitor<'a> for Meter<'_, 'a> {
    fn visit_function(&mut self, _: &'a Function) {
        // What a function does counts where it is called.
    }

    fn visit_levels(&mut self, levels: &'a Levels) {
        if let Some(bounds) = &levels.thresholds {
            self.visit_expr(&bounds.0);
            self.visit_expr(&bounds.1);
        }
        self.one_of(&levels.branches, |meter, branch| meter.visit_block(&branch.body));
    }

    fn visit_stmt(&mut self, stmt: &'a Stmt) {
        match &stmt.kind {
            StmtKind::ForIn { item, collection, body, .. } => {
                self.visit_expr(collection);
                let turns = |meter: &Self| Some(meter.length(collection));
                self.repeated(turns, |meter| {
                    meter.visit_pattern(item);
                    meter.visit_block(body);
                });
            }
            StmtKind::For(header, _) | StmtKind::UncertainFor(header, _) => {
                header.init.iter().for_each(|init| self.visit_stmt(init));
                self.loops(stmt, |meter| {
                    header.condition.iter().for_each(|condition| meter.visit_expr(condition));
                    match &stmt.kind {
                        StmtKind::UncertainFor(_, levels) => meter.visit_levels(levels),
                        StmtKind::For(_, body) => meter.visit_block(body),
                        _ => {}
                    }
                    header.update.iter().for_each(|update| meter.visit_stmt(update));
                });
                // The condition is looked at once more than the loop turns.
                header.condition.iter().for_each(|condition| self.visit_expr(condition));
            }
            StmtKind::While { condition, .. }
            | StmtKind::DoWhile { condition, .. }
            | StmtKind::UncertainWhile { condition, .. } => {
                self.loops(stmt, |meter| visit::walk_stmt(meter, stmt));
                self.visit_expr(condition);
            }
            _ => visit::walk_stmt(self, stmt),
        }
    }

    fn visit_expr(&mut self, expr: &'a Expr) {
        match &expr.kind {
            ExprKind::Name(_) => self.look_at_name(expr),
            ExprKind::Call { .. } => deeper(|| self.called(expr, None)),
            ExprKind::Pipe { value, target, .. } => deeper(|| {
                self.visit_expr(value);
                match super::call::has_hole(target) {
                    true => self.visit_expr(target),
                    false => self.called(target, Some(value)),
                }
            }),
            ExprKind::Conditional { condition, then, otherwise, .. } => deeper(|| {
                self.visit_expr(condition);
                self.one_of([then, otherwise], |meter, branch| meter.visit_expr(branch));
            }),
            ExprKind::If { condition, then, otherwise } => deeper(|| {
                self.visit_expr(condition);
                self.one_of([Some(then), otherwise.as_ref()].into_iter().flatten(), |meter, branch| {
                    meter.visit_block(branch);
                });
            }),
            ExprKind::Match { subject, arms } => deeper(|| {
                self.visit_expr(subject);
                for arm in arms {
                    self.visit_pattern(&arm.pattern);
                    arm.guard.iter().for_each(|guard| self.visit_expr(guard));
                }
                self.one_of(arms, |meter, arm| visit::walk_body(meter, &arm.body));
            }),
            ExprKind::Parallel { agents, timeout, min_results, body, .. } => deeper(|| {
                self.visit_expr(agents);
                timeout.iter().chain(min_results).for_each(|setting| self.visit_expr(setting));
                self.repeated(|meter| Some(meter.length(agents)), |meter| meter.visit_block(body));
            }),
            ExprKind::Race { agents, timeout, body, until, .. } => deeper(|| {
                self.visit_expr(agents);
                timeout.iter().for_each(|timeout| self.visit_expr(timeout));
                let turns = |meter: &Self| Some(meter.length(agents));
                self.repeated(turns, |meter| {
                    meter.visit_block(body);
                    until.iter().for_each(|until| meter.visit_expr(&until.condition));
                });
            }),
            _ => visit::walk_expr(self, expr),
        }
    }
}
