//! A connection to a server that does as little as it can: callers share the machine with what they measure.

use std::{
    io::{self, Write as _},
    net::SocketAddr,
};

use tokio::{
    io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader},
    net::TcpStream,
};

/// What is asked of a server.
#[derive(Debug, Clone, Copy)]
pub struct Request<'a> {
    /// Of the route.
    pub path: &'a str,
    /// Of the caller; none when empty.
    pub token: &'a str,
    /// JSON.
    pub body: &'a str,
    /// Whether the answer is wanted as a stream of events.
    pub is_stream: bool,
}

/// How the body of an answer is delimited.
enum Length {
    Known(usize),
    Chunked,
}

/// A kept HTTP/1.1 connection.
#[derive(Debug)]
pub struct Connection {
    stream: BufReader<TcpStream>,
    request: Vec<u8>,
    line: String,
    body: Vec<u8>,
}

impl Connection {
    /// Connects.
    ///
    /// # Errors
    /// When nobody listens.
    pub async fn open(address: SocketAddr) -> io::Result<Self> {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        let stream = BufReader::with_capacity(8 * 1024, stream);
        Ok(Self { stream, request: Vec::new(), line: String::new(), body: Vec::new() })
    }

    /// Posts and reads the whole answer; its status.
    ///
    /// # Errors
    /// When the server hangs up.
    pub async fn post(&mut self, request: Request<'_>) -> io::Result<u16> {
        let (status, length) = self.send(request).await?;
        self.body.clear();
        match length {
            Length::Known(length) => {
                self.body.resize(length, 0);
                self.stream.read_exact(&mut self.body).await?;
            }
            Length::Chunked => while self.chunk().await? {},
        }
        Ok(status)
    }

    /// Posts and tells each line of the answer as it arrives; its status.
    ///
    /// # Errors
    /// When the server hangs up.
    pub async fn listen(&mut self, request: Request<'_>, mut on_line: impl FnMut(&[u8])) -> io::Result<u16> {
        let (status, length) = self.send(request).await?;
        if let Length::Known(length) = length {
            self.body.resize(length, 0);
            self.stream.read_exact(&mut self.body).await?;
            return Ok(status);
        }
        self.body.clear();
        let mut told = 0;
        while self.chunk().await? {
            while let Some(end) = self.body[told..].iter().position(|byte| *byte == b'\n') {
                on_line(&self.body[told..told + end]);
                told += end + 1;
            }
            self.body.drain(..told);
            told = 0;
        }
        Ok(status)
    }

    /// The body of the last answer.
    pub fn body(&self) -> &[u8] {
        &self.body
    }

    async fn send(&mut self, request: Request<'_>) -> io::Result<(u16, Length)> {
        let Request { path, token, body, is_stream } = request;
        let accept = if is_stream { "text/event-stream" } else { "application/json" };
        self.request.clear();
        write!(
            self.request,
            "POST {path} HTTP/1.1\r\nhost: eps\r\naccept: {accept}\r\nauthorization: Bearer {token}\r\n\
             content-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
            body.len()
        )?;
        self.stream.write_all(&self.request).await?;
        let malformed = || io::Error::from(io::ErrorKind::InvalidData);
        let status = self.read_line().await?.split(' ').nth(1).and_then(|status| status.parse().ok());
        let mut length = None;
        loop {
            let line = self.read_line().await?;
            if line.is_empty() {
                break;
            }
            let Some((name, value)) = line.split_once(':') else { continue };
            if name.eq_ignore_ascii_case("content-length") {
                length = value.trim().parse().ok().map(Length::Known);
            } else if name.eq_ignore_ascii_case("transfer-encoding") {
                length = Some(Length::Chunked);
            }
        }
        status.zip(length).ok_or_else(malformed)
    }

    /// Reads one chunk to the end of the body; false at the last.
    async fn chunk(&mut self) -> io::Result<bool> {
        let size = usize::from_str_radix(self.read_line().await?, 16).map_err(io::Error::other)?;
        let begin = self.body.len();
        self.body.resize(begin + size, 0);
        self.stream.read_exact(&mut self.body[begin..]).await?;
        self.read_line().await?;
        Ok(size > 0)
    }

    async fn read_line(&mut self) -> io::Result<&str> {
        self.line.clear();
        if self.stream.read_line(&mut self.line).await? == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        Ok(self.line.trim_end())
    }
}
