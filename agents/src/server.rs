//! Starts agents as gRPC servers, one port each.
//!
//! A server has one identity, so several agents need several ports. All ports are bound before the first agent starts:
//! either every agent that was asked for runs, or none.

use std::{
    io,
    net::{Ipv4Addr, SocketAddr},
};

use parallax_proto::{MessageLimit, confidence::confidence_agent_server::ConfidenceAgentServer};
use thiserror::Error;
use tokio::{sync::oneshot, task::JoinHandle};
use tonic::transport::{Server, server::TcpIncoming};

use crate::{
    agent::Agent,
    catalog::{self, AGENTS},
    service::Service,
};

/// Why agents could not be started.
#[derive(Debug, Error)]
pub enum ServeError {
    /// No agent has this name.
    #[error("there is no local agent `{name}`; there are {known}", known = known())]
    UnknownAgent {
        /// What was asked for.
        name: String,
    },
    /// An agent was asked for more than once.
    #[error("the agent `{name}` is named twice; name each once")]
    NamedTwice {
        /// The repeated name.
        name: String,
    },
    /// Counting up from the first port goes beyond 65535.
    #[error("no ports are left for {count} agents from port {first} on; take a lower first port, or 0 for free ports")]
    PortsExhausted {
        /// The first port.
        first: u16,
        /// Number of agents.
        count: usize,
    },
    /// The operating system refused an address.
    #[error("agent `{name}` cannot listen on {address}: {source}; take another port, or 0 for a free one")]
    Bind {
        /// The agent.
        name: &'static str,
        /// The refused address.
        address: SocketAddr,
        /// What the operating system says.
        source: io::Error,
    },
}

fn known() -> String {
    AGENTS.map(|agent| agent.id).join(", ")
}

/// An agent that is being served. Dropping it ends the server once the running calls are answered.
#[derive(Debug)]
pub struct LocalAgent {
    agent: &'static Agent,
    address: SocketAddr,
    /// Ends the server when it is sent or dropped.
    stop: oneshot::Sender<()>,
    server: JoinHandle<Result<(), tonic::transport::Error>>,
}

impl LocalAgent {
    /// Unique name.
    pub fn id(&self) -> &'static str {
        self.agent.id
    }

    /// Name for people.
    pub fn name(&self) -> &'static str {
        self.agent.name
    }

    /// What a task may require.
    pub fn capabilities(&self) -> &'static [&'static str] {
        self.agent.capabilities
    }

    /// One sentence for people.
    pub fn description(&self) -> &'static str {
        self.agent.description
    }

    /// The bound address, with the real port.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Ends the server and waits until the running calls are answered and the connections closed.
    ///
    /// # Errors
    /// What the server ended with, should it have failed before.
    pub async fn stop(self) -> Result<(), tonic::transport::Error> {
        drop(self.stop);
        // The task is never aborted; a panic in it has been reported by the runtime and leaves nothing to wait for.
        self.server.await.unwrap_or(Ok(()))
    }
}

/// Serves agents on free ports of the loopback interface; all agents when no name is given. To be called within a tokio
/// runtime.
///
/// # Errors
/// A [`ServeError`]; then no agent runs.
pub async fn serve_local<N: AsRef<str>>(names: &[N]) -> Result<Vec<LocalAgent>, ServeError> {
    serve(names, SocketAddr::from((Ipv4Addr::LOCALHOST, 0))).await
}

/// Serves agents from a given address on, the first on its port, the next on the port after that, and so on; port 0 gives
/// each a free port. All agents when no name is given. They run until they are dropped or stopped. To be called within a
/// tokio runtime.
///
/// # Errors
/// A [`ServeError`]; then no agent runs.
pub async fn serve<N: AsRef<str>>(names: &[N], first: SocketAddr) -> Result<Vec<LocalAgent>, ServeError> {
    let agents = chosen(names)?;
    let ports_left = usize::from(u16::MAX - first.port()) + 1;
    if first.port() != 0 && agents.len() > ports_left {
        return Err(ServeError::PortsExhausted { first: first.port(), count: agents.len() });
    }
    let ports = first.port()..=u16::MAX;
    let ports = ports.map(|port| if first.port() == 0 { 0 } else { port });
    let bound: Result<Vec<_>, ServeError> =
        agents.into_iter().zip(ports).map(|(agent, port)| bind(agent, first, port)).collect();
    Ok(bound?.into_iter().map(|(agent, incoming, address)| start(agent, incoming, address)).collect())
}

fn chosen(names: &[impl AsRef<str>]) -> Result<Vec<&'static Agent>, ServeError> {
    if names.is_empty() {
        return Ok(AGENTS.iter().collect());
    }
    let mut agents: Vec<&'static Agent> = Vec::with_capacity(names.len());
    for name in names.iter().map(AsRef::as_ref) {
        let agent = catalog::find(name).ok_or_else(|| ServeError::UnknownAgent { name: name.to_owned() })?;
        if agents.iter().any(|other| other.id == agent.id) {
            return Err(ServeError::NamedTwice { name: name.to_owned() });
        }
        agents.push(agent);
    }
    Ok(agents)
}

fn bind(
    agent: &'static Agent,
    first: SocketAddr,
    port: u16,
) -> Result<(&'static Agent, TcpIncoming, SocketAddr), ServeError> {
    let address = SocketAddr::new(first.ip(), port);
    let refused = |source| ServeError::Bind { name: agent.id, address, source };
    let incoming = TcpIncoming::bind(address).map_err(refused)?.with_nodelay(Some(true));
    let bound = incoming.local_addr().map_err(refused)?;
    Ok((agent, incoming, bound))
}

fn start(agent: &'static Agent, incoming: TcpIncoming, address: SocketAddr) -> LocalAgent {
    let (stop, stopped) = oneshot::channel::<()>();
    let service = ConfidenceAgentServer::new(Service::new(agent)).limited();
    // Being sent and being dropped mean the same to the receiver.
    let stopped = async move { stopped.await.unwrap_or_default() };
    let server = Server::builder().add_service(service).serve_with_incoming_shutdown(incoming, stopped);
    LocalAgent { agent, address, stop, server: tokio::spawn(server) }
}
