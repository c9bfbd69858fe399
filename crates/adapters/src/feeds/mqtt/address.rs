//! Where a broker is: `mqtt[s]://[user[:password]@]host[:port]`. Never shows a password.

use std::fmt;

use reqwest::Url;
use rumqttc::{Broker, TlsConfiguration, Transport};
use secrecy::{ExposeSecret as _, SecretString};

const PORT: u16 = 1883;
const PORT_TLS: u16 = 8883;

/// Certificates in PEM, for brokers and clients that the system's own do not cover.
#[derive(Clone, Default)]
pub struct MqttTls {
    /// What signed the broker's certificate; the system's roots when absent.
    pub ca: Option<String>,
    /// Our certificate and its key, when the broker wants one.
    pub client: Option<(String, SecretString)>,
}

/// A checked address.
#[derive(Clone)]
pub struct MqttAddress {
    host: String,
    port: u16,
    user: String,
    password: SecretString,
    tls: Option<TlsConfiguration>,
}

impl fmt::Display for MqttAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.host, self.port)
    }
}

impl fmt::Debug for MqttAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "MqttAddress({self})")
    }
}

impl MqttAddress {
    /// Reads an address.
    ///
    /// # Errors
    /// What is wrong with it, without its password.
    pub fn parse(address: &str, tls: MqttTls) -> Result<Self, String> {
        const FORM: &str = "is not an address such as mqtt://user:password@broker:1883 or mqtts://broker";
        let url = Url::parse(address).map_err(|_| FORM.to_owned())?;
        let is_tls = match url.scheme() {
            "mqtt" => false,
            "mqtts" => true,
            _ => return Err(FORM.to_owned()),
        };
        let host = url.host_str().filter(|host| !host.is_empty()).ok_or(FORM)?;
        if !matches!(url.path(), "" | "/") || url.query().is_some() || url.fragment().is_some() {
            return Err("has a path, a query or a fragment, which mean nothing here".to_owned());
        }
        let user = decoded(url.username())?;
        let password = decoded(url.password().unwrap_or_default())?;
        if user.is_empty() && !password.is_empty() {
            return Err("has a password and no user".to_owned());
        }
        if !is_tls && (tls.ca.is_some() || tls.client.is_some()) {
            return Err("is not encrypted (mqtts), and certificates are given for it".to_owned());
        }
        Ok(Self {
            // Brackets belong to the address, not to the host.
            host: host.trim_start_matches('[').trim_end_matches(']').to_owned(),
            port: url.port().unwrap_or(if is_tls { PORT_TLS } else { PORT }),
            user,
            password: password.into(),
            tls: is_tls.then(|| configuration(tls)).transpose()?,
        })
    }

    pub(super) fn broker(&self) -> Broker {
        Broker::tcp(self.host.clone(), self.port)
    }

    pub(super) fn transport(&self) -> Transport {
        self.tls.clone().map_or_else(Transport::tcp, Transport::tls_with_config)
    }

    pub(super) fn credentials(&self) -> Option<(String, String)> {
        let password = self.password.expose_secret().to_owned();
        (!self.user.is_empty()).then(|| (self.user.clone(), password))
    }
}

fn configuration(tls: MqttTls) -> Result<TlsConfiguration, String> {
    let is_pem = |pem: &str| pem.contains("-----BEGIN ");
    if [tls.ca.as_deref(), tls.client.as_ref().map(|(certificate, _)| certificate.as_str())]
        .into_iter()
        .flatten()
        .any(|pem| !is_pem(pem))
    {
        return Err("has a certificate that is not in PEM".to_owned());
    }
    let client = tls
        .client
        .map(|(certificate, key)| (certificate.into_bytes(), key.expose_secret().as_bytes().to_vec()));
    match tls.ca {
        Some(ca) => Ok(TlsConfiguration::Simple { ca: ca.into_bytes(), alpn: None, client_auth: client }),
        None if client.is_some() => Err("has a client's certificate without MQTT_CA".to_owned()),
        None => TlsConfiguration::try_default_rustls()
            .map_err(|error| format!("cannot be used: no roots of trust in the system ({error})")),
    }
}

/// Percent-encoding undone.
fn decoded(text: &str) -> Result<String, String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&byte, after)) = rest.split_first() {
        let hexadecimal = |digits: &[u8]| u8::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok();
        if let Some(decoded) = after.get(..2).filter(|_| byte == b'%').and_then(hexadecimal) {
            bytes.push(decoded);
            rest = &after[2..];
        } else {
            bytes.push(byte);
            rest = after;
        }
    }
    String::from_utf8(bytes).map_err(|_| "has a user or a password that is not UTF-8".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(address: &str) -> Result<MqttAddress, String> {
        MqttAddress::parse(address, MqttTls::default())
    }

    #[test]
    fn an_address_is_read_and_shown_without_its_password() {
        let address = parse("mqtt://eps:p%40ss%2Fword@broker").unwrap();
        assert_eq!(format!("{address} {address:?}"), "broker:1883 MqttAddress(broker:1883)");
        assert_eq!(address.credentials(), Some(("eps".to_owned(), "p@ss/word".to_owned())));
        assert_eq!(parse("mqtt://[::1]:1999").unwrap().host, "::1");
        assert_eq!(parse("mqtt://h").unwrap().credentials(), None);
    }

    #[test]
    fn what_is_wrong_with_an_address_is_told_without_its_password() {
        for address in
            ["broker", "http://u:hush@b", "mqtt://:hush@b", "mqtt://u:hush@b/path", "mqtt://u:hush@b?x=1"]
        {
            let error = parse(address).unwrap_err();
            assert!(!error.contains("hush"), "{error}");
        }
        let tls = MqttTls { ca: Some("no certificate".to_owned()), client: None };
        assert!(MqttAddress::parse("mqtts://b", tls.clone()).is_err_and(|error| error.contains("PEM")));
        assert!(MqttAddress::parse("mqtt://b", tls).is_err());
    }
}
