//! Where published keys come from: the settings themselves, or an address that is asked over TLS. Takes
//! no address from anywhere but the settings and follows no redirect.

use std::{net::IpAddr, sync::Arc, time::Duration};

use eps_domain::{Error, Result};
use reqwest::{
    Client, Response, Url,
    header::{self, HeaderMap},
};

use super::key_set::KeySet;
use crate::http;

/// The code of errors that say that keys cannot be had.
pub(super) const UNAVAILABLE: &str = "TOKEN_KEYS_UNAVAILABLE";

/// How long a fetch may take.
pub(super) const FETCH_DEADLINE: Duration = Duration::from_secs(3);
/// The longest document that is read; those of large providers have 20 KiB.
const DOCUMENT_BYTES_MAX: usize = 256 * 1024;
/// How long keys are fresh when the server does not say.
const LIFETIME: Duration = Duration::from_mins(10);
/// The least and the most that the server may say.
const LIFETIME_MIN: Duration = Duration::from_mins(1);
const LIFETIME_MAX: Duration = Duration::from_hours(1);

/// Where the keys of tokens are published.
#[derive(Debug, Clone)]
pub enum KeySetOrigin {
    /// An address, asked again and again.
    Url(Url),
    /// The document itself.
    Document(Arc<str>),
}

impl KeySetOrigin {
    /// An `https` address; on this machine `http` will do.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn at(url: &str) -> std::result::Result<Self, String> {
        let url = Url::parse(url).map_err(|_| "is not an address".to_owned())?;
        let is_here = url.host_str().is_some_and(|host| {
            let address = host.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>();
            host == "localhost" || address.is_ok_and(|address| address.is_loopback())
        });
        match url.scheme() {
            "https" => Ok(Self::Url(url)),
            "http" if is_here => Ok(Self::Url(url)),
            _ => Err("must be https: whoever can change the keys on their way can sign tokens".to_owned()),
        }
    }

    /// A document with at least one key that can be used.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn document(text: &str) -> std::result::Result<Self, String> {
        KeySet::parse(text.as_bytes()).map(|_| Self::Document(text.into()))
    }
}

/// The address with a client for it.
#[derive(Debug)]
pub(super) struct KeySetServer {
    client: Client,
    url: Url,
}

impl KeySetServer {
    pub(super) fn new(url: Url) -> Result<Self> {
        Ok(Self { client: http::client()?, url })
    }

    /// The keys and how long they are fresh.
    ///
    /// # Errors
    /// `Unavailable`, also for a document without a key that can be used.
    pub(super) async fn fetch(&self) -> Result<(KeySet, Duration)> {
        let late = |_| Error::unavailable(UNAVAILABLE, "the key server does not answer in time");
        tokio::time::timeout(FETCH_DEADLINE, self.fetch_at_leisure()).await.map_err(late)?
    }

    async fn fetch_at_leisure(&self) -> Result<(KeySet, Duration)> {
        let request = self.client.get(self.url.clone()).header(header::ACCEPT, "application/json");
        let mut response = request.send().await.map_err(of_transport)?;
        let status = response.status().as_u16();
        if status != 200 {
            return Err(Error::unavailable(UNAVAILABLE, format!("the key server answers {status}")));
        }
        let lifetime = lifetime(response.headers());
        let document = read(&mut response).await?;
        let set = KeySet::parse(&document)
            .map_err(|what| Error::unavailable(UNAVAILABLE, format!("what the key server sends {what}")))?;
        Ok((set, lifetime))
    }
}

fn of_transport(error: reqwest::Error) -> Error {
    Error::unavailable(UNAVAILABLE, "the key server cannot be reached").caused_by(error)
}

async fn read(response: &mut Response) -> Result<Vec<u8>> {
    let mut document = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(of_transport)? {
        if document.len() + chunk.len() > DOCUMENT_BYTES_MAX {
            return Err(Error::unavailable(UNAVAILABLE, "the key server sends more than 256 KiB"));
        }
        document.extend_from_slice(&chunk);
    }
    Ok(document)
}

/// What `Cache-Control` says (RFC 9111 section 5.2.2), within bounds.
fn lifetime(headers: &HeaderMap) -> Duration {
    let lines = headers.get_all(header::CACHE_CONTROL).iter().filter_map(|line| line.to_str().ok());
    let mut said = None;
    for directive in lines.flat_map(|line| line.split(',')) {
        let (name, value) = directive.split_once('=').unwrap_or((directive, ""));
        match name.trim().to_ascii_lowercase().as_str() {
            "no-store" | "no-cache" => return LIFETIME_MIN,
            "max-age" => said = value.trim().trim_matches('"').parse().ok().map(Duration::from_secs),
            _ => {}
        }
    }
    said.map_or(LIFETIME, |said| said.clamp(LIFETIME_MIN, LIFETIME_MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_addresses_that_nobody_can_listen_in_on_are_taken() {
        for good in [
            "https://login.example.org/realms/site/protocol/openid-connect/certs",
            "http://localhost:8080/keys",
            "http://127.0.0.1:1/keys",
            "http://[::1]:1/keys",
        ] {
            assert!(KeySetOrigin::at(good).is_ok(), "{good}");
        }
        for bad in [
            "http://login.example.org/keys",
            "http://127.0.0.1.example.org/keys",
            "http://localhost.example.org/keys",
            "http://10.0.0.1/keys",
            "file:///etc/keys",
            "data:application/json,{}",
            "keys",
        ] {
            assert!(KeySetOrigin::at(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn the_server_says_how_long_keys_are_fresh_within_bounds() {
        for (said, seconds) in [
            ("", 600),
            ("public", 600),
            ("max-age=300", 300),
            ("public, Max-Age=\"900\", must-revalidate", 900),
            ("max-age=5", 60),
            ("max-age=0", 60),
            ("no-store", 60),
            ("max-age=900, no-cache", 60),
            ("max-age=86400", 3_600),
            ("max-age=99999999999999999999", 600),
            ("max-age=-1", 600),
            ("s-maxage=10", 600),
        ] {
            let mut headers = HeaderMap::new();
            if !said.is_empty() {
                headers.insert(header::CACHE_CONTROL, said.parse().unwrap());
            }
            assert_eq!(lifetime(&headers).as_secs(), seconds, "{said}");
        }
    }
}
