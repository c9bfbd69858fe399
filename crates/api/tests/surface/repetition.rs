//! The same POST twice. Every keyed route goes through one function, which the embedded store stands
//! behind.

use axum::{body::Body, http::Method};
use eps_domain::Permission;

use crate::site::{Reply, Site, request, token};

async fn keyed(site: &Site, key: &str, body: &str) -> Reply {
    let token = token(&Permission::ALL);
    let mut request = request(Method::POST, "/api/v1/search", Some(&token), Body::from(body.to_owned()));
    request.headers_mut().insert("idempotency-key", key.parse().unwrap());
    site.send(request).await
}

#[tokio::test]
async fn a_key_must_be_short_and_visible() {
    let site = Site::new();
    for key in ["", "a b", &"k".repeat(256)] {
        let reply = keyed(&site, key, "{}").await;
        assert_eq!(
            (reply.status.as_u16(), reply.code().as_str()),
            (400, "MALFORMED_IDEMPOTENCY_KEY"),
            "{key}"
        );
    }
}

#[tokio::test]
async fn a_failure_is_not_kept() {
    let site = Site::new();
    for _ in 0..2 {
        let reply = keyed(&site, "k-1", "{}").await;
        assert!(reply.status.is_server_error(), "the event store is out of order: {reply:?}");
        assert_eq!(reply.header("idempotency-replayed"), "");
    }
    // The key was given back: another body under it is no reuse.
    let reply = keyed(&site, "k-1", r#"{"limit":3}"#).await;
    assert_ne!(reply.status, 422);
}
