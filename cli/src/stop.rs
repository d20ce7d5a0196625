//! When a command is asked to end: Ctrl-C or a request of the operating system.

use std::io;
#[cfg(unix)]
use tokio::signal::unix::{Signal, SignalKind, signal};

/// Requests to end. From [`Requests::listen`] on they no longer end the process by themselves, so what is to be ended in
/// order must not begin before.
pub struct Requests {
    #[cfg(unix)]
    interrupt: Signal,
    #[cfg(unix)]
    terminate: Signal,
}

impl Requests {
    /// Listens from now on; to be called inside a tokio runtime.
    ///
    /// # Errors
    /// If the operating system has no signals to give.
    pub fn listen() -> io::Result<Self> {
        Ok(Requests {
            #[cfg(unix)]
            interrupt: signal(SignalKind::interrupt())?,
            #[cfg(unix)]
            terminate: signal(SignalKind::terminate())?,
        })
    }

    /// Ends at the next Ctrl-C or SIGTERM.
    #[cfg(unix)]
    pub async fn next(&mut self) {
        tokio::select! {
            _ = self.interrupt.recv() => {}
            _ = self.terminate.recv() => {}
        }
    }

    /// Ends at the next Ctrl-C.
    #[cfg(not(unix))]
    pub async fn next(&mut self) {
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    }
}
