//! What machines ask for, begun: answered at once, or handed on as an action.

use super::account::Refusal;
use super::{Action, Core, MachineId, Now, Open};
use crate::agent::{AgentReply, Answer, CallFailure, Question};
use crate::driver::exchange::{self, Asked, Deed};
use crate::money::Money;
use crate::registry::MODEL_CAPABILITY;
use prism_diagnostics::Code;
use prism_vm::limits::Stop;
use prism_vm::machine::{OpId, Response};
use prism_vm::value::Value;
use serde_json::Value as Json;

/// How many patterns may have been run by one another.
const MOST_PATTERNS: usize = 16;

impl Core<'_> {
    pub(super) fn perform(&mut self, id: MachineId, deed: Deed, now: Now) {
        match deed {
            Deed::Print(stream, line) => self.record.printed(stream, line),
            Deed::Cancel(op) => self.cancel(id, op, now.elapsed),
            Deed::Ask(op, Err(fault)) => {
                let message = format!("the data can't be sent: {fault}");
                self.respond(id, op, |_| exchange::failure(message, None));
            }
            Deed::Ask(op, Ok(asked)) => self.ask(id, op, asked, now),
        }
    }

    fn ask(&mut self, id: MachineId, op: OpId, asked: Asked, now: Now) {
        match asked {
            Asked::Now => self.respond(id, op, |_| Response::Value(Value::number(now.epoch_ms))),
            Asked::Random => {
                let number = self.setting.random.f64();
                self.respond(id, op, |_| Response::Value(Value::number(number)));
            }
            Asked::Agents { capabilities } => {
                let Some(slot) = self.machines.get_mut(&id) else { return };
                let registry = &self.setting.registry;
                let chosen = registry.profiles(&registry.select(&capabilities));
                exchange::respond(&mut slot.machine, op, |runtime| {
                    Response::Agents(exchange::agents(runtime, &chosen))
                });
                self.wake(id);
            }
            Asked::Delay { ms } => {
                let ticket = self.open(Open { machine: id, op, call: None });
                self.actions.push(Action::Sleep { ticket, ms });
            }
            Asked::Function(call) => {
                let ticket = self.open(Open { machine: id, op, call: None });
                self.actions.push(Action::Call { ticket, call });
            }
            Asked::Agent { id: agent, name, task, data, context } => match self.setting.registry.find(&agent) {
                Some(at) => self.call(id, op, at, false, (task, data, context), now),
                None => {
                    let message = format!("there is no agent `{agent}` ({name}) among the run's agents");
                    self.respond(id, op, |_| exchange::failure(message, None));
                }
            },
            Asked::Model { prompt, options, context } => match self.setting.registry.model() {
                Some(at) => self.call(id, op, at, true, (prompt, options, context), now),
                None => {
                    let message =
                        format!("no agent answers prompts: add one that has the capability `{MODEL_CAPABILITY}`");
                    self.respond(id, op, |_| exchange::failure(message, None));
                }
            },
            Asked::Pattern { name, input } => {
                if let Err((code, fault)) = self.run_pattern(id, op, &name, input, now) {
                    let message = format!("pattern `{name}`: {fault}");
                    self.respond(id, op, |_| exchange::failure(message, Some(code)));
                }
            }
        }
    }

    fn call(
        &mut self,
        id: MachineId,
        op: OpId,
        agent: usize,
        chosen: bool,
        (task, data, context): (String, Json, Option<String>),
        now: Now,
    ) {
        let pattern = self.machines.get(&id).map(|slot| slot.pattern.name().to_owned()).unwrap_or_default();
        let number = self.record.calls.len() as u64;
        let question = Question { number, task, data, context, pattern };
        let Some(profile) = self.setting.registry.agents().get(agent) else { return };
        let price = profile.price.or(self.setting.options.unstated_price);
        match self.account.reserve(price) {
            Ok(()) => {}
            Err(Refusal::Unknown) => {
                let failure = CallFailure::no_price(&profile.id);
                self.record.warn(failure.message.clone());
                return self.respond(id, op, |_| exchange::call_failure(&failure, 0.0));
            }
            Err(Refusal::Spent { price, spent, budget }) => {
                let message = format!(
                    "over budget: a question to agent `{}` costs {price}, and {spent} of {budget} is spent",
                    profile.id
                );
                return self.refuse(id, op, Stop::Budget, message);
            }
        }
        let call = self.record.asked(profile, &question, price, now.elapsed);
        let ticket = self.open(Open { machine: id, op, call: Some((call, chosen)) });
        self.actions.push(Action::Ask { ticket, agent, question, limit: self.setting.options.call_timeout });
    }

    pub(super) fn replied(&mut self, open: &Open, call: usize, chosen: bool, reply: &AgentReply, now: Now) {
        let elapsed_ms = self.record.replied(call, reply, now.elapsed);
        if let Ok(Answer { cost: Some(cost), .. }) = reply {
            self.settle(call, *cost);
        }
        let by = self.record.calls.get(call).filter(|_| chosen).map(|call| call.agent.clone());
        self.respond(open.machine, open.op, |runtime| match reply {
            Ok(answer) => exchange::answer(runtime, answer, by.as_deref()),
            Err(failure) => exchange::call_failure(failure, elapsed_ms),
        });
    }

    /// An answer has said what it cost. More than the price is not owed: the price was what the question was asked for.
    fn settle(&mut self, call: usize, cost: Money) {
        let Some((agent, price)) = self.record.calls.get(call).map(|call| (call.agent.clone(), call.cost)) else {
            return;
        };
        let counted = self.account.settle(price, cost);
        self.record.cost(call, counted);
        if counted < cost {
            self.record.warn(format!(
                "agent `{agent}` says that an answer cost {cost}, more than its price of {counted}, which counts"
            ));
        }
    }

    /// Ends a machine's run: what it asks for can't be had within a limit.
    fn refuse(&mut self, id: MachineId, op: OpId, stop: Stop, message: String) {
        if let Some(slot) = self.machines.get_mut(&id) {
            slot.deadline = None;
            slot.machine.refuse(op, stop, message);
            self.wake(id);
        }
    }

    fn run_pattern(
        &mut self,
        id: MachineId,
        op: OpId,
        name: &str,
        input: Json,
        now: Now,
    ) -> Result<(), (Code, String)> {
        let ancestors = std::iter::successors(Some(id), |id| self.machines.get(id)?.parent.map(|(parent, _)| parent));
        if ancestors.count() > MOST_PATTERNS {
            return Err((Code::R0102, format!("patterns run one another more than {MOST_PATTERNS} deep")));
        }
        let pattern = self.setting.shelf.find(name).map_err(|fault| (fault.code(), fault.to_string()))?;
        let admission = pattern.admit(input, &self.setting.registry);
        let admission = admission.map_err(|refusal| (refusal.code(), refusal.to_string()))?;
        self.start(pattern, admission, Some((id, op)), now.elapsed);
        Ok(())
    }
}
