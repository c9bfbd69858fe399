//! The candidates of a ranked search. Weaviate finds them; what the words weigh is computed here when the
//! caller sees less than the tenant, because Weaviate's own figures are those of the whole tenant, and what
//! a caller may not see must not even move the ranks of what they see.

use std::{
    cmp::Reverse,
    collections::{HashMap, HashSet},
};

use eps_domain::{CameraScope, Result, Scope};
use jiff::Timestamp;
use serde_json::Value;

use super::{
    filter,
    graphql::{Where, literal},
    objects::{id_of, objects},
    search::begins,
    store::Store,
};
use crate::event_search::fusion::{CANDIDATES, Candidate, score};

/// How soon repetition stops to count, and how much length does: the constants in general use, and those of
/// the embedded store.
const K1: f32 = 1.2;
const B: f32 = 0.75;
/// Of the terms of a question so many are combined when there are too many matches.
const COMBINED_MAX: usize = 8;

/// What was found by words.
struct Match {
    uuid: String,
    begins: Timestamp,
    score: f32,
}

impl Store {
    /// What of the events can be ranked, best first; ties by time, latest first.
    pub(super) async fn candidates(
        &self,
        scope: &Scope,
        condition: &Where,
        terms: &[String],
        vector: Option<&[f32]>,
    ) -> Result<Vec<Candidate<String>>> {
        if *condition == Where::Nothing {
            return Ok(Vec::new());
        }
        let tenant = self.tenant(&scope.tenant);
        let matching = condition.and(filter::with_any(terms));
        let mut gets = Vec::new();
        let events = self.events(&tenant.name);
        if !terms.is_empty() {
            let words = format!(",bm25:{{query:{},properties:[\"terms\"]}}", literal(&terms.join(" ")));
            gets.push(events.get(
                "words",
                condition,
                &words,
                CANDIDATES,
                "begins terms _additional{id score}",
            ));
        }
        if let Some(vector) = vector {
            let near = format!(",nearVector:{{vector:{}}}", numbers(vector));
            gets.push(events.get("near", condition, &near, CANDIDATES, "begins _additional{id distance}"));
        }
        let Some(data) = self.ask(&gets, &[]).await? else { return Ok(Vec::new()) };
        let by_words = objects(&data, "words");
        let matches = match &scope.cameras {
            CameraScope::All => by_words.iter().map(scored_there).collect(),
            CameraScope::Matching { .. } => {
                self.scored_here(scope, &matching, terms, by_words.to_vec()).await?
            }
        };
        let mut found = Found::default();
        found.add_matches(matches);
        if let Some(vector) = vector {
            let near = objects(&data, "near");
            found.add_near(near);
            let known: HashSet<&str> = near.iter().map(id_of).collect();
            let others: Vec<&str> =
                found.by_uuid.keys().map(String::as_str).filter(|uuid| !known.contains(uuid)).collect();
            if !others.is_empty() {
                let condition = Where::any_text("id", others);
                let near = format!(",nearVector:{{vector:{}}}", numbers(vector));
                let get =
                    events.get("others", &condition, &near, CANDIDATES, "begins _additional{id distance}");
                if let Some(data) = self.ask(&[get], &[]).await? {
                    found.add_near(objects(&data, "others"));
                }
            }
        }
        Ok(found.ranked(!terms.is_empty()))
    }

    /// Weighs matches by the figures of the scope alone. When there are more than can be candidates, which
    /// ones are is decided by the scope alone as well.
    async fn scored_here(
        &self,
        scope: &Scope,
        matching: &Where,
        terms: &[String],
        mut found: Vec<Value>,
    ) -> Result<Vec<Match>> {
        if found.is_empty() {
            return Ok(Vec::new());
        }
        let weights = self.weights(scope, terms).await?;
        if found.len() >= CANDIDATES {
            found = self.best_by_words(scope, matching, &weights).await?;
        }
        let texts: Vec<Vec<&str>> = found
            .iter()
            .map(|object| object["terms"].as_str().unwrap_or_default().split(' ').collect())
            .collect();
        let length: usize = texts.iter().map(Vec::len).sum();
        let average = (length as f32 / texts.len().max(1) as f32).max(1.0);
        let matches = found.iter().zip(&texts).map(|(object, text)| {
            let norm = K1 * (1.0 - B + B * text.len() as f32 / average);
            let worth = |(term, weight): &(String, f32)| {
                let times = text.iter().filter(|own| *own == term).count() as f32;
                weight * times / (times + norm)
            };
            let total = weights.iter().map(worth).sum();
            Match { uuid: id_of(object).to_owned(), begins: begins(object), score: total }
        });
        Ok(matches.filter(|one| one.score > 0.0).collect())
    }

    /// The terms with their weights in a scope, rarest first.
    async fn weights(&self, scope: &Scope, terms: &[String]) -> Result<Vec<(String, f32)>> {
        let visible = self.visible(scope).await?;
        let tenant = self.tenant(&scope.tenant);
        let key = |term: &str| format!("{} {visible:?} {term}", tenant.name);
        let wanted = || std::iter::once("").chain(terms.iter().map(String::as_str));
        let unknown: Vec<&str> = wanted().filter(|term| self.frequencies.get(&key(term)).is_none()).collect();
        let selections: Vec<String> = unknown
            .iter()
            .enumerate()
            .map(|(index, term)| {
                let with =
                    if term.is_empty() { Where::Everything } else { Where::text("terms", "Equal", term) };
                self.events(&tenant.name).aggregate(
                    &format!("t{index}"),
                    &visible.and(with),
                    "",
                    "meta{count}",
                )
            })
            .collect();
        let mut counts: HashMap<&str, u64> = HashMap::new();
        for figures in self.figures(&selections).await? {
            for (index, term) in unknown.iter().enumerate() {
                if let Some(count) = figures[format!("t{index}")][0]["meta"]["count"].as_u64() {
                    self.frequencies.insert(key(term), count);
                    counts.insert(term, count);
                }
            }
        }
        let count = |term: &str| {
            counts.get(term).copied().or_else(|| self.frequencies.get(&key(term))).unwrap_or_default()
        };
        let documents = count("");
        let weight = |term: &String| {
            let with = count(term).min(documents);
            let rarity = ((documents - with) as f32 + 0.5) / (with as f32 + 0.5);
            (term.clone(), (1.0 + K1) * rarity.ln_1p())
        };
        let mut weights: Vec<(String, f32)> = terms.iter().map(weight).collect();
        weights.sort_by(|a, b| b.1.total_cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
        Ok(weights)
    }

    /// The latest events with all the terms, with all but the commonest, and so on, and with each alone.
    async fn best_by_words(
        &self,
        scope: &Scope,
        matching: &Where,
        weights: &[(String, f32)],
    ) -> Result<Vec<Value>> {
        let tenant = self.tenant(&scope.tenant);
        let rarest: Vec<&str> = weights.iter().take(COMBINED_MAX).map(|(term, _)| term.as_str()).collect();
        let holding =
            |terms: &[&str]| Where::all(terms.iter().map(|term| Where::text("terms", "Equal", term)));
        let mut conditions: Vec<Where> = (2..=rarest.len()).map(|count| holding(&rarest[..count])).collect();
        conditions.extend(rarest.iter().map(|term| holding(&[*term])));
        let latest = ",sort:[{path:[\"begins\"],order:desc}]";
        let gets: Vec<String> = conditions
            .into_iter()
            .enumerate()
            .map(|(index, condition)| {
                let condition = matching.and(condition);
                let alias = format!("g{index}");
                self.events(&tenant.name).get(
                    &alias,
                    &condition,
                    latest,
                    CANDIDATES,
                    "begins terms _additional{id}",
                )
            })
            .collect();
        let Some(data) = self.ask(&gets, &[]).await? else { return Ok(Vec::new()) };
        let mut seen = HashSet::new();
        let all = (0..gets.len()).flat_map(|index| objects(&data, &format!("g{index}")).iter());
        Ok(all.filter(|object| seen.insert(id_of(object).to_owned())).cloned().collect())
    }
}

fn scored_there(object: &Value) -> Match {
    let score = object["_additional"]["score"].as_str().and_then(|score| score.parse().ok());
    Match { uuid: id_of(object).to_owned(), begins: begins(object), score: score.unwrap_or_default() }
}

fn numbers(vector: &[f32]) -> String {
    let numbers: Vec<String> = vector.iter().map(ToString::to_string).collect();
    format!("[{}]", numbers.join(","))
}

/// Candidates on their way into one order.
#[derive(Default)]
struct Found {
    by_uuid: HashMap<String, (Timestamp, Candidate<String>)>,
}

impl Found {
    fn add_matches(&mut self, mut matches: Vec<Match>) {
        matches.sort_by(|a, b| b.score.total_cmp(&a.score).then_with(|| b.begins.cmp(&a.begins)));
        matches.truncate(CANDIDATES);
        let best = matches.first().map_or(1.0, |best| best.score);
        for Match { uuid, begins, score } in matches {
            let lexical = Some(score / best);
            self.by_uuid.insert(uuid.clone(), (begins, Candidate { lexical, ..Candidate::of(uuid) }));
        }
    }

    fn add_near(&mut self, objects: &[Value]) {
        for object in objects {
            let Some(distance) = object["_additional"]["distance"].as_f64() else { continue };
            let uuid = id_of(object);
            let entry = self.by_uuid.entry(uuid.to_owned());
            let (_, candidate) = entry.or_insert_with(|| (begins(object), Candidate::of(uuid.to_owned())));
            candidate.semantic = Some(1.0 - distance as f32);
        }
    }

    fn ranked(self, with_words: bool) -> Vec<Candidate<String>> {
        let (times, mut candidates): (HashMap<String, Timestamp>, Vec<Candidate<String>>) =
            self.by_uuid.into_iter().map(|(uuid, (begins, candidate))| ((uuid, begins), candidate)).unzip();
        score(&mut candidates, with_words);
        let tie = |one: &Candidate<String>| Reverse(times.get(&one.key).copied().unwrap_or_default());
        candidates.sort_by(|a, b| {
            b.score.total_cmp(&a.score).then_with(|| tie(a).cmp(&tie(b))).then_with(|| a.key.cmp(&b.key))
        });
        candidates
    }
}
