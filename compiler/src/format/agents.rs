//! Agents and concurrency.

use super::Formatter;
use super::list::Style;
use crate::ast::{AgentDecl, Block, Branch, Expr};

impl Formatter<'_> {
    /// `parallel agents timeout(…) min_results(…) { … }`, `race agents timeout(…) { … }`
    pub(super) fn parallel<'e>(&mut self, agents: &Expr, settings: impl Iterator<Item = &'e Expr>, body: &Block) {
        self.out.tail();
        self.token();
        self.space();
        self.expr(agents);
        let mut settings: Vec<_> = settings.collect();
        settings.sort_by_key(|setting| setting.span.start);
        for setting in settings {
            self.fill(|f| {
                f.token();
                f.setting(setting);
            });
        }
        self.space();
        self.block(body);
    }

    /// `(e)`
    fn setting(&mut self, value: &Expr) {
        self.list(&[value], Style::default(), |f, value| f.bracketed(value));
    }

    /// `until (…)`
    pub(super) fn until(&mut self, condition: &Expr) {
        self.space();
        self.token();
        self.space();
        self.setting(condition);
    }

    /// `parallel { a: f(), b: g() }`
    pub(super) fn branches(&mut self, branches: &[Branch]) {
        self.out.tail();
        self.token();
        self.space();
        self.list(branches, Style::BRACES, |f, branch| f.pair(&branch.value));
    }

    /// `agents { a: Agent { … } }`, each on a line of its own.
    pub(super) fn agent_declarations(&mut self, agents: &[AgentDecl]) {
        self.token();
        self.space();
        self.list(agents, Style::BRACES, |f, agent| {
            f.with_comma(agent.span.end, |f| f.agent_declaration(agent));
            f.out.break_group();
        });
    }

    fn agent_declaration(&mut self, agent: &AgentDecl) {
        self.token();
        self.token();
        self.space();
        self.token();
        self.space();
        self.list(&agent.settings, Style::BRACES, |f, (_, value)| {
            f.with_comma(value.span.end, |f| f.pair(value));
        });
    }

    /// `in context NAME { … }`
    pub(super) fn context(&mut self, body: &Block) {
        for _ in 0..3 {
            self.token();
            self.space();
        }
        self.block(body);
    }
}
