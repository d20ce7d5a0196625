//! Rules about what is written out: levels, confidences and thresholds in numbers, where `break` stands, constants
//! without a value. They need names only where a number is a constant.

use super::{Resolution, known};
use crate::ast::visit::{self, Visitor};
use crate::ast::*;
use crate::hash::HashMap;
use prism_diagnostics::{Code, Diagnostic, Span};

/// Holds the module against these rules.
pub(super) fn check(module: &Module, resolution: &Resolution) -> Vec<Diagnostic> {
    let mut check = Check { resolution, diagnostics: Vec::new(), place: Place::Outside };
    visit::walk_module(&mut check, module);
    check.diagnostics
}

/// What `break` and `continue` would leave.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    /// Nothing.
    Outside,
    /// A loop.
    Loop,
    /// A loop, but only across the border of a function or of another body of its own.
    Cut(&'static str),
}

struct Check<'a> {
    resolution: &'a Resolution,
    diagnostics: Vec<Diagnostic>,
    place: Place,
}

impl<'a> Check<'a> {
    fn at(&mut self, place: Place, walk: impl FnOnce(&mut Self)) {
        let around = std::mem::replace(&mut self.place, place);
        walk(self);
        self.place = around;
    }

    /// Walks a body of its own: no loop outside it can be left from inside.
    fn across(&mut self, border: &'static str, walk: impl FnOnce(&mut Self)) {
        let place = if self.place == Place::Outside { Place::Outside } else { Place::Cut(border) };
        self.at(place, walk);
    }

    fn leaving(&mut self, word: &str, at: Span) {
        let fault = match self.place {
            Place::Loop => return,
            Place::Outside => Diagnostic::new(Code::E0207, at, format!("`{word}` stands outside a loop"))
                .with_help("leave a function with `return`"),
            Place::Cut(border) => Diagnostic::new(Code::E0207, at, format!("`{word}` can't leave {border}"))
                .with_help("end its run with `return`; what decides about the loop must stand outside it"),
        };
        self.diagnostics.push(fault);
    }

    /// A confidence that is written out lies in 0…1.
    fn confidence(&mut self, expr: &Expr) {
        if let Some(value) = known::literal(expr).filter(|value| !(0.0..=1.0).contains(value)) {
            let message = format!("a confidence lies between 0 and 1, and this is {}", prism_number(value));
            let fault = Diagnostic::new(Code::E0300, expr.span, message);
            self.diagnostics.push(match value {
                value if (2.0..=100.0).contains(&value) => {
                    fault.with_help(format!("for {}% write {}", prism_number(value), prism_number(value / 100.0)))
                }
                _ => fault.with_help("write a number from 0 to 1"),
            });
        }
    }

    /// A threshold lies in 0…1.
    fn threshold(&mut self, value: Option<f64>, at: Span) {
        if let Some(value) = value.filter(|value| !(0.0..=1.0).contains(value)) {
            let message = format!("a threshold lies between 0 and 1, and this is {}", prism_number(value));
            self.diagnostics.push(Diagnostic::new(Code::E0301, at, message).with_help("write a number from 0 to 1"));
        }
    }

    /// The thresholds of `uncertain` lie in 0…1 and fall. `uncertain` begins where `at` does.
    fn levels(&mut self, levels: &Levels, at: Span) {
        let Some((high, medium)) = levels.thresholds.as_deref() else { return };
        let span = at.to(medium.span);
        let (upper, lower) = (known::literal(high), known::literal(medium));
        let outside = [upper, lower].into_iter().flatten().find(|value| !(0.0..=1.0).contains(value));
        match (outside, upper, lower) {
            (Some(value), ..) => self.threshold(Some(value), span),
            (None, Some(upper), Some(lower)) if upper <= lower => {
                let message = "the threshold of `high` must be above that of `medium`";
                let help = format!("write `threshold({}, {})`", prism_number(lower), prism_number(upper));
                let fault = Diagnostic::new(Code::E0301, span, message);
                self.diagnostics.push(if upper < lower { fault.with_help(help) } else { fault });
            }
            _ => {}
        }
    }

    fn binary(&mut self, op: BinaryOp, right: &Expr) {
        match op {
            BinaryOp::Attach => self.confidence(right),
            BinaryOp::ActionGate => self.threshold(self.resolution.known_number(right), right.span),
            BinaryOp::Gate => {
                let threshold = match &right.kind {
                    ExprKind::Array(elements) => match elements.as_slice() {
                        [Element::Item(threshold), Element::Item(_)] => threshold,
                        _ => return,
                    },
                    _ => right,
                };
                self.threshold(known::literal(threshold), threshold.span);
            }
            _ => {}
        }
    }

    fn text(&mut self, text: &str, at: Span) {
        if let Some(name) = braced_name(text) {
            let message = format!("`{{{{{name}}}}}` is plain text here");
            let help = format!("to put the value of `{name}` in, write `${{{name}}}`");
            self.diagnostics.push(Diagnostic::new(Code::W0100, at, message).with_help(help));
        }
    }
}

/// A number as Prism prints it.
fn prism_number(value: f64) -> String {
    let shortest = value.to_string();
    if shortest.len() > 17 { format!("{value:e}") } else { shortest }
}

/// The first `{{name}}` in a text.
fn braced_name(text: &str) -> Option<&str> {
    if !text.contains('{') {
        return None;
    }
    text.match_indices("{{").find_map(|(at, _)| {
        let (name, _) = text[at + 2..].split_once("}}")?;
        let name = name.trim();
        let mut letters = name.chars();
        let first = letters.next()?;
        let starts = first == '_' || unicode_ident::is_xid_start(first);
        (starts && letters.all(|c| c == '.' || unicode_ident::is_xid_continue(c))).then_some(name)
    })
}

impl<'a> Visitor<'a> for Check<'a> {
    fn visit_stmt(&mut self, stmt: &'a Stmt) {
        match &stmt.kind {
            StmtKind::Break => self.leaving("break", stmt.span),
            StmtKind::Continue => self.leaving("continue", stmt.span),
            StmtKind::Declare { constant: true, declarators } => {
                for declarator in declarators.iter().filter(|declarator| declarator.value.is_none()) {
                    let fault = Diagnostic::new(Code::E0204, declarator.target.span, "a const needs a value");
                    self.diagnostics.push(fault.with_help("give it one, or declare it with `let`"));
                }
                visit::walk_stmt(self, stmt);
            }
            StmtKind::While { condition, body } => {
                self.visit_expr(condition);
                self.at(Place::Loop, |this| this.visit_block(body));
            }
            StmtKind::DoWhile { body, condition } => {
                self.at(Place::Loop, |this| this.visit_block(body));
                self.visit_expr(condition);
            }
            StmtKind::For(header, body) => {
                self.header(header);
                self.at(Place::Loop, |this| this.visit_block(body));
            }
            StmtKind::ForIn { item, collection, body, .. } => {
                self.visit_expr(collection);
                self.visit_pattern(item);
                self.at(Place::Loop, |this| this.visit_block(body));
            }
            StmtKind::UncertainWhile { condition, levels } => {
                self.levels(levels, stmt.span);
                self.visit_expr(condition);
                self.at(Place::Loop, |this| this.visit_levels(levels));
            }
            StmtKind::UncertainFor(header, levels) => {
                self.levels(levels, stmt.span);
                self.header(header);
                self.at(Place::Loop, |this| this.visit_levels(levels));
            }
            _ => visit::walk_stmt(self, stmt),
        }
    }

    fn visit_expr(&mut self, expr: &'a Expr) {
        match &expr.kind {
            ExprKind::String(text) => self.text(text, expr.span),
            ExprKind::Template(parts) => {
                let braced = parts.iter().find_map(|part| match part {
                    TemplatePart::Text(text) => braced_name(text).map(|_| text),
                    TemplatePart::Expr(_) => None,
                });
                braced.into_iter().for_each(|text| self.text(text, expr.span));
                visit::walk_expr(self, expr);
            }
            ExprKind::Binary { op, right, .. } => {
                self.binary(*op, right);
                visit::walk_expr(self, expr);
            }
            ExprKind::UncertainIf { levels, .. } => {
                self.levels(levels, expr.span);
                visit::walk_expr(self, expr);
            }
            ExprKind::Parallel { agents, timeout, min_results, body, .. } => {
                self.visit_expr(agents);
                timeout.iter().chain(min_results).for_each(|setting| self.visit_expr(setting));
                self.across("the block of `parallel`", |this| this.visit_block(body));
            }
            ExprKind::ParallelBranches(_) => {
                self.across("a branch of `parallel`", |this| visit::walk_expr(this, expr));
            }
            ExprKind::Race { agents, timeout, body, until, .. } => {
                self.visit_expr(agents);
                timeout.iter().for_each(|timeout| self.visit_expr(timeout));
                self.across("the block of `race`", |this| this.visit_block(body));
                if let Some(until) = until {
                    self.across("the condition of `until`", |this| this.visit_expr(&until.condition));
                }
            }
            _ => visit::walk_expr(self, expr),
        }
    }

    fn visit_function(&mut self, function: &'a Function) {
        function.confidence.iter().for_each(|confidence| self.confidence(confidence));
        self.across("the function around it", |this| visit::walk_function(this, function));
    }

    fn visit_pattern(&mut self, pattern: &'a Pattern) {
        if let Some(threshold) = &pattern.threshold {
            self.threshold(known::literal(threshold), threshold.span);
        }
        visit::walk_pattern(self, pattern);
    }

    fn visit_annotation(&mut self, annotation: &'a Annotation) {
        if let Some((low, high)) = annotation.interval.as_deref() {
            self.confidence(low);
            self.confidence(high);
        }
        visit::walk_annotation(self, annotation);
    }

    fn visit_levels(&mut self, levels: &'a Levels) {
        let mut seen = HashMap::default();
        for branch in &levels.branches {
            let first = *seen.entry(branch.level).or_insert(branch.keyword);
            if first != branch.keyword {
                let message = format!("`{}` stands here twice", branch.level.as_str());
                let fault = Diagnostic::new(Code::E0302, branch.keyword, message);
                self.diagnostics.push(fault.with_other(first, "the first one").with_help("merge the two blocks"));
            }
        }
        visit::walk_levels(self, levels);
    }
}

impl<'a> Check<'a> {
    /// A counting loop's header: nothing in it can leave the loop itself.
    fn header(&mut self, header: &'a ForHeader) {
        visit::walk_for_start(self, header);
        header.update.iter().for_each(|update| self.visit_stmt(update));
    }
}
