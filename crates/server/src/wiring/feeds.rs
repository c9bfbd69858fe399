//! Which sources are listened to, and whose events they bring.

use std::{sync::Arc, time::Duration};

use eps_adapters::feeds::{
    client_id,
    frigate::{FrigateFeed, FrigateFeedSettings},
    mqtt::MqttSettings,
    onvif::{OnvifFeed, OnvifSettings},
};
use eps_domain::{event_feed::EventFeed, feeds::FeedIntake};

use super::Site;
use crate::{config::Config, failure::Failure};

/// How often Frigate is asked for what it never said.
const FRIGATE_RECHECK: Duration = Duration::from_mins(5);
/// The folder of the data directory where feeds remember how far they are.
const FOLDER: &str = "feeds";

/// What is listened to and what takes it in.
pub struct Feeds {
    /// Puts events into the store.
    pub intake: Arc<FeedIntake>,
    /// The sources.
    pub sources: Vec<Arc<dyn EventFeed>>,
}

/// The feeds of the settings, which begin to listen at once; none when there is no broker.
///
/// # Errors
/// An address of Frigate that cannot be used (78); a data directory that cannot be written.
pub fn feeds(config: &Config, site: &Site) -> Result<Option<Feeds>, Failure> {
    let Some(settings) = &config.feeds else { return Ok(None) };
    let folder = config.storage.data_dir.join(FOLDER);
    let own = client_id(&folder)?;
    let client_id = settings.client_id.as_deref().unwrap_or(&own).into();
    let mqtt = MqttSettings { address: settings.mqtt.clone(), client_id };
    // What arrives is told by its sources' clocks, whatever questions are replayed.
    let clock = || Arc::clone(&site.clocks.wall);
    let mut sources: Vec<Arc<dyn EventFeed>> = Vec::with_capacity(2);
    if let Some(prefix) = &settings.frigate_prefix {
        let frigate = FrigateFeedSettings {
            mqtt: mqtt.clone(),
            prefix: prefix.clone(),
            http: config.clips.frigate.clone(),
            backfill: settings.frigate_backfill,
            recheck: FRIGATE_RECHECK,
        };
        let feed = FrigateFeed::open(&frigate, &folder, clock())
            .map_err(|error| Failure::new(Failure::CONFIG, format!("FRIGATE_URL {error}")))?;
        if frigate.http.is_none() {
            tracing::warn!("without FRIGATE_URL, what Frigate says while it is not heard is lost");
        }
        sources.push(Arc::new(feed));
    }
    if !settings.onvif_cameras.is_empty() {
        let onvif = OnvifSettings { mqtt, cameras: settings.onvif_cameras.clone() };
        sources.push(Arc::new(OnvifFeed::open(onvif, &folder, clock())));
    }
    let tenant = settings.tenant.as_deref().unwrap_or(site.directory.tenant()).into();
    let intake = FeedIntake::new(Arc::clone(&site.store), Arc::clone(&site.directory), tenant, clock());
    Ok(Some(Feeds { intake: Arc::new(intake), sources }))
}
