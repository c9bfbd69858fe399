//! Technologies behind the ports, a folder each. Adapters decide nothing about the domain and know
//! nothing of each other.

pub mod cached_embedder;
pub mod clock;
pub mod embedded;
mod event_search;
pub mod fallback_chat_model;
pub mod files;
pub mod guard;
pub mod http;
pub mod jwt;
pub mod minilm;
pub mod no_clips;
pub mod observe;
pub mod openai;
mod paging;
mod picture_folder;
mod rate_figures;
pub mod redis;
pub mod remote;
pub mod simulator;
mod turn_locks;
pub mod weaviate;
