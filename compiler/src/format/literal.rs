//! Arrays, objects and parentheses; other literals are single tokens.

use super::Formatter;
use super::list::{Style, is_huggable};
use crate::ast::{Element, Expr, Property};
use crate::token::TokenKind;

impl Formatter<'_> {
    /// `[a, ...b]`
    pub(super) fn array(&mut self, elements: &[Element]) {
        self.list(elements, Style::default(), |f, element| match element {
            Element::Item(value) => f.expr(value),
            Element::Spread(value) => f.spread(value),
        });
    }

    /// `{a, b: 1, ...c}`
    pub(super) fn object(&mut self, properties: &[Property]) {
        self.list(properties, Style::OBJECT, |f, property| match property {
            Property::Pair(_, value) => f.pair(value),
            Property::Shorthand(_) => f.token(),
            Property::Spread(value) => f.spread(value),
        });
    }

    /// `...e`
    pub(super) fn spread(&mut self, value: &Expr) {
        self.token();
        self.expr(value);
    }

    /// `key: e`
    pub(super) fn pair(&mut self, value: &Expr) {
        self.token();
        self.token();
        self.fill(|f| f.expr(value));
    }

    /// `(e)`
    pub(super) fn paren(&mut self, inner: &Expr) {
        let style = Style { hugs: is_huggable(inner, true), ..Style::default() };
        self.list(&[inner], style, |f, inner| f.bracketed(inner));
    }

    /// A literal that may have a sign.
    pub(super) fn signed(&mut self) {
        self.optional(TokenKind::Minus);
        self.token();
    }
}
