//! Which values are dropped. A statement's value is dropped unless the statement is the last of its block and the
//! block's own value is used: a function's and a program's is their result (§6).

use super::Subject;
use super::callee::function_of;
use crate::ast::visit::{self, Visitor};
use crate::ast::*;
use crate::hash::HashSet;
use crate::resolve::hoist::names_of;
use crate::stack::deeper;

/// What becomes of values.
#[derive(Default)]
pub(super) struct Fates<'a> {
    /// The expressions whose value is dropped where they stand as statements.
    pub dropped: Vec<Dropped<'a>>,
    /// All whose value nobody gets: those, and what a callback gives whose caller ignores it.
    ignored: HashSet<NodeId>,
    /// The names that are assigned by statements whose value is used.
    passed_on: HashSet<NodeId>,
}

/// An expression whose value is dropped.
#[derive(Clone, Copy)]
pub(super) struct Dropped<'a> {
    /// The expression.
    pub expr: &'a Expr,
    /// Whether it stands in the body of a `try`: it may be there to see whether it fails.
    pub is_tried: bool,
    /// Whether it is the body of an arm, which has to be something.
    pub is_arm: bool,
}

impl Fates<'_> {
    /// Whether nobody gets the value of that expression.
    pub fn is_ignored(&self, expr: NodeId) -> bool {
        self.ignored.contains(&expr)
    }

    /// Whether the value that the name at that node is assigned also is what its block gives.
    pub fn is_passed_on(&self, target: NodeId) -> bool {
        self.passed_on.contains(&target)
    }
}

/// What becomes of the values of a module.
pub(super) fn of<'a>(subject: Subject<'a>) -> Fates<'a> {
    let mut walk = Walk { subject, fates: Fates::default(), is_tried: false, ignored_functions: HashSet::default() };
    walk.statements(&subject.module.body, Fate::Used);
    walk.fates
}

/// What becomes of a value.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Fate {
    Used,
    /// It is that of a statement, and goes nowhere.
    Dropped,
    /// It is what a function gives to a caller that ignores it.
    Ignored,
}

struct Walk<'a> {
    subject: Subject<'a>,
    fates: Fates<'a>,
    is_tried: bool,
    /// Functions whose caller ignores what they give.
    ignored_functions: HashSet<NodeId>,
}

impl<'a> Walk<'a> {
    fn statements(&mut self, stmts: &'a [Stmt], fate: Fate) {
        for (at, stmt) in stmts.iter().enumerate() {
            self.statement(stmt, if at + 1 == stmts.len() { fate } else { Fate::Dropped });
        }
    }

    fn statement(&mut self, stmt: &'a Stmt, fate: Fate) {
        match &stmt.kind {
            StmtKind::Expr(expr) => self.expr(expr, fate),
            StmtKind::Assign { target, .. } => {
                if fate == Fate::Used {
                    self.pass_on(target);
                }
                visit::walk_stmt(self, stmt);
            }
            StmtKind::Step { target, .. } => {
                if fate == Fate::Used {
                    self.fates.passed_on.insert(target.id);
                }
                self.visit_expr(target);
            }
            StmtKind::While { condition, body } => {
                self.visit_expr(condition);
                self.block(body, fate);
            }
            StmtKind::DoWhile { body, condition } => {
                self.block(body, fate);
                self.visit_expr(condition);
            }
            StmtKind::For(header, body) => {
                self.header(header);
                self.block(body, fate);
            }
            StmtKind::ForIn { item, collection, body, .. } => {
                self.visit_expr(collection);
                self.visit_pattern(item);
                self.block(body, fate);
            }
            StmtKind::UncertainWhile { condition, levels } => {
                self.visit_expr(condition);
                self.levels(levels, fate);
            }
            StmtKind::UncertainFor(header, levels) => {
                self.header(header);
                self.levels(levels, fate);
            }
            StmtKind::Context { body, .. } => self.block(body, fate),
            StmtKind::Pattern(pattern) => self.block(&pattern.body, Fate::Used),
            _ => visit::walk_stmt(self, stmt),
        }
    }

    fn pass_on(&mut self, target: &Target) {
        match target {
            Target::Place(place) => {
                self.fates.passed_on.insert(place.id);
            }
            Target::Pattern(pattern) => names_of(pattern, &mut |ident| {
                self.fates.passed_on.insert(ident.id);
            }),
        }
    }

    fn header(&mut self, header: &'a ForHeader) {
        visit::walk_for_start(self, header);
        header.update.iter().for_each(|update| self.visit_stmt(update));
    }

    fn block(&mut self, block: &'a Block, fate: Fate) {
        deeper(|| self.statements(&block.body, fate));
    }

    fn levels(&mut self, levels: &'a Levels, fate: Fate) {
        if let Some((high, medium)) = levels.thresholds.as_deref() {
            self.visit_expr(high);
            self.visit_expr(medium);
        }
        levels.branches.iter().for_each(|branch| self.block(&branch.body, fate));
    }

    fn body(&mut self, body: &'a Body, fate: Fate) {
        match body {
            Body::Expr(expr) => self.expr(expr, fate),
            Body::Block(block) => self.block(block, fate),
            Body::Statement(stmt) => self.statement(stmt, fate),
        }
    }

    fn tried(&mut self, is_tried: bool, walk: impl FnOnce(&mut Self)) {
        let around = std::mem::replace(&mut self.is_tried, is_tried);
        walk(self);
        self.is_tried = around;
    }

    /// An expression whose value has that fate; what passes a branch's value on passes its fate down.
    fn expr(&mut self, expr: &'a Expr, fate: Fate) {
        match &expr.kind {
            ExprKind::Paren(inner) => deeper(|| self.expr(inner, fate)),
            ExprKind::Block(block) | ExprKind::Sequential(block) => self.block(block, fate),
            ExprKind::If { condition, then, otherwise } => {
                self.visit_expr(condition);
                self.block(then, fate);
                otherwise.iter().for_each(|otherwise| self.block(otherwise, fate));
            }
            ExprKind::UncertainIf { condition, levels } => {
                self.visit_expr(condition);
                self.levels(levels, fate);
            }
            ExprKind::Match { subject, arms } => {
                self.visit_expr(subject);
                arms.iter().for_each(|arm| self.arm(arm, fate));
            }
            ExprKind::Try { body, catch, finally } => {
                self.tried(true, |this| this.block(body, fate));
                if let Some(catch) = catch {
                    catch.binding.iter().for_each(|binding| self.visit_pattern(binding));
                    self.block(&catch.body, fate);
                }
                finally.iter().for_each(|finally| self.block(finally, Fate::Dropped));
            }
            _ => {
                self.drop(expr, fate, false);
                self.inside(expr);
            }
        }
    }

    fn arm(&mut self, arm: &'a Arm, fate: Fate) {
        self.visit_pattern(&arm.pattern);
        arm.guard.iter().for_each(|guard| self.visit_expr(guard));
        match &arm.body {
            Body::Expr(expr) if !matches!(expr.kind, ExprKind::If { .. } | ExprKind::Match { .. }) => {
                self.drop(expr, fate, true);
                self.visit_expr(expr);
            }
            body => self.body(body, fate),
        }
    }

    fn drop(&mut self, expr: &'a Expr, fate: Fate, is_arm: bool) {
        if fate == Fate::Dropped {
            self.fates.dropped.push(Dropped { expr, is_tried: self.is_tried, is_arm });
        }
        if fate != Fate::Used {
            self.fates.ignored.insert(expr.id);
        }
    }

    /// The parts of an expression, all of which are used, but for what callbacks give where their caller ignores it.
    fn inside(&mut self, expr: &'a Expr) {
        if let ExprKind::Call { callee, arguments } = &expr.kind {
            let mut functions = arguments.iter().filter_map(function_of).peekable();
            if functions.peek().is_some() && self.subject.callee(callee).drops_what_callbacks_give() {
                self.ignored_functions.extend(functions.map(|function| function.id));
            }
        }
        visit::walk_expr(self, expr);
    }
}

impl<'a> Visitor<'a> for Walk<'a> {
    fn visit_stmt(&mut self, stmt: &'a Stmt) {
        self.statement(stmt, Fate::Dropped);
    }

    fn visit_block(&mut self, block: &'a Block) {
        self.block(block, Fate::Used);
    }

    fn visit_expr(&mut self, expr: &'a Expr) {
        self.expr(expr, Fate::Used);
    }

    fn visit_function(&mut self, function: &'a Function) {
        function.confidence.iter().for_each(|confidence| self.visit_expr(confidence));
        let fate = if self.ignored_functions.contains(&function.id) { Fate::Ignored } else { Fate::Used };
        self.tried(false, |this| {
            function.params.iter().for_each(|param| visit::walk_param(this, param));
            this.body(&function.body, fate);
        });
    }
}
