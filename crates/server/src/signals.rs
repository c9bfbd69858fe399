//! SIGTERM and SIGINT: the first stops in good order, the second at once.

use std::io::IsTerminal as _;

use tokio::task::JoinSet;

use crate::{failure::Failure, run::Shutdown};

/// Listens to signals until the set is dropped.
///
/// # Errors
/// When the system gives no signals.
#[cfg(unix)]
pub fn listen(shutdown: &Shutdown) -> Result<JoinSet<()>, Failure> {
    use tokio::signal::unix::{SignalKind, signal};

    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    let shutdown = shutdown.clone();
    let mut tasks = JoinSet::new();
    tasks.spawn(async move {
        loop {
            let is_interrupt = tokio::select! {
                _ = terminate.recv() => false,
                _ = interrupt.recv() => true,
            };
            if shutdown.is_stopping() {
                shutdown.abort();
            } else if is_interrupt && std::io::stderr().is_terminal() {
                shutdown.stop_without_drain();
            } else {
                shutdown.stop();
            }
        }
    });
    Ok(tasks)
}

/// Listens to Ctrl-C until the set is dropped.
///
/// # Errors
/// None here.
#[cfg(not(unix))]
pub fn listen(shutdown: &Shutdown) -> Result<JoinSet<()>, Failure> {
    let shutdown = shutdown.clone();
    let mut tasks = JoinSet::new();
    tasks.spawn(async move {
        while tokio::signal::ctrl_c().await.is_ok() {
            if shutdown.is_stopping() {
                shutdown.abort();
            } else {
                shutdown.stop_without_drain();
            }
        }
    });
    Ok(tasks)
}
