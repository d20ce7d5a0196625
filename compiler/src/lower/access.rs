//! Members, indexes and optional chains (STDLIB L2).
//!
//! A chain is a run of members, indexes and calls; parentheses end it. Where one of its members is reached by `?.` or
//! `~.`, the whole chain has a register in which each such object is looked at: is it null, it is the chain's value,
//! with the confidence that it has, and the rest is not evaluated.

use super::call::Arguments;
use super::code::Label;
use super::path::{Step, StepKey};
use super::{Lower, Reg};
use crate::ast::{Access, Expr, ExprKind};
use crate::resolve::{Binding, VariableId};
use prism_bytecode::{LibraryId, Op};
use prism_diagnostics::Span;

impl Lower<'_> {
    /// A member, index or call with the chain before it.
    pub(super) fn postfix(&mut self, expr: &Expr, dst: Reg) {
        self.chain(has_optional(expr), dst, expr.span, |this, to| this.link(expr, to));
    }

    /// Evaluates a chain; an `optional` one gets its register and its end.
    pub(super) fn chain(&mut self, optional: bool, dst: Reg, span: Span, evaluate: impl FnOnce(&mut Self, Reg)) {
        if !optional {
            return evaluate(self, dst);
        }
        let to = self.unseen(dst);
        let outer = self.body.chain.replace((to, Label::default()));
        evaluate(self, to);
        if let Some((_, end)) = std::mem::replace(&mut self.body.chain, outer) {
            self.code.bind(end);
        }
        self.code.hand(dst, to, span);
    }

    /// One link of a chain, those before it included.
    fn link(&mut self, expr: &Expr, dst: Reg) {
        super::deeper(|| {
            self.scoped(|this| {
                // What a part is taken of goes where the part will: a container must not stay behind.
                let to = match &expr.kind {
                    ExprKind::Member { object, .. } | ExprKind::Index { object, .. }
                        if this.code.is_home(dst) && this.stays(object, false).is_none() =>
                    {
                        this.temp()
                    }
                    _ => dst,
                };
                this.link_kind(expr, to);
                this.code.hand(dst, to, expr.span);
            });
        });
    }

    fn link_kind(&mut self, expr: &Expr, dst: Reg) {
        let span = expr.span;
        match &expr.kind {
            ExprKind::Member { object, access, name } => match self.static_member(object, &name.name) {
                Some(Binding::Library(id)) => self.library(id, dst, span),
                Some(Binding::Import(slot)) => self.code.wide(Op::GetExport, dst, slot, span),
                Some(Binding::Namespace(module)) => self.namespace(module, dst, span),
                Some(_) => self.code.op1(Op::Null, dst, span),
                None => {
                    let object = self.object_of_member(object, *access, dst);
                    let name = self.output.text(&name.name);
                    self.code.named(Op::GetField, 0, dst, object, name, span);
                }
            },
            ExprKind::Index { object, index } => {
                let object = self.linked(object, self.facts.updates(index), dst);
                let index = self.operand(index, false);
                self.code.op3(Op::GetIndex, dst, object, index, span);
            }
            ExprKind::Call { callee, arguments } => self.call(callee, Arguments::of(arguments), span, dst),
            _ => self.expr(expr, dst),
        }
    }

    /// The object of a link, as an operand: where it is, or in `dst`.
    fn linked(&mut self, object: &Expr, later: bool, dst: Reg) -> Reg {
        if !is_link(object) {
            let spare = Some(dst).filter(|dst| !self.code.is_home(*dst));
            return self.operand_in(object, later, spare);
        }
        self.link(object, dst);
        dst
    }

    /// Evaluates the object of a link into a register.
    pub(super) fn link_into(&mut self, object: &Expr, dst: Reg) {
        if is_link(object) { self.link(object, dst) } else { self.expr(object, dst) }
    }

    fn object_of_member(&mut self, object: &Expr, access: Access, dst: Reg) -> Reg {
        match self.chain_register(access) {
            None => self.linked(object, false, dst),
            Some(to) => {
                self.link_into(object, to);
                self.end_if_null(to, object.span);
                to
            }
        }
    }

    /// The chain's register, if that access ends the chain on null.
    pub(super) fn chain_register(&self, access: Access) -> Option<Reg> {
        self.body.chain.as_ref().filter(|_| access != Access::Plain).map(|(to, _)| *to)
    }

    /// Ends the chain if its register, which is `value`, is null.
    pub(super) fn end_if_null(&mut self, value: Reg, span: Span) {
        if let Some((_, end)) = &mut self.body.chain {
            self.code.jump_if(Op::JumpIfNull, value, end, span);
        }
    }

    /// What a member of a namespace stands for; `None` where that is found out by running.
    pub(super) fn static_member(&self, object: &Expr, name: &str) -> Option<Binding> {
        match self.named(object)? {
            Binding::Library(id) => self.catalog.member(id, name).map(Binding::Library),
            Binding::Namespace(module) => Some(self.exports.find(module, name).unwrap_or(Binding::Unknown)),
            _ => None,
        }
    }

    /// The library function that calling `callee` calls, if that is known without running.
    pub(super) fn library_callee(&self, callee: &Expr) -> Option<LibraryId> {
        let binding = match &callee.kind {
            ExprKind::Member { object, name, .. } => self.static_member(object, &name.name)?,
            _ => self.named(callee)?,
        };
        let Binding::Library(id) = binding else { return None };
        self.catalog.get(id).filter(|entry| !entry.is_method() && entry.signature().is_some()).map(|_| id)
    }

    /// What a name means, through parentheses.
    pub(super) fn named(&self, expr: &Expr) -> Option<Binding> {
        match &expr.kind {
            ExprKind::Paren(inner) => self.named(inner),
            ExprKind::Name(_) => Some(self.resolution.binding(expr.id)),
            _ => None,
        }
    }

    /// Evaluates one step of a path.
    pub(super) fn step(&mut self, step: &Step<'_>, dst: Reg, span: Span) {
        match step.key {
            StepKey::Name(name) => self.text(dst, &name.name, span),
            StepKey::Index(index) => self.expr(index, dst),
        }
    }

    /// Reads what stands at a path whose steps are in a window, as members and indexes read it: with the confidence of
    /// what it lies in. `dst` may be the last register of the window.
    pub(super) fn read_path(&mut self, root: VariableId, steps: &[Step<'_>], window: Reg, dst: Reg, span: Span) {
        if steps.is_empty() {
            return self.load(root, dst, span);
        }
        self.scoped(|this| {
            let mut part = this.value_of(root, span);
            let between = this.temp();
            for (at, step) in steps.iter().enumerate() {
                let to = if at + 1 == steps.len() { dst } else { between };
                match step.key {
                    StepKey::Name(name) => {
                        let name = this.output.text(&name.name);
                        this.code.named(Op::GetField, 0, to, part, name, span);
                    }
                    StepKey::Index(_) => this.code.op3(Op::GetIndex, to, part, window.nth(at), span),
                }
                part = to;
            }
        });
    }
}

/// Whether the expression is a link of a chain that goes on.
pub(super) fn is_link(expr: &Expr) -> bool {
    matches!(expr.kind, ExprKind::Member { .. } | ExprKind::Index { .. } | ExprKind::Call { .. })
}

/// Whether a member of the chain is reached by `?.` or `~.`.
pub(super) fn has_optional(mut expr: &Expr) -> bool {
    loop {
        expr = match &expr.kind {
            ExprKind::Member { access: Access::Optional | Access::Confident, .. } => return true,
            ExprKind::Member { object, .. } | ExprKind::Index { object, .. } => object,
            ExprKind::Call { callee, .. } => callee,
            _ => return false,
        };
    }
}
