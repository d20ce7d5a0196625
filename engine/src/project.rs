//! Where the texts of a project come from.

use crate::{LoadError, Loader};
use std::collections::BTreeMap;

/// A root with modules below it. Patterns are found in it by name, so it can list what it has.
pub trait Project: Loader + Send + Sync {
    /// The paths of all its programs from the root, `/` between the parts, in order.
    fn programs(&self) -> Vec<String>;
}

/// Texts in memory, by path from the root.
#[derive(Clone, Debug, Default)]
pub struct MemoryProject {
    texts: BTreeMap<String, String>,
}

impl MemoryProject {
    /// No texts.
    pub fn new() -> Self {
        Self::default()
    }

    /// With one more text.
    #[must_use]
    pub fn with(mut self, path: impl Into<String>, text: impl Into<String>) -> Self {
        self.texts.insert(path.into(), text.into());
        self
    }
}

impl Loader for MemoryProject {
    fn load(&self, path: &str) -> Result<String, LoadError> {
        self.texts.get(path).cloned().ok_or(LoadError::NotFound)
    }
}

impl Project for MemoryProject {
    fn programs(&self) -> Vec<String> {
        self.texts.keys().cloned().collect()
    }
}
