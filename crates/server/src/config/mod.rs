//! Settings, checked once into types that cannot be wrong: defaults < `config/service.yaml` <
//! environment < command line. All problems are reported together, each with the name of its setting.
//! Holds no business rule and prints nothing.

mod clips;
mod feeds;
mod layers;
mod llm;
mod reader;
mod report;
mod sections;
mod security;
mod settings;
mod storage;
mod telemetry;

use std::{fmt, path::Path};

use eps_adapters::otlp::Collector;

pub use clips::{ClipKeeper, ClipSettings, S3Section, VmsSection};
pub use feeds::FeedSettings;
pub use layers::{DEFAULT_FILE, Environment, Problem};
pub use llm::{FallbackSettings, LlmSettings};
pub use report::Report;
pub use sections::{
    ConversationSettings, EmbeddingSettings, OnOutage, RateSettings, SearchSettings, ServiceSettings,
};
pub use security::SecuritySettings;
pub use settings::{SETTINGS, Setting};
pub use storage::{StorageSettings, WeaviateSettings};

use layers::Layers;
use reader::Reader;

/// What the settings are needed for; it decides which of them must be there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// Serving: tokens must be verifiable.
    Serve,
    /// Working on the data directory, or with a server: no secret is needed.
    Local,
}

/// Where settings come from, besides the environment.
#[derive(Debug, Clone, Default)]
pub struct Sources<'a> {
    /// `--config`.
    pub file: Option<&'a Path>,
    /// Flags of the command line: place in the file and value.
    pub overrides: Vec<(&'static str, String)>,
}

/// The checked settings.
#[derive(Debug, Clone)]
pub struct Config {
    /// The process: name, addresses, logs.
    pub service: ServiceSettings,
    /// Memory.
    pub conversation: ConversationSettings,
    /// The language model; absent when neither a key nor an address is set.
    pub llm: LlmSettings,
    /// A remote embedder.
    pub embeddings: Option<EmbeddingSettings>,
    /// Search and answers.
    pub search: SearchSettings,
    /// Requests a caller may make.
    pub rate_limiting: RateSettings,
    /// Folders and files.
    pub storage: StorageSettings,
    /// Pictures and links to them.
    pub clips: ClipSettings,
    /// Sources that are listened to; none without a broker.
    pub feeds: Option<FeedSettings>,
    /// Tokens, proxies, browsers.
    pub security: SecuritySettings,
    /// Where traces are sent, if anywhere.
    pub collector: Option<Collector>,
}

/// Every problem of the settings.
#[derive(Debug)]
pub struct ConfigError {
    /// At least one.
    pub problems: Vec<Problem>,
}

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let count = self.problems.len();
        write!(f, "{count} problem{} in the settings", if count == 1 { "" } else { "s" })?;
        for problem in &self.problems {
            write!(f, "\n  {problem}")?;
        }
        Ok(())
    }
}

impl std::error::Error for ConfigError {}

impl Config {
    /// Reads and checks everything.
    ///
    /// # Errors
    /// Every problem at once.
    pub fn load(
        sources: &Sources<'_>,
        environment: &Environment<'_>,
        purpose: Purpose,
    ) -> Result<Self, ConfigError> {
        Self::load_with_report(sources, environment, purpose).map(|(config, _)| config)
    }

    /// The same, with the effective settings for printing.
    ///
    /// # Errors
    /// Every problem at once.
    pub fn load_with_report(
        sources: &Sources<'_>,
        environment: &Environment<'_>,
        purpose: Purpose,
    ) -> Result<(Self, Report), ConfigError> {
        let mut layers = Layers::read(sources.file, environment);
        for (key, value) in &sources.overrides {
            layers.overrule(key, value.clone());
        }
        let config = Self::check(&mut Reader::new(&mut layers), purpose);
        match config {
            Some(config) if layers.problems.is_empty() => {
                let report = Report::of(&layers);
                Ok((config, report))
            }
            _ => Err(ConfigError { problems: layers.problems }),
        }
    }

    fn check(read: &mut Reader<'_>, purpose: Purpose) -> Option<Self> {
        let service = ServiceSettings::read(read);
        let conversation = ConversationSettings::read(read);
        let llm = LlmSettings::read(read);
        let embeddings = EmbeddingSettings::read(read);
        let search = SearchSettings::read(read);
        let rate_limiting = RateSettings::read(read);
        let storage = StorageSettings::read(read);
        let clips = ClipSettings::read(read);
        let feeds = FeedSettings::read(read);
        let security = SecuritySettings::read(read, purpose);
        Some(Self {
            service: service?,
            conversation: conversation?,
            llm: llm?,
            embeddings,
            search: search?,
            rate_limiting: rate_limiting?,
            storage: storage?,
            clips: clips?,
            feeds,
            security,
            collector: telemetry::collector(read),
        })
    }
}

#[cfg(test)]
mod tests;
