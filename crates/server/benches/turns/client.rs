//! Callers: a thread and a connection each, as little work as possible between a reply and the next
//! request, since they share the machine with what they measure.

use std::{
    io::{BufRead as _, BufReader, Read as _, Write as _},
    net::{SocketAddr, TcpStream},
    time::{Duration, Instant},
};

use super::{
    process::Server,
    questions::{Kind, Questions},
};

/// A connection that is kept open.
pub(crate) struct Connection {
    stream: BufReader<TcpStream>,
    request: Vec<u8>,
    line: String,
    body: Vec<u8>,
}

impl Connection {
    pub(crate) fn open(address: SocketAddr) -> Self {
        let stream = TcpStream::connect(address).unwrap();
        stream.set_nodelay(true).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
        let stream = BufReader::with_capacity(64 * 1024, stream);
        Self { stream, request: Vec::new(), line: String::new(), body: Vec::new() }
    }

    /// Sends a request, reads the whole reply, and gives its status.
    pub(crate) fn status(&mut self, method: &str, path: &str, token: &str, body: &str) -> u16 {
        self.request.clear();
        write!(
            self.request,
            "{method} {path} HTTP/1.1\r\nhost: eps\r\nauthorization: Bearer {token}\r\n\
             content-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
            body.len()
        )
        .unwrap();
        self.stream.get_mut().write_all(&self.request).unwrap();
        let status = self.read_line().split(' ').nth(1).unwrap().parse().unwrap();
        let mut length = None;
        loop {
            let line = self.read_line();
            if line.is_empty() {
                break;
            }
            if let Some(value) = line.strip_prefix("content-length:") {
                length = value.trim().parse().ok();
            }
        }
        self.body.resize(length.expect("a reply of known length"), 0);
        self.stream.read_exact(&mut self.body).unwrap();
        status
    }

    fn read_line(&mut self) -> &str {
        self.line.clear();
        assert_ne!(self.stream.read_line(&mut self.line).unwrap(), 0, "the server hung up");
        self.line.trim_end()
    }

    fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }
}

/// Callers that ask without a pause.
pub(crate) struct Load<'a> {
    pub(crate) server: &'a Server,
    pub(crate) callers: usize,
    pub(crate) kind: Kind,
}

/// What came of a load.
pub(crate) struct Run {
    /// Sorted.
    latencies: Vec<Duration>,
    elapsed: Duration,
    cpu: Duration,
}

impl Load<'_> {
    /// Asks for so long.
    pub(crate) fn run(&self, time: Duration) -> Run {
        let (cpu, begin) = (self.server.cpu(), Instant::now());
        let mut latencies: Vec<Duration> = std::thread::scope(|scope| {
            let callers: Vec<_> =
                (0..self.callers).map(|caller| scope.spawn(move || self.call(caller, begin, time))).collect();
            callers.into_iter().flat_map(|caller| caller.join().unwrap()).collect()
        });
        let (elapsed, cpu) = (begin.elapsed(), self.server.cpu().saturating_sub(cpu));
        latencies.sort_unstable();
        Run { latencies, elapsed, cpu }
    }

    fn call(&self, caller: usize, begin: Instant, time: Duration) -> Vec<Duration> {
        let mut questions = Questions::new(self.kind, caller);
        let mut connection = Connection::open(self.server.address);
        let mut latencies = Vec::with_capacity(4_096);
        while begin.elapsed() < time {
            let body = questions.next();
            let sent = Instant::now();
            let status = connection.status("POST", self.kind.path(), &self.server.tokens[caller], &body);
            latencies.push(sent.elapsed());
            assert_eq!(status, 200, "{body}: {}", connection.text());
        }
        latencies
    }
}

impl Run {
    /// The latency that this share of the requests kept, 0 to 1.
    pub(crate) fn quantile(&self, share: f64) -> Duration {
        let rank = (self.latencies.len() as f64 * share).ceil() as usize;
        self.latencies[rank.clamp(1, self.latencies.len()) - 1]
    }

    pub(crate) fn per_second(&self) -> f64 {
        self.latencies.len() as f64 / self.elapsed.as_secs_f64()
    }

    /// CPU time of the server, its background work included.
    pub(crate) fn cpu_micros_per_request(&self) -> f64 {
        self.cpu.as_secs_f64() * 1e6 / self.latencies.len() as f64
    }
}
