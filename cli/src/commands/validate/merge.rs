//! The checks of several files as one: every text once, and every fault once.
//!
//! A file that is named answers for itself. A module that is not is spoken of by the first check that read it. An error
//! that only an importer's check can see in a named file, as the import that closes a cycle, is told by the first to see
//! it, if that is before the file's own check: so one cycle is one error, wherever one begins.

use super::check::{Checked, Checks};
use super::fix::Mended;
use crate::exit::Unusable;
use prism_diagnostics::{Diagnostic, SourceId, SourceMap, Span, sort};
use prism_engine::Bug;
use prism_engine::facts::{Approximation, Cost, Declaration, Facts};
use std::collections::HashMap;

/// Everything that was found.
pub struct Findings {
    /// All texts; their numbers are in the order of `files`.
    pub sources: SourceMap,
    /// The files: those that were named, each followed by the modules that it was the first to import.
    pub files: Vec<FileFindings>,
}

/// What was found in one file.
pub struct FileFindings {
    /// Its text; empty if it can't be read.
    pub source: SourceId,
    /// Its faults, in order.
    pub diagnostics: Vec<Diagnostic>,
    /// Whether it was named, not only imported.
    pub is_named: bool,
    /// What is known of it, if it was named and that is to be shown: the names that it declares itself, what running it
    /// costs.
    pub facts: Option<Facts>,
    /// Why the checker broke off.
    pub bug: Option<Bug>,
    /// Why it can't be read or written.
    pub unusable: Option<Unusable>,
    /// What was mended in it, or could be.
    pub mended: Option<Mended>,
}

impl Findings {
    /// The faults of all files.
    pub fn diagnostics(&self) -> impl Iterator<Item = &Diagnostic> {
        self.files.iter().flat_map(|file| &file.diagnostics)
    }

    /// How many files were named.
    pub fn named(&self) -> usize {
        self.files.iter().filter(|file| file.is_named).count()
    }
}

/// Puts checks together; `mended` is empty, or has an entry a check.
pub fn merge(checked: Vec<Checked>, mended: Vec<Option<Mended>>) -> Findings {
    let mut merger = Merger::new(&checked);
    let mut mended = mended.into_iter();
    for one in checked {
        let mended = mended.next().flatten();
        match one.result {
            Ok(checks) => merger.add(checks, mended),
            Err(unusable) => merger.add_unusable(&one.name, unusable),
        }
    }
    let Merger { sources, mut files, .. } = merger;
    files.iter_mut().for_each(|file| sort(&mut file.diagnostics));
    Findings { sources, files }
}

struct Merger {
    sources: SourceMap,
    files: Vec<FileFindings>,
    /// Where each text has its place in `files`, by its name.
    places: HashMap<String, usize>,
    /// Which named file is whose own check, by name; and whether that has been added.
    own: HashMap<String, bool>,
}

impl Merger {
    fn new(checked: &[Checked]) -> Self {
        let names = checked.iter().filter_map(|one| entry_name(one.result.as_ref().ok()?));
        let own = names.map(|name| (name.to_owned(), false)).collect();
        Merger { sources: SourceMap::new(), files: Vec::new(), places: HashMap::new(), own }
    }

    fn add(&mut self, checks: Checks, mended: Option<Mended>) {
        let Checks { sources, diagnostics, bug, facts, .. } = checks;
        let entry = SourceId::default();
        let mut numbers = Vec::new();
        let mut answers = Vec::new();
        for (id, source) in sources.iter() {
            let is_known = self.places.contains_key(source.name());
            let (number, place) = self.place(source.name(), source.text());
            numbers.push(number);
            let answer = match self.own.get(source.name()) {
                Some(_) if id == entry => Answer::All,
                Some(false) => Answer::Errors,
                Some(true) => Answer::Nothing,
                None if is_known => Answer::Nothing,
                None => Answer::All,
            };
            answers.push((place, answer));
        }
        let number = |old: SourceId| numbers.get(old.0 as usize).copied().unwrap_or(old);
        for diagnostic in diagnostics {
            let Some((place, answer)) = answers.get(diagnostic.span.source.0 as usize).copied() else { continue };
            let is_wanted = answer == Answer::All || answer == Answer::Errors && diagnostic.is_error();
            let Some(file) = self.files.get_mut(place).filter(|_| is_wanted) else { continue };
            let diagnostic = diagnostic.renumbered(number);
            if !file.diagnostics.contains(&diagnostic) {
                file.diagnostics.push(diagnostic);
            }
        }
        let Some(name) = sources.get(entry).map(|source| source.name()) else { return };
        self.own.insert(name.to_owned(), true);
        let renumbered = |span: Span| Span { source: number(span.source), ..span };
        let own_facts = |Facts { declarations, cost, approximations }: Facts| {
            let own = declarations.into_iter().filter(|declared| declared.span.source == entry);
            let own = own.map(|declared| Declaration { span: renumbered(declared.span), ..declared });
            let cost = match cost {
                Cost::Unbounded(at) => Cost::Unbounded(renumbered(at)),
                bounded @ Cost::AtMost(_) => bounded,
            };
            let given_up = approximations.into_iter().filter(|one| one.span.source == entry);
            let given_up = given_up.map(|one| Approximation { span: renumbered(one.span), ..one });
            Facts { declarations: own.collect(), cost, approximations: given_up.collect() }
        };
        if let Some(file) = answers.first().and_then(|(place, _)| self.files.get_mut(*place)) {
            file.is_named = true;
            file.bug = bug;
            file.facts = facts.map(own_facts);
            file.mended = mended;
        }
    }

    fn add_unusable(&mut self, name: &str, unusable: Unusable) {
        let (source, place) = self.place(name, "");
        if let Some(file) = self.files.get_mut(place) {
            file.diagnostics = vec![Diagnostic::new(unusable.code, Span::new(source, 0, 0), unusable.message.clone())];
            file.unusable = Some(unusable);
            file.is_named = true;
        }
    }

    /// The number and the place of a text, which are new if it is.
    fn place(&mut self, name: &str, text: &str) -> (SourceId, usize) {
        if let Some((place, file)) = self.places.get(name).and_then(|place| Some((*place, self.files.get(*place)?))) {
            return (file.source, place);
        }
        let source = self.sources.add(name, text);
        let place = self.files.len();
        self.places.insert(name.to_owned(), place);
        let file = FileFindings {
            source,
            diagnostics: Vec::new(),
            is_named: false,
            facts: None,
            bug: None,
            unusable: None,
            mended: None,
        };
        self.files.push(file);
        (source, place)
    }
}

/// Which faults of a text a check may tell.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Answer {
    All,
    Errors,
    Nothing,
}

fn entry_name(checks: &Checks) -> Option<&str> {
    checks.sources.get(SourceId::default()).map(|source| source.name())
}
