//! What stands before bytes that are kept or sent: what they are, in which version, and a sum that shows damage. It keeps
//! nobody from writing such bytes on purpose; whoever reads what is behind it checks that too.

use std::fmt;
use std::sync::OnceLock;

/// A kind of bytes that are kept.
///
/// They begin with the four bytes that name the kind, the version as four, the lowest first, and eight bytes of the sum of
/// what follows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Seal {
    /// What the bytes begin with.
    pub magic: [u8; 4],
    /// The version that this build writes, and the only one that it reads.
    pub version: u32,
}

/// Why bytes are not looked at any further.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SealError {
    /// They are something else.
    #[error("it does not begin as such a file does")]
    Foreign,
    /// They are of another version.
    #[error("it is of version {found}, and this build reads version {expected}: make it anew")]
    Version {
        /// Theirs.
        found: u32,
        /// That of this build.
        expected: u32,
    },
    /// They are not as they were written.
    #[error("it is damaged: its sum is not that of its content")]
    Damaged,
}

const SUM: usize = 8;
const HEAD: usize = 4 + 4 + SUM;

impl Seal {
    /// The bytes to keep.
    pub fn close(self, body: &[u8]) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(HEAD + body.len());
        bytes.extend_from_slice(&self.magic);
        bytes.extend_from_slice(&self.version.to_le_bytes());
        bytes.extend_from_slice(&Self::sum(body));
        bytes.extend_from_slice(body);
        bytes
    }

    /// What is behind the seal.
    ///
    /// # Errors
    /// If they are no such bytes, or are damaged.
    pub fn open(self, bytes: &[u8]) -> Result<&[u8], SealError> {
        let (magic, rest) = bytes.split_first_chunk::<4>().ok_or(SealError::Foreign)?;
        if *magic != self.magic {
            return Err(SealError::Foreign);
        }
        let (version, rest) = rest.split_first_chunk::<4>().ok_or(SealError::Damaged)?;
        let found = u32::from_le_bytes(*version);
        if found != self.version {
            return Err(SealError::Version { found, expected: self.version });
        }
        let (sum, body) = rest.split_first_chunk::<SUM>().ok_or(SealError::Damaged)?;
        if *sum == Self::sum(body) { Ok(body) } else { Err(SealError::Damaged) }
    }

    fn sum(body: &[u8]) -> [u8; SUM] {
        let mut sum = [0; SUM];
        sum.copy_from_slice(&blake3::hash(body).as_bytes()[..SUM]);
        sum
    }
}

/// What something is told apart by in other processes: a hash of all that it is.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Fingerprint(pub [u8; Fingerprint::BYTES]);

impl Fingerprint {
    /// How long it is.
    pub const BYTES: usize = 16;

    /// Of these parts, one after the other; where one ends and the next begins counts too.
    pub fn of<'p>(parts: impl IntoIterator<Item = &'p [u8]>) -> Self {
        let mut hasher = blake3::Hasher::new();
        for part in parts {
            hasher.update(&(part.len() as u64).to_le_bytes());
            hasher.update(part);
        }
        let mut fingerprint = [0; Self::BYTES];
        fingerprint.copy_from_slice(&hasher.finalize().as_bytes()[..Self::BYTES]);
        Fingerprint(fingerprint)
    }
}

impl fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// The fingerprint of what it is part of, found when first asked for. A copy, which may be changed, finds its own.
#[derive(Debug, Default)]
pub struct Remembered(OnceLock<Fingerprint>);

impl Remembered {
    pub(crate) fn get(&self, find: impl FnOnce() -> Fingerprint) -> Fingerprint {
        *self.0.get_or_init(find)
    }
}

impl Clone for Remembered {
    fn clone(&self) -> Self {
        Remembered::default()
    }
}
