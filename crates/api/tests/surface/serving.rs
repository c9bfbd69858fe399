//! Over real sockets: slow heads, drains, and connections that are kept.

use std::time::Duration;

use eps_api::{ServeSettings, serve};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    task::JoinHandle,
};

use crate::site::Site;

async fn start(site: &Site, drain: ServeSettings) -> (std::net::SocketAddr, JoinHandle<std::io::Result<()>>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let serving = serve(listener, site.router.clone(), site.shutdown.clone(), drain);
    #[expect(clippy::disallowed_methods, reason = "the test awaits it")]
    let served = tokio::spawn(serving);
    (address, served)
}

/// Reads one response whose body is JSON without chunks.
async fn response(stream: &mut TcpStream) -> String {
    let mut got = Vec::new();
    let mut buffer = [0; 4_096];
    loop {
        let n = stream.read(&mut buffer).await.unwrap();
        got.extend_from_slice(&buffer[..n]);
        let text = String::from_utf8_lossy(&got).into_owned();
        if n == 0 || text.ends_with('}') {
            return text;
        }
    }
}

#[tokio::test]
async fn a_connection_serves_many_requests_until_the_stop_and_then_ends() {
    let site = Site::new();
    let drain =
        ServeSettings { delay: Duration::ZERO, grace: Duration::from_secs(30), ..ServeSettings::default() };
    let (address, served) = start(&site, drain).await;
    let mut stream = TcpStream::connect(address).await.unwrap();
    for _ in 0..3 {
        stream.write_all(b"GET /health HTTP/1.1\r\nHost: x\r\n\r\n").await.unwrap();
        let text = response(&mut stream).await;
        assert!(text.starts_with("HTTP/1.1 200 OK\r\n") && text.ends_with(r#"{"status":"ok"}"#), "{text}");
        assert!(!text.to_lowercase().contains("\r\nserver:"), "{text}");
    }
    site.shutdown.cancel();
    let mut rest = Vec::new();
    assert_eq!(stream.read_to_end(&mut rest).await.unwrap(), 0, "the idle connection is closed");
    served.await.unwrap().unwrap();
    assert!(TcpStream::connect(address).await.is_err(), "nobody listens any more");
}

#[tokio::test]
async fn while_draining_new_connections_are_still_served_and_told_to_close() {
    let site = Site::new();
    let drain = ServeSettings {
        delay: Duration::from_millis(300),
        grace: Duration::from_secs(30),
        ..ServeSettings::default()
    };
    let (address, served) = start(&site, drain).await;
    site.shutdown.cancel();
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream.write_all(b"GET /readyz HTTP/1.1\r\nHost: x\r\n\r\n").await.unwrap();
    let text = response(&mut stream).await;
    assert!(text.starts_with("HTTP/1.1 503 "), "{text}");
    assert!(text.to_lowercase().contains("\r\nconnection: close\r\n"), "{text}");
    assert!(text.contains(r#""status":"draining""#), "{text}");
    served.await.unwrap().unwrap();
}

#[tokio::test]
async fn too_many_headers_are_refused_by_the_server_itself() {
    let site = Site::new();
    let (address, _served) = start(&site, ServeSettings::default()).await;
    let mut stream = TcpStream::connect(address).await.unwrap();
    let mut head = "GET /health HTTP/1.1\r\nHost: x\r\n".to_owned();
    for n in 0..100 {
        head.extend(["X-", &n.to_string(), ": 1\r\n"]);
    }
    stream.write_all((head + "\r\n").as_bytes()).await.unwrap();
    let mut got = Vec::new();
    stream.read_to_end(&mut got).await.unwrap();
    assert!(got.starts_with(b"HTTP/1.1 431 "), "{}", String::from_utf8_lossy(&got));
}
