//! Weaviate as operators run it: one node, or several, with a key, without anonymous access and without a
//! vectorizer.

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

    /// So many servers that are one, each with a copy of what is kept so often; `None` when Weaviate is not
    /// installed.
    ///
    /// # Panics
    /// When they do not find each other.
    pub fn nodes(count: usize) -> Option<Vec<Self>> {
        let program = find("weaviate-server")?;
        let gossip: Vec<u16> = (0..count).map(|_| port_pair()).collect();
        let raft: Vec<u16> = (0..count).map(|_| port_pair()).collect();
        let name = |node: usize| format!("node{}", node + 1);
        let members: Vec<String> =
            raft.iter().enumerate().map(|(node, port)| format!("{}:{port}", name(node))).collect();
        let settings = |node: usize| {
            let join = if node == 0 { String::new() } else { format!("127.0.0.1:{}", gossip[0]) };
            let settings = [
                ("CLUSTER_HOSTNAME", name(node)),
                ("CLUSTER_IN_LOCALHOST", "true".to_owned()),
                ("CLUSTER_GOSSIP_BIND_PORT", gossip[node].to_string()),
                ("CLUSTER_DATA_BIND_PORT", (gossip[node] + 1).to_string()),
                ("CLUSTER_JOIN", join),
                ("RAFT_PORT", raft[node].to_string()),
                ("RAFT_INTERNAL_RPC_PORT", (raft[node] + 1).to_string()),
                ("RAFT_JOIN", members.join(",")),
                ("RAFT_BOOTSTRAP_EXPECT", count.to_string()),
            ];
            settings.map(|(name, value)| (name.to_owned(), value)).into()
        };
        let nodes: Vec<Self> = (0..count)
            .map(|node| Self {
                program: program.clone(),
                folder: TempDir::new().unwrap(),
                port: own_port(),
                settings: settings(node),
                process: Mutex::default(),
            })
            .collect();
        // None is ready before all are there.
        std::thread::scope(|scope| {
            for node in &nodes {
                scope.spawn(|| node.resume());
            }
        });
        Some(nodes)
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

    /// Its process, for whoever measures it.
    ///
    /// # Panics
    /// When it does not run.
    pub fn process_id(&self) -> u32 {
        self.process.lock().unwrap_or_else(PoisonError::into_inner).as_ref().unwrap().id()
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

/// The first of two ports side by side: on one machine, nodes take the port behind another's one of gossip for that of its
/// data, and the one behind that of Raft for its calls.
fn port_pair() -> u16 {
    let mut first = own_port();
    loop {
        let next = own_port();
        if next == first + 1 {
            return first;
        }
        first = next;
    }
}
