//! A program that is measured: started, pinned to a core, asked for its CPU time and memory, stopped in good
//! order.

use std::{
    fs,
    io::{self, BufRead as _, BufReader},
    net::SocketAddr,
    process::{Child, ChildStderr, Command, Stdio},
    time::Duration,
};

use rustix::{
    process::{Pid, Signal, kill_process},
    thread::{CpuSet, sched_setaffinity},
};
use serde_json::Value;

/// Linux shows CPU time in hundredths of a second, whatever the kernel counts in.
const TICK: Duration = Duration::from_millis(10);

/// In bytes.
#[derive(Debug, Clone, Copy)]
pub struct Memory {
    /// All that is in memory.
    pub resident: u64,
    /// Of that, pages of files, which the system takes back when it needs them.
    pub of_files: u64,
}

/// A child that serves; it is killed when this is dropped.
#[derive(Debug)]
pub struct Program {
    /// Where it listens.
    pub address: SocketAddr,
    child: Child,
}

impl Program {
    /// Starts a program that writes a line of JSON with `"message":"serving"` and its `address` when it
    /// listens.
    ///
    /// # Errors
    /// When it cannot be started or ends before.
    pub fn start(mut command: Command) -> io::Result<Self> {
        let mut child = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped()).spawn()?;
        let Some(log) = child.stderr.take() else { return Err(io::ErrorKind::BrokenPipe.into()) };
        let mut log = BufReader::new(log);
        let address = address(&mut log)?;
        // A log that nobody reads would hold the program up. It ends with the program, and the thread too.
        std::thread::spawn(move || io::copy(&mut log, &mut io::sink()));
        Ok(Self { address, child })
    }

    /// Its process.
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// CPU time of all its threads so far, at the resolution of the system, 10 ms.
    ///
    /// # Errors
    /// When it has ended.
    pub fn cpu(&self) -> io::Result<Duration> {
        cpu(self.id())
    }

    /// Memory in use.
    ///
    /// # Errors
    /// When it has ended.
    pub fn memory(&self) -> io::Result<Memory> {
        memory(self.id())
    }

    /// As an operator stops it; whether it ended well.
    ///
    /// # Errors
    /// When it cannot be told.
    pub fn stop(mut self) -> io::Result<bool> {
        kill_process(Pid::from_child(&self.child), Signal::TERM)?;
        Ok(self.child.wait()?.success())
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

/// CPU time of a process.
///
/// # Errors
/// When there is no such process.
pub fn cpu(id: u32) -> io::Result<Duration> {
    let stat = fs::read_to_string(format!("/proc/{id}/stat"))?;
    // The name of the process, in brackets, may hold anything.
    let fields = stat.rsplit(')').next().unwrap_or_default().split_whitespace().skip(11).take(2);
    Ok(TICK * fields.filter_map(|field| field.parse::<u32>().ok()).sum())
}

/// Memory of a process.
///
/// # Errors
/// When there is no such process.
pub fn memory(id: u32) -> io::Result<Memory> {
    let status = fs::read_to_string(format!("/proc/{id}/status"))?;
    let bytes = |name: &str| {
        let line = status.lines().find_map(|line| line.strip_prefix(name));
        let kib = line.and_then(|line| line.split_whitespace().next()?.parse::<u64>().ok());
        kib.unwrap_or_default() * 1_024
    };
    Ok(Memory { resident: bytes("VmRSS:"), of_files: bytes("RssFile:") })
}

/// Keeps this process, and those that it starts from now on, to one core.
///
/// # Errors
/// When there is no such core.
pub fn pin(core: usize) -> io::Result<()> {
    let mut cores = CpuSet::new();
    cores.set(core);
    Ok(sched_setaffinity(None, &cores)?)
}

/// The same for a program that is about to be started.
pub fn pinned(program: impl AsRef<std::ffi::OsStr>, core: usize) -> Command {
    let mut command = Command::new("taskset");
    command.args(["-c", &core.to_string()]).arg(program);
    command
}

/// Reads the log until the program serves.
fn address(log: &mut BufReader<ChildStderr>) -> io::Result<SocketAddr> {
    let mut line = String::new();
    loop {
        line.clear();
        if log.read_line(&mut line)? == 0 {
            return Err(io::Error::other("the program ended before it served"));
        }
        let entry: Value = serde_json::from_str(&line).unwrap_or_default();
        if entry["message"] == "serving"
            && let Some(address) = entry["address"].as_str().and_then(|address| address.parse().ok())
        {
            return Ok(address);
        }
    }
}

/// Says where this process listens, in the way that [`Program::start`] reads.
#[expect(clippy::print_stderr, reason = "its log")]
pub fn say_serving(address: SocketAddr) {
    eprintln!(r#"{{"message":"serving","address":"{address}"}}"#);
}
