//! Settings → adapters → services → the HTTP surface: the one place that knows which adapter stands
//! behind which port. Decides nothing else.

mod clips;
mod clocks;
mod event_store;
mod feeds;
mod memory;
mod models;
mod site;
mod surface;
mod tokens;
mod traces;

use std::sync::Arc;

use eps_domain::{
    CameraDirectory,
    camera::CamerasFile,
    sources::{Sources, SourcesFile},
};

pub use clocks::Clocks;
pub use feeds::{Feeds, feeds};
pub use site::{Intake, LOCAL_SUBJECT, Site, local_caller, open_intake, open_site, open_site_of, retention};
pub use surface::surface;
pub use tokens::{TokenRequest, Tokens, mint, random_secret, tokens};
pub use traces::{Traces, traces};

use crate::{config::Config, failure::Failure};

/// The cameras that the operator described; none when there is no file.
///
/// # Errors
/// A file that cannot be read, with the code for settings.
pub fn directory(config: &Config) -> Result<Arc<CameraDirectory>, Failure> {
    let fallback = config.service.timezone.clone();
    let Some(path) = &config.storage.cameras_file else {
        return Ok(Arc::new(CameraDirectory::empty(fallback)));
    };
    let wrong = |message: String| {
        Failure::new(Failure::CONFIG, format!("CAMERAS_FILE {}: {message}", path.display()))
    };
    let text = std::fs::read_to_string(path).map_err(|error| wrong(error.to_string()))?;
    let file: CamerasFile = serde_saphyr::from_str(&text).map_err(|error| wrong(error.to_string()))?;
    CameraDirectory::from_file(file, fallback).map(Arc::new).map_err(|error| wrong(error.to_string()))
}

/// The senders with shapes of their own; none when there is no file.
///
/// # Errors
/// A file that cannot be read, with the code for settings.
pub fn sources(config: &Config) -> Result<Arc<Sources>, Failure> {
    let Some(path) = &config.storage.sources_file else { return Ok(Arc::default()) };
    let wrong = |message: String| {
        Failure::new(Failure::CONFIG, format!("SOURCES_FILE {}: {message}", path.display()))
    };
    let text = std::fs::read_to_string(path).map_err(|error| wrong(error.to_string()))?;
    let file: SourcesFile = serde_saphyr::from_str(&text).map_err(|error| wrong(error.to_string()))?;
    Sources::from_file(file).map(Arc::new).map_err(|error| wrong(error.to_string()))
}
