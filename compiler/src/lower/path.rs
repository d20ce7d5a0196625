//! Paths rooted in a variable (`a.b[0].c`), and the calls that update what stands there (§4, STDLIB L1).

use crate::ast::{Access, Argument, Expr, ExprKind, Ident};
use crate::resolve::{Resolution, VariableId};
use prism_bytecode::Mutator;
use prism_diagnostics::Span;

/// A variable and the way to a part of it; the whole variable where there are no steps.
#[derive(Clone, Debug)]
pub(crate) struct Path<'e> {
    /// The variable.
    pub root: VariableId,
    /// Where it is named.
    pub span: Span,
    /// The way.
    pub steps: Vec<Step<'e>>,
}

/// One step of a path.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Step<'e> {
    /// Which part.
    pub key: StepKey<'e>,
    /// How it is reached.
    pub access: Access,
}

/// Which part a step goes to.
#[derive(Clone, Copy, Debug)]
pub(crate) enum StepKey<'e> {
    /// `.name`.
    Name(&'e Ident),
    /// `[index]`.
    Index(&'e Expr),
}

impl<'e> Path<'e> {
    /// The path that the expression is, if it is one.
    pub fn of(expr: &'e Expr, resolution: &Resolution) -> Option<Path<'e>> {
        let (mut expr, mut steps) = (expr, Vec::new());
        loop {
            match &expr.kind {
                ExprKind::Name(_) => break,
                ExprKind::Member { object, access, name } => {
                    steps.push(Step { key: StepKey::Name(name), access: *access });
                    expr = object;
                }
                ExprKind::Index { object, index } => {
                    steps.push(Step { key: StepKey::Index(index), access: Access::Plain });
                    expr = object;
                }
                _ => return None,
            }
        }
        steps.reverse();
        Some(Path { root: resolution.variable_at(expr.id)?, span: expr.span, steps })
    }
}

/// A call, or a chain of calls, that updates what stands at a path.
#[derive(Clone, Debug)]
pub(crate) struct Update<'e> {
    /// Where.
    pub path: Path<'e>,
    /// The calls in order; more than one only where each gives the array after.
    pub calls: Vec<UpdateCall<'e>>,
}

/// One call of an update.
#[derive(Clone, Copy, Debug)]
pub(crate) struct UpdateCall<'e> {
    /// Which.
    pub mutator: Mutator,
    /// How it is reached.
    pub access: Access,
    /// Its arguments.
    pub arguments: &'e [Argument],
    /// The whole call.
    pub span: Span,
}

impl<'e> Update<'e> {
    /// The update that calling `callee` with these arguments is, if it is one.
    pub fn of(callee: &'e Expr, arguments: &'e [Argument], span: Span, resolution: &Resolution) -> Option<Update<'e>> {
        let (mut callee, mut arguments, mut span) = (callee, arguments, span);
        let mut calls = Vec::new();
        loop {
            let ExprKind::Member { object, access, name } = &callee.kind else { return None };
            let mutator = Mutator::find(&name.name)?;
            calls.push(UpdateCall { mutator, access: *access, arguments, span });
            if let Some(path) = Path::of(object, resolution) {
                calls.reverse();
                return Some(Update { path, calls }).filter(Update::goes_on);
            }
            let ExprKind::Call { callee: inner, arguments: before } = &object.kind else { return None };
            (callee, arguments, span) = (inner, before, object.span);
        }
    }

    /// One call, or a chain of those that give the array.
    fn goes_on(&self) -> bool {
        self.calls.len() == 1 || self.calls.iter().all(|call| call.mutator.gives_array())
    }
}
