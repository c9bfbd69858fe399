//! What the process itself uses, read from `/proc` at the time of asking. Where there is no `/proc`,
//! there is nothing to tell.

use std::fmt::Write as _;

/// Ticks a second in `/proc`: fixed by the Linux ABI on every architecture that we run on.
const TICKS_PER_SECOND: f64 = 100.0;

/// The `process_*` family in the text format of Prometheus, and the lines of the log that were dropped.
pub(super) fn exposition(log_lines_dropped: usize) -> String {
    let mut text = String::with_capacity(1_024);
    let mut add = |name: &str, kind: &str, about: &str, value: Option<f64>| {
        if let Some(value) = value {
            let _ = write!(text, "# HELP {name} {about}\n# TYPE {name} {kind}\n{name} {value}\n");
        }
    };
    let dropped = Some(log_lines_dropped as f64);
    add("eps_log_lines_dropped_total", "counter", "Log lines dropped: nobody read the log.", dropped);
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let field = |name: &str| {
        let line = status.lines().find_map(|line| line.strip_prefix(name))?;
        line.trim_start_matches(':').split_whitespace().next()?.parse::<f64>().ok()
    };
    let kib = |name: &str| field(name).map(|kib| kib * 1024.0);
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    // The name in brackets may hold spaces: count from the last bracket; state is field 3 there.
    let after_name: Vec<&str> =
        stat.rsplit_once(')').map(|(_, rest)| rest.split_whitespace().collect()).unwrap_or_default();
    let ticks =
        |field: usize| after_name.get(field - 3)?.parse::<f64>().ok().map(|ticks| ticks / TICKS_PER_SECOND);
    let cpu = ticks(14).zip(ticks(15)).map(|(user, system)| user + system);
    let boot = std::fs::read_to_string("/proc/stat").unwrap_or_default();
    let boot = boot.lines().find_map(|line| line.strip_prefix("btime ")?.trim().parse::<f64>().ok());
    let started = boot.zip(ticks(22)).map(|(boot, since)| boot + since);
    let open = std::fs::read_dir("/proc/self/fd").ok().map(|entries| entries.count() as f64);
    let limits = std::fs::read_to_string("/proc/self/limits").unwrap_or_default();
    let limit = limits
        .lines()
        .find_map(|line| line.strip_prefix("Max open files")?.split_whitespace().next()?.parse::<f64>().ok());
    add("process_cpu_seconds_total", "counter", "User and system time in seconds.", cpu);
    add("process_resident_memory_bytes", "gauge", "Resident memory in bytes.", kib("VmRSS"));
    add("process_virtual_memory_bytes", "gauge", "Virtual memory in bytes.", kib("VmSize"));
    add("process_threads", "gauge", "Threads.", field("Threads"));
    add("process_open_fds", "gauge", "Open file descriptors.", open);
    add("process_max_fds", "gauge", "The most file descriptors that may be open.", limit);
    add("process_start_time_seconds", "gauge", "Start of the process in Unix seconds.", started);
    text
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    #[test]
    fn the_process_knows_its_memory_its_time_and_its_files() {
        let text = exposition(0);
        let value = |name: &str| -> f64 {
            let line = text.lines().find(|line| line.starts_with(&format!("{name} "))).unwrap();
            line.rsplit(' ').next().unwrap().parse().unwrap()
        };
        assert!(value("process_resident_memory_bytes") > 1e6);
        assert!(value("process_open_fds") >= 3.0 && value("process_max_fds") >= value("process_open_fds"));
        assert!(value("process_start_time_seconds") > 1.6e9);
        assert!(value("process_cpu_seconds_total") >= 0.0);
    }
}
