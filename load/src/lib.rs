//! What the service is measured against. Never a part of the service.

pub mod bare;
