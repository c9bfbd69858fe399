//! Black-box tests: the real server on a port of its own, and the real binary.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

mod access;
mod ask;
mod bad_models;
mod cli;
mod clips;
mod config;
mod durability;
mod eval;
mod feeds;
mod fleet;
mod health;
mod identity_provider;
mod import;
mod interpret;
mod meva;
mod readme;
mod real_model;
mod redis;
mod shutdown;
mod soak;
mod sources;
mod stores;
mod support;
mod telemetry;
mod ten_promises;
mod traces;
mod truth;
mod weaviate;
