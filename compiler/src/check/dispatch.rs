//! `unbounded-dispatch`: loops that ask an agent or model again and again with no bound in sight.
//!
//! A bound is a loop over a collection, or a comparison of a counter: a variable that the loop itself counts, compared in
//! its condition or where it is left.

use super::cost::Asked;
use super::{Checker, faults};
use crate::ast::visit::{self, Visitor};
use crate::ast::*;
use crate::hash::HashSet;
use crate::resolve::{Resolution, VariableId};
use prism_diagnostics::{Diagnostic, Span};

impl<'a> Checker<'a> {
    /// Says where a loop without a bound asks.
    pub(super) fn judge_loops(&mut self) {
        let mut found = Vec::new();
        for (place, context) in self.modules.iter().enumerate() {
            let mut loops = Loops {
                resolution: context.resolution,
                module: place as u32,
                asked: &self.asked,
                unbounded: 0,
                said: HashSet::default(),
                found: &mut found,
            };
            visit::walk_module(&mut loops, context.module);
        }
        self.diagnostics.extend(found);
    }
}

struct Loops<'c, 'a> {
    resolution: &'a Resolution,
    module: u32,
    asked: &'c Asked,
    /// How many loops without a bound are around this point, in this function.
    unbounded: u32,
    said: HashSet<Span>,
    found: &'c mut Vec<Diagnostic>,
}

impl<'a> Loops<'_, 'a> {
    /// Goes through a loop, its parts in `walk`.
    fn in_loop(&mut self, bounded: bool, walk: impl FnOnce(&mut Self)) {
        let around = self.unbounded;
        self.unbounded = if bounded { around } else { around + 1 };
        walk(self);
        self.unbounded = around;
    }
}

impl<'a> Visitor<'a> for Loops<'_, 'a> {
    fn visit_stmt(&mut self, stmt: &'a Stmt) {
        match &stmt.kind {
            StmtKind::While { .. }
            | StmtKind::DoWhile { .. }
            | StmtKind::For(..)
            | StmtKind::UncertainWhile { .. }
            | StmtKind::UncertainFor(..) => {
                let bounded = is_bounded(self.resolution, stmt);
                self.in_loop(bounded, |loops| visit::walk_stmt(loops, stmt));
            }
            _ => visit::walk_stmt(self, stmt),
        }
    }

    fn visit_function(&mut self, function: &'a Function) {
        // What a function does in a loop is told of where it is called. A lambda in a loop is called there, too.
        let around = self.unbounded;
        if !function.lambda {
            self.unbounded = 0;
        }
        visit::walk_function(self, function);
        self.unbounded = around;
    }

    fn visit_expr(&mut self, expr: &'a Expr) {
        if self.unbounded > 0 && self.asked.contains((self.module, expr.id)) && self.said.insert(expr.span) {
            self.found.push(faults::unbounded_dispatch(expr.span));
        }
        visit::walk_expr(self, expr);
    }
}

/// Whether something that can be seen bounds the turns of a loop.
pub(super) fn is_bounded(resolution: &Resolution, stmt: &Stmt) -> bool {
    let mut counters = Counters { resolution, counted: HashSet::default() };
    visit::walk_stmt(&mut counters, stmt);
    let mut comparisons = Comparisons { resolution, counted: counters.counted, found: false };
    match &stmt.kind {
        StmtKind::While { condition, body } | StmtKind::DoWhile { body, condition } => {
            comparisons.visit_expr(condition);
            comparisons.exits(&body.body);
        }
        StmtKind::For(header, body) => {
            header.condition.iter().for_each(|condition| comparisons.visit_expr(condition));
            comparisons.exits(&body.body);
        }
        StmtKind::UncertainWhile { condition, levels } => {
            comparisons.visit_expr(condition);
            levels.branches.iter().for_each(|branch| comparisons.exits(&branch.body.body));
        }
        StmtKind::UncertainFor(header, levels) => {
            header.condition.iter().for_each(|condition| comparisons.visit_expr(condition));
            levels.branches.iter().for_each(|branch| comparisons.exits(&branch.body.body));
        }
        _ => comparisons.found = true,
    }
    comparisons.found
}

/// The variables that a loop counts: `n++`, `n += 1`, `n = n + 1`.
struct Counters<'a> {
    resolution: &'a Resolution,
    counted: HashSet<VariableId>,
}

impl<'a> Visitor<'a> for Counters<'a> {
    fn visit_stmt(&mut self, stmt: &'a Stmt) {
        let counted = match &stmt.kind {
            StmtKind::Step { target, .. } => Some(&**target),
            StmtKind::Assign { target: Target::Place(place), op, value, .. } => match op.binary() {
                Some(_) => Some(place),
                None => Some(place).filter(|place| mentions(self.resolution, value, place)),
            },
            _ => None,
        };
        if let Some(variable) = counted.and_then(|place| self.resolution.variable_at(place.id)) {
            self.counted.insert(variable);
        }
        visit::walk_stmt(self, stmt);
    }
}

/// Whether `value` is arithmetic with the variable of `place`.
fn mentions(resolution: &Resolution, value: &Expr, place: &Expr) -> bool {
    match &super::narrow::strip(value).kind {
        ExprKind::Binary { op: BinaryOp::Add | BinaryOp::Sub | BinaryOp::Mul | BinaryOp::Div, left, right, .. } => {
            let same = |expr: &Expr| {
                let variable = resolution.variable_at(super::narrow::strip(expr).id);
                variable.is_some() && variable == resolution.variable_at(place.id)
            };
            same(left) || same(right)
        }
        _ => false,
    }
}

/// Looks for a comparison of a counter.
struct Comparisons<'a> {
    resolution: &'a Resolution,
    counted: HashSet<VariableId>,
    found: bool,
}

impl<'a> Comparisons<'a> {
    /// The conditions under which statements leave the loop.
    fn exits(&mut self, stmts: &'a [Stmt]) {
        for stmt in stmts {
            if let StmtKind::Expr(Expr { kind: ExprKind::If { condition, then, otherwise }, .. }) = &stmt.kind {
                let leaves = |block: &Block| {
                    block
                        .body
                        .iter()
                        .any(|stmt| matches!(stmt.kind, StmtKind::Break | StmtKind::Return { .. } | StmtKind::Throw(_)))
                };
                if leaves(then) || otherwise.as_deref().is_some_and(leaves) {
                    self.visit_expr(condition);
                }
                self.exits(&then.body);
                otherwise.iter().for_each(|block| self.exits(&block.body));
            }
        }
    }
}

impl<'a> Visitor<'a> for Comparisons<'a> {
    fn visit_expr(&mut self, expr: &'a Expr) {
        use BinaryOp::*;
        if let ExprKind::Binary { op: Lt | Le | Gt | Ge | Eq | Ne | StrictEq | StrictNe, left, right, .. } = &expr.kind
        {
            let is_counter = |expr: &Expr| {
                let variable = self.resolution.variable_at(super::narrow::strip(expr).id);
                variable.is_some_and(|variable| self.counted.contains(&variable))
            };
            self.found |= is_counter(left) || is_counter(right);
        }
        visit::walk_expr(self, expr);
    }
}
