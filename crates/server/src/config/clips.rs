//! Clips: who keeps them, in which order they are asked, and to whom links are given. Reads settings and
//! opens nothing.

use std::{path::PathBuf, time::Duration};

use eps_adapters::{
    frigate::{FrigateAddress, FrigateLogin},
    s3::KeyTemplate,
};
use secrecy::SecretString;

use super::{reader::Reader, security::check_secret};

/// A kind of keeper.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ClipKeeper {
    /// A folder (`CLIPS_DIR`).
    Files,
    /// A bucket.
    S3,
    /// Frigate.
    Frigate,
    /// A video management system.
    Vms,
}

const KEEPERS: [(&str, ClipKeeper, &str); 4] = [
    ("files", ClipKeeper::Files, "storage.clips_dir"),
    ("s3", ClipKeeper::S3, "clips.s3_endpoint"),
    ("frigate", ClipKeeper::Frigate, "clips.frigate_url"),
    ("vms", ClipKeeper::Vms, "clips.vms_service_url"),
];

/// Pictures and links to them.
#[derive(Debug, Clone)]
pub struct ClipSettings {
    /// Signs links; derived from the token secret when absent.
    pub signing_key: Option<SecretString>,
    /// Put before links; empty gives relative ones.
    pub public_url: String,
    /// Who is asked, in this order.
    pub order: Vec<ClipKeeper>,
    /// Hosts elsewhere to which links are given.
    pub allowed_hosts: Vec<String>,
    /// After this long a clip that is missing has expired.
    pub retention: Option<Duration>,
    /// Room for copies of pictures from elsewhere.
    pub cache_bytes: u64,
    /// Clips as files.
    pub files: Option<PathBuf>,
    /// Whether each camera has a folder of its own in it.
    pub by_camera: bool,
    /// A bucket.
    pub s3: Option<S3Section>,
    /// Frigate; feeds ask it as well.
    pub frigate: Option<FrigateAddress>,
    /// A video management system.
    pub vms: Option<VmsSection>,
}

/// A bucket.
#[derive(Debug, Clone)]
pub struct S3Section {
    /// As this service reaches it.
    pub endpoint: String,
    /// As browsers reach it.
    pub public_endpoint: Option<String>,
    /// Its region.
    pub region: String,
    /// Its name.
    pub bucket: String,
    /// Whether the name stands in the path.
    pub path_style: bool,
    /// Who asks.
    pub access_key_id: SecretString,
    /// The secret of the key.
    pub secret_access_key: SecretString,
    /// Keys of clips.
    pub clip_key: KeyTemplate,
    /// Keys of stills.
    pub thumbnail_key: Option<KeyTemplate>,
}

/// A video management system.
#[derive(Debug, Clone)]
pub struct VmsSection {
    /// Where it is.
    pub url: String,
    /// Before `/clips`.
    pub prefix: String,
    /// Sent as bearer token.
    pub token: Option<SecretString>,
}

impl ClipSettings {
    pub(super) fn read(read: &mut Reader<'_>) -> Option<Self> {
        let signing_key = read.secret("clips.signing_key");
        check_secret(read, "clips.signing_key", signing_key.as_ref());
        let public_url = read.url("clips.public_url").unwrap_or_default();
        let allowed_hosts = read.list("clips.allowed_hosts", host);
        let retention: Option<u64> = read.number("clips.retention_days", 0, 36_500);
        let cache_mb: Option<u64> = read.number("clips.cache_mb", 16, 1_000_000);
        let files = read.path("storage.clips_dir");
        let by_camera = read.flag("storage.clips_by_camera");
        let (s3, frigate, vms) = (s3(read), frigate(read), vms(read));
        if vms.is_some() && allowed_hosts.is_empty() {
            let message = "must name the hosts of the links that VMS_SERVICE_URL answers with";
            read.problem("clips.allowed_hosts", message);
        }
        let order = order(read, [files.is_some(), s3.is_some(), frigate.is_some(), vms.is_some()]);
        let days = |days| Duration::from_hours(24 * days);
        Some(Self {
            signing_key,
            public_url,
            order,
            allowed_hosts,
            retention: retention.map(days).filter(|kept| !kept.is_zero()),
            cache_bytes: cache_mb? << 20,
            files,
            by_camera: by_camera?,
            s3,
            frigate,
            vms,
        })
    }
}

/// Keepers that are set up, in the order that the operator named.
fn order(read: &mut Reader<'_>, is_set: [bool; 4]) -> Vec<ClipKeeper> {
    let mut named = read.list("clips.sources", |word| {
        let known = KEEPERS.iter().find(|(name, ..)| *name == word);
        known
            .map(|(_, keeper, _)| *keeper)
            .ok_or_else(|| format!("`{word}` is none of files, s3, frigate, vms"))
    });
    for ((name, keeper, key), is_set) in KEEPERS.iter().zip(is_set) {
        if named.iter().filter(|other| *other == keeper).count() > 1 {
            read.problem("clips.sources", format!("names {name} twice"));
        }
        // Frigate may be there for its events alone.
        let is_for_feeds = *keeper == ClipKeeper::Frigate && read.secret("feeds.mqtt_url").is_some();
        if is_set && !named.contains(keeper) && !is_for_feeds {
            read.problem(key, format!("is set, but CLIP_SOURCES does not name {name}"));
        }
    }
    named
        .retain(|keeper| KEEPERS.iter().zip(is_set).any(|((_, other, _), is_set)| is_set && other == keeper));
    named
}

fn s3(read: &mut Reader<'_>) -> Option<S3Section> {
    let endpoint = read.url("clips.s3_endpoint");
    let public_endpoint = read.url("clips.s3_public_endpoint");
    let region = read.text("clips.s3_region");
    let bucket = read.text("clips.s3_bucket");
    let path_style = read.flag("clips.s3_path_style");
    let keys = (read.secret("clips.s3_access_key_id"), read.secret("clips.s3_secret_access_key"));
    let clip_key = read.parsed("clips.s3_clip_key", KeyTemplate::parse);
    let thumbnail_key = read.text("clips.s3_thumbnail_key").is_some();
    let thumbnail_key =
        thumbnail_key.then(|| read.parsed("clips.s3_thumbnail_key", KeyTemplate::parse)).flatten();
    if endpoint.is_none() && public_endpoint.is_some() {
        read.problem("clips.s3_public_endpoint", "is set without S3_ENDPOINT");
    }
    let endpoint = endpoint?;
    let missing = [
        ("clips.s3_bucket", bucket.is_none()),
        ("clips.s3_access_key_id", keys.0.is_none()),
        ("clips.s3_secret_access_key", keys.1.is_none()),
    ];
    for (key, is_missing) in missing {
        if is_missing {
            read.problem(key, "is needed beside S3_ENDPOINT");
        }
    }
    Some(S3Section {
        endpoint,
        public_endpoint,
        region: region?,
        bucket: bucket?,
        path_style: path_style?,
        access_key_id: keys.0?,
        secret_access_key: keys.1?,
        clip_key: clip_key?,
        thumbnail_key,
    })
}

fn frigate(read: &mut Reader<'_>) -> Option<FrigateAddress> {
    let url = read.url("clips.frigate_url");
    let login = match (read.text("clips.frigate_user"), read.secret("clips.frigate_password")) {
        (Some(user), Some(password)) => Some(FrigateLogin { user, password }),
        (None, None) => None,
        _ => {
            read.problem("clips.frigate_user", "FRIGATE_USER and FRIGATE_PASSWORD belong together");
            None
        }
    };
    if url.is_none() && login.is_some() {
        read.problem("clips.frigate_user", "is set without FRIGATE_URL");
    }
    Some(FrigateAddress { url: url?, login })
}

fn vms(read: &mut Reader<'_>) -> Option<VmsSection> {
    let url = read.url("clips.vms_service_url");
    let prefix = read.parsed("clips.vms_prefix", |prefix| {
        let is_segment = |segment: &str| {
            let is_plain =
                |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b'~');
            !matches!(segment, "" | "." | "..") && segment.bytes().all(is_plain)
        };
        match prefix.trim_matches('/') {
            "" => Ok(String::new()),
            trimmed if trimmed.split('/').all(is_segment) => Ok(format!("/{trimmed}")),
            _ => Err(format!("`{prefix}` is not a path such as /api/v1")),
        }
    });
    let token = read.secret("clips.vms_token");
    if url.is_none() && token.is_some() {
        read.problem("clips.vms_token", "is set without VMS_SERVICE_URL");
    }
    Some(VmsSection { url: url?, prefix: prefix.unwrap_or_default(), token })
}

/// `host` or `host:port`, as links write it.
fn host(value: &str) -> Result<String, String> {
    let (name, port) = value.split_once(':').unwrap_or((value, "443"));
    let is_name =
        !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-'));
    if is_name && port.parse::<u16>().is_ok_and(|port| port > 0) {
        Ok(value.to_owned())
    } else {
        Err(format!("`{value}` is not a host such as vms.example or vms.example:8443"))
    }
}
