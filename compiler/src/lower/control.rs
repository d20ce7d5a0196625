//! Branches: `if` and `uncertain if`.

use super::code::Label;
use super::{Lower, Reg, Want};
use crate::ast::{Block, Expr, Level, LevelBranch, Levels};
use prism_bytecode::Op;
use prism_diagnostics::Span;

impl Lower<'_> {
    /// `if`.
    pub(super) fn if_(&mut self, condition: &Expr, then: &Block, otherwise: Option<&Block>, want: Want) {
        let (mut no, mut end) = (Label::default(), Label::default());
        self.branch(condition, false, &mut no);
        self.block(then, want);
        if otherwise.is_none() && want == Want::Nothing {
            return self.code.bind(no);
        }
        self.code.jump(&mut end, then.span);
        self.code.bind(no);
        match otherwise {
            Some(otherwise) => self.block(otherwise, want),
            None => self.null(want, condition.span),
        }
        self.code.bind(end);
    }

    /// `uncertain if`.
    pub(super) fn uncertain_if(&mut self, condition: &Expr, levels: &Levels, want: Want) {
        let value = self.operand(condition, false);
        let level = self.level(value, levels, condition.span);
        let mut end = Label::default();
        self.levels(level, levels, condition.span, |this, branch| {
            match branch {
                Some(branch) => this.block(&branch.body, want),
                None => this.null(want, condition.span),
            }
            this.code.jump(&mut end, condition.span);
        });
        self.code.bind(end);
    }

    /// The level of a value's confidence: 2, 1 or 0, in a new register.
    pub(super) fn level(&mut self, value: Reg, levels: &Levels, span: Span) -> Reg {
        let level = self.temp();
        match &levels.thresholds {
            None => self.code.op2(Op::DefaultLevel, level, value, span),
            Some(thresholds) => self.scoped(|this| {
                let (high, medium) = &**thresholds;
                let window = this.code.alloc(3);
                this.code.copy(window, value, span);
                this.expr(high, window.nth(1));
                this.expr(medium, window.nth(2));
                this.code.window(Op::Level, 2, level, window, 0, high.span);
            }),
        }
        level
    }

    /// Chooses a block by the level in a register; `None` is the way of a level that has none. Each way has to end in a
    /// jump.
    pub(super) fn levels(
        &mut self,
        level: Reg,
        levels: &Levels,
        span: Span,
        mut run: impl FnMut(&mut Self, Option<&LevelBranch>),
    ) {
        let default = levels.branches.iter().find(|branch| branch.level == Level::Default);
        let mut named: Vec<_> = levels.branches.iter().filter(|branch| branch.level != Level::Default).collect();
        // With a block for each of the three levels, the last needs no question.
        let other = if named.len() < 3 { default } else { named.pop() };
        let targets: Vec<_> = named
            .into_iter()
            .map(|branch| {
                let mut target = Label::default();
                self.code.jump_on(Op::JumpIfInt, number(branch.level), level, &mut target, span);
                (branch, target)
            })
            .collect();
        run(self, other);
        for (branch, target) in targets {
            self.code.bind(target);
            run(self, Some(branch));
        }
    }
}

/// The number of a level, as the machine gives it.
fn number(level: Level) -> u8 {
    match level {
        Level::High => 2,
        Level::Medium => 1,
        Level::Low | Level::Default => 0,
    }
}
