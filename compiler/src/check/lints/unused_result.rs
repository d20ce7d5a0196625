//! `unused-result`: a statement that computes a value without effect and drops it.

use super::Subject;
use super::effects::Effects;
use super::facts::Facts;
use super::fate::{Dropped, Fates};
use super::kinds::Kinds;
use crate::ast::visit::{self, Visitor};
use crate::ast::*;
use crate::resolve::VariableKind;
use prism_diagnostics::{Code, Diagnostic};

/// Holds a module against the rule.
pub(super) fn check<'a>(
    subject: Subject<'a>,
    facts: &Facts<'a>,
    fates: &Fates<'a>,
    kinds: &Kinds<'a, '_>,
) -> Vec<Diagnostic> {
    let mut effects = Effects::new(subject, facts, kinds);
    let idle = fates.dropped.iter().filter(|dropped| !is_meant(dropped) && !effects.of(dropped.expr));
    idle.map(|dropped| fault(subject, kinds, dropped.expr)).collect()
}

/// Whether a dropped value may stand there for another reason than its use: `null` and `{}` do nothing and say so, an arm has
/// to have a body, and in a `try` an expression may be there to see whether it fails.
fn is_meant(dropped: &Dropped<'_>) -> bool {
    match &dropped.expr.kind {
        ExprKind::Null => true,
        ExprKind::Object(properties) if properties.is_empty() => true,
        ExprKind::Bool(_) | ExprKind::Number(_) | ExprKind::String(_) | ExprKind::Name(_) => dropped.is_arm,
        _ => dropped.is_tried && may_fail(dropped.expr),
    }
}

/// Whether evaluating an expression may fail.
fn may_fail(expr: &Expr) -> bool {
    struct Find(bool);
    impl<'a> Visitor<'a> for Find {
        fn visit_expr(&mut self, expr: &'a Expr) {
            match &expr.kind {
                ExprKind::Call { .. } | ExprKind::Pipe { .. } | ExprKind::Member { .. } | ExprKind::Index { .. } => {
                    self.0 = true;
                }
                ExprKind::Binary { op, .. } if op.level() > level::EQUALITY => self.0 = true,
                _ => visit::walk_expr(self, expr),
            }
        }

        fn visit_function(&mut self, _: &'a Function) {}
    }
    let mut find = Find(false);
    find.visit_expr(expr);
    find.0
}

fn fault<'a>(subject: Subject<'a>, kinds: &Kinds<'a, '_>, expr: &'a Expr) -> Diagnostic {
    let text = |part: &Expr| subject.text.at(part.span);
    let use_or_remove = || "use the value, or remove the statement".to_owned();
    let (message, help) = match &expr.kind {
        ExprKind::Binary { op: BinaryOp::Eq | BinaryOp::StrictEq, left, right, .. } if is_variable(subject, left) => {
            let help = format!("to assign, write `{} = {}`", text(left), text(right));
            ("this compares two values and drops the answer".to_owned(), help)
        }
        ExprKind::Call { callee, .. } => match &callee.kind {
            ExprKind::Member { object, name, .. } if is_variable(subject, object) => {
                let (before, after) = (kinds.of(object), kinds.of(expr));
                let help = match before.is_unknown() || before.kinds == after.kinds {
                    true => format!(
                        "keep the result: `{place} = {place}.{name}(…)`",
                        place = text(object),
                        name = name.name
                    ),
                    false => use_or_remove(),
                };
                (format!("`{}` changes nothing, and its result is dropped", name.name), help)
            }
            _ => ("this call has no effect, and its result is dropped".to_owned(), use_or_remove()),
        },
        ExprKind::Function(_) => {
            let help = "give it a name (`let f = …`), pass it on, or remove it".to_owned();
            ("this makes a function and drops it".to_owned(), help)
        }
        _ => ("this value is computed and dropped".to_owned(), use_or_remove()),
    };
    Diagnostic::new(Code::W0203, expr.span, message).with_help(help)
}

/// Whether it is a variable, or a part of one, that could be assigned.
fn is_variable(subject: Subject<'_>, mut expr: &Expr) -> bool {
    let mut is_part = false;
    loop {
        expr = match &expr.kind {
            ExprKind::Member { object, access: Access::Plain, .. } | ExprKind::Index { object, .. } => object,
            ExprKind::Name(_) => {
                let variable = subject.resolution.variable_at(expr.id);
                let kind = variable.map(|variable| subject.resolution.variable(variable).kind);
                let fixed = [VariableKind::Const, VariableKind::Function, VariableKind::Agent];
                return kind.is_some_and(|kind| is_part || !fixed.contains(&kind));
            }
            _ => return false,
        };
        is_part = true;
    }
}
