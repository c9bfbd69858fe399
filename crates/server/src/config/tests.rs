use std::collections::HashMap;

use secrecy::ExposeSecret;
use tempfile::TempDir;

use super::*;

const SECRET: &str = "kQ8z0nWmV3xT6yJr1LbD9sHfPc5AeGu7";

fn load(file: &str, environment: &[(&str, &str)]) -> Result<(Config, Report), ConfigError> {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("service.yaml");
    std::fs::write(&path, file).unwrap();
    let names: HashMap<String, String> =
        environment.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    let sources = Sources { file: Some(&path), ..Sources::default() };
    Config::load_with_report(&sources, &|name| names.get(name).cloned(), Purpose::Serve)
}

fn problems(file: &str, environment: &[(&str, &str)]) -> Vec<String> {
    let mut environment = environment.to_vec();
    if !environment.iter().any(|(name, _)| name.starts_with("JWT_SECRET_KEY")) {
        environment.push(("JWT_SECRET_KEY", SECRET));
    }
    match load(file, &environment) {
        Ok(_) => Vec::new(),
        Err(error) => error.problems.iter().map(ToString::to_string).collect(),
    }
}

#[test]
fn the_environment_beats_the_file_and_the_file_beats_the_defaults() {
    let file = "service: {port: 8100, name: site}\nllm: {max_tokens: 900}\n";
    let (config, _) = load(file, &[("JWT_SECRET_KEY", SECRET), ("PORT", "8200")]).unwrap();
    assert_eq!((config.service.port, config.service.name.as_str()), (8200, "site"));
    assert_eq!((config.llm.max_tokens, config.rate_limiting.per_minute), (900, 100));
}

#[test]
fn the_layout_of_the_first_service_is_read() {
    let file = "service: {name: enhanced_prompt_service, version: 1.3.0, port: 8000}
conversation: {ttl_days: 7, max_history: 50}
llm: {model: gpt-4, max_tokens: 2000, temperature: 0.7}
search: {default_limit: 5, max_limit: 50, confidence_threshold: 0.7}
rate_limiting: {per_minute: 100, burst: 20}
";
    let (config, _) = load(file, &[("JWT_SECRET_KEY", SECRET)]).unwrap();
    assert_eq!(config.service.version, "1.3.0");
    assert_eq!(config.conversation.ttl, std::time::Duration::from_hours(168));
    assert!(!config.llm.is_configured());
}

#[test]
fn the_file_that_is_shipped_says_what_the_defaults_say() {
    let shipped = include_str!("../../../../config/service.yaml");
    let (_, from_file) = load(shipped, &[("JWT_SECRET_KEY", SECRET)]).unwrap();
    let (_, from_defaults) = load("", &[("JWT_SECRET_KEY", SECRET)]).unwrap();
    let values = |report: &Report| {
        let strip = |yaml: String| {
            yaml.lines()
                .map(|line| line.split(" #").next().unwrap().trim_end().to_owned())
                .collect::<Vec<_>>()
        };
        strip(report.yaml())
    };
    assert_eq!(values(&from_file), values(&from_defaults));
}

#[test]
fn every_problem_is_reported_at_once_with_the_name_of_its_setting() {
    let file = "service: {prot: 1, port: many}\nserach: {x: 1}\nsearch: {default_limit: 9, max_limit: 3}\n";
    let found =
        problems(file, &[("RATE_LIMIT_BURST", "0"), ("TIMEZONE", "Mars/Base"), ("CORS_ORIGINS", "*")]);
    let all = found.join("\n");
    for expected in [
        "unknown setting `service.prot`",
        "unknown section `serach`",
        "PORT (service.port): `many` is not a number between 0 and 65535",
        "SEARCH_DEFAULT_LIMIT (search.default_limit): must not exceed search.max_limit",
        "RATE_LIMIT_BURST (rate_limiting.burst): `0` is not a number between 1 and 1000000",
        "TIMEZONE (service.timezone): `Mars/Base` is not an IANA time zone",
        "CORS_ORIGINS (security.cors_origins): `*` is not an origin",
    ] {
        assert!(all.contains(expected), "{expected} is missing in\n{all}");
    }
    assert_eq!(found.len(), 7, "{all}");
}

#[test]
fn a_secret_that_is_unset_well_known_or_short_is_refused_and_never_shown() {
    for weak in ["", "your-secret-key-change-in-production", "too-short-for-a-secret-XYZ"] {
        let found = problems("", &[("JWT_SECRET_KEY", weak)]).join("\n");
        assert!(found.contains("JWT_SECRET_KEY"), "{weak:?} was taken");
        assert!(weak.is_empty() || !found.contains(weak), "{found}");
    }
    let found = problems("security: {jwt_secret_key: abc}", &[]).join("\n");
    assert!(found.contains("does not belong in the file"), "{found}");
}

#[test]
fn a_secret_comes_from_a_file_and_is_redacted_in_print() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("secret");
    std::fs::write(&path, format!("{SECRET}\n")).unwrap();
    let named = path.to_str().unwrap();
    let (config, report) = load("", &[("JWT_SECRET_KEY_FILE", named)]).unwrap();
    assert_eq!(config.security.jwt_secret.as_ref().map(ExposeSecret::expose_secret), Some(SECRET));
    let shown = format!("{}{}{config:?}", report.yaml(), report.json());
    assert!(!shown.contains(SECRET) && shown.contains("[redacted]"));
    let found = problems("", &[("JWT_SECRET_KEY", SECRET), ("JWT_SECRET_KEY_FILE", named)]).join("\n");
    assert!(found.contains("both JWT_SECRET_KEY and JWT_SECRET_KEY_FILE"), "{found}");
}

#[test]
fn keys_of_a_provider_are_taken_instead_of_a_secret_and_for_one_audience_only() {
    let url = ("JWT_JWKS_URL", "https://login.example.org/certs");
    let (issuer, audience) = (("JWT_ISSUER", "https://login.example.org"), ("JWT_AUDIENCE", "eps"));
    let links = ("CLIP_SIGNING_KEY", SECRET);
    assert!(load("", &[url, issuer, audience, links]).is_ok());
    assert!(load("", &[url, issuer, audience, ("JWT_SECRET_KEY", SECRET)]).is_ok());
    let set = r#"{"keys": [{"kty": "OKP", "crv": "Ed25519", "kid": "k",
        "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}]}"#;
    let (config, report) = load("", &[("JWT_JWKS", set), issuer, audience, links]).unwrap();
    assert!(config.security.key_set.is_some() && !report.yaml().contains("11qYAY"));
    for (environment, expected) in [
        (&[url, issuer, links][..], "JWT_AUDIENCE (security.audience): is needed"),
        (&[url, audience, links], "JWT_ISSUER (security.issuer): is needed"),
        (&[url, issuer, audience], "CLIP_SIGNING_KEY (clips.signing_key): is needed"),
        (&[("JWT_JWKS", set), url, issuer, audience, links], "keep one"),
        (&[("JWT_JWKS_URL", "http://login.example.org/certs"), issuer, audience, links], "must be https"),
        (&[("JWT_JWKS", r#"{"keys": []}"#), issuer, audience, links], "holds no key that can be used"),
        (
            &[url, issuer, audience, links, ("JWT_SCOPES_CLAIM", "groups"), ("JWT_CAMERAS_CLAIM", "groups")],
            "`groups` is named for two things",
        ),
        (&[], "JWT_SECRET_KEY (security.jwt_secret_key): is not set"),
    ] {
        let error = load("", environment).err().unwrap().to_string();
        assert!(error.starts_with("1 problem ") && error.contains(expected), "{error}");
    }
}

#[test]
fn keepers_of_clips_are_checked_and_their_secrets_are_not_shown() {
    let environment = [
        ("JWT_SECRET_KEY", SECRET),
        ("VMS_SERVICE_URL", "https://vms.example"),
        ("VMS_TOKEN", "hush"),
        ("CLIP_ALLOWED_HOSTS", "vms.example, cdn.example:8443"),
        ("FRIGATE_URL", "https://frigate:8971"),
        ("FRIGATE_USER", "eps"),
        ("FRIGATE_PASSWORD", "hush"),
        ("S3_ENDPOINT", "http://s3:8333"),
        ("S3_BUCKET", "clips"),
        ("S3_ACCESS_KEY_ID", "hush"),
        ("S3_SECRET_ACCESS_KEY", "hush"),
        ("CLIP_SOURCES", "vms,frigate,files,s3"),
    ];
    let (config, report) = load("", &environment).unwrap();
    // Files are named and not set up.
    assert_eq!(config.clips.order, [ClipKeeper::Vms, ClipKeeper::Frigate, ClipKeeper::S3]);
    let shown = format!("{}{}{config:?}", report.yaml(), report.json());
    assert!(shown.contains("vms.example") && !shown.contains("hush"));
    for (setting, value, wrong) in [
        ("VMS_SERVICE_URL", "http://:hush@vms", "VMS_SERVICE_URL"),
        ("VMS_SERVICE_URL", "http://vms", "CLIP_ALLOWED_HOSTS"),
        ("VMS_SERVICE_URL", "http://vms:99999", "VMS_SERVICE_URL (clips.vms_service_url)"),
        ("VMS_API_PREFIX", "/../x", "VMS_API_PREFIX"),
        ("VMS_TOKEN", "hush", "VMS_TOKEN"),
        ("FRIGATE_PASSWORD", "hush", "FRIGATE_USER"),
        ("S3_ENDPOINT", "http://s3", "S3_BUCKET"),
        ("S3_CLIP_KEY", "{tenant}/{x}", "S3_CLIP_KEY"),
        ("CLIP_ALLOWED_HOSTS", "https://vms.example", "CLIP_ALLOWED_HOSTS"),
        ("CLIP_SOURCES", "files,cloud", "CLIP_SOURCES"),
    ] {
        let found = problems("", &[(setting, value)]).join("\n");
        assert!(found.contains(wrong) && !found.contains("hush"), "{setting}={value}: {found}");
    }
    let found = problems("", &[("FRIGATE_URL", "http://frigate:5000"), ("CLIP_SOURCES", "files")]).join("");
    assert!(found.contains("FRIGATE_URL") && found.contains("does not name frigate"), "{found}");
}

#[test]
fn an_address_of_redis_is_checked_and_shown_without_its_password() {
    let (config, report) =
        load("", &[("JWT_SECRET_KEY", SECRET), ("REDIS_URL", "redis://:hush@cache")]).unwrap();
    let shown = format!("{}{}{config:?}", report.yaml(), report.json());
    assert!(shown.contains("cache:6379") && !shown.contains("hush"), "{shown}");
    for (name, value) in [("REDIS_URL", "http://:hush@cache"), ("REDIS_KEY", "hush")] {
        let found = problems("", &[("JWT_SECRET_KEY", SECRET), (name, value)]).join("");
        assert!(found.contains("REDIS_") && !found.contains("hush"), "{found}");
    }
}

#[test]
fn settings_of_weaviate_are_checked_and_its_key_is_not_shown() {
    let (config, report) = load(
        "storage: {weaviate_url: 'http://weaviate:8080/', weaviate_consistency: quorum}",
        &[("JWT_SECRET_KEY", SECRET), ("WEAVIATE_API_KEY", "hush")],
    )
    .unwrap();
    let shown = format!("{}{}{config:?}", report.yaml(), report.json());
    assert!(shown.contains("http://weaviate:8080") && !shown.contains("hush"), "{shown}");
    assert_eq!(config.storage.weaviate.unwrap().collection, "CameraEvent");
    for (name, value) in [
        ("WEAVIATE_URL", "weaviate:8080"),
        ("WEAVIATE_API_KEY", "hush"),
        ("WEAVIATE_COLLECTION", "events"),
        ("WEAVIATE_CONSISTENCY", "some"),
    ] {
        let found = problems("", &[("JWT_SECRET_KEY", SECRET), (name, value)]).join("");
        assert!(found.contains(name) && !found.contains("hush"), "{found}");
    }
}

#[test]
fn settings_of_feeds_are_checked_and_their_passwords_are_not_shown() {
    let broker = ("MQTT_URL", "mqtt://eps:hush@broker");
    let prefix = ("FRIGATE_MQTT_PREFIX", "frigate");
    // For its events alone.
    let frigate = [("FRIGATE_URL", "http://frigate:5000"), ("CLIP_SOURCES", "files")];
    let devices = ("ONVIF_CAMERAS", "site/A=dock-1, R#2=yard-2");
    let settings = [("JWT_SECRET_KEY", SECRET), broker, prefix, frigate[0], frigate[1], devices];
    let (config, report) = load("", &settings).unwrap();
    let shown = format!("{}{}{config:?}", report.yaml(), report.json());
    assert!(shown.contains("broker:1883") && !shown.contains("hush"), "{shown}");
    assert!(!config.feeds.unwrap().onvif_cameras.is_empty());
    let wrong: [(&str, &[(&str, &str)]); 6] = [
        ("MQTT_URL", &[broker]),
        ("MQTT_URL", &[prefix]),
        ("MQTT_URL", &[("MQTT_URL", "http://:hush@b"), prefix]),
        ("MQTT_CERT", &[broker, prefix, ("MQTT_KEY", "hush")]),
        ("FRIGATE_MQTT_PREFIX", &[broker, ("FRIGATE_MQTT_PREFIX", "a/#")]),
        ("ONVIF_CAMERAS", &[broker, ("ONVIF_CAMERAS", "dock-1")]),
    ];
    for (name, settings) in wrong {
        let found = problems("", settings).join("");
        assert!(found.contains(name) && !found.contains("hush"), "{name}: {found}");
    }
}

#[test]
fn a_collector_is_an_address_and_its_headers_are_not_shown() {
    let headers = ("OTEL_EXPORTER_OTLP_HEADERS", "authorization=Bearer%20hush");
    let address = ("OTEL_EXPORTER_OTLP_ENDPOINT", "http://collector:4318");
    let (config, report) = load("", &[("JWT_SECRET_KEY", SECRET), address, headers]).unwrap();
    assert!(config.collector.is_some() && !report.yaml().contains("hush"));
    assert!(!format!("{config:?}").contains("hush"));
    for (environment, expected) in [
        (&[headers][..], "OTEL_EXPORTER_OTLP_HEADERS (telemetry.otlp_headers): is set without"),
        (&[("OTEL_EXPORTER_OTLP_ENDPOINT", "collector:4317")], "must be an address"),
        (&[address, ("OTEL_EXPORTER_OTLP_HEADERS", "hush")], "the headers are not written as"),
    ] {
        let found = problems("", environment);
        assert!(found.len() == 1 && found[0].contains(expected) && !found[0].contains("hush"), "{found:?}");
    }
}
