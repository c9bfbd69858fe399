//! What every keeper of idempotency records must do: let one through, replay what was done, and tell
//! another body and another caller apart.
#![expect(clippy::unwrap_used, reason = "a contract fails by panicking")]

use std::time::Duration;

use eps_domain::{
    Owner,
    conversation::{ConversationStore, Retention},
    idempotency::{IdempotencyKey, IdempotencyState, IdempotencyStore, REPLAY_FOR, StoredResponse},
};
use jiff::{Timestamp, ToSpan};

use super::conversation_store::turn;

const LEASE: Duration = Duration::from_secs(40);

/// Runs the whole contract; `store` is empty.
pub async fn run(store: &dyn IdempotencyStore) {
    one_of_many_is_let_through(store).await;
    what_is_done_is_replayed_for_a_day(store).await;
    another_body_is_a_mismatch_and_another_caller_a_stranger(store).await;
    a_key_comes_free_when_it_is_given_back_or_its_lease_ends(store).await;
}

/// What a deletion of a conversation must do to the responses that speak of it; both stores are empty and
/// belong together.
///
/// # Panics
/// When it is not so.
pub async fn responses_go_with_their_conversation(
    conversations: &dyn ConversationStore,
    store: &dyn IdempotencyStore,
) {
    const RETENTION: Retention = Retention {
        conversation: Duration::from_hours(168),
        message: Duration::from_hours(720),
        messages_max: 50,
    };
    let owner = key("").owner;
    for id in ["c-1", "c-2"] {
        conversations.append_turn(&owner, id, turn("t-1", "who?", start()), true, RETENTION).await.unwrap();
    }
    let state = async |name: &str| store.begin(&key(name), LEASE, start()).await.unwrap();
    for (name, conversation) in
        [("one", Some("c-1")), ("more", Some("c-1")), ("other", Some("c-2")), ("none", None), ("late", None)]
    {
        assert_eq!(state(name).await, IdempotencyState::Begun);
        if name != "late" {
            store.complete(&key(name), response(), conversation, start()).await.unwrap();
        }
    }
    assert!(conversations.delete(&owner, "c-1").await.unwrap());
    // Its turn was stored before the deletion, and the response comes after it.
    store.complete(&key("late"), response(), Some("c-1"), start()).await.unwrap();
    for name in ["one", "more", "late"] {
        assert_eq!(state(name).await, IdempotencyState::Begun, "{name}");
    }
    for name in ["other", "none"] {
        assert_eq!(state(name).await, IdempotencyState::Done(response()), "{name}");
    }
    assert!(conversations.delete(&owner, "c-2").await.unwrap());
}

fn start() -> Timestamp {
    "2026-06-01T12:00:00Z".parse().unwrap()
}

fn key(name: &str) -> IdempotencyKey {
    IdempotencyKey {
        owner: Owner { tenant: "acme".into(), subject: "alice".into() },
        route: "POST /api/v1/conversation".into(),
        key: name.into(),
        fingerprint: [7; 32],
    }
}

fn response() -> StoredResponse {
    StoredResponse {
        status: 200,
        content_type: "application/json".into(),
        body: b"{\"a\":\"\x00\xff\"}".to_vec(),
    }
}

async fn one_of_many_is_let_through(store: &dyn IdempotencyStore) {
    let key = key("many");
    let all = futures::future::join_all((0..10).map(|_| store.begin(&key, LEASE, start()))).await;
    let begun = all.iter().filter(|state| matches!(state, Ok(IdempotencyState::Begun))).count();
    let waiting = all.iter().filter(|state| matches!(state, Ok(IdempotencyState::InFlight))).count();
    assert_eq!((begun, waiting), (1, 9));
}

async fn what_is_done_is_replayed_for_a_day(store: &dyn IdempotencyStore) {
    let key = key("done");
    assert_eq!(store.begin(&key, LEASE, start()).await.unwrap(), IdempotencyState::Begun);
    store.complete(&key, response(), None, start()).await.unwrap();
    let last = start() + REPLAY_FOR - 1.second();
    for now in [start(), last] {
        assert_eq!(store.begin(&key, LEASE, now).await.unwrap(), IdempotencyState::Done(response()));
    }
    store.sweep(last).await.unwrap();
    assert_eq!(store.begin(&key, LEASE, last).await.unwrap(), IdempotencyState::Done(response()));
    let over = start() + REPLAY_FOR;
    assert_eq!(store.begin(&key, LEASE, over).await.unwrap(), IdempotencyState::Begun);
    // Done anew, it holds the new result.
    let second = StoredResponse { status: 201, ..response() };
    store.complete(&key, second.clone(), None, over).await.unwrap();
    assert_eq!(store.begin(&key, LEASE, over).await.unwrap(), IdempotencyState::Done(second));
    assert_eq!(store.sweep(over + REPLAY_FOR).await.unwrap(), 1);
}

async fn another_body_is_a_mismatch_and_another_caller_a_stranger(store: &dyn IdempotencyStore) {
    let mine = key("body");
    let other_body = IdempotencyKey { fingerprint: [8; 32], ..mine.clone() };
    let mut other_caller = mine.clone();
    other_caller.owner.subject = "bob".into();
    let mut other_tenant = mine.clone();
    other_tenant.owner.tenant = "other".into();
    let other_route = IdempotencyKey { route: "POST /api/v1/events".into(), ..mine.clone() };

    assert_eq!(store.begin(&mine, LEASE, start()).await.unwrap(), IdempotencyState::Begun);
    assert_eq!(store.begin(&other_body, LEASE, start()).await.unwrap(), IdempotencyState::Mismatch);
    store.complete(&mine, response(), None, start()).await.unwrap();
    assert_eq!(store.begin(&other_body, LEASE, start()).await.unwrap(), IdempotencyState::Mismatch);
    for stranger in [other_caller, other_tenant, other_route] {
        assert_eq!(store.begin(&stranger, LEASE, start()).await.unwrap(), IdempotencyState::Begun);
    }
    assert_eq!(store.begin(&mine, LEASE, start()).await.unwrap(), IdempotencyState::Done(response()));
}

async fn a_key_comes_free_when_it_is_given_back_or_its_lease_ends(store: &dyn IdempotencyStore) {
    let key = key("free");
    assert_eq!(store.begin(&key, LEASE, start()).await.unwrap(), IdempotencyState::Begun);
    store.abandon(&key).await.unwrap();
    assert_eq!(store.begin(&key, LEASE, start()).await.unwrap(), IdempotencyState::Begun);
    let within = start() + LEASE - 1.second();
    assert_eq!(store.begin(&key, LEASE, within).await.unwrap(), IdempotencyState::InFlight);
    assert_eq!(store.begin(&key, LEASE, start() + LEASE).await.unwrap(), IdempotencyState::Begun);
}
