//! Amounts of money, exact: whole millionths of the unit that a run's prices are in. Which unit that is, nobody here
//! needs to know; all prices of a run must be in the same.

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use std::fmt;
use std::str::FromStr;

/// How many of the smallest amounts make one unit.
const MICROS: u64 = 1_000_000;
/// Decimals that an amount can have.
const DECIMALS: usize = 6;

/// An amount, from 0 up to 18 million million units, in steps of a millionth. Written as a decimal number: `0.0025`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Money(u64);

/// A text that is no amount.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{text}` is no amount of money: write a number that is not negative, with at most six decimals, as 0.0025")]
pub struct BadAmount {
    /// The text.
    pub text: String,
}

impl Money {
    /// Nothing.
    pub const ZERO: Money = Money(0);
    /// The largest amount.
    pub const MOST: Money = Money(u64::MAX);

    /// So many millionths of a unit.
    pub const fn from_micros(micros: u64) -> Self {
        Money(micros)
    }

    /// Millionths of a unit.
    pub const fn micros(self) -> u64 {
        self.0
    }

    /// The sum; `None` if no amount is so large.
    pub fn checked_add(self, more: Money) -> Option<Money> {
        self.0.checked_add(more.0).map(Money)
    }

    /// What is left of it; nothing if `less` is more.
    pub fn saturating_sub(self, less: Money) -> Money {
        Money(self.0.saturating_sub(less.0))
    }
}

impl FromStr for Money {
    type Err = BadAmount;

    fn from_str(text: &str) -> Result<Self, BadAmount> {
        let bad = || BadAmount { text: text.to_owned() };
        let (whole, decimals) = text.split_once('.').unwrap_or((text, "0"));
        let is_number = |digits: &str| !digits.is_empty() && digits.bytes().all(|digit| digit.is_ascii_digit());
        if !is_number(whole) || !is_number(decimals) || decimals.len() > DECIMALS {
            return Err(bad());
        }
        let whole: u64 = whole.parse().map_err(|_| bad())?;
        let decimals: u64 = format!("{decimals:0<DECIMALS$}").parse().map_err(|_| bad())?;
        whole.checked_mul(MICROS).and_then(|micros| micros.checked_add(decimals)).map(Money).ok_or_else(bad)
    }
}

/// At least two decimals, and no more than it takes.
impl fmt::Display for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let decimals = format!("{:0DECIMALS$}", self.0 % MICROS);
        write!(f, "{}.{:0<2}", self.0 / MICROS, decimals.trim_end_matches('0'))
    }
}

/// A number of units, as JSON has it; exact up to nine thousand million units.
impl Serialize for Money {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_f64(self.0 as f64 / MICROS as f64)
    }
}

/// From a number of units, or the same as a text.
impl<'de> Deserialize<'de> for Money {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(untagged)]
        enum Written {
            Number(f64),
            Text(String),
        }
        let text = match Written::deserialize(deserializer)? {
            // The shortest decimal number that is this double: what was written.
            Written::Number(number) => number.to_string(),
            Written::Text(text) => text,
        };
        text.parse().map_err(de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn what_is_no_amount_is_refused() {
        for text in ["", ".", "1.", ".5", "-1", "+1", "1e3", "0.0000001", "NaN", "1,5", "99999999999999999999", " 1"] {
            assert!(text.parse::<Money>().is_err(), "{text}");
        }
        for json in ["-1", "1e-9", "1e300", "\"much\"", "null", "[]"] {
            assert!(serde_json::from_str::<Money>(json).is_err(), "{json}");
        }
    }

    #[test]
    fn amounts_are_shown_as_money_is() {
        let shown =
            ["0", "0.5", "12.34", "0.000001", "3.10"].map(|text| text.parse::<Money>().expect("money").to_string());
        assert_eq!(shown, ["0.00", "0.50", "12.34", "0.000001", "3.10"]);
    }

    proptest! {
        #[test]
        fn amounts_are_read_back(micros in any::<u64>()) {
            prop_assert_eq!(Money(micros).to_string().parse(), Ok(Money(micros)));
        }

        #[test]
        fn json_is_exact(micros in 0..1u64 << 52) {
            let json = serde_json::to_string(&Money(micros)).expect("JSON");
            prop_assert_eq!(serde_json::from_str::<Money>(&json).ok(), Some(Money(micros)));
        }
    }
}
