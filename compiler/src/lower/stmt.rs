//! Statements and blocks: scopes, hoisting, values.

use super::exits::Way;
use super::facts::{functions, names};
use super::literal::{Member, Source};
use super::{Lower, Reg, Want, declaring};
use crate::ast::{AgentDecl, Block, Declarator, Export, Expr, Function, PatternKind, ReturnWith, Stmt, StmtKind};
use crate::resolve::ExportSource;
use prism_bytecode::Op;
use prism_diagnostics::{Code as DiagnosticCode, Diagnostic, Span};

/// What `return x with warning` says where no text is given.
const WARNING: &str = "uncertain result";
/// The library's function that `agents { … }` stands for.
const AGENT: &str = "intrinsic.agent";

impl Lower<'_> {
    /// Gives null to whoever wants a value.
    pub(super) fn null(&mut self, want: Want, span: Span) {
        match want {
            Want::Nothing => {}
            Want::Into(dst) => self.code.op1(Op::Null, dst, span),
            Want::Return if self.code.is_reachable() => self.scoped(|this| {
                let null = this.temp();
                this.code.op1(Op::Null, null, span);
                this.give(null, span);
            }),
            Want::Return => {}
        }
    }

    /// Gives a value that is in a register to whoever wants it.
    pub(super) fn deliver(&mut self, value: Reg, want: Want, span: Span) {
        match want {
            Want::Nothing => {}
            Want::Into(dst) => self.code.copy(dst, value, span),
            Want::Return => self.give(value, span),
        }
    }

    /// Leaves the body with a value.
    pub(super) fn give(&mut self, value: Reg, span: Span) {
        self.leave(Way::Return(value), span);
    }

    /// A block, which is a scope; its value is its last statement's.
    pub(super) fn block(&mut self, block: &Block, want: Want) {
        self.scoped(|this| {
            this.enter(&block.body);
            this.stmts(&block.body, want, block.span);
        });
    }

    /// Statements in the scope that is there.
    pub(super) fn stmts(&mut self, stmts: &[Stmt], want: Want, span: Span) {
        let Some((last, before)) = stmts.split_last() else {
            return self.null(want, span);
        };
        for stmt in before {
            self.stmt(stmt, Want::Nothing);
        }
        self.stmt(last, want);
    }

    /// Begins a scope: gives those of its variables that are seen before their declarations a place, and makes its
    /// functions.
    pub(super) fn enter(&mut self, stmts: &[Stmt]) {
        for stmt in stmts {
            match &declaring(stmt).kind {
                StmtKind::Declare { declarators, .. } => {
                    for name in declarators.iter().flat_map(|declarator| names(&declarator.target)) {
                        if let Some(id) = self.resolution.variable_at(name.id) {
                            self.open_early(id, name.span);
                        }
                    }
                }
                StmtKind::Agents(agents) => {
                    for agent in agents {
                        if let Some(id) = self.resolution.variable_at(agent.name.id) {
                            self.open_early(id, agent.name.span);
                        }
                    }
                }
                _ => {}
            }
        }
        self.hoist(stmts);
    }

    /// Makes the functions that the statements declare: first all of them, then their own confidences.
    fn hoist(&mut self, stmts: &[Stmt]) {
        let declared = |this: &Self, function: &Function| {
            function.name.as_ref().and_then(|name| this.resolution.variable_at(name.id))
        };
        for function in functions(stmts) {
            if let Some(id) = declared(self, function) {
                self.open_variable(id, function.span);
            }
        }
        for function in functions(stmts) {
            let Some(id) = declared(self, function) else { continue };
            self.scoped(|this| {
                let made = this.own_register(id).unwrap_or_else(|| this.temp());
                this.closure(function, made);
                let last = this.is_temporary(made);
                this.store(id, made, last, function.span);
            });
            self.seal(id, function.span);
        }
        for function in functions(stmts) {
            if let (Some(confidence), Some(id)) = (&function.confidence, declared(self, function)) {
                self.scoped(|this| {
                    let value = this.value_of(id, function.span);
                    let sure = this.operand(confidence, false);
                    let attached = this.temp();
                    this.code.op3(Op::Attach, attached, value, sure, confidence.span);
                    this.store(id, attached, true, function.span);
                });
            }
        }
    }

    /// A statement.
    pub(super) fn stmt(&mut self, stmt: &Stmt, want: Want) {
        super::deeper(|| self.stmt_kind(stmt, want));
    }

    fn stmt_kind(&mut self, stmt: &Stmt, want: Want) {
        let span = stmt.span;
        match &stmt.kind {
            StmtKind::Expr(expr) => self.eval(expr, want),
            StmtKind::Declare { declarators, .. } => {
                declarators.iter().for_each(|declarator| self.declare(declarator));
                self.null(want, span);
            }
            StmtKind::Assign { target, op, value, .. } => {
                self.scoped(|this| this.assign(target, *op, value, span, want));
            }
            StmtKind::Step { target, increment, .. } => {
                self.scoped(|this| this.step_by_one(target, *increment, span, want));
            }
            StmtKind::While { .. }
            | StmtKind::DoWhile { .. }
            | StmtKind::For(..)
            | StmtKind::ForIn { .. }
            | StmtKind::UncertainWhile { .. }
            | StmtKind::UncertainFor(..) => self.loop_(stmt, want),
            StmtKind::Return { value, with } => self.return_(value.as_ref(), with.as_deref(), span),
            StmtKind::Break => self.leave(Way::Break, span),
            StmtKind::Continue => self.leave(Way::Continue, span),
            StmtKind::Throw(value) => self.scoped(|this| {
                let value = this.operand(value, false);
                this.code.op1(Op::Throw, value, span);
            }),
            StmtKind::Export(export) => self.export(export, want, span),
            StmtKind::Agents(agents) => {
                agents.iter().for_each(|agent| self.agent(agent));
                self.null(want, span);
            }
            StmtKind::Context { name, body } => self.context(name, body, span, want),
            StmtKind::Pattern(pattern) => self.block(&pattern.body, want),
            StmtKind::Function(_) | StmtKind::Import(_) | StmtKind::Error => self.null(want, span),
        }
    }

    fn declare(&mut self, declarator: &Declarator) {
        let target = &declarator.target;
        let name = match &target.kind {
            PatternKind::Name(name) if target.threshold.is_none() => self.resolution.variable_at(name.id),
            _ => None,
        };
        let Some(id) = name else { return self.declare_pattern(declarator) };
        let fresh = !self.has_home(id);
        // A register that reads may find the mark of `Uninit` in keeps it until the value is there.
        let reg = if fresh { Some(self.temp()) } else { self.own_register(id) };
        self.scoped(|this| {
            let value = match (reg, &declarator.value) {
                (Some(reg), Some(value)) => {
                    this.expr(value, reg);
                    reg
                }
                (None, Some(value)) => this.operand(value, false),
                (_, None) => {
                    let reg = reg.unwrap_or_else(|| this.temp());
                    this.code.op1(Op::Null, reg, target.span);
                    reg
                }
            };
            if reg.is_none() {
                let last = this.is_temporary(value);
                this.store(id, value, last, target.span);
            }
        });
        if let (true, Some(reg)) = (fresh, reg) {
            self.settle(id, reg);
        }
        self.seal(id, target.span);
    }

    fn declare_pattern(&mut self, declarator: &Declarator) {
        self.open(&declarator.target);
        self.scoped(|this| {
            let value = match &declarator.value {
                Some(value) => this.operand(value, false),
                None => {
                    let null = this.temp();
                    this.code.op1(Op::Null, null, declarator.target.span);
                    null
                }
            };
            this.take(&declarator.target, value, None);
        });
        self.close(&declarator.target);
    }

    fn return_(&mut self, value: Option<&Expr>, with: Option<&ReturnWith>, span: Span) {
        let later = match with {
            Some(ReturnWith::Warning(Some(more)) | ReturnWith::Metadata(more)) => self.facts.updates(more),
            Some(ReturnWith::Warning(None)) | None => false,
        };
        match (value, with) {
            (Some(value), None) => self.eval(value, Want::Return),
            (None, None) => self.null(Want::Return, span),
            (value, Some(with)) => self.scoped(|this| {
                let value = match value {
                    Some(value) => this.operand(value, later),
                    None => {
                        let null = this.temp();
                        this.code.op1(Op::Null, null, span);
                        null
                    }
                };
                this.return_with(with, span);
                this.give(value, span);
            }),
        }
    }

    fn return_with(&mut self, with: &ReturnWith, span: Span) {
        self.scoped(|this| match with {
            ReturnWith::Warning(Some(text)) => {
                let warning = this.operand(text, false);
                this.code.op1(Op::Warn, warning, text.span);
            }
            ReturnWith::Warning(None) => {
                let warning = this.temp();
                this.text(warning, WARNING, span);
                this.code.op1(Op::Warn, warning, span);
            }
            ReturnWith::Metadata(data) => {
                let metadata = this.operand(data, false);
                this.code.op1(Op::Annotate, metadata, data.span);
            }
        });
    }

    fn export(&mut self, export: &Export, want: Want, span: Span) {
        match export {
            Export::Statement(stmt) => return self.stmt(stmt, want),
            Export::Default(value, _) => {
                let default = self.resolution.exports.iter().find(|export| export.source == ExportSource::Default);
                if let Some(default) = default {
                    self.scoped(|this| {
                        let value = this.operand(value, false);
                        this.code.wide(Op::SetExport, value, default.slot, span);
                    });
                }
            }
            Export::List { .. } | Export::All { .. } => {}
        }
        self.null(want, span);
    }

    /// `name: Agent { … }`.
    fn agent(&mut self, agent: &AgentDecl) {
        let Some(id) = self.resolution.variable_at(agent.name.id) else { return };
        let Some(library) = self.catalog.find(AGENT) else {
            let message = format!("the library has no `{AGENT}`");
            return self.output.diagnostics.push(Diagnostic::new(DiagnosticCode::R0900, agent.span, message));
        };
        self.open_variable(id, agent.span);
        self.scoped(|this| {
            let window = this.code.alloc(2);
            this.text(window, &agent.name.name, agent.name.span);
            let settings: Vec<_> =
                agent.settings.iter().map(|(key, value)| Member::Pair(&key.name, Source::Expr(value))).collect();
            this.object_of(&settings, window.nth(1), agent.span);
            let made = this.own_register(id).unwrap_or(window);
            this.code.window(Op::CallLibrary, 2, made, window, library.0, agent.span);
            this.store(id, made, true, agent.span);
        });
        self.seal(id, agent.span);
    }
}
