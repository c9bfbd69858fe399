//! Who gets in: every route of the document with no token, bad ones, one without the permission and one
//! with it.

use axum::{
    body::Body,
    http::{Method, StatusCode, header},
};
use eps_domain::Permission;

use crate::{
    documents::operations,
    site::{Reply, Site, expired_token, request, token},
};

/// A body that the route takes.
fn sample(path: &str) -> &'static str {
    match path {
        "/api/v1/conversation" => r#"{"query":"who was at the dock last night?"}"#,
        "/api/v1/search" | "/api/v1/events/count" => "{}",
        "/api/v1/events" => {
            r#"{"event_id":"e","timestamp":"2026-05-13T09:00:00Z","camera_id":"c","event_type":"t"}"#
        }
        "/api/v1/clips/links" => r#"{"event_ids":["e"]}"#,
        _ => "",
    }
}

async fn call(site: &Site, method: &Method, path: &str, token: Option<&str>) -> Reply {
    let body = Body::from(sample(path));
    site.send(request(method.clone(), &path.replace(['{', '}'], ""), token, body)).await
}

#[tokio::test]
async fn every_route_lets_in_whom_the_document_says_and_nobody_else() {
    let mut guarded = 0;
    for (method, path, operation) in operations() {
        let name = format!("{method} {path}");
        let site = Site::new();
        let Some(security) = operation["security"].as_array() else {
            assert!(!path.starts_with("/api/"), "{name} is open");
            assert!(call(&site, &method, &path, None).await.status.is_success(), "{name}");
            continue;
        };
        guarded += 1;
        let needed = security[0]["bearer"][0].as_str().and_then(Permission::parse).expect(&name);
        let others: Vec<Permission> = Permission::ALL.into_iter().filter(|p| *p != needed).collect();

        let reply = call(&site, &method, &path, None).await;
        assert_eq!(
            (reply.status, reply.code().as_str()),
            (StatusCode::UNAUTHORIZED, "UNAUTHENTICATED"),
            "{name}"
        );
        let reply = call(&site, &method, &path, Some(&expired_token(&Permission::ALL))).await;
        assert_eq!(reply.status, 401, "{name}");
        assert_eq!(reply.header("www-authenticate"), r#"Bearer error="invalid_token""#, "{name}");

        let reply = call(&site, &method, &path, Some(&token(&others))).await;
        assert_eq!(
            (reply.status, reply.code().as_str()),
            (StatusCode::FORBIDDEN, "INSUFFICIENT_SCOPE"),
            "{name}"
        );
        let challenge = format!(r#"Bearer error="insufficient_scope", scope="{}""#, needed.as_str());
        assert_eq!(reply.header("www-authenticate"), challenge, "{name}");

        let reply = call(&site, &method, &path, Some(&token(&[needed]))).await;
        let is_missing = reply.status == 404 && path.contains('{') && reply.code() != "ROUTE_NOT_FOUND";
        assert!(reply.status.is_success() || is_missing, "{name}: {reply:?}");
    }
    assert_eq!(guarded, 14);
}

#[tokio::test]
async fn every_bad_token_gets_the_same_body() {
    let site = Site::new();
    let good = token(&[Permission::Ask]);
    let (head, signature) = good.rsplit_once('.').unwrap();
    let forged = format!("{head}.{}", signature.chars().rev().collect::<String>());
    let unsigned = format!("{head}.");
    let long = "x".repeat(9_000);
    let mut bodies = Vec::new();
    for authorization in [
        format!("Bearer {forged}"),
        format!("Bearer {unsigned}"),
        format!("Bearer {long}"),
        format!("Basic {good}"),
        "Bearer".into(),
    ] {
        let mut request = request(Method::GET, "/api/v1/conversations", None, Body::empty());
        request.headers_mut().insert(header::AUTHORIZATION, authorization.parse().unwrap());
        request.headers_mut().insert("x-correlation-id", "same".parse().unwrap());
        let reply = site.send(request).await;
        assert_eq!(reply.status, 401, "{authorization}");
        bodies.push(reply.body);
    }
    bodies.dedup();
    assert_eq!(bodies.len(), 1);
}

#[tokio::test]
async fn nobody_s_body_is_looked_at_before_they_are_let_in() {
    let site = Site::new();
    for body in ["not json", "{\"query\":1}"] {
        let reply = site.send(request(Method::POST, "/api/v1/conversation", None, Body::from(body))).await;
        assert_eq!(reply.status, 401);
        assert_eq!(
            site.post("/api/v1/conversation", &token(&[Permission::EventsRead]), body).await.status,
            403
        );
    }
}

#[tokio::test]
async fn a_link_without_its_parts_is_refused_whatever_token_comes_along() {
    let site = Site::new();
    let forged = "/api/v1/clips/e?exp=1&t=default&sig=AAAA";
    for path in [forged, "/api/v1/clips/e/thumbnail?exp=x&t=default&sig=AAAA", "/api/v1/clips/e?sig=AAAA"] {
        let reply = site.send(request(Method::GET, path, None, Body::empty())).await;
        assert_eq!((reply.status.as_u16(), reply.code().as_str()), (403, "CLIP_SIGNATURE_INVALID"), "{path}");
    }
    // What a link lets through does not depend on a token that lets nothing through.
    for token in [expired_token(&Permission::ALL), token(&[Permission::Ask])] {
        assert_eq!(site.get(forged, &token).await.code(), "CLIP_SIGNATURE_INVALID");
    }
    assert_eq!(site.get("/api/v1/clips/e", &expired_token(&Permission::ALL)).await.status, 401);
    assert_eq!(site.get("/api/v1/clips/e", &token(&[Permission::Ask])).await.code(), "INSUFFICIENT_SCOPE");
}
