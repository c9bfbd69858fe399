//! How the store works with its server.

use std::time::Duration;

use secrecy::SecretString;

use crate::event_search::VectorSpace;

/// How many copies of an event must be written before it counts as stored.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Consistency {
    /// Every copy. Counts read one copy and are exact with this alone.
    #[default]
    All,
    /// More than half. Writes go on without some servers; a count may lag behind on a copy that does.
    Quorum,
    /// One. For a single server, or where speed is all.
    One,
}

impl Consistency {
    /// Reads the word of the settings.
    pub fn parse(word: &str) -> Option<Self> {
        match word {
            "all" => Some(Self::All),
            "quorum" => Some(Self::Quorum),
            "one" => Some(Self::One),
            _ => None,
        }
    }

    /// What writes ask for.
    pub(super) const fn of_writes(self) -> &'static str {
        match self {
            Self::All => "ALL",
            Self::Quorum => "QUORUM",
            Self::One => "ONE",
        }
    }

    /// What reads ask for, so that they meet every write.
    pub(super) const fn of_reads(self) -> &'static str {
        match self {
            Self::All => "ONE",
            Self::Quorum => "QUORUM",
            Self::One => "ALL",
        }
    }
}

/// How the store works.
#[derive(Debug, Clone)]
pub struct WeaviateOptions {
    /// `http://weaviate:8080`.
    pub url: String,
    /// Its key, when it wants one.
    pub api_key: Option<SecretString>,
    /// Name of the collection of events; that of the words is the same with `Term` behind it.
    pub collection: String,
    /// Copies of each event; only read when the collections are made.
    pub replication_factor: u32,
    /// See [`Consistency`]; without meaning while there is one copy.
    pub consistency: Consistency,
    /// How long one read may take.
    pub read_timeout: Duration,
    /// How long one write may take.
    pub write_timeout: Duration,
    /// The longest pause within a visit.
    pub visit_gap: Duration,
    /// `None`: search by words only.
    pub vectors: Option<VectorSpace>,
}

impl WeaviateOptions {
    /// The collection of the settings, when they name none.
    pub const COLLECTION: &str = "CameraEvent";

    /// Name of the collection of words.
    pub(super) fn terms_collection(&self) -> String {
        format!("{}Term", self.collection)
    }

    /// One server without a key, with the defaults of the settings.
    pub fn new(url: impl Into<String>) -> Self {
        Self {
            url: url.into(),
            api_key: None,
            collection: Self::COLLECTION.to_owned(),
            replication_factor: 1,
            consistency: Consistency::All,
            read_timeout: Duration::from_secs(10),
            write_timeout: Duration::from_secs(30),
            visit_gap: Duration::from_mins(1),
            vectors: None,
        }
    }
}
