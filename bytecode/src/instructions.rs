//! The instruction table: **one row an instruction**, saying what each operand is. Verifier and disassembler hold no
//! knowledge of single instructions; they read the rows.
//!
//! An instruction is eight bytes: an operation, a small immediate `x`, and three 16-bit operands, the last two of which
//! can be one 32-bit operand. Twice the size that Lua uses, for that a function may have 65,535 registers and
//! constants, no operand ever needs an extension word, and decoding is one load.
//!
//! Registers are numbered from the frame's base. A *window* is a run of registers from `b`, as many as `x` says (plus
//! one for the callee or receiver where the row says so); a callee's frame begins inside it, so arguments are never
//! copied, and **whatever lies in or above a call's window is lost to the caller**.
//!
//! Operands of operators wait for tasks; `Move`, stores, literals, arguments and returns pass them on.

use std::fmt;

/// What an operand means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Operand {
    /// Not used; must be 0.
    None,
    /// A register that is written.
    Def,
    /// A register that is read.
    Use,
    /// A register that is read and written: the root of an update, an accumulator.
    Mod,
    /// `b` is the first of `x + extra` registers that are read.
    Window {
        /// How many more than `x`.
        extra: u8,
    },
    /// `a` is the first of four registers: items, next position, item, its position.
    Iterator,
    /// The length of the window.
    Count,
    /// A number.
    Immediate,
    /// 1 if the value that is looked at or stored is not read again, so that the machine may take it.
    Last,
    /// An index into [`crate::Program::constants`].
    Constant,
    /// An index into [`crate::Function::names`]: one an instruction, so that the machine can keep a cache with it.
    Name,
    /// An index into [`crate::Function::keys`].
    Keys,
    /// An index into [`crate::Function::mutations`].
    Mutation,
    /// An index into [`crate::Function::paths`].
    Path,
    /// An index into [`crate::Program::functions`].
    Function,
    /// An index into the enclosing function's [`crate::Function::captures`].
    Capture,
    /// A [`crate::LibraryId`].
    Library,
    /// An index among all modules' exports.
    Export,
    /// A [`crate::HostName`].
    Host,
    /// An instruction of this function.
    Jump,
}

/// What the operands of an instruction mean; `bc` is set where `b` and `c` are one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Operands {
    /// The small immediate.
    pub x: Operand,
    /// The first operand.
    pub a: Operand,
    /// The second.
    pub b: Operand,
    /// The third.
    pub c: Operand,
    /// The second and third as one.
    pub bc: Operand,
}

const NONE: Operands =
    Operands { x: Operand::None, a: Operand::None, b: Operand::None, c: Operand::None, bc: Operand::None };

/// An instruction with its operands.
#[derive(Clone, Copy, PartialEq, Eq)]
#[repr(C)]
pub struct Instr {
    /// What is done.
    pub op: Op,
    /// A small immediate.
    pub x: u8,
    /// The first operand.
    pub a: u16,
    /// The second.
    pub b: u16,
    /// The third.
    pub c: u16,
}

const _: () = assert!(size_of::<Instr>() == 8);

impl Instr {
    /// An instruction with three operands.
    pub fn abc(op: Op, a: u16, b: u16, c: u16) -> Self {
        Instr { op, x: 0, a, b, c }
    }

    /// An instruction with a small immediate and three operands.
    pub fn xabc(op: Op, x: u8, a: u16, b: u16, c: u16) -> Self {
        Instr { op, x, a, b, c }
    }

    /// An instruction whose last two operands are one.
    pub fn wide(op: Op, a: u16, bc: u32) -> Self {
        Instr { op, x: 0, a, b: bc as u16, c: (bc >> 16) as u16 }
    }

    /// The last two operands as one.
    #[inline]
    pub fn bc(self) -> u32 {
        u32::from(self.b) | u32::from(self.c) << 16
    }

    /// Changes the last two operands as one: how jumps are patched.
    pub fn set_bc(&mut self, bc: u32) {
        self.b = bc as u16;
        self.c = (bc >> 16) as u16;
    }
}

impl fmt::Debug for Instr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?} x{} {} {} {}", self.op, self.x, self.a, self.b, self.c)
    }
}

macro_rules! instructions {
    (@operand Window $extra:literal) => { Operand::Window { extra: $extra } };
    (@operand $kind:ident) => { Operand::$kind };
    ($($op:ident { $($field:ident: $kind:ident $($extra:literal)?),* } $doc:literal;)*) => {
        /// What an instruction does.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[repr(u8)]
        pub enum Op { $(#[doc = $doc] $op,)* }

        impl Op {
            /// Every row, in order of its number.
            pub const ALL: &'static [Op] = &[$(Op::$op),*];

            /// What its operands mean.
            pub fn operands(self) -> Operands {
                match self {
                    $(Op::$op => Operands { $($field: instructions!(@operand $kind $($extra)?),)* ..NONE },)*
                }
            }

            /// Its name.
            pub fn as_str(self) -> &'static str { match self { $(Op::$op => stringify!($op),)* } }

            /// What it does, in one sentence.
            pub fn doc(self) -> &'static str { match self { $(Op::$op => $doc,)* } }
        }
    };
}

instructions! {
    // Loads and moves.
    Null { a: Def } "a = null";
    Bool { x: Immediate, a: Def } "a = x != 0";
    Int { a: Def, bc: Immediate } "a = bc as a signed 32-bit number";
    Const { a: Def, bc: Constant } "a = constant";
    Uninit { a: Def } "a = the mark of a variable whose declaration has not run";
    Move { x: Last, a: Def, b: Use } "a = b";
    LoadSelf { a: Def } "a = the running function";
    Library { a: Def, c: Library } "a = a library function, namespace or constant";
    GetExport { a: Def, bc: Export } "a = what a module exported";
    SetExport { a: Use, bc: Export } "exports a";
    Host { x: Host, a: Def } "a = one of the pattern's free names (§10)";

    // Variables that closures share live in cells.
    Closure { a: Def, bc: Function } "a = the function with its captures";
    NewCell { a: Def } "a = a fresh cell that holds the mark of `Uninit`";
    MakeCell { a: Mod } "a = a fresh cell that holds a's value";
    CellGet { a: Def, b: Use } "a = what cell b holds";
    CellSet { x: Last, a: Use, b: Use } "cell a holds b";
    CaptureGet { a: Def, bc: Capture } "a = what the capture holds; a capture that is no cell is the value itself";
    CaptureSet { x: Last, a: Use, bc: Capture } "the captured cell holds a";
    CaptureCell { a: Def, bc: Capture } "a = the captured cell itself, as the root of an update";
    CheckInit { a: Use, bc: Constant } "error `name` with the name in the constant if a is the mark of `Uninit`";

    // Operators (§3, §4).
    Add { a: Def, b: Use, c: Use } "a = b + c";
    Sub { a: Def, b: Use, c: Use } "a = b - c";
    Mul { a: Def, b: Use, c: Use } "a = b * c";
    Div { a: Def, b: Use, c: Use } "a = b / c";
    Rem { a: Def, b: Use, c: Use } "a = b % c";
    Pow { a: Def, b: Use, c: Use } "a = b ** c";
    AddK { x: Immediate, a: Def, b: Use, c: Constant } "a = b + constant; with x 1, a = constant + b";
    SubK { a: Def, b: Use, c: Constant } "a = b - constant";
    MulK { x: Immediate, a: Def, b: Use, c: Constant } "a = b * constant; with x 1, a = constant * b";
    DivK { a: Def, b: Use, c: Constant } "a = b / constant";
    RemK { a: Def, b: Use, c: Constant } "a = b % constant";
    ConfAdd { a: Def, b: Use, c: Use } "a = b ~+ c";
    ConfSub { a: Def, b: Use, c: Use } "a = b ~- c";
    ConfMul { a: Def, b: Use, c: Use } "a = b ~* c";
    ConfDiv { a: Def, b: Use, c: Use } "a = b ~/ c";
    Lt { a: Def, b: Use, c: Use } "a = b < c";
    Le { a: Def, b: Use, c: Use } "a = b <= c";
    Gt { a: Def, b: Use, c: Use } "a = b > c";
    Ge { a: Def, b: Use, c: Use } "a = b >= c";
    ConfLt { a: Def, b: Use, c: Use } "a = b ~< c";
    ConfLe { a: Def, b: Use, c: Use } "a = b ~<= c";
    ConfGe { a: Def, b: Use, c: Use } "a = b ~>= c";
    Eq { a: Def, b: Use, c: Use } "a = b == c";
    Ne { a: Def, b: Use, c: Use } "a = b != c";
    StrictEq { a: Def, b: Use, c: Use } "a = b === c";
    StrictNe { a: Def, b: Use, c: Use } "a = b !== c";
    ConfEq { a: Def, b: Use, c: Use } "a = b ~== c";
    ConfNe { a: Def, b: Use, c: Use } "a = b ~!= c";
    In { a: Def, b: Use, c: Use } "a = b in c";
    InstanceOf { a: Def, b: Use, c: Use } "a = whether b's kind is named by c; does not wait";
    IsKind { a: Def, b: Use, c: Immediate } "a = whether b is of a kind whose bit is set in c; does not wait";
    ConfAnd { a: Def, b: Use, c: Use } "a = b ~&& c, both already evaluated";
    ConfOr { a: Def, b: Use, c: Use } "a = b ~|| c, both already evaluated";
    Chain { a: Def, b: Use, c: Use } "a = b ~~ c";
    Surer { a: Def, b: Use, c: Use } "a = b ~||> c";
    Attach { a: Def, b: Use, c: Use } "a = b ~> c";
    Gate { a: Def, b: Use, c: Use } "a = b ~?> c; c is a threshold or a pair of threshold and default";
    ThresholdGate { a: Def, b: Use, c: Use } "a = b ~@> c where c is a number the compiler knows";
    GateShut { a: Def, b: Use } "a = what a shut `~@> action` gives of b: half as sure, plain null of null";
    Times { a: Def, b: Use, c: Use } "a = b with the product of b's and c's confidence, always confident (`~?:`)";
    PipeResult { a: Def, b: Use, c: Use } "a = b, with c's confidence where b has none (`~|>`)";
    Neg { a: Def, b: Use } "a = -b";
    Plus { a: Def, b: Use } "a = +b";
    Not { a: Def, b: Use } "a = !b";
    ConfidenceOf { a: Def, b: Use } "a = <~ b";
    TypeOf { a: Def, b: Use } "a = typeof b; does not wait";
    Await { a: Def, b: Use } "a = what task b gives, b itself if it is none";
    Level { x: Count, a: Def, b: Window 1 } "a = 2, 1 or 0: high, medium or low of b's confidence by the thresholds b+1 and b+2; x is 2";
    DefaultLevel { a: Def, b: Use } "a = 2, 1 or 0 by the thresholds 0.7 and 0.5";

    // Jumps. Conditions wait for tasks.
    Jump { bc: Jump } "goes on at bc";
    Loop { bc: Jump } "goes back to bc; takes a step of fuel";
    JumpIfTrue { x: Last, a: Use, bc: Jump } "jumps if a is truthy";
    JumpIfFalse { x: Last, a: Use, bc: Jump } "jumps if a is falsy";
    JumpIfNull { a: Use, bc: Jump } "jumps if a is null";
    JumpIfNotNull { a: Use, bc: Jump } "jumps if a is not null";
    JumpIfSure { a: Use, bc: Jump } "jumps if a is not null and its confidence reaches the threshold of `~??`";
    JumpIfOpen { a: Use, bc: Jump } "jumps if a is not null and its confidence opens `~@> action`";
    JumpIfGiven { a: Use, bc: Jump } "jumps if parameter a was given an argument";
    JumpIfInt { x: Immediate, a: Use, bc: Jump } "jumps if a is the number x: levels, ways out of `finally`";

    // Tests: a jump stands behind, which is skipped unless the test turns out as x says. Operands wait for tasks.
    TestLt { x: Immediate, a: Use, b: Use } "goes on at the next if (a < b) == (x != 0), else after it";
    TestLe { x: Immediate, a: Use, b: Use } "likewise with a <= b";
    TestGt { x: Immediate, a: Use, b: Use } "likewise with a > b";
    TestGe { x: Immediate, a: Use, b: Use } "likewise with a >= b";
    TestEq { x: Immediate, a: Use, b: Use } "likewise with a == b";
    TestSame { x: Immediate, a: Use, b: Use } "likewise with a === b";
    TestLtK { x: Immediate, a: Use, bc: Constant } "goes on at the next if (a < constant) == (x != 0), else after it";
    TestLeK { x: Immediate, a: Use, bc: Constant } "likewise with a <= constant";
    TestGtK { x: Immediate, a: Use, bc: Constant } "likewise with a > constant";
    TestGeK { x: Immediate, a: Use, bc: Constant } "likewise with a >= constant";
    TestEqK { x: Immediate, a: Use, bc: Constant } "likewise with a == constant";
    TestSameK { x: Immediate, a: Use, bc: Constant } "likewise with a === constant";

    // The end of a turn: a `Loop` stands behind, which says where a next turn begins.
    CountLt { a: Mod, bc: Constant } "a = a + constant; a `LoopLt` of a stands behind";
    CountLe { a: Mod, bc: Constant } "likewise before `LoopLe`";
    CountLtK { a: Mod, bc: Constant } "likewise before `LoopLtK`";
    CountLeK { a: Mod, bc: Constant } "likewise before `LoopLeK`";
    LoopLt { a: Use, b: Use } "takes a step of fuel; goes where the `Loop` behind leads if a < b, else on after it";
    LoopLe { a: Use, b: Use } "likewise with a <= b";
    LoopGt { a: Use, b: Use } "likewise with a > b";
    LoopGe { a: Use, b: Use } "likewise with a >= b";
    LoopLtK { a: Use, bc: Constant } "likewise with a < constant";
    LoopLeK { a: Use, bc: Constant } "likewise with a <= constant";
    LoopGtK { a: Use, bc: Constant } "likewise with a > constant";
    LoopGeK { a: Use, bc: Constant } "likewise with a >= constant";

    // Members, literals, updates (STDLIB L2).
    GetField { a: Def, b: Use, c: Name } "a = b.name";
    GetIndex { a: Def, b: Use, c: Use } "a = b[c]";
    SetField { x: Last, a: Mod, b: Use, c: Name } "a.name = b; a may be a cell";
    SetIndex { x: Last, a: Mod, b: Use, c: Use } "a[b] = c; a may be a cell";
    GetPath { a: Def, bc: Path } "a = the part at the path, with its own confidence only";
    SetPath { x: Last, a: Use, bc: Path } "the part at the path = a";
    Mutate { x: Count, a: Def, b: Window 0, c: Mutation } "a = the mutation's result; the window holds steps, then arguments";
    Push { x: Last, a: Use, b: Use } "array a, or that in cell a, gets element b, as by `push`";
    IsArray { a: Def, b: Use } "a = whether b is an array";
    NewArray { x: Count, a: Def, b: Window 0 } "a = an array of the window";
    ArrayPush { x: Last, a: Mod, b: Use } "array a gets element b";
    ArraySpread { a: Mod, b: Use } "array a gets the elements of b";
    NewObject { x: Count, a: Def, b: Window 0, c: Keys } "a = an object of these distinct keys and the window's values";
    ObjectSet { x: Last, a: Mod, b: Use, c: Name } "object a gets member b";
    ObjectSpread { a: Mod, b: Use } "object a gets the members of b";
    Concat { x: Count, a: Def, b: Window 0 } "a = the displays of the window joined, plain";

    // Going through collections.
    IterInit { a: Iterator, b: Use } "readies going through b: an array, an object's keys, a string's characters";
    IterNext { a: Iterator, bc: Jump } "a+2 = the next item, a+3 = its position; jumps when there is none";

    IterTurn { a: Iterator } "takes a step of fuel; goes where the `Loop` behind leads with the next item, as `IterNext` gives it, else on after it";

    // Taking values apart (§7).
    CheckArray { a: Use } "error unless a is an array";
    CheckObject { a: Use } "error unless a is an object or an error value";
    TestArray { x: Immediate, a: Def, b: Use, c: Immediate } "a = whether b is an array of c elements (x 0) or at least c (x 1)";
    TestObject { x: Immediate, a: Def, b: Use } "a = whether b is an object; with x 1 an error value counts";
    HasIndex { a: Def, b: Use, c: Immediate } "a = whether array b has element c";
    HasKey { a: Def, b: Use, c: Name } "a = whether b has the member, null or not";
    GetElement { a: Def, b: Use, c: Immediate } "a = element c of array b";
    ArrayRest { a: Def, b: Use, c: Immediate } "a = a plain array of b's elements from c on, each with b's confidence by product";
    ObjectRest { a: Def, b: Use, c: Keys } "a = a plain object of b's members other than these, likewise";
    RestAbove { a: Def, b: Use, c: Use } "a = those parts of the rest b that reach threshold c";
    Meets { a: Def, b: Use, c: Use } "a = whether b's confidence reaches threshold c; error `range` if c is none";

    // Calls. The result takes the callee's confidence by product.
    Call { x: Count, a: Def, b: Window 1 } "a = b(b+1, …)";
    CallSpread { a: Def, b: Use, c: Use } "a = b(...c)";
    CallMethod { x: Count, a: Def, b: Window 1, c: Name } "a = b.name(b+1, …)";
    CallMethodSpread { x: Count, a: Def, b: Window 1, c: Name } "a = b.name(...b+1); x is 1";
    CallLibrary { x: Count, a: Def, b: Window 0, c: Library } "a = the library function of the window";
    CallLibrarySpread { a: Def, b: Use, c: Library } "a = the library function of array b's elements";
    Offer { x: Count, a: Def, b: Window 1, c: Immediate } "a = b(b+1, …) with as many of these as b takes; c if that is a library function";
    Return { a: Use } "ends the function with a";
    Throw { a: Use } "raises a (§8)";

    // Agents and tasks (§9).
    Dispatch { x: Count, a: Def, b: Window 1, c: Name } "a = a task: agent b is asked the task of that name with b+1, …";
    DispatchSpread { x: Count, a: Def, b: Window 1, c: Name } "a = a task: agent b is asked the task of that name with …b+1; x is 1";
    Parallel { x: Count, a: Def, b: Window 1 } "a = the answers of agents b to function b+1 with timeout b+2 and min_results b+3; x is 3";
    Race { x: Count, a: Def, b: Window 1 } "a = the first answer of agents b to function b+1 with timeout b+2 that function b+3 accepts; x is 3";
    Branches { x: Count, a: Def, b: Window 0, c: Keys } "a = an object of what the window's functions give, run side by side";
    EnterContext { a: Def, bc: Constant } "dispatches are labelled with the constant; a = the label before";
    LeaveContext { a: Use } "dispatches are labelled with a again";
    Warn { a: Use } "adds the display of a to the result's warnings";
    Annotate { a: Use } "adds the members of a to the result's metadata";
}

impl Op {
    /// Whether control never goes on to the next instruction.
    pub fn ends_block(self) -> bool {
        matches!(self, Op::Jump | Op::Loop | Op::Return | Op::Throw)
    }

    /// The instruction that has to stand behind this one, which reads where that leads.
    pub fn follower(self) -> Option<Op> {
        use Op::{
            CountLe, CountLeK, CountLt, CountLtK, IterTurn, LoopGe, LoopGeK, LoopGt, LoopGtK, LoopLe, LoopLeK, LoopLt,
            LoopLtK, TestEq, TestEqK, TestGe, TestGeK, TestGt, TestGtK, TestLe, TestLeK, TestLt, TestLtK, TestSame,
            TestSameK,
        };
        match self {
            TestLt | TestLe | TestGt | TestGe | TestEq | TestSame | TestLtK | TestLeK | TestGtK | TestGeK | TestEqK
            | TestSameK => Some(Op::Jump),
            CountLt => Some(LoopLt),
            CountLe => Some(LoopLe),
            CountLtK => Some(LoopLtK),
            CountLeK => Some(LoopLeK),
            IterTurn | LoopLt | LoopLe | LoopGt | LoopGe | LoopLtK | LoopLeK | LoopGtK | LoopGeK => Some(Op::Loop),
            _ => None,
        }
    }

    /// What [`Operand::Count`] must be, where the instruction leaves no choice.
    pub fn fixed_count(self) -> Option<u8> {
        match self {
            Op::Level => Some(2),
            Op::Parallel | Op::Race => Some(3),
            Op::CallMethodSpread | Op::DispatchSpread => Some(1),
            _ => None,
        }
    }
}
