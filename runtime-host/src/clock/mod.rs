//! Time, and what happens in it.
//!
//! A [`World`] performs what machines ask for and tells what has come of it, one [`Event`] after the other. There are two:
//! [`live`], where agents are asked over the network and time is real, and [`scripted`], where both are played. The
//! driver can't tell them apart.
//!
//! Not here: what the work is for; a [`Ticket`] is all that an event says of that.

pub mod live;
pub mod scripted;

use crate::agent::{AgentReply, Question};
use prism_engine::{HostCall, HostReply};
use std::future::Future;
use std::time::Duration;

/// The number under which some work was begun.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Ticket(pub u64);

/// What has happened.
#[derive(Clone, Debug, PartialEq)]
pub enum Event {
    /// An agent answered, or it is certain that it will not.
    Reply(Ticket, AgentReply),
    /// A delay is over.
    Slept(Ticket),
    /// A function of the host has ended.
    Called(Ticket, HostReply),
}

impl Event {
    /// The number of the work that it is of.
    pub fn ticket(&self) -> Ticket {
        let (Event::Reply(ticket, _) | Event::Slept(ticket) | Event::Called(ticket, _)) = self;
        *ticket
    }
}

/// Performs what machines ask for.
pub trait World: Send {
    /// Milliseconds since 1970.
    fn epoch_ms(&self) -> f64;

    /// Time since the world began, which is the run's start.
    fn elapsed(&self) -> Duration;

    /// Asks an agent, by its place in the order of registration; the answer may take `limit`.
    fn ask(&mut self, ticket: Ticket, agent: usize, question: Question, limit: Duration);

    /// Lets that many milliseconds pass; infinitely many never end.
    fn sleep(&mut self, ticket: Ticket, ms: f64);

    /// Lets a call of one of the host's own functions go on. In virtual time it takes none: time stands still until it has
    /// ended.
    fn call(&mut self, ticket: Ticket, call: HostCall);

    /// The work is no longer needed: the agent is told, and no event comes of it.
    fn forget(&mut self, ticket: Ticket);

    /// The next event. `None` when [`World::elapsed`] has reached `until`, and when it is certain that nothing will
    /// ever happen. Dropping the future loses nothing.
    fn next(&mut self, until: Option<Duration>) -> impl Future<Output = Option<Event>> + Send;
}
