//! `parallel` and `race` (§9): their blocks are bodies of their own, made into closures that the machine runs.

use super::function::Signature;
use super::{Lower, Reg, Want};
use crate::ast::{Block, Branch, Expr, Ident, NodeId, Until};
use prism_bytecode::Op;
use prism_diagnostics::Span;

/// What `parallel` and `race` over agents have in common.
#[derive(Clone, Copy)]
pub(super) struct AgentBlock<'e> {
    pub agents: &'e Expr,
    pub timeout: Option<&'e Expr>,
    pub body: &'e Block,
    /// The implicit declaration of `agent`.
    pub agent: &'e Ident,
}

impl Lower<'_> {
    /// `parallel agents timeout(…) min_results(…) { … }`.
    pub(super) fn parallel(&mut self, block: AgentBlock<'_>, min_results: Option<&Expr>, span: Span, dst: Reg) {
        let window = self.agent_block("parallel", block, span);
        self.setting(min_results, window.nth(3), span);
        self.code.window(Op::Parallel, 3, dst, window, 0, span);
    }

    /// `race agents timeout(…) { … } until (…)`.
    pub(super) fn race(&mut self, block: AgentBlock<'_>, until: Option<&Until>, span: Span, dst: Reg) {
        let window = self.agent_block("race", block, span);
        match until {
            Some(Until { answer, condition }) => {
                let signature = Signature::new("until", 1, condition.span);
                self.body_closure(answer.id, Some(answer.id), signature, window.nth(3), |this| {
                    this.eval(condition, Want::Return);
                });
            }
            None => self.code.op1(Op::Null, window.nth(3), span),
        }
        self.code.window(Op::Race, 3, dst, window, 0, span);
    }

    /// `parallel { a: f(), b: g() }`. A name that comes again keeps its place and takes the later branch.
    pub(super) fn branches(&mut self, branches: &[Branch], span: Span, dst: Reg) {
        let mut keys = Vec::new();
        let mut slots = Vec::new();
        for branch in branches {
            let key = self.output.text(&branch.key.name);
            let at = keys.iter().position(|known| *known == key).unwrap_or(keys.len());
            if at == keys.len() {
                keys.push(key);
            }
            slots.push((at, branch));
        }
        let window = self.code.alloc(keys.len());
        for (at, Branch { key, value }) in slots {
            let signature = Signature::new(&key.name, 0, value.span);
            self.body_closure(value.id, None, signature, window.nth(at), |this| this.eval(value, Want::Return));
        }
        self.code.keyed(Op::Branches, keys.len(), dst, window, keys, span);
    }

    /// The window of such a block, but for its last register: the agents, the closure of the block, whose one parameter
    /// is the agent, the timeout.
    fn agent_block(&mut self, name: &str, block: AgentBlock<'_>, span: Span) -> Reg {
        let AgentBlock { agents, timeout, body, agent } = block;
        let window = self.code.alloc(4);
        self.expr(agents, window);
        let signature = Signature::new(name, 1, body.span);
        self.body_closure(body.id, Some(agent.id), signature, window.nth(1), |this| this.block(body, Want::Return));
        self.setting(timeout, window.nth(2), span);
        window
    }

    fn body_closure(
        &mut self,
        node: NodeId,
        parameter: Option<NodeId>,
        signature: Signature<'_>,
        dst: Reg,
        fill: impl FnOnce(&mut Self),
    ) {
        let Some(body) = self.resolution.body_of(node) else { return };
        let span = signature.span;
        self.closure_of(body, None, signature, dst, |this| {
            if let Some(id) = parameter.and_then(|node| this.resolution.variable_at(node)) {
                this.bind_variable(id, Reg(0), span);
            }
            fill(this);
        });
    }

    fn setting(&mut self, setting: Option<&Expr>, dst: Reg, span: Span) {
        match setting {
            Some(setting) => self.expr(setting, dst),
            None => self.code.op1(Op::Null, dst, span),
        }
    }
}
