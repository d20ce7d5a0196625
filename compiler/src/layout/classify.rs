//! The rules that tell apart what looks alike: opening brackets, words that are keywords in some places, and tokens
//! that begin a statement or go on with one (LANGUAGE.md §1, §6).

use super::arrange::Arrange;
use super::frame::{Ends, Header, HeaderOf, Holds, Then};
use crate::token::{Token, TokenKind};

impl Arrange<'_> {
    /// Whether the token belongs to what a brace has just closed, or to an `if` without braces.
    pub(super) fn goes_on(&self, kind: TokenKind) -> bool {
        match kind {
            TokenKind::Else | TokenKind::Catch | TokenKind::Finally => true,
            TokenKind::While => self.frame().unbraced_do || self.closed.is_some_and(|ends| ends.then == Then::While),
            _ => false,
        }
    }

    /// Whether the token belongs to an `import` or to the `from` of an `export`.
    pub(super) fn in_clause(&self, at: usize, kind: TokenKind) -> bool {
        use TokenKind::{From, String};
        let line = self.tokens.get(at).is_some_and(|token| token.newline_before);
        self.clause && (!line || kind == From && self.kind(at + 1) == String)
    }

    /// Whether a line that begins with this token begins a statement, where the expression so far is complete.
    pub(super) fn begins_line(&self, at: usize, kind: TokenKind) -> bool {
        use TokenKind::*;
        match kind {
            In => self.kind(at + 1) == Context,
            InstanceOf => false,
            LParen | LBracket | LBrace | PlusPlus | MinusMinus | ConfidenceOf | Not | Tilde | Underscore => true,
            _ => kind.is_name() || kind.is_reserved() || kind.is_literal(),
        }
    }

    /// Whether this token on the same line begins a statement, because it can't go on with a complete expression.
    pub(super) fn juxtaposes(&self, at: usize, token: Token) -> bool {
        use TokenKind::*;
        let gap = at.checked_sub(1).and_then(|at| self.tokens.get(at)).is_some_and(|last| last.end < token.start);
        match token.kind {
            In | InstanceOf => false,
            Until => !self.closed.is_some_and(|ends| ends.then == Then::Until),
            With => !self.is_with(at),
            _ if matches!(self.previous, PlusPlus | MinusMinus) && !gap => false,
            LBrace | Underscore => true,
            kind => kind.is_name() || kind.is_reserved() || kind.is_literal(),
        }
    }

    /// Whether a header may go on with that word on a new line.
    pub(super) fn header_takes(&self, header: Header, kind: TokenKind) -> bool {
        use TokenKind::*;
        match kind {
            LBrace | LParen | LBracket => true,
            Timeout | MinResults => matches!(header.of, HeaderOf::Parallel | HeaderOf::Race),
            Threshold => matches!(header.of, HeaderOf::Uncertain | HeaderOf::UncertainFor),
            _ => false,
        }
    }

    /// Whether the `with` at `at` is that of `return x with …`.
    fn is_with(&self, at: usize) -> bool {
        use TokenKind::{LBrace, Warning};
        self.operand
            && !self.breaks_line(at)
            && matches!(self.kind(at + 1), LBrace | Warning)
            && !self.breaks_line(at + 1)
    }

    /// Words that are no keywords in their place become names: members, keys, and words with a meaning elsewhere.
    pub(super) fn resolve(&self, at: usize, kind: TokenKind) -> TokenKind {
        use TokenKind::*;
        if kind == Ident {
            return kind;
        }
        if !kind.is_reserved() && !kind.is_name() {
            return if kind == Underscore && self.after_dot() { Ident } else { kind };
        }
        if self.after_dot() || kind.is_reserved() && self.is_key(at) {
            return Ident;
        }
        let brace_follows = self.kind(at + 1) == LBrace && !self.breaks_line(at + 1);
        let holds = self.frame().holds;
        let keyword = match kind {
            With => self.is_with(at),
            Agents => self.starts && brace_follows,
            Input | Expects => self.starts && brace_follows && holds == Holds::PatternBody,
            Sequential => !self.operand && brace_follows && self.header().is_none(),
            Pattern => self.starts && self.kind(at + 1).is_name() && !self.breaks_line(at + 1),
            Until => self.closed.is_some_and(|ends| ends.then == Then::Until),
            Parallel | Race => {
                let agents = self.kind(at + 1).is_name() && !self.breaks_line(at + 1);
                let branches = kind == Parallel && brace_follows && self.header().is_none();
                let place =
                    !self.operand && !self.clause && !matches!(holds, Holds::Names | Holds::Pattern | Holds::Params);
                place && (agents || branches)
            }
            _ => true,
        };
        if keyword { kind } else { Ident }
    }

    fn after_dot(&self) -> bool {
        matches!(self.previous, TokenKind::Dot | TokenKind::OptionalDot | TokenKind::ConfDot)
    }

    /// Whether the reserved word at `at` is a key.
    fn is_key(&self, at: usize) -> bool {
        use TokenKind::*;
        self.kind(at + 1) == Colon
            && match self.previous {
                ObjectBrace | PatternBrace => true,
                LParen => self.frame().holds == Holds::Expression,
                Comma => matches!(self.frame().holds, Holds::Object | Holds::Pattern | Holds::Expression),
                _ => self.frame().holds == Holds::Object && self.operand,
            }
    }

    /// `{`: which of a language's many braces it is.
    pub(super) fn open_brace(&mut self, at: usize, token: Token, starts: bool, statement: bool) {
        let (kind, holds, ends) = self.brace_kind(at, starts, statement);
        self.open(kind, token, holds, ends);
    }

    fn brace_kind(&mut self, at: usize, starts: bool, statement: bool) -> (TokenKind, Holds, Ends) {
        use TokenKind::*;
        const OBJECT: (TokenKind, Holds, Ends) = (ObjectBrace, Holds::Object, Ends::OPERAND);
        const PATTERN: (TokenKind, Holds, Ends) = (PatternBrace, Holds::Pattern, Ends::OPERAND);
        let block = |ends| (BlockBrace, Holds::Statements, ends);
        if let Some(header) = self.header().filter(|header| self.opens_body(header)) {
            self.pop_header();
            return body(header);
        }
        let frame = self.frame();
        match self.previous {
            Do => return block(Ends::of(statement, Then::While)),
            Try => return block(Ends::of(statement, Then::Catch)),
            Else | Finally => return block(Ends::of(statement, Then::Nothing)),
            Sequential if !self.operand => return block(Ends::OPERAND),
            Agents | Input | Expects if !self.operand => return (ObjectBrace, Holds::Object, Ends::STATEMENT),
            Parallel | With if !self.operand => return OBJECT,
            Import => return (ObjectBrace, Holds::Names, Ends::OPERAND),
            Comma if self.clause => return (ObjectBrace, Holds::Names, Ends::OPERAND),
            Export if self.is_assigned(at) => return PATTERN,
            Export => return (ObjectBrace, Holds::Names, Ends::OPERAND),
            _ => {}
        }
        if frame.holds == Holds::Levels {
            return block(Ends::OPERAND);
        }
        if self.expects_pattern() {
            return PATTERN;
        }
        if starts && !frame.arm_head {
            if self.is_assigned(at) {
                return PATTERN;
            }
            return match self.lists_keys(at)
                || matches!((self.kind(at + 1), self.kind(at + 2)), (name, Comma) if name.is_name())
                || self.kind(at + 1) == RBrace
            {
                true => OBJECT,
                false => block(Ends::STATEMENT),
            };
        }
        match self.previous {
            ArmArrow | FatArrow if self.lists_keys(at) => OBJECT,
            ArmArrow => block(Ends::STATEMENT),
            FatArrow => block(Ends::OPERAND),
            _ if self.operand || self.lists_keys(at) || self.kind(at + 1) == RBrace => OBJECT,
            _ => match (self.kind(at + 1), self.kind(at + 2)) {
                (name, Comma | RBrace) if name.is_name() => OBJECT,
                _ => block(Ends::OPERAND),
            },
        }
    }

    /// Whether `{` is followed by `...`, or by a key and `:` (or `?:`, in a type).
    fn lists_keys(&self, at: usize) -> bool {
        use TokenKind::*;
        let key = self.kind(at + 1);
        key == Ellipsis
            || (key.is_name() || key.is_reserved() || matches!(key, String | RawString | Number | Underscore))
                && (self.kind(at + 2) == Colon || self.kind(at + 2) == Question && self.kind(at + 3) == Colon)
    }

    /// Whether a brace here is the body of the pending header.
    fn opens_body(&self, header: &Header) -> bool {
        use TokenKind::*;
        match header.of {
            // Then it is that of the confidence before the body.
            HeaderOf::Function => self.previous != Attach,
            HeaderOf::Catch => self.operand || self.previous == Catch,
            HeaderOf::For | HeaderOf::UncertainFor => {
                self.operand || header.semicolons >= 2 && self.previous == Semicolon
            }
            _ => self.operand,
        }
    }

    /// Whether a `{` or `[` here is that of a pattern, by what stands before it.
    fn expects_pattern(&self) -> bool {
        use TokenKind::*;
        let frame = self.frame();
        let header = self.header();
        match self.previous {
            Let | Const | For => true,
            HeaderParen => frame.holds == Holds::ForHeader,
            Comma if frame.holds == Holds::Statements || frame.holds == Holds::PatternBody => true,
            Colon => frame.holds == Holds::Pattern,
            Comma | Ellipsis | ParamsParen | PatternBrace | PatternBracket
                if matches!(frame.holds, Holds::Pattern | Holds::Params) =>
            {
                true
            }
            LParen => frame.holds == Holds::Params,
            _ if frame.arm_head => header.is_none(),
            _ => false,
        }
    }

    /// `[`: that of a pattern, or that of an array or an index.
    pub(super) fn bracket_kind(&self, at: usize, starts: bool) -> TokenKind {
        use TokenKind::*;
        let leads = starts
            || matches!(self.previous, FatArrow | ArmArrow)
            || self.previous == Semicolon && self.header().is_some_and(|header| header.is_for())
            || self.previous == Semicolon && self.frame().holds == Holds::ForHeader;
        let pattern = !self.operand && (self.expects_pattern() || leads && self.is_assigned(at));
        if pattern { PatternBracket } else { LBracket }
    }

    /// Whether the bracket at `at` is followed by `=`, or by `~> t =`.
    fn is_assigned(&self, at: usize) -> bool {
        use TokenKind::*;
        let mut next = self.partner(at) + 1;
        if self.kind(next) != Attach {
            return self.kind(next) == Assign;
        }
        loop {
            next += 1;
            match self.kind(next) {
                Assign => return true,
                LParen | LBracket => next = self.partner(next),
                Number | Dot | Plus | Minus | Star | Slash | Percent => {}
                kind if kind.is_name() && !self.breaks_line(next) => {}
                _ => return false,
            }
        }
    }

    /// `(`: that of parameters, of a whole header, or of anything else.
    pub(super) fn paren_kind(&self, at: usize) -> (TokenKind, Holds) {
        use TokenKind::*;
        let header = self.header();
        let plain = (LParen, Holds::Expression);
        match self.previous {
            Function | Fn => return (ParamsParen, Holds::Params),
            Catch => return (LParen, Holds::Params),
            If | While if !self.frame().arm_head => {
                return match header {
                    Some(header) if self.is_whole_header(at, header) => (HeaderParen, Holds::Header),
                    _ => plain,
                };
            }
            For => return (HeaderParen, Holds::ForHeader),
            _ => {}
        }
        if header.is_some_and(|header| header.of == HeaderOf::Function) && self.previous.is_name() && self.is_named(at)
        {
            return (ParamsParen, Holds::Params);
        }
        if self.operand || self.frame().arm_head {
            return plain;
        }
        let lambda = match self.behind(at) {
            FatArrow => true,
            Colon => self.frame().questions == 0 && self.kind(self.end_of_annotation(self.partner(at) + 2)) == FatArrow,
            _ => false,
        };
        if lambda { (ParamsParen, Holds::Params) } else { plain }
    }

    /// Whether the two tokens before `at` are `function` and a name.
    fn is_named(&self, at: usize) -> bool {
        let before = at.checked_sub(2).map_or(TokenKind::End, |at| self.kind(at));
        matches!(before, TokenKind::Function | TokenKind::Fn)
    }

    /// Whether a `:` here begins an annotation. That of a result which directly follows its parameters has been seen by
    /// then.
    pub(super) fn annotates(&self) -> bool {
        let frame = self.frame();
        self.header().is_some_and(|header| header.of == HeaderOf::Function)
            || frame.questions == 0 && (frame.declares || frame.holds == Holds::Params)
    }

    /// The number of the token behind the type that begins at `at`; `at` if none does.
    pub(super) fn end_of_type(&self, mut at: usize) -> usize {
        use TokenKind::*;
        let mut arguments = 0u32;
        loop {
            match self.kind(at) {
                LParen if self.behind(at) == ThinArrow => {
                    at = self.partner(at) + 2;
                    continue;
                }
                LParen | LBracket | LBrace => at = self.partner(at) + 1,
                Minus if self.kind(at + 1) == Number => at += 2,
                String | RawString | Number | True | False | Null | Undefined | Function => at += 1,
                kind if kind.is_name() && self.kind(at + 1) == Lt => {
                    arguments += 1;
                    at += 2;
                    continue;
                }
                kind if kind.is_name() => at += 1,
                _ => return at,
            }
            while arguments > 0 && self.kind(at) == Gt {
                arguments -= 1;
                at += 1;
            }
            if self.kind(at) != Bar {
                return at;
            }
            at += 1;
        }
    }

    /// The same with the interval that may follow a type, or stand for it.
    fn end_of_annotation(&self, at: usize) -> usize {
        let end = self.end_of_type(at);
        match (self.kind(end), self.kind(end + 1)) {
            (TokenKind::Tilde, TokenKind::LBracket) => self.partner(end + 1) + 1,
            _ => end,
        }
    }

    /// Whether the parentheses that begin a header are all of it. The header goes on behind them if an operator
    /// follows; where that could also begin a statement, if a `{` follows on the line.
    fn is_whole_header(&self, at: usize, header: Header) -> bool {
        use TokenKind::*;
        let next = self.partner(at) + 1;
        let kind = self.kind(next);
        if matches!(header.of, HeaderOf::Uncertain | HeaderOf::UncertainFor) {
            return matches!(kind, LBrace | Threshold | End) || kind.is_closer();
        }
        match kind {
            LParen | LBracket if self.breaks_line(next) => true,
            LParen | LBracket | Plus | Minus => !self.block_follows(next),
            _ => !kind.continues(),
        }
    }

    /// Whether a `{` that opens a body follows on the line, outside brackets.
    fn block_follows(&self, start: usize) -> bool {
        use TokenKind::*;
        let mut operand = true;
        let mut at = start;
        loop {
            let kind = self.kind(at);
            if at > start && self.breaks_line(at) && operand && self.begins_line(at, kind) {
                return false;
            }
            match kind {
                LBrace if operand => return true,
                End | Semicolon | Comma | Else | Colon | FatArrow | If | Match | Uncertain | Try | Async | Fn
                | Function => {
                    return false;
                }
                _ if kind.begins_only_statements() => return false,
                _ if kind.is_closer() || kind.assign().is_some() => return false,
                _ if kind.closer().is_some() => {
                    at = self.partner(at);
                    operand = true;
                }
                _ => operand = kind.ends_operand(),
            }
            at += 1;
        }
    }
}

/// What the `{` behind a header opens.
fn body(header: Header) -> (TokenKind, Holds, Ends) {
    let (holds, ends) = match header.of {
        HeaderOf::If => (Holds::Statements, Ends::of(header.statement, Then::Else)),
        HeaderOf::While | HeaderOf::For | HeaderOf::Function => {
            (Holds::Statements, Ends::of(header.statement, Then::Nothing))
        }
        HeaderOf::Catch => (Holds::Statements, Ends::of(header.statement, Then::Catch)),
        HeaderOf::Uncertain | HeaderOf::UncertainFor => (Holds::Levels, Ends::of(header.statement, Then::Nothing)),
        HeaderOf::Match => (Holds::Arms, Ends::of(header.statement, Then::Nothing)),
        HeaderOf::Context => (Holds::Statements, Ends::STATEMENT),
        HeaderOf::Parallel => (Holds::Statements, Ends::OPERAND),
        HeaderOf::Race => (Holds::Statements, Ends::of(false, Then::Until)),
        HeaderOf::Pattern => (Holds::PatternBody, Ends::STATEMENT),
    };
    (TokenKind::BlockBrace, holds, ends)
}
