//! Real servers for tests: found on this machine, started on free loopback ports with a folder of their
//! own, waited for until they answer, and ended by their id when they are dropped.
//!
//! A server that is not installed makes its tests say so on the standard error and pass, unless `CI`
//! or `EPS_REQUIRE_SERVICES` is set. `scripts/setup services` installs them.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

pub mod certificates;
pub mod mosquitto;
pub mod nginx;
pub mod redis;
pub mod redis_cluster;
pub mod redis_sentinel;
pub mod seaweedfs;
pub mod weaviate;

use std::{
    env,
    io::Write as _,
    net::{Ipv4Addr, TcpListener},
    path::PathBuf,
    process::{Child, Command, Stdio},
    sync::atomic::{AtomicU32, Ordering},
    thread,
    time::{Duration, Instant},
};

/// How long a server may take until it answers. Machines that build at the same time are slow.
pub const START_LIMIT: Duration = Duration::from_mins(1);
/// Between two questions whether something is so.
const POLL: Duration = Duration::from_millis(10);
/// Where [`own_port`] seeks: below the ports that the system gives to connections, which come and go.
const OWN_PORTS: std::ops::Range<u16> = 20_000..32_000;

/// Where a program is: on the path, or in a folder of the cache that the setup script fills. `None`
/// when it is not installed, which is said aloud.
///
/// # Panics
/// When it is missing and must not be.
pub fn find(program: &str) -> Option<PathBuf> {
    let home = env::var_os("HOME").map(|home| PathBuf::from(home).join(".cache/eps"));
    let cache = env::var_os("EPS_CACHE").filter(|cache| !cache.is_empty()).map(PathBuf::from).or(home);
    let cached = cache.into_iter().flat_map(|cache| {
        let folders = std::fs::read_dir(cache).into_iter().flatten().flatten();
        folders.map(|folder| folder.path()).collect::<Vec<_>>()
    });
    let path = env::var_os("PATH").unwrap_or_default();
    // Debian keeps daemons where only the path of an administrator leads.
    let daemons = PathBuf::from("/usr/sbin");
    let folders = env::split_paths(&path).chain([daemons]).chain(cached);
    let found = folders.map(|folder| folder.join(program));
    let found = found.into_iter().find(|file| file.is_file());
    if found.is_none() {
        let message = format!("{program} is not installed: `scripts/setup services` installs it");
        let is_required = |name| env::var_os(name).is_some_and(|value| !value.is_empty());
        assert!(!is_required("CI") && !is_required("EPS_REQUIRE_SERVICES"), "{message}");
        // Not by a macro: the test harness would keep it to itself.
        let _ = writeln!(std::io::stderr(), "test skipped: {message}");
    }
    found
}

/// The library that gives a program another clock when it is loaded before (`LD_PRELOAD`), with `FAKETIME` set to
/// `+300` and the like. `None` when it is not installed, which is said aloud.
///
/// # Panics
/// When it is missing and must not be.
pub fn faketime() -> Option<PathBuf> {
    let folders = std::fs::read_dir("/usr/lib").into_iter().flatten().flatten();
    let mut files = folders.map(|folder| folder.path().join("faketime/libfaketimeMT.so.1"));
    files.find(|file| file.is_file()).or_else(|| find("libfaketimeMT.so.1"))
}

/// A port that is free, that the system gives to no connection, and that nobody else here was given: one
/// that a server can leave and take again.
///
/// # Panics
/// When there is none.
pub fn own_port() -> u16 {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    let ports = u32::from(OWN_PORTS.end - OWN_PORTS.start);
    for _ in 0..ports {
        // Processes that test at the same time begin at different places.
        let offset = std::process::id().wrapping_mul(97).wrapping_add(NEXT.fetch_add(1, Ordering::Relaxed));
        let port = OWN_PORTS.start + u16::try_from(offset % ports).unwrap();
        if TcpListener::bind((Ipv4Addr::UNSPECIFIED, port)).is_ok() {
            return port;
        }
    }
    panic!("no port is free")
}

/// Waits until something is so.
///
/// # Panics
/// When it is not within `limit`.
pub fn wait_until(what: &str, limit: Duration, mut is_so: impl FnMut() -> bool) {
    let begun = Instant::now();
    while !is_so() {
        assert!(begun.elapsed() < limit, "waited {limit:?} in vain: {what}");
        thread::sleep(POLL);
    }
}

/// A process that ends when this is dropped.
#[derive(Debug)]
pub struct Process(Child);

impl Process {
    /// Starts a program that says nothing.
    ///
    /// # Panics
    /// When it cannot be started.
    pub fn start(command: &mut Command) -> Self {
        let quiet = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        Self(quiet.spawn().unwrap_or_else(|error| panic!("{command:?}: {error}")))
    }

    /// Its id.
    pub fn id(&self) -> u32 {
        self.0.id()
    }

    /// Whether it runs.
    pub fn is_running(&mut self) -> bool {
        matches!(self.0.try_wait(), Ok(None))
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}
