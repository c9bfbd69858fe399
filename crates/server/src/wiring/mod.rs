//! Settings → adapters → services → the HTTP surface: the one place that knows which adapter stands
//! behind which port. Decides nothing else.

mod clips;
mod clocks;
mod event_store;
mod memory;
mod models;
mod site;
mod surface;
mod tokens;

use std::sync::Arc;

use eps_domain::{CameraDirectory, camera::CamerasFile};

pub use clocks::Clocks;
pub use site::{Intake, LOCAL_SUBJECT, Site, local_caller, open_intake, open_site, open_site_of, retention};
pub use surface::surface;
pub use tokens::{TokenRequest, mint, random_secret};

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
