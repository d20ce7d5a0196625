//! A value's confidence, and the ledger of where confidences came from.
//!
//! Eight bytes: a number in 0…1, or *plain* (one NaN), or, while tracing, a *ticket* (other NaNs) for an entry of the
//! ledger, which holds the number, the rule that made it and the tickets that went in. So tracing costs nothing when it
//! is off, and no value needs more room when it is on.

use crate::value::heap::{Charge, footprint};
use prism_confidence::{Combination, Rule, raw};
use prism_diagnostics::Span;
use std::cell::RefCell;

/// The one that is no confidence.
pub(crate) const PLAIN_BITS: u64 = 0x7FF8_0000_0000_0000;
const TICKET: u64 = 0x7FFC_0000_0000_0000;
/// Beyond this many entries confidences are numbers again: the tree would be too large to read.
const MOST_ENTRIES: usize = 1 << 20;

/// A confidence, or that there is none.
#[derive(Clone, Copy, PartialEq, Eq)]
#[repr(transparent)]
pub struct Conf(u64);

/// How one confidence came about.
#[derive(Clone, Debug, PartialEq)]
pub struct Provenance {
    /// The number.
    pub confidence: f64,
    /// The rule that made it.
    pub rule: Rule,
    /// What is known beyond that: the agent that reported it, the library function that derived it.
    pub note: Option<Box<str>>,
    /// What went in; plain inputs are left out.
    pub inputs: Vec<Conf>,
    /// Where in the program.
    pub span: Option<Span>,
}

thread_local! {
    static LEDGER: RefCell<Option<Ledger>> = const { RefCell::new(None) };
}

/// What a traced run wrote down.
#[derive(Debug, Default)]
pub struct Ledger {
    entries: Vec<Provenance>,
    charge: Charge,
    /// The place that the next entries belong to.
    span: Option<Span>,
}

impl Ledger {
    /// How a confidence came about; `None` for a plain one, or one that was not traced.
    pub fn get(&self, conf: Conf) -> Option<&Provenance> {
        self.entries.get(conf.ticket()?)
    }

    /// Whether there may be one entry more; where memory has no room for it, the run is doomed.
    fn has_room(&mut self, note: Option<&str>) -> bool {
        /// Of most entries two inputs, in an allocation of their own.
        const INPUTS: usize = 32;
        if self.entries.len() >= MOST_ENTRIES {
            return false;
        }
        let own = size_of::<Provenance>() * 3 / 2 + INPUTS + note.map_or(0, |note| footprint(note.len()));
        self.charge.grow(self.charge.bytes() + own)
    }

    /// All entries, in order of their tickets.
    pub(crate) fn entries(&self) -> &[Provenance] {
        &self.entries
    }

    /// Adds an entry, if there may be one more.
    pub(crate) fn enter(&mut self, entry: Provenance) -> bool {
        let fits = self.has_room(entry.note.as_deref());
        if fits {
            self.entries.push(entry);
        }
        fits
    }

    /// The place that the next entries belong to.
    pub(crate) fn place(&self) -> Option<Span> {
        self.span
    }

    /// Makes it another.
    pub(crate) fn go_to(&mut self, place: Option<Span>) {
        self.span = place;
    }

    /// Makes `ledger` the one of this thread and returns the one before.
    pub(crate) fn swap(ledger: Option<Ledger>) -> Option<Ledger> {
        LEDGER.replace(ledger)
    }

    /// Tells where the machine is, while tracing.
    pub(crate) fn at(span: Span) {
        LEDGER.with_borrow_mut(|ledger| {
            if let Some(ledger) = ledger {
                ledger.span = Some(span);
            }
        });
    }
}

impl Conf {
    /// No confidence: acts as 1.
    pub const PLAIN: Conf = Conf(PLAIN_BITS);

    /// That confidence; NaN is plain, others are clamped to 0…1.
    #[inline]
    pub fn new(confidence: f64) -> Conf {
        if confidence.is_nan() { Conf::PLAIN } else { Conf(confidence.clamp(0.0, 1.0).to_bits()) }
    }

    /// The confidence of eight bytes of a value.
    #[cfg(feature = "jit")]
    pub(crate) fn from_bits(bits: u64) -> Conf {
        Conf(bits)
    }

    /// Whether there is none.
    #[inline]
    pub fn is_plain(self) -> bool {
        self.0 == PLAIN_BITS
    }

    /// Whether there is neither this nor the other.
    #[inline]
    pub(crate) fn is_plain_with(self, other: Conf) -> bool {
        (self.0 ^ PLAIN_BITS) | (other.0 ^ PLAIN_BITS) == 0
    }

    /// The confidence that stands in the ledger there.
    pub(crate) fn of_ticket(ticket: usize) -> Conf {
        Conf(TICKET | ticket as u64)
    }

    /// Where in the ledger it stands, if it does.
    #[inline]
    pub(crate) fn ticket(self) -> Option<usize> {
        (self.0 >= TICKET).then_some((self.0 & !TICKET) as usize)
    }

    /// The number; `None` if plain.
    #[inline]
    pub fn get(self) -> Option<f64> {
        if self.is_plain() { None } else { Some(self.number()) }
    }

    /// The number; 1 if plain, as every rule has it.
    #[inline]
    pub fn or_one(self) -> f64 {
        if self.is_plain() { 1.0 } else { self.number() }
    }

    /// The number as [`raw`] has it: NaN if plain.
    #[inline]
    fn raw(self) -> f64 {
        if self.is_plain() { f64::NAN } else { self.number() }
    }

    #[inline]
    fn number(self) -> f64 {
        match self.ticket() {
            None => f64::from_bits(self.0),
            Some(ticket) => traced_number(ticket),
        }
    }

    /// Derives a confidence: the number (NaN for plain), by `rule`, from `inputs`.
    #[inline]
    pub fn derive(number: f64, rule: Rule, inputs: &[Conf]) -> Conf {
        Self::derive_noted(number, rule, inputs, None)
    }

    /// As [`Conf::derive`], with a word on who did it.
    pub fn derive_noted(number: f64, rule: Rule, inputs: &[Conf], note: Option<&str>) -> Conf {
        if number.is_nan() {
            return Conf::PLAIN;
        }
        let number = number.clamp(0.0, 1.0);
        LEDGER.with_borrow_mut(|ledger| {
            let Some(ledger) = ledger.as_mut().and_then(|ledger| ledger.has_room(note).then_some(ledger)) else {
                return Conf(number.to_bits());
            };
            let inputs = inputs.iter().copied().filter(|input| !input.is_plain()).collect();
            let entry = Provenance { confidence: number, rule, note: note.map(Into::into), inputs, span: ledger.span };
            ledger.entries.push(entry);
            Conf(TICKET | (ledger.entries.len() - 1) as u64)
        })
    }

    /// By product, as parts, calls and library results have it; plain only if both are.
    #[inline]
    pub fn times(self, other: Conf, rule: Rule) -> Conf {
        if other.is_plain() {
            self
        } else if self.is_plain() {
            other
        } else {
            Conf::derive(raw::product(self.raw(), other.raw()), rule, &[self, other])
        }
    }

    /// By a formula; plain only if both are.
    #[inline]
    pub fn combine(self, other: Conf, rule: Rule, combination: Combination) -> Conf {
        if self.is_plain() && other.is_plain() {
            return Conf::PLAIN;
        }
        Conf::derive(raw::combine(combination, self.raw(), other.raw()), rule, &[self, other])
    }

    /// The lower of both; plain only if both are. Not traced.
    #[inline]
    pub(crate) fn lower(self, other: Conf) -> Conf {
        // Plain is a NaN, which `min` passes over; that is what plain asks for.
        let lower = f64::from_bits(self.0).min(f64::from_bits(other.0));
        if lower.is_nan() { Conf::PLAIN } else { Conf(lower.to_bits()) }
    }

    /// A confidence even if plain: 1.
    #[inline]
    pub fn made_confident(self) -> Conf {
        if self.is_plain() { Conf(1f64.to_bits()) } else { self }
    }
}

#[cold]
fn traced_number(ticket: usize) -> f64 {
    LEDGER.with_borrow(|ledger| {
        ledger.as_ref().and_then(|ledger| ledger.entries.get(ticket)).map_or(0.0, |entry| entry.confidence)
    })
}

impl std::fmt::Debug for Conf {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.get() {
            None => f.write_str("plain"),
            Some(number) => write!(f, "{number}"),
        }
    }
}
