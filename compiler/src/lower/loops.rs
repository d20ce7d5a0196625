//! Loops. A loop's value is that of its last completed turn: each turn makes its own in a register beside and hands it
//! over at its end.

use super::code::Label;
use super::exits::{Exit, LoopExit, Next};
use super::facts::{Sharing, names};
use super::variable::Place;
use super::{Lower, Reg, Want};
use crate::ast::{Block, Expr, ForHeader, Function, Ident, Levels, Pattern, Stmt, StmtKind, Visitor, visit};
use crate::resolve::VariableId;
use prism_bytecode::Op;
use prism_diagnostics::Span;

/// What a turn does.
#[derive(Clone, Copy)]
enum Turn<'e> {
    /// A block.
    Block(&'e Block),
    /// The block for the level of the condition's confidence.
    Levels(&'e Levels),
}

impl Lower<'_> {
    /// A loop.
    pub(super) fn loop_(&mut self, stmt: &Stmt, want: Want) {
        let span = stmt.span;
        self.scoped(|this| {
            let result = match want {
                Want::Nothing => None,
                Want::Into(dst) => Some(this.unseen(dst)),
                Want::Return => Some(this.temp()),
            };
            if let Some(result) = result {
                this.code.op1(Op::Null, result, span);
            }
            match &stmt.kind {
                StmtKind::While { condition, body } => {
                    this.while_(Some(condition), Turn::Block(body), None, result, span)
                }
                StmtKind::UncertainWhile { condition, levels } => {
                    this.while_(Some(condition), Turn::Levels(levels), None, result, span);
                }
                StmtKind::DoWhile { body, condition } => this.do_while(body, condition, result, span),
                StmtKind::For(header, body) => this.for_(header, Turn::Block(body), result, span),
                StmtKind::UncertainFor(header, levels) => this.for_(header, Turn::Levels(levels), result, span),
                StmtKind::ForIn { item, index, collection, body, .. } => {
                    this.for_in(item, index.as_deref(), collection, body, result, span);
                }
                _ => {}
            }
            match (result, want) {
                (Some(result), Want::Into(dst)) => this.code.hand(dst, result, span),
                (Some(result), Want::Return) => this.give(result, span),
                (_, _) => {}
            }
        });
    }

    /// Everything between the ways in and out of a loop, and the way back. `turn` ends where a completed turn does.
    fn turns(
        &mut self,
        next: Next,
        back: impl FnOnce(&mut Self),
        turn: impl FnOnce(&mut Self),
        between: impl FnOnce(&mut Self),
    ) {
        self.body.exits.push(Exit::Loop(LoopExit { end: Label::default(), next }));
        turn(self);
        let Some(Exit::Loop(LoopExit { end, next })) = self.body.exits.pop() else { return };
        if let Next::Forward(label) = next {
            self.code.bind(label);
        }
        between(self);
        back(self);
        self.code.bind(end);
    }

    /// `while`, and the turns of a counting loop with what it does between them.
    fn while_(
        &mut self,
        condition: Option<&Expr>,
        turn: Turn<'_>,
        update: Option<&Between<'_>>,
        result: Option<Reg>,
        span: Span,
    ) {
        let mut done = Label::default();
        // A condition that compares what is at hand stands before the first turn and at the end of each.
        let test = match (condition, turn) {
            (Some(condition), Turn::Block(_)) => self.turn_test(condition),
            _ => None,
        };
        if let (Some(condition), Some(_)) = (condition, test) {
            self.branch(condition, false, &mut done);
        }
        let start = self.code.here();
        // With levels, a turn ends in one of several blocks.
        let forward = update.is_some() || test.is_some() || matches!(turn, Turn::Levels(_));
        let next = if forward { Next::Forward(Label::default()) } else { Next::Back(start) };
        self.turns(
            next,
            |this| match (test, condition) {
                (Some(test), Some(condition)) => this.code.back_if(test, start, condition.span, span),
                _ => this.code.back(start, span),
            },
            |this| match turn {
                Turn::Block(body) => {
                    if let Some(condition) = condition.filter(|_| test.is_none()) {
                        this.branch(condition, false, &mut done);
                    }
                    this.turn(body, result);
                }
                Turn::Levels(levels) => this.level_turn(condition, levels, result, &mut done, span),
            },
            |this| {
                if let Some(between) = update {
                    this.between(between);
                }
            },
        );
        self.code.bind(done);
    }

    /// One turn: its value goes to `result` when it has ended.
    fn turn(&mut self, body: &Block, result: Option<Reg>) {
        let Some(result) = result else { return self.block(body, Want::Nothing) };
        if !LeavesTurns::in_body(body) {
            // The turn before has done its part: as a second handle its value would make every update of an array a copy.
            self.code.op1(Op::Null, result, body.span);
        }
        self.scoped(|this| {
            let value = this.temp();
            this.block(body, Want::Into(value));
            this.code.hand(result, value, body.span);
        });
    }

    /// One turn of `uncertain while` or `uncertain for`; a level without a block ends the loop.
    fn level_turn(
        &mut self,
        condition: Option<&Expr>,
        levels: &Levels,
        result: Option<Reg>,
        done: &mut Label,
        span: Span,
    ) {
        self.scoped(|this| {
            let value = match condition {
                Some(condition) => {
                    let value = this.operand(condition, false);
                    this.code.jump_if(Op::JumpIfFalse, value, done, condition.span);
                    value
                }
                None => {
                    let always = this.temp();
                    this.bool(always, true, span);
                    always
                }
            };
            let span = condition.map_or(span, |condition| condition.span);
            let level = this.level(value, levels, span);
            let mut completed = Label::default();
            this.levels(level, levels, span, |this, branch| match branch {
                Some(branch) => {
                    this.turn(&branch.body, result);
                    this.code.jump(&mut completed, span);
                }
                None => this.code.jump(done, span),
            });
            this.code.bind(completed);
        });
    }

    fn do_while(&mut self, body: &Block, condition: &Expr, result: Option<Reg>, span: Span) {
        let start = self.code.here();
        let mut done = Label::default();
        self.turns(
            Next::Forward(Label::default()),
            |this| this.code.back(start, span),
            |this| this.turn(body, result),
            |this| this.branch(condition, false, &mut done),
        );
        self.code.bind(done);
    }

    fn for_(&mut self, header: &ForHeader, turn: Turn<'_>, result: Option<Reg>, span: Span) {
        let mut fresh = Vec::new();
        if let Some(Stmt { kind: StmtKind::Declare { declarators, .. }, .. }) = &header.init {
            for name in declarators.iter().flat_map(|declarator| names(&declarator.target)) {
                if let Some(id) = self.resolution.variable_at(name.id) {
                    self.open_early(id, name.span);
                    if self.facts.sharing(id) != Sharing::Register {
                        fresh.push(id);
                    }
                }
            }
        }
        if let Some(init) = &header.init {
            self.stmt(init, Want::Nothing);
        }
        let between = Between { fresh: &fresh, update: header.update.as_ref(), span };
        let update = Some(&between).filter(|between| !between.fresh.is_empty() || between.update.is_some());
        self.while_(header.condition.as_ref(), turn, update, result, span);
    }

    /// What a counting loop does between turns: closures keep the cells of the turn before.
    fn between(&mut self, between: &Between<'_>) {
        for id in between.fresh {
            if let Place::Cell(cell) = self.place(*id) {
                self.scoped(|this| {
                    let value = this.temp();
                    this.code.op2(Op::CellGet, value, cell, between.span);
                    this.code.op1(Op::MakeCell, value, between.span);
                    this.code.copy(cell, value, between.span);
                });
            }
        }
        if let Some(update) = between.update {
            self.stmt(update, Want::Nothing);
        }
    }

    fn for_in(
        &mut self,
        item: &Pattern,
        index: Option<&Ident>,
        collection: &Expr,
        body: &Block,
        result: Option<Reg>,
        span: Span,
    ) {
        let iterator = self.code.alloc(4);
        let items = self.operand_in(collection, false, Some(iterator));
        self.code.op2(Op::IterInit, iterator, items, collection.span);
        let mut done = Label::default();
        self.code.jump_if(Op::IterNext, iterator, &mut done, collection.span);
        let start = self.code.here();
        self.turns(
            Next::Forward(Label::default()),
            |this| this.code.next_item(iterator, start, collection.span, span),
            |this| {
                this.scoped(|this| {
                    this.bind_to(item, iterator.nth(2));
                    if let Some(id) = index.and_then(|index| this.resolution.variable_at(index.id)) {
                        this.bind_variable(id, iterator.nth(3), span);
                    }
                    this.turn(body, result);
                });
            },
            |_| {},
        );
        self.code.bind(done);
    }
}

/// What a counting loop does between its turns.
struct Between<'e> {
    /// Variables that get a cell of their own in each turn.
    fresh: &'e [VariableId],
    update: Option<&'e Stmt>,
    span: Span,
}

/// Whether a loop's body may leave a turn before its end, so that the value of the turn before still counts.
struct LeavesTurns(bool);

impl LeavesTurns {
    fn in_body(body: &Block) -> bool {
        let mut found = LeavesTurns(false);
        found.visit_block(body);
        found.0
    }
}

impl<'a> Visitor<'a> for LeavesTurns {
    fn visit_stmt(&mut self, stmt: &'a Stmt) {
        match &stmt.kind {
            StmtKind::Break | StmtKind::Continue => self.0 = true,
            // Those of an inner loop are its own.
            StmtKind::While { .. }
            | StmtKind::DoWhile { .. }
            | StmtKind::For(..)
            | StmtKind::ForIn { .. }
            | StmtKind::UncertainWhile { .. }
            | StmtKind::UncertainFor(..) => {}
            _ => visit::walk_stmt(self, stmt),
        }
    }

    fn visit_function(&mut self, _: &'a Function) {}
}
