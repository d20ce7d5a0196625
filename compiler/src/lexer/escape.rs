//! What the text of a string means: escapes resolved, line breaks normalised.

use std::borrow::Cow;
use std::ops::Range;

/// What is wrong with an escape.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum EscapeFault {
    /// `\x` without two hexadecimal digits.
    Hex,
    /// `\u` without four hexadecimal digits or `{…}`.
    Unicode,
    /// `\u{…}` beyond U+10FFFF.
    Range,
    /// Half of a surrogate pair.
    Surrogate,
}

impl EscapeFault {
    pub(super) fn message(self) -> &'static str {
        match self {
            EscapeFault::Hex => "`\\x` needs two hexadecimal digits",
            EscapeFault::Unicode => "`\\u` needs four hexadecimal digits, or one to six between braces",
            EscapeFault::Range => "no character has a number above 10FFFF",
            EscapeFault::Surrogate => "half of a surrogate pair is no character",
        }
    }

    pub(super) fn help(self) -> &'static str {
        match self {
            EscapeFault::Hex => "write it as in `\\x41`; for a backslash itself write `\\\\`",
            EscapeFault::Unicode => "write it as in `\\u00e9` or `\\u{1F600}`; for a backslash itself write `\\\\`",
            EscapeFault::Range => "write it as in `\\u{1F600}`",
            EscapeFault::Surrogate => {
                "write both halves one after the other, or the character's own number as in `\\u{1F600}`"
            }
        }
    }
}

/// The text that is meant. Faulty escapes, which [`check`] reports, are left out.
pub(crate) fn decode(text: &str) -> Cow<'_, str> {
    if !text.contains(['\\', '\r']) {
        return Cow::Borrowed(text);
    }
    let mut decoded = String::with_capacity(text.len());
    walk(text, |piece| {
        if let Piece::Char(c) = piece {
            decoded.push(c);
        }
    });
    Cow::Owned(decoded)
}

/// The text that is meant between triple backticks: only line breaks are normalised.
pub(crate) fn decode_raw(text: &str) -> Cow<'_, str> {
    if text.contains('\r') { Cow::Owned(text.replace("\r\n", "\n")) } else { Cow::Borrowed(text) }
}

/// Tells of each faulty escape, with its bytes in `text`.
pub(super) fn check(text: &str, mut fault: impl FnMut(Range<usize>, EscapeFault)) {
    walk(text, |piece| {
        if let Piece::Fault(range, what) = piece {
            fault(range, what);
        }
    });
}

enum Piece {
    Char(char),
    Fault(Range<usize>, EscapeFault),
}

fn walk(text: &str, mut piece: impl FnMut(Piece)) {
    let mut at = 0;
    while let Some(rest) = text.get(at..).filter(|rest| !rest.is_empty()) {
        let mut chars = rest.chars();
        match (chars.next(), chars.next()) {
            (Some('\r'), Some('\n')) => at += 1,
            (Some('\\'), Some('\r')) if rest.as_bytes().get(2) == Some(&b'\n') => at += 2,
            (Some('\\'), Some(c)) => match escape(rest, c) {
                Ok((meant, length)) => {
                    piece(Piece::Char(meant));
                    at += length;
                }
                Err((what, length)) => {
                    piece(Piece::Fault(at..at + length, what));
                    at += length;
                }
            },
            (Some(c), _) => {
                piece(Piece::Char(c));
                at += c.len_utf8();
            }
            (None, _) => break,
        }
    }
}

/// One escape at the start of `text`, whose second character is `c`: what it means and how long it is.
fn escape(text: &str, c: char) -> Result<(char, usize), (EscapeFault, usize)> {
    match c {
        'n' => Ok(('\n', 2)),
        't' => Ok(('\t', 2)),
        'r' => Ok(('\r', 2)),
        '0' => Ok(('\0', 2)),
        'x' => match hex(text, 2..4) {
            Some(code) => Ok((char::from(code as u8), 4)),
            None => Err((EscapeFault::Hex, 2)),
        },
        'u' => {
            let (high, length) = unicode(text)?;
            let low = || text.get(length..).filter(|rest| rest.starts_with("\\u")).and_then(|rest| unicode(rest).ok());
            match (char::from_u32(high), high) {
                (Some(c), _) => Ok((c, length)),
                (None, 0xD800..=0xDBFF) => match low() {
                    Some((low @ 0xDC00..=0xDFFF, more)) => {
                        let code = 0x10000 + ((high - 0xD800) << 10) + (low - 0xDC00);
                        char::from_u32(code).map(|c| (c, length + more)).ok_or((EscapeFault::Surrogate, length + more))
                    }
                    _ => Err((EscapeFault::Surrogate, length)),
                },
                (None, 0xDC00..=0xDFFF) => Err((EscapeFault::Surrogate, length)),
                (None, _) => Err((EscapeFault::Range, length)),
            }
        }
        c => Ok((c, 1 + c.len_utf8())),
    }
}

/// The number of `\uNNNN` or `\u{…}` at the start of `text`, and how long that is.
fn unicode(text: &str) -> Result<(u32, usize), (EscapeFault, usize)> {
    if text.as_bytes().get(2) != Some(&b'{') {
        return hex(text, 2..6).map(|code| (code, 6)).ok_or((EscapeFault::Unicode, 2));
    }
    let digits = text.as_bytes()[3..].iter().take_while(|byte| byte.is_ascii_hexdigit()).count();
    match text.as_bytes().get(3 + digits) {
        Some(b'}') if digits > 6 => Err((EscapeFault::Range, digits + 4)),
        Some(b'}') => hex(text, 3..3 + digits).map(|code| (code, digits + 4)).ok_or((EscapeFault::Unicode, digits + 4)),
        _ => Err((EscapeFault::Unicode, 3 + digits)),
    }
}

fn hex(text: &str, range: Range<usize>) -> Option<u32> {
    let digits = text.get(range)?;
    digits.bytes().all(|byte| byte.is_ascii_hexdigit()).then(|| u32::from_str_radix(digits, 16).ok())?
}
