//! The formats of `validate`'s schemas: `email hostname uri uuid date time date-time ipv4 ipv6`.

use std::net::{Ipv4Addr, Ipv6Addr};

/// Whether a text has the format.
pub type Format = fn(&str) -> bool;

/// Every format by its name.
pub const FORMATS: [(&str, Format); 9] = [
    ("email", is_email),
    ("hostname", is_hostname),
    ("uri", is_uri),
    ("uuid", is_uuid),
    ("date", is_date),
    ("time", is_time),
    ("date-time", is_date_time),
    ("ipv4", |text| text.parse::<Ipv4Addr>().is_ok()),
    ("ipv6", |text| text.parse::<Ipv6Addr>().is_ok()),
];

/// `name@host`, the name without blanks and quotes.
fn is_email(text: &str) -> bool {
    let Some((name, host)) = text.rsplit_once('@') else { return false };
    let odd = |c: char| c.is_whitespace() || c.is_control() || "()<>[]:;@\\,\"".contains(c);
    let dots = name.starts_with('.') || name.ends_with('.') || name.contains("..");
    !name.is_empty() && name.len() <= 64 && !name.contains(odd) && !dots && is_hostname(host)
}

/// Labels of letters, digits and inner hyphens, joined by dots.
fn is_hostname(text: &str) -> bool {
    let label = |label: &str| {
        let inside = label.chars().all(|c| c.is_alphanumeric() || c == '-');
        (1..=63).contains(&label.len()) && inside && !label.starts_with('-') && !label.ends_with('-')
    };
    text.len() <= 253 && text.split('.').all(label)
}

/// A scheme, a colon, and something without blanks.
fn is_uri(text: &str) -> bool {
    let Some((scheme, rest)) = text.split_once(':') else { return false };
    let first = scheme.chars().next().is_some_and(|c| c.is_ascii_alphabetic());
    let inside = scheme.chars().all(|c| c.is_ascii_alphanumeric() || "+-.".contains(c));
    let odd = |c: char| c.is_whitespace() || c.is_control() || "<>\"{}|\\^`".contains(c);
    first && inside && !rest.trim_start_matches('/').is_empty() && !rest.contains(odd)
}

/// Hexadecimal digits in groups of 8, 4, 4, 4 and 12.
fn is_uuid(text: &str) -> bool {
    let groups: Vec<&str> = text.split('-').collect();
    let digits = |group: &&str| group.bytes().all(|byte| byte.is_ascii_hexdigit());
    groups.iter().map(|group| group.len()).eq([8, 4, 4, 4, 12]) && groups.iter().all(digits)
}

/// A number of exactly so many digits.
fn digits(text: &str, count: usize) -> Option<u32> {
    let right = text.len() == count && text.bytes().all(|byte| byte.is_ascii_digit());
    if right { text.parse().ok() } else { None }
}

/// `2024-02-29`, a day that there is.
fn is_date(text: &str) -> bool {
    let parts: Vec<&str> = text.split('-').collect();
    let [year, month, day] = parts.as_slice() else { return false };
    let (Some(year), Some(month), Some(day)) = (digits(year, 4), digits(month, 2), digits(day, 2)) else {
        return false;
    };
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let last = match month {
        4 | 6 | 9 | 11 => 30,
        2 if leap => 29,
        2 => 28,
        1..=12 => 31,
        _ => return false,
    };
    (1..=last).contains(&day)
}

/// `23:59:59`, with a fraction or not, then `Z` or `+02:00`.
fn is_time(text: &str) -> bool {
    let Some((clock, zone)) = text.find(['Z', 'z', '+', '-']).and_then(|at| text.split_at_checked(at)) else {
        return false;
    };
    let (seconds, fraction) = clock.split_once('.').unwrap_or((clock, "0"));
    let below = |parts: &str, bounds: &[u32]| {
        let parts: Vec<Option<u32>> = parts.split(':').map(|part| digits(part, 2)).collect();
        parts.len() == bounds.len()
            && parts.iter().zip(bounds).all(|(part, bound)| part.is_some_and(|part| part < *bound))
    };
    // A minute can have a leap second.
    let right =
        below(seconds, &[24, 60, 61]) && !fraction.is_empty() && fraction.bytes().all(|byte| byte.is_ascii_digit());
    right && (zone.eq_ignore_ascii_case("z") || below(zone.trim_start_matches(['+', '-']), &[24, 60]))
}

/// A date, `T`, a time.
fn is_date_time(text: &str) -> bool {
    text.split_once(['T', 't']).is_some_and(|(date, time)| is_date(date) && is_time(time))
}

#[cfg(test)]
mod tests {
    use super::FORMATS;

    #[test]
    fn formats_tell_right_from_wrong() {
        let cases: [(&str, &[&str], &[&str]); 9] = [
            (
                "email",
                &["a.b+c@mail.example", "a@localhost"],
                &["a@b@c", "@x.org", "a b@x.org", "a..b@x.org", "a@", "a"],
            ),
            ("hostname", &["x.org", "a-1"], &["", "-a", "a-", "a..b", "a_b"]),
            (
                "uri",
                &["https://x.org/a?b=c#d", "mailto:a@x.org", "urn:x:y"],
                &["x.org", "://x", "1a:b", "http://", "a: b"],
            ),
            (
                "uuid",
                &["123e4567-e89b-12d3-a456-426614174000"],
                &["123e4567e89b12d3a456426614174000", "123e4567-e89b-12d3-a456-42661417400g"],
            ),
            (
                "date",
                &["2024-02-29", "1999-12-31"],
                &["2023-02-29", "2024-13-01", "2024-1-1", "2024-00-10", "2024-04-31"],
            ),
            (
                "time",
                &["23:59:59Z", "00:00:00.125+02:00"],
                &["24:00:00Z", "10:00Z", "10:00:00", "10:00:00.Z", "10:00:00+2:00"],
            ),
            ("date-time", &["2024-02-29T10:00:00Z"], &["2024-02-29 10:00:00Z", "2024-02-30T10:00:00Z", "2024-02-29"]),
            ("ipv4", &["127.0.0.1"], &["256.0.0.1", "1.2.3", "::1"]),
            ("ipv6", &["::1", "2001:db8::8a2e:370:7334"], &["127.0.0.1", ":::"]),
        ];
        for (name, right, wrong) in cases {
            let format = FORMATS.iter().find(|(own, _)| *own == name).map(|(_, format)| format);
            let has = |text: &&str| format.is_some_and(|format| format(text));
            assert!(right.iter().all(has), "{name}: {right:?}");
            assert!(!wrong.iter().any(has), "{name}: {wrong:?}");
        }
    }
}
