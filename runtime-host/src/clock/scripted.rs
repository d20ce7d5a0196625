//! Virtual time: no time passes but what scripts and delays say, and none of it is waited for.
//!
//! Events come in order of time, those of one time in the order in which they were asked for. So a run is the same
//! every time.

use super::{Event, Ticket, World};
use crate::agent::{CallFailure, Question, ScriptedAgent};
use prism_engine::{Calls, HostCall};
use std::collections::{BTreeMap, HashMap};
use std::time::Duration;

/// When scripted runs take place: 2025-01-01T00:00:00Z, in milliseconds since 1970.
pub const START_MS: f64 = 1_735_689_600_000.0;

/// Scripted agents in virtual time.
#[derive(Debug)]
pub struct ScriptedWorld {
    agents: Vec<ScriptedAgent>,
    now: Duration,
    /// By time, then by order of asking.
    events: BTreeMap<(Duration, Ticket), Event>,
    due: HashMap<Ticket, Duration>,
    /// Functions of the host, which take no time of this world.
    calls: Calls<Ticket>,
}

impl ScriptedWorld {
    /// A world that begins now.
    pub fn new(agents: Vec<ScriptedAgent>) -> Self {
        ScriptedWorld {
            agents,
            now: Duration::ZERO,
            events: BTreeMap::new(),
            due: HashMap::new(),
            calls: Calls::default(),
        }
    }

    fn schedule(&mut self, delay: Duration, ticket: Ticket, event: Event) {
        let Some(at) = self.now.checked_add(delay) else { return };
        self.due.insert(ticket, at);
        self.events.insert((at, ticket), event);
    }
}

impl World for ScriptedWorld {
    fn epoch_ms(&self) -> f64 {
        START_MS + self.now.as_secs_f64() * 1000.0
    }

    fn elapsed(&self) -> Duration {
        self.now
    }

    fn ask(&mut self, ticket: Ticket, agent: usize, question: Question, limit: Duration) {
        let (reply, delay) = match self.agents.get(agent) {
            Some(agent) => match agent.reply(&question.task) {
                (_, delay) if delay > limit => (Err(CallFailure::timeout(&agent.profile.id, limit)), limit),
                answered => answered,
            },
            None => {
                (Err(CallFailure::new(CallFailure::INTERNAL, format!("there is no agent {agent}"))), Duration::ZERO)
            }
        };
        self.schedule(delay, ticket, Event::Reply(ticket, reply));
    }

    fn sleep(&mut self, ticket: Ticket, ms: f64) {
        // Too long for a duration is for ever.
        if let Ok(delay) = Duration::try_from_secs_f64(ms / 1000.0) {
            self.schedule(delay, ticket, Event::Slept(ticket));
        }
    }

    fn call(&mut self, ticket: Ticket, call: HostCall) {
        self.calls.add(ticket, call);
    }

    fn forget(&mut self, ticket: Ticket) {
        self.calls.cancel(&ticket);
        if let Some(at) = self.due.remove(&ticket) {
            self.events.remove(&(at, ticket));
        }
    }

    async fn next(&mut self, until: Option<Duration>) -> Option<Event> {
        if let Some((ticket, reply)) = self.calls.next().await {
            return Some(Event::Called(ticket, reply));
        }
        let first = self.events.first_key_value().map(|((at, _), _)| *at);
        if let Some(until) = until.filter(|until| first.is_none_or(|first| first > *until)) {
            self.now = self.now.max(until);
            return None;
        }
        let ((at, ticket), event) = self.events.pop_first()?;
        self.due.remove(&ticket);
        self.now = at;
        Some(event)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::agent::{AgentProfile, Answer, ScriptedAnswer};

    const MS: fn(u64) -> Duration = Duration::from_millis;

    fn world() -> ScriptedWorld {
        let slow = ScriptedAnswer { task: "*".to_owned(), reply: Ok(Answer::default()), delay: MS(50) };
        let profile = AgentProfile { id: "a".to_owned(), ..AgentProfile::default() };
        ScriptedWorld::new(vec![ScriptedAgent { profile, answers: vec![slow] }])
    }

    fn question() -> Question {
        Question {
            number: 0,
            task: "t".to_owned(),
            data: serde_json::Value::Null,
            context: None,
            pattern: String::new(),
        }
    }

    async fn all(world: &mut ScriptedWorld) -> Vec<(Ticket, Duration)> {
        let mut events = Vec::new();
        while let Some(event) = world.next(None).await {
            events.push((event.ticket(), world.elapsed()));
        }
        events
    }

    #[tokio::test]
    async fn events_come_by_time_then_by_order_of_asking() {
        let mut world = world();
        world.sleep(Ticket(0), 50.0);
        world.ask(Ticket(1), 0, question(), MS(60));
        world.sleep(Ticket(2), 20.0);
        world.sleep(Ticket(3), f64::INFINITY);
        assert_eq!(all(&mut world).await, [(Ticket(2), MS(20)), (Ticket(0), MS(50)), (Ticket(1), MS(50))]);
    }

    #[tokio::test]
    async fn nothing_comes_of_what_is_forgotten() {
        let mut world = world();
        world.sleep(Ticket(0), 5.0);
        world.sleep(Ticket(1), 6.0);
        world.forget(Ticket(0));
        world.forget(Ticket(7));
        assert_eq!(all(&mut world).await, [(Ticket(1), MS(6))]);
    }

    #[tokio::test]
    async fn an_answer_that_takes_too_long_is_a_failure_when_the_time_is_up() {
        let mut world = world();
        world.ask(Ticket(0), 0, question(), MS(49));
        let event = world.next(None).await.expect("an event");
        assert!(matches!(event, Event::Reply(_, Err(failure)) if failure.kind == CallFailure::TIMEOUT));
        assert_eq!(world.elapsed(), MS(49));
    }

    #[tokio::test]
    async fn time_stands_still_at_the_end_that_is_asked_for() {
        let mut world = world();
        world.sleep(Ticket(0), 30.0);
        assert_eq!(world.next(Some(MS(29))).await, None);
        assert_eq!(world.elapsed(), MS(29));
        assert_eq!(world.next(Some(MS(30))).await, Some(Event::Slept(Ticket(0))));
        assert_eq!(world.next(None).await, None);
        assert_eq!(world.epoch_ms(), START_MS + 30.0);
    }
}
