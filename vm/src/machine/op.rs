//! What a machine asks of its host, and what it is told.
//!
//! Every request has a number that depends only on the program's own course. A journal is a list of (number, request,
//! answer); giving the same answers in the same order reproduces the run.

use crate::raise::Fault;
use crate::value::Value;
use prism_bytecode::LibraryId;
use std::fmt;

/// The number of a request, in order of asking, from 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct OpId(pub u64);

/// An agent as the host describes it to the machine.
#[derive(Clone, Debug, Default)]
pub struct AgentInfo {
    /// What agents are told apart by.
    pub id: String,
    /// For people.
    pub name: String,
    /// What it can do.
    pub capabilities: Vec<String>,
    /// Whatever it registered beyond that: an object.
    pub metadata: Value,
}

/// A question to an agent.
#[derive(Clone, Debug)]
pub struct Question {
    /// The agent's id.
    pub agent_id: String,
    /// The agent's name.
    pub agent_name: String,
    /// The task's description.
    pub task: String,
    /// The data, tasks in it settled; null if none was given.
    pub data: Value,
    /// The label of `in context`.
    pub context: Option<String>,
}

/// What a machine asks of its host.
#[derive(Clone, Debug)]
pub enum Request {
    /// Ask an agent. Answered by [`Response::Answer`].
    Dispatch(Question),
    /// Ask a model, or an agent with the capability `llm`. Answered by [`Response::Answer`]; the value is its result.
    Llm {
        /// The prompt.
        prompt: String,
        /// The options: an object or null.
        options: Value,
        /// The label of `in context`.
        context: Option<String>,
    },
    /// Run another pattern of the root. Answered by [`Response::Value`].
    ExecutePattern {
        /// Its name.
        name: String,
        /// Its input.
        input: Value,
    },
    /// Call one of the host's own functions. Answered by [`Response::Value`].
    Call {
        /// Which.
        function: LibraryId,
        /// What it is given, checked against its signature; tasks in it settled.
        arguments: Vec<Value>,
    },
    /// Let that many milliseconds pass; at least 0, may be infinite. Answered by [`Response::Value`] of null.
    Delay {
        /// Milliseconds.
        ms: f64,
    },
    /// Agents that have all these capabilities, in order of registration. Answered by [`Response::Agents`], at once.
    Agents {
        /// The capabilities; none means all agents.
        capabilities: Vec<String>,
    },
    /// Milliseconds since 1970. Answered by [`Response::Value`], at once.
    Now,
    /// A number from 0 up to 1. Answered by [`Response::Value`], at once.
    Random,
}

impl Request {
    /// The bytes of its texts, which the program may have made as long as it likes.
    pub(crate) fn text_bytes(&self) -> usize {
        match self {
            Request::Dispatch(question) => question.task.len(),
            Request::Llm { prompt, .. } => prompt.len(),
            Request::ExecutePattern { name, .. } => name.len(),
            Request::Agents { capabilities } => {
                capabilities.iter().map(|capability| size_of::<String>() + capability.len()).sum()
            }
            Request::Call { .. } | Request::Delay { .. } | Request::Now | Request::Random => 0,
        }
    }

    /// Whether the machine does nothing else until it is answered.
    pub fn is_immediate(&self) -> bool {
        matches!(self, Request::Agents { .. } | Request::Now | Request::Random)
    }
}

/// An agent's answer.
#[derive(Clone, Debug, Default)]
pub struct AgentAnswer {
    /// What it found.
    pub result: Value,
    /// How sure it is, 0…1; none counts as 0 (and the host warns).
    pub confidence: Option<f64>,
    /// Why.
    pub reasoning: Option<String>,
    /// What weakens it.
    pub uncertainties: Vec<String>,
    /// For provenance: who answered, where a model or registry chose.
    pub by: Option<String>,
}

/// A failure that the host reports: an error value.
#[derive(Clone, Debug)]
pub struct Failure {
    /// In plain words.
    pub message: String,
    /// More for `e.data` than an agent's id and name: pairs of key and value.
    pub details: Vec<(String, Value)>,
    /// The error's row of the catalog, if it is not [`Code::R0010`](prism_diagnostics::Code::R0010).
    pub code: Option<prism_diagnostics::Code>,
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

/// What the host answers.
#[derive(Clone, Debug)]
pub enum Response {
    /// To a dispatch or `llm`.
    Answer(AgentAnswer),
    /// A value.
    Value(Value),
    /// Agents.
    Agents(Vec<AgentInfo>),
    /// It failed.
    Failed(Failure),
    /// To [`Request::ExecutePattern`]: the pattern's own error.
    Raised(Fault),
}

/// What a machine does to the world, in order.
#[derive(Clone, Debug)]
pub enum Effect {
    /// Asks.
    Ask(OpId, Request),
    /// Needs the answer no more; an answer that still comes is ignored.
    Cancel(OpId),
    /// Prints a line.
    Print(crate::runtime::Stream, String),
}

/// Where a machine has come to when it stops for its host.
#[derive(Clone, Debug)]
pub enum Step {
    /// It needs answers: nothing can go on before at least one of its open requests is answered.
    Waiting,
    /// It needs the answer to that immediate request.
    WaitingFor(OpId),
    /// The slice of steps that it was given is over; it can go on.
    SliceOver,
    /// It has ended.
    Done(Outcome),
}

/// How a run ended.
#[derive(Clone, Debug)]
pub struct Outcome {
    /// The value, or why there is none.
    pub result: Result<Value, RunFailure>,
    /// `with warning`.
    pub warnings: Vec<String>,
    /// `with { … }`: an object, or null.
    pub metadata: Value,
}

/// Why a run gave no value.
#[derive(Clone, Debug)]
pub struct RunFailure {
    /// Which row of the catalog.
    pub code: prism_diagnostics::Code,
    /// In plain words.
    pub message: String,
    /// `e.data`.
    pub data: Value,
    /// The failing expression.
    pub span: Option<prism_diagnostics::Span>,
    /// The calls that led there, innermost first.
    pub trace: crate::value::Trace,
}

/// What a run has used.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Usage {
    /// Steps of fuel.
    pub steps: u64,
    /// Questions to agents and models.
    pub dispatches: u64,
    /// Tasks started.
    pub tasks: u64,
    /// Bytes on the heap now.
    pub memory: usize,
    /// The most bytes seen at a check.
    pub peak_memory: usize,
}
