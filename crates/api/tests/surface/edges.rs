//! The edges: malformed, oversized and misdirected requests, and the headers that every response has.

use axum::{
    body::Body,
    http::{Method, Request, header},
};
use eps_domain::Permission;

use crate::site::{Site, request, token};

const ALL: &[Permission] = &Permission::ALL;

#[tokio::test]
async fn what_is_malformed_is_400_and_what_is_wrong_is_422_naming_the_field() {
    let site = Site::new();
    let token = token(ALL);
    let deep = format!(
        r#"{{"query":"x","user_context":{}{}}}"#,
        r#"{"a":"#.repeat(40),
        "1".to_owned() + &"}".repeat(40)
    );
    for body in
        ["", "{", "nope", "{} {}", r#"{"query":"a","query":"b"}"#, "{\"query\":\"\u{0}", deep.as_str()]
    {
        let reply = site.post("/api/v1/conversation", &token, body).await;
        assert_eq!((reply.status.as_u16(), reply.code().as_str()), (400, "MALFORMED_BODY"), "{body}");
    }
    for (path, body, field) in [
        ("/api/v1/conversation", r#"{"query":"a","user_id":"bob"}"#, "user_id"),
        ("/api/v1/conversation", r#"{"query":7}"#, "query"),
        ("/api/v1/conversation", "{}", "query"),
        ("/api/v1/conversation", r#"["a",null,null,null,null,null,null]"#, "body"),
        ("/api/v1/search", "null", "body"),
        (
            "/api/v1/conversation",
            r#"{"query":"a","filters":{"min_confidence":"high"}}"#,
            "filters.min_confidence",
        ),
        ("/api/v1/search", r#"{"limit":-1}"#, "limit"),
        ("/api/v1/events/count", r#"{"group_by":["camera","mood"]}"#, "group_by[1]"),
        ("/api/v1/clips/links", r#"{"event_ids":"e"}"#, "event_ids"),
    ] {
        let reply = site.post(path, &token, body).await;
        assert_eq!(reply.status, 422, "{path} {body}: {reply:?}");
        assert_eq!(reply.problem()["field"], field, "{path} {body}");
    }
    // The limit of a caller is for other tests.
    let site = Site::new();
    for (path, field) in [
        ("/api/v1/conversations?limit=many", "limit"),
        ("/api/v1/conversations?limit=1&limit=2", "limit"),
        ("/api/v1/conversations?page=2", "page"),
        ("/api/v1/events/e/related?types=temporal,odd", "types"),
        ("/api/v1/events/e/related?limit=51", "limit"),
        ("/api/v1/proactive-insights?severity_threshold=huge", "severity_threshold"),
        ("/api/v1/proactive-insights?include_predictions=maybe", "include_predictions"),
    ] {
        let reply = site.get(path, &token).await;
        assert_eq!((reply.status.as_u16(), &reply.problem()["field"]), (422, &field.into()), "{path}");
    }
}

#[tokio::test]
async fn bodies_of_the_wrong_kind_or_size_are_refused() {
    let site = Site::new();
    let token = token(ALL);
    let send = |path: &'static str, name: &'static str, value: &'static str, body: Body| {
        let mut request = request(Method::POST, path, Some(&token), body);
        request.headers_mut().insert(name, value.parse().unwrap());
        site.send(request)
    };
    let kind = send("/api/v1/search", "content-type", "text/plain", Body::from("{}")).await;
    assert_eq!((kind.status.as_u16(), kind.code().as_str()), (415, "UNSUPPORTED_MEDIA_TYPE"));
    assert_eq!(send("/api/v1/events", "content-type", "text/csv", Body::from("a,b")).await.status, 415);
    assert_eq!(send("/api/v1/search", "content-encoding", "gzip", Body::from("{}")).await.status, 415);
    assert_ne!(
        send("/api/v1/search", "content-type", "application/json; charset=utf-8", Body::from("{}"))
            .await
            .status,
        415
    );

    let large = "x".repeat(64 * 1024 + 1);
    let declared = send("/api/v1/search", "content-length", "65537", Body::from(large.clone())).await;
    assert_eq!((declared.status.as_u16(), declared.code().as_str()), (413, "BODY_TOO_LARGE"));
    let chunks = futures::stream::repeat_with(|| Ok::<_, std::io::Error>("x".repeat(1_000)));
    let endless = send("/api/v1/search", "transfer-encoding", "chunked", Body::from_stream(chunks)).await;
    assert_eq!(endless.status, 413);
    assert_eq!(endless.header("connection"), "close");
    let batch = format!("[{}]", " ".repeat(200_000));
    assert_ne!(site.post("/api/v1/events", &token, &batch).await.status, 413);
}

#[tokio::test]
async fn what_is_not_there_is_a_problem_too() {
    let site = Site::new();
    let at = |method: &str, path: &str| {
        site.send(request(Method::from_bytes(method.as_bytes()).unwrap(), path, None, Body::empty()))
    };
    for path in ["/", "/metrics", "/api/v1", "/api/v1/nothing", "/api/v1/conversation/a/b/c", "/%ff"] {
        let reply = at("GET", path).await;
        assert_eq!((reply.status.as_u16(), reply.code().as_str()), (404, "ROUTE_NOT_FOUND"), "{path}");
    }
    for (method, path, allow) in [
        ("PUT", "/api/v1/conversation", "POST"),
        ("TRACE", "/api/v1/conversations", "GET,HEAD"),
        ("TRACE", "/health", "GET,HEAD"),
        ("OPTIONS", "/api/v1/search", "POST"),
        ("PATCH", "/api/v1/conversation/a", "DELETE"),
    ] {
        let reply = at(method, path).await;
        assert_eq!(
            (reply.status.as_u16(), reply.code().as_str()),
            (405, "METHOD_NOT_ALLOWED"),
            "{method} {path}"
        );
        assert_eq!(reply.header("allow"), allow, "{method} {path}");
    }
    let long = at("GET", &format!("/health?{}", "x".repeat(8 * 1024))).await;
    assert_eq!((long.status.as_u16(), long.code().as_str()), (414, "URI_TOO_LONG"));
    let bytes = site.get("/api/v1/events/%ff", &token(ALL)).await;
    assert_eq!((bytes.status.as_u16(), bytes.code().as_str()), (400, "MALFORMED_PATH"));
}

#[tokio::test]
async fn every_response_is_named_and_guarded() {
    let site = Site::new();
    let token = token(ALL);
    let ask = |path: &str, id: Option<&[u8]>| {
        let mut request = request(Method::GET, path, Some(&token), Body::empty());
        if let Some(id) = id {
            let id = axum::http::HeaderValue::from_bytes(id).unwrap();
            request.headers_mut().insert("x-correlation-id", id);
        }
        site.send(request)
    };
    for path in ["/health", "/api/v1/conversations", "/nowhere", "/openapi.json"] {
        let reply = ask(path, Some(b"trace-1.a_B")).await;
        assert_eq!(reply.header("x-correlation-id"), "trace-1.a_B", "{path}");
        assert_eq!(reply.header("x-request-id"), "trace-1.a_B", "{path}");
        assert_eq!(reply.header("x-content-type-options"), "nosniff", "{path}");
        assert_eq!(
            reply.header("content-security-policy"),
            "default-src 'none'; frame-ancestors 'none'",
            "{path}"
        );
        assert_eq!(reply.header("referrer-policy"), "no-referrer", "{path}");
        assert_eq!(reply.header("cache-control"), "no-store", "{path}");
        assert!(!reply.headers.contains_key(header::SERVER), "{path}");
        assert!(!reply.headers.contains_key(header::ACCESS_CONTROL_ALLOW_ORIGIN), "{path}");
    }
    for bad in [&b"{\"x\":1}"[..], b"a b", b"\xc3\xa4", &[b'x'; 129]] {
        let reply = ask("/health", Some(bad)).await;
        let minted = reply.header("x-correlation-id");
        assert!(minted.len() == 32 && minted.bytes().all(|b| b.is_ascii_hexdigit()), "{minted}");
    }
    let mut request = Request::get("/health").body(Body::empty()).unwrap();
    request.headers_mut().insert("x-request-id", "theirs".parse().unwrap());
    assert_eq!(site.send(request).await.header("x-correlation-id"), "theirs");
}

#[tokio::test]
async fn only_origins_that_are_named_may_call_from_a_browser() {
    let site =
        Site::with(|setup| setup.settings.cors_origins = vec!["https://ops.example.org".parse().unwrap()]);
    let preflight = |origin: &str| {
        let request = Request::options("/api/v1/conversation/a")
            .header("origin", origin)
            .header("access-control-request-method", "DELETE")
            .header("access-control-request-headers", "authorization")
            .body(Body::empty())
            .unwrap();
        site.send(request)
    };
    let allowed = preflight("https://ops.example.org").await;
    assert!(allowed.status.is_success());
    assert_eq!(allowed.header("access-control-allow-origin"), "https://ops.example.org");
    assert!(allowed.header("access-control-allow-methods").contains("DELETE"));
    assert!(allowed.header("vary").contains("origin"));
    assert_eq!(preflight("https://evil.example.org").await.header("access-control-allow-origin"), "");
    let mut request = request(Method::GET, "/api/v1/conversations", None, Body::empty());
    request.headers_mut().insert("origin", "https://ops.example.org".parse().unwrap());
    let refused = site.send(request).await;
    assert_eq!(refused.status, 401);
    assert_eq!(refused.header("access-control-allow-origin"), "https://ops.example.org");
    assert!(refused.header("access-control-expose-headers").contains("x-correlation-id"));
}
