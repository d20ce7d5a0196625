//! Statements and blocks, and which `;` stay.
//!
//! A `;` is left out unless the next line would go on with the statement before it:
//! - the next statement begins with `-` or `+`, or with `from` behind a list of exports;
//! - the last one ends in a `return` without a value, which would take the next line's;
//! - without it a block would be an object: `{;}`, and in expressions `{a;}`;
//! - a header without parentheses has a body without braces: it is read as going on until a line begins with a word.

use super::Formatter;
use crate::ast::{Block, Declarator, Expr, ExprKind, ReturnWith, Stmt, StmtKind, Target};
use crate::token::TokenKind;

impl Formatter<'_> {
    /// Statements, each on a line of its own, up to the end of the brackets that they are in.
    pub(super) fn statements(&mut self, body: &[Stmt]) {
        let outside = std::mem::take(&mut self.header_open);
        let mut blank = self.semicolons();
        for (number, stmt) in body.iter().enumerate() {
            if number > 0 {
                let blank = blank || self.blank_ahead();
                self.out.newline(blank);
            }
            self.stmt(stmt);
            blank = self.semicolons();
        }
        self.header_open = outside;
    }

    /// A statement without what ends it.
    pub(super) fn stmt(&mut self, stmt: &Stmt) {
        self.deeper(|f| f.stmt_parts(stmt));
    }

    fn stmt_parts(&mut self, stmt: &Stmt) {
        match &stmt.kind {
            StmtKind::Expr(Expr { kind: ExprKind::Block(block), .. }) if !block.body.is_empty() => self.block(block),
            StmtKind::Expr(value) => self.expr(value),
            StmtKind::Declare { declarators, .. } => self.declaration(declarators),
            StmtKind::Assign { target, value, .. } => self.assignment(target, value),
            StmtKind::Step { target, prefix, .. } => self.step(target, *prefix),
            StmtKind::Function(function) => self.function(function),
            StmtKind::While { condition, body } => {
                self.token();
                self.space();
                let closed = self.header(condition);
                self.body_of_header(body, closed);
            }
            StmtKind::DoWhile { body, condition } => self.do_while(body, condition),
            StmtKind::For(header, body) => {
                self.token();
                self.space();
                let closed = self.counting_header(header);
                self.body_of_header(body, closed);
            }
            StmtKind::ForIn { item, index, collection, body, .. } => {
                let closed = self.for_in(item, index.is_some(), collection);
                self.body_of_header(body, closed);
            }
            StmtKind::UncertainWhile { condition, levels } => self.uncertain(|f| f.header(condition), levels),
            StmtKind::UncertainFor(header, levels) => self.uncertain(|f| f.counting_header(header), levels),
            StmtKind::Return { value, with } => self.returned(value.as_ref(), with.as_deref()),
            StmtKind::Break | StmtKind::Continue | StmtKind::Error => self.token(),
            StmtKind::Throw(value) => {
                self.token();
                self.fill(|f| f.expr(value));
            }
            StmtKind::Import(import) => self.import(import),
            StmtKind::Export(export) => self.export(export),
            StmtKind::Agents(agents) => self.agent_declarations(agents),
            StmtKind::Context { body, .. } => self.context(body),
            StmtKind::Pattern(pattern) => self.pattern_declaration(pattern),
        }
    }

    /// `let a = 1, [b] = c`
    fn declaration(&mut self, declarators: &[Declarator]) {
        self.token();
        self.space();
        if let [declarator] = declarators {
            return self.declarator(declarator);
        }
        self.group(|f| {
            f.indent(|f| {
                for (number, declarator) in declarators.iter().enumerate() {
                    if number > 0 {
                        f.mark(true);
                        f.out.line(true, false);
                    }
                    f.declarator(declarator);
                }
            });
        });
    }

    fn declarator(&mut self, declarator: &Declarator) {
        self.pattern(&declarator.target);
        self.annotation(declarator.annotation.as_deref());
        self.default(declarator.value.as_ref());
    }

    fn assignment(&mut self, target: &Target, value: &Expr) {
        match target {
            Target::Place(place) => self.expr(place),
            Target::Pattern(pattern) => self.pattern(pattern),
        }
        self.space();
        self.token();
        self.fill(|f| f.expr(value));
    }

    fn step(&mut self, target: &Expr, prefix: bool) {
        if prefix {
            self.token();
        }
        self.expr(target);
        if !prefix {
            self.token();
        }
    }

    /// `return x with …`
    fn returned(&mut self, value: Option<&Expr>, with: Option<&ReturnWith>) {
        self.token();
        match value {
            Some(value) => self.fill(|f| f.expr(value)),
            None => self.needs_semicolon = Some(self.cursor.index()),
        }
        match with {
            Some(ReturnWith::Warning(text)) => {
                self.space();
                self.token();
                self.space();
                self.token();
                if let Some(text) = text {
                    self.space();
                    self.expr(text);
                }
            }
            Some(ReturnWith::Metadata(data)) => {
                self.space();
                self.token();
                self.space();
                self.expr(data);
            }
            None => {}
        }
    }

    /// The `;` between two statements; says whether there was an empty line among them.
    pub(super) fn semicolons(&mut self) -> bool {
        let mut blank = false;
        self.header_open &= self.at(TokenKind::Semicolon);
        let mut needed = self.header_open || self.needs_semicolon == Some(self.cursor.index());
        needed |= self.goes_on_behind_semicolons();
        needed &= !self.out.is_fresh() && !self.ends_behind_semicolons();
        while self.at(TokenKind::Semicolon) {
            blank |= self.blank_ahead();
            self.mark(std::mem::take(&mut needed));
        }
        blank
    }

    /// Whether a line that begins with the next token but `;` would go on with the statement before it.
    fn goes_on_behind_semicolons(&self) -> bool {
        match self.behind(TokenKind::Semicolon) {
            TokenKind::Minus | TokenKind::Plus => true,
            TokenKind::From => self.cursor.previous() == TokenKind::RBrace,
            _ => false,
        }
    }

    fn ends_behind_semicolons(&self) -> bool {
        let next = self.behind(TokenKind::Semicolon);
        next.is_closer() || next == TokenKind::End
    }

    /// `{ … }` that breaks on its own.
    pub(super) fn block(&mut self, block: &Block) {
        self.out.tail();
        self.group(|f| f.braces(block));
    }

    /// `{ … }` as an expression.
    pub(super) fn block_expression(&mut self, block: &Block) {
        match block.body.as_slice() {
            [] => self.block_with_semicolon(None),
            [stmt @ Stmt { kind: StmtKind::Expr(Expr { kind: ExprKind::Name(_), .. }), .. }] => {
                self.block_with_semicolon(Some(stmt));
            }
            _ => self.block(block),
        }
    }

    /// `{;}`, `{a;}`, `{;a}`
    fn block_with_semicolon(&mut self, stmt: Option<&Stmt>) {
        self.out.tail();
        self.group(|f| {
            f.opener();
            f.indent(|f| {
                f.out.line(true, false);
                let mut needed = true;
                let mut semicolons = |f: &mut Self| {
                    while f.at(TokenKind::Semicolon) {
                        f.mark(std::mem::take(&mut needed));
                    }
                };
                semicolons(f);
                if let Some(stmt) = stmt {
                    f.space();
                    f.stmt(stmt);
                }
                semicolons(f);
                f.comments_inside();
            });
            f.out.line(true, false);
            f.token();
        });
    }

    /// `{ … }` that breaks with the innermost group. Only a single statement can stay on the line of its braces.
    pub(super) fn braces(&mut self, block: &Block) {
        self.opener();
        if block.body.is_empty() && !self.cursor.notes_behind(TokenKind::Semicolon) {
            self.semicolons();
            return self.token();
        }
        if block.body.len() > 1 || self.cursor.lines() > 0 {
            self.out.break_group();
        }
        self.indent(|f| {
            f.out.line(true, false);
            f.statements(&block.body);
            f.comments_inside();
        });
        self.out.line(true, false);
        self.token();
    }
}
