//! Which keepers of clips the settings mean, and in which order they are asked. Those on other machines are
//! guarded, and what they say is remembered for a short time.

use std::sync::Arc;

use eps_adapters::{
    cached_clip_source::CachedClipSource,
    fallback_clip_source::FallbackClipSource,
    files::{FileClipSettings, FileClipSource, ThumbnailSettings, find_ffmpeg},
    frigate::{FrigateClipSettings, FrigateClipSource},
    guard::GuardedClipSource,
    no_clips::NoClips,
    observe::ObservedClipSource,
    s3::{S3ClipSource, S3Settings},
    vms::{VmsClipSource, VmsSettings},
};
use eps_domain::clip::ClipSource;
use secrecy::ExposeSecret as _;

use super::{Clocks, models::wrong_setting};
use crate::{
    config::{ClipKeeper, Config},
    failure::Failure,
};

/// Stills made from clips: some 10,000 of the usual size.
const STILLS_BYTES_MAX: u64 = 256 * 1024 * 1024;

/// The keepers of clips of the settings as one.
///
/// # Errors
/// One that cannot be set up, as a matter of settings.
pub(super) fn clip_source(
    config: &Config,
    clocks: &Clocks,
    tenant: &str,
) -> Result<Arc<dyn ClipSource>, Failure> {
    let mut keepers: Vec<(&'static str, Arc<dyn ClipSource>)> = Vec::new();
    for keeper in &config.clips.order {
        keepers.push(match keeper {
            ClipKeeper::Files => ("files", files(config, clocks, tenant)?),
            ClipKeeper::S3 => ("s3", elsewhere("clips_s3", s3(config, clocks, tenant)?)),
            ClipKeeper::Frigate => ("frigate", elsewhere("clips_frigate", frigate(config, clocks, tenant)?)),
            ClipKeeper::Vms => ("vms", elsewhere("clips_vms", vms(config, tenant)?)),
        });
    }
    let only = if keepers.len() > 1 { None } else { keepers.pop() };
    let source: Arc<dyn ClipSource> = match only {
        Some((_, only)) => only,
        None if keepers.is_empty() => return Ok(Arc::new(NoClips)),
        None => Arc::new(FallbackClipSource::new(keepers)),
    };
    Ok(Arc::new(ObservedClipSource::new(source)))
}

fn elsewhere(dep: &'static str, keeper: Arc<dyn ClipSource>) -> Arc<dyn ClipSource> {
    Arc::new(CachedClipSource::new(Arc::new(GuardedClipSource::new(dep, keeper))))
}

/// A keeper that the order names is there: whoever read the settings saw to it.
fn absent(name: &str) -> Failure {
    Failure::general(format!("no settings of {name}"))
}

fn files(config: &Config, clocks: &Clocks, tenant: &str) -> Result<Arc<dyn ClipSource>, Failure> {
    let root = config.clips.files.as_ref().ok_or_else(|| absent("files"))?;
    let ffmpeg = std::env::var_os("PATH").and_then(|path| find_ffmpeg(&path));
    let thumbnails = ffmpeg.map(|ffmpeg| ThumbnailSettings {
        ffmpeg,
        cache: config.storage.data_dir.join("stills"),
        cache_bytes_max: STILLS_BYTES_MAX,
    });
    let settings = FileClipSettings {
        thumbnails,
        tenant: tenant.into(),
        by_camera: config.clips.by_camera,
        retention: config.clips.retention,
        ..FileClipSettings::new(root)
    };
    let source = FileClipSource::open(settings, Arc::clone(&clocks.wall))
        .map_err(|error| wrong_setting("CLIPS_DIR", &error))?;
    Ok(Arc::new(source))
}

fn s3(config: &Config, clocks: &Clocks, tenant: &str) -> Result<Arc<dyn ClipSource>, Failure> {
    let section = config.clips.s3.clone().ok_or_else(|| absent("s3"))?;
    let settings = S3Settings {
        endpoint: section.endpoint,
        public_endpoint: section.public_endpoint,
        region: section.region,
        bucket: section.bucket,
        path_style: section.path_style,
        access_key_id: section.access_key_id.expose_secret().to_owned(),
        secret_access_key: section.secret_access_key,
        clip_key: section.clip_key,
        thumbnail_key: section.thumbnail_key,
        tenant: tenant.into(),
        retention: config.clips.retention,
    };
    let source = S3ClipSource::new(settings, Arc::clone(&clocks.wall))
        .map_err(|error| wrong_setting("S3_ENDPOINT", &error))?;
    Ok(Arc::new(source))
}

fn frigate(config: &Config, clocks: &Clocks, tenant: &str) -> Result<Arc<dyn ClipSource>, Failure> {
    let settings = FrigateClipSettings {
        address: config.clips.frigate.clone().ok_or_else(|| absent("frigate"))?,
        tenant: tenant.into(),
        retention: config.clips.retention,
        cache: config.storage.data_dir.join("clip-copies"),
        cache_bytes_max: config.clips.cache_bytes,
    };
    let source = FrigateClipSource::new(settings, Arc::clone(&clocks.wall))
        .map_err(|error| wrong_setting("FRIGATE_URL", &error))?;
    Ok(Arc::new(source))
}

fn vms(config: &Config, tenant: &str) -> Result<Arc<dyn ClipSource>, Failure> {
    let section = config.clips.vms.clone().ok_or_else(|| absent("vms"))?;
    let settings = VmsSettings {
        url: section.url,
        prefix: section.prefix,
        token: section.token,
        allowed_hosts: config.clips.allowed_hosts.clone(),
        tenant: tenant.into(),
        retention: config.clips.retention,
    };
    let source = VmsClipSource::new(settings).map_err(|error| wrong_setting("VMS_SERVICE_URL", &error))?;
    Ok(Arc::new(source))
}
