//! Faults for tools: the object that `--format json` prints, as `docs/validate.schema.json` has it. Lines and columns
//! count from 1, columns in Unicode scalar values. Field names and order are public; new fields may be added.

use serde::Serialize;

use crate::{Code, Diagnostic, LineColumn, Severity, SourceId, SourceMap, Span};

/// Everything that a check of some files found.
#[derive(Clone, Debug, Serialize)]
pub struct Report {
    /// The files in the order in which they were read, those without faults too.
    pub files: Vec<File>,
    /// How many errors all files have.
    pub errors: usize,
    /// How many warnings all files have.
    pub warnings: usize,
}

/// What was found in one file.
#[derive(Clone, Debug, Serialize)]
pub struct File {
    /// The name that the file was read under.
    pub path: String,
    /// Its faults, in the order of [`crate::sort`] if they came in it.
    pub diagnostics: Vec<Entry>,
    /// The types of its names in source order, where they were asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub types: Option<Vec<NamedType>>,
    /// Where the checker has given precision up, where the types were asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub approximations: Option<Vec<ApproximationEntry>>,
    /// How often it asks agents and models at most, where that was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cost: Option<CostEntry>,
    /// What was mended in it before, where that was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fixed: Option<Vec<FixedEntry>>,
}

/// One fault.
#[derive(Clone, Debug, Serialize)]
pub struct Entry {
    /// `E0200`.
    pub code: &'static str,
    /// `unknown-name`.
    pub rule: &'static str,
    /// `error` or `warning`.
    pub severity: &'static str,
    /// One sentence, without a full stop.
    pub message: String,
    /// The faulty construct.
    #[serde(flatten)]
    pub range: Range,
    /// What to say at the faulty construct and at other places.
    pub labels: Vec<LabelEntry>,
    /// The way out, or null.
    pub help: Option<String>,
    /// The way out as edits, or null.
    pub fix: Option<FixEntry>,
}

/// A stretch of text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Range {
    /// The first character's line.
    pub line: u32,
    /// The first character's column.
    pub column: u32,
    /// The line of the character after the last.
    pub end_line: u32,
    /// The column of the character after the last.
    pub end_column: u32,
}

/// A place with a word on it.
#[derive(Clone, Debug, Serialize)]
pub struct LabelEntry {
    /// The file, which may be another than the fault's.
    pub path: String,
    /// The place.
    #[serde(flatten)]
    pub range: Range,
    /// What to say there.
    pub message: String,
}

/// A change that mends a fault.
#[derive(Clone, Debug, Serialize)]
pub struct FixEntry {
    /// What it does.
    pub title: String,
    /// Its replacements; they don't overlap and all speak of the text as it is.
    pub edits: Vec<EditEntry>,
}

/// One replacement.
#[derive(Clone, Debug, Serialize)]
pub struct EditEntry {
    /// The file, which may be another than the fault's.
    pub path: String,
    /// What is replaced; empty for an insertion.
    #[serde(flatten)]
    pub range: Range,
    /// What stands there afterwards.
    pub text: String,
}

/// How often a program asks agents and models at most.
#[derive(Clone, Debug, Serialize)]
pub struct CostEntry {
    /// The number, a formula, or `unbounded`.
    pub dispatches: Dispatches,
    /// What is asked without a bound, or null.
    pub place: Option<PlaceEntry>,
}

/// A number of dispatches.
#[derive(Clone, Debug, Serialize)]
#[serde(untagged)]
pub enum Dispatches {
    /// It is known.
    Number(u64),
    /// It depends on what only a run knows: `2 × agents`, or `unbounded`.
    Formula(String),
}

/// A stretch of a file.
#[derive(Clone, Debug, Serialize)]
pub struct PlaceEntry {
    /// The file.
    pub path: String,
    /// Where in it.
    #[serde(flatten)]
    pub range: Range,
}

/// A fault that is no longer there, since its fix was made.
#[derive(Clone, Debug, Serialize)]
pub struct FixedEntry {
    /// `E0200`.
    pub code: &'static str,
    /// `unknown-name`.
    pub rule: &'static str,
    /// What the fix did, as an imperative.
    pub title: String,
    /// Where the fault was.
    pub line: u32,
    /// Where the fault was.
    pub column: u32,
}

/// The type of a declared name, right after its declaration or first assignment.
#[derive(Clone, Debug, Serialize)]
pub struct NamedType {
    /// The name.
    pub name: String,
    /// Where it is declared.
    pub line: u32,
    /// Where it is declared.
    pub column: u32,
    /// The type as the checker prints it.
    #[serde(rename = "type")]
    pub ty: String,
    /// The confidence that the value can have.
    pub confidence: Bounds,
}

/// A place where the checker has given precision up: types and confidences there are wider than need be.
#[derive(Clone, Debug, Serialize)]
pub struct ApproximationEntry {
    /// Where the loop, the function or the program begins.
    pub line: u32,
    /// Where the loop, the function or the program begins.
    pub column: u32,
    /// One sentence, without a full stop.
    pub reason: String,
}

/// Whether a value may be plain, and the ends of its confidence if it is not; both ends are 1 if it always is.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Bounds {
    /// Whether it may have no confidence.
    pub plain: bool,
    /// The lowest confidence, 0…1.
    pub lo: f64,
    /// The highest confidence, 0…1.
    pub hi: f64,
}

impl Report {
    /// The totals of these files.
    pub fn new(files: Vec<File>) -> Self {
        let count = |severity: Severity| {
            let all = files.iter().flat_map(|file| &file.diagnostics);
            all.filter(|entry| entry.severity == severity_name(severity)).count()
        };
        let (errors, warnings) = (count(Severity::Error), count(Severity::Warning));
        Report { files, errors, warnings }
    }

    /// What was found in all texts of `sources`.
    pub fn of(diagnostics: &[Diagnostic], sources: &SourceMap) -> Self {
        Report::new(sources.iter().map(|(id, _)| File::new(id, diagnostics, sources)).collect())
    }
}

impl File {
    /// Those of the diagnostics that lie in that text.
    pub fn new(source: SourceId, diagnostics: &[Diagnostic], sources: &SourceMap) -> Self {
        let here = diagnostics.iter().filter(|diagnostic| diagnostic.span.source == source);
        File {
            path: path(source, sources),
            diagnostics: here.map(|diagnostic| Entry::new(diagnostic, sources)).collect(),
            types: None,
            approximations: None,
            cost: None,
            fixed: None,
        }
    }
}

impl PlaceEntry {
    /// That stretch of a text of `sources`.
    pub fn new(span: Span, sources: &SourceMap) -> Self {
        PlaceEntry { path: path(span.source, sources), range: Range::new(span, sources) }
    }
}

impl FixedEntry {
    /// A fault of that code at `place`, mended by what `title` says.
    pub fn new(code: Code, title: impl Into<String>, place: LineColumn) -> Self {
        let LineColumn { line, column } = place;
        FixedEntry { code: code.as_str(), rule: code.rule(), title: title.into(), line, column }
    }
}

impl Entry {
    fn new(diagnostic: &Diagnostic, sources: &SourceMap) -> Self {
        let label = |span: Span, text: &str| LabelEntry {
            path: path(span.source, sources),
            range: Range::new(span, sources),
            message: text.to_owned(),
        };
        let own = diagnostic.label.iter().map(|text| label(diagnostic.span, text));
        let others = diagnostic.labels.iter().map(|other| label(other.span, &other.text));
        let fix = diagnostic.fix.as_ref().map(|fix| FixEntry {
            title: fix.title.clone(),
            edits: fix
                .edits
                .iter()
                .map(|edit| EditEntry {
                    path: path(edit.span.source, sources),
                    range: Range::new(edit.span, sources),
                    text: edit.text.clone(),
                })
                .collect(),
        });
        Entry {
            code: diagnostic.code.as_str(),
            rule: diagnostic.code.rule(),
            severity: severity_name(diagnostic.severity),
            message: diagnostic.message.clone(),
            range: Range::new(diagnostic.span, sources),
            labels: own.chain(others).collect(),
            help: diagnostic.help.clone(),
            fix,
        }
    }
}

impl Range {
    pub(crate) fn new(span: Span, sources: &SourceMap) -> Self {
        let (start, end) = (sources.position(span), sources.end_position(span));
        Range { line: start.line, column: start.column, end_line: end.line, end_column: end.column }
    }
}

fn path(source: SourceId, sources: &SourceMap) -> String {
    sources.get(source).map(|source| source.name().to_owned()).unwrap_or_default()
}

fn severity_name(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
    }
}
