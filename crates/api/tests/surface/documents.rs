//! The API document: it is what it says, whole, and the same as what is served.

use std::collections::BTreeSet;

use axum::{body::Body, http::Method};
use eps_domain::Event;
use serde_json::{Value, json};

use crate::site::{Site, request};

/// The document as it is served.
pub fn document() -> Value {
    serde_json::to_value(eps_api::document()).unwrap()
}

/// Every operation of the document: method, path, the operation itself.
pub fn operations() -> Vec<(Method, String, Value)> {
    let document = document();
    let mut found = Vec::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            if let Ok(method) = method.to_uppercase().parse::<Method>()
                && ["get", "post", "delete", "put", "patch"]
                    .contains(&method.as_str().to_lowercase().as_str())
            {
                found.push((method, path.clone(), operation.clone()));
            }
        }
    }
    found
}

fn references(value: &Value, found: &mut BTreeSet<String>) {
    match value {
        Value::Object(map) => {
            if let Some(Value::String(reference)) = map.get("$ref") {
                found.insert(reference.clone());
            }
            map.values().for_each(|value| references(value, found));
        }
        Value::Array(items) => items.iter().for_each(|value| references(value, found)),
        _ => {}
    }
}

#[test]
fn the_document_is_openapi_3_1_and_every_reference_leads_somewhere() {
    let document = document();
    assert!(document["openapi"].as_str().unwrap().starts_with("3.1."), "{}", document["openapi"]);
    assert_eq!(document["components"]["securitySchemes"]["bearer"]["scheme"], "bearer");
    let mut found = BTreeSet::new();
    references(&document, &mut found);
    assert!(found.len() > 20, "only {found:?}");
    for reference in found {
        let pointer = reference.strip_prefix('#').expect("a reference into the document");
        assert!(document.pointer(pointer).is_some(), "{reference} leads nowhere");
    }
}

#[test]
fn every_operation_is_described_and_names_its_errors() {
    let mut ids = BTreeSet::new();
    for (method, path, operation) in operations() {
        let name = format!("{method} {path}");
        assert!(operation["summary"].is_string() || operation["description"].is_string(), "{name}");
        assert!(operation["tags"][0].is_string(), "{name}");
        assert!(ids.insert(format!("{} {}", operation["tags"][0], operation["operationId"])), "{name}");
        if path.starts_with("/api/v1") {
            assert!(operation["security"].is_array(), "{name}");
            let error = &operation["responses"]["default"]["content"]["application/problem+json"];
            assert!(error["schema"]["$ref"].is_string(), "{name}");
        }
        for parameter in path.split('{').skip(1).map(|part| part.split('}').next().unwrap()) {
            let declared = operation["parameters"].as_array().unwrap();
            assert!(
                declared.iter().any(|p| p["name"] == parameter && p["in"] == "path"),
                "{name}: {parameter}"
            );
        }
    }
}

#[test]
fn the_routes_of_the_contract_are_all_there() {
    let served: BTreeSet<String> =
        operations().into_iter().map(|(method, path, _)| format!("{method} {path}")).collect();
    let expected = [
        "DELETE /api/v1/conversation/{id}",
        "GET /api/v1/cameras",
        "GET /api/v1/clips/{event_id}",
        "GET /api/v1/clips/{event_id}/thumbnail",
        "GET /api/v1/conversation/{id}/history",
        "GET /api/v1/conversations",
        "GET /api/v1/events/{id}",
        "GET /api/v1/events/{id}/related",
        "GET /api/v1/proactive-insights",
        "GET /health",
        "GET /healthz",
        "GET /livez",
        "GET /readyz",
        "GET /startupz",
        "POST /api/v1/clips/links",
        "POST /api/v1/conversation",
        "POST /api/v1/events",
        "POST /api/v1/events/count",
        "POST /api/v1/search",
    ];
    assert_eq!(served, expected.into_iter().map(str::to_owned).collect());
}

#[tokio::test]
async fn what_is_documented_is_what_is_served() {
    let site = Site::new();
    for (method, path, _) in operations() {
        let reply =
            site.send(request(method.clone(), &path.replace(['{', '}'], ""), None, Body::empty())).await;
        assert_ne!(reply.status, 404, "{method} {path} is documented and not served");
        assert_ne!(reply.status, 405, "{method} {path} is documented and not served");
    }
    let served = site.get("/openapi.json", "").await;
    assert_eq!(served.json(), document());
}

#[tokio::test]
async fn the_page_shows_the_document_and_may_run_its_own_scripts_only() {
    let page = Site::new().get("/docs/", "").await;
    assert_eq!(page.status, 200);
    assert!(page.header("content-type").starts_with("text/html"), "{page:?}");
    assert!(page.header("content-security-policy").contains("script-src 'self';"), "{page:?}");
    let html = String::from_utf8(page.body.to_vec()).unwrap();
    assert!(!html.contains("<script>"), "inline scripts would be blocked");
    let initializer = Site::new().get("/docs/swagger-initializer.js", "").await;
    assert!(String::from_utf8(initializer.body.to_vec()).unwrap().contains("/openapi.json"));
}

#[tokio::test]
async fn document_and_page_can_be_switched_off() {
    let site = Site::with(|setup| setup.settings.serves_docs = false);
    assert_eq!(site.get("/docs/", "").await.status, 404);
    assert_eq!(site.get("/openapi.json", "").await.status, 200);
    let site = Site::with(|setup| setup.settings.serves_openapi = false);
    assert_eq!(site.get("/docs/", "").await.status, 404);
    assert_eq!(site.get("/openapi.json", "").await.status, 404);
}

#[test]
fn an_event_is_documented_field_by_field() {
    let whole = json!({"event_id": "e", "timestamp": "2026-05-13T09:00:00Z", "end_time": "2026-05-13T09:00:01Z",
        "camera_id": "c", "event_type": "t", "label": "l", "sub_label": "s", "confidence": 0.5, "description": "d",
        "zones": ["z"], "severity": "s", "attributes": {"a": 1}, "media": {"clip_url": "u", "thumbnail_url": "v"},
        "visit_id": "v", "source": "s"});
    let event: Event = serde_json::from_value(whole).unwrap();
    let names = |value: &Value| value.as_object().unwrap().keys().cloned().collect::<BTreeSet<_>>();
    let schemas = &document()["components"]["schemas"];
    assert_eq!(names(&serde_json::to_value(&event).unwrap()), names(&schemas["Event"]["properties"]));
    let required: BTreeSet<&str> =
        schemas["Event"]["required"].as_array().unwrap().iter().map(|name| name.as_str().unwrap()).collect();
    assert_eq!(required, ["camera_id", "event_id", "event_type", "timestamp"].into());
}
