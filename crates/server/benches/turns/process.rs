//! The real binary as a child: started, asked for its CPU time and memory, stopped in good order.

use std::{
    net::SocketAddr,
    path::PathBuf,
    process::Command,
    time::{Duration, Instant},
};

use eps_load::process::{Memory, Program};

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
    program: Program,
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

    fn run(command: Command, data: &Data) -> Self {
        let begin = Instant::now();
        let program = Program::start(command).unwrap();
        let address = program.address;
        let status = Connection::open(address).status("GET", "/readyz", "", "");
        assert_eq!(status, 200, "/readyz");
        let started = begin.elapsed();
        let tokens = (0..CALLERS_MAX).map(|caller| data.token(caller)).collect();
        Self { address, tokens, started, program }
    }

    /// CPU time of all its threads so far, at the resolution of the system, 10 ms.
    pub(crate) fn cpu(&self) -> Duration {
        self.program.cpu().unwrap()
    }

    /// Memory in use.
    pub(crate) fn memory(&self) -> Memory {
        self.program.memory().unwrap()
    }

    /// As an operator stops it.
    pub(crate) fn stop(self) {
        assert!(self.program.stop().unwrap());
    }
}
