//! A module's top level: its statements, the block of its `pattern`, its exports.

use super::code::Label;
use super::variable::Place;
use super::{Lower, Want, declaring};
use crate::ast::{Module, Stmt, StmtKind};
use crate::resolve::{BodyId, ExportSource, VariableId, VariableKind};
use prism_bytecode::Op;

impl Lower<'_> {
    /// Lowers the whole top level.
    pub(super) fn top_level(&mut self, module: &Module) {
        let exported = self.exported();
        if !exported.is_empty() {
            let result = self.temp();
            self.body.epilogue = Some((result, Label::default()));
        }
        self.load_earlier(module);
        self.implicit(BodyId(0), module.span.at_start());
        self.open_own(module);
        self.open_exported(&exported, module);
        self.enter(&module.body);
        self.top_stmts(module);
        let Some((result, end)) = self.body.epilogue.take() else { return };
        let span = module.span.at_end();
        self.code.bind(end);
        for (id, slot) in exported {
            self.scoped(|this| {
                let value = this.temp();
                this.load_exported(id, value, module);
                this.code.wide(Op::SetExport, value, slot, span);
            });
        }
        self.code.op1(Op::Return, result, span);
    }

    /// The statements; the value of the top level is that of the `pattern`, if there is one, else the last one's.
    fn top_stmts(&mut self, module: &Module) {
        let span = module.span.at_end();
        let pattern = module.body.iter().position(|stmt| matches!(declaring(stmt).kind, StmtKind::Pattern(_)));
        let Some(at) = pattern else { return self.stmts(&module.body, Want::Return, span) };
        let (before, after) = module.body.split_at(at);
        self.discard(before);
        if let [pattern, after @ ..] = after {
            let result = self.temp();
            self.stmt(pattern, Want::Into(result));
            self.discard(after);
            self.give(result, span);
        }
    }

    fn discard(&mut self, stmts: &[Stmt]) {
        for stmt in stmts {
            self.stmt(stmt, Want::Nothing);
        }
    }

    /// Of an input of a session: fetches the cells of those variables of earlier inputs that it uses.
    fn load_earlier(&mut self, module: &Module) {
        let resolution = self.resolution;
        for (id, slot) in &resolution.shared.earlier {
            let variable = resolution.variable(*id);
            // One assignment is the declaration's own.
            if variable.reads > 0 || variable.assignments > 1 {
                let cell = self.temp();
                self.code.wide(Op::GetExport, cell, *slot, module.span.at_start());
                self.settle_cell(*id, cell);
            }
        }
    }

    /// Of an input of a session: makes the cells of its own variables, and puts them where later inputs find them.
    fn open_own(&mut self, module: &Module) {
        let (resolution, span) = (self.resolution, module.span.at_start());
        for (id, slot) in &resolution.shared.own {
            if !self.has_home(*id) {
                self.settle_early(*id, span);
            }
            if let Place::Cell(cell) = self.place(*id) {
                self.code.wide(Op::SetExport, cell, *slot, span);
            }
        }
    }

    /// The variables that the module exports, with their numbers.
    fn exported(&self) -> Vec<(VariableId, u32)> {
        let variable = |export: &crate::resolve::ExportInfo| match export.source {
            ExportSource::Variable(id) => Some((id, export.slot)),
            ExportSource::Default => None,
        };
        self.resolution.exports.iter().filter_map(variable).collect()
    }

    /// Where `return` may end the top level early, exported variables have a place from the start.
    fn open_exported(&mut self, exported: &[(VariableId, u32)], module: &Module) {
        if !self.facts.top_returns {
            return;
        }
        for (id, _) in exported {
            if self.is_declared(*id) && !self.has_home(*id) {
                self.open_unset(*id, module.span.at_start());
            }
        }
    }

    /// Whether the variable gets its value where it is declared, not at the start.
    fn is_declared(&self, id: VariableId) -> bool {
        let kind = self.resolution.variable(id).kind;
        matches!(kind, VariableKind::Let | VariableKind::Const | VariableKind::Agent)
    }

    /// Reads an exported variable; null if its declaration has not run.
    fn load_exported(&mut self, id: VariableId, value: super::Reg, module: &Module) {
        let span = module.span.at_end();
        self.load(id, value, span);
        if self.facts.top_returns && self.is_declared(id) {
            let mut given = Label::default();
            self.code.jump_if(Op::JumpIfGiven, value, &mut given, span);
            self.code.op1(Op::Null, value, span);
            self.code.bind(given);
        }
    }
}
