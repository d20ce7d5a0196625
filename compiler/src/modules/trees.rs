//! Trees of modules, kept by what their texts say: programs of one project import the same modules, and a project is
//! checked again after each change to one of its texts.
//!
//! A tree does not depend on who imports the module, only its text and the number that the text has in its program, which
//! all places in the tree name. What the functions of a module give depends on what they are called with, so the checker
//! goes through them anew with each program.

use crate::ast::Module;
use crate::hash::HashMap;
use crate::parse::{Parsed, parse};
use prism_diagnostics::{Diagnostic, SourceId};
use std::sync::{Arc, Mutex, PoisonError};

/// Trees of at most so many bytes of text are kept. A tree takes many times its text.
const MAX_BYTES: usize = 4 << 20;

/// Trees that were read, for any number of programs at once; empty at first.
///
/// When more than 4 MiB of text have been read, all are forgotten but those read since.
#[derive(Debug, Default)]
pub struct Trees {
    kept: Mutex<Kept>,
}

/// A tree, and what was wrong with its text.
#[derive(Clone, Debug)]
pub(super) struct Tree {
    pub module: Arc<Module>,
    pub diagnostics: Arc<[Diagnostic]>,
}

#[derive(Debug, Default)]
struct Kept {
    trees: HashMap<(SourceId, Arc<str>), Tree>,
    /// Of the texts.
    bytes: usize,
}

impl Trees {
    /// How much text they were read from, in bytes.
    pub fn bytes(&self) -> usize {
        self.with(|kept| kept.bytes)
    }

    /// The tree of a text, read unless it was before.
    pub(super) fn read(&self, source: SourceId, text: &str) -> Tree {
        let key = (source, Arc::from(text));
        if let Some(tree) = self.with(|kept| kept.trees.get(&key).cloned()) {
            return tree;
        }
        let tree = Tree::of(source, text);
        self.with(|kept| {
            if kept.bytes + text.len() > MAX_BYTES {
                *kept = Kept::default();
            }
            if kept.trees.insert(key, tree.clone()).is_none() {
                kept.bytes += text.len();
            }
        });
        tree
    }

    /// A thread that panicked while it held the lock left whole entries.
    fn with<T>(&self, look: impl FnOnce(&mut Kept) -> T) -> T {
        look(&mut self.kept.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Tree {
    pub fn of(source: SourceId, text: &str) -> Tree {
        let Parsed { module, diagnostics } = parse(source, text);
        Tree { module: Arc::new(module), diagnostics: diagnostics.into() }
    }
}
