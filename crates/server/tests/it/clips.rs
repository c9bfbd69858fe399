//! Clips from elsewhere through the real server: Frigate passed on under our own links, a video management
//! system that hangs or lies, and a bucket.

use std::time::{Duration, Instant};

use eps_testkit::{
    keepers::{FakeKeeper, Kept, Mood},
    servers::seaweedfs::{ACCESS_KEY, BUCKET, SECRET_KEY, SeaweedFsServer},
};
use reqwest::header;
use serde_json::{Value, json};

use crate::support::{Setup, TestServer, event};

const CLIP: &[u8] = b"0123456789 moving pictures";
const STILL: &[u8] = &[0xFF, 0xD8, 0xFF, 0xD9];
const YOUNG: &str = "2026-05-13T09:59:30Z";

/// One event of the site, and what is asked to see it.
async fn site(setup: Setup, timestamp: &str) -> TestServer {
    let server = setup.start().await;
    server.ingest(&[event("e1", timestamp, "dock-1")]).await;
    server
}

async fn evidence(server: &TestServer) -> (Value, Value) {
    let answer = server.ask("Who was there today?").await;
    assert_eq!(answer["totals"]["events"], 1, "{answer:#}");
    (answer["evidence"][0].clone(), answer["degraded"].clone())
}

fn kept(clip: Option<&[u8]>) -> Kept {
    Kept { camera: "dock-1".into(), clip: clip.map(Into::into), still: Some(STILL.into()), ..Kept::default() }
}

async fn part(server: &TestServer, url: &str, range: &str) -> (u16, String, Vec<u8>) {
    let request = server.client.get(format!("{}{url}", server.base_url)).header(header::RANGE, range);
    let reply = request.send().await.unwrap();
    let content = reply.headers().get(header::CONTENT_RANGE).map(|range| range.to_str().unwrap().to_owned());
    (reply.status().as_u16(), content.unwrap_or_default(), reply.bytes().await.unwrap().to_vec())
}

#[tokio::test]
async fn a_clip_of_frigate_is_pending_then_ready_and_plays_in_parts_under_our_own_link() {
    let frigate = FakeKeeper::frigate().await;
    frigate.want("eps", "hush");
    frigate.keep("e1", kept(None));
    let setup = Setup::default()
        .set("FRIGATE_URL", frigate.url())
        .set("FRIGATE_USER", "eps")
        .set("FRIGATE_PASSWORD", "hush");
    let server = site(setup, YOUNG).await;
    let (pending, degraded) = evidence(&server).await;
    assert_eq!((&pending["clip"]["state"], &pending["clip"]["url"]), (&json!("pending"), &Value::Null));
    assert_eq!(degraded, json!([]));

    frigate.keep("e1", kept(Some(CLIP)));
    server.clock.advance(Duration::from_secs(5));
    let (ready, _) = evidence(&server).await;
    assert_eq!(ready["clip"]["state"], "ready", "{ready:#}");
    let url = ready["clip"]["url"].as_str().unwrap();
    assert!(url.starts_with("/api/v1/clips/e1?exp="), "{url}");
    assert!(!ready.to_string().contains(&frigate.host()), "{ready:#}");

    let whole = server.get(url, "").await;
    assert_eq!((whole.status.as_u16(), whole.text.as_bytes()), (200, CLIP));
    assert_eq!(whole.headers[header::CONTENT_TYPE], "video/mp4");
    assert_eq!(part(&server, url, "bytes=2-5").await, (206, "bytes 2-5/26".into(), CLIP[2..6].to_vec()));
    assert_eq!(part(&server, url, "bytes=-3").await, (206, "bytes 23-25/26".into(), CLIP[23..].to_vec()));
    assert_eq!(part(&server, url, "bytes=26-").await.0, 416);
    let still = ready["thumbnail_url"].as_str().unwrap();
    let still = server.client.get(format!("{}{still}", server.base_url)).send().await.unwrap();
    assert_eq!(still.headers()[header::CONTENT_TYPE], "image/jpeg");
    assert_eq!(still.bytes().await.unwrap(), STILL);

    for forged in [url.replace("e1?", "e2?"), url.replace("exp=1", "exp=2"), format!("{url}A")] {
        assert_eq!(server.get(&forged, "").await.refusal().1, "CLIP_SIGNATURE_INVALID", "{forged}");
    }
    assert_eq!(server.get("/api/v1/clips/e1", "").await.status, 401);
    // Another tenant's event of the same id opens nothing.
    let other = server.token_for(&crate::support::Grant { tenant: Some("other"), ..Default::default() });
    server.post("/api/v1/events", &other, &json!([event("e1", YOUNG, "dock-1")])).await.ok();
    assert_eq!(server.get("/api/v1/clips/e1", &other).await.refusal(), (404, "CLIP_NOT_FOUND"));
    let links = json!({"event_ids": ["e1"]});
    let links = server.post("/api/v1/clips/links", &other, &links).await.ok();
    assert_eq!(links["links"][0]["state"], "unavailable", "{links}");
}

#[tokio::test]
async fn while_a_video_management_system_hangs_the_answer_comes_whole_and_in_time() {
    let vms = FakeKeeper::vms(true).await;
    vms.keep("e1", kept(Some(CLIP)));
    let setup = Setup::default().set("VMS_SERVICE_URL", vms.url()).set("CLIP_ALLOWED_HOSTS", vms.host());
    let server = site(setup, YOUNG).await;
    for mood in [Mood::Hung, Mood::Status(500), Mood::Malformed, Mood::Endless] {
        vms.set(mood.clone());
        let begun = Instant::now();
        let body = json!({"query": "Who was there today?"});
        let reply = server.post("/api/v1/conversation", &server.token(), &body).await;
        // Two seconds, and what an answer takes on a machine that builds at the same time.
        assert!(begun.elapsed() < Duration::from_secs(5), "{mood:?}: {:?}", begun.elapsed());
        assert_eq!(reply.headers["x-degraded"], "clips", "{mood:?}");
        let answer = reply.ok();
        assert_eq!(answer["degraded"], json!(["clips"]), "{mood:?}");
        let shown = &answer["evidence"][0];
        assert_eq!((&shown["event_id"], &shown["clip"]["state"]), (&json!("e1"), &json!("unavailable")));
        assert_eq!((&shown["clip"]["url"], &shown["thumbnail_url"]), (&Value::Null, &Value::Null));
        assert_eq!(answer["clip_links"], json!([]));
        assert!(answer["response"].as_str().unwrap().contains("[1]"), "{answer:#}");
    }
    // Mended, it is heard again without a restart.
    vms.set(Mood::Well);
    let (ready, degraded) = evidence(&server).await;
    assert_eq!((&ready["clip"]["state"], &degraded), (&json!("ready"), &json!([])));
    let client =
        reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).no_proxy().build().unwrap();
    let url = format!("{}{}", server.base_url, ready["clip"]["url"].as_str().unwrap());
    let sent = client.get(&url).send().await.unwrap();
    let to = sent.headers()[header::LOCATION].to_str().unwrap().to_owned();
    assert_eq!((sent.status().as_u16(), to), (302, format!("{}/media/e1/clip.mp4", vms.url())));
    assert_eq!(sent.headers()[header::CACHE_CONTROL], "private, no-store");
    assert_eq!(server.client.get(&url).send().await.unwrap().bytes().await.unwrap(), CLIP);
    // Whoever asks for links alone is told as well that nobody could say.
    server.ingest(&[event("e2", YOUNG, "dock-1")]).await;
    vms.set(Mood::Status(500));
    let reply = server.post("/api/v1/clips/links", &server.token(), &json!({"event_ids": ["e2"]})).await;
    assert_eq!(reply.headers["x-degraded"], "clips");
    let links = reply.ok();
    assert_eq!((&links["links"][0]["state"], &links["degraded"]), (&json!("unavailable"), &json!(["clips"])));
}

#[tokio::test]
async fn a_hostile_link_of_a_video_management_system_reaches_nobody() {
    let vms = FakeKeeper::vms(false).await;
    let link = "http://169.254.169.254/latest/meta-data".to_owned();
    vms.keep("e1", Kept { link: Some(link.clone()), ..kept(None) });
    let setup = Setup::default().set("VMS_SERVICE_URL", vms.url()).set("CLIP_ALLOWED_HOSTS", vms.host());
    let server = site(setup, YOUNG).await;
    let answer = server.ask("Who was there today?").await;
    assert_eq!(answer["evidence"][0]["clip"]["state"], "unavailable", "{answer:#}");
    assert!(!answer.to_string().contains("169.254"), "{answer:#}");
    let opened = server.get("/api/v1/clips/e1", &server.token()).await;
    assert_eq!(opened.refusal(), (404, "CLIP_NOT_FOUND"));
}

#[tokio::test]
async fn clips_of_a_bucket_lie_apart_by_tenant_and_play_in_parts() {
    let Some(bucket) = SeaweedFsServer::start() else { return };
    bucket.put("default/dock-1/e1.mp4", CLIP);
    bucket.put("other/dock-1/e1.mp4", b"the clip of another tenant");
    // Signatures are dated: the bucket knows what time it is.
    #[expect(clippy::disallowed_methods, reason = "the time of the world, which the bucket keeps as well")]
    let now = jiff::Timestamp::now();
    let setup = Setup::default()
        .set("S3_ENDPOINT", bucket.url())
        .set("S3_BUCKET", BUCKET)
        .set("S3_ACCESS_KEY_ID", ACCESS_KEY)
        .set("S3_SECRET_ACCESS_KEY", SECRET_KEY)
        .now(&now.to_string());
    let server = setup.start().await;
    let other = server.token_for(&crate::support::Grant { tenant: Some("other"), ..Default::default() });
    let mut played = Vec::new();
    for token in [server.token(), other] {
        let events = json!([event("e1", &now.to_string(), "dock-1")]);
        server.post("/api/v1/events", &token, &events).await.ok();
        let links = server.post("/api/v1/clips/links", &token, &json!({"event_ids": ["e1"]})).await.ok();
        let link = &links["links"][0];
        assert_eq!((&link["state"], &link["thumbnail_url"]), (&json!("ready"), &Value::Null), "{links}");
        let url = link["url"].as_str().unwrap();
        assert!(!links.to_string().contains(&bucket.url()), "{links}");
        assert_eq!(part(&server, url, "bytes=26-").await.0, 416);
        played.push(part(&server, url, "bytes=2-5").await);
    }
    assert_eq!(played[0], (206, "bytes 2-5/26".into(), CLIP[2..6].to_vec()));
    assert_eq!(played[1], (206, "bytes 2-5/26".into(), b"e cl".to_vec()));
}
