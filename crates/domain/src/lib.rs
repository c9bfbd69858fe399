//! The nouns, the rules, the services and the ports of the Enhanced Prompt Service.
//!
//! Nothing here does I/O, reads a clock or the environment, or knows HTTP, SQL or a vendor's JSON.
//! Adapters implement the ports; `eps-api` serves the services.

pub mod access;
pub mod ask;
mod business_hours;
pub mod camera;
pub mod chat_model;
pub mod clip;
pub mod clips;
mod clock;
mod coloured;
pub mod conversation;
pub mod conversations;
mod denied;
pub mod embedder;
pub mod embedding_backlog;
mod error;
mod event;
pub mod event_feed;
pub mod event_store;
pub mod events;
pub mod feeds;
mod held;
pub mod idempotency;
pub mod insights;
mod period;
pub mod rate_limit;
pub mod related;
pub mod search;
mod severity;
mod short_float;
pub mod sources;
pub mod text;
pub mod token_ledger;

pub mod trace;
mod words;

pub use access::{Caller, CameraScope, Owner, Permission, Scope};
pub use camera::CameraDirectory;
pub use clock::Clock;
pub use error::{Error, ErrorKind, Result};
pub use event::{
    ATTRIBUTES_BYTES_MAX, DESCRIPTION_CHARS_MAX, Event, EventDraft, ID_BYTES_MAX, Media, TERM_BYTES_MAX,
    ZONES_MAX, instant,
};
pub use period::{Period, local_rfc3339};
