//! Brackets that do not match: reported, and put right so that the rest of the text can be read.
//!
//! The openers that have no closer are looked for where a reader would: by what stands on the same line, and by the
//! indentation of the lines that closers begin. This runs only on texts whose brackets do not match, so a text that is
//! merely indented oddly is never complained about.

use super::MAX_BRACKETS;
use crate::parse::Reports;
use crate::token::{Token, TokenKind};
use prism_diagnostics::{Code, Diagnostic, SourceId, Span};

/// The same tokens with closers put in where they are missing, and stray ones left out.
pub(super) fn run(source: SourceId, text: &str, tokens: &[Token]) -> (Vec<Token>, Reports) {
    let lines = Lines::of(text, tokens);
    let (trusted, surplus) = pair_braces(tokens, &lines);
    let mut repair = Repair {
        source,
        tokens,
        lines,
        trusted,
        surplus,
        open: Vec::new(),
        out: Vec::with_capacity(tokens.len() + 8),
        reports: Reports::default(),
        stray: None,
        too_deep: false,
    };
    let mut at = 0;
    while at < tokens.len() {
        at = repair.token(at);
    }
    (repair.out, repair.reports)
}

/// The line of each token, and its indentation.
struct Lines {
    line: Vec<u32>,
    indent: Vec<u32>,
}

impl Lines {
    fn of(text: &str, tokens: &[Token]) -> Lines {
        let mut lines = Lines { line: Vec::with_capacity(tokens.len()), indent: Vec::with_capacity(tokens.len()) };
        let (mut line, mut indent) = (0, 0);
        for (at, token) in tokens.iter().enumerate() {
            if token.newline_before || at == 0 {
                line += 1;
                let before = text.get(..token.start as usize).unwrap_or_default();
                indent = before.bytes().rev().take_while(|byte| matches!(byte, b' ' | b'\t')).count() as u32;
            }
            lines.line.push(line);
            lines.indent.push(indent);
        }
        lines
    }
}

/// Pairs braces as if other brackets were not there. Tells which opening braces certainly have their own closer (on
/// the same line, or equally indented), and how many have none.
fn pair_braces(tokens: &[Token], lines: &Lines) -> (Vec<bool>, usize) {
    let mut trusted = vec![false; tokens.len()];
    let mut open = Vec::new();
    for (at, token) in tokens.iter().enumerate() {
        match token.kind {
            TokenKind::LBrace => open.push(at),
            TokenKind::RBrace => {
                if let Some(opener) = open.pop() {
                    trusted[opener] = lines.line[opener] == lines.line[at] || lines.indent[opener] == lines.indent[at];
                }
            }
            _ => {}
        }
    }
    (trusted, open.len())
}

struct Repair<'t> {
    source: SourceId,
    tokens: &'t [Token],
    lines: Lines,
    trusted: Vec<bool>,
    /// Opening braces that still have to turn out to have no closer.
    surplus: usize,
    /// The open brackets: their indexes in `tokens`.
    open: Vec<usize>,
    out: Vec<Token>,
    reports: Reports,
    /// The token behind the last stray closer: a run of them is one fault.
    stray: Option<usize>,
    too_deep: bool,
}

impl Repair<'_> {
    /// Handles the token at `at`; gives the next one's index.
    fn token(&mut self, at: usize) -> usize {
        let token = self.tokens[at];
        if token.kind == TokenKind::End {
            self.end(token);
        } else if token.kind.closer().is_some() {
            if self.open.len() == MAX_BRACKETS {
                return self.skip_group(at);
            }
            self.open.push(at);
            self.out.push(token);
        } else if token.kind.is_closer() {
            self.closer(at, token);
        } else {
            self.close_before_statement(at, token);
            self.out.push(token);
        }
        at + 1
    }

    fn kind(&self, opener: usize) -> TokenKind {
        self.tokens[opener].kind
    }

    fn top(&self) -> Option<usize> {
        self.open.last().copied()
    }

    fn span(&self, token: Token) -> Span {
        Span::new(self.source, token.start, token.end)
    }

    fn report(&mut self, diagnostic: Diagnostic) {
        self.reports.add(diagnostic, false);
    }

    fn closer(&mut self, at: usize, token: Token) {
        let opens_it = |opener: &usize| self.tokens[*opener].kind.closer() == Some(token.kind);
        if self.top().as_ref().is_some_and(opens_it) {
            let owner = self.indented_owner(at, token);
            self.close_down_to(owner.unwrap_or(self.open.len() - 1), Some(token));
            self.open.pop();
            self.out.push(token);
            return;
        }
        let barrier = self.open.iter().rposition(|opener| self.kind(*opener) == TokenKind::InterpolationStart);
        let reach = if token.kind == TokenKind::InterpolationEnd { 0 } else { barrier.map_or(0, |at| at + 1) };
        // A `)` does not reach out of a block that has its own `}`.
        let list = matches!(token.kind, TokenKind::RParen | TokenKind::RBracket);
        let crosses_block = |owner: usize| list && self.open[owner + 1..].iter().any(|opener| self.trusted[*opener]);
        match self.open[reach..].iter().rposition(opens_it).map(|at| at + reach) {
            Some(owner) if !crosses_block(owner) => {
                self.close_down_to(owner, Some(token));
                self.open.pop();
                self.out.push(token);
            }
            None if self.top().is_some_and(|top| matches!(self.kind(top), TokenKind::LParen | TokenKind::LBracket)) => {
                self.substitute(token);
            }
            _ => self.stray(at, token),
        }
    }

    /// The opener that a `}` at the start of a line is meant for, where that is not the innermost one: the one that is
    /// indented like it. Only as long as there are braces without closers to blame.
    fn indented_owner(&self, at: usize, token: Token) -> Option<usize> {
        let indent = self.lines.indent[at];
        let top = self.top()?;
        if token.kind != TokenKind::RBrace
            || !token.newline_before
            || self.surplus == 0
            || self.lines.indent[top] <= indent
        {
            return None;
        }
        let reach = self.open.iter().rposition(|opener| self.kind(*opener) == TokenKind::InterpolationStart);
        let owner = self
            .open
            .iter()
            .rposition(|opener| self.kind(*opener) == TokenKind::LBrace && self.lines.indent[*opener] == indent)?;
        (reach < Some(owner)).then_some(owner)
    }

    /// Puts in the closers of all brackets above the `owner`-th, and reports the innermost as never closed.
    fn close_down_to(&mut self, owner: usize, closed_by: Option<Token>) {
        let Some(innermost) = self.top().filter(|_| self.open.len() > owner + 1) else { return };
        // An interpolation without end has been reported, and explains what is open inside.
        if !closed_by.is_some_and(|token| token.missing) {
            self.report(self.unclosed(self.tokens[innermost], closed_by));
        }
        while self.open.len() > owner + 1 {
            self.close_top();
        }
    }

    fn close_top(&mut self) {
        let Some(opener) = self.open.pop() else { return };
        if self.kind(opener) == TokenKind::LBrace {
            self.surplus = self.surplus.saturating_sub(1);
        }
        if let Some(kind) = self.kind(opener).closer() {
            let at = self.out.last().map_or(0, |last| last.end);
            self.out.push(Token { kind, newline_before: false, missing: true, parts: 0, start: at, end: at });
        }
    }

    fn unclosed(&self, opener: Token, closed_by: Option<Token>) -> Diagnostic {
        let open = opener.kind.text().unwrap_or("${");
        let close = opener.kind.closer().and_then(TokenKind::text).unwrap_or("}");
        let mut diagnostic = Diagnostic::new(Code::E0100, self.span(opener), format!("`{open}` is never closed"))
            .with_label("opened here")
            .with_help(format!("put a `{close}` where it ends"));
        if let Some(token) = closed_by {
            diagnostic = diagnostic.with_other(self.span(token), "this closes another bracket");
        }
        diagnostic
    }

    /// `(a]`: one wrong closer rather than one missing and one too many.
    fn substitute(&mut self, token: Token) {
        let Some(opener) = self.open.pop() else { return };
        let opener = self.tokens[opener];
        let (Some(kind), Some(found)) = (opener.kind.closer(), token.kind.text()) else { return };
        let open = opener.kind.text().unwrap_or_default();
        let expected = kind.text().unwrap_or_default();
        self.report(
            Diagnostic::new(Code::E0100, self.span(token), format!("`{open}` is closed by `{found}`"))
                .with_help(format!("put `{expected}` here"))
                .with_other(self.span(opener), "opened here"),
        );
        self.out.push(Token { kind, ..token });
    }

    fn stray(&mut self, at: usize, token: Token) {
        let in_a_run = self.stray.replace(at + 1) == Some(at);
        let found = token.kind.text().unwrap_or("}");
        if !in_a_run {
            self.report(
                Diagnostic::new(Code::E0100, self.span(token), format!("`{found}` closes nothing"))
                    .with_help("remove it, or open its bracket"),
            );
        }
    }

    /// A line that begins with a word that only begins statements, inside parentheses or square brackets: they must
    /// have been meant to close before.
    fn close_before_statement(&mut self, at: usize, token: Token) {
        let key = self.tokens.get(at + 1).is_some_and(|next| next.kind == TokenKind::Colon);
        if !token.newline_before || key || !token.kind.begins_only_statements() {
            return;
        }
        let list = |repair: &Self| {
            repair.top().is_some_and(|top| matches!(repair.kind(top), TokenKind::LParen | TokenKind::LBracket))
        };
        if list(self) {
            if let Some(innermost) = self.top() {
                self.report(self.unclosed(self.tokens[innermost], None));
            }
            while list(self) {
                self.close_top();
            }
        }
    }

    /// The text ends: whatever is open has no closer. One report for all of them, unless they were too many.
    fn end(&mut self, token: Token) {
        if let Some(innermost) = self.top() {
            if !self.too_deep {
                let diagnostic = self.unclosed(self.tokens[innermost], None);
                self.reports.add(diagnostic, true);
            }
            while !self.open.is_empty() {
                self.close_top();
            }
        }
        self.out.push(token);
    }

    /// A bracket that is nested too deep, with all that it holds: something unreadable stands in its place.
    fn skip_group(&mut self, at: usize) -> usize {
        let opener = self.tokens[at];
        if !self.too_deep {
            self.too_deep = true;
            self.report(
                Diagnostic::new(
                    Code::E0105,
                    self.span(opener),
                    format!("brackets are nested more than {MAX_BRACKETS} deep"),
                )
                .with_help("give inner parts names of their own"),
            );
        }
        self.out.push(Token { kind: TokenKind::Bad, ..opener });
        let mut depth = 0usize;
        for (offset, token) in self.tokens[at..].iter().enumerate() {
            if token.kind.closer().is_some() {
                depth += 1;
            } else if token.kind.is_closer() {
                depth -= 1;
                if depth == 0 {
                    return at + offset + 1;
                }
            } else if token.kind == TokenKind::End {
                return at + offset;
            }
        }
        self.tokens.len()
    }
}
