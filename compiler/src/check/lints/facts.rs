//! One walk over a module that gathers what the rules ask of names: where each variable is used and how, what it is
//! given, which functions and loops there are.

use super::Subject;
use super::callee::{Callee, function_of};
use crate::ast::visit::{self, Visitor};
use crate::ast::*;
use crate::hash::{HashMap, HashSet};
use crate::lower::{Path, Update};
use crate::resolve::hoist::names_of;
use crate::resolve::{Binding, BodyId, ExportSource, VariableId, VariableKind};
use crate::stack::deeper;
use prism_bytecode::Mutator;
use prism_diagnostics::Span;

/// What the walk found.
#[derive(Default)]
pub(super) struct Facts<'a> {
    uses: ByVariable<Use>,
    sources: ByVariable<Source<'a>>,
    calls: ByVariable<&'a [Argument]>,
    /// By variable: the function that it holds as long as it lives.
    functions: Vec<Option<&'a Function>>,
    /// The variables that other modules, or later inputs of a session, may see.
    pub exported: HashSet<VariableId>,
    /// The variables that statements with errors in them declare or assign.
    pub faulty: HashSet<VariableId>,
    /// The variables that mutating methods are called on, once for each call.
    pub mutated: Vec<VariableId>,
    /// The loops.
    pub loops: Vec<Loop>,
    /// Mutating methods of variables and their parts that are read without being called.
    pub taken: Vec<Taken<'a>>,
    /// What the names mean that are read or exported and are no variables.
    pub outer: HashMap<&'a Name, Vec<Binding>>,
    /// Nodes at which key and name are one: `{a}`.
    pub shorthand: HashSet<NodeId>,
    /// Names of patterns that stand beside a `...rest`: they leave something out.
    pub beside_rest: HashSet<NodeId>,
}

/// A use of a variable.
#[derive(Clone, Copy, Debug)]
pub(super) struct Use {
    /// The name in the text.
    pub span: Span,
    /// Its node.
    pub node: NodeId,
    /// What is done.
    pub how: How,
    /// The innermost function around it that a variable holds.
    pub inside: Option<VariableId>,
    /// Whether it lies in another body than the variable.
    pub captured: bool,
}

/// What is done with a variable.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum How {
    /// It is declared.
    Declared,
    /// Its value is read.
    Read,
    /// What it holds is called.
    Called,
    /// It gets another value, or a compound form changes it.
    Assigned,
    /// A part of it gets another value.
    PartAssigned,
    /// A mutating method changes it.
    Mutated {
        /// The call.
        call: NodeId,
        /// Where the call ends.
        end: u32,
    },
}

/// Where a value of a variable comes from.
#[derive(Clone, Copy)]
pub(super) enum Source<'a> {
    /// An expression.
    Value(&'a Expr),
    /// The elements of an expression.
    ElementOf(&'a Expr),
    /// The argument of that number, in all calls of the function that the variable holds.
    Argument(VariableId, usize),
    /// What a library function offers its callback: its type, `T` standing for the elements of the receiver.
    Offered {
        /// The callback's type and the number of its parameter.
        callback: (&'a str, usize),
        /// The receiver, if there is one.
        receiver: Option<&'a Expr>,
    },
    /// Anything at all.
    Any,
}

/// A loop.
#[derive(Clone, Copy, Debug)]
pub(super) struct Loop {
    /// The whole statement.
    pub span: Span,
    /// Of a counting loop: where its names are declared, which go on from turn to turn.
    pub header: Option<Span>,
}

/// A mutating method that is read without being called.
#[derive(Clone, Copy)]
pub(super) struct Taken<'a> {
    /// The member.
    pub member: &'a Expr,
    /// What it is read of.
    pub object: &'a Expr,
    /// The method.
    pub mutator: Mutator,
}

/// What was found of each variable, in the order of the text.
pub(super) struct ByVariable<T> {
    found: Vec<(VariableId, T)>,
    /// The places of what was found, variable by variable.
    order: Vec<u32>,
    /// Of each variable: where its places in the order begin; behind the last one, where they end.
    begins: Vec<u32>,
}

impl<T> Default for ByVariable<T> {
    fn default() -> Self {
        ByVariable { found: Vec::new(), order: Vec::new(), begins: Vec::new() }
    }
}

impl<T> ByVariable<T> {
    fn with_capacity(usual: usize) -> Self {
        ByVariable { found: Vec::with_capacity(usual), ..Self::default() }
    }

    /// What was found, of so many variables.
    pub fn of_all(variables: usize, found: Vec<(VariableId, T)>) -> Self {
        let mut all = ByVariable { found, ..Self::default() };
        all.sort(variables);
        all
    }

    /// Puts what was found in order: a counting sort.
    fn sort(&mut self, variables: usize) {
        let mut ends = vec![0u32; variables + 1];
        for (variable, _) in &self.found {
            ends[variable.0 as usize + 1] += 1;
        }
        for at in 1..ends.len() {
            ends[at] += ends[at - 1];
        }
        self.begins.clone_from(&ends);
        self.order = vec![0; self.found.len()];
        for (place, (variable, _)) in self.found.iter().enumerate() {
            let next = &mut ends[variable.0 as usize];
            self.order[*next as usize] = place as u32;
            *next += 1;
        }
    }

    /// What was found of a variable.
    pub fn of(&self, variable: VariableId) -> impl Iterator<Item = &T> + Clone {
        let at = variable.0 as usize;
        let range = match self.begins.get(at..at + 2) {
            Some([begin, end]) => *begin as usize..*end as usize,
            _ => 0..0,
        };
        self.order[range].iter().map(|place| &self.found[*place as usize].1)
    }
}

impl<'a> Facts<'a> {
    /// Where a variable is used, in the order of the text.
    pub fn uses(&self, variable: VariableId) -> impl Iterator<Item = &Use> + Clone {
        self.uses.of(variable)
    }

    /// What a variable may be given.
    pub fn sources(&self, variable: VariableId) -> impl Iterator<Item = Source<'a>> {
        self.sources.of(variable).copied()
    }

    /// The arguments of the calls of a variable by its name.
    pub fn calls(&self, variable: VariableId) -> impl Iterator<Item = &'a [Argument]> {
        self.calls.of(variable).copied()
    }

    /// The function that a variable holds as long as it lives.
    pub fn function(&self, variable: VariableId) -> Option<&'a Function> {
        self.functions.get(variable.0 as usize).copied().flatten()
    }

    /// Whether anyone may call the function that the variable holds, with anything.
    pub fn is_open(&self, function: VariableId) -> bool {
        self.exported.contains(&function) || self.uses(function).any(|one| one.how == How::Read)
    }
}

/// Gathers the facts of a module.
pub(super) fn gather<'a>(subject: Subject<'a>) -> Facts<'a> {
    let (count, nodes) = (subject.resolution.variables.len(), subject.module.node_count as usize);
    let mut facts = Facts {
        // About one node in three is a name, and most variables are given one value.
        uses: ByVariable::with_capacity(nodes / 3),
        sources: ByVariable::with_capacity(count),
        functions: vec![None; count],
        ..Facts::default()
    };
    for export in &subject.resolution.exports {
        if let ExportSource::Variable(variable) = export.source {
            facts.exported.insert(variable);
        }
    }
    let shared = &subject.resolution.shared;
    facts.exported.extend(shared.earlier.iter().chain(&shared.own).map(|(variable, _)| *variable));
    let mut walk =
        Walk { subject, facts, inside: Vec::new(), body: BodyId(0), given: HashMap::default(), is_faulty: false };
    visit::walk_module(&mut walk, subject.module);
    let mut facts = walk.facts;
    facts.uses.sort(count);
    facts.sources.sort(count);
    facts.calls.sort(count);
    facts
}

/// Where a function's arguments come from.
#[derive(Clone, Copy)]
enum Given<'a> {
    /// A variable holds it.
    Held(VariableId),
    /// It is a callback of that type.
    Offered { callback: &'a str, receiver: Option<&'a Expr> },
}

struct Walk<'a> {
    subject: Subject<'a>,
    facts: Facts<'a>,
    /// The functions around the place that variables hold.
    inside: Vec<VariableId>,
    /// The body around the place.
    body: BodyId,
    given: HashMap<NodeId, Given<'a>>,
    /// Whether an error stands in the innermost declaration or assignment around the place.
    is_faulty: bool,
}

impl<'a> Walk<'a> {
    fn note(&mut self, variable: VariableId, node: NodeId, span: Span, how: How) {
        let resolution = self.subject.resolution;
        let captured = resolution.variable(variable).body != self.body;
        let inside = self.inside.last().copied();
        self.facts.uses.found.push((variable, Use { span, node, how, inside, captured }));
        if self.is_faulty && matches!(how, How::Declared | How::Assigned) {
            self.facts.faulty.insert(variable);
        }
    }

    fn name(&mut self, expr: &'a Expr, how: How) {
        let ExprKind::Name(name) = &expr.kind else { return };
        match self.subject.resolution.binding(expr.id) {
            Binding::Variable(variable) => self.note(variable, expr.id, expr.span, how),
            binding => self.outer(name, binding),
        }
    }

    fn outer(&mut self, name: &'a Name, binding: Binding) {
        let meanings = self.facts.outer.entry(name).or_default();
        if !meanings.contains(&binding) {
            meanings.push(binding);
        }
    }

    fn source(&mut self, node: NodeId, source: Source<'a>) {
        if let Some(variable) = self.subject.resolution.variable_at(node) {
            self.facts.sources.found.push((variable, source));
        }
    }

    /// A pattern whose names get parts of a value; a name alone gets that value itself.
    fn names(&mut self, pattern: &'a Pattern, how: How, source: Source<'a>) {
        match &pattern.kind {
            PatternKind::Name(ident) => self.source(ident.id, source),
            _ => names_of(pattern, &mut |ident| self.source(ident.id, Source::Any)),
        }
        names_of(pattern, &mut |ident| {
            if let Some(variable) = self.subject.resolution.variable_at(ident.id) {
                self.note(variable, ident.id, ident.span, how);
            }
        });
    }

    /// A function that a variable is given.
    fn held(&mut self, node: NodeId, value: &'a Expr) {
        let ExprKind::Function(function) = &value.kind else { return };
        if let Some(variable) = self.subject.resolution.variable_at(node) {
            self.given.insert(function.id, Given::Held(variable));
            if self.subject.resolution.variable(variable).assignments == 1 {
                self.facts.functions[variable.0 as usize] = Some(function);
            }
        }
    }

    /// A name or path that is assigned.
    fn place(&mut self, place: &'a Expr, how: How) {
        match &place.kind {
            ExprKind::Name(_) => self.name(place, how),
            ExprKind::Member { object, .. } => deeper(|| self.place(object, How::PartAssigned)),
            ExprKind::Index { object, index } => {
                deeper(|| self.place(object, How::PartAssigned));
                self.visit_expr(index);
            }
            _ => self.visit_expr(place),
        }
    }

    /// The path of an update: its indexes, but not its root.
    fn path(&mut self, expr: &'a Expr) {
        match &expr.kind {
            ExprKind::Member { object, .. } => deeper(|| self.path(object)),
            ExprKind::Index { object, index } => {
                deeper(|| self.path(object));
                self.visit_expr(index);
            }
            ExprKind::Call { callee, arguments } => {
                deeper(|| self.path(callee));
                visit::walk_arguments(self, arguments);
            }
            _ => {}
        }
    }

    /// A call that stands at `whole`: itself, or the pipeline that it is the target of.
    fn call(&mut self, callee: &'a Expr, arguments: &'a [Argument], whole: &'a Expr) {
        let resolution = self.subject.resolution;
        if let Some(update) = Update::of(callee, arguments, whole.span, resolution) {
            let how = How::Mutated { call: whole.id, end: whole.span.end };
            self.note(update.path.root, whole.id, update.path.span, how);
            self.facts.mutated.push(update.path.root);
            self.path(callee);
            return visit::walk_arguments(self, arguments);
        }
        self.callbacks(callee, arguments);
        match (&callee.kind, resolution.binding(callee.id)) {
            (ExprKind::Name(_), Binding::Variable(variable)) => {
                self.name(callee, How::Called);
                // A pipeline puts another argument before these.
                let known = if matches!(whole.kind, ExprKind::Pipe { .. }) { &[] } else { arguments };
                self.facts.calls.found.push((variable, known));
            }
            (ExprKind::Member { object, .. }, _) => self.visit_expr(object),
            _ => self.visit_expr(callee),
        }
        visit::walk_arguments(self, arguments);
    }

    fn callbacks(&mut self, callee: &'a Expr, arguments: &'a [Argument]) {
        if !arguments.iter().any(|argument| function_of(argument).is_some()) {
            return;
        }
        let called = self.subject.callee(callee);
        let mut signatures = called.signatures();
        let (Some(signature), None) = (signatures.next(), signatures.next()) else { return };
        let receiver = match &called {
            Callee::Method(method) => Some(method.receiver),
            _ => None,
        };
        for (at, argument) in arguments.iter().enumerate() {
            if let Some(function) = function_of(argument)
                && let Some(param) = signature.param(at)
            {
                self.given.insert(function.id, Given::Offered { callback: &param.ty, receiver });
            }
        }
    }

    fn in_body(&mut self, node: NodeId, walk: impl FnOnce(&mut Self)) {
        let body = self.subject.resolution.body_of(node).unwrap_or(BodyId(0));
        let around = std::mem::replace(&mut self.body, body);
        walk(self);
        self.body = around;
    }

    fn repeats(&mut self, span: Span, header: Option<Span>) {
        self.facts.loops.push(Loop { span, header });
    }

    fn imports_exported(&mut self, names: &'a [ImportName]) {
        for ImportName { name, .. } in names {
            self.outer(&name.name, self.subject.resolution.binding(name.id));
        }
    }
}

impl<'a> Walk<'a> {
    fn statement(&mut self, stmt: &'a Stmt) {
        match &stmt.kind {
            StmtKind::Declare { declarators, .. } => {
                for Declarator { target, annotation, value } in declarators {
                    if let (PatternKind::Name(ident), Some(value)) = (&target.kind, value) {
                        self.held(ident.id, value);
                    }
                    annotation.iter().for_each(|annotation| self.visit_annotation(annotation));
                    value.iter().for_each(|value| self.visit_expr(value));
                    self.names(target, How::Declared, value.as_ref().map_or(Source::Any, Source::Value));
                    self.visit_pattern(target);
                }
            }
            StmtKind::Assign { target: Target::Place(place), op, value, .. } => {
                if let (ExprKind::Name(_), AssignOp::Set) = (&place.kind, op) {
                    self.held(place.id, value);
                    self.source(place.id, Source::Value(value));
                } else if let ExprKind::Name(_) = &place.kind {
                    self.source(place.id, Source::Any);
                }
                self.visit_expr(value);
                self.place(place, How::Assigned);
            }
            StmtKind::Assign { target: Target::Pattern(pattern), value, .. } => {
                self.visit_expr(value);
                self.names(pattern, How::Assigned, Source::Any);
                self.visit_pattern(pattern);
            }
            StmtKind::Step { target, .. } => self.place(target, How::Assigned),
            StmtKind::Function(function) => {
                let variable = function.name.as_ref().and_then(|name| self.subject.resolution.variable_at(name.id));
                if let (Some(name), Some(variable)) = (&function.name, variable) {
                    self.note(variable, name.id, name.span, How::Declared);
                    self.given.insert(function.id, Given::Held(variable));
                    if self.subject.resolution.variable(variable).kind == VariableKind::Function {
                        self.facts.functions[variable.0 as usize] = Some(function);
                    }
                }
                self.visit_function(function);
            }
            StmtKind::For(header, _) | StmtKind::UncertainFor(header, _) => {
                self.repeats(stmt.span, header.init.as_ref().map(|init| init.span));
                visit::walk_stmt(self, stmt);
            }
            StmtKind::While { .. } | StmtKind::DoWhile { .. } | StmtKind::UncertainWhile { .. } => {
                self.repeats(stmt.span, None);
                visit::walk_stmt(self, stmt);
            }
            StmtKind::ForIn { item, collection, .. } => {
                self.repeats(stmt.span, None);
                self.names(item, How::Declared, Source::ElementOf(collection));
                visit::walk_stmt(self, stmt);
            }
            StmtKind::Export(export) => {
                if let Export::List { names, from: None } = &**export {
                    self.imports_exported(names);
                }
                visit::walk_stmt(self, stmt);
            }
            _ => visit::walk_stmt(self, stmt),
        }
    }

    fn expr(&mut self, expr: &'a Expr) {
        match &expr.kind {
            ExprKind::Name(_) => self.name(expr, How::Read),
            ExprKind::Call { callee, arguments } => self.call(callee, arguments, expr),
            ExprKind::Pipe { value, target, .. } => {
                self.visit_expr(value);
                match &target.kind {
                    ExprKind::Call { callee, arguments } => self.call(callee, arguments, expr),
                    _ => self.call(target, &[], expr),
                }
            }
            ExprKind::Member { object, name, .. } => {
                if let Some(mutator) = Mutator::find(&name.name)
                    && Path::of(object, self.subject.resolution).is_some()
                {
                    self.facts.taken.push(Taken { member: expr, object, mutator });
                }
                self.visit_expr(object);
            }
            ExprKind::Object(properties) => {
                for property in properties {
                    if let Property::Shorthand(name) = property {
                        self.facts.shorthand.insert(name.id);
                    }
                }
                visit::walk_expr(self, expr);
            }
            ExprKind::Parallel { agents, timeout, min_results, body, .. } => {
                self.visit_expr(agents);
                timeout.iter().chain(min_results).for_each(|setting| self.visit_expr(setting));
                self.in_body(body.id, |this| this.visit_block(body));
            }
            ExprKind::ParallelBranches(branches) => {
                for branch in branches {
                    self.in_body(branch.value.id, |this| this.visit_expr(&branch.value));
                }
            }
            ExprKind::Race { agents, timeout, body, until, .. } => {
                self.visit_expr(agents);
                timeout.iter().for_each(|timeout| self.visit_expr(timeout));
                self.in_body(body.id, |this| this.visit_block(body));
                if let Some(until) = until {
                    self.in_body(until.answer.id, |this| this.visit_expr(&until.condition));
                }
            }
            _ => visit::walk_expr(self, expr),
        }
    }
}

impl<'a> Visitor<'a> for Walk<'a> {
    fn visit_stmt(&mut self, stmt: &'a Stmt) {
        let gives = matches!(stmt.kind, StmtKind::Declare { .. } | StmtKind::Assign { .. });
        let is_faulty = gives && self.subject.text.is_faulty_within(stmt.span);
        let around = std::mem::replace(&mut self.is_faulty, is_faulty);
        self.statement(stmt);
        self.is_faulty = around;
    }

    fn visit_expr(&mut self, expr: &'a Expr) {
        deeper(|| self.expr(expr));
    }

    fn visit_function(&mut self, function: &'a Function) {
        function.confidence.iter().for_each(|confidence| self.visit_expr(confidence));
        let given = self.given.get(&function.id).copied();
        if let Some(Given::Held(variable)) = given {
            self.inside.push(variable);
        }
        self.in_body(function.id, |this| {
            for (at, param) in function.params.iter().enumerate() {
                let source = match given {
                    _ if param.rest || param.default.is_some() => Source::Any,
                    Some(Given::Held(variable)) => Source::Argument(variable, at),
                    Some(Given::Offered { callback, receiver }) => {
                        Source::Offered { callback: (callback, at), receiver }
                    }
                    None => Source::Any,
                };
                this.names(&param.pattern, How::Declared, source);
                visit::walk_param(this, param);
            }
            function.result.iter().for_each(|result| this.visit_annotation(result));
            visit::walk_body(this, &function.body);
        });
        if let Some(Given::Held(_)) = given {
            self.inside.pop();
        }
    }

    fn visit_pattern(&mut self, pattern: &'a Pattern) {
        let mut beside = |pattern: &'a Pattern| {
            names_of(pattern, &mut |ident| {
                self.facts.beside_rest.insert(ident.id);
            });
        };
        match &pattern.kind {
            PatternKind::Array { elements, rest: Some(_) } => {
                elements.iter().flatten().for_each(|part| beside(&part.pattern));
            }
            PatternKind::Object { fields, rest } => {
                if rest.is_some() {
                    fields.iter().for_each(|field| beside(&field.part.pattern));
                }
                for field in fields.iter().filter(|field| field.shorthand) {
                    if let PatternKind::Name(ident) = &field.part.pattern.kind {
                        self.facts.shorthand.insert(ident.id);
                    }
                }
            }
            _ => {}
        }
        visit::walk_pattern(self, pattern);
    }

    fn visit_catch(&mut self, catch: &'a Catch) {
        catch.binding.iter().for_each(|binding| self.names(binding, How::Declared, Source::Any));
        visit::walk_catch(self, catch);
    }

    fn visit_arm(&mut self, arm: &'a Arm) {
        self.names(&arm.pattern, How::Declared, Source::Any);
        visit::walk_arm(self, arm);
    }
}
