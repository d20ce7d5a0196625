//! Real time: questions, delays and calls of the host's functions are tokio's tasks, and dropping one cancels it.

use super::{Event, Ticket, World};
use crate::agent::{CallFailure, LiveAgent, Question};
use prism_engine::HostCall;
use std::collections::HashMap;
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};
use tokio::task::{AbortHandle, JoinError, JoinSet};

/// Delays longer than this never end: 30 years.
const FOR_EVER: Duration = Duration::from_secs(30 * 365 * 86_400);

/// Agents on a network in real time. What is still going on when it is dropped is cancelled.
#[derive(Debug)]
pub struct LiveWorld {
    agents: Vec<LiveAgent>,
    start: Instant,
    work: JoinSet<Event>,
    handles: HashMap<Ticket, AbortHandle>,
}

impl LiveWorld {
    /// A world that begins now; must live inside a tokio runtime.
    pub fn new(agents: Vec<LiveAgent>) -> Self {
        LiveWorld { agents, start: Instant::now(), work: JoinSet::new(), handles: HashMap::new() }
    }

    /// The next event; `None` if nothing is going on: what the machine waits for never ends.
    async fn next_event(&mut self) -> Option<Event> {
        loop {
            let event = match self.work.join_next().await? {
                Ok(event) => event,
                Err(broken) => match self.broken(&broken) {
                    Some(event) => event,
                    None => continue,
                },
            };
            // An event that was ready before its work was forgotten is no event.
            if self.handles.remove(&event.ticket()).is_some() {
                return Some(event);
            }
        }
    }

    /// What comes of a task that did not end by itself: nothing if it was forgotten, else its client broke.
    fn broken(&self, error: &JoinError) -> Option<Event> {
        let (ticket, _) = self.handles.iter().find(|(_, handle)| handle.id() == error.id())?;
        let failure = CallFailure::new(CallFailure::INTERNAL, format!("the call broke off: {error}"));
        Some(Event::Reply(*ticket, Err(failure)))
    }
}

impl World for LiveWorld {
    fn epoch_ms(&self) -> f64 {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        since.as_millis() as f64
    }

    fn elapsed(&self) -> Duration {
        self.start.elapsed()
    }

    fn ask(&mut self, ticket: Ticket, agent: usize, question: Question, limit: Duration) {
        let client = self.agents.get(agent).map(|agent| Arc::clone(&agent.client));
        let handle = self.work.spawn(async move {
            let reply = match client {
                Some(client) => client.call(question, limit).await,
                None => Err(CallFailure::new(CallFailure::INTERNAL, format!("there is no agent {agent}"))),
            };
            Event::Reply(ticket, reply)
        });
        self.handles.insert(ticket, handle);
    }

    fn sleep(&mut self, ticket: Ticket, ms: f64) {
        let Some(delay) = Duration::try_from_secs_f64(ms / 1000.0).ok().filter(|delay| *delay < FOR_EVER) else {
            return;
        };
        let handle = self.work.spawn(async move {
            tokio::time::sleep(delay).await;
            Event::Slept(ticket)
        });
        self.handles.insert(ticket, handle);
    }

    fn call(&mut self, ticket: Ticket, call: HostCall) {
        let handle = self.work.spawn(async move { Event::Called(ticket, call.await) });
        self.handles.insert(ticket, handle);
    }

    fn forget(&mut self, ticket: Ticket) {
        if let Some(handle) = self.handles.remove(&ticket) {
            handle.abort();
        }
    }

    async fn next(&mut self, until: Option<Duration>) -> Option<Event> {
        match until.and_then(|until| self.start.checked_add(until)) {
            Some(end) => tokio::time::timeout_at(end.into(), self.next_event()).await.ok().flatten(),
            None => self.next_event().await,
        }
    }
}
