//! The service as it is measured: the real binary over the simulated site, with tokens for its callers.

use std::{
    collections::BTreeMap,
    path::Path,
    process::Command,
    time::{Duration, Instant},
};

use eps_domain::Permission;
use eps_load::process::{Program, pinned};
use eps_server::{
    config::{Config, Purpose, Sources},
    wiring::{self, Clocks, TokenRequest},
};
use eps_testkit::servers::redis::RedisServer;
use serde_json::Value;
use tempfile::TempDir;

use super::{SERVICE_CORE, roles::Model};

/// Signs the tokens.
pub(crate) const SECRET: &str = "bWq7xT0nZ4vK9rJ2mL6cH1sYfD8pA5gE";
/// What "now" means in questions; the events end here.
pub(crate) const NOW: &str = "2026-05-13T10:00:00Z";

/// The binary that is measured: `EPS_BINARY`, for comparing with another, else the one just built.
fn binary() -> String {
    std::env::var("EPS_BINARY").unwrap_or_else(|_| env!("CARGO_BIN_EXE_eps").to_owned())
}

/// A folder and settings.
pub(crate) struct Stand {
    folder: TempDir,
    settings: BTreeMap<String, String>,
}

impl Stand {
    /// A folder with the events and cameras of the simulated site, in files; limits out of the way.
    pub(crate) fn new() -> Self {
        let folder = TempDir::new_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
        let file = |name: &str| folder.path().join(name).display().to_string();
        let settings = [
            ("DATA_DIR", file("data")),
            ("CAMERAS_FILE", file("cameras.yaml")),
            ("MODEL_DIR", file("no-model")),
            ("JWT_SECRET_KEY", SECRET.to_owned()),
            ("HOST", "127.0.0.1".to_owned()),
            ("PORT", "0".to_owned()),
            ("METRICS_PORT", "0".to_owned()),
            ("DRAIN_SECONDS", "0".to_owned()),
            ("RATE_LIMIT_PER_MINUTE", "1000000".to_owned()),
            ("RATE_LIMIT_BURST", "1000000".to_owned()),
            ("CONNECTIONS_MAX", "16000".to_owned()),
            ("ASKS_MAX", "16000".to_owned()),
        ];
        let settings = settings.map(|(name, value)| (name.to_owned(), value)).into();
        let stand = Self { folder, settings };
        let written = Command::new(binary())
            .args(["demo", "--now", NOW, "--write"])
            .arg(stand.path())
            .env_clear()
            .env("TIMEZONE", "Europe/Berlin")
            .output()
            .unwrap();
        assert!(written.status.success(), "{}", String::from_utf8_lossy(&written.stderr));
        stand
    }

    /// One more setting.
    pub(crate) fn set(mut self, name: &str, value: impl Into<String>) -> Self {
        self.settings.insert(name.to_owned(), value.into());
        self
    }

    /// Memory in Redis, answers of a model.
    pub(crate) fn with(self, redis: &RedisServer, model: &Model) -> Self {
        self.set("REDIS_URL", redis.url()).set("OPENAI_BASE_URL", model.url())
    }

    /// Takes the events in, as any operator would; how many, and how long it took.
    pub(crate) fn import(&self) -> (usize, Duration) {
        let mut command = Command::new(binary());
        command.args(["import", "--json"]).arg(self.path().join("events.ndjson"));
        let begun = Instant::now();
        let import = command.env_clear().envs(&self.settings).output().unwrap();
        let elapsed = begun.elapsed();
        assert!(import.status.success(), "{}", String::from_utf8_lossy(&import.stderr));
        let report: Value = serde_json::from_slice(&import.stdout).unwrap();
        (report["accepted"].as_u64().unwrap() as usize, elapsed)
    }

    /// Serves, on the core of what is measured.
    pub(crate) fn serve(&self) -> Program {
        let mut command = pinned(binary(), SERVICE_CORE);
        command.args(["serve", "--now", NOW]).env_clear().envs(&self.settings);
        if let Some(path) = std::env::var_os("PATH") {
            command.env("PATH", path);
        }
        Program::start(command).unwrap()
    }

    /// A token for each caller.
    pub(crate) fn tokens(&self, callers: usize) -> Vec<String> {
        (0..callers).map(|caller| self.token(&format!("caller-{caller}"))).collect()
    }

    fn token(&self, subject: &str) -> String {
        let lookup = |name: &str| self.settings.get(name).cloned();
        let config = Config::load(&Sources::default(), &lookup, Purpose::Serve).unwrap();
        let request = TokenRequest {
            subject: subject.to_owned(),
            tenant: None,
            permissions: Permission::ALL.to_vec(),
            cameras: None,
            timezone: None,
            lifetime: Duration::from_hours(2),
        };
        wiring::mint(&config, request, &*Clocks::new(None).wall).unwrap()
    }

    fn path(&self) -> &Path {
        self.folder.path()
    }
}
