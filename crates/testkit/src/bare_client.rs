//! A client without any rights: it follows a link and nothing else.

use std::{io, time::Duration};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

/// A test that waits longer than this for an answer has found a defect.
const PATIENCE: Duration = Duration::from_secs(10);

/// Fetches `http://host:port/…` as a client without any rights does; status and body.
pub async fn get(url: &str) -> io::Result<(u16, Vec<u8>)> {
    let invalid = || io::Error::from(io::ErrorKind::InvalidInput);
    let rest = url.strip_prefix("http://").ok_or_else(invalid)?;
    let (host, path) = rest.split_once('/').ok_or_else(invalid)?;
    let mut stream = TcpStream::connect(host).await?;
    let request = format!("GET /{path} HTTP/1.0\r\nhost: {host}\r\n\r\n");
    stream.write_all(request.as_bytes()).await?;
    let mut answer = Vec::new();
    tokio::time::timeout(PATIENCE, stream.read_to_end(&mut answer)).await??;
    let head = answer.windows(4).position(|window| window == b"\r\n\r\n").ok_or_else(invalid)?;
    let status =
        String::from_utf8_lossy(&answer[..head]).split(' ').nth(1).and_then(|code| code.parse().ok());
    Ok((status.ok_or_else(invalid)?, answer.split_off(head + 4)))
}
