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
        let calls = links.windows(2).filter(|two| is_called(two)).count();
        if calls < LEAST_CALLS {
            self.expr(head);
            return self.members(&links);
        }
        self.group(|f| {
            // With two, the last one may be broken inside while the row stays on its line.
            f.out.allow_tail(calls == LEAST_CALLS);
            f.expr(head);
            let (direct, mut rest) = split_at_member(&links);
            f.members(direct);
            f.indent(|f| {
                while let Some(call) = rest.windows(2).position(is_called) {
                    let behind = rest.get(call + 1..).map_or(0, |behind| split_at_member(behind).0.len());
                    let (row, others) = rest.split_at(call + 1 + behind);
                    f.row(row);
                    rest = others;
                }
                f.members(rest);
            });
        });
    }

    /// Members up to one that is called, with what stands behind it: what a line of its own begins with.
    fn row(&mut self, links: &[&Expr]) {
        let number = self.ends_in_number();
        self.out.line(number, false);
        self.member();
        self.members(links.get(1..).unwrap_or_default());
    }

    /// Members each with the indexes and calls behind it, which stay together.
    fn members(&mut self, links: &[&Expr]) {
        let (direct, mut rest) = split_at_member(links);
        direct.iter().for_each(|link| self.operands(link));
        while let [_, behind @ ..] = rest {
            let (operands, others) = split_at_member(behind);
            let number = self.ends_in_number();
            self.out.open_fill(number);
            self.member();
            operands.iter().for_each(|link| self.operands(link));
            self.out.close();
            rest = others;
        }
    }

    /// Whether a point right behind the last token would belong to it.
    fn ends_in_number(&self) -> bool {
        self.cursor.previous() == TokenKind::Number
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
            Argument::Named(_, value) => f.pair(value),
        });
    }
}

/// What a row begins with, and its links in the order of the text.
fn links(expr: &Expr) -> (&Expr, Vec<&Expr>) {
    let mut links = Vec::new();
    let mut head = expr;
    while let ExprKind::Member { object: inner, .. }
    | ExprKind::Index { object: inner, .. }
    | ExprKind::Call { callee: inner, .. } = &head.kind
    {
        links.push(head);
        head = inner;
    }
    links.reverse();
    (head, links)
}

/// The links before the first member, and the others.
fn split_at_member<'l, 'e>(links: &'l [&'e Expr]) -> (&'l [&'e Expr], &'l [&'e Expr]) {
    let is_member = |link: &&Expr| matches!(link.kind, ExprKind::Member { .. });
    links.split_at(links.iter().position(is_member).unwrap_or(links.len()))
}

/// Whether two links are a member and its call.
fn is_called(two: &[&Expr]) -> bool {
    let kinds = two.first().zip(two.get(1)).map(|(first, second)| (&first.kind, &second.kind));
    matches!(kinds, Some((ExprKind::Member { .. }, ExprKind::Call { .. })))
}
