//! Faults for people, as text with the lines that they are about. The only module that knows a rendering crate.
//!
//! Whatever the texts and spans are, nothing panics and the output stays small: long lines are cut to a window, long
//! messages are cut, and only the first [`SHOWN`] diagnostics are drawn. Control characters of a program's text never
//! reach the terminal.
//!
//! Not here: which faults there are and in what order; [`crate::sort`] orders them.

mod excerpt;
mod patch;

use std::collections::BTreeMap;

use ariadne::{Color, Config, Fmt, LabelAttach, Report, ReportKind};

use self::excerpt::{Excerpt, clean};
use crate::{Code, Diagnostic, Label, RunError, Severity, SourceId, SourceMap, Span, StackFrame};

/// How many diagnostics are drawn; the rest is only counted.
pub const SHOWN: usize = 20;

/// How many places besides the fault's own are drawn.
const OTHER_PLACES: usize = 8;

/// The longest message, label or help, in characters.
const TEXT: usize = 600;

/// How many calls of a deep stack are listed at its inner and at its outer end.
const INNER_FRAMES: usize = 10;
const OUTER_FRAMES: usize = 4;

/// All diagnostics in the order given, a blank line between them; with ANSI colours or without. Empty for none.
pub fn to_string(diagnostics: &[Diagnostic], sources: &SourceMap, colour: bool) -> String {
    let drawn =
        diagnostics.iter().take(SHOWN).map(|diagnostic| draw(&Picture::of(diagnostic, sources), sources, colour));
    let mut text = drawn.collect::<Vec<_>>().join("\n");
    if let Some(rest) = diagnostics.get(SHOWN..).filter(|rest| !rest.is_empty()) {
        text.push_str(&format!("\nand {} more: {}\n", rest.len(), summary(rest)));
    }
    text
}

/// Diagnostics in brief, a line each: `a.prism:3:5: warning: … [W0201 unused-variable]`.
pub fn lines(diagnostics: &[Diagnostic], sources: &SourceMap, colour: bool) -> String {
    let shown = diagnostics.iter().take(SHOWN).map(|diagnostic| line(diagnostic, sources, colour) + "\n");
    let mut text: String = shown.collect();
    if let Some(rest) = diagnostics.get(SHOWN..).filter(|rest| !rest.is_empty()) {
        text.push_str(&format!("and {} more: {}\n", rest.len(), summary(rest)));
    }
    text
}

fn line(diagnostic: &Diagnostic, sources: &SourceMap, colour: bool) -> String {
    let (severity, paint) = match diagnostic.severity {
        Severity::Error => ("error", Color::Red),
        Severity::Warning => ("warning", Color::Yellow),
    };
    let severity = if colour { severity.fg(paint).to_string() } else { severity.to_owned() };
    let place = sources.get(diagnostic.span.source).map(|source| {
        let at = source.position(diagnostic.span.start);
        format!("{}:{}:{}: ", clean(source.name(), TEXT), at.line, at.column)
    });
    let (code, message) = (diagnostic.code, clean(&diagnostic.message.replace('\n', " "), TEXT));
    format!("{}{severity}: {message} [{code} {}]", place.unwrap_or_default(), code.rule())
}

/// How many faults there are, as `2 errors, 1 warning`.
pub fn summary(diagnostics: &[Diagnostic]) -> String {
    let errors = diagnostics.iter().filter(|diagnostic| diagnostic.is_error()).count();
    let count = |number: usize, noun: &str| format!("{number} {noun}{}", if number == 1 { "" } else { "s" });
    format!("{}, {}", count(errors, "error"), count(diagnostics.len() - errors, "warning"))
}

/// A failed run: the fault with its line, then the calls that led to it, innermost first.
pub fn run_error(error: &RunError, sources: &SourceMap, colour: bool) -> String {
    let picture = Picture {
        code: error.code,
        severity: Severity::Error,
        message: &error.message,
        place: error.span,
        label: None,
        others: &[],
        help: None,
    };
    let mut text = draw(&picture, sources, colour);
    let hidden = error.stack.len().saturating_sub(INNER_FRAMES + OUTER_FRAMES);
    let (inner, outer) = error.stack.split_at(if hidden > 0 { INNER_FRAMES } else { error.stack.len() });
    text.extend(inner.iter().map(|frame| call(frame, sources)));
    if hidden > 0 {
        text.push_str(&format!("  … {hidden} more calls\n"));
    }
    text.extend(outer.iter().skip(hidden).map(|frame| call(frame, sources)));
    text
}

/// One line of a call stack.
fn call(frame: &StackFrame, sources: &SourceMap) -> String {
    let name = clean(&frame.name, TEXT);
    match frame.span.and_then(|span| Some((sources.get(span.source)?, span.start))) {
        Some((source, start)) => {
            let position = source.position(start);
            format!("  in {name} at {}:{}:{}\n", clean(source.name(), TEXT), position.line, position.column)
        }
        None => format!("  in {name}\n"),
    }
}

/// What is drawn of one fault.
struct Picture<'a> {
    code: Code,
    severity: Severity,
    message: &'a str,
    place: Option<Span>,
    label: Option<&'a str>,
    others: &'a [Label],
    help: Option<String>,
}

impl<'a> Picture<'a> {
    fn of(diagnostic: &'a Diagnostic, sources: &SourceMap) -> Self {
        let fix = diagnostic.fix.as_ref().map(|fix| patch::describe(fix, sources));
        let help: Vec<_> = diagnostic.help.iter().map(|help| clean(help, TEXT)).chain(fix).collect();
        Picture {
            code: diagnostic.code,
            severity: diagnostic.severity,
            message: &diagnostic.message,
            place: Some(diagnostic.span),
            label: diagnostic.label.as_deref(),
            others: &diagnostic.labels,
            help: (!help.is_empty()).then(|| help.join("\n")),
        }
    }

    /// The places to draw, as far as their texts are there: first the fault's own, then the others.
    fn places(&self, sources: &SourceMap) -> Vec<Place<'a>> {
        let own = self.place.map(|span| Place { span, text: self.label, is_own: true });
        let others = self.others.iter().take(OTHER_PLACES);
        let others = others.map(|label| Place { span: label.span, text: Some(&label.text), is_own: false });
        own.into_iter().chain(others).filter(|place| sources.get(place.span.source).is_some()).collect()
    }
}

/// A place with what to say there.
#[derive(Clone, Copy)]
struct Place<'a> {
    span: Span,
    text: Option<&'a str>,
    is_own: bool,
}

fn draw(picture: &Picture<'_>, sources: &SourceMap, colour: bool) -> String {
    let (kind, main) = match picture.severity {
        Severity::Error => (ReportKind::Error, Color::Red),
        Severity::Warning => (ReportKind::Warning, Color::Yellow),
    };
    let mut places = picture.places(sources);
    let Some(first) = places.first().map(|place| place.span) else { return without_place(picture) };
    let excerpts = Excerpts::new(&places, sources);

    // In ascending order labels of one text share one frame; the fault's own text comes first.
    places.sort_by_key(|place| (place.span.source != first.source, place.span));
    let labels = places.iter().filter_map(|place| {
        let range = excerpts.range(place.span, place.text.is_some())?;
        let label = ariadne::Label::new((place.span.source, range));
        // Without a text the place would be marked by its colour alone.
        let text = clean(place.text.unwrap_or("here"), TEXT);
        Some(label.with_message(text).with_color(if place.is_own { main } else { Color::Cyan }))
    });
    let start = excerpts.range(first, false).unwrap_or_default();
    let mut report = Report::build(kind, (first.source, start))
        .with_config(Config::new().with_color(colour).with_label_attach(LabelAttach::Start))
        .with_code(picture.code)
        .with_message(clean(picture.message, TEXT))
        .with_labels(labels);
    if let Some(help) = &picture.help {
        report.set_help(help);
    }

    let mut bytes = Vec::new();
    // Writing to memory can't fail, and every source that a label names was checked to be there.
    match report.finish().write(&excerpts, &mut bytes) {
        Ok(()) => tidy(&excerpts.with_true_positions(&String::from_utf8_lossy(&bytes))),
        Err(_) => without_place(picture),
    }
}

/// Without the blanks that end some drawn lines.
fn tidy(report: &str) -> String {
    report.lines().flat_map(|line| [line.trim_end(), "\n"]).collect()
}

/// A fault in no text that is known.
fn without_place(picture: &Picture<'_>) -> String {
    let severity = match picture.severity {
        Severity::Error => "Error",
        Severity::Warning => "Warning",
    };
    let mut text = format!("[{}] {severity}: {}\n", picture.code, clean(picture.message, TEXT));
    if let Some(help) = &picture.help {
        text.push_str(&format!("  Help: {}\n", help.replace('\n', "\n        ")));
    }
    text
}

/// The excerpts of all texts that one report shows.
struct Excerpts<'a>(BTreeMap<SourceId, Drawn<'a>>);

struct Drawn<'a> {
    name: String,
    excerpt: Excerpt<'a>,
    text: ariadne::Source<String>,
}

/// Stands before a source's number in the place of its name, until [`Excerpts::with_true_positions`]. [`clean`] takes
/// it out of everything else that is printed.
const NAME_MARK: char = '\u{F8FF}';

impl<'a> Excerpts<'a> {
    fn new(places: &[Place<'_>], sources: &'a SourceMap) -> Self {
        let mut spans = BTreeMap::<SourceId, Vec<Span>>::new();
        for place in places {
            spans.entry(place.span.source).or_default().push(place.span);
        }
        let drawn = spans.into_iter().filter_map(|(id, spans)| {
            let source = sources.get(id)?;
            let (excerpt, text) = Excerpt::new(source, &spans);
            Some((id, Drawn { name: clean(source.name(), TEXT), excerpt, text: ariadne::Source::from(text) }))
        });
        Excerpts(drawn.collect())
    }

    /// Where the span stands in its excerpt, in characters. One that covers several lines is cut to its first unless
    /// `whole`.
    fn range(&self, span: Span, whole: bool) -> Option<std::ops::Range<usize>> {
        self.0.get(&span.source)?.excerpt.range(span, whole)
    }

    /// `report` with the names of the sources, and the columns that cut lines have in truth.
    fn with_true_positions(&self, report: &str) -> String {
        let mut parts = report.split(NAME_MARK);
        let mut text = parts.next().unwrap_or_default().to_owned();
        for part in parts {
            let end = part.find(|c: char| !c.is_ascii_digit() && c != ':').unwrap_or(part.len());
            let (position, rest) = part.split_at(end);
            let mut numbers = position.split(':').map(|number| number.parse::<u32>().unwrap_or_default());
            let mut next = || numbers.next().unwrap_or_default();
            let (id, line, column) = (SourceId(next()), next(), next());
            if let Some(drawn) = self.0.get(&id) {
                text.push_str(&format!("{}:{line}:{}", drawn.name, drawn.excerpt.true_column(line, column)));
            }
            text.push_str(rest);
        }
        text
    }
}

impl ariadne::Cache<SourceId> for &Excerpts<'_> {
    type Storage = String;

    fn fetch(&mut self, id: &SourceId) -> Result<&ariadne::Source<String>, impl std::fmt::Debug> {
        self.0.get(id).map(|drawn| &drawn.text).ok_or("a source that is not drawn")
    }

    fn display<'a>(&self, id: &'a SourceId) -> Option<impl std::fmt::Display + 'a> {
        Some(format!("{NAME_MARK}{}", id.0))
    }
}
