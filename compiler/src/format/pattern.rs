//! Patterns.

use super::Formatter;
use super::list::Style;
use crate::ast::{Expr, Pattern, PatternField, PatternKind, PatternPart};
use crate::token::TokenKind;

/// What stands between the commas of a pattern.
enum Item<'e, P> {
    Part(&'e P),
    Hole,
    Rest(&'e Pattern),
}

impl Formatter<'_> {
    /// A pattern with its threshold.
    pub(super) fn pattern(&mut self, pattern: &Pattern) {
        self.deeper(|f| {
            match &pattern.kind {
                PatternKind::Wildcard | PatternKind::Name(_) | PatternKind::Error => f.token(),
                PatternKind::Literal(_) => f.signed(),
                PatternKind::Array { elements, rest } => f.array_pattern(elements, rest.as_deref()),
                PatternKind::Object { fields, rest } => f.object_pattern(fields, rest.as_deref()),
            }
            f.threshold(pattern);
        });
    }

    /// `~> t`
    fn threshold(&mut self, pattern: &Pattern) {
        if let Some(threshold) = &pattern.threshold {
            self.fill(|f| {
                f.token();
                f.space();
                f.expr(threshold);
            });
        }
    }

    fn array_pattern(&mut self, elements: &[Option<PatternPart>], rest: Option<&Pattern>) {
        let parts = elements.iter().map(|element| element.as_ref().map_or(Item::Hole, Item::Part));
        let items: Vec<_> = parts.chain(rest.map(Item::Rest)).collect();
        let keeps_last_comma = matches!(items.last(), Some(Item::Hole));
        self.list(&items, Style { keeps_last_comma, ..Style::default() }, |f, item| match item {
            Item::Part(part) => {
                f.pattern(&part.pattern);
                f.default(part.default.as_ref());
            }
            Item::Hole => {}
            Item::Rest(rest) => f.rest(rest),
        });
    }

    fn object_pattern(&mut self, fields: &[PatternField], rest: Option<&Pattern>) {
        let items: Vec<_> = fields.iter().map(Item::Part).chain(rest.map(Item::Rest)).collect();
        self.list(&items, Style::OBJECT, |f, item| match item {
            Item::Part(field) => f.field(field),
            Item::Hole => {}
            Item::Rest(rest) => f.rest(rest),
        });
    }

    fn field(&mut self, field: &PatternField) {
        self.token();
        if field.shorthand {
            self.threshold(&field.part.pattern);
        } else {
            self.token();
            self.space();
            self.pattern(&field.part.pattern);
        }
        self.default(field.part.default.as_ref());
    }

    fn rest(&mut self, rest: &Pattern) {
        self.token();
        self.pattern(rest);
    }

    /// `= d`
    pub(super) fn default(&mut self, default: Option<&Expr>) {
        if let Some(default) = default.filter(|_| self.at(TokenKind::Assign)) {
            self.space();
            self.token();
            self.fill(|f| f.expr(default));
        }
    }
}
