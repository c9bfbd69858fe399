//! Sources that the service listens to by itself: a broker, and what to hear there.

use std::time::Duration;

use eps_adapters::feeds::{
    mqtt::{MqttAddress, MqttTls},
    onvif::OnvifCameras,
};
use secrecy::ExposeSecret as _;

use super::reader::Reader;

/// What is heard at a broker; at least one of the feeds is there.
#[derive(Debug, Clone)]
pub struct FeedSettings {
    /// The broker.
    pub mqtt: MqttAddress,
    /// Our name there, when it is not the one that the data directory keeps.
    pub client_id: Option<String>,
    /// Whose events they are; the tenant of the cameras when absent.
    pub tenant: Option<String>,
    /// What Frigate puts before its topics; it is not heard when absent.
    pub frigate_prefix: Option<String>,
    /// The longest gap that is filled.
    pub frigate_backfill: Duration,
    /// Devices and cameras; none are heard when empty.
    pub onvif_cameras: OnvifCameras,
}

impl FeedSettings {
    pub(super) fn read(read: &mut Reader<'_>) -> Option<Self> {
        let mqtt = mqtt(read);
        let client_id = read.parsed("feeds.mqtt_client_id", |id| {
            let fits =
                id.len() <= 64 && id.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_'));
            if fits { Ok(id.to_owned()) } else { Err("must be letters, digits, - and _".to_owned()) }
        });
        let tenant = read.text("feeds.tenant");
        let frigate_prefix = read.parsed("feeds.frigate_mqtt_prefix", |prefix| {
            let is_topic = !prefix.trim_matches('/').is_empty() && !prefix.contains(['+', '#']);
            if is_topic { Ok(prefix.to_owned()) } else { Err("is not the beginning of a topic".to_owned()) }
        });
        let hours: Option<u64> = read.number("feeds.frigate_backfill_hours", 1, 24 * 30);
        let entries = read.list("feeds.onvif_cameras", |entry| Ok(entry.to_owned()));
        let onvif_cameras = OnvifCameras::parse(entries.iter().map(String::as_str))
            .map_err(|message| read.problem("feeds.onvif_cameras", message))
            .ok();
        let is_heard = frigate_prefix.is_some() || !entries.is_empty();
        if mqtt.is_some() && !is_heard {
            let message = "is set and nothing is to be heard there: set FRIGATE_MQTT_PREFIX or ONVIF_CAMERAS";
            read.problem("feeds.mqtt_url", message);
        }
        if read.secret("feeds.mqtt_url").is_none() && is_heard {
            read.problem("feeds.mqtt_url", "is needed beside FRIGATE_MQTT_PREFIX or ONVIF_CAMERAS");
        }
        Some(Self {
            mqtt: mqtt?,
            client_id,
            tenant,
            frigate_prefix,
            frigate_backfill: Duration::from_hours(hours?),
            onvif_cameras: onvif_cameras?,
        })
    }
}

/// The address of the broker. What is wrong with it is told without its password.
fn mqtt(read: &mut Reader<'_>) -> Option<MqttAddress> {
    let url = read.secret("feeds.mqtt_url");
    let ca = read.text("feeds.mqtt_ca");
    let client = match (read.text("feeds.mqtt_cert"), read.secret("feeds.mqtt_key")) {
        (Some(certificate), Some(key)) => Some((certificate, key)),
        (None, None) => None,
        _ => {
            read.problem("feeds.mqtt_cert", "MQTT_CERT and MQTT_KEY belong together");
            None
        }
    };
    let address = MqttAddress::parse(url?.expose_secret(), MqttTls { ca, client });
    address.map_err(|message| read.problem("feeds.mqtt_url", message)).ok()
}
