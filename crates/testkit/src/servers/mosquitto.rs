//! Mosquitto as operators run it: with accounts, a list of what each may do, and an encrypted listener
//! beside the plain one. Sources are played by [`Publisher`], which speaks just enough of the protocol.

use std::{
    io::{Read as _, Write as _},
    net::{Ipv4Addr, TcpStream},
    path::{Path, PathBuf},
    process::Command,
    sync::{Mutex, PoisonError},
    time::Duration,
};

use tempfile::TempDir;

use super::{Process, START_LIMIT, certificates::Certificates, find, own_port, wait_until};

/// The account that the service uses; it may read and nothing else.
pub const USER: &str = "eps";
/// Its password, with what must be percent-encoded in an address.
pub const PASSWORD: &str = "p@ss/word";
/// The same in an address.
pub const PASSWORD_ENCODED: &str = "p%40ss%2Fword";
/// The account of the sources.
const SOURCE: (&str, &str) = ("source", "source-pass");
/// How long the broker may take to acknowledge a message.
const PATIENCE: Duration = Duration::from_secs(10);

/// One broker, its folder and its process.
#[derive(Debug)]
pub struct MosquittoServer {
    program: PathBuf,
    folder: TempDir,
    port: u16,
    tls_port: u16,
    certificates: Certificates,
    process: Mutex<Option<Process>>,
}

impl MosquittoServer {
    /// A broker on free ports; `None` when Mosquitto is not installed.
    ///
    /// # Panics
    /// When it does not start.
    pub fn start() -> Option<Self> {
        // Debian puts it where only the administrator looks.
        let system = Path::new("/usr/sbin/mosquitto");
        let program = if system.is_file() { system.to_owned() } else { find("mosquitto")? };
        let passwords = find("mosquitto_passwd")?;
        let folder = TempDir::new().unwrap();
        let file = folder.path().join("passwords");
        for (index, (user, password)) in [(USER, PASSWORD), SOURCE].into_iter().enumerate() {
            let mut command = Command::new(&passwords);
            if index == 0 {
                command.arg("-c");
            }
            assert!(command.arg("-b").arg(&file).args([user, password]).status().unwrap().success());
        }
        let (port, tls_port) = (own_port(), own_port());
        let certificates = Certificates::new();
        let server = Self { program, folder, port, tls_port, certificates, process: Mutex::default() };
        server.resume();
        Some(server)
    }

    /// Its port on loopback.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Its address for the service, with account and password.
    pub fn url(&self) -> String {
        self.url_at(self.port)
    }

    /// The same through something that listens on another port.
    pub fn url_at(&self, port: u16) -> String {
        format!("mqtt://{USER}:{PASSWORD_ENCODED}@127.0.0.1:{port}")
    }

    /// Its encrypted address.
    pub fn tls_url(&self) -> String {
        format!("mqtts://{USER}:{PASSWORD_ENCODED}@localhost:{}", self.tls_port)
    }

    /// What signed the certificate of its encrypted listener.
    pub fn ca(&self) -> &str {
        &self.certificates.ca
    }

    /// Ends it as a crash would; what it had promised to deliver is gone.
    pub fn kill(&self) {
        self.process.lock().unwrap_or_else(PoisonError::into_inner).take();
    }

    /// Starts it again on the same ports, and waits until it takes accounts.
    ///
    /// # Panics
    /// When it does not start.
    pub fn resume(&self) {
        let mut process = self.process.lock().unwrap_or_else(PoisonError::into_inner);
        assert!(process.is_none(), "it runs");
        *process = Some(Process::start(&mut self.command()));
        drop(process);
        wait_until("mosquitto answers", START_LIMIT, || self.try_connect().is_some());
    }

    /// A source that is connected.
    ///
    /// # Panics
    /// When the broker does not take it.
    pub fn publisher(&self) -> Publisher {
        self.try_connect().unwrap()
    }

    fn try_connect(&self) -> Option<Publisher> {
        let stream = TcpStream::connect((Ipv4Addr::LOCALHOST, self.port)).ok()?;
        stream.set_read_timeout(Some(PATIENCE)).ok()?;
        stream.set_nodelay(true).ok()?;
        let mut publisher = Publisher { stream, next_id: 0 };
        // Version 3.1.1, clean, with user and password, never asked whether it is alive.
        let mut body = [text("MQTT"), vec![4, 0b1100_0010, 0, 0]].concat();
        for part in ["", SOURCE.0, SOURCE.1] {
            body.extend(text(part));
        }
        publisher.send(0x10, &body).ok()?;
        let answer = publisher.answer()?;
        (answer == [0x20, 2, 0, 0]).then_some(publisher)
    }

    fn command(&self) -> Command {
        let [ca, certificate, key] = self.certificates.files().map(|file| file.display().to_string());
        let folder = self.folder.path().display();
        let (port, tls_port) = (self.port, self.tls_port);
        let (source, _) = SOURCE;
        let rights = format!(
            "user {USER}\ntopic read frigate/#\ntopic read site/+/onvif-ej/#\nuser {source}\ntopic readwrite #\n"
        );
        std::fs::write(self.folder.path().join("rights"), rights).unwrap();
        let settings = format!(
            "user root\nallow_anonymous false\npassword_file {folder}/passwords\nacl_file {folder}/rights\n\
             persistence false\nlog_dest none\nlistener {port} 127.0.0.1\n\
             listener {tls_port} 127.0.0.1\ncafile {ca}\ncertfile {certificate}\nkeyfile {key}\n"
        );
        let file = self.folder.path().join("mosquitto.conf");
        std::fs::write(&file, settings).unwrap();
        let mut command = Command::new(&self.program);
        command.arg("-c").arg(file);
        command
    }
}

/// A source of messages.
#[derive(Debug)]
pub struct Publisher {
    stream: TcpStream,
    next_id: u16,
}

impl Publisher {
    /// Publishes with the guarantee that it is delivered at least once; the broker has it when this
    /// returns.
    ///
    /// # Panics
    /// When the broker does not take it.
    pub fn publish(&mut self, topic: &str, payload: impl AsRef<[u8]>) {
        self.next_id += 1;
        let id = self.next_id.to_be_bytes();
        let body = [&*text(topic), &id, payload.as_ref()].concat();
        self.send(0x32, &body).unwrap();
        assert_eq!(self.answer(), Some([0x40, 2, id[0], id[1]]), "the broker acknowledges");
    }

    /// Publishes without a guarantee, as Frigate does unless it is told otherwise. `is_kept` lets the
    /// broker say it to everybody who comes later.
    ///
    /// # Panics
    /// When the connection is gone.
    pub fn say(&mut self, topic: &str, payload: impl AsRef<[u8]>, is_kept: bool) {
        let body = [&*text(topic), payload.as_ref()].concat();
        self.send(0x30 | u8::from(is_kept), &body).unwrap();
    }

    fn send(&mut self, kind: u8, body: &[u8]) -> std::io::Result<()> {
        let mut packet = vec![kind];
        let mut rest = body.len();
        loop {
            let more = if rest >= 128 { 0x80 } else { 0 };
            packet.push((rest % 128) as u8 | more);
            rest /= 128;
            if rest == 0 {
                break;
            }
        }
        packet.extend_from_slice(body);
        self.stream.write_all(&packet)
    }

    fn answer(&mut self) -> Option<[u8; 4]> {
        let mut answer = [0; 4];
        self.stream.read_exact(&mut answer).ok()?;
        Some(answer)
    }
}

fn text(text: &str) -> Vec<u8> {
    let length = u16::try_from(text.len()).unwrap().to_be_bytes();
    [&length, text.as_bytes()].concat()
}
