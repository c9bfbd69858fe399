//! Redis as operators run it: with a password and an account that may touch our keys only. Talked to
//! with `redis-cli`, which comes with it.

use std::{
    path::PathBuf,
    process::Command,
    sync::{Arc, Mutex, PoisonError},
};

use tempfile::TempDir;

use super::{Process, START_LIMIT, certificates::Certificates, find, own_port, wait_until};

/// The password of the administrator of every server.
pub const ADMIN_PASSWORD: &str = "admin-%pass";
/// The account that the service uses.
pub const USER: &str = "eps";
/// Its password, with what must be percent-encoded in an address.
pub const PASSWORD: &str = "p@ss/word";
/// The same in an address.
pub const PASSWORD_ENCODED: &str = "p%40ss%2Fword";
/// What the account may do: everything of daily use, with our keys only.
pub const RIGHTS: &str = "~eps:* -@all +@read +@write +@scripting +@connection +time -@dangerous +info +role \
     +cluster|slots +readonly";

/// One server, its folder and its process.
#[derive(Debug)]
pub struct RedisServer {
    program: PathBuf,
    folder: TempDir,
    port: u16,
    settings: Vec<(String, String)>,
    tls: Option<Arc<Certificates>>,
    process: Mutex<Option<Process>>,
}

impl RedisServer {
    /// A server on a free port; `None` when Redis is not installed.
    ///
    /// # Panics
    /// When it does not start.
    pub fn start() -> Option<Self> {
        Self::start_with(&[])
    }

    /// The same with settings beyond the usual ones.
    ///
    /// # Panics
    /// When it does not start.
    pub fn start_with(settings: &[(&str, &str)]) -> Option<Self> {
        Self::start_as(settings, None)
    }

    /// A server that speaks TLS only and asks for certificates of its clients.
    ///
    /// # Panics
    /// When it does not start.
    pub fn start_tls(certificates: &Arc<Certificates>) -> Option<Self> {
        Self::start_as(&[], Some(Arc::clone(certificates)))
    }

    fn start_as(settings: &[(&str, &str)], tls: Option<Arc<Certificates>>) -> Option<Self> {
        let program = find("redis-server")?;
        find("redis-cli")?;
        let settings = settings.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        let server = Self {
            program,
            folder: TempDir::new().unwrap(),
            port: own_port(),
            settings: settings.collect(),
            tls,
            process: Mutex::default(),
        };
        server.resume_from_disk();
        Some(server)
    }

    /// Its port on loopback.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Its address for the service, with account and password.
    pub fn url(&self) -> String {
        self.url_at(self.port)
    }

    /// The same through something that listens on another port.
    pub fn url_at(&self, port: u16) -> String {
        let scheme = if self.tls.is_some() { "rediss" } else { "redis" };
        format!("{scheme}://{USER}:{PASSWORD_ENCODED}@127.0.0.1:{port}")
    }

    /// Ends it as a crash would.
    pub fn kill(&self) {
        self.process.lock().unwrap_or_else(PoisonError::into_inner).take();
    }

    /// Starts it again with what it had written, on the same port, and waits until it answers.
    ///
    /// # Panics
    /// When it does not start.
    pub fn resume_from_disk(&self) {
        let mut process = self.process.lock().unwrap_or_else(PoisonError::into_inner);
        assert!(process.is_none(), "it runs");
        *process = Some(Process::start(&mut self.command()));
        drop(process);
        wait_until("redis-server answers", START_LIMIT, || self.try_cli(&["PING"]).is_ok());
    }

    /// Stops it in its tracks, with connections open, or lets it go on.
    ///
    /// # Panics
    /// When it does not run.
    pub fn freeze(&self, is_frozen: bool) {
        let process = self.process.lock().unwrap_or_else(PoisonError::into_inner);
        let signal = if is_frozen { "-STOP" } else { "-CONT" };
        let id = process.as_ref().unwrap().id().to_string();
        assert!(Command::new("kill").args([signal, &id]).status().unwrap().success());
    }

    /// Runs a command as the administrator; its reply as lines.
    ///
    /// # Panics
    /// When the server refuses it.
    pub fn cli(&self, command: &[&str]) -> String {
        self.try_cli(command).unwrap_or_else(|error| panic!("{command:?}: {error}"))
    }

    /// The same; what the server says when it refuses.
    ///
    /// # Errors
    /// What `redis-cli` prints.
    ///
    /// # Panics
    /// When `redis-cli` cannot be started.
    pub fn try_cli(&self, command: &[&str]) -> Result<String, String> {
        let mut cli = Command::new("redis-cli");
        if let Some(tls) = &self.tls {
            let [ca, certificate, key] = tls.files();
            cli.arg("--tls").arg("--cacert").arg(ca).arg("--cert").arg(certificate).arg("--key").arg(key);
        }
        let output = cli
            .args(["-e", "--no-auth-warning", "-h", "127.0.0.1", "-p", &self.port.to_string()])
            .args(command)
            .env("REDISCLI_AUTH", ADMIN_PASSWORD)
            .output()
            .unwrap();
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).trim().to_owned();
        if output.status.success() { Ok(text(&output.stdout)) } else { Err(text(&output.stderr)) }
    }

    /// How often each command was executed, by name in lower case.
    pub fn calls(&self) -> std::collections::BTreeMap<String, u64> {
        let info = self.cli(&["INFO", "commandstats"]);
        let line = |line: &str| {
            let (name, rest) = line.trim().strip_prefix("cmdstat_")?.split_once(":calls=")?;
            Some((name.to_owned(), rest.split(',').next()?.parse().ok()?))
        };
        info.lines().filter_map(line).collect()
    }

    fn command(&self) -> Command {
        let port = self.port.to_string();
        let folder = self.folder.path().display().to_string();
        let files = self.tls.as_ref().map(|tls| tls.files().map(|file| file.display().to_string()));
        let listening = match &files {
            None => vec![("port", port.as_str())],
            Some([ca, certificate, key]) => vec![
                ("port", "0"),
                ("tls-port", port.as_str()),
                ("tls-ca-cert-file", ca),
                ("tls-cert-file", certificate),
                ("tls-key-file", key),
                ("tls-auth-clients", "yes"),
            ],
        };
        let account = format!("{USER} on >{PASSWORD} {RIGHTS}");
        let usual = [
            ("bind", "127.0.0.1"),
            ("dir", &folder),
            ("save", ""),
            // Written before the reply: what is acknowledged survives a kill.
            ("appendonly", "yes"),
            ("requirepass", ADMIN_PASSWORD),
            ("masterauth", ADMIN_PASSWORD),
            ("user", &account),
        ];
        let mut text = String::new();
        let others = self.settings.iter().map(|(name, value)| (name.as_str(), value.as_str()));
        for (name, value) in listening.into_iter().chain(usual).chain(others) {
            let value = if value.is_empty() { "\"\"" } else { value };
            text.extend([name, " ", value, "\n"]);
        }
        let file = self.folder.path().join("redis.conf");
        std::fs::write(&file, text).unwrap();
        let mut command = Command::new(&self.program);
        command.arg(file);
        command
    }
}
