//! `--agents` and `--agent`: who can be asked.

use crate::exit::Unusable;
use crate::files;
use parallax_local_agents::{LocalAgent, serve_local};
use parallax_runtime_host::agent::list::{AgentAddress, AgentList, connect};
use parallax_runtime_host::{Agents, Money};
use serde_json::Map;
use std::convert::Infallible;
use std::str::FromStr;

/// The longest list of agents that is read, 16 MiB.
const MAX_BYTES: usize = 16 << 20;

/// `--agents`: where agents come from.
#[derive(Clone, Debug, PartialEq)]
pub enum Origin {
    /// Those that come along, served inside this process.
    Local,
    /// A file that lists them.
    File(String),
}

impl FromStr for Origin {
    type Err = Infallible;

    fn from_str(text: &str) -> Result<Self, Infallible> {
        Ok(if text == "local" { Origin::Local } else { Origin::File(text.to_owned()) })
    }
}

/// The agents of a run, and those that are served for it.
pub struct Chosen {
    /// All of them.
    pub agents: Agents,
    /// Served as long as this lives.
    served: Vec<LocalAgent>,
}

impl Chosen {
    /// The agents of `origin`, then those named one by one. Must be called inside a tokio runtime.
    ///
    /// # Errors
    /// If a list can't be read, names an agent twice, or an agent does not answer when it is asked who it is.
    pub async fn new(origin: Option<&Origin>, named: &[AgentAddress]) -> Result<Self, Unusable> {
        let mut served = Vec::new();
        let mut addresses = match origin {
            None => Vec::new(),
            Some(Origin::Local) => {
                served = serve_local::<&str>(&[]).await.map_err(|error| Unusable::agent(error.to_string()))?;
                served.iter().map(address_of).collect()
            }
            Some(Origin::File(path)) => match read(path)? {
                AgentList::Addresses(addresses) => addresses,
                AgentList::Scripted(agents) if named.is_empty() => {
                    return Ok(Chosen { agents: Agents::Scripted(agents), served });
                }
                AgentList::Scripted(_) => {
                    return Err(Unusable::input(format!(
                        "{path} has scripted agents, whose time is virtual; they can't be mixed with those of --agent"
                    )));
                }
            },
        };
        addresses.extend_from_slice(named);
        let agents = connect(addresses).await.map_err(|error| Unusable::agent(error.to_string()))?;
        Ok(Chosen { agents: Agents::Live(agents), served })
    }

    /// Ends the agents that were served.
    pub async fn stop(self) {
        for agent in self.served {
            // The run is over, so nobody is left to be hurt by how a server ends.
            agent.stop().await.unwrap_or_default();
        }
    }
}

fn address_of(agent: &LocalAgent) -> AgentAddress {
    AgentAddress {
        id: agent.id().to_owned(),
        address: agent.address().to_string(),
        name: Some(agent.name().to_owned()),
        capabilities: agent.capabilities().iter().map(ToString::to_string).collect(),
        metadata: Map::new(),
        // They run on this machine.
        price: Some(Money::ZERO),
    }
}

fn read(path: &str) -> Result<AgentList, Unusable> {
    let text = files::read_text(path, MAX_BYTES).map_err(|error| Unusable::input(format!("--agents: {error}")))?;
    text.parse().map_err(|error| Unusable::input(format!("{path}: {error}")))
}
