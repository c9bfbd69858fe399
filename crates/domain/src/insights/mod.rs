//! Warnings before anyone asks, computed from stored events only: what its source calls grave and what is an incident
//! by the words of its own type; then activity far from what this hour of the week shows, a camera gone silent, a label
//! or type never or hardly ever seen before.
//!
//! Nothing is said that the figures do not carry: too little history is reported as such, and the
//! threshold accounts for how many hours were looked at.

mod alarms;
mod baseline;
mod detection;
mod history;
mod insight;
mod wording;

use std::{sync::Arc, time::Duration};

use jiff::{SignedDuration, Timestamp, tz::TimeZone};

pub use insight::{
    ExpectedRange, INSIGHTS_MAX, Insight, InsightCoverage, InsightQuery, InsightReply, InsightType, Severity,
};

use self::{detection::Finding, history::History, insight::EVIDENCE_MAX};
use crate::{
    Caller, CameraDirectory, Clock, Error, Event, Period, Permission, Result, Scope,
    ask::{Degraded, Evidence, pictures},
    clips::{Clips, LOOKUP_DEADLINE},
    event_store::{EventStore, Order, SearchRequest},
};

/// The longest range that can be looked at.
const RANGE_MAX: SignedDuration = SignedDuration::from_hours(31 * 24);
/// How insight ids begin.
const ID_PREFIX: &str = "ins-";

/// Computes insights.
pub struct Insights {
    store: Arc<dyn EventStore>,
    clips: Arc<Clips>,
    directory: Arc<CameraDirectory>,
    clock: Arc<dyn Clock>,
}

impl Insights {
    /// The service over a store.
    pub fn new(
        store: Arc<dyn EventStore>,
        clips: Arc<Clips>,
        directory: Arc<CameraDirectory>,
        clock: Arc<dyn Clock>,
    ) -> Self {
        Self { store, clips, directory, clock }
    }

    /// What was noticed in a range. Stores nothing.
    ///
    /// # Errors
    /// `Forbidden`; `InvalidInput` naming `time_range` or `timezone`; what the store says.
    pub async fn list(&self, caller: &Caller, query: &InsightQuery) -> Result<InsightReply> {
        let (mut reply, events) = self.notice(caller, query).await?;
        let shown = reply.insights.iter_mut().flat_map(|insight| &mut insight.evidence);
        if pictures::add(&self.clips, &caller.scope, shown, events, LOOKUP_DEADLINE).await {
            reply.degraded.push(Degraded::Clips);
        }
        for insight in &mut reply.insights {
            insight.clip_links = insight.evidence.iter().filter_map(pictures::clip_link).collect();
        }
        Ok(reply)
    }

    /// The same without pictures, and the events behind it: whoever shows more than this looks up all of them
    /// together.
    ///
    /// # Errors
    /// As [`Self::list`].
    pub(crate) async fn notice(
        &self,
        caller: &Caller,
        query: &InsightQuery,
    ) -> Result<(InsightReply, Vec<Event>)> {
        caller.require(Permission::InsightsRead)?;
        let timezone = self.timezone(caller, query.timezone.as_deref())?;
        let now = self.clock.now();
        let range = range(query.time_range.as_deref().unwrap_or("24h"), now, &timezone)?;
        let history = self.history(&caller.scope, &range, &timezone, now).await?;
        let least = query.severity_threshold.unwrap_or(Severity::Low);
        let mut findings = self.findings(&caller.scope, &history).await?;
        if query.include_predictions {
            findings.extend(detection::predictions(&history, now));
        }
        findings.retain(|finding| finding.severity >= least);
        let is_alarm = |finding: &Finding| finding.insight_type == InsightType::Alarm;
        findings.sort_by(|a, b| {
            is_alarm(b)
                .cmp(&is_alarm(a))
                .then(b.severity.cmp(&a.severity))
                .then(a.p_value.unwrap_or(1.0).total_cmp(&b.p_value.unwrap_or(1.0)))
                .then(b.period.start.cmp(&a.period.start))
        });
        findings.truncate(INSIGHTS_MAX);
        let (mut insights, mut events) = (Vec::with_capacity(findings.len()), Vec::new());
        for finding in findings {
            let (insight, mut behind) = self.insight(&caller.scope, finding, &history).await?;
            insights.push(insight);
            events.append(&mut behind);
        }
        let (start, end) = range.local(&timezone);
        let reply = InsightReply {
            insights,
            time_range: [start, end],
            generated_at: crate::local_rfc3339(now, &timezone),
            coverage: history.coverage(),
            degraded: Vec::new(),
        };
        Ok((reply, events))
    }

    /// The insight with this id, computed again within the caller's scope; without pictures, and the events
    /// behind it.
    ///
    /// # Errors
    /// `Forbidden`; `NotFound` with code `INSIGHT_NOT_FOUND`.
    pub async fn get(&self, caller: &Caller, insight_id: &str) -> Result<(Insight, Vec<Event>)> {
        caller.require(Permission::InsightsRead)?;
        let missing =
            || Error::not_found("INSIGHT_NOT_FOUND", format!("insight `{insight_id}` does not exist"));
        let period = insight_id.strip_prefix(ID_PREFIX).and_then(period_of_id).ok_or_else(missing)?;
        let timezone = self.timezone(caller, None)?;
        let history = self.history(&caller.scope, &period, &timezone, self.clock.now()).await?;
        let findings = self.findings(&caller.scope, &history).await?;
        let finding =
            findings.into_iter().find(|finding| id_of(finding) == insight_id).ok_or_else(missing)?;
        self.insight(&caller.scope, finding, &history).await
    }

    /// Everything noticed in the range. An alarm says more than that its type is new.
    async fn findings(&self, scope: &Scope, history: &History) -> Result<Vec<Finding>> {
        let mut findings = alarms::findings(self.store.as_ref(), scope, history).await?;
        let mut of_statistics = detection::findings(history);
        of_statistics.retain(|finding| {
            let is_told = |alarm: &Finding| {
                (&alarm.camera_id, &alarm.event_type) == (&finding.camera_id, &finding.event_type)
            };
            finding.insight_type != InsightType::FirstSeen || !findings.iter().any(is_told)
        });
        findings.append(&mut of_statistics);
        Ok(findings)
    }

    fn timezone(&self, caller: &Caller, asked: Option<&str>) -> Result<TimeZone> {
        match asked.or(caller.timezone.as_deref()) {
            Some(name) => TimeZone::get(name)
                .map_err(|e| Error::invalid("timezone", format!("unknown time zone `{name}`")).caused_by(e)),
            None => Ok(self.directory.timezone().clone()),
        }
    }

    async fn history(
        &self,
        scope: &Scope,
        range: &Period,
        timezone: &TimeZone,
        now: Timestamp,
    ) -> Result<History> {
        let end = range.end.min(now);
        if end <= range.start {
            return Err(Error::invalid("time_range", "`time_range` has not begun yet"));
        }
        let range = Period::new(range.start, end);
        History::load(self.store.as_ref(), scope, range, timezone.clone()).await
    }

    /// Finds the events behind a finding and says it in words.
    async fn insight(
        &self,
        scope: &Scope,
        mut finding: Finding,
        history: &History,
    ) -> Result<(Insight, Vec<Event>)> {
        let request = SearchRequest {
            filter: finding.evidence_filter(),
            words: None,
            vector: None,
            order: if finding.evidence_is_earliest { Order::OldestFirst } else { Order::NewestFirst },
            limit: EVIDENCE_MAX,
            cursor: None,
        };
        let hits = match finding.insight_type {
            InsightType::Prediction => Vec::new(),
            _ => self.store.search(scope, &request).await?.hits,
        };
        let events: Vec<_> = hits.into_iter().map(|hit| hit.event).collect();
        if finding.insight_type == InsightType::FirstSeen
            && let Some(first) = events.first()
        {
            finding.narrow_to(first, history);
        }
        let why = vec![finding.reason()];
        let evidence: Vec<Evidence> = events
            .iter()
            .enumerate()
            .map(|(index, event)| Evidence::of(event, index as u32 + 1, 1.0, why.clone()))
            .collect();
        let id = id_of(&finding);
        Ok((wording::tell(&finding, id, evidence, &self.directory, history), events))
    }
}

/// `1h`, `24h`, `7d`, `30d`, or `start/end` where each is RFC 3339 or local.
fn range(text: &str, now: Timestamp, timezone: &TimeZone) -> Result<Period> {
    let hours = match text {
        "1h" => Some(1),
        "24h" => Some(24),
        "7d" => Some(7 * 24),
        "30d" => Some(30 * 24),
        _ => None,
    };
    if let Some(hours) = hours {
        let start = now.checked_sub(SignedDuration::from_hours(hours)).unwrap_or(Timestamp::MIN);
        return Ok(Period::new(start, now));
    }
    let (start, end) = text.split_once('/').ok_or_else(|| {
        Error::invalid(
            "time_range",
            "`time_range` must be 1h, 24h, 7d, 30d or an ISO 8601 interval start/end",
        )
    })?;
    let start = crate::instant(start, "time_range", timezone)?;
    let end = crate::instant(end, "time_range", timezone)?;
    if start >= end {
        return Err(Error::invalid("time_range", "the end of `time_range` does not lie after its start"));
    }
    if end.duration_since(start) > RANGE_MAX {
        return Err(Error::invalid("time_range", "`time_range` is longer than 31 days"));
    }
    Ok(Period::new(start, end))
}

/// Names type, period, camera and kind: enough to compute it again.
fn id_of(finding: &Finding) -> String {
    use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
    use sha2::{Digest, Sha256};
    let what = format!(
        "{:?}\n{}\n{:?}\n{:?}",
        finding.insight_type, finding.camera_id, finding.label, finding.event_type
    );
    let digest = Sha256::digest(what.as_bytes());
    format!(
        "{ID_PREFIX}{:x}-{:x}-{}",
        finding.analysed.start.as_second(),
        finding.analysed.end.as_second(),
        URL_SAFE_NO_PAD.encode(&digest[..9])
    )
}

/// The period that an id was computed over.
fn period_of_id(id: &str) -> Option<Period> {
    let mut parts = id.splitn(3, '-');
    let mut second = || i64::from_str_radix(parts.next()?, 16).ok();
    let (start, end) = (second()?, second()?);
    let length = u64::try_from(end.checked_sub(start)?).ok()?;
    if length == 0 || Duration::from_secs(length) > Duration::from_hours(31 * 24) {
        return None;
    }
    Some(Period::new(Timestamp::from_second(start).ok()?, Timestamp::from_second(end).ok()?))
}
