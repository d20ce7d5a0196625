//! Types, and the fields of `input { … }` and `expects { … }`.

use super::Formatter;
use super::list::Style;
use crate::ast::{InputField, InputType, TypeExpr, TypeExprKind, TypeField};
use crate::token::TokenKind;

impl Formatter<'_> {
    /// A type. Parentheses around it are not in the tree: what opens before it closes behind it.
    pub(super) fn ty(&mut self, ty: &TypeExpr) {
        self.deeper(|f| {
            if f.cursor.start() < ty.span.start {
                f.list(&[ty], Style::default(), |f, ty| f.ty(ty));
            } else {
                f.bare_ty(ty);
            }
        });
    }

    fn bare_ty(&mut self, ty: &TypeExpr) {
        match &ty.kind {
            TypeExprKind::Named(_) | TypeExprKind::Error => self.token(),
            TypeExprKind::Literal(_) => self.signed(),
            TypeExprKind::Array(item) | TypeExprKind::Task(item) => self.container(item),
            TypeExprKind::Object(fields) => self.list(fields, Style::OBJECT, |f, field| f.ty_field(field)),
            TypeExprKind::Function(params, result) => {
                self.list(params, Style::default(), |f, param| f.ty(param));
                self.space();
                self.token();
                self.space();
                self.ty(result);
            }
            TypeExprKind::Union(members) => {
                for (number, member) in members.iter().enumerate() {
                    if number == 0 {
                        self.ty(member);
                        continue;
                    }
                    self.fill(|f| {
                        f.token();
                        f.space();
                        f.ty(member);
                    });
                }
            }
        }
    }

    /// `[T]`, `array<T>`, `task<T>`
    fn container(&mut self, item: &TypeExpr) {
        if matches!(self.cursor.kind(), TokenKind::LBracket | TokenKind::PatternBracket) {
            return self.list(&[item], Style::default(), |f, item| f.ty(item));
        }
        self.token();
        self.token();
        self.ty(item);
        self.token();
    }

    fn ty_field(&mut self, field: &TypeField) {
        self.token();
        if field.optional {
            self.token();
        }
        self.token();
        self.space();
        self.ty(&field.ty);
    }

    /// `{ name: type constraint … }`, several each on a line of its own.
    pub(super) fn fields(&mut self, fields: &[InputField]) {
        let style = Style { drops_commas: true, ..Style::BRACES };
        self.list(fields, style, |f, field| {
            f.input_field(field);
            if fields.len() > 1 {
                f.out.break_group();
            }
        });
    }

    fn input_field(&mut self, field: &InputField) {
        self.token();
        self.token();
        self.space();
        self.input_type(&field.ty);
        for constraint in &field.constraints {
            self.fill(|f| {
                f.token();
                if f.at(TokenKind::LParen) {
                    f.list(&constraint.arguments, Style::default(), |f, argument| f.expr(argument));
                }
            });
        }
    }

    fn input_type(&mut self, ty: &InputType) {
        self.deeper(|f| match ty {
            InputType::Named(_) => f.token(),
            InputType::Array(item) => f.list(&[&**item], Style::default(), |f, item| f.input_type(item)),
            InputType::Object(fields) => f.fields(fields),
        });
    }
}
