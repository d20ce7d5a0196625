//! What a stretch of text declares before any of it runs: by saying so ([`declarations`], of one block alone), and by
//! plainly assigning ([`assigned_names`], of a whole body).

use super::VariableKind;
use crate::ast::visit::{self, Visitor};
use crate::ast::*;
use crate::hash::HashMap;
use prism_diagnostics::Span;
use smallvec::{SmallVec, smallvec};

/// Every name that these statements declare for their block, with how it comes about, in order.
pub(super) fn declarations<'a>(stmts: &'a [Stmt], found: &mut impl FnMut(&'a Ident, VariableKind)) {
    for stmt in stmts {
        match &stmt.kind {
            StmtKind::Declare { constant, declarators } => {
                let kind = if *constant { VariableKind::Const } else { VariableKind::Let };
                for declarator in declarators {
                    names_of(&declarator.target, &mut |ident| found(ident, kind));
                }
            }
            StmtKind::Agents(agents) => agents.iter().for_each(|agent| found(&agent.name, VariableKind::Agent)),
            StmtKind::Export(export) => {
                if let Export::Statement(stmt) = &**export {
                    declarations(std::slice::from_ref(stmt), found);
                }
            }
            _ => {
                if let Some(ident) = function_of(stmt).and_then(|function| function.name.as_ref()) {
                    found(ident, VariableKind::Function);
                }
            }
        }
    }
}

/// The function that a statement declares, exported or not.
pub(crate) fn function_of(stmt: &Stmt) -> Option<&Function> {
    match &stmt.kind {
        StmtKind::Function(function) => Some(function),
        StmtKind::Export(export) => match &**export {
            Export::Statement(stmt) => function_of(stmt),
            _ => None,
        },
        _ => None,
    }
}

/// Every name in a pattern, in order.
pub(crate) fn names_of<'a>(pattern: &'a Pattern, found: &mut impl FnMut(&'a Ident)) {
    struct Names<'f, F>(&'f mut F);
    impl<'a, F: FnMut(&'a Ident)> Visitor<'a> for Names<'_, F> {
        fn visit_pattern(&mut self, pattern: &'a Pattern) {
            match &pattern.kind {
                PatternKind::Name(ident) => (self.0)(ident),
                _ => visit::walk_pattern(self, pattern),
            }
        }

        fn visit_expr(&mut self, _: &'a Expr) {}
    }
    Names(found).visit_pattern(pattern);
}

/// Names that a part of the text declares: few.
type Names<'a> = SmallVec<[&'a str; 4]>;

/// A name that a body plainly assigns, where it does so first.
pub(super) struct Assigned<'a> {
    pub name: &'a Name,
    pub at: Span,
}

/// Finds the names that a body plainly assigns where no block inside it declares them, in order of first assignment.
/// What lies in bodies of its own inside is theirs: functions, the blocks of `parallel` and `race`, a `pattern`.
pub(super) struct AssignedNames<'a> {
    /// Where there are such assignments, in order: other parts of the tree need not be walked.
    places: &'a [u32],
    found: indexmap::IndexMap<&'a str, Assigned<'a>>,
    /// How many blocks around the place declare a name.
    hidden: HashMap<&'a str, u32>,
}

impl<'a> AssignedNames<'a> {
    /// Of a module of which nothing has been walked yet.
    pub fn new(module: &'a Module) -> Self {
        AssignedNames { places: &module.assignments, found: Default::default(), hidden: HashMap::default() }
    }

    /// Whether an assignment stands there.
    fn is_within(&self, span: Span) -> bool {
        let next = self.places.partition_point(|at| *at < span.start);
        self.places.get(next).is_some_and(|at| *at < span.end)
    }

    /// The names found, in order.
    pub fn into_names(self) -> impl Iterator<Item = Assigned<'a>> {
        self.found.into_values()
    }

    fn assign(&mut self, name: &'a Name, at: Span) {
        if !self.hidden.contains_key(name.as_str()) {
            self.found.entry(name.as_str()).or_insert(Assigned { name, at });
        }
    }

    /// Walks with these names hidden.
    fn hiding(&mut self, names: Names<'a>, walk: impl FnOnce(&mut Self)) {
        for name in &names {
            *self.hidden.entry(name).or_default() += 1;
        }
        walk(self);
        for name in names {
            if let Some(count) = self.hidden.get_mut(name) {
                *count -= 1;
                if *count == 0 {
                    self.hidden.remove(name);
                }
            }
        }
    }
}

/// The names that statements declare for their block, or a loop's `let` for its header.
fn declared_names(stmts: &[Stmt]) -> Names<'_> {
    let mut names = Names::new();
    declarations(stmts, &mut |ident, _| names.push(ident.name.as_str()));
    names
}

fn pattern_names<'a>(patterns: impl IntoIterator<Item = &'a Pattern>) -> Names<'a> {
    let mut names = Names::new();
    for pattern in patterns {
        names_of(pattern, &mut |ident| names.push(ident.name.as_str()));
    }
    names
}

impl<'a> Visitor<'a> for AssignedNames<'a> {
    fn visit_stmt(&mut self, stmt: &'a Stmt) {
        if !self.is_within(stmt.span) {
            return;
        }
        match &stmt.kind {
            StmtKind::Assign { target, op: AssignOp::Set, .. } => {
                match target {
                    Target::Place(Expr { kind: ExprKind::Name(name), span, .. }) => self.assign(name, *span),
                    Target::Place(_) => {}
                    Target::Pattern(pattern) => names_of(pattern, &mut |ident| self.assign(&ident.name, ident.span)),
                }
                visit::walk_stmt(self, stmt);
            }
            StmtKind::For(header, _) | StmtKind::UncertainFor(header, _) => {
                let names = declared_names(header.init.as_slice());
                self.hiding(names, |this| visit::walk_stmt(this, stmt));
            }
            StmtKind::ForIn { item, index, collection, body, .. } => {
                self.visit_expr(collection);
                let mut names = pattern_names([item]);
                names.extend(index.iter().map(|index| index.name.as_str()));
                self.hiding(names, |this| {
                    this.visit_pattern(item);
                    this.visit_block(body);
                });
            }
            StmtKind::Pattern(_) => {}
            _ => visit::walk_stmt(self, stmt),
        }
    }

    fn visit_block(&mut self, block: &'a Block) {
        self.hiding(declared_names(&block.body), |this| visit::walk_block(this, block));
    }

    fn visit_function(&mut self, function: &'a Function) {
        function.confidence.iter().for_each(|confidence| self.visit_expr(confidence));
    }

    fn visit_arm(&mut self, arm: &'a Arm) {
        self.hiding(pattern_names([&arm.pattern]), |this| visit::walk_arm(this, arm));
    }

    fn visit_catch(&mut self, catch: &'a Catch) {
        self.hiding(pattern_names(&catch.binding), |this| visit::walk_catch(this, catch));
    }

    fn visit_expr(&mut self, expr: &'a Expr) {
        if !expr.kind.has_parts() || !self.is_within(expr.span) {
            return;
        }
        match &expr.kind {
            ExprKind::Parallel { agents, timeout, min_results, .. } => {
                self.visit_expr(agents);
                timeout.iter().chain(min_results).for_each(|setting| self.visit_expr(setting));
            }
            ExprKind::Race { agents, timeout, until, .. } => {
                self.visit_expr(agents);
                timeout.iter().for_each(|timeout| self.visit_expr(timeout));
                if let Some(until) = until {
                    self.hiding(smallvec![until.answer.name.as_str()], |this| this.visit_expr(&until.condition));
                }
            }
            _ => visit::walk_expr(self, expr),
        }
    }
}
