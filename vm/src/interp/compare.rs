//! Comparisons, membership, kind tests and truth (§2, §4).

use super::arith::certain;
use crate::raise::Raise;
use crate::runtime::Runtime;
use crate::value::heap::Ref;
use crate::value::{Kind, Str, Task, Value, loosely_equal, metered, same_or_nan, strictly_equal};
use prism_bytecode::Op;
use prism_confidence::Rule;
use std::cmp::Ordering;

impl Runtime {
    /// `x op y` for equality and order, plain and `~`.
    pub(crate) fn compare(&mut self, op: Op, x: &Value, y: &Value) -> Result<Value, Raise> {
        if let (Op::Eq | Op::Ne | Op::StrictEq | Op::StrictNe, Some(a), Some(b)) = (op, x.as_str(), y.as_str())
            && x.is_plain_with(y)
        {
            let equal = a.as_str().len() == b.as_str().len() && {
                self.take_text(a.as_str())?;
                a.as_str() == b.as_str()
            };
            return Ok(Value::boolean(equal == matches!(op, Op::Eq | Op::StrictEq)));
        }
        let (x, y) = (Task::settled(x)?, Task::settled(y)?);
        let conf = x.conf().combine(y.conf(), Rule::Comparison, self.config.comparison);
        let display = |value: &Value| self.display_bare(value);
        let (truth, parts) = match op {
            Op::StrictEq | Op::ConfEq => metered(self.fuel, || strictly_equal(&x, &y)),
            Op::StrictNe | Op::ConfNe => metered(self.fuel, || !strictly_equal(&x, &y)),
            Op::Eq => metered(self.fuel, || loosely_equal(&x, &y, &display)),
            Op::Ne => metered(self.fuel, || !loosely_equal(&x, &y, &display)),
            _ => (self.ordered(op, &x, &y)?, Some(0)),
        };
        self.take_parts(parts)?;
        self.check_room(0)?;
        let always = matches!(op, Op::ConfEq | Op::ConfNe | Op::ConfLt | Op::ConfLe | Op::ConfGe);
        Ok(Value::boolean(truth).with_conf(if always { certain(conf) } else { conf }))
    }

    fn ordered(&mut self, op: Op, x: &Value, y: &Value) -> Result<bool, Raise> {
        let order = match (x.as_number(), y.as_number(), x.as_str(), y.as_str()) {
            (Some(x), Some(y), ..) => x.partial_cmp(&y),
            // Bytes of UTF-8 are in the order of the scalar values that they stand for.
            (_, _, Some(x), Some(y)) => {
                let (x, y) = (x.as_str(), y.as_str());
                self.take_text(if x.len() < y.len() { x } else { y })?;
                Some(x.cmp(y))
            }
            _ => {
                let (x, y) = (x.kind().as_str(), y.kind().as_str());
                return Err(Raise::kind(format!("can compare two numbers or two strings, got {x} and {y}")));
            }
        };
        Ok(match op {
            Op::Lt | Op::ConfLt => order == Some(Ordering::Less),
            Op::Gt => order == Some(Ordering::Greater),
            Op::Le | Op::ConfLe => matches!(order, Some(Ordering::Less | Ordering::Equal)),
            _ => matches!(order, Some(Ordering::Greater | Ordering::Equal)),
        })
    }

    /// `x in y`.
    pub(crate) fn is_in(&mut self, x: &Value, y: &Value) -> Result<Value, Raise> {
        let (x, y) = (Task::settled(x)?, Task::settled(y)?);
        let conf = x.conf().combine(y.conf(), Rule::Comparison, self.config.comparison);
        let truth = if let Some(array) = y.as_array() {
            self.take_fuel(array.len() as u64)?;
            let mut found = false;
            for item in array.iter() {
                let item = Task::settled(item)?;
                let (equal, parts) = metered(self.fuel, || same_or_nan(&item, &x));
                self.take_parts(parts)?;
                if equal {
                    found = true;
                    break;
                }
            }
            found
        } else if y.kind() == Kind::Object {
            let key = self.key_of(&x).ok_or_else(|| {
                Raise::kind(format!("`in` looks for a string in an object, got {}", x.kind().as_str()))
            })?;
            self.take_text(key.as_str())?;
            y.as_object().is_some_and(|object| object.has(key.as_str()))
        } else {
            return Err(Raise::kind(format!(
                "`in` needs an array or an object on its right, got {}",
                y.kind().as_str()
            )));
        };
        Ok(Value::boolean(truth).with_conf(conf))
    }

    /// A key: a string, or a number's display.
    pub(crate) fn key_of(&self, value: &Value) -> Option<Ref<Str>> {
        let number = || Some(Ref::new(Str::new(crate::value::format_number(value.as_number()?))));
        value.to_ref().or_else(number)
    }

    /// What `typeof` tells. Does not wait.
    pub(crate) fn type_of(&self, value: &Value) -> &'static str {
        if self.is_namespace(value) { Kind::Object.as_str() } else { value.kind().as_str() }
    }

    /// `x instanceof kind`. Does not wait for x.
    pub(crate) fn instance_of(&self, x: &Value, kind: &Value) -> Result<Value, Raise> {
        let kind = Task::settled(kind)?;
        let named = kind.as_str().and_then(|name| Kind::named(name.as_str()));
        let Some(named) = named else {
            return Err(Raise::kind(format!(
                "instanceof needs the name of a kind (\"number\", \"string\", …), got {}",
                self.display_brief(&kind)
            )));
        };
        Ok(Value::boolean(self.type_of(x) == named.as_str()))
    }

    /// `!x`.
    pub(crate) fn not(&mut self, x: &Value) -> Result<Value, Raise> {
        let x = Task::settled(x)?;
        Ok(Value::boolean(!x.is_truthy()).with_conf(x.conf()))
    }
}
