//! Events that are grave by the word of their source or by the words of their own type, and types that are hardly
//! ever seen. They are told before any statistics, and of cameras without any history as well.
//!
//! What is common is no alarm, whatever it is called: where a source calls every person an alert, an alert says
//! nothing. Such a word or type is ordinary when more than [`ORDINARY_SHARE`] of the events of the range and of the
//! eight weeks before it bear it, and at least [`ORDINARY_EVENTS`] do.

use std::{collections::BTreeMap, sync::Arc};

use jiff::Timestamp;

use super::{
    baseline::Pooling,
    detection::{Alarm, Finding},
    history::{HISTORY, History},
    insight::{EVIDENCE_MAX, InsightType, Severity},
};
use crate::{
    Period, Result, Scope,
    event_store::{CountRequest, EventFilter, EventStore, GroupBy, GroupValue, Order, SearchRequest},
    severity::words_from,
};

/// From this share of all events on, a severity or a type is ordinary …
const ORDINARY_SHARE: f64 = 0.05;
/// … unless there are fewer of them than this: of few events, one is a large share.
const ORDINARY_EVENTS: u64 = 20;
/// A type is rare when there was at most one such event in so many weeks …
const RARE_WEEKS: f64 = 2.0;
/// … judged by at least this many weeks, and at most this many of it are news.
const RARE_WEEKS_MIN: f64 = 2.0;
const RARE_EVENTS_MAX: u64 = 3;

/// Words of types that are incidents by themselves.
#[rustfmt::skip]
const INCIDENTS: [&str; 71] = [
    "forced", "break", "breaks", "broken", "breaking", "breakin", "burglary", "burglar", "intrusion", "intruder",
    "trespass", "trespassing", "trespasser", "breach", "unauthorized", "unauthorised", "robbery", "theft", "stolen",
    "steals", "shoplifting", "vandalism", "graffiti", "tamper", "tampering", "tampered", "sabotage", "alarm", "fire",
    "flame", "flames", "smoke", "explosion", "fight", "fights", "fighting", "assault", "attack", "attacks",
    "violence", "violent", "weapon", "gun", "gunshot", "gunshots", "knife", "shooting", "fall", "falls", "fallen",
    "falling", "collapse", "collapses", "injury", "injured", "accident", "collision", "crash", "panic", "duress",
    "sos", "emergency", "distress", "scream", "flood", "leak", "tailgating", "piggybacking", "climbs", "climbing",
    "drowning",
];
/// Words beside them that take it back: `alarm_cleared`, `fire_drill`.
const CALMING: [&str; 16] = [
    "cleared",
    "ended",
    "restored",
    "reset",
    "test",
    "normal",
    "armed",
    "disarmed",
    "off",
    "drill",
    "door",
    "exit",
    "truck",
    "engine",
    "lane",
    "extinguisher",
];

/// Counts by camera and type.
type Counts = BTreeMap<(Arc<str>, Arc<str>), u64>;

/// The alarms of the range of a history.
///
/// # Errors
/// What the store says.
pub(super) async fn findings(
    store: &dyn EventStore,
    scope: &Scope,
    history: &History,
) -> Result<Vec<Finding>> {
    let look = Look { store, scope, history };
    let range = &history.range;
    let first = range.start.checked_sub(HISTORY).unwrap_or(Timestamp::MIN);
    let window = Period::new(first, range.end);
    let here = look.by_type(&Vec::new(), range).await?;
    if here.is_empty() {
        return Ok(Vec::new());
    }
    let usual = of_types(&look.by_type(&Vec::new(), &window).await?);
    let all: u64 = usual.values().sum();
    let mut found = Vec::new();
    let is_ordinary = |n: u64| n >= ORDINARY_EVENTS && n as f64 > ORDINARY_SHARE * all as f64;
    let confidence = |n: u64| 1.0 - n as f64 / (all + 1) as f64;
    // What a source calls grave, the gravest first.
    let mut told_grave = BTreeMap::new();
    for (grade, words) in [
        (Severity::Critical, words_from(Severity::Critical).collect::<Vec<_>>()),
        (Severity::High, words_from(Severity::High).filter(|word| !is_critical(word)).collect()),
    ] {
        let mut told = Vec::new();
        let mut among = 0;
        for word in words {
            let word = vec![word.to_owned()];
            let n = look.by_type(&word, &window).await?.values().sum::<u64>();
            if n > 0 && !is_ordinary(n) {
                among += n;
                told.extend(word);
            }
        }
        if !told.is_empty() {
            for (kind, n) in look.by_type(&told, range).await? {
                told_grave.entry(kind).or_insert_with(Vec::new).push((
                    grade,
                    told.clone(),
                    n,
                    confidence(among),
                ));
            }
        }
    }
    for ((camera, event_type), n) in here {
        let usual = usual.get(&event_type).copied().unwrap_or(n);
        let kind = (camera, event_type);
        let told = told_grave.remove(&kind).unwrap_or_default();
        if is_incident(&kind.1) && !is_ordinary(usual) {
            let is_critical = told.iter().any(|(grade, ..)| *grade == Severity::Critical);
            let grade = if is_critical { Severity::Critical } else { Severity::High };
            let alarm = Alarm::ByType { is_critical };
            found.push(look.finding(kind, alarm, grade, n, confidence(usual)).await?);
            continue;
        }
        let before = usual - n.min(usual);
        let weeks = history.weeks();
        let is_rare = before > 0 && n <= RARE_EVENTS_MAX && before as f64 <= weeks / RARE_WEEKS;
        if told.is_empty() && weeks >= RARE_WEEKS_MIN && is_rare {
            let alarm = Alarm::Rare { before, weeks };
            found.push(look.finding(kind, alarm, Severity::Low, n, confidence(usual)).await?);
            continue;
        }
        for (grade, words, n, confidence) in told {
            found.push(look.finding(kind.clone(), Alarm::BySource(words), grade, n, confidence).await?);
        }
    }
    Ok(found.into_iter().flatten().collect())
}

struct Look<'a> {
    store: &'a dyn EventStore,
    scope: &'a Scope,
    history: &'a History,
}

impl Look<'_> {
    async fn by_type(&self, severities: &[String], period: &Period) -> Result<Counts> {
        let filter = EventFilter {
            severities: severities.to_vec(),
            periods: vec![period.clone()],
            ..EventFilter::default()
        };
        let request = CountRequest {
            filter,
            words: None,
            group_by: vec![GroupBy::Camera, GroupBy::EventType],
            timezone: self.history.timezone.clone(),
        };
        let count = self.store.count(self.scope, &request).await?;
        let named = count.groups.into_iter().filter_map(|group| match group.key.as_slice() {
            [GroupValue::Text(camera), GroupValue::Text(event_type)] => {
                Some(((Arc::clone(camera), Arc::clone(event_type)), group.totals.events))
            }
            _ => None,
        });
        Ok(named.collect())
    }

    /// A finding from its first event to its last, by whole seconds: neither moves with the range that was asked for.
    async fn finding(
        &self,
        (camera, event_type): (Arc<str>, Arc<str>),
        alarm: Alarm,
        severity: Severity,
        observed: u64,
        confidence: f64,
    ) -> Result<Option<Finding>> {
        let insight_type = match alarm {
            Alarm::Rare { .. } => InsightType::Rare,
            _ => InsightType::Alarm,
        };
        let mut finding = Finding {
            insight_type,
            severity,
            camera_id: camera.to_string(),
            label: None,
            event_type: Some(event_type),
            period: self.history.range.clone(),
            analysed: self.history.range.clone(),
            observed: Some(observed as f64),
            expected: None,
            p_value: None,
            confidence,
            judged_by: (Pooling::HourOfDay, self.history.weeks()),
            is_lasting: false,
            evidence_is_earliest: observed <= EVIDENCE_MAX as u64,
            alarm: Some(alarm),
        };
        let (Some(first), Some(last)) =
            (self.end(&finding, Order::OldestFirst).await?, self.end(&finding, Order::NewestFirst).await?)
        else {
            return Ok(None);
        };
        let second = |s: i64| Timestamp::from_second(s).unwrap_or(first);
        finding.period = Period::new(second(first.as_second()), second(last.as_second() + 1));
        finding.analysed = finding.period.clone();
        Ok(Some(finding))
    }

    async fn end(&self, finding: &Finding, order: Order) -> Result<Option<Timestamp>> {
        let request = SearchRequest {
            filter: finding.evidence_filter(),
            words: None,
            vector: None,
            order,
            limit: 1,
            cursor: None,
        };
        let page = self.store.search(self.scope, &request).await?;
        Ok(page.hits.first().map(|hit| hit.event.timestamp))
    }
}

fn of_types(counts: &Counts) -> BTreeMap<Arc<str>, u64> {
    let mut types = BTreeMap::new();
    for ((_, event_type), n) in counts {
        *types.entry(Arc::clone(event_type)).or_default() += n;
    }
    types
}

fn is_critical(word: &str) -> bool {
    words_from(Severity::Critical).any(|critical| critical == word)
}

/// Whether a type is an incident by its own words: `door_forced`, `GlassBreak`.
fn is_incident(event_type: &str) -> bool {
    let mut words = vec![String::new()];
    let mut was_lower = false;
    for c in event_type.chars() {
        if !c.is_alphanumeric() || (c.is_uppercase() && was_lower) {
            words.push(String::new());
        }
        if let Some(word) = words.last_mut().filter(|_| c.is_alphanumeric()) {
            word.extend(c.to_lowercase());
        }
        was_lower = c.is_lowercase();
    }
    let holds = |list: &[&str]| words.iter().any(|word| list.contains(&word.as_str()));
    let is_forced = words.iter().any(|word| word == "forced");
    holds(&INCIDENTS) && (is_forced || !holds(&CALMING))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn types_are_incidents_by_their_own_words() {
        for incident in
            ["glass_break", "door_forced", "GlassBreak", "person-fall", "fight", "smoke alarm", "bike_theft"]
        {
            assert!(is_incident(incident), "{incident}");
        }
        for ordinary in
            ["person_detected", "alarm_cleared", "fire_door_opened", "smoking", "firefly", "train_arrival"]
        {
            assert!(!is_incident(ordinary), "{ordinary}");
        }
    }
}
