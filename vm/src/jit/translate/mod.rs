//! Bytecode to Cranelift's code, one function (with what is inlined into it) or one loop at a time.
//!
//! Instructions are gone through once, in order, with a [`State`] for what is known of each register. Jumps go forward
//! but for loops, so all paths to an instruction are known when it is reached; what a loop brings back must fit what its
//! head was taken to be, else the head is widened and everything is done anew ([`Failure::Again`]).
//!
//! What is not known is **assumed**: that operands are plain numbers, that an object has the shape seen before, that a
//! call goes where it went. A [guard](Translator::guard) compares and *exits* if it is not so: the registers that are
//! read later are written to their homes, and the interpreter does the same instruction. So a guard stands before all
//! effects of its instruction. What an exit teaches is in [`Seen`](super::profile::Seen) when the function is compiled
//! anew.

mod blocks;
mod calls;
mod conditions;
mod emit;
mod ends;
mod entry;
mod homes;
mod instruction;
mod loops;
mod memo;
mod numbers;
mod parts;
mod sure;
mod versions;

use super::context::{Entry, Site};
use super::flow::Flow;
use super::layout::Layout;
use super::profile::Profile;
use super::state::{Kind, Left, State};
use crate::machine::{Loaded, Machine};
use crate::value::Value as Datum;
use blocks::Edge;
pub(super) use calls::MOST_INLINED;
use cranelift_codegen::ir::{AliasRegion, Block, FuncRef, Signature, Type, Value, types};
use cranelift_codegen::isa::{CallConv, TargetFrontendConfig};
use cranelift_frontend::FunctionBuilder;
pub(super) use emit::Region;
use foldhash::{HashMap, HashSet};
pub(super) use instruction::whole_constant;
pub(super) use loops::{COLD, Taken};
use loops::{Head, Peel};
use memo::Memo;
use std::collections::BTreeMap;
use std::rc::Rc;
pub(super) use versions::Versions;

/// Functions with more instructions are left to the interpreter, since compiling takes longer than linear time.
const MOST_INSTRUCTIONS: usize = 1_500;
/// So are those with more registers.
const MOST_REGISTERS: usize = 400;
/// Code is made where the machine does less than one of so many instructions.
const LEAST_SHARE: usize = 12;
/// Arguments beyond this many are passed in their slots.
pub(super) const MOST_NUMBERS: usize = 6;
/// Stubs that stand aside take so many arguments at most.
pub(super) const MOST_ASIDE: usize = 4;

/// Why a translation came to nothing.
pub(super) enum Failure {
    /// It must be done anew: a loop's head was taken for too little.
    Again,
    /// The machine would do most of it: the interpreter does that faster.
    Pointless,
}

/// What is compiled.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Part {
    /// The function from its first instruction: called.
    Function,
    /// The function from a loop's head on: entered while the interpreter runs the loop.
    Loop(u32),
}

/// What a register was seen to be when compiling began.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Observed {
    Num,
    Int,
    Conf,
    ConfInt,
    Bool,
    /// Something that is not counted.
    Uncounted,
    /// A text.
    Text,
    /// Another handle that nobody can tell from none, where it is not read again.
    Idle,
    Anything,
}

/// All that translating reads.
pub(super) struct Source<'a> {
    pub(super) machine: &'a Machine,
    pub(super) layout: Layout,
    pub(super) profile: &'a Profile,
    pub(super) number: u32,
    pub(super) part: Part,
    /// By register.
    pub(super) observed: &'a [Observed],
    /// The registers themselves, as a source of guesses.
    pub(super) registers: &'a [Datum],
    /// The running closure.
    pub(super) closure: Option<Datum>,
    /// The compiled functions.
    pub(super) entries: &'a [Entry],
    /// Whether confidences of arithmetic are the lower of both.
    pub(super) lower: bool,
    /// Whether the interpreter has run it often, so that what it has not seen is rare.
    pub(super) is_warm: bool,
    /// Whether it is a function whose loops have hardly turned.
    pub(super) has_cold_loops: bool,
    /// The parameters that are passed as numbers, a bit each.
    pub(super) in_registers: u64,
    pub(super) frontend: TargetFrontendConfig,
    /// The code through which stubs are called that stand aside.
    pub(super) aside: *const u8,
}

impl Source<'_> {
    /// Whether the function is small enough.
    pub(super) fn fits(function: &Loaded) -> bool {
        function.compiled().code.len() <= MOST_INSTRUCTIONS && function.registers as usize <= MOST_REGISTERS
    }

    /// The parameters that can be passed as numbers, a bit each.
    pub(super) fn passed_numbers(&self) -> u64 {
        if self.part != Part::Function {
            return 0;
        }
        let params = self.machine.functions[self.number as usize].params.registers() as usize;
        let numbers = (0..params.min(64)).filter(|at| self.observed.get(*at) == Some(&Observed::Num));
        numbers.take(MOST_NUMBERS).fold(0, |mask, at| mask | 1 << at)
    }
}

/// The signature of compiled code: context, offset of the first register, closure, calls that may be nested, numbers.
pub(super) fn signature(call_conv: CallConv, numbers: u32) -> Signature {
    let mut signature = Signature::new(call_conv);
    let fixed = [types::I64; 4];
    let all = fixed.into_iter().chain((0..numbers).map(|_| types::F64));
    signature.params = all.map(cranelift_codegen::ir::AbiParam::new).collect();
    let results: [Type; 3] = [types::I64, types::I64, types::F64];
    signature.returns = results.map(cranelift_codegen::ir::AbiParam::new).to_vec();
    signature
}

/// The signature of the code through which stubs are called [aside](Translator::call_aside): stub, arguments.
pub(super) fn aside_signature(arguments: usize) -> Signature {
    let mut signature = Signature::new(CallConv::PreserveAll);
    signature.params = vec![cranelift_codegen::ir::AbiParam::new(types::I64); 1 + arguments];
    signature
}

/// A function under translation: the compiled one, or one that is inlined into it.
struct Frame<'a> {
    function: &'a Loaded,
    number: u32,
    flow: Rc<Flow>,
    /// The instructions that loops go back to.
    heads: Rc<HashSet<usize>>,
    /// Its first register, seen from the compiled function's.
    first: usize,
    /// The address of its closure.
    closure: Value,
    /// The closure that it was seen to have.
    seen_closure: Option<Datum>,
    pc: usize,
    pending: BTreeMap<usize, Vec<Edge>>,
    /// Of an inlined one: where it ends, …
    returns: Vec<Edge>,
    /// … the caller's register for its value, …
    result: usize,
    /// … and how many registers there are without it.
    outer: usize,
}

impl Frame<'_> {
    /// Whether a handler reads one of its registers if the call that it is at raises: also the one that the call's value
    /// would go to.
    fn is_caught(&self, own: usize) -> bool {
        self.flow.is_caught(self.function.compiled(), self.pc, own)
    }
}

/// An exit that is still to be written.
struct Exit {
    block: Block,
    tail: Block,
    site: u64,
}

/// What exits have in common that come from where the same registers are away from home: it writes them there.
struct Tail {
    block: Block,
    needed: Vec<(usize, Kind)>,
    left: Left,
}

/// A translation under way.
pub(super) struct Translator<'a, 'b> {
    source: &'a Source<'a>,
    b: FunctionBuilder<'b>,
    sites: &'a mut Vec<Site>,
    /// What the heads of loops are taken to be; kept when everything is done anew.
    taken: &'a mut HashMap<usize, Taken>,
    /// Shapes that the code compares with, which must stay alive as long as it.
    keeps: &'a mut Vec<Rc<crate::value::Shape>>,
    heads: HashMap<usize, Head>,
    frames: Vec<Frame<'a>>,
    state: State,
    context: Value,
    offset: Value,
    depth: Value,
    exits: Vec<Exit>,
    /// Where all exits end.
    way_out: Block,
    tails: Vec<Tail>,
    memo: Memo,
    /// The words of registers at home that never change.
    fixed: Vec<Option<(Value, Value)>>,
    /// The exit of the instruction at hand, as long as the state is what it was there.
    exit_here: Option<(Block, bool)>,
    /// Whole numbers that are constants.
    constants: HashMap<Value, f64>,
    /// Closures that were seen where functions may be called.
    known: Vec<Datum>,
    /// The compiled function itself.
    own_body: FuncRef,
    /// Whether it gives plain numbers only, as far as is known; kept when everything is done anew.
    numeric: &'a mut bool,
    /// Whether that was relied upon.
    took_own_for_number: bool,
    /// Instructions of functions that were inlined.
    inlined: usize,
    again: bool,
    /// The instructions that count most: those of the loop, or all.
    core: std::ops::RangeInclusive<usize>,
    /// How many of these there are, …
    counted: usize,
    /// … and how many the machine does.
    general: usize,
    regions: Vec<AliasRegion>,
    /// How many registers there are with those of all that is inlined, …
    registers: usize,
    /// … and the word that says how many bytes these take.
    room: Value,
    /// The register that the turn at hand has counted, without a look at how far.
    counting: Option<usize>,
    /// What was loaded.
    loads: Vec<Value>,
    /// The registers whose cells are no other variable's.
    own_cells: Vec<bool>,
    /// The loop whose first turn is translated.
    peel: Option<Peel>,
}

impl<'a> Translator<'a, '_> {
    /// Whether the instruction at hand is one of those that count most.
    fn is_in_core(&self) -> bool {
        self.frames.len() == 1 && self.core.contains(&self.frame().pc)
    }

    /// Whether so much is left to the machine that the interpreter is faster.
    fn is_pointless(&self) -> bool {
        self.source.is_warm && self.general * LEAST_SHARE > self.counted
    }

    fn frame(&self) -> &Frame<'a> {
        &self.frames[self.frames.len() - 1]
    }

    fn frame_mut(&mut self) -> &mut Frame<'a> {
        let last = self.frames.len() - 1;
        &mut self.frames[last]
    }

    /// A register of the innermost function, seen from the compiled one.
    fn reg(&self, register: u16) -> usize {
        self.frame().first + register as usize
    }

    fn layout(&self) -> Layout {
        self.source.layout
    }

    fn machine(&self) -> &'a Machine {
        self.source.machine
    }
}
