//! What every operation works with: the connection, the analysis of words, and what is remembered of each
//! tenant. Asks nothing by itself but whether the collections are there.

use std::{
    collections::HashMap,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};

use eps_domain::{Error, ErrorKind, Result, Scope};
use futures::{StreamExt as _, TryStreamExt as _, stream};
use jiff::Timestamp;
use moka::sync::Cache;
use serde_json::Value;
use tantivy::tokenizer::TextAnalyzer;
use tokio::sync::OnceCell;

use super::{
    client::{Client, or_none},
    directory::{Directory, Marks},
    filter,
    graphql::{self, ALIASES_MAX, Source, Where},
    objects::tenant_name,
    options::WeaviateOptions,
    rows::Rows,
    schema::{self, Prepared},
};
use crate::event_search::analysis;

/// Queries of one question on their way at once: a server works on each with one core.
const QUERIES_AT_ONCE: usize = 4;
/// Tenants that are remembered; those in use are never forgotten.
const TENANTS_MAX: usize = 1_000;
/// Terms known to be in the directory; each costs about 100 bytes.
const KNOWN_TERMS_MAX: u64 = 200_000;
/// A term that somebody took away meanwhile is written again after this long.
const KNOWN_TERMS_FOR: Duration = Duration::from_mins(10);
/// How common words are in a narrow scope changes slowly.
const FREQUENCIES_FOR: Duration = Duration::from_mins(1);
/// Runs whose end is remembered; each costs about 150 bytes.
const RUNS_MAX: u64 = 100_000;
const FREQUENCIES_MAX: u64 = 10_000;

/// What is remembered of one tenant.
pub(super) struct Tenant {
    /// As Weaviate calls it.
    pub(super) name: String,
    /// Held while events of it are written here: visits are settled by one at a time.
    pub(super) writing: tokio::sync::Mutex<()>,
    /// Which cameras may have changed.
    pub(super) marks: Mutex<Marks>,
    /// What was last read of its vocabulary.
    pub(super) directory: tokio::sync::Mutex<Directory>,
}

/// How many texts waited for a vector when they were last counted, and when to count them again.
#[derive(Debug, Default)]
pub(super) struct Backlog {
    pub(super) waiting: u64,
    pub(super) again_at: Option<Instant>,
}

/// See the file.
pub(super) struct Store {
    pub(super) client: Client,
    pub(super) options: WeaviateOptions,
    pub(super) analyzer: TextAnalyzer,
    pub(super) rows: Mutex<Rows>,
    /// Terms that the directory holds.
    pub(super) known_terms: Cache<String, ()>,
    /// Events with a term, by scope and term.
    pub(super) frequencies: Cache<String, u64>,
    /// The last begin and the latest end of runs that were written here.
    pub(super) latest_ends: Cache<String, (Timestamp, Timestamp)>,
    pub(super) backlog: Mutex<Backlog>,
    ready: OnceCell<()>,
    tenants: Mutex<HashMap<String, Arc<Tenant>>>,
    pub(super) terms_collection: String,
    /// What reads of a collection with several copies ask for.
    consistency: String,
    /// Whether there are several copies of each event, as the server says: a query of a collection with one is refused
    /// when it speaks of them, whatever the settings say.
    events_are_copied: AtomicBool,
    terms_are_copied: AtomicBool,
}

impl Store {
    pub(super) fn new(options: WeaviateOptions) -> Result<Self> {
        let key = options.api_key.clone();
        let client = Client::new(&options.url, key, options.read_timeout, options.write_timeout)?;
        let consistency = format!(",consistencyLevel:{}", options.consistency.of_reads());
        Ok(Self {
            client,
            terms_collection: options.terms_collection(),
            options,
            analyzer: analysis::analyzer(),
            rows: Mutex::default(),
            known_terms: Cache::builder().max_capacity(KNOWN_TERMS_MAX).time_to_live(KNOWN_TERMS_FOR).build(),
            frequencies: Cache::builder().max_capacity(FREQUENCIES_MAX).time_to_live(FREQUENCIES_FOR).build(),
            latest_ends: Cache::new(RUNS_MAX),
            backlog: Mutex::default(),
            ready: OnceCell::new(),
            tenants: Mutex::default(),
            consistency,
            events_are_copied: AtomicBool::new(false),
            terms_are_copied: AtomicBool::new(false),
        })
    }

    /// Makes or migrates the collections, once; tried again by the next call when it failed.
    pub(super) async fn prepare(&self) -> Result<()> {
        let prepare = || async {
            let Prepared { event_copies, term_copies, old_events, old_terms } =
                schema::ensure(&self.client, &self.options).await?;
            let wanted = u64::from(self.options.replication_factor);
            if event_copies != wanted {
                let (found, setting) = (event_copies, wanted);
                tracing::warn!(
                    found,
                    setting,
                    "WEAVIATE_REPLICATION_FACTOR is not that of the collection, which holds"
                );
            }
            self.events_are_copied.store(event_copies > 1, Ordering::Relaxed);
            self.terms_are_copied.store(term_copies > 1, Ordering::Relaxed);
            if let Some(class) = old_terms {
                self.list_terms_anew().await?;
                schema::describe(&self.client, &self.terms_collection, &class).await?;
            }
            if let Some(class) = old_events {
                self.write_terms_anew().await?;
                schema::describe(&self.client, &self.options.collection, &class).await?;
            }
            Ok(())
        };
        self.ready.get_or_try_init(prepare).await.copied()
    }

    /// The same for callers, who can do nothing about the settings.
    pub(super) async fn ready(&self) -> Result<()> {
        self.prepare().await.map_err(|error| match error.kind {
            ErrorKind::Unavailable => error,
            _ => Error::unavailable("SEARCH_UNAVAILABLE", "the event store is out of order").caused_by(error),
        })
    }

    pub(super) fn tenant(&self, tenant: &str) -> Arc<Tenant> {
        self.tenant_named(tenant_name(tenant))
    }

    pub(super) fn tenant_named(&self, name: String) -> Arc<Tenant> {
        let mut tenants = self.tenants.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = tenants.get(&name) {
            return Arc::clone(known);
        }
        if tenants.len() >= TENANTS_MAX {
            tenants.retain(|_, tenant| Arc::strong_count(tenant) > 1);
        }
        let tenant = Arc::new(Tenant {
            name: name.clone(),
            writing: tokio::sync::Mutex::default(),
            marks: Mutex::default(),
            directory: tokio::sync::Mutex::default(),
        });
        tenants.insert(name, Arc::clone(&tenant));
        tenant
    }

    pub(super) fn events<'a>(&'a self, tenant: &'a str) -> Source<'a> {
        self.source(&self.options.collection, tenant)
    }

    pub(super) fn terms<'a>(&'a self, tenant: &'a str) -> Source<'a> {
        self.source(&self.terms_collection, tenant)
    }

    fn source<'a>(&'a self, class: &'a str, tenant: &'a str) -> Source<'a> {
        let consistency = if self.is_copied(class) { &*self.consistency } else { "" };
        Source { class, tenant, consistency }
    }

    fn is_copied(&self, class: &str) -> bool {
        let is_copied =
            if class == self.terms_collection { &self.terms_are_copied } else { &self.events_are_copied };
        is_copied.load(Ordering::Relaxed)
    }

    /// `?consistency_level=…` of a write; nothing while there is one copy.
    pub(super) fn write_consistency(&self, class: &str) -> String {
        if self.is_copied(class) {
            format!("?consistency_level={}", self.options.consistency.of_writes())
        } else {
            String::new()
        }
    }

    /// The data of a query; `None` when the tenant has never stored anything.
    pub(super) async fn ask(&self, gets: &[String], aggregates: &[String]) -> Result<Option<Value>> {
        or_none(self.client.graphql(&graphql::query(gets, aggregates)).await)
    }

    /// The aggregates of many selections, each under its alias, some at a time.
    pub(super) async fn figures(&self, selections: &[String]) -> Result<Vec<Value>> {
        let queries: Vec<String> =
            selections.chunks(ALIASES_MAX).map(|some| graphql::query(&[], some)).collect();
        let asking =
            stream::iter(queries).map(|query| async move { or_none(self.client.graphql(&query).await) });
        let answers: Vec<Option<Value>> = asking.buffered(QUERIES_AT_ONCE).try_collect().await?;
        Ok(answers.into_iter().flatten().map(|mut data| data["Aggregate"].take()).collect())
    }

    /// The objects with these UUIDs that exist, in no order.
    pub(super) async fn by_uuids(&self, tenant: &str, uuids: &[String], fields: &str) -> Result<Vec<Value>> {
        let mut found = Vec::with_capacity(uuids.len());
        for some in uuids.chunks(UUIDS_AT_ONCE) {
            let condition = Where::any_text("id", some.iter().map(String::as_str));
            let get = self.events(tenant).get("a", &condition, "", UUIDS_AT_ONCE, fields);
            if let Some(mut data) = self.ask(&[get], &[]).await?
                && let Value::Array(objects) = data["Get"]["a"].take()
            {
                found.extend(objects);
            }
        }
        Ok(found)
    }

    /// What a scope shows, as a condition.
    pub(super) async fn visible(&self, scope: &Scope) -> Result<Where> {
        match filter::visible(&scope.cameras) {
            filter::Visible::Condition(condition) => Ok(condition),
            filter::Visible::NeedsCameras => {
                let known = self.cameras(&self.tenant(&scope.tenant)).await?;
                Ok(filter::cameras(known.iter().map(|id| &**id).filter(|id| scope.allows(id))))
            }
        }
    }
}

/// Ids in one query: enough for a batch, far below what a server returns at once.
const UUIDS_AT_ONCE: usize = 1_000;
