//! Agents and what runs side by side (§9).

use super::Checker;
use super::functions::Arguments;
use super::ty::{Data, Field, Ty};
use super::value::Value;
use crate::ast::*;
use prism_confidence::Interval;

impl<'a> Checker<'a> {
    /// A dispatch: a task of an agent's answer.
    pub(super) fn dispatch(&mut self, whole: &'a Expr) -> Value {
        self.note_dispatch();
        let module = self.frame().module;
        self.asked.note_direct((module, whole.id));
        let answer = self.answer;
        Value::plain(self.types.task(answer))
    }

    /// `agent.NAME(…)`; `agent.ask(…)` gives the answer with all that belongs to it.
    pub(super) fn ask_agent(&mut self, name: &Ident, whole: &'a Expr) -> Value {
        let task = self.dispatch(whole);
        if name.name != "ask" {
            return task;
        }
        let entry = self.answer_entry(Value { confidence: Interval::PLAIN, ..self.answer });
        Value::plain(self.types.task(Value::new(entry, Interval::CONFIDENT)))
    }

    fn fields(&mut self, fields: &[(&str, Value)]) -> Vec<Field> {
        let field = |(name, value): &(&str, Value)| Field { name: (*name).into(), value: *value, optional: false };
        fields.iter().map(field).collect()
    }

    /// The object that an answer is.
    fn answer_entry(&mut self, result: Value) -> Ty {
        let string = Value::plain(Ty::STRING);
        let reasoning = self.types.join_values(string, Value::NULL);
        let uncertainties = Value::plain(self.types.list(string));
        let fields = self.fields(&[
            ("agentId", string),
            ("agentName", string),
            ("result", result),
            ("confidence", Value::plain(Ty::NUMBER)),
            ("reasoning", reasoning),
            ("uncertainties", uncertainties),
        ]);
        self.types.shape(fields)
    }

    /// An entry of `agentResults` or, without failures, of `successfulResults`.
    pub(super) fn result_entry(&mut self, may_have_failed: bool) -> Ty {
        let string = Value::plain(Ty::STRING);
        let number = Value::plain(Ty::NUMBER);
        let reasoning = self.types.join_values(string, Value::NULL);
        let mut result = Value { confidence: Interval::PLAIN, vague: false, ..self.answer };
        if may_have_failed {
            result = self.types.join_values(result, Value::NULL);
        }
        let mut fields = self.fields(&[
            ("agentId", string),
            ("agentName", string),
            ("result", result),
            ("confidence", number),
            ("reasoning", reasoning),
            ("timestamp", number),
            ("expertise", Value::ANY),
        ]);
        if may_have_failed {
            fields.push(Field { name: "error".into(), value: string, optional: true });
        }
        self.types.shape(fields)
    }

    /// `agents { a: Agent { … } }`.
    pub(super) fn declare_agents(&mut self, agents: &'a [AgentDecl]) {
        for agent in agents {
            for (_, setting) in &agent.settings {
                self.infer(setting);
            }
            self.bind_name(&agent.name, Value::plain(Ty::AGENT));
        }
    }

    /// `parallel agents { … }`: an answer for each agent, or its error.
    #[inline(never)]
    pub(super) fn parallel(
        &mut self,
        agents: &'a Expr,
        clauses: [Option<&'a Expr>; 2],
        body: &'a Block,
        agent: &'a Ident,
    ) -> Value {
        self.infer_settled(agents);
        for clause in clauses.into_iter().flatten() {
            self.infer_settled(clause);
        }
        let value = self.run_for_agent(body, agent);
        let entry = self.entry_of(value);
        let entry = self.types.join_values(entry, Value::plain(Ty::ERROR));
        Value::plain(self.types.list(entry))
    }

    /// `race agents { … } until (…)`: the first answer that passes.
    #[inline(never)]
    pub(super) fn race(
        &mut self,
        agents: &'a Expr,
        timeout: Option<&'a Expr>,
        body: &'a Block,
        agent: &'a Ident,
        until: Option<&'a Until>,
    ) -> Value {
        self.infer_settled(agents);
        if let Some(timeout) = timeout {
            self.infer_settled(timeout);
        }
        let value = self.run_for_agent(body, agent);
        let mut entry = self.entry_of(value);
        if let Some(until) = until {
            entry = self.until(entry, until);
        }
        entry
    }

    /// The answer, where the condition of `until` holds of it.
    fn until(&mut self, entry: Value, until: &'a Until) -> Value {
        let module = self.frame().module;
        let Some(body) = self.resolution().body_of(until.answer.id) else { return entry };
        let outer = self.frames.len() - 1;
        self.push_frame(module, body, Some(outer), false);
        self.bind_name(&until.answer, entry);
        self.infer(&until.condition);
        self.assume(&until.condition, true);
        let passed = self.resolution().variable_at(until.answer.id).map(|variable| self.read_variable(variable));
        let gated = gate_of(&until.condition, &until.answer.name);
        let threshold = gated.and_then(|threshold| self.resolution().known_number(threshold));
        self.pop_frame();
        let passed = passed.filter(|value| !value.is_never()).unwrap_or(entry);
        match threshold {
            Some(threshold) => {
                let confidence = passed.confidence.at_least(threshold);
                if confidence.is_empty() { passed } else { passed.with_confidence(confidence) }
            }
            None => passed,
        }
    }

    /// The block, once for an agent: what it gives.
    fn run_for_agent(&mut self, body: &'a Block, agent: &'a Ident) -> Value {
        let module = self.frame().module;
        let Some(id) = self.resolution().body_of(body.id) else { return Value::ANY };
        let outer = self.frames.len() - 1;
        self.push_frame(module, id, Some(outer), false);
        self.bind_name(agent, Value::plain(Ty::AGENT));
        let last = self.run_block(body);
        let frame = self.pop_frame();
        let mut value = frame.returned;
        if !frame.state.dead {
            value = self.types.join_values(value, last);
        }
        self.settled(value)
    }

    /// The answer that a block's value makes: an object that has a result and a confidence stands for itself.
    fn entry_of(&mut self, value: Value) -> Value {
        if value.is_never() {
            return value;
        }
        let own = value.confidence.certain();
        let said = if value.confidence.may_be_plain() { own.join(Interval::CONFIDENT) } else { own };
        let (mut result, mut confidence) = (Value::NEVER, Interval::EMPTY);
        for ty in self.types.members(value.ty) {
            let (one, how_sure) = match self.types.get(ty) {
                Data::Shape(fields) => {
                    let field = |name: &str| fields.iter().find(|field| field.name == name);
                    match (field("result"), field("confidence")) {
                        (Some(result), Some(confidence)) if !result.optional && !confidence.optional => {
                            (result.value, said)
                        }
                        (Some(_), Some(_)) => (Value::ANY, said),
                        _ => (Value::plain(ty), own),
                    }
                }
                Data::Any | Data::Object => (Value::ANY, said),
                _ => (Value::plain(ty), own),
            };
            result = self.types.join_values(result, one);
            confidence = confidence.join(how_sure);
        }
        let entry = self.answer_entry(result);
        Value { vague: value.vague, ..Value::new(entry, confidence) }
    }

    /// `parallel { a: f(), b: g() }`.
    #[inline(never)]
    pub(super) fn branches(&mut self, branches: &'a [Branch]) -> Value {
        let module = self.frame().module;
        let mut fields: Vec<Field> = Vec::new();
        for branch in branches {
            let value = match self.resolution().body_of(branch.value.id) {
                Some(body) => {
                    let outer = self.frames.len() - 1;
                    self.push_frame(module, body, Some(outer), false);
                    let value = self.infer_settled(&branch.value);
                    let returned = self.pop_frame().returned;
                    self.types.join_values(value, returned)
                }
                None => self.infer_settled(&branch.value),
            };
            match fields.iter_mut().find(|field| field.name == branch.key.name) {
                Some(field) => field.value = value.stored(),
                None => fields.push(Field { name: branch.key.name.clone(), value: value.stored(), optional: false }),
            }
        }
        Value::plain(self.types.shape(fields))
    }

    /// A call of a function of the library that asks an agent or model.
    pub(super) fn ask_model(&mut self, arguments: &Arguments<'a>, whole: &'a Expr) -> Value {
        self.escape_arguments(arguments);
        self.dispatch(whole)
    }
}

/// The threshold of `answer ~?> t`.
fn gate_of<'a>(condition: &'a Expr, answer: &str) -> Option<&'a Expr> {
    match &super::narrow::strip(condition).kind {
        ExprKind::Binary { op: BinaryOp::Gate, left, right, .. } => match &super::narrow::strip(left).kind {
            ExprKind::Name(name) if name == answer => Some(right),
            _ => None,
        },
        ExprKind::Binary { op: BinaryOp::And, left, right, .. } => {
            gate_of(left, answer).or_else(|| gate_of(right, answer))
        }
        _ => None,
    }
}
