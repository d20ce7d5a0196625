//! What the code has already computed, loaded and compared on the way to where it is.
//!
//! Cranelift finds equal values too, but later, and a comparison that is made again stays a branch. What was found holds
//! in the *scope* in which it was found and in those below: scopes are a tree, and a block's scope lies below that of the
//! block through which all ways to it lead. What was loaded holds, too, until the same memory may have changed: each
//! change gives the memory a new [version](Versions), and a load is kept with the version that it read.

use super::super::state::Place;
use super::Translator;
use super::emit::Region;
use super::homes::SLOT;
use super::versions::{Clock, Spot, Variable};
use cranelift_codegen::ir::condcodes::{CondCode, FloatCC, IntCC};
use cranelift_codegen::ir::{Block, InstBuilder, InstructionData, MemFlagsData, Opcode, Type, Value, types};
use foldhash::fast::FixedState;
use prism_bytecode::Op;
use std::collections::{HashMap, HashSet};

/// The bytes of half a word, and so where the upper one is.
pub(super) const HALF: i32 = 4;

/// What was found: computations without effects, loads, and comparisons that hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Found {
    Compare(IntCC, Value, Value),
    CompareWord(IntCC, Value, u64),
    CompareFloats(FloatCC, Value, Value),
    Address(Value),
    Tag(Value),
    Float(Value),
    Bits(Value),
    AsFloat(Value),
    /// The payload is a number.
    Number(Value),
    /// The confidence is that of a plain value.
    Plain(Value),
    Cut(Value),
    Element(Value, Value),
    /// The address of the first register on the stack that begins there.
    First(Value),
    /// The offset of a register on the stack.
    Slot(usize),
    Word(u64),
    Double(u64),
    /// A double as the first operand of an instruction.
    FirstOperand(u64),
    Loaded {
        region: Region,
        version: u32,
        ty: Type,
        at: Value,
        offset: i32,
    },
    /// The condition holds.
    Proven(Value),
    /// There is a number in that place, of that version.
    NumberAt {
        region: Region,
        version: u32,
        at: Value,
        offset: i32,
    },
    /// The whole number is not negative.
    Natural(Value),
    /// The first confidence is not above the second.
    AtMost(Value, Value),
    /// The result of two whole numbers, which is whole too.
    Whole(Op, Value, Value),
}

/// A part of the code that is come to by one way only, by its number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Scope(u32);

impl Scope {
    /// Above all code: nothing is found there.
    pub(super) const OUTSIDE: Scope = Scope(0);
}

/// See the module.
#[derive(Default)]
pub(super) struct Memo {
    found: HashMap<Found, Vec<(Scope, Value)>, FixedState>,
    /// By scope: the one above it, and how many there are above.
    scopes: Vec<(Scope, usize)>,
    /// By scope: what was found there to be true.
    facts: Vec<Vec<Found>>,
    /// The comparisons that conditions are.
    comparisons: HashMap<Value, Found, FixedState>,
    /// The variables whose cells are at these addresses.
    cells: HashMap<Value, Variable, FixedState>,
    /// The scopes from outside to the one at hand.
    path: Vec<Scope>,
    /// Scopes to go back to when code that stands aside is over.
    asides: Vec<Scope>,
    pub(super) clock: Clock,
}

impl Memo {
    /// Knowing nothing, in the scope of what all code comes through.
    pub(super) fn new() -> Memo {
        let mut memo = Memo {
            scopes: vec![(Scope::OUTSIDE, 0)],
            facts: vec![Vec::new()],
            path: vec![Scope::OUTSIDE],
            ..Memo::default()
        };
        memo.open(Scope::OUTSIDE);
        memo
    }

    fn depth(&self, scope: Scope) -> usize {
        self.scopes[scope.0 as usize].1
    }

    fn above(&self, scope: Scope) -> Scope {
        self.scopes[scope.0 as usize].0
    }

    /// The scope at hand.
    pub(super) fn scope(&self) -> Scope {
        self.path.last().copied().unwrap_or(Scope::OUTSIDE)
    }

    /// Goes on in another scope.
    fn go_to(&mut self, scope: Scope) {
        let depth = self.depth(scope);
        self.path.resize(depth + 1, Scope::OUTSIDE);
        let mut own = scope;
        for at in (0..=depth).rev() {
            if self.path[at] == own && at < depth {
                break;
            }
            self.path[at] = own;
            own = self.above(own);
        }
    }

    /// Begins a scope below another one.
    pub(super) fn open(&mut self, above: Scope) {
        let scope = Scope(self.scopes.len() as u32);
        self.scopes.push((above, self.depth(above) + 1));
        self.facts.push(Vec::new());
        self.go_to(scope);
    }

    /// The innermost scope above or at both.
    pub(super) fn common(&self, mut a: Scope, mut b: Scope) -> Scope {
        while a != b {
            if self.depth(a) >= self.depth(b) {
                a = self.above(a);
            } else {
                b = self.above(b);
            }
        }
        a
    }

    fn get(&self, what: &Found) -> Option<Value> {
        let found = self.found.get(what)?;
        let holds = |scope: Scope| self.path.get(self.depth(scope)) == Some(&scope);
        found.iter().rev().find(|(scope, _)| holds(*scope)).map(|(_, value)| *value)
    }

    /// Whether something was found in a scope or above it.
    fn holds_in(&self, scope: Scope, what: &Found) -> bool {
        let Some(found) = self.found.get(what) else { return false };
        let mut scopes =
            std::iter::successors(Some(scope), |scope| (*scope != Scope::OUTSIDE).then(|| self.above(*scope)));
        scopes.any(|scope| found.iter().any(|(own, _)| *own == scope))
    }

    fn note(&mut self, what: Found, value: Value) {
        let scope = self.scope();
        self.found.entry(what).or_default().push((scope, value));
        let fact = match what {
            Found::Compare(..) | Found::CompareWord(..) | Found::CompareFloats(..) => {
                self.comparisons.insert(value, what);
                return;
            }
            Found::Number(_) | Found::NumberAt { .. } | Found::Plain(_) | Found::Natural(_) => what,
            Found::Proven(condition) => match self.comparisons.get(&condition) {
                Some(comparison) => *comparison,
                None => return,
            },
            _ => return,
        };
        self.facts[scope.0 as usize].push(fact);
    }

    /// What was found to be true on all of some ways, below the scope where they part.
    pub(super) fn common_facts(&self, ways: impl ExactSizeIterator<Item = Scope>, above: Scope) -> Vec<Found> {
        if ways.len() < 2 {
            return Vec::new();
        }
        let facts = |way: Scope| {
            let scopes = std::iter::successors(Some(way), |scope| Some(self.above(*scope)));
            scopes.take_while(move |scope| *scope != above).flat_map(|scope| &self.facts[scope.0 as usize]).copied()
        };
        let mut common: Option<Vec<Found>> = None;
        for way in ways {
            let own = facts(way);
            common = Some(match common {
                None => own.collect(),
                Some(before) if before.is_empty() => return before,
                Some(mut before) => {
                    let own: HashSet<Found, FixedState> = own.collect();
                    before.retain(|fact| own.contains(fact));
                    before
                }
            });
        }
        common.unwrap_or_default()
    }
}

impl Translator<'_, '_> {
    /// Begins a block that not all of what follows comes through.
    pub(super) fn aside(&mut self, block: Block) {
        self.b.switch_to_block(block);
        let scope = self.memo.scope();
        self.memo.asides.push(scope);
        self.memo.open(scope);
    }

    /// Goes on where all ways come through.
    pub(super) fn rejoin(&mut self, block: Block) {
        self.b.switch_to_block(block);
        if let Some(scope) = self.memo.asides.pop() {
            // What is found from here on is not found in what stood aside.
            self.memo.open(scope);
        }
    }

    /// Something else may have changed memory.
    pub(super) fn forget_loads(&mut self) {
        self.forget_regions(&Region::ALL);
    }

    /// Memory of these regions may have changed, if it can.
    pub(super) fn forget_regions(&mut self, regions: &[Region]) {
        self.memo.clock.touch_regions(&mut self.state.versions, regions);
    }

    fn once(&mut self, what: Found, compute: impl FnOnce(&mut Self) -> Value) -> Value {
        if let Some(known) = self.memo.get(&what) {
            return known;
        }
        let value = compute(self);
        self.memo.note(what, value);
        value
    }

    /// A word.
    pub(super) fn word(&mut self, word: u64) -> Value {
        self.once(Found::Word(word), |it| it.b.ins().iconst(types::I64, word as i64))
    }

    /// A double.
    pub(super) fn number_const(&mut self, number: f64) -> Value {
        self.once(Found::Double(number.to_bits()), |it| {
            let double = it.b.ins().f64const(number);
            // Where it is stored, it is a word: exits must not make the code before them have it in a register.
            let word = it.word(number.to_bits());
            it.memo.note(Found::Bits(double), word);
            it.know_number(word, double);
            double
        })
    }

    /// A double that is the first operand of an instruction. Those of x86 have only the second one in memory, where
    /// [`Self::number_const`] is; what is computed from a vector is loaded from there in one instruction instead of two.
    pub(super) fn first_const(&mut self, number: f64) -> Value {
        if number.to_bits() == 0 || !cfg!(target_arch = "x86_64") {
            return self.number_const(number);
        }
        self.once(Found::FirstOperand(number.to_bits()), |it| {
            let bytes: Vec<u8> = number.to_le_bytes().into_iter().chain([0; 8]).collect();
            let both = it.b.func.dfg.constants.insert(bytes.into());
            let both = it.b.ins().vconst(types::F64X2, both);
            it.b.ins().extractlane(both, 0)
        })
    }

    /// A condition on words.
    pub(super) fn is(&mut self, condition: IntCC, a: Value, b: Value) -> Value {
        self.once(Found::Compare(condition, a, b), |it| it.b.ins().icmp(condition, a, b))
    }

    /// A condition on a word of any width and a constant.
    pub(super) fn is_word(&mut self, condition: IntCC, a: Value, word: u64) -> Value {
        self.once(Found::CompareWord(condition, a, word), |it| it.b.ins().icmp_imm_u(condition, a, word as i64))
    }

    /// A condition on doubles.
    pub(super) fn is_float(&mut self, condition: FloatCC, a: Value, b: Value) -> Value {
        self.once(Found::CompareFloats(condition, a, b), |it| it.b.ins().fcmp(condition, a, b))
    }

    /// Whether a condition does not hold.
    pub(super) fn inverse(&mut self, condition: Value) -> Value {
        match self.memo.comparisons.get(&condition).copied() {
            Some(Found::Compare(own, a, b)) => self.is(own.complement(), a, b),
            Some(Found::CompareWord(own, a, word)) => self.is_word(own.complement(), a, word),
            Some(Found::CompareFloats(own, a, b)) => self.is_float(own.complement(), a, b),
            _ => self.is_word(IntCC::Equal, condition, 0),
        }
    }

    /// The address in a payload.
    pub(super) fn address(&mut self, bits: Value) -> Value {
        self.once(Found::Address(bits), |it| {
            let mask = it.word(crate::value::PAYLOAD);
            it.b.ins().band(bits, mask)
        })
    }

    /// The tag of a payload.
    pub(super) fn tag(&mut self, bits: Value) -> Value {
        self.once(Found::Tag(bits), |it| it.b.ins().ushr_imm_u(bits, 48))
    }

    /// A payload as the double that it is.
    pub(super) fn as_float(&mut self, bits: Value) -> Value {
        self.once(Found::AsFloat(bits), |it| it.b.ins().bitcast(types::F64, MemFlagsData::new(), bits))
    }

    /// A double as a payload.
    pub(super) fn as_bits(&mut self, number: Value) -> Value {
        if let Some(known) = self.memo.get(&Found::Bits(number)) {
            return known;
        }
        let bits = self.b.ins().bitcast(types::I64, MemFlagsData::new(), number);
        self.memo.note(Found::Bits(number), bits);
        self.know_number(bits, number);
        bits
    }

    /// Whether the payload is known to be a number.
    pub(super) fn is_number(&self, bits: Value) -> bool {
        self.memo.get(&Found::Number(bits)).is_some()
    }

    /// The payload is this number.
    pub(super) fn know_number(&mut self, bits: Value, number: Value) {
        self.memo.note(Found::AsFloat(bits), number);
        self.memo.note(Found::Number(bits), bits);
    }

    /// Whether the word is known to be the confidence of a plain value.
    pub(super) fn is_known_plain(&mut self, conf: Value) -> bool {
        self.plain() == conf || self.memo.get(&Found::Plain(conf)).is_some()
    }

    /// The word is the confidence of a plain value.
    pub(super) fn know_plain(&mut self, conf: Value) {
        self.memo.note(Found::Plain(conf), conf);
    }

    /// Whether the whole number is known not to be negative.
    pub(super) fn is_natural(&self, number: Value) -> bool {
        self.is_natural_in(self.memo.scope(), number)
    }

    /// The same, of a way that comes from that scope.
    pub(super) fn is_natural_in(&self, scope: Scope, number: Value) -> bool {
        let constant = self.constants.get(&number).is_some_and(|constant| *constant >= 0.0);
        constant || self.memo.holds_in(scope, &Found::Natural(number))
    }

    /// The whole number is not negative.
    pub(super) fn know_natural(&mut self, number: Value) {
        self.memo.note(Found::Natural(number), number);
    }

    /// The lower of two confidences, the first where they are equal.
    pub(super) fn lower(&mut self, a: Value, b: Value) -> Value {
        if self.memo.get(&Found::AtMost(a, b)).is_some() {
            return a;
        }
        let is_below = self.b.ins().fcmp(FloatCC::LessThan, b, a);
        let lower = self.b.ins().select(is_below, b, a);
        for other in [a, b] {
            self.memo.note(Found::AtMost(lower, other), lower);
        }
        lower
    }

    /// The result of whole arithmetic, where it was computed before.
    pub(super) fn known_whole(&self, op: Op, x: Value, y: Value) -> Option<Value> {
        self.memo.get(&Found::Whole(op, x, y))
    }

    /// The result of whole arithmetic, which is within its bounds.
    pub(super) fn know_whole(&mut self, op: Op, x: Value, y: Value, result: Value) {
        self.memo.note(Found::Whole(op, x, y), result);
    }

    /// A whole number as a double.
    pub(super) fn float(&mut self, number: Value) -> Value {
        match self.constants.get(&number).copied() {
            Some(constant) => self.number_const(constant),
            None => self.once(Found::Float(number), |it| it.b.ins().fcvt_from_sint(types::F64, number)),
        }
    }

    /// A double cut to a whole number, the nearest there is.
    pub(super) fn cut(&mut self, number: Value) -> Value {
        self.once(Found::Cut(number), |it| it.b.ins().fcvt_to_sint_sat(types::I64, number))
    }

    /// The address of a slot in a row of values.
    pub(super) fn slot_of(&mut self, items: Value, index: Value) -> Value {
        self.once(Found::Element(items, index), |it| {
            let offset = it.b.ins().ishl_imm_u(index, 4);
            it.b.ins().iadd(items, offset)
        })
    }

    /// The address of the first register on the stack.
    pub(super) fn first_register(&mut self, stack: Value) -> Value {
        self.once(Found::First(stack), |it| it.b.ins().iadd(stack, it.offset))
    }

    /// The offset of a register from the beginning of the stack.
    pub(super) fn slot_offset(&mut self, reg: usize) -> Value {
        self.once(Found::Slot(reg), |it| it.b.ins().iadd_imm_s(it.offset, reg as i64 * i64::from(SLOT)))
    }

    /// These hold from here on.
    pub(super) fn know_all(&mut self, facts: Vec<Found>) {
        if facts.is_empty() {
            return;
        }
        let truth = self.b.ins().iconst(types::I8, 1);
        self.memo.note(Found::Proven(truth), truth);
        for fact in facts {
            let value = match fact {
                Found::Number(value)
                | Found::NumberAt { at: value, .. }
                | Found::Plain(value)
                | Found::Natural(value) => value,
                _ => truth,
            };
            self.memo.note(fact, value);
            if value == truth {
                let scope = self.memo.scope();
                self.memo.facts[scope.0 as usize].push(fact);
            }
        }
    }

    /// The address is that of the cell in a register.
    pub(super) fn know_cell(&mut self, at: Value, reg: usize) {
        if self.frames.len() == 1 && self.own_cells.get(reg).copied().unwrap_or(false) {
            self.memo.cells.insert(at, reg as Variable + 1);
        }
    }

    fn spot_of(&self, region: Region, at: Value, offset: i32) -> Spot {
        let variable = if region == Region::Held { self.memo.cells.get(&at).copied() } else { None };
        (region, offset, variable.unwrap_or_default())
    }

    fn loaded(&self, region: Region, ty: Type, at: Value, offset: i32) -> Found {
        let version = self.state.versions.values.of(self.spot_of(region, at, offset));
        Found::Loaded { region, version, ty, at, offset }
    }

    fn number_at(&self, region: Region, at: Value, offset: i32) -> Found {
        let version = self.state.versions.numbers.of(self.spot_of(region, at, offset));
        Found::NumberAt { region, version, at, offset }
    }

    /// Whether the value in a place is known to be a number.
    pub(super) fn is_number_at(&self, place: Place) -> bool {
        self.memo.get(&self.number_at(place.region, place.at, place.offset)).is_some()
    }

    /// The value in a place is a number.
    pub(super) fn know_number_at(&mut self, place: Place) {
        self.memo.note(self.number_at(place.region, place.at, place.offset), place.at);
    }

    /// Loads from memory of a region. Nothing traps: what is loaded from is alive, as was compared.
    pub(super) fn load(&mut self, region: Region, ty: Type, at: Value, offset: i32) -> Value {
        let what = self.loaded(region, ty, at, offset);
        self.once(what, |it| {
            let flags = it.flags(region);
            let value = it.b.ins().load(ty, flags, at, offset);
            it.loads.push(value);
            value
        })
    }

    /// Takes out the loads of which nothing is used, which Cranelift would keep.
    pub(super) fn drop_unused_loads(&mut self) {
        let func = &mut self.b.func;
        let mut used = vec![false; func.dfg.num_values()];
        for block in func.layout.blocks() {
            for inst in func.layout.block_insts(block) {
                for value in func.dfg.inst_values(inst) {
                    used[func.dfg.resolve_aliases(value).as_u32() as usize] = true;
                }
            }
        }
        for value in self.loads.drain(..).filter(|value| !used[value.as_u32() as usize]) {
            if let Some(inst) = func.dfg.value_def(value).inst() {
                func.layout.remove_inst(inst);
            }
        }
    }

    /// Stores, unless that is known to stand there. Places in a region with different offsets are apart, whatever the
    /// addresses are: rows of values and objects begin at multiples of what they are made of.
    pub(super) fn store(&mut self, region: Region, value: Value, at: Value, offset: i32) {
        let ty = self.b.func.dfg.value_type(value);
        if self.memo.get(&self.loaded(region, ty, at, offset)) == Some(value) {
            return;
        }
        let flags = self.flags(region);
        let stored = self.unboxed(value);
        self.b.ins().store(flags, stored, at, offset);
        let spot = self.spot_of(region, at, offset);
        let is_number = self.is_number(value);
        self.memo.clock.touch(&mut self.state.versions, spot, is_number);
        if is_number {
            self.memo.note(self.number_at(region, at, offset), at);
        }
        let what = self.loaded(region, ty, at, offset);
        self.memo.note(what, value);
    }

    /// The double that a word is made of, as which it can be stored as well.
    fn unboxed(&self, word: Value) -> Value {
        let dfg = &self.b.func.dfg;
        let made = dfg.value_def(word).inst().map(|inst| &dfg.insts[inst]);
        match made {
            Some(InstructionData::LoadNoOffset { opcode: Opcode::Bitcast, arg, .. }) => *arg,
            _ => word,
        }
    }

    /// Counts of handles may have changed.
    pub(super) fn forget_counts(&mut self) {
        self.forget_regions(&[Region::Count]);
    }

    /// Whether the condition is known to hold here.
    pub(super) fn is_proven(&self, condition: Value) -> bool {
        self.memo.get(&Found::Proven(condition)).is_some()
    }

    /// The condition holds from here on.
    pub(super) fn prove(&mut self, condition: Value) {
        self.memo.note(Found::Proven(condition), condition);
    }
}
