//! The contracts of conversations, idempotency records and limits over a real Redis.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::{sync::Arc, time::Duration};

use eps_adapters::redis::{RedisAddress, RedisConversationStore, RedisLink, RedisTls};
use eps_domain::{
    Owner,
    conversation::{ConversationStore as _, Retention, Turn},
};
use eps_testkit::{contract, servers::redis::RedisServer};

fn link(url: &str) -> Arc<RedisLink> {
    RedisLink::open(&RedisAddress::parse(url, RedisTls::default()).unwrap()).unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn conversations_in_redis_keep_the_contract() {
    let Some(server) = RedisServer::start() else { return };
    contract::conversation_store::run(&RedisConversationStore::new(link(&server.url()))).await;
}

/// A turn's worth of the contract's builder.
fn turn(id: &str) -> Turn {
    contract::conversation_store::turn(id, "who?", "2026-06-01T12:00:00Z".parse().unwrap())
}

const RETENTION: Retention =
    Retention { conversation: Duration::from_hours(24), message: Duration::from_hours(48), messages_max: 50 };

fn alice() -> Owner {
    Owner { tenant: "acme".into(), subject: "alice".into() }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn copies_of_the_service_take_turns_and_a_late_one_is_refused() {
    let Some(server) = RedisServer::start() else { return };
    let [one, other] = [0, 1].map(|_| RedisConversationStore::new(link(&server.url())));
    let (soon, long) = (Duration::from_millis(20), Duration::from_secs(5));
    one.append_turn(&alice(), "c", turn("0"), true, RETENTION).await.unwrap();

    let lease = one.begin_turn("c", soon).await.unwrap();
    assert_eq!(other.begin_turn("c", soon).await.err().unwrap().code, "CONVERSATION_BUSY");
    let (next, ()) = futures::join!(other.begin_turn("c", long), async { drop(lease) });
    let next = next.unwrap();
    other.append_turn(&alice(), "c", turn("1"), false, RETENTION).await.unwrap();
    // The turn is stored and so the conversation free, although the lease is still about.
    let lease = one.begin_turn("c", soon).await.unwrap();
    drop(next);

    // The holder sleeps for so long that its lease ends, and another goes on.
    server.cli(&["HSET", "eps:conversation:{c}:lock", "until", "1"]);
    let other_lease = other.begin_turn("c", soon).await.unwrap();
    let late = one.append_turn(&alice(), "c", turn("late"), false, RETENTION).await;
    assert_eq!(late.unwrap_err().code, "CONVERSATION_BUSY");
    assert_eq!(other.append_turn(&alice(), "c", turn("2"), false, RETENTION).await.unwrap().turns, 3);
    drop((lease, other_lease));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_turn_on_its_way_does_not_bring_a_deleted_conversation_back() {
    let Some(server) = RedisServer::start() else { return };
    let store = RedisConversationStore::new(link(&server.url()));
    store.append_turn(&alice(), "gone", turn("1"), true, RETENTION).await.unwrap();
    assert!(store.delete(&alice(), "gone").await.unwrap());
    let late = store.append_turn(&alice(), "gone", turn("1"), true, RETENTION).await;
    assert_eq!(late.unwrap_err().code, "CONVERSATION_NOT_FOUND");
    let now = "2026-06-01T12:00:00Z".parse().unwrap();
    assert_eq!(store.list(&alice(), 10, None, now).await.unwrap(), (Vec::new(), None));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_key_ends_by_itself_and_a_turn_is_a_handful_of_commands() {
    let Some(server) = RedisServer::start() else { return };
    let store = RedisConversationStore::new(link(&server.url()));
    let now = "2026-06-01T12:00:00Z".parse().unwrap();
    store.append_turn(&alice(), "c", turn("0"), true, RETENTION).await.unwrap();
    server.cli(&["CONFIG", "RESETSTAT"]);
    for n in 1..=10 {
        let lease = store.begin_turn("c", Duration::ZERO).await.unwrap();
        assert_eq!(store.latest(&alice(), "c", 20, now).await.unwrap().unwrap().head.turns, n);
        store.append_turn(&alice(), "c", turn(&n.to_string()), false, RETENTION).await.unwrap();
        drop(lease);
    }
    let calls = server.calls();
    assert!(calls["evalsha"] <= 31, "one script a step, and none to let go: {calls:?}");
    for key in server.cli(&["KEYS", "eps:*"]).lines().filter(|key| !key.starts_with("eps:due:")) {
        assert!(server.cli(&["PTTL", key]).parse::<i64>().unwrap() > 0, "{key}");
    }
}
