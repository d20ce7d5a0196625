//! Statements: each changes what is known, and has a value, since a body's value is its last statement's.

use super::Checker;
use super::facts::{Approximation, Reason};
use super::state::{LoopExits, State};
use super::ty::Data;
use super::value::Value;
use super::{faults, pattern::How};
use crate::ast::*;
use crate::resolve::hoist;
use crate::stack::deeper;
use prism_bytecode::KindSet;
use prism_confidence::Landmarks;
use prism_diagnostics::Span;

/// A loop is gone through so often with its exact values; then they are widened.
const EXACT_TURNS: u32 = 2;
/// And so often at all.
const MAX_TURNS: u32 = 40;
/// After so many turns only the fixed landmarks count, which are few.
const PATIENT_TURNS: u32 = 12;

impl<'a> Checker<'a> {
    /// A block: its last statement's value.
    pub(super) fn run_block(&mut self, block: &'a Block) -> Value {
        self.run_stmts(&block.body)
    }

    /// Statements in order; what nothing gets to is told of once.
    pub(super) fn run_stmts(&mut self, stmts: &'a [Stmt]) -> Value {
        for function in stmts.iter().filter_map(hoist::function_of) {
            if let Some(ident) = &function.name
                && let Some(variable) = self.resolution().variable_at(ident.id)
            {
                let value = self.closure(function);
                self.write_variable(variable, value);
                self.note_declared(ident, value);
            }
        }
        let mut last = Value::NULL;
        let mut alive = !self.frame().state.dead;
        for stmt in stmts {
            if alive && self.frame().state.dead && hoist::function_of(stmt).is_none() {
                alive = false;
                if self.quiet == 0 {
                    self.diagnostics.push(faults::unreachable_code(stmt.span));
                }
            }
            last = self.run_stmt(stmt);
        }
        last
    }

    pub(super) fn run_stmt(&mut self, stmt: &'a Stmt) -> Value {
        deeper(|| self.statement(stmt))
    }

    fn statement(&mut self, stmt: &'a Stmt) -> Value {
        self.steps += 1;
        match &stmt.kind {
            StmtKind::Expr(expr) => return self.infer(expr),
            StmtKind::Declare { constant, declarators } => {
                for declarator in declarators {
                    self.declare(declarator, *constant);
                }
            }
            StmtKind::Assign { target, op, value, .. } => return self.assign(target, *op, value),
            StmtKind::Step { target, increment, .. } => return self.step(target, *increment),
            StmtKind::Function(_) | StmtKind::Import(_) | StmtKind::Error => {}
            StmtKind::While { condition, body } => return self.run_while(condition, body),
            StmtKind::DoWhile { body, condition } => return self.run_do_while(body, condition),
            StmtKind::For(header, body) => return self.run_for(header, Turn::Block(body)),
            StmtKind::ForIn { item, index, collection, body, .. } => {
                return self.run_for_in(item, index.as_deref(), collection, body);
            }
            StmtKind::UncertainWhile { condition, levels } => {
                return self.run_loop(condition.id, Some(condition), None, Turn::Levels(levels));
            }
            StmtKind::UncertainFor(header, levels) => return self.run_for(header, Turn::Levels(levels)),
            StmtKind::Return { value, with } => self.run_return(value.as_ref(), with.as_deref()),
            StmtKind::Break => self.leave_loop(|exits| &mut exits.breaks),
            StmtKind::Continue => self.leave_loop(|exits| &mut exits.continues),
            StmtKind::Throw(expr) => {
                self.infer(expr);
                self.state().dead = true;
            }
            StmtKind::Export(export) => return self.export(export),
            StmtKind::Agents(agents) => self.declare_agents(agents),
            StmtKind::Context { body, .. } => return self.run_block(body),
            StmtKind::Pattern(pattern) => return self.run_pattern(pattern),
        }
        Value::NULL
    }

    fn run_pattern(&mut self, pattern: &'a PatternDecl) -> Value {
        let value = self.run_block(&pattern.body);
        self.note_program_result(&pattern.body.body, value);
        value
    }

    fn export(&mut self, export: &'a Export) -> Value {
        match export {
            Export::Statement(stmt) => return self.run_stmt(stmt),
            Export::Default(expr, _) => {
                let value = self.infer(expr);
                let slot =
                    self.resolution().exports.iter().find_map(|export| {
                        (export.source == crate::resolve::ExportSource::Default).then_some(export.slot)
                    });
                if let Some(slot) = slot {
                    self.set_export(slot, value);
                }
            }
            Export::List { .. } | Export::All { .. } => {}
        }
        Value::NULL
    }

    #[inline(never)]
    fn declare(&mut self, declarator: &'a Declarator, constant: bool) {
        let mut value = match &declarator.value {
            Some(value) => self.infer(value),
            None => Value::NULL,
        };
        if let Some(annotation) = &declarator.annotation
            && let Some(expr) = &declarator.value
        {
            value = self.check_annotated(value, annotation, expr.span);
        }
        let kept = if constant { value } else { value.stored() };
        self.destructure(&declarator.target, kept, How::Declare);
    }

    #[inline(never)]
    fn run_return(&mut self, value: Option<&'a Expr>, with: Option<&'a ReturnWith>) {
        let given = value.map_or(Value::NULL, |value| self.infer(value));
        match with {
            Some(ReturnWith::Warning(Some(extra)) | ReturnWith::Metadata(extra)) => {
                self.infer(extra);
            }
            Some(ReturnWith::Warning(None)) | None => {}
        }
        if self.frame().is_program
            && let Some(value) = value
        {
            self.note_result_expr(value, given);
        }
        if !self.frame().state.dead {
            let old = self.frame().returned;
            let returned = self.types.join_values(old, given.stored());
            self.frame_mut().returned = returned;
            if let (Some(expr), Some(node)) = (value, self.function_node()) {
                self.check_result(node, given, expr.span);
            }
        }
        self.state().dead = true;
    }

    /// The function whose body is being gone through.
    fn function_node(&self) -> Option<&'a Function> {
        let frame = self.frame();
        let id = self.function_of(frame.module, frame.body)?;
        self.functions.get(id.0 as usize).map(|info| info.node)
    }

    /// Outside of a loop there is nothing to leave, as the resolver has said: what follows is gone through all the same.
    fn leave_loop(&mut self, exit: impl FnOnce(&mut LoopExits) -> &mut State) {
        let state = self.frame().state.clone();
        let Some(mut exits) = self.frame_mut().loops.pop() else { return };
        let place = exit(&mut exits);
        let old = place.clone();
        *place = old.join(state, &mut self.types);
        self.frame_mut().loops.push(exits);
        self.state().dead = true;
    }

    fn run_while(&mut self, condition: &'a Expr, body: &'a Block) -> Value {
        self.run_loop(body.id, Some(condition), None, Turn::Block(body))
    }

    #[inline(never)]
    fn run_for(&mut self, header: &'a ForHeader, turn: Turn<'a>) -> Value {
        if let Some(init) = &header.init {
            self.run_stmt(init);
        }
        self.run_loop(header.id, header.condition.as_ref(), header.update.as_ref(), turn)
    }

    /// A loop that tests its condition before each turn.
    #[inline(never)]
    fn run_loop(
        &mut self,
        key: NodeId,
        condition: Option<&'a Expr>,
        update: Option<&'a Stmt>,
        turn: Turn<'a>,
    ) -> Value {
        self.has_open_loops = true;
        self.repeat(key, turn.span(), |checker| {
            let entered = checker.frame().state.clone();
            let subject = condition.map(|condition| checker.infer(condition));
            let mut after = checker.frame().state.clone();
            let mut ends = entered.nowhere();
            if let Some(condition) = condition.filter(|condition| !is_true(condition)) {
                checker.assume(condition, true);
                std::mem::swap(checker.state(), &mut after);
                checker.assume(condition, false);
                ends = std::mem::replace(checker.state(), after);
            }
            let value = match turn {
                Turn::Block(body) => checker.run_block(body),
                Turn::Levels(levels) => {
                    let (value, none) = match (condition, subject) {
                        (Some(condition), Some(subject)) => checker.run_levels(condition, subject, levels, None),
                        _ => checker.run_plain_levels(levels),
                    };
                    ends = ends.join(none, &mut checker.types);
                    value
                }
            };
            checker.come_to_continues();
            if let Some(update) = update {
                checker.run_stmt(update);
            }
            (ends, value)
        })
    }

    fn run_do_while(&mut self, body: &'a Block, condition: &'a Expr) -> Value {
        self.has_open_loops = true;
        self.repeat(body.id, body.span, |checker| {
            let value = checker.run_block(body);
            checker.come_to_continues();
            checker.infer(condition);
            let mut ends = checker.frame().state.clone();
            if is_true(condition) {
                ends = ends.nowhere();
            } else {
                checker.assume(condition, true);
                std::mem::swap(checker.state(), &mut ends);
                checker.assume(condition, false);
                std::mem::swap(checker.state(), &mut ends);
            }
            (ends, value)
        })
    }

    #[inline(never)]
    fn run_for_in(
        &mut self,
        item: &'a Pattern,
        index: Option<&'a Ident>,
        collection: &'a Expr,
        body: &'a Block,
    ) -> Value {
        let whole = self.infer(collection);
        let whole = self.settled(whole);
        let element = self.iterated(whole, collection.span);
        self.repeat(body.id, body.span, |checker| {
            let ends = checker.frame().state.clone();
            checker.destructure(item, element, How::Declare);
            if let Some(index) = index {
                checker.bind_name(index, Value::plain(super::ty::Ty::NUMBER));
            }
            let value = checker.run_block(body);
            checker.come_to_continues();
            (ends, value)
        })
    }

    /// What `for … in` goes through.
    fn iterated(&mut self, whole: Value, span: prism_diagnostics::Span) -> Value {
        let can = KindSet::ARRAY.union(KindSet::OBJECT).union(KindSet::STRING).union(KindSet::AGENT);
        if !whole.is_never() && !self.types.may_be(whole.ty, can) {
            let shown = self.show(whole.ty);
            self.mismatch(faults::not_iterable(span, &shown));
            return Value::ANY;
        }
        let mut element = Value::NEVER;
        for ty in self.types.members(whole.ty) {
            let one = match self.types.get(ty) {
                Data::Array { element, .. } if element.is_never() => continue,
                Data::Array { element, .. } => *element,
                Data::Any => Value::ANY,
                _ if self.types.may_be(ty, can) => Value::plain(super::ty::Ty::STRING),
                _ => continue,
            };
            element = self.types.join_values(element, one);
        }
        element.times(whole)
    }

    /// After the body of a turn: `continue` comes here too.
    fn come_to_continues(&mut self) {
        let state = self.frame().state.clone();
        if let Some(exits) = self.frame_mut().loops.last_mut() {
            let continues = exits.continues.clone();
            let joined = state.join(continues, &mut self.types);
            *self.state() = joined;
        }
    }

    /// Repeats the turn of a loop until its head no longer changes. The turn gives where the loop ends without `break`.
    fn repeat(&mut self, key: NodeId, span: Span, mut turn: impl FnMut(&mut Self) -> (State, Value)) -> Value {
        let entry = self.frame().state.clone();
        let mut head = entry.clone();
        if let Some(known) = self.frame().heads.get(&key).cloned() {
            head = head.join(known, &mut self.types);
            head.dead = entry.dead;
        }
        let (said, given) = (self.diagnostics.len(), self.program_results.len());
        let mut turns = 0;
        loop {
            *self.state() = head.clone();
            let nowhere = head.nowhere();
            let exits = LoopExits { breaks: nowhere.clone(), continues: nowhere };
            self.frame_mut().loops.push(exits);
            let (ends, value) = turn(self);
            let Some(exits) = self.frame_mut().loops.pop() else { return value };
            let back = self.frame().state.clone();
            turns += 1;
            let fixed = (turns > PATIENT_TURNS).then(Landmarks::default);
            let landmarks = fixed.as_ref().unwrap_or(&self.landmarks);
            let next = match turns <= EXACT_TURNS {
                true => head.clone().join(back, &mut self.types),
                false => head.clone().widen(back, &mut self.types, landmarks),
            };
            let settled = next.same(&head);
            if settled || turns >= MAX_TURNS {
                if !settled {
                    // What holds in each turn was not found: nothing is certain enough to be told.
                    self.diagnostics.truncate(said);
                    self.approximations.insert(Approximation { span, reason: Reason::Loop });
                }
                let after = ends.join(exits.breaks, &mut self.types);
                *self.state() = after;
                let frame = self.frame_mut();
                match frame.loops.is_empty() {
                    true => frame.heads.clear(),
                    false => {
                        frame.heads.insert(key, head);
                    }
                }
                return self.types.join_values(Value::NULL, value);
            }
            head = next;
            self.diagnostics.truncate(said);
            self.program_results.truncate(given);
        }
    }

    /// `try`: what `catch` meets is whatever held anywhere in the body.
    #[inline(never)]
    pub(super) fn run_try(&mut self, body: &'a Block, catch: Option<&'a Catch>, finally: Option<&'a Block>) -> Value {
        let entry = self.frame().state.clone();
        let outer = finally.map(|_| self.replace_exits());
        self.frame_mut().tries.push(entry);
        self.frame_mut().caught += u32::from(catch.is_some());
        let mut value = self.run_block(body);
        self.frame_mut().caught -= u32::from(catch.is_some());
        let thrown = self.frame_mut().tries.pop();
        let mut after = self.frame().state.clone();
        let Some(mut thrown) = thrown else { return value };
        if after.dead {
            value = Value::NEVER;
        }
        if let Some(catch) = catch {
            *self.state() = thrown.clone();
            self.frame_mut().tries.push(thrown);
            if let Some(binding) = &catch.binding {
                self.destructure(binding, Value::plain(super::ty::Ty::ERROR), How::Declare);
            }
            let caught = self.run_block(&catch.body);
            thrown = self.frame_mut().tries.pop().unwrap_or_else(|| after.clone());
            let end = self.frame().state.clone();
            if !end.dead {
                value = self.types.join_values(value, caught);
            }
            after = after.join(end, &mut self.types);
        }
        *self.state() = after.clone();
        if let Some((finally, outer)) = finally.zip(outer) {
            let jumps = std::mem::replace(&mut self.frame_mut().loops, outer);
            // First whatever way it is come to, to say what is wrong; then as the code behind it meets it.
            let anyhow = thrown.join(after.clone(), &mut self.types);
            *self.state() = anyhow;
            self.run_block(finally);
            let leaves = self.frame().state.dead;
            *self.state() = after;
            if self.frame().tries.len() < 4 {
                self.quiet += 1;
                self.run_block(finally);
                self.quiet -= 1;
            }
            self.state().dead |= leaves;
            self.jump_through(finally, jumps);
        }
        value
    }

    /// Begins to note anew where `break` and `continue` lead to, and gives what was noted so far.
    fn replace_exits(&mut self) -> Vec<LoopExits> {
        let nowhere = self.frame().state.nowhere();
        let none = |_: &LoopExits| LoopExits { breaks: nowhere.clone(), continues: nowhere.clone() };
        let fresh = self.frame().loops.iter().map(none).collect();
        std::mem::replace(&mut self.frame_mut().loops, fresh)
    }

    /// What `break` and `continue` met in the body of a `try` goes through its `finally` before it leaves.
    fn jump_through(&mut self, finally: &'a Block, jumps: Vec<LoopExits>) {
        let after = self.frame().state.clone();
        self.quiet += 1;
        for (at, LoopExits { breaks, continues }) in jumps.into_iter().enumerate() {
            let exits: [(State, Exit); 2] =
                [(breaks, |exits| &mut exits.breaks), (continues, |exits| &mut exits.continues)];
            for (jump, exit) in exits.into_iter().filter(|(jump, _)| !jump.dead) {
                *self.state() = jump;
                self.run_block(finally);
                let state = self.frame().state.clone();
                let mut exits = std::mem::take(&mut self.frame_mut().loops);
                if let Some(exits) = exits.get_mut(at) {
                    let place = exit(exits);
                    *place = place.clone().join(state, &mut self.types);
                }
                self.frame_mut().loops = exits;
            }
        }
        self.quiet -= 1;
        *self.state() = after;
    }
}

/// One of the ways out of a loop's turn.
type Exit = fn(&mut LoopExits) -> &mut State;

/// What a turn of a loop is.
#[derive(Clone, Copy)]
pub(super) enum Turn<'a> {
    Block(&'a Block),
    Levels(&'a Levels),
}

impl Turn<'_> {
    fn span(self) -> Span {
        match self {
            Turn::Block(body) => body.span,
            Turn::Levels(levels) => levels.branches.first().map(|branch| branch.body.span).unwrap_or_default(),
        }
    }
}

/// Whether a condition is always true, as in `while true`.
fn is_true(condition: &Expr) -> bool {
    match &condition.kind {
        ExprKind::Bool(value) => *value,
        ExprKind::Number(value) => *value != 0.0 && !value.is_nan(),
        ExprKind::Paren(inner) => is_true(inner),
        _ => false,
    }
}
