//! The words in use. Which words occur on which camera is kept in a collection of its own, written before
//! the events that use them: reading it costs by the number of words, not of events. A word whose use an
//! update took away is marked as doubtful and looked for among the events whenever the list is read.

use std::{
    collections::{BTreeMap, BTreeSet, HashSet},
    sync::{Arc, PoisonError},
    time::Instant,
};

use eps_domain::{
    Event, Result, Scope,
    event_store::{CameraActivity, Vocabulary},
};
use jiff::Timestamp;
use serde_json::{Value, json};

use super::{
    directory::{Directory, Kind, Stale, Term, activity, terms_of},
    graphql::Where,
    objects::{id_of, objects, uuid_of},
    schema,
    store::{Store, Tenant},
    transfer,
};

/// Terms read at once.
const TERMS_PAGE: usize = 5_000;
/// Terms of one tenant at most; beyond, words of questions may not be recognised as names.
const TERMS_MAX: usize = 100_000;
/// Doubtful terms that are looked for; the others are listed without proof.
const DOUBTFUL_MAX: usize = 500;
/// Cameras of one tenant.
const CAMERAS_MAX: usize = 50_000;

impl Store {
    /// The words in use within a scope.
    pub(super) async fn vocabulary(&self, scope: &Scope) -> Result<Arc<Vocabulary>> {
        let tenant = self.tenant(&scope.tenant);
        let mut directory = tenant.directory.lock().await;
        self.refresh(&tenant, &mut directory).await?;
        Ok(directory.vocabulary(scope))
    }

    /// The cameras that a tenant has.
    pub(super) async fn cameras(&self, tenant: &Tenant) -> Result<Vec<String>> {
        let mut directory = tenant.directory.lock().await;
        self.refresh(tenant, &mut directory).await?;
        Ok(directory.cameras().map(str::to_owned).collect())
    }

    async fn refresh(&self, tenant: &Tenant, directory: &mut Directory) -> Result<()> {
        let stale = tenant.marks.lock().unwrap_or_else(PoisonError::into_inner).take();
        let read = self.read_stale(&tenant.name, directory, &stale).await;
        if read.is_err() {
            tenant.marks.lock().unwrap_or_else(PoisonError::into_inner).note(stale);
        }
        read
    }

    async fn read_stale(&self, tenant: &str, directory: &mut Directory, stale: &Stale) -> Result<()> {
        if !directory.is_fresh() {
            let started = Instant::now();
            directory.terms = self.all_terms(tenant).await?;
            directory.activity = self.all_activity(tenant).await?;
            directory.read = Some((started, started.elapsed()));
            directory.changed();
            return Ok(());
        }
        if stale.terms {
            directory.terms = self.all_terms(tenant).await?;
            directory.changed();
        }
        if !stale.cameras.is_empty() {
            for (camera, found) in self.activity_of(tenant, &stale.cameras).await? {
                match found {
                    Some(found) => directory.activity.insert(camera, found),
                    None => directory.activity.remove(&camera),
                };
            }
            directory.changed();
        }
        Ok(())
    }

    async fn all_activity(&self, tenant: &str) -> Result<BTreeMap<String, CameraActivity>> {
        let grouped = format!(",groupBy:[\"camera\"],limit:{CAMERAS_MAX}");
        let fields = "groupedBy{value} meta{count} begins{minimum maximum}";
        let selection = self.events(tenant).aggregate("a", &Where::Everything, &grouped, fields);
        let Some(data) = self.ask(&[], &[selection]).await? else { return Ok(BTreeMap::new()) };
        let groups = data["Aggregate"]["a"].as_array().map(Vec::as_slice).unwrap_or_default();
        let named = groups.iter().filter_map(|group| {
            let camera = group["groupedBy"]["value"].as_str()?;
            Some((camera.to_owned(), figures(camera, group)?))
        });
        Ok(named.collect())
    }

    async fn activity_of(
        &self,
        tenant: &str,
        cameras: &BTreeSet<String>,
    ) -> Result<Vec<(String, Option<CameraActivity>)>> {
        let selection = |(index, camera): (usize, &String)| {
            let condition = Where::text("camera", "Equal", camera);
            self.events(tenant).aggregate(
                &format!("c{index}"),
                &condition,
                "",
                "meta{count} begins{minimum maximum}",
            )
        };
        let selections: Vec<String> = cameras.iter().enumerate().map(selection).collect();
        let mut found: Vec<(String, Option<CameraActivity>)> =
            cameras.iter().map(|camera| (camera.clone(), None)).collect();
        for data in self.figures(&selections).await? {
            for (alias, groups) in data.as_object().into_iter().flatten() {
                let index = alias.strip_prefix('c').and_then(|index| index.parse::<usize>().ok());
                if let Some((camera, activity)) = index.and_then(|index| found.get_mut(index)) {
                    *activity = figures(camera, &groups[0]);
                }
            }
        }
        Ok(found)
    }

    async fn all_terms(&self, tenant: &str) -> Result<BTreeSet<Term>> {
        let (mut terms, mut doubtful) = (BTreeSet::new(), Vec::new());
        let mut after = String::new();
        while terms.len() < TERMS_MAX {
            let fields = "camera kind term doubtful _additional{id}";
            let get = self.terms(tenant).get("a", &Where::Everything, &after, TERMS_PAGE, fields);
            let Some(data) = self.ask(&[get], &[]).await? else { break };
            let page = objects(&data, "a");
            for object in page {
                let Some(term) = term_of(object) else { continue };
                if object["doubtful"] == true && doubtful.len() < DOUBTFUL_MAX {
                    doubtful.push(term);
                } else {
                    terms.insert(term);
                }
            }
            match page.last() {
                Some(last) if page.len() >= TERMS_PAGE => after = format!(",after:\"{}\"", id_of(last)),
                _ => break,
            }
        }
        terms.extend(self.in_use(tenant, doubtful).await?);
        Ok(terms)
    }

    /// Those of some terms that an event uses.
    async fn in_use(&self, tenant: &str, terms: Vec<Term>) -> Result<Vec<Term>> {
        let selection = |(index, term): (usize, &Term)| {
            let condition = Where::all([
                Where::text("camera", "Equal", &term.camera),
                Where::text(term.kind.as_str(), "Equal", &term.word),
            ]);
            self.events(tenant).aggregate(&format!("d{index}"), &condition, "", "meta{count}")
        };
        let selections: Vec<String> = terms.iter().enumerate().map(selection).collect();
        let mut used = HashSet::new();
        for data in self.figures(&selections).await? {
            for (alias, groups) in data.as_object().into_iter().flatten() {
                if groups[0]["meta"]["count"].as_u64().is_some_and(|count| count > 0) {
                    used.extend(alias.strip_prefix('d').and_then(|index| index.parse::<usize>().ok()));
                }
            }
        }
        let all = terms.into_iter().enumerate();
        Ok(all.filter(|(index, _)| used.contains(index)).map(|(_, term)| term).collect())
    }

    /// Writes the words of events into the list, unless they are known to be there.
    pub(super) async fn list_terms<'a>(
        &self,
        tenant: &str,
        events: impl Iterator<Item = &'a Event>,
    ) -> Result<()> {
        let unknown: BTreeSet<Term> = events
            .flat_map(terms_of)
            .filter(|term| self.known_terms.get(&uuid(tenant, term)).is_none())
            .collect();
        self.write_terms(tenant, unknown, false).await
    }

    /// Marks words as doubtful.
    pub(super) async fn doubt_terms(&self, tenant: &str, terms: BTreeSet<Term>) -> Result<()> {
        self.write_terms(tenant, terms, true).await
    }

    async fn write_terms(&self, tenant: &str, terms: BTreeSet<Term>, doubtful: bool) -> Result<()> {
        if terms.is_empty() {
            return Ok(());
        }
        schema::check_terms(&self.client, &self.options).await?;
        let object = |term: &Term| {
            json!({"class": self.terms_collection, "tenant": tenant, "id": uuid(tenant, term), "properties":
                {"camera": term.camera, "kind": term.kind.as_str(), "term": term.word, "doubtful": doubtful}})
        };
        let objects = terms.iter().map(object).collect();
        let failed = transfer::put(self, objects).await?;
        if let Some(failed) = failed.first() {
            return Err(failed.error());
        }
        for term in &terms {
            if doubtful {
                self.known_terms.invalidate(&uuid(tenant, term));
            } else {
                self.known_terms.insert(uuid(tenant, term), ());
            }
        }
        Ok(())
    }
}

fn uuid(tenant: &str, term: &Term) -> String {
    uuid_of(&["term", tenant, &term.camera, term.kind.as_str(), &term.word])
}

fn term_of(object: &Value) -> Option<Term> {
    Some(Term {
        camera: object["camera"].as_str()?.to_owned(),
        kind: Kind::parse(object["kind"].as_str()?)?,
        word: object["term"].as_str()?.to_owned(),
    })
}

fn figures(camera: &str, group: &Value) -> Option<CameraActivity> {
    let instant = |bound: &str| group["begins"][bound].as_str()?.parse::<Timestamp>().ok();
    let events = group["meta"]["count"].as_u64().filter(|events| *events > 0)?;
    Some(activity(camera, events, instant("minimum")?, instant("maximum")?))
}
