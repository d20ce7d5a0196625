//! Shows what a run gave: the result and its confidence on standard output, everything else on standard error.

use crate::commands::run::Format;
use crate::console::Console;
use crate::exit::Exit;
use crate::limits;
use crate::show;
use parallax_runtime_host::{ErrorReport, Money, RunReport, Status};
use prism_diagnostics::render;
use serde_json::Value;

/// How much is shown, and how.
#[derive(Clone, Copy, Debug)]
pub struct Shown {
    /// For people or for programs.
    pub format: Format,
    /// Whether only the result is shown.
    pub is_quiet: bool,
}

/// The exit status of a run that was begun.
pub fn exit(report: &RunReport) -> Exit {
    match report.status {
        Status::Completed => Exit::Completed,
        Status::Failed | Status::Refused => Exit::Failed,
    }
}

/// Prints the report.
pub fn show(report: &RunReport, console: &Console, shown: Shown) {
    match shown.format {
        Format::Json => console.print(&serde_json::to_string(report).unwrap_or_default()),
        Format::Text => show_result(report, console, shown.is_quiet),
    }
    show_faults(report, console, shown.is_quiet);
}

fn show_result(report: &RunReport, console: &Console, is_quiet: bool) {
    if report.status != Status::Completed {
        return;
    }
    // A program that prints and ends with nothing has said all that it wants to.
    let is_nothing = report.result == Value::Null && report.confidence.is_none() && !report.stdout.is_empty();
    if !is_nothing {
        console.print(&show::value(&report.result));
    }
    if is_quiet {
        return;
    }
    if let Some(confidence) = report.confidence {
        let bar = match console.colours_output() {
            true => format!(" {}", show::of_level(&show::bar(confidence), confidence, true)),
            false => String::new(),
        };
        console.print(&format!("confidence {}{bar}", show::number(confidence)));
    }
    if let Some(explanation) = &report.explanation {
        console.print(format!("\n{explanation}").trim_end());
    }
    if !report.metadata.is_null() {
        console.print(&format!("metadata {}", show::value(&report.metadata)));
    }
}

fn show_faults(report: &RunReport, console: &Console, is_quiet: bool) {
    let colour = console.colour();
    let is_refused = report.diagnostics.iter().any(prism_diagnostics::Diagnostic::is_error);
    if is_refused {
        console.say(render::to_string(&report.diagnostics, &report.sources, colour).trim_end());
        console.say(&render::summary(&report.diagnostics));
    } else if let Some(error) = &report.error {
        show_error(error, report, console);
    }
    if !is_quiet {
        if !is_refused && !report.diagnostics.is_empty() {
            console.say(render::lines(&report.diagnostics, &report.sources, colour).trim_end());
        }
        for warning in &report.warnings {
            console.say(&format!("warning: {warning}"));
        }
        if let Some(spent) = report.metrics.spent.filter(|spent| *spent != Money::ZERO) {
            console.say(&format!("spent {spent}"));
        }
    }
}

/// Shows why a run failed; where it reached a limit, with the flag that allows more.
pub fn show_error(error: &ErrorReport, report: &RunReport, console: &Console) {
    console.say(render::run_error(&error.run_error(), &report.sources, console.colour()).trim_end());
    if let Some(flag) = limits::flag(error.code) {
        console.say(&format!("{flag} allows more; parallax explain {} says what it counts", error.code.as_str()));
    }
}
