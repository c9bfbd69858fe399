//! The contracts over every arrangement of Redis that operators use: TLS with certificates of both
//! sides, Sentinels, a Cluster.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use eps_adapters::redis::{
    RedisAddress, RedisConversationStore, RedisIdempotencyStore, RedisLink, RedisRateLimiter, RedisTls,
};
use eps_domain::{
    Owner,
    conversation::{ConversationStore, Retention},
};
use eps_testkit::{
    contract,
    servers::{
        certificates::Certificates, redis::RedisServer, redis_cluster::RedisCluster,
        redis_sentinel::RedisSentinels,
    },
};

const RETENTION: Retention = Retention {
    conversation: Duration::from_hours(24),
    message: Duration::from_hours(48),
    messages_max: 1_000,
};

fn alice() -> Owner {
    Owner { tenant: "acme".into(), subject: "alice".into() }
}

async fn every_contract_is_kept(address: &RedisAddress) {
    let link = RedisLink::open(address).unwrap();
    let store = RedisConversationStore::new(Arc::clone(&link));
    // The first connection to several servers takes longer than one call waits.
    until_healthy(&store, Duration::from_secs(10)).await;
    contract::conversation_store::run(&store).await;
    let responses = RedisIdempotencyStore::new(Arc::clone(&link));
    contract::idempotency_store::run(&responses).await;
    contract::idempotency_store::responses_go_with_their_conversation(&store, &responses).await;
    contract::rate_limiter::run(&RedisRateLimiter::by_time_of_callers(link)).await;
}

async fn until_healthy(store: &RedisConversationStore, limit: Duration) {
    let begun = Instant::now();
    while let Err(error) = store.health().await {
        assert!(begun.elapsed() < limit, "{error}: {:?}", error.source);
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

fn address(url: &str) -> RedisAddress {
    RedisAddress::parse(url, RedisTls::default()).unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn over_tls_with_certificates_of_both_sides() {
    let certificates = Arc::new(Certificates::new());
    let Some(server) = RedisServer::start_tls(&certificates) else { return };
    let client = Some((certificates.client.clone(), certificates.client_key.clone().into()));
    let tls = RedisTls { ca: Some(certificates.ca.clone()), client };
    every_contract_is_kept(&RedisAddress::parse(&server.url(), tls.clone()).unwrap()).await;

    // A server that another authority vouches for, and a client that none does, are refused.
    let strange = RedisTls { ca: Some(Certificates::new().ca), ..tls.clone() };
    for tls in [strange, RedisTls { client: None, ..tls }] {
        let link = RedisLink::open(&RedisAddress::parse(&server.url(), tls).unwrap()).unwrap();
        assert!(RedisConversationStore::new(link).health().await.is_err());
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn in_a_cluster() {
    let Some(cluster) = RedisCluster::start() else { return };
    let address = address(&cluster.url());
    every_contract_is_kept(&address).await;

    // What one server keeps is out of reach without it, and back with it, as it was.
    let store = RedisConversationStore::new(RedisLink::open(&address).unwrap());
    until_healthy(&store, Duration::from_secs(10)).await;
    let ids: Vec<String> = (0..12).map(|n| format!("c{n}")).collect();
    let turn =
        |id: &str| contract::conversation_store::turn(id, "who?", "2026-06-01T12:00:00Z".parse().unwrap());
    for id in &ids {
        store.append_turn(&alice(), id, turn(id), true, RETENTION).await.unwrap();
    }
    let now = "2026-06-01T12:00:01Z".parse().unwrap();
    assert_eq!(store.list(&alice(), 20, None, now).await.unwrap().0.len(), 12);
    cluster.masters[2].kill();
    let mut refused = 0;
    for id in &ids {
        let begun = Instant::now();
        match store.latest(&alice(), id, 10, now).await {
            Ok(found) => assert_eq!(found.unwrap().head.turns, 1),
            Err(error) => {
                assert_eq!(error.code, "STORE_UNAVAILABLE");
                refused += 1;
            }
        }
        assert!(begun.elapsed() < Duration::from_millis(300), "{:?}", begun.elapsed());
    }
    assert!(refused > 0);
    cluster.masters[2].resume_from_disk();
    cluster.wait_until_whole();
    let begun = Instant::now();
    for id in &ids {
        while store
            .latest(&alice(), id, 10, now)
            .await
            .ok()
            .flatten()
            .is_none_or(|found| found.head.turns != 1)
        {
            assert!(begun.elapsed() < Duration::from_secs(5), "{id}");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn behind_sentinels_no_acknowledged_turn_is_lost_by_a_failover() {
    for with_accounts in [false, true] {
        let Some(group) = RedisSentinels::start(with_accounts) else { return };
        let address = address(&group.url());
        every_contract_is_kept(&address).await;
        if with_accounts {
            fail_over(&group, &address).await;
        }
    }
}

/// Stores turns one after the other, kills the master in the midst, and goes on until the new one has
/// taken some.
async fn fail_over(group: &RedisSentinels, address: &RedisAddress) {
    let store = RedisConversationStore::new(RedisLink::open(address).unwrap());
    until_healthy(&store, Duration::from_secs(10)).await;
    let now = "2026-06-01T12:00:00Z".parse().unwrap();
    let mut acknowledged = Vec::new();
    let mut killed = None;
    let mut failures = 0_u32;
    let mut after = 0;
    for n in 0..10_000 {
        if n == 50 {
            group.master.kill();
            killed = Some(Instant::now());
        }
        let turn = contract::conversation_store::turn(&format!("f{n}"), &format!("question {n}"), now);
        // As clients do: the same turn again until it is taken.
        loop {
            match store.append_turn(&alice(), "failover", turn.clone(), n == 0, RETENTION).await {
                Ok(_) => break,
                Err(error) => {
                    assert_eq!(error.code, "STORE_UNAVAILABLE", "{error}: {:?}", error.source);
                    failures += 1;
                    assert!(killed.unwrap().elapsed() < Duration::from_secs(20), "{:?}", error.source);
                    tokio::time::sleep(Duration::from_millis(10)).await;
                }
            }
        }
        acknowledged.push(format!("question {n}"));
        after += u32::from(killed.is_some());
        if after >= 50 {
            break;
        }
    }
    assert!(failures > 0, "the failover was not noticed");
    let conversation = store.latest(&alice(), "failover", 1_000, now).await.unwrap().unwrap();
    let stored: Vec<String> =
        conversation.messages.iter().step_by(2).map(|message| message.content.clone()).collect();
    assert_eq!(stored, acknowledged, "each once, in order");
    let promoted = group.replica.cli(&["INFO", "replication"]);
    assert!(promoted.contains("role:master"), "{promoted}");
}
