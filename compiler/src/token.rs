//! The kinds of tokens, in one table: spelling, and whether a word is reserved. The lexer is generated from it; that an
//! operator of [`crate::ast`] has its token is found by comparing spellings at compile time, so no second table exists.
//!
//! Three groups of kinds appear in a token list at different times. Some leave the lexer as they are; some serve only
//! inside the lexer (blanks, comments, quotes); and some are put in by [`crate::layout`], which tells apart what looks
//! alike (a brace that opens a block, one that opens an object) and where statements end. How tokens combine is the
//! parser's business, not this module's.

use crate::ast::{AssignOp, BinaryOp, UnaryOp};
use crate::lexer::LexFault;
use logos::Logos;

macro_rules! token_kinds {
    (
        reserved { $($reserved:ident $word:tt,)* }
        contextual { $($contextual:ident $soft:tt,)* }
        glyphs { $($glyph:ident $mark:tt,)* }
        others { $($(#[$attribute:meta])* $other:ident,)* }
    ) => {
        /// What a token is.
        #[derive(Logos, Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[logos(error = LexFault)]
        #[logos(skip r"[ \t\r\x0B\x0C]+")]
        #[repr(u8)]
        pub enum TokenKind {
            $(#[doc = concat!("The reserved word `", $word, "`.")] #[token($word)] $reserved,)*
            $(#[doc = concat!("The word `", $soft, "`, a keyword in some places.")] #[token($soft)] $contextual,)*
            $(#[doc = concat!("`", $mark, "`")] #[token($mark)] $glyph,)*
            $($(#[$attribute])* $other,)*
        }

        impl TokenKind {
            /// Every kind, in the order of their numbers.
            pub const ALL: &'static [TokenKind] =
                &[$(TokenKind::$reserved,)* $(TokenKind::$contextual,)* $(TokenKind::$glyph,)* $(TokenKind::$other,)*];

            /// How it is spelt, if there is only one way.
            pub const fn text(self) -> Option<&'static str> {
                match self {
                    $(TokenKind::$reserved => Some($word),)*
                    $(TokenKind::$contextual => Some($soft),)*
                    $(TokenKind::$glyph => Some($mark),)*
                    _ => None,
                }
            }

            /// Whether it is a word that can't name anything.
            pub const fn is_reserved(self) -> bool {
                matches!(self, $(TokenKind::$reserved)|*)
            }

            /// Whether it is a word that can name something: an identifier, or a keyword only where the grammar asks.
            pub const fn is_name(self) -> bool {
                matches!(self, TokenKind::Ident $(| TokenKind::$contextual)*)
            }
        }
    };
}

token_kinds! {
    reserved {
        If "if", Else "else", For "for", While "while", Do "do", Break "break", Continue "continue", Return "return",
        Function "function", Fn "fn", Let "let", Const "const", True "true", False "false", Null "null",
        Undefined "undefined", TypeOf "typeof", InstanceOf "instanceof", Await "await", Async "async", Try "try",
        Catch "catch", Finally "finally", Throw "throw", Import "import", Export "export", In "in", Match "match",
        Uncertain "uncertain",
    }
    contextual {
        Agents "agents", Agent "Agent", Pattern "pattern", Input "input", Expects "expects", Parallel "parallel",
        Sequential "sequential", Race "race", Timeout "timeout", MinResults "min_results", Until "until",
        Threshold "threshold", With "with", Warning "warning", High "high", Medium "medium", Low "low",
        Default "default", Context "context", From "from", As "as",
    }
    glyphs {
        LParen "(", RParen ")", LBracket "[", RBracket "]", LBrace "{", RBrace "}",
        Comma ",", Semicolon ";", Colon ":", Dot ".", OptionalDot "?.", ConfDot "~.", Ellipsis "...",
        FatArrow "=>", ThinArrow "->", Question "?", ConfQuestion "~?", Bar "|", PipeTo "|>", ConfPipeTo "~|>",
        PlusPlus "++", MinusMinus "--", Not "!", Tilde "~", ConfidenceOf "<~",
        Assign "=", PlusAssign "+=", MinusAssign "-=", StarAssign "*=", SlashAssign "/=", PercentAssign "%=",
        ConfPlusAssign "~+=", ConfMinusAssign "~-=", ConfStarAssign "~*=", ConfSlashAssign "~/=",
        Power "**", Star "*", Slash "/", Percent "%", ConfStar "~*", ConfSlash "~/",
        Plus "+", Minus "-", ConfPlus "~+", ConfMinus "~-",
        Lt "<", Gt ">", Le "<=", Ge ">=", ConfLt "~<", ConfLe "~<=", ConfGe "~>=",
        Eq "==", Ne "!=", StrictEq "===", StrictNe "!==", ConfEq "~==", ConfNe "~!=",
        AndAnd "&&", ConfAnd "~&&", ConfCoalesce "~??", Coalesce "??", OrOr "||", ConfOr "~||", Surer "~||>",
        ActionGate "~@>", Attach "~>", Chain "~~", Gate "~?>",
    }
    others {
        /// A name.
        #[regex(r"[_\p{XID_Start}]\p{XID_Continue}*", priority = 2)]
        Ident,
        /// `_` alone.
        #[token("_", priority = 3)]
        Underscore,
        /// A number.
        #[regex(r"[0-9]+", crate::lexer::number)]
        #[regex(r"\.[0-9]", crate::lexer::number_without_whole)]
        Number,
        /// `v1.2.0`, with at least one point.
        #[regex(r"v[0-9]+(\.[0-9]+)+(-[0-9A-Za-z.]+)?", priority = 5)]
        Version,
        /// A string without interpolation, its quotes included.
        String,
        /// The same between triple backticks: no escapes.
        RawString,
        /// The quote that opens a string with interpolation.
        TemplateStart,
        /// Text in a string with interpolation.
        TemplateText,
        /// The same between triple backticks: no escapes.
        RawText,
        /// `${`
        InterpolationStart,
        /// The `}` of `${`.
        InterpolationEnd,
        /// The quote that closes a string with interpolation.
        TemplateEnd,
        /// Something already reported that stands where an operand could.
        Bad,
        /// The end of the text.
        End,

        // Only inside the lexer.
        /// A line break, with the blanks around the next ones.
        #[regex(r"\n[ \t\r\n]*")]
        Newline,
        /// `// …`
        #[regex(r"//[^\n]*", allow_greedy = true)]
        LineComment,
        /// `/* … */`
        #[token("/*", crate::lexer::block_comment)]
        BlockComment,
        /// `"`
        #[token("\"")]
        DoubleQuote,
        /// `'`
        #[token("'")]
        SingleQuote,
        /// A backtick.
        #[token("`")]
        Backtick,
        /// Three backticks.
        #[token("```")]
        TripleBacktick,

        // Put in by the layout.
        /// Where a statement ends without `;`.
        Separator,
        /// The `{` of a block, of arms or of levels.
        BlockBrace,
        /// The `{` of an object literal, or of another list of keyed things.
        ObjectBrace,
        /// The `{` of a pattern.
        PatternBrace,
        /// The `[` of a pattern.
        PatternBracket,
        /// The `(` of a function's parameters.
        ParamsParen,
        /// The `(` around a whole header.
        HeaderParen,
        /// The `=>` after an arm's pattern.
        ArmArrow,
        /// The `in` of a `for` header.
        ForIn,
    }
}

/// Whether two spellings are the same; `==` can't be used in constants.
const fn same(a: &str, b: &str) -> bool {
    let (a, b) = (a.as_bytes(), b.as_bytes());
    if a.len() != b.len() {
        return false;
    }
    let mut at = 0;
    while at < a.len() {
        if a[at] != b[at] {
            return false;
        }
        at += 1;
    }
    true
}

macro_rules! by_spelling {
    ($op:ident) => {{
        let mut table = [None; TokenKind::ALL.len()];
        let mut kind = 0;
        while kind < table.len() {
            if let Some(text) = TokenKind::ALL[kind].text() {
                let mut op = 0;
                while op < $op::ALL.len() {
                    if same(text, $op::ALL[op].as_str()) {
                        table[kind] = Some($op::ALL[op]);
                    }
                    op += 1;
                }
            }
            kind += 1;
        }
        table
    }};
}

static BINARY: [Option<BinaryOp>; TokenKind::ALL.len()] = by_spelling!(BinaryOp);
static UNARY: [Option<UnaryOp>; TokenKind::ALL.len()] = by_spelling!(UnaryOp);
static ASSIGN: [Option<AssignOp>; TokenKind::ALL.len()] = by_spelling!(AssignOp);

/// What is asked of each token of a text, by kind.
macro_rules! answers {
    ($question:ident) => {{
        let mut table = [false; TokenKind::ALL.len()];
        let mut kind = 0;
        while kind < table.len() {
            table[kind] = $question(TokenKind::ALL[kind]);
            kind += 1;
        }
        table
    }};
}

static SAME_EVERYWHERE: [bool; TokenKind::ALL.len()] = answers!(same_everywhere);
static BEGINS_STATEMENT: [bool; TokenKind::ALL.len()] = answers!(begins_statement);
static ENDS_OPERAND: [bool; TokenKind::ALL.len()] = answers!(ends_operand);

const fn same_everywhere(kind: TokenKind) -> bool {
    use TokenKind::*;
    let has_readings = matches!(kind, ConfMinus | ConfPlus | Chain | In | InstanceOf);
    matches!(kind, Ident | Number | Comma | Dot | OptionalDot | ConfDot | TemplateStart | TemplateText | TemplateEnd)
        || kind.assign().is_some()
        || kind.binary().is_some() && !has_readings
}

const fn begins_statement(kind: TokenKind) -> bool {
    use TokenKind::*;
    kind.is_name()
        || kind.is_reserved()
        || kind.is_literal()
        || matches!(kind, LParen | LBracket | LBrace | PlusPlus | MinusMinus | ConfidenceOf | Not | Tilde | Underscore)
}

const fn ends_operand(kind: TokenKind) -> bool {
    use TokenKind::*;
    kind.is_name()
        || kind.is_literal() && !matches!(kind, TemplateStart)
        || matches!(kind, Underscore | TemplateEnd | RParen | RBracket | RBrace | Break | Continue)
}

impl TokenKind {
    /// The infix operator that it is.
    pub const fn binary(self) -> Option<BinaryOp> {
        BINARY[self as usize]
    }

    /// The prefix operator that it is.
    pub fn unary(self) -> Option<UnaryOp> {
        UNARY[self as usize]
    }

    /// The assignment operator that it is.
    pub const fn assign(self) -> Option<AssignOp> {
        ASSIGN[self as usize]
    }

    /// Whether it can be read as continuing an expression (a `(` and a `[` aside, which can also begin one).
    pub(crate) fn continues(self) -> bool {
        use TokenKind::*;
        self.binary().is_some()
            || matches!(self, Question | ConfQuestion | PipeTo | ConfPipeTo | Dot | OptionalDot | ConfDot)
    }

    /// Whether it is a literal, or the start of one.
    pub(crate) const fn is_literal(self) -> bool {
        use TokenKind::*;
        matches!(self, Number | String | RawString | TemplateStart | True | False | Null | Undefined | Bad | Version)
    }

    /// What closes it, if it opens a bracket.
    pub(crate) fn closer(self) -> Option<TokenKind> {
        use TokenKind::*;
        match self {
            LParen | ParamsParen | HeaderParen => Some(RParen),
            LBracket | PatternBracket => Some(RBracket),
            LBrace | BlockBrace | ObjectBrace | PatternBrace => Some(RBrace),
            InterpolationStart => Some(InterpolationEnd),
            _ => None,
        }
    }

    /// Whether it closes a bracket.
    pub(crate) fn is_closer(self) -> bool {
        use TokenKind::*;
        matches!(self, RParen | RBracket | RBrace | InterpolationEnd)
    }

    /// Whether a statement may begin with it. The layout tells whether one does.
    pub(crate) fn may_begin_statement(self) -> bool {
        BEGINS_STATEMENT[self as usize]
    }

    /// Whether the layout never makes anything else of it, nor of what follows because of it: names, numbers, and the
    /// operators that have but one reading.
    pub(crate) fn is_same_everywhere(self) -> bool {
        SAME_EVERYWHERE[self as usize]
    }

    /// Whether it is a reserved word that begins a statement and can't stand in an expression.
    pub(crate) fn begins_only_statements(self) -> bool {
        use TokenKind::*;
        matches!(self, Let | Const | Return | For | While | Do | Break | Continue | Throw | Import | Export)
    }

    /// Whether the expression may be complete behind it. A `}` and a `)` depend on what they close.
    pub(crate) fn ends_operand(self) -> bool {
        ENDS_OPERAND[self as usize]
    }
}

/// A token: what, and where in its text. Small and copied freely.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Token {
    /// What it is.
    pub kind: TokenKind,
    /// Whether a line break stands before it.
    pub newline_before: bool,
    /// Whether it is not in the text: put in where a bracket or quote was missing, which has been reported.
    pub missing: bool,
    /// Of an opening bracket that the layout has gone through: about how many parts stand in it, by its commas and by the
    /// ends of its statements; at most 255. Room for a list, nothing to count on.
    pub parts: u8,
    /// First byte.
    pub start: u32,
    /// One past the last byte.
    pub end: u32,
}

impl Token {
    /// What it is written as.
    pub fn text<'t>(&self, text: &'t str) -> &'t str {
        text.get(self.start as usize..self.end as usize).unwrap_or_default()
    }
}
