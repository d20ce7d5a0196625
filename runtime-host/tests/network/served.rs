//! Agents on free loopback ports that do what a test tells them.

use parallax_proto::MessageLimit;
use parallax_proto::confidence::confidence_agent_server::{ConfidenceAgent, ConfidenceAgentServer};
use parallax_proto::confidence::{AgentRequest, Capabilities, ConfidenceResult, Health};
use std::future::{Future, pending};
use std::net::{Ipv4Addr, SocketAddr};
use std::pin::Pin;
use std::sync::{Arc, Mutex};
use tokio::net::TcpListener;
use tokio::runtime::{Builder, Runtime};
use tokio::sync::Notify;
use tokio_stream::wrappers::TcpListenerStream;
use tonic::transport::Server;
use tonic::{Request, Response, Status};

/// What an agent does with a question.
#[derive(Clone, Debug)]
pub enum Behaviour {
    Answer(ConfidenceResult),
    /// Answers when it is told to.
    AnswerAfter(Arc<Notify>, ConfidenceResult),
    Refuse(Status),
    Hang,
}

/// An answer with that value and confidence.
pub fn answer(value_json: &str, confidence: f64) -> Behaviour {
    Behaviour::Answer(ConfidenceResult { value_json: value_json.to_owned(), confidence, ..ConfidenceResult::default() })
}

impl Behaviour {
    /// The same answer, given only `when` it is told.
    pub fn after(self, when: &Arc<Notify>) -> Self {
        match self {
            Behaviour::Answer(result) => Behaviour::AnswerAfter(Arc::clone(when), result),
            other => other,
        }
    }
}

/// A question as it came in.
#[derive(Clone, Debug)]
pub struct Received {
    pub request: AgentRequest,
    /// The header `grpc-timeout`.
    pub timeout: Option<String>,
}

/// A served agent.
pub struct TestAgent {
    pub address: SocketAddr,
    pub received: Arc<Mutex<Vec<Received>>>,
    /// Told when a question is there.
    pub asked: Arc<Notify>,
    /// Told when a question is dropped unanswered.
    pub dropped: Arc<Notify>,
    /// Its own, so that it can be killed with all its connections.
    runtime: Option<Runtime>,
}

impl TestAgent {
    pub fn serve(behaviour: Behaviour) -> Self {
        let listener = std::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a free port");
        listener.set_nonblocking(true).expect("a listener that does not block");
        let address = listener.local_addr().expect("its address");
        let runtime = Builder::new_multi_thread().worker_threads(1).enable_all().build().expect("a runtime");
        let (received, asked, dropped) = Default::default();
        let mut agent = TestAgent { address, received, asked, dropped, runtime: None };
        let service = Service {
            behaviour,
            received: Arc::clone(&agent.received),
            asked: Arc::clone(&agent.asked),
            dropped: Arc::clone(&agent.dropped),
        };
        let service = ConfidenceAgentServer::new(service).limited();
        runtime.spawn(async {
            let incoming = TcpListenerStream::new(TcpListener::from_std(listener).expect("a listener"));
            Server::builder().add_service(service).serve_with_incoming(incoming).await
        });
        agent.runtime = Some(runtime);
        agent
    }

    pub fn address(&self) -> String {
        self.address.to_string()
    }

    pub fn requests(&self) -> Vec<AgentRequest> {
        self.received.lock().expect("the list").iter().map(|received| received.request.clone()).collect()
    }
}

/// Ends the server and its connections at once.
impl Drop for TestAgent {
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

struct Service {
    behaviour: Behaviour,
    received: Arc<Mutex<Vec<Received>>>,
    asked: Arc<Notify>,
    dropped: Arc<Notify>,
}

/// Tells when it is dropped.
struct Tell(Arc<Notify>);

impl Drop for Tell {
    fn drop(&mut self) {
        self.0.notify_one();
    }
}

#[tonic::async_trait]
impl ConfidenceAgent for Service {
    type StreamAnalyzeStream = Pin<Box<dyn tokio_stream::Stream<Item = Result<ConfidenceResult, Status>> + Send>>;

    async fn analyze(&self, request: Request<AgentRequest>) -> Result<Response<ConfidenceResult>, Status> {
        let timeout = request.metadata().get("grpc-timeout").and_then(|text| text.to_str().ok()).map(str::to_owned);
        self.received.lock().expect("the list").push(Received { request: request.into_inner(), timeout });
        self.asked.notify_one();
        match &self.behaviour {
            Behaviour::Answer(result) => Ok(Response::new(result.clone())),
            Behaviour::AnswerAfter(when, result) => {
                when.notified().await;
                Ok(Response::new(result.clone()))
            }
            Behaviour::Refuse(status) => Err(status.clone()),
            Behaviour::Hang => {
                let _tell = Tell(Arc::clone(&self.dropped));
                pending().await
            }
        }
    }

    async fn stream_analyze(&self, _: Request<AgentRequest>) -> Result<Response<Self::StreamAnalyzeStream>, Status> {
        Err(Status::unimplemented("not asked for"))
    }

    async fn get_capabilities(&self, _: Request<()>) -> Result<Response<Capabilities>, Status> {
        Ok(Response::new(Capabilities {
            agent_id: "its-own-id".to_owned(),
            name: "Its Own Name".to_owned(),
            capabilities: vec!["testing".to_owned()],
            expertise_level: 0.75,
            ..Capabilities::default()
        }))
    }

    async fn health_check(&self, _: Request<()>) -> Result<Response<Health>, Status> {
        Ok(Response::new(Health::default()))
    }
}

/// Fails the test if `work` takes longer than the patience of a test.
pub async fn soon<T>(work: impl Future<Output = T>) -> T {
    tokio::time::timeout(std::time::Duration::from_secs(20), work).await.expect("it happens in time")
}

/// An address at which nobody listens.
pub fn nobody() -> String {
    let listener = std::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a free port");
    listener.local_addr().expect("its address").to_string()
}
