//! Runs an example and holds what it gave against what its comments assert.
//!
//! An example whose comments assert a compile error is compiled and nothing else. Any other is run as a whole, up to
//! each line that asserts a value, and up to each line of its own that asserts a run error; such a line is left out
//! everywhere else.

use crate::modes::mode::{Allowance, Mode};
use crate::modes::outcome::Outcome;
use crate::modes::{self, Program};
use crate::notation;
use crate::spec::assertion::{self, Assertion, Subject};
use crate::spec::fault::ExpectedFault;
use crate::spec::page::{Example, PATH};
use parallax_runtime_host::{ErrorReport, RunReport};
use prism_diagnostics::{Diagnostic, Phase, SourceMap};
use prism_engine::Engine;
use std::collections::BTreeSet;
use std::ops::RangeInclusive;

/// What is wrong with an example, a sentence each, with the page's line.
pub async fn faults(example: &Example) -> Vec<String> {
    let trial = match Trial::new(example) {
        Ok(trial) => trial,
        Err(fault) => return vec![fault],
    };
    if trial.is_refused() { trial.refused() } else { trial.run().await }
}

/// An example with what it asserts.
struct Trial<'e> {
    example: &'e Example,
    assertions: Vec<Assertion>,
    errors: Vec<ExpectedFault>,
    warnings: Vec<ExpectedFault>,
}

impl<'e> Trial<'e> {
    fn new(example: &'e Example) -> Result<Self, String> {
        let assertions = assertion::read(&example.text);
        let (mut errors, mut warnings) = (Vec::new(), Vec::new());
        let expected = |path: &str, assertion: &Assertion| {
            ExpectedFault::new(path, assertion).map_err(|fault| format!("below line {}: {fault}", example.line))
        };
        let files = example.settings.files.iter().map(|(path, text)| (path.as_str(), assertion::read(text)));
        for (path, assertions) in files.chain([(PATH, assertions.clone())]) {
            for assertion in &assertions {
                match assertion.subject {
                    Subject::Error => errors.push(expected(path, assertion)?),
                    Subject::Warning => warnings.push(expected(path, assertion)?),
                    other if path != PATH => {
                        return Err(format!("{path} can't assert `{other}`: only the program can"));
                    }
                    _ => {}
                }
            }
        }
        Ok(Trial { example, assertions, errors, warnings })
    }

    /// A line of the program as a line of the page.
    fn at(&self, line: usize) -> usize {
        self.example.line + line - 1
    }

    fn texts(&self, subject: Subject) -> Vec<String> {
        let those = self.assertions.iter().filter(|one| one.subject == subject);
        those.map(|one| one.text.clone()).collect()
    }

    /// Whether the compiler refuses the example.
    fn is_refused(&self) -> bool {
        self.errors.iter().any(|error| error.phase == Phase::Compile)
    }

    fn refused(&self) -> Vec<String> {
        let is_about_faults = |one: &&Assertion| !matches!(one.subject, Subject::Error | Subject::Warning);
        let other = self.assertions.iter().find(is_about_faults);
        let mut faults: Vec<_> = other
            .map(|one| format!("line {}: nothing runs, so no {} can be", self.at(one.line), one.subject))
            .into_iter()
            .collect();
        for crlf in [false, true] {
            let mode = Mode { crlf, ..Mode::PLAIN };
            let Program { path, text, project, .. } = self.example.program(&self.example.text);
            match mode.convert(&text) {
                Err(fault) => faults.push(fault),
                Ok(text) => {
                    let compilation = Engine::new().compile(&path, &text, mode.project(project).as_ref());
                    let expected = self.errors.iter().chain(&self.warnings).collect();
                    faults.extend(self.unmatched(expected, &compilation.diagnostics, &compilation.sources));
                }
            }
        }
        faults
    }

    /// Diagnostics that nothing asserts, and assertions that nothing fulfils.
    fn unmatched(&self, expected: Vec<&ExpectedFault>, found: &[Diagnostic], sources: &SourceMap) -> Vec<String> {
        let mut open = expected;
        let mut faults = Vec::new();
        for diagnostic in found {
            let position = sources.position(diagnostic.span);
            let path = sources.get(diagnostic.span.source).map_or("", |source| source.name());
            let rule = diagnostic.code.rule();
            let text = [&diagnostic.message, diagnostic.help.as_deref().unwrap_or_default()].join("\n");
            let fits = |one: &&ExpectedFault| one.is(path, position.line, rule, &text);
            if let Some(at) = open.iter().position(fits) {
                open.swap_remove(at);
            } else if !self.allows(path, position.line..=sources.end_position(diagnostic.span).line, diagnostic) {
                let line = if path == PATH { self.at(position.line as usize) } else { position.line as usize };
                faults.push(format!("{path}, line {line}: not asserted: {rule}: {}", diagnostic.message));
            }
        }
        let missing = |one: &ExpectedFault| {
            let line = if one.path == PATH { self.at(one.line) } else { one.line };
            format!("{}, line {line}: asserted, but not said: {} {}", one.path, one.rule, one.part)
        };
        faults.extend(open.into_iter().map(missing));
        faults
    }

    /// Whether a diagnostic needs no assertion: the page allows it, or it says that nobody uses a value which an
    /// assertion uses.
    fn allows(&self, path: &str, lines: RangeInclusive<u32>, diagnostic: &Diagnostic) -> bool {
        let rule = diagnostic.code.rule();
        let is_asserted = |one: &Assertion| one.subject == Subject::Value && lines.contains(&(one.line as u32));
        let is_used = matches!(rule, "unused-result" | "unused-variable")
            && path == PATH
            && self.assertions.iter().any(is_asserted);
        !diagnostic.is_error() && (is_used || self.example.settings.allow.iter().any(|allowed| allowed == rule))
    }

    /// The lines, without line breaks, that are run errors of their own.
    fn lone_errors(&self) -> BTreeSet<usize> {
        let begins_line = |line: usize| self.line(line).starts_with(|letter: char| !letter.is_whitespace());
        self.errors.iter().filter(|one| one.path == PATH && begins_line(one.line)).map(|one| one.line).collect()
    }

    fn line(&self, line: usize) -> &str {
        self.example.text.lines().nth(line - 1).unwrap_or_default()
    }

    /// The program up to a line, of the lines of run errors only that one.
    fn up_to(&self, last: usize) -> String {
        let lone = self.lone_errors();
        let lines = self.example.text.lines().take(last).enumerate();
        lines
            .flat_map(|(at, line)| [if lone.contains(&(at + 1)) && at + 1 != last { "" } else { line }, "\n"])
            .collect()
    }

    async fn run(&self) -> Vec<String> {
        let mut faults = self.whole().await;
        for line in self.lone_errors() {
            let expected: Vec<_> = self.errors.iter().filter(|one| one.path == PATH && one.line == line).collect();
            let held = async |report: &RunReport| self.error_fault(&expected, report);
            faults.extend(self.in_every_mode(&self.up_to(line), held).await);
        }
        for assertion in self.assertions.iter().filter(|one| one.subject == Subject::Value) {
            let held = async |report: &RunReport| {
                let given = Outcome::new(report).result;
                let differs = given.as_ref() != Ok(&assertion.text);
                let given = given.unwrap_or_else(|error| format!("error {error}"));
                differs.then(|| format!("line {}: asserted {}, got {given}", self.at(assertion.line), assertion.text))
            };
            faults.extend(self.in_every_mode(&self.up_to(assertion.line), held).await);
        }
        faults
    }

    /// The whole program: what it prints, says and asks, and how it ends.
    async fn whole(&self) -> Vec<String> {
        let last = self.example.text.lines().count() + 1;
        let lone = self.lone_errors();
        let expected: Vec<_> = self.errors.iter().filter(|one| one.path != PATH || !lone.contains(&one.line)).collect();
        let held = async |report: &RunReport| {
            if let Some(fault) = self.error_fault(&expected, report) {
                return Some(fault);
            }
            let outcome = Outcome::new(report);
            let lists = [
                (Subject::Output, outcome.output, true),
                (Subject::Stderr, outcome.stderr, true),
                (Subject::Warned, outcome.warned, true),
                (Subject::Asked, outcome.asked, false),
                (Subject::Metadata, if report.metadata.is_null() { vec![] } else { vec![outcome.metadata] }, true),
                (Subject::Elapsed, vec![outcome.elapsed], false),
            ];
            let differs = |(subject, given, always): (Subject, Vec<String>, bool)| {
                let asserted = self.texts(subject);
                let matters = always || !asserted.is_empty();
                (matters && asserted != given).then(|| format!("{subject}: asserted {asserted:?}, got {given:?}"))
            };
            let mut differences = lists.into_iter().filter_map(differs);
            let text = differences.next()?;
            Some(format!("line {}: {text}", self.example.line))
        };
        let text = self.up_to(last);
        let mut faults = self.in_every_mode(&text, held).await;
        if let Ok(report) = self.example.program(&text).run(Mode::PLAIN, Allowance::default()).await
            && report.error.as_ref().is_none_or(|error| error.phase != Phase::Compile)
        {
            faults.extend(self.unmatched(self.warnings.iter().collect(), &report.diagnostics, &report.sources));
        }
        faults
    }

    /// Whether a run ended as it should: with an error, if one is asserted.
    fn error_fault(&self, expected: &[&ExpectedFault], report: &RunReport) -> Option<String> {
        match (expected, &report.error) {
            ([], None) => None,
            ([expected], Some(error)) if expected.is_error(error) => None,
            ([], Some(error)) => Some(format!("line {}: {}", self.example.line, self.described(error))),
            ([expected], Some(error)) => {
                let line = self.at(expected.line);
                Some(format!(
                    "line {line}: asserted {} {}, got {}",
                    expected.rule,
                    expected.part,
                    self.described(error)
                ))
            }
            ([expected, ..], None) => {
                let line = self.at(expected.line);
                Some(format!("line {line}: asserted {}, got {}", expected.rule, notation::result(report)))
            }
            ([_, another, ..], Some(_)) => Some(format!("line {}: a program ends but once", self.at(another.line))),
        }
    }

    fn described(&self, error: &ErrorReport) -> String {
        let line = error.line.map(|line| format!(" in line {}", self.at(line as usize))).unwrap_or_default();
        format!("{}: {}{line}", error.code.rule(), error.message)
    }

    /// Runs a text in every mode: plainly it must give what is asserted, and in the other modes, and with limits that
    /// just suffice, the same.
    async fn in_every_mode(&self, text: &str, held: impl AsyncFn(&RunReport) -> Option<String>) -> Vec<String> {
        let program = self.example.program(text);
        let plain = match program.run(Mode::PLAIN, Allowance::default()).await {
            Ok(report) => report,
            Err(fault) => return vec![fault],
        };
        if let Some(fault) = held(&plain).await {
            return vec![fault];
        }
        let faults = modes::faults(&program, &plain, &Mode::OTHERS).await;
        let lines = text.lines().count();
        faults.into_iter().map(|fault| format!("up to line {}: {fault}", self.at(lines))).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::spec::page;

    /// What is wrong with a page that has one program.
    async fn of(settings: &str, program: &str) -> String {
        let page = format!("{settings}\n```prism\n{program}\n```\n");
        let mut examples = page::read(&page).expect("a page");
        faults(&examples.remove(0)).await.join("\n")
    }

    #[tokio::test]
    async fn what_is_asserted_may_be_what_happens() {
        let program = "x = 1 ~> 0.5 // value: 1 ~> 0.5\nprint(x) // output: 1 ~> 0.50\nfail(\"a\") // error: throw: a\nx + 1\n// value: 2 ~> 0.5";
        assert_eq!(of("", program).await, "");
        assert_eq!(of("", "max = y // warning: shadows-library // error: unknown-name: `y`").await, "");
        let agents = "```json agents\n[{\"id\": \"a\", \"answers\": [{\"task\": \"*\", \"result\": 1, \"confidence\": 1, \"delayMs\": 5}]}]\n```";
        let program = "agentList[0].t(2)\n// asked: a t 2\n// elapsed: 5\n// value: 1 ~> 1";
        assert_eq!(of(agents, program).await, "");
    }

    #[tokio::test]
    async fn whatever_else_happens_is_a_fault() {
        let cases = [
            ("1 + 1 // value: 3", "line 3: asserted 3, got 2"),
            ("print(1)", "asserted [], got [\"1\"]"),
            ("1 // output: 1", "asserted [\"1\"], got []"),
            ("print(1) // output: 2", "asserted [\"2\"], got [\"1\"]"),
            ("max = 1", "not asserted: shadows-library"),
            ("x = 1 // warning: shadows-library", "asserted, but not said: shadows-library"),
            ("y", "line 3: unknown-name: "),
            ("1 // error: unknown-name", "asserted, but not said: unknown-name"),
            ("a = y // error: unknown-name\nb = z", "line 4: not asserted: unknown-name"),
            ("a = y // error: unknown-name: `z`", "not asserted: unknown-name"),
            ("a = y // error: unknown-name\n1 // value: 1", "nothing runs, so no value can be"),
            ("fail(\"a\")", "line 3: throw: a in line 3"),
            ("1 // error: throw", "asserted throw, got 1"),
            ("fail(\"a\") // error: throw: b", "asserted throw b, got throw: a"),
            ("fail(\"a\") // error: type", "asserted type , got throw: a"),
            ("return 1 with warning \"w\"", "warned: asserted [], got [\"w\"]"),
            ("return 1 with {a: 1} // metadata: {a: 2}", "asserted [\"{a: 2}\"], got [\"{a: 1}\"]"),
            ("await delay(5) // elapsed: 6", "asserted [\"6\"], got [\"5\"]"),
            ("random() < 2 // error: surprise", "no fault is called `surprise`"),
        ];
        for (program, fault) in cases {
            let found = of("", program).await;
            assert!(found.contains(fault), "{program}: {found}");
        }
    }

    #[tokio::test]
    async fn a_difference_between_modes_is_a_fault() {
        let found = of("", "try { fail(\"\") } catch (e) { e.column } // value: 7").await;
        assert_eq!(found, "");
        let found = of("", "try {   fail(\"\") } catch (e) { e.column } // value: 9").await;
        let mode = Mode { formatted: true, ..Mode::PLAIN };
        assert!(found.contains(&format!("with {mode:?}")), "{found}");
    }
}
