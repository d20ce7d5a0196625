//! What happened in a run, written down as it happens and told to the observer.

use crate::agent::{AgentProfile, AgentReply, Question};
use crate::money::Money;
use crate::options::Observer;
use crate::report::{AgentMetrics, CallOutcome, CallRecord};
use prism_vm::runtime::{Stream, output_bytes};
use std::time::Duration;

/// What happened so far.
pub(crate) struct Record {
    pub(crate) stdout: Vec<String>,
    pub(crate) stderr: Vec<String>,
    pub(crate) warnings: Vec<String>,
    pub(crate) calls: Vec<CallRecord>,
    printed_bytes: usize,
    observer: Option<Box<dyn Observer>>,
}

impl Record {
    pub(super) fn new(observer: Option<Box<dyn Observer>>) -> Self {
        let (stdout, stderr, warnings, calls) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        Record { stdout, stderr, warnings, calls, printed_bytes: 0, observer }
    }

    /// How many bytes all machines have printed, line breaks included.
    pub(super) fn printed_bytes(&self) -> usize {
        self.printed_bytes
    }

    pub(super) fn printed(&mut self, stream: Stream, line: String) {
        self.printed_bytes += output_bytes(&line);
        if let Some(observer) = &mut self.observer {
            observer.printed(stream, &line);
        }
        match stream {
            // What was printed may hold line breaks itself.
            Stream::Out => self.stdout.extend(line.split('\n').map(str::to_owned)),
            Stream::Err => self.stderr.extend(line.split('\n').map(str::to_owned)),
        }
    }

    /// Says it once, however often there is reason to.
    pub(super) fn warn(&mut self, warning: String) {
        if !self.warnings.contains(&warning) {
            self.warnings.push(warning);
        }
    }

    /// An agent is asked; gives the call's place among all calls.
    pub(super) fn asked(
        &mut self,
        agent: &AgentProfile,
        question: &Question,
        price: Option<Money>,
        elapsed: Duration,
    ) -> usize {
        let call = CallRecord {
            number: question.number,
            agent: agent.id.clone(),
            agent_name: agent.name.clone(),
            task: question.task.clone(),
            data: question.data.clone(),
            context: question.context.clone(),
            pattern: question.pattern.clone(),
            started_ms: milliseconds(elapsed),
            elapsed_ms: 0.0,
            cost: price,
            outcome: CallOutcome::Open,
        };
        if let Some(observer) = &mut self.observer {
            observer.asked(&call);
        }
        self.calls.push(call);
        self.calls.len() - 1
    }

    /// A call has come to its end; gives the milliseconds that it took.
    pub(super) fn replied(&mut self, call: usize, reply: &AgentReply, elapsed: Duration) -> f64 {
        let outcome = match reply {
            Ok(answer) => CallOutcome::Answered {
                result: answer.result.clone(),
                confidence: answer.confidence,
                reasoning: answer.reasoning.clone(),
                uncertainties: answer.uncertainties.clone(),
            },
            Err(failure) => CallOutcome::Failed { kind: failure.kind.to_owned(), message: failure.message.clone() },
        };
        let silent = matches!(&outcome, CallOutcome::Answered { confidence: None, .. });
        let took = self.ended(call, outcome, elapsed);
        if let Some(agent) = self.calls.get(call).filter(|_| silent).map(|call| &call.agent) {
            let warning = format!("agent `{agent}` answered without a confidence, which counts as 0");
            self.warn(warning);
        }
        took
    }

    /// What a call has come to cost.
    pub(super) fn cost(&mut self, call: usize, cost: Money) {
        if let Some(call) = self.calls.get_mut(call) {
            call.cost = Some(cost);
        }
    }

    /// A call's answer is no longer needed.
    pub(super) fn cancelled(&mut self, call: usize, elapsed: Duration) {
        self.ended(call, CallOutcome::Cancelled, elapsed);
    }

    fn ended(&mut self, call: usize, outcome: CallOutcome, elapsed: Duration) -> f64 {
        let Some(call) = self.calls.get_mut(call) else { return 0.0 };
        call.elapsed_ms = (milliseconds(elapsed) - call.started_ms).max(0.0);
        call.outcome = outcome;
        if let Some(observer) = &mut self.observer {
            observer.ended(call);
        }
        call.elapsed_ms
    }

    /// What each agent that was asked was to the run, in order of first asking.
    pub(super) fn agents(&self) -> Vec<AgentMetrics> {
        let mut all: Vec<AgentMetrics> = Vec::new();
        for call in &self.calls {
            let at = all.iter().position(|agent| agent.id == call.agent).unwrap_or_else(|| {
                all.push(AgentMetrics { id: call.agent.clone(), ..AgentMetrics::default() });
                all.len() - 1
            });
            let Some(agent) = all.get_mut(at) else { continue };
            agent.asked += 1;
            agent.elapsed_ms += call.elapsed_ms;
            match call.outcome {
                CallOutcome::Open => {}
                CallOutcome::Answered { .. } => agent.answered += 1,
                CallOutcome::Failed { .. } => agent.failed += 1,
                CallOutcome::Cancelled => agent.cancelled += 1,
            }
        }
        all
    }
}

/// A duration in milliseconds, to the microsecond.
pub(crate) fn milliseconds(duration: Duration) -> f64 {
    duration.as_micros() as f64 / 1000.0
}
