//! What the pass knows of the brackets it is in.

/// What a bracket holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Holds {
    /// Statements.
    Statements,
    /// Statements behind `input { … }` and `expects { … }`.
    PatternBody,
    /// The arms of `match`.
    Arms,
    /// `high { … } medium { … }`
    Levels,
    /// Keyed things: an object literal, settings, fields, a type.
    Object,
    /// The names of an `import` or `export`.
    Names,
    /// The parts of a pattern.
    Pattern,
    /// The parameters of a function, or what `catch` binds.
    Params,
    /// The header of a `for` in parentheses.
    ForHeader,
    /// Another header in parentheses.
    Header,
    /// Anything else.
    Expression,
}

impl Holds {
    /// Whether line breaks can end something there.
    pub(super) fn lines_count(self) -> bool {
        matches!(self, Holds::Statements | Holds::PatternBody | Holds::Arms)
    }
}

/// What may go on behind a closing brace.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Then {
    Nothing,
    /// `else`
    Else,
    /// `catch`, `finally`
    Catch,
    /// `while (…)` of `do`
    While,
    /// `until (…)`
    Until,
}

/// What a closing bracket ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Ends {
    /// Whether it ends a statement; otherwise an operand.
    pub(super) statement: bool,
    /// What may follow and belong to it.
    pub(super) then: Then,
}

impl Ends {
    pub(super) const OPERAND: Ends = Ends { statement: false, then: Then::Nothing };
    pub(super) const STATEMENT: Ends = Ends { statement: true, then: Then::Nothing };

    pub(super) fn of(statement: bool, then: Then) -> Ends {
        Ends { statement, then }
    }
}

/// An open bracket.
#[derive(Clone, Copy, Debug)]
pub(super) struct Frame {
    /// Its place among the tokens written out.
    pub(super) opener: usize,
    /// How many parts of it have ended so far; at most 255.
    pub(super) parts: u8,
    pub(super) holds: Holds,
    pub(super) ends: Ends,
    /// How many headers were pending outside: those above are inside.
    pub(super) headers: usize,
    /// Of arms: whether the next `=>` is the arm's.
    pub(super) arm_head: bool,
    /// `?` whose `:` is still to come.
    pub(super) questions: u32,
    /// Whether a `let` or `const` is being read: its names may have annotations.
    pub(super) declares: bool,
    /// Whether the last `if` with an unbraced body was a statement.
    pub(super) unbraced_if: bool,
    /// Whether a `do` with an unbraced body waits for its `while`.
    pub(super) unbraced_do: bool,
}

impl Frame {
    pub(super) fn new(opener: usize, holds: Holds, ends: Ends, headers: usize) -> Frame {
        Frame {
            opener,
            parts: 0,
            holds,
            ends,
            headers,
            arm_head: holds == Holds::Arms,
            questions: 0,
            declares: false,
            unbraced_if: false,
            unbraced_do: false,
        }
    }

    /// At a comma, or at the end of a statement.
    pub(super) fn end_part(&mut self) {
        self.parts = self.parts.saturating_add(1);
    }
}

/// What a header belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum HeaderOf {
    If,
    While,
    For,
    /// `uncertain if`, `uncertain while`.
    Uncertain,
    /// `uncertain for`.
    UncertainFor,
    Match,
    Function,
    Catch,
    Context,
    Parallel,
    Race,
    Pattern,
}

/// A header whose `{` is still to come.
#[derive(Clone, Copy, Debug)]
pub(super) struct Header {
    pub(super) of: HeaderOf,
    /// Whether the whole is a statement.
    pub(super) statement: bool,
    /// How many `;` there were.
    pub(super) semicolons: u32,
    /// Whether there was an `in`.
    pub(super) through: bool,
}

impl Header {
    pub(super) fn is_for(&self) -> bool {
        matches!(self.of, HeaderOf::For | HeaderOf::UncertainFor)
    }

    /// Whether a single statement may follow, once its last operand is complete.
    pub(super) fn takes_statement(&self) -> bool {
        match self.of {
            HeaderOf::If | HeaderOf::While => true,
            HeaderOf::For => self.through || self.semicolons == 2,
            _ => false,
        }
    }
}
