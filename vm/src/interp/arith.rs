//! Arithmetic and joining (§4). Fast paths for plain numbers are in the dispatch loop; here is the whole rule.

use crate::confidence::Conf;
use crate::raise::Raise;
use crate::runtime::{BoundedText, Runtime};
use crate::value::{Task, Value};
use prism_bytecode::Op;
use prism_confidence::Rule;
use prism_diagnostics::Code;

/// The operator as written, for messages.
fn symbol(op: Op) -> &'static str {
    match op {
        Op::Add => "+",
        Op::Sub => "-",
        Op::Mul => "*",
        Op::Div => "/",
        Op::Rem => "%",
        Op::Pow => "**",
        Op::ConfAdd => "~+",
        Op::ConfSub => "~-",
        Op::ConfMul => "~*",
        Op::ConfDiv => "~/",
        _ => "?",
    }
}

/// JavaScript's power: a NaN exponent gives NaN, and so does ±1 to an infinity.
pub(crate) fn power(base: f64, exponent: f64) -> f64 {
    if exponent.is_nan() || (base.abs() == 1.0 && exponent.is_infinite()) { f64::NAN } else { base.powf(exponent) }
}

/// The quotient; NaN by zero, which is an error.
#[inline]
pub(crate) fn quotient(x: f64, y: f64) -> f64 {
    if y == 0.0 { f64::NAN } else { x / y }
}

/// JavaScript's remainder of two whole numbers that are exact, by the processor's division: the sign is the dividend's.
/// NaN for all others, and by zero.
#[inline]
#[allow(unsafe_code, reason = "conversions of numbers that were found in range")]
pub(crate) fn whole_remainder(x: f64, y: f64) -> f64 {
    const SMALL: f64 = 2_147_483_648.0;
    const EXACT: f64 = 9_007_199_254_740_992.0;
    if x.abs() < SMALL && y.abs() < SMALL {
        // SAFETY: both are numbers, and within the range of the type.
        let (a, b) = unsafe { (x.to_int_unchecked::<i32>(), y.to_int_unchecked::<i32>()) };
        if f64::from(a) == x && f64::from(b) == y && b != 0 {
            // The least number is out of range, so this can't overflow.
            return f64::from(a.wrapping_rem(b)).copysign(x);
        }
    } else if x.abs() < EXACT && y.abs() < EXACT {
        // SAFETY: as above.
        let (a, b) = unsafe { (x.to_int_unchecked::<i64>(), y.to_int_unchecked::<i64>()) };
        if a as f64 == x && b as f64 == y && b != 0 {
            return (a.wrapping_rem(b) as f64).copysign(x);
        }
    }
    f64::NAN
}

/// As [`whole_remainder`], by a divisor that is known to be whole and small.
#[inline]
#[allow(unsafe_code, reason = "conversions of numbers that were found in range")]
pub(crate) fn small_remainder(x: f64, divisor: u16) -> f64 {
    const SMALL: f64 = 2_147_483_648.0;
    if divisor == 0 {
        return f64::NAN;
    }
    if x.abs() < SMALL {
        // SAFETY: it is a number within the range of the type.
        let whole = unsafe { x.to_int_unchecked::<i32>() };
        if f64::from(whole) == x {
            return f64::from(whole.wrapping_rem(divisor.into())).copysign(x);
        }
        return f64::NAN;
    }
    whole_remainder(x, divisor.into())
}

/// JavaScript's remainder: the sign is the dividend's. Whole numbers take the processor's division.
#[inline]
pub(crate) fn remainder(x: f64, y: f64) -> f64 {
    const EXACT: f64 = 9_007_199_254_740_992.0;
    let (a, b) = (x as i64, y as i64);
    if a as f64 != x || b as f64 != y || x.abs() > EXACT || y.abs() > EXACT || b == 0 {
        return x % y;
    }
    ((a % b) as f64).copysign(x)
}

/// A number of two numbers.
#[inline]
pub(crate) fn compute(op: Op, x: f64, y: f64) -> Result<f64, Raise> {
    Ok(match op {
        Op::Add | Op::ConfAdd => x + y,
        Op::Sub | Op::ConfSub => x - y,
        Op::Mul | Op::ConfMul => x * y,
        Op::Div | Op::ConfDiv if y != 0.0 => x / y,
        Op::Rem if y != 0.0 => remainder(x, y),
        Op::Pow => power(x, y),
        _ => {
            return Err(Raise::new(
                Code::R0008,
                format!("division by zero: {} by 0 with {}", crate::value::format_number(x), symbol(op)),
            ));
        }
    })
}

impl Runtime {
    /// `x op y` for arithmetic operators, plain and `~`.
    pub(crate) fn arithmetic(&mut self, op: Op, x: &Value, y: &Value) -> Result<Value, Raise> {
        let (x, y) = (Task::settled(x)?, Task::settled(y)?);
        let conf = x.conf().combine(y.conf(), Rule::Arithmetic, self.config.arithmetic);
        let always = matches!(op, Op::ConfAdd | Op::ConfSub | Op::ConfMul | Op::ConfDiv);
        let value = match (x.as_number(), y.as_number()) {
            (Some(a), Some(b)) => Value::number(compute(op, a, b)?),
            _ if op == Op::Add && (x.as_str().is_some() || y.as_str().is_some()) => self.join(x, &y)?,
            _ => return Err(mismatch(op, &x, &y)),
        };
        Ok(value.with_conf(if always { certain(conf) } else { conf }))
    }

    /// The bare displays joined; the left string grows in place where nobody else sees it.
    fn join(&mut self, x: Value, y: &Value) -> Result<Value, Raise> {
        let right = self.display_bare(y);
        let right = right.as_str();
        let mut text = if x.as_str().is_some() { x.bare() } else { Value::from(self.display_bare(&x)) };
        self.reserve(text.as_str().map_or(0, |text| text.as_str().len()) + right.len())?;
        if let Some(own) = text.as_unique_str_mut() {
            own.push_str(right);
            return Ok(text);
        }
        let left = text.as_str().map_or("", |text| text.as_str());
        let mut joined = String::with_capacity(left.len() + right.len());
        joined.push_str(left);
        joined.push_str(right);
        Ok(Value::string(joined))
    }

    /// `-x` or `+x`.
    pub(crate) fn signed(&mut self, op: Op, x: &Value) -> Result<Value, Raise> {
        let x = Task::settled(x)?;
        let sign = if op == Op::Neg { "-" } else { "+" };
        let Some(number) = x.as_number() else {
            return Err(Raise::kind(format!("operator {sign} needs a number, got {}", x.kind().as_str())));
        };
        Ok(Value::number(if op == Op::Neg { -number } else { number }).with_conf(x.conf()))
    }

    /// The displays of a template's parts joined, plain.
    pub(crate) fn concat(&mut self, parts: &[Value]) -> Result<Value, Raise> {
        // A number has seldom more digits.
        let length = |part: &Value| part.as_str().map_or(16, |text| text.as_str().len());
        let length = parts.iter().map(length).sum::<usize>();
        self.check_room(length)?;
        let mut text = BoundedText::with_capacity(length);
        for part in parts {
            let part = Task::settled(part)?;
            match part.as_str().filter(|_| !part.is_confident()) {
                Some(own) => text.push(own.as_str())?,
                None => text.push_display(self, &part)?,
            }
        }
        let text = text.into_text();
        self.take_text(&text)?;
        Ok(Value::string(text))
    }
}

/// The confidence of an operation that always has one.
pub(crate) fn certain(conf: Conf) -> Conf {
    if conf.is_plain() { Conf::derive(1.0, Rule::Certain, &[]) } else { conf }
}

fn mismatch(op: Op, x: &Value, y: &Value) -> Raise {
    let (x, y, symbol) = (x.kind().as_str(), y.kind().as_str(), symbol(op));
    let wants = if op == Op::Add { "two numbers, or a string on either side" } else { "two numbers" };
    Raise::kind(format!("operator {symbol} needs {wants}, got {x} and {y}"))
}
