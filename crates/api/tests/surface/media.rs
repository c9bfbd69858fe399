//! Clips: signed links, ranges, validators.

use axum::{
    body::Body,
    http::{Method, header},
};
use eps_domain::Permission;

use crate::site::{Reply, Site, request, token};

const READ: &[Permission] = &[Permission::EventsRead];

async fn site() -> (Site, String) {
    let site = Site::new();
    site.ingest(&[
        ("e 1/a", "2026-05-13T09:00:00Z", "dock", "person"),
        ("e2", "2026-05-13T09:05:00Z", "dock", "person"),
    ])
    .await;
    site.film("e2", b"0123456789");
    let links =
        site.post("/api/v1/clips/links", &token(READ), r#"{"event_ids":["e2","e 1/a","none"]}"#).await;
    let links = links.json()["links"].clone();
    assert_eq!(links[0]["state"], "ready", "{links}");
    assert_eq!((&links[1]["state"], &links[2]["state"]), (&"unavailable".into(), &"unavailable".into()));
    let url = links[0]["url"].as_str().unwrap().to_owned();
    (site, url)
}

async fn fetch(site: &Site, method: Method, url: &str, name: header::HeaderName, value: &str) -> Reply {
    let mut request = request(method, url, None, Body::empty());
    request.headers_mut().insert(name, value.parse().unwrap());
    site.send(request).await
}

#[tokio::test]
async fn a_signed_link_plays_without_a_token_and_in_ranges() {
    let (site, url) = site().await;
    let whole = fetch(&site, Method::GET, &url, header::ACCEPT, "*/*").await;
    assert_eq!((whole.status.as_u16(), &whole.body[..]), (200, &b"0123456789"[..]), "{whole:?}");
    assert_eq!(whole.header("content-type"), "video/mp4");
    assert_eq!(whole.header("accept-ranges"), "bytes");
    assert_eq!(whole.header("cache-control"), "private, no-store");
    assert_eq!(whole.header("content-disposition"), "inline");
    assert_eq!(whole.header("last-modified"), "Wed, 13 May 2026 12:00:00 GMT");
    assert!(!whole.header("x-ratelimit-limit").is_empty());

    for (range, body, content) in [
        ("bytes=2-4", &b"234"[..], "bytes 2-4/10"),
        ("bytes=8-", b"89", "bytes 8-9/10"),
        ("bytes=-3", b"789", "bytes 7-9/10"),
    ] {
        let part = fetch(&site, Method::GET, &url, header::RANGE, range).await;
        assert_eq!((part.status.as_u16(), &part.body[..]), (206, body), "{range}");
        assert_eq!(part.header("content-range"), content);
        assert_eq!(part.header("content-length"), body.len().to_string());
    }
    let beyond = fetch(&site, Method::GET, &url, header::RANGE, "bytes=10-").await;
    assert_eq!((beyond.status.as_u16(), beyond.code().as_str()), (416, "RANGE_NOT_SATISFIABLE"));
    assert_eq!(beyond.header("content-range"), "bytes */10");

    let head = fetch(&site, Method::HEAD, &url, header::ACCEPT, "*/*").await;
    assert_eq!((head.status.as_u16(), head.header("content-length"), head.body.len()), (200, "10", 0));
    let unchanged = fetch(&site, Method::GET, &url, header::IF_NONE_MATCH, whole.header("etag")).await;
    assert_eq!((unchanged.status.as_u16(), unchanged.body.len()), (304, 0));
    let date =
        fetch(&site, Method::GET, &url, header::IF_MODIFIED_SINCE, whole.header("last-modified")).await;
    assert_eq!(date.status, 304);
    let mut stale = request(Method::GET, &url, None, Body::empty());
    stale.headers_mut().insert(header::RANGE, "bytes=2-4".parse().unwrap());
    stale.headers_mut().insert(header::IF_RANGE, "\"other\"".parse().unwrap());
    assert_eq!(site.send(stale).await.status, 200, "another file than the client began with");
}

#[tokio::test]
async fn a_link_that_was_changed_or_is_over_plays_nothing() {
    let (site, url) = site().await;
    for changed in [
        url.replace("e2?", "e3?"),
        url.replace("exp=1", "exp=2"),
        url.replace("t=default", "t=other"),
        format!("{}A", &url[..url.len() - 1]),
        format!("{url}&more=1"),
    ] {
        let reply = site.send(request(Method::GET, &changed, None, Body::empty())).await;
        assert!([403, 422].contains(&reply.status.as_u16()), "{changed}: {reply:?}");
    }
    site.clock.advance(std::time::Duration::from_hours(2));
    let over = site.router.clone();
    let over =
        tower::ServiceExt::oneshot(over, request(Method::GET, &url, None, Body::empty())).await.unwrap();
    assert_eq!(over.status(), 403);
}

#[tokio::test]
async fn a_token_plays_what_its_caller_may_see_and_ids_are_one_segment() {
    let (site, _) = site().await;
    assert_eq!(&site.get("/api/v1/clips/e2", &token(READ)).await.body[..], b"0123456789");
    let none = site.get("/api/v1/clips/e%201%2Fa", &token(READ)).await;
    assert_eq!((none.status.as_u16(), none.code().as_str()), (404, "CLIP_NOT_FOUND"));
    let event = site.get("/api/v1/events/e%201%2Fa", &token(READ)).await;
    assert_eq!((event.status.as_u16(), &event.json()["event_id"]), (200, &"e 1/a".into()));
    for path in ["..%2f..%2fetc%2fpasswd", "%2e%2e", "a%00b", &"x".repeat(500)] {
        assert_eq!(site.get(&format!("/api/v1/clips/{path}"), &token(READ)).await.status, 404, "{path}");
    }
    assert_eq!(
        site.get("/api/v1/clips/e 1/a".replace(' ', "%20").as_str(), &token(READ)).await.code(),
        "ROUTE_NOT_FOUND"
    );
}
