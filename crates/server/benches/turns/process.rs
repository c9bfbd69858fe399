//! The real binary as a child: started, asked for its CPU time and memory, stopped in good order.

use std::{
    io::{BufRead as _, BufReader},
    net::SocketAddr,
    path::PathBuf,
    process::{Child, ChildStderr, Command, Stdio},
    time::{Duration, Instant},
};

use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;

use super::{
    client::Connection,
    data::{Data, NOW},
};

/// The binary that was built with the benchmark.
const BINARY: &str = env!("CARGO_BIN_EXE_eps");
/// Names the folder of the bare program, and says that this process is to be it.
pub(crate) const BARE_DIR: &str = "EPS_BARE_DIR";
/// The most callers of a load.
const CALLERS_MAX: usize = 64;
/// Linux shows CPU time in hundredths of a second, whatever the kernel counts in.
const TICK: Duration = Duration::from_millis(10);

/// The binary that is measured: `EPS_BINARY`, for comparing with another, else the one just built.
pub(crate) fn binary() -> PathBuf {
    std::env::var_os("EPS_BINARY").map_or_else(|| PathBuf::from(BINARY), PathBuf::from)
}

/// It, in an environment of its own.
pub(crate) fn eps() -> Command {
    let mut command = Command::new(binary());
    command.env_clear();
    command
}

/// A running server.
pub(crate) struct Server {
    /// Where it listens.
    pub(crate) address: SocketAddr,
    /// One for each caller.
    pub(crate) tokens: Vec<String>,
    /// From the start of the process to the first answer that says it is ready.
    pub(crate) started: Duration,
    child: Child,
}

/// In bytes.
pub(crate) struct Memory {
    /// All that is in memory.
    pub(crate) resident: u64,
    /// Of that, pages of files, which the system takes back when it needs them.
    pub(crate) of_files: u64,
}

impl Server {
    /// Starts it over a folder; ready when this returns.
    pub(crate) fn start(data: &Data, model: Option<PathBuf>) -> Self {
        let mut command = eps();
        command.args(["serve", "--now", NOW]).envs(data.environment());
        command.env("MODEL_DIR", model.unwrap_or_else(|| data.path().join("no-model")));
        Self::run(command, data)
    }

    /// Starts the bare program in its place: this benchmark's own executable in another role.
    pub(crate) fn start_bare(data: &Data) -> Self {
        let mut command = Command::new(std::env::current_exe().unwrap());
        command.env(BARE_DIR, data.path());
        Self::run(command, data)
    }

    fn run(mut command: Command, data: &Data) -> Self {
        let begin = Instant::now();
        let mut child =
            command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
        let mut log = BufReader::new(child.stderr.take().unwrap());
        let address = address(&mut log);
        let status = Connection::open(address).status("GET", "/readyz", "", "");
        assert_eq!(status, 200, "/readyz");
        let started = begin.elapsed();
        let tokens = (0..CALLERS_MAX).map(|caller| data.token(caller)).collect();
        // A log that nobody reads would hold the server up. It ends with the server, and the thread too.
        std::thread::spawn(move || std::io::copy(&mut log, &mut std::io::sink()));
        Self { address, tokens, started, child }
    }

    /// CPU time of all its threads so far, at the resolution of the system, 10 ms.
    pub(crate) fn cpu(&self) -> Duration {
        let stat = std::fs::read_to_string(format!("/proc/{}/stat", self.child.id())).unwrap();
        // The name of the process, in brackets, may hold anything.
        let fields: Vec<&str> = stat.rsplit(')').next().unwrap().split_whitespace().collect();
        let ticks: u32 = fields[11..13].iter().map(|field| field.parse::<u32>().unwrap()).sum();
        TICK * ticks
    }

    /// Memory in use.
    pub(crate) fn memory(&self) -> Memory {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap();
        let kib = |name: &str| {
            let line = status.lines().find(|line| line.starts_with(name)).unwrap();
            line.split_whitespace().nth(1).unwrap().parse::<u64>().unwrap()
        };
        Memory { resident: kib("VmRSS:") * 1_024, of_files: kib("RssFile:") * 1_024 }
    }

    /// As an operator stops it.
    pub(crate) fn stop(mut self) {
        kill_process(Pid::from_child(&self.child), Signal::TERM).unwrap();
        assert!(self.child.wait().unwrap().success());
    }
}

impl Drop for Server {
    /// A benchmark that failed leaves nothing running.
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

/// Reads the log until the server serves.
fn address(log: &mut BufReader<ChildStderr>) -> SocketAddr {
    let mut line = String::new();
    loop {
        line.clear();
        assert_ne!(log.read_line(&mut line).unwrap(), 0, "the server ended before it served");
        let entry: Value = serde_json::from_str(&line).unwrap_or_default();
        if entry["message"] == "serving" {
            return entry["address"].as_str().unwrap().parse().unwrap();
        }
    }
}
