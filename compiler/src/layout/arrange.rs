//! The pass over the tokens: where statements end, and what each token is in its place.

use super::frame::{Ends, Frame, Header, HeaderOf, Holds, Then};
use crate::token::{Token, TokenKind};

/// Runs the pass over tokens whose brackets match; `partners` pairs them.
pub(super) fn run(tokens: &[Token], partners: &[u32]) -> Vec<Token> {
    let mut pass = Arrange {
        tokens,
        partners,
        out: Vec::with_capacity(tokens.len() + tokens.len() / 8),
        innermost: Frame::new(0, Holds::Statements, Ends::OPERAND, 0),
        outer: Vec::new(),
        headers: Vec::new(),
        previous: TokenKind::Semicolon,
        operand: false,
        starts: true,
        ended: false,
        closed: None,
        carry: None,
        clause: false,
        type_end: 0,
    };
    for (at, token) in tokens.iter().enumerate() {
        pass.token(at, *token);
    }
    pass.out
}

pub(super) struct Arrange<'t> {
    pub(super) tokens: &'t [Token],
    partners: &'t [u32],
    out: Vec<Token>,
    /// The bracket around the place, or the text's end.
    innermost: Frame,
    /// Those around it.
    outer: Vec<Frame>,
    headers: Vec<Header>,
    /// The last token, as it was written out.
    pub(super) previous: TokenKind,
    /// Whether the last token ends an operand.
    pub(super) operand: bool,
    /// Whether a statement may start here.
    pub(super) starts: bool,
    /// Whether the last token has ended a statement.
    ended: bool,
    /// What the last token closed, if it was a brace.
    pub(super) closed: Option<Ends>,
    /// Behind a word that only leads on (`else`, `async`, `uncertain`, `try` …): whether its construct is a statement.
    pub(super) carry: Option<bool>,
    /// Whether this is an `import`, or an `export` that has a `from`.
    pub(super) clause: bool,
    /// The number of the token behind the last annotation's type: those before it are all of types, or were.
    type_end: usize,
}

impl Arrange<'_> {
    #[inline]
    pub(super) fn frame(&self) -> &Frame {
        &self.innermost
    }

    /// The innermost header of this bracket whose `{` is still to come.
    pub(super) fn header(&self) -> Option<Header> {
        self.headers.get(self.frame().headers..)?.last().copied()
    }

    pub(super) fn pop_header(&mut self) {
        self.headers.pop();
    }

    fn push_header(&mut self, of: HeaderOf, statement: bool) {
        self.headers.push(Header { of, statement, semicolons: 0, through: false });
    }

    /// The kind of the token `offset` behind the one at `at`.
    pub(super) fn kind(&self, at: usize) -> TokenKind {
        self.tokens.get(at).map_or(TokenKind::End, |token| token.kind)
    }

    /// The bracket that belongs to the one at `at`, which must be a bracket.
    pub(super) fn partner(&self, at: usize) -> usize {
        self.partners.get(at).map_or(at, |partner| *partner as usize)
    }

    /// The kind of the token behind the partner of the bracket at `at`.
    pub(super) fn behind(&self, at: usize) -> TokenKind {
        self.kind(self.partner(at) + 1)
    }

    /// Whether a line break stands before the token at `at` and counts.
    pub(super) fn breaks_line(&self, at: usize) -> bool {
        self.frame().holds.lines_count() && self.tokens.get(at).is_none_or(|token| token.newline_before)
    }

    fn write(&mut self, kind: TokenKind, token: Token) {
        self.out.push(Token { kind, ..token });
        self.previous = kind;
    }

    #[inline(always)]
    fn token(&mut self, at: usize, token: Token) {
        self.separate(at, token);
        match token.kind.is_same_everywhere() && at >= self.type_end {
            true => self.same(token),
            false => self.placed(at, token),
        }
    }

    /// A token whose place tells what it is, or what may follow.
    #[inline(never)]
    fn placed(&mut self, at: usize, token: Token) {
        let kind = self.resolve(at, token.kind);
        let statement = self.carry.take().unwrap_or(self.starts);
        let closed = self.closed.take();
        let starts = std::mem::replace(&mut self.starts, false);
        self.ended = false;
        match kind {
            _ if at < self.type_end => self.type_token(at, kind, token),
            TokenKind::LBrace => self.open_brace(at, token, starts, statement),
            TokenKind::LBracket => {
                let kind = self.bracket_kind(at, starts);
                let holds = if kind == TokenKind::PatternBracket { Holds::Pattern } else { Holds::Expression };
                self.open(kind, token, holds, Ends::OPERAND);
            }
            TokenKind::LParen => {
                let (kind, holds) = self.paren_kind(at);
                self.open(kind, token, holds, Ends::OPERAND);
            }
            TokenKind::InterpolationStart => self.open(kind, token, Holds::Expression, Ends::OPERAND),
            _ if kind.is_closer() => self.close(at, kind, token),
            _ => self.plain(at, kind, token, statement, closed),
        }
    }

    /// A token that is what it is, wherever it stands: what [`Arrange::plain`] would do, of which most does not concern it.
    #[inline]
    fn same(&mut self, token: Token) {
        self.carry = None;
        self.closed = None;
        self.starts = false;
        self.ended = false;
        self.write(token.kind, token);
        self.operand = token.kind.ends_operand();
        if token.kind == TokenKind::Comma {
            self.innermost.end_part();
            self.innermost.arm_head |= self.innermost.holds == Holds::Arms;
        }
    }

    /// A token of a type: no line ends there, no word begins anything, and the type is complete at its end only.
    fn type_token(&mut self, at: usize, kind: TokenKind, token: Token) {
        match kind {
            TokenKind::LBrace => self.open(TokenKind::ObjectBrace, token, Holds::Object, Ends::OPERAND),
            _ if kind.closer().is_some() => self.open(kind, token, Holds::Expression, Ends::OPERAND),
            _ if kind.is_closer() => self.close(at, kind, token),
            _ => self.write(kind, token),
        }
        self.operand = at + 1 == self.type_end && kind != TokenKind::Colon;
    }

    /// A token that is no bracket.
    #[inline]
    fn plain(&mut self, at: usize, kind: TokenKind, token: Token, statement: bool, closed: Option<Ends>) {
        use TokenKind::*;
        if !self.operand && self.split(kind, token) {
            return;
        }
        let written = match kind {
            FatArrow if self.frame().arm_head => ArmArrow,
            In if self.in_for_header() => ForIn,
            _ => kind,
        };
        self.write(written, token);
        let postfix = self.operand && matches!(kind, PlusPlus | MinusMinus);
        self.operand = kind.ends_operand() || postfix;
        match written {
            If if self.frame().arm_head => {}
            If => self.begin_header(HeaderOf::If, statement),
            For => self.begin_header(HeaderOf::For, statement),
            While if closed.is_some_and(|ends| ends.then == Then::While) || self.take_unbraced_do() => {}
            While => self.begin_header(HeaderOf::While, statement),
            Match => self.begin_header(HeaderOf::Match, statement),
            Function | Fn => self.begin_header(HeaderOf::Function, statement),
            Catch => self.begin_header(HeaderOf::Catch, closed.is_some_and(|ends| ends.statement)),
            Parallel if self.kind(at + 1) != LBrace => self.begin_header(HeaderOf::Parallel, false),
            Race => self.begin_header(HeaderOf::Race, false),
            Pattern => self.begin_header(HeaderOf::Pattern, true),
            In if statement => self.begin_header(HeaderOf::Context, true),
            Do if self.kind(at + 1) != LBrace => {
                self.starts = true;
                self.innermost.unbraced_do = true;
            }
            Try | Do | Uncertain | Async => self.carry = Some(statement),
            Finally => self.carry = Some(closed.is_some_and(|ends| ends.statement)),
            Else => self.after_else(at, closed),
            Export => {
                self.starts = self.kind(at + 1) != LBrace;
                self.clause = self.kind(at + 1) == Star || !self.starts && self.behind(at + 1) == From;
            }
            Import => self.clause = true,
            Default if self.previous_but_one() == Export => {
                self.operand = false;
                self.starts = matches!(self.kind(at + 1), Function | Fn | Async);
            }
            Warning if self.previous_but_one() == With => {
                // Whatever stands behind it on its line is the text.
                let next = self.kind(at + 1);
                self.operand = self.breaks_line(at + 1) || next.is_closer() || matches!(next, Semicolon | End | Else);
            }
            String if self.clause => self.clause = false,
            Agents | Input | Expects | Sequential | Parallel | With if self.keyword_before_brace(written, at) => {
                self.operand = false;
            }
            Until => self.operand = false,
            ForIn => self.count_in(),
            ArmArrow => self.set_arm_head(false),
            Semicolon => self.semicolon(),
            Question | ConfQuestion if self.kind(at + 1) != Colon => self.count_question(1),
            Colon if self.annotates() => self.type_end = self.end_of_type(at + 1),
            Colon => self.count_question(-1),
            Let | Const => self.set_declares(true),
            _ => {}
        }
    }

    /// Words that [`Arrange::resolve`] has left as keywords because a brace follows.
    fn keyword_before_brace(&self, kind: TokenKind, at: usize) -> bool {
        kind == TokenKind::With || self.kind(at + 1) == TokenKind::LBrace
    }

    fn previous_but_one(&self) -> TokenKind {
        self.out.len().checked_sub(2).and_then(|at| self.out.get(at)).map_or(TokenKind::Semicolon, |token| token.kind)
    }

    fn set_arm_head(&mut self, arm_head: bool) {
        self.innermost.arm_head = arm_head;
    }

    fn set_declares(&mut self, declares: bool) {
        self.innermost.declares = declares;
    }

    fn count_question(&mut self, by: i32) {
        self.innermost.questions = self.innermost.questions.saturating_add_signed(by);
    }

    fn take_unbraced_do(&mut self) -> bool {
        std::mem::take(&mut self.innermost.unbraced_do)
    }

    fn count_in(&mut self) {
        let base = self.frame().headers;
        if let Some(header) = self.headers.get_mut(base..).and_then(|headers| headers.last_mut()) {
            header.through = true;
        }
    }

    /// Whether an `in` here is that of a `for` header.
    fn in_for_header(&self) -> bool {
        self.frame().holds == Holds::ForHeader || self.header().is_some_and(|header| header.is_for())
    }

    fn begin_header(&mut self, of: HeaderOf, statement: bool) {
        let uncertain = self.previous_but_one() == TokenKind::Uncertain;
        let of = match of {
            HeaderOf::If | HeaderOf::While if uncertain => HeaderOf::Uncertain,
            HeaderOf::For if uncertain => HeaderOf::UncertainFor,
            _ => of,
        };
        self.push_header(of, statement);
        self.operand = false;
    }

    fn after_else(&mut self, at: usize, closed: Option<Ends>) {
        let statement = closed.map_or(self.frame().unbraced_if, |ends| ends.statement);
        match self.kind(at + 1) {
            TokenKind::LBrace | TokenKind::If => self.carry = Some(statement),
            _ => self.starts = true,
        }
    }

    fn semicolon(&mut self) {
        self.innermost.end_part();
        let Frame { headers: base, holds, .. } = self.innermost;
        match self.headers.get_mut(base..).and_then(|headers| headers.last_mut()) {
            // A complete header has no further part: the `;` ends the statement, which lacks its body.
            Some(header) if header.is_for() && !header.takes_statement() => header.semicolons += 1,
            _ if holds.lines_count() => {
                self.headers.truncate(base);
                self.starts = true;
                self.clause = false;
                self.set_declares(false);
            }
            _ => {}
        }
    }

    /// `~-` where an operand is expected is `~` and `-`; likewise `~+` and `~~`.
    fn split(&mut self, kind: TokenKind, token: Token) -> bool {
        use TokenKind::*;
        let second = match kind {
            ConfMinus => Minus,
            ConfPlus => Plus,
            Chain => Tilde,
            _ => return false,
        };
        let middle = token.start + 1;
        self.write(Tilde, Token { end: middle, ..token });
        self.write(second, Token { start: middle, newline_before: false, ..token });
        true
    }

    pub(super) fn open(&mut self, kind: TokenKind, token: Token, holds: Holds, ends: Ends) {
        self.write(kind, token);
        let frame = Frame::new(self.out.len() - 1, holds, ends, self.headers.len());
        self.outer.push(std::mem::replace(&mut self.innermost, frame));
        self.operand = false;
        self.starts = holds.lines_count();
    }

    fn close(&mut self, at: usize, kind: TokenKind, token: Token) {
        let frame = self.innermost;
        if let Some(outer) = self.outer.pop() {
            self.innermost = outer;
        }
        self.headers.truncate(frame.headers);
        if frame.opener + 1 < self.out.len() {
            self.out[frame.opener].parts = frame.parts.saturating_add(1);
        }
        self.write(kind, token);
        self.operand = kind != TokenKind::InterpolationEnd;
        if matches!(frame.holds, Holds::Header | Holds::ForHeader) {
            self.end_header(at);
        } else if frame.holds == Holds::Params && self.kind(at + 1) == TokenKind::Colon {
            self.type_end = self.end_of_type(at + 2);
        } else if kind == TokenKind::RBrace {
            self.closed = Some(frame.ends);
            self.ended = frame.ends.statement;
            self.operand = !frame.ends.statement;
        }
    }

    /// Behind a header in parentheses: its braces, or a single statement.
    fn end_header(&mut self, at: usize) {
        if matches!(self.kind(at + 1), TokenKind::LBrace) {
            return;
        }
        if let Some(header) =
            self.header().filter(|header| !matches!(header.of, HeaderOf::Uncertain | HeaderOf::UncertainFor))
        {
            self.begin_unbraced(header);
        }
    }

    /// A header is complete, and a single statement follows.
    fn begin_unbraced(&mut self, header: Header) {
        self.pop_header();
        if header.of == HeaderOf::If {
            self.innermost.unbraced_if = header.statement;
        }
        self.operand = false;
        self.starts = true;
    }

    /// Ends the statement before the token at `at`, if it can't go on with it.
    #[inline]
    fn separate(&mut self, at: usize, token: Token) {
        // Nothing ends where an operand is missing, or where the token can only go on.
        let may_end = self.ended || self.operand && token.kind.may_begin_statement();
        if !self.starts && may_end && self.innermost.holds.lines_count() {
            self.separate_in_lines(at, token);
        }
    }

    /// The same in a bracket in which lines count, behind something.
    fn separate_in_lines(&mut self, at: usize, token: Token) {
        let frame = self.innermost;
        if token.kind.is_closer() || matches!(token.kind, TokenKind::End | TokenKind::Semicolon | TokenKind::Comma) {
            return;
        }
        let line = token.newline_before;
        let separate = if self.ended {
            !self.goes_on(token.kind)
        } else if frame.arm_head {
            // Nothing that could go on with a pattern or a guard: an arm without `=>`.
            let word = token.kind.is_name() || token.kind.is_literal() || token.kind == TokenKind::Underscore;
            self.operand && line && word
        } else if !self.operand || self.goes_on(token.kind) || self.in_clause(at, token.kind) {
            false
        } else if let Some(header) = self.header() {
            if !line && header.takes_statement() && token.kind != TokenKind::LBrace && self.juxtaposes(at, token) {
                return self.begin_unbraced(header);
            }
            let broken = line && self.begins_line(at, token.kind) && !self.header_takes(header, token.kind);
            if broken {
                self.headers.truncate(frame.headers);
            }
            broken
        } else if line {
            self.begins_line(at, token.kind)
        } else {
            self.juxtaposes(at, token)
        };
        if separate {
            let end = self.out.last().map_or(token.start, |last| last.end);
            self.write(
                TokenKind::Separator,
                Token { newline_before: line, missing: false, parts: 0, start: end, end, kind: TokenKind::Separator },
            );
            self.innermost.end_part();
            self.starts = true;
            self.operand = false;
            self.ended = false;
            self.closed = None;
            self.clause = false;
            self.innermost.questions = 0;
            self.innermost.declares = false;
            self.innermost.arm_head = self.innermost.holds == Holds::Arms;
        }
    }
}
