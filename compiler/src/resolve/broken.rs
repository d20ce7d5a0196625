//! What syntax errors excuse. Nobody is told of a name that is missing only because its declaration has a fault of its
//! own, or because the line it seems to be read on could not be read.

use crate::ast::visit::{self, Visitor};
use crate::ast::{Module, Name, Stmt, StmtKind};
use crate::hash::HashSet;
use prism_diagnostics::Span;
use std::ops::Range;

/// The broken parts of a module.
#[derive(Debug, Default)]
pub(super) struct Broken {
    /// The lines with syntax errors, as bytes of the text, in order.
    lines: Vec<Range<usize>>,
    /// What broken statements may have declared.
    names: HashSet<Name>,
}

impl Broken {
    /// The broken parts of a module with syntax errors at these places.
    pub fn of(module: &Module, text: &str, faults: &[Span]) -> Broken {
        let mut broken = Broken::default();
        if faults.is_empty() {
            return broken;
        }
        let mut starts: Vec<usize> = faults.iter().map(|fault| fault.start as usize).collect();
        starts.sort_unstable();
        for at in starts {
            if broken.lines.last().is_none_or(|line| at > line.end) {
                let (before, after) = text.split_at_checked(at).unwrap_or((text, ""));
                let start = before.rfind('\n').map_or(0, |newline| newline + 1);
                let end = before.len() + after.find('\n').unwrap_or(after.len());
                broken.lines.push(start..end);
                broken.gather(text.get(start..end).unwrap_or_default());
            }
        }
        visit::walk_module(&mut Statements { text, broken: &mut broken }, module);
        broken
    }

    /// Whether a broken statement may have declared the name.
    pub fn may_declare(&self, name: &str) -> bool {
        self.names.contains(name)
    }

    /// Whether a syntax error stands on the line of `at`.
    pub fn covers(&self, at: Span) -> bool {
        let at = at.start as usize;
        let next = self.lines.partition_point(|line| line.end < at);
        self.lines.get(next).is_some_and(|line| line.start <= at)
    }

    /// What broken statements may have declared.
    pub fn into_names(self) -> HashSet<Name> {
        self.names
    }

    /// Takes the words that stand where a declaration or an assignment has its names.
    fn gather(&mut self, text: &str) {
        let statement = text.trim_start().trim_start_matches("export").trim_start();
        let mut declaring = statement.starts_with(['[', '{']);
        let mut last_word = None;
        let mut rest = text;
        while let Some(c) = rest.chars().next() {
            let length = rest.find(|c| !is_word(c)).unwrap_or(rest.len()).max(c.len_utf8());
            let (piece, after) = rest.split_at(length);
            rest = after;
            match piece {
                "let" | "const" | "fn" | "function" | "import" | "agents" | "for" | "catch" => declaring = true,
                "=" if rest.starts_with(['=', '>']) => last_word = None,
                "=" => {
                    self.names.extend(last_word.take().map(Name::new));
                    declaring = false;
                }
                ";" => declaring = false,
                word if is_word(c) => {
                    last_word = Some(word);
                    if declaring {
                        self.names.insert(Name::new(word));
                    }
                }
                blank if blank.trim().is_empty() => {}
                _ => last_word = None,
            }
        }
    }
}

fn is_word(c: char) -> bool {
    c == '_' || unicode_ident::is_xid_continue(c)
}

/// Looks for statements that could not be read.
struct Statements<'t> {
    text: &'t str,
    broken: &'t mut Broken,
}

impl<'a> Visitor<'a> for Statements<'_> {
    fn visit_stmt(&mut self, stmt: &'a Stmt) {
        match &stmt.kind {
            StmtKind::Error => {
                let text = self.text.get(stmt.span.start as usize..stmt.span.end as usize);
                self.broken.gather(text.unwrap_or_default());
            }
            // At the top it declares; inside a block it is refused, but was meant to declare.
            StmtKind::Import(import) => {
                let names = import.names.iter().map(|name| &name.alias);
                let idents = names.chain(&import.default).chain(&import.namespace);
                self.broken.names.extend(idents.map(|ident| ident.name.clone()));
            }
            _ => visit::walk_stmt(self, stmt),
        }
    }
}
