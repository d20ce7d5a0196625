//! Lists in brackets: on one line, or an element a line.

use super::Formatter;
use super::comments::Instead;
use crate::ast::{Body, Expr, ExprKind};
use crate::token::TokenKind;

/// How a list is written.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Style {
    /// Blanks between brackets and elements where it is on one line.
    pub(super) padded: bool,
    /// It stays on several lines if it was written with a line break behind the opening bracket.
    pub(super) keeps_lines: bool,
    /// Elements need no commas between them; those that are there are left out where it is on several lines.
    pub(super) commas_optional: bool,
    /// The comma behind the last element means something.
    pub(super) keeps_last_comma: bool,
    /// The last element may begin on the line of the opening bracket and be broken there.
    pub(super) hugs: bool,
}

impl Style {
    /// `{a: 1}`
    pub(super) const OBJECT: Style =
        Style { padded: false, keeps_lines: true, commas_optional: false, keeps_last_comma: false, hugs: false };
    /// `{ a: f() }`
    pub(super) const BRACES: Style = Style { padded: true, ..Style::OBJECT };
}

impl Formatter<'_> {
    /// The elements between two brackets, which come next.
    pub(super) fn list<T>(&mut self, items: &[T], style: Style, mut each: impl FnMut(&mut Self, &T)) {
        self.out.tail();
        self.out.open_group();
        self.opener();
        if items.is_empty() && self.cursor.notes().is_empty() && self.cursor.kind().is_closer() {
            self.out.close_group();
            return self.token();
        }
        if style.keeps_lines && self.cursor.lines() > 0 {
            self.out.break_group();
        }
        self.out.open_indent();
        self.out.line(style.padded, false);
        for (number, item) in items.iter().enumerate() {
            if number > 0 {
                let blank = self.blank_ahead();
                self.out.line(true, blank);
            }
            let last = number + 1 == items.len();
            self.out.allow_tail(last && style.hugs);
            each(self, item);
            self.out.allow_tail(false);
            self.separator(last, style);
        }
        self.comments_inside();
        self.out.close();
        self.out.last_line(style.padded);
        self.out.close_group();
        self.token();
    }

    fn separator(&mut self, last: bool, style: Style) {
        if !self.at(TokenKind::Comma) {
            return;
        }
        self.replace(match last {
            true if !style.keeps_last_comma => Instead::Nothing,
            false if style.commas_optional => Instead::ItselfIfFlat,
            _ => Instead::Itself,
        });
    }
}

/// Whether an element may be broken inside while the brackets around it stay on its lines: it has brackets of its own,
/// and begins and ends with little more. A call only where it is the only element.
pub(super) fn is_huggable(element: &Expr, alone: bool) -> bool {
    match &element.kind {
        ExprKind::Array(items) => !items.is_empty(),
        ExprKind::Object(items) => !items.is_empty(),
        ExprKind::Block(_)
        | ExprKind::If { .. }
        | ExprKind::UncertainIf { .. }
        | ExprKind::Match { .. }
        | ExprKind::Try { .. }
        | ExprKind::Parallel { .. }
        | ExprKind::ParallelBranches(_)
        | ExprKind::Race { .. }
        | ExprKind::Sequential(_) => true,
        ExprKind::Function(function) => match &function.body {
            Body::Block(_) => true,
            Body::Expr(value) => is_huggable(value, true),
            Body::Statement(_) => false,
        },
        ExprKind::Call { arguments, .. } => alone && !arguments.is_empty(),
        ExprKind::Unary { operand, .. } => alone && is_huggable(operand, true),
        ExprKind::Paren(inner) => alone && is_huggable(inner, true),
        _ => false,
    }
}
