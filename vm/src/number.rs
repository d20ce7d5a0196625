//! Numbers read from text and shown as text, as JavaScript has it.

/// JavaScript's white space, also U+FEFF.
pub fn is_space(c: char) -> bool {
    matches!(c, '\t' | '\n' | '\u{b}' | '\u{c}' | '\r' | '\u{2028}' | '\u{2029}' | '\u{feff}')
        || (c.is_whitespace() && c != '\u{85}')
}

/// The longest decimal prefix, as JavaScript's `parseFloat`: leading white space is skipped, `Infinity` is known; NaN
/// if there is none.
pub fn parse_float(text: &str) -> f64 {
    let text = text.trim_start_matches(is_space);
    let bytes = text.as_bytes();
    let sign = usize::from(matches!(bytes.first(), Some(b'+' | b'-')));
    if text[sign..].starts_with("Infinity") {
        return if bytes[0] == b'-' { f64::NEG_INFINITY } else { f64::INFINITY };
    }
    let digits = |from: usize| bytes[from..].iter().take_while(|byte| byte.is_ascii_digit()).count();
    let whole = digits(sign);
    let mut end = sign + whole;
    let mut fraction = 0;
    if bytes.get(end) == Some(&b'.') {
        fraction = digits(end + 1);
        if whole + fraction > 0 {
            end += 1 + fraction;
        }
    }
    if whole + fraction == 0 {
        return f64::NAN;
    }
    if matches!(bytes.get(end), Some(b'e' | b'E')) {
        let exponent_sign = usize::from(matches!(bytes.get(end + 1), Some(b'+' | b'-')));
        let exponent = if end + 1 + exponent_sign <= bytes.len() { digits(end + 1 + exponent_sign) } else { 0 };
        if exponent > 0 {
            end += 1 + exponent_sign + exponent;
        }
    }
    text[..end].parse().unwrap_or(f64::NAN)
}
