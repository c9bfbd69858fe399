//! `SeaweedFS` as a keeper of objects that speaks like S3: one process, one bucket, one pair of keys, nobody
//! else.

use std::{
    io::{Read as _, Write as _},
    net::{Ipv4Addr, TcpStream},
    process::Command,
    time::Duration,
};

use serde_json::json;
use tempfile::TempDir;

use super::{Process, START_LIMIT, find, own_port, wait_until};

/// Who may read and list.
pub const ACCESS_KEY: &str = "eps-test-access";
/// The secret of that key.
pub const SECRET_KEY: &str = "eps-test-secret-5b1d";
/// The only bucket.
pub const BUCKET: &str = "clips";
/// How long one question may take.
const PROBE: Duration = Duration::from_secs(5);

/// One server, its folder and its process.
#[derive(Debug)]
pub struct SeaweedFsServer {
    _process: Process,
    _folder: TempDir,
    port: u16,
    filer_port: u16,
    sockets: Vec<String>,
}

impl Drop for SeaweedFsServer {
    fn drop(&mut self) {
        // It makes them outside of its folder, and is not given the time to take them away.
        for socket in &self.sockets {
            let _ = std::fs::remove_file(socket);
        }
    }
}

impl SeaweedFsServer {
    /// A server on free ports; `None` when `SeaweedFS` is not installed.
    ///
    /// # Panics
    /// When it does not start.
    pub fn start() -> Option<Self> {
        let program = find("weed")?;
        let folder = TempDir::new().unwrap();
        let (port, filer_port) = (own_port(), own_port());
        let keys = json!({"identities": [{"name": "eps", "actions": ["Read", "List"],
            "credentials": [{"accessKey": ACCESS_KEY, "secretKey": SECRET_KEY}]}]});
        let place = |name: &str| folder.path().join(name).display().to_string();
        std::fs::write(place("s3.json"), keys.to_string()).unwrap();
        std::fs::create_dir(place("data")).unwrap();
        let mut command = Command::new(program);
        command.current_dir(folder.path()).args(["server", "-ip=127.0.0.1", "-ip.bind=127.0.0.1", "-filer"]);
        command.args([
            "-s3",
            "-s3.iam=false",
            "-s3.port.iceberg=0",
            "-s3.port.lance=0",
            "-master.telemetry=false",
            "-master.volumeSizeLimitMB=64",
        ]);
        command.args([format!("-s3.port={port}"), format!("-filer.port={filer_port}")]);
        for name in ["master.port", "volume.port"] {
            command.arg(format!("-{name}={}", own_port()));
        }
        let mut sockets = Vec::new();
        for name in ["master", "volume", "filer", "s3"] {
            let port = own_port();
            command.arg(format!("-{name}.port.grpc={port}"));
            sockets.push(format!("/tmp/seaweedfs-{name}-grpc-{port}.sock"));
        }
        for (name, file) in [
            ("dir", "data"),
            ("s3.config", "s3.json"),
            ("filer.localSocket", "filer.sock"),
            ("s3.localSocket", "s3.sock"),
        ] {
            command.arg(format!("-{name}={}", place(file)));
        }
        let process = Process::start(&mut command);
        let server = Self { _process: process, _folder: folder, port, filer_port, sockets };
        // Whoever has no key is refused: then it knows its keys.
        wait_until("SeaweedFS is ready", START_LIMIT, || {
            Self::ask(server.port, "GET", "/", b"") == Some(403)
        });
        server.put("ready", b"ready");
        Some(server)
    }

    /// What a client is configured with.
    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// The port alone, for a proxy before it.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Puts an object into the bucket, by the door for operators. The key is written as it is in a path.
    ///
    /// # Panics
    /// When it cannot be put there.
    pub fn put(&self, key: &str, object: &[u8]) {
        let path = format!("/buckets/{BUCKET}/{key}");
        // At first it has no volumes yet.
        wait_until("SeaweedFS takes an object", START_LIMIT, || {
            Self::ask(self.filer_port, "PUT", &path, object) == Some(201)
        });
    }

    /// The status of an answer.
    fn ask(port: u16, method: &str, path: &str, body: &[u8]) -> Option<u16> {
        let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, port)).ok()?;
        stream.set_read_timeout(Some(PROBE)).ok()?;
        let length = body.len();
        let head = format!(
            "{method} {path} HTTP/1.1\r\nhost: 127.0.0.1:{port}\r\nconnection: close\r\ncontent-length: {length}\r\n\r\n"
        );
        stream.write_all(head.as_bytes()).ok()?;
        stream.write_all(body).ok()?;
        let mut status = [0; 12];
        stream.read_exact(&mut status).ok()?;
        std::str::from_utf8(&status[9..]).ok()?.parse().ok()
    }
}
