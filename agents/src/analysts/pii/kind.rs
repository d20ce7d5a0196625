//! The kinds of personal data: one table with name, shape, label and mask; everything else is derived from it.

use std::sync::LazyLock;

use regex::Regex;

use super::checks;

/// A kind of personal data. The order is the order of precedence: where finds overlap, the earlier kind stays.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// International bank account number.
    Iban,
    /// Payment card number.
    CreditCard,
    /// E-mail address.
    Email,
    /// IPv6 address.
    Ipv6,
    /// IPv4 address.
    Ipv4,
    /// Social security number of the United States.
    UsSsn,
    /// Date of birth; only with a label.
    DateOfBirth,
    /// Phone number.
    Phone,
}

/// How a kind looks and how its value is masked.
pub struct Shape {
    /// Matches candidates; group 1 is the value where the shape includes a label.
    pub candidate: Regex,
    /// Matches a label just before the candidate.
    pub label: Regex,
    /// How many of the last letters and digits stay readable in the mask.
    pub shown: usize,
    /// Judges a candidate.
    pub check: fn(&str) -> checks::Verdict,
}

impl Kind {
    /// All kinds in order of precedence.
    pub const ALL: [Self; 8] = [
        Self::Iban,
        Self::CreditCard,
        Self::Email,
        Self::Ipv6,
        Self::Ipv4,
        Self::UsSsn,
        Self::DateOfBirth,
        Self::Phone,
    ];

    /// Name in answers.
    pub fn name(self) -> &'static str {
        match self {
            Self::Iban => "iban",
            Self::CreditCard => "credit_card",
            Self::Email => "email",
            Self::Ipv6 => "ipv6",
            Self::Ipv4 => "ipv4",
            Self::UsSsn => "us_ssn",
            Self::DateOfBirth => "date_of_birth",
            Self::Phone => "phone",
        }
    }

    /// How the kind looks.
    pub fn shape(self) -> &'static Shape {
        static SHAPES: LazyLock<[Shape; 8]> = LazyLock::new(|| Kind::ALL.map(build));
        let [iban, card, email, ipv6, ipv4, ssn, birth, phone] = &*SHAPES;
        match self {
            Self::Iban => iban,
            Self::CreditCard => card,
            Self::Email => email,
            Self::Ipv6 => ipv6,
            Self::Ipv4 => ipv4,
            Self::UsSsn => ssn,
            Self::DateOfBirth => birth,
            Self::Phone => phone,
        }
    }
}

fn build(kind: Kind) -> Shape {
    let (candidate, label, shown, check): (&str, &str, usize, fn(&str) -> checks::Verdict) = match kind {
        Kind::Iban => (r"\b[A-Z]{2}[0-9]{2}(?:[ \u{a0}]?[A-Z0-9]){11,30}\b", "iban|account|konto", 4, checks::iban),
        Kind::CreditCard => {
            (r"\b[0-9](?:[ \u{a0}-]?[0-9]){11,18}\b", "card|visa|mastercard|amex|karte", 4, checks::card)
        }
        Kind::Email => (
            r"[\p{Alphabetic}\p{Nd}.!#$%&'*+/=?^_`{|}~-]+@[\p{Alphabetic}\p{Nd}-]+(?:\.[\p{Alphabetic}\p{Nd}-]+)+",
            "e-?mail|mailto|contact",
            0,
            checks::email,
        ),
        Kind::Ipv6 => {
            (r"\b[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*[0-9A-Fa-f:]\b", "ip|ipv6|host|address|server", 0, checks::ipv6)
        }
        Kind::Ipv4 => (r"\b[0-9]{1,3}(?:\.[0-9]{1,3}){3}\b", "ip|ipv4|host|address|server", 0, checks::ipv4),
        Kind::UsSsn => {
            (r"\b[0-9]{3}([- ])[0-9]{2}[- ][0-9]{4}\b", "ssn|social security(?: number)?", 4, checks::us_ssn)
        }
        Kind::DateOfBirth => (
            r"\b[0-9]{1,4}[./-][0-9]{1,2}[./-][0-9]{1,4}\b|(?i)\b[0-9]{1,2}(?:st|nd|rd|th|\.)? \p{Alphabetic}{3,9} [0-9]{4}\b|\b\p{Alphabetic}{3,9} [0-9]{1,2}(?:st|nd|rd|th)?,? [0-9]{4}\b",
            "born(?: on)?|birth|birthday|dob|d\\.o\\.b\\.?|geboren(?: am)?|geburtsdatum",
            0,
            checks::date,
        ),
        Kind::Phone => (
            r"(?:\+|\b00|\(|\b)[0-9](?:[ \u{a0}./()-]{0,2}[0-9]){6,14}\b",
            "tel|telephone|phone|mobile|cell|call|fax|telefon|handy",
            2,
            checks::phone,
        ),
    };
    // A label may be followed by a few words without letters of their own: "Phone (home): ", "IBAN no. ".
    let label = format!(
        r"(?i)\b(?:{label})\b[\s\p{{Punctuation}}]*(?:(?:no|number|nr|is|was|at|of|on|me|us)\b[\s\p{{Punctuation}}]*){{0,2}}$"
    );
    Shape { candidate: fixed(candidate), label: fixed(&label), shown, check }
}

/// Compiles a pattern of the table above.
fn fixed(pattern: &str) -> Regex {
    Regex::new(pattern).expect("the patterns of the table are valid, which a test proves")
}
