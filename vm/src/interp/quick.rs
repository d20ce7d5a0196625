//! Instructions as the interpreter runs them: a program's own, or, of functions that run more than once, the same in the
//! same places, where those of which more is known have a *way* of their own ([`super::quicken`]).
//!
//! A way's number is that of its instruction where nothing more is known; behind those come the others. All else is as in
//! the program, so any place can be gone on from by the general way, which reads the program's own instructions.

#[cfg(feature = "jit")]
use crate::value::Value;
use prism_bytecode::Instr;
#[cfg(threaded)]
use prism_bytecode::Op;

/// An instruction with the number of its way.
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub(crate) struct Quick {
    pub(crate) way: u8,
    pub(crate) x: u8,
    pub(crate) a: u16,
    pub(crate) b: u16,
    pub(crate) c: u16,
}

// A program's instructions are read as quick ones.
const _: () = assert!(size_of::<Quick>() == size_of::<Instr>() && align_of::<Quick>() == align_of::<Instr>());
const _: () = assert!(std::mem::offset_of!(Instr, op) == std::mem::offset_of!(Quick, way));
const _: () = assert!(std::mem::offset_of!(Instr, x) == std::mem::offset_of!(Quick, x));
const _: () = assert!(std::mem::offset_of!(Instr, a) == std::mem::offset_of!(Quick, a));
const _: () = assert!(std::mem::offset_of!(Instr, b) == std::mem::offset_of!(Quick, b));
const _: () = assert!(std::mem::offset_of!(Instr, c) == std::mem::offset_of!(Quick, c));

impl Quick {
    /// The last two operands as one.
    #[inline]
    pub(crate) fn bc(self) -> u32 {
        u32::from(self.b) | u32::from(self.c) << 16
    }
}

impl From<Instr> for Quick {
    fn from(Instr { op, x, a, b, c }: Instr) -> Quick {
        Quick { way: op as u8, x, a, b, c }
    }
}

/// A quickened function.
#[derive(Default)]
pub(crate) struct Quickened {
    /// Its instructions with their ways.
    pub(crate) code: Box<[Quick]>,
    /// The registers that hold no handle before each instruction, a bit each.
    #[cfg(feature = "jit")]
    pub(super) free: Box<[u64]>,
}

impl Quickened {
    /// Takes handles out of registers of a frame that compiled code leaves at `pc`, as the interpreter would have.
    #[cfg(feature = "jit")]
    pub(crate) fn tidy(&self, pc: usize, registers: &mut [Value]) {
        let Some(free) = self.free.get(pc) else { return };
        for (register, value) in registers.iter_mut().take(u64::BITS as usize).enumerate() {
            if value.is_handle() && free >> register & 1 == 1 {
                *value = Value::NULL;
            }
        }
    }
}

/// What is known of an instruction beyond what it says.
pub(crate) type Known = u8;

/// Nothing.
pub(crate) const NOTHING: Known = 0;
/// The register that it writes holds no handle; of an iterator, the position and the next one; of a call, those above
/// its window.
pub(crate) const FREE: Known = 1;
/// Its operands are plain numbers, and the register that it writes holds no handle.
pub(crate) const NUMBERS: Known = 2;
/// As [`FREE`], and its constant is a whole number, which stands in the constant's place.
pub(crate) const WHOLE: Known = 3;
/// What it gives is the operand of a `GetField` behind it that writes the same register, or the index of such a `GetIndex`.
pub(crate) const MEMBER: Known = 4;
/// Its path is an element's member, or what it gives is the position in such a path of the `GetPath` behind it.
pub(crate) const PATH: Known = 5;
/// It is one of `x` that move arguments into the window of the `Offer` behind them.
pub(crate) const EXTRA: Known = 6;
/// It is the first of `x` that move a callee and all arguments into the window of the `Offer` behind them.
pub(crate) const CALLBACK: Known = 7;
#[cfg(threaded)]
const KINDS: usize = 8;

/// Hands the table of the ways to a macro: the instructions that have a short way, then, by what is known, those that have
/// another one then.
#[cfg(threaded)]
macro_rules! ways {
    ($make:ident) => {
        $make! {
            NOTHING:
                Null Bool Int Const Move LoadSelf CellGet CellSet CaptureGet CaptureSet CheckInit
                Add Sub Mul Div Rem AddK SubK MulK DivK RemK ConfAdd ConfSub ConfMul ConfidenceOf Attach Surer Neg Not
                Lt Le Gt Ge Eq StrictEq Ne StrictNe
                TestLt TestLe TestGt TestGe TestEq TestSame TestLtK TestLeK TestGtK TestGeK TestEqK TestSameK
                LoopLt LoopLe LoopGt LoopGe LoopLtK LoopLeK LoopGtK LoopGeK CountLt CountLe CountLtK CountLeK
                Jump Loop JumpIfTrue JumpIfFalse JumpIfNull JumpIfNotNull JumpIfGiven JumpIfInt
                GetField GetIndex SetField SetIndex GetPath SetPath IterNext IsKind Await IsArray Push CallLibrary Call
                Offer Return IterTurn;
            FREE:
                Bool Int Const Move LoadSelf CellGet CaptureGet GetField GetIndex GetPath Not
                Lt Le Gt Ge Eq StrictEq Ne StrictNe
                Add Sub Mul Div Rem AddK SubK MulK DivK RemK
                Loop IterTurn Call Offer;
            NUMBERS:
                Add Sub Mul Div Rem AddK SubK MulK DivK RemK
                TestLt TestLe TestGt TestGe TestEq TestSame TestLtK TestLeK TestGtK TestGeK TestEqK TestSameK
                LoopLt LoopLe LoopGt LoopGe LoopLtK LoopLeK LoopGtK LoopGeK CountLt CountLe CountLtK CountLeK;
            WHOLE: RemK;
            MEMBER: GetIndex CellGet;
            PATH: GetPath SetPath CellGet;
            EXTRA: Move;
            CALLBACK: Move;
        }
    };
}
#[cfg(threaded)]
pub(super) use ways;

#[cfg(threaded)]
macro_rules! number {
    ($($known:ident: $($op:ident)*;)*) => {
        const fn numbered() -> [[u8; Op::ALL.len()]; KINDS] {
            let mut numbers = [[u8::MAX; Op::ALL.len()]; KINDS];
            let mut next = Op::ALL.len();
            let mut op = 0;
            while op < Op::ALL.len() {
                let mut known = 0;
                while known < KINDS {
                    numbers[known][op] = op as u8;
                    known += 1;
                }
                op += 1;
            }
            $($(
                if $known != NOTHING {
                    numbers[$known as usize][Op::$op as usize] = next as u8;
                    next += 1;
                }
            )*)*
            assert!(next <= 256);
            numbers
        }
    };
}
#[cfg(threaded)]
ways!(number);

#[cfg(threaded)]
static NUMBERS_OF_WAYS: [[u8; Op::ALL.len()]; KINDS] = numbered();

/// The way of an instruction where that is known; the instruction's own if it has no other.
#[cfg(threaded)]
pub(crate) const fn way(op: Op, known: Known) -> u8 {
    NUMBERS_OF_WAYS[known as usize][op as usize]
}
