//! The walk itself: which scopes and bodies each construct opens, and in which order its parts run.

use super::binder::{Assignment, Binder, Pipe};
use super::hoist::{self, AssignedNames};
use super::usage::{Made, Use};
use super::{BodyId, VariableId, VariableKind, faults, known};
use crate::ast::visit::{self, Visitor};
use crate::ast::*;
use crate::hash::HashSet;
use crate::stack::deeper;

/// What a pattern does with its names.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Names {
    /// They were declared, and get their first value.
    Declared,
    /// They get another value.
    Assigned,
}

impl<'a> Visitor<'a> for Binder<'a, '_> {
    fn visit_stmt(&mut self, stmt: &'a Stmt) {
        deeper(|| self.stmt(stmt));
    }

    fn visit_block(&mut self, block: &'a Block) {
        self.scopes.push();
        self.open_block(&block.body, false);
        visit::walk_block(self, block);
        self.scopes.pop();
    }

    fn visit_expr(&mut self, expr: &'a Expr) {
        match &expr.kind {
            ExprKind::Name(name) => self.read(name, expr.id, expr.span, false),
            ExprKind::Placeholder => self.placeholder(expr),
            ExprKind::Number(value) if (0.0..=1.0).contains(value) => self.out.fractions.push(*value),
            _ => deeper(|| self.expr(expr)),
        }
    }

    fn visit_pattern(&mut self, pattern: &'a Pattern) {
        self.pattern(pattern, Names::Declared);
    }

    fn visit_target(&mut self, target: &'a Target) {
        if let Target::Pattern(pattern) = target {
            let mut seen = HashSet::default();
            hoist::names_of(pattern, &mut |ident| {
                if !seen.insert(&ident.name) {
                    self.diagnostics.push(faults::twice_in_pattern(ident));
                }
            });
            self.pattern(pattern, Names::Assigned);
        }
    }

    /// A function that stands in an expression.
    fn visit_function(&mut self, function: &'a Function) {
        function.confidence.iter().for_each(|confidence| self.visit_expr(confidence));
        self.function(function, Made::Here);
    }

    fn visit_arm(&mut self, arm: &'a Arm) {
        self.scopes.push();
        self.declare_pattern(&arm.pattern, VariableKind::Match);
        visit::walk_arm(self, arm);
        self.scopes.pop();
    }

    fn visit_catch(&mut self, catch: &'a Catch) {
        self.scopes.push();
        catch.binding.iter().for_each(|binding| self.declare_pattern(binding, VariableKind::Catch));
        visit::walk_catch(self, catch);
        self.scopes.pop();
    }
}

impl<'a> Binder<'a, '_> {
    fn stmt(&mut self, stmt: &'a Stmt) {
        match &stmt.kind {
            StmtKind::Declare { constant, declarators } => {
                declarators.iter().for_each(|declarator| self.declarator(declarator, *constant));
            }
            StmtKind::Assign { target: Target::Place(place), op, value, .. } => {
                let root = self.place(place);
                self.visit_expr(value);
                let how = if *op == AssignOp::Set { Assignment::Plain } else { Assignment::Compound };
                self.assign_root(place, root, how);
            }
            StmtKind::Step { target, .. } => {
                let root = self.place(target);
                self.assign_root(target, root, Assignment::Compound);
            }
            StmtKind::Function(function) => {
                let made = self.declared_function(function).map_or(Made::Here, Made::Hoisted);
                self.function(function, made);
            }
            StmtKind::For(header, body) => self.counting_loop(header, |this| this.visit_block(body)),
            StmtKind::UncertainFor(header, levels) => self.counting_loop(header, |this| this.visit_levels(levels)),
            StmtKind::ForIn { item, index, collection, body, .. } => {
                self.visit_expr(collection);
                self.scopes.push();
                self.declare_pattern(item, VariableKind::Loop);
                self.visit_pattern(item);
                if let Some(index) = index {
                    self.declare_index(index);
                }
                self.visit_block(body);
                self.scopes.pop();
            }
            StmtKind::Agents(agents) => {
                visit::walk_stmt(self, stmt);
                agents.iter().for_each(|agent| self.initialize(&agent.name));
            }
            StmtKind::Pattern(pattern) => self.pattern_declaration(pattern),
            _ => visit::walk_stmt(self, stmt),
        }
    }

    fn expr(&mut self, expr: &'a Expr) {
        match &expr.kind {
            ExprKind::Call { callee, arguments } => {
                self.called(callee);
                visit::walk_arguments(self, arguments);
                self.note_mutation(callee);
            }
            ExprKind::Pipe { value, target, .. } => {
                self.visit_expr(value);
                let pipe = Pipe { id: expr.id, value: value.span, body: self.body, variable: None };
                let around = self.pipe.replace(pipe);
                self.called(target);
                if !matches!(target.kind, ExprKind::Call { .. }) {
                    self.note_mutation(target);
                }
                self.pipe = around;
            }
            ExprKind::Parallel { agents, timeout, min_results, body, agent } => {
                self.visit_expr(agents);
                timeout.iter().chain(min_results).for_each(|setting| self.visit_expr(setting));
                self.agent_block(body, agent);
            }
            ExprKind::ParallelBranches(branches) => {
                for branch in branches {
                    self.inline_body(branch.value.id, |this| this.visit_expr(&branch.value));
                }
            }
            ExprKind::Race { agents, timeout, body, agent, until } => {
                self.visit_expr(agents);
                timeout.iter().for_each(|timeout| self.visit_expr(timeout));
                self.agent_block(body, agent);
                if let Some(until) = until {
                    self.inline_body(until.answer.id, |this| {
                        this.scopes.push();
                        this.declare(&until.answer, VariableKind::Agent);
                        this.initialize(&until.answer);
                        this.visit_expr(&until.condition);
                        this.scopes.pop();
                    });
                }
            }
            _ => visit::walk_expr(self, expr),
        }
    }

    /// What a call calls: a name there may be one that only an agent knows.
    fn called(&mut self, callee: &'a Expr) {
        match &callee.kind {
            ExprKind::Name(name) => self.read(name, callee.id, callee.span, true),
            _ => self.visit_expr(callee),
        }
    }

    /// A variable that is declared at `ident` gets its first value.
    fn initialize(&mut self, ident: &Ident) {
        if let Some(variable) = self.out.variable_at(ident.id) {
            self.usage.initialize(&mut self.out, variable);
        }
    }

    fn declarator(&mut self, declarator: &'a Declarator, constant: bool) {
        declarator.annotation.iter().for_each(|annotation| self.visit_annotation(annotation));
        let name = match &declarator.target {
            Pattern { kind: PatternKind::Name(ident), threshold: None, .. } => self.out.variable_at(ident.id),
            _ => None,
        };
        if let (Some(variable), Some(value)) = (name, &declarator.value) {
            if let Some(number) = known::unsigned(value).filter(|_| constant) {
                self.out.known.insert(variable, number);
            }
            if matches!(&value.kind, ExprKind::Function(function) if function.confidence.is_none()) {
                self.usage.expect(variable);
            }
        }
        declarator.value.iter().for_each(|value| self.visit_expr(value));
        self.visit_pattern(&declarator.target);
    }

    fn pattern(&mut self, pattern: &'a Pattern, names: Names) {
        pattern.threshold.iter().for_each(|threshold| self.visit_expr(threshold));
        match &pattern.kind {
            PatternKind::Wildcard | PatternKind::Error => {}
            PatternKind::Name(ident) if names == Names::Declared => self.initialize(ident),
            PatternKind::Name(ident) => self.assign(&ident.name, ident.id, ident.span, Assignment::Plain),
            PatternKind::Literal(literal) => self.visit_expr(literal),
            PatternKind::Array { elements, rest } => {
                elements.iter().flatten().for_each(|part| self.pattern_part(part, names));
                rest.iter().for_each(|rest| deeper(|| self.pattern(rest, names)));
            }
            PatternKind::Object { fields, rest } => {
                fields.iter().for_each(|field| self.pattern_part(&field.part, names));
                rest.iter().for_each(|rest| deeper(|| self.pattern(rest, names)));
            }
        }
    }

    fn pattern_part(&mut self, part: &'a PatternPart, names: Names) {
        part.default.iter().for_each(|default| self.visit_expr(default));
        deeper(|| self.pattern(&part.pattern, names));
    }

    /// Walks a name or path that is assigned, its indexes but not its root; gives the root. There is none where the
    /// parser has refused the target.
    fn place(&mut self, place: &'a Expr) -> Option<&'a Expr> {
        let mut root = None;
        match &place.kind {
            ExprKind::Name(_) => root = Some(place),
            ExprKind::Member { object, .. } => deeper(|| root = self.place(object)),
            ExprKind::Index { object, index } => {
                deeper(|| root = self.place(object));
                self.visit_expr(index);
            }
            _ => self.visit_expr(place),
        }
        root
    }

    fn assign_root(&mut self, place: &'a Expr, root: Option<&'a Expr>, how: Assignment) {
        let Some(root) = root else { return };
        if let ExprKind::Name(name) = &root.kind {
            let how = if root.id == place.id { how } else { Assignment::Part };
            self.assign(name, root.id, root.span, how);
        }
    }

    fn placeholder(&mut self, expr: &'a Expr) {
        let Some(pipe) = &mut self.pipe else {
            self.diagnostics.push(faults::placeholder(expr.span));
            return;
        };
        if pipe.body == self.body {
            return;
        }
        let variable = match pipe.variable {
            Some(variable) => variable,
            None => {
                let name = Name::new_static("_");
                let variable = self.usage.declare(&mut self.out, &name, VariableKind::Piped, pipe.value, pipe.body);
                self.usage.initialize(&mut self.out, variable);
                self.out.bind(pipe.id, super::Binding::Variable(variable));
                *pipe.variable.insert(variable)
            }
        };
        self.out.bind(expr.id, super::Binding::Variable(variable));
        self.note(variable, expr.span, Use::Read);
    }

    /// A loop with a header, whose `let` names are its own.
    fn counting_loop(&mut self, header: &'a ForHeader, body: impl FnOnce(&mut Self)) {
        self.scopes.push();
        if let Some(init) = &header.init {
            hoist::declarations(
                std::slice::from_ref(init),
                &mut |ident, kind| match self.scopes.innermost(&ident.name) {
                    Some(earlier) => {
                        self.out.bind(ident.id, earlier.binding);
                        self.diagnostics.push(faults::declared_twice(ident, earlier.at));
                    }
                    None => {
                        let variable = self.declare(ident, VariableKind::Loop);
                        if kind == VariableKind::Const {
                            self.usage.set_constant(variable);
                        }
                    }
                },
            );
            self.visit_stmt(init);
        }
        header.condition.iter().for_each(|condition| self.visit_expr(condition));
        body(self);
        header.update.iter().for_each(|update| self.visit_stmt(update));
        self.scopes.pop();
    }

    fn declare_index(&mut self, index: &'a Ident) {
        match self.scopes.innermost(&index.name) {
            Some(earlier) => {
                self.out.bind(index.id, earlier.binding);
                self.diagnostics.push(faults::declared_twice(index, earlier.at));
            }
            None => {
                self.declare(index, VariableKind::Loop);
                self.initialize(index);
            }
        }
    }

    /// The block of `pattern NAME`: it declares what it assigns, but runs as part of the module.
    fn pattern_declaration(&mut self, pattern: &'a PatternDecl) {
        match self.pattern_name {
            Some(first) => self.diagnostics.push(faults::second_pattern(&pattern.name, first)),
            None => self.pattern_name = Some(&pattern.name),
        }
        self.scopes.push();
        self.open_holder(&pattern.body.body, false);
        visit::walk_block(self, &pattern.body);
        self.scopes.pop();
    }

    /// Walks a body that is not the one around it.
    fn body(&mut self, node: NodeId, made: Made, walk: impl FnOnce(&mut Self)) {
        let body = self.usage.open_body(&mut self.out, Some(self.body), made);
        self.out.set_body(node, body);
        let around: BodyId = std::mem::replace(&mut self.body, body);
        walk(self);
        self.body = around;
    }

    /// Walks a body that runs where it stands.
    fn inline_body(&mut self, node: NodeId, walk: impl FnOnce(&mut Self)) {
        self.body(node, Made::Inline, walk);
    }

    /// The block of `parallel` or `race`, with `agent` bound around it.
    fn agent_block(&mut self, block: &'a Block, agent: &'a Ident) {
        self.inline_body(block.id, |this| {
            this.scopes.push();
            let variable: VariableId = this.declare(agent, VariableKind::Agent);
            this.initialize(agent);
            let around = this.agent.replace(variable);
            this.scopes.push();
            this.open_holder(&block.body, false);
            visit::walk_block(this, block);
            this.scopes.pop();
            this.agent = around;
            this.scopes.pop();
        });
    }

    fn function(&mut self, function: &'a Function, made: Made) {
        self.body(function.id, made, |this| {
            let pipe = this.pipe.take();
            this.scopes.push();
            this.parameters(&function.params);
            function.result.iter().for_each(|result| this.visit_annotation(result));
            this.scopes.push();
            match &function.body {
                Body::Block(block) => {
                    this.open_holder(&block.body, true);
                    visit::walk_block(this, block);
                }
                body => {
                    let mut assigned = AssignedNames::new(this.module);
                    visit::walk_body(&mut assigned, body);
                    this.declare_assigned(assigned);
                    visit::walk_body(this, body);
                }
            }
            this.scopes.pop();
            this.scopes.pop();
            this.pipe = pipe;
        });
    }

    /// Declares all parameters, then walks them one after the other: a default sees those before it.
    fn parameters(&mut self, params: &'a [Param]) {
        let mut assigned = AssignedNames::new(self.module);
        for param in params {
            hoist::names_of(&param.pattern, &mut |ident| match self.scopes.innermost(&ident.name) {
                Some(earlier) => {
                    self.out.bind(ident.id, earlier.binding);
                    let same = earlier.at.start >= param.pattern.span.start;
                    self.diagnostics.push(match same {
                        true => faults::twice_in_pattern(ident),
                        false => faults::parameter_twice(ident, earlier.at),
                    });
                }
                None => {
                    self.declare(ident, VariableKind::Parameter);
                }
            });
            visit::walk_param(&mut assigned, param);
        }
        self.declare_assigned(assigned);
        params.iter().for_each(|param| visit::walk_param(self, param));
    }
}
