//! Sources of events that are listened to: Frigate and ONVIF devices, over a broker that speaks MQTT.
//! They hand over what the sources say; what becomes of it is the domain's business.

pub mod frigate;
mod marks;
pub mod mqtt;
pub mod onvif;

pub use marks::client_id;
