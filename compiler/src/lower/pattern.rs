//! Destructuring (§7). In declarations the names have been given homes before ([`Lower::open`]); in assignments they
//! have theirs.

use super::code::Label;
use super::facts::names;
use super::{Lower, Reg};
use crate::ast::{Expr, Ident, Pattern, PatternField, PatternKind, PatternPart};
use prism_bytecode::Op;
use prism_diagnostics::Span;

/// The last element that an instruction can name.
const LAST: usize = u16::MAX as usize;

/// Which part of a container is taken.
#[derive(Clone, Copy)]
pub(super) enum Part<'p> {
    /// An element.
    Element(usize),
    /// A member.
    Member(&'p str),
}

impl Lower<'_> {
    /// Takes a value apart. `cover` is the threshold of the pattern around it.
    pub(super) fn take(&mut self, pattern: &Pattern, value: Reg, cover: Option<Reg>) {
        super::deeper(|| {
            self.scoped(|this| {
                let limit = this.limit(pattern, cover);
                this.take_with(pattern, value, limit);
            });
        });
    }

    /// The threshold that a part must reach: the pattern's own, or the one that covers it.
    fn limit(&mut self, pattern: &Pattern, cover: Option<Reg>) -> Option<Reg> {
        match &pattern.threshold {
            Some(threshold) => {
                let limit = self.temp();
                self.expr(threshold, limit);
                Some(limit)
            }
            None => cover,
        }
    }

    fn take_with(&mut self, pattern: &Pattern, value: Reg, limit: Option<Reg>) {
        match &pattern.kind {
            PatternKind::Wildcard | PatternKind::Literal(_) | PatternKind::Error => {}
            PatternKind::Name(name) => match limit {
                None => self.store_name(name, value),
                Some(limit) => self.take_name(name, value, limit, pattern.span),
            },
            PatternKind::Array { .. } | PatternKind::Object { .. } => {
                let (mut low, mut end) = (Label::default(), Label::default());
                if let Some(limit) = limit {
                    self.unless_meets(value, limit, &mut low, pattern.span);
                }
                self.take_parts(pattern, value, limit);
                if limit.is_some() {
                    self.code.jump(&mut end, pattern.span);
                    self.code.bind(low);
                    self.take_nothing(pattern);
                }
                self.code.bind(end);
            }
        }
    }

    /// Jumps unless the value's confidence reaches the threshold.
    pub(super) fn unless_meets(&mut self, value: Reg, limit: Reg, label: &mut Label, span: Span) {
        self.scoped(|this| {
            let meets = this.temp();
            this.code.op3(Op::Meets, meets, value, limit, span);
            this.code.jump_if(Op::JumpIfFalse, meets, label, span);
        });
    }

    /// Gives a name the value, or null if it is not sure enough.
    fn take_name(&mut self, name: &Ident, value: Reg, limit: Reg, span: Span) {
        let (mut low, mut end) = (Label::default(), Label::default());
        self.unless_meets(value, limit, &mut low, span);
        self.store_name(name, value);
        self.code.jump(&mut end, span);
        self.code.bind(low);
        self.store_null(name);
        self.code.bind(end);
    }

    fn take_parts(&mut self, pattern: &Pattern, value: Reg, limit: Option<Reg>) {
        match &pattern.kind {
            PatternKind::Array { elements, rest } => {
                self.code.op1(Op::CheckArray, value, pattern.span);
                for (at, part) in elements.iter().enumerate() {
                    if let Some(part) = part {
                        self.take_part(part, Part::Element(at), value, limit);
                    }
                }
                if let Some(rest) = rest {
                    self.take_rest(rest, limit, |this, to| this.array_rest(elements.len(), value, to, rest.span));
                }
            }
            PatternKind::Object { fields, rest } => {
                self.code.op1(Op::CheckObject, value, pattern.span);
                for PatternField { key, part, .. } in fields {
                    self.take_part(part, Part::Member(&key.name), value, limit);
                }
                if let Some(rest) = rest {
                    self.take_rest(rest, limit, |this, to| this.object_rest(fields, value, to, rest.span));
                }
            }
            PatternKind::Wildcard | PatternKind::Name(_) | PatternKind::Literal(_) | PatternKind::Error => {}
        }
    }

    fn take_part(&mut self, part: &PatternPart, which: Part<'_>, whole: Reg, limit: Option<Reg>) {
        let PatternPart { pattern, default } = part;
        if matches!(pattern.kind, PatternKind::Wildcard) && pattern.threshold.is_none() && default.is_none() {
            return;
        }
        self.scoped(|this| {
            let value = if limit.is_none() { this.part_register(&part.pattern) } else { this.temp() };
            this.part_or_default(part.default.as_ref(), which, whole, value, part.pattern.span);
            this.take(&part.pattern, value, limit);
        });
    }

    /// Reads a part into a register; a missing one is its default.
    pub(super) fn part_or_default(
        &mut self,
        default: Option<&Expr>,
        which: Part<'_>,
        whole: Reg,
        value: Reg,
        span: Span,
    ) {
        let Some(default) = default else {
            return self.part(which, whole, value, span);
        };
        let (mut missing, mut end) = (Label::default(), Label::default());
        self.unless_has(which, whole, &mut missing, span);
        self.part(which, whole, value, span);
        self.code.jump(&mut end, span);
        self.code.bind(missing);
        self.expr(default, value);
        self.code.bind(end);
    }

    /// Jumps unless the container has the part.
    pub(super) fn unless_has(&mut self, which: Part<'_>, whole: Reg, label: &mut Label, span: Span) {
        self.scoped(|this| {
            let has = this.temp();
            match which {
                Part::Element(at) => this.element_op(Op::HasIndex, has, whole, at, span),
                Part::Member(name) => {
                    let name = this.output.text(name);
                    this.code.named(Op::HasKey, 0, has, whole, name, span);
                }
            }
            this.code.jump_if(Op::JumpIfFalse, has, label, span);
        });
    }

    /// Reads a part into a register.
    pub(super) fn part(&mut self, which: Part<'_>, whole: Reg, value: Reg, span: Span) {
        match which {
            Part::Element(at) => self.element_op(Op::GetElement, value, whole, at, span),
            Part::Member(name) => {
                let name = self.output.text(name);
                self.code.named(Op::GetField, 0, value, whole, name, span);
            }
        }
    }

    fn element_op(&mut self, op: Op, a: Reg, whole: Reg, at: usize, span: Span) {
        if at > LAST {
            self.code.overflow();
        }
        self.code.op3(op, a, whole, Reg(at as u16), span);
    }

    /// Where a part is read into: the register of the name that it is bound to, if nothing has to be asked first.
    pub(super) fn part_register(&mut self, pattern: &Pattern) -> Reg {
        let own = match &pattern.kind {
            PatternKind::Name(name) if pattern.threshold.is_none() => self.resolution.variable_at(name.id),
            _ => None,
        };
        own.and_then(|id| self.own_register(id)).unwrap_or_else(|| self.temp())
    }

    fn take_rest(&mut self, rest: &Pattern, cover: Option<Reg>, read: impl FnOnce(&mut Self, Reg)) {
        self.scoped(|this| {
            let limit = this.limit(rest, cover);
            let value = if limit.is_none() { this.part_register(rest) } else { this.temp() };
            read(this, value);
            if let Some(limit) = limit {
                this.code.op3(Op::RestAbove, value, value, limit, rest.span);
            }
            match &rest.kind {
                PatternKind::Name(name) => this.store_name(name, value),
                _ => this.take_parts(rest, value, limit),
            }
        });
    }

    /// The elements from `from` on.
    pub(super) fn array_rest(&mut self, from: usize, whole: Reg, to: Reg, span: Span) {
        self.element_op(Op::ArrayRest, to, whole, from, span);
    }

    /// The members that the fields do not name.
    pub(super) fn object_rest(&mut self, fields: &[PatternField], whole: Reg, to: Reg, span: Span) {
        let mut keys = Vec::new();
        for field in fields {
            let key = self.output.text(&field.key.name);
            if !keys.contains(&key) {
                keys.push(key);
            }
        }
        self.code.keyed(Op::ObjectRest, 0, to, whole, keys, span);
    }

    /// Gives every name of the pattern null.
    fn take_nothing(&mut self, pattern: &Pattern) {
        for name in names(pattern) {
            self.store_null(name);
        }
    }

    /// Gives a name its value. In the variable's own body this is its declaration, or comes after it.
    pub(super) fn store_name(&mut self, name: &Ident, value: Reg) {
        if let Some(id) = self.resolution.variable_at(name.id) {
            if self.resolution.variable(id).body != self.body.id {
                self.check_assigned(id, name.span);
            }
            self.store(id, value, false, name.span);
        }
    }

    fn store_null(&mut self, name: &Ident) {
        match self.resolution.variable_at(name.id).and_then(|id| self.own_register(id)) {
            Some(reg) => self.code.op1(Op::Null, reg, name.span),
            None => self.scoped(|this| {
                let null = this.temp();
                this.code.op1(Op::Null, null, name.span);
                this.store_name(name, null);
            }),
        }
    }
}
