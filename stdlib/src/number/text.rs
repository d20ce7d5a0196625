//! Numbers read from text and shown as text, as JavaScript has it.

use prism_vm::number::is_space;
use prism_vm::value::{Value, format_number};

/// `Number(v)` of a bare value.
pub fn read(value: &Value) -> f64 {
    if let Some(number) = value.as_number() {
        number
    } else if let Some(truth) = value.as_boolean() {
        f64::from(u8::from(truth))
    } else if let Some(text) = value.as_str() {
        read_whole(text.as_str())
    } else if value.is_null() {
        0.0
    } else {
        f64::NAN
    }
}

/// The number that the whole trimmed text is; 0 if there is none, NaN if it is something else.
fn read_whole(text: &str) -> f64 {
    let text = text.trim_matches(is_space);
    if text.is_empty() {
        return 0.0;
    }
    let based = [("0x", 16), ("0X", 16), ("0b", 2), ("0B", 2), ("0o", 8), ("0O", 8)];
    if let Some((digits, base)) = based.iter().find_map(|(prefix, base)| Some((text.strip_prefix(prefix)?, *base))) {
        let right = !digits.is_empty() && digits.chars().all(|digit| digit.is_digit(base));
        return if right { digits_in(digits, base) } else { f64::NAN };
    }
    let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
    // Rust also reads `inf`, `nan` and `infinity`, in any case.
    if unsigned != "Infinity" && unsigned.contains(|c: char| c.is_alphabetic() && !matches!(c, 'e' | 'E')) {
        return f64::NAN;
    }
    text.parse().unwrap_or(f64::NAN)
}

/// `parseInt`: the longest prefix of digits; the base is 10, or 16 after `0x`, unless given.
pub fn parse_int(text: &str, base: Option<f64>) -> f64 {
    let text = text.trim_start_matches(is_space);
    let (negative, text) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    let base = match base {
        None => None,
        Some(base) if (2.0..=36.0).contains(&base) => Some(base as u32),
        Some(_) => return f64::NAN,
    };
    let hexadecimal = text.strip_prefix("0x").or_else(|| text.strip_prefix("0X"));
    let (text, base) = match (hexadecimal, base) {
        (Some(rest), None | Some(16)) => (rest, 16),
        (_, base) => (text, base.unwrap_or(10)),
    };
    let end = text.find(|c: char| !c.is_digit(base)).unwrap_or(text.len());
    let digits = &text[..end];
    if digits.is_empty() {
        return f64::NAN;
    }
    let number = digits_in(digits, base);
    if negative { -number } else { number }
}

/// Digits of that base as a number: exact in base 10, and in the others up to 53 bits.
fn digits_in(digits: &str, base: u32) -> f64 {
    if base == 10 {
        return digits.parse().unwrap_or(f64::NAN);
    }
    let value = |sum: f64, digit: char| sum * f64::from(base) + f64::from(digit.to_digit(base).unwrap_or(0));
    digits.chars().fold(0.0, value)
}

/// `toFixed`: the exact value, halves away from zero; from 1e21 on the display.
pub fn fixed(number: f64, digits: u8) -> String {
    if !number.is_finite() || number.abs() >= 1e21 {
        return format_number(number);
    }
    ryu_js::Buffer::new().format_to_fixed(number, digits).to_owned()
}

/// The digits of a finite number in a base from 2 to 36: as many of the fraction as tell the number from its
/// neighbours.
pub fn in_base(number: f64, base: u32) -> String {
    let (magnitude, base_number) = (number.abs(), f64::from(base));
    let (mut whole, mut fraction) = (magnitude.trunc(), magnitude.fract());
    // Half the distance to the next number: what is smaller makes no difference.
    let mut tolerance = ((magnitude.next_up() - magnitude) / 2.0).max(f64::from_bits(1));
    let mut after = Vec::new();
    while fraction >= tolerance {
        tolerance *= base_number;
        fraction *= base_number;
        let digit = fraction.trunc();
        fraction -= digit;
        after.push(digit as u32);
        let nearer_above = fraction > 0.5 || (fraction == 0.5 && digit % 2.0 == 1.0);
        if nearer_above && fraction + tolerance > 1.0 {
            whole += f64::from(u8::from(carry(&mut after, base)));
            break;
        }
    }
    let digit = |digit: u32| char::from_digit(digit, base).unwrap_or('0');
    let mut before = Vec::new();
    while whole >= 1.0 || before.is_empty() {
        let last = whole % base_number;
        before.push(digit(last as u32));
        whole = (whole - last) / base_number;
    }
    let mut text = String::from(if number < 0.0 { "-" } else { "" });
    text.extend(before.iter().rev());
    if !after.is_empty() {
        text.push('.');
        text.extend(after.iter().map(|one| digit(*one)));
    }
    text
}

/// Adds one to the last of the digits; true if that carries over into the whole part.
fn carry(digits: &mut Vec<u32>, base: u32) -> bool {
    while let Some(last) = digits.pop() {
        if last + 1 < base {
            digits.push(last + 1);
            return false;
        }
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn whole_texts() {
        let read = |text| read(&Value::from(text));
        assert_eq!(
            ["", "  12 ", "0x1F", "0b101", "1e3", "-Infinity", "5.", ".5", "1e1000"].map(read),
            [0.0, 12.0, 31.0, 5.0, 1000.0, f64::NEG_INFINITY, 5.0, 0.5, f64::INFINITY]
        );
        let not = ["12px", ".", "1_000", "-0x10", "1 2", "infinity", "nan", "inf", "0x", "+-5", "e5", "1e"];
        assert!(not.iter().all(|text| read(text).is_nan()), "{:?}", not.map(read));
    }

    #[test]
    fn prefixes() {
        let given = [
            ("42px", None),
            ("  -7.9", None),
            ("0x1f", None),
            ("ff", Some(16.0)),
            ("12", Some(3.0)),
            ("1e3", None),
            ("0b11", Some(2.0)),
        ];
        assert_eq!(given.map(|(text, base)| parse_int(text, base)), [42.0, -7.0, 31.0, 255.0, 5.0, 1.0, 0.0]);
        let not = [("", None), ("9", Some(8.0)), ("1", Some(1.0)), ("1", Some(37.0)), ("1", Some(0.0)), ("null", None)];
        assert!(not.iter().all(|(text, base)| parse_int(text, *base).is_nan()));
    }

    #[test]
    fn fixed_points() {
        let given = [
            (1.005, 2),
            (2.5, 0),
            (-2.5, 0),
            (1.45, 1),
            (1e21, 2),
            (0.0, 3),
            (-0.0004, 2),
            (0.000001, 7),
            (0.1, 20),
            (-1.5, 0),
            (8.5, 0),
        ];
        assert_eq!(
            given.map(|(number, digits)| fixed(number, digits)),
            ["1.00", "3", "-3", "1.4", "1e+21", "0.000", "-0.00", "0.0000010", "0.10000000000000000555", "-2", "9"]
        );
        assert_eq!(fixed(f64::NAN, 2), "NaN");
    }

    #[test]
    fn bases() {
        let given = [(255.0, 16), (-10.0, 2), (0.5, 2), (35.0, 36), (0.0, 2), (1e21, 16)];
        assert_eq!(
            given.map(|(number, base)| in_base(number, base)),
            ["ff", "-1010", "0.1", "z", "0", "3635c9adc5dea00000"]
        );
    }

    proptest! {
        #[test]
        fn digits_read_back(number in -1e6..1e6f64, base in 2u32..=36) {
            let text = in_base(number, base);
            let (whole, fraction) = text.trim_start_matches('-').split_once('.').unwrap_or((text.trim_start_matches('-'), ""));
            let mut read = digits_in(whole, base);
            let mut unit = 1.0;
            for digit in fraction.chars() {
                unit /= f64::from(base);
                read += f64::from(digit.to_digit(base).unwrap_or(0)) * unit;
            }
            prop_assert!((read - number.abs()).abs() <= number.abs() * 1e-15 + 1e-15, "{number} in base {base}: {text} is {read}");
        }

        #[test]
        fn displayed_numbers_are_read_as_themselves(number in any::<f64>()) {
            let text = format_number(number);
            prop_assert!(number.is_nan() || read(&Value::from(text)) == number);
        }
    }
}
