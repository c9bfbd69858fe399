//! The HTTP surface of the Enhanced Prompt Service: one route table, thin handlers, errors → status,
//! streams, the API document, and serving itself.
//!
//! It knows the services and ports of `eps-domain` and no adapter; it holds no rule of the domain.

mod app;
mod context;
mod degraded;
mod error;
mod extract;
mod health;
mod idempotency;
mod layers;
mod limits;
mod media;
mod metrics;
mod openapi;
mod policies;
mod readiness;
mod routes;
mod serve;
mod settings;
mod sse;
mod v1;
mod write_deadline;

pub use app::{App, AppParts};
pub use error::{PROBLEM_JSON, Problem, ProblemBody};
pub use metrics::register_metrics;
pub use readiness::{Health, Readiness};
pub use routes::{document, router};
pub use serve::{ServeSettings, serve};
pub use settings::ApiSettings;
