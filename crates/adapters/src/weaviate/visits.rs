//! Which events start a visit, settled after every write.
//!
//! A run holds the events of one camera and label in the order of time (then of their ids); see the port
//! for the rule. After events were written, the stretches of their runs that they can have touched are read
//! and the marks that do not follow from what was read are changed, until a read finds all as it should
//! be. As every writer looks after it wrote, the last of several replicas to look sees what all of them
//! wrote: marks that were wrong for a moment are right when all of them have returned.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use eps_domain::{Error, Result};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use super::{
    graphql::{ALIASES_MAX, Where},
    objects::{Run, id_of, objects},
    search::begins,
    store::Store,
    transfer,
};

/// Stretches of one run that are read apart; more are joined with their neighbours.
const STRETCHES_MAX: usize = 64;
/// Stretches of one query; each is two selections.
const STRETCHES_AT_ONCE: usize = ALIASES_MAX / 2;
/// Stretches this close are read as one.
const JOINED_WITHIN: SignedDuration = SignedDuration::from_mins(10);
/// Events read at once.
const PAGE: usize = 5_000;
/// How often marks are set right before giving up: each time another replica wrote in between.
const ROUNDS_MAX: usize = 5;
/// What is read of an event.
const FIELDS: &str = "begins ends event_id starts_visit _additional{id}";
const IN_ORDER: &str = ",sort:[{path:[\"begins\"],order:asc},{path:[\"event_id\"],order:asc}]";

/// Where runs were touched: by events as they are now, and by what they were before.
#[derive(Debug, Default)]
pub(super) struct Touched {
    stretches: BTreeMap<Run, Vec<(Timestamp, Timestamp)>>,
}

/// A part of a run whose marks have to be looked at.
#[derive(Debug, Clone)]
struct Stretch {
    run: Run,
    from: Timestamp,
    to: Timestamp,
}

impl Touched {
    /// An event stands, or stood, here. What begins up to a gap after its end is touched by it.
    pub(super) fn add(&mut self, run: Run, begins: Timestamp, ends: Timestamp, gap: SignedDuration) {
        let until = ends.checked_add(gap).unwrap_or(Timestamp::MAX);
        self.stretches.entry(run).or_default().push((begins, until));
    }

    /// The stretches, joined so that there are not too many.
    fn stretches(self) -> Vec<Stretch> {
        let mut all = Vec::new();
        for (run, mut spans) in self.stretches {
            if run.grouped {
                spans.truncate(1);
            }
            spans.sort_unstable();
            let mut within = JOINED_WITHIN;
            let mut joined = join(&spans, within);
            while joined.len() > STRETCHES_MAX {
                within = within.checked_mul(2).unwrap_or(SignedDuration::MAX);
                joined = join(&joined, within);
            }
            all.extend(joined.into_iter().map(|(from, to)| Stretch { run: run.clone(), from, to }));
        }
        all
    }
}

fn join(spans: &[(Timestamp, Timestamp)], within: SignedDuration) -> Vec<(Timestamp, Timestamp)> {
    let mut joined: Vec<(Timestamp, Timestamp)> = Vec::with_capacity(spans.len());
    for (from, to) in spans {
        match joined.last_mut() {
            Some(last) if from.duration_since(last.1) <= within => last.1 = last.1.max(*to),
            _ => joined.push((*from, *to)),
        }
    }
    joined
}

impl Store {
    fn gap(&self) -> SignedDuration {
        SignedDuration::try_from(self.options.visit_gap).unwrap_or(SignedDuration::MAX)
    }

    /// Sets the marks of what was touched right.
    ///
    /// # Errors
    /// What the server says; `Unavailable` when others go on changing the same runs.
    pub(super) async fn settle(&self, tenant: &str, touched: Touched) -> Result<()> {
        let mut stretches = touched.stretches();
        for _ in 0..ROUNDS_MAX {
            let mut wrong: Vec<(usize, String, bool)> = Vec::new();
            for (index, part) in stretches.chunks(STRETCHES_AT_ONCE).enumerate() {
                wrong.extend(self.wrong_marks(tenant, index * STRETCHES_AT_ONCE, part).await?);
            }
            if wrong.is_empty() {
                return Ok(());
            }
            let again: BTreeSet<usize> = wrong.iter().map(|(index, ..)| *index).collect();
            let change = |starts: bool| json!({"properties": {"starts_visit": starts}});
            let changes = wrong.into_iter().map(|(_, uuid, starts)| (uuid, change(starts))).collect();
            transfer::change_all(self, &self.options.collection, tenant, changes).await?;
            stretches = again.into_iter().filter_map(|index| stretches.get(index).cloned()).collect();
        }
        Err(Error::unavailable("SEARCH_UNAVAILABLE", "others kept changing the visits of the same cameras"))
    }

    /// The events of some stretches whose marks are wrong, with the mark that they should have.
    async fn wrong_marks(
        &self,
        tenant: &str,
        first: usize,
        stretches: &[Stretch],
    ) -> Result<Vec<(usize, String, bool)>> {
        let mut gets = Vec::with_capacity(2 * stretches.len());
        for (index, stretch) in stretches.iter().enumerate() {
            gets.extend(self.selections(tenant, index, stretch));
        }
        let Some(data) = self.ask(&gets, &[]).await? else { return Ok(Vec::new()) };
        let mut wrong = Vec::new();
        for (index, stretch) in stretches.iter().enumerate() {
            let marks = if stretch.run.grouped {
                let marked = objects(&data, &format!("b{index}"));
                grouped_marks(objects(&data, &format!("a{index}")), marked)
            } else {
                let before = objects(&data, &format!("b{index}")).first().map(ends);
                let mut events = objects(&data, &format!("a{index}")).to_vec();
                self.read_on(tenant, stretch, &mut events).await?;
                marks(&events, before, self.gap())
            };
            wrong.extend(marks.into_iter().map(|(uuid, starts)| (first + index, uuid, starts)));
        }
        Ok(wrong)
    }

    fn selections(&self, tenant: &str, index: usize, stretch: &Stretch) -> [String; 2] {
        let events = self.events(tenant);
        let run = Where::text("run", "Equal", &stretch.run.key);
        let (a, b) = (format!("a{index}"), format!("b{index}"));
        if stretch.run.grouped {
            let marked = run.and(Where::flag("starts_visit", true));
            return [events.get(&a, &run, IN_ORDER, 1, FIELDS), events.get(&b, &marked, "", PAGE, FIELDS)];
        }
        let within = within(stretch, stretch.from);
        let reach = stretch.from.checked_sub(self.gap()).unwrap_or(Timestamp::MIN);
        let before = Where::all([
            run,
            Where::date("begins", "LessThan", stretch.from),
            Where::date("ends", "GreaterThanEqual", reach),
        ]);
        let latest_end = ",sort:[{path:[\"ends\"],order:desc}]";
        [events.get(&a, &within, IN_ORDER, PAGE, FIELDS), events.get(&b, &before, latest_end, 1, FIELDS)]
    }

    /// Reads the rest of a stretch that holds more than a page.
    async fn read_on(&self, tenant: &str, stretch: &Stretch, events: &mut Vec<Value>) -> Result<()> {
        let mut page = events.len();
        while page >= PAGE {
            let Some(last) = events.last().map(begins) else { break };
            let known: HashSet<String> = events
                .iter()
                .rev()
                .take_while(|event| begins(event) == last)
                .map(|event| id_of(event).to_owned())
                .collect();
            // A whole page of one instant: all but its first event go on with a visit, so that the others
            // need only be looked for where one of them says otherwise.
            let whole = known.len() >= PAGE;
            let mut condition = within(stretch, last);
            if whole {
                let later = Where::any([
                    Where::date("begins", "GreaterThan", last),
                    Where::flag("starts_visit", true),
                ]);
                condition = condition.and(later);
            }
            let get = self.events(tenant).get("a", &condition, IN_ORDER, PAGE, FIELDS);
            let Some(data) = self.ask(&[get], &[]).await? else { break };
            let found = objects(&data, "a");
            let fresh: Vec<Value> =
                found.iter().filter(|event| !known.contains(id_of(event))).cloned().collect();
            page = if fresh.is_empty() { 0 } else { found.len() };
            events.extend(fresh);
        }
        Ok(())
    }
}

/// The events of a stretch from an instant on.
fn within(stretch: &Stretch, from: Timestamp) -> Where {
    Where::all([
        Where::text("run", "Equal", &stretch.run.key),
        Where::date("begins", "GreaterThanEqual", from),
        Where::date("begins", "LessThanEqual", stretch.to),
    ])
}

fn ends(object: &Value) -> Timestamp {
    object["ends"].as_str().and_then(|text| text.parse().ok()).unwrap_or_default()
}

/// The marks to change among events in order, after an event that ended at `before`.
fn marks(events: &[Value], before: Option<Timestamp>, gap: SignedDuration) -> Vec<(String, bool)> {
    let mut latest_end = before;
    let mut wrong = Vec::new();
    for event in events {
        let starts = latest_end.is_none_or(|end| begins(event).duration_since(end) > gap);
        if event["starts_visit"] != starts {
            wrong.push((id_of(event).to_owned(), starts));
        }
        latest_end = latest_end.max(Some(ends(event)));
    }
    wrong
}

/// The same for a group of the source: the first event starts it, no other does.
fn grouped_marks(first: &[Value], marked: &[Value]) -> Vec<(String, bool)> {
    let Some(first) = first.first() else { return Vec::new() };
    let others = marked.iter().filter(|event| id_of(event) != id_of(first));
    let mut wrong: Vec<(String, bool)> = others.map(|event| (id_of(event).to_owned(), false)).collect();
    if first["starts_visit"] != true {
        wrong.push((id_of(first).to_owned(), true));
    }
    wrong
}
