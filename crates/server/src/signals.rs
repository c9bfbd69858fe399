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
    // Who starts us with `nohup` wants us to outlive the terminal.
    let mut hangup = if ignores_hangup() { None } else { Some(signal(SignalKind::hangup())?) };
    let shutdown = shutdown.clone();
    let mut tasks = JoinSet::new();
    tasks.spawn(async move {
        loop {
            let is_interrupt = tokio::select! {
                _ = terminate.recv() => false,
                _ = interrupt.recv() => true,
                () = received(hangup.as_mut()) => false,
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

#[cfg(unix)]
async fn received(signal: Option<&mut tokio::signal::unix::Signal>) {
    match signal {
        Some(signal) => {
            signal.recv().await;
        }
        None => std::future::pending().await,
    }
}

/// Whether SIGHUP is ignored, as Linux says (`SigIgn` of proc(5): the first bit is signal 1). Elsewhere it is taken not
/// to be.
#[cfg(unix)]
pub fn ignores_hangup() -> bool {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let ignored = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    ignored.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok()).is_some_and(|mask| mask & 1 == 1)
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
