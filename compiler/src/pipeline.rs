//! The compiler, stage by stage. Read this first: each stage is a type that owns what the next one needs, so that
//! compiling what was not checked can't be spelled.
//!
//! | stage | how it comes about | what it has |
//! |---|---|---|
//! | [`Sources`] | a host gives it | the entry's text, a [`Loader`] for what it imports, [`Trees`] that were read before |
//! | [`Parsed`] | [`crate::modules`] follows the imports, [`crate::parse`] reads each text | trees, in the order of running |
//! | [`Resolved`] | [`crate::resolve`] gives each name its meaning, [`crate::metadata`] and [`crate::schema`] say what the pattern is | trees with their [`Resolution`], the [`ExportTable`], the [`PatternInfo`] |
//! | [`Checked`] | [`crate::check`] goes through what the program would do | the same with [`Facts`] |
//! | [`Lowered`] | [`crate::lower`] | a [`Program`], if nothing is wrong |
//!
//! Every stage runs on what the one before could make of the text, however broken, and adds to one list of
//! diagnostics; [`compile`] runs them all and hands the list out, sorted. Nothing else in this crate is meant to be
//! called from outside, but for tools that want a tree ([`crate::parse`]) or a name's meaning ([`crate::resolve`]).

mod allow;
mod info;
mod session;

pub use info::PatternInfo;
pub use session::{Session, Settled};

use crate::ast::Module;
use crate::check::facts::Facts;
use crate::check::lints;
use crate::check::{self, Bug};
use crate::lower;
use crate::modules::{self, ExportTable, Graph, LoadedModule, Loader, Trees};
use crate::resolve::{Resolution, SessionNames, Surroundings, resolve};
use prism_bytecode::{Catalog, Program};
use prism_diagnostics::{Diagnostic, Source, SourceMap};
use std::sync::Arc;

/// What holds for a whole compilation.
#[derive(Clone, Copy, Debug, Default)]
pub struct Options {
    /// The modules are the library's own: they may name its hidden entries, and declaring its names is no warning.
    pub library: bool,
    /// [`Facts`] are wanted: for those who show them. Otherwise a quarter of the checker's work is left out.
    pub facts: bool,
}

/// What a compilation gives.
#[derive(Debug)]
pub struct Compilation {
    /// The texts that were read; the entry's is the first.
    pub sources: SourceMap,
    /// What is wrong with them, by text, place and code.
    pub diagnostics: Vec<Diagnostic>,
    /// What the entry says of itself as a pattern.
    pub metadata: PatternInfo,
    /// What was found out about the names of its modules, if that was wanted.
    pub facts: Option<Facts>,
    /// Why the checker broke off, if it did: what it would have said is missing from the diagnostics.
    pub bug: Option<Bug>,
    /// The program; none if anything is an error.
    pub program: Option<Program>,
}

/// Compiles a program.
pub fn compile(sources: Sources, catalog: &Catalog, options: &Options) -> Compilation {
    sources.parse(catalog).resolve(catalog, options).check(catalog, options).lower(catalog).finish()
}

/// Checks a program without making bytecode of it.
pub fn check(sources: Sources, catalog: &Catalog) -> Checked {
    let options = Options::default();
    sources.parse(catalog).resolve(catalog, &options).check(catalog, &options)
}

/// What a compilation starts from.
#[derive(Clone, Copy)]
pub struct Sources<'a> {
    /// The entry's path from the root, `/` between the parts: imports are relative to it, and it is the name that
    /// diagnostics show.
    pub entry_path: &'a str,
    /// Its text.
    pub entry_text: &'a str,
    /// The texts of what it imports.
    pub loader: &'a dyn Loader,
    /// Trees of what it imports that were read for other programs; those read for it are added.
    pub trees: Option<&'a Trees>,
}

impl<'a> Sources<'a> {
    /// A program by itself.
    pub fn new(entry_path: &'a str, entry_text: &'a str, loader: &'a dyn Loader) -> Self {
        Sources { entry_path, entry_text, loader, trees: None }
    }

    /// Reads the entry and all that it imports.
    pub fn parse(self, catalog: &Catalog) -> Parsed {
        let Sources { entry_path, entry_text, loader, trees } = self;
        Parsed { graph: modules::load(entry_path, entry_text, loader, trees, catalog) }
    }
}

/// All modules of a program, read.
#[derive(Debug)]
pub struct Parsed {
    graph: Graph,
}

impl Parsed {
    /// Gives the names of all modules their meaning.
    pub fn resolve(self, catalog: &Catalog, options: &Options) -> Resolved {
        self.resolve_after(ExportTable::default(), None, catalog, options)
    }

    /// The same where modules that are not read again export something already; `names` are those that the entry sees, if
    /// it is an input of a session.
    fn resolve_after(
        self,
        mut exports: ExportTable,
        names: Option<&SessionNames>,
        catalog: &Catalog,
        options: &Options,
    ) -> Resolved {
        let Graph { sources, modules, mut diagnostics } = self.graph;
        let mut resolved = Vec::new();
        let last = modules.len().saturating_sub(1);
        let mut metadata = PatternInfo::default();
        for (place, LoadedModule { path, module, links, broken }) in modules.into_iter().enumerate() {
            let text = sources.get(module.source).map_or("", Source::text);
            let around = Surroundings {
                catalog,
                library: options.library,
                broken: &broken,
                links: &links,
                exports: &mut exports,
                session: names.filter(|_| place == last),
            };
            let (resolution, faults) = resolve(&module, text, around);
            diagnostics.extend(faults);
            if place == last {
                let (info, faults) = info::pattern_info(&module, text);
                metadata = info;
                diagnostics.extend(faults);
            }
            resolved.push(ResolvedModule { path, module, resolution });
        }
        Resolved { sources, modules: resolved, exports, metadata, diagnostics }
    }
}

/// A module whose names are resolved.
#[derive(Clone, Debug)]
pub struct ResolvedModule {
    /// Its path from the root, `/` between the parts; as shown in errors.
    pub path: String,
    /// Its tree.
    pub module: Arc<Module>,
    /// What its names mean.
    pub resolution: Resolution,
}

/// All modules of a program, their names resolved.
#[derive(Debug)]
pub struct Resolved {
    /// The texts.
    pub sources: SourceMap,
    /// The modules in the order in which they run; the last is the entry.
    pub modules: Vec<ResolvedModule>,
    /// What they export.
    pub exports: ExportTable,
    /// What the entry says of itself as a pattern.
    pub metadata: PatternInfo,
    /// What is wrong so far, in no particular order.
    pub diagnostics: Vec<Diagnostic>,
}

impl Resolved {
    /// Goes through what the program would do. The library's own modules are not held against these rules.
    pub fn check(self, catalog: &Catalog, options: &Options) -> Checked {
        let Resolved { sources, modules, exports, metadata, mut diagnostics } = self;
        let (mut facts, mut bug) = (None, None);
        if !options.library {
            let checked = check::guarded(|| {
                let check::Checked { diagnostics: mut found, facts } =
                    check::check(&modules, &exports, catalog, &metadata, options.facts);
                found.retain(|fault| !diagnostics.iter().any(|earlier| is_of(fault, earlier)));
                let known = [diagnostics.as_slice(), &found].concat();
                found.extend(lints::check(&sources, &modules, &known, catalog));
                (found, facts)
            });
            match checked {
                Ok((found, known)) => {
                    diagnostics.extend(found);
                    facts = known;
                }
                Err(fault) => bug = Some(fault),
            }
        }
        diagnostics.retain(|fault| !allow::silenced(fault, &sources, &modules));
        Checked { sources, modules, exports, metadata, facts, bug, diagnostics }
    }
}

/// Whether what the checker found is only what comes of an error that is told already.
fn is_of(fault: &Diagnostic, earlier: &Diagnostic) -> bool {
    let (a, b) = (fault.span, earlier.span);
    earlier.is_error() && a.source == b.source && a.start < b.end && b.start < a.end
}

/// All modules of a program, checked.
#[derive(Debug)]
pub struct Checked {
    /// The texts.
    pub sources: SourceMap,
    /// The modules in the order in which they run; the last is the entry.
    pub modules: Vec<ResolvedModule>,
    /// What they export.
    pub exports: ExportTable,
    /// What the entry says of itself as a pattern.
    pub metadata: PatternInfo,
    /// What was found out about its names, if that was wanted.
    pub facts: Option<Facts>,
    /// Why the checker broke off, if it did.
    pub bug: Option<Bug>,
    /// What is wrong, in no particular order.
    pub diagnostics: Vec<Diagnostic>,
}

impl Checked {
    /// Makes bytecode, if nothing is an error.
    pub fn lower(self, catalog: &Catalog) -> Lowered {
        let Checked { sources, modules, exports, metadata, facts, bug, mut diagnostics } = self;
        let mut program = None;
        if !diagnostics.iter().any(Diagnostic::is_error) {
            match lower::lower(&modules, &exports, catalog) {
                Ok(lowered) => program = Some(lowered),
                Err(faults) => diagnostics.extend(faults),
            }
        }
        Lowered { sources, metadata, facts, bug, diagnostics, program }
    }
}

/// A program as bytecode, or why there is none.
#[derive(Debug)]
pub struct Lowered {
    sources: SourceMap,
    metadata: PatternInfo,
    facts: Option<Facts>,
    bug: Option<Bug>,
    diagnostics: Vec<Diagnostic>,
    program: Option<Program>,
}

impl Lowered {
    /// Everything that hosts want to know, the diagnostics sorted.
    pub fn finish(mut self) -> Compilation {
        self.diagnostics.sort_by_key(|fault| (fault.span, fault.code));
        Compilation {
            sources: self.sources,
            diagnostics: self.diagnostics,
            metadata: self.metadata,
            facts: self.facts,
            bug: self.bug,
            program: self.program,
        }
    }
}
