//! Copies of the service over one Redis and one Weaviate: which of them answers makes no difference, and
//! they can be replaced one after the other while people ask.

use std::{
    path::Path,
    process::Child,
    sync::Arc,
    time::{Duration, Instant},
};

use eps_testkit::servers::{
    faketime,
    nginx::Nginx,
    own_port,
    redis::RedisServer,
    weaviate::{API_KEY, WeaviateServer},
};
use reqwest::{Method, StatusCode};
use rustix::process::Signal;
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::{sync::watch, task::JoinSet, time::MissedTickBehavior};

use super::{
    eval::{DEMO_NOW, assert_above_floors, demo, examine, serve_with},
    shutdown::{serving, signal},
    support::{Eps, Reply, event, one_fleet_at_a_time, read},
};

/// The configuration that operators are given.
const SITE: &str = include_str!("../../../../deploy/nginx/eps.conf");
const COPIES: usize = 3;
/// People who ask at the same time, each in a conversation of their own.
const PEOPLE: usize = 12;
/// How many requests a second they try for; `FLEET_RPS` sets another number.
const RPS_DEFAULT: f64 = 80.0;
/// Requests of a person, one after the other: a question and a look at the conversation.
const REQUESTS: usize = 2;
/// Requests that are answered between one replacement and the next, and how long that may take.
const BETWEEN: usize = 60;
const PATIENCE: Duration = Duration::from_secs(30);

/// A copy of the service as a process, on a port that it takes again after each restart.
pub(crate) struct Copy {
    /// Runs other commands with the same settings.
    pub(crate) eps: Eps,
    /// Where it listens.
    pub(crate) url: String,
    child: Child,
}

impl Copy {
    /// Starts one in a folder that copies may share, on a port, with settings; limits out of the way.
    pub(crate) fn start(folder: &Path, port: u16, settings: &[(&str, &str)]) -> Self {
        let mut eps =
            Eps::new(folder).env("PORT", &port.to_string()).env("DATA_DIR", &format!("data-{port}"));
        for (name, value) in settings {
            eps = eps.env(name, value);
        }
        let child = eps.spawn(&["serve"]);
        let mut copy = Self { eps, url: format!("http://127.0.0.1:{port}"), child };
        copy.wait();
        copy
    }

    /// Its process.
    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    /// A token for somebody with every permission.
    pub(crate) fn token(&self, subject: &str) -> String {
        let scopes = "ask,events:read,events:write,insights:read";
        let token = self.eps.run(&["token", "--sub", subject, "--scopes", scopes, "--json"]);
        token.json()["token"].as_str().unwrap().to_owned()
    }

    fn wait(&mut self) {
        let (_, mut log) = serving(&mut self.child);
        // A full pipe would hold the process up.
        std::thread::spawn(move || std::io::copy(&mut log, &mut std::io::sink()));
    }

    /// Ends it in good order and starts it again.
    fn replace(&mut self) {
        signal(&self.child, Signal::TERM);
        assert_eq!(self.child.wait().unwrap().code(), Some(0));
        self.restart();
    }

    /// Ends it as a crash would and starts it again.
    pub(crate) fn crash(&mut self) {
        signal(&self.child, Signal::KILL);
        self.child.wait().unwrap();
        self.restart();
    }

    fn restart(&mut self) {
        self.child = self.eps.spawn(&["serve"]);
        self.wait();
    }
}

impl Drop for Copy {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A person at the proxy.
struct Person {
    client: reqwest::Client,
    url: String,
    token: String,
}

impl Person {
    async fn send(&self, method: Method, path: &str, body: Option<Value>) -> Reply {
        let request = self.client.request(method, format!("{}{path}", self.url)).bearer_auth(&self.token);
        let request = match body {
            Some(body) => request.json(&body),
            None => request,
        };
        read(request.send().await.unwrap()).await
    }

    /// Goes on with one conversation until nobody listens any more to how many were answered; what went
    /// wrong.
    async fn talk(self, answered: Arc<watch::Sender<usize>>) -> Vec<String> {
        let mut wrong = Vec::new();
        let note = |what: &str, reply: &Reply| {
            answered.send_modify(|count| *count += 1);
            (reply.status != StatusCode::OK).then(|| format!("{what}: {} {}", reply.status, reply.text))
        };
        let mut conversation = Value::Null;
        let mut pace = tokio::time::interval(pace());
        pace.set_missed_tick_behavior(MissedTickBehavior::Delay);
        for turn in 1_u64.. {
            pace.tick().await;
            if answered.is_closed() {
                break;
            }
            let mut body = json!({"query": "How many people were at dock-1 on May 13 2026?"});
            if !conversation.is_null() {
                body["conversation_id"] = conversation.clone();
            }
            let reply = self.send(Method::POST, "/api/v1/conversation", Some(body)).await;
            wrong.extend(note("ask", &reply));
            let answer = reply.body;
            conversation = answer["conversation_id"].clone();
            let told = (&answer["totals"]["events"], &answer["metadata"]["conversation_turn"]);
            if told != (&json!(2), &json!(turn)) {
                wrong.push(format!("turn {turn}: {answer}"));
                break;
            }
            let path = format!("/api/v1/conversation/{}/history", conversation.as_str().unwrap_or_default());
            let history = self.send(Method::GET, &path, None).await;
            wrong.extend(note("history", &history));
            if history.body["total_messages"] != (turn * 2).min(50) {
                wrong.push(format!("after turn {turn}: {}", history.text));
            }
        }
        wrong
    }
}

fn pace() -> Duration {
    let rps = std::env::var("FLEET_RPS").ok().and_then(|rps| rps.parse().ok()).unwrap_or(RPS_DEFAULT);
    Duration::from_secs_f64((PEOPLE * REQUESTS) as f64 / rps)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn copies_are_replaced_one_by_one_without_a_failed_request() {
    let _fleet = one_fleet_at_a_time().await;
    let (Some(redis), Some(weaviate)) = (RedisServer::start(), WeaviateServer::start()) else { return };
    let ports: Vec<u16> = (0..COPIES).map(|_| own_port()).collect();
    let Some(nginx) = Nginx::before(&ports, SITE) else { return };
    let folder = TempDir::new().unwrap();
    let (redis_url, weaviate_url) = (redis.url(), weaviate.url());
    let settings = [
        ("REDIS_URL", &*redis_url),
        ("WEAVIATE_URL", &weaviate_url),
        ("WEAVIATE_API_KEY", API_KEY),
        ("TRUSTED_PROXIES", "127.0.0.1/32"),
        // As by default, and longer than nginx keeps an idle connection or leaves a copy alone.
        ("DRAIN_SECONDS", "5"),
    ];
    let start = |port: &u16| Copy::start(folder.path(), *port, &settings);
    let mut copies: Vec<Copy> = tokio::task::block_in_place(|| ports.iter().map(start).collect());

    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    let person = |n: usize| Person {
        client: client.clone(),
        url: nginx.url(),
        token: copies[0].token(&format!("person-{n}")),
    };
    let people: Vec<Person> = tokio::task::block_in_place(|| (0..PEOPLE).map(person).collect());
    let events = [
        event("e1", "2026-05-13T08:00:00Z", "dock-1"),
        event("e2", "2026-05-13T08:10:00Z", "dock-1"),
        event("e3", "2026-05-13T09:00:00Z", "yard-2"),
    ];
    let stored = people[0].send(Method::POST, "/api/v1/events", Some(json!(events))).await;
    assert_eq!(stored.body["accepted"], 3, "{}", stored.text);

    let (answered, mut counted) = watch::channel(0);
    let answered = Arc::new(answered);
    let mut talking = JoinSet::new();
    for person in people {
        talking.spawn(person.talk(Arc::clone(&answered)));
    }
    let mut goes_on = true;
    let begun = Instant::now();
    for copy in copies.iter_mut().map(Some).chain([None]) {
        let enough = *counted.borrow() + BETWEEN;
        goes_on &= tokio::time::timeout(PATIENCE, counted.wait_for(|count| *count >= enough)).await.is_ok();
        if let Some(copy) = copy.filter(|_| goes_on) {
            tokio::task::block_in_place(|| copy.replace());
        }
    }
    let rps = *answered.borrow() as f64 / begun.elapsed().as_secs_f64();
    println!("{} requests, {rps:.0} a second", *answered.borrow());
    drop(counted);
    let wrong: Vec<String> = talking.join_all().await.concat();
    let complaints = nginx.complaints();
    assert!(wrong.is_empty(), "{} of {}: {wrong:#?}\n{complaints}", wrong.len(), *answered.borrow());
    assert!(goes_on, "nobody answers any more");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn copies_answer_as_one_with_everything_embedded() {
    let _fleet = one_fleet_at_a_time().await;
    let (Some(redis), Some(weaviate)) = (RedisServer::start(), WeaviateServer::start()) else { return };
    let (cameras, events) = demo();
    let (redis_url, weaviate_url) = (redis.url(), weaviate.url());
    let shared = [("REDIS_URL", &*redis_url), ("WEAVIATE_URL", &weaviate_url), ("WEAVIATE_API_KEY", API_KEY)];
    let copies = [
        serve_with(&cameras, DEMO_NOW, &events, &shared).await,
        serve_with(&cameras, DEMO_NOW, &[], &shared).await,
        serve_with(&cameras, DEMO_NOW, &[], &shared).await,
    ];
    let embedded = serve_with(&cameras, DEMO_NOW, &events, &[]).await;
    // Every turn of a conversation goes to another copy.
    let copies: Vec<_> = copies.iter().collect();
    // More at once would only wait for each other: each is answered by two sites on one machine.
    let more = ["--compare-server", &*embedded.base_url, "--concurrency", "2"];
    let report = assert_above_floors(&examine(&copies, "demo", &more).await);
    let agreement = &report["total"]["agreement"];
    assert_eq!(agreement["right"], agreement["of"], "{report:#}");
}

/// A turn in a conversation, at a copy.
async fn ask(copy: &Copy, token: &str, conversation: &Value) -> Reply {
    let mut body = json!({"query": "hello"});
    if !conversation.is_null() {
        body["conversation_id"] = conversation.clone();
    }
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    let url = format!("{}/api/v1/conversation", copy.url);
    read(client.post(url).bearer_auth(token).json(&body).send().await.unwrap()).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn copies_whose_clocks_are_wrong_keep_order_and_count_exactly() {
    let _fleet = one_fleet_at_a_time().await;
    let (Some(redis), Some(faketime)) = (RedisServer::start(), faketime()) else { return };
    let (redis_url, faketime) = (redis.url(), faketime.display().to_string());
    let folder = TempDir::new().unwrap();
    let start = |(shift, port): (&str, u16)| {
        let settings = [
            ("REDIS_URL", &*redis_url),
            ("METRICS_PORT", &port.to_string()),
            ("RATE_LIMIT_PER_MINUTE", "100"),
            ("RATE_LIMIT_BURST", "20"),
            ("LD_PRELOAD", &faketime),
            ("FAKETIME", shift),
            ("FAKETIME_DONT_FAKE_MONOTONIC", "1"),
        ];
        Copy::start(folder.path(), own_port(), &settings)
    };
    let metrics = [own_port(), own_port()];
    let copies = tokio::task::block_in_place(|| [("+300", metrics[0]), ("-300", metrics[1])].map(start));
    // The tokens were made some minutes ago: none is valid before that, by more than the leeway.
    let token = |subject: &str| {
        let eps = Eps::new(folder.path()).env("LD_PRELOAD", &faketime).env("FAKETIME", "-600");
        let token = eps.run(&["token", "--sub", subject, "--scopes", "ask,insights:read", "--json"]);
        token.json()["token"].as_str().unwrap().to_owned()
    };
    let [alice, bob] = tokio::task::block_in_place(|| ["alice", "bob"].map(token));

    let mut conversation = Value::Null;
    for turn in 1..=6 {
        let answer = ask(&copies[turn % 2], &alice, &conversation).await.ok();
        assert_eq!(answer["metadata"]["conversation_turn"], turn, "{answer}");
        conversation = answer["conversation_id"].clone();
    }
    let path = format!("/api/v1/conversation/{}/history", conversation.as_str().unwrap());
    for copy in &copies {
        let client = reqwest::Client::builder().no_proxy().build().unwrap();
        let request = client.get(format!("{}{path}", copy.url)).bearer_auth(&alice);
        let history = read(request.send().await.unwrap()).await.ok();
        let messages = history["messages"].as_array().unwrap();
        let roles: Vec<&Value> = messages.iter().map(|message| &message["role"]).collect();
        assert_eq!(roles, ["user", "assistant"].repeat(6), "{history}");
    }
    for key in redis.cli(&["KEYS", "eps:*"]).lines() {
        let left: i64 = redis.cli(&["TTL", key]).parse().unwrap();
        assert!(left > 0 || key.starts_with("eps:due:"), "{key} lives for {left} s");
    }

    // Twenty at once, whichever copy they go to.
    let mut statuses = Vec::new();
    for n in 0..25 {
        statuses.push(ask(&copies[n % 2], &bob, &Value::Null).await.status.as_u16());
    }
    let admitted = statuses.iter().position(|status| *status == 429).unwrap_or(statuses.len());
    // A bucket fills again by one each 600 ms, and the machine may be slow.
    assert!((20..24).contains(&admitted), "{statuses:?}");

    for (port, shift) in metrics.into_iter().zip([300.0, -300.0]) {
        let url = format!("http://127.0.0.1:{port}/metrics");
        let text = reqwest::get(url).await.unwrap().text().await.unwrap();
        let skew = text.lines().find_map(|line| line.strip_prefix("eps_clock_skew_seconds ")).unwrap();
        assert!((skew.parse::<f64>().unwrap() - shift).abs() < 2.0, "{skew}");
    }
}
