//! Certificates for one test: an authority, a server on loopback and a client.

use std::path::PathBuf;

use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair};
use tempfile::TempDir;

/// Who may speak with whom, in PEM and as files.
#[derive(Debug)]
pub struct Certificates {
    /// The authority that signed both.
    pub ca: String,
    /// The client's certificate.
    pub client: String,
    /// The client's key.
    pub client_key: String,
    folder: TempDir,
}

impl Certificates {
    /// New ones, for `localhost` and 127.0.0.1.
    ///
    /// # Panics
    /// When they cannot be made.
    pub fn new() -> Self {
        let authority_key = KeyPair::generate().unwrap();
        let mut authority = CertificateParams::new(Vec::new()).unwrap();
        // Leaves that have the name of their issuer are taken for issuers of their own.
        authority.distinguished_name.push(DnType::CommonName, "test authority");
        authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let ca = authority.self_signed(&authority_key).unwrap().pem();
        let authority = Issuer::new(authority, authority_key);
        let signed = |names: &[&str]| {
            let key = KeyPair::generate().unwrap();
            let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
            let certificate = CertificateParams::new(names).unwrap().signed_by(&key, &authority).unwrap();
            (certificate.pem(), key.serialize_pem())
        };
        let (server, server_key) = signed(&["localhost", "127.0.0.1"]);
        let (client, client_key) = signed(&["eps"]);
        let folder = TempDir::new().unwrap();
        for (name, pem) in [("ca.pem", &ca), ("server.pem", &server), ("server.key", &server_key)] {
            std::fs::write(folder.path().join(name), pem).unwrap();
        }
        Self { ca, client, client_key, folder }
    }

    /// Files of the authority, the server's certificate and its key.
    pub fn files(&self) -> [PathBuf; 3] {
        ["ca.pem", "server.pem", "server.key"].map(|name| self.folder.path().join(name))
    }
}

impl Default for Certificates {
    fn default() -> Self {
        Self::new()
    }
}
