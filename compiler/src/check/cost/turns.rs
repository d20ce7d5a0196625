//! How often a loop turns: exactly where the text says it (`for i = 0; i < 3; i++`), by the bound where that is not a
//! number (`i < n` is `n`), else by a symbol, if a counter bounds it at all ([`super::super::dispatch`]).

use super::super::dispatch;
use super::super::narrow::strip;
use super::amounts::shown;
use super::{Formula, Meter};
use crate::ast::visit::{self, Visitor};
use crate::ast::*;
use crate::resolve::{Resolution, VariableId};

impl<'a> Meter<'_, 'a> {
    /// Adds a loop, its parts in `walk`.
    pub(super) fn loops(&mut self, stmt: &'a Stmt, walk: impl FnOnce(&mut Self)) {
        self.repeated(|meter| meter.turns(stmt), walk);
    }

    fn turns(&self, stmt: &'a Stmt) -> Option<Formula> {
        let resolution = self.checker.modules[self.module as usize].resolution;
        let condition = match &stmt.kind {
            StmtKind::For(header, body) => {
                if let Some(turns) = self.counted(header, |changes| changes.visit_block(body)) {
                    return Some(turns);
                }
                header.condition.as_ref()
            }
            StmtKind::UncertainFor(header, levels) => {
                if let Some(turns) = self.counted(header, |changes| changes.visit_levels(levels)) {
                    return Some(turns);
                }
                header.condition.as_ref()
            }
            StmtKind::While { condition, .. }
            | StmtKind::DoWhile { condition, .. }
            | StmtKind::UncertainWhile { condition, .. } => Some(condition),
            _ => None,
        };
        if condition.is_some_and(|condition| matches!(strip(condition).kind, ExprKind::Bool(false) | ExprKind::Null)) {
            return Some(Formula::number(1));
        }
        let name = condition.map_or("…".to_owned(), shown);
        dispatch::is_bounded(resolution, stmt).then(|| Formula::symbol(format!("turns({name})")))
    }

    /// The turns of `i = a; i < b; i += c` whose body leaves `i` alone.
    fn counted(&self, header: &'a ForHeader, body: impl FnOnce(&mut Changes<'a>)) -> Option<Formula> {
        let resolution = self.checker.modules[self.module as usize].resolution;
        let (counter, start) = started(resolution, header.init.as_ref()?)?;
        let step = stepped(resolution, header.update.as_ref()?, counter).filter(|step| step.is_finite())?;
        let mut changes = Changes { resolution, of: counter, found: resolution.variable(counter).shared };
        body(&mut changes);
        if changes.found || step == 0.0 {
            return None;
        }
        let bounds = conjuncts(header.condition.as_ref()?);
        let turns = bounds.into_iter().filter_map(|bound| self.turns_up_to(bound, counter, start, step));
        // Any of several is a bound; a number says more than a symbol.
        turns.min_by_key(|turns| turns.known().unwrap_or(u64::MAX))
    }

    /// The turns until one comparison fails.
    fn turns_up_to(&self, comparison: &'a Expr, counter: VariableId, start: &'a Expr, step: f64) -> Option<Formula> {
        use BinaryOp::*;
        let resolution = self.checker.modules[self.module as usize].resolution;
        let ExprKind::Binary { op, left, right, .. } = &strip(comparison).kind else { return None };
        let is_counter = |expr: &Expr| resolution.variable_at(strip(expr).id) == Some(counter);
        let (bound, upwards, inclusive) = match op {
            Lt | ConfLt if is_counter(left) => (right, true, false),
            Le | ConfLe if is_counter(left) => (right, true, true),
            Gt if is_counter(left) => (right, false, false),
            Ge | ConfGe if is_counter(left) => (right, false, true),
            Gt if is_counter(right) => (left, true, false),
            Ge | ConfGe if is_counter(right) => (left, true, true),
            Lt | ConfLt if is_counter(right) => (left, false, false),
            Le | ConfLe if is_counter(right) => (left, false, true),
            _ => return None,
        };
        if upwards != (step > 0.0) {
            return None;
        }
        let (near, far) = if upwards { (start, &**bound) } else { (&**bound, start) };
        let near = resolution.known_number(near)?;
        if let Some(far) = resolution.known_number(far) {
            let turns = (far - near) / step.abs();
            let turns = if inclusive { turns.floor() + 1.0 } else { turns.ceil() };
            return Some(Formula::number(turns as u64));
        }
        // Up to the bound itself and not from 0 there are so many more, if steps are not smaller than 1.
        let more = f64::from(u8::from(inclusive)) - near;
        (step.abs() >= 1.0).then(|| self.number(far).plus(&Formula::number(more.ceil() as u64)))
    }
}

/// The variable that a header gives its first value, and that.
fn started<'a>(resolution: &Resolution, init: &'a Stmt) -> Option<(VariableId, &'a Expr)> {
    match &init.kind {
        StmtKind::Assign { target: Target::Place(place), op: AssignOp::Set, value, .. } => {
            Some((resolution.variable_at(place.id).filter(|_| matches!(place.kind, ExprKind::Name(_)))?, value))
        }
        StmtKind::Declare { declarators, .. } => match declarators.as_slice() {
            [Declarator { target: Pattern { kind: PatternKind::Name(name), .. }, value: Some(value), .. }] => {
                Some((resolution.variable_at(name.id)?, value))
            }
            _ => None,
        },
        _ => None,
    }
}

/// By how much an update moves the counter.
fn stepped(resolution: &Resolution, update: &Stmt, counter: VariableId) -> Option<f64> {
    let is_counter =
        |expr: &Expr| matches!(expr.kind, ExprKind::Name(_)) && resolution.variable_at(expr.id) == Some(counter);
    match &update.kind {
        StmtKind::Step { target, increment, .. } if is_counter(target) => Some(if *increment { 1.0 } else { -1.0 }),
        StmtKind::Assign { target: Target::Place(place), op: AssignOp::Add, value, .. } if is_counter(place) => {
            resolution.known_number(value)
        }
        StmtKind::Assign { target: Target::Place(place), op: AssignOp::Sub, value, .. } if is_counter(place) => {
            resolution.known_number(value).map(|step| -step)
        }
        _ => None,
    }
}

/// What `&&` joins.
fn conjuncts(condition: &Expr) -> Vec<&Expr> {
    let (mut open, mut found) = (vec![condition], Vec::new());
    while let Some(next) = open.pop() {
        match &strip(next).kind {
            ExprKind::Binary { op: BinaryOp::And | BinaryOp::ConfAnd, left, right, .. } => {
                open.extend([&**right, left])
            }
            _ => found.push(next),
        }
    }
    found
}

/// Looks for assignments of a variable.
struct Changes<'a> {
    resolution: &'a Resolution,
    of: VariableId,
    found: bool,
}

impl<'a> Visitor<'a> for Changes<'a> {
    fn visit_target(&mut self, target: &'a Target) {
        if let Target::Place(place) = target {
            self.found |= self.resolution.variable_at(place.id) == Some(self.of);
        }
        visit::walk_target(self, target);
    }

    fn visit_pattern(&mut self, pattern: &'a Pattern) {
        if let PatternKind::Name(name) = &pattern.kind {
            self.found |= self.resolution.variable_at(name.id) == Some(self.of);
        }
        visit::walk_pattern(self, pattern);
    }

    fn visit_stmt(&mut self, stmt: &'a Stmt) {
        if let StmtKind::Step { target, .. } = &stmt.kind {
            self.found |= self.resolution.variable_at(target.id) == Some(self.of);
        }
        visit::walk_stmt(self, stmt);
    }
}
