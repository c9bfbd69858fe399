//! Technologies behind the ports, a folder each. Adapters decide nothing about the domain and know
//! nothing of each other.

pub mod cached_clip_source;
pub mod cached_embedder;
pub mod clock;
mod elsewhere;
pub mod embedded;
mod event_search;
pub mod fallback_chat_model;
pub mod fallback_clip_source;
pub mod feeds;
pub mod files;
pub mod frigate;
pub mod guard;
pub mod http;
pub mod jwt;
mod late;
mod lost_usage;
pub mod minilm;
pub mod no_clips;
pub mod observe;
pub mod openai;
pub mod otlp;
mod paging;
mod picture_folder;
pub mod priced_chat_model;
mod rate_figures;
pub mod redis;
pub mod remote;
pub mod s3;
pub mod simulator;
mod turn_locks;
pub mod vms;
pub mod weaviate;
