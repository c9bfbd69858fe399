//! Where things are kept: folders, files and the servers that stand in for them.

use std::path::PathBuf;

use eps_adapters::redis::{RedisAddress, RedisTls};
use secrecy::ExposeSecret as _;

use super::{reader::Reader, sections::refuse_unbuilt};

/// Folders and files.
#[derive(Debug, Clone)]
pub struct StorageSettings {
    /// Everything that the embedded stores keep.
    pub data_dir: PathBuf,
    /// Clips and stills; no clips when absent.
    pub clips_dir: Option<PathBuf>,
    /// `cameras.yaml`.
    pub cameras_file: Option<PathBuf>,
    /// Where the embedder's model lies; the cache of the user when absent.
    pub model_dir: Option<PathBuf>,
    /// Where conversations, idempotency records and limits are shared; in this process when absent.
    pub redis: Option<RedisAddress>,
}

impl StorageSettings {
    pub(super) fn read(read: &mut Reader<'_>) -> Option<Self> {
        for key in ["storage.weaviate_url", "storage.weaviate_api_key"] {
            refuse_unbuilt(read, key, "the embedded store");
        }
        let data_dir = read.path("storage.data_dir");
        let clips_dir = read.path("storage.clips_dir");
        let cameras_file = read.path("storage.cameras_file");
        let model_dir = read.path("storage.model_dir");
        let is_file = |path: &PathBuf| path.is_file();
        if cameras_file.as_ref().is_some_and(|path| !is_file(path)) {
            read.problem("storage.cameras_file", "there is no such file");
        }
        if clips_dir.as_ref().is_some_and(|path| !path.is_dir()) {
            read.problem("storage.clips_dir", "there is no such folder");
        }
        let redis = redis(read);
        Some(Self { data_dir: data_dir?, clips_dir, cameras_file, model_dir, redis })
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
