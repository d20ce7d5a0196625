//! The agents of a run, in order of registration, and who is chosen for what.

use crate::agent::AgentProfile;

/// The capability of agents that answer prompts: what `llm` asks.
pub const MODEL_CAPABILITY: &str = "llm";

/// The agents of a run, in order of registration.
#[derive(Clone, Debug, Default)]
pub struct Registry {
    agents: Vec<AgentProfile>,
}

impl Registry {
    /// A registry of these, in order.
    pub fn new(agents: Vec<AgentProfile>) -> Self {
        Registry { agents }
    }

    /// All agents.
    pub fn agents(&self) -> &[AgentProfile] {
        &self.agents
    }

    /// Who stands in these places.
    pub fn profiles(&self, places: &[usize]) -> Vec<&AgentProfile> {
        places.iter().filter_map(|place| self.agents.get(*place)).collect()
    }

    /// The places of those that have all the capabilities; of all agents where none is asked for.
    pub fn select(&self, capabilities: &[String]) -> Vec<usize> {
        let fits = |agent: &AgentProfile| capabilities.iter().all(|wanted| agent.capabilities.contains(wanted));
        self.agents.iter().enumerate().filter(|(_, agent)| fits(agent)).map(|(at, _)| at).collect()
    }

    /// The place of an agent in the order of registration.
    pub fn find(&self, id: &str) -> Option<usize> {
        self.agents.iter().position(|agent| agent.id == id)
    }

    /// The first agent that answers prompts.
    pub fn model(&self) -> Option<usize> {
        self.agents.iter().position(|agent| agent.capabilities.iter().any(|name| name == MODEL_CAPABILITY))
    }
}
