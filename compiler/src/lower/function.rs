//! Functions and lambdas: closures, parameters, bodies.

use super::code::{Code, Label};
use super::{Body, Lower, Reg, Want};
use crate::ast::{self, Function, Param};
use crate::resolve::{BodyId, VariableId};
use prism_bytecode::{Capture, FunctionId, Op, Params};
use prism_diagnostics::Span;

/// The name of a function that has none.
const NAMELESS: &str = "lambda";

/// What is known of a body before it is lowered.
pub(super) struct Signature<'n> {
    pub name: &'n str,
    pub params: Params,
    pub is_async: bool,
    /// The whole.
    pub span: Span,
}

impl<'n> Signature<'n> {
    /// A body that takes so many arguments.
    pub fn new(name: &'n str, required: u16, span: Span) -> Self {
        Signature { name, params: Params { required, ..Params::default() }, is_async: false, span }
    }
}

impl Lower<'_> {
    /// A function as an expression: its closure, with the function's own confidence.
    pub(super) fn function(&mut self, function: &Function, dst: Reg) {
        let Some(confidence) = &function.confidence else { return self.closure(function, dst) };
        let made = self.temp();
        self.closure(function, made);
        let sure = self.operand(confidence, false);
        self.code.op3(Op::Attach, dst, made, sure, confidence.span);
    }

    /// Makes a function's closure.
    pub(super) fn closure(&mut self, function: &Function, dst: Reg) {
        let Some(body) = self.resolution.body_of(function.id) else { return };
        let Some(params) = params(&function.params) else {
            return self.output.too_large(function.span, "this function has more parameters than registers");
        };
        let name = function.name.as_ref().map_or(NAMELESS, |name| &name.name);
        let signature = Signature { name, params, is_async: function.is_async, span: function.span };
        let itself = self
            .resolution
            .bodies
            .get(body.0 as usize)
            .and_then(|info| info.captures.iter().copied().find(|id| self.facts.own_body(*id) == Some(body)));
        self.closure_of(body, itself, signature, dst, |this| {
            this.params(&function.params);
            match &function.body {
                ast::Body::Expr(expr) => this.eval(expr, Want::Return),
                ast::Body::Block(block) => this.block(block, Want::Return),
                ast::Body::Statement(stmt) => this.stmt(stmt, Want::Return),
            }
        });
    }

    /// Makes the closure of a body that `fill` lowers.
    pub(super) fn closure_of(
        &mut self,
        body: BodyId,
        itself: Option<VariableId>,
        signature: Signature<'_>,
        dst: Reg,
        fill: impl FnOnce(&mut Self),
    ) {
        let span = signature.span;
        self.scoped(|this| {
            let captures = this.captures(body, span);
            let function = this.nested(body, itself, signature, captures, fill);
            this.code.closure(dst, function, span);
        });
    }

    fn nested(
        &mut self,
        id: BodyId,
        itself: Option<VariableId>,
        signature: Signature<'_>,
        captures: Vec<(VariableId, Capture)>,
        fill: impl FnOnce(&mut Self),
    ) -> FunctionId {
        let Signature { name, params, is_async, span } = signature;
        let indexes = captures.iter().enumerate().map(|(index, (id, _))| (*id, index as u16)).collect();
        let captures = captures.into_iter().map(|(_, capture)| capture).collect();
        let outer_code = std::mem::replace(&mut self.code, Code::new(name, params, is_async, captures));
        let outer_body = std::mem::replace(&mut self.body, Body::new(id, itself, indexes));
        self.implicit(id, span);
        fill(self);
        self.null(Want::Return, span);
        let code = std::mem::replace(&mut self.code, outer_code);
        self.body = outer_body;
        let (function, fits) = code.finish();
        if !fits {
            self.output.too_large(span, "this function is too large to compile");
        }
        self.output.function(function)
    }

    /// Binds the parameters to the arguments, which stand in the first registers.
    fn params(&mut self, params: &[Param]) {
        for (param, at) in params.iter().zip(0..) {
            let argument = Reg(at);
            if param.default.is_some() || param.optional {
                let span = param.pattern.span;
                let mut given = Label::default();
                self.code.jump_if(Op::JumpIfGiven, argument, &mut given, span);
                match &param.default {
                    Some(default) => self.expr(default, argument),
                    None => self.code.op1(Op::Null, argument, span),
                }
                self.code.bind(given);
            }
            self.bind_to(&param.pattern, argument);
        }
    }
}

/// What a function takes, unless that is too much.
fn params(params: &[Param]) -> Option<Params> {
    let rest = params.iter().any(|param| param.rest);
    let optional = params.iter().filter(|param| !param.rest && (param.default.is_some() || param.optional)).count();
    let required = params.len() - optional - usize::from(rest);
    u16::try_from(params.len()).ok()?;
    Some(Params { required: required as u16, optional: optional as u16, rest })
}
