//! A server in this process, on a port and a folder of its own, with a clock that tests move; a small
//! client for it; and the real binary as a child. Nothing is shared between tests but the recorder of
//! metrics, which a process has once.

use std::{
    collections::BTreeMap,
    ffi::OsStr,
    io::Write as _,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::{Arc, OnceLock},
    time::{Duration, Instant},
};

use eps_domain::Permission;
use eps_server::{
    config::{Config, Purpose, Sources},
    run::{Listeners, Shutdown, run},
    telemetry::Metrics,
    wiring::{Clocks, TokenRequest, mint},
};
use eps_testkit::manual_clock::ManualClock;
use reqwest::{Method, StatusCode, header::HeaderMap};
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::{net::TcpListener, task::JoinSet};

/// Signs the tokens of all tests.
pub(crate) const SECRET: &str = "kQ8z0nWmV3xT6yJr1LbD9sHfPc5AeGu7";
/// What the clock of a test server says at first: a Wednesday.
pub(crate) const NOW: &str = "2026-05-13T10:00:00Z";

/// How fast a test asks is not what it tries, unless it says so: a clock that stands still would never give back what
/// was asked while it waits for something.
const WIDE_LIMITS: [(&str, &str); 2] = [("RATE_LIMIT_PER_MINUTE", "1000000"), ("RATE_LIMIT_BURST", "100000")];

/// What a test wants of its server beyond the defaults.
#[derive(Default)]
pub(crate) struct Setup {
    settings: Vec<(String, String)>,
    cameras: Option<String>,
    data_dir: Option<Arc<TempDir>>,
    now: Option<String>,
}

impl Setup {
    /// A setting by its name in the environment.
    pub(crate) fn set(mut self, name: &str, value: impl Into<String>) -> Self {
        self.settings.push((name.to_owned(), value.into()));
        self
    }

    /// The content of `cameras.yaml`.
    pub(crate) fn cameras(mut self, yaml: &str) -> Self {
        self.cameras = Some(yaml.to_owned());
        self
    }

    /// The folder of a server that has stopped.
    pub(crate) fn data_dir(mut self, folder: &Arc<TempDir>) -> Self {
        self.data_dir = Some(Arc::clone(folder));
        self
    }

    /// What the clock says at first, instead of [`NOW`].
    pub(crate) fn now(mut self, now: &str) -> Self {
        self.now = Some(now.to_owned());
        self
    }

    /// Starts a server.
    pub(crate) async fn start(self) -> TestServer {
        TestServer::start(self).await
    }
}

/// A running server.
pub(crate) struct TestServer {
    /// `http://127.0.0.1:…`.
    pub base_url: String,
    /// Where `/metrics` is.
    pub metrics_url: String,
    /// What its events and conversations lie in.
    pub data_dir: Arc<TempDir>,
    /// Moves its time.
    pub clock: Arc<ManualClock>,
    /// Its settings.
    pub config: Config,
    /// For requests that the helpers do not know.
    pub client: reqwest::Client,
    shutdown: Shutdown,
    running: JoinSet<()>,
}

/// What came back.
#[derive(Debug)]
pub(crate) struct Reply {
    /// HTTP status.
    pub status: StatusCode,
    /// Headers.
    pub headers: HeaderMap,
    /// The body as JSON; null when it is none.
    pub body: Value,
    /// The body as it came.
    pub text: String,
}

impl Reply {
    /// The body of a success.
    pub(crate) fn ok(self) -> Value {
        assert_eq!(self.status, StatusCode::OK, "{}", self.text);
        self.body
    }

    /// Status and code of a refusal.
    pub(crate) fn refusal(&self) -> (u16, &str) {
        (self.status.as_u16(), self.body["code"].as_str().unwrap_or_default())
    }
}

/// Held by tests that start many servers: one of them at a time fills a small machine, and what waits for a server
/// more than its deadline allows is then no fault of the service.
pub(crate) async fn one_fleet_at_a_time() -> tokio::sync::MutexGuard<'static, ()> {
    static FLEET: tokio::sync::Mutex<()> = tokio::sync::Mutex::const_new(());
    FLEET.lock().await
}

/// The recorder of this process.
pub(crate) fn metrics() -> Metrics {
    static METRICS: OnceLock<Metrics> = OnceLock::new();
    METRICS.get_or_init(|| Metrics::install().unwrap()).clone()
}

impl TestServer {
    /// A server with default settings.
    pub(crate) async fn fresh() -> Self {
        Self::start(Setup::default()).await
    }

    /// A server as set up; it answers when this returns.
    pub(crate) async fn start(setup: Setup) -> Self {
        let data_dir = setup.data_dir.unwrap_or_else(|| Arc::new(TempDir::new().unwrap()));
        let mut environment = BTreeMap::from([
            ("DATA_DIR".to_owned(), data_dir.path().join("data").display().to_string()),
            // No developer's model decides what a test finds.
            ("MODEL_DIR".to_owned(), data_dir.path().join("no-model").display().to_string()),
            ("JWT_SECRET_KEY".to_owned(), SECRET.to_owned()),
            ("HOST".to_owned(), "127.0.0.1".to_owned()),
            ("DRAIN_SECONDS".to_owned(), "0".to_owned()),
            ("SHUTDOWN_SECONDS".to_owned(), "10".to_owned()),
        ]);
        environment.extend(WIDE_LIMITS.map(|(name, value)| (name.to_owned(), value.to_owned())));
        if let Some(yaml) = setup.cameras {
            let path = data_dir.path().join("cameras.yaml");
            std::fs::write(&path, yaml).unwrap();
            environment.insert("CAMERAS_FILE".to_owned(), path.display().to_string());
        }
        environment.extend(setup.settings);
        let lookup = |name: &str| environment.get(name).cloned();
        let config = Config::load(&Sources::default(), &lookup, Purpose::Serve).unwrap();

        let http = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let metrics_listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base_url = format!("http://{}", http.local_addr().unwrap());
        let metrics_url = format!("http://{}/metrics", metrics_listener.local_addr().unwrap());
        let clock = Arc::new(ManualClock::at_rfc3339(setup.now.as_deref().unwrap_or(NOW)));
        let shutdown = Shutdown::default();
        let listeners = Listeners { http, metrics: Some(metrics_listener) };
        let serving = run(config.clone(), listeners, metrics(), Clocks::of(clock.clone()), shutdown.clone());
        let mut running = JoinSet::new();
        running.spawn(async move { serving.await.unwrap() });
        let client = reqwest::Client::builder().no_proxy().build().unwrap();
        let server = Self { base_url, metrics_url, data_dir, clock, config, client, shutdown, running };
        // The listener is bound already, so that the first request waits until it is served.
        server.get("/livez", "").await.ok();
        server
    }

    /// Stops in good order and waits for it; its folder can then be served again.
    pub(crate) async fn stop(mut self) -> Arc<TempDir> {
        self.shutdown.stop_without_drain();
        while let Some(ended) = self.running.join_next().await {
            ended.unwrap();
        }
        Arc::clone(&self.data_dir)
    }

    /// Tells it to stop and returns at once.
    pub(crate) fn begin_stop(&self) {
        self.shutdown.stop();
    }

    /// A token for `alice` with every permission and every camera.
    pub(crate) fn token(&self) -> String {
        self.token_for(&Grant::default())
    }

    /// A token.
    pub(crate) fn token_for(&self, grant: &Grant<'_>) -> String {
        let permissions = grant.scopes.iter().map(|scope| Permission::parse(scope).unwrap()).collect();
        let request = TokenRequest {
            subject: grant.subject.to_owned(),
            tenant: grant.tenant.map(str::to_owned),
            permissions,
            cameras: grant.cameras.map(|globs| globs.iter().map(|glob| (*glob).to_owned()).collect()),
            timezone: grant.timezone.map(str::to_owned),
            lifetime: Duration::from_hours(1),
        };
        mint(&self.config, request, &*self.clock).unwrap()
    }

    /// `GET`; without a token when it is empty.
    pub(crate) async fn get(&self, path: &str, token: &str) -> Reply {
        self.send(Method::GET, path, token, None).await
    }

    /// `DELETE`.
    pub(crate) async fn delete(&self, path: &str, token: &str) -> Reply {
        self.send(Method::DELETE, path, token, None).await
    }

    /// `POST` of JSON.
    pub(crate) async fn post(&self, path: &str, token: &str, body: &Value) -> Reply {
        self.send(Method::POST, path, token, Some(body)).await
    }

    /// Any request.
    pub(crate) async fn send(&self, method: Method, path: &str, token: &str, body: Option<&Value>) -> Reply {
        let mut request = self.client.request(method, format!("{}{path}", self.base_url));
        if !token.is_empty() {
            request = request.bearer_auth(token);
        }
        if let Some(body) = body {
            request = request.json(body);
        }
        read(request.send().await.unwrap()).await
    }

    /// Stores events; every one must be taken.
    pub(crate) async fn ingest(&self, events: &[Value]) {
        let report = self.post("/api/v1/events", &self.token(), &json!(events)).await.ok();
        assert_eq!(report["rejected"], json!([]), "{report}");
    }

    /// Asks as `alice`.
    pub(crate) async fn ask(&self, question: &str) -> Value {
        self.post("/api/v1/conversation", &self.token(), &json!({"query": question})).await.ok()
    }

    /// One value of `/metrics`, by name and labels as they are written there.
    pub(crate) async fn metric(&self, series: &str) -> Option<f64> {
        let text = self.client.get(&self.metrics_url).send().await.unwrap().text().await.unwrap();
        let line = text.lines().find(|line| line.strip_prefix(series).is_some_and(|l| l.starts_with(' ')))?;
        line.rsplit(' ').next()?.parse().ok()
    }
}

/// How long what was begun may take until it is done.
const PATIENCE: Duration = Duration::from_secs(30);

/// Waits until something is so.
pub(crate) async fn until<F: Future<Output = bool>>(what: &str, mut is_so: impl FnMut() -> F) {
    let begun = Instant::now();
    while !is_so().await {
        assert!(begun.elapsed() < PATIENCE, "waited in vain: {what}");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

/// Reads a response whole.
pub(crate) async fn read(response: reqwest::Response) -> Reply {
    let (status, headers) = (response.status(), response.headers().clone());
    let text = response.text().await.unwrap();
    Reply { status, headers, body: serde_json::from_str(&text).unwrap_or_default(), text }
}

/// What a token allows.
pub(crate) struct Grant<'a> {
    /// `sub`.
    pub subject: &'a str,
    /// `tenant`.
    pub tenant: Option<&'a str>,
    /// `scopes`.
    pub scopes: &'a [&'a str],
    /// `cameras`; all when absent.
    pub cameras: Option<&'a [&'a str]>,
    /// `timezone`.
    pub timezone: Option<&'a str>,
}

impl Default for Grant<'_> {
    fn default() -> Self {
        Self {
            subject: "alice",
            tenant: None,
            scopes: &["ask", "events:read", "events:write", "insights:read"],
            cameras: None,
            timezone: None,
        }
    }
}

/// An event of a person, at an RFC 3339 instant.
pub(crate) fn event(event_id: &str, timestamp: &str, camera_id: &str) -> Value {
    json!({"event_id": event_id, "timestamp": timestamp, "camera_id": camera_id,
        "event_type": "person_detected", "label": "person", "confidence": 0.9})
}

/// The real binary, in a folder and an environment of its own.
pub(crate) struct Eps {
    folder: PathBuf,
    environment: Vec<(String, String)>,
}

/// How the binary ended.
#[derive(Debug)]
pub(crate) struct Ended {
    /// Exit code.
    pub code: i32,
    /// Standard output.
    pub stdout: String,
    /// Standard error.
    pub stderr: String,
}

impl Ended {
    /// Standard output of a success, as JSON.
    pub(crate) fn json(&self) -> Value {
        assert_eq!(self.code, 0, "{}", self.stderr);
        serde_json::from_str(&self.stdout).unwrap_or_else(|error| panic!("{error}: {}", self.stdout))
    }
}

impl Eps {
    /// In a folder, with a secret, data in `data`, and ports that the system chooses.
    pub(crate) fn new(folder: &Path) -> Self {
        let environment = [
            ("DATA_DIR", "data"),
            ("MODEL_DIR", "no-model"),
            ("HOST", "127.0.0.1"),
            ("PORT", "0"),
            ("METRICS_PORT", "0"),
            ("DRAIN_SECONDS", "0"),
            ("JWT_SECRET_KEY", SECRET),
        ];
        let environment = environment.into_iter().chain(WIDE_LIMITS);
        let environment = environment.map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
        Self { folder: folder.to_owned(), environment }
    }

    /// A variable of the environment; an empty one counts as not set.
    pub(crate) fn env(mut self, name: &str, value: &str) -> Self {
        self.environment.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Runs a command to its end.
    pub(crate) fn run<S: AsRef<OsStr>>(&self, arguments: &[S]) -> Ended {
        self.run_with_input(arguments, "")
    }

    /// Runs a command to its end with something on standard input.
    pub(crate) fn run_with_input<S: AsRef<OsStr>>(&self, arguments: &[S], input: &str) -> Ended {
        let mut child = self.command(arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        // The child may end without reading.
        let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
        let output = child.wait_with_output().unwrap();
        Ended {
            code: output.status.code().unwrap_or(-1),
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: String::from_utf8(output.stderr).unwrap(),
        }
    }

    /// Starts a command that goes on; standard error is piped.
    pub(crate) fn spawn<S: AsRef<OsStr>>(&self, arguments: &[S]) -> Child {
        self.command(arguments).stdin(Stdio::null()).stdout(Stdio::null()).spawn().unwrap()
    }

    fn command<S: AsRef<OsStr>>(&self, arguments: &[S]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_eps"));
        command.args(arguments).current_dir(&self.folder).env_clear().stderr(Stdio::piped());
        command.envs(self.environment.iter().map(|(name, value)| (name, value)));
        command
    }
}
