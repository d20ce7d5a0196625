//! Programs that grow: each input of a session is one more module of a program, which sees the names of those before it.
//!
//! An input is compiled ([`Session::compile`]), run by whoever has the machine, and then settled ([`Session::settle`]):
//! only its run decides which of its names came to be. Between the two nothing else is compiled. An input with errors
//! leaves no trace but its text, which its diagnostics speak of.
//!
//! # Invariants
//! - The program only grows: functions, constants, modules and slots keep their numbers. So a machine that holds the
//!   program of the last input can go on with that of the next.
//! - A name that is settled has a value: its slot holds a cell, and the cell is not the mark of a missing declaration.

use super::{Checked, Compilation, Lowered, Options, Parsed, Sources};
use crate::hash::HashMap;
use crate::lower;
use crate::modules::{Before, ExportTable, load_after};
use crate::resolve::{SessionName, SessionNames};
use prism_bytecode::{Catalog, Program};
use prism_diagnostics::{Code, Diagnostic, SourceMap};

/// What is no fault where a text is only the beginning: what an input declares is for the next ones, its value is shown.
const PREMATURE: [Code; 5] = [Code::W0200, Code::W0201, Code::W0202, Code::W0203, Code::W0204];

/// What a session's inputs have come to.
#[derive(Debug, Default)]
pub struct Session {
    sources: SourceMap,
    program: Program,
    exports: ExportTable,
    /// The modules that have run to their end, by path.
    places: HashMap<String, u32>,
    names: SessionNames,
    /// The input that was compiled last, until it is settled.
    open: Option<Open>,
}

/// An input that is about to run.
#[derive(Debug)]
struct Open {
    /// The paths of the modules that it brings, in the order in which they run, without its own.
    paths: Vec<String>,
    /// The place of the first of them.
    first: u32,
    names: SessionNames,
}

/// What came of settling an input.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Settled {
    /// Slots of variables whose names mean others now: no later input can reach them.
    pub released: Vec<u32>,
}

impl Session {
    /// A session without inputs.
    pub fn new() -> Self {
        Self::default()
    }

    /// Compiles the next input. The compilation's program is the whole session's: what the machine must run are the
    /// modules that it did not have before.
    ///
    /// An input that was not settled never ran.
    pub fn compile(&mut self, input: Sources, catalog: &Catalog) -> Compilation {
        let Sources { entry_path, entry_text, loader, trees } = input;
        let first = self.exports.modules();
        let before = Before { sources: self.sources.clone(), places: self.places.clone(), modules: first };
        let parsed = Parsed { graph: load_after(before, entry_path, entry_text, loader, trees, catalog) };
        let options = Options::default();
        let resolved = parsed.resolve_after(self.exports.clone(), Some(&self.names), catalog, &options);
        let Checked { sources, modules, exports, metadata, facts, bug, mut diagnostics } =
            resolved.check(catalog, &options);
        self.sources = sources.clone();
        let own = modules.last().map(|input| input.module.source);
        diagnostics.retain(|fault| Some(fault.span.source) != own || !PREMATURE.contains(&fault.code));
        let program = self.grow(&exports, &modules, catalog, &mut diagnostics);
        if program.is_some()
            && let Some((input, imported)) = modules.split_last()
        {
            let paths = imported.iter().map(|module| module.path.clone()).collect();
            self.open = Some(Open { paths, first, names: input.resolution.shared.names.clone() });
            self.exports = exports;
        }
        Lowered { sources, metadata, facts, bug, diagnostics, program }.finish()
    }

    /// Lowers the modules behind those that are there, if nothing is an error.
    fn grow(
        &mut self,
        exports: &ExportTable,
        modules: &[super::ResolvedModule],
        catalog: &Catalog,
        diagnostics: &mut Vec<Diagnostic>,
    ) -> Option<Program> {
        if diagnostics.iter().any(Diagnostic::is_error) {
            return None;
        }
        match lower::extend(self.program.clone(), modules, exports, catalog) {
            Ok(program) => {
                self.program = program;
                Some(self.program.clone())
            }
            Err(faults) => {
                diagnostics.extend(faults);
                None
            }
        }
    }

    /// Takes in what the last input left when it ran: `finished` says how many of its modules came to their end, `is_set`
    /// whether the variable in a slot has a value.
    pub fn settle(&mut self, finished: usize, mut is_set: impl FnMut(u32) -> bool) -> Settled {
        let Some(Open { paths, first, names }) = self.open.take() else { return Settled::default() };
        // The input itself is the last module: it has begun if all that it imports has come to its end.
        let has_begun = finished >= paths.len();
        self.places.extend(paths.into_iter().zip(first..).take(finished));
        let mut settled = Settled::default();
        if !has_begun {
            return settled;
        }
        for (name, meaning) in names {
            match meaning {
                SessionName::Variable { slot, .. } if !is_set(slot) => {}
                meaning => {
                    // At the end, where names that came to be last stand.
                    let before = self.names.shift_remove(&name);
                    settled.released.extend(before.and_then(|before| before.slot()));
                    self.names.insert(name, meaning);
                }
            }
        }
        settled
    }

    /// How many modules there were before those of the input that was compiled last, while it is not settled; else how
    /// many there are.
    pub fn modules_before(&self) -> usize {
        self.open.as_ref().map_or(self.exports.modules(), |open| open.first) as usize
    }

    /// The names that the next input sees, in the order in which they came to be.
    pub fn names(&self) -> &SessionNames {
        &self.names
    }

    /// All texts so far, those of faulty inputs too.
    pub fn sources(&self) -> &SourceMap {
        &self.sources
    }
}

impl SessionName {
    /// The slot of a variable.
    pub fn slot(&self) -> Option<u32> {
        match self {
            SessionName::Variable { slot, .. } => Some(*slot),
            SessionName::Import { .. } => None,
        }
    }
}
