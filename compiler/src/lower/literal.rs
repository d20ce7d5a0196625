//! Literals: numbers, texts with interpolation, arrays, objects, and objects of a module's exports.

use super::code::LAST;
use super::{Lower, Reg};
use crate::ast::{Element, Expr, ExprKind, Name, Property, TemplatePart};
use crate::resolve::Binding;
use prism_bytecode::{ConstantId, Instr, Op};
use prism_diagnostics::Span;

/// The longest window of a literal.
pub(super) const LONGEST: usize = u8::MAX as usize;

/// A member of an object that is made.
#[derive(Clone, Copy)]
pub(super) enum Member<'e> {
    /// A key and where its value comes from.
    Pair(&'e Name, Source<'e>),
    /// `...e`.
    Spread(&'e Expr),
}

/// Where the value of a member comes from.
#[derive(Clone, Copy)]
pub(super) enum Source<'e> {
    /// An expression.
    Expr(&'e Expr),
    /// What another module exports.
    Export(Binding),
}

impl Lower<'_> {
    /// Puts a number into a register.
    pub(super) fn number(&mut self, dst: Reg, number: f64, span: Span) {
        let whole = number as i32;
        if f64::from(whole).to_bits() == number.to_bits() {
            self.code.wide(Op::Int, dst, whole as u32, span);
        } else {
            let id = self.output.number(number);
            self.code.wide(Op::Const, dst, id.0, span);
        }
    }

    /// Puts a boolean into a register.
    pub(super) fn bool(&mut self, dst: Reg, value: bool, span: Span) {
        self.code.emit(Instr::xabc(Op::Bool, value.into(), dst.0, 0, 0), span);
    }

    /// Joins the parts of a text; a long one in several steps, each of which begins with what there is.
    pub(super) fn template(&mut self, parts: &[TemplatePart], dst: Reg, span: Span) {
        if parts.is_empty() {
            return self.text(dst, "", span);
        }
        let (window, mut rest, mut joined) = (self.code.alloc(parts.len().min(LONGEST)), parts, 0);
        while !rest.is_empty() {
            let (now, later) = rest.split_at(rest.len().min(LONGEST - joined));
            for (at, part) in now.iter().enumerate() {
                let slot = window.nth(joined + at);
                match part {
                    TemplatePart::Text(text) => self.text(slot, text, span),
                    TemplatePart::Expr(expr) => self.expr(expr, slot),
                }
            }
            let to = if later.is_empty() { dst } else { window };
            self.code.window(Op::Concat, joined + now.len(), to, window, 0, span);
            (rest, joined) = (later, 1);
        }
    }

    /// Makes an array.
    pub(super) fn array(&mut self, elements: &[Element], dst: Reg, span: Span) {
        let window = elements.iter().take(LONGEST).take_while(|element| matches!(element, Element::Item(_))).count();
        let (first, rest) = elements.split_at(window);
        let to = if rest.is_empty() { dst } else { self.unseen(dst) };
        self.scoped(|this| {
            let window = this.code.alloc(first.len());
            for (at, Element::Item(element) | Element::Spread(element)) in first.iter().enumerate() {
                this.expr(element, window.nth(at));
            }
            this.code.window(Op::NewArray, first.len(), to, window, 0, span);
        });
        for element in rest {
            self.element(element, to);
        }
        self.code.hand(dst, to, span);
    }

    /// Adds an element, or the elements of a spread, to the array in a register.
    pub(super) fn element(&mut self, element: &Element, array: Reg) {
        let (op, expr) = match element {
            Element::Item(expr) => (Op::ArrayPush, expr),
            Element::Spread(expr) => (Op::ArraySpread, expr),
        };
        self.scoped(|this| {
            let value = this.operand(expr, false);
            let last = op == Op::ArrayPush && this.is_temporary(value);
            this.code.emit(Instr::xabc(op, u8::from(last) * LAST, array.0, value.0, 0), expr.span);
        });
    }

    /// Makes an object.
    pub(super) fn object(&mut self, properties: &[Property], dst: Reg, span: Span) {
        let members: Vec<_> = properties.iter().filter_map(member).collect();
        self.object_of(&members, dst, span);
    }

    /// Makes an object of these members. A key that comes again keeps its place and takes the later value.
    pub(super) fn object_of(&mut self, members: &[Member<'_>], dst: Reg, span: Span) {
        let window = members.iter().take(LONGEST).take_while(|member| matches!(member, Member::Pair(..))).count();
        let (first, rest) = members.split_at(window);
        let to = if rest.is_empty() { dst } else { self.unseen(dst) };
        self.scoped(|this| {
            let mut keys: Vec<ConstantId> = Vec::new();
            let mut slots = Vec::new();
            for member in first {
                if let Member::Pair(key, source) = member {
                    let key = this.output.text(key);
                    let at = keys.iter().position(|known| *known == key).unwrap_or(keys.len());
                    if at == keys.len() {
                        keys.push(key);
                    }
                    slots.push((at, *source));
                }
            }
            let window = this.code.alloc(keys.len());
            for (at, source) in slots {
                this.source(source, window.nth(at), span);
            }
            this.code.keyed(Op::NewObject, keys.len(), to, window, keys, span);
        });
        for member in rest {
            self.scoped(|this| match member {
                Member::Pair(key, source) => {
                    let value = this.temp();
                    this.source(*source, value, span);
                    let key = this.output.text(key);
                    this.code.named(Op::ObjectSet, LAST.into(), to, value, key, span);
                }
                Member::Spread(expr) => {
                    let value = this.operand(expr, false);
                    this.code.op2(Op::ObjectSpread, to, value, expr.span);
                }
            });
        }
        self.code.hand(dst, to, span);
    }

    fn source(&mut self, source: Source<'_>, dst: Reg, span: Span) {
        match source {
            Source::Expr(expr) => self.expr(expr, dst),
            Source::Export(Binding::Import(slot)) => self.code.wide(Op::GetExport, dst, slot, span),
            Source::Export(Binding::Namespace(module)) => self.namespace(module, dst, span),
            Source::Export(Binding::Library(id)) => self.library(id, dst, span),
            Source::Export(_) => self.code.op1(Op::Null, dst, span),
        }
    }

    /// Makes the object of what a module exports.
    pub(super) fn namespace(&mut self, module: u32, dst: Reg, span: Span) {
        let exports = self.exports.of(module);
        let members: Vec<_> =
            exports.iter().map(|(name, export)| Member::Pair(name, Source::Export(*export))).collect();
        super::deeper(|| self.object_of(&members, dst, span));
    }
}

fn member(property: &Property) -> Option<Member<'_>> {
    match property {
        Property::Pair(key, value) => Some(Member::Pair(&key.name, Source::Expr(value))),
        Property::Shorthand(value) => match &value.kind {
            ExprKind::Name(name) => Some(Member::Pair(name, Source::Expr(value))),
            _ => None,
        },
        Property::Spread(value) => Some(Member::Spread(value)),
    }
}
