//! Arithmetic and comparison of numbers: whole ones within 32 bits, doubles, and doubles with a confidence.

use super::super::state::{Held, Kind, Place};
use super::blocks::Next;
use super::homes::CONF;
use super::instruction::whole_constant;
use super::memo::HALF;
use super::{Failure, Translator};
use crate::confidence::PLAIN_BITS;
use crate::value::{LAST_NUMBER, NULL, TAG_OTHER};
use cranelift_codegen::ir::condcodes::{FloatCC, IntCC};
use cranelift_codegen::ir::{InstBuilder, Value, types};
use prism_bytecode::{Instr, Op};

/// Results of whole arithmetic stay whole from minus this to below it.
const WITHIN: i64 = 1 << 30;

/// An operand.
#[derive(Clone, Copy)]
pub(super) enum Term {
    Reg(usize),
    Const(f64),
}

/// A number as the code has it.
#[derive(Clone, Copy)]
pub(super) enum Number {
    Int(Value),
    Num(Value),
    Conf(Value, Value),
    ConfInt(Value, Value),
    Const(f64),
}

/// A number without its confidence.
pub(super) enum Bare {
    Int(Value),
    Num(Value),
}

impl Bare {
    /// What a register is that holds it, with a confidence or plain.
    pub(super) fn with(self, conf: Option<Value>) -> Kind {
        match (self, conf) {
            (Bare::Int(number), None) => Kind::Int(number),
            (Bare::Num(number), None) => Kind::Num(number),
            (Bare::Int(number), Some(conf)) => Kind::ConfInt(number, conf),
            (Bare::Num(number), Some(conf)) => Kind::Conf(number, conf),
        }
    }
}

impl Number {
    fn whole(self, it: &mut Translator<'_, '_>) -> Option<Value> {
        match self {
            Number::Int(value) | Number::ConfInt(value, _) => Some(value),
            Number::Const(number) => whole_constant(number).map(|whole| it.int_const(whole)),
            Number::Num(_) | Number::Conf(..) => None,
        }
    }

    pub(super) fn float(self, it: &mut Translator<'_, '_>) -> Value {
        match self {
            Number::Int(value) | Number::ConfInt(value, _) => it.float(value),
            Number::Const(number) => it.number_const(number),
            Number::Num(value) | Number::Conf(value, _) => value,
        }
    }

    /// As a double that is the first operand of an instruction: in a register.
    fn first(self, it: &mut Translator<'_, '_>) -> Value {
        match self.known(it) {
            Some(number) => it.first_const(number),
            None => self.float(it),
        }
    }

    /// As a whole number within 32 bits; leaves if it is none.
    pub(super) fn made_whole(self, it: &mut Translator<'_, '_>) -> Number {
        match self {
            Number::Num(number) => Number::Int(it.whole(number)),
            other => other,
        }
    }

    /// The number, where it is a constant.
    fn known(self, it: &Translator<'_, '_>) -> Option<f64> {
        match self {
            Number::Const(number) => Some(number),
            Number::Int(value) | Number::ConfInt(value, _) => it.constants.get(&value).copied(),
            Number::Num(_) | Number::Conf(..) => None,
        }
    }

    pub(super) fn conf(self) -> Option<Value> {
        match self {
            Number::Conf(_, conf) | Number::ConfInt(_, conf) => Some(conf),
            _ => None,
        }
    }
}

impl Translator<'_, '_> {
    /// An operand as a number, if it may be taken for one: what is not known is compared, and left if it is none.
    pub(super) fn number(&mut self, term: Term, which: u8) -> Option<Number> {
        let reg = match term {
            Term::Const(number) => return Some(Number::Const(number)),
            Term::Reg(reg) => reg,
        };
        let seen = self.source.profile.at(self.frame().number, self.frame().pc);
        match self.state.regs[reg].kind {
            Kind::Num(value) => Some(Number::Num(value)),
            Kind::Int(value) => Some(Number::Int(value)),
            Kind::Conf(number, conf) => Some(Number::Conf(number, conf)),
            Kind::ConfInt(number, conf) => Some(Number::ConfInt(number, conf)),
            kind @ (Kind::Memory | Kind::Held(_)) if !seen.general => {
                let (bits, conf) = self.words(reg);
                if seen.confident >> which & 1 == 1 {
                    if !self.source.lower {
                        return None;
                    }
                    let (number, conf) = self.confident_number(bits, conf);
                    self.refine(reg, Kind::Conf(number, conf));
                    return Some(Number::Conf(number, conf));
                }
                let number = match kind {
                    Kind::Held(Held { place: Some(place), .. }) => self.plain_number_at(place, bits, conf),
                    _ => self.plain_number(bits, conf),
                };
                self.refine(reg, Kind::Num(number));
                Some(Number::Num(number))
            }
            _ => None,
        }
    }

    /// Two operands as numbers, if both may be taken for such: else neither is compared.
    fn both_numbers(&mut self, x: Term, y: Term) -> Option<(Number, Number)> {
        if !self.may_be_number(x) || !self.may_be_number(y) {
            return None;
        }
        Some((self.number(x, 0)?, self.number(y, 1)?))
    }

    /// Whether nothing is known that speaks against a number.
    fn may_be_number(&self, term: Term) -> bool {
        let Term::Reg(reg) = term else { return true };
        match self.state.regs[reg].kind {
            Kind::Null | Kind::Stale | Kind::Bool(_) | Kind::Text(_) => false,
            // What never changes is what it was seen to be.
            Kind::Memory if self.fixed.get(reg).is_some_and(Option::is_some) => {
                self.source.registers.get(reg).is_none_or(crate::value::Value::is_number)
            }
            _ => true,
        }
    }

    /// A plain number; leaves if it is none.
    pub(super) fn plain_number(&mut self, bits: Value, conf: Value) -> Value {
        self.guard_plain(conf);
        self.guard_number(bits);
        self.as_float(bits)
    }

    /// As [`Translator::plain_number`], of a value in memory: its upper half words are compared where they are.
    pub(super) fn plain_number_at(&mut self, place: Place, bits: Value, conf: Value) -> Value {
        let Place { region, at, offset } = place;
        if !self.is_known_plain(conf) {
            let upper = self.load(region, types::I32, at, offset + CONF + HALF);
            let plain = self.is_word(IntCC::Equal, upper, PLAIN_BITS >> 32);
            self.guard(plain);
            self.know_plain(conf);
        }
        if !self.is_number(bits) {
            if !self.is_number_at(place) {
                let upper = self.load(region, types::I32, at, offset + HALF);
                let number = self.is_word(IntCC::UnsignedLessThanOrEqual, upper, LAST_NUMBER >> 32);
                self.guard(number);
                self.know_number_at(place);
            }
            let number = self.load(region, types::F64, at, offset);
            self.know_number(bits, number);
        }
        self.as_float(bits)
    }

    pub(super) fn guard_number(&mut self, bits: Value) {
        if !self.is_number(bits) {
            let number = self.is_word(IntCC::UnsignedLessThanOrEqual, bits, LAST_NUMBER);
            self.guard(number);
            let number = self.as_float(bits);
            self.know_number(bits, number);
        }
    }

    /// A confident number; leaves if it is none.
    pub(super) fn confident_number(&mut self, bits: Value, conf: Value) -> (Value, Value) {
        let confident = self.is_word(IntCC::NotEqual, conf, PLAIN_BITS);
        self.guard(confident);
        self.guard_number(bits);
        (self.as_float(bits), self.as_float(conf))
    }

    /// A double as a whole number; leaves if it is none, or not within 32 bits, or -0.
    pub(super) fn whole(&mut self, number: Value) -> Value {
        let cut = self.b.ins().fcvt_to_sint_sat(types::I32, number);
        let back = self.b.ins().fcvt_from_sint(types::F64, cut);
        // By their bits: so -0 and NaN are no whole numbers.
        let (own, back) = (self.as_bits(number), self.as_bits(back));
        let same = self.is(IntCC::Equal, own, back);
        self.guard(same);
        self.b.ins().sextend(types::I64, cut)
    }

    pub(super) fn arithmetic(&mut self, instr: Instr) -> Result<Next, Failure> {
        let (x, y) = (Term::Reg(self.reg(instr.b)), Term::Reg(self.reg(instr.c)));
        self.arithmetic_of(instr, instr.op, x, y)
    }

    /// `a = x op y`.
    pub(super) fn arithmetic_of(&mut self, instr: Instr, op: Op, x: Term, y: Term) -> Result<Next, Failure> {
        let Some((x, y)) = self.both_numbers(x, y) else { return self.general(instr) };
        let confident = matches!(op, Op::ConfAdd | Op::ConfSub | Op::ConfMul | Op::ConfDiv);
        if (confident || x.conf().or(y.conf()).is_some()) && !self.source.lower {
            return self.general(instr);
        }
        let a = self.reg(instr.a);
        let conf = match (x.conf(), y.conf()) {
            (Some(a), Some(b)) => Some(self.lower(a, b)),
            (Some(one), None) | (None, Some(one)) => Some(one),
            (None, None) => confident.then(|| self.number_const(1.0)),
        };
        let bare = match self.whole_arithmetic(op, x, y) {
            Some(whole) => Bare::Int(whole),
            None => Bare::Num(self.float_arithmetic(op, x, y)),
        };
        self.define(a, bare.with(conf));
        Ok(Next::Falls)
    }

    /// Arithmetic of whole numbers that stays whole; leaves where it does not.
    fn whole_arithmetic(&mut self, op: Op, x: Number, y: Number) -> Option<Value> {
        let seen = self.source.profile.at(self.frame().number, self.frame().pc);
        let op = match op {
            Op::Add | Op::ConfAdd => Op::Add,
            Op::Sub | Op::ConfSub => Op::Sub,
            Op::Mul | Op::ConfMul => Op::Mul,
            Op::Rem => Op::Rem,
            _ => return None,
        };
        if seen.fractions {
            return None;
        }
        let (Some(x), Some(y)) = (x.whole(self), y.whole(self)) else { return None };
        if let Some(known) = self.known_whole(op, x, y) {
            return Some(known);
        }
        let result = match op {
            Op::Add => self.whole_sum(x, y),
            Op::Sub => {
                let result = self.b.ins().isub(x, y);
                self.guard_within(result);
                result
            }
            Op::Mul => self.whole_product(x, y),
            _ => self.whole_remainder(x, y)?,
        };
        self.know_whole(op, x, y, result);
        Some(result)
    }

    /// Leaves if a result is too large to stay whole.
    fn guard_within(&mut self, result: Value) {
        // One bit less than there is room for: so the processor needs no more than an addition and a comparison.
        let above = self.b.ins().iadd_imm_s(result, WITHIN);
        let within = self.is_word(IntCC::UnsignedLessThanOrEqual, above, 2 * WITHIN as u64 - 1);
        self.guard(within);
    }

    /// Leaves if the result of numbers that are not negative is too large to stay whole.
    fn guard_natural(&mut self, result: Value) {
        let within = self.is_word(IntCC::UnsignedLessThanOrEqual, result, WITHIN as u64 - 1);
        self.guard(within);
        self.know_natural(result);
    }

    fn whole_sum(&mut self, x: Value, y: Value) -> Value {
        let result = self.b.ins().iadd(x, y);
        if self.is_natural(x) && self.is_natural(y) {
            self.guard_natural(result);
        } else {
            self.guard_within(result);
        }
        result
    }

    fn whole_product(&mut self, x: Value, y: Value) -> Value {
        let result = self.b.ins().imul(x, y);
        if self.is_natural(x) && self.is_natural(y) {
            self.guard_natural(result);
            return result;
        }
        self.guard_within(result);
        // A zero of a negative number is -0.
        let either = self.b.ins().bor(x, y);
        let negative = self.b.ins().icmp_imm_s(IntCC::SignedLessThan, either, 0);
        let zero = self.b.ins().icmp_imm_s(IntCC::Equal, result, 0);
        let minus_zero = self.b.ins().band(negative, zero);
        let fine = self.b.ins().icmp_imm_s(IntCC::Equal, minus_zero, 0);
        self.guard(fine);
        result
    }

    fn whole_remainder(&mut self, x: Value, y: Value) -> Option<Value> {
        match self.constants.get(&y).copied() {
            Some(divisor) if divisor > 0.0 => {}
            Some(_) => return None,
            None => {
                // A divisor of -1 would be a fault of the processor for the least number; negative ones are rare.
                let positive = self.b.ins().icmp_imm_s(IntCC::SignedGreaterThan, y, 0);
                self.guard(positive);
            }
        }
        let (short_x, short_y) = (self.b.ins().ireduce(types::I32, x), self.b.ins().ireduce(types::I32, y));
        let rest = self.b.ins().srem(short_x, short_y);
        let rest = self.b.ins().sextend(types::I64, rest);
        if self.is_natural(x) {
            self.know_natural(rest);
            return Some(rest);
        }
        let zero = self.b.ins().icmp_imm_s(IntCC::NotEqual, rest, 0);
        let positive = self.b.ins().icmp_imm_s(IntCC::SignedGreaterThanOrEqual, x, 0);
        let fine = self.b.ins().bor(zero, positive);
        self.guard(fine);
        Some(rest)
    }

    fn float_arithmetic(&mut self, op: Op, x: Number, y: Number) -> Value {
        if let (Op::Div | Op::ConfDiv, Some(factor)) = (op, y.known(self).and_then(exact_reciprocal)) {
            let (x, factor) = (x.float(self), self.number_const(factor));
            return self.b.ins().fmul(x, factor);
        }
        // The processor has the second operand in memory, where constants are.
        let (x, y) = match (op, x) {
            (Op::Add | Op::ConfAdd | Op::Mul | Op::ConfMul, Number::Const(_)) => (y, x),
            _ => (x, y),
        };
        let (x, y) = (x.first(self), y.float(self));
        match op {
            Op::Add | Op::ConfAdd => self.b.ins().fadd(x, y),
            Op::Sub | Op::ConfSub => self.b.ins().fsub(x, y),
            Op::Mul | Op::ConfMul => self.b.ins().fmul(x, y),
            Op::Div | Op::ConfDiv => {
                self.guard_divisor(y);
                self.b.ins().fdiv(x, y)
            }
            Op::Rem => {
                self.guard_divisor(y);
                self.number_stub(super::super::stubs::remainder as *const u8, &[x, y], x)
            }
            _ => self.number_stub(super::super::stubs::power as *const u8, &[x, y], x),
        }
    }

    /// Division by zero is an error that the interpreter raises. What is no number is left to it too: so one comparison does.
    fn guard_divisor(&mut self, divisor: Value) {
        let zero = self.number_const(0.0);
        let fine = self.is_float(FloatCC::OrderedNotEqual, divisor, zero);
        self.guard(fine);
    }

    /// A function of numbers.
    pub(super) fn number_stub(&mut self, stub: *const u8, arguments: &[Value], otherwise: Value) -> Value {
        let result = self.call_stub(stub, arguments, Some(types::F64));
        result.unwrap_or(otherwise)
    }

    pub(super) fn comparison(&mut self, instr: Instr) -> Result<Next, Failure> {
        let (x, y) = (Term::Reg(self.reg(instr.b)), Term::Reg(self.reg(instr.c)));
        let Some(truth) = self.compare(instr.op, x, y) else { return self.general(instr) };
        let a = self.reg(instr.a);
        self.define(a, Kind::Bool(truth));
        Ok(Next::Falls)
    }

    /// Whether `x op y`, of plain numbers; `None` where they may be anything.
    pub(super) fn compare(&mut self, op: Op, x: Term, y: Term) -> Option<Value> {
        let equality = matches!(op, Op::Eq | Op::Ne | Op::StrictEq | Op::StrictNe);
        if equality && let Some(same) = self.compare_others(op, x, y) {
            return Some(same);
        }
        let (x, y) = self.both_numbers(x, y)?;
        if x.conf().or(y.conf()).is_some() {
            return None;
        }
        let (whole, float) = match op {
            Op::Lt => (IntCC::SignedLessThan, FloatCC::LessThan),
            Op::Le => (IntCC::SignedLessThanOrEqual, FloatCC::LessThanOrEqual),
            Op::Gt => (IntCC::SignedGreaterThan, FloatCC::GreaterThan),
            Op::Ge => (IntCC::SignedGreaterThanOrEqual, FloatCC::GreaterThanOrEqual),
            Op::Eq | Op::StrictEq => (IntCC::Equal, FloatCC::Equal),
            _ => (IntCC::NotEqual, FloatCC::NotEqual),
        };
        let both_whole = match (x, y) {
            (Number::Num(_), _) | (_, Number::Num(_)) => None,
            _ => x.whole(self).and_then(|x| Some((x, y.whole(self)?))),
        };
        if let Some((x, y)) = both_whole {
            return Some(self.is(whole, x, y));
        }
        // The processor compares for more, not for less.
        let (x, y) = match op {
            Op::Lt | Op::Le => (x.float(self), y.first(self)),
            _ => (x.first(self), y.float(self)),
        };
        Some(self.is_float(float, x, y))
    }

    /// Equality of plain booleans, and with null.
    fn compare_others(&mut self, op: Op, x: Term, y: Term) -> Option<Value> {
        let (Term::Reg(x), Term::Reg(y)) = (x, y) else { return None };
        let condition = if matches!(op, Op::Eq | Op::StrictEq) { IntCC::Equal } else { IntCC::NotEqual };
        match (self.state.regs[x].kind, self.state.regs[y].kind) {
            (Kind::Bool(x), Kind::Bool(y)) => Some(self.is(condition, x, y)),
            (Kind::Null, _) => self.compare_null(condition, y),
            (_, Kind::Null) => self.compare_null(condition, x),
            _ => None,
        }
    }

    /// Whether a register is null, or is not.
    fn compare_null(&mut self, condition: IntCC, reg: usize) -> Option<Value> {
        if !matches!(self.state.regs[reg].kind, Kind::Memory | Kind::Held(_)) || self.seen().general {
            return None;
        }
        let (bits, conf) = self.words(reg);
        self.guard_plain(conf);
        // A task would be waited for.
        let no_task = self.is_word(IntCC::UnsignedLessThan, bits, TAG_OTHER);
        self.guard(no_task);
        Some(self.is_word(condition, bits, NULL))
    }

    pub(super) fn signed(&mut self, instr: Instr) -> Result<Next, Failure> {
        let Some(number) = self.number(Term::Reg(self.reg(instr.b)), 0) else { return self.general(instr) };
        let a = self.reg(instr.a);
        let kind = match (instr.op, number) {
            (Op::Plus, Number::Int(value)) => Kind::Int(value),
            (Op::Plus, Number::ConfInt(value, conf)) => Kind::ConfInt(value, conf),
            (_, number) => {
                let conf = number.conf();
                let value = number.float(self);
                let value = if instr.op == Op::Neg { self.b.ins().fneg(value) } else { value };
                conf.map_or(Kind::Num(value), |conf| Kind::Conf(value, conf))
            }
        };
        self.define(a, kind);
        Ok(Next::Falls)
    }

    pub(super) fn not(&mut self, instr: Instr) -> Result<Next, Failure> {
        let (a, b) = (self.reg(instr.a), self.reg(instr.b));
        if self.state.regs[b].kind.is_confident() {
            return self.general(instr);
        }
        if let Kind::Memory | Kind::Held(_) = self.state.regs[b].kind {
            if self.source.profile.at(self.frame().number, self.frame().pc).general {
                return self.general(instr);
            }
            let (_, conf) = self.words(b);
            self.guard_plain(conf);
        }
        let Some(truth) = self.truth(b) else { return self.general(instr) };
        let not = self.b.ins().icmp_imm_s(IntCC::Equal, truth, 0);
        self.define(a, Kind::Bool(not));
        Ok(Next::Falls)
    }
}

/// The number that multiplying by is the same as dividing by this one: of a power of two, not far from 1.
fn exact_reciprocal(divisor: f64) -> Option<f64> {
    const FRACTION: u64 = (1 << 52) - 1;
    let is_power = divisor.to_bits() & FRACTION == 0 && (1e-100..1e100).contains(&divisor.abs());
    is_power.then(|| 1.0 / divisor)
}
