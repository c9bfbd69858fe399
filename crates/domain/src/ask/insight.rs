//! Insights within a conversation: what was unusual, and questions about one insight. Their figures and
//! texts come from the insights service; here they only get the references of this answer.

use jiff::{SignedDuration, Timestamp};

use super::{Asker, Evidence, Intent, Interpretation, asking::Asking, gather::Findings};
use crate::{
    Caller, ErrorKind, Event, Period, Result,
    insights::{INSIGHTS_MAX, Insight, InsightQuery, InsightType},
};

/// What "unusual" looks at when no time was named.
const DEFAULT_HOURS: i64 = 24;

/// What was noticed, and what could not be judged.
pub(crate) struct Noticed {
    insights: Vec<Insight>,
    /// Types of alarms, with how many events each has.
    kinds: Vec<(String, u64)>,
    left: usize,
    /// How many weeks before the period it was judged by.
    weeks: Option<f64>,
    notes: Vec<String>,
    /// The events behind the insights, for their pictures.
    pub(crate) events: Vec<Event>,
}

/// An insight without pictures yet, and the events behind it.
pub(crate) struct About {
    pub(crate) insight: Insight,
    pub(crate) events: Vec<Event>,
}

/// The insight that a question is about.
///
/// # Errors
/// `NotFound` with `INSIGHT_NOT_FOUND`; what the store says.
pub(crate) async fn about(asker: &Asker, asking: &Asking<'_>) -> Result<Option<About>> {
    let Some(id) = &asking.request.insight_id else { return Ok(None) };
    let (insight, events) = asker.parts.insights.get(asking.caller, id).await?;
    Ok(Some(About { insight, events }))
}

/// A question about an insight means its time and its cameras unless it names others.
pub(crate) fn lend(interpretation: &mut Interpretation, insight: &Insight, caller: &Caller) {
    let [start, end] = &insight.period;
    if interpretation.periods.is_empty()
        && let (Ok(start), Ok(end)) = (start.parse::<Timestamp>(), end.parse::<Timestamp>())
    {
        interpretation.periods.push(Period::new(start, end));
        interpretation.carried_over.push("periods".to_owned());
    }
    if interpretation.cameras.is_empty() && interpretation.sites.is_empty() {
        let seen = insight.cameras.iter().filter(|id| caller.scope.allows(id));
        interpretation.cameras.extend(seen.cloned());
        if !interpretation.cameras.is_empty() {
            interpretation.carried_over.push("cameras".to_owned());
        }
    }
    if matches!(interpretation.intent, Intent::SmallTalk | Intent::Help) {
        interpretation.intent = Intent::Timeline;
    }
}

/// "Anything unusual?" without a time means the last 24 hours, and says so.
pub(crate) fn default_period(interpretation: &mut Interpretation, now: Timestamp) {
    if interpretation.intent == Intent::Unusual
        && interpretation.periods.is_empty()
        && let Ok(start) = now.checked_sub(SignedDuration::from_hours(DEFAULT_HOURS))
    {
        interpretation.periods.push(Period::new(start, now).named("in the last 24 hours"));
    }
}

/// What was out of the ordinary within the period and the cameras of a question; none when that was
/// not the question. A caller without the permission is told so instead.
///
/// # Errors
/// What the store says.
pub(crate) async fn unusual(
    asker: &Asker,
    asking: &Asking<'_>,
    interpretation: &Interpretation,
) -> Result<Option<Noticed>> {
    if interpretation.intent != Intent::Unusual {
        return Ok(None);
    }
    let start = interpretation.periods.iter().map(|period| period.start).min();
    let end = interpretation.periods.iter().map(|period| period.end).max();
    let query = InsightQuery {
        time_range: start.zip(end).map(|(start, end)| format!("{start}/{end}")),
        severity_threshold: None,
        include_predictions: false,
        timezone: asking.timezone.iana_name().map(ToOwned::to_owned),
    };
    match asker.parts.insights.notice(asking.caller, &query).await {
        Ok((reply, events)) => {
            let is_cut = reply.insights.len() >= INSIGHTS_MAX;
            let mut insights = reply.insights;
            if !interpretation.cameras.is_empty() {
                insights.retain(|i| i.cameras.iter().any(|id| interpretation.cameras.contains(id)));
            }
            insights.retain(|insight| is_asked_for(insight, interpretation));
            // A list that was cut does not hold all events of its kinds.
            let kinds = if is_cut { Vec::new() } else { kinds(&insights) };
            one_of_each_first(&mut insights);
            let left = insights.len().saturating_sub(asking.limit);
            insights.truncate(asking.limit);
            let weeks = Some(reply.coverage.weeks_of_history);
            Ok(Some(Noticed { insights, kinds, left, weeks, notes: reply.coverage.notes, events }))
        }
        Err(error) if matches!(error.kind, ErrorKind::Forbidden | ErrorKind::InvalidInput) => {
            Ok(Some(Noticed {
                insights: Vec::new(),
                kinds: Vec::new(),
                left: 0,
                weeks: None,
                notes: vec![error.message],
                events: Vec::new(),
            }))
        }
        Err(error) => Err(error),
    }
}

/// What kind of thing was noticed: alarms differ by the type of their events.
fn kind(insight: &Insight) -> (InsightType, Option<&str>) {
    (insight.insight_type, insight.evidence.first().map(|event| event.event_type.as_str()))
}

/// Of many alarms alike, one is told before the others: ten fights must not hide the door that was forced.
fn one_of_each_first(insights: &mut Vec<Insight>) {
    let of_statistics = insights.iter().position(|insight| insight.insight_type != InsightType::Alarm);
    let mut others: Vec<Insight> = Vec::new();
    let mut first: Vec<Insight> = Vec::with_capacity(insights.len());
    for alarm in insights.drain(..of_statistics.unwrap_or(insights.len())) {
        let is_told = first.iter().any(|told| kind(told) == kind(&alarm));
        if is_told { &mut others } else { &mut first }.push(alarm);
    }
    insights.splice(0..0, first.into_iter().chain(others));
}

/// The types of alarms in their order, with the events of each.
fn kinds(insights: &[Insight]) -> Vec<(String, u64)> {
    let mut kinds: Vec<(String, u64)> = Vec::new();
    for insight in insights.iter().filter(|insight| insight.insight_type == InsightType::Alarm) {
        let (_, Some(event_type)) = kind(insight) else { continue };
        let observed = insight.observed.unwrap_or_default() as u64;
        match kinds.iter_mut().find(|(known, _)| known == event_type) {
            Some((_, events)) => *events += observed,
            None => kinds.push((event_type.to_owned(), observed)),
        }
    }
    kinds
}

/// Whether an insight touches one of the periods of a question and is about one of its labels, names and types.
fn is_asked_for(insight: &Insight, interpretation: &Interpretation) -> bool {
    let [start, end] = insight.period.each_ref().map(|instant| instant.parse::<Timestamp>().ok());
    let touches = |period: &Period| {
        start.is_none_or(|start| start < period.end) && end.is_none_or(|end| period.start < end)
    };
    let is_one = |value: Option<&String>, wanted: &[String]| {
        wanted.is_empty() || value.is_some_and(|value| wanted.contains(value))
    };
    let shows = |evidence: &Evidence| {
        is_one(evidence.label.as_ref(), &interpretation.labels)
            && is_one(evidence.sub_label.as_ref(), &interpretation.sub_labels)
            && is_one(Some(&evidence.event_type), &interpretation.event_types)
    };
    let is_of_all = interpretation.labels.is_empty()
        && interpretation.sub_labels.is_empty()
        && interpretation.event_types.is_empty();
    (interpretation.periods.is_empty() || interpretation.periods.iter().any(touches))
        && (is_of_all || insight.evidence.iter().any(shows))
}

/// Makes what was noticed the findings: the evidence of the insights is the evidence of the answer.
pub(crate) fn use_insights(findings: &mut Findings, noticed: Noticed, limit: usize) {
    findings.insight_notes = noticed.notes;
    (findings.insights_left, findings.insight_weeks) = (noticed.left, noticed.weeks);
    findings.insight_kinds = noticed.kinds;
    if noticed.insights.is_empty() {
        return;
    }
    findings.evidence.clear();
    let mut behind = noticed.insights.len();
    for mut insight in noticed.insights {
        behind -= 1;
        let shown = std::mem::take(&mut insight.evidence);
        // Each has an event of its own, whatever the others show.
        let until = limit.saturating_sub(behind).max(findings.evidence.len() + 1);
        insight.response = adopt(&insight.response, shown, &mut findings.evidence, until);
        findings.insights.push(insight);
    }
}

/// Puts the evidence of an insight before what was found; its text with the references of this answer.
pub(crate) fn put_first(findings: &mut Findings, insight: Insight, limit: usize) -> String {
    let found = std::mem::take(&mut findings.evidence);
    let mut evidence = Vec::with_capacity(found.len() + insight.evidence.len());
    let text = adopt(&insight.response, insight.evidence, &mut evidence, limit);
    for mut event in found {
        if evidence.len() < limit && !evidence.iter().any(|known: &Evidence| known.event_id == event.event_id)
        {
            event.reference = evidence.len() as u32 + 1;
            evidence.push(event);
        }
    }
    findings.evidence = evidence;
    text
}

/// Appends evidence under new references and rewrites the text that refers to it; references to what
/// no longer fits are taken out.
fn adopt(text: &str, shown: Vec<Evidence>, evidence: &mut Vec<Evidence>, limit: usize) -> String {
    let mut renamed: Vec<(u32, u32)> = Vec::with_capacity(shown.len());
    for mut event in shown {
        let known = evidence.iter().find(|known| known.event_id == event.event_id).map(|e| e.reference);
        if let Some(known) = known {
            renamed.push((event.reference, known));
        } else if evidence.len() < limit {
            let reference = evidence.len() as u32 + 1;
            renamed.push((event.reference, reference));
            event.reference = reference;
            evidence.push(event);
        }
    }
    let mut rewritten = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, bracket)) = rest.split_once('[') {
        let inner =
            bracket.split_once(']').and_then(|(inner, after)| Some((inner.parse::<u32>().ok()?, after)));
        let Some((old, after)) = inner else {
            rewritten.push_str(before);
            rest = bracket;
            continue;
        };
        match renamed.iter().find(|(from, _)| *from == old) {
            Some((_, new)) => push!(rewritten, "{before}[{new}]"),
            None => rewritten.push_str(before.trim_end_matches(' ')),
        }
        rest = after;
    }
    rewritten.push_str(rest);
    rewritten
}
