//! The operator table: **one row an operator**: its glyph, how tightly it binds, which way it groups. Lexer, parser,
//! formatter and reference all read these rows (LANGUAGE.md §4). To add an operator, add its row; exhaustive matches
//! in `resolve`, `lower` and `check` ask for the rest.

/// Which way a chain of one level groups.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Associativity {
    /// `a - b - c` is `(a - b) - c`.
    Left,
    /// `a ** b ** c` is `a ** (b ** c)`.
    Right,
}

/// Levels of precedence, tightest last, as in LANGUAGE.md §4. Numbers leave room for the prefix level.
pub mod level {
    #![allow(missing_docs, reason = "each constant is named after the operators that stand on it")]
    pub const PIPE: u16 = 1;
    pub const CONDITIONAL: u16 = 2;
    pub const CHAIN: u16 = 3;
    pub const ATTACH: u16 = 4;
    pub const OR: u16 = 5;
    pub const COALESCE: u16 = 6;
    pub const CONFIDENT_COALESCE: u16 = 7;
    pub const AND: u16 = 8;
    pub const EQUALITY: u16 = 9;
    pub const COMPARISON: u16 = 10;
    pub const SUM: u16 = 11;
    pub const PRODUCT: u16 = 12;
    pub const POWER: u16 = 13;
    pub const PREFIX: u16 = 14;
    pub const POSTFIX: u16 = 15;
}

macro_rules! binary_ops {
    ($($name:ident $glyph:literal $level:ident $assoc:ident $doc:literal;)*) => {
        /// An infix operator.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum BinaryOp { $(#[doc = $doc] $name,)* }

        impl BinaryOp {
            /// Every row.
            pub const ALL: &'static [BinaryOp] = &[$(BinaryOp::$name),*];

            /// As written.
            pub const fn as_str(self) -> &'static str { match self { $(BinaryOp::$name => $glyph,)* } }

            /// How tightly it binds: a [`level`], more is tighter.
            pub const fn level(self) -> u16 { match self { $(BinaryOp::$name => level::$level,)* } }

            /// Which way it groups.
            pub fn associativity(self) -> Associativity { match self { $(BinaryOp::$name => Associativity::$assoc,)* } }
        }
    };
}

binary_ops! {
    Pow "**" POWER Right "power";
    Mul "*" PRODUCT Left "product";
    Div "/" PRODUCT Left "quotient";
    Rem "%" PRODUCT Left "remainder";
    ConfMul "~*" PRODUCT Left "product, always confident";
    ConfDiv "~/" PRODUCT Left "quotient, always confident";
    Add "+" SUM Left "sum, or displays joined";
    Sub "-" SUM Left "difference";
    ConfAdd "~+" SUM Left "sum, always confident";
    ConfSub "~-" SUM Left "difference, always confident";
    Lt "<" COMPARISON Left "less";
    Gt ">" COMPARISON Left "greater";
    Le "<=" COMPARISON Left "at most";
    Ge ">=" COMPARISON Left "at least";
    ConfLt "~<" COMPARISON Left "less, always confident";
    ConfLe "~<=" COMPARISON Left "at most, always confident";
    ConfGe "~>=" COMPARISON Left "at least, always confident";
    InstanceOf "instanceof" COMPARISON Left "kind test";
    In "in" COMPARISON Left "membership";
    Eq "==" EQUALITY Left "loosely equal";
    Ne "!=" EQUALITY Left "loosely unequal";
    StrictEq "===" EQUALITY Left "same type and equal";
    StrictNe "!==" EQUALITY Left "not the same";
    ConfEq "~==" EQUALITY Left "same, always confident";
    ConfNe "~!=" EQUALITY Left "not the same, always confident";
    And "&&" AND Left "the first falsy operand";
    ConfAnd "~&&" AND Left "both, always confident";
    ConfCoalesce "~??" CONFIDENT_COALESCE Left "left if it is there and sure enough";
    Coalesce "??" COALESCE Left "left if it is there";
    Or "||" OR Left "the first truthy operand";
    ConfOr "~||" OR Left "either, always confident";
    Surer "~||>" OR Left "the surer operand";
    ActionGate "~@>" OR Left "threshold, or action if sure enough";
    Attach "~>" ATTACH Left "attach a confidence; its right side is an additive expression";
    Chain "~~" CHAIN Left "right with the rule's confidence";
    Gate "~?>" PIPE Left "value if sure enough";
}

macro_rules! unary_ops {
    ($($name:ident $glyph:literal $doc:literal;)*) => {
        /// A prefix operator.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum UnaryOp { $(#[doc = $doc] $name,)* }

        impl UnaryOp {
            /// Every row.
            pub const ALL: &'static [UnaryOp] = &[$(UnaryOp::$name),*];

            /// As written.
            pub const fn as_str(self) -> &'static str { match self { $(UnaryOp::$name => $glyph,)* } }
        }
    };
}

unary_ops! {
    Not "!" "truthiness turned";
    Neg "-" "negation";
    Plus "+" "a number, unchanged";
    Tilde "~" "confidence of";
    ConfidenceOf "<~" "confidence of";
    TypeOf "typeof" "kind of";
    Await "await" "wait for a task";
}

macro_rules! assign_ops {
    ($($name:ident $glyph:literal $op:expr;)*) => {
        /// An assignment operator.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum AssignOp { $(#[doc = concat!("`", $glyph, "`")] $name,)* }

        impl AssignOp {
            /// Every row.
            pub const ALL: &'static [AssignOp] = &[$(AssignOp::$name),*];

            /// As written.
            pub const fn as_str(self) -> &'static str { match self { $(AssignOp::$name => $glyph,)* } }

            /// The operator of a compound form.
            pub fn binary(self) -> Option<BinaryOp> { match self { $(AssignOp::$name => $op,)* } }
        }
    };
}

assign_ops! {
    Set "=" None;
    Add "+=" Some(BinaryOp::Add);
    Sub "-=" Some(BinaryOp::Sub);
    Mul "*=" Some(BinaryOp::Mul);
    Div "/=" Some(BinaryOp::Div);
    Rem "%=" Some(BinaryOp::Rem);
    ConfAdd "~+=" Some(BinaryOp::ConfAdd);
    ConfSub "~-=" Some(BinaryOp::ConfSub);
    ConfMul "~*=" Some(BinaryOp::ConfMul);
    ConfDiv "~/=" Some(BinaryOp::ConfDiv);
}
