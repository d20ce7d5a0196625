//! Functions: declared, nameless, and lambdas.

use super::Formatter;
use super::list::Style;
use crate::ast::{Annotation, Body, Expr, Function, Param};
use crate::token::TokenKind;

impl Formatter<'_> {
    /// A function of any kind.
    pub(super) fn function(&mut self, function: &Function) {
        if function.is_async {
            self.token();
            self.space();
        }
        if function.lambda {
            return self.lambda(function);
        }
        self.token();
        if function.name.is_some() {
            self.space();
            self.token();
        }
        self.params(&function.params);
        // Type and confidence come in either order.
        let confidence_first = self.at(TokenKind::Attach);
        if confidence_first {
            self.confidence(function.confidence.as_deref());
        }
        self.annotation(function.result.as_deref());
        if !confidence_first {
            self.confidence(function.confidence.as_deref());
        }
        self.space();
        self.body(&function.body);
    }

    fn confidence(&mut self, confidence: Option<&Expr>) {
        if let Some(confidence) = confidence {
            self.space();
            self.token();
            self.space();
            self.expr(confidence);
        }
    }

    fn lambda(&mut self, function: &Function) {
        match self.cursor.kind() {
            TokenKind::ParamsParen | TokenKind::LParen => {
                self.params(&function.params);
                self.annotation(function.result.as_deref());
            }
            _ => self.token(),
        }
        self.space();
        self.arrow(&function.body);
    }

    /// `=>` and what stands behind it.
    pub(super) fn arrow(&mut self, body: &Body) {
        self.token();
        match body {
            Body::Block(_) => {
                self.space();
                self.body(body);
            }
            _ => self.fill(|f| f.body(body)),
        }
    }

    fn body(&mut self, body: &Body) {
        match body {
            Body::Expr(value) => self.expr(value),
            Body::Block(block) => self.block(block),
            Body::Statement(stmt) => self.stmt(stmt),
        }
    }

    fn params(&mut self, params: &[Param]) {
        self.list(params, Style::default(), |f, param| f.param(param));
    }

    fn param(&mut self, param: &Param) {
        if param.rest {
            self.token();
        }
        self.pattern(&param.pattern);
        if param.optional {
            self.token();
        }
        self.annotation(param.annotation.as_deref());
        self.default(param.default.as_deref());
    }

    /// `: T ~ [lo, hi]`
    pub(super) fn annotation(&mut self, annotation: Option<&Annotation>) {
        let Some(annotation) = annotation else { return };
        self.token();
        self.space();
        if let Some(ty) = &annotation.ty {
            self.ty(ty);
        }
        if let Some(interval) = &annotation.interval {
            if annotation.ty.is_some() {
                self.space();
            }
            self.token();
            self.space();
            self.list(&[&interval.0, &interval.1], Style::default(), |f, end| f.expr(end));
        }
    }
}
