//! What each command does, a file each. They read settings, call services and show the result through
//! the terminal; none holds a rule of the domain.

pub mod arguments;
pub mod ask;
pub mod check_config;
pub mod demo;
pub mod eval;
pub mod healthcheck;
pub mod import;
pub mod interpret;
pub mod openapi;
pub mod search;
pub mod serve;
mod shown;
mod target;
pub mod token;

use std::path::PathBuf;

use arguments::Output;

use crate::{config::Sources, terminal::Terminal};

/// What every command knows.
pub struct Context {
    config: Option<PathBuf>,
}

impl Context {
    /// With a file of settings, or without one.
    pub fn new(config: Option<PathBuf>) -> Self {
        Self { config }
    }

    fn sources(&self) -> Sources<'_> {
        Sources { file: self.config.as_deref(), ..Sources::default() }
    }

    #[expect(clippy::unused_self, reason = "the terminal is what the context gives; it may get a setting")]
    fn terminal(&self, output: Output) -> Terminal {
        Terminal { is_json: output.json }
    }
}

/// The environment of the process.
fn environment(name: &str) -> Option<String> {
    std::env::var(name).ok()
}
