//! Logs and metrics of the process. Installed once by `main`; tests install the metrics once for all
//! servers of their process. Never records query text, answers, tokens or keys.

mod endpoint;
mod logs;
mod metrics;
mod process;

pub use endpoint::serve_metrics;
pub use logs::{LogWriter, install_logs};
pub use metrics::Metrics;
