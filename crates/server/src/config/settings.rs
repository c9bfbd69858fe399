//! Every setting there is: where it stands in the file, how the environment calls it, what it is when
//! nobody says. The reader, the redacted print-out and the documentation all follow this one table.
//! Nothing here reads a file or the environment.

/// One setting.
#[derive(Debug, Clone, Copy)]
pub struct Setting {
    /// Its place in the file: `section.name`.
    pub key: &'static str,
    /// Its name in the environment; `<NAME>_FILE` names a file that holds the value.
    pub env: &'static str,
    /// What it is when neither the file nor the environment says; empty = not set.
    pub default: &'static str,
    /// Secrets are read from the environment (or a mounted file) only and never printed.
    pub is_secret: bool,
}

const fn plain(key: &'static str, env: &'static str, default: &'static str) -> Setting {
    Setting { key, env, default, is_secret: false }
}

const fn secret(key: &'static str, env: &'static str) -> Setting {
    Setting { key, env, default: "", is_secret: true }
}

/// All settings, in the order in which they are printed.
pub const SETTINGS: &[Setting] = &[
    plain("service.name", "SERVICE_NAME", "enhanced_prompt_service"),
    plain("service.version", "SERVICE_VERSION", env!("CARGO_PKG_VERSION")),
    plain("service.host", "HOST", "0.0.0.0"),
    plain("service.port", "PORT", "8000"),
    plain("service.metrics_port", "METRICS_PORT", "9090"),
    plain("service.enable_metrics", "ENABLE_METRICS", "true"),
    plain("service.timezone", "TIMEZONE", "UTC"),
    plain("service.log_level", "LOG_LEVEL", "info"),
    plain("service.enable_docs", "ENABLE_DOCS", "true"),
    plain("service.connections_max", "CONNECTIONS_MAX", "4096"),
    plain("service.asks_max", "ASKS_MAX", "256"),
    plain("service.drain_seconds", "DRAIN_SECONDS", "5"),
    plain("service.shutdown_seconds", "SHUTDOWN_SECONDS", "60"),
    plain("conversation.ttl_days", "CONVERSATION_TTL_DAYS", "7"),
    plain("conversation.message_ttl_days", "MESSAGE_TTL_DAYS", "30"),
    plain("conversation.max_history", "CONVERSATION_MAX_HISTORY", "50"),
    plain("conversation.on_outage", "MEMORY_ON_OUTAGE", "refuse"),
    plain("llm.model", "OPENAI_MODEL", "gpt-4"),
    plain("llm.max_tokens", "LLM_MAX_TOKENS", "2000"),
    plain("llm.temperature", "LLM_TEMPERATURE", "0.7"),
    plain("llm.prompt_tokens", "LLM_PROMPT_TOKENS", "6000"),
    plain("llm.tenant_tokens_per_day", "LLM_TENANT_TOKENS_PER_DAY", "0"),
    plain("llm.tools", "LLM_TOOLS", "true"),
    plain("llm.first_token_seconds", "LLM_FIRST_TOKEN_SECONDS", "10"),
    plain("llm.base_url", "OPENAI_BASE_URL", ""),
    secret("llm.api_key", "OPENAI_API_KEY"),
    secret("llm.api_keys", "OPENAI_API_KEYS"),
    plain("llm.fallback_model", "OPENAI_FALLBACK_MODEL", ""),
    plain("llm.fallback_base_url", "OPENAI_FALLBACK_BASE_URL", ""),
    secret("llm.fallback_api_keys", "OPENAI_FALLBACK_API_KEYS"),
    plain("llm.price", "LLM_PRICE", ""),
    plain("llm.fallback_price", "LLM_FALLBACK_PRICE", ""),
    plain("embeddings.base_url", "EMBEDDINGS_BASE_URL", ""),
    plain("embeddings.model", "EMBEDDINGS_MODEL", "text-embedding-3-small"),
    plain("embeddings.dimensions", "EMBEDDINGS_DIMENSIONS", "1536"),
    plain("embeddings.asks_for_dimensions", "EMBEDDINGS_ASK_FOR_DIMENSIONS", "false"),
    secret("embeddings.api_key", "EMBEDDINGS_API_KEY"),
    plain("search.default_limit", "SEARCH_DEFAULT_LIMIT", "5"),
    plain("search.max_limit", "SEARCH_MAX_LIMIT", "50"),
    plain("search.confidence_threshold", "CONFIDENCE_THRESHOLD", "0.7"),
    plain("search.date_order", "DATE_ORDER", "month_first"),
    plain("search.visit_gap_seconds", "VISIT_GAP_SECONDS", "60"),
    plain("rate_limiting.per_minute", "RATE_LIMIT_PER_MINUTE", "100"),
    plain("rate_limiting.burst", "RATE_LIMIT_BURST", "20"),
    plain("rate_limiting.replicas", "RATE_LIMIT_REPLICAS", "3"),
    plain("storage.data_dir", "DATA_DIR", "data"),
    plain("storage.clips_dir", "CLIPS_DIR", ""),
    plain("storage.clips_by_camera", "CLIPS_BY_CAMERA", "false"),
    plain("storage.cameras_file", "CAMERAS_FILE", ""),
    plain("storage.sources_file", "SOURCES_FILE", ""),
    plain("storage.model_dir", "MODEL_DIR", ""),
    secret("storage.redis_url", "REDIS_URL"),
    secret("storage.redis_ca", "REDIS_CA"),
    secret("storage.redis_cert", "REDIS_CERT"),
    secret("storage.redis_key", "REDIS_KEY"),
    plain("storage.weaviate_url", "WEAVIATE_URL", ""),
    secret("storage.weaviate_api_key", "WEAVIATE_API_KEY"),
    plain("storage.weaviate_collection", "WEAVIATE_COLLECTION", "CameraEvent"),
    plain("storage.weaviate_replication_factor", "WEAVIATE_REPLICATION_FACTOR", "1"),
    plain("storage.weaviate_consistency", "WEAVIATE_CONSISTENCY", "all"),
    plain("storage.weaviate_timeout_seconds", "WEAVIATE_TIMEOUT_SECONDS", "10"),
    secret("feeds.mqtt_url", "MQTT_URL"),
    secret("feeds.mqtt_ca", "MQTT_CA"),
    secret("feeds.mqtt_cert", "MQTT_CERT"),
    secret("feeds.mqtt_key", "MQTT_KEY"),
    plain("feeds.mqtt_client_id", "MQTT_CLIENT_ID", ""),
    plain("feeds.frigate_mqtt_prefix", "FRIGATE_MQTT_PREFIX", ""),
    plain("feeds.frigate_backfill_hours", "FRIGATE_BACKFILL_HOURS", "24"),
    plain("feeds.onvif_cameras", "ONVIF_CAMERAS", ""),
    plain("feeds.tenant", "FEEDS_TENANT", ""),
    plain("clips.sources", "CLIP_SOURCES", "files,s3,frigate,vms"),
    plain("clips.allowed_hosts", "CLIP_ALLOWED_HOSTS", ""),
    plain("clips.retention_days", "CLIP_RETENTION_DAYS", "0"),
    plain("clips.cache_mb", "CLIP_CACHE_MB", "512"),
    plain("clips.s3_endpoint", "S3_ENDPOINT", ""),
    plain("clips.s3_public_endpoint", "S3_PUBLIC_ENDPOINT", ""),
    plain("clips.s3_region", "S3_REGION", "us-east-1"),
    plain("clips.s3_bucket", "S3_BUCKET", ""),
    plain("clips.s3_path_style", "S3_PATH_STYLE", "true"),
    secret("clips.s3_access_key_id", "S3_ACCESS_KEY_ID"),
    secret("clips.s3_secret_access_key", "S3_SECRET_ACCESS_KEY"),
    plain("clips.s3_clip_key", "S3_CLIP_KEY", "{tenant}/{camera_id}/{event_id}.mp4"),
    plain("clips.s3_thumbnail_key", "S3_THUMBNAIL_KEY", "{tenant}/{camera_id}/{event_id}.jpg"),
    plain("clips.frigate_url", "FRIGATE_URL", ""),
    plain("clips.frigate_user", "FRIGATE_USER", ""),
    secret("clips.frigate_password", "FRIGATE_PASSWORD"),
    plain("clips.vms_service_url", "VMS_SERVICE_URL", ""),
    plain("clips.vms_prefix", "VMS_API_PREFIX", "/api/v1"),
    secret("clips.vms_token", "VMS_TOKEN"),
    secret("clips.signing_key", "CLIP_SIGNING_KEY"),
    plain("clips.public_url", "PUBLIC_URL", ""),
    secret("security.jwt_secret_key", "JWT_SECRET_KEY"),
    secret("security.jwt_secret_key_previous", "JWT_SECRET_KEY_PREVIOUS"),
    plain("security.jwks_url", "JWT_JWKS_URL", ""),
    secret("security.jwks", "JWT_JWKS"),
    plain("security.issuer", "JWT_ISSUER", ""),
    plain("security.audience", "JWT_AUDIENCE", ""),
    plain("security.tenant_claim", "JWT_TENANT_CLAIM", ""),
    plain("security.scopes_claim", "JWT_SCOPES_CLAIM", ""),
    plain("security.cameras_claim", "JWT_CAMERAS_CLAIM", ""),
    plain("security.trusted_proxies", "TRUSTED_PROXIES", ""),
    plain("security.cors_origins", "CORS_ORIGINS", ""),
    plain("telemetry.otlp_endpoint", "OTEL_EXPORTER_OTLP_ENDPOINT", ""),
    secret("telemetry.otlp_headers", "OTEL_EXPORTER_OTLP_HEADERS"),
];

/// The setting that stands at a place of the file.
pub(super) fn by_key(key: &str) -> Option<&'static Setting> {
    SETTINGS.iter().find(|setting| setting.key == key)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn no_two_settings_share_a_place_or_a_name() {
        let keys: BTreeSet<_> = SETTINGS.iter().map(|setting| setting.key).collect();
        let names: BTreeSet<_> = SETTINGS.iter().map(|setting| setting.env).collect();
        assert_eq!((keys.len(), names.len()), (SETTINGS.len(), SETTINGS.len()));
        assert!(SETTINGS.iter().all(|setting| setting.key.matches('.').count() == 1));
    }
}
