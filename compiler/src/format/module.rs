//! What stands at the top of a text: imports, exports, patterns.

use super::Formatter;
use super::list::Style;
use crate::ast::{Export, Import, ImportName, PatternDecl};
use crate::token::TokenKind;

impl Formatter<'_> {
    /// `import d, {a, b as c} from "…"`
    pub(super) fn import(&mut self, import: &Import) {
        self.token();
        self.space();
        if import.default.is_some() {
            self.token();
            if self.at(TokenKind::Comma) {
                self.mark(true);
            }
            self.space();
        }
        if import.namespace.is_some() {
            self.words(3);
            self.space();
        } else if !self.at(TokenKind::From) {
            self.names(&import.names);
            self.space();
        }
        self.words(2);
    }

    /// `export …`
    pub(super) fn export(&mut self, export: &Export) {
        self.token();
        self.space();
        match export {
            Export::Statement(stmt) => self.stmt(stmt),
            Export::List { names, from } => {
                self.names(names);
                if from.is_some() {
                    self.space();
                    self.words(2);
                }
            }
            Export::All { namespace, .. } => self.words(if namespace.is_some() { 5 } else { 3 }),
            Export::Default(value, _) => {
                self.token();
                self.fill(|f| f.expr(value));
            }
        }
    }

    /// Tokens with blanks between them.
    fn words(&mut self, count: usize) {
        for number in 0..count {
            if number > 0 {
                self.space();
            }
            self.token();
        }
    }

    /// `{a, b as c}`
    fn names(&mut self, names: &[ImportName]) {
        self.list(names, Style::OBJECT, |f, _| {
            f.token();
            if f.at(TokenKind::As) {
                f.space();
                f.words(2);
            }
        });
    }

    /// `pattern NAME v1.0.0 { input { … } expects { … } … }`
    pub(super) fn pattern_declaration(&mut self, pattern: &PatternDecl) {
        self.words(2);
        if pattern.version.is_some() {
            self.space();
            self.token();
        }
        self.space();
        if pattern.input.is_none() && pattern.expects.is_none() {
            return self.block(&pattern.body);
        }
        self.group(|f| {
            f.opener();
            f.out.break_group();
            f.indent(|f| {
                f.out.line(true, false);
                f.semicolons();
                while let Some(fields) = match f.cursor.kind() {
                    TokenKind::Input => pattern.input.as_ref(),
                    TokenKind::Expects => pattern.expects.as_ref(),
                    _ => None,
                } {
                    f.token();
                    f.space();
                    f.fields(fields);
                    let blank = f.semicolons() || f.blank_ahead();
                    if !f.cursor.kind().is_closer() {
                        f.out.newline(blank);
                    }
                }
                f.statements(&pattern.body.body);
                f.comments_inside();
            });
            f.out.line(true, false);
            f.token();
        });
    }
}
