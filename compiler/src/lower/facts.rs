//! What lowering must know of a module before it emits the first instruction of it, gathered in one walk:
//!
//! - how a variable is stored ([`Sharing`]): in a register, which closures copy the value of if it can't change any
//!   more once they are made, or else in a cell;
//! - where a read must check that the declaration has run;
//! - which expressions update variables of their own body when they are evaluated, so that an operand evaluated before
//!   must be copied, and which contain the `_` of the pipeline around them.

use super::path::{Path, Update};
use crate::ast::{
    AssignOp, Block, Catch, Expr, ExprKind, ForHeader, Function, Ident, Module, NodeId, Pattern, PatternKind, Stmt,
    StmtKind, Target, Visitor, visit,
};
use crate::resolve::{BodyId, Resolution, VariableId, VariableKind};
use std::collections::HashMap;

/// How a variable is stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Sharing {
    /// In a register; closures take its value.
    Register,
    /// In a cell that is made when the variable gets its first value.
    Cell,
    /// In a cell that is made when the scope begins, since a closure takes it before the first value is there.
    EarlyCell,
}

/// A point in the order in which a body runs: a place in the text, or the start of a block and which of its functions.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
struct Moment {
    at: u32,
    order: u32,
}

impl Moment {
    /// When the text up to there has run.
    fn after(at: u32) -> Self {
        Moment { at, order: 0 }
    }

    /// When what begins there runs.
    fn at(at: u32) -> Self {
        Moment { at, order: u32::MAX }
    }
}

/// What is known of a variable.
#[derive(Clone, Debug, Default)]
struct VariableFacts {
    /// How often it or a part of it is given a value.
    writes: u32,
    /// Whether an inner body does that.
    foreign: bool,
    /// Whether that happens in a loop of its body.
    looped: bool,
    /// Whether it gets anything but array literals.
    not_array: bool,
    /// When it has its first value.
    born: Option<Moment>,
    /// The body of the function that it is bound to where it stands, if it is.
    function: Option<BodyId>,
    sharing: Option<Sharing>,
}

/// What is known of a module.
#[derive(Debug)]
pub(super) struct Facts {
    nodes: Vec<u8>,
    variables: Vec<VariableFacts>,
    /// When the closure of a body is made, in the body around it.
    made: Vec<Moment>,
    /// Whether the top level has a `return`.
    pub top_returns: bool,
}

/// The expression assigns a variable or a part of one.
const UPDATES: u8 = 1;
/// The expression contains the `_` of the pipeline around it.
const HOLE: u8 = 2;

impl Facts {
    /// Gathers the facts of a module.
    pub fn of(module: &Module, resolution: &Resolution) -> Facts {
        let facts = Facts {
            nodes: vec![0; module.node_count as usize],
            variables: vec![VariableFacts::default(); resolution.variables.len()],
            made: vec![Moment::default(); resolution.bodies.len()],
            top_returns: false,
        };
        let mut gather = Gather { resolution, facts, body: BodyId(0), loops: 0, flags: 0, hoisted: HashMap::new() };
        gather.hoist(&module.body, module.span.start);
        visit::walk_module(&mut gather, module);
        let mut facts = gather.facts;
        facts.open_session(resolution);
        facts.share(resolution);
        facts
    }

    /// Variables of a session live in cells: other inputs may assign them whatever they like.
    fn open_session(&mut self, resolution: &Resolution) {
        for (id, _) in resolution.shared.earlier.iter().chain(&resolution.shared.own) {
            if let Some(facts) = self.variables.get_mut(id.0 as usize) {
                facts.foreign = true;
                facts.not_array = true;
                facts.sharing = Some(Sharing::EarlyCell);
            }
        }
    }

    /// Whether evaluating the expression updates variables of its own body.
    pub fn updates(&self, expr: &Expr) -> bool {
        self.flag(expr, UPDATES)
    }

    /// Whether the expression contains the `_` of the pipeline around it.
    pub fn has_hole(&self, expr: &Expr) -> bool {
        self.flag(expr, HOLE)
    }

    fn flag(&self, expr: &Expr, flag: u8) -> bool {
        self.nodes.get(expr.id.0 as usize).is_some_and(|flags| flags & flag != 0)
    }

    fn variable(&self, id: VariableId) -> Option<&VariableFacts> {
        self.variables.get(id.0 as usize)
    }

    /// How the variable is stored.
    pub fn sharing(&self, id: VariableId) -> Sharing {
        self.variable(id).and_then(|facts| facts.sharing).unwrap_or(Sharing::Register)
    }

    /// Whether the variable always holds an array once it has a value.
    pub fn is_array(&self, id: VariableId) -> bool {
        self.variable(id).is_some_and(|facts| !facts.not_array)
    }

    /// The body whose own function the variable always is: there it needs no capture.
    pub fn own_body(&self, id: VariableId) -> Option<BodyId> {
        self.variable(id).filter(|facts| facts.writes == 1 && !facts.foreign).and_then(|facts| facts.function)
    }

    /// Whether a use of the variable at that place of that body may come before its declaration has run.
    pub fn needs_check(&self, id: VariableId, body: BodyId, at: u32, resolution: &Resolution) -> bool {
        let variable = resolution.variable(id);
        if !variable.check_init {
            return false;
        }
        let Some(born) = self.variable(id).and_then(|facts| facts.born) else { return true };
        let mut body = body;
        let mut moment = Moment::at(at);
        while body != variable.body {
            let Some(parent) = resolution.body(body).parent else { return true };
            moment = self.made.get(body.0 as usize).copied().unwrap_or_default();
            body = parent;
        }
        moment <= born
    }

    /// Settles how each variable is stored.
    fn share(&mut self, resolution: &Resolution) {
        let mut earliest = vec![None::<Moment>; self.variables.len()];
        for (at, info) in resolution.bodies.iter().enumerate() {
            let body = BodyId(at as u32);
            for id in &info.captures {
                let own = self.own_body(*id) == Some(body);
                if Some(resolution.variable(*id).body) == info.parent && !own {
                    let made = self.made.get(at).copied().unwrap_or_default();
                    if let Some(earliest) = earliest.get_mut(id.0 as usize) {
                        *earliest = Some(earliest.map_or(made, |before| before.min(made)));
                    }
                }
            }
        }
        for ((facts, variable), earliest) in self.variables.iter_mut().zip(&resolution.variables).zip(earliest) {
            let Some(made) = earliest.filter(|_| facts.sharing.is_none()) else { continue };
            let early = facts.born.is_none_or(|born| made <= born);
            let repeats = facts.looped && variable.kind == VariableKind::Implicit;
            facts.sharing = Some(match (early, facts.writes > 1 || facts.foreign || repeats) {
                (true, _) => Sharing::EarlyCell,
                (false, true) => Sharing::Cell,
                (false, false) => Sharing::Register,
            });
        }
    }
}

/// The names that a pattern binds, in order.
pub(super) fn names(pattern: &Pattern) -> Vec<&Ident> {
    fn collect<'p>(pattern: &'p Pattern, names: &mut Vec<&'p Ident>) {
        super::deeper(|| match &pattern.kind {
            PatternKind::Name(name) => names.push(name),
            PatternKind::Array { elements, rest } => {
                elements.iter().flatten().for_each(|part| collect(&part.pattern, names));
                rest.iter().for_each(|rest| collect(rest, names));
            }
            PatternKind::Object { fields, rest } => {
                fields.iter().for_each(|field| collect(&field.part.pattern, names));
                rest.iter().for_each(|rest| collect(rest, names));
            }
            PatternKind::Wildcard | PatternKind::Literal(_) | PatternKind::Error => {}
        });
    }
    let mut found = Vec::new();
    collect(pattern, &mut found);
    found
}

/// The functions that a list of statements declares.
pub(super) fn functions(stmts: &[Stmt]) -> impl Iterator<Item = &Function> {
    stmts.iter().filter_map(|stmt| match &super::declaring(stmt).kind {
        StmtKind::Function(function) => Some(&**function),
        _ => None,
    })
}

fn unparenthesised(mut expr: &Expr) -> &Expr {
    while let ExprKind::Paren(inner) = &expr.kind {
        expr = inner;
    }
    expr
}

struct Gather<'a> {
    resolution: &'a Resolution,
    facts: Facts,
    body: BodyId,
    /// How many loops of the body are around.
    loops: u32,
    /// Of the expression that is walked.
    flags: u8,
    /// When hoisted functions are made, by their nodes.
    hoisted: HashMap<NodeId, Moment>,
}

impl<'a> Gather<'a> {
    /// Notes when the functions declared by these statements are made.
    fn hoist(&mut self, stmts: &'a [Stmt], start: u32) {
        let count = functions(stmts).count() as u32;
        for (order, function) in (0..).zip(functions(stmts)) {
            self.hoisted.insert(function.id, Moment { at: start, order });
            // A function with a confidence of its own gets it when all the others are there.
            let order = if function.confidence.is_some() { count } else { order };
            if let Some(name) = &function.name {
                self.write(name.id, Moment { at: start, order });
                self.bind_function(name.id, function);
            }
        }
    }

    fn facts_at(&mut self, node: NodeId) -> Option<&mut VariableFacts> {
        let id = self.resolution.variable_at(node)?;
        self.facts.variables.get_mut(id.0 as usize)
    }

    /// Notes that the variable at that node is given a value, which is there from then on.
    fn write(&mut self, node: NodeId, born: Moment) {
        if let Some(id) = self.resolution.variable_at(node) {
            self.write_variable(id, born);
        }
    }

    fn write_variable(&mut self, id: VariableId, born: Moment) {
        let foreign = self.resolution.variable(id).body != self.body;
        let looped = self.loops > 0;
        if let Some(facts) = self.facts.variables.get_mut(id.0 as usize) {
            facts.writes += 1;
            facts.foreign |= foreign;
            facts.looped |= looped;
            facts.born.get_or_insert(born);
        }
    }

    /// Notes that the variable at that node gets the value of `value`, or something unknown.
    fn value(&mut self, node: NodeId, value: Option<&'a Expr>) {
        let value = value.map(unparenthesised);
        let is_array = value.is_some_and(|value| matches!(value.kind, ExprKind::Array(_)));
        if let Some(facts) = self.facts_at(node) {
            facts.not_array |= !is_array;
        }
        if let Some(Expr { kind: ExprKind::Function(function), .. }) = value {
            self.bind_function(node, function);
        }
    }

    fn bind_function(&mut self, node: NodeId, function: &Function) {
        let body = self.resolution.body_of(function.id).filter(|_| function.confidence.is_none());
        // Each turn of a loop may give a name that the loop does not declare another function.
        let fresh = self.loops == 0
            || self
                .resolution
                .variable_at(node)
                .is_some_and(|id| self.resolution.variable(id).kind != VariableKind::Implicit);
        if let Some(facts) = self.facts_at(node) {
            facts.not_array = true;
            facts.function = body.filter(|_| fresh);
        }
    }

    /// Notes that a pattern gives its names values.
    fn bind(&mut self, pattern: &'a Pattern, end: u32) {
        for name in names(pattern) {
            self.write(name.id, Moment::after(end));
            self.value(name.id, None);
        }
    }

    fn in_loop(&mut self, walk: impl FnOnce(&mut Self)) {
        self.loops += 1;
        walk(self);
        self.loops -= 1;
    }

    fn in_body(&mut self, node: NodeId, made: Moment, walk: impl FnOnce(&mut Self)) {
        let Some(body) = self.resolution.body_of(node) else { return };
        if let Some(moment) = self.facts.made.get_mut(body.0 as usize) {
            *moment = made;
        }
        let (outer, loops, flags) = (self.body, self.loops, self.flags);
        (self.body, self.loops, self.flags) = (body, 0, 0);
        walk(self);
        let inner = self.flags;
        (self.body, self.loops, self.flags) = (outer, loops, flags | inner & HOLE);
    }

    fn counting_loop(&mut self, header: &'a ForHeader, body: impl FnOnce(&mut Self)) {
        header.init.iter().for_each(|init| self.visit_stmt(init));
        self.in_loop(|this| {
            header.condition.iter().for_each(|condition| this.visit_expr(condition));
            body(this);
            header.update.iter().for_each(|update| this.visit_stmt(update));
        });
    }

    fn declare(&mut self, stmt: &'a Stmt) {
        let StmtKind::Declare { declarators, .. } = &stmt.kind else { return };
        for declarator in declarators {
            visit::walk_declarator(self, declarator);
            let end = declarator.value.as_ref().map_or(declarator.target.span.end, |value| value.span.end);
            let plain = declarator.target.threshold.is_none();
            match (&declarator.target.kind, &declarator.value) {
                (PatternKind::Name(name), Some(value)) if plain => {
                    self.write(name.id, Moment::after(end.max(declarator.target.span.end)));
                    self.value(name.id, Some(value));
                }
                _ => self.bind(&declarator.target, end),
            }
        }
    }

    fn assign(&mut self, stmt: &'a Stmt, target: &'a Target, op: AssignOp, value: &'a Expr) {
        visit::walk_stmt(self, stmt);
        self.flags |= UPDATES;
        match target {
            Target::Place(place) => match &place.kind {
                ExprKind::Name(_) => {
                    self.write(place.id, Moment::after(stmt.span.end));
                    self.value(place.id, Some(value).filter(|_| op == AssignOp::Set));
                }
                _ => self.update(place, stmt.span.end),
            },
            Target::Pattern(pattern) => self.bind(pattern, stmt.span.end),
        }
    }

    /// Notes that a part of the variable at the path's root gets a value.
    fn update(&mut self, place: &'a Expr, end: u32) {
        if let Some(path) = Path::of(place, self.resolution) {
            self.write_variable(path.root, Moment::after(end));
        }
    }

    fn mutation(&mut self, callee: &'a Expr, arguments: &'a [crate::ast::Argument], whole: &Expr) {
        if let Some(update) = Update::of(callee, arguments, whole.span, self.resolution) {
            self.flags |= UPDATES;
            self.write_variable(update.path.root, Moment::after(whole.span.end));
        }
    }

    fn expr(&mut self, expr: &'a Expr) {
        match &expr.kind {
            ExprKind::Placeholder => self.flags |= HOLE,
            ExprKind::Call { callee, arguments } => {
                visit::walk_expr(self, expr);
                self.mutation(callee, arguments, expr);
            }
            ExprKind::Pipe { value, target, .. } => {
                self.visit_expr(value);
                self.write(expr.id, Moment::after(value.span.end));
                self.value(expr.id, None);
                let before = self.flags;
                self.visit_expr(target);
                self.flags = before | self.flags & UPDATES;
                match &target.kind {
                    ExprKind::Call { .. } => {}
                    _ => self.mutation(target, &[], target),
                }
            }
            ExprKind::Parallel { agents, timeout, min_results, body, agent } => {
                self.visit_expr(agents);
                timeout.iter().chain(min_results).for_each(|setting| self.visit_expr(setting));
                self.agent_block(agent, body);
            }
            ExprKind::Race { agents, timeout, body, agent, until } => {
                self.visit_expr(agents);
                timeout.iter().for_each(|timeout| self.visit_expr(timeout));
                self.agent_block(agent, body);
                if let Some(until) = until {
                    let made = Moment::at(until.condition.span.start);
                    self.in_body(until.answer.id, made, |this| {
                        this.write(until.answer.id, Moment::default());
                        this.value(until.answer.id, None);
                        this.visit_expr(&until.condition);
                    });
                }
            }
            ExprKind::ParallelBranches(branches) => {
                for branch in branches {
                    let made = Moment::at(branch.value.span.start);
                    self.in_body(branch.value.id, made, |this| this.visit_expr(&branch.value));
                }
            }
            _ => visit::walk_expr(self, expr),
        }
    }

    fn agent_block(&mut self, agent: &'a Ident, body: &'a Block) {
        self.in_body(body.id, Moment::at(body.span.start), |this| {
            this.write(agent.id, Moment::default());
            this.value(agent.id, None);
            this.visit_block(body);
        });
    }
}

impl<'a> Visitor<'a> for Gather<'a> {
    fn visit_stmt(&mut self, stmt: &'a Stmt) {
        match &stmt.kind {
            StmtKind::Declare { .. } => self.declare(stmt),
            StmtKind::Assign { target, op, value, .. } => self.assign(stmt, target, *op, value),
            StmtKind::Step { target, .. } => {
                visit::walk_stmt(self, stmt);
                self.flags |= UPDATES;
                self.update(target, stmt.span.end);
                self.value(target.id, None);
            }
            StmtKind::While { .. } | StmtKind::DoWhile { .. } | StmtKind::UncertainWhile { .. } => {
                self.in_loop(|this| visit::walk_stmt(this, stmt));
            }
            StmtKind::For(header, body) => self.counting_loop(header, |this| this.visit_block(body)),
            StmtKind::UncertainFor(header, levels) => self.counting_loop(header, |this| this.visit_levels(levels)),
            StmtKind::ForIn { item, index, collection, body, .. } => {
                self.visit_expr(collection);
                self.in_loop(|this| {
                    this.visit_pattern(item);
                    this.bind(item, item.span.end);
                    if let Some(index) = index {
                        this.write(index.id, Moment::after(index.span.end));
                        this.value(index.id, None);
                    }
                    this.visit_block(body);
                });
            }
            StmtKind::Agents(agents) => {
                visit::walk_stmt(self, stmt);
                for agent in agents {
                    self.write(agent.name.id, Moment::after(agent.span.end));
                    self.value(agent.name.id, None);
                }
            }
            StmtKind::Return { .. } => {
                self.facts.top_returns |= self.body == BodyId(0);
                visit::walk_stmt(self, stmt);
            }
            _ => visit::walk_stmt(self, stmt),
        }
    }

    fn visit_block(&mut self, block: &'a Block) {
        self.hoist(&block.body, block.span.start);
        visit::walk_block(self, block);
    }

    fn visit_expr(&mut self, expr: &'a Expr) {
        let outer = std::mem::take(&mut self.flags);
        self.expr(expr);
        if let Some(flags) = self.facts.nodes.get_mut(expr.id.0 as usize) {
            *flags = self.flags;
        }
        self.flags |= outer;
    }

    fn visit_function(&mut self, function: &'a Function) {
        function.confidence.iter().for_each(|confidence| self.visit_expr(confidence));
        let made = self.hoisted.get(&function.id).copied().unwrap_or(Moment::at(function.span.start));
        let flags = self.flags;
        self.in_body(function.id, made, |this| {
            for param in &function.params {
                visit::walk_param(this, param);
                let default = param.default.as_ref().map_or(0, |default| default.span.end);
                this.bind(&param.pattern, param.pattern.span.end.max(default));
            }
            visit::walk_body(this, &function.body);
        });
        self.flags = flags;
    }

    fn visit_arm(&mut self, arm: &'a crate::ast::Arm) {
        self.visit_pattern(&arm.pattern);
        self.bind(&arm.pattern, arm.pattern.span.end);
        arm.guard.iter().for_each(|guard| self.visit_expr(guard));
        visit::walk_body(self, &arm.body);
    }

    fn visit_catch(&mut self, catch: &'a Catch) {
        if let Some(binding) = &catch.binding {
            self.visit_pattern(binding);
            self.bind(binding, binding.span.end);
        }
        self.visit_block(&catch.body);
    }
}
