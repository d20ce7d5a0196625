//! What the translator knows of each register at an instruction.
//!
//! A register's *home* is its slot on the fiber's stack. **Unless a register is [`Kind::Memory`], its home holds nothing
//! that is counted**: it can be overwritten without releasing anything, and what the register is stands in values of the
//! compiled code. An exit writes the registers that are still read to their homes.

use super::translate::{Region, Versions};
use cranelift_codegen::ir::{Type, Value, types};

/// What a register is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// Whatever its home holds.
    Memory,
    /// Not read again.
    Stale,
    /// A plain number.
    Num(Value),
    /// A plain whole number within 32 bits, not -0; 64 bits wide.
    Int(Value),
    /// A number and its confidence, which is one.
    Conf(Value, Value),
    /// A whole number as in [`Kind::Int`], and its confidence.
    ConfInt(Value, Value),
    /// A plain boolean, a byte.
    Bool(Value),
    /// Null, plain.
    Null,
    /// A constant text, by its payload: the program holds it.
    Text(u64),
    /// A value that is not at home yet.
    Held(Held),
}

impl Kind {
    /// The number, if it is known to be whole.
    pub(super) fn whole(self) -> Option<Value> {
        match self {
            Kind::Int(number) | Kind::ConfInt(number, _) => Some(number),
            _ => None,
        }
    }

    /// Whether it is a number with a confidence.
    pub(super) fn is_confident(self) -> bool {
        matches!(self, Kind::Conf(..) | Kind::ConfInt(..))
    }
}

/// A value in two words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Held {
    pub(super) bits: Value,
    pub(super) conf: Value,
    /// Whether it is counted as this register's; else something else holds it, until the next effect.
    pub(super) owned: bool,
    /// Whether what else holds it does so as long as the function runs: it is part of the running closure.
    pub(super) lasting: bool,
    /// The function that it was seen to be, as a guess.
    pub(super) hint: Option<Hint>,
    /// Where it stands in memory, as long as it is borrowed: exits read it there.
    pub(super) place: Option<Place>,
}

impl Held {
    /// A value that is the register's own.
    pub(super) fn owned(bits: Value, conf: Value) -> Held {
        Held { bits, conf, owned: true, lasting: false, hint: None, place: None }
    }

    /// A value that is not counted, or held by something for as long as the function runs.
    pub(super) fn lasting(bits: Value, conf: Value) -> Held {
        Held { bits, conf, owned: false, lasting: true, hint: None, place: None }
    }
}

/// A place in memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Place {
    pub(super) region: Region,
    pub(super) at: Value,
    pub(super) offset: i32,
}

/// A guess which function a value is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Hint {
    pub(super) function: u32,
    /// The closure itself, by its number among those that the translator has seen.
    pub(super) known: Option<u32>,
    /// Whether it is the running function, which needs no guess.
    pub(super) own: bool,
}

/// A register: what it is, and whether its home says the same.
#[derive(Clone, Copy, Debug)]
pub(super) struct Reg {
    pub(super) kind: Kind,
    pub(super) synced: bool,
}

impl Reg {
    pub(super) const MEMORY: Reg = Reg { kind: Kind::Memory, synced: true };
    pub(super) const STALE: Reg = Reg { kind: Kind::Stale, synced: false };

    pub(super) fn new(kind: Kind) -> Reg {
        Reg { kind, synced: false }
    }

    /// Whether its home says something else.
    pub(super) fn is_away(&self) -> bool {
        match self.kind {
            Kind::Memory | Kind::Stale => false,
            Kind::Held(_) | Kind::Text(_) => true,
            _ => !self.synced,
        }
    }
}

/// Steps until the machine must be asked: so many less than a value says. What was taken is taken off where the value is
/// needed, so steps one after the other cost nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Left {
    pub(super) from: Value,
    pub(super) taken: u8,
}

impl Left {
    /// As many as the value says.
    pub(super) fn all(from: Value) -> Left {
        Left { from, taken: 0 }
    }
}

/// What is known at an instruction.
#[derive(Clone, Debug)]
pub(super) struct State {
    pub(super) regs: Vec<Reg>,
    pub(super) left: Left,
    /// How many of these are known to be there.
    pub(super) granted: u8,
    /// What memory was last changed.
    pub(super) versions: Versions,
}

/// What a register is where paths meet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    Memory,
    Stale,
    Null,
    Text(u64),
    /// In the very values that it is in on all paths: a number or a boolean.
    Same(Kind),
    Num,
    Int,
    Conf,
    ConfInt,
    Bool,
}

/// A register where paths meet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Shape {
    pub(super) form: Form,
    pub(super) synced: bool,
}

impl Shape {
    /// What one path brings; `live` tells whether the register is read again.
    pub(super) fn of(reg: &Reg, live: bool) -> Shape {
        let form = match reg.kind {
            Kind::Memory | Kind::Held(_) => return Shape { form: Form::Memory, synced: true },
            _ if !live => return Shape { form: Form::Stale, synced: false },
            Kind::Stale => Form::Stale,
            Kind::Null => Form::Null,
            Kind::Text(text) => Form::Text(text),
            kind => Form::Same(kind),
        };
        Shape { form, synced: reg.synced }
    }

    /// The shape where the values differ from path to path.
    pub(super) fn loose(self) -> Shape {
        let form = match self.form {
            Form::Same(Kind::Num(_)) => Form::Num,
            Form::Same(Kind::Int(_)) => Form::Int,
            Form::Same(Kind::Conf(..)) => Form::Conf,
            Form::Same(Kind::ConfInt(..)) => Form::ConfInt,
            Form::Same(Kind::Bool(_)) => Form::Bool,
            Form::Same(_) => Form::Memory,
            other => other,
        };
        Shape { form, ..self }
    }

    /// What serves for both.
    pub(super) fn join(self, other: Shape, live: bool) -> Shape {
        let form = match (self.form, other.form) {
            (a, b) if a == b => a,
            (Form::Same(_), _) | (_, Form::Same(_)) => return self.loose().join(other.loose(), live),
            (Form::Memory, _) | (_, Form::Memory) => Form::Memory,
            (Form::Num | Form::Int, Form::Num | Form::Int) => Form::Num,
            (Form::Conf | Form::ConfInt, Form::Conf | Form::ConfInt) => Form::Conf,
            _ if !live => Form::Stale,
            _ => Form::Memory,
        };
        Shape { form, synced: form == Form::Memory || (self.synced && other.synced) }
    }

    /// The types of the values that it is in, where these differ from path to path.
    pub(super) fn types(self) -> &'static [Type] {
        match self.form {
            Form::Num => &[types::F64],
            Form::Int => &[types::I64],
            Form::Conf => &[types::F64, types::F64],
            Form::ConfInt => &[types::I64, types::F64],
            Form::Bool => &[types::I8],
            Form::Memory | Form::Stale | Form::Null | Form::Text(_) | Form::Same(_) => &[],
        }
    }

    /// The register made of values of [`Shape::types`].
    pub(super) fn reg(self, values: &[Value]) -> Reg {
        let kind = match (self.form, values) {
            (Form::Num, &[number]) => Kind::Num(number),
            (Form::Int, &[number]) => Kind::Int(number),
            (Form::Conf, &[number, conf]) => Kind::Conf(number, conf),
            (Form::ConfInt, &[number, conf]) => Kind::ConfInt(number, conf),
            (Form::Bool, &[truth]) => Kind::Bool(truth),
            (Form::Same(kind), _) => kind,
            (Form::Null, _) => Kind::Null,
            (Form::Text(text), _) => Kind::Text(text),
            (Form::Stale, _) => Kind::Stale,
            _ => Kind::Memory,
        };
        Reg { kind, synced: self.synced }
    }
}
