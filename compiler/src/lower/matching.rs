//! `match` (§7): each arm tries its pattern, then its threshold, then its guard.
//!
//! A threshold covers what stands inside its pattern and has none of its own. So a pattern without one leaves the parts
//! that it has found to the pattern around it, which asks for their confidence when its own form fits.

use super::code::Label;
use super::pattern::Part;
use super::{Lower, Reg, Want};
use crate::ast::{Arm, Body, Expr, ExprKind, Ident, Pattern, PatternField, PatternKind, PatternPart, Stmt};
use prism_bytecode::{Instr, Op};
use prism_diagnostics::Span;

/// What a pattern has found and no threshold has covered yet.
enum Found<'p> {
    /// A part.
    Part(Reg, Span),
    /// A rest, and the name that it is bound to.
    Rest(Reg, &'p Ident),
}

impl Lower<'_> {
    /// `match`.
    pub(super) fn match_(&mut self, subject: &Expr, arms: &[Arm], span: Span, want: Want) {
        let asks = |expr: &Expr| self.facts.updates(expr);
        let later = arms.iter().any(|arm| arm.guard.as_deref().is_some_and(asks) || pattern_asks(&arm.pattern, &asks));
        let subject = self.operand(subject, later);
        let mut end = Label::default();
        for arm in arms {
            let mut next = Label::default();
            self.scoped(|this| {
                this.open(&arm.pattern);
                this.fit(&arm.pattern, subject, &mut next, &mut Vec::new());
                this.close(&arm.pattern);
                if let Some(guard) = &arm.guard {
                    this.branch(guard, false, &mut next);
                }
                this.arm_body(&arm.body, want);
            });
            self.code.jump(&mut end, arm.span);
            self.code.bind(next);
        }
        self.null(want, span);
        self.code.bind(end);
    }

    fn arm_body(&mut self, body: &Body, want: Want) {
        match body {
            Body::Expr(expr) => self.eval(expr, want),
            Body::Block(block) => self.block(block, want),
            Body::Statement(stmt) => {
                let stmt: &Stmt = stmt;
                self.stmt(stmt, want);
            }
        }
    }

    /// Jumps to `next` unless the value fits the pattern, and gives the pattern's names their values.
    fn fit<'p>(&mut self, pattern: &'p Pattern, value: Reg, next: &mut Label, found: &mut Vec<Found<'p>>) {
        super::deeper(|| {
            let inside = found.len();
            self.fit_form(pattern, value, next, found);
            found.push(Found::Part(value, pattern.span));
            if let Some(threshold) = &pattern.threshold {
                let covered = found.split_off(inside);
                self.cover(threshold, &covered, next);
            }
        });
    }

    /// Jumps to `next` unless all parts reach the threshold; of a rest those stay that do.
    fn cover(&mut self, threshold: &Expr, covered: &[Found<'_>], next: &mut Label) {
        self.scoped(|this| {
            let limit = this.operand(threshold, false);
            for found in covered {
                match found {
                    Found::Part(value, span) => this.unless_meets(*value, limit, next, *span),
                    Found::Rest(value, name) => {
                        this.code.op3(Op::RestAbove, *value, *value, limit, name.span);
                        this.store_name(name, *value);
                    }
                }
            }
        });
    }

    fn fit_form<'p>(&mut self, pattern: &'p Pattern, value: Reg, next: &mut Label, found: &mut Vec<Found<'p>>) {
        match &pattern.kind {
            PatternKind::Wildcard | PatternKind::Error => {}
            PatternKind::Name(name) => self.store_name(name, value),
            PatternKind::Literal(literal) => self.fit_literal(literal, value, next),
            PatternKind::Array { elements, rest } => {
                self.test(Op::TestArray, rest.is_some(), value, elements.len(), next, pattern.span);
                for (at, part) in elements.iter().enumerate() {
                    if let Some(PatternPart { pattern, .. }) = part {
                        let element = self.part_register(pattern);
                        self.part(Part::Element(at), value, element, pattern.span);
                        self.fit(pattern, element, next, found);
                    }
                }
                if let Some(rest) = rest {
                    let read = self.part_register(rest);
                    self.array_rest(elements.len(), value, read, rest.span);
                    self.fit_rest(rest, read, next, found);
                }
            }
            PatternKind::Object { fields, rest } => {
                self.test(Op::TestObject, !fields.is_empty(), value, 0, next, pattern.span);
                for PatternField { key, part, .. } in fields {
                    let which = Part::Member(&key.name);
                    if part.default.is_none() {
                        self.unless_has(which, value, next, key.span);
                    }
                    let member = self.part_register(&part.pattern);
                    self.part_or_default(part.default.as_ref(), which, value, member, part.pattern.span);
                    self.fit(&part.pattern, member, next, found);
                }
                if let Some(rest) = rest {
                    let read = self.part_register(rest);
                    self.object_rest(fields, value, read, rest.span);
                    self.fit_rest(rest, read, next, found);
                }
            }
        }
    }

    /// A rest is bound to a name, or taken apart as what it is.
    fn fit_rest<'p>(&mut self, rest: &'p Pattern, value: Reg, next: &mut Label, found: &mut Vec<Found<'p>>) {
        let PatternKind::Name(name) = &rest.kind else {
            return self.fit(rest, value, next, found);
        };
        self.store_name(name, value);
        match &rest.threshold {
            Some(threshold) => self.cover(threshold, &[Found::Rest(value, name)], next),
            None => found.push(Found::Rest(value, name)),
        }
    }

    fn fit_literal(&mut self, literal: &Expr, value: Reg, next: &mut Label) {
        if matches!(literal.kind, ExprKind::Null) {
            return self.code.jump_if(Op::JumpIfNotNull, value, next, literal.span);
        }
        self.scoped(|this| {
            let same = this.temp();
            this.expr(literal, same);
            this.code.op3(Op::StrictEq, same, value, same, literal.span);
            this.code.jump_if(Op::JumpIfFalse, same, next, literal.span);
        });
    }

    fn test(&mut self, op: Op, x: bool, value: Reg, count: usize, next: &mut Label, span: Span) {
        let Ok(count) = u16::try_from(count) else { return self.code.overflow() };
        self.scoped(|this| {
            let fits = this.temp();
            this.code.emit(Instr::xabc(op, x.into(), fits.0, value.0, count), span);
            this.code.jump_if(Op::JumpIfFalse, fits, next, span);
        });
    }
}

/// Whether a threshold or default of the pattern is such an expression.
fn pattern_asks(pattern: &Pattern, asks: &impl Fn(&Expr) -> bool) -> bool {
    let part = |part: &PatternPart| part.default.as_ref().is_some_and(asks) || pattern_asks(&part.pattern, asks);
    pattern.threshold.as_deref().is_some_and(asks)
        || super::deeper(|| match &pattern.kind {
            PatternKind::Array { elements, rest } => {
                elements.iter().flatten().any(part) || rest.as_deref().is_some_and(|rest| pattern_asks(rest, asks))
            }
            PatternKind::Object { fields, rest } => {
                fields.iter().any(|field| part(&field.part))
                    || rest.as_deref().is_some_and(|rest| pattern_asks(rest, asks))
            }
            PatternKind::Wildcard | PatternKind::Name(_) | PatternKind::Literal(_) | PatternKind::Error => false,
        })
}
