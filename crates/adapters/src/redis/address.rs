//! Where Redis is: one server, a group watched by Sentinels, or a Cluster, in the addresses that other
//! clients take as well. Never shows a password.
//!
//! ```text
//! redis://[[user]:password@]host[:6379][/database]
//! redis+sentinel://[[user]:password@]host[:26379][,host[:26379]…]/master-name[/database]
//! redis+cluster://[[user]:password@]host[:6379][,host[:6379]…]
//! ```
//!
//! `rediss` in place of `redis` is TLS. `-` in place of `+` is understood as well.

use std::fmt;

use ::redis::{
    Client, ClientTlsConfig, ConnectionAddr, ConnectionInfo, ErrorKind, IntoConnectionInfo as _, RedisError,
    TlsCertificates, TlsMode,
    cluster::{ClusterClient, ClusterClientBuilder},
    sentinel::{SentinelClient, SentinelClientBuilder, SentinelServerType},
};
use secrecy::{ExposeSecret as _, SecretString};

use super::{CONNECT_TIMEOUT, RESPONSE_TIMEOUT};

/// The most hosts that one address may name.
const HOSTS_MAX: usize = 32;
const PORT: u16 = 6379;
const SENTINEL_PORT: u16 = 26379;

/// Certificates in PEM, for servers and clients that the system's own do not cover.
#[derive(Clone, Default)]
pub struct RedisTls {
    /// What signed the server's certificate; the system's roots when absent.
    pub ca: Option<String>,
    /// Our certificate and its key, when the server wants one.
    pub client: Option<(String, SecretString)>,
}

/// How the servers are arranged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Single,
    Sentinel,
    Cluster,
}

/// A checked address.
#[derive(Clone)]
pub struct RedisAddress {
    kind: Kind,
    /// Each with user, password and database.
    nodes: Vec<ConnectionInfo>,
    /// The name by which Sentinels know the group.
    group: String,
    tls: Option<TlsCertificates>,
}

/// What to make connections with.
pub(super) enum Connector {
    Single(Box<Client>),
    /// With our account on the Sentinels, and without one; what worked last comes first.
    Sentinel(Box<[SentinelClient; 2]>),
    Cluster(Box<ClusterClient>),
}

impl fmt::Display for RedisAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kind = match self.kind {
            Kind::Single => "",
            Kind::Sentinel => "sentinel ",
            Kind::Cluster => "cluster ",
        };
        let hosts: Vec<String> = self.nodes.iter().map(|node| node.addr().to_string()).collect();
        write!(f, "{kind}{}", hosts.join(","))?;
        if self.group.is_empty() { Ok(()) } else { write!(f, "/{}", self.group) }
    }
}

impl fmt::Debug for RedisAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "RedisAddress({self})")
    }
}

impl RedisAddress {
    /// Reads an address.
    ///
    /// # Errors
    /// What is wrong with it, without its password.
    pub fn parse(address: &str, tls: RedisTls) -> Result<Self, String> {
        let (scheme, rest) = address.split_once("://").ok_or("has no scheme such as redis://")?;
        let (base, kind) = match scheme.split_once(['+', '-']) {
            None => (scheme, Kind::Single),
            Some((base, "sentinel")) => (base, Kind::Sentinel),
            Some((base, "cluster")) => (base, Kind::Cluster),
            Some(_) => ("", Kind::Single),
        };
        if !matches!(base, "redis" | "rediss") {
            return Err("has a scheme that is none of redis, rediss, redis+sentinel, redis+cluster and \
                        their TLS forms"
                .to_owned());
        }
        if rest.contains(['?', '#']) {
            return Err("has a query or a fragment, which mean nothing here (write ? and # in a password \
                        as %3F and %23)"
                .to_owned());
        }
        let (credentials, rest) = rest.rsplit_once('@').map_or(("", rest), |(user, rest)| (user, rest));
        let (hosts, path) = rest.split_once('/').unwrap_or((rest, ""));
        let (group, database) = match kind {
            Kind::Single | Kind::Cluster => ("", path),
            Kind::Sentinel => path.split_once('/').unwrap_or((path, "")),
        };
        if kind == Kind::Sentinel && group.is_empty() {
            return Err("names no master: redis+sentinel://host:26379/master-name".to_owned());
        }
        if kind == Kind::Cluster && !matches!(database, "" | "0") {
            return Err("names a database, and a Cluster has only one".to_owned());
        }
        let database: u32 = match database {
            "" => 0,
            number => number.parse().map_err(|_| "names a database that is no number")?,
        };
        let default_port = if kind == Kind::Sentinel { SENTINEL_PORT } else { PORT };
        let hosts: Vec<&str> = hosts.split(',').collect();
        if hosts.len() > HOSTS_MAX || (kind == Kind::Single && hosts.len() > 1) {
            return Err("names too many hosts (several need redis+sentinel or redis+cluster)".to_owned());
        }
        let node = |host: &&str| node(base, credentials, host, default_port, database);
        let nodes = hosts.iter().map(node).collect::<Result<_, _>>()?;
        // The library takes a file without a certificate for an empty list.
        if tls.ca.as_ref().is_some_and(|pem| !pem.contains("-----BEGIN CERTIFICATE-----")) {
            return Err("has a certificate (REDIS_CA) that is not in PEM".to_owned());
        }
        let address = Self { kind, nodes, group: group.to_owned(), tls: certificates(tls) };
        // Whatever else is wrong with it, such as a certificate that is none, shows here.
        address.connector().map_err(|error| format!("cannot be used: {error}"))?;
        Ok(address)
    }

    /// What to make connections with.
    pub(super) fn connector(&self) -> Result<Connector, RedisError> {
        let none = || RedisError::from((ErrorKind::InvalidClientConfig, "no host"));
        let first = self.nodes.first().ok_or_else(none)?;
        match self.kind {
            Kind::Single => match &self.tls {
                Some(tls) if first.addr().to_tls() => Client::build_with_tls(first.clone(), tls.clone()),
                _ => Client::open(first.clone()),
            }
            .map(|client| Connector::Single(Box::new(client))),
            Kind::Sentinel => {
                let clients = [self.sentinel(first, true)?, self.sentinel(first, false)?];
                Ok(Connector::Sentinel(Box::new(clients)))
            }
            Kind::Cluster => self.cluster().map(|client| Connector::Cluster(Box::new(client))),
        }
    }

    fn sentinel(&self, first: &ConnectionInfo, has_account: bool) -> Result<SentinelClient, RedisError> {
        let settings = first.redis_settings();
        let hosts = self.nodes.iter().map(|node| node.addr().clone());
        let mut builder = SentinelClientBuilder::new(hosts, &self.group, SentinelServerType::Master)?
            .set_client_to_redis_db(settings.db());
        if let Some(user) = settings.username() {
            builder = builder.set_client_to_redis_username(user);
            if has_account {
                builder = builder.set_client_to_sentinel_username(user);
            }
        }
        if let Some(password) = settings.password() {
            builder = builder.set_client_to_redis_password(password);
            if has_account {
                builder = builder.set_client_to_sentinel_password(password);
            }
        }
        if first.addr().to_tls() {
            builder = builder
                .set_client_to_redis_tls_mode(TlsMode::Secure)
                .set_client_to_sentinel_tls_mode(TlsMode::Secure);
        }
        if let Some(tls) = &self.tls {
            builder = builder
                .set_client_to_redis_certificates(tls.clone())
                .set_client_to_sentinel_certificates(tls.clone());
        }
        builder.build()
    }

    fn cluster(&self) -> Result<ClusterClient, RedisError> {
        let mut builder = ClusterClientBuilder::new(self.nodes.clone())
            .connection_timeout(CONNECT_TIMEOUT)
            .response_timeout(RESPONSE_TIMEOUT)
            .overall_response_timeout(Some(RESPONSE_TIMEOUT))
            .retries(3)
            .min_retry_wait(10)
            .max_retry_wait(100);
        if let Some(tls) = &self.tls {
            builder = builder.certs(tls.clone());
        }
        builder.build()
    }
}

trait UsesTls {
    fn to_tls(&self) -> bool;
}

impl UsesTls for ConnectionAddr {
    fn to_tls(&self) -> bool {
        matches!(self, Self::TcpTls { .. })
    }
}

/// One host with the credentials of all, read by the client's own rules.
fn node(
    scheme: &str,
    credentials: &str,
    host: &str,
    default_port: u16,
    database: u32,
) -> Result<ConnectionInfo, String> {
    let has_port = host.rsplit_once(':').is_some_and(|(_, port)| port.parse::<u16>().is_ok());
    let port = if has_port { String::new() } else { format!(":{default_port}") };
    let at = if credentials.is_empty() { "" } else { "@" };
    if host.is_empty() {
        return Err("names no host".to_owned());
    }
    format!("{scheme}://{credentials}{at}{host}{port}/{database}").into_connection_info().map_err(|_| {
        format!("names a host that is none, or has a password that must be percent-encoded: {host}")
    })
}

fn certificates(tls: RedisTls) -> Option<TlsCertificates> {
    if tls.ca.is_none() && tls.client.is_none() {
        return None;
    }
    let client_tls = tls.client.map(|(certificate, key)| ClientTlsConfig {
        client_cert: certificate.into_bytes(),
        client_key: key.expose_secret().as_bytes().to_vec(),
    });
    Some(TlsCertificates { client_tls, root_cert: tls.ca.map(String::into_bytes) })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(address: &str) -> Result<String, String> {
        let parsed = RedisAddress::parse(address, RedisTls::default())?;
        let info = parsed.nodes[0].redis_settings();
        let user = info.username().unwrap_or("-");
        let password = info.password().unwrap_or("-");
        Ok(format!("{parsed} {user} {password} {}", info.db()))
    }

    #[test]
    fn the_addresses_of_the_field_are_understood() {
        for (address, expected) in [
            ("redis://cache", "cache:6379 - - 0"),
            ("redis://cache:7000/2", "cache:7000 - - 2"),
            ("redis://:p%40ss@cache", "cache:6379 - p@ss 0"),
            ("rediss://eps:hush@cache:6380/1", "cache:6380 eps hush 1"),
            ("redis://eps:hush@[::1]:6380", "::1:6380 eps hush 0"),
            ("redis+sentinel://:hush@a,b:7/main/3", "sentinel a:26379,b:7/main - hush 3"),
            ("rediss-sentinel://eps:hush@a:1/main", "sentinel a:1/main eps hush 0"),
            ("redis+cluster://eps:hush@a,b:7,c", "cluster a:6379,b:7,c:6379 eps hush 0"),
        ] {
            assert_eq!(read(address).as_deref(), Ok(expected), "{address}");
        }
    }

    #[test]
    fn what_is_wrong_is_said_without_the_password() {
        for (address, part) in [
            ("cache:6379", "scheme"),
            ("http://cache", "scheme"),
            ("redis+magic://cache", "scheme"),
            ("redis://:hush@", "no host"),
            ("redis://:hush@cache/x", "no number"),
            ("redis://:hush@a,b", "too many hosts"),
            ("redis+sentinel://:hush@a,b", "names no master"),
            ("redis+cluster://:hush@a,b/3", "only one"),
            ("redis://:hush@cache?x=1", "query"),
        ] {
            let message = read(address).unwrap_err();
            assert!(message.contains(part) && !message.contains("hush"), "{address}: {message}");
        }
        let tls = RedisTls { ca: Some("no certificate".into()), client: None };
        assert!(RedisAddress::parse("rediss://cache", tls).is_err());
    }
}
