//! The contracts of conversations, idempotency records and limits over a real Redis.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::{sync::Arc, time::Duration};

use eps_adapters::{
    clock::SystemClock,
    embedded::InProcessRateLimiter,
    redis::{
        RedisAddress, RedisConversationStore, RedisIdempotencyStore, RedisLink, RedisRateLimiter, RedisTls,
        RedisTokenLedger,
    },
};
use eps_domain::{
    Clock, Owner,
    conversation::{ConversationStore as _, Retention, Turn},
    idempotency::{IdempotencyKey, IdempotencyState, IdempotencyStore as _, StoredResponse},
    rate_limit::{RateLimiter as _, RatePolicy},
};
use eps_testkit::{contract, servers::redis::RedisServer};
use jiff::Timestamp;

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

/// The key that says whose turn it is in alice's only conversation.
fn lock(server: &RedisServer) -> String {
    server.cli(&["KEYS", "eps:conversation:{c}:*:lock"]).trim().to_owned()
}

fn alice() -> Owner {
    Owner { tenant: "acme".into(), subject: "alice".into() }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn idempotency_records_in_redis_keep_the_contract() {
    let Some(server) = RedisServer::start() else { return };
    contract::idempotency_store::run(&RedisIdempotencyStore::new(link(&server.url()))).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn responses_in_redis_go_with_their_conversation() {
    let Some(server) = RedisServer::start() else { return };
    let link = link(&server.url());
    let responses = RedisIdempotencyStore::new(Arc::clone(&link));
    let conversations = RedisConversationStore::new(link);
    contract::idempotency_store::responses_go_with_their_conversation(&conversations, &responses).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn limits_in_redis_keep_the_contract() {
    let Some(server) = RedisServer::start() else { return };
    contract::rate_limiter::run(&RedisRateLimiter::by_time_of_callers(link(&server.url()))).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_ledger_of_tokens_in_redis_keeps_the_contract() {
    let Some(server) = RedisServer::start() else { return };
    contract::token_ledger::run(&RedisTokenLedger::new(link(&server.url()))).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn limits_in_redis_are_those_in_process_whatever_arrives() {
    let Some(server) = RedisServer::start() else { return };
    let link = link(&server.url());
    let shared = RedisRateLimiter::by_time_of_callers(Arc::clone(&link));
    let in_process = InProcessRateLimiter::new(10);
    let mut random = fastrand::Rng::with_seed(7);
    for (subject, per_minute, burst) in [("a", 100, 20), ("b", 7, 3), ("c", 1, 1), ("d", 40, 100)] {
        let mut now: Timestamp = "2026-06-01T12:00:00Z".parse().unwrap();
        for step in 0..400 {
            let gap = [0, random.i64(0..5), random.i64(0..2_000_000), random.i64(0..40_000_000)];
            now += jiff::SignedDuration::from_micros(gap[random.usize(..4)]);
            let policy = RatePolicy { per_minute, burst };
            let expected = in_process.check(subject, policy, now).await.unwrap();
            assert_eq!(shared.check(subject, policy, now).await.unwrap(), expected, "{subject} {step}");
        }
    }
    // A clock that is set back neither frees nor blocks anyone.
    let policy = RatePolicy { per_minute: 100, burst: 20 };
    let start: Timestamp = "2026-06-01T12:00:00Z".parse().unwrap();
    for _ in 0..20 {
        assert!(shared.check("back", policy, start).await.unwrap().is_allowed);
    }
    let earlier = start - Duration::from_hours(1);
    let refused = shared.check("back", policy, earlier).await.unwrap();
    assert_eq!((refused.is_allowed, refused.retry_after), (false, Duration::from_millis(600)));
    assert!(shared.check("back", policy, earlier + refused.retry_after).await.unwrap().is_allowed);
    // By the clock of Redis, callers may say what they like.
    let limiter = RedisRateLimiter::new(link);
    let mut allowed = 0;
    for hour in 0..30 {
        let now = Timestamp::UNIX_EPOCH + Duration::from_hours(hour);
        let policy = RatePolicy { per_minute: 20, burst: 20 };
        allowed += u32::from(limiter.check("e", policy, now).await.unwrap().is_allowed);
    }
    assert_eq!(allowed, 20);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn copies_of_the_service_take_turns_and_a_late_one_is_refused() {
    let Some(server) = RedisServer::start() else { return };
    let [one, other] = [0, 1].map(|_| RedisConversationStore::new(link(&server.url())));
    let (soon, long) = (Duration::from_millis(20), Duration::from_secs(5));
    one.append_turn(&alice(), "c", turn("0"), true, RETENTION).await.unwrap();

    let lease = one.begin_turn(&alice(), "c", soon).await.unwrap();
    assert_eq!(other.begin_turn(&alice(), "c", soon).await.err().unwrap().code, "CONVERSATION_BUSY");
    let owner = alice();
    let (next, ()) = futures::join!(other.begin_turn(&owner, "c", long), async { drop(lease) });
    let next = next.unwrap();
    other.append_turn(&alice(), "c", turn("1"), false, RETENTION).await.unwrap();
    // The turn is stored and so the conversation free, although the lease is still about.
    let lease = one.begin_turn(&alice(), "c", soon).await.unwrap();
    drop(next);

    // The holder sleeps for so long that its lease ends, and another goes on.
    server.cli(&["HSET", &lock(&server), "until", "1"]);
    let other_lease = other.begin_turn(&alice(), "c", soon).await.unwrap();
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
        let lease = store.begin_turn(&alice(), "c", Duration::ZERO).await.unwrap();
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

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_lease_that_was_let_go_with_its_turn_is_not_prolonged() {
    let Some(server) = RedisServer::start() else { return };
    let store = RedisConversationStore::new(link(&server.url()));
    store.append_turn(&alice(), "c", turn("t1"), true, RETENTION).await.unwrap();
    let lease = store.begin_turn(&alice(), "c", Duration::ZERO).await.unwrap();
    let field = |name: &str| server.cli(&["HGET", &lock(&server), name]);
    let fence = field("fence");
    // What the keeper sends every few seconds, as it would arrive before the turn is stored, and after.
    let script = include_str!("../src/redis/conversations/extend.lua");
    let prolong = || server.cli(&["EVAL", script, "1", &lock(&server), &fence, "10000", "600000"]);
    assert_eq!(prolong(), "1");
    store.append_turn(&alice(), "c", turn("t2"), false, RETENTION).await.unwrap();
    assert_eq!((prolong().as_str(), field("until").as_str()), ("0", "0"));
    drop(lease);
    let other = RedisConversationStore::new(link(&server.url()));
    other.begin_turn(&alice(), "c", Duration::ZERO).await.unwrap();
}

/// A clock that is wrong.
struct Shifted(jiff::SignedDuration);

impl Clock for Shifted {
    fn now(&self) -> Timestamp {
        SystemClock.now() + self.0
    }
}

/// A copy whose clock is days off judges by that of Redis what everybody shares.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_copy_whose_clock_is_days_off_removes_nothing_before_its_time() {
    for days in [8, -8] {
        let Some(server) = RedisServer::start() else { return };
        let shift = jiff::SignedDuration::from_hours(24 * days);
        let right = SystemClock.now();
        let wrong = right + shift;
        let (others, other_responses) = (
            RedisConversationStore::new(link(&server.url())),
            RedisIdempotencyStore::new(link(&server.url())),
        );
        let turn = |id: &str, at| contract::conversation_store::turn(id, "who?", at);
        others.append_turn(&alice(), "theirs", turn("1", right), true, RETENTION).await.unwrap();
        let key = IdempotencyKey {
            owner: alice(),
            route: "/api/v1/events".into(),
            key: "k".into(),
            fingerprint: [7; 32],
        };
        let response =
            StoredResponse { status: 200, content_type: "application/json".into(), body: b"{}".to_vec() };
        let lease = Duration::from_secs(30);
        assert_eq!(other_responses.begin(&key, lease, right).await.unwrap(), IdempotencyState::Begun);
        other_responses.complete(&key, response.clone(), None, right).await.unwrap();

        let address = RedisAddress::parse(&server.url(), RedisTls::default()).unwrap();
        let link = RedisLink::open_by(&address, Arc::new(Shifted(shift))).unwrap();
        let (ours, responses) =
            (RedisConversationStore::new(Arc::clone(&link)), RedisIdempotencyStore::new(link));
        assert_eq!(ours.sweep(RETENTION, wrong).await.unwrap(), 0, "{days}");
        assert_eq!(responses.sweep(wrong).await.unwrap(), 0, "{days}");
        assert_eq!(responses.begin(&key, lease, wrong).await.unwrap(), IdempotencyState::Done(response));
        // What the wrong one writes takes nothing with it, and does not end before its time either.
        ours.append_turn(&alice(), "ours", turn("2", wrong), true, RETENTION).await.unwrap();
        ours.append_turn(&alice(), "theirs", turn("3", wrong), false, RETENTION).await.unwrap();
        assert_eq!(others.sweep(RETENTION, right).await.unwrap(), 0, "{days}");
        for (store, now) in [(&others, right), (&ours, wrong)] {
            let listed = store.list(&alice(), 10, None, now).await.unwrap().0;
            let turns: Vec<_> = listed.iter().map(|head| (&*head.conversation_id, head.turns)).collect();
            assert_eq!(turns, [("theirs", 2), ("ours", 1)], "{days}");
            let theirs = store.latest(&alice(), "theirs", 10, now).await.unwrap().unwrap();
            assert_eq!(theirs.messages.len(), 4, "{days}");
        }
    }
}
