//! Numbers and texts as bytes: what images of programs and snapshots of machines are made of.
//!
//! Whole numbers take seven bits a byte, lowest first (LEB128); a text is its length and its UTF-8; whatever is one of a
//! table is its place there. A [`Decoder`] believes nothing: it never goes past the end, and a count of parts is never
//! more than the bytes that are left, so that nobody allocates for parts that are not there.

use prism_diagnostics::{SourceId, Span};

/// Bytes that are not what they should be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("byte {at}: {what}")]
pub struct Malformed {
    /// Where, counted from the beginning of what was read.
    pub at: usize,
    /// What is wrong.
    pub what: &'static str,
}

/// Writes.
#[derive(Clone, Debug, Default)]
pub struct Encoder {
    bytes: Vec<u8>,
}

impl Encoder {
    /// One byte.
    pub fn byte(&mut self, byte: u8) {
        self.bytes.push(byte);
    }

    /// A truth.
    pub fn bool(&mut self, truth: bool) {
        self.byte(u8::from(truth));
    }

    /// A whole number.
    pub fn number(&mut self, mut number: u64) {
        while number >= 0x80 {
            self.byte(number as u8 | 0x80);
            number >>= 7;
        }
        self.byte(number as u8);
    }

    /// A length, a place in a list.
    pub fn size(&mut self, size: usize) {
        self.number(size as u64);
    }

    /// A whole number that may be negative, the small ones of either sign in few bytes.
    pub fn signed(&mut self, number: i64) {
        self.number((number << 1 ^ number >> 63) as u64);
    }

    /// A double, all of it.
    pub fn double(&mut self, number: f64) {
        self.raw(&number.to_bits().to_le_bytes());
    }

    /// A text.
    pub fn text(&mut self, text: &str) {
        self.size(text.len());
        self.raw(text.as_bytes());
    }

    /// A place in a text, if there is one.
    pub fn span(&mut self, span: Option<Span>) {
        match span {
            None => self.number(0),
            Some(Span { source, start, end }) => {
                self.number(u64::from(source.0) + 1);
                self.number(start.into());
                self.number(end.saturating_sub(start).into());
            }
        }
    }

    /// Something that may be missing.
    pub fn option<T>(&mut self, value: Option<T>, write: impl FnOnce(&mut Self, T)) {
        self.bool(value.is_some());
        if let Some(value) = value {
            write(self, value);
        }
    }

    /// A list.
    pub fn list<T>(&mut self, list: impl ExactSizeIterator<Item = T>, mut write: impl FnMut(&mut Self, T)) {
        self.size(list.len());
        list.for_each(|one| write(self, one));
    }

    /// Bytes as they are.
    pub fn raw(&mut self, bytes: &[u8]) {
        self.bytes.extend_from_slice(bytes);
    }

    /// What was written.
    pub fn into_bytes(self) -> Vec<u8> {
        self.bytes
    }

    /// What was written so far.
    pub fn as_bytes(&self) -> &[u8] {
        &self.bytes
    }
}

/// Reads.
#[derive(Clone, Debug)]
pub struct Decoder<'b> {
    bytes: &'b [u8],
    at: usize,
}

impl<'b> Decoder<'b> {
    /// Reads these from their beginning.
    pub fn new(bytes: &'b [u8]) -> Self {
        Decoder { bytes, at: 0 }
    }

    /// What is said of the byte before the next.
    pub fn fault(&self, what: &'static str) -> Malformed {
        Malformed { at: self.at.saturating_sub(1), what }
    }

    /// How many bytes are left.
    pub fn left(&self) -> usize {
        self.bytes.len() - self.at
    }

    /// One byte.
    ///
    /// # Errors
    /// At the end.
    pub fn byte(&mut self) -> Result<u8, Malformed> {
        let byte =
            self.bytes.get(self.at).copied().ok_or(Malformed { at: self.at, what: "the end comes too early" })?;
        self.at += 1;
        Ok(byte)
    }

    /// A truth.
    ///
    /// # Errors
    /// If it is neither.
    pub fn bool(&mut self) -> Result<bool, Malformed> {
        match self.byte()? {
            0 => Ok(false),
            1 => Ok(true),
            _ => Err(self.fault("neither true nor false")),
        }
    }

    /// A whole number.
    ///
    /// # Errors
    /// If it has more than 64 bits.
    pub fn number(&mut self) -> Result<u64, Malformed> {
        let mut number = 0;
        for shift in (0..64).step_by(7) {
            let byte = self.byte()?;
            let part = u64::from(byte & 0x7F);
            if part << shift >> shift != part {
                break;
            }
            number |= part << shift;
            if byte < 0x80 {
                return Ok(number);
            }
        }
        Err(self.fault("a number of more than 64 bits"))
    }

    /// A whole number that a smaller type holds.
    ///
    /// # Errors
    /// If it does not.
    pub fn small<T: TryFrom<u64>>(&mut self) -> Result<T, Malformed> {
        self.number()?.try_into().map_err(|_| self.fault("a number that is too large"))
    }

    /// A whole number that may be negative.
    ///
    /// # Errors
    /// If it has more than 64 bits.
    pub fn signed(&mut self) -> Result<i64, Malformed> {
        let number = self.number()?;
        Ok((number >> 1) as i64 ^ -((number & 1) as i64))
    }

    /// A place in a list of that length.
    ///
    /// # Errors
    /// If it is past the end.
    pub fn index(&mut self, length: usize) -> Result<usize, Malformed> {
        let index = self.small::<usize>()?;
        if index < length { Ok(index) } else { Err(self.fault("a place past the end of its list")) }
    }

    /// How many parts follow.
    ///
    /// # Errors
    /// If they could not all be there: each takes a byte at least.
    pub fn count(&mut self) -> Result<usize, Malformed> {
        let count = self.small::<usize>()?;
        if count <= self.left() { Ok(count) } else { Err(self.fault("more parts than bytes are left")) }
    }

    /// A double.
    ///
    /// # Errors
    /// If the end comes before.
    pub fn double(&mut self) -> Result<f64, Malformed> {
        let bytes = self.raw(8)?;
        Ok(f64::from_bits(bytes.iter().rev().fold(0u64, |bits, byte| bits << 8 | u64::from(*byte))))
    }

    /// A text.
    ///
    /// # Errors
    /// If it is no UTF-8.
    pub fn text(&mut self) -> Result<&'b str, Malformed> {
        let length = self.count()?;
        let bytes = self.raw(length)?;
        std::str::from_utf8(bytes).map_err(|_| self.fault("a text that is no UTF-8"))
    }

    /// A place in a text, if there is one.
    ///
    /// # Errors
    /// If no text can have it.
    pub fn span(&mut self) -> Result<Option<Span>, Malformed> {
        let Some(source) = self.small::<u32>()?.checked_sub(1) else { return Ok(None) };
        let (start, length) = (self.small::<u32>()?, self.small::<u32>()?);
        let end = start.checked_add(length).ok_or_else(|| self.fault("a place that no text has"))?;
        Ok(Some(Span::new(SourceId(source), start, end)))
    }

    /// One of a table, by its place.
    ///
    /// # Errors
    /// If the table has no such place.
    pub fn one_of<T: Copy>(&mut self, table: &[T]) -> Result<T, Malformed> {
        let place = self.index(table.len())?;
        table.get(place).copied().ok_or_else(|| self.fault("no row of its table"))
    }

    /// Something that may be missing.
    ///
    /// # Errors
    /// As `read`.
    pub fn option<T, E: From<Malformed>>(
        &mut self,
        read: impl FnOnce(&mut Self) -> Result<T, E>,
    ) -> Result<Option<T>, E> {
        if self.bool()? { read(self).map(Some) } else { Ok(None) }
    }

    /// A list.
    ///
    /// # Errors
    /// As `read`, or if its parts could not all be there.
    pub fn list<T>(&mut self, mut read: impl FnMut(&mut Self) -> Result<T, Malformed>) -> Result<Vec<T>, Malformed> {
        let count = self.count()?;
        // What a part takes in memory can be many times what it takes here: the list grows with what is really there.
        let mut list = Vec::with_capacity(count.min(64));
        for _ in 0..count {
            list.push(read(self)?);
        }
        list.shrink_to_fit();
        Ok(list)
    }

    /// Bytes as they are.
    ///
    /// # Errors
    /// If there are not so many.
    pub fn raw(&mut self, length: usize) -> Result<&'b [u8], Malformed> {
        let end = self.at.checked_add(length);
        let bytes = end.and_then(|end| self.bytes.get(self.at..end));
        let bytes = bytes.ok_or(Malformed { at: self.bytes.len(), what: "the end comes too early" })?;
        self.at += length;
        Ok(bytes)
    }

    /// Nothing more is there.
    ///
    /// # Errors
    /// If something is.
    pub fn finish(self) -> Result<(), Malformed> {
        match self.left() {
            0 => Ok(()),
            _ => Err(Malformed { at: self.at, what: "something stands behind the end" }),
        }
    }
}
