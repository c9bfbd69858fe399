//! Which calls are made a second time, and which are not made at all.

use std::{
    future::{Ready, ready},
    sync::atomic::{AtomicUsize, Ordering},
};

use eps_domain::{Error, ErrorKind};

use super::*;

fn guarded() -> Guarded<()> {
    Guarded::new("test", Arc::new(()))
}

fn unreachable() -> Error {
    Error::unavailable("SEARCH_UNAVAILABLE", "it cannot be reached")
}

/// Fails so many times, then answers with how often it was called.
fn failing(times: usize, calls: &AtomicUsize, error: fn() -> Error) -> Ready<Result<usize>> {
    let call = calls.fetch_add(1, Ordering::Relaxed) + 1;
    ready(if call > times { Ok(call) } else { Err(error()) })
}

#[tokio::test]
async fn a_read_is_tried_once_more_and_a_write_is_not() {
    let (guard, calls) = (guarded(), AtomicUsize::new(0));
    assert_eq!(guard.read(|| failing(1, &calls, unreachable)).await.unwrap(), 2);
    let calls = AtomicUsize::new(0);
    assert!(guard.read(|| failing(9, &calls, unreachable)).await.is_err());
    assert_eq!(calls.into_inner(), 2, "once more, not again and again");
    let calls = AtomicUsize::new(0);
    assert!(guard.once(|| failing(1, &calls, unreachable)).await.is_err());
    assert_eq!(calls.into_inner(), 1);
}

#[tokio::test]
async fn what_took_too_long_or_was_an_answer_is_not_repeated() {
    let timeout = || Error::new(ErrorKind::Timeout, "SEARCH_TIMEOUT", "it took too long");
    let waited_for = || unreachable().caused_by(crate::late::Late("no answer".into()));
    let full = || Error::unavailable("STORAGE_FULL", "the disk is full");
    let absent = || Error::not_found("EVENT_NOT_FOUND", "there is no such event");
    for error in [timeout as fn() -> Error, waited_for, full, absent] {
        let (guard, calls) = (guarded(), AtomicUsize::new(0));
        assert!(guard.read(|| failing(1, &calls, error)).await.is_err());
        assert_eq!(calls.into_inner(), 1, "{}", error());
    }
}

#[tokio::test]
async fn an_open_circuit_asks_nobody_until_health_says_that_it_is_mended() {
    let (guard, calls) = (guarded(), AtomicUsize::new(0));
    for _ in 0..3 {
        assert!(guard.read(|| failing(usize::MAX, &calls, unreachable)).await.is_err());
    }
    assert_eq!(calls.load(Ordering::Relaxed), 5, "two tries a read, and five failures in a row");
    let refused = guard.read(|| failing(0, &calls, unreachable)).await.unwrap_err();
    assert_eq!(refused.code, "SEARCH_UNAVAILABLE");
    assert_eq!(calls.load(Ordering::Relaxed), 5);
    guard.health(|| failing(0, &calls, unreachable)).await.unwrap();
    assert!(guard.read(|| failing(0, &calls, unreachable)).await.is_ok());
}
