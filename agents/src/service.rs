//! The `ConfidenceAgent` service of one agent.
//!
//! Analyses run on the threads for blocking work, so that a long text never holds up the other calls. A call whose time
//! is up is answered at once; its analysis runs to its end unheard.

use std::{
    collections::HashMap,
    sync::{
        Arc, OnceLock,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, SystemTime},
};

use parallax_proto::confidence::{
    AgentRequest, Capabilities, ConfidenceResult, Health, confidence_agent_server::ConfidenceAgent, health,
};
use tokio::task::spawn_blocking;
use tokio_stream::Once;
use tonic::{Request, Response, Status};

use crate::{
    agent::{Agent, Analysis, Input},
    convert, request,
};

/// Serves one agent.
pub struct Service {
    state: Arc<State>,
}

struct State {
    agent: &'static Agent,
    /// Measured at the first call that asks for it.
    expertise: OnceLock<f64>,
    answered: AtomicU64,
    failed: AtomicU64,
}

impl Service {
    /// A service that has answered nothing yet.
    pub fn new(agent: &'static Agent) -> Self {
        let counters = (AtomicU64::new(0), AtomicU64::new(0));
        Self { state: Arc::new(State { agent, expertise: OnceLock::new(), answered: counters.0, failed: counters.1 }) }
    }

    async fn answer(&self, request: AgentRequest) -> Result<ConfidenceResult, Status> {
        let answer = self.analyse(request).await;
        let counter = if answer.is_ok() { &self.state.answered } else { &self.state.failed };
        counter.fetch_add(1, Ordering::Relaxed);
        answer
    }

    async fn analyse(&self, request: AgentRequest) -> Result<ConfidenceResult, Status> {
        let agent = self.state.agent;
        let data = request.data.map(convert::object_from_struct).unwrap_or_default();
        let input = request::input_from_data(data).map_err(|missing| Status::invalid_argument(missing.to_string()))?;
        let work = self.blocking(move |_| (agent.run(&input), input));
        let (analysis, input) = match u64::try_from(request.timeout_ms) {
            Ok(limit) if limit > 0 => {
                tokio::time::timeout(Duration::from_millis(limit), work).await.map_err(|_| {
                    Status::deadline_exceeded(format!(
                        "the analysis took longer than the {limit} ms that the request allows"
                    ))
                })??
            }
            _ => work.await?,
        };
        Ok(result(agent, analysis, &input))
    }

    async fn expertise(&self) -> Result<f64, Status> {
        self.blocking(|state| *state.expertise.get_or_init(|| state.agent.expertise())).await
    }

    /// Runs work on a thread where it may take its time.
    async fn blocking<T: Send + 'static>(&self, work: impl FnOnce(&State) -> T + Send + 'static) -> Result<T, Status> {
        let state = Arc::clone(&self.state);
        let id = state.agent.id;
        spawn_blocking(move || work(&state))
            .await
            .map_err(|error| Status::internal(format!("the analysis of agent `{id}` broke off: {error}")))
    }
}

#[tonic::async_trait]
impl ConfidenceAgent for Service {
    type StreamAnalyzeStream = Once<Result<ConfidenceResult, Status>>;

    async fn analyze(&self, request: Request<AgentRequest>) -> Result<Response<ConfidenceResult>, Status> {
        self.answer(request.into_inner()).await.map(Response::new)
    }

    async fn stream_analyze(
        &self,
        request: Request<AgentRequest>,
    ) -> Result<Response<Self::StreamAnalyzeStream>, Status> {
        let answer = self.answer(request.into_inner()).await?;
        Ok(Response::new(tokio_stream::once(Ok(answer))))
    }

    async fn get_capabilities(&self, _: Request<()>) -> Result<Response<Capabilities>, Status> {
        let agent = self.state.agent;
        let expertise = self.expertise().await?;
        Ok(Response::new(Capabilities {
            agent_id: agent.id.to_owned(),
            name: agent.name.to_owned(),
            capabilities: agent.capabilities.iter().map(ToString::to_string).collect(),
            expertise_level: expertise,
            capability_scores: agent.capabilities.iter().map(|name| (name.to_string(), expertise)).collect(),
        }))
    }

    /// Healthy when at least one text with a known answer is answered rightly.
    async fn health_check(&self, _: Request<()>) -> Result<Response<Health>, Status> {
        let expertise = self.expertise().await?;
        let (status, message) = match expertise {
            found if found > 0.0 => (health::Status::Healthy, "known texts are answered rightly"),
            _ => (health::Status::Unhealthy, "no known text is answered rightly"),
        };
        let count = |counter: &AtomicU64| counter.load(Ordering::Relaxed).to_string();
        Ok(Response::new(Health {
            status: status.into(),
            message: message.to_owned(),
            last_check: Some(SystemTime::now().into()),
            details: HashMap::from([
                ("answered".to_owned(), count(&self.state.answered)),
                ("failed".to_owned(), count(&self.state.failed)),
                ("expertise".to_owned(), expertise.to_string()),
            ]),
        }))
    }
}

fn result(agent: &Agent, analysis: Analysis, input: &Input) -> ConfidenceResult {
    let numbers = analysis.measures.iter().map(|(name, value)| ((*name).to_owned(), value.to_string()));
    let fixed = [
        ("agent_version".to_owned(), env!("CARGO_PKG_VERSION").to_owned()),
        ("characters".to_owned(), input.text().chars().count().to_string()),
    ];
    ConfidenceResult {
        value_json: analysis.result.to_string(),
        confidence: analysis.confidence,
        agent_id: agent.id.to_owned(),
        timestamp: Some(SystemTime::now().into()),
        uncertainties: analysis.uncertainties,
        reasoning: analysis.reasoning,
        metadata: numbers.chain(fixed).collect(),
    }
}
