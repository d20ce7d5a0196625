//! When a command is asked to end: Ctrl-C or a request of the operating system.

use std::io;
#[cfg(unix)]
use tokio::signal::unix::{Signal, SignalKind, signal};

/// Ctrl-C. From [`Interrupts::listen`] on it no longer ends the process by itself, so what is to be ended in order must
/// not begin before.
pub struct Interrupts {
    #[cfg(unix)]
    interrupt: Signal,
}

impl Interrupts {
    /// Listens from now on; to be called inside a tokio runtime.
    ///
    /// # Errors
    /// If the operating system has no signals to give.
    pub fn listen() -> io::Result<Self> {
        Ok(Interrupts {
            #[cfg(unix)]
            interrupt: signal(SignalKind::interrupt())?,
        })
    }

    /// Ends at the next Ctrl-C.
    pub async fn next(&mut self) {
        #[cfg(unix)]
        let came = self.interrupt.recv().await.is_some();
        #[cfg(not(unix))]
        let came = tokio::signal::ctrl_c().await.is_ok();
        if !came {
            std::future::pending::<()>().await;
        }
    }
}

/// Requests to end: Ctrl-C and SIGTERM, taken over as [`Interrupts`] takes over the one.
pub struct Requests {
    interrupts: Interrupts,
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
            interrupts: Interrupts::listen()?,
            #[cfg(unix)]
            terminate: signal(SignalKind::terminate())?,
        })
    }

    /// Ends at the next request.
    pub async fn next(&mut self) {
        #[cfg(unix)]
        tokio::select! {
            () = self.interrupts.next() => {}
            _ = self.terminate.recv() => {}
        }
        #[cfg(not(unix))]
        self.interrupts.next().await;
    }
}
