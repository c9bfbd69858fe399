//! What the service is measured with and against. Never a part of the service.

pub mod bare;
pub mod bare_turn;
pub mod connection;
pub mod figures;
pub mod process;
pub mod stub_model;
mod token;
