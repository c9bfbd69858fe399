//! Findings → text: the model's, checked while it arrives, or the extractive writer's. One call to the
//! model unless it uses tools; whatever it does, there is an answer or an honest error.

mod end;
mod rounds;
mod thoughts;
mod writing;

use std::time::{Duration, Instant};

use self::{end::End, writing::Writing};
use super::{
    AskEvent, Asker, Intent,
    asking::Asking,
    catalogues::Names,
    check::Record,
    draft::Draft,
    findings::Understood,
    listener::Listener,
    memory::Memory,
    place::Place,
    prompt::PromptParts,
    tools::{self, Toolbox},
    write,
};
use crate::{
    Error, ErrorKind,
    chat_model::{FinishReason, LLM_REFUSED},
    conversation::MessageStatus,
};

/// When a model must be done, rounds of tools included, with nobody listening: some seconds before the
/// whole request runs out of time, so that there is an answer rather than an error.
const DEADLINE_WHOLE: Duration = Duration::from_secs(25);
/// The same for a stream.
const DEADLINE_STREAM: Duration = Duration::from_secs(110);
/// An answer that begins later than this before the deadline would not be done in time.
const LAST_WORDS: Duration = Duration::from_secs(1);
/// Code of the error that says that a tenant has used up its tokens.
const BUDGET_SPENT: &str = "LLM_BUDGET_SPENT";

/// What an answer is written from.
#[derive(Clone, Copy)]
pub(crate) struct Material<'a> {
    /// The question.
    pub asking: &'a Asking<'a>,
    /// The turns before it.
    pub memory: &'a Memory,
    /// Where and when it is asked.
    pub place: &'a Place<'a>,
    /// Names, for what tools are asked and for what may be said.
    pub names: &'a Names,
    /// What was found.
    pub understood: &'a Understood,
}

/// Writes the answer.
pub(crate) async fn write(asker: &Asker, material: Material<'_>, listener: &Listener) -> Draft {
    let Material { asking, memory, place, names, understood } = material;
    let is_worth_a_model = understood.ready_text.is_none()
        && understood.interpretation.intent != Intent::ListCameras
        && !understood.findings.evidence.is_empty();
    let model = asker.parts.model.as_deref().filter(|_| is_worth_a_model);
    let Some(model) = model else {
        let text = extractive(understood, place);
        listener.tell(|| AskEvent::Delta(text.clone())).await;
        return Draft::extractive(text);
    };
    let started = Instant::now();
    let in_english = asking.is_translated().then_some(asking.reading.as_str());
    // What is computed beyond counts is given to the model as it would be told without it.
    let told = understood.findings.is_computed().then(|| extractive(understood, place));
    let preface = understood.preface.as_deref();
    let said = [Some(asking.question.as_str()), in_english, preface, told.as_deref()];
    let said: Vec<&str> = said.into_iter().flatten().collect();
    let (interpretation, findings) = (&understood.interpretation, &understood.findings);
    let mut record = Record::new(&said, interpretation, findings, names.scene(place), place);
    record.is_english = in_english.is_none();
    let mut toolbox = Toolbox::new(asker, asking, place, &names.catalogue, understood, record);
    let lead = write::lead(findings, interpretation, place);
    let mut writing = Writing::new(asker, listener, lead);
    let parts = PromptParts {
        question: &asking.question,
        in_english,
        user_context: &asking.request.user_context,
        interpretation,
        findings,
        preface,
        told: told.as_deref(),
        memory,
        place,
        canary: &asker.canary,
    };
    let patience = if listener.is_present() { DEADLINE_STREAM } else { DEADLINE_WHOLE };
    let deadline = asking.started + patience;
    let begin_by = asking.started + patience.saturating_sub(LAST_WORDS);
    let tenant = &asking.caller.scope.tenant;
    let is_paid = asker.budget.is_left(tenant, asking.now).await;
    let end = tokio::select! {
        biased;
        () = listener.gone() => End::ListenerGone,
        () = std::future::ready(()), if !is_paid => End::NeverBegan(budget_spent()),
        end = rounds::run(&mut writing, &mut toolbox, model, &parts, asker, begin_by) => end,
        () = tokio::time::sleep_until(deadline.into()) => End::OutOfTime,
    };
    let spent = writing.bill.tokens();
    // Boxed: what comes behind the model's text takes no place while it is written.
    let mut draft = Box::pin(conclude(writing, end, understood, place)).await;
    asker.budget.spend(tenant, spent, asking.now).await;
    draft.llm_time_ms = started.elapsed().as_secs_f64() * 1_000.0;
    if draft.model.is_some() {
        let (evidence, lacks_clips) = tools::evidence_of(&toolbox).await;
        (draft.found, draft.lacks_clips) = (evidence, lacks_clips);
        draft.cameras_used = toolbox.cameras;
    }
    draft
}

fn budget_spent() -> Error {
    Error::unavailable(BUDGET_SPENT, "the tenant's tokens of today are used up")
}

/// The text of the extractive writer.
pub(crate) fn extractive(understood: &Understood, place: &Place<'_>) -> String {
    if let Some(ready) = &understood.ready_text {
        return ready.clone();
    }
    let text = write::extractive(&understood.findings, &understood.interpretation, place);
    match &understood.preface {
        Some(preface) => format!("{preface}\n{text}"),
        None => text,
    }
}

const PROVIDER_REFUSED: &str = "the language model's provider refused to answer";

/// Why there is no answer of the model, for whoever asked.
fn why_never_began(error: &Error) -> &'static str {
    match error.kind {
        _ if error.code == BUDGET_SPENT => "the language model's budget of today is spent",
        ErrorKind::Timeout => "the language model took too long",
        _ => "the language model did not answer",
    }
}

/// Turns what was heard into a draft.
async fn conclude(writing: Writing<'_>, end: End, understood: &Understood, place: &Place<'_>) -> Draft {
    let text = || extractive(understood, place);
    let mut warnings = Vec::new();
    match end {
        End::ListenerGone => return writing.broken(MessageStatus::Interrupted),
        End::Cut if writing.is_left() => return writing.broken(MessageStatus::Interrupted),
        End::Cut if writing.was_heard() => return writing.broken(MessageStatus::Incomplete),
        End::Cut => return writing.give_up(text(), "the language model broke off").await,
        End::NeverBegan(error) => {
            tracing::warn!(code = error.code, %error, "answered without the language model");
            if error.code == LLM_REFUSED {
                return writing.replace(text(), PROVIDER_REFUSED).await;
            }
            return writing.give_up(text(), why_never_began(&error)).await;
        }
        End::Leaked => {
            let reason = "the language model repeated its instructions; its text was blocked";
            return writing.replace(text(), reason).await;
        }
        End::Finished(FinishReason::ContentFilter) => {
            return writing.replace(text(), PROVIDER_REFUSED).await;
        }
        End::OutOfTime if !writing.has_settled() => {
            return writing.give_up(text(), "the language model took too long").await;
        }
        End::OutOfTime => warnings.push("the language model took too long and was stopped".to_owned()),
        End::TooLong => warnings.push("the language model wrote too much and was stopped".to_owned()),
        End::Finished(FinishReason::Length) => {
            warnings.push("the language model's text ended at its limit".to_owned());
        }
        End::Finished(FinishReason::Stop) => {}
    }
    let is_count = understood.interpretation.intent == Intent::Count;
    writing.settle(is_count, text, warnings).await
}
