//! Weaviate as operators run it: one node with a key, without anonymous access and without a vectorizer.

use std::{
    fs::File,
    io::{Read as _, Write as _},
    net::{Ipv4Addr, TcpStream},
    path::PathBuf,
    process::Command,
    sync::{Arc, Mutex, PoisonError, Weak},
    time::Duration,
};

use tempfile::TempDir;

use super::{Process, START_LIMIT, find, own_port, wait_until};

/// The key of every server.
pub const API_KEY: &str = "weaviate-test-key-7f3a";
/// How often a server is started with other ports.
const ATTEMPTS: usize = 5;
/// How long one probe may take.
const PROBE: Duration = Duration::from_secs(2);

/// One server, its folder and its process.
#[derive(Debug)]
pub struct WeaviateServer {
    program: PathBuf,
    folder: TempDir,
    port: u16,
    settings: Vec<(String, String)>,
    process: Mutex<Option<Process>>,
}

impl WeaviateServer {
    /// A server on a free port; `None` when Weaviate is not installed.
    ///
    /// # Panics
    /// When it does not start.
    pub fn start() -> Option<Self> {
        Self::start_with(&[])
    }

    /// The same with settings (environment) beyond the usual ones.
    ///
    /// # Panics
    /// When it does not start.
    pub fn start_with(settings: &[(&str, &str)]) -> Option<Self> {
        let program = find("weaviate-server")?;
        let settings = settings.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        let server = Self {
            program,
            folder: TempDir::new().unwrap(),
            port: own_port(),
            settings: settings.collect(),
            process: Mutex::default(),
        };
        server.resume();
        Some(server)
    }

    /// The server that tests of one process share while one of them holds it: they use collections of
    /// their own.
    ///
    /// # Panics
    /// When it does not start.
    pub fn shared() -> Option<Arc<Self>> {
        static SHARED: Mutex<Weak<WeaviateServer>> = Mutex::new(Weak::new());
        let mut shared = SHARED.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(running) = shared.upgrade() {
            return Some(running);
        }
        let started = Arc::new(Self::start()?);
        *shared = Arc::downgrade(&started);
        Some(started)
    }

    /// What a client is configured with.
    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// The port alone, for a proxy before it.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Kills the server; its data stay.
    pub fn stop(&self) {
        self.process.lock().unwrap_or_else(PoisonError::into_inner).take();
    }

    /// Starts it again on the same port, over the same data.
    ///
    /// # Panics
    /// When it does not start.
    pub fn resume(&self) {
        let mut process = self.process.lock().unwrap_or_else(PoisonError::into_inner);
        process.take();
        for _ in 0..ATTEMPTS {
            let mut running = Process::start(&mut self.command());
            let mut is_over = false;
            wait_until("Weaviate is ready", START_LIMIT, || {
                is_over = !running.is_running();
                is_over || self.is_ready()
            });
            if !is_over {
                *process = Some(running);
                return;
            }
            // Somebody else may have taken one of the ports since it was free.
            assert!(self.log().contains("address already in use"), "Weaviate ended: {}", self.log());
        }
        panic!("Weaviate found no free ports");
    }

    /// The end of what it said.
    fn log(&self) -> String {
        let mut text = String::new();
        if let Ok(mut file) = File::open(self.folder.path().join("log")) {
            let _ = file.read_to_string(&mut text);
        }
        let lines: Vec<&str> = text.lines().rev().take(5).collect();
        lines.join("\n")
    }

    fn command(&self) -> Command {
        let mut command = Command::new("/bin/sh");
        // The shell is replaced; it only sends what is said to a file.
        command
            .args(["-c", "exec \"$0\" \"$@\" >\"$LOG_FILE\" 2>&1"])
            .arg(&self.program)
            .args(["--scheme", "http", "--host", "127.0.0.1", "--port", &self.port.to_string()])
            .env("LOG_FILE", self.folder.path().join("log"))
            .env("PERSISTENCE_DATA_PATH", self.folder.path().join("data"))
            .env("AUTHENTICATION_APIKEY_ENABLED", "true")
            .env("AUTHENTICATION_APIKEY_ALLOWED_KEYS", API_KEY)
            .env("AUTHENTICATION_APIKEY_USERS", "eps")
            .env("AUTHENTICATION_ANONYMOUS_ACCESS_ENABLED", "false")
            .env("DEFAULT_VECTORIZER_MODULE", "none")
            .env("CLUSTER_HOSTNAME", "node1")
            .env("CLUSTER_ADVERTISE_ADDR", "127.0.0.1")
            .env("RAFT_BOOTSTRAP_EXPECT", "1")
            .env("DISABLE_TELEMETRY", "true")
            .env("GO_PROFILING_DISABLE", "true")
            .env("LOG_LEVEL", "warning");
        for port in [
            "CLUSTER_GOSSIP_BIND_PORT",
            "CLUSTER_DATA_BIND_PORT",
            "RAFT_PORT",
            "RAFT_INTERNAL_RPC_PORT",
            "GRPC_PORT",
        ] {
            command.env(port, own_port().to_string());
        }
        command.envs(self.settings.iter().map(|(name, value)| (name, value)));
        command
    }

    fn is_ready(&self) -> bool {
        let Ok(mut stream) = TcpStream::connect((Ipv4Addr::LOCALHOST, self.port)) else { return false };
        let request = "GET /v1/.well-known/ready HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n";
        let bounded =
            stream.set_read_timeout(Some(PROBE)).and_then(|()| stream.write_all(request.as_bytes()));
        let mut status = [0; 12];
        bounded.is_ok() && stream.read_exact(&mut status).is_ok() && status.ends_with(b" 200")
    }
}
