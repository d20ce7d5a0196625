//! Walking the tree: [`Visitor`] has one method for each kind of node that passes care about, and each method's default
//! walks on. A pass overrides the two or three nodes that it is about and calls the `walk_*` function to go deeper.
//!
//! Walks go in the order in which a program would run the parts (a declaration's value before its pattern, an
//! assignment's indexes before its value), so that passes about order need no order of their own. They grow the stack
//! where it gets short: a text may be nested as deep as the parser lets it.

use super::*;
use crate::stack::deeper;

/// A pass over a tree that lives for `'a`.
pub trait Visitor<'a> {
    /// A statement.
    fn visit_stmt(&mut self, stmt: &'a Stmt) {
        walk_stmt(self, stmt);
    }

    /// A block, braced or not.
    fn visit_block(&mut self, block: &'a Block) {
        walk_block(self, block);
    }

    /// An expression.
    fn visit_expr(&mut self, expr: &'a Expr) {
        walk_expr(self, expr);
    }

    /// A pattern, wherever it stands.
    fn visit_pattern(&mut self, pattern: &'a Pattern) {
        walk_pattern(self, pattern);
    }

    /// A function, declared, nameless or a lambda.
    fn visit_function(&mut self, function: &'a Function) {
        walk_function(self, function);
    }

    /// What is assigned.
    fn visit_target(&mut self, target: &'a Target) {
        walk_target(self, target);
    }

    /// A type with its interval.
    fn visit_annotation(&mut self, annotation: &'a Annotation) {
        walk_annotation(self, annotation);
    }

    /// The blocks of `uncertain`.
    fn visit_levels(&mut self, levels: &'a Levels) {
        walk_levels(self, levels);
    }

    /// An arm of `match`.
    fn visit_arm(&mut self, arm: &'a Arm) {
        walk_arm(self, arm);
    }

    /// A `catch`.
    fn visit_catch(&mut self, catch: &'a Catch) {
        walk_catch(self, catch);
    }
}

/// Walks the statements of a module.
pub fn walk_module<'a, V: Visitor<'a> + ?Sized>(visitor: &mut V, module: &'a Module) {
    for stmt in &module.body {
        visitor.visit_stmt(stmt);
    }
}

/// Walks the statements of a block.
pub fn walk_block<'a, V: Visitor<'a> + ?Sized>(visitor: &mut V, block: &'a Block) {
    for stmt in &block.body {
        visitor.visit_stmt(stmt);
    }
}

/// Walks the parts of a statement.
pub fn walk_stmt<'a, V: Visitor<'a> + ?Sized>(visitor: &mut V, stmt: &'a Stmt) {
    deeper(|| match &stmt.kind {
        StmtKind::Expr(expr) | StmtKind::Throw(expr) => visitor.visit_expr(expr),
        StmtKind::Declare { declarators, .. } => {
            for declarator in declarators {
                walk_declarator(visitor, declarator);
            }
        }
        StmtKind::Assign { target: target @ Target::Place(_), value, .. } => {
            visitor.visit_target(target);
            visitor.visit_expr(value);
        }
        StmtKind::Assign { target, value, .. } => {
            visitor.visit_expr(value);
            visitor.visit_target(target);
        }
        StmtKind::Step { target, .. } => visitor.visit_expr(target),
        StmtKind::Function(function) => visitor.visit_function(function),
        StmtKind::While { condition, body } => {
            visitor.visit_expr(condition);
            visitor.visit_block(body);
        }
        StmtKind::DoWhile { body, condition } => {
            visitor.visit_block(body);
            visitor.visit_expr(condition);
        }
        StmtKind::For(header, body) => {
            walk_for_start(visitor, header);
            visitor.visit_block(body);
            header.update.iter().for_each(|update| visitor.visit_stmt(update));
        }
        StmtKind::ForIn { item, collection, body, .. } => {
            visitor.visit_expr(collection);
            visitor.visit_pattern(item);
            visitor.visit_block(body);
        }
        StmtKind::UncertainWhile { condition, levels } => {
            visitor.visit_expr(condition);
            visitor.visit_levels(levels);
        }
        StmtKind::UncertainFor(header, levels) => {
            walk_for_start(visitor, header);
            visitor.visit_levels(levels);
            header.update.iter().for_each(|update| visitor.visit_stmt(update));
        }
        StmtKind::Return { value, with } => {
            value.iter().for_each(|value| visitor.visit_expr(value));
            match with.as_deref() {
                Some(ReturnWith::Warning(Some(text))) => visitor.visit_expr(text),
                Some(ReturnWith::Metadata(data)) => visitor.visit_expr(data),
                Some(ReturnWith::Warning(None)) | None => {}
            }
        }
        StmtKind::Export(export) => match &**export {
            Export::Statement(stmt) => visitor.visit_stmt(stmt),
            Export::Default(expr, _) => visitor.visit_expr(expr),
            Export::List { .. } | Export::All { .. } => {}
        },
        StmtKind::Agents(agents) => {
            for (_, setting) in agents.iter().flat_map(|agent| &agent.settings) {
                visitor.visit_expr(setting);
            }
        }
        StmtKind::Context { body, .. } => visitor.visit_block(body),
        StmtKind::Pattern(pattern) => visitor.visit_block(&pattern.body),
        StmtKind::Break | StmtKind::Continue | StmtKind::Import(_) | StmtKind::Error => {}
    });
}

/// Walks one name or pattern of a `let` or `const`: value, then pattern.
pub fn walk_declarator<'a, V: Visitor<'a> + ?Sized>(visitor: &mut V, declarator: &'a Declarator) {
    declarator.annotation.iter().for_each(|annotation| visitor.visit_annotation(annotation));
    declarator.value.iter().for_each(|value| visitor.visit_expr(value));
    visitor.visit_pattern(&declarator.target);
}

/// Walks what of a counting loop runs before its body.
pub fn walk_for_start<'a, V: Visitor<'a> + ?Sized>(visitor: &mut V, header: &'a ForHeader) {
    header.init.iter().for_each(|init| visitor.visit_stmt(init));
    header.condition.iter().for_each(|condition| visitor.visit_expr(condition));
}

/// Walks the parts of an expression.
#[inline]
pub fn walk_expr<'a, V: Visitor<'a> + ?Sized>(visitor: &mut V, expr: &'a Expr) {
    if expr.kind.has_parts() {
        deeper(|| walk_expr_parts(visitor, expr));
    }
}

fn walk_expr_parts<'a, V: Visitor<'a> + ?Sized>(visitor: &mut V, expr: &'a Expr) {
    match &expr.kind {
        ExprKind::Null
        | ExprKind::Bool(_)
        | ExprKind::Number(_)
        | ExprKind::String(_)
        | ExprKind::Name(_)
        | ExprKind::Placeholder
        | ExprKind::Error => {}
        ExprKind::Template(parts) => {
            for part in parts {
                if let TemplatePart::Expr(part) = part {
                    visitor.visit_expr(part);
                }
            }
        }
        ExprKind::Array(elements) => {
            for Element::Item(element) | Element::Spread(element) in elements {
                visitor.visit_expr(element);
            }
        }
        ExprKind::Object(properties) => {
            for Property::Pair(_, value) | Property::Shorthand(value) | Property::Spread(value) in properties {
                visitor.visit_expr(value);
            }
        }
        ExprKind::Unary { operand: inner, .. } | ExprKind::Member { object: inner, .. } | ExprKind::Paren(inner) => {
            visitor.visit_expr(inner);
        }
        ExprKind::Binary { left, right, .. }
        | ExprKind::Index { object: left, index: right }
        | ExprKind::Pipe { value: left, target: right, .. } => {
            visitor.visit_expr(left);
            visitor.visit_expr(right);
        }
        ExprKind::Conditional { condition, then, otherwise, .. } => {
            visitor.visit_expr(condition);
            visitor.visit_expr(then);
            visitor.visit_expr(otherwise);
        }
        ExprKind::Call { callee, arguments } => {
            visitor.visit_expr(callee);
            walk_arguments(visitor, arguments);
        }
        ExprKind::Function(function) => visitor.visit_function(function),
        ExprKind::Block(block) | ExprKind::Sequential(block) => visitor.visit_block(block),
        ExprKind::If { condition, then, otherwise } => {
            visitor.visit_expr(condition);
            visitor.visit_block(then);
            otherwise.iter().for_each(|otherwise| visitor.visit_block(otherwise));
        }
        ExprKind::UncertainIf { condition, levels } => {
            visitor.visit_expr(condition);
            visitor.visit_levels(levels);
        }
        ExprKind::Match { subject, arms } => {
            visitor.visit_expr(subject);
            arms.iter().for_each(|arm| visitor.visit_arm(arm));
        }
        ExprKind::Try { body, catch, finally } => {
            visitor.visit_block(body);
            catch.iter().for_each(|catch| visitor.visit_catch(catch));
            finally.iter().for_each(|finally| visitor.visit_block(finally));
        }
        ExprKind::Parallel { agents, timeout, min_results, body, .. } => {
            visitor.visit_expr(agents);
            timeout.iter().chain(min_results).for_each(|setting| visitor.visit_expr(setting));
            visitor.visit_block(body);
        }
        ExprKind::ParallelBranches(branches) => branches.iter().for_each(|branch| visitor.visit_expr(&branch.value)),
        ExprKind::Race { agents, timeout, body, until, .. } => {
            visitor.visit_expr(agents);
            timeout.iter().for_each(|timeout| visitor.visit_expr(timeout));
            visitor.visit_block(body);
            until.iter().for_each(|until| visitor.visit_expr(&until.condition));
        }
    }
}

/// Walks the arguments of a call.
pub fn walk_arguments<'a, V: Visitor<'a> + ?Sized>(visitor: &mut V, arguments: &'a [Argument]) {
    for Argument::Positional(value) | Argument::Spread(value) | Argument::Named(_, value) in arguments {
        visitor.visit_expr(value);
    }
}

/// Walks the parts of a pattern, defaults and thresholds included.
pub fn walk_pattern<'a, V: Visitor<'a> + ?Sized>(visitor: &mut V, pattern: &'a Pattern) {
    deeper(|| {
        pattern.threshold.iter().for_each(|threshold| visitor.visit_expr(threshold));
        match &pattern.kind {
            PatternKind::Wildcard | PatternKind::Name(_) | PatternKind::Error => {}
            PatternKind::Literal(literal) => visitor.visit_expr(literal),
            PatternKind::Array { elements, rest } => {
                elements.iter().flatten().for_each(|part| walk_pattern_part(visitor, part));
                rest.iter().for_each(|rest| visitor.visit_pattern(rest));
            }
            PatternKind::Object { fields, rest } => {
                fields.iter().for_each(|field| walk_pattern_part(visitor, &field.part));
                rest.iter().for_each(|rest| visitor.visit_pattern(rest));
            }
        }
    });
}

fn walk_pattern_part<'a, V: Visitor<'a> + ?Sized>(visitor: &mut V, part: &'a PatternPart) {
    part.default.iter().for_each(|default| visitor.visit_expr(default));
    visitor.visit_pattern(&part.pattern);
}

/// Walks the parts of a function: its own confidence, its parameters, its body.
pub fn walk_function<'a, V: Visitor<'a> + ?Sized>(visitor: &mut V, function: &'a Function) {
    function.confidence.iter().for_each(|confidence| visitor.visit_expr(confidence));
    function.params.iter().for_each(|param| walk_param(visitor, param));
    function.result.iter().for_each(|result| visitor.visit_annotation(result));
    walk_body(visitor, &function.body);
}

/// Walks a parameter: default, then pattern.
pub fn walk_param<'a, V: Visitor<'a> + ?Sized>(visitor: &mut V, param: &'a Param) {
    param.annotation.iter().for_each(|annotation| visitor.visit_annotation(annotation));
    param.default.iter().for_each(|default| visitor.visit_expr(default));
    visitor.visit_pattern(&param.pattern);
}

/// Walks what stands after `=>` or makes a function.
pub fn walk_body<'a, V: Visitor<'a> + ?Sized>(visitor: &mut V, body: &'a Body) {
    match body {
        Body::Expr(expr) => visitor.visit_expr(expr),
        Body::Block(block) => visitor.visit_block(block),
        Body::Statement(stmt) => visitor.visit_stmt(stmt),
    }
}

/// Walks what is assigned.
pub fn walk_target<'a, V: Visitor<'a> + ?Sized>(visitor: &mut V, target: &'a Target) {
    match target {
        Target::Place(place) => visitor.visit_expr(place),
        Target::Pattern(pattern) => visitor.visit_pattern(pattern),
    }
}

/// Walks the interval of an annotation; its type holds no expressions that run.
pub fn walk_annotation<'a, V: Visitor<'a> + ?Sized>(visitor: &mut V, annotation: &'a Annotation) {
    if let Some(interval) = &annotation.interval {
        visitor.visit_expr(&interval.0);
        visitor.visit_expr(&interval.1);
    }
}

/// Walks thresholds and blocks of `uncertain`.
pub fn walk_levels<'a, V: Visitor<'a> + ?Sized>(visitor: &mut V, levels: &'a Levels) {
    if let Some(thresholds) = &levels.thresholds {
        visitor.visit_expr(&thresholds.0);
        visitor.visit_expr(&thresholds.1);
    }
    levels.branches.iter().for_each(|branch| visitor.visit_block(&branch.body));
}

/// Walks an arm: pattern, guard, body.
pub fn walk_arm<'a, V: Visitor<'a> + ?Sized>(visitor: &mut V, arm: &'a Arm) {
    visitor.visit_pattern(&arm.pattern);
    arm.guard.iter().for_each(|guard| visitor.visit_expr(guard));
    walk_body(visitor, &arm.body);
}

/// Walks a `catch`: what the error is bound to, then the block.
pub fn walk_catch<'a, V: Visitor<'a> + ?Sized>(visitor: &mut V, catch: &'a Catch) {
    catch.binding.iter().for_each(|binding| visitor.visit_pattern(binding));
    visitor.visit_block(&catch.body);
}
