//! Both ends accept messages up to the common limit, which is larger than the library's default of 4 MiB.

use parallax_proto::{
    MAX_MESSAGE_BYTES, MessageLimit,
    registry::{
        AgentRegistration, GetAgentRequest, ListAgentsRequest, ListAgentsResponse, RegisterRequest, RegisterResponse,
        RenewRequest, WatchEvent, WatchRequest,
        registry_client::RegistryClient,
        registry_server::{Registry, RegistryServer},
    },
};
use tokio::net::TcpListener;
use tokio_stream::{Empty, wrappers::TcpListenerStream};
use tonic::{
    Code, Request, Response, Status,
    transport::{Channel, Server},
};

/// Answers `GetAgent` with an agent of the asked id; the rest is not called here.
struct Echo;

#[tonic::async_trait]
impl Registry for Echo {
    type WatchStream = Empty<Result<WatchEvent, Status>>;

    async fn get_agent(&self, request: Request<GetAgentRequest>) -> Result<Response<AgentRegistration>, Status> {
        let id = request.into_inner().agent_id;
        Ok(Response::new(AgentRegistration { id, ..AgentRegistration::default() }))
    }

    async fn register(&self, _: Request<RegisterRequest>) -> Result<Response<RegisterResponse>, Status> {
        Err(Status::unimplemented("register"))
    }

    async fn unregister(&self, _: Request<AgentRegistration>) -> Result<Response<RegisterResponse>, Status> {
        Err(Status::unimplemented("unregister"))
    }

    async fn renew(&self, _: Request<RenewRequest>) -> Result<Response<RegisterResponse>, Status> {
        Err(Status::unimplemented("renew"))
    }

    async fn list_agents(&self, _: Request<ListAgentsRequest>) -> Result<Response<ListAgentsResponse>, Status> {
        Err(Status::unimplemented("list_agents"))
    }

    async fn watch(&self, _: Request<WatchRequest>) -> Result<Response<Self::WatchStream>, Status> {
        Err(Status::unimplemented("watch"))
    }
}

async fn client() -> RegistryClient<Channel> {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let address = listener.local_addr().expect("a bound address");
    let server = Server::builder().add_service(RegistryServer::new(Echo).limited());
    tokio::spawn(server.serve_with_incoming(TcpListenerStream::new(listener)));
    let channel = Channel::from_shared(format!("http://{address}")).expect("a URI").connect().await.expect("a server");
    RegistryClient::new(channel).limited()
}

#[tokio::test]
async fn a_message_above_the_library_default_passes() {
    let agent_id = "a".repeat(8 * 1024 * 1024);
    let agent = client().await.get_agent(GetAgentRequest { agent_id: agent_id.clone() }).await.expect("an answer");
    assert!(agent.into_inner().id == agent_id);
}

#[tokio::test]
async fn a_message_above_the_limit_is_refused() {
    let agent_id = "a".repeat(MAX_MESSAGE_BYTES + 1);
    let refused = client().await.get_agent(GetAgentRequest { agent_id }).await.expect_err("too large");
    assert_eq!(refused.code(), Code::OutOfRange, "{refused}");
}
