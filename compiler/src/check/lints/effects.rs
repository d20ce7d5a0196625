//! Whether evaluating an expression does anything but give a value.
//!
//! Doing something is: assigning, changing a variable, printing, asking an agent, waiting, failing on purpose, and
//! calling what may do any of this. The program's own functions are looked into where the library calls them back; a
//! call that the program writes itself counts as doing something, whatever the function does. Not here: that almost
//! everything may fail.

use super::Subject;
use super::callee::{Callee, Method};
use super::facts::Facts;
use super::kinds::Kinds;
use crate::ast::visit::{self, Visitor};
use crate::ast::*;
use crate::hash::HashMap;
use crate::lower::Update;
use crate::resolve::hoist::names_of;
use crate::resolve::{Binding, BodyId, VariableId};
use crate::stack::deeper;
use prism_bytecode::{HostName, KindSet, Signature};

/// Looks for effects.
pub(super) struct Effects<'a, 'f> {
    subject: Subject<'a>,
    facts: &'f Facts<'a>,
    kinds: &'f Kinds<'a, 'f>,
    /// Of functions that were looked at: whether calling them has an effect. While one is being looked at, it has: what
    /// calls itself may never end.
    functions: HashMap<NodeId, bool>,
}

impl<'a, 'f> Effects<'a, 'f> {
    /// In a module with these facts.
    pub fn new(subject: Subject<'a>, facts: &'f Facts<'a>, kinds: &'f Kinds<'a, 'f>) -> Self {
        Effects { subject, facts, kinds, functions: HashMap::default() }
    }

    /// Whether evaluating the expression has an effect, or may have one for all that is known.
    pub fn of(&mut self, expr: &'a Expr) -> bool {
        let mut search = Search { effects: self, home: None, found: false };
        search.visit_expr(expr);
        search.found
    }

    /// Whether calling the function has one.
    fn of_function(&mut self, function: &'a Function) -> bool {
        if let Some(known) = self.functions.get(&function.id) {
            return *known;
        }
        self.functions.insert(function.id, true);
        let home = self.subject.resolution.body_of(function.id);
        let mut search = Search { effects: self, home, found: home.is_none() || function.is_async };
        function.params.iter().for_each(|param| visit::walk_param(&mut search, param));
        visit::walk_body(&mut search, &function.body);
        let found = search.found;
        self.functions.insert(function.id, found);
        found
    }

    /// Whether the function that a variable holds has one.
    fn of_variable(&mut self, variable: VariableId) -> bool {
        match self.facts.function(variable) {
            Some(function) => self.of_function(function),
            None => true,
        }
    }

    /// Whether calling back what an expression gives has one.
    fn of_callback(&mut self, expr: &'a Expr) -> bool {
        match &expr.kind {
            ExprKind::Paren(inner) => self.of_callback(inner),
            ExprKind::Function(function) => self.of_function(function),
            _ => match self.subject.callee(expr) {
                Callee::Library(signature) => signature.effect,
                Callee::Own(variable) => self.of_variable(variable),
                Callee::Method(_) | Callee::Other => self.kinds.of(expr).kinds.contains(KindSet::FUNCTION),
            },
        }
    }

    /// Whether calling a function of the library with these arguments has one; evaluating them aside.
    fn of_signature(&mut self, signature: &'a Signature, arguments: &'a [Argument], before: usize) -> bool {
        signature.effect
            || arguments.iter().enumerate().any(|(at, argument)| {
                let is_function = signature.param(at + before).is_some_and(|param| param.offered > 0);
                match argument {
                    Argument::Positional(value) => {
                        let is_callback = is_function || matches!(value.kind, ExprKind::Function(_));
                        is_callback && self.of_callback(value)
                    }
                    Argument::Spread(_) | Argument::Named(..) => is_function,
                }
            })
    }

    /// Whether calling a member that may be a method of the library has one. A receiver of which nothing is known may
    /// be an agent or an object with a member of that name, unless it is given something to call back.
    fn of_method(&mut self, method: &Method<'a>, arguments: &'a [Argument]) -> bool {
        let receiver = self.kinds.of(method.receiver);
        let calls_back = arguments.iter().any(|argument| match argument {
            Argument::Positional(value) => self.kinds.of(value).kinds == KindSet::FUNCTION,
            Argument::Spread(_) | Argument::Named(..) => false,
        });
        let fits = |kinds: KindSet| match receiver.is_unknown() {
            true => calls_back,
            false => receiver.is_certainly(kinds.union(KindSet::NULL)),
        };
        let mut fitting = method.candidates.iter().filter(|(kinds, _)| fits(*kinds)).peekable();
        let none_fits = fitting.peek().is_none();
        none_fits || fitting.any(|(_, signature)| self.of_signature(signature, arguments, 0))
    }
}

/// The walk over what is evaluated.
struct Search<'a, 'f, 'e> {
    effects: &'e mut Effects<'a, 'f>,
    /// The body of the function that is looked into: what it does to variables of its own is no effect.
    home: Option<BodyId>,
    found: bool,
}

impl<'a> Search<'a, '_, '_> {
    /// Whether a variable lives inside the function that is looked into.
    fn is_own(&self, variable: VariableId) -> bool {
        let resolution = self.effects.subject.resolution;
        let mut body = Some(resolution.variable(variable).body);
        while let Some(at) = body {
            if Some(at) == self.home {
                return true;
            }
            body = resolution.body(at).parent;
        }
        false
    }

    fn assigns(&mut self, node: NodeId) {
        let own = self.effects.subject.resolution.variable_at(node).is_some_and(|variable| self.is_own(variable));
        self.found |= !own;
    }

    fn place(&mut self, place: &'a Expr) {
        match &place.kind {
            ExprKind::Member { object, .. } => deeper(|| self.place(object)),
            ExprKind::Index { object, index } => {
                deeper(|| self.place(object));
                self.visit_expr(index);
            }
            _ => self.assigns(place.id),
        }
    }

    /// A call with `before` arguments before those that are written.
    fn call(&mut self, callee: &'a Expr, arguments: &'a [Argument], whole: &'a Expr, before: usize) {
        let subject = self.effects.subject;
        visit::walk_arguments(self, arguments);
        if let Some(update) = Update::of(callee, arguments, whole.span, subject.resolution) {
            let is_array = self.effects.kinds.of_variable(update.path.root);
            self.found |= !self.is_own(update.path.root) || !is_array.is_certainly(KindSet::ARRAY);
            return;
        }
        let found = match subject.callee(callee) {
            Callee::Library(signature) => self.effects.of_signature(signature, arguments, before),
            Callee::Method(method) => {
                self.visit_expr(method.receiver);
                self.effects.of_method(&method, arguments)
            }
            Callee::Own(variable) => self.home.is_none() || self.effects.of_variable(variable),
            Callee::Other => true,
        };
        self.found |= found;
    }

    fn expr(&mut self, expr: &'a Expr) {
        match &expr.kind {
            ExprKind::Name(_) => {
                let binding = self.effects.subject.resolution.binding(expr.id);
                let asks = matches!(binding, Binding::Host(HostName::AgentResults | HostName::SuccessfulResults));
                self.found |= asks || matches!(binding, Binding::Unknown | Binding::Dispatch(_));
            }
            ExprKind::Call { callee, arguments } => self.call(callee, arguments, expr, 0),
            ExprKind::Pipe { value, target, .. } => {
                self.visit_expr(value);
                match &target.kind {
                    ExprKind::Call { callee, arguments } => {
                        self.call(callee, arguments, expr, usize::from(!has_placeholder(target)));
                    }
                    _ if has_placeholder(target) => self.visit_expr(target),
                    _ => self.call(target, &[], expr, 1),
                }
            }
            ExprKind::Unary { op: UnaryOp::Await, .. }
            | ExprKind::Parallel { .. }
            | ExprKind::ParallelBranches(_)
            | ExprKind::Race { .. }
            | ExprKind::Error => self.found = true,
            _ => visit::walk_expr(self, expr),
        }
    }
}

impl<'a> Visitor<'a> for Search<'a, '_, '_> {
    fn visit_stmt(&mut self, stmt: &'a Stmt) {
        match &stmt.kind {
            StmtKind::Assign { target, value, .. } => {
                self.visit_expr(value);
                match target {
                    Target::Place(place) => self.place(place),
                    Target::Pattern(pattern) => names_of(pattern, &mut |ident| self.assigns(ident.id)),
                }
            }
            StmtKind::Step { target, .. } => self.place(target),
            StmtKind::Throw(_) | StmtKind::Error => self.found = true,
            StmtKind::Return { .. } | StmtKind::Break | StmtKind::Continue if self.home.is_none() => self.found = true,
            // It may never end.
            StmtKind::While { .. } | StmtKind::DoWhile { .. } | StmtKind::For(..) => self.found = true,
            StmtKind::UncertainWhile { .. } | StmtKind::UncertainFor(..) => self.found = true,
            _ => visit::walk_stmt(self, stmt),
        }
    }

    fn visit_expr(&mut self, expr: &'a Expr) {
        if !self.found {
            deeper(|| self.expr(expr));
        }
    }

    /// Making a function does nothing; calling it is looked at where it is called.
    fn visit_function(&mut self, function: &'a Function) {
        function.confidence.iter().for_each(|confidence| self.visit_expr(confidence));
    }
}

/// Whether a pipeline's value stands for a `_` in its right side.
fn has_placeholder(target: &Expr) -> bool {
    struct Find(bool);
    impl<'a> Visitor<'a> for Find {
        fn visit_expr(&mut self, expr: &'a Expr) {
            match &expr.kind {
                ExprKind::Placeholder => self.0 = true,
                ExprKind::Pipe { value, .. } => deeper(|| self.visit_expr(value)),
                _ => visit::walk_expr(self, expr),
            }
        }

        fn visit_function(&mut self, _: &'a Function) {}
    }
    let mut find = Find(false);
    find.visit_expr(target);
    find.0
}
