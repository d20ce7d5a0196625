//! Text to syntax tree: lexer, layout and grammar in one call, with all that was wrong in one list.
//!
//! Any text gives a tree. What could not be read is a node of kind `Error`, reported once. The tree is never deeper
//! than [`MAX_DEPTH`], so that what walks it recursively can say how much stack it needs.

use crate::ast::{Comment, Module};
use crate::lexer::lex;
use crate::{layout, parser};
use prism_diagnostics::{Code, Diagnostic, SourceId, Span};

pub use crate::layout::MAX_BRACKETS;
pub use crate::lexer::Lexed;
pub use crate::token::{Token, TokenKind};

/// How deep a tree can be: nested expressions, statements, patterns and types, counted together from the module down. A
/// text that needs more is refused with `E0105`. Dropping such a tree takes well under 1 MiB of stack; whatever else
/// walks one recursively has to grow its stack on the way, as [`crate::ast::visit`] does.
pub const MAX_DEPTH: u32 = 1_000;

/// How many faults lexer, layout and grammar each tell of: a text with more is no program gone wrong.
const MAX_REPORTS: usize = 1_000;

/// A tree, and what was wrong with its text.
#[derive(Clone, Debug)]
pub struct Parsed {
    /// The tree; whole where there are no diagnostics.
    pub module: Module,
    /// What was wrong, in the order of the text.
    pub diagnostics: Vec<Diagnostic>,
}

/// A fault, and whether more text could mend it.
#[derive(Clone, Debug)]
pub(crate) struct Report {
    pub(crate) diagnostic: Diagnostic,
    /// Whether the text ended too early, rather than being wrong.
    pub(crate) at_end: bool,
}

/// Faults as they are found.
#[derive(Clone, Debug, Default)]
pub(crate) struct Reports(Vec<Report>);

impl Reports {
    /// Adds a fault, unless there are too many already.
    pub(crate) fn add(&mut self, diagnostic: Diagnostic, at_end: bool) {
        if self.0.len() < MAX_REPORTS {
            self.0.push(Report { diagnostic, at_end });
        }
    }

    /// The last one.
    pub(crate) fn last_mut(&mut self) -> Option<&mut Diagnostic> {
        self.0.last_mut().map(|report| &mut report.diagnostic)
    }
}

/// Reads a text into a tree whose spans carry `source`. The text is at most `Source::MAX_BYTES` long.
pub fn parse(source: SourceId, text: &str) -> Parsed {
    let (module, reports) = read(source, text);
    Parsed { module, diagnostics: reports.into_iter().map(|report| report.diagnostic).collect() }
}

/// The tokens and comments of a text, as they stand there; faults leave [`TokenKind::Bad`]. For what shows or completes
/// text; the parser itself reads them only after [`crate::layout`] has told some of them apart.
pub fn tokens(source: SourceId, text: &str) -> Lexed {
    lex(source, text)
}

/// Whether a text is the beginning of a program but not yet one: an open bracket or string, an operator without its
/// right side, a header without its body. A text that is wrong already is not incomplete.
pub fn is_incomplete(text: &str) -> bool {
    let (_, reports) = read(SourceId::default(), text);
    !reports.is_empty() && reports.iter().all(|report| report.at_end)
}

fn read(source: SourceId, text: &str) -> (Module, Vec<Report>) {
    let Lexed { tokens, comments, reports: Reports(mut reports) } = lex(source, text);
    let (tokens, Reports(faults)) = layout::arrange(source, text, tokens);
    reports.extend(faults);
    let parser::Read { body, node_count, assignments, reports: Reports(faults) } = parser::run(source, text, &tokens);
    reports.extend(faults);
    if reports.iter().any(|report| report.diagnostic.code == Code::E0105) {
        // Parts of the text were skipped: that it ends too early may not be true.
        reports.retain(|report| !report.at_end);
    }
    reports.sort_by_key(|report| (report.diagnostic.span.start, report.diagnostic.span.end, report.diagnostic.code));
    let span = Span::new(source, 0, text.len() as u32);
    let metadata = metadata(text, &comments);
    (Module { source, span, metadata, comments, body, node_count, assignments }, reports)
}

/// The `/** … */` that a text opens with.
fn metadata(text: &str, comments: &[Comment]) -> Option<Comment> {
    let first = comments.first()?;
    let before = text.get(..first.span.start as usize)?;
    let written = text.get(first.span.start as usize..first.span.end as usize)?;
    let opens = before.trim_start_matches('\u{feff}').trim().is_empty();
    (opens && written.starts_with("/**") && written.len() > "/**/".len()).then(|| first.clone())
}
