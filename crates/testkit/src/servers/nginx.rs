//! nginx before copies of the service, with the configuration that operators are given.

use std::process::Command;

use tempfile::TempDir;

use super::{Process, START_LIMIT, find, own_port, wait_until};

/// A proxy on a port of its own; it ends when this is dropped.
#[derive(Debug)]
pub struct Nginx {
    port: u16,
    _process: Process,
    folder: TempDir,
}

impl Nginx {
    /// Starts it before copies that listen on these ports of loopback. `site` is the configuration as it is
    /// shipped: its copies and its port are replaced by those of the test and nothing else. `None` when nginx
    /// is not installed.
    ///
    /// # Panics
    /// When it does not start.
    pub fn before(copies: &[u16], site: &str) -> Option<Self> {
        let program = find("nginx")?;
        let folder = TempDir::new().unwrap();
        let port = own_port();
        let site = adapted(site, copies, port);
        let path = folder.path().display();
        let temporary: String = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
            .map(|kind| format!("{kind}_temp_path {path}/{kind};\n"))
            .concat();
        // Without a master that could be killed and leave its worker behind.
        let configuration = format!(
            "daemon off;\nmaster_process off;\nworker_processes 1;\npid {path}/nginx.pid;\nerror_log {path}/error.log warn;\n\
             events {{ worker_connections 1024; }}\nhttp {{\naccess_log off;\n{temporary}{site}\n}}\n"
        );
        let file = folder.path().join("nginx.conf");
        std::fs::write(&file, configuration).unwrap();
        let log = folder.path().join("error.log");
        let process = Process::start(
            Command::new(program).arg("-e").arg(&log).arg("-p").arg(folder.path()).arg("-c").arg(&file),
        );
        wait_until("nginx listens", START_LIMIT, || {
            std::net::TcpStream::connect(("127.0.0.1", port)).is_ok()
        });
        Some(Self { port, _process: process, folder })
    }

    /// What it complained of, but for copies that were not there: those were stopped.
    pub fn complaints(&self) -> String {
        let log = std::fs::read_to_string(self.folder.path().join("error.log")).unwrap_or_default();
        let told = log.lines().filter(|line| !line.contains("Connection refused"));
        told.collect::<Vec<_>>().join("\n")
    }

    /// What clients are told.
    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }
}

/// Puts the addresses of a test in place of those of the example.
fn adapted(site: &str, copies: &[u16], port: u16) -> String {
    let mut left = copies.iter();
    let mut lines = Vec::new();
    for line in site.lines() {
        let words: Vec<&str> = line.split_whitespace().collect();
        match words.as_slice() {
            ["server", address, rest @ ..] if address.contains(':') => {
                let copy = left.next().unwrap();
                lines.push(format!("server 127.0.0.1:{copy} {}", rest.join(" ")));
            }
            ["listen", ..] => lines.push(format!("listen 127.0.0.1:{port};")),
            _ => lines.push(line.to_owned()),
        }
    }
    assert!(left.next().is_none(), "the example names fewer copies");
    lines.join("\n")
}
