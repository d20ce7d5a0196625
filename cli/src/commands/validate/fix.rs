//! What a machine can mend: the fixes of a file's faults made, round by round, and the result in the one style.
//!
//! A fix is kept only if its fault is gone afterwards and the file has no error that it did not have. Syntax errors are
//! mended first, since they hide other errors: those that come to light then are not the fix's. Fixes that concern
//! other files are left alone: only files that were named are written.

use super::check::Checks;
use crate::console::Console;
use crate::exit::Unusable;
use crate::files::{self, STDIN};
use crate::project::Program;
use prism_compiler::format::format;
use prism_diagnostics::{Code, Diagnostic, Edit, Fix, LineColumn, SourceId};
use prism_engine::Engine;
use similar::TextDiff;
use std::collections::{HashMap, HashSet};
use std::path::Path;

/// A fix may bring to light what another can mend, as a name that only an unused one used. So many in a row are made.
const MOST_ROUNDS: usize = 20;
/// Lines around a change in a diff.
const CONTEXT: usize = 3;

/// A text, mended.
pub struct Mended {
    /// As it was.
    pub before: String,
    /// As it is after all fixes; the same if there were none.
    pub after: String,
    /// What was mended, round by round.
    pub fixed: Vec<Fixed>,
}

/// A fault that was mended.
#[derive(Clone)]
pub struct Fixed {
    /// What it was.
    pub code: Code,
    /// What mended it.
    pub title: String,
    /// Where it was, in the text as it was in that round.
    pub place: LineColumn,
}

impl Mended {
    /// The change in the format of `diff -u`; empty if there is none.
    pub fn diff(&self, name: &str) -> String {
        let diff = TextDiff::from_lines(&self.before, &self.after);
        let mut unified = diff.unified_diff();
        unified.context_radius(CONTEXT).header(&format!("a/{name}"), &format!("b/{name}")).to_string()
    }
}

/// Makes all fixes of a program's own text that can be made.
pub fn mend(engine: &Engine, program: &Program) -> Mended {
    let mut mender = Mender {
        engine,
        program,
        state: State::new(engine, program, program.text.clone()),
        fixed: Vec::new(),
        refused: HashSet::new(),
    };
    for _ in 0..MOST_ROUNDS {
        if !mender.round() {
            break;
        }
    }
    if !mender.fixed.is_empty() {
        mender.format();
    }
    let Mender { state, fixed, .. } = mender;
    Mended { before: program.text.clone(), after: state.text, fixed }
}

/// Puts what was mended in the place of a file; of standard input, prints it.
pub fn write(name: &str, mended: &Mended, console: &Console) -> Result<(), Unusable> {
    if name == STDIN {
        console.write(&mended.after);
    } else if mended.after != mended.before {
        files::replace(Path::new(name), &mended.after)
            .map_err(|error| Unusable::program(format!("can't write {name}: {error}")))?;
    }
    Ok(())
}

struct Mender<'a> {
    engine: &'a Engine,
    program: &'a Program,
    state: State,
    fixed: Vec<Fixed>,
    /// Fixes that did harm.
    refused: HashSet<(Code, String)>,
}

/// A text with what is wrong with it.
struct State {
    text: String,
    checks: Checks,
}

/// A fault that can be mended.
struct Candidate {
    diagnostic: Diagnostic,
    fix: Fix,
}

impl Mender<'_> {
    /// Makes the fixes that do not overlap, all at once, or if that does harm one after the other; tells whether there
    /// were any.
    fn round(&mut self) -> bool {
        let candidates = self.candidates();
        let all: Vec<&Candidate> = candidates.iter().collect();
        if all.is_empty() {
            return false;
        }
        if let Some(next) = self.with(&all) {
            self.keep(&all, next);
            return true;
        }
        let mut kept = Vec::new();
        let mut best = None;
        for candidate in &candidates {
            kept.push(candidate);
            match self.with(&kept) {
                Some(next) => best = Some(next),
                None => {
                    kept.pop();
                    self.refused.insert(key(&candidate.diagnostic));
                }
            }
        }
        if let Some(next) = best {
            self.keep(&kept, next);
        }
        true
    }

    fn keep(&mut self, candidates: &[&Candidate], next: State) {
        let sources = &self.state.checks.sources;
        self.fixed.extend(candidates.iter().map(|Candidate { diagnostic, fix }| Fixed {
            code: diagnostic.code,
            title: fix.title.clone(),
            place: sources.position(diagnostic.span),
        }));
        self.state = next;
    }

    /// The fixes that can be made at once, in the order of their faults: those of the grammar if there are any.
    fn candidates(&self) -> Vec<Candidate> {
        let of_grammar = self.candidates_among(is_of_grammar);
        if of_grammar.is_empty() { self.candidates_among(|_| true) } else { of_grammar }
    }

    fn candidates_among(&self, is_meant: impl Fn(&Diagnostic) -> bool) -> Vec<Candidate> {
        let own = SourceId::default();
        let mut taken: Vec<Edit> = Vec::new();
        let mut candidates = Vec::new();
        for diagnostic in self.state.checks.diagnostics.iter().filter(|diagnostic| is_meant(diagnostic)) {
            let Some(fix) = diagnostic.fix.as_ref().filter(|fix| !fix.edits.is_empty()) else { continue };
            let is_own = fix.edits.iter().chain(&taken).all(|edit| edit.span.source == own);
            let is_free = fix.edits.iter().all(|edit| taken.iter().all(|other| !overlap(edit, other)));
            if is_own && is_free && !self.refused.contains(&key(diagnostic)) {
                taken.extend(fix.edits.iter().cloned());
                candidates.push(Candidate { diagnostic: diagnostic.clone(), fix: fix.clone() });
            }
        }
        candidates
    }

    /// The text with these fixes made, if that mends what they are for and does no harm.
    fn with(&self, candidates: &[&Candidate]) -> Option<State> {
        let edits = candidates.iter().flat_map(|candidate| &candidate.fix.edits).collect();
        let next = State::new(self.engine, self.program, apply(&self.state.text, edits)?);
        let (before, after) = (self.state.faults(), next.faults());
        let count = |faults: &HashMap<_, _>, key: &_| faults.get(key).copied().unwrap_or(0);
        let is_mended = |candidate: &&Candidate| {
            let key = key(&candidate.diagnostic);
            count(&after, &key) < count(&before, &key)
        };
        let is_of_grammar = candidates.iter().all(|candidate| is_of_grammar(&candidate.diagnostic));
        let is_good = candidates.iter().all(is_mended) && next.is_as_good_as(&self.state, is_of_grammar);
        is_good.then_some(next)
    }

    /// Writes the text in the one style, unless it has syntax errors.
    fn format(&mut self) {
        let Ok(formatted) = format(SourceId::default(), &self.state.text) else { return };
        let next = State::new(self.engine, self.program, formatted);
        if next.is_as_good_as(&self.state, false)
            && next.checks.diagnostics.len() <= self.state.checks.diagnostics.len()
        {
            self.state = next;
        }
    }
}

impl State {
    fn new(engine: &Engine, program: &Program, text: String) -> Self {
        State { checks: Checks::of(engine, program, &text, false), text }
    }

    /// How often each fault is there.
    fn faults(&self) -> HashMap<(Code, String), usize> {
        let mut faults = HashMap::new();
        for diagnostic in &self.checks.diagnostics {
            *faults.entry(key(diagnostic)).or_default() += 1;
        }
        faults
    }

    /// Whether it has no more errors of any kind, or no more of the grammar if only those count.
    fn is_as_good_as(&self, other: &State, only_grammar: bool) -> bool {
        let counts = |fault: &&Diagnostic| fault.is_error() && (!only_grammar || is_of_grammar(fault));
        let errors = |state: &State, code| {
            state.checks.diagnostics.iter().filter(counts).filter(|fault| fault.code == code).count()
        };
        let own = self.checks.diagnostics.iter().filter(counts);
        own.map(|fault| fault.code).all(|code| errors(self, code) <= errors(other, code))
    }
}

/// Whether a fault keeps the text from being understood.
fn is_of_grammar(diagnostic: &Diagnostic) -> bool {
    diagnostic.code.rule() == Code::E0100.rule()
}

/// What tells a fault from others, wherever it stands.
fn key(diagnostic: &Diagnostic) -> (Code, String) {
    (diagnostic.code, diagnostic.message.clone())
}

/// Whether two edits can't be made at once. Two insertions at one place can't: which is to be the first?
fn overlap(a: &Edit, b: &Edit) -> bool {
    let is_apart = |a: &Edit, b: &Edit| a.span.end < b.span.start || a.span.end == b.span.start && a.span != b.span;
    !is_apart(a, b) && !is_apart(b, a)
}

/// The text with edits made that do not overlap; `None` if one cuts a character or leaves the text.
fn apply(text: &str, mut edits: Vec<&Edit>) -> Option<String> {
    edits.sort_by_key(|edit| edit.span);
    let mut new = String::with_capacity(text.len());
    let mut at = 0;
    for edit in edits {
        new.push_str(text.get(at..edit.span.start as usize)?);
        new.push_str(&edit.text);
        at = edit.span.end as usize;
    }
    new.push_str(text.get(at..)?);
    Some(new)
}
