//! Modules: who imports whom, in which order they run, what each exports (§11).
//!
//! Texts come through a [`Loader`], which a host gives; nothing here knows files. A module's name is its path from the
//! root, `/` between the parts, with its `.prism`: `lib/words.prism`. However an import spells it, one path is one
//! module.
//!
//! `std:NAME` is the library: `std:math` has the members of `Math`, `std:json` those of `JSON`, and so on for every
//! namespace, in lower case; `std:prelude` has the names that every program sees without importing them, for programs
//! that want one of them under another name.

mod graph;
mod path;
mod trees;

pub use graph::{Before, Graph, LoadedModule, load, load_after};
pub use trees::Trees;

use crate::ast::{ModulePath, Name};
use crate::hash::{HashMap, HashSet};
use crate::resolve::Binding;
use prism_bytecode::LibraryId;
use std::collections::BTreeMap;

/// Why a module's text can't be had.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LoadError {
    /// There is none of that path.
    #[error("there is no such file")]
    NotFound,
    /// There is one, but it lies outside the root: a link leads there.
    #[error("the file lies outside the root folder")]
    OutsideRoot,
    /// There is one, but it can't be read.
    #[error("the file can't be read: {0}")]
    Unreadable(String),
}

/// Where the texts of modules come from: files, an editor's buffers, a test's table.
pub trait Loader {
    /// The text of the module with that path from the root: `/` between the parts, no `.` or `..` among them, with
    /// its `.prism`.
    ///
    /// # Errors
    /// [`LoadError::NotFound`] where there is none: then other spellings are tried, or the import is reported.
    fn load(&self, path: &str) -> Result<String, LoadError>;
}

/// Texts in memory, by path.
#[derive(Clone, Debug, Default)]
pub struct MemoryLoader {
    texts: BTreeMap<String, String>,
}

impl MemoryLoader {
    /// No texts.
    pub fn new() -> Self {
        Self::default()
    }

    /// With one more text.
    pub fn with(mut self, path: impl Into<String>, text: impl Into<String>) -> Self {
        self.texts.insert(path.into(), text.into());
        self
    }
}

impl Loader for MemoryLoader {
    fn load(&self, path: &str) -> Result<String, LoadError> {
        self.texts.get(path).cloned().ok_or(LoadError::NotFound)
    }
}

/// A module of the library.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LibraryModule {
    /// `std:prelude`: what every program sees.
    Globals,
    /// `std:math` and the like: the members of a namespace.
    Namespace(LibraryId),
}

/// Where an import leads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Link {
    /// To the module with that place in the order of running.
    Module(u32),
    /// To the library.
    Library(LibraryModule),
    /// Nowhere; already reported.
    Broken,
}

/// Where the imports of a module lead.
#[derive(Clone, Debug, Default)]
pub struct Links {
    /// By the first byte of the path in the text.
    links: HashMap<u32, Link>,
}

impl Links {
    /// Where the import with that path leads.
    pub fn get(&self, path: &ModulePath) -> Link {
        self.links.get(&path.span.start).copied().unwrap_or(Link::Broken)
    }
}

/// What one module exports.
#[derive(Clone, Debug, Default)]
pub(crate) struct ModuleExports {
    /// Its exports in order.
    pub names: Vec<(Name, Binding)>,
    /// What broken statements in it may have exported.
    pub maybe: HashSet<Name>,
    /// Whether it passes on a module that could not be had, so that it may export anything.
    pub open: bool,
}

/// What every module exports, by the module's place in the order of running.
#[derive(Clone, Debug, Default)]
pub struct ExportTable {
    modules: Vec<ModuleExports>,
    /// How many exports have a value of their own: those of all modules together.
    pub slots: u32,
}

impl ExportTable {
    /// The exports of a module in order: each is [`Binding::Import`], [`Binding::Namespace`] or, passed on from the
    /// library, [`Binding::Library`]. In a program with faults some are [`Binding::Unknown`].
    pub fn of(&self, module: u32) -> &[(Name, Binding)] {
        self.modules.get(module as usize).map_or(&[], |exports| &exports.names)
    }

    /// What a module exports under that name.
    pub fn find(&self, module: u32, name: &str) -> Option<Binding> {
        self.of(module).iter().find(|(export, _)| export == name).map(|(_, binding)| *binding)
    }

    /// Whether a name that the module seems not to export may be missing only because of another fault.
    pub(crate) fn may_have(&self, module: u32, name: &str) -> bool {
        self.modules.get(module as usize).is_none_or(|exports| exports.open || exports.maybe.contains(name))
    }

    /// Adds the exports of the next module, of which so many have a value of their own.
    pub(crate) fn add(&mut self, exports: ModuleExports, own: u32) {
        self.modules.push(exports);
        self.slots += own;
    }

    /// The next slot, for a variable of a session.
    pub(crate) fn add_slot(&mut self) -> u32 {
        self.slots += 1;
        self.slots - 1
    }

    /// How many modules there are.
    pub(crate) fn modules(&self) -> u32 {
        self.modules.len() as u32
    }
}
