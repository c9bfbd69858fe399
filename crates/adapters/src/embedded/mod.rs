//! Everything in one process and one folder: no server to install.

mod conversations;
mod data_dir;
mod events;
mod rate_limiter;

pub use data_dir::DataDir;
