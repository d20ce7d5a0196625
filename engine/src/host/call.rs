//! Calls of asynchronous functions that are under way.

use super::HostError;
use super::function::Shape;
use crate::portable::Portable;
use futures_util::StreamExt;
use futures_util::future::{AbortHandle, Abortable, BoxFuture};
use futures_util::stream::FuturesUnordered;
use std::collections::HashMap;
use std::fmt;
use std::future::Future;
use std::hash::Hash;
use std::pin::Pin;
use std::task::{Context, Poll};

/// What came of a call.
#[derive(Clone, Debug, PartialEq)]
pub struct HostReply {
    pub(super) shape: Shape,
    pub(super) outcome: Result<Portable, HostError>,
}

/// A call under way: a future of its reply. Dropping it ends it.
pub struct HostCall(BoxFuture<'static, HostReply>);

impl HostCall {
    pub(crate) fn missing() -> Self {
        HostCall::new(async { HostReply::missing() })
    }

    pub(super) fn new(future: impl Future<Output = HostReply> + Send + 'static) -> Self {
        HostCall(Box::pin(future))
    }
}

impl Future for HostCall {
    type Output = HostReply;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<HostReply> {
        self.0.as_mut().poll(context)
    }
}

impl fmt::Debug for HostCall {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("HostCall")
    }
}

/// Calls that run side by side, each under a key. Dropping it ends them all.
#[derive(Debug)]
pub struct Calls<K> {
    running: FuturesUnordered<Abortable<BoxFuture<'static, (K, HostReply)>>>,
    handles: HashMap<K, AbortHandle>,
}

impl<K> Default for Calls<K> {
    fn default() -> Self {
        Calls { running: FuturesUnordered::new(), handles: HashMap::new() }
    }
}

impl<K: Clone + Eq + Hash + Send + 'static> Calls<K> {
    /// Adds a call; it goes on while [`Calls::next`] is waited for.
    pub fn add(&mut self, key: K, call: HostCall) {
        let (handle, registration) = AbortHandle::new_pair();
        self.handles.insert(key.clone(), handle);
        let keyed: BoxFuture<'static, _> = Box::pin(async move { (key, call.await) });
        self.running.push(Abortable::new(keyed, registration));
    }

    /// Ends a call: it is dropped when calls go on next, and nothing comes of it.
    pub fn cancel(&mut self, key: &K) {
        if let Some(handle) = self.handles.remove(key) {
            handle.abort();
        }
    }

    /// The next reply; none when no call is under way. Dropping the future loses nothing.
    pub async fn next(&mut self) -> Option<(K, HostReply)> {
        while let Some(ended) = self.running.next().await {
            // One that had ended before it was cancelled is no longer known by its key.
            if let Ok((key, reply)) = ended
                && self.handles.remove(&key).is_some()
            {
                return Some((key, reply));
            }
        }
        None
    }
}
