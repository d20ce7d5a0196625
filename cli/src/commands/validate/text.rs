//! What was found, for people.

use super::args::Arguments;
use super::fix::Mended;
use super::merge::{FileFindings, Findings};
use crate::console::{Console, paint};
use crate::files::STDIN;
use crate::show;
use anstyle::{AnsiColor, Style};
use prism_diagnostics::{Diagnostic, Source, SourceMap, Span, render};
use prism_engine::facts::{Confidence, Cost, Declaration};

/// Prints the faults of all files, or what would mend them; tables of types; the totals.
pub fn show(findings: &Findings, arguments: &Arguments, console: &Console) {
    // Mended, standard input is what goes to standard output.
    let is_talk = arguments.fix && !arguments.diff && arguments.files.iter().any(|file| file == STDIN);
    let colour = if is_talk { console.colour() } else { console.colours_output() };
    let print = |text: &str| if is_talk { console.say(text) } else { console.print(text) };
    for file in &findings.files {
        let name = findings.sources.get(file.source).map_or("", Source::name);
        if let Some(mended) = &file.mended {
            show_mended(mended, name, arguments, console);
        }
        // A diff is for `patch` to read, so nothing stands between.
        match &file.unusable {
            Some(unusable) if arguments.diff => console.say(&unusable.render(console.colour())),
            Some(unusable) => print(&unusable.render(colour)),
            None if arguments.diff => {}
            None => show_file(file, &findings.sources, arguments, colour, &print),
        }
    }
    let totals = totals(findings, arguments);
    if arguments.diff { console.say(&totals) } else { print(&totals) }
}

fn show_file(file: &FileFindings, sources: &SourceMap, arguments: &Arguments, colour: bool, print: &dyn Fn(&str)) {
    if !file.diagnostics.is_empty() {
        print(&render::to_string(&file.diagnostics, sources, colour));
    }
    let Some(facts) = &file.facts else { return };
    if arguments.types && !facts.declarations.is_empty() {
        print(&types(&facts.declarations, sources, colour));
    }
    if arguments.types {
        for one in &facts.approximations {
            print(&format!("{}  {}\n", place(one.span, sources), one.reason));
        }
    }
    if arguments.cost {
        print(&format!("{}: {}\n", sources.get(file.source).map_or("", Source::name), cost(&facts.cost, sources)));
    }
}

fn show_mended(mended: &Mended, name: &str, arguments: &Arguments, console: &Console) {
    if arguments.diff {
        let diff = mended.diff(name);
        console.write(&if console.colours_output() { painted(&diff) } else { diff });
    } else {
        for fixed in &mended.fixed {
            let at = fixed.place;
            console.say(&format!("{name}:{}:{}: fixed: {} [{}]", at.line, at.column, fixed.title, fixed.code));
        }
    }
}

/// A diff in the usual colours.
fn painted(diff: &str) -> String {
    let line = |line: &str| {
        let colour = match line.chars().next() {
            Some('+') => AnsiColor::Green,
            Some('-') => AnsiColor::Red,
            Some('@') => AnsiColor::Cyan,
            _ => return line.to_owned(),
        };
        paint(line.trim_end_matches('\n'), Style::new().fg_color(Some(colour.into())), true) + "\n"
    };
    diff.split_inclusive('\n').map(line).collect()
}

/// `2 files: 1 error, 3 warnings`.
fn totals(findings: &Findings, arguments: &Arguments) -> String {
    let all: Vec<Diagnostic> = findings.diagnostics().cloned().collect();
    let named = findings.named();
    let mut totals = format!("{named} {}: {}", if named == 1 { "file" } else { "files" }, render::summary(&all));
    if arguments.fix || arguments.diff {
        let mended = findings.files.iter().filter_map(|file| file.mended.as_ref());
        let count: usize = mended.map(|mended| mended.fixed.len()).sum();
        totals.push_str(&format!(", {count} {}", if arguments.diff { "to be fixed" } else { "fixed" }));
    }
    totals
}

/// `dispatches: at most 2 × agents`.
fn cost(cost: &Cost, sources: &SourceMap) -> String {
    match cost {
        Cost::AtMost(formula) if formula.is_zero() => "dispatches: none".to_owned(),
        Cost::AtMost(formula) => format!("dispatches: at most {formula}"),
        Cost::Unbounded(at) => format!("dispatches: unbounded, at {}", place(*at, sources)),
    }
}

/// `a.prism:3:5`.
fn place(span: Span, sources: &SourceMap) -> String {
    let at = sources.position(span);
    format!("{}:{}:{}", sources.get(span.source).map_or("", Source::name), at.line, at.column)
}

/// A line a name: where, what it is called, how sure, of which type.
fn types(declarations: &[Declaration], sources: &SourceMap, colour: bool) -> String {
    let rows = declarations.iter().map(|declared| {
        let Declaration { name, span, confidence, .. } = declared;
        [place(*span, sources), name.to_string(), in_words(*confidence)]
    });
    let rows: Vec<[String; 3]> = rows.collect();
    let width = |column: usize| rows.iter().map(|row| row[column].chars().count()).max().unwrap_or_default();
    let [place, name, number] = [0, 1, 2].map(width);
    let has_bars = declarations.iter().any(|declared| !is_plain(declared.confidence));
    let line = |([at, of, sure], declared): (&[String; 3], &Declaration)| {
        let bar = if has_bars { format!("  {}", bar(declared.confidence, colour)) } else { String::new() };
        format!("{at:place$}  {of:name$}  {sure:number$}{bar}  {}\n", declared.ty)
    };
    rows.iter().zip(declarations).map(line).collect()
}

/// Whether a value has never a confidence.
fn is_plain(confidence: Confidence) -> bool {
    confidence.plain && confidence.lo == 1.0 && confidence.hi == 1.0
}

/// `plain`, `0.80`, `0.50 … 1.00`, `plain or 0.50 … 1.00`.
fn in_words(confidence: Confidence) -> String {
    if is_plain(confidence) {
        return "plain".to_owned();
    }
    let Confidence { plain, lo, hi } = confidence;
    let may_be = if plain { "plain or " } else { "" };
    match lo == hi {
        true => format!("{may_be}{}", show::number(lo)),
        false => format!("{may_be}{} … {}", show::number(lo), show::number(hi)),
    }
}

/// An interval as a bar; nothing but room for what is plain.
fn bar(confidence: Confidence, colour: bool) -> String {
    match is_plain(confidence) {
        true => " ".repeat(show::CELLS),
        false => show::of_level(&show::interval(confidence.lo, confidence.hi), confidence.lo, colour),
    }
}
