//! The hash tables of this crate. Their hash is quick and seeded at random for each table; nothing may depend on the order
//! in which they are gone through.

use foldhash::fast::RandomState;

/// A map by hash.
pub(crate) type HashMap<K, V> = std::collections::HashMap<K, V, RandomState>;
/// A set by hash.
pub(crate) type HashSet<K> = std::collections::HashSet<K, RandomState>;
