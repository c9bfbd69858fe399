//! A written draft → the stored answer: citations, clip links, confidence, figures. Nothing returns
//! before the turn is stored; a turn that broke off is stored as what it is.

use jiff::{Timestamp, tz::TimeZone};

use super::{
    Answer, AnswerMetadata, AnswerTotals, AskEvent, Asker, Degraded, Evidence, ResponseType,
    asking::Asking,
    check,
    confidence::{self, Inputs},
    draft::Draft,
    findings::Understood,
    gather,
    listener::Listener,
    memory::Memory,
    pictures,
};
use crate::{
    Error, ErrorKind, Result,
    chat_model::Usage,
    conversation::{MessageMetadata, MessageStatus},
    trace,
};

/// What the last steps made.
pub(crate) struct Written {
    /// The text.
    pub draft: Draft,
    /// What to ask next.
    pub follow_ups: Vec<String>,
}

/// Makes the answer, stores the turn, and only then returns it.
///
/// # Errors
/// What the conversation store says; `Unavailable` with `LLM_STREAM_INTERRUPTED` when the model broke
/// off after something had been said, `LISTENER_GONE` when nobody listens any more.
pub(crate) async fn finish(
    asker: &Asker,
    asking: &Asking<'_>,
    mut memory: Memory,
    understood: Understood,
    written: Written,
    listener: &Listener,
) -> Result<Answer> {
    let Written { mut draft, follow_ups } = written;
    let status = draft.status;
    if status == MessageStatus::Complete && !follow_ups.is_empty() {
        listener.tell(|| AskEvent::FollowUps(follow_ups.clone())).await;
    }
    let mut understood = understood;
    let anchor = understood.findings.anchor.take();
    understood.findings.evidence.extend(anchor);
    understood.findings.evidence.append(&mut draft.found);
    let mut cameras_used = understood.findings.cameras_used(&understood.interpretation);
    cameras_used.extend(understood.cameras_named.iter().cloned());
    cameras_used.append(&mut draft.cameras_used);
    cameras_used.sort_unstable();
    cameras_used.dedup();
    let mut answer = answer_of(understood, draft, follow_ups, &asking.timezone);
    let usages = [asking.translation, answer.metadata.usage];
    answer.metadata.usage = usages.into_iter().flatten().reduce(Usage::plus);
    if asking.is_translated() {
        answer.metadata.warnings.push(format!(
            "the language model put the question into English, which was read: “{}”",
            check::plain(&asking.reading)
        ));
    }
    let parts = &asker.parts;
    let answered_at = parts.clock.now().max(asking.now);
    let metadata = MessageMetadata {
        confidence_score: Some(answer.confidence_score),
        evidence: answer.evidence.iter().map(without_links).collect(),
        interpretation: Some(answer.interpretation.clone()),
        cameras_used,
        status,
    };
    let texts = (asking.question.clone(), answer.response.clone());
    let times: (Timestamp, Timestamp) = (asking.now, answered_at);
    let ephemeral = parts.settings.ephemeral_on_outage;
    let retention = parts.settings.retention;
    let lost = memory
        .store(&*parts.conversations, asking.caller, texts, metadata, retention, ephemeral, times)
        .await?;
    if let Some(lost) = lost {
        answer.degraded.push(lost);
        rescore_for_loss(&mut answer);
    }
    match status {
        MessageStatus::Complete => {}
        MessageStatus::Incomplete => {
            let message = "the language model broke off; what it had written is kept as incomplete";
            return Err(Error::unavailable("LLM_STREAM_INTERRUPTED", message));
        }
        MessageStatus::Interrupted => {
            let message = "the answer was interrupted because nobody listened any more";
            return Err(Error::new(ErrorKind::Unavailable, "LISTENER_GONE", message));
        }
    }
    answer.conversation_id.clone_from(&memory.conversation_id);
    answer.metadata.conversation_turn = memory.turn;
    answer.metadata.total_time_ms = asking.started.elapsed().as_secs_f64() * 1_000.0;
    Ok(answer)
}

/// Evidence as it is remembered: links are signed anew when they are needed.
fn without_links(evidence: &Evidence) -> Evidence {
    let mut kept = evidence.clone();
    kept.clip = None;
    kept.thumbnail_url = None;
    kept
}

/// Losing the memory does not make an answer less true; it is only told.
fn rescore_for_loss(answer: &mut Answer) {
    answer.confidence_basis.push("this conversation is not remembered".to_owned());
}

fn answer_of(understood: Understood, draft: Draft, follow_ups: Vec<String>, timezone: &TimeZone) -> Answer {
    let Understood { interpretation, mut findings, ready_text, search_time_ms, .. } = understood;
    if draft.lacks_model {
        findings.degrade(Degraded::Llm);
    }
    if draft.lacks_clips {
        findings.degrade(Degraded::Clips);
    }
    let citations = trace::step_at_once("check", || check::citations(&draft.text, &findings.evidence));
    let verified = citations.iter().map(|citation| citation.refs.len() as u32).sum();
    let inputs = Inputs {
        margin: findings.quality.margin,
        agreement: findings.quality.agreement,
        is_similar_only: findings.is_similar_only,
        verified: draft.verified_share,
        coverage: findings.coverage.as_ref().map_or(1.0, |c| c.share(findings.totals.events > 0)),
        detection: detection(&findings.evidence),
        degraded: findings.degraded.len(),
    };
    let (confidence_score, confidence_basis) = match (&ready_text, findings.response_type) {
        (Some(_), ResponseType::Clarification) if interpretation.language.is_some() => (
            0.0,
            vec!["nothing was searched: the question is in a language that is not read here".to_owned()],
        ),
        (Some(_), ResponseType::Clarification) => {
            (0.0, vec!["nothing was searched: the question names what is not known here".to_owned()])
        }
        (Some(_), _) => {
            (1.0, vec!["told from what is known of the cameras; nothing was searched".to_owned()])
        }
        _ => (confidence::score(&inputs), confidence::basis(&inputs)),
    };
    let totals =
        AnswerTotals { events: findings.totals.events, visits: findings.totals.visits, truncated: false };
    Answer {
        conversation_id: None,
        response: draft.text,
        response_type: findings.response_type,
        interpretation,
        totals,
        citations,
        clip_links: findings.evidence.iter().filter_map(pictures::clip_link).collect(),
        evidence: findings.evidence,
        follow_up_questions: follow_ups,
        confidence_score,
        confidence_basis,
        degraded: findings.degraded,
        series: findings.series.iter().map(|stretch| stretch.bucket(timezone)).collect(),
        comparison: findings.comparison,
        incidents: findings.incidents.as_ref().map(|incidents| incidents.shown(timezone)),
        path: findings.path.map(gather::path::Path::shown),
        share: findings.share.as_ref().map(gather::shares::Share::shown),
        average: findings.average.as_ref().map(gather::averages::Average::shown),
        quiet: findings.quiet.as_ref().map(|quiet| quiet.shown(timezone)).unwrap_or_default(),
        durations: findings.stays.as_ref().map(|stays| stays.shown(timezone)),
        metadata: AnswerMetadata {
            search_time_ms,
            llm_time_ms: draft.llm_time_ms,
            total_events_found: totals.events,
            model: draft.model,
            usage: draft.usage,
            citations_verified: verified,
            citations_removed: draft.removed,
            warnings: draft.warnings,
            ..AnswerMetadata::default()
        },
    }
}

/// Mean confidence of the detections shown.
fn detection(evidence: &[Evidence]) -> Option<f64> {
    let known: Vec<f64> = evidence.iter().filter_map(|event| event.confidence).map(f64::from).collect();
    (!known.is_empty()).then(|| known.iter().sum::<f64>() / known.len() as f64)
}
