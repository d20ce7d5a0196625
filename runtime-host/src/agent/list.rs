//! Agents as users write them down: `NAME=HOST:PORT[,CAPABILITY…]`, or a JSON file.
//!
//! A file is a JSON array, or an object with such an array as `agents`. Its entries are scripted agents
//! ([`super::scripted`]) or, with `address` instead of `answers`, agents on a network:
//!
//! ```json
//! [ { "id": "lingua", "address": "127.0.0.1:50061", "name": "Lingua", "capabilities": ["language"],
//!     "price": 0.002 } ]
//! ```
//!
//! One file holds only the one or only the other: time is either virtual or real.

use super::grpc::{BadAddress, GrpcAgent};
use super::{AgentProfile, Agents, CallFailure, LiveAgent, ScriptedAgent};
use crate::money::Money;
use serde::Deserialize;
use serde_json::{Map, Value};
use std::collections::HashSet;
use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;
use tokio::task::JoinSet;

/// How long an agent may take to say who it is.
const PROFILE_TIMEOUT: Duration = Duration::from_secs(10);

/// An agent on a network as it was written down.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AgentAddress {
    /// What programs and reports call it.
    pub id: String,
    /// `HOST:PORT`.
    pub address: String,
    /// For people; asked of the agent, or the id, unless written down.
    #[serde(default)]
    pub name: Option<String>,
    /// What it can do; asked of the agent if none is written down.
    #[serde(default)]
    pub capabilities: Vec<String>,
    /// What else programs may read of it.
    #[serde(default)]
    pub metadata: Map<String, Value>,
    /// What a question costs at most.
    #[serde(default)]
    pub price: Option<Money>,
}

/// Why a list of agents can't be used.
#[derive(Debug, thiserror::Error)]
pub enum ListError {
    /// A text that is not of the form.
    #[error("`{0}` is no agent: write NAME=HOST:PORT or NAME=HOST:PORT,CAPABILITY,…")]
    Form(String),
    /// An address that is none.
    #[error(transparent)]
    Address(#[from] BadAddress),
    /// A file that is no list.
    #[error("the list of agents can't be read: {0}")]
    Json(#[from] serde_json::Error),
    /// A file with scripted agents and agents on a network.
    #[error(
        "the list of agents has entries with `answers` and entries with `address`: time is either virtual or real, so keep them apart"
    )]
    Mixed,
    /// Two agents of one id.
    #[error("two agents have the id `{0}`: ids tell agents apart")]
    Twice(String),
    /// An agent that must say what it can do, and does not.
    #[error(
        "agent `{id}` did not say what it can do: {failure}. Start it, or write its capabilities down: {id}=HOST:PORT,CAPABILITY,…"
    )]
    Unknown {
        /// The agent.
        id: String,
        /// Why.
        failure: CallFailure,
    },
}

impl FromStr for AgentAddress {
    type Err = ListError;

    fn from_str(text: &str) -> Result<Self, ListError> {
        let form = || ListError::Form(text.to_owned());
        let (id, rest) = text.split_once('=').ok_or_else(form)?;
        let mut parts = rest.split(',').map(str::trim);
        let (id, address) = (id.trim(), parts.next().unwrap_or_default());
        let capabilities: Vec<_> = parts.map(str::to_owned).collect();
        if id.is_empty() || address.is_empty() || capabilities.iter().any(String::is_empty) {
            return Err(form());
        }
        Ok(AgentAddress {
            id: id.to_owned(),
            address: address.to_owned(),
            name: None,
            capabilities,
            metadata: Map::new(),
            price: None,
        })
    }
}

/// What a file lists.
#[derive(Clone, Debug, PartialEq)]
pub enum AgentList {
    /// Agents that answer from the file.
    Scripted(Vec<ScriptedAgent>),
    /// Agents on a network.
    Addresses(Vec<AgentAddress>),
}

impl FromStr for AgentList {
    type Err = ListError;

    fn from_str(text: &str) -> Result<Self, ListError> {
        AgentList::from_json(serde_json::from_str(text)?)
    }
}

impl AgentList {
    /// The list in a JSON value: an array, or an object with one as `agents`.
    ///
    /// # Errors
    /// If it is not of the form, mixes both kinds of agents, or names an id twice.
    pub fn from_json(json: Value) -> Result<Self, ListError> {
        let entries = match json {
            Value::Object(mut object) if object.contains_key("agents") => object.remove("agents").unwrap_or_default(),
            other => other,
        };
        let items = entries.as_array().map_or(&[][..], Vec::as_slice);
        let addresses = items.iter().filter(|entry| entry.get("address").is_some()).count();
        if addresses == 0 {
            let agents: Vec<ScriptedAgent> = serde_json::from_value(entries)?;
            unique(agents.iter().map(|agent| agent.profile.id.as_str()))?;
            return Ok(AgentList::Scripted(agents));
        }
        if addresses < items.len() {
            return Err(ListError::Mixed);
        }
        let agents: Vec<AgentAddress> = serde_json::from_value(entries)?;
        unique(agents.iter().map(|agent| agent.id.as_str()))?;
        Ok(AgentList::Addresses(agents))
    }

    /// The agents, ready to be asked; see [`connect`].
    ///
    /// # Errors
    /// As [`connect`].
    pub async fn into_agents(self) -> Result<Agents, ListError> {
        Ok(match self {
            AgentList::Scripted(agents) => Agents::Scripted(agents),
            AgentList::Addresses(addresses) => Agents::Live(connect(addresses).await?),
        })
    }
}

/// Makes agents of addresses. Those without capabilities are asked, side by side, who they are.
///
/// # Errors
/// If an address is none, an id stands twice, or an agent that must be asked does not answer within 10 s.
pub async fn connect(addresses: Vec<AgentAddress>) -> Result<Vec<LiveAgent>, ListError> {
    unique(addresses.iter().map(|address| address.id.as_str()))?;
    let mut asked = JoinSet::new();
    let mut agents = Vec::with_capacity(addresses.len());
    for (at, address) in addresses.into_iter().enumerate() {
        let AgentAddress { id, address, name, capabilities, metadata, price } = address;
        let client = GrpcAgent::new(&id, &address)?;
        if capabilities.is_empty() {
            let client = client.clone();
            asked.spawn(async move { (at, client.profile(PROFILE_TIMEOUT).await) });
        }
        let profile = AgentProfile { name: name.unwrap_or_default(), id, capabilities, metadata, price };
        agents.push(LiveAgent { profile, client: Arc::new(client) });
    }
    let mut said: Vec<_> = asked.join_all().await;
    said.sort_by_key(|(at, _)| *at);
    for (at, profile) in said {
        let Some(agent) = agents.get_mut(at) else { continue };
        complete(&mut agent.profile, profile)?;
    }
    for LiveAgent { profile, .. } in &mut agents {
        if profile.name.is_empty() {
            profile.name.clone_from(&profile.id);
        }
    }
    Ok(agents)
}

/// Adds what the agent says of itself to what is written down, which comes first.
fn complete(profile: &mut AgentProfile, said: Result<AgentProfile, CallFailure>) -> Result<(), ListError> {
    let said = said.map_err(|failure| ListError::Unknown { id: profile.id.clone(), failure })?;
    profile.capabilities = said.capabilities;
    if profile.name.is_empty() {
        profile.name = said.name;
    }
    for (key, value) in said.metadata {
        profile.metadata.entry(key).or_insert(value);
    }
    Ok(())
}

fn unique<'a>(ids: impl Iterator<Item = &'a str>) -> Result<(), ListError> {
    let mut seen = HashSet::new();
    for id in ids {
        if !seen.insert(id) {
            return Err(ListError::Twice(id.to_owned()));
        }
    }
    Ok(())
}
