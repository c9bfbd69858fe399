//! From what was meant to what is known: decides whether a question is searched, answered from what is
//! known of the cameras, or given back.

use std::time::{Duration, Instant};

use futures::future::try_join;

use super::{
    Asker, Degraded, Intent, Interpretation, NameKind, ResponseType,
    asking::Asking,
    gather::{self, Findings, Sought, anchor},
    insight::{self, About},
    pictures,
    place::Place,
    write,
};
use crate::{Result, clips::LOOKUP_DEADLINE};

/// All that an answer is written from.
pub(crate) struct Understood {
    /// What was meant.
    pub interpretation: Interpretation,
    /// What was found.
    pub findings: Findings,
    /// Cameras that the text speaks of beside those of the findings.
    pub cameras_named: Vec<String>,
    /// The text, where nothing needed to be searched for it.
    pub ready_text: Option<String>,
    /// What the insight said that the question is about.
    pub preface: Option<String>,
    /// Milliseconds spent on search and counts.
    pub search_time_ms: f64,
    /// How much longer the answer may wait for keepers of clips.
    pub look_up_left: Duration,
}

/// Searches, or tells why there is nothing to search.
///
/// # Errors
/// What the event store says.
pub(crate) async fn find_out(
    asker: &Asker,
    asking: &Asking<'_>,
    place: &Place<'_>,
    interpretation: Interpretation,
    about: Option<About>,
) -> Result<Understood> {
    let mut understood = Understood {
        interpretation,
        findings: Findings::default(),
        cameras_named: Vec::new(),
        ready_text: None,
        preface: None,
        search_time_ms: 0.0,
        look_up_left: LOOKUP_DEADLINE,
    };
    if let Some(language) = understood.interpretation.language.as_deref().filter(|_| !asking.is_translated())
    {
        let has_model = asker.parts.model.is_some();
        understood.ready_text = Some(write::other_language(language, has_model, place));
        understood.findings.response_type = ResponseType::Clarification;
        if has_model {
            understood.findings.degrade(Degraded::Llm);
        }
        return Ok(understood);
    }
    if let Some(text) = without_search(&mut understood, place) {
        understood.ready_text = Some(text);
        return Ok(understood);
    }
    let parts = &asker.parts;
    let settings = &parts.settings;
    let sources = asker.sources();
    let started = Instant::now();
    let interpretation = &understood.interpretation;
    // "The last 3 deliveries" says how many to show; groups are told by their number instead.
    let wanted = interpretation.top.filter(|_| interpretation.group_by.is_none());
    let limit = wanted.unwrap_or(asking.limit).clamp(1, settings.limit_max);
    let sought = Sought {
        interpretation,
        question: &asking.question,
        limit,
        confidence_threshold: settings.confidence_threshold,
    };
    let gathered = gather::gather(&sources, place, &sought);
    let noticed = insight::unusual(asker, asking, interpretation);
    let ((mut findings, mut events), noticed) = try_join(gathered, noticed).await?;
    if let Some(mut noticed) = noticed {
        events.append(&mut noticed.events);
        insight::use_insights(&mut findings, noticed, asking.limit);
    }
    if let Some(mut about) = about {
        events.append(&mut about.events);
        understood.preface = Some(insight::put_first(&mut findings, about.insight, asking.limit));
    }
    let meant = &mut understood.interpretation;
    if let Some(told) = anchor::cite(&sources, place, meant, &mut findings, &mut events).await? {
        understood.preface = Some(told);
    }
    let looked_up = Instant::now();
    let shown = findings.evidence.iter_mut().chain(&mut findings.anchor);
    if pictures::add(sources.clips, place.scope, shown, events, LOOKUP_DEADLINE).await {
        findings.degrade(Degraded::Clips);
    }
    understood.look_up_left = LOOKUP_DEADLINE.saturating_sub(looked_up.elapsed());
    understood.findings = findings;
    understood.search_time_ms = started.elapsed().as_secs_f64() * 1_000.0;
    Ok(understood)
}

/// The answer to a question that needs no search.
fn without_search(understood: &mut Understood, place: &Place<'_>) -> Option<String> {
    let interpretation = &understood.interpretation;
    let all_cameras = || place.cameras().into_iter().map(ToOwned::to_owned).collect();
    match interpretation.intent {
        Intent::SmallTalk => Some(write::small_talk(place)),
        Intent::Help => {
            understood.cameras_named = all_cameras();
            Some(write::help(place))
        }
        _ if must_ask_back(interpretation) => {
            // The text may offer any name that the caller can see.
            understood.cameras_named = all_cameras();
            understood.findings.response_type = ResponseType::Clarification;
            Some(write::clarification(interpretation, place))
        }
        Intent::Related if refers_to_nothing(interpretation) => {
            understood.findings.response_type = ResponseType::Clarification;
            Some(write::refers_to_nothing())
        }
        Intent::ListCameras => {
            understood.cameras_named = all_cameras();
            Some(write::list_cameras(interpretation, place))
        }
        _ => None,
    }
}

/// Whether a question about what else there was, or where something went, names nothing to start from and
/// follows no answer that shows anything.
fn refers_to_nothing(it: &Interpretation) -> bool {
    it.refers_to.is_empty()
        && it.periods.is_empty()
        && it.cameras.is_empty()
        && it.sites.is_empty()
        && it.labels.is_empty()
        && it.sub_labels.is_empty()
        && it.event_types.is_empty()
        && it.zones.is_empty()
        && it.words.is_none()
        && it.without.is_empty()
}

/// Whether a name that could not be resolved leaves nothing that can be answered: no other name of its
/// kind was understood, so that the answer would be about something else.
pub(crate) fn must_ask_back(interpretation: &Interpretation) -> bool {
    interpretation.unresolved.iter().any(|name| match name.kind {
        NameKind::Camera | NameKind::Site => {
            interpretation.cameras.is_empty() && interpretation.sites.is_empty()
        }
        NameKind::Zone => interpretation.zones.is_empty(),
        NameKind::Evidence => interpretation.refers_to.is_empty(),
        NameKind::Period | NameKind::TimeZone => interpretation.periods.is_empty(),
        NameKind::Grouping
        | NameKind::Size
        | NameKind::Severity
        | NameKind::Deed
        | NameKind::Doer
        | NameKind::Belonging
        | NameKind::Distinct
        | NameKind::Half => false,
        NameKind::Anchor => true,
        NameKind::Label | NameKind::EventType => {
            interpretation.labels.is_empty()
                && interpretation.event_types.is_empty()
                && interpretation.sub_labels.is_empty()
        }
    })
}
