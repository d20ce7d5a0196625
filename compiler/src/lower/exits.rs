//! Ways out: `return`, `break` and `continue`, through `finally`; `try`; `in context`.
//!
//! A `finally` is lowered once. Whoever comes to it says in a register why, and puts what was under way in another: an
//! error or a returned value. Behind it stands one way on for each reason that there is.

use super::code::Label;
use super::{Lower, Reg, Want};
use crate::ast::{Block, Catch, Ident};
use prism_bytecode::Op;
use prism_diagnostics::Span;

/// Why control leaves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Way {
    /// `return` with the value in a register.
    Return(Reg),
    /// `break`.
    Break,
    /// `continue`.
    Continue,
}

/// Something that control passes on its way out.
#[derive(Debug)]
pub(super) enum Exit {
    /// A loop, where `break` and `continue` end.
    Loop(LoopExit),
    /// A `finally`.
    Finally(Finally),
}

/// Where a loop goes on.
#[derive(Debug)]
pub(super) struct LoopExit {
    /// After the loop.
    pub end: Label,
    /// At its next turn.
    pub next: Next,
}

/// Where a loop's next turn begins.
#[derive(Debug)]
pub(super) enum Next {
    /// Back there.
    Back(u32),
    /// Further on, where something is done between turns.
    Forward(Label),
}

/// A `finally` whose body has not been lowered yet.
#[derive(Debug)]
pub(super) struct Finally {
    entry: Label,
    reason: Reg,
    /// The error, or the value that is returned.
    value: Reg,
    returns: bool,
    breaks: bool,
    continues: bool,
}

/// Reasons for coming to a `finally`.
mod reason {
    pub const NONE: u8 = 0;
    pub const ERROR: u8 = 1;
    pub const RETURN: u8 = 2;
    pub const BREAK: u8 = 3;
    pub const CONTINUE: u8 = 4;
}

impl Lower<'_> {
    /// Leaves by that way, through what is around.
    pub(super) fn leave(&mut self, way: Way, span: Span) {
        for exit in self.body.exits.iter_mut().rev() {
            match (exit, way) {
                (Exit::Loop(_), Way::Return(_)) => {}
                (Exit::Loop(exit), Way::Break) => return self.code.jump(&mut exit.end, span),
                (Exit::Loop(LoopExit { next: Next::Back(start), .. }), Way::Continue) => {
                    return self.code.back(*start, span);
                }
                (Exit::Loop(LoopExit { next: Next::Forward(label), .. }), Way::Continue) => {
                    return self.code.jump(label, span);
                }
                (Exit::Finally(finally), way) => {
                    let reason = match way {
                        Way::Return(value) => {
                            finally.returns = true;
                            self.code.copy(finally.value, value, span);
                            reason::RETURN
                        }
                        Way::Break => {
                            finally.breaks = true;
                            reason::BREAK
                        }
                        Way::Continue => {
                            finally.continues = true;
                            reason::CONTINUE
                        }
                    };
                    self.code.wide(Op::Int, finally.reason, reason.into(), span);
                    return self.code.jump(&mut finally.entry, span);
                }
            }
        }
        if let Way::Return(value) = way {
            match &mut self.body.epilogue {
                Some((result, end)) => {
                    self.code.copy(*result, value, span);
                    self.code.jump(end, span);
                }
                None => self.code.op1(Op::Return, value, span),
            }
        }
    }

    /// `try`.
    pub(super) fn try_(
        &mut self,
        body: &Block,
        catch: Option<&Catch>,
        finally: Option<&Block>,
        span: Span,
        want: Want,
    ) {
        // The block may fail when its value is half there.
        let (inner, dst) = match want {
            Want::Into(dst) => {
                let to = self.unseen(dst);
                (Want::Into(to), Some((dst, to)))
            }
            other => (other, None),
        };
        match finally {
            Some(finally) => {
                self.protected(span, |this| this.caught(body, catch, inner), |this| this.block(finally, Want::Nothing))
            }
            None => self.caught(body, catch, inner),
        }
        if let Some((dst, to)) = dst {
            self.code.hand(dst, to, span);
        }
    }

    /// The block of `try` with its `catch`.
    fn caught(&mut self, body: &Block, catch: Option<&Catch>, want: Want) {
        let start = self.code.here();
        self.block(body, want);
        let Some(catch) = catch else { return };
        let mut end = Label::default();
        self.code.jump(&mut end, body.span);
        self.scoped(|this| {
            let error = this.temp();
            this.code.catch(start, error);
            if let Some(binding) = &catch.binding {
                this.bind_to(binding, error);
            }
            this.block(&catch.body, want);
        });
        self.code.bind(end);
    }

    /// Lowers `body` so that `cleanup` runs whichever way control leaves it.
    fn protected(&mut self, span: Span, body: impl FnOnce(&mut Self), cleanup: impl FnOnce(&mut Self)) {
        let (reason, value) = (self.temp(), self.temp());
        let finally =
            Finally { entry: Label::default(), reason, value, returns: false, breaks: false, continues: false };
        self.body.exits.push(Exit::Finally(finally));
        let start = self.code.here();
        body(self);
        let Some(Exit::Finally(mut finally)) = self.body.exits.pop() else { return };
        self.code.wide(Op::Int, reason, reason::NONE.into(), span);
        let ends = self.code.is_reachable();
        self.code.jump(&mut finally.entry, span);
        let fails = start < self.code.here();
        self.code.catch(start, value);
        self.code.wide(Op::Int, reason, reason::ERROR.into(), span);
        self.code.bind(finally.entry);
        cleanup(self);
        let ways = [
            (fails, reason::ERROR, None),
            (finally.returns, reason::RETURN, Some(Way::Return(value))),
            (finally.breaks, reason::BREAK, Some(Way::Break)),
            (finally.continues, reason::CONTINUE, Some(Way::Continue)),
        ];
        let mut ways: Vec<_> = ways.into_iter().filter(|(taken, ..)| *taken).collect();
        // Where control can't just end, the last reason needs no question.
        let last = if ends { None } else { ways.pop() };
        let mut end = Label::default();
        let mut targets = Vec::new();
        for (_, number, way) in ways {
            let mut target = Label::default();
            self.code.jump_on(Op::JumpIfInt, number, reason, &mut target, span);
            targets.push((target, way));
        }
        match last {
            Some((_, _, way)) => self.go_on(way, value, span),
            None => self.code.jump(&mut end, span),
        }
        for (target, way) in targets {
            self.code.bind(target);
            self.go_on(way, value, span);
        }
        self.code.bind(end);
    }

    /// Goes on as was under way before a `finally`; without a way, with the error.
    fn go_on(&mut self, way: Option<Way>, value: Reg, span: Span) {
        match way {
            Some(way) => self.leave(way, span),
            None => self.code.op1(Op::Throw, value, span),
        }
    }

    /// `in context NAME { … }`.
    pub(super) fn context(&mut self, name: &Ident, body: &Block, span: Span, want: Want) {
        self.scoped(|this| {
            let outer = this.temp();
            let label = this.output.text(&name.name);
            this.code.wide(Op::EnterContext, outer, label.0, span);
            this.protected(span, |this| this.block(body, want), |this| this.code.op1(Op::LeaveContext, outer, span));
        });
    }
}
