//! What Redis and the way to it can do wrong, and what becomes of turns meanwhile.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use eps_adapters::redis::{RedisAddress, RedisConversationStore, RedisLink, RedisTls};
use eps_domain::{
    Owner,
    conversation::{ConversationStore, Retention, Turn},
};
use eps_testkit::{
    contract,
    fault_proxy::{Fault, FaultProxy},
    servers::redis::RedisServer,
};
use jiff::Timestamp;

const RETENTION: Retention = Retention {
    conversation: Duration::from_hours(24),
    message: Duration::from_hours(48),
    messages_max: 100,
};
/// What one operation may take at the most, with something for a busy machine.
const TOLD_WITHIN: Duration = Duration::from_millis(300);
/// How long the way may be mended before turns are stored again.
const MENDED_WITHIN: Duration = Duration::from_secs(5);

struct World {
    server: RedisServer,
    proxy: FaultProxy,
    store: RedisConversationStore,
}

impl World {
    async fn start() -> Option<Self> {
        let server = RedisServer::start()?;
        let proxy = FaultProxy::before(server.port()).await;
        let address = RedisAddress::parse(&server.url_at(proxy.port()), RedisTls::default()).unwrap();
        let store = RedisConversationStore::new(RedisLink::open(&address).unwrap());
        let world = Self { server, proxy, store };
        world.append("0", true).await.unwrap();
        Some(world)
    }

    async fn append(&self, id: &str, create: bool) -> eps_domain::Result<u64> {
        let head = self.store.append_turn(&alice(), "c", turn(id), create, RETENTION).await?;
        Ok(head.turns)
    }

    /// How many turns are stored, as the server says.
    fn stored(&self) -> usize {
        let key = self.server.cli(&["KEYS", "eps:conversation:{c}:*:turns"]);
        self.server.cli(&["LLEN", &key]).parse().unwrap()
    }

    /// Stores a turn again and again until it is taken.
    async fn until_stored(&self, id: &str) {
        let begun = Instant::now();
        while let Err(error) = self.append(id, false).await {
            assert!(begun.elapsed() < MENDED_WITHIN, "{error}: {:?}", error.source);
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }
}

fn alice() -> Owner {
    Owner { tenant: "acme".into(), subject: "alice".into() }
}

fn now() -> Timestamp {
    "2026-06-01T12:00:00Z".parse().unwrap()
}

fn turn(id: &str) -> Turn {
    contract::conversation_store::turn(id, "who?", now())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_turn_takes_three_round_trips() {
    let Some(world) = World::start().await else { return };
    let before = world.proxy.round_trips();
    for n in 1..=20 {
        let lease = world.store.begin_turn(&alice(), "c", Duration::ZERO).await.unwrap();
        let latest = world.store.latest(&alice(), "c", 20, now()).await.unwrap().unwrap();
        assert_eq!(latest.head.turns, n);
        world.append(&n.to_string(), false).await.unwrap();
        drop(lease);
    }
    let round_trips = world.proxy.round_trips() - before;
    // Two scripts are not known to the server at first.
    assert!((50..=62).contains(&round_trips), "{round_trips} for 20 turns");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_answer_that_is_lost_stores_nothing_twice() {
    let Some(world) = World::start().await else { return };
    for n in 1..=20 {
        world.proxy.set(Fault::LoseAnswer);
        // The connection breaks when the turn is stored. It is sent again, or the caller does so.
        world.until_stored(&n.to_string()).await;
        world.until_stored(&n.to_string()).await;
        assert_eq!(world.stored(), n + 1);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whatever_the_way_does_is_told_in_time_and_mended_by_itself() {
    let Some(world) = World::start().await else { return };
    let mut turns = 1;
    for fault in
        [Fault::Reset, Fault::Hang, Fault::Latency(Duration::from_millis(400)), Fault::Bandwidth(200)]
    {
        world.proxy.set(fault);
        for _ in 0..5 {
            let begun = Instant::now();
            let id = turns.to_string();
            let refused = world.append(&id, false).await.unwrap_err();
            assert_eq!(refused.code, "STORE_UNAVAILABLE", "{fault:?}");
            assert!(begun.elapsed() < TOLD_WITHIN, "{fault:?}: {:?}", begun.elapsed());
            assert!(world.store.latest(&alice(), "c", 10, now()).await.is_err(), "{fault:?}");
        }
        world.proxy.mend();
        world.until_stored(&turns.to_string()).await;
        turns += 1;
        assert_eq!(world.stored(), turns, "{fault:?}");
    }
    for fault in [Fault::Slice(13), Fault::Slice(100), Fault::Latency(Duration::from_millis(20))] {
        world.proxy.set(fault);
        let begun = Instant::now();
        world.until_stored(&turns.to_string()).await;
        turns += 1;
        assert_eq!(world.stored(), turns, "{fault:?} after {:?}", begun.elapsed());
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_is_stopped_in_its_tracks_is_told_in_time_and_stores_each_turn_once() {
    let Some(world) = World::start().await else { return };
    let world = Arc::new(world);
    world.server.freeze(true);
    let mut waits = Vec::new();
    for _ in 0..20 {
        let begun = Instant::now();
        assert!(world.append("1", false).await.is_err());
        waits.push(begun.elapsed());
    }
    world.server.freeze(false);
    assert!(waits.iter().all(|wait| *wait < TOLD_WITHIN), "{waits:?}");
    // Once it is known to be away, nobody waits for it.
    assert!(waits[10..].iter().all(|wait| *wait < Duration::from_millis(50)), "{waits:?}");
    world.until_stored("1").await;
    world.until_stored("2").await;
    assert_eq!(world.stored(), 3);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_without_room_or_right_to_write_refuses_turns_whole() {
    let Some(world) = World::start().await else { return };
    world.server.cli(&["CONFIG", "SET", "maxmemory", "1"]);
    let full = world.append("1", false).await.unwrap_err();
    assert_eq!((full.code, full.retry_after), ("STORAGE_FULL", Some(Duration::from_secs(30))));
    assert_eq!(
        world.store.begin_turn(&alice(), "c", Duration::ZERO).await.err().unwrap().code,
        "STORAGE_FULL"
    );
    assert_eq!(world.store.latest(&alice(), "c", 10, now()).await.unwrap().unwrap().head.turns, 1);
    world.server.cli(&["CONFIG", "SET", "maxmemory", "0"]);
    assert_eq!(world.append("1", false).await.unwrap(), 2);

    world.server.cli(&["REPLICAOF", "127.0.0.1", "1"]);
    let begun = Instant::now();
    assert_eq!(world.append("2", false).await.unwrap_err().code, "STORE_UNAVAILABLE");
    assert!(begun.elapsed() < TOLD_WITHIN);
    assert_eq!(world.store.latest(&alice(), "c", 10, now()).await.unwrap().unwrap().head.turns, 2);
    world.server.cli(&["REPLICAOF", "NO", "ONE"]);
    world.until_stored("2").await;
    assert_eq!(world.stored(), 3);

    // A deletion makes room, and so it is possible without any.
    world.server.cli(&["CONFIG", "SET", "maxmemory", "1"]);
    assert!(world.store.delete(&alice(), "c").await.unwrap());
    assert!(world.store.latest(&alice(), "c", 10, now()).await.unwrap().is_none());
    world.server.cli(&["CONFIG", "SET", "maxmemory", "0"]);
    assert_eq!(world.append("3", true).await.unwrap_err().code, "CONVERSATION_NOT_FOUND");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_conversation_that_lost_its_turns_is_damaged_and_never_empty() {
    let Some(world) = World::start().await else { return };
    let turns = world.server.cli(&["KEYS", "eps:conversation:{c}:*:turns"]);
    world.server.cli(&["DEL", &turns]);
    for read in [
        world.store.latest(&alice(), "c", 10, now()).await,
        world.store.history(&alice(), "c", 10, None, now()).await,
    ] {
        assert_eq!(read.unwrap_err().code, "DATA_DAMAGED");
    }
    // The others are listed, and it can be deleted.
    assert_eq!(world.store.list(&alice(), 10, None, now()).await.unwrap().0.len(), 1);
    assert!(world.store.delete(&alice(), "c").await.unwrap());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_right_that_is_missing_is_an_outage_and_is_named_for_the_log() {
    let Some(world) = World::start().await else { return };
    for (right, its_loss) in [("+time", "-time"), ("+@write", "-@write"), ("+@scripting", "-@scripting")] {
        world.server.cli(&["ACL", "SETUSER", "eps", its_loss]);
        let refused = world.store.begin_turn(&alice(), "c", Duration::ZERO).await.err().unwrap();
        let logged = refused.source.as_ref().map(ToString::to_string).unwrap_or_default();
        assert_eq!(refused.code, "STORE_UNAVAILABLE", "{its_loss}: {logged}");
        assert!(logged.contains("REDIS_URL lacks a right"), "{its_loss}: {logged}");
        world.server.cli(&["ACL", "SETUSER", "eps", right]);
    }
    assert_eq!(world.append("1", false).await.unwrap(), 2);
}
