//! Holds what the checker says of a program against a run of it.

use super::run::{self, Course};
use super::tree::{Bare, Probes, Tree, place, project};
use super::types::Shown;
use prism_compiler::ast::Name;
use prism_compiler::pipeline::{Checked, Options, Sources};
use prism_diagnostics::{Code, Diagnostic, Severity, SourceId, SourceMap, Span};
use prism_engine::facts::{Confidence, Declaration};
use prism_engine::{Compilation, Engine, MemoryProject, Uncertain};
use prism_vm::value::Value;
use std::collections::BTreeMap;
use std::sync::LazyLock;

/// Confidences are doubles, and rounded.
const TOLERANCE: f64 = 1e-12;

/// What came of one program.
#[derive(Debug, Default)]
pub struct Verdict {
    /// What the checker said that was not so; a sentence each.
    pub faults: Vec<String>,
    /// Whether the program could be run at all.
    pub is_valid: bool,
    /// Whether its run failed.
    pub failed: bool,
    /// How many values were looked at.
    pub seen: usize,
}

/// Checks and runs a program.
pub fn judge(tree: &Tree) -> Verdict {
    let texts = Texts::of(tree, &mut Bare);
    let compilation = texts.inspect();
    if !tree.annotated || compilation.diagnostics.iter().any(Diagnostic::is_error) {
        return judge_checked(tree, &texts, &compilation, None);
    }
    let annotated = Texts::of(tree, &mut Annotating { known: &compilation, texts: &texts });
    let again = annotated.inspect();
    judge_checked(tree, &annotated, &again, Some(&compilation))
}

const PATH: &str = "main.prism";

/// The texts of a program.
struct Texts {
    main: String,
    /// Of the module that it imports from.
    module: Option<String>,
}

impl Texts {
    fn of(tree: &Tree, probes: &mut dyn Probes) -> Texts {
        Texts { main: tree.print(probes), module: tree.print_module(probes) }
    }

    fn project(&self) -> MemoryProject {
        project(self.module.as_deref())
    }

    fn inspect(&self) -> Compilation {
        ENGINE.inspect(PATH, &self.main, &self.project())
    }

    /// The text that a source is of; the entry's is the first.
    fn get(&self, source: SourceId) -> &str {
        if source == SourceId::default() { &self.main } else { self.module.as_deref().unwrap_or_default() }
    }

    /// Whether a name may be assigned behind its declaration, and so have another type.
    fn may_change(&self, name: &str) -> bool {
        is_changed(&self.main, name) || self.module.as_ref().is_some_and(|text| is_changed(text, name))
    }
}

/// Where something stands, as probes tell it.
fn place_of(sources: &SourceMap, span: Span) -> u32 {
    place(span.source.0, sources.position(span).line)
}

/// The engine of probed programs.
static ENGINE: LazyLock<Engine> = LazyLock::new(|| {
    let probe = |_: f64, _: Uncertain<serde_json::Value>| async { Ok(()) };
    Engine::builder().async_function("probe(number: number, value: any): null", probe).build().expect("an engine")
});

fn is_about_types(code: Code) -> bool {
    matches!(code, Code::E0400 | Code::E0401)
}

/// Runs a program of which that was said; `known` is what its annotations were made from.
fn judge_checked(tree: &Tree, texts: &Texts, compilation: &Compilation, known: Option<&Compilation>) -> Verdict {
    let mut verdict = Verdict::default();
    let broken = |code: &Code| code.severity() == Severity::Error && !is_about_types(*code);
    if let Some(fault) = compilation.diagnostics.iter().find(|fault| broken(&fault.code)) {
        verdict.faults.extend(matches!(fault.code, Code::E0100).then(|| format!("no program: {}", fault.message)));
        return verdict;
    }
    let annotating = known.map(|known| Annotating { known, texts });
    let mut looking = Looking { compilation, annotating, looks: Vec::new() };
    let probed = Texts::of(tree, &mut looking);
    let looks = looking.looks;
    let program = match ENGINE.load(unchecked(&probed)) {
        Ok(program) => program,
        Err(fault) => {
            verdict.faults.push(format!("can't be loaded: {fault}"));
            return verdict;
        }
    };
    verdict.is_valid = true;
    let course = run::run(&program, &tree.input, tree.answers, &mut |number, value| {
        let Some(look) = looks.get(number) else { return };
        verdict.seen += 1;
        if let Some(fault) = look.fault(value) {
            verdict.faults.push(fault);
        }
    });
    verdict.faults.extend(compilation.bug.iter().map(ToString::to_string));
    verdict.faults.extend(diagnostic_faults(texts, compilation, &course));
    if let Some((code, message, span)) = &course.failure {
        verdict.failed = true;
        if *code == Code::R0900 {
            verdict.faults.push(format!("the machine: {message}"));
        }
        let is_clean = !compilation.diagnostics.iter().any(|fault| is_about_types(fault.code));
        if let Some(span) = span.filter(|_| is_clean)
            && let Some(place) = probed.get(span.source).get(span.start as usize..span.end as usize)
            && is_promised(*code, place, span.source, texts, declarations(compilation))
        {
            verdict.faults.push(format!("fails unforeseen at `{place}`: {message}"));
        }
    }
    verdict.faults.sort();
    verdict.faults.dedup();
    verdict
}

/// What is known of the names of a program that was inspected.
fn declarations(compilation: &Compilation) -> &[Declaration] {
    compilation.facts.as_ref().map_or(&[], |facts| &facts.declarations)
}

/// A program as bytecode, whatever the checker would say.
fn unchecked(texts: &Texts) -> Compilation {
    let catalog = ENGINE.catalog();
    let loader = texts.project();
    let sources = Sources::new(PATH, &texts.main, &loader);
    let resolved = sources.parse(catalog).resolve(catalog, &Options::default());
    let checked = Checked {
        sources: resolved.sources,
        modules: resolved.modules,
        exports: resolved.exports,
        metadata: resolved.metadata,
        facts: None,
        bug: None,
        diagnostics: resolved.diagnostics,
    };
    checked.lower(catalog).finish()
}

/// What a probe of a name expects.
struct Look {
    name: String,
    line: u32,
    shown: Name,
    ty: Option<Shown>,
    confidence: Confidence,
}

impl Look {
    fn fault(&self, value: &Value) -> Option<String> {
        let Look { name, line, shown, .. } = self;
        let Confidence { plain, lo, hi } = self.confidence;
        let fits = match value.confidence() {
            None => plain,
            Some(found) => (lo - TOLERANCE..=hi + TOLERANCE).contains(&found),
        };
        if !fits {
            let found = value.confidence().map_or("plain".to_owned(), |found| format!("{found}"));
            let plain = if plain { "plain or " } else { "" };
            return Some(format!("confidence of `{name}` in line {line}: {found}, not {plain}{lo} to {hi}"));
        }
        let Some(ty) = &self.ty else {
            return Some(format!("type of `{name}` in line {line}: `{shown}` can't be read"));
        };
        let kind = value.kind().as_str();
        let display = prism_vm::value::Displayed::new(value);
        (!ty.fits(value)).then(|| format!("type of `{name}` in line {line}: {kind} {display}, not {shown}"))
    }
}

/// Prints annotations that say what is known of names.
struct Annotating<'a> {
    known: &'a Compilation,
    /// The texts that it is known of.
    texts: &'a Texts,
}

impl Probes for Annotating<'_> {
    fn annotation(&mut self, name: &str, place: u32) -> Option<String> {
        let Declaration { ty, confidence: Confidence { plain, lo, hi }, .. } = fact(self.known, name, place)?;
        // What has no name, or would have to have another one, is not written down.
        let is_named = Shown::read(ty).is_some_and(|ty| ty.can_be_written());
        // An interval that holds 1 allows plain values, and confident ones.
        let is_exact = !plain || *hi >= 1.0 && *lo < 1.0;
        let interval = if is_exact { format!(" ~ [{lo}, {hi}]") } else { String::new() };
        (is_named && !self.texts.may_change(name)).then(|| format!("{ty}{interval}"))
    }
}

/// What is known of a name that is declared there.
fn fact<'a>(compilation: &'a Compilation, name: &str, place: u32) -> Option<&'a Declaration> {
    let is_it = |fact: &&Declaration| fact.name == name && place_of(&compilation.sources, fact.span) == place;
    declarations(compilation).iter().find(is_it)
}

/// Prints probes for all names that something is known of.
struct Looking<'a> {
    compilation: &'a Compilation,
    annotating: Option<Annotating<'a>>,
    looks: Vec<Look>,
}

impl Probes for Looking<'_> {
    fn name(&mut self, name: &str, place: u32) -> Option<String> {
        let Declaration { ty: shown, confidence, .. } = fact(self.compilation, name, place)?.clone();
        let ty = Shown::read(&shown);
        let is_any = ty.as_ref().is_some_and(Shown::is_any);
        if ty.as_ref().is_some_and(Shown::has_tasks) || is_any && confidence.plain && confidence.lo == 0.0 {
            return None;
        }
        let number = self.looks.len();
        self.looks.push(Look { name: name.to_owned(), line: place, shown, ty, confidence });
        let guard = if is_any { format!("typeof {name} == \"task\" || ") } else { String::new() };
        Some(format!("{guard}probe({number}, {name})"))
    }

    fn reached(&mut self, place: u32) -> Option<String> {
        Some(format!("print(\"{}{place}\")", run::REACHED))
    }

    fn done(&mut self, place: u32) -> Option<String> {
        Some(format!("print(\"{}{place}\")", run::DONE))
    }

    fn annotation(&mut self, name: &str, place: u32) -> Option<String> {
        self.annotating.as_mut()?.annotation(name, place)
    }
}

/// Diagnostics that a run refutes.
fn diagnostic_faults(texts: &Texts, compilation: &Compilation, course: &Course) -> Vec<String> {
    let mut faults = Vec::new();
    for fault in &compilation.diagnostics {
        let line = compilation.sources.position(fault.span).line;
        let place = place_of(&compilation.sources, fault.span);
        let text = texts.get(fault.span.source).lines().nth(line as usize - 1);
        let before = texts.get(fault.span.source)[..fault.span.start as usize].rsplit('\n').next().unwrap_or_default();
        // What follows something in its line is not what was looked at there.
        if fault.code == Code::W0300 && before.trim().is_empty() && course.reached.contains(&place) {
            faults.push(format!("line {line} is called unreachable, and is reached"));
        }
        if is_about_types(fault.code) && text.is_some_and(|text| !is_lazy(text)) && course.done.contains(&place) {
            faults.push(format!("line {line} is refused, and does not fail: {}", fault.message));
        }
    }
    faults
}

/// Whether something in a line may be left out by a run that goes through it.
fn is_lazy(line: &str) -> bool {
    // A default of a pattern.
    if line.matches(" = ").count() > 1 {
        return true;
    }
    ["?", "&&", "||", "~@>", "=>", "if ", "match ", "try ", "{", "for ", "while ", "~.", "function "]
        .iter()
        .any(|mark| line.contains(mark))
}

/// Whether a failure at a place is one that the checker should have seen: what stands there is made of literals and
/// names that are each of one kind.
fn is_promised(code: Code, place: &str, text: SourceId, texts: &Texts, declarations: &[Declaration]) -> bool {
    // Names with a number are each declared once. What another module declares it may not have come to.
    let unique = declarations
        .iter()
        .filter(|fact| fact.name.ends_with(|c: char| c.is_ascii_digit()) && fact.span.source == text);
    let facts: BTreeMap<&str, &Declaration> = unique.map(|fact| (fact.name.as_str(), fact)).collect();
    let words = place.split(|c: char| !c.is_alphanumeric() && c != '_').filter(|word| !word.is_empty());
    if code == Code::R0001 {
        let (name, rest) = place.split_at(place.find('(').unwrap_or(0));
        return facts.get(name).is_some_and(|fact| fact.ty.starts_with('(')) && !rest.contains("...");
    }
    if !matches!(code, Code::R0002 | Code::R0003 | Code::R0004) {
        return false;
    }
    let simple = place.chars().all(|c| c.is_alphanumeric() || " +-*/%<>=()".contains(c));
    let definite = |word: &str| match facts.get(word) {
        Some(fact) => ["number", "string", "boolean"].contains(&fact.ty.as_str()) && !texts.may_change(word),
        None => word.parse::<f64>().is_ok(),
    };
    simple && words.into_iter().all(definite)
}

/// Whether a name may be assigned behind its declaration, and so have another type.
fn is_changed(text: &str, name: &str) -> bool {
    text.match_indices(name).any(|(at, _)| {
        let (before, after) = (&text[..at], &text[at + name.len()..]);
        let declares = before.ends_with("let ") || before.ends_with("const ");
        let changes =
            [" = ", " += ", " -= ", " *= ", " ~", "++", ".", "["].iter().any(|change| after.starts_with(change));
        changes && !declares
            || ["[", ", ", "...", ": "].iter().any(|part| before.ends_with(part)) && after.contains("] =")
    })
}
