//! Where things are kept: folders, files and the servers that stand in for them.

use std::{path::PathBuf, time::Duration};

use eps_adapters::{
    redis::{RedisAddress, RedisTls},
    weaviate::Consistency,
};
use secrecy::{ExposeSecret as _, SecretString};

use super::reader::Reader;

/// Folders and files.
#[derive(Debug, Clone)]
pub struct StorageSettings {
    /// Everything that the embedded stores keep.
    pub data_dir: PathBuf,
    /// `cameras.yaml`.
    pub cameras_file: Option<PathBuf>,
    /// `sources.yaml`: senders with shapes of their own.
    pub sources_file: Option<PathBuf>,
    /// Where the embedder's model lies; the cache of the user when absent.
    pub model_dir: Option<PathBuf>,
    /// Where conversations, idempotency records and limits are shared; in this process when absent.
    pub redis: Option<RedisAddress>,
    /// Where events are shared; in this process when absent.
    pub weaviate: Option<WeaviateSettings>,
}

/// A Weaviate.
#[derive(Debug, Clone)]
pub struct WeaviateSettings {
    /// `http://weaviate:8080`.
    pub url: String,
    /// Its key, when it wants one.
    pub api_key: Option<SecretString>,
    /// Name of the collection of events.
    pub collection: String,
    /// Copies of each event, when the collection is made.
    pub replication_factor: u32,
    /// Copies that must be written before an event counts as stored.
    pub consistency: Consistency,
    /// How long one question to it may take.
    pub timeout: Duration,
}

impl WeaviateSettings {
    fn read(read: &mut Reader<'_>) -> Option<Self> {
        let url = read.url("storage.weaviate_url");
        let api_key = read.secret("storage.weaviate_api_key");
        let collection = read.parsed("storage.weaviate_collection", |name| {
            let fits = name.len() <= 200
                && name.starts_with(|first: char| first.is_ascii_uppercase())
                && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
            if fits {
                Ok(name.to_owned())
            } else {
                Err(format!("`{name}` is not a name such as CameraEvent"))
            }
        });
        let replication_factor = read.number("storage.weaviate_replication_factor", 1, 15);
        let consistency = read.parsed("storage.weaviate_consistency", |word| {
            Consistency::parse(word).ok_or_else(|| format!("`{word}` is none of all, quorum, one"))
        });
        let timeout = read.seconds("storage.weaviate_timeout_seconds", 1, 60);
        if url.is_none() && api_key.is_some() {
            read.problem("storage.weaviate_api_key", "is set without WEAVIATE_URL");
        }
        Some(Self {
            url: url?,
            api_key,
            collection: collection?,
            replication_factor: replication_factor?,
            consistency: consistency?,
            timeout: timeout?,
        })
    }
}

impl StorageSettings {
    pub(super) fn read(read: &mut Reader<'_>) -> Option<Self> {
        let data_dir = read.path("storage.data_dir");
        let clips_dir = read.path("storage.clips_dir");
        let cameras_file = read.path("storage.cameras_file");
        let sources_file = read.path("storage.sources_file");
        let model_dir = read.path("storage.model_dir");
        let is_file = |path: &PathBuf| path.is_file();
        if cameras_file.as_ref().is_some_and(|path| !is_file(path)) {
            read.problem("storage.cameras_file", "there is no such file");
        }
        if sources_file.as_ref().is_some_and(|path| !is_file(path)) {
            read.problem("storage.sources_file", "there is no such file");
        }
        if clips_dir.as_ref().is_some_and(|path| !path.is_dir()) {
            read.problem("storage.clips_dir", "there is no such folder");
        }
        let redis = redis(read);
        let weaviate = WeaviateSettings::read(read);
        Some(Self { data_dir: data_dir?, cameras_file, sources_file, model_dir, redis, weaviate })
    }
}

/// The address of Redis. What is wrong with it is told without its password.
fn redis(read: &mut Reader<'_>) -> Option<RedisAddress> {
    let url = read.secret("storage.redis_url");
    let ca = read.text("storage.redis_ca");
    let client = (read.text("storage.redis_cert"), read.secret("storage.redis_key"));
    let client = match client {
        (Some(certificate), Some(key)) => Some((certificate, key)),
        (None, None) => None,
        _ => {
            read.problem("storage.redis_cert", "REDIS_CERT and REDIS_KEY belong together");
            None
        }
    };
    let address = RedisAddress::parse(url?.expose_secret(), RedisTls { ca, client });
    address.map_err(|message| read.problem("storage.redis_url", message)).ok()
}
