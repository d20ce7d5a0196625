//! Branches and loops.

use super::Formatter;
use super::comments::Instead;
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
            let needed = self.cursor.previous() == TokenKind::RBrace || self.needs_semicolon == Some(self.cursor.index());
            self.replace(if needed { Instead::Itself } else { Instead::Nothing });
        }
    }

    /// The body of a loop.
    pub(super) fn body_of_header(&mut self, body: &Block, closed: bool) {
        self.group(|f| f.governed(body, closed));
    }

    /// What a header governs, or a word (`closed` then): breaks with the innermost group.
    fn governed(&mut self, body: &Block, closed: bool) {
        if body.braced {
            self.space();
            return self.braces(body);
        }
        let Some(stmt) = body.body.first() else { return self.token() };
        if !closed {
            // Behind a header without parentheses the body must stand on its line.
            self.space();
            self.stmt(stmt);
            self.needs_semicolon = Some(self.cursor.index());
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
        self.group(|f| {
            f.opener();
            f.commas_of_arms();
            if arms.is_empty() && f.cursor.notes().is_empty() {
                return f.token();
            }
            if f.cursor.lines() > 0 {
                f.out.break_group();
            }
            f.indent(|f| {
                for (number, arm) in arms.iter().enumerate() {
                    let blank = number > 0 && f.blank_ahead();
                    f.out.line(true, blank);
                    f.arm(arm);
                    f.commas_of_arms();
                }
                f.comments_inside();
            });
            f.out.line(true, false);
            f.token();
        });
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

    /// The commas between two arms: one before an arm that begins with `-`, and where all are on one line.
    fn commas_of_arms(&mut self) {
        let first = self.out.is_fresh();
        if !self.at(TokenKind::Comma) && !first && !self.cursor.kind().is_closer() {
            self.out.break_group();
        }
        let mut written = first;
        while self.at(TokenKind::Comma) {
            self.replace(match self.behind(TokenKind::Comma) {
                _ if written => Instead::Nothing,
                TokenKind::Minus => Instead::Itself,
                next if next.is_closer() => Instead::Nothing,
                _ => Instead::ItselfIfFlat,
            });
            written = true;
        }
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
            self.replace(Instead::Itself);
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
            self.comma(true);
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
        self.replace(Instead::Itself);
        if let Some(condition) = &header.condition {
            self.fill(|f| f.expr(condition));
        }
        self.replace(Instead::Itself);
        if let Some(update) = &header.update {
            self.fill(|f| f.stmt(update));
        }
    }
}

/// The `if` of an `else if`.
fn else_if(otherwise: &Block) -> Option<(&Expr, &Block, Option<&Block>)> {
    let [Stmt { kind: StmtKind::Expr(Expr { kind, .. }), .. }] = otherwise.body.as_slice() else { return None };
    match kind {
        ExprKind::If { condition, then, otherwise: next } if !otherwise.braced => Some((condition, then, next.as_deref())),
        _ => None,
    }
}
