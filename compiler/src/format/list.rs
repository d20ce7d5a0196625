//! Lists in brackets: on one line, or an element a line.

use super::Formatter;
use crate::ast::{Body, Expr, ExprKind};
use crate::token::TokenKind;

/// How a list is written.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Style {
    /// Blanks between brackets and elements where it is on one line.
    pub(super) padded: bool,
    /// It stays on several lines if it was written with a line break behind the opening bracket.
    pub(super) keeps_lines: bool,
    /// There are no commas between elements; those that were written are left out.
    pub(super) drops_commas: bool,
    /// More than one comma between elements means nothing.
    pub(super) repeats_commas: bool,
    /// The comma behind the last element means something.
    pub(super) keeps_last_comma: bool,
    /// The last element may begin on the line of the opening bracket and be broken there.
    pub(super) hugs: bool,
}

impl Style {
    /// `{a: 1}`
    pub(super) const OBJECT: Style = Style {
        padded: false,
        keeps_lines: true,
        drops_commas: false,
        repeats_commas: false,
        keeps_last_comma: false,
        hugs: false,
    };
    /// `{ a: f() }`
    pub(super) const BRACES: Style = Style { padded: true, ..Style::OBJECT };
}

impl Formatter<'_> {
    /// The elements between two brackets, which come next.
    pub(super) fn list<T>(&mut self, items: &[T], style: Style, mut each: impl FnMut(&mut Self, &T)) {
        self.comments_before();
        self.out.tail();
        self.out.open_group();
        self.opener();
        if style.repeats_commas {
            self.commas(false, style);
        }
        if items.is_empty() && self.out.is_fresh() && self.cursor.notes().is_empty() && self.cursor.kind().is_closer() {
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
            self.commas(!last, style);
        }
        self.comments_inside();
        self.out.close();
        self.out.last_line(style.padded);
        self.out.close_group();
        self.token();
    }

    /// The commas that come next; the first one is written where there is something to `separate`.
    fn commas(&mut self, separate: bool, style: Style) {
        let mut written = !style.drops_commas && (separate || style.keeps_last_comma);
        while self.at(TokenKind::Comma) {
            self.mark(std::mem::take(&mut written));
            if !style.repeats_commas {
                return;
            }
        }
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
