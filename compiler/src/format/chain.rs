//! Members, indexes and calls: several calls in a row on one line, or a call a line.

use super::Formatter;
use super::list::{Style, is_huggable};
use crate::ast::{Argument, Expr, ExprKind};
use crate::token::TokenKind;

/// Rows with fewer calls break inside the parentheses only.
const LEAST_CALLS: usize = 2;

impl Formatter<'_> {
    /// A row of members, indexes and calls with what it begins with.
    pub(super) fn chain(&mut self, expr: &Expr) {
        let (head, links) = links(expr);
        let called = |at: usize| is_member(links.get(at)) && is_call(links.get(at + 1));
        let calls = (0..links.len()).filter(|at| called(*at)).count();
        if calls < LEAST_CALLS {
            self.expr(head);
            return self.members(&links);
        }
        self.group(|f| {
            // With two, the last one may be broken inside while the row stays on its line.
            f.out.allow_tail(calls == LEAST_CALLS);
            f.expr(head);
            let first = links.iter().position(|link| is_member(Some(link))).unwrap_or(links.len());
            let (direct, mut rest) = links.split_at(first);
            f.members(direct);
            f.indent(|f| {
                while !rest.is_empty() {
                    let (row, others) = rest.split_at(row(rest));
                    if row.iter().any(|link| is_call(Some(link))) {
                        let number = f.cursor.previous() == TokenKind::Number;
                        f.out.line(number, false);
                        f.member();
                        f.members(row.get(1..).unwrap_or_default());
                    } else {
                        f.members(row);
                    }
                    rest = others;
                }
            });
        });
    }

    /// Members each with the indexes and calls behind it.
    fn members(&mut self, links: &[&Expr]) {
        let mut rest = links;
        while let Some(link) = rest.first() {
            let next = 1 + rest.iter().skip(1).take_while(|link| !is_member(Some(link))).count();
            let (link_and_calls, others) = rest.split_at(if is_member(Some(link)) { next } else { 1 });
            if is_member(Some(link)) {
                // A point right behind a number would belong to it.
                if self.cursor.previous() == TokenKind::Number {
                    self.space();
                }
                self.out.open_fill(false);
                self.member();
                link_and_calls.iter().skip(1).for_each(|link| self.operands(link));
                self.out.close();
            } else {
                self.operands(link);
            }
            rest = others;
        }
    }

    /// `.name`
    fn member(&mut self) {
        self.token();
        self.token();
    }

    /// `[i]`, `(a, b)`
    fn operands(&mut self, link: &Expr) {
        match &link.kind {
            ExprKind::Index { index, .. } => self.list(&[&**index], Style::default(), |f, index| f.bracketed(index)),
            ExprKind::Call { arguments, .. } => self.arguments(arguments),
            _ => {}
        }
    }

    /// `(a, ...b, c: 1)`
    fn arguments(&mut self, arguments: &[Argument]) {
        let alone = arguments.len() == 1;
        let hugs = match arguments.last() {
            Some(Argument::Positional(value)) => is_huggable(value, alone),
            Some(Argument::Named(_, value)) => is_huggable(value, false),
            Some(Argument::Spread(value)) => is_huggable(value, alone),
            None => false,
        };
        self.list(arguments, Style { hugs, ..Style::default() }, |f, argument| match argument {
            Argument::Positional(value) if alone => f.bracketed(value),
            Argument::Positional(value) => f.expr(value),
            Argument::Spread(value) => f.spread(value),
            Argument::Named(key, value) => f.pair(key, value),
        });
    }
}

/// What a row begins with, and its links in the order of the text.
fn links(expr: &Expr) -> (&Expr, Vec<&Expr>) {
    let mut links = Vec::new();
    let mut head = expr;
    while let ExprKind::Member { object: inner, .. } | ExprKind::Index { object: inner, .. } | ExprKind::Call { callee: inner, .. } =
        &head.kind
    {
        links.push(head);
        head = inner;
    }
    links.reverse();
    (head, links)
}

/// How many links from the first one, a member, make a row that stays together: members up to one that is called, with
/// all its calls and indexes; or all that are left.
fn row(links: &[&Expr]) -> usize {
    let call = links.windows(2).position(|two| is_member(two.first()) && is_call(two.get(1)));
    let Some(call) = call else { return links.len() };
    let behind = links.iter().skip(call + 1).take_while(|link| !is_member(Some(link))).count();
    call + 1 + behind
}

fn is_member(link: Option<&&Expr>) -> bool {
    link.is_some_and(|link| matches!(link.kind, ExprKind::Member { .. }))
}

fn is_call(link: Option<&&Expr>) -> bool {
    link.is_some_and(|link| matches!(link.kind, ExprKind::Call { .. }))
}
