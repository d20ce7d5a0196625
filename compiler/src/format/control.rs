//! Branches and loops.

use super::Formatter;
use super::list::Style;
use crate::ast::{Arm, Block, Catch, Expr, ExprKind, ForHeader, Levels, Pattern, Stmt, StmtKind};
use crate::token::TokenKind;

impl Formatter<'_> {
    /// A condition; says whether it is in parentheses, which are in the tree.
    pub(super) fn header(&mut self, condition: &Expr) -> bool {
        let closed = self.at(TokenKind::HeaderParen);
        self.expr(condition);
        closed
    }

    /// `if c {} else {}`: all blocks are on one line, or none.
    pub(super) fn conditional(&mut self, condition: &Expr, then: &Block, otherwise: Option<&Block>) {
        self.out.tail();
        self.group(|f| f.branches_of_if(condition, then, otherwise));
    }

    fn branches_of_if(&mut self, condition: &Expr, then: &Block, otherwise: Option<&Block>) {
        self.token();
        self.space();
        let closed = self.header(condition);
        self.governed(then, closed);
        let Some(otherwise) = otherwise else { return };
        self.semicolon_before_else();
        if then.braced {
            self.space();
        } else {
            self.out.line(true, false);
        }
        self.token();
        match else_if(otherwise) {
            Some((condition, then, otherwise)) => {
                self.space();
                self.deeper(|f| f.branches_of_if(condition, then, otherwise));
            }
            None => self.governed(otherwise, true),
        }
    }

    /// `if (a) b; else c` needs none, but behind a `}` it tells that the branch does not end there.
    fn semicolon_before_else(&mut self) {
        if self.at(TokenKind::Semicolon) {
            self.mark(self.header_open || self.cursor.previous() == TokenKind::RBrace);
        }
    }

    /// The body of a loop.
    pub(super) fn body_of_header(&mut self, body: &Block, closed: bool) {
        self.out.open_group();
        self.governed(body, closed);
        self.out.close_group();
    }

    /// What a header governs, or a word (`closed` then): breaks with the innermost group.
    fn governed(&mut self, body: &Block, closed: bool) {
        if body.braced {
            self.space();
            return self.braces(body);
        }
        let Some(stmt) = body.body.first() else {
            self.token();
            self.header_open |= !closed;
            return;
        };
        if !closed {
            // Behind a header without parentheses the body must stand on its line.
            self.space();
            self.stmt(stmt);
            self.header_open = true;
            return;
        }
        // On the line of the header these would be read as going on with it.
        if self.cursor.lines() > 0 || self.cursor.text().starts_with(['(', '[']) {
            self.out.break_group();
        }
        self.indent(|f| {
            f.out.line(true, false);
            f.stmt(stmt);
        });
    }

    /// `uncertain`, a header, `threshold(a, b)`, and the levels.
    pub(super) fn uncertain(&mut self, header: impl FnOnce(&mut Self) -> bool, levels: &Levels) {
        self.out.tail();
        self.token();
        self.space();
        self.token();
        self.space();
        header(self);
        if let Some(bounds) = &levels.thresholds {
            self.fill(|f| {
                f.token();
                f.list(&[&bounds.0, &bounds.1], Style::default(), |f, bound| f.expr(bound));
            });
        }
        self.space();
        self.list(&levels.branches, Style::BRACES, |f, branch| {
            f.token();
            f.space();
            f.block(&branch.body);
        });
    }

    /// `match v { … }`
    pub(super) fn matching(&mut self, subject: &Expr, arms: &[Arm]) {
        self.out.tail();
        self.token();
        self.space();
        self.expr(subject);
        self.space();
        let style = Style { repeats_commas: true, ..Style::BRACES };
        self.list(arms, style, |f, arm| f.with_comma(arm.span.end, |f| f.arm(arm)));
    }

    fn arm(&mut self, arm: &Arm) {
        self.pattern(&arm.pattern);
        if let Some(guard) = &arm.guard {
            self.fill(|f| {
                f.token();
                f.space();
                f.expr(guard);
            });
        }
        self.space();
        self.arrow(&arm.body);
    }

    /// `try {} catch (e) {} finally {}`: all blocks are on one line, or none.
    pub(super) fn attempt(&mut self, body: &Block, catch: Option<&Catch>, finally: Option<&Block>) {
        self.out.tail();
        self.group(|f| {
            f.token();
            f.governed(body, true);
            if let Some(catch) = catch {
                f.space();
                f.token();
                if let Some(binding) = &catch.binding {
                    f.space();
                    f.list(&[binding], Style::default(), |f, binding| f.pattern(binding));
                }
                f.governed(&catch.body, true);
            }
            if let Some(finally) = finally {
                f.space();
                f.token();
                f.governed(finally, true);
            }
        });
    }

    /// `do {} while c`
    pub(super) fn do_while(&mut self, body: &Block, condition: &Expr) {
        self.token();
        self.body_of_header(body, true);
        if self.at(TokenKind::Semicolon) {
            self.mark(true);
        }
        self.space();
        self.token();
        self.space();
        self.expr(condition);
    }

    /// `for item, i in xs`; says whether the header is in parentheses.
    pub(super) fn for_in(&mut self, item: &Pattern, indexed: bool, collection: &Expr) -> bool {
        self.token();
        self.space();
        let parenthesised = self.optional(TokenKind::HeaderParen);
        if self.optional(TokenKind::Let) || self.optional(TokenKind::Const) {
            self.space();
        }
        self.pattern(item);
        if indexed {
            self.mark(true);
            self.space();
            self.token();
        }
        self.space();
        self.token();
        self.fill(|f| f.expr(collection));
        if parenthesised {
            self.token();
        }
        parenthesised
    }

    /// `init; condition; update`; says whether the header is in parentheses.
    pub(super) fn counting_header(&mut self, header: &ForHeader) -> bool {
        if !self.at(TokenKind::HeaderParen) {
            self.parts_of_header(header);
            return false;
        }
        self.group(|f| {
            f.opener();
            f.indent(|f| {
                f.out.line(false, false);
                f.parts_of_header(header);
                f.comments_inside();
            });
            f.out.last_line(false);
        });
        self.token();
        true
    }

    fn parts_of_header(&mut self, header: &ForHeader) {
        if let Some(init) = &header.init {
            self.stmt(init);
        }
        self.part_of_header(header.condition.as_ref(), |f, condition| f.expr(condition));
        self.part_of_header(header.update.as_ref(), |f, update| f.stmt(update));
    }

    /// `;` and what stands behind it.
    fn part_of_header<T>(&mut self, part: Option<&T>, write: impl FnOnce(&mut Self, &T)) {
        let Some(part) = part else { return self.mark(true) };
        self.out.text(";");
        self.fill(|f| {
            f.mark(false);
            write(f, part);
        });
    }
}

/// The `if` of an `else if`.
fn else_if(otherwise: &Block) -> Option<(&Expr, &Block, Option<&Block>)> {
    let [Stmt { kind: StmtKind::Expr(Expr { kind, .. }), .. }] = otherwise.body.as_slice() else { return None };
    match kind {
        ExprKind::If { condition, then, otherwise: next } if !otherwise.braced => {
            Some((condition, then, next.as_deref()))
        }
        _ => None,
    }
}
