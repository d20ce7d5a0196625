//! What the code has already computed, loaded and compared on the way to where it is.
//!
//! Cranelift finds equal values too, but later, and a comparison that is made again stays a branch. Nothing here outlives
//! the row of instructions in which it was found: where ways meet, all is forgotten.

use super::Translator;
use super::emit::Region;
use cranelift_codegen::ir::condcodes::{FloatCC, IntCC};
use cranelift_codegen::ir::{Block, InstBuilder, MemFlagsData, Type, Value, types};
use std::collections::{HashMap, HashSet};

/// A computation without effects.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Pure {
    Compare(IntCC, Value, Value),
    CompareWord(IntCC, Value, u64),
    CompareFloats(FloatCC, Value, Value),
    Address(Value),
    Tag(Value),
    Float(Value),
    Bits(Value),
    AsFloat(Value),
    Cut(Value),
    Element(Value, Value),
    Word(u64),
    Double(u64),
}

/// See the module.
#[derive(Clone, Default)]
pub(super) struct Memo {
    computed: HashMap<Pure, Value>,
    loaded: HashMap<(Region, Type, Value, i32), Value>,
    proven: HashSet<Value>,
    /// Nothing is noted: the code at hand is not on the way to what follows.
    aside: bool,
}

impl Translator<'_, '_> {
    /// Begins a block that not all of what follows comes through.
    pub(super) fn aside(&mut self, block: Block) {
        self.b.switch_to_block(block);
        self.memo.aside = true;
    }

    /// Goes on where all ways come through.
    pub(super) fn rejoin(&mut self, block: Block) {
        self.b.switch_to_block(block);
        self.memo.aside = false;
    }

    pub(super) fn forget_memo(&mut self) {
        self.memo = self.entry_memo.clone();
    }

    /// All that is known now is known wherever the code goes on, but for memory that may change.
    pub(super) fn keep_memo(&mut self) {
        self.memo.loaded.retain(|(region, ..), _| *region == Region::Fixed);
        self.entry_memo = self.memo.clone();
    }

    /// Something else may have changed memory.
    pub(super) fn forget_loads(&mut self) {
        self.memo.loaded.clear();
    }

    fn once(&mut self, what: Pure, compute: impl FnOnce(&mut Self) -> Value) -> Value {
        if let Some(known) = self.memo.computed.get(&what) {
            return *known;
        }
        let value = compute(self);
        if !self.memo.aside {
            self.memo.computed.insert(what, value);
        }
        value
    }

    /// A word.
    pub(super) fn word(&mut self, word: u64) -> Value {
        self.once(Pure::Word(word), |it| it.b.ins().iconst(types::I64, word as i64))
    }

    /// A double.
    pub(super) fn number_const(&mut self, number: f64) -> Value {
        self.once(Pure::Double(number.to_bits()), |it| it.b.ins().f64const(number))
    }

    /// A condition on words.
    pub(super) fn is(&mut self, condition: IntCC, a: Value, b: Value) -> Value {
        self.once(Pure::Compare(condition, a, b), |it| it.b.ins().icmp(condition, a, b))
    }

    /// A condition on a word of any width and a constant.
    pub(super) fn is_word(&mut self, condition: IntCC, a: Value, word: u64) -> Value {
        self.once(Pure::CompareWord(condition, a, word), |it| it.b.ins().icmp_imm_u(condition, a, word as i64))
    }

    /// A condition on doubles.
    pub(super) fn is_float(&mut self, condition: FloatCC, a: Value, b: Value) -> Value {
        self.once(Pure::CompareFloats(condition, a, b), |it| it.b.ins().fcmp(condition, a, b))
    }

    /// The address in a payload.
    pub(super) fn address(&mut self, bits: Value) -> Value {
        self.once(Pure::Address(bits), |it| {
            let mask = it.word(crate::value::PAYLOAD);
            it.b.ins().band(bits, mask)
        })
    }

    /// The tag of a payload.
    pub(super) fn tag(&mut self, bits: Value) -> Value {
        self.once(Pure::Tag(bits), |it| it.b.ins().ushr_imm_u(bits, 48))
    }

    /// A payload as the double that it is.
    pub(super) fn as_float(&mut self, bits: Value) -> Value {
        self.once(Pure::AsFloat(bits), |it| it.b.ins().bitcast(types::F64, MemFlagsData::new(), bits))
    }

    /// A double as a payload.
    pub(super) fn as_bits(&mut self, number: Value) -> Value {
        self.once(Pure::Bits(number), |it| it.b.ins().bitcast(types::I64, MemFlagsData::new(), number))
    }

    /// A whole number as a double.
    pub(super) fn float(&mut self, number: Value) -> Value {
        match self.constants.get(&number).copied() {
            Some(constant) => self.number_const(constant),
            None => self.once(Pure::Float(number), |it| it.b.ins().fcvt_from_sint(types::F64, number)),
        }
    }

    /// A double cut to a whole number, the nearest there is.
    pub(super) fn cut(&mut self, number: Value) -> Value {
        self.once(Pure::Cut(number), |it| it.b.ins().fcvt_to_sint_sat(types::I64, number))
    }

    /// The address of a slot in a row of values.
    pub(super) fn slot_of(&mut self, items: Value, index: Value) -> Value {
        self.once(Pure::Element(items, index), |it| {
            let offset = it.b.ins().ishl_imm_u(index, 4);
            it.b.ins().iadd(items, offset)
        })
    }

    /// Loads from memory of a region. Nothing traps: what is loaded from is alive, as was compared.
    pub(super) fn load(&mut self, region: Region, ty: Type, at: Value, offset: i32) -> Value {
        let key = (region, ty, at, offset);
        if let Some(known) = self.memo.loaded.get(&key) {
            return *known;
        }
        let flags = self.flags(region);
        let value = self.b.ins().load(ty, flags, at, offset);
        if !self.memo.aside {
            self.memo.loaded.insert(key, value);
        }
        value
    }

    pub(super) fn store(&mut self, region: Region, value: Value, at: Value, offset: i32) {
        let flags = self.flags(region);
        self.b.ins().store(flags, value, at, offset);
        // Slots of one stack are apart from each other; other addresses may be the same.
        let apart = matches!(region, Region::Home | Region::Context);
        self.memo.loaded.retain(|(own, _, other, place), _| {
            *own != region || (apart && *other != at) || (*other == at && *place != offset)
        });
        if !self.memo.aside {
            let ty = self.b.func.dfg.value_type(value);
            self.memo.loaded.insert((region, ty, at, offset), value);
        }
    }

    /// Counts of handles may have changed.
    pub(super) fn forget_counts(&mut self) {
        self.memo.loaded.retain(|(region, ..), _| *region != Region::Count);
    }

    /// Whether the condition is known to hold here.
    pub(super) fn is_proven(&self, condition: Value) -> bool {
        self.memo.proven.contains(&condition)
    }

    /// The condition holds from here on.
    pub(super) fn prove(&mut self, condition: Value) {
        if !self.memo.aside {
            self.memo.proven.insert(condition);
        }
    }
}
