//! One turn from the question to the stored answer: the order of the steps, and nothing else. Nothing
//! is searched before the conversation is open, nothing is said before the store has answered, and
//! nothing is returned before the turn is stored.

use std::time::Instant;

use futures::future::join;
use tokio::sync::mpsc;

use super::{
    Answer, AskEvent, AskRequest, Asker, Interpretation,
    asking::Asking,
    bill::Bill,
    findings::{Understood, find_out},
    finish::{self, Written},
    gather::{anchor, doubts},
    insight,
    interpret::{Catalogue, Question, interpret},
    listener::Listener,
    memory::Memory,
    narrate::{self, Material},
    place::Place,
    suggest::{self, Answered, Asked},
    translate, validate,
};
use crate::{Caller, Permission, Result, chat_model::ChatModel, insights::Insight, trace};

impl Asker {
    /// Answers one question and stores the turn.
    ///
    /// With a `listener` the answer is told as it is made; when the listener is gone, the model is
    /// cancelled and what was said is stored as interrupted.
    ///
    /// # Errors
    /// `InvalidInput` naming the field, `NotFound` (`CONVERSATION_NOT_FOUND`, `INSIGHT_NOT_FOUND`),
    /// `Conflict` (`CONVERSATION_BUSY`), `Unavailable` (`SEARCH_UNAVAILABLE`, `STORE_UNAVAILABLE`,
    /// `LLM_STREAM_INTERRUPTED` when the model broke off after a listener had heard something,
    /// `LISTENER_GONE`).
    pub async fn ask(
        &self,
        caller: &Caller,
        request: AskRequest,
        listener: Option<mpsc::Sender<AskEvent>>,
    ) -> Result<Answer> {
        // A turn is large: boxed once, it is not copied into every task that waits for it.
        Box::pin(ask(self, caller, &request, &Listener::new(listener))).await
    }
}

/// Answers one question. Most of its time it waits for a model, in thousands of streams at once: what is done soon
/// before and what comes afterwards is boxed, so that a turn takes no place for it meanwhile.
pub(crate) async fn ask(
    asker: &Asker,
    caller: &Caller,
    request: &AskRequest,
    listener: &Listener,
) -> Result<Answer> {
    let started = Instant::now();
    caller.require(Permission::Ask)?;
    let (parts, settings) = (&asker.parts, &asker.parts.settings);
    let question = validate::query(&request.query)?;
    let mut asking = Asking {
        caller,
        request,
        reading: question.clone(),
        question,
        translation: None,
        limit: validate::limit(request.limit, settings.limit_default, settings.limit_max)?,
        timezone: validate::timezone(&request.user_context, caller, &parts.directory)?,
        date_order: settings.date_order,
        now: parts.clock.now(),
        started,
    };
    let conversation_id = request.conversation_id.as_deref();
    let ephemeral = settings.ephemeral_on_outage;
    let memory = Memory::open(&*parts.conversations, caller, conversation_id, ephemeral, asking.now).await?;
    let vocabulary = parts.store.vocabulary(&caller.scope).await?;
    let names = asker.catalogues.of(&parts.directory, &vocabulary, &caller.scope);
    let catalogue = &names.catalogue;
    let timezone = asking.timezone.clone();
    let place = Place {
        scope: &caller.scope,
        directory: &parts.directory,
        vocabulary: &vocabulary,
        now: asking.now,
        timezone: &timezone,
    };
    let about = insight::about(asker, &asking).await?;
    let read = |asking: &Asking<'_>| {
        understand(asking, &memory, catalogue, about.as_ref().map(|about| &about.insight))
    };
    let mut interpretation = trace::step_at_once("interpret", || read(&asking))?;
    // Nothing is told before everything that can be wrong with the request has been looked at.
    let conversation_id = || memory.conversation_id.clone();
    listener.tell(|| AskEvent::ConversationCreated { conversation_id: conversation_id() }).await;
    if let (Some(language), Some(model)) = (interpretation.language.clone(), parts.model.as_deref())
        && asker.budget.is_left(&caller.scope.tenant, asking.now).await
        && let Some(english) = in_english(asker, model, &mut asking, listener).await
    {
        let question = std::mem::replace(&mut asking.reading, english);
        let meant = read(&asking)?;
        if meant.language.is_none() {
            interpretation = Interpretation { language: Some(language), ..meant };
        } else {
            // It only looked like English.
            asking.reading = question;
        }
    }
    Box::pin(anchor::settle(&*parts.store, &place, &mut interpretation)).await?;
    Box::pin(doubts::settle(&*parts.store, &place, &mut interpretation)).await?;
    listener.tell(|| AskEvent::Interpreted(Box::new(interpretation.clone()))).await;

    let understood =
        Box::pin(trace::step("gather", find_out(asker, &asking, &place, interpretation, about))).await?;
    listener.tell(|| AskEvent::Found(understood.findings.evidence.clone())).await;

    let material =
        Material { asking: &asking, memory: &memory, place: &place, names: &names, understood: &understood };
    let (draft, follow_ups) = join(
        trace::step("write", narrate::write(asker, material, listener)),
        Box::pin(trace::step("suggest", offer(asker, &asking, &memory, &place, catalogue, &understood))),
    )
    .await;
    let written = Written { draft, follow_ups };
    Box::pin(finish::finish(asker, &asking, memory, understood, written, listener)).await
}

/// The question in English, as long as somebody waits for the answer. It costs what it costs, also where nothing
/// comes of it.
async fn in_english(
    asker: &Asker,
    model: &dyn ChatModel,
    asking: &mut Asking<'_>,
    listener: &Listener,
) -> Option<String> {
    let mut bill = Bill::default();
    let english = tokio::select! {
        biased;
        () = listener.gone() => None,
        english = translate::into_english(model, &asking.question, &mut bill) => english,
    };
    asker.budget.spend(&asking.caller.scope.tenant, bill.tokens(), asking.now).await;
    asking.translation = bill.usage();
    english
}

/// Words → meaning, with what the conversation and an insight lend it.
fn understand(
    asking: &Asking<'_>,
    memory: &Memory,
    catalogue: &Catalogue,
    about: Option<&Insight>,
) -> Result<Interpretation> {
    let mut interpretation = interpret(&Question {
        text: &asking.reading,
        filters: &asking.request.filters,
        now: asking.now,
        timezone: &asking.timezone,
        previous: memory.previous(),
        before_previous: memory.before_previous(),
        evidence: memory.evidence(),
        date_order: asking.date_order,
        catalogue,
    })?;
    if interpretation.timezone.is_empty() {
        asking.timezone.iana_name().unwrap_or("UTC").clone_into(&mut interpretation.timezone);
    }
    if let Some(about) = about {
        insight::lend(&mut interpretation, about, asking.caller);
    }
    insight::default_period(&mut interpretation, asking.now);
    Ok(interpretation)
}

/// What to ask next.
async fn offer(
    asker: &Asker,
    asking: &Asking<'_>,
    memory: &Memory,
    place: &Place<'_>,
    catalogue: &Catalogue,
    understood: &Understood,
) -> Vec<String> {
    let known =
        Asked { date_order: asking.date_order, now: &asking.question, before: memory.questions().collect() };
    let interpretation = &understood.interpretation;
    let before = memory.before(interpretation);
    let answered = Answered { interpretation, before, findings: &understood.findings };
    suggest::suggest(&asker.sources(), place, catalogue, answered, &known).await
}
