//! What compiled code was wrong about: what an exit teaches for the next time.

use super::context::Why;
use super::translate::COLD;
use super::{Jit, stubs};
use crate::machine::{Fiber, JitMode, Machine};
use crate::value::Value;
use foldhash::HashMap;
use prism_bytecode::{Instr, Op, Operand};

/// Exits of what was assumed before a function is compiled anew.
const EXITS: u32 = 2;

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

impl Jit {
    /// An exit teaches: what its instruction looked at is on the stack.
    pub(super) fn learn(&mut self, machine: &Machine, fiber: &Fiber, site: u64, base: usize) {
        let Some(site) = self.sites.get(site as usize).filter(|site| site.why != Why::Time) else { return };
        let (function, pc, base) = stubs::innermost(machine, site, base);
        let compiled = site.frames[0].0;
        match site.why {
            Why::Result => {
                self.profile.learn(function, pc - 1).valued = true;
                return self.drop_code(compiled);
            }
            Why::Loop => {
                let seen = self.profile.learn(function, pc);
                seen.exits += 1;
                if seen.exits == COLD {
                    self.drop_code(compiled);
                }
                return;
            }
            Why::Guard | Why::Time => {}
        }
        let Some(instr) = machine.functions[function as usize].compiled().code.get(pc).copied() else { return };
        let value = |register: u16| fiber.stack.get(base + register as usize);
        let seen = self.profile.learn(function, pc);
        seen.exits += 1;
        match instr.op {
            Op::Call | Op::Offer => match value(instr.b).and_then(Value::as_closure) {
                Some(closure) if seen.exits <= 3 * EXITS => {
                    // The code was made for another one.
                    seen.many = true;
                    seen.callee = Some(closure.function);
                }
                _ => seen.general = true,
            },
            _ => match numbers(instr) {
                // Code for another shape may do, else there is none but the general one.
                None if may_have_other_shape(instr, value(instr.b)) => seen.general |= seen.exits > EXITS,
                None => seen.general |= seen.exits >= EXITS,
                Some(registers) => {
                    let mut numbers = true;
                    for (which, register) in registers.into_iter().enumerate() {
                        match value(register) {
                            Some(value) if value.is_number() => {
                                seen.confident |= u8::from(value.is_confident()) << which;
                            }
                            _ => numbers = false,
                        }
                    }
                    seen.fractions = true;
                    seen.general |= !numbers || seen.exits > 2 * EXITS;
                }
            },
        }
        if seen.exits >= EXITS && self.mode != JitMode::Always || seen.exits >= 1 && self.mode == JitMode::Always {
            self.drop_code(compiled);
        }
    }

    /// Compiles a function anew the next time it is come by.
    fn drop_code(&mut self, function: u32) {
        // What it was not worth to compile, it is less so now.
        self.bodies.retain(|(number, _), body| *number != function || body.code.is_none());
        if let Some(entry) = self.entries.get_mut(function as usize) {
            entry.clear();
        }
    }
}

/// Whether code for an instruction depends on the shape that an object was last seen to have there; `b` is its second operand.
fn may_have_other_shape(instr: Instr, b: Option<&Value>) -> bool {
    match instr.op {
        Op::GetField => b.is_some_and(|b| b.as_object().is_some() && !b.is_confident()),
        op => matches!(op, Op::SetField | Op::GetPath | Op::SetPath),
    }
}

/// The registers that an instruction takes for numbers.
fn numbers(instr: Instr) -> Option<[u16; 2]> {
    use Op::{
        Add, AddK, ConfAdd, ConfDiv, ConfMul, ConfSub, CountLe, CountLeK, CountLt, CountLtK, Div, DivK, Eq, Ge, Gt, Le,
        Lt, Mul, MulK, Ne, Neg, Plus, Pow, Rem, RemK, StrictEq, StrictNe, Sub, SubK, Surer,
    };
    let Instr { op, a, b, c, .. } = instr;
    match op {
        Add | Sub | Mul | Div | Rem | Pow | ConfAdd | ConfSub | ConfMul | ConfDiv | Surer | Lt | Le | Gt | Ge | Eq
        | Ne | StrictEq | StrictNe => Some([b, c]),
        AddK | SubK | MulK | DivK | RemK | Neg | Plus => Some([b, b]),
        CountLt | CountLe | CountLtK | CountLeK => Some([a, a]),
        op if op.follower().is_some() => Some(if op.operands().b == Operand::Use { [a, b] } else { [a, a] }),
        _ => None,
    }
}
