//! Operators on confidence itself (§3): attach, read, gates, levels.

use super::arith::certain;
use crate::confidence::Conf;
use crate::raise::Raise;
use crate::runtime::Runtime;
use crate::value::{Task, Value};
use prism_bytecode::Op;
use prism_confidence::{Level, Rule, Thresholds, threshold};

impl Runtime {
    /// `x ~> c`.
    pub(crate) fn attach(&mut self, x: &Value, c: &Value) -> Result<Value, Raise> {
        let (x, c) = (Task::settled(x)?, Task::settled(c)?);
        let Some(number) = c.as_number() else {
            return Err(Raise::kind(format!("~> needs a confidence: a number from 0 to 1, got {}", c.kind().as_str())));
        };
        if number.is_nan() {
            return Err(Raise::range("~>: a confidence must be a number from 0 to 1, got NaN"));
        }
        let conf = Conf::derive(number, Rule::Asserted, &[]);
        Ok(x.with_conf(conf))
    }

    /// `<~ x`.
    pub(crate) fn confidence_of(&mut self, x: &Value) -> Result<Value, Raise> {
        Ok(Value::number(Task::settled(x)?.conf().or_one()))
    }

    /// `~&&`, `~||`, `~~`, `~||>`.
    pub(crate) fn weigh(&mut self, op: Op, x: &Value, y: &Value) -> Result<Value, Raise> {
        let (x, y) = (Task::settled(x)?, Task::settled(y)?);
        let (a, b) = (x.conf(), y.conf());
        Ok(match op {
            Op::ConfAnd => {
                let conf = certain(a.combine(b, Rule::And, self.config.and));
                Value::boolean(x.is_truthy() && y.is_truthy()).with_conf(conf)
            }
            Op::ConfOr => {
                let conf = certain(a.combine(b, Rule::Or, self.config.or));
                Value::boolean(x.is_truthy() || y.is_truthy()).with_conf(conf)
            }
            Op::Chain => y.with_conf(certain(a.combine(b, Rule::Chain, self.config.chain))),
            _ if a.or_one() >= b.or_one() => x,
            _ => y,
        })
    }

    /// The value with the product of its own and the condition's confidence, always confident (`~?:`).
    pub(crate) fn times(&mut self, value: &Value, condition: &Value) -> Result<Value, Raise> {
        let (value, condition) = (Task::settled(value)?, Task::settled(condition)?);
        let conf = condition.conf().combine(value.conf(), Rule::Ternary, self.config.ternary);
        Ok(value.with_conf(certain(conf)))
    }

    /// The result, with the input's confidence where it has none (`~|>`).
    pub(crate) fn pipe_result(&mut self, result: &Value, input: &Value) -> Result<Value, Raise> {
        let result = Task::settled(result)?;
        if result.is_confident() {
            return Ok(result);
        }
        // A task that nobody has used yet may still be under way: its confidence is part of what is asked for.
        let conf = Task::settled(input)?.conf();
        Ok(if conf.is_plain() { result } else { result.with_conf(Conf::derive(conf.or_one(), Rule::Pipe, &[conf])) })
    }

    /// A threshold: a number in 0…1, its own confidence looked through.
    pub(crate) fn threshold(&self, value: &Value, what: &str) -> Result<f64, Raise> {
        let value = Task::settled(value)?;
        let number = value.as_number().ok_or_else(|| {
            Raise::kind(format!("{what}: a threshold must be a number from 0 to 1, got {}", value.kind().as_str()))
        })?;
        match threshold(number) {
            Ok(found) => Ok(found.get()),
            Err(_) => Err(Raise::range(format!(
                "{what}: a threshold must be from 0 to 1, got {}",
                crate::value::format_number(number)
            ))),
        }
    }

    /// `x ~?> t`, `x ~?> [t, d]`.
    pub(crate) fn gate(&mut self, x: &Value, gate: &Value) -> Result<Value, Raise> {
        let (x, gate) = (Task::settled(x)?, Task::settled(gate)?);
        let (limit, default) = match gate.as_array() {
            Some(pair) if pair.len() == 2 => (pair[0].clone(), pair[1].clone()),
            Some(other) => {
                return Err(Raise::kind(format!("~?> needs [threshold, default], got an array of {}", other.len())));
            }
            None => (gate.clone(), Value::NULL),
        };
        let limit = self.threshold(&limit, "~?>")?;
        if x.is_null() || x.conf().or_one() < limit {
            return Ok(default);
        }
        let conf = x.conf();
        let passed = if conf.is_plain() { certain(conf) } else { conf };
        Ok(x.with_conf(passed))
    }

    /// `x ~@> t` where t is a number that the compiler knows.
    pub(crate) fn threshold_gate(&mut self, x: &Value, limit: &Value) -> Result<Value, Raise> {
        let x = Task::settled(x)?;
        let limit = self.threshold(limit, "~@>")?;
        Ok(if x.is_null() || x.conf().or_one() < limit { Value::NULL } else { x })
    }

    /// Whether `x ~@> action` acts.
    pub(crate) fn is_open(&mut self, x: &Value) -> Result<bool, Raise> {
        let x = Task::settled(x)?;
        Ok(!x.is_null() && x.conf().or_one() >= self.config.gate.threshold.get())
    }

    /// What `x ~@> action` gives where it does not act.
    pub(crate) fn gate_shut(&mut self, x: &Value) -> Result<Value, Raise> {
        let x = Task::settled(x)?;
        if x.is_null() {
            return Ok(Value::NULL);
        }
        let conf = x.conf();
        let lowered = conf.or_one() * self.config.gate.factor.get();
        Ok(x.with_conf(Conf::derive(lowered, Rule::ActionGate, &[conf])))
    }

    /// Whether `x ~?? y` keeps x.
    pub(crate) fn is_sure(&mut self, x: &Value) -> Result<bool, Raise> {
        let x = Task::settled(x)?;
        Ok(!x.is_null() && x.conf().or_one() >= self.config.coalesce_threshold.get())
    }

    /// The level of x's confidence by two thresholds: 2, 1 or 0.
    pub(crate) fn level(&mut self, x: &Value, bounds: Option<(&Value, &Value)>) -> Result<Value, Raise> {
        let x = Task::settled(x)?;
        let thresholds = match bounds {
            None => Thresholds::default(),
            Some((high, medium)) => {
                let (high, medium) = (self.threshold(high, "threshold")?, self.threshold(medium, "threshold")?);
                Thresholds::new(high, medium).map_err(|error| Raise::range(format!("threshold: {error}")))?
            }
        };
        Ok(Value::number(match thresholds.level_of_raw(x.confidence().unwrap_or(f64::NAN)) {
            Level::High => 2.0,
            Level::Medium => 1.0,
            Level::Low => 0.0,
        }))
    }

    /// Whether a part's confidence reaches a pattern's threshold (§7).
    pub(crate) fn meets(&mut self, x: &Value, limit: &Value) -> Result<bool, Raise> {
        let limit = self.threshold(limit, "pattern")?;
        Ok(Task::settled(x)?.conf().or_one() >= limit)
    }
}
