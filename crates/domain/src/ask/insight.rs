//! Insights within a conversation: what was unusual, and questions about one insight. Their figures and
//! texts come from the insights service; here they only get the references of this answer.

use jiff::{SignedDuration, Timestamp};

use super::{Asker, Evidence, Intent, Interpretation, asking::Asking, gather::Findings};
use crate::{
    Caller, ErrorKind, Period, Result,
    insights::{Insight, InsightQuery},
};

/// What "unusual" looks at when no time was named.
const DEFAULT_HOURS: i64 = 24;

/// What was noticed, and what could not be judged.
pub(crate) struct Noticed {
    insights: Vec<Insight>,
    notes: Vec<String>,
}

/// The insight that a question is about.
///
/// # Errors
/// `NotFound` with `INSIGHT_NOT_FOUND`; what the store says.
pub(crate) async fn about(asker: &Asker, asking: &Asking<'_>) -> Result<Option<Insight>> {
    match &asking.request.insight_id {
        Some(id) => asker.parts.insights.get(asking.caller, id).await.map(Some),
        None => Ok(None),
    }
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
    match asker.parts.insights.list(asking.caller, &query).await {
        Ok(reply) => {
            let mut insights = reply.insights;
            if !interpretation.cameras.is_empty() {
                insights.retain(|i| i.cameras.iter().any(|id| interpretation.cameras.contains(id)));
            }
            insights.truncate(asking.limit);
            Ok(Some(Noticed { insights, notes: reply.coverage.notes }))
        }
        Err(error) if matches!(error.kind, ErrorKind::Forbidden | ErrorKind::InvalidInput) => {
            Ok(Some(Noticed { insights: Vec::new(), notes: vec![error.message] }))
        }
        Err(error) => Err(error),
    }
}

/// Makes what was noticed the findings: the evidence of the insights is the evidence of the answer.
pub(crate) fn use_insights(findings: &mut Findings, noticed: Noticed, limit: usize) {
    findings.insight_notes = noticed.notes;
    if noticed.insights.is_empty() {
        return;
    }
    findings.evidence.clear();
    for mut insight in noticed.insights {
        let shown = std::mem::take(&mut insight.evidence);
        insight.response = adopt(&insight.response, shown, &mut findings.evidence, limit);
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
