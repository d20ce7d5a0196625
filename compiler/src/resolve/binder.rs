//! The walk that gives every name its meaning.
//!
//! A block's declarations are known before its first statement is walked, and so are the names that a body declares by
//! assigning them; then the statements are walked in the order in which they would run, so that a use before its
//! declaration is one whose variable has no value yet. What a use means for captures and checks is [`Usage`]'s affair.

use super::broken::Broken;
use super::hoist::{self, AssignedNames};
use super::scope::{Declared, Scopes};
use super::usage::{HoistId, Made, Usage, Use};
use super::{Binding, BodyId, Resolution, Surroundings, Variable, VariableId, VariableKind, faults};
use crate::ast::visit::{self, Visitor};
use crate::ast::*;
use crate::hash::HashSet;
use crate::nearest::nearest;
use prism_bytecode::{HostName, Mutator};
use prism_diagnostics::{Diagnostic, Span};

/// The place of `_`: the right side of a pipeline.
pub(super) struct Pipe {
    pub id: NodeId,
    pub value: Span,
    pub body: BodyId,
    /// Set once a `_` stands in a body inside the pipeline's own.
    pub variable: Option<VariableId>,
}

/// How a name is assigned.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Assignment {
    /// `a = 1`.
    Plain,
    /// `a += 1`, `a++`.
    Compound,
    /// `a.b = 1`.
    Part,
}

pub(super) struct Binder<'a, 's> {
    pub(super) module: &'a Module,
    pub(super) around: Surroundings<'s>,
    pub(super) out: Resolution,
    pub(super) scopes: Scopes,
    pub(super) diagnostics: Vec<Diagnostic>,
    pub(super) usage: Usage,
    pub(super) body: BodyId,
    /// The agent of the `parallel` or `race` block around the place.
    pub(super) agent: Option<VariableId>,
    pub(super) pipe: Option<Pipe>,
    /// Names reported as unknown: a missing declaration is one fault, however often it is missed.
    unknown: HashSet<Name>,
    pub(super) broken: Broken,
    pub(super) pattern_name: Option<&'a Ident>,
}

impl<'a, 's> Binder<'a, 's> {
    pub fn new(module: &'a Module, text: &str, around: Surroundings<'s>) -> Self {
        let broken = Broken::of(module, text, around.broken);
        Binder {
            module,
            around,
            out: Resolution::new(module.node_count),
            scopes: Scopes::default(),
            diagnostics: Vec::new(),
            usage: Usage::new(module.node_count),
            body: BodyId(0),
            agent: None,
            pipe: None,
            unknown: HashSet::default(),
            broken,
            pattern_name: None,
        }
    }

    /// Resolves the whole module and adds its exports to the table.
    pub fn run(mut self) -> (Resolution, Vec<Diagnostic>) {
        let module = self.module;
        self.body = self.usage.open_body(&mut self.out, None, Made::Inline);
        self.open_session();
        self.scopes.push();
        self.bind_imports();
        self.open_holder(&module.body, false);
        visit::walk_module(&mut self, module);
        self.bind_exports();
        self.share_names();
        self.usage.finish(&mut self.out);
        (self.out, self.diagnostics)
    }

    /// What a name means that no scope declares: the host's, then the library's.
    pub(super) fn outside(&self, name: &str) -> Option<Binding> {
        HostName::find(name).map(Binding::Host).or_else(|| self.around.library_name(name).map(Binding::Library))
    }

    /// Reports a name that nothing declares, unless that is no news; binds it to nothing.
    pub(super) fn report_unknown(
        &mut self,
        name: &Name,
        id: NodeId,
        at: Span,
        fault: fn(&str, Span, Option<&str>) -> Diagnostic,
    ) {
        /// Looking for near names takes time with each name in sight: enough is enough.
        const MOST_SUGGESTIONS: usize = 20;
        self.out.bind(id, Binding::Unknown);
        if self.broken.may_declare(name) || self.broken.covers(at) || !self.unknown.insert(name.clone()) {
            return;
        }
        let scopes = self.scopes.names().map(Name::as_str);
        let library = self.around.catalog.globals().map(|(name, _)| name);
        let host = HostName::ALL.iter().map(|name| name.as_str());
        let suggest = self.unknown.len() <= MOST_SUGGESTIONS;
        let nearest = suggest.then(|| nearest(name, scopes.chain(library).chain(host))).flatten();
        self.diagnostics.push(fault(name, at, nearest));
    }

    pub(super) fn note(&mut self, variable: VariableId, at: Span, usage: Use) {
        if self.usage.note(&mut self.out, variable, self.body, usage).is_err() {
            let Variable { name, kind, declared, .. } = self.out.variable(variable);
            let fault = if *kind == VariableKind::Parameter { faults::later_parameter } else { faults::used_early };
            self.diagnostics.push(fault(name, at, *declared));
        }
    }

    /// Binds a name that is read; `called` where it is what a call calls.
    pub(super) fn read(&mut self, name: &Name, id: NodeId, at: Span, called: bool) {
        if let Some(declared) = self.scopes.find(name) {
            self.out.bind(id, declared.binding);
            if let Binding::Variable(variable) = declared.binding {
                self.note(variable, at, Use::Read);
            }
            return;
        }
        let outside = self.outside(name);
        match (self.agent, outside) {
            (Some(agent), outside) if called && (outside.is_none() || name == "llm") => {
                self.out.bind(id, Binding::Dispatch(agent));
                self.note(agent, at, Use::Read);
            }
            (_, Some(binding)) => self.out.bind(id, binding),
            (_, None) => self.report_unknown(name, id, at, faults::unknown_name),
        }
    }

    pub(super) fn assign(&mut self, name: &Name, id: NodeId, at: Span, how: Assignment) {
        let binding = self.scopes.find(name).map(|declared| declared.binding).or_else(|| self.outside(name));
        let Some(binding) = binding else {
            let fault = if how == Assignment::Part { faults::unknown_name } else { faults::unknown_compound };
            return self.report_unknown(name, id, at, fault);
        };
        self.out.bind(id, binding);
        let fault = match binding {
            Binding::Variable(variable) => {
                let Variable { kind, declared, .. } = self.out.variable(variable);
                if how == Assignment::Part {
                    return self.note(variable, at, Use::Write);
                } else if *kind == VariableKind::Function {
                    faults::not_assignable(name, "a function", at)
                } else if self.usage.is_constant(variable) {
                    faults::constant_assigned(name, at, *declared)
                } else {
                    return self.note(variable, at, Use::Write);
                }
            }
            Binding::Unknown => return,
            _ => faults::not_assignable(name, what(binding), at),
        };
        self.diagnostics.push(fault);
    }

    /// A call of a method that JavaScript knows as mutating changes the variable at the root of its path.
    pub(super) fn note_mutation(&mut self, callee: &'a Expr) {
        let ExprKind::Member { object, name: method, .. } = &callee.kind else { return };
        let Some((root, direct)) = Mutator::find(&method.name).and_then(|_| path_root(object)) else { return };
        let ExprKind::Name(name) = &root.kind else { return };
        match self.out.binding(root.id) {
            Binding::Variable(variable) => self.note(variable, root.span, Use::Write),
            binding @ (Binding::Import(_) | Binding::Namespace(_) | Binding::Library(_)) => {
                let own_member = std::ptr::eq::<Expr>(&**object, root) && self.has_member(binding, &method.name);
                if direct && !own_member {
                    self.diagnostics.push(faults::not_mutable(name, what(binding), &method.name, callee.span));
                }
            }
            _ => {}
        }
    }

    /// Whether what the name stands for is known to have a member of that name.
    fn has_member(&self, binding: Binding, member: &str) -> bool {
        match binding {
            Binding::Namespace(module) => self.around.exports.find(module, member).is_some(),
            Binding::Library(library) => self.around.catalog.member(library, member).is_some(),
            _ => false,
        }
    }

    /// Declares a name that the innermost scope does not have.
    pub(super) fn declare(&mut self, ident: &Ident, kind: VariableKind) -> VariableId {
        let variable = self.usage.declare(&mut self.out, &ident.name, kind, ident.span, self.body);
        let binding = Binding::Variable(variable);
        self.scopes.declare(&ident.name, Declared { binding, at: ident.span });
        self.out.bind(ident.id, binding);
        variable
    }

    /// Warns where a declaration takes the name of something in the library.
    pub(super) fn warn_of_shadowing(&mut self, name: &str, at: Span) {
        if !self.around.library && self.around.catalog.global(name).is_some() {
            self.diagnostics.push(faults::shadows_library(name, at));
        }
    }

    /// Declares the names of a pattern in the innermost scope: that of a loop, `catch` or arm, where only the pattern
    /// itself can have taken them.
    pub(super) fn declare_pattern(&mut self, pattern: &'a Pattern, kind: VariableKind) {
        hoist::names_of(pattern, &mut |ident| match self.scopes.innermost(&ident.name) {
            Some(earlier) => {
                self.out.bind(ident.id, earlier.binding);
                self.diagnostics.push(faults::twice_in_pattern(ident));
            }
            None => {
                self.declare(ident, kind);
            }
        });
    }

    /// Opens a block: declares its names and makes its functions. `beside_parameters` is for a function's own block.
    pub(super) fn open_block(&mut self, stmts: &'a [Stmt], beside_parameters: bool) {
        self.declare_block(stmts, beside_parameters);
        self.make_functions(stmts);
    }

    /// Opens the block of a body: that declares what it assigns, too.
    pub(super) fn open_holder(&mut self, stmts: &'a [Stmt], beside_parameters: bool) {
        let mut assigned = AssignedNames::new(self.module);
        stmts.iter().for_each(|stmt| assigned.visit_stmt(stmt));
        self.declare_block(stmts, beside_parameters);
        self.declare_assigned(assigned);
        self.make_functions(stmts);
    }

    fn declare_block(&mut self, stmts: &'a [Stmt], beside_parameters: bool) {
        hoist::declarations(stmts, &mut |ident, kind| {
            let outer = if beside_parameters { self.scopes.find_outside(&ident.name) } else { None };
            match self.scopes.innermost(&ident.name).or(outer) {
                Some(earlier) => {
                    self.out.bind(ident.id, earlier.binding);
                    self.diagnostics.push(faults::declared_twice(ident, earlier.at));
                }
                None => {
                    self.declare(ident, kind);
                    self.warn_of_shadowing(&ident.name, ident.span);
                }
            }
        });
    }

    /// Makes the functions that a block declares: they are there from its beginning on.
    fn make_functions(&mut self, stmts: &'a [Stmt]) {
        let mut hoist: Option<HoistId> = None;
        for function in stmts.iter().filter_map(hoist::function_of) {
            let hoist = *hoist.get_or_insert_with(|| self.usage.hoist());
            function.confidence.iter().for_each(|confidence| self.visit_expr(confidence));
            if let Some(variable) = self.declared_function(function) {
                self.usage.make_function(&mut self.out, variable, hoist);
            }
        }
    }

    /// The variable of a declared function; none where something else has its name.
    pub(super) fn declared_function(&self, function: &Function) -> Option<VariableId> {
        let variable = self.out.variable_at(function.name.as_ref()?.id)?;
        (self.out.variable(variable).kind == VariableKind::Function).then_some(variable)
    }

    /// Declares in the innermost scope what a body assigns and no scope in sight declares.
    pub(super) fn declare_assigned(&mut self, assigned: AssignedNames<'a>) {
        for assigned in assigned.into_names() {
            if self.scopes.find(assigned.name).is_some() {
                continue;
            }
            let kind = VariableKind::Implicit;
            let variable = self.usage.declare(&mut self.out, assigned.name, kind, assigned.at, self.body);
            let binding = Binding::Variable(variable);
            self.scopes.declare(assigned.name, Declared { binding, at: assigned.at });
            self.out.bodies[self.body.0 as usize].implicit.push(variable);
            self.warn_of_shadowing(assigned.name, assigned.at);
        }
    }
}

/// The name or path that a call would change: its root, and whether it is a path from the root itself, not the result
/// of other mutating calls on one.
fn path_root(mut expr: &Expr) -> Option<(&Expr, bool)> {
    let mut direct = true;
    loop {
        expr = match &expr.kind {
            ExprKind::Name(_) => return Some((expr, direct)),
            ExprKind::Member { object, .. } | ExprKind::Index { object, .. } => object,
            ExprKind::Call { callee, .. } => match &callee.kind {
                ExprKind::Member { object, name, .. }
                    if Mutator::find(&name.name).is_some_and(Mutator::gives_array) =>
                {
                    direct = false;
                    object
                }
                _ => return None,
            },
            _ => return None,
        };
    }
}

/// What a name is that is no variable of this module, in words.
fn what(binding: Binding) -> &'static str {
    match binding {
        Binding::Import(_) | Binding::Namespace(_) => "an import",
        Binding::Library(_) => "a name of the library",
        Binding::Host(_) | Binding::Dispatch(_) => "given by the host",
        Binding::Variable(_) | Binding::Unknown => "no variable",
    }
}
