//! The checks that tell personal data from look-alikes, each with the share of look-alikes that it lets through.
//!
//! The shares of checksums and value ranges are arithmetic. Those of shapes and labels are set by judgement: they say
//! in how many of the places where the shape occurs it means something else.

use std::net::{Ipv4Addr, Ipv6Addr};

use iban::Iban;

/// Share of IBAN look-alikes that pass the check digits: remainder 1 of 97.
const MOD_97: f64 = 1.0 / 97.0;
/// Share of digit strings that pass the Luhn sum.
const LUHN: f64 = 1.0 / 10.0;
/// Share of `name@host.tld` that is no address of a mailbox.
const EMAIL_SHAPE: f64 = 0.05;
/// Share of four numbers up to 255 that is no address, such as a version number.
const IPV4_SHAPE: f64 = 0.25;
/// Share of well-formed IPv6 addresses that is something else.
const IPV6_SHAPE: f64 = 0.02;
/// Share of 3-2-4 digit groups that is no social security number, such as a part number.
const SSN_SHAPE: f64 = 0.3;
/// Share of numbers 001–899 without 666, groups 01–99 and serials 0001–9999 among all digits of that shape.
const SSN_RANGES: f64 = 0.898 * 0.99 * 0.9999;
/// Share of valid dates that is no date of birth although a label says so.
const DATE_SHAPE: f64 = 0.5;
/// Share of `+` and 8 to 15 digits that is no phone number.
const INTERNATIONAL_SHAPE: f64 = 0.1;
/// Share of numbers written like a North American phone number that is none.
const NATIONAL_SHAPE: f64 = 0.35;
/// Share of 7 to 15 digits of no special shape that is no phone number; too many to report without a label.
const DIGITS_SHAPE: f64 = 0.9;

/// Share of look-alikes that stand right behind a label of the kind.
pub const LABEL: f64 = 0.15;

/// What the checks of a kind say of a candidate.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Verdict {
    /// Not of the kind.
    No,
    /// Passed; the first `length` bytes of the candidate are the value.
    Passed {
        /// Length of the value in bytes.
        length: usize,
        /// Share of look-alikes that would have passed as well, from 0 to 1.
        share: f64,
        /// Whether a checksum was right.
        verified: bool,
        /// Whether the shape is so common that a label must stand before it.
        needs_label: bool,
    },
}

fn passed(candidate: &str, share: f64) -> Verdict {
    Verdict::Passed { length: candidate.len(), share, verified: false, needs_label: false }
}

/// Check digits, country and length of an IBAN. Capitals that follow the number are cut off.
pub fn iban(candidate: &str) -> Verdict {
    let ends = candidate.char_indices().map(|(at, c)| at + c.len_utf8()).collect::<Vec<_>>();
    let value = ends.iter().rev().filter_map(|end| candidate.get(..*end)).find(|value| {
        let compact: String = value.chars().filter(|c| !c.is_whitespace()).collect();
        value.ends_with(|c: char| !c.is_whitespace()) && compact.parse::<Iban>().is_ok()
    });
    match value {
        Some(value) => Verdict::Passed { length: value.len(), share: MOD_97, verified: true, needs_label: false },
        None => Verdict::No,
    }
}

/// First digits (from, to) and lengths of the payment cards that are issued.
const ISSUERS: [(&str, &str, &[usize]); 15] = [
    ("4", "4", &[13, 16, 19]),
    ("51", "55", &[16]),
    ("2221", "2720", &[16]),
    ("34", "34", &[15]),
    ("37", "37", &[15]),
    ("300", "305", &[14]),
    ("36", "36", &[14]),
    ("38", "39", &[14]),
    ("6011", "6011", &[16, 19]),
    ("644", "659", &[16, 19]),
    ("3528", "3589", &[16, 17, 18, 19]),
    ("62", "62", &[16, 17, 18, 19]),
    ("50", "50", &[12, 13, 14, 15, 16, 17, 18, 19]),
    ("56", "58", &[12, 13, 14, 15, 16, 17, 18, 19]),
    ("63", "63", &[12, 13, 14, 15, 16, 17, 18, 19]),
];

/// Luhn sum, and first digits and length of an issuer. Groups of digits that follow the number, such as the month of
/// expiry, are cut off.
pub fn card(candidate: &str) -> Verdict {
    let groups = candidate.char_indices().filter(|(_, c)| !c.is_ascii_digit()).map(|(at, _)| at);
    let ends = groups.chain([candidate.len()]).collect::<Vec<_>>();
    let values = ends.iter().rev().filter_map(|end| candidate.get(..*end));
    values.map(whole_card).find(|verdict| *verdict != Verdict::No).unwrap_or(Verdict::No)
}

fn whole_card(candidate: &str) -> Verdict {
    let digits = digits(candidate);
    let of_length = || ISSUERS.iter().filter(|(.., lengths)| lengths.contains(&digits.len()));
    let issued =
        of_length().any(|(from, to, _)| digits.get(..from.len()).is_some_and(|start| (*from..=*to).contains(&start)));
    let same = digits.chars().all(|digit| digits.starts_with(digit));
    if !issued || same || !luhn(&digits) {
        return Verdict::No;
    }
    let share: f64 = of_length().map(|(from, to, _)| share_of_prefixes(from, to)).sum();
    Verdict::Passed { length: candidate.len(), share: LUHN * share, verified: true, needs_label: false }
}

/// Share of digit strings that start with one of the prefixes.
fn share_of_prefixes(from: &str, to: &str) -> f64 {
    let (Ok(first), Ok(last)) = (from.parse::<f64>(), to.parse::<f64>()) else { return 1.0 };
    (last - first + 1.0) / 10_f64.powi(from.len() as i32)
}

fn digits(candidate: &str) -> String {
    candidate.chars().filter(char::is_ascii_digit).collect()
}

/// Whether the Luhn sum of a string of digits is a multiple of ten.
fn luhn(digits: &str) -> bool {
    let sum: u32 = digits
        .chars()
        .rev()
        .filter_map(|digit| digit.to_digit(10))
        .enumerate()
        .map(|(at, digit)| match at % 2 {
            0 => digit,
            _ => digit * 2 / 10 + digit * 2 % 10,
        })
        .sum();
    sum.is_multiple_of(10)
}

/// Shape of an e-mail address as in use: lengths, dots, and a last label of letters.
pub fn email(candidate: &str) -> Verdict {
    let candidate = candidate.trim_end_matches(['.', '-']);
    let Some((local, host)) = candidate.rsplit_once('@') else { return Verdict::No };
    let dots = |text: &str| text.starts_with('.') || text.ends_with('.') || text.contains("..");
    let labels = host
        .split('.')
        .all(|label| !label.is_empty() && label.len() <= 63 && !label.starts_with('-') && !label.ends_with('-'));
    let top = host.rsplit('.').next().unwrap_or_default();
    let top_ok = top.chars().count() >= 2 && top.chars().all(char::is_alphabetic) || top.starts_with("xn--");
    if local.len() > 64 || host.len() > 253 || dots(local) || !labels || !top_ok {
        return Verdict::No;
    }
    passed(candidate, EMAIL_SHAPE)
}

/// Parses as an IPv6 address that has a digit and is more than colons.
pub fn ipv6(candidate: &str) -> Verdict {
    let has_digit = candidate.chars().any(|c| c.is_ascii_digit());
    let groups = candidate.split(':').filter(|group| !group.is_empty()).count();
    match candidate.parse::<Ipv6Addr>() {
        Ok(_) if has_digit && groups >= 2 => passed(candidate, IPV6_SHAPE),
        _ => Verdict::No,
    }
}

/// Parses as an IPv4 address; every part at most 255, no leading zeros.
pub fn ipv4(candidate: &str) -> Verdict {
    match candidate.parse::<Ipv4Addr>() {
        Ok(_) => passed(candidate, IPV4_SHAPE),
        Err(_) => Verdict::No,
    }
}

/// Number ranges of social security numbers: no area 000, 666 or 900–999, no group 00, no serial 0000.
pub fn us_ssn(candidate: &str) -> Verdict {
    let mut parts = candidate.split(['-', ' ']);
    let (Some(area), Some(group), Some(serial)) = (parts.next(), parts.next(), parts.next()) else {
        return Verdict::No;
    };
    if matches!(area, "000" | "666") || area.starts_with('9') || group == "00" || serial == "0000" {
        return Verdict::No;
    }
    passed(candidate, SSN_SHAPE * SSN_RANGES)
}

const MONTHS: [&str; 12] = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];

/// A date that exists, from 1900 to 2099, day first or month first or year first.
pub fn date(candidate: &str) -> Verdict {
    let parts: Vec<&str> = candidate.split(|c: char| !c.is_alphanumeric()).filter(|part| !part.is_empty()).collect();
    let [first, second, third] = parts.as_slice() else { return Verdict::No };
    let orders = [[*third, *second, *first], [*third, *first, *second], [*first, *second, *third]];
    if !orders.iter().any(|[year, month, day]| exists(year, month, day)) {
        return Verdict::No;
    }
    Verdict::Passed { length: candidate.len(), share: DATE_SHAPE, verified: false, needs_label: true }
}

fn exists(year: &str, month: &str, day: &str) -> bool {
    let named =
        |name: &str| (1..).zip(MONTHS).find(|(_, month)| name.to_lowercase().starts_with(month)).map(|(at, _)| at);
    let month = month.parse::<u32>().ok().or_else(|| named(month));
    let day = day.trim_end_matches(char::is_alphabetic).parse::<u32>();
    let (Ok(year), Some(month), Ok(day)) = (year.parse::<u32>(), month, day) else { return false };
    let leap = year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
    let days = match month {
        4 | 6 | 9 | 11 => 30,
        2 if leap => 29,
        2 => 28,
        1..=12 => 31,
        _ => 0,
    };
    (1900..2100).contains(&year) && (1..=days).contains(&day)
}

/// Digits of a phone number: international with `+` or `00`, or as in North America; anything else needs a label.
pub fn phone(candidate: &str) -> Verdict {
    let all = digits(candidate);
    let international = candidate.strip_prefix('+').map(|_| all.as_str()).or_else(|| all.strip_prefix("00"));
    if let Some(number) = international {
        let fits = (8..=15).contains(&number.len()) && !number.starts_with('0');
        return if fits { passed(candidate, INTERNATIONAL_SHAPE) } else { Verdict::No };
    }
    let balanced = candidate.matches('(').count() == candidate.matches(')').count();
    if !balanced {
        return Verdict::No;
    }
    let national = all.strip_prefix('1').filter(|rest| rest.len() == 10).unwrap_or(&all);
    let exchange = |at: usize| national.get(at..=at).is_some_and(|digit| digit >= "2");
    let grouped = candidate.contains(['-', '.', '(', ' ', '\u{a0}']);
    if national.len() == 10 && exchange(0) && exchange(3) && grouped {
        return passed(candidate, NATIONAL_SHAPE);
    }
    Verdict::Passed { length: candidate.len(), share: DIGITS_SHAPE, verified: false, needs_label: true }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn passes(verdict: Verdict) -> bool {
        verdict != Verdict::No
    }

    #[test]
    fn check_digits_catch_a_changed_digit() {
        assert!(passes(iban("DE89 3704 0044 0532 0130 00")));
        assert!(!passes(iban("DE89 3704 0044 0532 0130 01")));
        assert!(passes(card("4111 1111 1111 1111")));
        assert!(!passes(card("4111 1111 1111 1112")));
        assert!(matches!(card("4111 1111 1111 1111 12"), Verdict::Passed { length: 19, .. }));
    }

    #[test]
    fn a_card_needs_an_issuer() {
        assert!(luhn("9999999999999995") && !passes(card("9999999999999995")));
        assert!(passes(card("378282246310005")) && passes(card("6011111111111117")));
    }

    #[test]
    fn the_share_of_a_card_follows_from_the_issuer_table() {
        let Verdict::Passed { share, verified, .. } = card("5555555555554444") else { panic!("a test number") };
        assert!(verified && (0.02..0.04).contains(&share), "{share}");
    }

    #[test]
    fn numbers_that_were_never_issued_are_no_ssn() {
        assert!(passes(us_ssn("123-45-6789")));
        for never in ["000-12-3456", "666-12-3456", "900-12-3456", "123-00-4567", "123-45-0000"] {
            assert!(!passes(us_ssn(never)), "{never}");
        }
    }

    #[test]
    fn dates_exist_or_not() {
        for good in ["29.02.2000", "1984-11-30", "11/30/1984", "3rd May 1971", "May 3, 1971"] {
            assert!(passes(date(good)), "{good}");
        }
        for bad in ["29.02.1900", "31/04/1999", "1.1.1850", "13/13/1990"] {
            assert!(!passes(date(bad)), "{bad}");
        }
    }

    #[test]
    fn addresses_of_hosts() {
        assert!(passes(ipv4("192.168.0.1")) && !passes(ipv4("256.1.1.1")) && !passes(ipv4("01.2.3.4")));
        assert!(passes(ipv6("2001:db8::1")) && passes(ipv6("::ffff:10.0.0.1")));
        assert!(!passes(ipv6("12:30:45")) && !passes(ipv6("dead::beef")) && !passes(ipv6("::1")));
    }
}
