//! What tests share: contract suites that every adapter of a port must pass, scripted models, fake
//! upstreams with faults, builders. A development dependency only.

pub mod bare_client;
pub mod builders;
pub mod contract;
pub mod fake_frigate;
pub mod fault_proxy;
pub mod identity_provider;
pub mod keepers;
pub mod manual_clock;
pub mod scripted_chat_model;
pub mod servers;
pub mod upstreams;
