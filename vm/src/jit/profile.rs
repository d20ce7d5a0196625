//! What compiled code was wrong about: what an exit teaches for the next time.

use foldhash::HashMap;

/// What was seen at an instruction. Each is a fact that holds from then on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Seen {
    /// Numbers there don't stay whole within 32 bits.
    pub(super) fractions: bool,
    /// Operands there are confident numbers: a bit each.
    pub(super) confident: u8,
    /// Anything else: the whole rule is needed.
    pub(super) general: bool,
    /// The function that was called there last.
    pub(super) callee: Option<u32>,
    /// More than one function is called there.
    pub(super) many: bool,
    /// What is called there gives other values than plain numbers.
    pub(super) valued: bool,
    /// How often it was left there.
    pub(super) exits: u32,
}

/// By function and instruction.
#[derive(Debug, Default)]
pub(super) struct Profile {
    seen: HashMap<(u32, u32), Seen>,
}

impl Profile {
    pub(super) fn at(&self, function: u32, pc: usize) -> Seen {
        self.seen.get(&(function, pc as u32)).copied().unwrap_or_default()
    }

    pub(super) fn learn(&mut self, function: u32, pc: usize) -> &mut Seen {
        self.seen.entry((function, pc as u32)).or_default()
    }
}
